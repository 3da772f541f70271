// SPDX-License-Identifier: Apache-2.0
// The seats of a proposal are asked at every answer: by who answers, by the closing, by the outcome. They stay as they
// are while nothing is written that they rest on and no moment comes at which they may change; so long they are kept.
//
// What it cost to work them out is charged each time they are asked, so that a limit falls at the same place whether
// they were kept or not.
#include "engine/engine_internal.h"

void seats_plan(struct engine *engine) {
    bool *seen = base_alloc((size_t)engine->program->relations_count + 1);
    engine->seat_bases = ARENA_ARRAY(&engine->arena, uint32_t, engine->program->relations_count + 1);
    plan_reach(engine->program, RELATION_SEAT, seen);
    for (uint32_t r = 0; r < engine->program->relations_count; r++)
        if (seen[r] && !engine->program->relations[r].derived) {
            engine->seat_bases[engine->seat_base_count++] = r;
            engine->tables[r].seats_rest = true;
        }
    free(seen);
    if (!engine->program->relations[RELATION_SEAT].recursive)
        engine->seat_call = plan_call(engine, RELATION_SEAT, SEATS_OF);
}

void seats_clear(struct engine *engine) {
    for (uint32_t i = 0; i < SEATS_KEPT; i++) engine->seats[i].kept = false;
    engine->seats_changed = engine->seats_filled = 0;
}

void seats_release(struct engine *engine) {
    for (uint32_t i = 0; i < SEATS_KEPT; i++) free(engine->seats[i].at);
}

void seats_undo(struct engine *engine, uint32_t stamp) {
    if (engine->seats_filled >= stamp) {
        for (uint32_t i = 0; i < SEATS_KEPT; i++)
            if (engine->seats[i].stamp >= stamp) engine->seats[i].kept = false;
        engine->seats_filled = stamp - 1;
    }
    if (engine->seats_changed < stamp) return;
    engine->seats_changed = 0;
    for (uint32_t b = 0; b < engine->seat_base_count; b++) {
        uint32_t changed = engine->tables[engine->seat_bases[b]].changed;
        if (changed > engine->seats_changed) engine->seats_changed = changed;
    }
}

static bool seats_current(const struct engine *engine, const struct seats *seats, const struct run *run,
                          value proposal) {
    if (!seats->kept || seats->proposal != proposal) return false;
    return run->view.time >= seats->time && run->view.time < seats->horizon && engine->seats_changed <= seats->stamp;
}

static run_status seat_keep(void *context, struct run *run, const value *tuple) {
    struct seats *seats = context;
    (void)run;
    if (seats->count == seats->capacity) seats->at = base_vec_grow(seats->at, &seats->capacity, sizeof *seats->at);
    seats->at[seats->count++] = tuple[1];
    return RUN_OK;
}

// The working out, in storage of its own: a rule of the seats may ask for other seats.
static void seats_fill(struct run *run, value proposal, struct seats *out) {
    struct run inner = *run;
    inner.horizon = TIME_MAX, inner.rows = 0;
    value keys[] = {proposal, 0};
    *out = (struct seats){.proposal = proposal, .time = run->view.time, .stamp = run->engine->stamp - 1};
    run_status status = run_rules(&inner, run->engine->seat_call, keys, seat_keep, out);
    out->rows = inner.rows, out->horizon = inner.horizon;
    out->kept = status == RUN_OK;
}

static struct seats *seats_of(struct run *run, value proposal) {
    struct seats *seats = &run->engine->seats[(uint64_t)proposal % SEATS_KEPT];
    if (!seats_current(run->engine, seats, run, proposal)) {
        struct seats filled;
        seats_fill(run, proposal, &filled);
        free(seats->at);
        *seats = filled;
        run->engine->seats_filled = run->engine->stamp - 1;
    }
    if (seats->kept && seats->horizon < run->horizon) run->horizon = seats->horizon;
    return seats;
}

static run_status seats_charge(struct run *run, uint64_t rows) {
    return (run->rows += rows) > TOUCHED_MAX ? run_limit(run, "working it out touches more than 20,000,000 rows")
                                             : RUN_OK;
}

bool seats_kept(const struct run *run, const struct call_plan *call) {
    return call->relation == RELATION_SEAT && (call->mask & SEATS_OF) && run->engine->seat_call && run->view.present &&
           !run->view.fixed;
}

run_status seats_ask(struct run *run, const struct call_plan *call, const value *keys, run_take take, void *context) {
    const struct seats *seats = seats_of(run, keys[0]);
    if (!seats->kept) return run_rules(run, call, keys, take, context);    // what was asked may not need what failed
    run_status status = seats_charge(run, seats->rows + 1);
    if (call->mask == SEATS_ONE) {
        for (uint32_t i = 0; i < seats->count && status == RUN_OK; i++)
            if (seats->at[i] == keys[1]) return take(context, run, keys);
        return status;
    }
    // Who takes a seat may ask for those of another proposal, which are kept in the same place.
    uint32_t count = seats->count;
    value few[32], *at = count <= COUNT_OF(few) ? few : base_alloc(sizeof *at * count);
    if (count) memcpy(at, seats->at, sizeof *at * count);
    for (uint32_t i = 0; i < count && status == RUN_OK; i++) status = take(context, run, (value[]){keys[0], at[i]});
    if (at != few) free(at);
    return status;
}

// Whether a seat of an open proposal has not answered: the question of every `closed when not unanswered(p, _)`. The
// seat found last is tried first, so that the answers of a vote cost together what one look at all its seats does.
run_status seats_unanswered(struct run *run, value proposal, bool *known, bool *some) {
    struct engine *engine = run->engine;
    uint32_t row;
    *known = *some = false;
    if (!engine->seat_call || !run->view.present || run->view.fixed ||
        !store_find(engine, RELATION_OPEN, &proposal, run->view.time, &row))
        return RUN_OK;
    struct seats *seats = seats_of(run, proposal);
    *known = seats->kept;
    if (!seats->kept) return RUN_OK;
    for (uint32_t n = 0; n < seats->count && !*some; n++, seats->next++) {
        if (seats->next >= seats->count) seats->next = 0;
        *some =
            !store_find(engine, RELATION_ANSWERED, (value[]){proposal, seats->at[seats->next]}, run->view.time, &row);
    }
    if (*some) seats->next--;
    return seats_charge(run, seats->rows + seats->count + 1);
}

// ---- Which rules are for a decision --------------------------------------------------------------------------------
// Organs are told apart from the items of acts by numbers beyond those of relations.
static uint32_t decision_of_organ(const struct engine *engine, uint32_t organ) {
    return engine->program->relations_count + organ;
}

static uint32_t decision_of_atom(const struct engine *engine, uint32_t relation, const struct condition *atom) {
    const struct program *program = engine->program;
    if (atom->kind != CONDITION_ATOM || atom->negated || atom->moment) return NO_ID;
    for (uint32_t p = 0; relation == RELATION_CLOSES && p < program->procedures_count; p++)
        if (atom->relation == program->procedures[p].relation) return atom->relation;
    if (relation != RELATION_SEAT) return NO_ID;
    const struct expression *organ = atom->relation == RELATION_LAID_BEFORE ? atom->arguments[1] : NULL;
    if (organ && organ->kind == EXPRESSION_CONSTANT && actor_class_of(organ->constant) == ACTOR_ORGAN)
        return decision_of_organ(engine, actor_organ_id(organ->constant));
    for (uint32_t a = 0; a < program->acts_count; a++)
        if (program->acts[a].kind == ACT_AGREED && atom->relation == program->acts[a].item_relation)
            return atom->relation;
    return NO_ID;
}

uint32_t rule_decision(const struct engine *engine, uint32_t relation, const struct rule *rule) {
    uint32_t decision = NO_ID;
    if (relation != RELATION_SEAT && relation != RELATION_CLOSES) return NO_ID;    // others may have no column
    for (uint32_t i = 0; i < rule->body.count && decision == NO_ID; i++) {
        const struct condition *atom = &rule->body.at[i];
        bool own = atom->kind == CONDITION_ATOM && atom->argument_count && atom->arguments[0] &&
                   rule->head[0]->kind == EXPRESSION_VARIABLE && atom->arguments[0]->kind == EXPRESSION_VARIABLE &&
                   atom->arguments[0]->slot == rule->head[0]->slot;    // of the proposal that is asked for
        if (own) decision = decision_of_atom(engine, relation, atom);
    }
    return decision;
}

uint32_t proposal_decision(const struct engine *engine, uint32_t relation, value proposal) {
    uint32_t position = proposal < 0 ? 0 : entity_position(proposal);
    if ((relation != RELATION_CLOSES && relation != RELATION_SEAT) || position == 0 ||
        position > engine->entries.count + 1)
        return NO_ID;
    const struct entry *entry =
        position <= engine->entries.count ? &engine->entries.at[position - 1].entry : engine->entry;
    if (!entry || entry->kind != ENTRY_PROPOSE || !entry->call_count || entity_ordinal(proposal) != 0) return NO_ID;
    const struct act *act = &engine->program->acts[entry->calls[0].act];
    if (relation == RELATION_CLOSES) return engine->program->procedures[act->decides.procedure].relation;
    return act->kind == ACT_AGREED ? act->item_relation : decision_of_organ(engine, act->organ);
}
