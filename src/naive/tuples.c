// SPDX-License-Identifier: Apache-2.0
// A set of value lists, kept in ascending order: that of docs/language.md, section 13, first value first.
#include "naive/naive_internal.h"

void naive_tuples_init(struct tuples *tuples, uint32_t width) {
    *tuples = (struct tuples){.width = width, .types = base_alloc(sizeof(struct type) * (width + 1))};
}

void naive_tuples_release(struct tuples *tuples) {
    free(tuples->types);
    free(tuples->at);
    *tuples = (struct tuples){0};
}

const value *naive_tuples_get(const struct tuples *tuples, uint32_t index) {
    return tuples->at + (size_t)index * tuples->width;
}

struct tuples naive_tuples_of_slots(const struct frame *frame, const uint32_t *slots, uint32_t count) {
    struct tuples tuples;
    naive_tuples_init(&tuples, count);
    for (uint32_t i = 0; i < count; i++) tuples.types[i] = frame->types[slots[i]];
    return tuples;
}

struct tuples naive_tuples_copy(const struct tuples *tuples) {
    struct tuples copy;
    naive_tuples_init(&copy, tuples->width);
    if (tuples->width) memcpy(copy.types, tuples->types, sizeof(struct type) * tuples->width);
    copy.count = copy.capacity = tuples->count;
    size_t size = sizeof(value) * tuples->width * tuples->count;
    copy.at = base_alloc(size + 1);
    if (size) memcpy(copy.at, tuples->at, size);
    return copy;
}

static int compare(const struct naive *n, const struct tuples *tuples, const value *a, const value *b) {
    for (uint32_t i = 0; i < tuples->width; i++) {
        int order = a[i] == b[i] ? 0 : program_compare(n->base.program, &n->base.texts, tuples->types[i], a[i], b[i]);
        if (order) return order;
    }
    return 0;
}

// The first index whose list is not less than `values`.
static uint32_t place_of(const struct naive *n, const struct tuples *tuples, const value *values) {
    uint32_t low = 0, high = tuples->count;
    while (low < high) {
        uint32_t middle = low + (high - low) / 2;
        if (compare(n, tuples, naive_tuples_get(tuples, middle), values) < 0) low = middle + 1;
        else high = middle;
    }
    return low;
}

bool naive_tuples_has(const struct naive *n, const struct tuples *tuples, const value *values) {
    uint32_t place = place_of(n, tuples, values);
    return place < tuples->count && compare(n, tuples, naive_tuples_get(tuples, place), values) == 0;
}

bool naive_tuples_add(const struct naive *n, struct tuples *tuples, const value *values) {
    uint32_t place = place_of(n, tuples, values);
    if (place < tuples->count && compare(n, tuples, naive_tuples_get(tuples, place), values) == 0) return false;
    if (tuples->count == tuples->capacity) {
        tuples->capacity = tuples->capacity ? tuples->capacity * 2 : 8;
        tuples->at = base_grow(tuples->at, sizeof(value) * (tuples->width + 1) * tuples->capacity);
    }
    size_t width = tuples->width;
    value *at = tuples->at + place * width;
    memmove(at + width, at, sizeof(value) * width * (tuples->count - place));
    if (width) memcpy(at, values, sizeof(value) * width);
    tuples->count++;
    return true;
}
