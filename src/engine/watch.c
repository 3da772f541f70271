// SPDX-License-Identifier: Apache-2.0
// Watches: what has become true, fires; at an instant, and through time up to an entry.
#include "engine/engine_internal.h"

// ---- Truths: the bindings for which a watch is true, each once -----------------------------------------------------
static uint32_t truth_hash(uint32_t watch, const value *binding, uint32_t width) {
    uint64_t hash = watch + 1;
    for (uint32_t i = 0; i < width; i++) hash = hash_mix(hash, (uint64_t)binding[i]);
    return (uint32_t)(hash ^ hash >> 32);
}

static const value *truth_binding(const struct engine *engine, const struct truth *truth) {
    return engine->truth_values.at ? engine->truth_values.at + truth->values : NULL;
}

static uint32_t truth_find(const struct engine *engine, uint32_t watch, const value *binding) {
    uint32_t width = engine->watches[watch].watch->binding_count, hash = truth_hash(watch, binding, width);
    if (!engine->truth_head_count) return NO_ID;
    for (uint32_t t = engine->truth_heads[hash & (engine->truth_head_count - 1)]; t != NO_ID;
         t = engine->truths.at[t].next_hash) {
        const struct truth *truth = &engine->truths.at[t];
        if (truth->watch == watch && truth->hash == hash &&
            (!width || !memcmp(truth_binding(engine, truth), binding, sizeof(value) * width)))
            return t;
    }
    return NO_ID;
}

static void truth_rehash(struct engine *engine) {
    engine->truth_head_count = engine->truth_head_count ? engine->truth_head_count * 2 : 64;
    free(engine->truth_heads);
    engine->truth_heads = base_alloc(sizeof *engine->truth_heads * engine->truth_head_count);
    for (uint32_t i = 0; i < engine->truth_head_count; i++) engine->truth_heads[i] = NO_ID;
    for (uint32_t t = 0; t < engine->truths.count; t++) {
        struct truth *truth = &engine->truths.at[t];
        if (!truth->live) continue;
        uint32_t *head = &engine->truth_heads[truth->hash & (engine->truth_head_count - 1)];
        truth->next_hash = *head;
        *head = t;
    }
}

static void truth_link(struct engine *engine, uint32_t t) {
    struct truth *truth = &engine->truths.at[t];
    struct watch_state *state = &engine->watches[truth->watch];
    truth->live = true;
    truth->previous = NO_ID, truth->next = state->first;
    if (state->first != NO_ID) engine->truths.at[state->first].previous = t;
    state->first = t;
    state->count++;
    engine->truth_live++;
    if (engine->truth_live > engine->truth_head_count) {
        truth_rehash(engine);
        return;
    }
    uint32_t *head = &engine->truth_heads[truth->hash & (engine->truth_head_count - 1)];
    truth->next_hash = *head;
    *head = t;
}

static void truth_unlink(struct engine *engine, uint32_t t) {
    struct truth *truth = &engine->truths.at[t];
    struct watch_state *state = &engine->watches[truth->watch];
    uint32_t *link = &engine->truth_heads[truth->hash & (engine->truth_head_count - 1)];
    while (*link != t) link = &engine->truths.at[*link].next_hash;
    *link = truth->next_hash;
    if (truth->previous != NO_ID) engine->truths.at[truth->previous].next = truth->next;
    else state->first = truth->next;
    if (truth->next != NO_ID) engine->truths.at[truth->next].previous = truth->previous;
    truth->pending = false;
    truth->live = false;
    state->count--;
    engine->truth_live--;
}

static uint32_t truth_add(struct engine *engine, uint32_t watch, const value *binding) {
    struct watch_state *state = &engine->watches[watch];
    uint32_t width = state->watch->binding_count, t = state->free;
    if (t != NO_ID) state->free = engine->truths.at[t].next;
    else {
        VEC_PUSH(&engine->truths, (struct truth){.values = engine->truth_values.count});
        t = engine->truths.count - 1;
        for (uint32_t i = 0; i < width; i++) VEC_PUSH(&engine->truth_values, 0);
    }
    struct truth *truth = &engine->truths.at[t];
    *truth = (struct truth){
        .watch = watch, .values = truth->values, .hash = truth_hash(watch, binding, width), .finding = -1};
    if (width) memcpy(engine->truth_values.at + truth->values, binding, sizeof(value) * width);
    truth_link(engine, t);
    engine->truths.at[t].pending = state->watch->kind != WATCH_NORM;
    VEC_PUSH(&engine->undo, (struct undo){.kind = UNDO_TRUTH_ADDED, .row = t});
    return t;
}

static void truth_remove(struct engine *engine, uint32_t t) {
    truth_unlink(engine, t);
    VEC_PUSH(&engine->limbo, t);
    VEC_PUSH(&engine->undo, (struct undo){.kind = UNDO_TRUTH_REMOVED, .row = t});
}

static void truth_free(struct engine *engine, uint32_t t) {
    struct watch_state *state = &engine->watches[engine->truths.at[t].watch];
    engine->truths.at[t].next = state->free;
    state->free = t;
}

void watch_undo(struct engine *engine, const struct undo *undo) {
    if (undo->kind == UNDO_TRUTH_ADDED) {
        truth_unlink(engine, undo->row);
        truth_free(engine, undo->row);
        return;
    }
    ENSURE(engine->limbo.count && engine->limbo.at[engine->limbo.count - 1] == undo->row);
    engine->limbo.count--;
    truth_link(engine, undo->row);
}

// ---- Timers: a heap by time ----------------------------------------------------------------------------------------
static bool timer_before(const struct timer *a, const struct timer *b) {
    return a->time != b->time ? a->time < b->time : a->serial < b->serial;
}

static void timer_sift_up(struct engine *engine, uint32_t i) {
    struct timer *at = engine->timers.at, moved = at[i];
    for (; i > 0 && timer_before(&moved, &at[(i - 1) / 2]); i = (i - 1) / 2) at[i] = at[(i - 1) / 2];
    at[i] = moved;
}

static void timer_sift_down(struct engine *engine, uint32_t i) {
    struct timer *at = engine->timers.at, moved = at[i];
    uint32_t count = engine->timers.count;
    for (;;) {
        uint32_t child = 2 * i + 1;
        if (child >= count) break;
        if (child + 1 < count && timer_before(&at[child + 1], &at[child])) child++;
        if (!timer_before(&at[child], &moved)) break;
        at[i] = at[child];
        i = child;
    }
    at[i] = moved;
}

static void timer_push(struct engine *engine, int64_t time, const struct dirty *dirty) {
    struct timer timer = {.time = time, .evaluation = dirty->evaluation, .serial = engine->timer_serial++};
    memcpy(timer.values, dirty->values, sizeof timer.values);
    VEC_PUSH(&engine->timers, timer);
    timer_sift_up(engine, engine->timers.count - 1);
}

static void timer_pop(struct engine *engine, struct timer *timer) {
    *timer = engine->timers.at[0];
    engine->timers.at[0] = engine->timers.at[--engine->timers.count];
    if (engine->timers.count) timer_sift_down(engine, 0);
    VEC_PUSH(&engine->popped, *timer);
}

void watch_rewind(struct engine *engine, uint32_t serial) {
    if (engine->timer_serial == serial && !engine->popped.count) return;
    uint32_t kept = 0;
    for (uint32_t i = 0; i < engine->timers.count; i++)
        if (engine->timers.at[i].serial < serial) engine->timers.at[kept++] = engine->timers.at[i];
    engine->timers.count = kept;
    for (uint32_t i = 0; i < engine->popped.count; i++)
        if (engine->popped.at[i].serial < serial) VEC_PUSH(&engine->timers, engine->popped.at[i]);
    for (uint32_t i = engine->timers.count / 2; i-- > 0;) timer_sift_down(engine, i);
    engine->popped.count = 0;
    engine->timer_serial = serial;
}

static void coming_prune(struct engine *engine) {
    engine->coming = false;
    for (uint32_t r = 0; r < engine->program->relations_count; r++) {
        struct table *table = &engine->tables[r];
        uint32_t kept = 0;
        for (uint32_t i = 0; i < table->coming.count; i++)
            if (table_row(table, table->coming.at[i])->from > engine->now)
                table->coming.at[kept++] = table->coming.at[i];
        table->coming.count = kept;
        engine->coming |= kept > 0;
    }
}

void watch_commit(struct engine *engine) {
    if (engine->coming) coming_prune(engine);
    for (uint32_t i = 0; i < engine->limbo.count; i++) truth_free(engine, engine->limbo.at[i]);
    engine->limbo.count = 0;
    engine->popped.count = 0;
    engine->undo.count = 0;
}

// ---- What a write touches ------------------------------------------------------------------------------------------
#define DIRTY_SEEN_BACK 16u    // how far back the same evaluation is looked for

static bool bound_equal(const value *a, const value *b) {
    value differs = 0;
    for (uint32_t k = 0; k < BOUND_SLOTS_MAX; k++) differs |= a[k] ^ b[k];
    return differs == 0;
}

static void dirty_push(struct engine *engine, const struct dirty *dirty) {
    bool norm = engine->evaluations.at[dirty->evaluation].norm;
    struct dirty *at = norm ? engine->norm_dirty.at : engine->dirty.at;
    uint32_t count = norm ? engine->norm_dirty.count : engine->dirty.count, floor = norm ? engine->norm_floor : 0;
    if (count > floor + DIRTY_SEEN_BACK) floor = count - DIRTY_SEEN_BACK;
    for (uint32_t i = count; i-- > floor;) {
        if (at[i].evaluation != dirty->evaluation || !bound_equal(at[i].values, dirty->values)) continue;
        at[i].makes_true |= dirty->makes_true, at[i].makes_false |= dirty->makes_false;
        return;
    }
    if (norm) VEC_PUSH(&engine->norm_dirty, *dirty);
    else VEC_PUSH(&engine->dirty, *dirty);
}

bool watch_takes(const struct trigger *trigger, const value *values, value *bound) {
    for (uint32_t i = 0; i < trigger->take_count; i++) {
        const struct take *take = &trigger->takes[i];
        if (take->kind == TAKE_BOUND) bound[take->bound] = values[take->column];
        else if (values[take->column] != (take->kind == TAKE_SAME ? bound[take->bound] : take->constant)) return false;
    }
    return true;
}

void watch_note(struct engine *engine, uint32_t relation, uint32_t row, bool came, bool went) {
    const struct table *table = &engine->tables[relation];
    const value *values = table_values(table, row);
    for (uint32_t i = 0; i < table->trigger_count; i++) {
        const struct trigger *trigger = &engine->triggers.at[table->triggers[i]];
        if (trigger->ends_only && !went) continue;
        struct dirty dirty = {.evaluation = trigger->evaluation};
        if (!watch_takes(trigger, values, dirty.values)) continue;
        dirty.makes_true =
            (came && (trigger->polarity & POLARITY_TRUE)) || (went && (trigger->polarity & POLARITY_FALSE));
        dirty.makes_false =
            (came && (trigger->polarity & POLARITY_FALSE)) || (went && (trigger->polarity & POLARITY_TRUE));
        dirty_push(engine, &dirty);
    }
}

// ---- Sampling ------------------------------------------------------------------------------------------------------
static struct run present_run(struct engine *engine) {
    return (struct run){.engine = engine,
                        .view = {.time = engine->now, .stamp = UINT32_MAX, .present = true},
                        .horizon = TIME_MAX,
                        .lenient = true};
}

static bool truth_matches(const struct engine *engine, const struct truth *truth, const struct evaluation *evaluation,
                          const value *values) {
    const struct watch *watch = engine->watches[truth->watch].watch;
    for (uint32_t b = 0; b < watch->binding_count; b++)
        for (uint32_t k = 0; k < evaluation->slot_count; k++)
            if (evaluation->slots[k] == watch->binding[b] && truth_binding(engine, truth)[b] != values[k]) return false;
    return true;
}

typedef VEC(uint32_t) truth_list;

const struct plan *watch_check(struct engine *engine, struct watch_state *state) {
    if (state->checked) return &state->check;
    bool bound[SLOTS_MAX] = {false};
    for (uint32_t b = 0; b < state->watch->binding_count; b++) bound[state->watch->binding[b]] = true;
    plan_conditions(engine, &state->check, state->watch->conditions, bound);
    plan_settle(engine);
    state->checked = true;
    return &state->check;
}

static run_status truth_recheck(struct engine *engine, uint32_t t, struct run *run, truth_list *removed) {
    const struct truth *truth = &engine->truths.at[t];
    struct watch_state *state = &engine->watches[truth->watch];
    value frame[SLOTS_MAX];
    for (uint32_t b = 0; b < state->watch->binding_count; b++)
        frame[state->watch->binding[b]] = truth_binding(engine, truth)[b];
    bool holds;
    run_status status = run_exists(run, watch_check(engine, state), frame, &holds);
    if (status != RUN_OK || holds) return status;
    truth_remove(engine, t);
    if (removed) VEC_PUSH(removed, t);
    return RUN_OK;
}

static run_status sample_false(struct engine *engine, const struct evaluation *evaluation, const struct dirty *dirty,
                               struct run *run, truth_list *removed) {
    struct watch_state *state = &engine->watches[evaluation->watch];
    if (!state->count) return RUN_OK;
    if (evaluation->whole) {
        value binding[SLOTS_MAX];
        for (uint32_t b = 0; b < state->watch->binding_count; b++)
            for (uint32_t k = 0; k < evaluation->slot_count; k++)
                if (evaluation->slots[k] == state->watch->binding[b]) binding[b] = dirty->values[k];
        uint32_t t = truth_find(engine, evaluation->watch, binding);
        return t == NO_ID ? RUN_OK : truth_recheck(engine, t, run, removed);
    }
    for (uint32_t t = state->first, next; t != NO_ID; t = next) {
        next = engine->truths.at[t].next;
        if (!truth_matches(engine, &engine->truths.at[t], evaluation, dirty->values)) continue;
        run_status status = truth_recheck(engine, t, run, removed);
        if (status != RUN_OK) return status;
    }
    return RUN_OK;
}

run_status watch_collect(struct engine *engine, struct evaluation *evaluation, const struct dirty *dirty,
                         struct run *run, struct bindings *found) {
    const struct watch *watch = engine->watches[evaluation->watch].watch;
    const struct plan *plan = evaluation_plan(engine, evaluation);
    value frame[SLOTS_MAX];
    for (uint32_t k = 0; k < evaluation->slot_count; k++) frame[evaluation->slots[k]] = dirty->values[k];
    if (!evaluation->whole)
        return bindings_collect(run, plan, frame, watch->binding, watch->binding_count, &watch->frame,
                                found);
    // The binding is known: it is true or not, and one way of its being true is enough.
    bool holds;
    *found = (struct bindings){.width = watch->binding_count};
    run_status status = run_exists(run, plan, frame, &holds);
    if (status != RUN_OK || !holds) return status;
    found->at = base_alloc(sizeof(value) * ((size_t)found->width + 1));
    for (uint32_t b = 0; b < found->width; b++) found->at[b] = frame[watch->binding[b]];
    found->count = 1;
    return RUN_OK;
}

// The agenda is a heap of truths by place and binding. What was falsified since it was put there is passed over.
static bool agenda_before(const struct engine *engine, uint32_t a, uint32_t b) {
    const struct truth *x = &engine->truths.at[a], *y = &engine->truths.at[b];
    if (x->watch != y->watch) return x->watch < y->watch;
    const struct watch_state *state = &engine->watches[x->watch];
    return bindings_compare(engine, state->types, truth_binding(engine, x), truth_binding(engine, y),
                            state->watch->binding_count) < 0;
}

static void agenda_push(struct engine *engine, uint32_t t) {
    VEC_PUSH(&engine->agenda, t);
    uint32_t *at = engine->agenda.at, i = engine->agenda.count - 1;
    for (; i > 0 && agenda_before(engine, t, at[(i - 1) / 2]); i = (i - 1) / 2) at[i] = at[(i - 1) / 2];
    at[i] = t;
}

static uint32_t agenda_pop(struct engine *engine) {
    uint32_t *at = engine->agenda.at, first = at[0], moved = at[--engine->agenda.count], i = 0,
             count = engine->agenda.count;
    for (;;) {
        uint32_t child = 2 * i + 1;
        if (child >= count) break;
        if (child + 1 < count && agenda_before(engine, at[child + 1], at[child])) child++;
        if (!agenda_before(engine, at[child], moved)) break;
        at[i] = at[child];
        i = child;
    }
    if (count) at[i] = moved;
    return first;
}

static uint32_t first_pending(struct engine *engine) {
    while (engine->agenda.count) {
        uint32_t t = agenda_pop(engine);
        if (engine->truths.at[t].live && engine->truths.at[t].pending) return t;
    }
    return NO_ID;
}

static run_status sample_true(struct engine *engine, struct evaluation *evaluation, const struct dirty *dirty,
                              struct run *run, truth_list *added) {
    struct bindings found;
    run_status status = watch_collect(engine, evaluation, dirty, run, &found);
    for (uint32_t i = 0; status == RUN_OK && i < found.count; i++) {
        const value *binding = found.at + (size_t)i * found.width;
        if (truth_find(engine, evaluation->watch, binding) != NO_ID) continue;
        uint32_t t = truth_add(engine, evaluation->watch, binding);
        if (added) VEC_PUSH(added, t);
        else agenda_push(engine, t);
    }
    bindings_release(&found);
    return status;
}

static run_status sample_one(struct engine *engine, const struct dirty *dirty, truth_list *removed, truth_list *added) {
    struct evaluation *evaluation = &engine->evaluations.at[dirty->evaluation];
    struct run run = present_run(engine);
    run_status status = dirty->makes_false ? sample_false(engine, evaluation, dirty, &run, removed) : RUN_OK;
    if (status == RUN_OK && dirty->makes_true) status = sample_true(engine, evaluation, dirty, &run, added);
    engine->rows_touched += run.rows;
    if (status == RUN_OK && run.horizon < TIME_MAX) timer_push(engine, run.horizon, dirty);
    return status;
}

static run_status sample(struct engine *engine) {
    run_status status = RUN_OK;
    for (uint32_t i = 0; i < engine->dirty.count && status == RUN_OK; i++) {
        struct dirty dirty = engine->dirty.at[i];
        status = sample_one(engine, &dirty, NULL, NULL);
    }
    engine->dirty.count = 0;
    return status;
}

// ---- Firing --------------------------------------------------------------------------------------------------------
// A firing that clashes, cannot be worked out or comes after the limit is void, and a finding says so: beyond the limit
// one for each `upon`.
static void fire_void(struct engine *engine, uint32_t w, bool limit) {
    struct watch_state *state = &engine->watches[w];
    if (limit && state->voided == engine->attempt) return;
    if (limit) state->voided = engine->attempt;
    finding_open(engine, state->watch->norm, NULL, 0, NULL, 0);
}

static void fire_upon(struct engine *engine, uint32_t w, const value *binding) {
    const struct watch *watch = &engine->program->watches[w];
    value frame[SLOTS_MAX] = {0};
    bool limit = engine->firings > FIRINGS_MAX;
    for (uint32_t b = 0; b < watch->binding_count; b++) frame[watch->binding[b]] = binding[b];
    struct mark mark = engine_mark(engine);
    effects_status status =
        limit ? EFFECTS_LIMIT : effects_run(engine, upon_plan(engine, w), watch->effect_count, frame, &watch->frame);
    if (engine->writes.count - mark.writes > WRITES_MAX) status = EFFECTS_LIMIT;
    if (status == EFFECTS_DONE) return;
    engine_undo(engine, mark);
    fire_void(engine, w, status == EFFECTS_LIMIT);
}

static run_status fire(struct engine *engine, uint32_t t) {
    struct truth *truth = &engine->truths.at[t];
    uint32_t w = truth->watch;
    truth->pending = false;
    engine->all_firings++;
    engine->firings++;
    value binding[SLOTS_MAX];
    for (uint32_t b = 0; b < engine->watches[w].watch->binding_count; b++) binding[b] = truth_binding(engine, truth)[b];
    switch (engine->watches[w].watch->kind) {
    case WATCH_CLOSE: return judge_close(engine, binding[0]) ? RUN_OK : RUN_LIMIT;
    case WATCH_MET: duty_meet(engine, binding[0]); break;
    case WATCH_LAPSE: duty_end(engine, binding[0], RELATION_LAPSED); break;
    case WATCH_UPON: fire_upon(engine, w, binding); break;
    case WATCH_OVERDUE: duty_escalate(engine, binding[0]); break;
    case WATCH_PERIOD: duty_next(engine, binding[0]); break;
    case WATCH_NORM: ENSURE(false);
    }
    return RUN_OK;
}

// ---- Norms ---------------------------------------------------------------------------------------------------------
static void truths_order(struct engine *engine, uint32_t w, truth_list *list) {
    const struct watch_state *state = &engine->watches[w];
    for (uint32_t i = 1; i < list->count; i++) {
        uint32_t t = list->at[i], k = i;
        for (; k > 0 && bindings_compare(engine, state->types, truth_binding(engine, &engine->truths.at[t]),
                                         truth_binding(engine, &engine->truths.at[list->at[k - 1]]),
                                         state->watch->binding_count) < 0;
             k--)
            list->at[k] = list->at[k - 1];
        list->at[k] = t;
    }
}

value watch_finding(struct engine *engine, uint32_t w, const value *binding, int64_t from, int64_t until) {
    const struct watch_state *state = &engine->watches[w];
    uint32_t width = state->watch->binding_count, concern_count = 0;
    value concerns[SLOTS_MAX];
    for (uint32_t b = 0; b < width; b++)
        if (state->types[b].base == TYPE_PARTY || state->types[b].base == TYPE_ACTOR)
            concerns[concern_count++] = binding[b];
    return finding_open_over(engine, state->watch->norm, binding, width, concerns, concern_count, from, until);
}

static void norm_apply(struct engine *engine, uint32_t w, const truth_list *removed, const truth_list *added) {
    uint32_t width = engine->watches[w].watch->binding_count;
    for (uint32_t i = 0; i < removed->count; i++)
        if (engine->truths.at[removed->at[i]].finding >= 0)
            finding_close(engine, engine->truths.at[removed->at[i]].finding);
    for (uint32_t i = 0; i < added->count; i++) {
        value binding[SLOTS_MAX];
        for (uint32_t b = 0; b < width; b++) binding[b] = truth_binding(engine, &engine->truths.at[added->at[i]])[b];
        engine->truths.at[added->at[i]].finding = watch_finding(engine, w, binding, engine->now, TIME_MAX);
    }
}

// The first norm from `from` on that was touched.
static uint32_t norm_touched(const struct engine *engine, uint32_t from) {
    uint32_t least = NO_ID;
    for (uint32_t i = 0; i < engine->norm_dirty.count; i++) {
        uint32_t w = engine->evaluations.at[engine->norm_dirty.at[i].evaluation].watch;
        if (w >= from && w < least) least = w;
    }
    return least;
}

// Samples the norms that were touched, in order; *changed: a finding was opened or closed.
static run_status norms(struct engine *engine, bool *changed) {
    *changed = false;
    engine->norm_floor = 0;
    run_status status = RUN_OK;
    for (uint32_t w = norm_touched(engine, 0); w != NO_ID && status == RUN_OK; w = norm_touched(engine, w + 1)) {
        truth_list removed = {0}, added = {0};
        uint32_t kept = 0, count = engine->norm_dirty.count;
        for (uint32_t i = 0; i < count; i++) {
            struct dirty dirty = engine->norm_dirty.at[i];
            if (engine->evaluations.at[dirty.evaluation].watch != w) engine->norm_dirty.at[kept++] = dirty;
            else if (status == RUN_OK) status = sample_one(engine, &dirty, &removed, &added);
        }
        engine->norm_dirty.count = kept;
        truths_order(engine, w, &removed);
        truths_order(engine, w, &added);
        if (status == RUN_OK && removed.count + added.count) {
            norm_apply(engine, w, &removed, &added);
            *changed = true;
        }
        VEC_RELEASE(&removed);
        VEC_RELEASE(&added);
    }
    return status;
}

run_status watch_instant(struct engine *engine) {
    for (;;) {
        run_status status = sample(engine);
        if (status != RUN_OK) return status;
        if (engine->overrun) return RUN_LIMIT;
        uint32_t t = first_pending(engine);
        bool changed = false;
        status = t != NO_ID ? fire(engine, t) : norms(engine, &changed);
        if (status != RUN_OK) return status;
        if (t == NO_ID && !changed && !engine->norm_dirty.count) return RUN_OK;
    }
}

// ---- The guard of `never` ------------------------------------------------------------------------------------------
#define LATER_STARTS_MAX 10000u    // moments to come at which one act is guarded

static int time_order(const void *a, const void *b) {
    return (*(const int64_t *)a > *(const int64_t *)b) - (*(const int64_t *)a < *(const int64_t *)b);
}

// Now, and each later start of a known row that the watch reads, ascending.
typedef VEC(int64_t) time_list;
static void guarded_moments(const struct engine *engine, const struct watch_state *state, time_list *moments) {
    moments->count = 0;
    VEC_PUSH(moments, engine->now);
    for (uint32_t b = 0; engine->coming && b < state->base_count; b++) {
        const struct table *table = &engine->tables[state->bases[b]];
        for (uint32_t i = 0; i < table->coming.count; i++) {
            const struct row *row = table_row(table, table->coming.at[i]);
            if (row->from > engine->now && row->from < row->until) VEC_PUSH(moments, row->from);
        }
    }
    if (moments->count > 2) qsort(moments->at, moments->count, sizeof(int64_t), time_order);
}

// Whether a binding that a write touched is true at a moment, by what is known now, and was not by what was known
// before it.
static run_status newly_true(struct engine *engine, struct evaluation *evaluation, const struct dirty *dirty,
                             int64_t moment, uint32_t before, bool *yes) {
    struct watch_state *state = &engine->watches[evaluation->watch];
    struct run run = present_run(engine);
    run.view.time = moment;
    struct bindings found;
    run_status status = watch_collect(engine, evaluation, dirty, &run, &found);
    engine->rows_touched += run.rows;
    for (uint32_t k = 0; k < found.count && status == RUN_OK && !*yes; k++) {
        value frame[SLOTS_MAX];
        bool held;
        for (uint32_t b = 0; b < found.width; b++)
            frame[state->watch->binding[b]] = found.at[(size_t)k * found.width + b];
        struct run past = {
            .engine = engine, .view = {.time = moment, .stamp = before}, .horizon = TIME_MAX, .lenient = true};
        status = run_exists(&past, watch_check(engine, state), frame, &held);
        *yes = !held;
    }
    bindings_release(&found);
    return status;
}

run_status watch_never(struct engine *engine, uint32_t from, uint32_t before, uint32_t *norm) {
    run_status status = RUN_OK;
    time_list moments = {0};
    uint32_t best = NO_ID;
    engine->norm_floor = engine->norm_dirty.count;
    for (uint32_t i = from; i < engine->norm_dirty.count && status == RUN_OK; i++) {
        struct dirty dirty = engine->norm_dirty.at[i];
        struct evaluation *evaluation = &engine->evaluations.at[dirty.evaluation];
        const struct watch_state *state = &engine->watches[evaluation->watch];
        if (!dirty.makes_true || engine->program->norms[state->watch->norm].kind != NORM_NEVER ||
            state->watch->norm >= best)
            continue;
        bool yes = false;
        if (!engine->coming) {    // nothing is to start: only the present matters
            status = newly_true(engine, evaluation, &dirty, engine->now, before, &yes);
            if (yes) best = state->watch->norm;
            continue;
        }
        guarded_moments(engine, state, &moments);
        if (moments.count > LATER_STARTS_MAX) status = RUN_LIMIT;
        for (uint32_t m = 0; m < moments.count && status == RUN_OK && !yes; m++)
            if (!m || moments.at[m] != moments.at[m - 1])
                status = newly_true(engine, evaluation, &dirty, moments.at[m], before, &yes);
        if (yes) best = state->watch->norm;
    }
    VEC_RELEASE(&moments);
    *norm = best;
    return status;
}

// ---- Time ----------------------------------------------------------------------------------------------------------
void moment_begin(struct engine *engine, bool settled) {
    struct moment moment = {engine->now, engine->stamp, engine->current, settled};
    if (engine->moments.count && engine->moments.at[engine->moments.count - 1].stamp == engine->stamp &&
        engine->moments.at[engine->moments.count - 1].position == engine->current)
        engine->moments.at[engine->moments.count - 1] = moment;
    else VEC_PUSH(&engine->moments, moment);
}

static int timer_order(const void *a, const void *b) {
    const struct timer *x = a, *y = b;
    if (x->evaluation != y->evaluation) return x->evaluation < y->evaluation ? -1 : 1;
    return memcmp(x->values, y->values, sizeof x->values);
}

// All timers of the earliest moment, each trigger with the same values once.
static void timers_due(struct engine *engine) {
    VEC(struct timer) due = {0};
    while (engine->timers.count && engine->timers.at[0].time <= engine->now) {
        struct timer timer;
        timer_pop(engine, &timer);
        VEC_PUSH(&due, timer);
    }
    if (due.count) qsort(due.at, due.count, sizeof *due.at, timer_order);
    for (uint32_t i = 0; i < due.count; i++) {
        if (i && !timer_order(&due.at[i - 1], &due.at[i])) continue;
        struct dirty dirty = {.evaluation = due.at[i].evaluation, .makes_true = true, .makes_false = true};
        memcpy(dirty.values, due.at[i].values, sizeof dirty.values);
        dirty_push(engine, &dirty);
    }
    VEC_RELEASE(&due);
}

run_status watch_settle(struct engine *engine, int64_t to) {
    run_status status = RUN_OK;
    if (!engine->sampled) {
        engine->sampled = true;
        engine->now = to;
        moment_begin(engine, true);
        for (uint32_t w = 0; w < engine->program->watches_count; w++) {
            struct dirty dirty = {.evaluation = engine->watches[w].unbound, .makes_true = true, .makes_false = true};
            dirty_push(engine, &dirty);
        }
        return watch_instant(engine);
    }
    while (status == RUN_OK && engine->timers.count && engine->timers.at[0].time <= to) {
        engine->now = engine->timers.at[0].time;
        moment_begin(engine, true);
        timers_due(engine);
        status = watch_instant(engine);
    }
    engine->now = to;
    return status;
}

// ---- Life ----------------------------------------------------------------------------------------------------------
// The base relations that a watch reads are those of its triggers, which were found last.
static void bases_find(struct engine *engine, struct watch_state *state, uint32_t first) {
    state->bases = ARENA_ARRAY(&engine->arena, uint32_t, engine->triggers.count - first + 1);
    for (uint32_t t = first; t < engine->triggers.count; t++) {
        uint32_t relation = engine->triggers.at[t].relation, b = 0;
        while (b < state->base_count && state->bases[b] != relation) b++;
        if (b == state->base_count) state->bases[state->base_count++] = relation;
    }
}

void watch_init(struct engine *engine) {
    const struct program *program = engine->program;
    engine->watches = base_alloc(sizeof *engine->watches * (program->watches_count + 1));
    for (uint32_t w = 0; w < program->watches_count; w++) {
        const struct watch *watch = &program->watches[w];
        struct watch_state *state = &engine->watches[w];
        *state = (struct watch_state){.watch = watch};
        state->types = ARENA_ARRAY(&engine->arena, struct type, watch->binding_count + 1);
        for (uint32_t b = 0; b < watch->binding_count; b++)
            state->types[b] = watch->frame.types[watch->binding[b]];
        uint32_t first = engine->triggers.count;
        trigger_find(engine, w);
        state->unbound = evaluation_of(engine, w, NULL, 0);
        bases_find(engine, state, first);
    }
    evaluations_find(engine);
}

void watch_clear(struct engine *engine) {
    for (uint32_t w = 0; w < engine->program->watches_count; w++) {
        struct watch_state *state = &engine->watches[w];
        state->first = state->free = NO_ID;
        state->count = state->voided = 0;
    }
    engine->truths.count = engine->truth_values.count = engine->limbo.count = engine->agenda.count = 0;
    engine->truth_live = 0;
    for (uint32_t i = 0; i < engine->truth_head_count; i++) engine->truth_heads[i] = NO_ID;
    engine->dirty.count = engine->norm_dirty.count = engine->norm_floor = 0;
    engine->timers.count = engine->popped.count = engine->timer_serial = 0;
    engine->coming = false;
}

void watch_release(struct engine *engine) {
    free(engine->watches), free(engine->truth_heads);
    VEC_RELEASE(&engine->triggers), VEC_RELEASE(&engine->evaluations);
    for (uint32_t r = 0; r < engine->program->relations_count; r++) free(engine->tables[r].triggers);
    VEC_RELEASE(&engine->truths), VEC_RELEASE(&engine->truth_values), VEC_RELEASE(&engine->limbo);
    VEC_RELEASE(&engine->dirty), VEC_RELEASE(&engine->norm_dirty), VEC_RELEASE(&engine->timers),
        VEC_RELEASE(&engine->popped), VEC_RELEASE(&engine->agenda);
}
