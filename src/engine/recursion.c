// SPDX-License-Identifier: Apache-2.0
// Relations that depend on one another: all their tuples, worked out round by round to a fixpoint.
#include "engine/engine_internal.h"

static uint32_t tuple_hash(uint32_t mask, uint32_t columns, const value *tuple) {
    uint64_t hash = mask;
    for (uint32_t c = 0; c < columns; c++)
        if (mask >> c & 1) hash = hash_mix(hash, (uint64_t)tuple[c]);
    return (uint32_t)(hash ^ hash >> 32);
}

static struct tuple_index *tuples_index(struct tuples *tuples, uint32_t mask) {
    struct tuple_index *index = NULL;
    for (uint32_t k = 0; k < tuples->index_count && !index; k++)
        if (tuples->indexes[k].mask == mask) index = &tuples->indexes[k];
    if (!index && tuples->index_count == COUNT_OF(tuples->indexes)) return NULL;
    if (!index) {
        index = &tuples->indexes[tuples->index_count++];
        *index = (struct tuple_index){.mask = mask};
    }
    if (index->head_count < tuples->count) {
        index->head_count = index->head_count ? index->head_count : 64;
        while (index->head_count < tuples->capacity) index->head_count *= 2;
        free(index->heads);
        index->heads = base_alloc(sizeof *index->heads * index->head_count);
        index->next = base_grow(index->next, sizeof *index->next * index->head_count);
        index->done = 0;
    }
    for (; index->done < tuples->count; index->done++) {
        uint32_t h = tuple_hash(mask, tuples->columns, tuples->at + (size_t)index->done * tuples->columns) &
                     (index->head_count - 1);
        index->next[index->done] = index->heads[h];
        index->heads[h] = index->done + 1;
    }
    return index;
}

run_status tuples_scan(struct run *run, struct tuples *tuples, uint32_t mask, bool indexed, const value *keys,
                       uint32_t from, uint32_t to, run_take take, void *context) {
    struct tuple_index *index = mask && indexed ? tuples_index(tuples, mask) : NULL;
    value tuple[COLUMNS_MAX];
    uint32_t t = from;
    if (index && !index->head_count) return RUN_OK;    // nothing was ever found
    if (index) t = index->heads[tuple_hash(mask, tuples->columns, keys) & (index->head_count - 1)];
    while (index ? t != 0 : t < to) {
        uint32_t at = index ? t - 1 : t;
        memcpy(tuple, tuples->at + (size_t)at * tuples->columns, sizeof(value) * tuples->columns);
        t = index ? index->next[at] : t + 1;
        if (++run->rows > TOUCHED_MAX) return run_limit(run, "working it out touches more than 20,000,000 rows");
        if (at < from || at >= to) continue;
        bool equal = true;
        for (uint32_t c = 0; c < tuples->columns && equal; c++) equal = !(mask >> c & 1) || tuple[c] == keys[c];
        run_status status = equal ? take(context, run, tuple) : RUN_OK;
        if (status != RUN_OK) return status;
        index = index ? tuples_index(tuples, mask) : NULL;
    }
    return RUN_OK;
}

// A step over tuples found so far of a relation being worked out: all of them, or only the newest.
run_status run_delta(struct run *run, const struct plan *plan, uint32_t i, value *frame, run_emit emit, void *context) {
    const struct step *step = &plan->steps[i];
    struct derived *derived = &run->engine->derived[step->relation];
    value keys[COLUMNS_MAX];
    bool fails;
    run_status status = run_step_keys(run, step, frame, keys, &fails);
    if (status != RUN_OK || fails) return status;
    struct step_context taken = {plan, i, frame, keys, run->view, emit, context};
    uint32_t from = step->newest ? derived->delta_from : 0, to = derived->delta_to;
    return tuples_scan(run, &derived->tuples, step->mask, !step->newest, keys, from, to, run_step_take, &taken);
}

struct fill_context {
    const struct expression **head;
    struct derived *derived;
};
static run_status fill_take(void *context, struct run *run, value *frame) {
    struct fill_context *fill = context;
    value tuple[COLUMNS_MAX];
    for (uint32_t c = 0; c < fill->derived->tuples.columns; c++) {
        run_status status = run_expression(run, fill->head[c], frame, &tuple[c]);
        bool fails;
        if (status != RUN_OK) return run_failed(run, status, &fails);
    }
    tuples_add(&fill->derived->tuples, tuple);
    return fill->derived->tuples.count > DERIVED_MAX ? run_limit(run, "a recursive rule gives more than 5,000,000 rows")
                                                     : RUN_OK;
}

static run_status fill_plan(struct run *run, const struct delta_plan *delta) {
    value frame[SLOTS_MAX];
    struct fill_context fill = {delta->head, &run->engine->derived[delta->rule->relation]};
    return run_plan(run, &delta->plan, frame, fill_take, &fill);
}

#define ROWS_EXPECTED 1000u    // that filling a component touches, before it was ever filled

void recursion_enter(struct engine *engine, struct component *component) {
    if (component->attempt == engine->attempt) return;
    component->attempt = engine->attempt;
    component->filled = false;
    component->rows = ROWS_EXPECTED;
    component->asked = 0;
    for (uint32_t r = 0; r < component->count; r++)
        for (uint32_t k = 0; k < engine->derived[component->relations[r]].call_count; k++)
            engine->derived[component->relations[r]].calls[k]->wide = false;
}

bool run_filled(const struct run *run, const struct component *component) {
    const struct engine *engine = run->engine;
    if (!component->filled || !run->view.present || run->view.fixed) return false;
    if (run->view.time < component->view.time || run->view.time >= component->horizon) return false;
    for (uint32_t b = 0; b < component->base_count; b++)
        if (engine->tables[component->bases[b]].changed > component->stamp) return false;
    return true;
}

static run_status fill_fixpoint(struct run *run, struct component *component) {
    struct engine *engine = run->engine;
    for (uint32_t k = 0; k < component->plan_count; k++) {
        if (component->plans[k].source != NO_ID) continue;
        run_status status = fill_plan(run, &component->plans[k]);
        if (status != RUN_OK) return status;
    }
    if (component->closure) {
        bool full;
        run_status status = closure_fill(run, component, &engine->derived[component->relations[0]].tuples, &full);
        if (status != RUN_OK || !full) return status;
    }
    for (;;) {
        bool more = false;
        for (uint32_t r = 0; r < component->count; r++) {
            struct derived *derived = &engine->derived[component->relations[r]];
            derived->delta_from = derived->delta_to;
            derived->delta_to = derived->tuples.count;
            more |= derived->delta_from < derived->delta_to;
        }
        if (!more) return RUN_OK;
        for (uint32_t k = 0; k < component->plan_count; k++) {
            const struct delta_plan *delta = &component->plans[k];
            if (delta->source == NO_ID ||
                engine->derived[delta->source].delta_from == engine->derived[delta->source].delta_to)
                continue;
            run_status status = fill_plan(run, delta);
            if (status != RUN_OK) return status;
        }
    }
}

run_status run_fill(struct run *run, struct component *component) {
    struct engine *engine = run->engine;
    if (run_filled(run, component)) {
        if (component->horizon < run->horizon) run->horizon = component->horizon;
        return RUN_OK;
    }
    ENSURE(component->ready);
    for (uint32_t r = 0; r < component->count; r++) {
        struct derived *derived = &engine->derived[component->relations[r]];
        tuples_release(&derived->tuples);
        derived->tuples.columns = engine->program->relations[component->relations[r]].column_count;
        derived->delta_from = derived->delta_to = 0;
    }
    component->filled = false;
    struct run inner = {.engine = engine,
                        .view = run->view,
                        .horizon = TIME_MAX,
                        .lenient = true,
                        .rows = run->rows,
                        .depth = run->depth};
    run_status status = fill_fixpoint(&inner, component);
    component->rows = inner.rows - run->rows;
    run->rows = inner.rows;
    if (inner.horizon < run->horizon) run->horizon = inner.horizon;
    if (status != RUN_OK) return status;
    component->filled = run->view.present && !run->view.fixed, component->view = run->view,
    component->horizon = inner.horizon, component->stamp = engine->stamp - 1;
    return RUN_OK;
}
