// SPDX-License-Identifier: Apache-2.0
// Arithmetic on integers, times and durations: what does not fit fails, and wraps around nowhere.
#include "engine/engine_internal.h"

static bool time_shift(value time, value duration, int32_t offset, value *result) {
    int64_t moved;
    int64_t months = duration_months(duration), seconds = duration_seconds(duration);
    if (time == TIME_MAX || time == TIME_MIN) return false;
    if (months && !calendar_add_months(time, months, offset, &time)) return false;
    if (__builtin_add_overflow(time, seconds, &moved)) return false;
    // Years 1 to 9999.
    if (moved < -62135596800 || moved > 253402300799) return false;
    *result = moved;
    return true;
}

#define DURATION_SECONDS_MAX ((int64_t)1 << 42)
#define DURATION_MONTHS_MAX ((int64_t)1 << 18)
bool run_duration(wide months, wide seconds, value *result) {
    if (months > DURATION_MONTHS_MAX || months < -DURATION_MONTHS_MAX || seconds > DURATION_SECONDS_MAX ||
        seconds < -DURATION_SECONDS_MAX)
        return false;
    *result = duration_of((int64_t)months, (int64_t)seconds);
    return true;
}

static bool integer_arithmetic(expression_kind kind, value left, value right, value *result) {
    switch (kind) {
    case EXPRESSION_ADD: return !__builtin_add_overflow(left, right, result);
    case EXPRESSION_SUBTRACT: return !__builtin_sub_overflow(left, right, result);
    case EXPRESSION_MULTIPLY: return !__builtin_mul_overflow(left, right, result);
    case EXPRESSION_DIVIDE:
        if (right == 0 || (left == INT64_MIN && right == -1)) return false;
        *result = left / right;
        return true;
    default:
        if (right == 0) return false;
        *result = right == -1 ? 0 : left % right;
        return true;
    }
}

bool run_arithmetic(expression_kind kind, struct type left_type, struct type right_type, int32_t offset, value left,
                    value right, value *result) {
    bool subtract = kind == EXPRESSION_SUBTRACT;
    if (left_type.base == TYPE_INT && right_type.base == TYPE_INT) return integer_arithmetic(kind, left, right, result);
    if (left_type.base == TYPE_TIME && right_type.base == TYPE_TIME) {
        int64_t seconds;
        return !__builtin_sub_overflow(left, right, &seconds) && run_duration(0, seconds, result);
    }
    if (left_type.base == TYPE_TIME) {
        value by = subtract ? duration_of(-duration_months(right), -duration_seconds(right)) : right;
        return time_shift(left, by, offset, result);
    }
    if (right_type.base == TYPE_TIME) return time_shift(right, left, offset, result);    // duration + time
    if (kind == EXPRESSION_MULTIPLY) {
        value duration = left_type.base == TYPE_DURATION ? left : right,
              times = left_type.base == TYPE_DURATION ? right : left;
        return run_duration((wide)duration_months(duration) * times, (wide)duration_seconds(duration) * times, result);
    }
    int sign = subtract ? -1 : 1;
    return run_duration((wide)duration_months(left) + sign * duration_months(right),
                        (wide)duration_seconds(left) + sign * duration_seconds(right), result);
}
