// SPDX-License-Identifier: Apache-2.0
// Plans: conditions put in an order that asks the cheapest first, with the index for each.
//
// Atoms may trade places. A comparison that can fail (arithmetic) keeps its place in the text, and nothing after it
// comes before it, so that it is worked out for the same bindings in whatever order the atoms are asked.
#include "engine/engine_internal.h"

#define KEEPS_COST 1000u

// ---- What a condition needs and gives ------------------------------------------------------------------------------
static bool expression_known(const struct expression *expression, const bool *bound) {
    if (!expression) return true;
    switch (expression->kind) {
    case EXPRESSION_CONSTANT:
    case EXPRESSION_NOW: return true;
    case EXPRESSION_VARIABLE: return bound[expression->slot];
    case EXPRESSION_COUNT:
    case EXPRESSION_SUM:
    case EXPRESSION_MIN:
    case EXPRESSION_MAX: return true;    // placed by what stands before it
    default: return expression_known(expression->left, bound) && expression_known(expression->right, bound);
    }
}

static bool has_aggregate(const struct expression *expression) {
    if (!expression) return false;
    if (expression->kind >= EXPRESSION_COUNT && expression->kind <= EXPRESSION_MAX) return true;
    return has_aggregate(expression->left) || has_aggregate(expression->right);
}

static bool can_fail(const struct expression *expression) {
    if (!expression || expression->kind <= EXPRESSION_NOW || expression->kind == EXPRESSION_OFFICE_OF ||
        expression->kind == EXPRESSION_ROLE)
        return false;
    return expression->kind != EXPRESSION_COUNT;
}

static bool keeps_place(const struct condition *condition) {
    return condition->kind == CONDITION_COMPARE && (can_fail(condition->left) || can_fail(condition->right));
}

static bool expression_can_fail(const struct expression *expression) {
    if (!expression) return false;
    return can_fail(expression) || expression_can_fail(expression->left) || expression_can_fail(expression->right) ||
           plan_can_fail(expression->conditions);
}

bool plan_can_fail(struct conditions conditions) {
    for (uint32_t i = 0; i < conditions.count; i++) {
        const struct condition *condition = &conditions.at[i];
        bool fails = expression_can_fail(condition->left) || expression_can_fail(condition->right) ||
                     expression_can_fail(condition->moment) || plan_can_fail(condition->inner) ||
                     plan_can_fail(condition->has);
        for (uint32_t a = 0; a < condition->argument_count && !fails; a++)
            fails = expression_can_fail(condition->arguments[a]);
        if (fails) return true;
    }
    return false;
}

static bool is_positive_atom(const struct condition *condition) {
    return condition->kind == CONDITION_ATOM && !condition->negated;
}

// ---- Expressions: aggregates get plans of their own ----------------------------------------------------------------
const struct expression *plan_expression(struct engine *engine, const struct expression *expression,
                                         const bool *bound) {
    if (!expression || !has_aggregate(expression)) return expression;
    struct expression *copy = ARENA_NEW(&engine->arena, struct expression);
    *copy = *expression;
    if (expression->kind >= EXPRESSION_COUNT && expression->kind <= EXPRESSION_MAX) {
        bool inner[SLOTS_MAX];
        memcpy(inner, bound, sizeof inner);
        struct plan plan = {0};
        for (uint32_t i = 0; i < expression->slot_count; i++) inner[expression->slots[i]] = false;
        engine->unfold_not++, engine->counting++;
        plan_conditions(engine, &plan, expression->conditions, inner);
        copy->left = plan_expression(engine, expression->left, inner);
        engine->unfold_not--, engine->counting--;
        VEC_PUSH(&engine->aggregates, plan);
        copy->id = engine->aggregates.count - 1;
        return copy;
    }
    copy->left = plan_expression(engine, expression->left, bound);
    copy->right = plan_expression(engine, expression->right, bound);
    return copy;
}

// ---- Steps ---------------------------------------------------------------------------------------------------------
static bool same_expression_slot(const struct expression *expression, uint32_t *slot) {
    if (expression->kind != EXPRESSION_VARIABLE) return false;
    *slot = expression->slot;
    return true;
}

static void column_plan(struct engine *engine, struct step *step, uint32_t column, const struct expression *argument,
                        const bool *before, bool *bound) {
    uint32_t slot;
    struct column_use use = {.column = column};
    if (!argument) return;
    if (argument->unnamed && !before[argument->slot] && !engine->counting) return;    // that there is one is enough
    if (same_expression_slot(argument, &slot) && !before[slot]) {
        use.slot = slot;
        if (bound[slot]) step->sames[step->same_count++] = use;
        else step->binds[step->bind_count++] = use, bound[slot] = true;
        return;
    }
    step->mask |= 1u << column;
    if (argument->kind == EXPRESSION_VARIABLE) use.operand = (struct operand){.in_slot = true, .slot = argument->slot};
    else if (argument->kind == EXPRESSION_CONSTANT) use.operand.constant = argument->constant;
    else use.operand.expression = plan_expression(engine, argument, before);
    step->keys[step->key_count++] = use;
}

uint32_t plan_index(struct engine *engine, uint32_t relation, uint32_t mask) {
    struct table *table = &engine->tables[relation];
    uint32_t key = table->indexes[0].mask;
    if (key && (mask & key) == key) return 0;
    return store_index(engine, relation, mask);
}

static void atom_plan(struct engine *engine, struct step *step, const struct condition *condition, bool *bound) {
    const struct relation *relation = &engine->program->relations[condition->relation];
    bool before[SLOTS_MAX];
    memcpy(before, bound, sizeof before);
    step->relation = condition->relation;
    step->negated = condition->negated;
    step->since = condition->since;
    step->column_count = condition->argument_count;
    struct column_use *uses = ARENA_ARRAY(&engine->arena, struct column_use, 4 * condition->argument_count + 1);
    step->keys = uses, step->checks = uses + condition->argument_count,
    step->binds = uses + 2 * condition->argument_count, step->sames = uses + 3 * condition->argument_count;
    step->moment = plan_expression(engine, condition->moment, before);
    bool *marks = bound;
    bool inner[SLOTS_MAX];
    if (condition->negated) memcpy(inner, bound, sizeof inner), marks = inner;
    for (uint32_t c = 0; c < condition->argument_count; c++)
        column_plan(engine, step, c, condition->arguments[c], before, marks);
    step->since_known = condition->since != NO_ID && marks[condition->since];
    if (condition->since != NO_ID) marks[condition->since] = true;
    step->exists =
        step->negated || (step->bind_count + step->same_count == 0 && (step->since == NO_ID || step->since_known));
    if (relation->derived) {
        step->kind = STEP_CALL;
        step->call = plan_call(engine, condition->relation, step->mask);
    } else {
        step->kind = STEP_SCAN;
        step->index = plan_index(engine, condition->relation, step->mask);
        uint32_t seen_to = engine->tables[condition->relation].indexes[step->index].mask;
        for (uint32_t k = 0; k < step->key_count; k++)
            if (!(seen_to >> step->keys[k].column & 1)) step->checks[step->check_count++] = step->keys[k];
    }
}

static bool binds(const struct condition *condition, const bool *bound, uint32_t *slot,
                  const struct expression **from) {
    if (condition->kind != CONDITION_COMPARE || condition->compare != COMPARE_EQUAL) return false;
    if (same_expression_slot(condition->left, slot) && !bound[*slot] && expression_known(condition->right, bound))
        return *from = condition->right, true;
    if (same_expression_slot(condition->right, slot) && !bound[*slot] && expression_known(condition->left, bound))
        return *from = condition->left, true;
    return false;
}

static void inner_plan(struct engine *engine, struct plan **plan, struct conditions conditions, bool *bound) {
    *plan = ARENA_NEW(&engine->arena, struct plan);
    plan_conditions(engine, *plan, conditions, bound);
}

static void condition_plan(struct engine *engine, struct step *step, const struct condition *condition, bool *bound) {
    bool inner[SLOTS_MAX];
    const struct expression *from;
    *step = (struct step){.since = NO_ID, .relation = NO_ID};
    switch (condition->kind) {
    case CONDITION_ATOM: atom_plan(engine, step, condition, bound); return;
    case CONDITION_NOT:
        step->kind = STEP_NOT;
        memcpy(inner, bound, sizeof inner);
        inner_plan(engine, &step->inner, condition->inner, inner);
        return;
    case CONDITION_EVERY:
        step->kind = STEP_EVERY;
        memcpy(inner, bound, sizeof inner);
        inner_plan(engine, &step->inner, condition->inner, inner);
        inner_plan(engine, &step->has, condition->has, inner);
        return;
    case CONDITION_COMPARE:
        if (binds(condition, bound, &step->slot, &from)) {
            step->kind = STEP_BIND;
            step->left = plan_expression(engine, from, bound);
            bound[step->slot] = true;
            return;
        }
        step->kind = STEP_COMPARE;
        step->compare = condition->compare;
        step->left = plan_expression(engine, condition->left, bound);
        step->right = plan_expression(engine, condition->right, bound);
        step->watched_now = condition->left->kind == EXPRESSION_NOW || condition->right->kind == EXPRESSION_NOW;
        return;
    }
}

// ---- Order ---------------------------------------------------------------------------------------------------------
// Whether what is known of a derived relation's columns tells the others, rule by rule: then it gives at most one row
// for each rule.
static bool heads_tell(const struct engine *engine, const struct relation *relation, uint32_t mask) {
    for (uint32_t r = 0; r < relation->rule_count; r++) {
        const struct rule *rule = &engine->program->rules[relation->rules[r]];
        bool told[SLOTS_MAX] = {false};
        for (uint32_t c = 0; c < relation->column_count; c++)
            if ((mask >> c & 1) && plan_head_slot(rule->head[c]) != NO_ID) told[plan_head_slot(rule->head[c])] = true;
        for (uint32_t c = 0; c < relation->column_count; c++) {
            uint32_t slot = plan_head_slot(rule->head[c]);
            if (rule->head[c]->kind != EXPRESSION_CONSTANT && (slot == NO_ID || !told[slot])) return false;
        }
    }
    return true;
}

static uint32_t atom_cost(const struct engine *engine, const struct condition *condition, const bool *bound) {
    const struct relation *relation = &engine->program->relations[condition->relation];
    uint32_t known = 0, unknown = 0, key_known = 0, mask = 0;
    bool constant = false;    // the likelier not to hold
    for (uint32_t c = 0; c < condition->argument_count; c++) {
        const struct expression *argument = condition->arguments[c];
        bool is = argument && expression_known(argument, bound);
        if (is)
            mask |= 1u << c, known++, key_known += c < relation->key_count,
                constant |= argument->kind == EXPRESSION_CONSTANT;
        else if (argument && argument->kind != EXPRESSION_VARIABLE)
            return KEEPS_COST;    // an argument that is not known yet
        else unknown++;
    }
    if (!expression_known(condition->moment, bound)) return KEEPS_COST;
    if (unknown == 0) return relation->derived ? 4 : constant ? 1 : 2;
    if (!relation->derived && key_known == relation->key_count) return 3;
    if (relation->derived && !relation->recursive && heads_tell(engine, relation, mask)) return 6;
    return 10 + (relation->derived ? 20 : 0) + 4 * unknown - (known ? 8 : 0) + (relation->recursive ? 30 : 0) +
           (relation->column_count && !known ? 40 : 0);
}

// The cost of asking a condition next; KEEPS_COST: it cannot come yet.
static uint32_t condition_cost(const struct engine *engine, struct conditions conditions, uint32_t i, const bool *done,
                               const bool *bound) {
    const struct condition *condition = &conditions.at[i];
    bool atoms_before = true, all_before = true;
    for (uint32_t k = 0; k < i; k++) {
        all_before = all_before && done[k];
        if (keeps_place(&conditions.at[k]) && !done[k]) return KEEPS_COST;
        if (is_positive_atom(&conditions.at[k]) || conditions.at[k].kind == CONDITION_COMPARE)
            atoms_before = atoms_before && done[k];
    }
    if (keeps_place(condition)) return all_before ? 0 : KEEPS_COST;
    if (is_positive_atom(condition)) return atom_cost(engine, condition, bound);
    if (condition->kind == CONDITION_COMPARE && !has_aggregate(condition->left) && !has_aggregate(condition->right)) {
        uint32_t slot;
        const struct expression *from;
        bool known = expression_known(condition->left, bound) && expression_known(condition->right, bound);
        return known || binds(condition, bound, &slot, &from) ? 0 : KEEPS_COST;
    }
    return atoms_before ? 5 : KEEPS_COST;    // what is inside may use whatever the atoms before it bind
}

// Unfolding takes slots that the frame does not use; conditions inside others go on from there.
void plan_conditions(struct engine *engine, struct plan *plan, struct conditions conditions, bool *bound) {
    bool outermost = engine->planning++ == 0;
    if (outermost) engine->unfold_slot = UNFOLD_SLOT;
    conditions = unfold(engine, conditions);
    plan->steps = ARENA_ARRAY(&engine->arena, struct step, conditions.count + 1);
    plan->count = conditions.count;
    plan->distinct = true;
    bool *done = base_alloc(conditions.count + 1);
    for (uint32_t n = 0; n < conditions.count; n++) {
        uint32_t best = NO_ID, best_cost = KEEPS_COST + 1;
        for (uint32_t i = 0; i < conditions.count; i++) {
            if (done[i]) continue;
            uint32_t cost = condition_cost(engine, conditions, i, done, bound);
            if (cost < best_cost) best = i, best_cost = cost;
        }
        if (best_cost >= KEEPS_COST)    // what is left stands in a safe order
            for (best = 0; done[best];) best++;
        done[best] = true;
        condition_plan(engine, &plan->steps[n], &conditions.at[best], bound);
        const struct step *step = &plan->steps[n];
        if (step->kind == STEP_CALL && !step->negated && step->mask != (1u << step->column_count) - 1 &&
            !engine->program->relations[step->relation].recursive)
            plan->distinct = false;
    }
    free(done);
    engine->planning--;
}

// ---- Derived relations ---------------------------------------------------------------------------------------------
struct call_plan *plan_call(struct engine *engine, uint32_t relation, uint32_t mask) {
    struct derived *derived = &engine->derived[relation];
    for (uint32_t i = 0; i < derived->call_count; i++)
        if (derived->calls[i]->mask == mask) return derived->calls[i];
    derived->calls = base_grow(derived->calls, sizeof(struct call_plan *) * (derived->call_count + 1));
    struct call_plan *call = ARENA_NEW(&engine->arena, struct call_plan);
    *call = (struct call_plan){.relation = relation, .mask = mask};
    derived->calls[derived->call_count++] = call;
    return call;
}

static const struct expression **head_plan(struct engine *engine, const struct rule *rule, const bool *bound) {
    uint32_t columns = engine->program->relations[rule->relation].column_count;
    const struct expression **head = ARENA_ARRAY(&engine->arena, const struct expression *, columns + 1);
    for (uint32_t c = 0; c < columns; c++) head[c] = plan_expression(engine, rule->head[c], bound);
    return head;
}

// The slot that is known once a column of the head is: of a variable, or of the party in an office of a party.
uint32_t plan_head_slot(const struct expression *head) {
    if (head->kind == EXPRESSION_VARIABLE) return head->slot;
    return head->kind == EXPRESSION_OFFICE_OF && head->left->kind == EXPRESSION_VARIABLE ? head->left->slot : NO_ID;
}

// What a call's known columns tell the rule's frame, and which columns are left to work out.
static void heads_plan(struct engine *engine, const struct relation *relation, uint32_t mask, struct rule_plan *plan) {
    bool told[SLOTS_MAX] = {false};
    plan->inputs = ARENA_ARRAY(&engine->arena, struct head_input, relation->column_count + 1);
    plan->outputs = ARENA_ARRAY(&engine->arena, uint32_t, relation->column_count + 1);
    for (uint32_t c = 0; c < relation->column_count; c++) {
        const struct expression *head = plan->head[c];
        struct head_input input = {.column = c,
                                   .slot = plan_head_slot(head),
                                   .constant = head->constant,
                                   .office = head->kind == EXPRESSION_OFFICE_OF ? head->id : NO_ID};
        bool tells = (mask >> c & 1) && (input.slot != NO_ID || head->kind == EXPRESSION_CONSTANT);
        if (tells && input.slot != NO_ID) input.again = told[input.slot], told[input.slot] = true;
        if (tells) plan->inputs[plan->input_count++] = input;
        else plan->outputs[plan->output_count++] = c;
    }
}

void plan_call_rules(struct engine *engine, struct call_plan *call) {
    const struct relation *relation = &engine->program->relations[call->relation];
    call->ready = true;
    call->rules = ARENA_ARRAY(&engine->arena, struct rule_plan, relation->rule_count + 1);
    for (uint32_t r = 0; r < relation->rule_count; r++) {
        const struct rule *rule = &engine->program->rules[relation->rules[r]];
        bool bound[SLOTS_MAX] = {false};
        for (uint32_t c = 0; c < relation->column_count; c++)
            if ((call->mask >> c & 1) && plan_head_slot(rule->head[c]) != NO_ID)
                bound[plan_head_slot(rule->head[c])] = true;
        struct rule_plan *plan = &call->rules[r];
        plan->rule = rule;
        plan->decision = rule_decision(engine, call->relation, rule);
        plan_conditions(engine, &plan->plan, rule->body, bound);
        plan->head = head_plan(engine, rule, bound);
        heads_plan(engine, relation, call->mask, plan);
        call->rule_count = r + 1;
    }
}

// ---- Components of recursion ---------------------------------------------------------------------------------------
static bool in_component(const struct engine *engine, const struct component *component, uint32_t relation) {
    return engine->program->relations[relation].recursive &&
           &engine->components[engine->derived[relation].component] == component;
}

// The plan of a rule of a component: atoms of the component read the tuples found so far; the one numbered `newest`
// reads the last round's, and first.
static void delta_plan(struct engine *engine, struct component *component, struct delta_plan *delta, uint32_t newest) {
    const struct rule *rule = delta->rule;
    bool bound[SLOTS_MAX] = {false};
    struct conditions body = {base_alloc(sizeof(struct condition) * (rule->body.count + 1)), 0};
    if (newest != NO_ID) body.at[body.count++] = rule->body.at[newest];
    for (uint32_t i = 0; i < rule->body.count; i++)
        if (i != newest) body.at[body.count++] = rule->body.at[i];
    struct plan *plan = &delta->plan;
    plan->steps = ARENA_ARRAY(&engine->arena, struct step, body.count + 1);
    plan->count = body.count;
    uint32_t first = 0;
    if (newest != NO_ID) {
        condition_plan(engine, &plan->steps[0], &body.at[0], bound);
        plan->steps[0].kind = STEP_DELTA, plan->steps[0].newest = true;
        first = 1;
    }
    struct plan rest = {0};
    engine->unfold_not++;
    plan_conditions(engine, &rest, (struct conditions){body.at + first, body.count - first}, bound);
    engine->unfold_not--;
    for (uint32_t i = 0; i < rest.count; i++) {
        plan->steps[first + i] = rest.steps[i];
        struct step *step = &plan->steps[first + i];
        if (step->kind == STEP_CALL && !step->negated && !step->moment &&
            in_component(engine, component, step->relation))
            step->kind = STEP_DELTA;
    }
    delta->head = head_plan(engine, rule, bound);
    free(body.at);
}

void plan_component(struct engine *engine, struct component *component) {
    component->ready = true;
    component->closure = closure_plan(engine, component);
    VEC(struct delta_plan) plans = {0};
    for (uint32_t r = 0; r < component->count; r++) {
        const struct relation *relation = &engine->program->relations[component->relations[r]];
        for (uint32_t k = 0; k < relation->rule_count; k++) {
            const struct rule *rule = &engine->program->rules[relation->rules[k]];
            bool any = false;
            for (uint32_t i = 0; i < rule->body.count; i++) {
                const struct condition *condition = &rule->body.at[i];
                if (!is_positive_atom(condition) || condition->moment ||
                    !in_component(engine, component, condition->relation))
                    continue;
                struct delta_plan plan = {.rule = rule, .relation = rule->relation, .source = condition->relation};
                delta_plan(engine, component, &plan, i);
                VEC_PUSH(&plans, plan);
                any = true;
            }
            if (any) continue;
            struct delta_plan plan = {.rule = rule, .relation = rule->relation, .source = NO_ID};
            delta_plan(engine, component, &plan, NO_ID);
            VEC_PUSH(&plans, plan);
        }
    }
    component->plans = ARENA_ARRAY(&engine->arena, struct delta_plan, plans.count + 1);
    memcpy(component->plans, plans.at, sizeof *plans.at * plans.count);
    component->plan_count = plans.count;
    VEC_RELEASE(&plans);
}

// Visits every relation that conditions mention, at any depth.
typedef void (*mention)(void *context, uint32_t relation);
static void mentions_expression(const struct expression *expression, mention visit, void *context);
static void mentions(struct conditions conditions, mention visit, void *context) {
    for (uint32_t i = 0; i < conditions.count; i++) {
        const struct condition *condition = &conditions.at[i];
        if (condition->kind == CONDITION_ATOM) visit(context, condition->relation);
        for (uint32_t a = 0; a < condition->argument_count; a++)
            mentions_expression(condition->arguments[a], visit, context);
        mentions_expression(condition->left, visit, context);
        mentions_expression(condition->right, visit, context);
        mentions(condition->inner, visit, context);
        mentions(condition->has, visit, context);
    }
}

static void mentions_expression(const struct expression *expression, mention visit, void *context) {
    if (!expression) return;
    mentions_expression(expression->left, visit, context);
    mentions_expression(expression->right, visit, context);
    mentions(expression->conditions, visit, context);
}

struct reach {
    const struct program *program;
    bool *seen;
};
static void reach_visit(void *context, uint32_t relation) {
    struct reach *reach = context;
    if (reach->seen[relation]) return;
    reach->seen[relation] = true;
    const struct relation *shape = &reach->program->relations[relation];
    for (uint32_t r = 0; r < shape->rule_count; r++)
        mentions(reach->program->rules[shape->rules[r]].body, reach_visit, reach);
}

void plan_reach(const struct program *program, uint32_t relation, bool *seen) {
    struct reach reach = {program, seen};
    memset(seen, 0, program->relations_count);
    for (uint32_t r = 0; r < program->relations[relation].rule_count; r++)
        mentions(program->rules[program->relations[relation].rules[r]].body, reach_visit, &reach);
}

// Two recursive relations are of one component where each reaches the other.
void plan_components(struct engine *engine) {
    const struct program *program = engine->program;
    uint32_t n = program->relations_count;
    bool *seen = base_alloc((size_t)n + 1), *back = base_alloc((size_t)n + 1), *taken = base_alloc((size_t)n + 1);
    engine->components = ARENA_ARRAY(&engine->arena, struct component, n + 1);
    for (uint32_t i = 0; i < n; i++) {
        if (!program->relations[i].recursive || taken[i]) continue;
        struct component *component = &engine->components[engine->component_count];
        component->relations = ARENA_ARRAY(&engine->arena, uint32_t, n);
        component->bases = ARENA_ARRAY(&engine->arena, uint32_t, n);
        plan_reach(program, i, seen);
        for (uint32_t j = 0; j < n; j++) {
            if (seen[j] && !program->relations[j].derived) component->bases[component->base_count++] = j;
            if (!program->relations[j].recursive || taken[j] || (!seen[j] && j != i)) continue;
            plan_reach(program, j, back);
            if (j != i && !back[i]) continue;
            taken[j] = true;
            engine->derived[j].component = engine->component_count;
            engine->derived[j].tuples.columns = program->relations[j].column_count;
            component->relations[component->count++] = j;
        }
        engine->component_count++;
    }
    free(seen), free(back), free(taken);
}

// Plans every call that a plan made so far asks for, so that running never plans: indexes stay where they are while
// rows are walked.
void plan_settle(struct engine *engine) {
    for (bool again = true; again;) {
        again = false;
        for (uint32_t c = 0; c < engine->component_count; c++)
            if (!engine->components[c].ready) plan_component(engine, &engine->components[c]), again = true;
        for (uint32_t r = 0; r < engine->program->relations_count; r++)
            for (uint32_t k = 0; k < engine->derived[r].call_count; k++)
                if (!engine->derived[r].calls[k]->ready)
                    plan_call_rules(engine, engine->derived[r].calls[k]), again = true;
    }
}

// ---- Bindings: collected, sorted, each once ------------------------------------------------------------------------
struct collect {
    struct bindings *out;
    const uint32_t *slots;
};
static run_status collect_take(void *context, struct run *run, value *frame) {
    struct collect *collect = context;
    struct bindings *out = collect->out;
    if (out->count == out->capacity) {
        out->capacity = out->capacity ? out->capacity * 2 : 8;
        out->at = base_grow(out->at, sizeof(value) * (out->width ? out->width : 1) * out->capacity);
    }
    for (uint32_t i = 0; i < out->width; i++) out->at[(size_t)out->count * out->width + i] = frame[collect->slots[i]];
    out->count++;
    (void)run;
    return out->width ? RUN_OK : RUN_STOP;
}

int bindings_compare(const struct engine *engine, const struct type *types, const value *a, const value *b,
                     uint32_t width) {
    for (uint32_t i = 0; i < width; i++) {
        int order = a[i] == b[i] ? 0 : program_compare(engine->program, &engine->base.texts, types[i], a[i], b[i]);
        if (order) return order;
    }
    return 0;
}

// Merge sort: stable, no recursion depth to fear, the same everywhere.
static void bindings_sort(const struct engine *engine, const struct type *types, struct bindings *out) {
    uint32_t width = out->width;
    value *other = base_alloc(sizeof(value) * ((size_t)out->count * width + 1)), *from = out->at, *to = other;
    for (uint32_t run = 1; run < out->count; run *= 2) {
        for (uint32_t low = 0; low < out->count; low += 2 * run) {
            uint32_t a = low, middle = low + run < out->count ? low + run : out->count, b = middle;
            uint32_t high = low + 2 * run < out->count ? low + 2 * run : out->count;
            for (uint32_t k = low; k < high; k++) {
                bool left = b >= high || (a < middle && bindings_compare(engine, types, from + (size_t)a * width,
                                                                         from + (size_t)b * width, width) <= 0);
                memcpy(to + (size_t)k * width, from + (size_t)(left ? a++ : b++) * width, sizeof(value) * width);
            }
        }
        value *swap = from;
        from = to, to = swap;
    }
    if (from != out->at) memcpy(out->at, from, sizeof(value) * (size_t)out->count * width);
    free(other);
}

void bindings_order(const struct engine *engine, const struct type *types, struct bindings *out) {
    if (out->width == 0) {
        out->count = out->count ? 1 : 0;
        return;
    }
    uint32_t kept = 1;
    while (kept < out->count && bindings_compare(engine, types, out->at + (size_t)(kept - 1) * out->width,
                                                 out->at + (size_t)kept * out->width, out->width) < 0)
        kept++;
    if (kept >= out->count) return;    // in order already, as they often are
    bindings_sort(engine, types, out);
    kept = 1;
    for (uint32_t i = 1; i < out->count; i++) {
        const value *one = out->at + (size_t)i * out->width;
        if (!memcmp(one, out->at + (size_t)(kept - 1) * out->width, sizeof(value) * out->width)) continue;
        memmove(out->at + (size_t)kept++ * out->width, one, sizeof(value) * out->width);
    }
    out->count = kept;
}

run_status bindings_collect(struct run *run, const struct plan *plan, value *frame, const uint32_t *slots,
                            uint32_t slot_count, const struct frame *types, struct bindings *out) {
    *out = (struct bindings){.width = slot_count};
    struct collect collect = {out, slots};
    run_status status = run_plan(run, plan, frame, collect_take, &collect);
    if (status == RUN_STOP) status = RUN_OK;
    struct type of[SLOTS_MAX];
    for (uint32_t i = 0; i < slot_count; i++) of[i] = types->types[slots[i]];
    if (status == RUN_OK) bindings_order(run->engine, of, out);
    return status;
}

void bindings_release(struct bindings *bindings) {
    free(bindings->at);
    *bindings = (struct bindings){0};
}
