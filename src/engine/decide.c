// SPDX-License-Identifier: Apache-2.0
// Decisions: a proposal, its answers, its closing, and what comes of it.
#include "engine/judge_internal.h"

// ---- Proposing and answering ---------------------------------------------------------------------------------------
static bool proposal_write(struct judging *judging) {
    struct engine *engine = judging->engine;
    const struct entry *entry = judging->entry;
    uint32_t first_id = entry->calls[0].act;
    const struct act *first = &engine->program->acts[first_id];
    const struct procedure *procedure = &engine->program->procedures[first->decides.procedure];
    value proposal = entity_of(engine->current, 0), values[SLOTS_MAX + 4] = {proposal}, frame[SLOTS_MAX];
    const uint32_t soon[] = {RELATION_PROPOSED, RELATION_LAID_BEFORE, RELATION_OPEN, procedure->relation};
    for (size_t i = 0; i < COUNT_OF(soon); i++) store_prefetch(engine, soon[i], values);
    judging_record(engine, entry, entry->actor);
    judging_begin(engine, RELATION_PROPOSED, (value[]){proposal, entry->actor});
    judging_begin(engine, RELATION_LAID_BEFORE, (value[]){proposal, judging_call_actor(first, entry->actor)});
    judging_begin(engine, RELATION_OPEN, &proposal);
    judging_call_frame(engine, entry, engine->current, 0, judging_call_actor(first, entry->actor), frame);
    struct run run = judging_run(engine);
    for (uint32_t i = 0; i < procedure->parameter_count; i++) {
        run_status status = run_expression(&run, act_plan(engine, first_id)->decides[i], frame, &values[i + 1]);
        if (status != RUN_OK) return judging_refuse_run(judging, status);
    }
    judging_begin(engine, procedure->relation, values);
    for (uint32_t i = 0; i < entry->call_count; i++) {
        const struct act *act = &engine->program->acts[entry->calls[i].act];
        uint32_t n = 2;
        values[1] = i + 1;
        judging_call_frame(engine, entry, engine->current, i, judging_call_actor(act, entry->actor), frame);
        for (uint32_t p = 0; p < act->parameter_count; p++) values[n++] = frame[p];
        for (uint32_t m = 0; m < act->made_count; m++) values[n++] = frame[act->made[m].slot];
        values[n++] = judging_call_actor(act, entry->actor);
        judging_begin(engine, act->item_relation, values);
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
    struct run run = judging_run(engine);
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
    if (!judging_in_force(engine, RELATION_LAID_BEFORE, proposal, &row)) return false;
    value organ = table_values(&engine->tables[RELATION_LAID_BEFORE], row)[1];
    uint32_t voice =
        actor_class_of(organ) == ACTOR_ORGAN ? engine->program->organs[actor_organ_id(organ)].voice : NO_ID;
    bool yes = false;
    if (voice == NO_ID) {
        if (judging_relation_holds(engine, RELATION_SEAT, (value[]){proposal, actor}, &yes) != RUN_OK) return false;
        *seat = actor;
        return yes;
    }
    struct bindings spoken = {.width = 1};
    struct run run = judging_run(engine);
    struct type type = engine->program->relations[voice].columns[1].type;
    run_status status = run_relation(&run, voice, (value[]){actor, VALUE_ANY, proposal}, seat_take, &spoken);
    bindings_order(engine, &type, &spoken);
    for (uint32_t i = 0; i < spoken.count && !yes && status == RUN_OK; i++) {
        status = judging_relation_holds(engine, RELATION_SEAT, (value[]){proposal, spoken.at[i]}, &yes);
        if (yes) *seat = spoken.at[i];
    }
    bindings_release(&spoken);
    return yes;
}

// Whether the actor has a seat in the organ, or speaks for one.
static bool sits_or_speaks(struct engine *engine, uint32_t organ_id, value proposal, value actor) {
    const struct organ *organ = &engine->program->organs[organ_id];
    bool yes;
    if (judging_relation_holds(engine, organ->seats, &actor, &yes) != RUN_OK) return false;
    if (yes || organ->voice == NO_ID) return yes;
    struct bindings spoken = {.width = 1};
    struct run run = judging_run(engine);
    run_status status = run_relation(&run, organ->voice, (value[]){actor, VALUE_ANY, proposal}, seat_take, &spoken);
    for (uint32_t i = 0; i < spoken.count && !yes && status == RUN_OK; i++)
        status = judging_relation_holds(engine, organ->seats, &spoken.at[i], &yes);
    bindings_release(&spoken);
    return yes;
}

// Whether the actor may lay the package before the organ; asked with the rows of the proposal there.
static bool proposer_may(struct judging *judging) {
    struct engine *engine = judging->engine;
    const struct entry *entry = judging->entry;
    bool may = true, seat_asked = false;
    for (uint32_t i = 0; may && i < entry->call_count; i++) {
        const struct act *act = &engine->program->acts[entry->calls[i].act];
        judging->failure.item = i, judging->failure.act = act;
        const struct who *who = act->kind == ACT_AGREED ? &act->by : &act->proposed_by;
        if (act->kind == ACT_BY_ORGAN && !act->proposer_given) {
            if (!seat_asked && !sits_or_speaks(engine, act->organ, entity_of(engine->current, 0), entry->actor))
                may = judging_refuse(judging, REFUSAL_ACTOR);
            seat_asked = true;
            continue;
        }
        value frame[SLOTS_MAX];
        judging_call_frame(engine, entry, engine->current, i, entry->actor, frame);
        may = judging_who_matches(judging, act, who,
                                  act->kind == ACT_AGREED ? act_plan(engine, entry->calls[i].act)->who
                                                          : act_plan(engine, entry->calls[i].act)->proposed_by,
                                  entry->actor, frame);
    }
    return may;
}

// Whether the package could be adopted at once; nothing of it stays.
static bool package_runs(struct judging *judging) {
    struct engine *engine = judging->engine;
    struct mark mark = engine_mark(engine);
    uint32_t dirty = judging_guard_begin(engine), stamp = engine->stamp;
    bool runs = judging_package_run(judging, judging->entry, engine->current) && judging_guard(judging, dirty, stamp);
    engine_undo(engine, mark);
    return runs;
}

bool judging_propose(struct judging *judging) {
    struct engine *engine = judging->engine;
    const struct entry *entry = judging->entry;
    value proposal = entity_of(engine->current, 0), seat;
    struct judging trial = *judging;
    bool runs = package_runs(&trial), overrun = engine->overrun;
    engine->overrun = false;
    struct mark mark = engine_mark(engine);
    if (!proposal_write(judging) || !proposer_may(judging)) return false;
    if (!runs || overrun) {    // who may not propose is told so first; then what is in the way
        engine_undo(engine, mark);
        judging->failure = trial.failure;
        engine->overrun = overrun;
        return false;
    }
    bool sits;
    if (judging_relation_holds(engine, RELATION_SEAT, (value[]){proposal, entry->actor}, &sits) != RUN_OK)
        return judging_refuse(judging, REFUSAL_ARITHMETIC);
    if (sits) seat = entry->actor;
    if (sits || seat_of(judging, proposal, entry->actor, &seat))
        judging_begin(engine, RELATION_ANSWERED, (value[]){proposal, seat, ANSWER_CONSENT});
    return true;
}

bool judging_answer(struct judging *judging, const struct answer *answer) {
    struct engine *engine = judging->engine;
    value seat;
    if (!judging_entity_there(engine, answer->proposal, ENTITY_PROPOSAL))
        return judging_refuse(judging, REFUSAL_NO_ENTITY);
    store_prefetch(engine, RELATION_ANSWERED, (value[]){answer->proposal, answer->actor, answer->answer});
    if (!judging_holds(engine, RELATION_OPEN, answer->proposal)) return judging_refuse(judging, REFUSAL_CLOSED);
    if (!seat_of(judging, answer->proposal, answer->actor, &seat)) return judging_refuse(judging, REFUSAL_NO_SEAT);
    if (!store_set(engine, RELATION_ANSWERED, (value[]){answer->proposal, seat, answer->answer}, engine->now, TIME_MAX))
        return judging_refuse(judging, REFUSAL_CLASH);
    if (!answer->reason.length) return true;
    value reason = (value)names_add(&engine->base.texts, answer->reason);
    return store_set(engine, RELATION_REASON, (value[]){answer->proposal, seat, reason}, engine->now, TIME_MAX) ||
           judging_refuse(judging, REFUSAL_CLASH);
}

static bool close_rows(struct engine *engine, value proposal, bool lenient, uint32_t *seat_count) {
    struct bindings seats;
    uint32_t row;
    run_status status = seats_of(engine, proposal, lenient, &seats);
    for (uint32_t i = 0; i < seats.count && status == RUN_OK; i++)
        judging_begin(engine, RELATION_SEATED, (value[]){proposal, seats.at[i]});
    *seat_count = seats.count;
    bindings_release(&seats);
    if (judging_in_force(engine, RELATION_OPEN, proposal, &row))
        store_move(engine, RELATION_OPEN, row, engine->now, WRITE_END);
    return status == RUN_OK;
}

bool judging_withdraw(struct judging *judging) {
    struct engine *engine = judging->engine;
    value proposal = judging->entry->object;
    uint32_t row;
    if (!judging_entity_there(engine, proposal, ENTITY_PROPOSAL)) return judging_refuse(judging, REFUSAL_NO_ENTITY);
    if (!judging_holds(engine, RELATION_OPEN, proposal)) return judging_refuse(judging, REFUSAL_CLOSED);
    if (!judging_in_force(engine, RELATION_PROPOSED, proposal, &row) ||
        table_values(&engine->tables[RELATION_PROPOSED], row)[1] != judging->entry->actor)
        return judging_refuse(judging, REFUSAL_NOT_PROPOSER);
    judging_record(engine, judging->entry, judging->entry->actor);
    uint32_t seats;
    if (!close_rows(engine, proposal, false, &seats)) return judging_refuse(judging, REFUSAL_ARITHMETIC);
    judging_begin(engine, RELATION_OUTCOME, (value[]){proposal, OUTCOME_WITHDRAWN});
    return true;
}

bool judging_join(struct judging *judging) {
    struct engine *engine = judging->engine;
    value proposal = judging->entry->object, actor = judging->entry->actor;
    uint32_t row;
    bool adopted = false, seated = false;
    if (!judging_entity_there(engine, proposal, ENTITY_PROPOSAL)) return judging_refuse(judging, REFUSAL_NO_ENTITY);
    if (!judging_in_force(engine, RELATION_LAID_BEFORE, proposal, &row))
        return judging_refuse(judging, REFUSAL_NOT_ADOPTED);
    value organ = table_values(&engine->tables[RELATION_LAID_BEFORE], row)[1];
    run_status status = judging_relation_holds(engine, RELATION_ADOPTED, &proposal, &adopted);
    if (status == RUN_OK && actor_class_of(organ) == ACTOR_ORGAN)
        status = judging_relation_holds(engine, engine->program->organs[actor_organ_id(organ)].seats, &actor, &seated);
    if (status != RUN_OK) return judging_refuse_run(judging, status);
    if (!adopted || !seated) return judging_refuse(judging, REFUSAL_NOT_ADOPTED);
    judging_record(engine, judging->entry, actor);
    return store_add(engine, RELATION_JOINED, (value[]){proposal, actor}, engine->now, TIME_MAX) ||
           judging_refuse(judging, REFUSAL_CLASH);
}

// ---- Closing -------------------------------------------------------------------------------------------------------
static run_status outcome_of(struct engine *engine, uint32_t procedure_id, value proposal, uint32_t *outcome) {
    const struct procedure *procedure = &engine->program->procedures[procedure_id];
    value frame[SLOTS_MAX] = {proposal};
    uint32_t row;
    if (judging_in_force(engine, procedure->relation, proposal, &row))
        for (uint32_t i = 0; i < procedure->parameter_count; i++)
            frame[i + 1] = table_values(&engine->tables[procedure->relation], row)[i + 1];
    for (uint32_t i = 0; i < procedure->outcome_count; i++) {
        bool yes = procedure->outcomes[i].otherwise;
        struct run run = judging_run(engine);
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
    const uint32_t soon[] = {RELATION_SEATED, RELATION_OUTCOME};    // seats are found by their proposal alone
    for (size_t i = 0; i < COUNT_OF(soon); i++) store_prefetch(engine, soon[i], (value[]){proposal, OUTCOME_ADOPTED});
    const struct entry *entry = position == engine->current ? engine->entry : &engine->entries.at[position - 1].entry;
    const struct act *first = &engine->program->acts[entry->calls[0].act];
    if (outcome_of(engine, first->decides.procedure, proposal, &outcome) == RUN_LIMIT) return false;
    uint32_t seats;
    if (!close_rows(engine, proposal, true, &seats)) return false;
    if (seats == 0 && outcome == OUTCOME_ADOPTED) outcome = OUTCOME_REJECTED;    // no seats adopt nothing
    if (outcome != OUTCOME_ADOPTED) {
        judging_begin(engine, RELATION_OUTCOME, (value[]){proposal, outcome});
        return true;
    }
    struct mark mark = engine_mark(engine);
    uint32_t dirty = judging_guard_begin(engine), stamp = engine->stamp, late = engine->late.count;
    struct judging judging = {.engine = engine, .entry = entry, .failure = {.norm = NO_ID}};
    judging_begin(engine, RELATION_OUTCOME, (value[]){proposal, OUTCOME_ADOPTED});
    engine->judging = true;
    engine->judged_from = engine->writes.count;
    bool runs = judging_package_run(&judging, entry, position) && judging_guard(&judging, dirty, stamp);
    engine->judging = false;
    runs = runs && late_review(engine, stamp, engine->judged_from) == RUN_OK && !engine->overrun;
    if (runs) return true;
    engine_undo(engine, mark);
    engine->late.count = late;
    engine->overrun = false;
    judging_begin(engine, RELATION_OUTCOME, (value[]){proposal, OUTCOME_NOT_EXECUTABLE});
    return true;
}
