// SPDX-License-Identifier: Apache-2.0
// Judging: entries, acts, proposals. Everything a refusal leaves behind is undone by the caller.
#include "engine/engine_internal.h"

struct failure {
    refusal refusal;
    uint32_t item, clause, norm;
    const struct act *act;
    const value *frame;
    const bool *bound;
    uint32_t frame_count;
};
struct judging {
    struct engine *engine;
    const struct entry *entry;
    struct failure failure;
    value frame[SLOTS_MAX];
    bool bound[SLOTS_MAX];
};

static bool refuse(struct judging *judging, refusal why) {
    judging->failure.refusal = why;
    return false;
}

static struct run strict_run(struct engine *engine) {
    return (struct run){
        .engine = engine, .view = {.time = engine->now, .stamp = UINT32_MAX, .present = true}, .horizon = TIME_MAX};
}

static bool refuse_run(struct judging *judging, run_status status) {
    return refuse(judging, status == RUN_LIMIT ? REFUSAL_LIMIT : REFUSAL_ARITHMETIC);
}

static bool in_force(const struct engine *engine, uint32_t relation, value key, uint32_t *row) {
    value values[COLUMNS_MAX] = {key};
    return store_find(engine, relation, values, engine->now, row);
}

static bool holds(const struct engine *engine, uint32_t relation, value key) {
    uint32_t row;
    return in_force(engine, relation, key, &row);
}

static run_status some(void *context, struct run *run, value *frame) {
    (void)run, (void)frame;
    *(bool *)context = true;
    return RUN_STOP;
}

static run_status relation_holds(struct engine *engine, uint32_t relation, const value *pattern, bool *yes) {
    struct run run = strict_run(engine);
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
    return relation_holds(engine, relation, pattern, &yes) == RUN_OK && yes;
}

static bool is_party(const struct program *program, value actor, uint32_t type) {
    return actor >= 0 && actor < program->parties_count && (type == NO_ID || program->parties[actor].type == type);
}

static bool actor_valid(const struct program *program, value actor) {
    if (actor < 0) return false;
    switch (actor_class_of(actor)) {
    case ACTOR_PARTY: return is_party(program, actor, NO_ID);
    case ACTOR_OFFICE: {
        uint32_t office = actor_office_id(actor);
        value party = actor_office_party(actor);
        if (office >= program->offices_count) return false;
        uint32_t of = program->offices[office].of;
        return of == NO_ID ? party < 0 : is_party(program, party, of);
    }
    case ACTOR_ORGAN:
        return actor == actor_organ(actor_organ_id(actor)) && actor_organ_id(actor) < program->organs_count;
    default: return false;
    }
}

// A role may be spoken of, but does not act itself.
static bool role_valid(const struct program *program, value actor) {
    if (actor < 0 || actor_class_of(actor) != ACTOR_ROLE || actor_role_relation(actor) >= program->relations_count)
        return false;
    const struct relation *relation = &program->relations[actor_role_relation(actor)];
    bool argument = actor_role_argument(actor) >= 0;
    if (relation->column_count != (argument ? 2u : 1u)) return false;
    type_base holder = relation->columns[relation->column_count - 1].type.base;
    return holder == TYPE_PARTY || holder == TYPE_ACTOR;
}

// Takes the party's variable from the actor of an act.
static void who_bind(const struct who *who, value actor, value *frame) {
    if (who->kind == WHO_MEMBER) frame[who->slot] = actor;
    if (who->kind == WHO_OFFICE_OF) frame[who->slot] = actor_office_party(actor);
}

static bool who_matches(struct judging *judging, const struct act *act, const struct who *who,
                        const struct expression *planned, value actor, value *frame) {
    struct engine *engine = judging->engine;
    bool yes = false;
    value party = actor;
    switch (who->kind) {
    case WHO_ANYONE: return true;
    case WHO_ACTOR: {
        struct run run = strict_run(engine);
        value wanted;
        run_status status = run_expression(&run, planned, frame, &wanted);
        if (status != RUN_OK) return refuse_run(judging, status);
        return actor_fills(engine, wanted, actor) || refuse(judging, REFUSAL_ACTOR);
    }
    case WHO_OFFICE_OF:
        if (actor_class_of(actor) != ACTOR_OFFICE || actor_office_id(actor) != who->office)
            return refuse(judging, REFUSAL_ACTOR);
        party = actor_office_party(actor);
        break;
    case WHO_MEMBER:
        if (who->relation == NO_ID) yes = is_party(engine->program, actor, who->type.of);
        else {
            run_status status = relation_holds(engine, who->relation, &actor, &yes);
            if (status != RUN_OK) return refuse_run(judging, status);
        }
        if (!yes) return refuse(judging, REFUSAL_ACTOR);
        break;
    }
    if (who->slot < act->parameter_count && frame[who->slot] != party) return refuse(judging, REFUSAL_ACTOR);
    frame[who->slot] = party;
    return true;
}

// ---- Frames --------------------------------------------------------------------------------------------------------
uint32_t entry_made_count(const struct engine *engine, const struct entry *entry) {
    uint32_t count = entry->kind == ENTRY_PROPOSE ? 1 : 0;
    for (uint32_t i = 0; i < entry->call_count; i++) count += engine->program->acts[entry->calls[i].act].made_count;
    return count;
}

static void call_frame(struct engine *engine, const struct entry *entry, uint32_t position, uint32_t item, value actor,
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

static value call_actor(const struct act *act, value actor) {
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
    const struct act_plan *plan = &engine->acts[act_id];
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
        struct run run = strict_run(engine);
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
    if (known->kind == WHO_MEMBER || known->kind == WHO_OFFICE_OF) engine->refused_bound[known->slot] = true;
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
            struct run run = strict_run(engine);
            run_status status = run_exists(&run, &engine->acts[act_id].clauses[i], frame, &yes);
            engine->rows_touched += run.rows;
            if (status != RUN_OK) {
                failure_at(judging, act, i, frame);
                return refuse_run(judging, status);
            }
            unmet[i].is = !yes;
            if (!oughts && !yes && !judge_waived(engine, &act->clauses[i], run.view, &unmet[i].waived_by)) {
                failure_at(judging, act, i, frame);
                return refuse(judging, REFUSAL_REQUIRE);
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
    VEC_PUSH(&engine->executed_values, who->kind == WHO_MEMBER || who->kind == WHO_OFFICE_OF ? frame[who->slot] : 0);
    VEC_PUSH(&engine->executed, executed);
}

static bool run_call(struct judging *judging, uint32_t act_id, value *frame, value actor) {
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
            effects_run(engine, engine->acts[act_id].effects, act->effect_count, frame, &act->frame);
        bool voided = act->event && (status == EFFECTS_CLASH || status == EFFECTS_ARITHMETIC);
        if (voided) engine_undo(engine, mark);
        if (status == EFFECTS_LIMIT) good = refuse(judging, REFUSAL_LIMIT);
        else if (status != EFFECTS_DONE && !voided)
            good = refuse(judging, status == EFFECTS_CLASH ? REFUSAL_CLASH : REFUSAL_ARITHMETIC);
        for (uint32_t i = 0; good && i < met.count; i++) duty_meet(engine, met.at[i].duty);
        for (uint32_t i = 0; good && i < act->clause_count; i++)
            if (unmet[i].is)
                finding_open(engine, act->clauses[i].norm, &unmet[i].waived_by, !act->clauses[i].ought, &actor, 1);
        if (good && voided) finding_open(engine, act->void_norm, NULL, 0, NULL, 0);
    }
    VEC_RELEASE(&met);
    return good;
}

// ---- Form ----------------------------------------------------------------------------------------------------------
static bool argument_valid(const struct program *program, const struct argument *argument, struct type type) {
    switch (type.base) {
    case TYPE_TEXT: return span_utf8_valid(argument->text, NULL);
    case TYPE_PARTY: return is_party(program, argument->value, type.of);
    case TYPE_ACTOR: return actor_valid(program, argument->value) || role_valid(program, argument->value);
    case TYPE_KIND: return argument->value >= 0 && argument->value < program->kinds[type.of].constant_count;
    default: return argument->value != VALUE_ANY;
    }
}

static bool call_valid(const struct program *program, const struct call *call, bool *too_long) {
    if (call->act >= program->acts_count) return false;
    const struct act *act = &program->acts[call->act];
    if (call->argument_count != act->parameter_count) return false;
    for (uint32_t i = 0; i < call->argument_count; i++) {
        if (act->parameters[i].type.base == TYPE_TEXT && call->arguments[i].text.length > TEXT_BYTES_MAX)
            *too_long = true;
        else if (!argument_valid(program, &call->arguments[i], act->parameters[i].type)) return false;
    }
    return true;
}

static bool package_valid(const struct program *program, const struct entry *entry) {
    if (entry->call_count == 0) return false;
    const struct act *first = &program->acts[entry->calls[0].act];
    if (entry->kind == ENTRY_ACT) return entry->call_count == 1 && first->kind == ACT_DIRECT;
    if (first->kind == ACT_AGREED) return entry->call_count == 1;
    for (uint32_t i = 0; i < entry->call_count; i++) {
        const struct act *act = &program->acts[entry->calls[i].act];
        if (act->kind != ACT_BY_ORGAN || act->organ != first->organ ||
            act->decides.procedure != first->decides.procedure)
            return false;
    }
    return true;
}

static bool answers_valid(const struct program *program, const struct entry *entry) {
    for (uint32_t i = 0; i < entry->answer_count; i++)
        if (!actor_valid(program, entry->answers[i].actor) || entry->answers[i].answer > ANSWER_RESERVE) return false;
    return entry->answer_count > 0;
}

bool judge_form(struct engine *engine, const struct entry *entry, struct receipt *receipt) {
    const struct program *program = engine->program;
    bool too_long = entry->call_count > CALLS_MAX || entry->answer_count > ANSWERS_MAX,
         good = entry->kind <= ENTRY_TICK;
    bool calls = entry->kind == ENTRY_ACT || entry->kind == ENTRY_PROPOSE, answers = entry->kind == ENTRY_ANSWER;
    for (uint32_t i = 0; calls && good && i < entry->call_count && i < CALLS_MAX; i++)
        good = call_valid(program, &entry->calls[i], &too_long);
    if (calls && good && !too_long) good = package_valid(program, entry);
    for (uint32_t i = 0; answers && i < entry->answer_count && i < ANSWERS_MAX; i++)
        too_long |= entry->answers[i].reason.length > TEXT_BYTES_MAX;
    if (answers && good && !too_long) good = answers_valid(program, entry);
    if (!answers && entry->kind != ENTRY_TICK && good) good = actor_valid(program, entry->actor);
    if (entry->recorded && entry->registrar != ACTOR_NONE && good) good = actor_valid(program, entry->registrar);
    receipt->refusal = REFUSAL_NONE;
    if (!good) receipt->refusal = REFUSAL_MALFORMED;
    else if (entry->time < engine->base.time || entry->admitted < engine->last_admitted || entry->time < -62135596800 ||
             entry->time > 253402300799)
        receipt->refusal = REFUSAL_TIME;
    else if (too_long) receipt->refusal = REFUSAL_LIMIT;
    return receipt->refusal == REFUSAL_NONE;
}

// ---- Entities ------------------------------------------------------------------------------------------------------
// What an entry names is there from then on; for a proposal, whatever becomes of it.
static bool entity_made(const struct engine *engine, value entity, uint32_t type) {
    uint32_t position = entity_position(entity), ordinal = entity_ordinal(entity);
    if (entity < 0 || entity >= (value)1 << 48 || position == 0 || position > engine->base.position) return false;
    const struct entry *entry = &engine->entries.at[position - 1].entry;
    if (entry->kind != ENTRY_ACT && entry->kind != ENTRY_PROPOSE) return false;
    if (entry->kind == ENTRY_PROPOSE && ordinal-- == 0) return type == ENTITY_PROPOSAL;
    for (uint32_t i = 0; i < entry->call_count; i++) {
        const struct act *act = &engine->program->acts[entry->calls[i].act];
        if (ordinal < act->made_count) return act->made[ordinal].entity_type == type;
        ordinal -= act->made_count;
    }
    return false;
}

static bool row_ever(const struct engine *engine, uint32_t relation, value key) {
    value values[COLUMNS_MAX] = {key};
    struct chain_walk walk;
    uint32_t row;
    chain_open(engine, &engine->tables[relation], 0, values, &(struct view){.time = TIME_MIN, .stamp = UINT32_MAX},
               &walk);
    return chain_next(&walk, &row);
}

static bool entity_there(const struct engine *engine, value entity, uint32_t type) {
    switch (type) {
    case ENTITY_DUTY: return row_ever(engine, RELATION_OBLIGED, entity);
    case ENTITY_FINDING: return row_ever(engine, RELATION_FINDING, entity);
    case ENTITY_ENTRY:
        return entity > 0 && entity_ordinal(entity) == 0 && entity_position(entity) >= 1 &&
               entity_position(entity) <= engine->base.position && entity < (value)1 << 48;
    default: return entity_made(engine, entity, type);
    }
}

static bool entities_there(struct judging *judging) {
    struct engine *engine = judging->engine;
    const struct entry *entry = judging->entry;
    for (uint32_t i = 0; i < entry->call_count; i++) {
        const struct act *act = &engine->program->acts[entry->calls[i].act];
        for (uint32_t p = 0; p < act->parameter_count; p++) {
            if (act->parameters[p].type.base != TYPE_ENTITY) continue;
            value entity = entry->calls[i].arguments[p].value;
            bool there = entity_there(engine, entity, act->parameters[p].type.of);
            uint32_t ordinal = entry->kind == ENTRY_PROPOSE ? 1 : 0;
            for (uint32_t k = 0; k < i && !there; k++) {
                const struct act *earlier = &engine->program->acts[entry->calls[k].act];
                for (uint32_t m = 0; m < earlier->made_count; m++, ordinal++)
                    there |= entity == entity_of(engine->current, ordinal) &&
                             earlier->made[m].entity_type == act->parameters[p].type.of;
            }
            if (there) continue;
            judging->failure.item = i, judging->failure.act = act;
            return refuse(judging, REFUSAL_NO_ENTITY);
        }
    }
    return true;
}

// ---- Entries -------------------------------------------------------------------------------------------------------
static void begin_now(struct engine *engine, uint32_t relation, const value *values) {
    store_begin(engine, relation, values, engine->now, TIME_MAX);
}

static void record(struct engine *engine, const struct entry *entry, value actor) {
    if (entry->recorded) begin_now(engine, RELATION_RECORDED, (value[]){entity_of(engine->current, 0), actor});
}

static uint32_t guard_begin(struct engine *engine) { return engine->norm_floor = engine->norm_dirty.count; }

static bool guard(struct judging *judging, uint32_t from, uint32_t before) {
    uint32_t norm;
    run_status status = watch_never(judging->engine, from, before, &norm);
    if (status != RUN_OK) return refuse_run(judging, status);
    judging->failure.norm = norm;
    if (norm != NO_ID) judging->failure.item = 0;    // it is the package's, not that of its last act
    return norm == NO_ID || refuse(judging, REFUSAL_NEVER);
}

static bool judge_act(struct judging *judging) {
    struct engine *engine = judging->engine;
    const struct entry *entry = judging->entry;
    uint32_t act_id = entry->calls[0].act, dirty = guard_begin(engine), stamp = engine->stamp,
             writes = engine->writes.count;
    const struct act *act = &engine->program->acts[act_id];
    judging->failure.act = act;
    call_frame(engine, entry, engine->current, 0, entry->actor, judging->frame);
    if (!who_matches(judging, act, &act->by, engine->acts[act_id].who, entry->actor, judging->frame)) return false;
    record(engine, entry, entry->actor);
    if (!run_call(judging, act_id, judging->frame, entry->actor)) return false;
    if (!act->event && !guard(judging, dirty, stamp)) return false;
    engine->judging = false;    // what follows is not the act's own
    run_status status = late_review(engine, stamp, writes);
    return status == RUN_OK || refuse_run(judging, status);
}

// The calls of a package, one after the other.
static bool package_run(struct judging *judging, const struct entry *entry, uint32_t position) {
    struct engine *engine = judging->engine;
    for (uint32_t i = 0; i < entry->call_count; i++) {
        const struct act *act = &engine->program->acts[entry->calls[i].act];
        value actor = call_actor(act, entry->actor), frame[SLOTS_MAX];
        judging->failure.item = i;
        call_frame(engine, entry, position, i, actor, frame);
        who_bind(act->kind == ACT_AGREED ? &act->by : &act->proposed_by, entry->actor, frame);
        if (!run_call(judging, entry->calls[i].act, frame, actor)) return false;
    }
    return true;
}

static bool proposal_write(struct judging *judging) {
    struct engine *engine = judging->engine;
    const struct entry *entry = judging->entry;
    uint32_t first_id = entry->calls[0].act;
    const struct act *first = &engine->program->acts[first_id];
    const struct procedure *procedure = &engine->program->procedures[first->decides.procedure];
    value proposal = entity_of(engine->current, 0), values[SLOTS_MAX + 4] = {proposal}, frame[SLOTS_MAX];
    record(engine, entry, entry->actor);
    begin_now(engine, RELATION_PROPOSED, (value[]){proposal, entry->actor});
    begin_now(engine, RELATION_LAID_BEFORE, (value[]){proposal, call_actor(first, entry->actor)});
    begin_now(engine, RELATION_OPEN, &proposal);
    call_frame(engine, entry, engine->current, 0, call_actor(first, entry->actor), frame);
    struct run run = strict_run(engine);
    for (uint32_t i = 0; i < procedure->parameter_count; i++) {
        run_status status = run_expression(&run, engine->acts[first_id].decides[i], frame, &values[i + 1]);
        if (status != RUN_OK) return refuse_run(judging, status);
    }
    begin_now(engine, procedure->relation, values);
    for (uint32_t i = 0; i < entry->call_count; i++) {
        const struct act *act = &engine->program->acts[entry->calls[i].act];
        uint32_t n = 2;
        values[1] = i + 1;
        call_frame(engine, entry, engine->current, i, call_actor(act, entry->actor), frame);
        for (uint32_t p = 0; p < act->parameter_count; p++) values[n++] = frame[p];
        for (uint32_t m = 0; m < act->made_count; m++) values[n++] = frame[act->made[m].slot];
        values[n++] = call_actor(act, entry->actor);
        begin_now(engine, act->item_relation, values);
    }
    return true;
}

static run_status seat_take(void *context, struct run *run, value *tuple) {
    struct bindings *list = context;
    (void)run;
    if (list->count == list->capacity) {
        list->capacity = list->capacity ? list->capacity * 2 : 32;
        list->at = base_grow(list->at, sizeof(value) * list->capacity);
    }
    list->at[list->count++] = tuple[1];
    return RUN_OK;
}

static run_status seats_of(struct engine *engine, value proposal, bool lenient, struct bindings *list) {
    *list = (struct bindings){.width = 1};
    struct run run = strict_run(engine);
    run.lenient = lenient;
    run_status status = run_relation(&run, RELATION_SEAT, (value[]){proposal, VALUE_ANY}, seat_take, list);
    engine->rows_touched += run.rows;
    struct type type = {TYPE_ACTOR, NO_ID};
    bindings_order(engine, &type, list);
    return status;
}

// The first seat for which the actor answers: itself, or where the organ has a voice relation, one it speaks for.
static bool seat_of(struct judging *judging, value proposal, value actor, value *seat) {
    struct engine *engine = judging->engine;
    uint32_t row;
    if (!in_force(engine, RELATION_LAID_BEFORE, proposal, &row)) return false;
    value organ = table_values(&engine->tables[RELATION_LAID_BEFORE], row)[1];
    uint32_t voice =
        actor_class_of(organ) == ACTOR_ORGAN ? engine->program->organs[actor_organ_id(organ)].voice : NO_ID;
    bool yes = false;
    if (voice == NO_ID) {
        if (relation_holds(engine, RELATION_SEAT, (value[]){proposal, actor}, &yes) != RUN_OK) return false;
        *seat = actor;
        return yes;
    }
    struct bindings spoken = {.width = 1};
    struct run run = strict_run(engine);
    struct type type = engine->program->relations[voice].columns[1].type;
    run_status status = run_relation(&run, voice, (value[]){actor, VALUE_ANY, proposal}, seat_take, &spoken);
    bindings_order(engine, &type, &spoken);
    for (uint32_t i = 0; i < spoken.count && !yes && status == RUN_OK; i++) {
        status = relation_holds(engine, RELATION_SEAT, (value[]){proposal, spoken.at[i]}, &yes);
        if (yes) *seat = spoken.at[i];
    }
    bindings_release(&spoken);
    return yes;
}

// Whether the actor has a seat in the organ, or speaks for one.
static bool sits_or_speaks(struct engine *engine, uint32_t organ_id, value proposal, value actor) {
    const struct organ *organ = &engine->program->organs[organ_id];
    bool yes;
    if (relation_holds(engine, organ->seats, &actor, &yes) != RUN_OK) return false;
    if (yes || organ->voice == NO_ID) return yes;
    struct bindings spoken = {.width = 1};
    struct run run = strict_run(engine);
    run_status status = run_relation(&run, organ->voice, (value[]){actor, VALUE_ANY, proposal}, seat_take, &spoken);
    for (uint32_t i = 0; i < spoken.count && !yes && status == RUN_OK; i++)
        status = relation_holds(engine, organ->seats, &spoken.at[i], &yes);
    bindings_release(&spoken);
    return yes;
}

// Whether the actor may lay the package before the organ; asked with the rows of the proposal there on trial.
static bool proposer_may(struct judging *judging) {
    struct engine *engine = judging->engine;
    const struct entry *entry = judging->entry;
    struct mark mark = engine_mark(engine);
    bool may = proposal_write(judging), seat_asked = false;
    for (uint32_t i = 0; may && i < entry->call_count; i++) {
        const struct act *act = &engine->program->acts[entry->calls[i].act];
        judging->failure.item = i, judging->failure.act = act;
        const struct who *who = act->kind == ACT_AGREED ? &act->by : &act->proposed_by;
        if (act->kind == ACT_BY_ORGAN && !act->proposer_given) {
            if (!seat_asked && !sits_or_speaks(engine, act->organ, entity_of(engine->current, 0), entry->actor))
                may = refuse(judging, REFUSAL_ACTOR);
            seat_asked = true;
            continue;
        }
        value frame[SLOTS_MAX];
        call_frame(engine, entry, engine->current, i, entry->actor, frame);
        may = who_matches(judging, act, who,
                          act->kind == ACT_AGREED ? engine->acts[entry->calls[i].act].who
                                                  : engine->acts[entry->calls[i].act].proposed_by,
                          entry->actor, frame);
    }
    engine_undo(engine, mark);
    return may;
}

static bool judge_propose(struct judging *judging) {
    struct engine *engine = judging->engine;
    const struct entry *entry = judging->entry;
    value proposal = entity_of(engine->current, 0), seat;
    if (!proposer_may(judging)) return false;
    struct mark mark = engine_mark(engine);
    uint32_t dirty = guard_begin(engine), stamp = engine->stamp;
    bool runs = package_run(judging, entry, engine->current) && guard(judging, dirty, stamp);
    engine_undo(engine, mark);
    if (!runs || !proposal_write(judging)) return false;
    bool sits;
    if (relation_holds(engine, RELATION_SEAT, (value[]){proposal, entry->actor}, &sits) != RUN_OK)
        return refuse(judging, REFUSAL_ARITHMETIC);
    if (sits) seat = entry->actor;
    if (sits || seat_of(judging, proposal, entry->actor, &seat))
        begin_now(engine, RELATION_ANSWERED, (value[]){proposal, seat, ANSWER_CONSENT});
    return true;
}

static bool judge_answer(struct judging *judging, const struct answer *answer) {
    struct engine *engine = judging->engine;
    value seat;
    if (!entity_there(engine, answer->proposal, ENTITY_PROPOSAL)) return refuse(judging, REFUSAL_NO_ENTITY);
    if (!holds(engine, RELATION_OPEN, answer->proposal)) return refuse(judging, REFUSAL_CLOSED);
    if (!seat_of(judging, answer->proposal, answer->actor, &seat)) return refuse(judging, REFUSAL_NO_SEAT);
    if (!store_set(engine, RELATION_ANSWERED, (value[]){answer->proposal, seat, answer->answer}, engine->now, TIME_MAX))
        return refuse(judging, REFUSAL_CLASH);
    if (!answer->reason.length) return true;
    value reason = (value)names_add(&engine->base.texts, answer->reason);
    return store_set(engine, RELATION_REASON, (value[]){answer->proposal, seat, reason}, engine->now, TIME_MAX) ||
           refuse(judging, REFUSAL_CLASH);
}

static bool close_rows(struct engine *engine, value proposal, bool lenient, uint32_t *seat_count) {
    struct bindings seats;
    uint32_t row;
    run_status status = seats_of(engine, proposal, lenient, &seats);
    for (uint32_t i = 0; i < seats.count; i++)
        store_prefetch(engine, RELATION_SEATED, (value[]){proposal, seats.at[i]});
    for (uint32_t i = 0; i < seats.count && status == RUN_OK; i++)
        begin_now(engine, RELATION_SEATED, (value[]){proposal, seats.at[i]});
    *seat_count = seats.count;
    bindings_release(&seats);
    if (in_force(engine, RELATION_OPEN, proposal, &row)) store_move(engine, RELATION_OPEN, row, engine->now, WRITE_END);
    return status == RUN_OK;
}

static bool judge_withdraw(struct judging *judging) {
    struct engine *engine = judging->engine;
    value proposal = judging->entry->object;
    uint32_t row;
    if (!entity_there(engine, proposal, ENTITY_PROPOSAL)) return refuse(judging, REFUSAL_NO_ENTITY);
    if (!holds(engine, RELATION_OPEN, proposal)) return refuse(judging, REFUSAL_CLOSED);
    if (!in_force(engine, RELATION_PROPOSED, proposal, &row) ||
        table_values(&engine->tables[RELATION_PROPOSED], row)[1] != judging->entry->actor)
        return refuse(judging, REFUSAL_NOT_PROPOSER);
    record(engine, judging->entry, judging->entry->actor);
    uint32_t seats;
    if (!close_rows(engine, proposal, false, &seats)) return refuse(judging, REFUSAL_ARITHMETIC);
    begin_now(engine, RELATION_OUTCOME, (value[]){proposal, OUTCOME_WITHDRAWN});
    return true;
}

static bool judge_join(struct judging *judging) {
    struct engine *engine = judging->engine;
    value proposal = judging->entry->object, actor = judging->entry->actor;
    uint32_t row;
    bool adopted = false, seated = false;
    if (!entity_there(engine, proposal, ENTITY_PROPOSAL)) return refuse(judging, REFUSAL_NO_ENTITY);
    if (!in_force(engine, RELATION_LAID_BEFORE, proposal, &row)) return refuse(judging, REFUSAL_NOT_ADOPTED);
    value organ = table_values(&engine->tables[RELATION_LAID_BEFORE], row)[1];
    run_status status = relation_holds(engine, RELATION_ADOPTED, &proposal, &adopted);
    if (status == RUN_OK && actor_class_of(organ) == ACTOR_ORGAN)
        status = relation_holds(engine, engine->program->organs[actor_organ_id(organ)].seats, &actor, &seated);
    if (status != RUN_OK) return refuse_run(judging, status);
    if (!adopted || !seated) return refuse(judging, REFUSAL_NOT_ADOPTED);
    record(engine, judging->entry, actor);
    return store_add(engine, RELATION_JOINED, (value[]){proposal, actor}, engine->now, TIME_MAX) ||
           refuse(judging, REFUSAL_CLASH);
}

static bool judge_confirm(struct judging *judging, bool contest) {
    struct engine *engine = judging->engine;
    value entry = judging->entry->object, due;
    uint32_t row;
    if (!entity_there(engine, entry, ENTITY_ENTRY)) return refuse(judging, REFUSAL_NO_ENTITY);
    bool mine = in_force(engine, RELATION_RECORDED, entry, &row) &&
                table_values(&engine->tables[RELATION_RECORDED], row)[1] == judging->entry->actor;
    if (!mine || holds(engine, RELATION_CONFIRMED, entry) || holds(engine, RELATION_CONTESTED, entry))
        return refuse(judging, REFUSAL_NOT_RECORDED);
    record(engine, judging->entry, judging->entry->actor);
    if (!contest) {
        begin_now(engine, RELATION_CONFIRMED, &entry);
        return true;
    }
    if (engine->program->contestable) {
        struct type time = {TYPE_TIME, NO_ID}, duration = {TYPE_DURATION, NO_ID};
        int64_t begun = engine->entries.at[entity_position(entry) - 1].time;
        bool known = run_arithmetic(EXPRESSION_ADD, time, duration, engine->program->offset, begun,
                                    engine->program->contestable->constant, &due);
        if (known && engine->now >= due) return refuse(judging, REFUSAL_CONTEST_LATE);
    }
    begin_now(engine, RELATION_CONTESTED, &entry);
    finding_open(engine, engine->program->contested_norm, &entry, 1, NULL, 0);
    return true;
}

static bool registrar_may(struct judging *judging) {
    struct engine *engine = judging->engine;
    const struct entry *entry = judging->entry;
    if (!entry->recorded || entry->registrar == ACTOR_NONE) return true;
    if (!engine->program->records_given) return refuse(judging, REFUSAL_REGISTRAR);
    static const struct act nobody;
    value frame[SLOTS_MAX] = {0};
    struct failure kept = judging->failure;
    bool may = who_matches(judging, &nobody, &engine->program->records, engine->program->records.actor,
                           entry->registrar, frame);
    judging->failure = kept;
    return may || refuse(judging, REFUSAL_REGISTRAR);
}

static bool judge_kind(struct judging *judging) {
    struct engine *engine = judging->engine;
    const struct entry *entry = judging->entry;
    if (!entities_there(judging) || !registrar_may(judging)) return false;
    switch (entry->kind) {
    case ENTRY_ACT: return judge_act(judging);
    case ENTRY_PROPOSE: return judge_propose(judging);
    case ENTRY_ANSWER:
        record(engine, entry, entry->answers[0].actor);
        for (uint32_t i = 0; i < entry->answer_count; i++)
            if (!judge_answer(judging, &entry->answers[i])) {
                judging->failure.item = i;
                return false;
            }
        return true;
    case ENTRY_JOIN: return judge_join(judging);
    case ENTRY_WITHDRAW: return judge_withdraw(judging);
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

// ---- Closing -------------------------------------------------------------------------------------------------------
static run_status outcome_of(struct engine *engine, uint32_t procedure_id, value proposal, uint32_t *outcome) {
    const struct procedure *procedure = &engine->program->procedures[procedure_id];
    value frame[SLOTS_MAX] = {proposal};
    uint32_t row;
    if (in_force(engine, procedure->relation, proposal, &row))
        for (uint32_t i = 0; i < procedure->parameter_count; i++)
            frame[i + 1] = table_values(&engine->tables[procedure->relation], row)[i + 1];
    for (uint32_t i = 0; i < procedure->outcome_count; i++) {
        bool yes = procedure->outcomes[i].otherwise;
        struct run run = strict_run(engine);
        run.lenient = true;
        run_status status = yes ? RUN_OK : run_exists(&run, &engine->outcomes[procedure_id][i], frame, &yes);
        engine->rows_touched += run.rows;
        if (status != RUN_OK) return status;
        *outcome = procedure->outcomes[i].outcome;
        if (yes) return RUN_OK;
    }
    return RUN_OK;
}

bool judge_close(struct engine *engine, value proposal) {
    uint32_t position = entity_position(proposal), outcome = OUTCOME_REJECTED;
    const struct entry *entry = position == engine->current ? engine->entry : &engine->entries.at[position - 1].entry;
    const struct act *first = &engine->program->acts[entry->calls[0].act];
    if (outcome_of(engine, first->decides.procedure, proposal, &outcome) == RUN_LIMIT) return false;
    uint32_t seats;
    if (!close_rows(engine, proposal, true, &seats)) return false;
    if (seats == 0 && outcome == OUTCOME_ADOPTED) outcome = OUTCOME_REJECTED;    // no seats adopt nothing
    if (outcome != OUTCOME_ADOPTED) {
        begin_now(engine, RELATION_OUTCOME, (value[]){proposal, outcome});
        return true;
    }
    struct mark mark = engine_mark(engine);
    uint32_t dirty = guard_begin(engine), stamp = engine->stamp, late = engine->late.count;
    struct judging judging = {.engine = engine, .entry = entry, .failure = {.norm = NO_ID}};
    begin_now(engine, RELATION_OUTCOME, (value[]){proposal, OUTCOME_ADOPTED});
    engine->judging = true;
    engine->judged_from = engine->writes.count;
    bool runs = package_run(&judging, entry, position) && guard(&judging, dirty, stamp);
    engine->judging = false;
    runs = runs && late_review(engine, stamp, engine->judged_from) == RUN_OK && !engine->overrun;
    if (runs) return true;
    engine_undo(engine, mark);
    engine->late.count = late;
    engine->overrun = false;
    begin_now(engine, RELATION_OUTCOME, (value[]){proposal, OUTCOME_NOT_EXECUTABLE});
    return true;
}

// ---- Plans of acts -------------------------------------------------------------------------------------------------
static void act_plan_make(struct engine *engine, uint32_t id) {
    const struct act *act = &engine->program->acts[id];
    struct act_plan *plan = &engine->acts[id];
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
    if (known->kind == WHO_MEMBER || known->kind == WHO_OFFICE_OF) bound[known->slot] = true;
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

void judge_plan(struct engine *engine) {
    const struct program *program = engine->program;
    engine->acts = ARENA_ARRAY(&engine->arena, struct act_plan, program->acts_count + 1);
    engine->obligations = ARENA_ARRAY(&engine->arena, struct obligation_plan, program->obligations_count + 1);
    engine->upon_plans = ARENA_ARRAY(&engine->arena, struct effect_plan *, program->watches_count + 1);
    engine->outcomes = ARENA_ARRAY(&engine->arena, struct plan *, program->procedures_count + 1);
    engine->refused_frame = ARENA_ARRAY(&engine->arena, value, SLOTS_MAX);
    engine->refused_bound = ARENA_ARRAY(&engine->arena, bool, SLOTS_MAX);
    for (uint32_t a = 0; a < program->acts_count; a++) {
        act_plan_make(engine, a);
        engine->keeps_executed |= program->acts[a].occurred != NO_ID;
    }
    if (engine->keeps_executed) late_plan(engine);
    for (uint32_t w = 0; w < program->watches_count; w++) {
        const struct watch *watch = &program->watches[w];
        bool bound[SLOTS_MAX] = {false};
        for (uint32_t b = 0; b < watch->binding_count; b++) bound[watch->binding[b]] = true;
        engine->upon_plans[w] = ARENA_ARRAY(&engine->arena, struct effect_plan, watch->effect_count + 1);
        effects_plan(engine, engine->upon_plans[w], watch->effects, watch->effect_count, bound);
    }
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
