// SPDX-License-Identifier: Apache-2.0
// Judging: entries, acts, proposals. Everything a refusal leaves behind is undone by the caller.
#include "engine/judge_internal.h"

// ---- Entries -------------------------------------------------------------------------------------------------------
void judging_begin(struct engine *engine, uint32_t relation, const value *values) {
    store_begin(engine, relation, values, engine->now, TIME_MAX);
}

void judging_record(struct engine *engine, const struct entry *entry, value actor) {
    if (entry->recorded) judging_begin(engine, RELATION_RECORDED, (value[]){entity_of(engine->current, 0), actor});
}

uint32_t judging_guard_begin(struct engine *engine) { return engine->norm_floor = engine->norm_dirty.count; }

bool judging_guard(struct judging *judging, uint32_t from, uint32_t before) {
    uint32_t norm;
    run_status status = watch_never(judging->engine, from, before, &norm);
    if (status != RUN_OK) return judging_refuse_run(judging, status);
    judging->failure.norm = norm;
    if (norm != NO_ID) judging->failure.item = 0;    // it is the package's, not that of its last act
    return norm == NO_ID || judging_refuse(judging, REFUSAL_NEVER);
}

static bool judge_act(struct judging *judging) {
    struct engine *engine = judging->engine;
    const struct entry *entry = judging->entry;
    uint32_t act_id = entry->calls[0].act, dirty = judging_guard_begin(engine), stamp = engine->stamp,
             writes = engine->writes.count;
    const struct act *act = &engine->program->acts[act_id];
    judging->failure.act = act;
    judging_call_frame(engine, entry, engine->current, 0, entry->actor, judging->frame);
    if (!judging_who_matches(judging, act, &act->by, act_plan(engine, act_id)->who, entry->actor, judging->frame))
        return false;
    judging_record(engine, entry, entry->actor);
    if (!judging_run_call(judging, act_id, judging->frame, entry->actor)) return false;
    if (!act->event && !judging_guard(judging, dirty, stamp)) return false;
    engine->judging = false;    // what follows is not the act's own
    run_status status = late_review(engine, stamp, writes);
    return status == RUN_OK || judging_refuse_run(judging, status);
}

// The calls of a package, one after the other.
bool judging_package_run(struct judging *judging, const struct entry *entry, uint32_t position) {
    struct engine *engine = judging->engine;
    for (uint32_t i = 0; i < entry->call_count; i++) {
        const struct act *act = &engine->program->acts[entry->calls[i].act];
        value actor = judging_call_actor(act, entry->actor), frame[SLOTS_MAX];
        judging->failure.item = i;
        judging_call_frame(engine, entry, position, i, actor, frame);
        judging_who_bind(act->kind == ACT_AGREED ? &act->by : &act->proposed_by, entry->actor, frame);
        if (!judging_run_call(judging, entry->calls[i].act, frame, actor)) return false;
    }
    return true;
}

static bool judge_confirm(struct judging *judging, bool contest) {
    struct engine *engine = judging->engine;
    value entry = judging->entry->object, due;
    uint32_t row;
    if (!judging_entity_there(engine, entry, ENTITY_ENTRY)) return judging_refuse(judging, REFUSAL_NO_ENTITY);
    bool mine = judging_in_force(engine, RELATION_RECORDED, entry, &row) &&
                table_values(&engine->tables[RELATION_RECORDED], row)[1] == judging->entry->actor;
    if (!mine || judging_holds(engine, RELATION_CONFIRMED, entry) || judging_holds(engine, RELATION_CONTESTED, entry))
        return judging_refuse(judging, REFUSAL_NOT_RECORDED);
    judging_record(engine, judging->entry, judging->entry->actor);
    if (!contest) {
        judging_begin(engine, RELATION_CONFIRMED, &entry);
        return true;
    }
    if (engine->program->contestable) {
        struct type time = {TYPE_TIME, NO_ID}, duration = {TYPE_DURATION, NO_ID};
        int64_t begun = engine->entries.at[entity_position(entry) - 1].time;
        bool known = run_arithmetic(EXPRESSION_ADD, time, duration, engine->program->offset, begun,
                                    engine->program->contestable->constant, &due);
        if (known && engine->now >= due) return judging_refuse(judging, REFUSAL_CONTEST_LATE);
    }
    judging_begin(engine, RELATION_CONTESTED, &entry);
    finding_open(engine, engine->program->contested_norm, &entry, 1, NULL, 0);
    return true;
}

static bool registrar_may(struct judging *judging) {
    struct engine *engine = judging->engine;
    const struct entry *entry = judging->entry;
    if (!entry->recorded || entry->registrar == ACTOR_NONE) return true;
    if (!engine->program->records_given) return judging_refuse(judging, REFUSAL_REGISTRAR);
    static const struct act nobody;
    value frame[SLOTS_MAX] = {0};
    struct failure kept = judging->failure;
    bool may = judging_who_matches(judging, &nobody, &engine->program->records, engine->program->records.actor,
                                   entry->registrar, frame);
    judging->failure = kept;
    return may || judging_refuse(judging, REFUSAL_REGISTRAR);
}

static bool judge_kind(struct judging *judging) {
    struct engine *engine = judging->engine;
    const struct entry *entry = judging->entry;
    if (!judging_entities_there(judging) || !registrar_may(judging)) return false;
    switch (entry->kind) {
    case ENTRY_ACT: return judge_act(judging);
    case ENTRY_PROPOSE: return judging_propose(judging);
    case ENTRY_ANSWER:
        judging_record(engine, entry, entry->answers[0].actor);
        for (uint32_t i = 0; i < entry->answer_count; i++)
            if (!judging_answer(judging, &entry->answers[i])) {
                judging->failure.item = i;
                return false;
            }
        return true;
    case ENTRY_JOIN: return judging_join(judging);
    case ENTRY_WITHDRAW: return judging_withdraw(judging);
    case ENTRY_CONFIRM: return judge_confirm(judging, false);
    case ENTRY_CONTEST: return judge_confirm(judging, true);
    case ENTRY_TICK: return true;
    }
    return false;
}

// The clause, the norm or the effect that refuses is cited, else the act; a limit is not the treaty's.
static void failure_tell(struct engine *engine, const struct failure *failure, struct receipt *receipt) {
    const struct act *act = failure->act;
    receipt->refusal = failure->refusal, receipt->item = failure->item, receipt->clause = failure->clause,
    receipt->norm = failure->norm;
    receipt->message = span_of(refusal_text(failure->refusal));
    if (act && failure->refusal != REFUSAL_LIMIT)
        receipt->citation = failure->frame ? &act->clauses[failure->clause].citation : &act->citation;
    if (failure->refusal == REFUSAL_REQUIRE) {
        receipt->message = act->clauses[failure->clause].message;
        receipt->frame = failure->frame, receipt->bound = failure->bound, receipt->frame_count = failure->frame_count;
    } else if (failure->refusal == REFUSAL_NEVER) {
        receipt->message = engine->program->norms[failure->norm].message,
        receipt->citation = &engine->program->norms[failure->norm].citation;
    } else if (failure->refusal == REFUSAL_CLASH && engine->clash) receipt->citation = &engine->clash->citation;
}

bool judge_entry(struct engine *engine, const struct entry *entry, struct receipt *receipt) {
    struct judging judging = {.engine = engine, .entry = entry, .failure = {.norm = NO_ID}};
    engine->clash = NULL;
    if (judge_kind(&judging)) return true;
    failure_tell(engine, &judging.failure, receipt);
    return false;
}

// ---- Plans of acts -------------------------------------------------------------------------------------------------
static void act_plan_make(struct engine *engine, uint32_t id, struct act_plan *plan) {
    const struct act *act = &engine->program->acts[id];
    bool bound[SLOTS_MAX] = {false};
    for (uint32_t p = 0; p < act->parameter_count; p++) bound[p] = true;
    for (uint32_t m = 0; m < act->made_count; m++) bound[act->made[m].slot] = true;
    bound[act->actor_slot] = true;
    plan->who = plan_expression(engine, act->by.actor, bound);
    plan->proposed_by = plan_expression(engine, act->proposed_by.actor, bound);
    if (act->kind != ACT_DIRECT) {
        uint32_t parameters = engine->program->procedures[act->decides.procedure].parameter_count;
        plan->decides = ARENA_ARRAY(&engine->arena, const struct expression *, parameters + 1);
        for (uint32_t i = 0; i < parameters; i++)
            plan->decides[i] = plan_expression(engine, act->decides.arguments[i], bound);
    }
    const struct who *known = act->kind == ACT_BY_ORGAN ? &act->proposed_by : &act->by;
    if (known->slot != NO_ID) bound[known->slot] = true;
    plan->clauses = ARENA_ARRAY(&engine->arena, struct plan, act->clause_count + 1);
    for (uint32_t i = 0; i < act->clause_count; i++) {
        bool inner[SLOTS_MAX];
        memcpy(inner, bound, sizeof inner);
        plan_conditions(engine, &plan->clauses[i], act->clauses[i].conditions, inner);
        for (uint32_t b = 0; b < act->clauses[i].bind_count; b++) bound[act->clauses[i].binds[b]] = true;
    }
    plan->effects = ARENA_ARRAY(&engine->arena, struct effect_plan, act->effect_count + 1);
    effects_plan(engine, plan->effects, act->effects, act->effect_count, bound);
    plan->obligations = ARENA_ARRAY(&engine->arena, uint32_t, engine->program->obligations_count + 1);
    for (uint32_t o = 0; o < engine->program->obligations_count; o++)
        if (engine->program->obligations[o].act == id) plan->obligations[plan->obligation_count++] = o;
}

// A story asks for few of a treaty's acts and consequences: each is planned when it is first asked for.
const struct act_plan *act_plan(struct engine *engine, uint32_t id) {
    struct act_plan *plan = &engine->acts[id];
    if (!plan->clauses) {
        act_plan_make(engine, id, plan);
        plan_settle(engine);
    }
    return plan;
}

const struct effect_plan *upon_plan(struct engine *engine, uint32_t watch_id) {
    const struct watch *watch = &engine->program->watches[watch_id];
    struct effect_plan **plan = &engine->upon_plans[watch_id];
    if (!*plan) {
        bool bound[SLOTS_MAX] = {false};
        for (uint32_t b = 0; b < watch->binding_count; b++) bound[watch->binding[b]] = true;
        *plan = ARENA_ARRAY(&engine->arena, struct effect_plan, watch->effect_count + 1);
        effects_plan(engine, *plan, watch->effects, watch->effect_count, bound);
        plan_settle(engine);
    }
    return *plan;
}

void judge_plan(struct engine *engine) {
    const struct program *program = engine->program;
    engine->acts = ARENA_ARRAY(&engine->arena, struct act_plan, program->acts_count + 1);
    engine->obligations = ARENA_ARRAY(&engine->arena, struct obligation_plan, program->obligations_count + 1);
    engine->upon_plans = ARENA_ARRAY(&engine->arena, struct effect_plan *, program->watches_count + 1);
    engine->outcomes = ARENA_ARRAY(&engine->arena, struct plan *, program->procedures_count + 1);
    engine->refused_frame = ARENA_ARRAY(&engine->arena, value, SLOTS_MAX);
    engine->refused_bound = ARENA_ARRAY(&engine->arena, bool, SLOTS_MAX);
    for (uint32_t a = 0; a < program->acts_count; a++) engine->keeps_executed |= program->acts[a].occurred != NO_ID;
    for (uint32_t p = 0; p < program->procedures_count; p++) {
        const struct procedure *procedure = &program->procedures[p];
        engine->outcomes[p] = ARENA_ARRAY(&engine->arena, struct plan, procedure->outcome_count + 1);
        for (uint32_t i = 0; i < procedure->outcome_count; i++) {
            bool bound[SLOTS_MAX] = {false};
            for (uint32_t s = 0; s <= procedure->parameter_count; s++) bound[s] = true;
            plan_conditions(engine, &engine->outcomes[p][i], procedure->outcomes[i].conditions, bound);
        }
    }
}
