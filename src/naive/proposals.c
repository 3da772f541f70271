// SPDX-License-Identifier: Apache-2.0
// Proposals: made, answered, withdrawn, joined, closed.
#include "naive/naive_internal.h"

// ---- What the rows say of a proposal -------------------------------------------------------------------------------
static value laid_before(const struct naive *n, value proposal) {
    const struct row *row = naive_store_find(n, RELATION_LAID_BEFORE, &proposal, 1);
    ENSURE(row);
    return row->values[1];
}

static const struct organ *organ_of(const struct naive *n, value proposal) {
    value organ = laid_before(n, proposal);
    return actor_class_of(organ) == ACTOR_ORGAN ? &n->base.program->organs[actor_organ_id(organ)] : NULL;
}

static bool speaks(struct naive *n, const struct organ *organ, value actor, value seat, value proposal) {
    return organ && organ->voice != NO_ID &&
           naive_world_has(n, naive_world_at(n, n->now, false), organ->voice, (value[]){actor, seat, proposal});
}

// The first seat of the proposal, ascending, for which the actor speaks; NO_ID's value where there is none.
static bool spoken_seat(struct naive *n, value proposal, value actor, value *seat) {
    const struct tuples *seats = naive_world_extent(naive_world_at(n, n->now, false), n, RELATION_SEAT);
    for (uint32_t i = 0; i < seats->count && !n->failed; i++) {
        if (naive_tuples_get(seats, i)[0] != proposal ||
            !speaks(n, organ_of(n, proposal), actor, naive_tuples_get(seats, i)[1], proposal))
            continue;
        *seat = naive_tuples_get(seats, i)[1];
        return true;
    }
    return false;
}

static bool own_seat(struct naive *n, value proposal, value actor) {
    return naive_world_has(n, naive_world_at(n, n->now, false), RELATION_SEAT, (value[]){proposal, actor});
}

// The arguments of item `item`: parameters, made entities, actor. NULL after the last one.
static const value *item_of(const struct naive *n, value proposal, value item, const struct act **act) {
    for (uint32_t a = 0; a < n->base.program->acts_count; a++) {
        if (n->base.program->acts[a].item_relation == NO_ID) continue;
        const struct row *row =
            naive_store_find(n, n->base.program->acts[a].item_relation, (value[]){proposal, item}, 2);
        if (!row) continue;
        *act = &n->base.program->acts[a];
        return row->values + 2;
    }
    return NULL;
}

// ---- Making a proposal ---------------------------------------------------------------------------------------------
static value acting(const struct act *act, const struct entry *entry) {
    return act->kind == ACT_BY_ORGAN ? actor_organ(act->organ) : entry->actor;
}

static void call_scope(struct naive *n, const struct entry *entry, uint32_t item, const value *arguments,
                       value first_made, struct slots *slots) {
    const struct act *act = &n->base.program->acts[entry->calls[item].act];
    naive_call_slots(act, arguments, first_made, acting(act, entry), slots);
    if (act->kind == ACT_AGREED) naive_who_bind(&act->by, entry->actor, slots);
    if (act->proposer_given) naive_who_bind(&act->proposed_by, entry->actor, slots);
}

static void write_governs(struct naive *n, value proposal, const struct act *act, struct slots *slots) {
    const struct procedure *procedure = &n->base.program->procedures[act->decides.procedure];
    struct scope scope = {n, naive_world_at(n, n->now, false), slots->values, slots->bound};
    value row[WIDTH_MAX] = {proposal};
    for (uint32_t i = 0; i < procedure->parameter_count; i++)
        if (naive_expression_value(&scope, act->decides.arguments[i], &row[i + 1]) != VALUE_FOUND) n->failed = true;
    naive_store_begin(n, procedure->relation, row, n->now, TIME_MAX);
}

static void write_proposal(struct naive *n, const struct entry *entry, const value *const *arguments) {
    const struct program *program = n->base.program;
    const struct act *first = &program->acts[entry->calls[0].act];
    value proposal = entity_of(n->position, 0), made = proposal + 1;
    struct slots slots;
    if (entry->recorded) naive_write_2(n, RELATION_RECORDED, proposal, entry->actor);
    naive_write_2(n, RELATION_PROPOSED, proposal, entry->actor);
    naive_write_2(n, RELATION_LAID_BEFORE, proposal, acting(first, entry));
    naive_write_1(n, RELATION_OPEN, proposal);
    call_scope(n, entry, 0, arguments[0], made, &slots);
    write_governs(n, proposal, first, &slots);
    for (uint32_t i = 0; i < entry->call_count; i++) {
        const struct act *act = &program->acts[entry->calls[i].act];
        value row[WIDTH_MAX] = {proposal, i + 1};
        uint32_t width = 2;
        for (uint32_t k = 0; k < act->parameter_count; k++) row[width++] = arguments[i][k];
        for (uint32_t k = 0; k < act->made_count; k++) row[width++] = made++;
        row[width++] = acting(act, entry);
        ENSURE(width == program->relations[act->item_relation].column_count);
        naive_store_begin(n, act->item_relation, row, n->now, TIME_MAX);
    }
}

static bool may_propose_call(struct naive *n, const struct entry *entry, uint32_t item, const value *arguments,
                             value first_made) {
    const struct act *act = &n->base.program->acts[entry->calls[item].act];
    value proposal = entity_of(n->position, 0), seat_pattern = VALUE_ANY;
    struct slots slots;
    naive_call_slots(act, arguments, first_made, acting(act, entry), &slots);
    struct scope scope = {n, naive_world_at(n, n->now, false), slots.values, slots.bound};
    if (act->proposer_given) return naive_who_admits(&scope, &act->proposed_by, entry->actor);
    if (act->kind == ACT_AGREED) return naive_who_admits(&scope, &act->by, entry->actor);
    const struct organ *organ = &n->base.program->organs[act->organ];
    if (naive_world_has(n, scope.world, organ->seats, &entry->actor)) return true;
    if (organ->voice == NO_ID) return false;
    // Whoever speaks for one of the organ's seats: each party, office and organ may be a seat, so all rows of the voice
    // are asked.
    const struct relation *voice = &n->base.program->relations[organ->voice];
    const struct tuples *tuples = voice->derived ? naive_world_extent(scope.world, n, organ->voice) : NULL;
    uint32_t count = tuples ? tuples->count : n->tables[organ->voice].rows.count;
    for (uint32_t i = 0; i < count; i++) {
        if (!tuples && !row_holds(&n->tables[organ->voice].rows.at[i], n->now)) continue;
        const value *row = tuples ? naive_tuples_get(tuples, i) : n->tables[organ->voice].rows.at[i].values;
        seat_pattern = row[1];
        if (row[0] == entry->actor && row[2] == proposal &&
            naive_world_has(n, scope.world, organ->seats, &seat_pattern))
            return true;
    }
    return false;
}

// Asked with the proposal's rows there on trial, since who speaks for a seat may depend on what is proposed.
static bool may_propose(struct naive *n, const struct entry *entry, const value *const *arguments) {
    struct mark mark = naive_store_mark(n);
    value made = entity_of(n->position, 1);
    bool may = true;
    write_proposal(n, entry, arguments);
    for (uint32_t i = 0; may && i < entry->call_count; i++) {
        may = may_propose_call(n, entry, i, arguments[i], made);
        made += n->base.program->acts[entry->calls[i].act].made_count;
        if (!may) n->failure.item = i;
    }
    bool failed = n->failed;
    naive_store_take_back(n, mark);
    return (may && !failed) || naive_refuse(n, failed ? REFUSAL_ARITHMETIC : REFUSAL_ACTOR);
}

static bool try_calls(struct naive *n, const struct entry *entry, const value *const *arguments) {
    struct mark mark = naive_store_mark(n);
    value made = entity_of(n->position, 1);
    bool good = true;
    n->trial = true;
    for (uint32_t i = 0; good && i < entry->call_count; i++) {
        const struct act *act = &n->base.program->acts[entry->calls[i].act];
        struct slots slots;
        call_scope(n, entry, i, arguments[i], made, &slots);
        good = naive_run_call(n, act, &slots, acting(act, entry));
        if (!good) n->failure.item = i;
        made += act->made_count;
    }
    n->trial = false;
    if (good) {
        n->failure.norm = naive_never_newly(n, mark);
        if (n->failure.norm != NO_ID) good = naive_refuse(n, REFUSAL_NEVER);
    }
    naive_store_take_back(n, mark);
    return good;
}

bool naive_proposal_make(struct naive *n, const struct entry *entry, const value *const *arguments) {
    value proposal = entity_of(n->position, 0), seat = entry->actor;
    if (!may_propose(n, entry, arguments) || !try_calls(n, entry, arguments)) return false;
    write_proposal(n, entry, arguments);
    if (own_seat(n, proposal, entry->actor) || spoken_seat(n, proposal, entry->actor, &seat))
        naive_write_3(n, RELATION_ANSWERED, proposal, seat, ANSWER_CONSENT);
    return !n->failed || naive_refuse(n, REFUSAL_ARITHMETIC);
}

// ---- Answering, withdrawing, joining -------------------------------------------------------------------------------
bool naive_proposal_answer(struct naive *n, const struct answer *answer, value reason) {
    value seat = answer->actor;
    if (!naive_holds_1(n, RELATION_OPEN, answer->proposal)) return naive_refuse(n, REFUSAL_CLOSED);
    const struct organ *organ = organ_of(n, answer->proposal);
    bool seated = organ && organ->voice != NO_ID ? spoken_seat(n, answer->proposal, answer->actor, &seat)
                                                 : own_seat(n, answer->proposal, answer->actor);
    if (n->failed) return naive_refuse(n, REFUSAL_ARITHMETIC);
    if (!seated) return naive_refuse(n, REFUSAL_NO_SEAT);
    if (!naive_fact_set(n, RELATION_ANSWERED, (value[]){answer->proposal, seat, answer->answer}, n->now, TIME_MAX,
                        false))
        return naive_refuse(n, REFUSAL_CLASH);
    if (answer->reason.length &&
        !naive_fact_set(n, RELATION_REASON, (value[]){answer->proposal, seat, reason}, n->now, TIME_MAX, false))
        return naive_refuse(n, REFUSAL_CLASH);
    return true;
}

static uint32_t close_seats(struct naive *n, value proposal, bool lenient) {
    uint32_t count = 0;
    struct tuples seats = naive_tuples_copy(naive_world_extent(naive_world_at(n, n->now, lenient), n, RELATION_SEAT));
    for (uint32_t i = 0; i < seats.count; i++)
        if (naive_tuples_get(&seats, i)[0] == proposal)
            count++, naive_write_2(n, RELATION_SEATED, proposal, naive_tuples_get(&seats, i)[1]);
    naive_tuples_release(&seats);
    (void)naive_end_1(n, RELATION_OPEN, proposal);
    return count;
}

bool naive_proposal_withdraw(struct naive *n, value proposal, value actor) {
    if (!naive_holds_1(n, RELATION_OPEN, proposal)) return naive_refuse(n, REFUSAL_CLOSED);
    const struct row *row = naive_store_find(n, RELATION_PROPOSED, &proposal, 1);
    if (!row || row->values[1] != actor) return naive_refuse(n, REFUSAL_NOT_PROPOSER);
    (void)close_seats(n, proposal, false);
    naive_write_2(n, RELATION_OUTCOME, proposal, OUTCOME_WITHDRAWN);
    return !n->failed || naive_refuse(n, REFUSAL_ARITHMETIC);
}

bool naive_proposal_join(struct naive *n, value proposal, value actor) {
    const struct organ *organ = organ_of(n, proposal);
    struct world *world = naive_world_at(n, n->now, false);
    bool may = organ && naive_world_has(n, world, RELATION_ADOPTED, &proposal) &&
               naive_world_has(n, world, organ->seats, &actor);
    if (n->failed) return naive_refuse(n, REFUSAL_ARITHMETIC);
    if (!may) return naive_refuse(n, REFUSAL_NOT_ADOPTED);
    return naive_fact_add(n, RELATION_JOINED, (value[]){proposal, actor}, n->now, TIME_MAX, false) ||
           naive_refuse(n, REFUSAL_CLASH);
}

// ---- Closing -------------------------------------------------------------------------------------------------------
static bool governs(const struct naive *n, const struct procedure *procedure, value proposal, struct slots *slots) {
    const struct row *row = naive_store_find(n, procedure->relation, &proposal, 1);
    if (!row) return false;
    *slots = (struct slots){0};
    for (uint32_t i = 0; i <= procedure->parameter_count; i++)
        slots->values[i] = row->values[i], slots->bound[i] = true;
    return true;
}

static uint32_t outcome_of(struct naive *n, value proposal) {
    for (uint32_t p = 0; p < n->base.program->procedures_count; p++) {
        const struct procedure *procedure = &n->base.program->procedures[p];
        struct slots slots;
        if (!governs(n, procedure, proposal, &slots)) continue;
        struct scope scope = {n, naive_world_at(n, n->now, true), slots.values, slots.bound};
        for (uint32_t i = 0; i < procedure->outcome_count; i++)
            if (procedure->outcomes[i].otherwise || naive_conditions_hold(&scope, procedure->outcomes[i].conditions))
                return procedure->outcomes[i].outcome;
    }
    ENSURE(false);
}

// Runs the items in order; false where one fails or makes true what may never be.
static bool adopt(struct naive *n, value proposal) {
    struct mark before = naive_store_mark(n);
    bool good = true;
    const struct act *act;
    const value *row;
    naive_write_2(n, RELATION_OUTCOME, proposal, OUTCOME_ADOPTED);
    for (value item = 1; good && (row = item_of(n, proposal, item, &act)); item++) {
        struct slots slots;
        value actor = row[act->parameter_count + act->made_count];
        naive_call_slots(act, row, act->made_count ? row[act->parameter_count] : 0, actor, &slots);
        if (act->kind == ACT_AGREED) naive_who_bind(&act->by, actor, &slots);
        if (act->proposer_given)
            naive_who_bind(&act->proposed_by, naive_store_find(n, RELATION_PROPOSED, &proposal, 1)->values[1], &slots);
        good = naive_run_call(n, act, &slots, actor);
    }
    good = good && naive_never_newly(n, before) == NO_ID;
    return good;
}

void naive_proposal_close(struct naive *n, value proposal) {
    uint32_t outcome = outcome_of(n, proposal);    // while its seats still sit
    if (close_seats(n, proposal, true) == 0 && outcome == OUTCOME_ADOPTED)
        outcome = OUTCOME_REJECTED;    // no seats adopt nothing
    if (outcome == OUTCOME_ADOPTED) {
        struct mark mark = naive_store_mark(n);
        bool differs = n->probe && n->probe->differs;
        uint32_t asked = n->probe ? n->probe->asked : 0;
        struct failure failure = n->failure;
        n->acting = true;
        n->acted_from = n->changes.count;
        bool adopted = adopt(n, proposal);
        n->acting = false;
        uint32_t late = n->late.count, doubts = n->doubts.count;
        if (adopted) naive_late_review(n, mark);
        if (adopted && !n->limited) {
            n->counts.adoptions++;
            return;
        }
        n->late.count = late;
        n->doubts.count = doubts;
        n->failed = n->limited = false;
        n->failure = failure;
        naive_store_take_back(n, mark);
        if (n->probe) n->probe->differs = differs, n->probe->asked = asked;
        outcome = OUTCOME_NOT_EXECUTABLE;
        n->counts.not_executable++;
    }
    naive_write_2(n, RELATION_OUTCOME, proposal, outcome);
}
