// SPDX-License-Identifier: Apache-2.0
// Findings of the past: what came to be known late may have broken a norm that is kept again by now.
#include "engine/engine_internal.h"

// One norm looked at again, from moment to moment. The open are the bindings true at the moment before, each with when
// it became so; the over are findings to be: the binding, then when it became true and when it ceased.
struct past {
    struct engine *engine;
    uint32_t watch, before, known, width, looks;    // stamps: what was known before, and now
    uint64_t rows;
    VEC(struct dirty) touched;    // of all norms: what the late rows can have made true
    struct bindings open, over;
    int64_t *since;    // of each that is open
};

static void bindings_push(struct bindings *list, const value *values, const int64_t *ends) {
    uint32_t own = ends ? list->width - 2 : list->width;
    if (list->count == list->capacity || !list->at) {
        list->capacity = list->capacity ? list->capacity * 2 : 16;
        list->at = base_grow(list->at, sizeof(value) * ((size_t)list->capacity * list->width + 1));
    }
    value *at = list->at + (size_t)list->count++ * list->width;
    if (own) memcpy(at, values, sizeof(value) * own);
    if (ends) at[own] = ends[0], at[own + 1] = ends[1];
}

// ---- What was touched ----------------------------------------------------------------------------------------------
static void touch(struct past *past, const struct write *write, bool came) {
    struct engine *engine = past->engine;
    const struct table *table = &engine->tables[write->relation];
    for (uint32_t i = 0; i < table->trigger_count; i++) {
        const struct trigger *trigger = &engine->triggers.at[table->triggers[i]];
        struct dirty dirty = {.evaluation = trigger->evaluation, .makes_true = true};
        if (engine->watches[trigger->watch].watch->kind != WATCH_NORM ||
            !(trigger->polarity & (came ? POLARITY_TRUE : POLARITY_FALSE)))
            continue;
        if (!watch_takes(trigger, write->values, dirty.values)) continue;
        bool known = false;
        for (uint32_t k = past->touched.count; k-- > 0 && past->touched.count - k < 16 && !known;)
            known = past->touched.at[k].evaluation == dirty.evaluation &&
                    !memcmp(past->touched.at[k].values, dirty.values, sizeof dirty.values);
        if (!known) VEC_PUSH(&past->touched, dirty);
    }
}

// ---- One moment ----------------------------------------------------------------------------------------------------
static run_status held_before(struct past *past, const value *binding, int64_t moment, int64_t *next, bool *held) {
    struct watch_state *state = &past->engine->watches[past->watch];
    value frame[SLOTS_MAX];
    for (uint32_t b = 0; b < past->width; b++) frame[state->watch->binding[b]] = binding[b];
    struct run run = {
        .engine = past->engine, .view = {.time = moment, .stamp = past->before}, .horizon = TIME_MAX, .lenient = true};
    run_status status = run_exists(&run, watch_check(past->engine, state), frame, held);
    past->rows += run.rows;
    if (run.horizon < *next) *next = run.horizon;
    return status;
}

// Adds what is true at a moment by what is known now, and was not by what was known before; *next: until when that
// stands.
static run_status look(struct past *past, const struct dirty *dirty, int64_t moment, int64_t *next,
                       struct bindings *seen) {
    struct engine *engine = past->engine;
    struct run run = {
        .engine = engine, .view = {.time = moment, .stamp = past->known}, .horizon = TIME_MAX, .lenient = true};
    struct bindings found;
    run_status status = watch_collect(engine, &engine->evaluations.at[dirty->evaluation], dirty, &run, &found);
    past->rows += run.rows;
    if (run.horizon < *next) *next = run.horizon;
    for (uint32_t i = 0; i < found.count && status == RUN_OK; i++) {
        const value *binding = found.at + (size_t)i * found.width;
        bool held = true;
        status = held_before(past, binding, moment, next, &held);
        if (status == RUN_OK && !held) bindings_push(seen, binding, NULL);
    }
    bindings_release(&found);
    if (status == RUN_OK && (++past->looks > LOOKS_BACK_MAX || past->rows > TOUCHED_MAX)) {
        engine->limit = "it tells of so much of the past that looking back passes a limit";
        status = RUN_LIMIT;
    }
    return status;
}

// What was open and is seen no more is over.
static void compare(struct past *past, const struct bindings *seen, int64_t moment) {
    struct engine *engine = past->engine;
    const struct type *types = engine->watches[past->watch].types;
    int64_t *since = base_alloc(sizeof *since * ((size_t)seen->count + 1));
    uint32_t s = 0;
    for (uint32_t i = 0; i < seen->count; i++) since[i] = moment;
    for (uint32_t o = 0; o < past->open.count; o++) {
        const value *open = past->open.at + (size_t)o * past->width;
        while (s < seen->count &&
               bindings_compare(engine, types, seen->at + (size_t)s * past->width, open, past->width) < 0)
            s++;
        if (s < seen->count && !bindings_compare(engine, types, seen->at + (size_t)s * past->width, open, past->width))
            since[s] = past->since[o];
        else bindings_push(&past->over, open, (int64_t[]){past->since[o], moment});
    }
    free(past->since);
    past->since = since;
}

// ---- One norm ------------------------------------------------------------------------------------------------------
static run_status walk(struct past *past, int64_t least) {
    struct engine *engine = past->engine;
    run_status status = RUN_OK;
    for (int64_t moment = least, next; status == RUN_OK; moment = next) {
        struct bindings seen = {.width = past->width};
        next = engine->now;
        for (uint32_t i = 0; i < past->touched.count && status == RUN_OK; i++)
            if (engine->evaluations.at[past->touched.at[i].evaluation].watch == past->watch)
                status = look(past, &past->touched.at[i], moment, &next, &seen);
        bindings_order(engine, engine->watches[past->watch].types, &seen);
        compare(past, &seen, moment);
        bindings_release(&past->open);
        past->open = seen;
        if (moment >= engine->now) break;
    }
    return status;
}

static run_status norm_look_back(struct past *past, int64_t least) {
    struct engine *engine = past->engine;
    const struct watch_state *state = &engine->watches[past->watch];
    struct type types[SLOTS_MAX + 2];
    past->width = state->watch->binding_count;
    past->open = (struct bindings){.width = past->width}, past->over = (struct bindings){.width = past->width + 2};
    past->since = NULL;
    run_status status = walk(past, least);
    for (uint32_t b = 0; b < past->width; b++) types[b] = state->types[b];
    types[past->width] = types[past->width + 1] = (struct type){TYPE_TIME, NO_ID};
    bindings_order(engine, types, &past->over);
    for (uint32_t i = 0; i < past->over.count && status == RUN_OK; i++) {
        const value *one = past->over.at + (size_t)i * past->over.width;
        (void)watch_finding(engine, past->watch, one, one[past->width], one[past->width + 1]);
    }
    bindings_release(&past->open);
    bindings_release(&past->over);
    free(past->since);
    return status;
}

run_status past_findings(struct engine *engine, uint32_t stamp, uint32_t writes, uint32_t writes_end, int64_t least) {
    struct past past = {.engine = engine, .before = stamp, .known = engine->stamp};
    run_status status = RUN_OK;
    for (uint32_t w = writes; w < writes_end; w++) {
        const struct write *write = &engine->writes.at[w];
        if (write->kind == WRITE_BEGIN && write->from < engine->now) touch(&past, write, true);
        if (write->kind == WRITE_END && write->until < engine->now) touch(&past, write, false);
    }
    for (uint32_t w = 0; w < engine->program->watches_count && past.touched.count && status == RUN_OK; w++) {
        bool any = false;
        for (uint32_t i = 0; i < past.touched.count && !any; i++)
            any = engine->evaluations.at[past.touched.at[i].evaluation].watch == w;
        past.watch = w;
        if (any) status = norm_look_back(&past, least);
    }
    engine->rows_touched += past.rows;
    VEC_RELEASE(&past.touched);
    return status;
}
