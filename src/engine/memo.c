// SPDX-License-Identifier: Apache-2.0
// What derived relations gave, kept within one evaluation. Short evaluations do without; one that goes deep or touches
// many rows asks each relation once for each of its arguments, so that rules that use others many times over cost what
// there is to know, and not the number of ways to know it.
#include "engine/engine_internal.h"

#define MEMO_ROWS 10000u    // an evaluation keeps from so many rows on,
#define MEMO_DEPTH 64u      // or so many conditions inside one another

struct memo {
    struct memo *next;
    const struct call_plan *call;
    struct view view;
    int64_t horizon;
    value keys[COLUMNS_MAX];
    struct tuples found;
};

bool memo_wanted(const struct run *run) { return run->depth > MEMO_DEPTH || (run->depth && run->rows > MEMO_ROWS); }

static struct memo **memo_place(struct engine *engine, const struct run *run, const struct call_plan *call,
                                const value *keys) {
    uint64_t hash = hash_mix(call->relation, (uint64_t)call->mask ^ (uint64_t)run->view.time);
    for (uint32_t mask = call->mask; mask; mask &= mask - 1) hash = hash_mix(hash, (uint64_t)keys[__builtin_ctz(mask)]);
    return &engine->memos[(hash ^ hash >> 32) & (engine->memo_heads - 1)];
}

static void memo_grow(struct engine *engine) {
    uint32_t heads = engine->memo_heads ? engine->memo_heads * 4 : 256, old = engine->memo_heads;
    struct memo **from = engine->memos;
    engine->memos = base_alloc(sizeof *engine->memos * heads);
    engine->memo_heads = heads;
    for (uint32_t i = 0; i < old; i++)
        for (struct memo *memo = from[i], *next; memo; memo = next) {
            const struct run run = {.view = memo->view};
            struct memo **place = memo_place(engine, &run, memo->call, memo->keys);
            next = memo->next;
            memo->next = *place;
            *place = memo;
        }
    free(from);
}

void memo_clear(struct engine *engine) {
    for (uint32_t i = 0; i < engine->memo_heads; i++)
        for (struct memo *memo = engine->memos[i], *next; memo; memo = next) {
            next = memo->next;
            tuples_release(&memo->found);
            free(memo);
        }
    free(engine->memos);
    engine->memos = NULL;
    engine->memo_heads = engine->memo_count = engine->memo_tuples = 0;
}

static run_status memo_keep(void *context, struct run *run, const value *tuple) {
    struct memo *memo = context;
    if (tuples_add(&memo->found, tuple) && ++run->engine->memo_tuples > DERIVED_MAX)
        return run_limit(run, "its rules give more than 5,000,000 rows on the way");
    return memo->call->mask == (1u << memo->found.columns) - 1
               ? RUN_STOP
               : RUN_OK;    // all is known: one way of its being so is enough
}

static run_status memo_fill(struct run *run, const struct call_plan *call, const value *keys, struct memo **filled) {
    struct engine *engine = run->engine;
    struct memo *memo = base_alloc(sizeof *memo);
    *memo = (struct memo){
        .call = call, .view = run->view, .found = {.columns = engine->program->relations[call->relation].column_count}};
    for (uint32_t c = 0; c < memo->found.columns; c++) memo->keys[c] = call->mask >> c & 1 ? keys[c] : 0;
    struct run inner = *run;
    inner.horizon = TIME_MAX;
    run_status status = run_rules(&inner, call, memo->keys, memo_keep, memo);
    run->rows = inner.rows;
    memo->horizon = inner.horizon;
    if (status != RUN_OK && !(status == RUN_STOP && memo->found.count)) {
        tuples_release(&memo->found);
        free(memo);
        return status;
    }
    if (engine->memo_count >= engine->memo_heads) memo_grow(engine);
    struct memo **place = memo_place(engine, run, call, keys);
    memo->next = *place;
    *place = memo;
    engine->memo_count++;
    *filled = memo;
    return RUN_OK;
}

run_status memo_ask(struct run *run, const struct call_plan *call, const value *keys, run_take take, void *context) {
    struct engine *engine = run->engine;
    struct memo *memo = engine->memo_heads ? *memo_place(engine, run, call, keys) : NULL;
    while (memo &&
           (memo->call != call || !view_equal(&memo->view, &run->view) || !key_equal(call->mask, memo->keys, keys)))
        memo = memo->next;
    run_status status = memo ? RUN_OK : memo_fill(run, call, keys, &memo);
    if (status != RUN_OK) return status;
    if (memo->horizon < run->horizon) run->horizon = memo->horizon;
    for (uint32_t t = 0; t < memo->found.count && status == RUN_OK; t++) {
        if (++run->rows > TOUCHED_MAX) return run_limit(run, "working it out touches more than 20,000,000 rows");
        status = take(context, run, memo->found.at + (size_t)t * memo->found.columns);
    }
    return status;
}
