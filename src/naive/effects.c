// SPDX-License-Identifier: Apache-2.0
// Effects in two steps: what is to be done is computed over the state as it stands, then it is done, in order.
#include "naive/naive_internal.h"

void naive_operations_init(struct operations *all) {
    *all = (struct operations){0};
    arena_init(&all->arena);
}

void naive_operations_release(struct operations *all) {
    VEC_RELEASE(&all->list);
    arena_release(&all->arena);
}

// An effect needs its values: one that is not there, as the least of nothing, is an error of arithmetic too.
static bool need(struct scope *scope, const struct expression *expression, value *result) {
    value_status status = naive_expression_value(scope, expression, result);
    return status == VALUE_FOUND && !scope->naive->failed;
}

static bool prepare_fact(struct scope *scope, const struct effect *effect, struct operations *all) {
    struct naive *n = scope->naive;
    uint32_t width = n->base.program->relations[effect->relation].column_count;
    struct operation operation = {
        .effect = effect, .values = ARENA_ARRAY(&all->arena, value, width + 1), .from = n->now, .until = TIME_MAX};
    for (uint32_t i = 0; i < width; i++) {
        operation.values[i] = VALUE_ANY;
        if (effect->arguments[i] && !need(scope, effect->arguments[i], &operation.values[i])) return false;
    }
    if (effect->from && !need(scope, effect->from, &operation.from)) return false;
    if (effect->until && !need(scope, effect->until, &operation.until)) return false;
    VEC_PUSH(&all->list, operation);
    return true;
}

static bool prepare_object(struct scope *scope, const struct effect *effect, struct operations *all) {
    struct operation operation = {.effect = effect, .from = scope->naive->now, .until = TIME_MAX};
    if (!need(scope, effect->object, &operation.object)) return false;
    if (effect->from && !need(scope, effect->from, &operation.from)) return false;
    if (effect->until && !need(scope, effect->until, &operation.until)) return false;
    VEC_PUSH(&all->list, operation);
    return true;
}

static bool prepare_for_each(struct scope *scope, const struct frame *frame, const struct effect *effect,
                             struct operations *all) {
    struct tuples bindings =
        naive_conditions_bindings(scope, frame, effect->conditions, effect->slots, effect->slot_count);
    bool done = !scope->naive->failed;
    for (uint32_t i = 0; done && i < bindings.count; i++) {
        for (uint32_t k = 0; k < effect->slot_count; k++) {
            scope->slots[effect->slots[k]] = naive_tuples_get(&bindings, i)[k];
            scope->bound[effect->slots[k]] = true;
        }
        done = naive_effects_prepare(scope, frame, effect->effects, effect->effect_count, all);
    }
    for (uint32_t k = 0; k < effect->slot_count; k++) scope->bound[effect->slots[k]] = false;
    naive_tuples_release(&bindings);
    return done;
}

static bool prepare_oblige(struct scope *scope, const struct frame *frame, const struct effect *effect,
                           struct operations *all) {
    value duty = 0;
    if (!naive_obligation_prepare(scope, frame, &scope->naive->base.program->obligations[effect->obligation], all,
                                  &duty))
        return false;
    if (effect->duty_slot != NO_ID) {
        scope->slots[effect->duty_slot] = duty;
        scope->bound[effect->duty_slot] = true;
    }
    return true;
}

bool naive_effects_prepare(struct scope *scope, const struct frame *frame, const struct effect *effects, uint32_t count,
                           struct operations *all) {
    bool done = true;
    for (uint32_t i = 0; done && i < count; i++) {
        switch (effects[i].kind) {
        case EFFECT_ADD:
        case EFFECT_SET:
        case EFFECT_EXTEND:
        case EFFECT_END: done = prepare_fact(scope, &effects[i], all); break;
        case EFFECT_OBLIGE: done = prepare_oblige(scope, frame, &effects[i], all); break;
        case EFFECT_RELEASE:
        case EFFECT_UPHOLD:
        case EFFECT_DROP:
        case EFFECT_ANNUL:
        case EFFECT_AFFIRM:
        case EFFECT_WAIVE: done = prepare_object(scope, &effects[i], all); break;
        case EFFECT_FOR_EACH: done = prepare_for_each(scope, frame, &effects[i], all); break;
        }
    }
    return done;
}

static bool uphold(struct naive *n, value finding) {
    if (!naive_end_1(n, RELATION_ALLEGED, finding)) return false;
    return naive_fact_add(n, RELATION_UPHELD, &finding, n->now, TIME_MAX, false);
}

static bool drop(struct naive *n, value finding) {
    if (!naive_holds_1(n, RELATION_FINDING, finding)) return false;
    (void)naive_end_1(n, RELATION_ALLEGED, finding);
    (void)naive_end_1(n, RELATION_FINDING, finding);
    return naive_fact_add(n, RELATION_DROPPED, &finding, n->now, TIME_MAX, false);
}

static bool release(struct naive *n, value duty) {
    if (!naive_holds_1(n, RELATION_DUTY, duty)) return false;
    naive_duty_end(n, duty, RELATION_RELEASED, NULL);
    return true;
}

static bool waive(struct naive *n, value condition, int64_t until) {
    value row[] = {condition, entity_of(n->position, 0)};
    return n->base.program->requirements[condition].waivable &&
           naive_fact_set(n, RELATION_WAIVED, row, n->now, until, false);
}

static bool apply(struct naive *n, const struct operation *operation) {
    const struct effect *effect = operation->effect;
    switch (effect ? effect->kind : EFFECT_OBLIGE) {
    case EFFECT_ADD:
        return naive_fact_add(n, effect->relation, operation->values, operation->from, operation->until,
                              effect->occurred);
    case EFFECT_SET:
        return naive_fact_set(n, effect->relation, operation->values, operation->from, operation->until,
                              effect->occurred);
    case EFFECT_EXTEND: return naive_fact_extend(n, effect->relation, operation->values, operation->until);
    case EFFECT_END: return naive_fact_end(n, effect->relation, operation->values, operation->from);
    case EFFECT_OBLIGE: naive_duty_open(n, &operation->opening); return true;
    case EFFECT_RELEASE: return release(n, operation->object);
    case EFFECT_UPHOLD: return uphold(n, operation->object);
    case EFFECT_DROP: return drop(n, operation->object);
    case EFFECT_ANNUL:
        naive_annul_entry(n, entity_position(operation->object), operation->from > n->now ? operation->from : n->now);
        return true;
    case EFFECT_AFFIRM: return naive_doubts_end(n, operation->object, false, n->now);
    case EFFECT_WAIVE: return waive(n, operation->object, operation->until);
    case EFFECT_FOR_EACH: break;
    }
    ENSURE(false);
}

bool naive_effects_apply(struct naive *n, const struct operations *all) {
    for (uint32_t i = 0; i < all->list.count; i++) {
        if (apply(n, &all->list.at[i])) continue;
        if (n->failure.refusal == REFUSAL_NONE) n->failure.effect = all->list.at[i].effect;
        return false;
    }
    return true;
}
