// SPDX-License-Identifier: Apache-2.0
// Binary recursion in which one column passes through unchanged, such as
//
//     rule reach(x, z) if edge(x, y), reach(y, z)
//
// Every such rule says: whatever holds of y holds of x. So a row of bits per value of the moving column is joined to
// another, 64 at a time, instead of a tuple at a time. Relations of any other shape go the general way (run.c).
#include "engine/engine_internal.h"

#define MATRIX_BYTES_MAX (512u << 20)    // beyond, the general way

struct dense {
    value *values;
    uint32_t count, capacity;
    uint32_t *slots, slot_count;
};

static uint32_t dense_slot(const struct dense *dense, value v) {
    uint64_t hash = hash_mix(7, (uint64_t)v);
    uint32_t i = (uint32_t)(hash ^ hash >> 32) & (dense->slot_count - 1);
    while (dense->slots[i] && dense->values[dense->slots[i] - 1] != v) i = (i + 1) & (dense->slot_count - 1);
    return i;
}

static uint32_t dense_id(struct dense *dense, value v) {
    if (dense->count * 2 >= dense->slot_count) {
        dense->slot_count = dense->slot_count ? dense->slot_count * 2 : 64;
        free(dense->slots);
        dense->slots = base_alloc(sizeof *dense->slots * dense->slot_count);
        for (uint32_t k = 0; k < dense->count; k++) dense->slots[dense_slot(dense, dense->values[k])] = k + 1;
    }
    uint32_t i = dense_slot(dense, v);
    if (dense->slots[i]) return dense->slots[i] - 1;
    if (dense->count == dense->capacity) dense->values = base_vec_grow(dense->values, &dense->capacity, sizeof(value));
    dense->values[dense->count++] = v;
    dense->slots[i] = dense->count;
    return dense->count - 1;
}

static void dense_release(struct dense *dense) { free(dense->values), free(dense->slots); }

// ---- Shape ---------------------------------------------------------------------------------------------------------
static bool expression_uses(const struct expression *expression, uint32_t slot);
static bool conditions_use(struct conditions conditions, uint32_t slot) {
    for (uint32_t i = 0; i < conditions.count; i++) {
        const struct condition *condition = &conditions.at[i];
        for (uint32_t a = 0; a < condition->argument_count; a++)
            if (expression_uses(condition->arguments[a], slot)) return true;
        if (condition->kind == CONDITION_ATOM && condition->since == slot) return true;
        if (expression_uses(condition->left, slot) || expression_uses(condition->right, slot) ||
            expression_uses(condition->moment, slot))
            return true;
        if (conditions_use(condition->inner, slot) || conditions_use(condition->has, slot)) return true;
    }
    return false;
}

static bool expression_uses(const struct expression *expression, uint32_t slot) {
    if (!expression) return false;
    if (expression->kind == EXPRESSION_VARIABLE && expression->slot == slot) return true;
    return expression_uses(expression->left, slot) || expression_uses(expression->right, slot) ||
           conditions_use(expression->conditions, slot);
}

static bool is_own(const struct condition *condition, uint32_t relation) {
    return condition->kind == CONDITION_ATOM && !condition->negated && !condition->moment &&
           condition->relation == relation;
}

// Whether column `passes` of a rule's only own atom comes to the head unchanged and touches nothing else.
static bool rule_passes(struct engine *engine, const struct rule *rule, uint32_t passes, struct closure_rule *made) {
    uint32_t own = NO_ID, moves = 1 - passes;
    for (uint32_t i = 0; i < rule->body.count; i++)
        if (is_own(&rule->body.at[i], rule->relation)) own = own == NO_ID ? i : NO_ID - 1;
    if (own >= NO_ID - 1) return false;
    const struct condition *atom = &rule->body.at[own];
    for (uint32_t c = 0; c < 2; c++)
        if (rule->head[c]->kind != EXPRESSION_VARIABLE || !atom->arguments[c] ||
            atom->arguments[c]->kind != EXPRESSION_VARIABLE)
            return false;
    uint32_t through = rule->head[passes]->slot, to = rule->head[moves]->slot, from = atom->arguments[moves]->slot;
    if (atom->arguments[passes]->slot != through || through == to || through == from || from == to ||
        atom->since != NO_ID)
        return false;
    struct conditions rest = {base_alloc(sizeof(struct condition) * rule->body.count), 0};
    for (uint32_t i = 0; i < rule->body.count; i++)
        if (i != own) rest.at[rest.count++] = rule->body.at[i];
    bool fits = !conditions_use(rest, through) && conditions_use(rest, to);
    if (fits) {
        bool bound[SLOTS_MAX] = {false};
        bound[from] = true;
        made->from = from, made->to = to;
        plan_conditions(engine, &made->plan, rest, bound);
    }
    free(rest.at);
    return fits;
}

static bool depends_on_self(const struct rule *rule, uint32_t relation) {
    for (uint32_t i = 0; i < rule->body.count; i++)
        if (is_own(&rule->body.at[i], relation)) return true;
    return false;
}

bool closure_plan(struct engine *engine, struct component *component) {
    const struct relation *relation = &engine->program->relations[component->relations[0]];
    if (component->count != 1 || relation->column_count != 2) return false;
    component->closure_rules = ARENA_ARRAY(&engine->arena, struct closure_rule, relation->rule_count + 1);
    for (uint32_t passes = 0; passes < 2; passes++) {
        bool fits = true;
        component->closure_rule_count = 0;
        for (uint32_t r = 0; r < relation->rule_count && fits; r++) {
            const struct rule *rule = &engine->program->rules[relation->rules[r]];
            if (!depends_on_self(rule, component->relations[0])) continue;
            fits = rule_passes(engine, rule, passes, &component->closure_rules[component->closure_rule_count]);
            component->closure_rule_count += fits;
        }
        component->passes = passes;
        if (fits && component->closure_rule_count) return true;
    }
    return false;
}

// ---- Working out ---------------------------------------------------------------------------------------------------
struct reached {
    uint32_t *at, count, capacity;
    bool known;
};    // the values of `to` for one value of `from`
struct matrix {
    struct dense rows, bits;
    uint64_t *words, *fresh;
    uint32_t width, capacity;
    struct reached *reached;
    uint32_t rule_count;    // per row and rule
    VEC(uint32_t) queue;
    bool *queued;
};

static bool matrix_row(struct matrix *matrix, value v, uint32_t *row) {
    *row = dense_id(&matrix->rows, v);
    if (*row < matrix->capacity) return true;
    uint32_t capacity = matrix->capacity ? matrix->capacity * 2 : 64;
    size_t old = (size_t)matrix->capacity * matrix->width, now = (size_t)capacity * matrix->width;
    if (now * 16 > MATRIX_BYTES_MAX) return false;
    matrix->words = base_grow(matrix->words, now * 8), matrix->fresh = base_grow(matrix->fresh, now * 8);
    memset(matrix->words + old, 0, (now - old) * 8), memset(matrix->fresh + old, 0, (now - old) * 8);
    matrix->reached = base_grow(matrix->reached, sizeof *matrix->reached * capacity * matrix->rule_count);
    memset(matrix->reached + (size_t)matrix->capacity * matrix->rule_count, 0,
           sizeof *matrix->reached * (capacity - matrix->capacity) * matrix->rule_count);
    matrix->queued = base_grow(matrix->queued, capacity);
    memset(matrix->queued + matrix->capacity, 0, capacity - matrix->capacity);
    matrix->capacity = capacity;
    return true;
}

static void enqueue(struct matrix *matrix, uint32_t row) {
    if (matrix->queued[row]) return;
    matrix->queued[row] = true;
    VEC_PUSH(&matrix->queue, row);
}

struct reach_context {
    struct matrix *matrix;
    uint32_t row, rule, slot;
    bool full;
};
static run_status reach_take(void *context, struct run *run, value *frame) {
    struct reach_context *reach = context;
    uint32_t to;
    (void)run;
    if (!matrix_row(reach->matrix, frame[reach->slot], &to)) {
        reach->full = true;
        return RUN_STOP;
    }
    struct reached *reached = &reach->matrix->reached[(size_t)reach->row * reach->matrix->rule_count + reach->rule];
    if (reached->count == reached->capacity)
        reached->at = base_vec_grow(reached->at, &reached->capacity, sizeof *reached->at);
    reached->at[reached->count++] = to;
    return RUN_OK;
}

static void join(struct matrix *matrix, uint32_t from, uint32_t to, const uint64_t *fresh) {
    uint64_t *words = matrix->words + (size_t)to * matrix->width, *out = matrix->fresh + (size_t)to * matrix->width,
             any = 0;
    (void)from;
    for (uint32_t w = 0; w < matrix->width; w++) {
        uint64_t more = fresh[w] & ~words[w];
        words[w] |= more, out[w] |= more, any |= more;
    }
    if (any) enqueue(matrix, to);
}

static run_status matrix_run(struct run *run, const struct component *component, struct matrix *matrix, bool *full) {
    value frame[SLOTS_MAX];
    uint64_t *fresh = base_alloc(sizeof(uint64_t) * matrix->width);
    run_status status = RUN_OK;
    for (uint32_t head = 0; head < matrix->queue.count && status == RUN_OK && !*full; head++) {
        uint32_t row = matrix->queue.at[head];
        matrix->queued[row] = false;
        memcpy(fresh, matrix->fresh + (size_t)row * matrix->width, sizeof(uint64_t) * matrix->width);
        memset(matrix->fresh + (size_t)row * matrix->width, 0, sizeof(uint64_t) * matrix->width);
        for (uint32_t k = 0; k < component->closure_rule_count && status == RUN_OK && !*full; k++) {
            size_t at = (size_t)row * matrix->rule_count + k;
            if (!matrix->reached[at].known) {
                struct reach_context reach = {matrix, row, k, component->closure_rules[k].to, false};
                matrix->reached[at].known = true;
                frame[component->closure_rules[k].from] = matrix->rows.values[row];
                status = run_plan(run, &component->closure_rules[k].plan, frame, reach_take, &reach);
                *full = reach.full;
                if (status == RUN_STOP) status = RUN_OK;
            }
            for (uint32_t i = 0; i < matrix->reached[at].count && !*full; i++)
                join(matrix, row, matrix->reached[at].at[i], fresh);
        }
        // What has been read of the queue is cut off now and then, so that it stays as short as the rows are many.
        if (head >= 65536) {
            memmove(matrix->queue.at, matrix->queue.at + head + 1, sizeof(uint32_t) * (matrix->queue.count - head - 1));
            matrix->queue.count -= head + 1;
            head = UINT32_MAX;
        }
    }
    free(fresh);
    return status;
}

static void matrix_tuples(const struct matrix *matrix, uint32_t passes, struct tuples *tuples) {
    size_t total = 0;
    for (size_t w = 0; w < (size_t)matrix->rows.count * matrix->width; w++)
        total += (size_t)__builtin_popcountll(matrix->words[w]);
    tuples->at = base_grow(tuples->at, sizeof(value) * 2 * (total + 1));
    tuples->count = 0, tuples->capacity = (uint32_t)total + 1;
    free(tuples->slots);
    tuples->slots = NULL, tuples->slot_count = 0;
    for (uint32_t row = 0; row < matrix->rows.count; row++)
        for (uint32_t w = 0; w < matrix->width; w++)
            for (uint64_t word = matrix->words[(size_t)row * matrix->width + w]; word; word &= word - 1) {
                value *tuple = tuples->at + (size_t)tuples->count++ * 2;
                tuple[1 - passes] = matrix->rows.values[row];
                tuple[passes] = matrix->bits.values[w * 64 + (uint32_t)__builtin_ctzll(word)];
            }
}

static void matrix_release(struct matrix *matrix) {
    for (size_t i = 0; i < (size_t)matrix->capacity * matrix->rule_count; i++) free(matrix->reached[i].at);
    free(matrix->reached), free(matrix->words), free(matrix->fresh), free(matrix->queued);
    VEC_RELEASE(&matrix->queue);
    dense_release(&matrix->rows), dense_release(&matrix->bits);
}

// From the tuples of the rules that do not recur, which `tuples` holds, all of them. *full: too large for this way;
// `tuples` is as it was.
run_status closure_fill(struct run *run, const struct component *component, struct tuples *tuples, bool *full) {
    struct matrix matrix = {.rule_count = component->closure_rule_count};
    uint32_t passes = component->passes;
    run_status status = RUN_OK;
    *full = false;
    for (uint32_t t = 0; t < tuples->count; t++) (void)dense_id(&matrix.bits, tuples->at[(size_t)t * 2 + passes]);
    matrix.width = matrix.bits.count / 64 + 1;
    for (uint32_t t = 0; t < tuples->count && !*full; t++) {
        uint32_t row, bit = dense_id(&matrix.bits, tuples->at[(size_t)t * 2 + passes]);
        *full = !matrix_row(&matrix, tuples->at[(size_t)t * 2 + 1 - passes], &row);
        if (*full) break;
        matrix.words[(size_t)row * matrix.width + bit / 64] |= (uint64_t)1 << bit % 64;
        matrix.fresh[(size_t)row * matrix.width + bit / 64] |= (uint64_t)1 << bit % 64;
        enqueue(&matrix, row);
    }
    if (!*full) status = matrix_run(run, component, &matrix, full);
    if (status == RUN_OK && !*full) matrix_tuples(&matrix, passes, tuples);
    matrix_release(&matrix);
    return status;
}
