// SPDX-License-Identifier: Apache-2.0
// Rows laid over those of the evaluator: what calls on trial would have begun and ended before the conditions in
// question are asked. Base rows are exact at every moment. A derived relation that leans on them is worked out whole,
// rule by rule until nothing new comes, at the trial's own moment; at others the evaluator is asked.
#include "explain/explain_internal.h"

#include <string.h>

struct laid_row {
    uint32_t relation;
    const value *values;
    int64_t from, until;
    uint32_t begun;
};
struct laid_end {
    uint32_t relation;
    const value *values;
    int64_t at;
    uint32_t item;
};
// TENTATIVE: complete but for what a relation that is still being worked out may bring.
typedef enum { EXTENT_NEW, EXTENT_WORKING, EXTENT_TENTATIVE, EXTENT_DONE } extent_state;
struct extent {
    extent_state state;
    bool leans;    // on what was laid
    uint32_t depth;
    VEC(value) values;
    uint32_t count;
};
struct laid {
    VEC(struct laid_row) begun;
    VEC(struct laid_end) ended;
    struct extent *extents;    // by relation
    uint32_t relations;
    int64_t time;      // of the extents
    uint32_t depth;    // relations that are being worked out
    uint32_t lowest;   // the depth of the outermost of them that was read
    uint32_t total;    // tuples of all extents
};

void laid_begin(struct solver *solver) {
    struct laid *laid = ARENA_NEW(solver->with->arena, struct laid);
    laid->relations = solver->program->relations_count;
    laid->extents = ARENA_ARRAY(solver->with->arena, struct extent, laid->relations + 1);
    laid->time = solver->question.time;
    solver->laid = laid;
}

static void forget_extents(struct laid *laid) {
    for (uint32_t i = 0; i < laid->relations; i++) {
        laid->extents[i].state = EXTENT_NEW;
        laid->extents[i].values.count = laid->extents[i].count = 0;
    }
    laid->total = 0;
}

void laid_release(struct laid *laid) {
    if (!laid) return;
    for (uint32_t i = 0; i < laid->relations; i++) VEC_RELEASE(&laid->extents[i].values);
    VEC_RELEASE(&laid->begun);
    VEC_RELEASE(&laid->ended);
}

bool laid_next_start(const struct laid *laid, int64_t *after) {
    int64_t next = TIME_MAX;
    for (uint32_t i = 0; i < laid->begun.count; i++)
        if (laid->begun.at[i].from > *after && laid->begun.at[i].from < next) next = laid->begun.at[i].from;
    *after = next;
    return next != TIME_MAX;
}

void laid_at(struct laid *laid, int64_t time) {
    laid->time = time;
    forget_extents(laid);
}

// ---- What leans on what was laid -----------------------------------------------------------------------------------
static bool conditions_lean(const struct laid *laid, struct conditions conditions);

static bool expression_leans(const struct laid *laid, const struct expression *e) {
    if (!e) return false;
    bool aggregate = e->kind >= EXPRESSION_COUNT && e->kind <= EXPRESSION_MAX;
    return (aggregate && conditions_lean(laid, e->conditions)) || expression_leans(laid, e->left) ||
           expression_leans(laid, e->right);
}

static bool conditions_lean(const struct laid *laid, struct conditions conditions) {
    for (uint32_t i = 0; i < conditions.count; i++) {
        const struct condition *c = &conditions.at[i];
        switch (c->kind) {
        case CONDITION_ATOM:
            if (laid->extents[c->relation].leans) return true;
            for (uint32_t k = 0; k < c->argument_count; k++)
                if (expression_leans(laid, c->arguments[k])) return true;
            break;
        case CONDITION_COMPARE:
            if (expression_leans(laid, c->left) || expression_leans(laid, c->right)) return true;
            break;
        default:
            if (conditions_lean(laid, c->inner) || conditions_lean(laid, c->has)) return true;
        }
    }
    return false;
}

static void mark_leaning(struct solver *solver, uint32_t relation) {
    struct laid *laid = solver->laid;
    forget_extents(laid);
    if (laid->extents[relation].leans) return;
    laid->extents[relation].leans = true;
    for (bool more = true; more;) {
        more = false;
        for (uint32_t i = 0; i < solver->program->rules_count; i++) {
            const struct rule *rule = &solver->program->rules[i];
            if (laid->extents[rule->relation].leans || !conditions_lean(laid, rule->body)) continue;
            laid->extents[rule->relation].leans = more = true;
        }
    }
}

// ---- Laying --------------------------------------------------------------------------------------------------------
static const value *keep_values(struct solver *solver, uint32_t relation, const value *values) {
    uint32_t count = solver->program->relations[relation].column_count;
    value *copy = ARENA_ARRAY(solver->with->arena, value, count + 1);
    if (count) memcpy(copy, values, count * sizeof *copy);
    return copy;
}

void lay_row(struct solver *solver, uint32_t relation, const value *values, int64_t from, int64_t until,
             uint32_t item) {
    struct laid_row row = {relation, keep_values(solver, relation, values), from, until, BEGUN_ON_TRIAL | item};
    VEC_PUSH(&solver->laid->begun, row);
    mark_leaning(solver, relation);
}

void lay_end(struct solver *solver, uint32_t relation, const value *pattern, int64_t at, uint32_t item) {
    struct question then = {at, solver->question.position};
    struct row_copies rows = solver_rows(solver, then, relation, pattern);
    struct laid *laid = solver->laid;
    uint32_t width = solver->program->relations[relation].column_count;
    for (uint32_t i = 0; i < rows.count; i++) {
        bool own = false;
        for (uint32_t k = 0; k < laid->begun.count && rows.at[i].begun & BEGUN_ON_TRIAL; k++) {
            struct laid_row *row = &laid->begun.at[k];
            if (row->relation != relation || row->until <= at ||
                memcmp(row->values, rows.at[i].values, width * sizeof(value)) != 0)
                continue;
            row->until = row->from > at ? row->from : at;
            own = true;
        }
        struct laid_end end = {relation, keep_values(solver, relation, rows.at[i].values), at, item};
        if (!own) VEC_PUSH(&laid->ended, end);
    }
    if (rows.count) mark_leaning(solver, relation);
    row_copies_release(&rows);
}

static bool fits(const value *pattern, const value *values, uint32_t width) {
    for (uint32_t i = 0; i < width; i++)
        if (pattern[i] != VALUE_ANY && pattern[i] != values[i]) return false;
    return true;
}

bool laid_ended(const struct solver *solver, uint32_t relation, const value *pattern, uint32_t *after,
                const value **values, uint32_t *item) {
    if (!solver->laid) return false;
    uint32_t width = solver->program->relations[relation].column_count;
    for (; *after < solver->laid->ended.count; ++*after) {
        const struct laid_end *end = &solver->laid->ended.at[*after];
        if (end->relation != relation || end->at > solver->question.time || !fits(pattern, end->values, width))
            continue;
        *values = end->values;
        *item = end->item;
        ++*after;
        return true;
    }
    return false;
}

// ---- Base rows -----------------------------------------------------------------------------------------------------
static bool is_ended(const struct laid *laid, uint32_t relation, uint32_t width, int64_t time, const value *values) {
    for (uint32_t i = 0; i < laid->ended.count; i++) {
        const struct laid_end *end = &laid->ended.at[i];
        if (end->relation == relation && end->at <= time && memcmp(end->values, values, width * sizeof *values) == 0)
            return true;
    }
    return false;
}

static struct row_copies base_rows(const struct solver *solver, int64_t time, uint32_t relation, const value *pattern,
                                   struct row_copies rows) {
    const struct laid *laid = solver->laid;
    uint32_t width = solver->program->relations[relation].column_count, count = 0;
    struct row_copies all = {base_alloc((rows.count + laid->begun.count + 1) * sizeof *all.at), 0,
                             base_alloc(((size_t)rows.count + laid->begun.count + 1) * (width + 1) * sizeof(value))};
    for (uint32_t i = 0; i < rows.count + laid->begun.count; i++) {
        struct row_copy row;
        if (i < rows.count) {
            row = rows.at[i];
            if (is_ended(laid, relation, width, time, row.values)) continue;
        } else {
            const struct laid_row *begun = &laid->begun.at[i - rows.count];
            if (begun->relation != relation || begun->from > time || begun->until <= time ||
                !fits(pattern, begun->values, width))
                continue;
            row = (struct row_copy){(value *)begun->values, begun->from, begun->until, begun->begun, 0};
        }
        value *values = all.memory + (size_t)count * width;
        if (width) memcpy(values, row.values, width * sizeof *values);
        row.values = values;
        all.at[count++] = row;
    }
    all.count = count;
    row_copies_release(&rows);
    return all;
}

// ---- Derived relations ---------------------------------------------------------------------------------------------
struct extending {
    struct solver *solver;
    const struct rule *rule;
};

static bool extend_one(void *context, const struct bindings *solution) {
    struct extending *all = context;
    struct laid *laid = all->solver->laid;
    struct extent *extent = &laid->extents[all->rule->relation];
    uint32_t width = all->solver->program->relations[all->rule->relation].column_count;
    value head[COLUMNS_MAX + 1];
    ENSURE(width <= COUNT_OF(head));
    if (++all->solver->steps >= EXPLAIN_STEPS_MAX) {
        all->solver->unknown = true;
        return false;
    }
    for (uint32_t i = 0; i < width; i++)
        if (solver_value(all->solver, all->rule->head[i], *solution, &head[i]) != VALUE_KNOWN) return true;
    for (uint32_t i = 0; i < extent->count; i++)
        if (memcmp(extent->values.at + (size_t)i * width, head, width * sizeof *head) == 0) return true;
    for (uint32_t i = 0; i < width; i++) VEC_PUSH(&extent->values, head[i]);
    extent->count++;
    laid->total++;
    return true;
}

static void work_out(struct solver *solver, uint32_t relation) {
    struct laid *laid = solver->laid;
    struct extent *extent = &laid->extents[relation];
    const struct relation *r = &solver->program->relations[relation];
    uint32_t outer = laid->lowest, before;
    extent->state = EXTENT_WORKING;
    extent->depth = ++laid->depth;
    laid->lowest = UINT32_MAX;
    do {
        before = laid->total;
        for (uint32_t i = 0; i < r->rule_count; i++) {
            const struct rule *rule = &solver->program->rules[r->rules[i]];
            struct extending all = {solver, rule};
            solver_solve(solver, rule->body, bindings_new(solver->with->arena, &rule->frame), extend_one, &all);
        }
    } while (laid->total != before && solver->steps < EXPLAIN_STEPS_MAX);
    bool whole = laid->lowest >= extent->depth;
    extent->state = whole ? EXTENT_DONE : EXTENT_TENTATIVE;
    if (whole || outer < laid->lowest) laid->lowest = outer;
    if (--laid->depth > 0) return;
    for (uint32_t i = 0; i < laid->relations; i++)
        if (laid->extents[i].state == EXTENT_TENTATIVE) laid->extents[i].state = EXTENT_DONE;
}

struct row_copies laid_derived(struct solver *solver, uint32_t relation, const value *pattern) {
    struct laid *laid = solver->laid;
    struct extent *extent = &laid->extents[relation];
    if (extent->state == EXTENT_WORKING) {
        if (extent->depth < laid->lowest) laid->lowest = extent->depth;
    } else if (extent->state != EXTENT_DONE) {
        // Its own question: the search that asks goes on with its bindings and what it watches.
        struct question question = solver->question;
        struct progress *progress = solver->progress;
        solver->question.time = laid->time;
        solver->progress = NULL;
        work_out(solver, relation);
        solver->question = question;
        solver->progress = progress;
    }
    uint32_t width = solver->program->relations[relation].column_count;
    struct row_copies rows = {base_alloc((extent->count + 1) * sizeof *rows.at), 0,
                              base_alloc(((size_t)extent->count * width + 1) * sizeof(value))};
    for (uint32_t i = 0; i < extent->count; i++) {
        const value *values = extent->values.at + (size_t)i * width;
        if (!fits(pattern, values, width)) continue;
        value *copy = rows.memory + (size_t)rows.count * width;
        if (width) memcpy(copy, values, width * sizeof *copy);
        rows.at[rows.count++] = (struct row_copy){copy, laid->time, TIME_MAX, 0, 0};
    }
    return rows;
}

bool laid_derives(const struct solver *solver, struct question question, uint32_t relation) {
    return solver->laid && solver->program->relations[relation].derived && question.time == solver->laid->time &&
           solver->laid->extents[relation].leans;
}

struct row_copies laid_over(struct solver *solver, struct question question, uint32_t relation, const value *pattern,
                            struct row_copies rows) {
    if (!solver->laid || solver->program->relations[relation].derived || !solver->laid->extents[relation].leans)
        return rows;
    return base_rows(solver, question.time, relation, pattern, rows);
}
