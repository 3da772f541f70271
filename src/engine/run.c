// SPDX-License-Identifier: Apache-2.0
// Runs plans: nested loops over chains of rows, with the horizon until which the answer stands.
#include "engine/engine_internal.h"

struct continuation {
    const struct plan *plan;
    uint32_t next;
    run_emit emit;
    void *context;
};
static run_status run_steps(struct run *run, const struct plan *plan, uint32_t i, value *frame, run_emit emit,
                            void *context);

run_status run_limit(struct run *run, const char *limit) {
    run->engine->limit = limit;
    return RUN_LIMIT;
}

static void horizon_bound(struct run *run, int64_t time) {
    if (!run->view.fixed && time > run->view.time && time < run->horizon) run->horizon = time;
}

// ---- Distinct bindings of an aggregate -----------------------------------------------------------------------------
struct aggregate {
    const struct expression *expression;
    bool once;    // no value can come twice
    wide total, months, best;
    uint64_t count;
    struct tuples seen;
};

bool tuples_add(struct tuples *tuples, const value *tuple) {
    if ((uint64_t)(tuples->count + 1) * 2 > tuples->slot_count) {
        tuples->slot_count = tuples->slot_count ? tuples->slot_count * 2 : 16;
        free(tuples->slots);
        tuples->slots = base_alloc(sizeof *tuples->slots * tuples->slot_count);
        for (uint32_t t = 0; t < tuples->count; t++) {
            uint64_t hash = 1;
            for (uint32_t c = 0; c < tuples->columns; c++)
                hash = hash_mix(hash, (uint64_t)tuples->at[(size_t)t * tuples->columns + c]);
            uint32_t i = (uint32_t)(hash ^ hash >> 32) & (tuples->slot_count - 1);
            while (tuples->slots[i]) i = (i + 1) & (tuples->slot_count - 1);
            tuples->slots[i] = t + 1;
        }
    }
    uint64_t hash = 1;
    for (uint32_t c = 0; c < tuples->columns; c++) hash = hash_mix(hash, (uint64_t)tuple[c]);
    uint32_t i = (uint32_t)(hash ^ hash >> 32) & (tuples->slot_count - 1);
    for (; tuples->slots[i]; i = (i + 1) & (tuples->slot_count - 1))
        if (!tuples->columns || !memcmp(tuples->at + (size_t)(tuples->slots[i] - 1) * tuples->columns, tuple,
                                        sizeof(value) * tuples->columns))
            return false;
    if (tuples->count == tuples->capacity) {
        tuples->capacity = tuples->capacity ? tuples->capacity * 2 : 16;
        tuples->at = base_grow(tuples->at, sizeof(value) * (tuples->columns ? tuples->columns : 1) * tuples->capacity);
    }
    memcpy(tuples->at + (size_t)tuples->count * tuples->columns, tuple, sizeof(value) * tuples->columns);
    tuples->slots[i] = ++tuples->count;
    return true;
}

void tuples_release(struct tuples *tuples) {
    free(tuples->at), free(tuples->slots);
    for (uint32_t k = 0; k < tuples->index_count; k++) free(tuples->indexes[k].heads), free(tuples->indexes[k].next);
    *tuples = (struct tuples){.columns = tuples->columns};
}

// `count` counts the distinct values of its head; the others go over the distinct bindings of the aggregate's slots.
static run_status aggregate_take(void *context, struct run *run, value *frame) {
    struct aggregate *aggregate = context;
    const struct expression *expression = aggregate->expression;
    bool count = expression->kind == EXPRESSION_COUNT;
    value v = 0;
    run_status status = expression->left ? run_expression(run, expression->left, frame, &v) : RUN_OK;
    if (status != RUN_OK) return status;
    if (!aggregate->once) {
        value tuple[SLOTS_MAX];
        for (uint32_t i = 0; i < expression->slot_count && !count; i++) tuple[i] = frame[expression->slots[i]];
        if (!tuples_add(&aggregate->seen, count ? &v : tuple)) return RUN_OK;
    }
    aggregate->count++;
    if (count) return RUN_OK;
    if (expression->kind == EXPRESSION_SUM) {
        bool duration = expression->type.base == TYPE_DURATION;
        aggregate->total += duration ? duration_seconds(v) : v;
        aggregate->months += duration ? duration_months(v) : 0;
    } else if (aggregate->count == 1 ||
               (expression->kind == EXPRESSION_MIN ? v < aggregate->best : v > aggregate->best))
        aggregate->best = v;
    return RUN_OK;
}

static run_status aggregate_run(struct run *run, const struct expression *expression, value *frame, value *result) {
    const struct plan *plan = &run->engine->aggregates.at[expression->id];
    bool count = expression->kind == EXPRESSION_COUNT;
    bool head_tells =
        !count || (expression->slot_count == 1 && expression->left && expression->left->kind == EXPRESSION_VARIABLE &&
                   expression->left->slot == expression->slots[0]);
    struct aggregate aggregate = {.expression = expression,
                                  .once = plan->distinct && head_tells,
                                  .seen = {.columns = count ? 1 : expression->slot_count}};
    run_status status = run_plan(run, plan, frame, aggregate_take, &aggregate);
    tuples_release(&aggregate.seen);
    if (status != RUN_OK) return status;
    switch (expression->kind) {
    case EXPRESSION_COUNT: *result = (value)aggregate.count; return RUN_OK;
    case EXPRESSION_SUM:
        if (expression->type.base == TYPE_DURATION)
            return run_duration(aggregate.months, aggregate.total, result) ? RUN_OK : RUN_ARITHMETIC;
        if (aggregate.total > INT64_MAX || aggregate.total < INT64_MIN) return RUN_ARITHMETIC;
        *result = (value)aggregate.total;
        return RUN_OK;
    default:
        if (!aggregate.count) return RUN_NOTHING;
        *result = (value)aggregate.best;
        return RUN_OK;
    }
}

run_status run_expression(struct run *run, const struct expression *expression, value *frame, value *result) {
    value left = 0, right = 0;
    run_status status;
    switch (expression->kind) {
    case EXPRESSION_CONSTANT: *result = expression->constant; return RUN_OK;
    case EXPRESSION_VARIABLE: *result = frame[expression->slot]; return RUN_OK;
    case EXPRESSION_NOW: *result = run->view.time; return RUN_OK;
    case EXPRESSION_COUNT:
    case EXPRESSION_SUM:
    case EXPRESSION_MIN:
    case EXPRESSION_MAX: return aggregate_run(run, expression, frame, result);
    case EXPRESSION_OFFICE_OF:
        status = run_expression(run, expression->left, frame, &left);
        if (status == RUN_OK) *result = actor_office(expression->id, left);
        return status;
    case EXPRESSION_ROLE:
        if (expression->left && (status = run_expression(run, expression->left, frame, &left)) != RUN_OK) return status;
        *result = actor_role(expression->id, expression->left != NULL, left);
        return RUN_OK;
    case EXPRESSION_NEGATE:
        status = run_expression(run, expression->left, frame, &left);
        if (status != RUN_OK) return status;
        if (expression->type.base == TYPE_DURATION)
            return run_duration(-(wide)duration_months(left), -(wide)duration_seconds(left), result) ? RUN_OK
                                                                                                     : RUN_ARITHMETIC;
        return __builtin_sub_overflow((value)0, left, result) ? RUN_ARITHMETIC : RUN_OK;
    default: break;
    }
    if ((status = run_expression(run, expression->left, frame, &left)) != RUN_OK) return status;
    if ((status = run_expression(run, expression->right, frame, &right)) != RUN_OK) return status;
    return run_arithmetic(expression->kind, expression->left->type, expression->right->type,
                          run->engine->program->offset, left, right, result)
               ? RUN_OK
               : RUN_ARITHMETIC;
}

// ---- Steps ---------------------------------------------------------------------------------------------------------
// What of a failed expression is an error, and what only fails the condition it stands in.
run_status run_failed(const struct run *run, run_status status, bool *fails) {
    *fails = status == RUN_NOTHING || (status == RUN_ARITHMETIC && run->lenient);
    return *fails ? RUN_OK : status;
}

run_status run_step_keys(struct run *run, const struct step *step, value *frame, value *keys, bool *fails) {
    *fails = false;
    for (uint32_t k = 0; k < step->key_count; k++) {
        const struct column_use *key = &step->keys[k];
        if (key->operand.in_slot) keys[key->column] = frame[key->operand.slot];
        else if (!key->operand.expression) keys[key->column] = key->operand.constant;
        else {
            run_status status = run_expression(run, key->operand.expression, frame, &keys[key->column]);
            if (status != RUN_OK) return run_failed(run, status, fails);
        }
    }
    return RUN_OK;
}

// Takes a tuple into the frame; false: it does not match.
static bool step_match(const struct step *step, const value *keys, const value *tuple, value *frame) {
    for (uint32_t k = 0; k < step->check_count; k++)
        if (tuple[step->checks[k].column] != keys[step->checks[k].column]) return false;
    for (uint32_t k = 0; k < step->bind_count; k++) frame[step->binds[k].slot] = tuple[step->binds[k].column];
    for (uint32_t k = 0; k < step->same_count; k++)
        if (frame[step->sames[k].slot] != tuple[step->sames[k].column]) return false;
    return true;
}

// The view of a step: the run's, or that of a moment of the step's own.
static run_status step_view(struct run *run, const struct step *step, value *frame, struct view *view) {
    *view = run->view;
    if (!step->moment) return RUN_OK;
    run_status status = run_expression(run, step->moment, frame, &view->time);
    if (status == RUN_OK && view->time < run->view.time)
        view->present = false, view->stamp = run->view.present ? UINT32_MAX : view->stamp;
    return status;
}

// Whether a row of a walk is there for the view and matches. What is looked at is charged, and bounds the horizon.
static run_status row_holds(struct run *run, const struct step *step, const struct table *table, uint32_t row,
                            const struct view *view, const value *keys, value *frame, bool *holds) {
    *holds = false;
    if (++run->rows > TOUCHED_MAX) return run_limit(run, "working it out touches more than 20,000,000 rows");
    if (!step_match(step, keys, table_values(table, row), frame)) return RUN_OK;
    const struct row *found = table_row(table, row);
    int64_t until = found->until;
    *holds = view->present ? found->from <= view->time && view->time < until
                           : store_row_visible(run->engine, table, row, *view, &until);
    if (!step->moment) horizon_bound(run, *holds ? until : found->from);
    if (step->since_known && frame[step->since] != found->from) *holds = false;
    return RUN_OK;
}

static run_status scan_open(struct run *run, const struct step *step, value *frame, value *keys, struct view *view,
                            struct chain_walk *walk, bool *fails) {
    const struct table *table = &run->engine->tables[step->relation];
    walk->rows = NULL;
    *fails = false;
    if (!table->row_count) return RUN_OK;
    run_status status = run_step_keys(run, step, frame, keys, fails);
    if (status != RUN_OK || *fails) return status;
    if ((status = step_view(run, step, frame, view)) != RUN_OK) return run_failed(run, status, fails);
    chain_open(run->engine, table, step->index, keys, view, walk);
    return RUN_OK;
}

// A step that binds nothing: one row is enough.
static run_status scan_exists(struct run *run, const struct step *step, value *frame, bool *holds) {
    value keys[COLUMNS_MAX];
    struct view view;
    struct chain_walk walk;
    uint32_t row;
    bool fails;
    *holds = false;
    run_status status = scan_open(run, step, frame, keys, &view, &walk, &fails);
    while (status == RUN_OK && !*holds && chain_next(&walk, &row))
        status = row_holds(run, step, &run->engine->tables[step->relation], row, &view, keys, frame, holds);
    return status;
}

static run_status step_scan(struct run *run, const struct plan *plan, uint32_t i, value *frame, run_emit emit,
                            void *context) {
    const struct step *step = &plan->steps[i];
    const struct table *table = &run->engine->tables[step->relation];
    value keys[COLUMNS_MAX];
    struct view view;
    struct chain_walk walk;
    uint32_t row;
    bool holds;
    run_status status = scan_open(run, step, frame, keys, &view, &walk, &holds);
    while (status == RUN_OK && chain_next(&walk, &row)) {
        status = row_holds(run, step, table, row, &view, keys, frame, &holds);
        if (status != RUN_OK || !holds) continue;
        if (step->since != NO_ID) frame[step->since] = table_row(table, row)->from;
        status = run_steps(run, plan, i + 1, frame, emit, context);
    }
    return status;
}

// ---- Derived relations: called with what is known ------------------------------------------------------------------
struct call_context {
    const struct call_plan *call;
    const struct rule_plan *rule;
    const value *keys;
    run_take take;
    void *context;
    bool lenient;    // of who asks: within a rule what cannot be worked out is no row
};

static run_status call_take(struct call_context *call, struct run *run, const value *tuple) {
    run->lenient = call->lenient;
    run_status status = call->take(call->context, run, tuple);
    run->lenient = true;
    return status;
}

static run_status call_solution(void *context, struct run *run, value *frame) {
    struct call_context *call = context;
    if (!call->rule->output_count) return call_take(call, run, call->keys);
    value tuple[COLUMNS_MAX];
    memcpy(tuple, call->keys, sizeof(value) * run->engine->program->relations[call->call->relation].column_count);
    for (uint32_t k = 0; k < call->rule->output_count; k++) {
        uint32_t c = call->rule->outputs[k];
        run_status status = run_expression(run, call->rule->head[c], frame, &tuple[c]);
        bool fails;
        if (status != RUN_OK) return run_failed(run, status, &fails);
        if ((call->call->mask >> c & 1) && tuple[c] != call->keys[c]) return RUN_OK;
    }
    return call_take(call, run, tuple);
}

static run_status call_rule(struct run *run, struct call_context *call) {
    value frame[SLOTS_MAX];
    for (uint32_t k = 0; k < call->rule->input_count; k++) {
        const struct head_input *input = &call->rule->inputs[k];
        value known = call->keys[input->column];
        if (input->slot == NO_ID) {
            if (known != input->constant) return RUN_OK;
            continue;
        }
        if (input->office != NO_ID) {    // an office of a party tells the party
            if (known < 0 || actor_class_of(known) != ACTOR_OFFICE || actor_office_id(known) != input->office ||
                actor_office_party(known) < 0)
                return RUN_OK;
            known = actor_office_party(known);
        }
        if (input->again && frame[input->slot] != known) return RUN_OK;
        frame[input->slot] = known;
    }
    run->lenient = true;
    run_status status = run_plan(run, &call->rule->plan, frame, call_solution, call);
    run->lenient = call->lenient;
    return status;
}

static run_status tuple_keep(void *context, struct run *run, const value *tuple) {
    (void)run;
    struct tuples *kept = context;
    if (kept->count == kept->capacity) {
        kept->capacity = kept->capacity ? kept->capacity * 2 : 16;
        kept->at = base_grow(kept->at, sizeof(value) * (kept->columns ? kept->columns : 1) * kept->capacity);
    }
    memcpy(kept->at + (size_t)kept->count++ * kept->columns, tuple, sizeof(value) * kept->columns);
    return RUN_OK;
}

// What matches is copied before it is handed on: who takes it may ask the same relation of another moment.
static run_status call_recursive(struct run *run, struct call_plan *plan, const value *keys, run_take take,
                                 void *context) {
    struct engine *engine = run->engine;
    struct component *component = &engine->components[engine->derived[plan->relation].component];
    recursion_enter(engine, component);
    bool answered = false;
    run_status status =
        run_filled(run, component) ? RUN_OK : tabling_ask(run, component, plan, keys, take, context, &answered);
    if (status != RUN_OK || answered) return status;
    if ((status = run_fill(run, component)) != RUN_OK) return status;
    struct tuples *tuples = &engine->derived[plan->relation].tuples, kept = {.columns = tuples->columns};
    status = tuples_scan(run, tuples, plan->mask, true, keys, 0, tuples->count, tuple_keep, &kept);
    for (uint32_t t = 0; t < kept.count && status == RUN_OK; t++)
        status = take(context, run, kept.at + (size_t)t * kept.columns);
    tuples_release(&kept);
    return status;
}

run_status run_rules(struct run *run, const struct call_plan *plan, const value *keys, run_take take, void *context) {
    ENSURE(plan->ready);
    uint32_t decision = plan->mask & 1 ? proposal_decision(run->engine, plan->relation, keys[0]) : NO_ID;
    for (uint32_t r = 0; r < plan->rule_count; r++) {
        if (decision != NO_ID && plan->rules[r].decision != decision && plan->rules[r].decision != NO_ID) continue;
        struct call_context call = {plan, &plan->rules[r], keys, take, context, run->lenient};
        run_status status = call_rule(run, &call);
        if (status != RUN_OK) return status;
    }
    return RUN_OK;
}

static run_status call_relation(struct run *run, struct call_plan *plan, const value *keys, run_take take,
                                void *context) {
    struct engine *engine = run->engine;
    if (seats_kept(run, plan)) return seats_ask(run, plan, keys, take, context);
    if (engine->program->relations[plan->relation].recursive) return call_recursive(run, plan, keys, take, context);
    return memo_wanted(run) ? memo_ask(run, plan, keys, take, context) : run_rules(run, plan, keys, take, context);
}

run_status run_step_take(void *context, struct run *run, const value *tuple) {
    struct step_context *step = context;
    if (!step_match(&step->plan->steps[step->i], step->keys, tuple, step->frame)) return RUN_OK;
    struct view view = run->view;
    run->view = step->view;
    run_status status = run_steps(run, step->plan, step->i + 1, step->frame, step->emit, step->context);
    run->view = view;
    return status;
}

struct found_context {
    const struct step *step;
    const value *keys;
    value *frame;
    bool found;
};
static run_status found_take(void *context, struct run *run, const value *tuple) {
    struct found_context *found = context;
    (void)run;
    found->found = step_match(found->step, found->keys, tuple, found->frame);
    return found->found ? RUN_STOP : RUN_OK;
}

// Asks the relation of a step, at the step's moment; what it takes is for `take` to say.
static run_status call_step(struct run *run, const struct step *step, value *frame, value *keys, run_take take,
                            void *context) {
    bool fails;
    run_status status = run_step_keys(run, step, frame, keys, &fails);
    if (status != RUN_OK || fails) return status;
    if (!step->moment) return call_relation(run, step->call, keys, take, context);
    struct view view = run->view;
    int64_t moment;
    if ((status = run_expression(run, step->moment, frame, &moment)) != RUN_OK) return run_failed(run, status, &fails);
    if (moment < run->view.time && run->view.present) run->view.present = false, run->view.stamp = UINT32_MAX;
    run->view.time = moment;
    run->view.fixed = true;
    status = call_relation(run, step->call, keys, take, context);
    run->view = view;
    return status;
}

static run_status call_exists(struct run *run, const struct step *step, value *frame, bool *holds) {
    value keys[COLUMNS_MAX] = {0};
    struct found_context found = {step, keys, frame, false};
    bool known = false;
    if (step->relation == RELATION_UNANSWERED && step->mask == SEATS_OF && !step->moment &&
        step->keys[0].operand.in_slot) {
        run_status status = seats_unanswered(run, frame[step->keys[0].operand.slot], &known, holds);
        if (known) return status;
    }
    run_status status = call_step(run, step, frame, keys, found_take, &found);
    *holds = found.found;
    return status == RUN_STOP && found.found ? RUN_OK : status;
}

static run_status step_call(struct run *run, const struct plan *plan, uint32_t i, value *frame, run_emit emit,
                            void *context) {
    value keys[COLUMNS_MAX] = {0};
    struct step_context taken = {plan, i, frame, keys, run->view, emit, context};
    return call_step(run, &plan->steps[i], frame, keys, run_step_take, &taken);
}

// ---- Comparisons ---------------------------------------------------------------------------------------------------
static bool compare_values(compare_operator compare, value left, value right) {
    switch (compare) {
    case COMPARE_EQUAL: return left == right;
    case COMPARE_DIFFERENT: return left != right;
    case COMPARE_LESS: return left < right;
    case COMPARE_LESS_EQUAL: return left <= right;
    case COMPARE_GREATER: return left > right;
    default: return left >= right;
    }
}

static run_status step_compare(struct run *run, const struct step *step, value *frame, bool *holds) {
    value left, right;
    bool fails;
    *holds = false;
    run_status status = run_expression(run, step->left, frame, &left);
    if (status == RUN_OK) status = run_expression(run, step->right, frame, &right);
    if (status != RUN_OK) return run_failed(run, status, &fails);
    *holds = compare_values(step->compare, left, right);
    if (step->watched_now) {
        value threshold = step->left->kind == EXPRESSION_NOW ? right : left;
        horizon_bound(run, threshold);
        if (threshold < TIME_MAX) horizon_bound(run, threshold + 1);
    }
    return RUN_OK;
}

struct every_context {
    const struct step *step;
    bool violated;
};
static run_status every_take(void *context, struct run *run, value *frame) {
    struct every_context *every = context;
    bool holds;
    run_status status = run_exists(run, every->step->has, frame, &holds);
    if (status != RUN_OK) return status;
    every->violated = !holds;
    return holds ? RUN_OK : RUN_STOP;
}

static run_status run_steps_here(struct run *run, const struct plan *plan, uint32_t i, value *frame, run_emit emit,
                                 void *context) {
    for (; i < plan->count; i++) {
        const struct step *step = &plan->steps[i];
        bool holds = false;
        run_status status = RUN_OK;
        switch (step->kind) {
        case STEP_SCAN:
            if (!step->exists) return step_scan(run, plan, i, frame, emit, context);
            status = scan_exists(run, step, frame, &holds);
            holds ^= step->negated;
            break;
        case STEP_CALL:
            if (!step->exists) return step_call(run, plan, i, frame, emit, context);
            status = call_exists(run, step, frame, &holds);
            holds ^= step->negated;
            break;
        case STEP_DELTA: return run_delta(run, plan, i, frame, emit, context);
        case STEP_NOT:
            status = run_exists(run, step->inner, frame, &holds);
            holds = !holds;
            break;
        case STEP_EVERY: {
            struct every_context every = {step, false};
            status = run_plan(run, step->inner, frame, every_take, &every);
            if (status == RUN_STOP) status = RUN_OK;
            holds = !every.violated;
            break;
        }
        case STEP_COMPARE: status = step_compare(run, step, frame, &holds); break;
        case STEP_BIND:
            status = run_expression(run, step->left, frame, &frame[step->slot]);
            holds = status == RUN_OK;
            if (!holds) {
                bool fails;
                status = run_failed(run, status, &fails);
            }
            break;
        }
        if (status != RUN_OK || !holds) return status;
    }
    return emit(context, run, frame);
}

// Conditions go on inside one another; how deep is limited, so that the stack is enough on every machine.
static run_status run_steps(struct run *run, const struct plan *plan, uint32_t i, value *frame, run_emit emit,
                            void *context) {
    if (run->depth >= STEPS_DEEP_MAX)
        return run_limit(run, "rules go more than 1,000 conditions deep into one another");
    run->depth++;
    run_status status = run_steps_here(run, plan, i, frame, emit, context);
    if (--run->depth == 0 && run->engine->memo_heads) memo_clear(run->engine);
    return status;
}

run_status run_plan(struct run *run, const struct plan *plan, value *frame, run_emit emit, void *context) {
    return run_steps(run, plan, 0, frame, emit, context);
}

static run_status stop_at_first(void *context, struct run *run, value *frame) {
    (void)run, (void)frame;
    *(bool *)context = true;
    return RUN_STOP;
}

run_status run_exists(struct run *run, const struct plan *plan, value *frame, bool *holds) {
    *holds = false;
    run_status status = run_plan(run, plan, frame, stop_at_first, holds);
    return status == RUN_STOP ? RUN_OK : status;
}

// ---- A relation by pattern -----------------------------------------------------------------------------------------
struct relation_context {
    run_emit emit;
    void *context;
};
static run_status relation_take(void *context, struct run *run, const value *tuple) {
    struct relation_context *taken = context;
    value copy[COLUMNS_MAX];
    uint32_t columns = taken->emit ? run->columns : 0;
    if (columns) memcpy(copy, tuple, sizeof(value) * columns);
    return taken->emit(taken->context, run, copy);
}

static run_status relation_row(struct run *run, const struct table *table, uint32_t row, const value *pattern,
                               struct relation_context *taken) {
    if (++run->rows > TOUCHED_MAX) return run_limit(run, "working it out touches more than 20,000,000 rows");
    const value *values = table_values(table, row);
    int64_t until;
    for (uint32_t c = 0; c < table->columns; c++)
        if (pattern[c] != VALUE_ANY && pattern[c] != values[c]) return RUN_OK;
    if (!store_row_visible(run->engine, table, row, run->view, &until)) return RUN_OK;
    run->row = row;
    return relation_take(taken, run, values);
}

run_status run_relation(struct run *run, uint32_t relation, const value *pattern, run_emit emit, void *context) {
    const struct relation *shape = &run->engine->program->relations[relation];
    uint32_t mask = 0;
    for (uint32_t c = 0; c < shape->column_count; c++) mask |= pattern[c] != VALUE_ANY ? 1u << c : 0;
    struct relation_context taken = {emit, context};
    run->columns = shape->column_count;
    if (shape->derived) {
        struct call_plan *call = plan_call(run->engine, relation, mask);
        if (!call->ready) plan_settle(run->engine);
        return call_relation(run, call, pattern, relation_take, &taken);
    }
    const struct table *table = &run->engine->tables[relation];
    uint32_t best = NO_ID, bits = 0;
    for (uint32_t k = 0; k < table->index_count; k++) {
        uint32_t index = table->indexes[k].mask;
        if ((index & mask) == index && (best == NO_ID || (uint32_t)__builtin_popcount(index) > bits))
            best = k, bits = (uint32_t)__builtin_popcount(index);
    }
    run_status status = RUN_OK;
    if (best == NO_ID) {
        for (uint32_t row = 0; row < table->row_count && status == RUN_OK; row++)
            status = relation_row(run, table, row, pattern, &taken);
        return status;
    }
    struct chain_walk walk;
    uint32_t row;
    chain_open(run->engine, table, best, pattern, &run->view, &walk);
    while (status == RUN_OK && chain_next(&walk, &row)) status = relation_row(run, table, row, pattern, &taken);
    return status;
}
