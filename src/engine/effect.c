// SPDX-License-Identifier: Apache-2.0
// Effects: all worked out over the state before the first of them is applied; then applied in order; a clash undoes
// them all.
#include "engine/engine_internal.h"

struct operation {
    const struct effect_plan *plan;
    value values[COLUMNS_MAX];    // ADD, SET; EXTEND, END: VALUE_ANY matches anything
    int64_t from, until;
    value object;    // RELEASE, UPHOLD, DROP, ANNUL, AFFIRM, WAIVE; OBLIGE: the duty
    uint32_t obligation;
    value bearer;
    value *captured;
    int64_t start;
    value number;    // of a series
};
typedef VEC(struct operation) operations;

static struct run strict_run(struct engine *engine) {
    return (struct run){
        .engine = engine, .view = {.time = engine->now, .stamp = UINT32_MAX, .present = true}, .horizon = TIME_MAX};
}

static effects_status of_run(run_status status) {
    return status == RUN_OK ? EFFECTS_DONE : status == RUN_LIMIT ? EFFECTS_LIMIT : EFFECTS_ARITHMETIC;
}

value engine_next_entity(struct engine *engine) {
    if (engine->ordinal >= ORDINALS_MAX) {
        engine->overrun = true;
        engine->limit = "one entry opens more than 65,536 duties and findings";
        return entity_of(engine->current, ORDINALS_MAX - 1);
    }
    return entity_of(engine->current, engine->ordinal++);
}

// ---- Working out ---------------------------------------------------------------------------------------------------
static effects_status work_expression(struct run *run, const struct expression *expression, value *frame,
                                      value otherwise, value *result) {
    if (!expression) {
        *result = otherwise;
        return EFFECTS_DONE;
    }
    return of_run(run_expression(run, expression, frame, result));
}

// The parts of a duty that the frame of its opener gives.
static effects_status work_obligation(struct run *run, uint32_t id, value *frame, operations *list) {
    struct engine *engine = run->engine;
    const struct obligation *obligation = &engine->program->obligations[id];
    const struct obligation_plan *plan = &engine->obligations[id];
    struct operation operation = {.obligation = id, .until = TIME_MAX, .number = 1, .start = engine->now};
    operation.captured = ARENA_ARRAY(&engine->work_arena, value, obligation->frame.slot_count + 1);
    for (uint32_t c = 0; c < obligation->captured_count; c++) operation.captured[c] = frame[obligation->captured[c]];
    effects_status status = work_expression(run, plan->bearer, frame, ACTOR_NONE, &operation.bearer);
    if (status == EFFECTS_DONE && plan->due)
        status = work_expression(run, plan->due, frame, TIME_MAX, &operation.until);
    if (status == EFFECTS_DONE && obligation->period) {
        value period;
        status = work_expression(run, plan->period, operation.captured, 0, &period);
        struct type time = {TYPE_TIME, NO_ID}, duration = {TYPE_DURATION, NO_ID};
        if (status == EFFECTS_DONE && !run_arithmetic(EXPRESSION_ADD, time, duration, engine->program->offset,
                                                      engine->now, period, &operation.until))
            status = EFFECTS_ARITHMETIC;
    }
    if (status != EFFECTS_DONE) return status;
    operation.object = engine_next_entity(engine);
    VEC_PUSH(list, operation);
    return EFFECTS_DONE;
}

static effects_status work_oblige(struct run *run, uint32_t id, uint32_t duty_slot, value *frame,
                                  const struct frame *types, operations *list) {
    const struct obligation *obligation = &run->engine->program->obligations[id];
    if (!obligation->each_count && !obligation->each_conditions.count) {
        effects_status status = work_obligation(run, id, frame, list);
        if (status == EFFECTS_DONE && duty_slot != NO_ID) frame[duty_slot] = list->at[list->count - 1].object;
        return status;
    }
    struct bindings found;
    effects_status status = of_run(bindings_collect(run, &run->engine->obligations[id].each, frame, obligation->each,
                                                    obligation->each_count, types, &found));
    for (uint32_t i = 0; i < found.count && status == EFFECTS_DONE; i++) {
        for (uint32_t k = 0; k < found.width; k++) frame[obligation->each[k]] = found.at[(size_t)i * found.width + k];
        status = work_obligation(run, id, frame, list);
        if (list->count > WRITES_MAX) status = EFFECTS_LIMIT;
    }
    bindings_release(&found);
    return status;
}

static effects_status work(struct run *run, const struct effect_plan *plans, uint32_t count, value *frame,
                           const struct frame *types, operations *list);

static effects_status work_for_each(struct run *run, const struct effect_plan *plan, value *frame,
                                    const struct frame *types, operations *list) {
    struct bindings found;
    effects_status status =
        of_run(bindings_collect(run, &plan->plan, frame, plan->effect->slots, plan->effect->slot_count, types, &found));
    for (uint32_t i = 0; i < found.count && status == EFFECTS_DONE; i++) {
        for (uint32_t k = 0; k < found.width; k++)
            frame[plan->effect->slots[k]] = found.at[(size_t)i * found.width + k];
        status = work(run, plan->effects, plan->effect->effect_count, frame, types, list);
        if (list->count > WRITES_MAX) status = EFFECTS_LIMIT;
    }
    bindings_release(&found);
    return status;
}

static effects_status work_rows(struct run *run, const struct effect_plan *plan, value *frame, operations *list) {
    const struct effect *effect = plan->effect;
    struct operation operation = {.plan = plan};
    effects_status status = EFFECTS_DONE;
    uint32_t columns = run->engine->program->relations[effect->relation].column_count;
    for (uint32_t c = 0; c < columns && status == EFFECTS_DONE; c++)
        status = work_expression(run, plan->arguments[c], frame, VALUE_ANY, &operation.values[c]);
    if (status == EFFECTS_DONE) status = work_expression(run, plan->from, frame, run->engine->now, &operation.from);
    if (status == EFFECTS_DONE) status = work_expression(run, plan->until, frame, TIME_MAX, &operation.until);
    if (status == EFFECTS_DONE) VEC_PUSH(list, operation);
    return status;
}

static effects_status work(struct run *run, const struct effect_plan *plans, uint32_t count, value *frame,
                           const struct frame *types, operations *list) {
    for (uint32_t i = 0; i < count; i++) {
        const struct effect_plan *plan = &plans[i];
        effects_status status = EFFECTS_DONE;
        switch (plan->effect->kind) {
        case EFFECT_FOR_EACH: status = work_for_each(run, plan, frame, types, list); break;
        case EFFECT_OBLIGE:
            status = work_oblige(run, plan->effect->obligation, plan->effect->duty_slot, frame, types, list);
            break;
        case EFFECT_ADD:
        case EFFECT_SET:
        case EFFECT_EXTEND:
        case EFFECT_END: status = work_rows(run, plan, frame, list); break;
        case EFFECT_RELEASE:
        case EFFECT_UPHOLD:
        case EFFECT_DROP:
        case EFFECT_ANNUL:
        case EFFECT_AFFIRM:
        case EFFECT_WAIVE: {
            struct operation operation = {.plan = plan};
            status = work_expression(run, plan->object, frame, 0, &operation.object);
            if (status == EFFECTS_DONE)
                status = work_expression(run, plan->from, frame, run->engine->now, &operation.from);
            if (status == EFFECTS_DONE) status = work_expression(run, plan->until, frame, TIME_MAX, &operation.until);
            if (status == EFFECTS_DONE) VEC_PUSH(list, operation);
            break;
        }
        }
        if (status != EFFECTS_DONE) return status;
    }
    return EFFECTS_DONE;
}

// ---- Applying ------------------------------------------------------------------------------------------------------
static bool pattern_matches(const value *pattern, const value *values, uint32_t columns) {
    for (uint32_t c = 0; c < columns; c++)
        if (pattern[c] != VALUE_ANY && pattern[c] != values[c]) return false;
    return true;
}

typedef VEC(uint32_t) row_list;
static void matching_rows(struct engine *engine, const struct operation *operation, int64_t after, row_list *rows) {
    const struct table *table = &engine->tables[operation->plan->effect->relation];
    struct chain_walk walk;
    uint32_t row;
    chain_open(engine, table, operation->plan->index, operation->values,
               &(struct view){.time = engine->now, .stamp = UINT32_MAX, .present = true}, &walk);
    while (chain_next(&walk, &row)) {
        const struct row *found = table_row(table, row);
        if (found->until > after && found->from < found->until &&
            pattern_matches(operation->values, table_values(table, row), table->columns))
            VEC_PUSH(rows, row);
    }
}

static effects_status apply_add(struct engine *engine, const struct operation *operation) {
    const struct effect *effect = operation->plan->effect;
    bool late = effect->occurred && operation->from < engine->now;
    if (!late && operation->from < engine->now) return EFFECTS_CLASH;
    if (!late && operation->until < engine->now) return EFFECTS_CLASH;
    bool done = effect->kind == EFFECT_ADD
                    ? store_add(engine, effect->relation, operation->values, operation->from, operation->until)
                    : store_set(engine, effect->relation, operation->values, operation->from, operation->until);
    return done ? EFFECTS_DONE : EFFECTS_CLASH;
}

static effects_status apply_end(struct engine *engine, const struct operation *operation) {
    if (operation->from < engine->now) return EFFECTS_CLASH;
    row_list rows = {0};
    uint32_t relation = operation->plan->effect->relation;
    matching_rows(engine, operation, operation->from, &rows);
    for (uint32_t i = 0; i < rows.count; i++) {
        int64_t from = table_row(&engine->tables[relation], rows.at[i])->from;
        store_move(engine, relation, rows.at[i], from >= operation->from ? from : operation->from, WRITE_END);
    }
    VEC_RELEASE(&rows);
    return EFFECTS_DONE;
}

static bool meets_another(const struct engine *engine, uint32_t relation, uint32_t moved, int64_t from, int64_t until) {
    const struct table *table = &engine->tables[relation];
    struct chain_walk walk;
    uint32_t row;
    chain_open(engine, table, 0, table_values(table, moved),
               &(struct view){.time = engine->now, .stamp = UINT32_MAX, .present = true}, &walk);
    while (chain_next(&walk, &row)) {
        const struct row *other = table_row(table, row);
        if (row != moved && other->from < until && from < other->until && other->from < other->until) return true;
    }
    return false;
}

static effects_status apply_extend(struct engine *engine, const struct operation *operation) {
    row_list rows = {0};
    uint32_t relation = operation->plan->effect->relation, in_force = 0, row = 0;
    matching_rows(engine, operation, engine->now, &rows);
    for (uint32_t i = 0; i < rows.count; i++)
        if (table_row(&engine->tables[relation], rows.at[i])->from <= engine->now) row = rows.at[i], in_force++;
    VEC_RELEASE(&rows);
    if (in_force != 1 || operation->until < engine->now) return EFFECTS_CLASH;
    int64_t from = table_row(&engine->tables[relation], row)->from;
    if (operation->until <= from || meets_another(engine, relation, row, from, operation->until)) return EFFECTS_CLASH;
    store_move(engine, relation, row, operation->until, WRITE_MOVE);
    return EFFECTS_DONE;
}

static bool end_now(struct engine *engine, uint32_t relation, value key) {
    value values[COLUMNS_MAX] = {key};
    uint32_t row;
    if (!store_find(engine, relation, values, engine->now, &row)) return false;
    store_move(engine, relation, row, engine->now, WRITE_END);
    return true;
}

static void begin_now(struct engine *engine, uint32_t relation, const value *values) {
    store_begin(engine, relation, values, engine->now, TIME_MAX);
}

static effects_status apply_oblige(struct engine *engine, const struct operation *operation) {
    const struct obligation *obligation = &engine->program->obligations[operation->obligation];
    value values[SLOTS_MAX + 1] = {operation->object, operation->bearer, operation->until};
    begin_now(engine, RELATION_DUTY, values);
    begin_now(engine, RELATION_OBLIGED, (value[]){operation->object, operation->obligation});
    memcpy(values + 1, operation->captured, sizeof(value) * obligation->captured_count);
    begin_now(engine, obligation->relation, values);
    if (obligation->period)
        begin_now(engine, RELATION_SERIES,
                  (value[]){operation->object, operation->start, operation->number, operation->until});
    return EFFECTS_DONE;
}

// Ends the doubts about an entry that are in force, and with `cast` those that it casts; *any: there were some.
static void doubts_end(struct engine *engine, value entry, bool cast, int64_t at, bool *any) {
    const struct table *table = &engine->tables[RELATION_IN_DOUBT];
    for (uint32_t row = 0; row < table->row_count; row++) {
        const struct row *one = table_row(table, row);
        const value *values = table_values(table, row);
        if (one->until <= at || one->from >= one->until || (values[0] != entry && (!cast || values[1] != entry)))
            continue;
        store_move(engine, RELATION_IN_DOUBT, row, at, WRITE_END);
        *any = true;
    }
}

// Ends what an entry began, in the order in which it was written.
static void annul(struct engine *engine, value entry, int64_t at) {
    struct {
        uint32_t stamp, relation, row;
    } *found = NULL;
    uint32_t count = 0, capacity = 0, position = entity_position(entry);
    for (uint32_t r = RELATION_FIRST_OWN; r < engine->program->relations_count; r++) {
        const struct relation *relation = &engine->program->relations[r];
        if (relation->derived || relation->hidden) continue;
        const struct table *table = &engine->tables[r];
        for (uint32_t row = 0; row < table->row_count; row++) {
            const struct row *one = table_row(table, row);
            if (!one->begun || one->until <= at || one->from >= one->until ||
                position_of_stamp(engine, one->begun) != position)
                continue;
            if (count == capacity) found = base_vec_grow(found, &capacity, sizeof *found);
            uint32_t k = count++;
            for (; k > 0 && found[k - 1].stamp > one->begun; k--) found[k] = found[k - 1];
            found[k].stamp = one->begun, found[k].relation = r, found[k].row = row;
        }
    }
    for (uint32_t i = 0; i < count; i++) {
        int64_t from = table_row(&engine->tables[found[i].relation], found[i].row)->from;
        store_move(engine, found[i].relation, found[i].row, from >= at ? from : at, WRITE_END);
    }
    free(found);
    bool any = false;
    doubts_end(engine, entry, true, at, &any);
    const struct table *waived = &engine->tables[RELATION_WAIVED];
    for (uint32_t row = 0; row < waived->row_count; row++) {
        const struct row *one = table_row(waived, row);
        if (table_values(waived, row)[1] == entry && one->until > at && one->from < one->until)
            store_move(engine, RELATION_WAIVED, row, at, WRITE_END);
    }
}

static effects_status apply_object(struct engine *engine, const struct operation *operation) {
    value object = operation->object;
    switch (operation->plan->effect->kind) {
    case EFFECT_RELEASE: {
        value key[COLUMNS_MAX] = {object};
        uint32_t row;
        if (!store_find(engine, RELATION_DUTY, key, engine->now, &row)) return EFFECTS_CLASH;
        duty_end(engine, object, RELATION_RELEASED);
        return EFFECTS_DONE;
    }
    case EFFECT_UPHOLD:
        if (!end_now(engine, RELATION_ALLEGED, object)) return EFFECTS_CLASH;
        begin_now(engine, RELATION_UPHELD, &object);
        return EFFECTS_DONE;
    case EFFECT_DROP: {
        value key[COLUMNS_MAX] = {object};
        uint32_t row;
        if (!store_find(engine, RELATION_FINDING, key, engine->now, &row)) return EFFECTS_CLASH;
        end_now(engine, RELATION_ALLEGED, object);
        end_now(engine, RELATION_FINDING, object);
        begin_now(engine, RELATION_DROPPED, &object);
        return EFFECTS_DONE;
    }
    case EFFECT_AFFIRM: {
        bool any = false;
        doubts_end(engine, object, false, engine->now, &any);
        return any ? EFFECTS_DONE : EFFECTS_CLASH;
    }
    case EFFECT_WAIVE: {
        value values[] = {object, entity_of(engine->current, 0)};
        bool may = engine->program->requirements[object].waivable;
        return may && store_set(engine, RELATION_WAIVED, values, engine->now, operation->until) ? EFFECTS_DONE
                                                                                                : EFFECTS_CLASH;
    }
    default: annul(engine, object, operation->from > engine->now ? operation->from : engine->now); return EFFECTS_DONE;
    }
}

static effects_status apply(struct engine *engine, const struct operation *operation) {
    if (!operation->plan) return apply_oblige(engine, operation);
    switch (operation->plan->effect->kind) {
    case EFFECT_ADD:
    case EFFECT_SET: return apply_add(engine, operation);
    case EFFECT_END: return apply_end(engine, operation);
    case EFFECT_EXTEND: return apply_extend(engine, operation);
    default: return apply_object(engine, operation);
    }
}

static effects_status apply_all(struct engine *engine, operations *list) {
    effects_status status = EFFECTS_DONE;
    for (uint32_t i = 0; i < list->count; i++) {
        const struct effect *effect = list->at[i].plan ? list->at[i].plan->effect : NULL;
        if (effect && (effect->kind == EFFECT_ADD || effect->kind == EFFECT_SET))
            store_prefetch(engine, effect->relation, list->at[i].values);
    }
    for (uint32_t i = 0; i < list->count && status == EFFECTS_DONE; i++) {
        status = apply(engine, &list->at[i]);
        if (engine->overrun) status = EFFECTS_LIMIT;
        if (status == EFFECTS_CLASH) engine->clash = list->at[i].plan ? list->at[i].plan->effect : NULL;
    }
    VEC_RELEASE(list);
    return status;
}

effects_status effects_run(struct engine *engine, const struct effect_plan *plans, uint32_t count, value *frame,
                           const struct frame *types) {
    if (!count) return EFFECTS_DONE;
    operations list = {0};
    struct run run = strict_run(engine);
    effects_status status = work(&run, plans, count, frame, types, &list);
    engine->rows_touched += run.rows;
    if (status != EFFECTS_DONE) {
        VEC_RELEASE(&list);
        return status;
    }
    return apply_all(engine, &list);
}

// ---- Duties --------------------------------------------------------------------------------------------------------
bool duty_obligation(struct engine *engine, value duty, uint32_t *obligation, value *captured) {
    value key[SLOTS_MAX] = {duty};
    uint32_t row;
    if (!store_find(engine, RELATION_OBLIGED, key, engine->now, &row)) return false;
    *obligation = (uint32_t)table_values(&engine->tables[RELATION_OBLIGED], row)[1];
    const struct obligation *shape = &engine->program->obligations[*obligation];
    if (!store_find(engine, shape->relation, key, engine->now, &row)) return false;
    memcpy(captured, table_values(&engine->tables[shape->relation], row) + 1, sizeof(value) * shape->captured_count);
    return true;
}

// The findings that a duty was overdue close with it.
static void duty_findings_close(struct engine *engine, value duty) {
    uint32_t id;
    value captured[SLOTS_MAX];
    if (!duty_obligation(engine, duty, &id, captured)) return;
    uint32_t norm = engine->program->obligations[id].norm;
    if (norm == NO_ID) return;
    const struct table *table = &engine->tables[engine->program->norms[norm].relation];
    value key[COLUMNS_MAX] = {0, duty};
    struct chain_walk walk;
    uint32_t row;
    VEC(value) open = {0};
    chain_open(engine, table, engine->obligations[id].finding_index, key,
               &(struct view){.time = engine->now, .stamp = UINT32_MAX, .present = true}, &walk);
    while (chain_next(&walk, &row)) VEC_PUSH(&open, table_values(table, row)[0]);
    for (uint32_t i = 0; i < open.count; i++) finding_close(engine, open.at[i]);
    VEC_RELEASE(&open);
}

void duty_end(struct engine *engine, value duty, uint32_t how) {
    end_now(engine, RELATION_DUTY, duty);
    begin_now(engine, how, &duty);
    duty_findings_close(engine, duty);
}

void duty_meet(struct engine *engine, value duty) {
    value key[COLUMNS_MAX] = {duty};
    uint32_t row;
    if (!store_find(engine, RELATION_DUTY, key, engine->now, &row)) return;
    value due = table_values(&engine->tables[RELATION_DUTY], row)[2];
    end_now(engine, RELATION_DUTY, duty);
    begin_now(engine, RELATION_MET, (value[]){duty, engine->now >= due});
    duty_findings_close(engine, duty);
}

void duty_escalate(struct engine *engine, value duty) {
    uint32_t id, row;
    value captured[SLOTS_MAX] = {0}, key[COLUMNS_MAX] = {duty};
    if (!duty_obligation(engine, duty, &id, captured) || !store_find(engine, RELATION_DUTY, key, engine->now, &row))
        return;
    const struct obligation *obligation = &engine->program->obligations[id];
    value bearer = table_values(&engine->tables[RELATION_DUTY], row)[1];
    if (obligation->norm != NO_ID)
        finding_open(engine, obligation->norm, &duty, 1, &bearer, bearer == ACTOR_NONE ? 0 : 1);
    if (obligation->then == NO_ID) return;
    operations list = {0};
    struct run run = strict_run(engine);
    effects_status status = work_oblige(&run, obligation->then, NO_ID, captured, &obligation->frame, &list);
    if (status == EFFECTS_DONE) (void)apply_all(engine, &list);
    else VEC_RELEASE(&list);
}

void duty_next(struct engine *engine, value duty) {
    uint32_t id, row;
    value captured[SLOTS_MAX] = {0}, key[COLUMNS_MAX] = {duty}, period;
    bool holds = true;
    if (!store_find(engine, RELATION_SERIES, key, engine->now, &row)) return;
    const value *series = table_values(&engine->tables[RELATION_SERIES], row);
    value start = series[1], number = series[2] + 1;
    end_now(engine, RELATION_SERIES, duty);
    if (!duty_obligation(engine, duty, &id, captured)) return;
    const struct obligation *obligation = &engine->program->obligations[id];
    if (engine->firings > FIRINGS_MAX) {    // the series breaks off, and a finding says so
        if (obligation->norm != NO_ID) finding_open(engine, obligation->norm, &duty, 1, NULL, 0);
        return;
    }
    struct run run = strict_run(engine);
    run.lenient = true;
    if (obligation->while_conditions.count &&
        run_exists(&run, &engine->obligations[id].while_plan, captured, &holds) != RUN_OK)
        return;
    if (!holds) return;
    struct operation next = {.obligation = id, .start = start, .number = number};
    struct type time = {TYPE_TIME, NO_ID}, duration = {TYPE_DURATION, NO_ID}, integer = {TYPE_INT, NO_ID};
    value whole;
    if (run_expression(&run, engine->obligations[id].period, captured, &period) != RUN_OK) return;
    if (!run_arithmetic(EXPRESSION_MULTIPLY, duration, integer, engine->program->offset, period, number, &whole))
        return;
    if (!run_arithmetic(EXPRESSION_ADD, time, duration, engine->program->offset, start, whole, &next.until)) return;
    key[0] = duty;
    value bearer;
    uint32_t begun;
    if (!duty_row(engine, duty, &begun)) return;
    bearer = table_values(&engine->tables[RELATION_DUTY], begun)[1];
    next.bearer = bearer;
    next.captured = captured;
    next.object = engine_next_entity(engine);
    (void)apply_oblige(engine, &next);
}

// The row of a duty, open or ended.
bool duty_row(const struct engine *engine, value duty, uint32_t *row) {
    const struct table *table = &engine->tables[RELATION_DUTY];
    value key[COLUMNS_MAX] = {duty};
    struct chain_walk walk;
    chain_open(engine, table, 0, key, &(struct view){.time = TIME_MIN, .stamp = UINT32_MAX}, &walk);
    return chain_next(&walk, row);
}

// ---- Findings ------------------------------------------------------------------------------------------------------
value finding_open(struct engine *engine, uint32_t norm, const value *binding, uint32_t width, const value *concerns,
                   uint32_t concern_count) {
    return finding_open_over(engine, norm, binding, width, concerns, concern_count, engine->now, TIME_MAX);
}

value finding_open_over(struct engine *engine, uint32_t norm, const value *binding, uint32_t width,
                        const value *concerns, uint32_t concern_count, int64_t from, int64_t until) {
    const struct norm *shape = &engine->program->norms[norm];
    value finding = engine_next_entity(engine), values[SLOTS_MAX + 1] = {finding};
    ENSURE(engine->program->relations[shape->relation].column_count == width + 1);
    store_begin(engine, RELATION_FINDING, (value[]){finding, norm}, from, until);
    if (width) memcpy(values + 1, binding, sizeof(value) * width);
    store_begin(engine, shape->relation, values, from, TIME_MAX);
    for (uint32_t i = 0; i < concern_count; i++) {
        bool before = false;
        for (uint32_t k = 0; k < i; k++) before |= concerns[k] == concerns[i];
        if (!before) store_begin(engine, RELATION_CONCERNS, (value[]){finding, concerns[i]}, from, TIME_MAX);
    }
    if (shape->kind == NORM_NEVER) store_begin(engine, RELATION_ALLEGED, &finding, from, until);
    return finding;
}

void finding_close(struct engine *engine, value finding) {
    if (!end_now(engine, RELATION_FINDING, finding)) return;
    end_now(engine, RELATION_ALLEGED, finding);
}

// ---- Plans of effects ----------------------------------------------------------------------------------------------
static const struct expression *variable_of(struct engine *engine, uint32_t slot, struct type type) {
    struct expression *variable = ARENA_NEW(&engine->arena, struct expression);
    *variable = (struct expression){.kind = EXPRESSION_VARIABLE, .slot = slot, .type = type};
    return variable;
}

// relation(first, rest, rest + 1, ...)
static struct condition atom_of(struct engine *engine, uint32_t relation, uint32_t first, uint32_t rest,
                                uint32_t rest_count) {
    const struct relation *shape = &engine->program->relations[relation];
    struct condition atom = {
        .kind = CONDITION_ATOM, .relation = relation, .since = NO_ID, .argument_count = rest_count + 1};
    atom.arguments = ARENA_ARRAY(&engine->arena, const struct expression *, rest_count + 1);
    atom.arguments[0] = variable_of(engine, first, shape->columns[0].type);
    for (uint32_t i = 0; i < rest_count; i++)
        atom.arguments[i + 1] = variable_of(engine, rest + i, shape->columns[i + 1].type);
    return atom;
}

// A duty is met by an act: which open duties, given the act's arguments. The pattern's bare variables are known from
// them; what else a pattern holds is compared.
static void matches_plan(struct engine *engine, uint32_t id) {
    const struct obligation *obligation = &engine->program->obligations[id];
    struct obligation_plan *plan = &engine->obligations[id];
    const struct act *act = &engine->program->acts[obligation->act];
    uint32_t slot = obligation->frame.slot_count;
    plan->argument_slot = slot, slot += act->parameter_count;
    plan->duty_slot = slot++, plan->bearer_slot = slot++, plan->due_slot = slot++;
    ENSURE(slot <= SLOTS_MAX);
    struct condition *conditions = ARENA_ARRAY(&engine->arena, struct condition, act->parameter_count + 2);
    uint32_t count = 0;
    bool bound[SLOTS_MAX] = {false};
    for (uint32_t i = 0; i < act->parameter_count; i++) {
        bound[plan->argument_slot + i] = true;
        const struct expression *pattern = obligation->pattern[i];
        if (pattern && pattern->kind == EXPRESSION_VARIABLE) bound[pattern->slot] = true;
    }
    conditions[count++] = atom_of(engine, obligation->relation, plan->duty_slot, 0, obligation->captured_count);
    conditions[count++] = atom_of(engine, RELATION_DUTY, plan->duty_slot, plan->bearer_slot, 2);
    for (uint32_t i = 0; i < act->parameter_count; i++) {
        if (!obligation->pattern[i]) continue;
        conditions[count++] =
            (struct condition){.kind = CONDITION_COMPARE,
                               .compare = COMPARE_EQUAL,
                               .since = NO_ID,
                               .left = obligation->pattern[i],
                               .right = variable_of(engine, plan->argument_slot + i, act->parameters[i].type)};
    }
    plan_conditions(engine, &plan->matches, (struct conditions){conditions, count}, bound);
}

void obligation_plan(struct engine *engine, uint32_t id, const bool *known) {
    const struct obligation *obligation = &engine->program->obligations[id];
    struct obligation_plan *plan = &engine->obligations[id];
    bool bound[SLOTS_MAX], own[SLOTS_MAX] = {false};
    memcpy(bound, known, sizeof bound);
    plan_conditions(engine, &plan->each, obligation->each_conditions, bound);
    plan->bearer = plan_expression(engine, obligation->bearer, bound);
    plan->due = plan_expression(engine, obligation->due, bound);
    for (uint32_t c = 0; c < obligation->captured_count; c++) own[c] = true;
    plan->period = plan_expression(engine, obligation->period, own);
    bool inner[SLOTS_MAX];
    memcpy(inner, own, sizeof inner);
    plan_conditions(engine, &plan->while_plan, obligation->while_conditions, inner);
    if (obligation->act != NO_ID) matches_plan(engine, id);
    if (obligation->norm != NO_ID)
        plan->finding_index = store_index(engine, engine->program->norms[obligation->norm].relation, 2);
    if (obligation->then != NO_ID) obligation_plan(engine, obligation->then, own);
}

static void rows_plan(struct engine *engine, struct effect_plan *plan, const bool *bound) {
    const struct effect *effect = plan->effect;
    uint32_t columns = engine->program->relations[effect->relation].column_count, mask = 0;
    plan->arguments = ARENA_ARRAY(&engine->arena, const struct expression *, columns + 1);
    for (uint32_t c = 0; c < columns; c++) {
        plan->arguments[c] = plan_expression(engine, effect->arguments[c], bound);
        if (plan->arguments[c]) mask |= 1u << c;
    }
    if (effect->kind == EFFECT_END || effect->kind == EFFECT_EXTEND)
        plan->index = plan_index(engine, effect->relation, mask);
}

void effects_plan(struct engine *engine, struct effect_plan *plans, const struct effect *effects, uint32_t count,
                  const bool *known) {
    bool bound[SLOTS_MAX];
    memcpy(bound, known, sizeof bound);
    for (uint32_t i = 0; i < count; i++) {
        const struct effect *effect = &effects[i];
        struct effect_plan *plan = &plans[i];
        *plan = (struct effect_plan){.effect = effect};
        plan->from = plan_expression(engine, effect->from, bound);
        plan->until = plan_expression(engine, effect->until, bound);
        plan->object = plan_expression(engine, effect->object, bound);
        if (effect->kind == EFFECT_FOR_EACH) {
            bool inner[SLOTS_MAX];
            memcpy(inner, bound, sizeof inner);
            plan_conditions(engine, &plan->plan, effect->conditions, inner);
            plan->effects = ARENA_ARRAY(&engine->arena, struct effect_plan, effect->effect_count + 1);
            effects_plan(engine, plan->effects, effect->effects, effect->effect_count, inner);
        } else if (effect->kind == EFFECT_OBLIGE) {
            obligation_plan(engine, effect->obligation, bound);
            if (effect->duty_slot != NO_ID) bound[effect->duty_slot] = true;
        } else if (effect->kind <= EFFECT_END) rows_plan(engine, plan, bound);
    }
}
