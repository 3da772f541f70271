// SPDX-License-Identifier: Apache-2.0
// Integer and calendar arithmetic. Everything is checked: what does not fit fails.
#include "naive/naive_internal.h"

#define SECONDS_LIMIT ((int64_t)1 << 43)
#define MONTHS_LIMIT ((int64_t)1 << 19)

bool naive_time_valid(int64_t time) {
    int64_t least, most;
    bool both = calendar_time_of((struct calendar_date){1, 1, 1, 0, 0, 0}, 0, &least);
    both = calendar_time_of((struct calendar_date){9999, 12, 31, 23, 59, 59}, 0, &most) && both;
    ENSURE(both);
    return least <= time && time <= most;
}

static bool integers(expression_kind kind, value a, value b, value *result) {
    switch (kind) {
    case EXPRESSION_ADD: return !__builtin_add_overflow(a, b, result);
    case EXPRESSION_SUBTRACT: return !__builtin_sub_overflow(a, b, result);
    case EXPRESSION_MULTIPLY: return !__builtin_mul_overflow(a, b, result);
    case EXPRESSION_DIVIDE:
    case EXPRESSION_MODULO:
        if (b == 0 || (a == INT64_MIN && b == -1)) return false;
        *result = kind == EXPRESSION_DIVIDE ? a / b : a % b;
        return true;
    default: ENSURE(false);
    }
}

static bool duration_pack(int64_t months, int64_t seconds, value *result) {
    if (months < -MONTHS_LIMIT || months >= MONTHS_LIMIT || seconds < -SECONDS_LIMIT || seconds >= SECONDS_LIMIT)
        return false;
    *result = duration_of(months, seconds);
    return true;
}

static bool duration_times(value duration, value factor, value *result) {
    int64_t months, seconds;
    return !__builtin_mul_overflow(duration_months(duration), factor, &months) &&
           !__builtin_mul_overflow(duration_seconds(duration), factor, &seconds) &&
           duration_pack(months, seconds, result);
}

static bool time_plus(const struct program *program, int64_t time, int64_t months, int64_t seconds, value *result) {
    int64_t moved = time;
    if (!naive_time_valid(time)) return false;
    if (months && !calendar_add_months(time, months, program->offset, &moved)) return false;
    moved += seconds;
    if (!naive_time_valid(moved)) return false;
    *result = moved;
    return true;
}

static bool combine(const struct program *program, const struct expression *expression, value left, value right,
                    value *result) {
    type_base a = expression->left->type.base, b = expression->right->type.base;
    int64_t sign = expression->kind == EXPRESSION_SUBTRACT ? -1 : 1;
    if (a == TYPE_INT && b == TYPE_INT) return integers(expression->kind, left, right, result);
    if (expression->kind == EXPRESSION_MULTIPLY)
        return a == TYPE_DURATION ? duration_times(left, right, result) : duration_times(right, left, result);
    if (a == TYPE_TIME && b == TYPE_TIME)
        return naive_time_valid(left) && naive_time_valid(right) && duration_pack(0, left - right, result);
    if (a == TYPE_TIME)
        return time_plus(program, left, sign * duration_months(right), sign * duration_seconds(right), result);
    if (b == TYPE_TIME) return time_plus(program, right, duration_months(left), duration_seconds(left), result);
    return duration_pack(duration_months(left) + sign * duration_months(right),
                         duration_seconds(left) + sign * duration_seconds(right), result);
}

value_status naive_value_combine(const struct program *program, const struct expression *expression, value left,
                                 value right, value *result) {
    if (expression->kind == EXPRESSION_NEGATE) {
        if (expression->left->type.base == TYPE_DURATION)
            return duration_times(left, -1, result) ? VALUE_FOUND : VALUE_FAILED;
        return __builtin_sub_overflow((value)0, left, result) ? VALUE_FAILED : VALUE_FOUND;
    }
    return combine(program, expression, left, right, result) ? VALUE_FOUND : VALUE_FAILED;
}
