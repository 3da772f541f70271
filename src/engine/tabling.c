// SPDX-License-Identifier: Apache-2.0
// A recursive relation asked with some columns known, by tabling: each question that comes up on the way is a subgoal,
// asked once a round, with a table of its answers; rounds go on until none brings an answer. What belongs to one
// instrument or one state costs what there is of it, and not the whole relation (recursion.c), which is worked out
// where the subgoals get many, or where more has been asked of one state of affairs than all of it costs.
#include "engine/engine_internal.h"

#define SUBGOALS_MAX 32u
#define ROUNDS_MAX 16u
#define ROWS_MAX 20000u     // touched for one question
#define DEPTH_MAX 250u      // conditions inside one another
#define NESTED_MAX 8u       // questions of different relations or moments inside one another

struct subgoal {
    const struct call_plan *call;
    value keys[COLUMNS_MAX];
    struct tuples answers;
    uint32_t round;    // in which it was last asked
    bool open;         // it is being asked
};
struct tabling {
    struct tabling *outer;
    const struct component *component;
    struct view view;
    uint32_t nested, depth, round, count;
    uint64_t rows;
    bool grew, early;    // in this round: an answer came; answers of an open subgoal were read
    struct subgoal subgoals[SUBGOALS_MAX];
};

static bool full(const struct subgoal *subgoal) {
    return subgoal->call->mask == (1u << subgoal->answers.columns) - 1;
}

static struct subgoal *subgoal_of(struct tabling *tabling, const struct program *program, const struct call_plan *call,
                                  const value *keys) {
    for (uint32_t i = 0; i < tabling->count; i++)
        if (tabling->subgoals[i].call == call && key_equal(call->mask, tabling->subgoals[i].keys, keys))
            return &tabling->subgoals[i];
    if (tabling->count == SUBGOALS_MAX) return NULL;
    struct subgoal *subgoal = &tabling->subgoals[tabling->count++];
    *subgoal = (struct subgoal){.call = call, .answers = {.columns = program->relations[call->relation].column_count}};
    for (uint32_t mask = call->mask; mask; mask &= mask - 1)
        subgoal->keys[__builtin_ctz(mask)] = keys[__builtin_ctz(mask)];
    return subgoal;
}

struct answering {
    struct tabling *tabling;
    struct subgoal *subgoal;
};
static run_status answer_take(void *context, struct run *run, const value *tuple) {
    struct answering *answering = context;
    struct tabling *tabling = answering->tabling;
    tabling->grew |= tuples_add(&answering->subgoal->answers, tuple);
    if (run->rows - tabling->rows > ROWS_MAX) return RUN_WIDE;
    return full(answering->subgoal) ? RUN_STOP : RUN_OK;    // all is known: one way of its being so is enough
}

static run_status subgoal_ask(struct run *run, struct tabling *tabling, struct subgoal *subgoal) {
    if (subgoal->open || subgoal->round == tabling->round || (full(subgoal) && subgoal->answers.count)) return RUN_OK;
    subgoal->round = tabling->round;
    subgoal->open = true;
    run_status status =
        run_rules(run, subgoal->call, subgoal->keys, answer_take, &(struct answering){tabling, subgoal});
    subgoal->open = false;
    return status == RUN_STOP ? RUN_OK : status;
}

// Answers may come while they are read.
static run_status subgoal_tell(struct run *run, const struct subgoal *subgoal, run_take take, void *context) {
    value tuple[COLUMNS_MAX];
    run_status status = RUN_OK;
    for (uint32_t t = 0; t < subgoal->answers.count && status == RUN_OK; t++) {
        memcpy(tuple, subgoal->answers.at + (size_t)t * subgoal->answers.columns,
               sizeof(value) * subgoal->answers.columns);
        run->rows++;
        status = take(context, run, tuple);
    }
    return status;
}

static run_status ask_within(struct run *run, struct tabling *tabling, const struct call_plan *call, const value *keys,
                             run_take take, void *context) {
    struct subgoal *subgoal = subgoal_of(tabling, run->engine->program, call, keys);
    if (!subgoal || run->depth > tabling->depth + DEPTH_MAX || run->rows - tabling->rows > ROWS_MAX) return RUN_WIDE;
    run_status status = subgoal_ask(run, tabling, subgoal);
    if (status != RUN_OK) return status;
    tabling->early |= subgoal->open;
    return subgoal_tell(run, subgoal, take, context);
}

static run_status solve(struct run *run, struct tabling *tabling) {
    run_status status = RUN_OK;
    do {
        if (tabling->round++ == ROUNDS_MAX) return RUN_WIDE;
        tabling->grew = tabling->early = false;
        for (uint32_t i = 0; i < tabling->count && status == RUN_OK; i++)
            status = subgoal_ask(run, tabling, &tabling->subgoals[i]);
    } while (status == RUN_OK && tabling->grew && tabling->early);
    return status;
}

// Whether it is worth trying: all of the relation, once worked out, answers whatever is asked until something changes.
static bool worth(const struct run *run, struct component *component, const struct call_plan *call,
                  const struct tabling *outer) {
    if (!call->mask || call->wide || run->depth > STEPS_DEEP_MAX / 2 || (outer && outer->nested == NESTED_MAX))
        return false;
    if (!run->view.present || run->view.fixed) return true;
    if (component->asked != run->engine->stamp) component->asked = run->engine->stamp, component->asked_rows = 0;
    return component->asked_rows <= component->rows;
}

// Apart from tabling_ask, so that a question within one that is being answered has no second table on the stack. What
// it came to where it went wide, or beyond a limit, is not charged: the whole relation may be within it.
static NO_INLINE run_status ask_anew(struct run *run, struct component *component, struct call_plan *call,
                                     const value *keys, run_take take, void *context, bool *answered) {
    struct engine *engine = run->engine;
    struct tabling tabling, *outer = engine->tabling;
    tabling.outer = outer, tabling.component = component, tabling.view = run->view;
    tabling.nested = outer ? outer->nested + 1 : 1, tabling.depth = run->depth, tabling.round = tabling.count = 0;
    tabling.rows = run->rows;
    int64_t horizon = run->horizon;
    const char *limit = engine->limit;
    const struct subgoal *subgoal = subgoal_of(&tabling, engine->program, call, keys);
    engine->tabling = &tabling;
    run_status status = solve(run, &tabling);
    engine->tabling = outer;
    component->asked_rows += run->rows - tabling.rows;
    *answered = status == RUN_OK;
    if (status == RUN_WIDE || status == RUN_LIMIT) {
        call->wide = true;
        run->horizon = horizon, run->rows = tabling.rows, engine->limit = limit;
        status = RUN_OK;
    } else if (status == RUN_OK) status = subgoal_tell(run, subgoal, take, context);
    for (uint32_t i = 0; i < tabling.count; i++) tuples_release(&tabling.subgoals[i].answers);
    return status;
}

run_status tabling_ask(struct run *run, struct component *component, struct call_plan *call, const value *keys,
                       run_take take, void *context, bool *answered) {
    struct tabling *outer = run->engine->tabling;
    *answered = outer && outer->component == component && view_equal(&outer->view, &run->view);
    if (*answered) return ask_within(run, outer, call, keys, take, context);
    return worth(run, component, call, outer) ? ask_anew(run, component, call, keys, take, context, answered) : RUN_OK;
}
