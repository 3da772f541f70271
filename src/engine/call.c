// SPDX-License-Identifier: Apache-2.0
// A call of an act: who acts, with which arguments; its conditions, its effects, the duties that it meets.
#include "engine/judge_internal.h"

bool judging_refuse(struct judging *judging, refusal why) {
    judging->failure.refusal = why;
    return false;
}

struct run judging_run(struct engine *engine) {
    return (struct run){
        .engine = engine, .view = {.time = engine->now, .stamp = UINT32_MAX, .present = true}, .horizon = TIME_MAX};
}

bool judging_refuse_run(struct judging *judging, run_status status) {
    return judging_refuse(judging, status == RUN_LIMIT ? REFUSAL_LIMIT : REFUSAL_ARITHMETIC);
}

bool judging_in_force(const struct engine *engine, uint32_t relation, value key, uint32_t *row) {
    value values[COLUMNS_MAX] = {key};
    return store_find(engine, relation, values, engine->now, row);
}

bool judging_holds(const struct engine *engine, uint32_t relation, value key) {
    uint32_t row;
    return judging_in_force(engine, relation, key, &row);
}

static run_status some(void *context, struct run *run, value *frame) {
    (void)run, (void)frame;
    *(bool *)context = true;
    return RUN_STOP;
}

run_status judging_relation_holds(struct engine *engine, uint32_t relation, const value *pattern, bool *yes) {
    struct run run = judging_run(engine);
    *yes = false;
    run_status status = run_relation(&run, relation, pattern, some, yes);
    return status == RUN_STOP ? RUN_OK : status;
}

// ---- Actors --------------------------------------------------------------------------------------------------------
bool actor_fills(struct engine *engine, value bearer, value actor) {
    if (bearer == actor) return true;
    if (bearer < 0 || actor_class_of(bearer) != ACTOR_ROLE) return false;
    uint32_t relation = actor_role_relation(bearer), columns = engine->program->relations[relation].column_count;
    value pattern[COLUMNS_MAX], argument = actor_role_argument(bearer);
    for (uint32_t c = 0; c < columns; c++) pattern[c] = VALUE_ANY;
    if (argument >= 0) pattern[0] = argument;
    pattern[columns - 1] = actor;
    bool yes;
    return judging_relation_holds(engine, relation, pattern, &yes) == RUN_OK && yes;
}

bool judging_is_party(const struct program *program, value actor, uint32_t type) {
    return actor >= 0 && actor < program->parties_count && (type == NO_ID || program->parties[actor].type == type);
}

bool judging_actor_valid(const struct program *program, value actor) {
    if (actor < 0) return false;
    switch (actor_class_of(actor)) {
    case ACTOR_PARTY: return judging_is_party(program, actor, NO_ID);
    case ACTOR_OFFICE: {
        uint32_t office = actor_office_id(actor);
        value party = actor_office_party(actor);
        if (office >= program->offices_count) return false;
        uint32_t of = program->offices[office].of;
        return of == NO_ID ? party < 0 : judging_is_party(program, party, of);
    }
    case ACTOR_ORGAN:
        return actor == actor_organ(actor_organ_id(actor)) && actor_organ_id(actor) < program->organs_count;
    default: return false;
    }
}

// A role may be spoken of, but does not act itself.
bool judging_role_valid(const struct program *program, value actor) {
    if (actor < 0 || actor_class_of(actor) != ACTOR_ROLE || actor_role_relation(actor) >= program->relations_count)
        return false;
    const struct relation *relation = &program->relations[actor_role_relation(actor)];
    bool argument = actor_role_argument(actor) >= 0;
    if (relation->column_count != (argument ? 2u : 1u)) return false;
    type_base holder = relation->columns[relation->column_count - 1].type.base;
    return holder == TYPE_PARTY || holder == TYPE_ACTOR;
}

// Takes the party's variable from the actor of an act.
void judging_who_bind(const struct who *who, value actor, value *frame) {
    if (who->slot != NO_ID) frame[who->slot] = who->kind == WHO_OFFICE_OF ? actor_office_party(actor) : actor;
}

// Whether the actor is one of them. What cannot be worked out of one of them refuses.
static bool one_matches(struct judging *judging, const struct act *act, const struct who *who, value actor,
                        value *frame) {
    struct failure before = judging->failure;
    for (uint32_t i = 0; i < who->other_count; i++) {
        judging->failure = before;
        if (judging_who_matches(judging, act, &who->others[i], who->others[i].actor, actor, frame)) return true;
        if (judging->failure.refusal != REFUSAL_ACTOR) return false;
    }
    return false;
}

bool judging_who_matches(struct judging *judging, const struct act *act, const struct who *who,
                         const struct expression *planned, value actor, value *frame) {
    struct engine *engine = judging->engine;
    bool yes = false;
    value party = actor;
    switch (who->kind) {
    case WHO_ANYONE: return true;
    case WHO_ACTOR: {
        struct run run = judging_run(engine);
        value wanted;
        run_status status = run_expression(&run, planned, frame, &wanted);
        if (status != RUN_OK) return judging_refuse_run(judging, status);
        return actor_fills(engine, wanted, actor) || judging_refuse(judging, REFUSAL_ACTOR);
    }
    case WHO_OFFICE_OF:
        if (actor_class_of(actor) != ACTOR_OFFICE || actor_office_id(actor) != who->office)
            return judging_refuse(judging, REFUSAL_ACTOR);
        party = actor_office_party(actor);
        break;
    case WHO_MEMBER:
        if (who->relation == NO_ID) yes = judging_is_party(engine->program, actor, who->type.of);
        else {
            run_status status = judging_relation_holds(engine, who->relation, &actor, &yes);
            if (status != RUN_OK) return judging_refuse_run(judging, status);
        }
        if (!yes) return judging_refuse(judging, REFUSAL_ACTOR);
        break;
    case WHO_ONE_OF:
        if (!one_matches(judging, act, who, actor, frame)) return false;
        if (who->slot == NO_ID) return true;
        break;
    }
    if (who->slot < act->parameter_count && frame[who->slot] != party) return judging_refuse(judging, REFUSAL_ACTOR);
    frame[who->slot] = party;
    return true;
}

// ---- Frames --------------------------------------------------------------------------------------------------------
uint32_t entry_made_count(const struct engine *engine, const struct entry *entry) {
    uint32_t count = entry->kind == ENTRY_PROPOSE ? 1 : 0;
    for (uint32_t i = 0; i < entry->call_count; i++) count += engine->program->acts[entry->calls[i].act].made_count;
    return count;
}

void judging_call_frame(struct engine *engine, const struct entry *entry, uint32_t position, uint32_t item, value actor,
                        value *frame) {
    const struct program *program = engine->program;
    const struct call *call = &entry->calls[item];
    const struct act *act = &program->acts[call->act];
    uint32_t ordinal = entry->kind == ENTRY_PROPOSE ? 1 : 0;
    for (uint32_t i = 0; i < item; i++) ordinal += program->acts[entry->calls[i].act].made_count;
    memset(frame, 0, sizeof(value) * act->frame.slot_count);
    for (uint32_t p = 0; p < act->parameter_count; p++)
        frame[p] = act->parameters[p].type.base == TYPE_TEXT
                       ? (value)names_add(&engine->base.texts, call->arguments[p].text)
                       : call->arguments[p].value;
    for (uint32_t m = 0; m < act->made_count; m++) frame[act->made[m].slot] = entity_of(position, ordinal + m);
    frame[act->actor_slot] = actor;
}

value judging_call_actor(const struct act *act, value actor) {
    return act->kind == ACT_BY_ORGAN ? actor_organ(act->organ) : actor;
}

// ---- A call --------------------------------------------------------------------------------------------------------
struct met {
    value duty;
    uint32_t obligation;
};
typedef VEC(struct met) met_list;
struct met_context {
    struct engine *engine;
    value actor;
    uint32_t obligation;
    met_list *found;
    const struct obligation_plan *plan;
};

static run_status met_take(void *context, struct run *run, value *frame) {
    struct met_context *met = context;
    (void)run;
    if (!actor_fills(met->engine, frame[met->plan->bearer_slot], met->actor)) return RUN_OK;
    struct met one = {frame[met->plan->duty_slot], met->obligation};
    struct met *last = met->found->count ? &met->found->at[met->found->count - 1] : NULL;
    if (!last || last->obligation != one.obligation) VEC_PUSH(met->found, one);
    else if (one.duty < last->duty) *last = one;
    return RUN_OK;
}

// The open duties that a call of an act by an actor will meet: of each obligation the oldest.
static void duties_matched(struct engine *engine, uint32_t act_id, const value *arguments, value actor,
                           met_list *found) {
    const struct act *act = &engine->program->acts[act_id];
    const struct act_plan *plan = act_plan(engine, act_id);
    for (uint32_t i = 0; i < plan->obligation_count; i++) {
        uint32_t id = plan->obligations[i];
        const struct obligation *obligation = &engine->program->obligations[id];
        const struct obligation_plan *matching = &engine->obligations[id];
        if (!engine->tables[obligation->relation].row_count) continue;
        value frame[SLOTS_MAX];
        bool fits = true, set[SLOTS_MAX] = {false};
        for (uint32_t p = 0; p < act->parameter_count && fits; p++) {
            frame[matching->argument_slot + p] = arguments[p];
            const struct expression *pattern = obligation->pattern[p];
            if (!pattern || pattern->kind != EXPRESSION_VARIABLE) continue;
            fits = !set[pattern->slot] || frame[pattern->slot] == arguments[p];
            frame[pattern->slot] = arguments[p], set[pattern->slot] = true;
        }
        struct met_context context = {engine, actor, id, found, matching};
        struct run run = judging_run(engine);
        run.lenient = true;
        if (fits) (void)run_plan(&run, &matching->matches, frame, met_take, &context);
    }
}

static void failure_at(struct judging *judging, const struct act *act, uint32_t clause, const value *frame) {
    struct engine *engine = judging->engine;
    judging->failure.clause = clause;
    memcpy(engine->refused_frame, frame, sizeof(value) * act->frame.slot_count);
    memset(engine->refused_bound, 0, SLOTS_MAX);
    for (uint32_t p = 0; p < act->parameter_count; p++) engine->refused_bound[p] = true;
    for (uint32_t m = 0; m < act->made_count; m++) engine->refused_bound[act->made[m].slot] = true;
    engine->refused_bound[act->actor_slot] = true;
    const struct who *known = act->kind == ACT_BY_ORGAN ? &act->proposed_by : &act->by;
    if (known->slot != NO_ID) engine->refused_bound[known->slot] = true;
    for (uint32_t i = 0; i < clause; i++)
        for (uint32_t b = 0; b < act->clauses[i].bind_count; b++)
            engine->refused_bound[act->clauses[i].binds[b]] = true;
    judging->failure.frame = engine->refused_frame, judging->failure.bound = engine->refused_bound,
    judging->failure.frame_count = act->frame.slot_count;
}

// Whether a `require` is waived, as a view sees it, and by which entry.
bool judge_waived(struct engine *engine, const struct clause *clause, struct view view, value *by) {
    const struct table *table = &engine->tables[RELATION_WAIVED];
    value key[COLUMNS_MAX] = {clause->requirement};
    struct chain_walk walk;
    uint32_t row;
    int64_t until;
    if (clause->requirement == NO_ID || !table->row_count) return false;
    chain_open(engine, table, 0, key, &view, &walk);
    while (chain_next(&walk, &row)) {
        if (!store_row_visible(engine, table, row, view, &until)) continue;
        *by = table_values(table, row)[1];
        return true;
    }
    return false;
}

// A clause that is not met and does not refuse: an `ought`, or a `require` that this entry waived.
struct unmet {
    bool is;
    value waived_by;
};

// Judges the clauses; the unmet, one per clause, open findings.
static bool clauses_hold(struct judging *judging, uint32_t act_id, value *frame, struct unmet *unmet) {
    struct engine *engine = judging->engine;
    const struct act *act = &engine->program->acts[act_id];
    for (int oughts = 0; oughts < 2; oughts++)
        for (uint32_t i = 0; i < act->clause_count; i++) {
            if (act->clauses[i].ought != (oughts == 1)) continue;
            bool yes;
            struct run run = judging_run(engine);
            run_status status = run_exists(&run, &act_plan(engine, act_id)->clauses[i], frame, &yes);
            engine->rows_touched += run.rows;
            if (status != RUN_OK) {
                failure_at(judging, act, i, frame);
                return judging_refuse_run(judging, status);
            }
            unmet[i].is = !yes;
            if (!oughts && !yes && !judge_waived(engine, &act->clauses[i], run.view, &unmet[i].waived_by)) {
                failure_at(judging, act, i, frame);
                return judging_refuse(judging, REFUSAL_REQUIRE);
            }
        }
    return true;
}

static void executed_note(struct engine *engine, uint32_t act_id, const value *frame, value actor) {
    const struct act *act = &engine->program->acts[act_id];
    struct executed executed = {engine->current, act_id,      engine->executed_values.count,
                                engine->stamp,   engine->now, actor};
    const struct who *who = act->kind == ACT_BY_ORGAN ? &act->proposed_by : &act->by;
    for (uint32_t p = 0; p < act->parameter_count; p++) VEC_PUSH(&engine->executed_values, frame[p]);
    for (uint32_t m = 0; m < act->made_count; m++) VEC_PUSH(&engine->executed_values, frame[act->made[m].slot]);
    VEC_PUSH(&engine->executed_values, who->slot != NO_ID ? frame[who->slot] : 0);
    VEC_PUSH(&engine->executed, executed);
}

bool judging_run_call(struct judging *judging, uint32_t act_id, value *frame, value actor) {
    struct engine *engine = judging->engine;
    const struct act *act = &engine->program->acts[act_id];
    judging->failure.act = act;
    struct unmet *unmet = ARENA_ARRAY(&engine->work_arena, struct unmet, act->clause_count + 1);
    met_list met = {0};
    bool good = clauses_hold(judging, act_id, frame, unmet);
    if (good) {
        if (act->clause_count && !act->event && engine->keeps_executed) executed_note(engine, act_id, frame, actor);
        duties_matched(engine, act_id, frame, actor, &met);
        struct mark mark = engine_mark(engine);
        effects_status status =
            effects_run(engine, act_plan(engine, act_id)->effects, act->effect_count, frame, &act->frame);
        bool voided = act->event && (status == EFFECTS_CLASH || status == EFFECTS_ARITHMETIC);
        if (voided) engine_undo(engine, mark);
        if (status == EFFECTS_LIMIT) good = judging_refuse(judging, REFUSAL_LIMIT);
        else if (status != EFFECTS_DONE && !voided)
            good = judging_refuse(judging, status == EFFECTS_CLASH ? REFUSAL_CLASH : REFUSAL_ARITHMETIC);
        for (uint32_t i = 0; good && i < met.count; i++) duty_meet(engine, met.at[i].duty);
        for (uint32_t i = 0; good && i < act->clause_count; i++)
            if (unmet[i].is)
                finding_open(engine, act->clauses[i].norm, &unmet[i].waived_by, !act->clauses[i].ought, &actor, 1);
        if (good && voided) finding_open(engine, act->void_norm, NULL, 0, NULL, 0);
    }
    VEC_RELEASE(&met);
    return good;
}
