// SPDX-License-Identifier: Apache-2.0
// Triggers: found once per program by following each base relation through the rules into the conditions of each watch.
#include "engine/engine_internal.h"

struct occurrence {
    uint32_t relation, polarity;
    struct trigger_column columns[COLUMNS_MAX];
};
struct tracing {
    struct engine *engine;
    uint32_t watch;
    VEC(struct occurrence) seen;         // derived relations followed already, with what they bind
    const struct trigger_column *map;    // per slot of the frame being read: what of the watch it is
};

static void trace_conditions(struct tracing *tracing, struct conditions conditions, uint32_t polarity);

static uint32_t flipped(uint32_t polarity) {
    return ((polarity & POLARITY_TRUE) ? POLARITY_FALSE : 0) | ((polarity & POLARITY_FALSE) ? POLARITY_TRUE : 0);
}

static bool column_equal(const struct trigger_column *a, const struct trigger_column *b) {
    return a->constant == b->constant && a->slot == b->slot && (!a->constant || a->value == b->value);
}

static bool columns_equal(const struct trigger_column *a, const struct trigger_column *b, uint32_t columns) {
    for (uint32_t c = 0; c < columns; c++)
        if (!column_equal(&a[c], &b[c])) return false;
    return true;
}

uint32_t evaluation_of(struct engine *engine, uint32_t watch, const uint32_t *slots, uint32_t slot_count) {
    struct evaluation evaluation = {
        .watch = watch, .slot_count = slot_count, .norm = engine->program->watches[watch].kind == WATCH_NORM};
    for (uint32_t k = 0; k < slot_count; k++) {
        uint32_t i = k;
        for (; i > 0 && evaluation.slots[i - 1] > slots[k]; i--) evaluation.slots[i] = evaluation.slots[i - 1];
        evaluation.slots[i] = slots[k];
    }
    for (uint32_t e = 0; e < engine->evaluations.count; e++) {
        const struct evaluation *old = &engine->evaluations.at[e];
        if (old->watch == watch && old->slot_count == slot_count &&
            !memcmp(old->slots, evaluation.slots, sizeof(uint32_t) * slot_count))
            return e;
    }
    VEC_PUSH(&engine->evaluations, evaluation);
    return engine->evaluations.count - 1;
}

// The slots of the watch that a row binds, the first few.
static uint32_t bound_slots(const struct trigger_column *columns, uint32_t count, uint32_t *slots) {
    uint32_t found = 0;
    for (uint32_t c = 0; c < count; c++) {
        bool known = columns[c].constant || columns[c].slot == NO_ID;
        for (uint32_t k = 0; k < found && !known; k++) known = slots[k] == columns[c].slot;
        if (!known && found < BOUND_SLOTS_MAX) slots[found++] = columns[c].slot;
    }
    return found;
}

static void takes_find(struct engine *engine, struct trigger *trigger, uint32_t columns) {
    const struct evaluation *evaluation = &engine->evaluations.at[trigger->evaluation];
    struct take *takes = ARENA_ARRAY(&engine->arena, struct take, columns + 1);
    bool set[BOUND_SLOTS_MAX] = {false};
    for (uint32_t c = 0; c < columns; c++) {
        const struct trigger_column *column = &trigger->columns[c];
        uint32_t k = 0;
        while (k < evaluation->slot_count && evaluation->slots[k] != column->slot) k++;
        if (!column->constant && (column->slot == NO_ID || k == evaluation->slot_count)) continue;
        take_kind kind = column->constant ? TAKE_CONSTANT : set[k] ? TAKE_SAME : TAKE_BOUND;
        takes[trigger->take_count++] = (struct take){kind, c, k, column->value};
        if (kind == TAKE_BOUND) set[k] = true;
    }
    trigger->takes = takes;
}

// Whether the occurrence is of what the watch is about: its column is the first of the binding.
static bool of_binding(const struct watch *watch, const struct occurrence *occurrence) {
    return !occurrence->columns[0].constant && occurrence->columns[0].slot == watch->binding[0];
}

// A duty begins together with the row of its obligation, which wakes the watches over duties of that obligation: other
// duties' beginnings need not.
static bool begins_elsewhere(const struct watch *watch, const struct occurrence *occurrence) {
    return (watch->kind == WATCH_MET || watch->kind == WATCH_LAPSE) && occurrence->relation == RELATION_DUTY &&
           of_binding(watch, occurrence);
}

// The seats of a proposal are written when it has closed, which ends `open`: whether it is to close is past asking.
static bool comes_too_late(const struct watch *watch, const struct occurrence *occurrence) {
    return watch->kind == WATCH_CLOSE && occurrence->relation == RELATION_SEATED && of_binding(watch, occurrence);
}

static void trigger_add(struct engine *engine, uint32_t watch, const struct occurrence *occurrence) {
    uint32_t columns = engine->program->relations[occurrence->relation].column_count;
    struct table *table = &engine->tables[occurrence->relation];
    if (comes_too_late(&engine->program->watches[watch], occurrence)) return;
    bool ends_only = begins_elsewhere(&engine->program->watches[watch], occurrence);
    for (uint32_t i = 0; i < table->trigger_count; i++) {
        struct trigger *old = &engine->triggers.at[table->triggers[i]];
        if (old->watch != watch || !columns_equal(old->columns, occurrence->columns, columns)) continue;
        old->polarity |= occurrence->polarity;
        return;
    }
    struct trigger_column *kept = ARENA_ARRAY(&engine->arena, struct trigger_column, columns + 1);
    memcpy(kept, occurrence->columns, sizeof *kept * columns);
    struct trigger trigger = {.watch = watch,
                              .relation = occurrence->relation,
                              .polarity = occurrence->polarity,
                              .ends_only = ends_only,
                              .columns = kept};
    uint32_t slots[BOUND_SLOTS_MAX] = {0}, count = bound_slots(kept, columns, slots);
    trigger.evaluation = evaluation_of(engine, watch, slots, count);
    takes_find(engine, &trigger, columns);
    table->triggers = base_grow(table->triggers, sizeof *table->triggers * (table->trigger_count + 1));
    table->triggers[table->trigger_count++] = engine->triggers.count;
    VEC_PUSH(&engine->triggers, trigger);
}

static bool seen_before(struct tracing *tracing, const struct occurrence *occurrence) {
    uint32_t columns = tracing->engine->program->relations[occurrence->relation].column_count;
    for (uint32_t i = 0; i < tracing->seen.count; i++) {
        const struct occurrence *old = &tracing->seen.at[i];
        if (old->relation == occurrence->relation && columns_equal(old->columns, occurrence->columns, columns) &&
            (old->polarity & occurrence->polarity) == occurrence->polarity)
            return true;
    }
    VEC_PUSH(&tracing->seen, *occurrence);
    return false;
}

static void trace_rule(struct tracing *tracing, const struct rule *rule, const struct occurrence *occurrence) {
    struct trigger_column map[SLOTS_MAX];
    for (uint32_t s = 0; s < SLOTS_MAX; s++) map[s] = (struct trigger_column){.slot = NO_ID};
    uint32_t columns = tracing->engine->program->relations[rule->relation].column_count;
    for (uint32_t c = 0; c < columns; c++) {
        const struct expression *head = rule->head[c];
        const struct trigger_column *known = &occurrence->columns[c];
        if (head->kind == EXPRESSION_CONSTANT && known->constant && known->value != head->constant) return;
        if (head->kind == EXPRESSION_VARIABLE && (known->constant || known->slot != NO_ID)) map[head->slot] = *known;
    }
    const struct trigger_column *outer = tracing->map;
    tracing->map = map;
    trace_conditions(tracing, rule->body, occurrence->polarity);
    tracing->map = outer;
}

static void trace_occurrence(struct tracing *tracing, const struct occurrence *occurrence) {
    const struct program *program = tracing->engine->program;
    const struct relation *relation = &program->relations[occurrence->relation];
    if (!relation->derived) {
        trigger_add(tracing->engine, tracing->watch, occurrence);
        return;
    }
    if (seen_before(tracing, occurrence)) return;
    for (uint32_t r = 0; r < relation->rule_count; r++)
        trace_rule(tracing, &program->rules[relation->rules[r]], occurrence);
}

static void trace_expression(struct tracing *tracing, const struct expression *expression) {
    if (!expression) return;
    trace_expression(tracing, expression->left);
    trace_expression(tracing, expression->right);
    trace_conditions(tracing, expression->conditions, POLARITY_TRUE | POLARITY_FALSE);
}

static void trace_atom(struct tracing *tracing, const struct condition *condition, uint32_t polarity) {
    struct occurrence occurrence = {.relation = condition->relation,
                                    .polarity = condition->negated ? flipped(polarity) : polarity};
    for (uint32_t c = 0; c < COLUMNS_MAX; c++) occurrence.columns[c] = (struct trigger_column){.slot = NO_ID};
    for (uint32_t c = 0; c < condition->argument_count; c++) {
        const struct expression *argument = condition->arguments[c];
        if (!argument) continue;
        if (argument->kind == EXPRESSION_VARIABLE) occurrence.columns[c] = tracing->map[argument->slot];
        else if (argument->kind == EXPRESSION_CONSTANT)
            occurrence.columns[c] =
                (struct trigger_column){.constant = true, .slot = NO_ID, .value = argument->constant};
        else trace_expression(tracing, argument);
    }
    trace_expression(tracing, condition->moment);
    trace_occurrence(tracing, &occurrence);
}

static void trace_conditions(struct tracing *tracing, struct conditions conditions, uint32_t polarity) {
    for (uint32_t i = 0; i < conditions.count; i++) {
        const struct condition *condition = &conditions.at[i];
        switch (condition->kind) {
        case CONDITION_ATOM: trace_atom(tracing, condition, polarity); break;
        case CONDITION_NOT: trace_conditions(tracing, condition->inner, flipped(polarity)); break;
        case CONDITION_EVERY:
            trace_conditions(tracing, condition->inner, flipped(polarity));
            trace_conditions(tracing, condition->has, polarity);
            break;
        case CONDITION_COMPARE:
            trace_expression(tracing, condition->left);
            trace_expression(tracing, condition->right);
            break;
        }
    }
}

// The slots that the conditions bind at their top: only those may be known beforehand without a change of meaning.
static void outer_slots(struct conditions conditions, struct trigger_column *map) {
    for (uint32_t s = 0; s < SLOTS_MAX; s++) map[s] = (struct trigger_column){.slot = NO_ID};
    for (uint32_t i = 0; i < conditions.count; i++) {
        const struct condition *condition = &conditions.at[i];
        if (condition->kind != CONDITION_ATOM || condition->negated) continue;
        for (uint32_t c = 0; c < condition->argument_count; c++)
            if (condition->arguments[c] && condition->arguments[c]->kind == EXPRESSION_VARIABLE)
                map[condition->arguments[c]->slot].slot = condition->arguments[c]->slot;
    }
}

void trigger_find(struct engine *engine, uint32_t watch) {
    const struct watch *shape = &engine->program->watches[watch];
    struct trigger_column map[SLOTS_MAX];
    outer_slots(shape->conditions, map);
    struct tracing tracing = {.engine = engine, .watch = watch, .map = map};
    trace_conditions(&tracing, shape->conditions, POLARITY_TRUE);
    VEC_RELEASE(&tracing.seen);
}

void evaluations_find(struct engine *engine) {
    for (uint32_t e = 0; e < engine->evaluations.count; e++) {
        struct evaluation *evaluation = &engine->evaluations.at[e];
        const struct watch *watch = &engine->program->watches[evaluation->watch];
        evaluation->whole = true;
        for (uint32_t b = 0; b < watch->binding_count; b++) {
            uint32_t k = 0;
            while (k < evaluation->slot_count && evaluation->slots[k] != watch->binding[b]) k++;
            evaluation->whole = evaluation->whole && k < evaluation->slot_count;
        }
    }
}

const struct plan *evaluation_plan(struct engine *engine, struct evaluation *evaluation) {
    if (evaluation->planned) return &evaluation->plan;
    bool bound[SLOTS_MAX] = {false};
    for (uint32_t k = 0; k < evaluation->slot_count; k++) bound[evaluation->slots[k]] = true;
    plan_conditions(engine, &evaluation->plan, engine->program->watches[evaluation->watch].conditions, bound);
    plan_settle(engine);
    evaluation->planned = true;
    return &evaluation->plan;
}
