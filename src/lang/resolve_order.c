// SPDX-License-Identifier: Apache-2.0
// Safety: conditions are put into an order in which whatever a condition needs is bound before it. The order of the
// text is kept where it can be.
#include "lang/resolve_internal.h"

// ---- What is missing ------------------------------------------------------------------------------------------------
static uint32_t unbound_in(const struct scope *scope, struct conditions conditions, const struct bound *bound,
                           uint32_t depth, struct place *place);

// The first variable of the environments up to `depth` that an expression needs and that is not bound; NO_ID where all
// are.
uint32_t first_unbound(const struct scope *scope, const struct expression *e, const struct bound *bound, uint32_t depth,
                       struct place *place) {
    if (!e) return NO_ID;
    if (e->kind == EXPRESSION_VARIABLE) {
        if (scope->slots.at[e->slot].depth > depth || bound_has(bound, e->slot)) return NO_ID;
        *place = e->place;
        return e->slot;
    }
    uint32_t slot = unbound_in(scope, e->conditions, bound, depth, place);
    if (slot == NO_ID) slot = first_unbound(scope, e->left, bound, depth, place);
    return slot == NO_ID ? first_unbound(scope, e->right, bound, depth, place) : slot;
}

static uint32_t unbound_in(const struct scope *scope, struct conditions conditions, const struct bound *bound,
                           uint32_t depth, struct place *place) {
    for (uint32_t i = 0; i < conditions.count; i++) {
        const struct condition *condition = &conditions.at[i];
        uint32_t slot = NO_ID;
        for (uint32_t k = 0; k < condition->argument_count && slot == NO_ID; k++)
            slot = first_unbound(scope, condition->arguments[k], bound, depth, place);
        if (slot == NO_ID) slot = first_unbound(scope, condition->moment, bound, depth, place);
        if (slot == NO_ID) slot = first_unbound(scope, condition->left, bound, depth, place);
        if (slot == NO_ID) slot = first_unbound(scope, condition->right, bound, depth, place);
        if (slot == NO_ID) slot = unbound_in(scope, condition->inner, bound, depth, place);
        if (slot == NO_ID) slot = unbound_in(scope, condition->has, bound, depth, place);
        if (slot != NO_ID) return slot;
    }
    return NO_ID;
}

static bool binds_equal(const struct scope *scope, const struct expression *variable, const struct expression *other,
                        const struct bound *bound, uint32_t depth) {
    struct place place;
    if (variable->kind != EXPRESSION_VARIABLE || bound_has(bound, variable->slot) ||
        scope->slots.at[variable->slot].depth > depth)
        return false;
    if (other->kind == EXPRESSION_NOW && scope->strict_now)
        return false;    // it would carry now to where now may not stand
    return first_unbound(scope, other, bound, depth, &place) == NO_ID;
}

// What a condition needs and has not: NO_ID where it may be judged.
static uint32_t condition_lacks(const struct scope *scope, const struct condition *condition, const struct bound *bound,
                                uint32_t depth, struct place *place) {
    struct conditions alone = {(struct condition *)condition, 1};
    if (condition->kind == CONDITION_ATOM && !condition->negated) {
        for (uint32_t i = 0; i < condition->argument_count; i++) {
            if (condition->arguments[i]->kind == EXPRESSION_VARIABLE) continue;
            uint32_t slot = first_unbound(scope, condition->arguments[i], bound, depth, place);
            if (slot != NO_ID) return slot;
        }
        return first_unbound(scope, condition->moment, bound, depth, place);
    }
    if (condition->kind == CONDITION_COMPARE && condition->compare == COMPARE_EQUAL &&
        (binds_equal(scope, condition->left, condition->right, bound, depth) ||
         binds_equal(scope, condition->right, condition->left, bound, depth)))
        return NO_ID;
    return unbound_in(scope, alone, bound, depth, place);
}

static void condition_binds(const struct scope *scope, const struct condition *condition, struct bound *bound,
                            uint32_t depth) {
    if (condition->kind == CONDITION_ATOM && !condition->negated) {
        for (uint32_t i = 0; i < condition->argument_count; i++)
            if (condition->arguments[i]->kind == EXPRESSION_VARIABLE) bound_add(bound, condition->arguments[i]->slot);
        if (condition->since != NO_ID) bound_add(bound, condition->since);
    } else if (condition->kind == CONDITION_COMPARE && condition->compare == COMPARE_EQUAL) {
        if (binds_equal(scope, condition->left, condition->right, bound, depth))
            bound_add(bound, condition->left->slot);
        else if (binds_equal(scope, condition->right, condition->left, bound, depth))
            bound_add(bound, condition->right->slot);
    }
}

// ---- Inner parts ----------------------------------------------------------------------------------------------------
void order_expression(struct compiler *c, struct scope *scope, const struct expression *e, const struct bound *bound,
                      uint32_t depth) {
    if (!e) return;
    if (e->kind < EXPRESSION_COUNT || e->kind > EXPRESSION_MAX) {
        order_expression(c, scope, e->left, bound, depth);
        order_expression(c, scope, e->right, bound, depth);
        return;
    }
    struct bound inner = *bound;
    order_conditions(c, scope, &((struct node *)e)->expression.conditions, &inner, depth + 1);
    order_expression(c, scope, e->left, &inner, depth + 1);
    struct place place;
    uint32_t slot = first_unbound(scope, e->left, &inner, depth + 1, &place);
    if (slot == NO_ID || scope->slots.at[slot].poisoned) return;
    diagnostics_error(c->all, place, "name it in the conditions after the colon", "`%.*s` is not bound there",
                      SPAN_ARG(scope->slots.at[slot].name));
    scope->slots.at[slot].poisoned = scope->slots.at[slot].reported = true;
}

static void order_inner(struct compiler *c, struct scope *scope, struct condition *condition, const struct bound *bound,
                        uint32_t depth) {
    struct bound inner = *bound;
    for (uint32_t i = 0; i < condition->argument_count; i++)
        order_expression(c, scope, condition->arguments[i], bound, depth);
    order_expression(c, scope, condition->moment, bound, depth);
    order_expression(c, scope, condition->left, bound, depth);
    order_expression(c, scope, condition->right, bound, depth);
    order_conditions(c, scope, &condition->inner, &inner, depth + 1);
    if (condition->kind == CONDITION_EVERY) order_conditions(c, scope, &condition->has, &inner, depth + 2);
}

static void report_unbound(struct compiler *c, struct scope *scope, uint32_t id, struct place place) {
    struct slot *slot = &scope->slots.at[id];
    if (slot->poisoned || slot->reported) return;
    slot->poisoned = slot->reported = true;
    const char *hint = "bind it: name it as an argument of a fact or rule that holds, or by `=`";
    if (slot->uses == 1) {
        struct env env = {.scope = scope};
        for (uint32_t i = 0; i < scope->slots.count; i++)
            if (scope->slots.at[i].name.length) VEC_PUSH(&env.names, (struct visible){scope->slots.at[i].name, i});
        const char *near = suggest_name(c, &env, slot->name);
        if (near) hint = near;
        env_release(&env);
    }
    if (slot->name.length) diagnostics_error(c->all, place, hint, "nothing says what `%.*s` is", SPAN_ARG(slot->name));
}

struct ordering {
    const struct condition *at;
    uint32_t count;
    bool *placed;
    uint32_t open;    // all before it are placed
    uint32_t from;    // all before it are placed or lack something
};

// The first condition that may be judged; NO_ID where there is none, and then what the first one lacks.
static uint32_t order_next(const struct scope *scope, struct ordering *ordering, const struct bound *bound,
                           uint32_t depth, uint32_t *lacks, struct place *place) {
    while (ordering->open < ordering->count && ordering->placed[ordering->open]) ordering->open++;
    for (; ordering->from < ordering->count; ordering->from++)
        if (!ordering->placed[ordering->from] &&
            condition_lacks(scope, &ordering->at[ordering->from], bound, depth, place) == NO_ID)
            return ordering->from++;
    *lacks = condition_lacks(scope, &ordering->at[ordering->open], bound, depth, place);
    return NO_ID;
}

// A start that is known already is compared, so that evaluators only ever bind it.
static bool compare_since(struct compiler *c, struct scope *scope, struct condition *condition, struct condition *same,
                          const struct bound *bound, uint32_t depth) {
    uint32_t since = condition->since;
    if (since == NO_ID || !bound_has(bound, since)) return false;
    struct env env = {.scope = scope, .depth = depth};
    condition->since = env_hidden(c, &env, condition->place, type_plain(TYPE_TIME));
    env_release(&env);
    *same = (struct condition){.kind = CONDITION_COMPARE,
                               .place = condition->place,
                               .relation = NO_ID,
                               .since = NO_ID,
                               .compare = COMPARE_EQUAL};
    same->left = &node_variable(c, scope, condition->since, condition->place)->expression;
    same->right = &node_variable(c, scope, since, condition->place)->expression;
    return true;
}

void order_conditions(struct compiler *c, struct scope *scope, struct conditions *conditions, struct bound *bound,
                      uint32_t depth) {
    if (scope->given_up) {
        memset(bound, 0xFF, sizeof *bound);
        return;
    }
    struct ordering ordering = {
        conditions->at, conditions->count, ARENA_ARRAY(&c->scratch, bool, conditions->count), 0, 0};
    VEC(struct condition) ordered = {0};
    for (uint32_t left = conditions->count; left;) {
        struct place place;
        uint32_t lacks = NO_ID, next = order_next(scope, &ordering, bound, depth, &lacks, &place);
        struct bound before = *bound;
        if (next == NO_ID) {
            report_unbound(c, scope, lacks, place);
            bound_add(bound, lacks);
        } else {
            struct condition condition = conditions->at[next], same;
            ordering.placed[next] = true;
            left--;
            order_inner(c, scope, &condition, bound, depth);
            bool compared = compare_since(c, scope, &condition, &same, bound, depth);
            condition_binds(scope, &condition, bound, depth);
            VEC_PUSH(&ordered, condition);
            if (compared) VEC_PUSH(&ordered, same);
        }
        // Those before lack what they lacked, unless something was bound since.
        if (memcmp(&before, bound, sizeof before) != 0) ordering.from = ordering.open;
    }
    *conditions = conditions_copy(c, ordered.at, ordered.count);
    VEC_RELEASE(&ordered);
}

// ---- now ------------------------------------------------------------------------------------------------------------
static const struct expression *find_now(const struct expression *e, bool inner);

static const struct expression *find_now_in(struct conditions conditions) {
    for (uint32_t i = 0; i < conditions.count; i++) {
        const struct condition *condition = &conditions.at[i];
        const struct expression *now = NULL;
        for (uint32_t k = 0; k < condition->argument_count && !now; k++) now = find_now(condition->arguments[k], true);
        if (!now) now = find_now(condition->moment, true);
        if (!now) now = find_now(condition->left, true);
        if (!now) now = find_now(condition->right, true);
        if (!now) now = find_now_in(condition->inner);
        if (!now) now = find_now_in(condition->has);
        if (now) return now;
    }
    return NULL;
}

static const struct expression *find_now(const struct expression *e, bool inner) {
    if (!e) return NULL;
    if (e->kind == EXPRESSION_NOW) return e;
    const struct expression *now = find_now(e->left, inner);
    if (!now) now = find_now(e->right, inner);
    return now || !inner ? now : find_now_in(e->conditions);
}

static void report_now(struct compiler *c, const struct expression *now) {
    if (now)
        diagnostics_error(
            c->all, now->place,
            "answers may change only at moments that are known: write `now >= t + 1 day`, not `now - t >= 1 day`",
            "here `now` stands alone on one side of a comparison, and the other side is free of it");
}

static void check_now_inside(struct compiler *c, const struct expression *e) {
    if (!e) return;
    check_now(c, e->conditions);
    check_now_inside(c, e->left);
    check_now_inside(c, e->right);
}

void check_now(struct compiler *c, struct conditions conditions) {
    for (uint32_t i = 0; i < conditions.count; i++) {
        const struct condition *condition = &conditions.at[i];
        for (uint32_t k = 0; k < condition->argument_count; k++) {
            report_now(c, find_now(condition->arguments[k], false));
            check_now_inside(c, condition->arguments[k]);
        }
        report_now(c, find_now(condition->moment, true));
        check_now(c, condition->inner);
        check_now(c, condition->has);
        if (condition->kind != CONDITION_COMPARE) continue;
        bool left = condition->left->kind == EXPRESSION_NOW, right = condition->right->kind == EXPRESSION_NOW;
        if (left || right) {
            report_now(c, find_now(left ? condition->right : condition->left, true));
            continue;
        }
        const struct expression *now = find_now(condition->left, false);
        report_now(c, now ? now : find_now(condition->right, false));
        check_now_inside(c, condition->left);
        check_now_inside(c, condition->right);
    }
}

void check_no_now(struct compiler *c, const struct expression *e) {
    report_now(c, find_now(e, false));
    check_now_inside(c, e);
}

// ---- What keys determine --------------------------------------------------------------------------------------------
static bool expression_known(const struct expression *e, const struct bound *known);

static bool conditions_known(struct conditions conditions, const struct bound *known,
                             const struct expression *aggregate) {
    struct bound inner = *known;
    for (uint32_t i = 0; i < aggregate->slot_count; i++) bound_add(&inner, aggregate->slots[i]);
    for (uint32_t i = 0; i < conditions.count; i++) {
        const struct condition *condition = &conditions.at[i];
        // Within negations names may be local; those are found again by their own conditions, so only atoms count here.
        if (condition->kind == CONDITION_NOT || condition->kind == CONDITION_EVERY || condition->negated) continue;
        for (uint32_t k = 0; k < condition->argument_count; k++)
            if (!expression_known(condition->arguments[k], &inner)) return false;
        if (condition->kind == CONDITION_COMPARE &&
            (!expression_known(condition->left, &inner) || !expression_known(condition->right, &inner)))
            return false;
    }
    return true;
}

static bool expression_known(const struct expression *e, const struct bound *known) {
    if (!e) return true;
    if (e->kind == EXPRESSION_VARIABLE) return bound_has(known, e->slot);
    if (e->kind >= EXPRESSION_COUNT && e->kind <= EXPRESSION_MAX) return conditions_known(e->conditions, known, e);
    return expression_known(e->left, known) && expression_known(e->right, known);
}

static bool determine_one(struct compiler *c, const struct condition *condition, struct bound *known) {
    if (condition->kind == CONDITION_COMPARE && condition->compare == COMPARE_EQUAL) {
        const struct expression *l = condition->left, *r = condition->right;
        bool left = expression_known(l, known), right = expression_known(r, known);
        if (left && !right && r->kind == EXPRESSION_VARIABLE) {
            bound_add(known, r->slot);
            return true;
        }
        if (right && !left && l->kind == EXPRESSION_VARIABLE) {
            bound_add(known, l->slot);
            return true;
        }
        return false;
    }
    if (condition->kind != CONDITION_ATOM || condition->negated || !expression_known(condition->moment, known))
        return false;
    const struct relation *relation = &c->relation_list.at[condition->relation];
    for (uint32_t i = 0; i < relation->key_count; i++)
        if (!expression_known(condition->arguments[i], known)) return false;
    bool more = false;
    for (uint32_t i = relation->key_count; i < condition->argument_count; i++) {
        const struct expression *e = condition->arguments[i];
        if (e->kind != EXPRESSION_VARIABLE || bound_has(known, e->slot)) continue;
        bound_add(known, e->slot);
        more = true;
    }
    if (condition->since != NO_ID && !bound_has(known, condition->since)) {
        bound_add(known, condition->since);
        more = true;
    }
    return more;
}

// Adds the slots of which there is only one, given those known: by keys and by equality, until nothing more follows.
void determine(struct compiler *c, struct conditions conditions, struct bound *known) {
    for (bool more = true; more;) {
        more = false;
        for (uint32_t i = 0; i < conditions.count; i++) more |= determine_one(c, &conditions.at[i], known);
    }
}

// ---- All of it ------------------------------------------------------------------------------------------------------
struct conditions finish_conditions(struct compiler *c, struct env *env, struct tree_conditions tree,
                                    struct span *message) {
    struct bound bound = env_bound(env->outer);
    collect_conditions(c, env, tree);
    struct conditions conditions = lower_conditions(c, env, tree);
    infer_settle(c, env->scope, conditions, env->depth);
    if (env->scope->strict_now) check_now(c, conditions);
    if (message) {
        struct frame frame = scope_frame(c, env->scope);
        struct text text = {0};
        publish(c);
        for (uint32_t i = 0; i < conditions.count; i++) {
            if (i) text_print(&text, ", ");
            program_print_condition(c->program, &c->program->texts, &frame, &conditions.at[i], &text);
        }
        *message = keep(c, text_span(&text));
        text_release(&text);
    }
    order_conditions(c, env->scope, &conditions, &bound, env->depth);
    return conditions;
}

const struct expression *finish_expression(struct compiler *c, struct env *env, struct node *node, struct type want,
                                           uint32_t relation, bool strict) {
    const struct expression *e = &node->expression;
    uint32_t before = c->all->errors;
    infer_expression(c, env->scope, e, want, relation, env->depth + 1, false);
    infer_expression(c, env->scope, e, want, relation, env->depth + 1, true);
    infer_expression(c, env->scope, e, want, relation, env->depth + 1, false);
    if (strict && before == c->all->errors && type_known(e->type) && type_known(want) && !type_fits(e->type, want))
        diagnostics_error(c->all, e->place, "let a condition before show that it is one",
                          "this may be any actor, where %s is wanted", type_text(c, want));
    struct bound bound = env_bound(env);
    order_expression(c, env->scope, e, &bound, env->depth);
    return e;
}
