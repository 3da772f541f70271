// SPDX-License-Identifier: Apache-2.0
// Conditions from left to right, in the program's order, by walking all rows; and expressions, aggregates among them.
#include "naive/naive_internal.h"

__extension__ typedef __int128 wide;

// Whether judgement goes on after a value that could not be had: the condition is not met, or the whole judgement
// fails.
static void note_status(struct scope *scope, value_status status) {
    if (status == VALUE_FAILED && !scope->world->lenient) scope->naive->failed = true;
}

// ---- Comparisons ---------------------------------------------------------------------------------------------------
// The truth of a comparison with `now` changes at the other side's time or the second after it.
static void note_threshold(struct world *world, value time) {
    if (time > world->moment && time < world->next) world->next = time;
    if (time < TIME_MAX && time + 1 > world->moment && time + 1 < world->next) world->next = time + 1;
}

static bool is_free_variable(const struct scope *scope, const struct expression *expression) {
    return expression->kind == EXPRESSION_VARIABLE && !scope->bound[expression->slot];
}

static bool compares(const struct scope *scope, const struct condition *condition, value left, value right) {
    if (condition->compare == COMPARE_EQUAL) return left == right;
    if (condition->compare == COMPARE_DIFFERENT) return left != right;
    int order =
        program_compare(scope->naive->base.program, &scope->naive->base.texts, condition->left->type, left, right);
    switch (condition->compare) {
    case COMPARE_LESS: return order < 0;
    case COMPARE_LESS_EQUAL: return order <= 0;
    case COMPARE_GREATER: return order > 0;
    case COMPARE_GREATER_EQUAL: return order >= 0;
    default: ENSURE(false);
    }
}

static bool solve_from(struct scope *scope, const struct condition *at, uint32_t count, solution_visitor visit,
                       void *context);

static bool solve_comparison(struct scope *scope, const struct condition *at, uint32_t count, solution_visitor visit,
                             void *context) {
    const struct expression *free = NULL, *known = at->right;
    if (at->compare == COMPARE_EQUAL && is_free_variable(scope, at->left)) free = at->left;
    else if (at->compare == COMPARE_EQUAL && is_free_variable(scope, at->right)) free = at->right, known = at->left;
    value right, left;
    value_status status = naive_expression_value(scope, known, &right);
    if (status == VALUE_FOUND && !free) status = naive_expression_value(scope, at->left, &left);
    if (status != VALUE_FOUND) {
        note_status(scope, status);
        return true;
    }
    if (free) {
        scope->slots[free->slot] = right;
        scope->bound[free->slot] = true;
        bool on = solve_from(scope, at + 1, count - 1, visit, context);
        scope->bound[free->slot] = false;
        return on;
    }
    if (at->left->kind == EXPRESSION_NOW) note_threshold(scope->world, right);
    if (at->right->kind == EXPRESSION_NOW) note_threshold(scope->world, left);
    return !compares(scope, at, left, right) || solve_from(scope, at + 1, count - 1, visit, context);
}

// ---- Atoms ---------------------------------------------------------------------------------------------------------
// What is known of an atom before any row is looked at.
struct atom {
    int64_t moment;
    value known[WIDTH_MAX];
    bool fixed[WIDTH_MAX];
};

static value_status atom_know(struct scope *scope, const struct condition *at, struct atom *atom) {
    atom->moment = scope->world->moment;
    value_status status = at->moment ? naive_expression_value(scope, at->moment, &atom->moment) : VALUE_FOUND;
    ENSURE(at->argument_count <= WIDTH_MAX);
    for (uint32_t i = 0; status == VALUE_FOUND && i < at->argument_count; i++) {
        const struct expression *argument = at->arguments[i];
        atom->fixed[i] = argument && !is_free_variable(scope, argument);
        if (atom->fixed[i]) status = naive_expression_value(scope, argument, &atom->known[i]);
    }
    note_status(scope, status);
    return status;
}

// Binds a slot that is free, or asks whether it has the value.
static bool bind(struct scope *scope, uint32_t slot, value wanted, uint32_t *undo, uint32_t *undo_count) {
    if (scope->bound[slot]) return scope->slots[slot] == wanted;
    scope->slots[slot] = wanted;
    scope->bound[slot] = true;
    undo[(*undo_count)++] = slot;
    return true;
}

static bool solve_row(struct scope *scope, const struct condition *at, const struct atom *atom, const value *values,
                      int64_t from, uint32_t count, solution_visitor visit, void *context) {
    uint32_t undo[WIDTH_MAX + 1], undo_count = 0;
    bool same = true, on = true;
    for (uint32_t i = 0; same && i < at->argument_count; i++) {
        if (atom->fixed[i]) same = atom->known[i] == values[i];
        else if (at->arguments[i]) same = bind(scope, at->arguments[i]->slot, values[i], undo, &undo_count);
    }
    if (same && at->since != NO_ID) same = bind(scope, at->since, from, undo, &undo_count);
    if (same) on = solve_from(scope, at + 1, count - 1, visit, context);
    while (undo_count) scope->bound[undo[--undo_count]] = false;
    return on;
}

static bool solve_rows(struct scope *scope, const struct condition *at, uint32_t count, solution_visitor visit,
                       void *context) {
    struct naive *n = scope->naive;
    struct atom atom;
    if (atom_know(scope, at, &atom) != VALUE_FOUND) return true;
    if (!n->base.program->relations[at->relation].derived) {
        naive_touch(n, n->tables[at->relation].rows.count);
        for (uint32_t i = 0; i < n->tables[at->relation].rows.count; i++) {
            const struct row *row = &n->tables[at->relation].rows.at[i];
            // Most rows differ in their first column; to say so here is all the haste there is.
            if (at->argument_count && atom.fixed[0] && atom.known[0] != row->values[0]) continue;
            if (row_holds(row, atom.moment) &&
                !solve_row(scope, at, &atom, row->values, row->from, count, visit, context))
                return false;
        }
        return true;
    }
    struct world *world = at->moment ? naive_world_at(n, atom.moment, scope->world->lenient) : scope->world;
    const struct tuples *tuples = naive_world_extent(world, n, at->relation);
    naive_touch(n, tuples->count);
    for (uint32_t i = 0; i < tuples->count; i++)
        if (!solve_row(scope, at, &atom, naive_tuples_get(tuples, i), 0, count, visit, context)) return false;
    return true;
}

static bool solve_atom(struct scope *scope, const struct condition *at, uint32_t count, solution_visitor visit,
                       void *context) {
    if (++scope->naive->deep > STEPS_DEEP_MAX)
        naive_limit(scope->naive, "rules go more than 1,000 conditions deep into one another");
    bool on = !scope->naive->limited && solve_rows(scope, at, count, visit, context);
    scope->naive->deep--;
    return on;
}

static bool stop(void *context) {
    *(bool *)context = true;
    return false;
}

// A negated atom is met where its positive form has no row; but not where its arguments cannot be computed.
static bool negation_holds(struct scope *scope, const struct condition *at) {
    struct atom atom;
    bool found = false;
    if (atom_know(scope, at, &atom) != VALUE_FOUND) return false;
    (void)solve_atom(scope, at, 1, stop, &found);
    return !found;
}

// ---- Groups --------------------------------------------------------------------------------------------------------
struct every {
    struct scope *scope;
    struct conditions has;
    bool failing;
};

static bool every_visit(void *context) {
    struct every *every = context;
    every->failing = !naive_conditions_hold(every->scope, every->has);
    return !every->failing;
}

static bool every_holds(struct scope *scope, const struct condition *at) {
    struct every every = {scope, at->has, false};
    (void)naive_conditions_solve(scope, at->inner, every_visit, &every);
    return !every.failing;
}

static bool solve_from(struct scope *scope, const struct condition *at, uint32_t count, solution_visitor visit,
                       void *context) {
    if (scope->naive->failed || scope->naive->limited) return false;
    if (count == 0) return visit(context);
    bool met;
    switch (at->kind) {
    case CONDITION_COMPARE: return solve_comparison(scope, at, count, visit, context);
    case CONDITION_ATOM:
        if (!at->negated) return solve_atom(scope, at, count, visit, context);
        met = negation_holds(scope, at);
        break;
    case CONDITION_NOT: met = !naive_conditions_hold(scope, at->inner); break;
    case CONDITION_EVERY: met = every_holds(scope, at); break;
    default: ENSURE(false);
    }
    return !met || solve_from(scope, at + 1, count - 1, visit, context);
}

bool naive_conditions_solve(struct scope *scope, struct conditions conditions, solution_visitor visit, void *context) {
    return solve_from(scope, conditions.at, conditions.count, visit, context);
}

bool naive_conditions_hold(struct scope *scope, struct conditions conditions) {
    bool found = false;
    (void)naive_conditions_solve(scope, conditions, stop, &found);
    return found;
}

struct collect {
    struct scope *scope;
    const uint32_t *slots;
    struct tuples tuples;
};

static bool collect_visit(void *context) {
    struct collect *collect = context;
    value values[WIDTH_MAX];
    for (uint32_t i = 0; i < collect->tuples.width; i++) {
        ENSURE(collect->scope->bound[collect->slots[i]]);
        values[i] = collect->scope->slots[collect->slots[i]];
    }
    (void)naive_tuples_add(collect->scope->naive, &collect->tuples, values);
    return true;
}

struct tuples naive_conditions_bindings(struct scope *scope, const struct frame *frame, struct conditions conditions,
                                        const uint32_t *slots, uint32_t count) {
    struct collect collect = {scope, slots, naive_tuples_of_slots(frame, slots, count)};
    (void)naive_conditions_solve(scope, conditions, collect_visit, &collect);
    return collect.tuples;
}

// ---- Aggregates ----------------------------------------------------------------------------------------------------
struct aggregate {
    struct scope *scope;
    const struct expression *expression;
    struct tuples seen;    // bindings, or for count the values of the head
    wide first, second;    // sums: the whole, or seconds and months
    value best;
    bool any;
    value_status status;
};

static void aggregate_take(struct aggregate *all, value v) {
    const struct expression *expression = all->expression;
    bool duration = expression->left->type.base == TYPE_DURATION;
    all->first += duration ? duration_seconds(v) : v;
    all->second += duration ? duration_months(v) : 0;
    int order = all->any ? program_compare(all->scope->naive->base.program, &all->scope->naive->base.texts,
                                           expression->left->type, v, all->best)
                         : 0;
    if (!all->any || (expression->kind == EXPRESSION_MIN ? order < 0 : order > 0)) all->best = v;
    all->any = true;
}

static bool aggregate_visit(void *context) {
    struct aggregate *all = context;
    struct scope *scope = all->scope;
    const struct expression *expression = all->expression;
    value binding[WIDTH_MAX], head;
    for (uint32_t i = 0; i < expression->slot_count; i++)
        binding[i] = scope->bound[expression->slots[i]] ? scope->slots[expression->slots[i]] : 0;
    if (expression->kind != EXPRESSION_COUNT && !naive_tuples_add(scope->naive, &all->seen, binding)) return true;
    all->status = naive_expression_value(scope, expression->left, &head);
    if (all->status != VALUE_FOUND) return false;
    if (expression->kind == EXPRESSION_COUNT) (void)naive_tuples_add(scope->naive, &all->seen, &head);
    else aggregate_take(all, head);
    return true;
}

static value_status aggregate_result(const struct aggregate *all, value *result) {
    if (all->status != VALUE_FOUND) return all->status;
    if (all->scope->naive->failed) return VALUE_FAILED;
    switch (all->expression->kind) {
    case EXPRESSION_COUNT: *result = all->seen.count; return VALUE_FOUND;
    case EXPRESSION_SUM:
        if (all->expression->left->type.base == TYPE_DURATION) {
            if (all->first != duration_seconds((value)all->first) ||
                all->second != duration_months(duration_of((int64_t)all->second, 0)))
                return VALUE_FAILED;
            *result = duration_of((int64_t)all->second, (int64_t)all->first);
            return VALUE_FOUND;
        }
        if (all->first != (value)all->first) return VALUE_FAILED;
        *result = (value)all->first;
        return VALUE_FOUND;
    default: *result = all->best; return all->any ? VALUE_FOUND : VALUE_NONE;
    }
}

static value_status aggregate_value(struct scope *scope, const struct expression *expression, value *result) {
    struct aggregate all = {.scope = scope, .expression = expression};
    naive_tuples_init(&all.seen, expression->kind == EXPRESSION_COUNT ? 1 : expression->slot_count);
    // How bindings are ordered among themselves does not matter here: integers' order serves for all.
    for (uint32_t i = 0; i < all.seen.width; i++) all.seen.types[i] = (struct type){TYPE_INT, NO_ID};
    (void)naive_conditions_solve(scope, expression->conditions, aggregate_visit, &all);
    value_status status = aggregate_result(&all, result);
    naive_tuples_release(&all.seen);
    return status;
}

// ---- Expressions ---------------------------------------------------------------------------------------------------
value_status naive_expression_value(struct scope *scope, const struct expression *expression, value *result) {
    value left = 0, right = 0;
    value_status status = VALUE_FOUND;
    switch (expression->kind) {
    case EXPRESSION_CONSTANT: *result = expression->constant; return VALUE_FOUND;
    case EXPRESSION_NOW: *result = scope->world->moment; return VALUE_FOUND;
    case EXPRESSION_VARIABLE:
        ENSURE(scope->bound[expression->slot]);
        *result = scope->slots[expression->slot];
        return VALUE_FOUND;
    case EXPRESSION_COUNT:
    case EXPRESSION_SUM:
    case EXPRESSION_MIN:
    case EXPRESSION_MAX: return aggregate_value(scope, expression, result);
    default: break;
    }
    if (expression->left) status = naive_expression_value(scope, expression->left, &left);
    if (status == VALUE_FOUND && expression->right) status = naive_expression_value(scope, expression->right, &right);
    if (status != VALUE_FOUND) return status;
    if (expression->kind == EXPRESSION_OFFICE_OF) {
        *result = actor_office(expression->id, left);
        return VALUE_FOUND;
    }
    if (expression->kind == EXPRESSION_ROLE) {
        *result = actor_role(expression->id, expression->left, left);
        return VALUE_FOUND;
    }
    return naive_value_combine(scope->naive->base.program, expression, left, right, result);
}
