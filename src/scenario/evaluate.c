// SPDX-License-Identifier: Apache-2.0
// A small evaluator of expressions and conditions over what another evaluator knows at one moment: slow, plain and bounded. It serves
// what is looked at from outside: the pattern of a duty, and whether a rule's own body holds.
#include "scenario/scenario_internal.h"

void evaluation_init(struct evaluation *evaluation, struct arena *arena, struct evaluator *evaluator, struct question question, uint32_t slots) {
    *evaluation = (struct evaluation){.evaluator = evaluator, .question = question, .values = ARENA_ARRAY(arena, value, slots + 1),
                                      .bound = ARENA_ARRAY(arena, bool, slots + 1)};
}

// ---- Arithmetic ---------------------------------------------------------------------------------------------------------------------------
static bool add_duration(const struct evaluation *evaluation, value time, value duration, int sign, value *result) {
    int64_t moved = time;
    int64_t months = sign * duration_months(duration);
    if (months && !calendar_add_months(time, months, evaluation->evaluator->program->offset, &moved)) return false;
    return !__builtin_add_overflow(moved, sign * duration_seconds(duration), result);
}

static bool multiply(const struct expression *expression, value left, value right, value *result) {
    bool left_duration = expression->left->type.base == TYPE_DURATION, right_duration = expression->right->type.base == TYPE_DURATION;
    if (!left_duration && !right_duration) return !__builtin_mul_overflow(left, right, result);
    value duration = left_duration ? left : right, times = left_duration ? right : left;
    int64_t months, seconds;
    if (__builtin_mul_overflow(duration_months(duration), times, &months) || __builtin_mul_overflow(duration_seconds(duration), times, &seconds)) return false;
    if (months > 200000 || months < -200000 || seconds >= (int64_t)1 << 43 || seconds < -((int64_t)1 << 43)) return false;
    *result = duration_of(months, seconds);
    return true;
}

static bool binary(const struct evaluation *evaluation, const struct expression *expression, value left, value right, value *result) {
    type_base left_type = expression->left->type.base, right_type = expression->right->type.base;
    switch (expression->kind) {
    case EXPRESSION_ADD:
        if (left_type == TYPE_TIME) return add_duration(evaluation, left, right, 1, result);
        if (right_type == TYPE_TIME) return add_duration(evaluation, right, left, 1, result);
        return !__builtin_add_overflow(left, right, result);
    case EXPRESSION_SUBTRACT:
        if (left_type == TYPE_TIME && right_type == TYPE_DURATION) return add_duration(evaluation, left, right, -1, result);
        if (left_type == TYPE_TIME) {
            int64_t seconds;
            if (__builtin_sub_overflow(left, right, &seconds)) return false;
            *result = duration_of(0, seconds);
            return true;
        }
        return !__builtin_sub_overflow(left, right, result);
    case EXPRESSION_MULTIPLY: return multiply(expression, left, right, result);
    case EXPRESSION_DIVIDE:
        if (right == 0 || (left == INT64_MIN && right == -1)) return false;
        *result = left / right;
        return true;
    case EXPRESSION_MODULO:
        if (right == 0 || (left == INT64_MIN && right == -1)) return false;
        *result = left % right;
        return true;
    default: return false;
    }
}

// ---- Aggregates ---------------------------------------------------------------------------------------------------------------------------
struct gathered { struct evaluation *evaluation; const struct expression *expression; VEC(value) tuples; VEC(value) heads; bool failed; };

static bool gather(void *context) {
    struct gathered *gathered = context;
    const struct expression *expression = gathered->expression;
    uint32_t width = expression->slot_count;
    value head;
    if (!evaluation_expression(gathered->evaluation, expression->left, &head)) return gathered->failed = true, false;
    for (uint32_t i = 0; i < gathered->heads.count; i++) {
        bool same = true;
        for (uint32_t k = 0; k < width && same; k++) same = gathered->tuples.at[i * width + k] == gathered->evaluation->values[expression->slots[k]];
        if (same) return true;
    }
    for (uint32_t k = 0; k < width; k++) VEC_PUSH(&gathered->tuples, gathered->evaluation->values[expression->slots[k]]);
    VEC_PUSH(&gathered->heads, head);
    return true;
}

// `count` counts distinct values of its head, the others range over distinct bindings.
static bool combine(const struct expression *expression, const value *heads, uint32_t count, value *result) {
    if (expression->kind == EXPRESSION_COUNT) {
        value distinct = 0;
        for (uint32_t i = 0; i < count; i++) {
            bool seen = false;
            for (uint32_t k = 0; k < i && !seen; k++) seen = heads[k] == heads[i];
            if (!seen) distinct++;
        }
        *result = distinct;
        return true;
    }
    if (expression->kind == EXPRESSION_SUM) {
        *result = 0;
        for (uint32_t i = 0; i < count; i++)
            if (__builtin_add_overflow(*result, heads[i], result)) return false;
        return true;
    }
    if (count == 0) return false;
    *result = heads[0];
    for (uint32_t i = 1; i < count; i++)
        if (expression->kind == EXPRESSION_MIN ? heads[i] < *result : heads[i] > *result) *result = heads[i];
    return true;
}

static bool aggregate(struct evaluation *evaluation, const struct expression *expression, value *result) {
    struct gathered gathered = {.evaluation = evaluation, .expression = expression};
    evaluation_conditions(evaluation, expression->conditions.at, expression->conditions.count, gather, &gathered);
    bool right = !gathered.failed && combine(expression, gathered.heads.at, gathered.heads.count, result);
    VEC_RELEASE(&gathered.tuples);
    VEC_RELEASE(&gathered.heads);
    return right;
}

static bool negate(const struct expression *expression, value inner, value *result) {
    if (expression->type.base == TYPE_DURATION) {
        *result = duration_of(-duration_months(inner), -duration_seconds(inner));
        return true;
    }
    return !__builtin_sub_overflow((value)0, inner, result);
}

bool evaluation_expression(struct evaluation *evaluation, const struct expression *expression, value *result) {
    value left, right;
    switch (expression->kind) {
    case EXPRESSION_CONSTANT: *result = expression->constant; return true;
    case EXPRESSION_VARIABLE:
        if (!evaluation->bound[expression->slot]) return false;
        *result = evaluation->values[expression->slot];
        return true;
    case EXPRESSION_NOW: *result = evaluation->question.time; return true;
    case EXPRESSION_COUNT:
    case EXPRESSION_SUM:
    case EXPRESSION_MIN:
    case EXPRESSION_MAX: return aggregate(evaluation, expression, result);
    case EXPRESSION_OFFICE_OF:
        if (!evaluation_expression(evaluation, expression->left, &left)) return false;
        *result = actor_office(expression->id, left);
        return true;
    case EXPRESSION_ROLE:
        if (expression->left && !evaluation_expression(evaluation, expression->left, &left)) return false;
        *result = actor_role(expression->id, expression->left != NULL, expression->left ? left : 0);
        return true;
    case EXPRESSION_NEGATE: return evaluation_expression(evaluation, expression->left, &left) && negate(expression, left, result);
    default:
        return evaluation_expression(evaluation, expression->left, &left) && evaluation_expression(evaluation, expression->right, &right) &&
               binary(evaluation, expression, left, right, result);
    }
}

// ---- Conditions ---------------------------------------------------------------------------------------------------------------------------
// One atom's rows are taken out first: the evaluator is not asked while it answers.
struct taken { VEC(value) values; VEC(int64_t) from; uint32_t width; uint64_t *rows; };

static bool take_row(void *context, const struct found *row) {
    struct taken *taken = context;
    for (uint32_t i = 0; i < taken->width; i++) VEC_PUSH(&taken->values, row->values[i]);
    VEC_PUSH(&taken->from, row->from);
    return ++*taken->rows < EVALUATION_ROWS;
}

static bool free_variable(const struct evaluation *evaluation, const struct expression *expression) {
    return expression->kind == EXPRESSION_VARIABLE && !evaluation->bound[expression->slot];
}

// The slots that an atom's arguments bind are remembered in `newly`, to be given free again.
static bool bind_row(struct evaluation *evaluation, const struct condition *atom, const value *values, int64_t from, uint32_t *newly, uint32_t *count) {
    for (uint32_t i = 0; i < atom->argument_count; i++) {
        const struct expression *argument = atom->arguments[i];
        if (argument->kind != EXPRESSION_VARIABLE) continue;
        if (evaluation->bound[argument->slot]) {
            if (evaluation->values[argument->slot] != values[i]) return false;
            continue;
        }
        evaluation->bound[argument->slot] = true;
        evaluation->values[argument->slot] = values[i];
        newly[(*count)++] = argument->slot;
    }
    if (atom->since == NO_ID) return true;
    if (evaluation->bound[atom->since]) return evaluation->values[atom->since] == from;
    evaluation->bound[atom->since] = true;
    evaluation->values[atom->since] = from;
    newly[(*count)++] = atom->since;
    return true;
}

static bool ask_atom(struct evaluation *evaluation, const struct condition *atom, struct taken *taken) {
    value pattern[COLUMNS_MAX + 2];
    struct question question = evaluation->question;
    ENSURE(atom->argument_count <= COUNT_OF(pattern));
    for (uint32_t i = 0; i < atom->argument_count; i++) {
        pattern[i] = VALUE_ANY;
        if (!free_variable(evaluation, atom->arguments[i]) && !evaluation_expression(evaluation, atom->arguments[i], &pattern[i])) return false;
    }
    if (atom->moment && !evaluation_expression(evaluation, atom->moment, &question.time)) return false;
    if (evaluation->rows >= EVALUATION_ROWS) return evaluation->failed = true, false;
    taken->width = atom->argument_count;
    taken->rows = &evaluation->rows;
    evaluation->rows++;
    return evaluator_ask(evaluation->evaluator, question, atom->relation, pattern, take_row, taken) == ASK_OK;
}

static bool atom_conditions(struct evaluation *evaluation, const struct condition *conditions, uint32_t count, evaluation_visitor visit, void *context) {
    const struct condition *atom = &conditions[0];
    struct taken taken = {0};
    bool asked = ask_atom(evaluation, atom, &taken), more = true;
    if (!asked) taken.from.count = 0;
    if (atom->negated) {
        if (asked && taken.from.count == 0) more = evaluation_conditions(evaluation, conditions + 1, count - 1, visit, context);
    } else {
        for (uint32_t i = 0; i < taken.from.count && more; i++) {
            uint32_t newly[COLUMNS_MAX + 2], bound = 0;
            if (bind_row(evaluation, atom, taken.values.at + (size_t)i * taken.width, taken.from.at[i], newly, &bound))
                more = evaluation_conditions(evaluation, conditions + 1, count - 1, visit, context);
            for (uint32_t k = 0; k < bound; k++) evaluation->bound[newly[k]] = false;
        }
    }
    VEC_RELEASE(&taken.values);
    VEC_RELEASE(&taken.from);
    return more;
}

static bool found_one(void *context) {
    *(bool *)context = true;
    return false;
}

bool evaluation_holds(struct evaluation *evaluation, const struct condition *conditions, uint32_t count) {
    bool holds = false;
    evaluation_conditions(evaluation, conditions, count, found_one, &holds);
    return holds;
}

struct every { struct evaluation *evaluation; const struct condition *has; uint32_t count; bool all; };

static bool has_too(void *context) {
    struct every *every = context;
    every->all = evaluation_holds(every->evaluation, every->has, every->count);
    return every->all;
}

static bool compare(struct evaluation *evaluation, const struct condition *condition, bool *holds) {
    value left, right;
    if (!evaluation_expression(evaluation, condition->left, &left) || !evaluation_expression(evaluation, condition->right, &right)) return false;
    switch (condition->compare) {
    case COMPARE_EQUAL: *holds = left == right; break;
    case COMPARE_DIFFERENT: *holds = left != right; break;
    case COMPARE_LESS: *holds = left < right; break;
    case COMPARE_LESS_EQUAL: *holds = left <= right; break;
    case COMPARE_GREATER: *holds = left > right; break;
    case COMPARE_GREATER_EQUAL: *holds = left >= right; break;
    }
    return true;
}

static bool compare_conditions(struct evaluation *evaluation, const struct condition *conditions, uint32_t count, evaluation_visitor visit, void *context) {
    const struct condition *condition = &conditions[0];
    const struct expression *variable = NULL, *other = NULL;
    if (condition->compare == COMPARE_EQUAL && free_variable(evaluation, condition->left)) variable = condition->left, other = condition->right;
    else if (condition->compare == COMPARE_EQUAL && free_variable(evaluation, condition->right)) variable = condition->right, other = condition->left;
    bool holds = false;
    if (!variable) {
        if (!compare(evaluation, condition, &holds) || !holds) return true;
        return evaluation_conditions(evaluation, conditions + 1, count - 1, visit, context);
    }
    value result;
    if (!evaluation_expression(evaluation, other, &result)) return true;
    evaluation->values[variable->slot] = result;
    evaluation->bound[variable->slot] = true;
    bool more = evaluation_conditions(evaluation, conditions + 1, count - 1, visit, context);
    evaluation->bound[variable->slot] = false;
    return more;
}

bool evaluation_conditions(struct evaluation *evaluation, const struct condition *conditions, uint32_t count, evaluation_visitor visit, void *context) {
    if (count == 0) return visit(context);
    const struct condition *condition = &conditions[0];
    bool holds;
    switch (condition->kind) {
    case CONDITION_ATOM: return atom_conditions(evaluation, conditions, count, visit, context);
    case CONDITION_COMPARE: return compare_conditions(evaluation, conditions, count, visit, context);
    case CONDITION_NOT: holds = !evaluation_holds(evaluation, condition->inner.at, condition->inner.count); break;
    case CONDITION_EVERY: {
        struct every every = {evaluation, condition->has.at, condition->has.count, true};
        evaluation_conditions(evaluation, condition->inner.at, condition->inner.count, has_too, &every);
        holds = every.all;
        break;
    }
    default: holds = false;
    }
    return !holds || evaluation_conditions(evaluation, conditions + 1, count - 1, visit, context);
}
