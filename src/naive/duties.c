// SPDX-License-Identifier: Apache-2.0
// Duties and findings: how they open, and how they end.
#include "naive/naive_internal.h"

value naive_entity_next(struct naive *n) {
    if (n->ordinal >= ORDINALS_MAX) {
        naive_limit(n, "one entry opens more than 65,536 duties and findings");
        return entity_of(n->position, 0);
    }
    return entity_of(n->position, n->ordinal++);
}

// ---- Opening a duty ------------------------------------------------------------------------------------------------
// Start plus `number` periods: months are counted from the start, so that the last day of a month is not lost on the
// way.
static bool period_due(struct naive *n, const struct obligation *obligation, const value *captured, int64_t start,
                       int64_t number, value *due) {
    value slots[SLOTS_MAX];
    bool bound[SLOTS_MAX] = {false};
    for (uint32_t i = 0; i < obligation->captured_count; i++) slots[i] = captured[i], bound[i] = true;
    struct scope scope = {n, naive_world_at(n, n->now, false), slots, bound};
    value period, span;
    struct expression integer = {.kind = EXPRESSION_CONSTANT, .type = {TYPE_INT, NO_ID}};
    struct expression times = {.kind = EXPRESSION_MULTIPLY, .left = obligation->period, .right = &integer};
    struct expression moment = {.kind = EXPRESSION_CONSTANT, .type = {TYPE_TIME, NO_ID}};
    struct expression plus = {.kind = EXPRESSION_ADD, .left = &moment, .right = obligation->period};
    return naive_expression_value(&scope, obligation->period, &period) == VALUE_FOUND &&
           naive_value_combine(n->base.program, &times, period, number, &span) == VALUE_FOUND &&
           naive_value_combine(n->base.program, &plus, start, span, due) == VALUE_FOUND;
}

static bool prepare_one(struct scope *scope, const struct obligation *obligation, struct operations *all, value *duty) {
    struct naive *n = scope->naive;
    value *captured = ARENA_ARRAY(&all->arena, value, obligation->captured_count + 1);
    struct opening opening = {.obligation = obligation, .due = TIME_MAX, .captured = captured};
    if (naive_expression_value(scope, obligation->bearer, &opening.bearer) != VALUE_FOUND) return false;
    if (obligation->due && naive_expression_value(scope, obligation->due, &opening.due) != VALUE_FOUND) return false;
    for (uint32_t i = 0; i < obligation->captured_count; i++) {
        ENSURE(scope->bound[obligation->captured[i]]);
        captured[i] = scope->slots[obligation->captured[i]];
    }
    if (obligation->period) {
        opening.series = true;
        opening.start = n->now;
        opening.number = 1;
        if (!period_due(n, obligation, captured, n->now, 1, &opening.due)) return false;
    }
    opening.duty = *duty = naive_entity_next(n);
    VEC_PUSH(&all->list, (struct operation){.opening = opening});
    return !n->failed;
}

bool naive_obligation_prepare(struct scope *scope, const struct frame *frame, const struct obligation *obligation,
                              struct operations *all, value *duty) {
    if (obligation->each_count == 0 && obligation->each_conditions.count == 0)
        return prepare_one(scope, obligation, all, duty);
    struct tuples bindings =
        naive_conditions_bindings(scope, frame, obligation->each_conditions, obligation->each, obligation->each_count);
    bool done = !scope->naive->failed;
    for (uint32_t i = 0; done && i < bindings.count; i++) {
        for (uint32_t k = 0; k < obligation->each_count; k++) {
            scope->slots[obligation->each[k]] = naive_tuples_get(&bindings, i)[k];
            scope->bound[obligation->each[k]] = true;
        }
        done = prepare_one(scope, obligation, all, duty);
    }
    for (uint32_t k = 0; k < obligation->each_count; k++) scope->bound[obligation->each[k]] = false;
    naive_tuples_release(&bindings);
    return done;
}

void naive_duty_open(struct naive *n, const struct opening *opening) {
    const struct obligation *obligation = opening->obligation;
    naive_write_3(n, RELATION_DUTY, opening->duty, opening->bearer, opening->due);
    naive_write_2(n, RELATION_OBLIGED, opening->duty, obligation - n->base.program->obligations);
    if (obligation->relation != NO_ID) {
        value row[WIDTH_MAX] = {opening->duty};
        for (uint32_t i = 0; i < obligation->captured_count; i++) row[i + 1] = opening->captured[i];
        naive_store_begin(n, obligation->relation, row, n->now, TIME_MAX);
    }
    if (opening->series)
        naive_store_begin(n, RELATION_SERIES, (value[]){opening->duty, opening->start, opening->number, opening->due},
                          n->now, TIME_MAX);
}

// ---- What a duty is ------------------------------------------------------------------------------------------------
static const struct obligation *obligation_of(const struct naive *n, value duty) {
    const struct row *row = naive_store_find(n, RELATION_OBLIGED, &duty, 1);
    ENSURE(row);
    return &n->base.program->obligations[row->values[1]];
}

static const value *captured_of(const struct naive *n, const struct obligation *obligation, value duty) {
    static const value none[1];
    if (obligation->relation == NO_ID) return none;
    const struct row *row = naive_store_find(n, obligation->relation, &duty, 1);
    ENSURE(row);
    return row->values + 1;
}

static void captured_slots(const struct naive *n, const struct obligation *obligation, value duty,
                           struct slots *slots) {
    *slots = (struct slots){0};
    const value *captured = captured_of(n, obligation, duty);
    for (uint32_t i = 0; i < obligation->captured_count; i++) slots->values[i] = captured[i], slots->bound[i] = true;
}

// ---- Findings ------------------------------------------------------------------------------------------------------
static void open_over(struct naive *n, uint32_t norm, const value *binding, uint32_t width, const value *concerned,
                      uint32_t concerned_count, int64_t from, int64_t until) {
    const struct norm *of = &n->base.program->norms[norm];
    value finding = naive_entity_next(n), row[WIDTH_MAX];
    naive_store_begin(n, RELATION_FINDING, (value[]){finding, norm}, from, until);
    ENSURE(n->base.program->relations[of->relation].column_count == width + 1);
    row[0] = finding;
    for (uint32_t i = 0; i < width; i++) row[i + 1] = binding[i];
    naive_store_begin(n, of->relation, row, from, TIME_MAX);
    for (uint32_t i = 0; i < concerned_count; i++) {
        bool before = false;
        for (uint32_t k = 0; k < i; k++) before = before || concerned[k] == concerned[i];
        if (!before) naive_store_begin(n, RELATION_CONCERNS, (value[]){finding, concerned[i]}, from, TIME_MAX);
    }
    if (of->kind == NORM_NEVER) naive_store_begin(n, RELATION_ALLEGED, &finding, from, until);
    n->counts.firings[WATCH_NORM]++;
}

void naive_finding_open(struct naive *n, uint32_t norm, const value *binding, uint32_t width, const value *concerned,
                        uint32_t concerned_count) {
    open_over(n, norm, binding, width, concerned, concerned_count, n->now, TIME_MAX);
}

void naive_finding_open_over(struct naive *n, uint32_t norm, const value *binding, uint32_t width, int64_t from,
                             int64_t until) {
    const struct relation *relation = &n->base.program->relations[n->base.program->norms[norm].relation];
    value concerned[WIDTH_MAX];
    uint32_t count = 0;
    for (uint32_t i = 0; i < width; i++) {
        type_base base = relation->columns[i + 1].type.base;
        if (base == TYPE_PARTY || base == TYPE_ACTOR) concerned[count++] = binding[i];
    }
    open_over(n, norm, binding, width, concerned, count, from, until);
}

void naive_finding_open_binding(struct naive *n, uint32_t norm, const value *binding, uint32_t width) {
    naive_finding_open_over(n, norm, binding, width, n->now, TIME_MAX);
}

void naive_finding_close(struct naive *n, value finding) {
    (void)naive_end_1(n, RELATION_FINDING, finding);
    (void)naive_end_1(n, RELATION_ALLEGED, finding);
}

// A finding about a duty, one of `leads to` as well, binds the duty.
static void close_findings_of(struct naive *n, value duty) {
    const struct obligation *obligation = obligation_of(n, duty);
    if (obligation->norm == NO_ID) return;
    uint32_t relation = n->base.program->norms[obligation->norm].relation;
    for (uint32_t i = 0; i < n->tables[relation].rows.count; i++) {
        const struct row *row = &n->tables[relation].rows.at[i];
        if (row_holds(row, n->now) && row->values[1] == duty && naive_holds_1(n, RELATION_FINDING, row->values[0]))
            naive_finding_close(n, row->values[0]);
    }
}

// ---- Ending a duty -------------------------------------------------------------------------------------------------
void naive_duty_end(struct naive *n, value duty, uint32_t relation, const value *late) {
    (void)naive_end_1(n, RELATION_DUTY, duty);
    if (late) naive_write_2(n, relation, duty, *late);
    else naive_write_1(n, relation, duty);
    close_findings_of(n, duty);
}

void naive_duty_meet(struct naive *n, value duty) {
    const struct row *row = naive_store_find(n, RELATION_DUTY, &duty, 1);
    if (!row) return;
    value late = n->now >= row->values[2];
    naive_duty_end(n, duty, RELATION_MET, &late);
}

void naive_duty_lapse(struct naive *n, value duty) {
    if (naive_holds_1(n, RELATION_DUTY, duty)) naive_duty_end(n, duty, RELATION_LAPSED, NULL);
}

void naive_duty_overdue(struct naive *n, value duty) {
    const struct obligation *obligation = obligation_of(n, duty);
    const struct row *row = naive_store_find(n, RELATION_DUTY, &duty, 1);
    if (!row) return;
    value bearer = row->values[1];
    if (obligation->norm != NO_ID) naive_finding_open(n, obligation->norm, &duty, 1, &bearer, bearer != ACTOR_NONE);
    if (obligation->then == NO_ID) return;
    struct slots slots;
    struct operations all;
    struct mark mark = naive_store_mark(n);
    value ignored;
    captured_slots(n, obligation, duty, &slots);
    struct scope scope = {n, naive_world_at(n, n->now, false), slots.values, slots.bound};
    naive_operations_init(&all);
    if (!naive_obligation_prepare(&scope, &obligation->frame, &n->base.program->obligations[obligation->then], &all,
                                  &ignored) ||
        !naive_effects_apply(n, &all)) {
        n->failed = false;
        naive_store_take_back(n, mark);
    }
    naive_operations_release(&all);
}

void naive_duty_period(struct naive *n, value duty) {
    const struct obligation *obligation = obligation_of(n, duty);
    const struct row *series = naive_store_find(n, RELATION_SERIES, &duty, 1);
    if (!series) return;
    struct opening next = {
        .obligation = obligation, .series = true, .start = series->values[1], .number = series->values[2] + 1};
    (void)naive_end_1(n, RELATION_SERIES, duty);
    if (n->firings > FIRINGS_MAX) {    // the series breaks off, and a finding says so
        if (obligation->norm != NO_ID) naive_finding_open(n, obligation->norm, &duty, 1, NULL, 0);
        return;
    }
    struct slots slots;
    captured_slots(n, obligation, duty, &slots);
    struct scope scope = {n, naive_world_at(n, n->now, true), slots.values, slots.bound};
    if (obligation->while_conditions.count && !naive_conditions_hold(&scope, obligation->while_conditions)) return;
    next.captured = captured_of(n, obligation, duty);
    // The duty itself may have ended long ago: its bearer is that of its row, whenever it held.
    const struct table *table = &n->tables[RELATION_DUTY];
    for (uint32_t i = 0; i < table->rows.count; i++)
        if (table->rows.at[i].values[0] == duty) next.bearer = table->rows.at[i].values[1];
    if (!period_due(n, obligation, next.captured, next.start, next.number, &next.due)) {
        n->failed = false;
        naive_worlds_forget(n);
        return;
    }
    next.duty = naive_entity_next(n);
    naive_duty_open(n, &next);
}

// ---- Which duties a call meets -------------------------------------------------------------------------------------
static bool call_matches(struct naive *n, const struct obligation *obligation, const struct act *act, value duty,
                         const value *arguments) {
    struct slots slots;
    captured_slots(n, obligation, duty, &slots);
    struct scope scope = {n, naive_world_at(n, n->now, false), slots.values, slots.bound};
    for (uint32_t i = 0; i < act->parameter_count; i++) {
        value wanted;
        if (!obligation->pattern || !obligation->pattern[i]) continue;
        value_status status = naive_expression_value(&scope, obligation->pattern[i], &wanted);
        if (status == VALUE_FAILED) n->failed = true;
        if (status != VALUE_FOUND || wanted != arguments[i]) return false;
    }
    return true;
}

static void matching_of(struct naive *n, uint32_t obligation, const struct act *act, const value *arguments,
                        value actor, struct tuples *found) {
    const struct program *program = n->base.program;
    for (uint32_t i = 0; i < n->tables[RELATION_DUTY].rows.count && !n->failed; i++) {
        const struct row *row = &n->tables[RELATION_DUTY].rows.at[i];
        value duty = row->values[0], bearer = row->values[1];
        if (!row_holds(row, n->now) || obligation_of(n, duty) != &program->obligations[obligation]) continue;
        bool borne = bearer == actor || (bearer != ACTOR_NONE && actor_class_of(bearer) == ACTOR_ROLE &&
                                         naive_role_filled_by(n, bearer, actor));
        if (borne && call_matches(n, &program->obligations[obligation], act, duty, arguments))
            (void)naive_tuples_add(n, found, &duty);
    }
}

bool naive_duties_matching(struct naive *n, const struct act *act, const value *arguments, value actor,
                           struct values_list *duties) {
    const struct program *program = n->base.program;
    for (uint32_t number = 0; number < program->obligations_count; number++)
        for (uint32_t o = 0; o < program->obligations_count; o++) {
            if (program->obligations[o].place_number != number || program->obligations[o].act == NO_ID ||
                &program->acts[program->obligations[o].act] != act)
                continue;
            struct tuples found;
            naive_tuples_init(&found, 1);
            found.types[0] = (struct type){TYPE_ENTITY, ENTITY_DUTY};
            matching_of(n, o, act, arguments, actor, &found);
            // One call meets the oldest of an obligation's duties.
            if (found.count) VEC_PUSH(&duties->list, naive_tuples_get(&found, 0)[0]);
            naive_tuples_release(&found);
        }
    return !n->failed;
}
