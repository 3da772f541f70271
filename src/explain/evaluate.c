// SPDX-License-Identifier: Apache-2.0
// Solves conditions by asking an evaluator for rows, from left to right, as the program promises is safe. It is slow
// and plain: an explanation looks at one rule's body at a time, and everything derived in it is a question again.
#include "explain/explain_internal.h"

#include <string.h>

// ---- Rows ----------------------------------------------------------------------------------------------------------
struct collecting {
    struct solver *solver;
    uint32_t width;
    VEC(value) values;
    VEC(struct row_copy) rows;
};

static bool collect_row(void *context, const struct found *row) {
    struct collecting *all = context;
    if (all->solver->steps >= EXPLAIN_STEPS_MAX) {
        all->solver->unknown = true;
        return false;
    }
    all->solver->steps++;
    for (uint32_t i = 0; i < all->width; i++) VEC_PUSH(&all->values, row->values[i]);
    VEC_PUSH(&all->rows, (struct row_copy){NULL, row->from, row->until, row->begun, row->ended});
    return true;
}

struct row_copies solver_rows(struct solver *solver, struct question question, uint32_t relation,
                              const value *pattern) {
    if (laid_derives(solver, question, relation)) return laid_derived(solver, relation, pattern);
    struct collecting all = {.solver = solver, .width = solver->program->relations[relation].column_count};
    ask_status status = evaluator_ask(solver->with->evaluator, question, relation, pattern, collect_row, &all);
    if (status != ASK_OK) solver->unknown = true;
    // The values moved while they grew: only now do they have their places.
    for (uint32_t i = 0; i < all.rows.count; i++) all.rows.at[i].values = all.values.at + (size_t)i * all.width;
    struct row_copies rows = {all.rows.at, all.rows.count, all.values.at};
    return laid_over(solver, question, relation, pattern, rows);
}

void row_copies_release(struct row_copies *rows) {
    free(rows->at);
    free(rows->memory);
    *rows = (struct row_copies){0};
}

// ---- Bindings ------------------------------------------------------------------------------------------------------
struct bindings bindings_new(struct arena *arena, const struct frame *frame) {
    uint32_t count = frame->slot_count ? frame->slot_count : 1;
    return (struct bindings){frame, ARENA_ARRAY(arena, value, count), ARENA_ARRAY(arena, bool, count)};
}

struct bindings bindings_copy(struct arena *arena, struct bindings from) {
    struct bindings to = bindings_new(arena, from.frame);
    if (from.frame->slot_count) {
        memcpy(to.values, from.values, from.frame->slot_count * sizeof *to.values);
        memcpy(to.bound, from.bound, from.frame->slot_count * sizeof *to.bound);
    }
    return to;
}

// A position of its own keeps `F at T` at what is known now, not at what was known at T.
static uint32_t settle_position(const struct explainer *with) {
    if (with->question.position != POSITION_LAST || !with->log || !with->log->entry) return with->question.position;
    uint32_t low = 0, high = with->evaluator->position;
    while (low < high) {
        uint32_t middle = low + (high - low + 1) / 2;
        struct span where = {0};
        const struct entry *entry = with->log->entry(with->log->context, middle, &where);
        if (!entry) return POSITION_LAST;
        if (entry->time <= with->question.time) low = middle;
        else high = middle - 1;
    }
    return low;
}

void solver_init(struct solver *solver, const struct explainer *with) {
    *solver = (struct solver){
        .with = with, .program = with->evaluator->program, .question = {with->question.time, settle_position(with)}};
}

// ---- Expressions ---------------------------------------------------------------------------------------------------
static bool time_in_years(int64_t time) {
    struct calendar_date first = {1, 1, 1, 0, 0, 0}, last = {9999, 12, 31, 23, 59, 59};
    int64_t low, high;
    return calendar_time_of(first, 0, &low) && calendar_time_of(last, 0, &high) && time >= low && time <= high;
}

static bool time_plus(const struct program *program, value time, value duration, int sign, value *result) {
    int64_t moved = time;
    if (duration_months(duration) &&
        !calendar_add_months(time, sign * duration_months(duration), program->offset, &moved))
        return false;
    int64_t seconds = sign * duration_seconds(duration);
    return !__builtin_add_overflow(moved, seconds, result) && time_in_years(*result);
}

static bool add(const struct program *program, const struct expression *e, value left, value right, int sign,
                value *result) {
    type_base l = e->left->type.base, r = e->right->type.base;
    if (l == TYPE_TIME && r == TYPE_DURATION) return time_plus(program, left, right, sign, result);
    if (l == TYPE_DURATION && r == TYPE_TIME) return time_plus(program, right, left, sign, result);
    if (l == TYPE_TIME && r == TYPE_TIME) {
        *result = duration_of(0, left - right);
        return true;
    }
    if (l == TYPE_DURATION) {
        *result = duration_of(duration_months(left) + sign * duration_months(right),
                              duration_seconds(left) + sign * duration_seconds(right));
        return true;
    }
    return sign > 0 ? !__builtin_add_overflow(left, right, result) : !__builtin_sub_overflow(left, right, result);
}

static bool multiply(const struct expression *e, value left, value right, value *result) {
    if (e->left->type.base == TYPE_INT && e->right->type.base == TYPE_INT)
        return !__builtin_mul_overflow(left, right, result);
    bool first = e->left->type.base == TYPE_DURATION;
    value duration = first ? left : right, count = first ? right : left;
    int64_t months, seconds;
    if (__builtin_mul_overflow(duration_months(duration), count, &months)) return false;
    if (__builtin_mul_overflow(duration_seconds(duration), count, &seconds)) return false;
    *result = duration_of(months, seconds);
    return true;
}

static bool arithmetic(const struct program *program, const struct expression *e, value left, value right,
                       value *result) {
    switch (e->kind) {
    case EXPRESSION_ADD: return add(program, e, left, right, 1, result);
    case EXPRESSION_SUBTRACT: return add(program, e, left, right, -1, result);
    case EXPRESSION_MULTIPLY: return multiply(e, left, right, result);
    case EXPRESSION_DIVIDE:
    case EXPRESSION_MODULO:
        if (right == 0 || (left == INT64_MIN && right == -1)) return false;
        *result = e->kind == EXPRESSION_DIVIDE ? left / right : left % right;
        return true;
    default: return false;
    }
}

// A sum is exact: only what comes out has to fit.
static bool add_up(const struct expression *e, const struct ranged *range, value *result) {
    __extension__ __int128 total = 0, months = 0;
    for (uint32_t i = 0; i < range->count; i++) {
        value head = range->at[(size_t)i * range->width + range->width - 1];
        bool duration = e->type.base == TYPE_DURATION;
        months += duration ? duration_months(head) : 0;
        total += duration ? duration_seconds(head) : head;
    }
    if (total > INT64_MAX || total < INT64_MIN) return false;
    *result = e->type.base == TYPE_DURATION ? duration_of((int64_t)months, (int64_t)total) : (value)total;
    return true;
}

static void find_extreme(struct solver *solver, const struct expression *e, const struct ranged *range, value *result) {
    for (uint32_t i = 0; i < range->count; i++) {
        value head = range->at[(size_t)i * range->width + range->width - 1];
        int order = i ? program_compare(solver->program, &solver->with->evaluator->texts, e->type, head, *result) : 0;
        if (i == 0 || (e->kind == EXPRESSION_MIN ? order < 0 : order > 0)) *result = head;
    }
}

static value_status aggregate(struct solver *solver, const struct expression *e, struct bindings bindings,
                              value *result) {
    struct ranged range = solver_range(solver, e, bindings);
    value found = range.count;
    bool known = range.known && (e->kind != EXPRESSION_SUM || add_up(e, &range, &found));
    bool extreme = e->kind == EXPRESSION_MIN || e->kind == EXPRESSION_MAX, nothing = extreme && range.count == 0;
    if (extreme) find_extreme(solver, e, &range, &found);
    free(range.at);
    if (!known) solver->unknown = true;
    if (!known || nothing) return VALUE_FAILS;
    *result = found;
    return VALUE_KNOWN;
}

static value_status operation(struct solver *solver, const struct expression *e, struct bindings bindings,
                              value *result) {
    value left, right = 0;
    value_status status = solver_value(solver, e->left, bindings, &left);
    if (status == VALUE_KNOWN && e->right) status = solver_value(solver, e->right, bindings, &right);
    if (status != VALUE_KNOWN) return status;
    bool done;
    if (e->kind == EXPRESSION_NEGATE && e->left->type.base == TYPE_DURATION) {
        *result = duration_of(-duration_months(left), -duration_seconds(left));
        done = true;
    } else if (e->kind == EXPRESSION_NEGATE) {
        done = !__builtin_sub_overflow((value)0, left, result);
    } else {
        done = arithmetic(solver->program, e, left, right, result);
    }
    if (!done) solver->unknown = true;
    return done ? VALUE_KNOWN : VALUE_FAILS;
}

value_status solver_value(struct solver *solver, const struct expression *e, struct bindings bindings, value *result) {
    value argument = 0;
    switch (e->kind) {
    case EXPRESSION_CONSTANT: *result = e->constant; return VALUE_KNOWN;
    case EXPRESSION_NOW: *result = solver->question.time; return VALUE_KNOWN;
    case EXPRESSION_VARIABLE:
        if (!bindings.bound[e->slot]) return VALUE_UNBOUND;
        *result = bindings.values[e->slot];
        return VALUE_KNOWN;
    case EXPRESSION_OFFICE_OF:
    case EXPRESSION_ROLE:
        if (e->left) {
            value_status status = solver_value(solver, e->left, bindings, &argument);
            if (status != VALUE_KNOWN) return status;
        }
        *result = e->kind == EXPRESSION_ROLE ? actor_role(e->id, e->left != NULL, argument)
                                             : actor_office(e->id, e->left ? argument : ACTOR_NONE);
        return VALUE_KNOWN;
    case EXPRESSION_COUNT:
    case EXPRESSION_SUM:
    case EXPRESSION_MIN:
    case EXPRESSION_MAX: return aggregate(solver, e, bindings, result);
    default: return operation(solver, e, bindings, result);
    }
}

// ---- Aggregates ----------------------------------------------------------------------------------------------------
struct ranging {
    struct solver *solver;
    const struct expression *aggregate;
    struct ranged range;
    uint32_t capacity;
};

static bool range_one(void *context, const struct bindings *solution) {
    struct ranging *all = context;
    const struct expression *e = all->aggregate;
    uint32_t width = all->range.width;
    value row[SLOTS_MAX + 1] = {0};
    for (uint32_t i = 0; i < e->slot_count; i++)
        row[i] = solution->bound[e->slots[i]] ? solution->values[e->slots[i]] : VALUE_ANY;
    if (solver_value(all->solver, e->left, *solution, &row[width - 1]) != VALUE_KNOWN) {
        all->range.known = false;
        return false;
    }
    // `count` counts the values of its head, the others go over bindings.
    uint32_t from = e->kind == EXPRESSION_COUNT ? width - 1 : 0;
    for (uint32_t i = 0; i < all->range.count; i++)
        if (memcmp(all->range.at + (size_t)i * width + from, row + from, (width - from) * sizeof *row) == 0) return true;
    if (all->range.count == all->capacity)
        all->range.at = base_vec_grow(all->range.at, &all->capacity, width * sizeof(value));
    memcpy(all->range.at + (size_t)all->range.count++ * width, row, width * sizeof *row);
    return true;
}

struct ranged solver_range(struct solver *solver, const struct expression *e, struct bindings bindings) {
    struct ranging all = {.solver = solver, .aggregate = e, .range = {.width = e->slot_count + 1, .known = true}};
    ENSURE(e->slot_count <= SLOTS_MAX);
    solver_solve(solver, e->conditions, bindings, range_one, &all);
    return all.range;
}

// ---- Conditions ----------------------------------------------------------------------------------------------------
bool solver_pattern(struct solver *solver, const struct condition *atom, struct bindings bindings, value *pattern) {
    for (uint32_t i = 0; i < atom->argument_count; i++) {
        value_status status = solver_value(solver, atom->arguments[i], bindings, &pattern[i]);
        if (status == VALUE_FAILS) return false;
        if (status == VALUE_UNBOUND) pattern[i] = VALUE_ANY;
    }
    return true;
}

bool solver_moment(struct solver *solver, const struct condition *atom, struct bindings bindings,
                   struct question *question) {
    *question = solver->question;
    return !atom->moment || solver_value(solver, atom->moment, bindings, &question->time) == VALUE_KNOWN;
}

struct search {    // what does not change while one list of conditions is solved
    struct solver *solver;
    struct conditions conditions;
    struct bindings bindings;
    solver_visitor visit;
    void *context;
};
static bool solve_from(struct search *search, uint32_t index);

static bool bind(struct bindings bindings, uint32_t slot, value v) {
    if (bindings.bound[slot]) return bindings.values[slot] == v;
    bindings.bound[slot] = true;
    bindings.values[slot] = v;
    return true;
}

// Takes a row's values into the variables of an atom; a variable that stands in it twice must find the same value.
static bool bind_row(const struct condition *atom, struct bindings bindings, const struct row_copy *row) {
    for (uint32_t i = 0; i < atom->argument_count; i++)
        if (atom->arguments[i]->kind == EXPRESSION_VARIABLE &&
            !bind(bindings, atom->arguments[i]->slot, row->values[i]))
            return false;
    return atom->since == NO_ID || bind(bindings, atom->since, row->from);
}

static bool solve_atom(struct search *search, const struct condition *atom, uint32_t index) {
    struct solver *solver = search->solver;
    struct bindings bindings = search->bindings;
    value pattern[COLUMNS_MAX + 1];
    struct question question;
    ENSURE(atom->argument_count <= COUNT_OF(pattern));
    if (!solver_moment(solver, atom, bindings, &question) || !solver_pattern(solver, atom, bindings, pattern))
        return true;
    struct row_copies rows = solver_rows(solver, question, atom->relation, pattern);
    bool go_on = true;
    if (atom->negated) {
        if (rows.count == 0) go_on = solve_from(search, index + 1);
        row_copies_release(&rows);
        return go_on;
    }
    bool was_bound[SLOTS_MAX];
    size_t size = bindings.frame->slot_count * sizeof *bindings.bound;
    memcpy(was_bound, bindings.bound, size);
    for (uint32_t i = 0; i < rows.count && go_on; i++) {
        if (bind_row(atom, bindings, &rows.at[i])) go_on = solve_from(search, index + 1);
        memcpy(bindings.bound, was_bound, size);
    }
    row_copies_release(&rows);
    return go_on;
}

static bool compares(const struct solver *solver, const struct condition *c, value left, value right) {
    if (c->compare == COMPARE_EQUAL) return left == right;
    if (c->compare == COMPARE_DIFFERENT) return left != right;
    int order = program_compare(solver->program, &solver->with->evaluator->texts, c->left->type, left, right);
    switch (c->compare) {
    case COMPARE_LESS: return order < 0;
    case COMPARE_LESS_EQUAL: return order <= 0;
    case COMPARE_GREATER: return order > 0;
    default: return order >= 0;
    }
}

static bool solve_compare(struct search *search, const struct condition *c, uint32_t index) {
    struct bindings bindings = search->bindings;
    value left = 0, right = 0;
    value_status l = solver_value(search->solver, c->left, bindings, &left),
                 r = solver_value(search->solver, c->right, bindings, &right);
    if (l == VALUE_KNOWN && r == VALUE_KNOWN)
        return !compares(search->solver, c, left, right) || solve_from(search, index + 1);
    if (l == VALUE_FAILS || r == VALUE_FAILS || c->compare != COMPARE_EQUAL) return true;
    const struct expression *free_side = l == VALUE_UNBOUND ? c->left : c->right;
    if (free_side->kind != EXPRESSION_VARIABLE || l == r) return true;
    bind(bindings, free_side->slot, l == VALUE_UNBOUND ? right : left);
    bool go_on = solve_from(search, index + 1);
    bindings.bound[free_side->slot] = false;
    return go_on;
}

struct every {
    struct solver *solver;
    struct conditions has;
};

static bool every_has(void *context, const struct bindings *solution) {
    struct every *every = context;
    return solver_holds(every->solver, every->has, *solution);
}

static void note_progress(struct search *search, uint32_t index) {
    struct progress *progress = search->solver->progress;
    if (!progress || progress->of != search->conditions.at) return;
    if (index == progress->furthest && progress->bindings.values) progress->times++;
    if (index < progress->furthest || (index == progress->furthest && progress->bindings.values)) return;
    progress->furthest = index;
    progress->times = 1;
    progress->bindings = bindings_copy(search->solver->with->arena, search->bindings);
}

static bool solve_from(struct search *search, uint32_t index) {
    note_progress(search, index);
    if (index == search->conditions.count) return search->visit(search->context, &search->bindings);
    const struct condition *c = &search->conditions.at[index];
    bool met;
    switch (c->kind) {
    case CONDITION_ATOM: return solve_atom(search, c, index);
    case CONDITION_COMPARE: return solve_compare(search, c, index);
    case CONDITION_NOT: met = !solver_holds(search->solver, c->inner, search->bindings); break;
    default:
        met = solver_solve(search->solver, c->inner, search->bindings, every_has,
                           &(struct every){search->solver, c->has});
        break;
    }
    return !met || solve_from(search, index + 1);
}

bool solver_solve(struct solver *solver, struct conditions conditions, struct bindings bindings, solver_visitor visit,
                  void *context) {
    struct search search = {solver, conditions, bindings, visit, context};
    bool was_bound[SLOTS_MAX];
    size_t size = bindings.frame->slot_count * sizeof *bindings.bound;
    memcpy(was_bound, bindings.bound, size);
    bool to_the_end = solve_from(&search, 0);
    memcpy(bindings.bound, was_bound, size);
    return to_the_end;
}

static bool stop_at_first(void *context, const struct bindings *solution) {
    (void)context;
    (void)solution;
    return false;
}

bool solver_holds(struct solver *solver, struct conditions conditions, struct bindings bindings) {
    return !solver_solve(solver, conditions, bindings, stop_at_first, NULL);
}

// ---- The public form -----------------------------------------------------------------------------------------------
struct visiting {
    explain_visitor visit;
    void *context;
    bool any;
};

static bool visit_one(void *context, const struct bindings *solution) {
    struct visiting *all = context;
    all->any = true;
    return all->visit(all->context, solution->values, solution->bound);
}

explain_answer explain_solutions(const struct explainer *with, const struct frame *frame, struct conditions conditions,
                                 value *values, bool *bound, explain_visitor visit, void *context) {
    struct solver solver;
    solver_init(&solver, with);
    struct visiting all = {visit, context, false};
    solver_solve(&solver, conditions, (struct bindings){frame, values, bound}, visit_one, &all);
    return all.any ? EXPLAIN_YES : solver.unknown ? EXPLAIN_UNKNOWN : EXPLAIN_NO;
}

static bool keep_first(void *context, const struct bindings *solution) {
    struct bindings *kept = context;
    memcpy(kept->values, solution->values, solution->frame->slot_count * sizeof *kept->values);
    memcpy(kept->bound, solution->bound, solution->frame->slot_count * sizeof *kept->bound);
    return false;
}

explain_answer explain_holds(const struct explainer *with, const struct frame *frame, struct conditions conditions,
                             value *values, bool *bound) {
    struct solver solver;
    solver_init(&solver, with);
    value first_values[SLOTS_MAX];
    bool first_bound[SLOTS_MAX];
    struct bindings kept = {frame, first_values, first_bound};
    if (solver_solve(&solver, conditions, (struct bindings){frame, values, bound}, keep_first, &kept))
        return solver.unknown ? EXPLAIN_UNKNOWN : EXPLAIN_NO;
    memcpy(values, first_values, frame->slot_count * sizeof *values);
    memcpy(bound, first_bound, frame->slot_count * sizeof *bound);
    return EXPLAIN_YES;
}
