// SPDX-License-Identifier: Apache-2.0
// Conditions and expressions: names become slots and constants. What is lowered keeps the order of the text.
#include "lang/resolve_internal.h"

// ---- Parts ----------------------------------------------------------------------------------------------------------
struct node *node_new(struct compiler *c, expression_kind kind, struct type type, struct place place) {
    struct node *node = ARENA_NEW(c->arena, struct node);
    node->expression = (struct expression){.kind = kind, .type = type, .place = place, .slot = NO_ID, .id = NO_ID};
    return node;
}

struct node *node_variable(struct compiler *c, struct scope *scope, uint32_t slot, struct place place) {
    struct node *node = node_new(c, EXPRESSION_VARIABLE, scope->slots.at[slot].type, place);
    node->expression.slot = slot;
    scope->slots.at[slot].uses++;
    return node;
}

struct node *node_constant(struct compiler *c, struct type type, value constant, struct place place) {
    struct node *node = node_new(c, EXPRESSION_CONSTANT, type, place);
    node->expression.constant = constant;
    return node;
}

struct condition condition_atom(struct compiler *c, uint32_t relation, const struct expression **arguments,
                                bool negated, struct place place) {
    return (struct condition){.kind = CONDITION_ATOM,
                              .negated = negated,
                              .place = place,
                              .relation = relation,
                              .arguments = arguments,
                              .argument_count = c->relation_list.at[relation].column_count,
                              .since = NO_ID};
}

struct conditions conditions_copy(struct compiler *c, const struct condition *at, uint32_t count) {
    struct conditions copy = {ARENA_ARRAY(c->arena, struct condition, count), count};
    if (count) memcpy(copy.at, at, sizeof *at * count);
    return copy;
}

struct conditions conditions_join(struct compiler *c, struct conditions a, struct conditions b) {
    if (!a.count) return b;
    if (!b.count) return a;
    struct conditions joined = {ARENA_ARRAY(c->arena, struct condition, a.count + b.count), a.count + b.count};
    memcpy(joined.at, a.at, sizeof *a.at * a.count);
    memcpy(joined.at + a.count, b.at, sizeof *b.at * b.count);
    return joined;
}

// ---- Which names are variables of an environment --------------------------------------------------------------------
// A name that stands directly in these conditions, outside `not`, `every` and aggregates, belongs to them; one that
// stands only further in belongs there.
static void introduce(struct compiler *c, struct env *env, struct span name, struct place place) {
    if (env->scope->given_up || env_find(env, name) != NO_ID || is_constant(c, name, place)) return;
    uint32_t slot = env_declare(c, env, name, place, type_plain(BASE_UNKNOWN));
    if (report_ended(c, env, name, place))
        env->scope->slots.at[slot].poisoned = env->scope->slots.at[slot].reported = true;
}

void collect_expression(struct compiler *c, struct env *env, const struct tree_expression *e) {
    if (!e) return;
    switch (e->kind) {
    case TREE_NAME: introduce(c, env, e->text, e->place); break;
    case TREE_REQUIREMENT: break;
    case TREE_COUNT:
    case TREE_SUM:
    case TREE_MIN:
    case TREE_MAX: break;
    default: collect_expression(c, env, e->left); collect_expression(c, env, e->right);
    }
}

void collect_conditions(struct compiler *c, struct env *env, struct tree_conditions conditions) {
    for (uint32_t i = 0; i < conditions.count; i++) {
        const struct tree_condition *condition = &conditions.at[i];
        if (condition->kind == TREE_ATOM && !condition->negated) {
            for (uint32_t k = 0; k < condition->atom.arguments.count; k++)
                collect_expression(c, env, condition->atom.arguments.at[k]);
            if (condition->since.text.length) introduce(c, env, condition->since.text, condition->since.place);
            collect_expression(c, env, condition->moment);
        }
        if (condition->kind != TREE_COMPARE) continue;
        collect_expression(c, env, condition->left);
        collect_expression(c, env, condition->right);
    }
}

// ---- Expressions ----------------------------------------------------------------------------------------------------
bool lower_duration(struct compiler *c, const struct tree_expression *e, value *duration) {
    static const struct {
        const char *unit;
        int64_t seconds, months;
    } units[] = {{"second", 1, 0},    {"minute", 60, 0}, {"hour", 3600, 0}, {"day", 86400, 0},
                 {"week", 604800, 0}, {"month", 0, 1},   {"year", 0, 12}};
    for (uint32_t i = 0; i < COUNT_OF(units); i++) {
        if (!span_is(e->text, units[i].unit)) continue;
        int64_t limit = units[i].months ? 120000 : (int64_t)1 << 42,
                unit = units[i].months ? units[i].months : units[i].seconds;
        if (e->integer > limit / unit || e->integer < -(limit / unit)) break;
        *duration = duration_of(e->integer * units[i].months, e->integer * units[i].seconds);
        return true;
    }
    diagnostics_error(c->all, e->place, "at most 10000 years", "this duration is too long");
    return false;
}

void check_limit(struct compiler *c, const struct expression *e) {
    if (e->kind != EXPRESSION_CONSTANT || e->type.base != TYPE_DURATION) return;
    if (duration_months(e->constant) > 0 || duration_seconds(e->constant) > 0) return;
    diagnostics_error(c->all, e->place, "write how long it is, as `1 day`", "a time limit is longer than nothing");
}

static struct node *lower_poisoned(struct compiler *c, struct place place) {
    return node_constant(c, type_plain(BASE_POISONED), 0, place);
}

static struct node *lower_name(struct compiler *c, struct env *env, const struct tree_expression *e) {
    uint32_t slot = env_find(env, e->text);
    if (slot != NO_ID) return node_variable(c, env->scope, slot, e->place);
    uint32_t candidate = constant_called(c, e->text, e->place);
    if (candidate != NO_ID) {
        struct candidate *first = &c->candidates.at[candidate];
        struct node *node = node_constant(c, first->type, first->constant, e->place);
        node->pending = !span_equal(e->text, c->as) && constant_next(c, first->next, e->place) != NO_ID;
        node->name = e->text;
        return node;
    }
    if (env->scope->lost || report_ended(c, env, e->text, e->place)) return lower_poisoned(c, e->place);
    const char *hint = suggest_name(c, env, e->text);
    if (!hint && table_get(&c->offices, e->text) != NO_ID)
        hint = hint_print(c, "an office of parties is named with its party: `%.*s of s`", SPAN_ARG(e->text));
    diagnostics_error(c->all, e->place, hint, "nothing here is called `%.*s`", SPAN_ARG(e->text));
    return lower_poisoned(c, e->place);
}

static struct node *lower_aggregate(struct compiler *c, struct env *env, const struct tree_expression *e) {
    static const expression_kind kinds[] = {EXPRESSION_COUNT, EXPRESSION_SUM, EXPRESSION_MIN, EXPRESSION_MAX};
    struct env inner;
    env_init(&inner, env, env->scope, env->depth + 1);
    collect_conditions(c, &inner, e->conditions);
    struct node *node =
        node_new(c, kinds[e->kind - TREE_COUNT], type_plain(e->kind == TREE_COUNT ? TYPE_INT : BASE_UNKNOWN), e->place);
    node->expression.conditions = lower_conditions(c, &inner, e->conditions);
    node->expression.left = &lower_expression(c, &inner, e->left)->expression;
    uint32_t *slots = ARENA_ARRAY(c->arena, uint32_t, inner.own.count);
    if (inner.own.count) memcpy(slots, inner.own.at, sizeof *slots * inner.own.count);
    node->expression.slots = slots;
    node->depth = inner.depth;
    node->expression.slot_count = inner.own.count;
    env_release(&inner);
    return node;
}

static struct node *lower_office_of(struct compiler *c, struct env *env, const struct tree_expression *e) {
    struct node *left = lower_expression(c, env, e->left);
    uint32_t office = table_get(&c->offices, e->text);
    if (office == NO_ID) {
        diagnostics_error(c->all, e->place, suggest(c, e->text, &c->offices), "no office is called `%.*s`",
                          SPAN_ARG(e->text));
        return lower_poisoned(c, e->place);
    }
    if (c->offices_list.at[office].of == NO_ID) {
        diagnostics_error(c->all, e->place, hint_print(c, "write `%.*s` alone", SPAN_ARG(e->text)),
                          "`%.*s` is an office of the organisation, not of a party", SPAN_ARG(e->text));
        return lower_poisoned(c, e->place);
    }
    if (left->expression.kind == EXPRESSION_CONSTANT && left->expression.type.base == TYPE_PARTY &&
        left->expression.type.of == c->offices_list.at[office].of)
        return node_constant(c, type_plain(TYPE_ACTOR), actor_office(office, left->expression.constant), e->place);
    struct node *node = node_new(c, EXPRESSION_OFFICE_OF, type_plain(TYPE_ACTOR), e->place);
    node->expression.id = office;
    node->expression.left = &left->expression;
    return node;
}

// A role: the last column of its relation holds whoever has it, and at most one entity or party stands before.
static bool role_fits(struct compiler *c, uint32_t relation, bool with_argument, struct place place) {
    const struct relation *r = &c->relation_list.at[relation];
    uint32_t wanted = with_argument ? 2 : 1;
    struct type last = r->column_count ? r->columns[r->column_count - 1].type : type_plain(TYPE_INT);
    bool holder = last.base == TYPE_PARTY || last.base == TYPE_ACTOR || !type_known(last);
    if (holder && r->column_count == wanted) return true;
    diagnostics_error(c->all, place,
                      "a role is a relation whose last column is a party or actor, after at most one entity or party",
                      "`%.*s`%s is no role", SPAN_ARG(r->name), with_argument ? " of one thing" : "");
    return false;
}

static struct node *lower_role(struct compiler *c, uint32_t relation, struct node *argument, struct place place) {
    if (!role_fits(c, relation, argument != NULL, place)) return lower_poisoned(c, place);
    forgotten_seen(c, relation, argument ? 1 : 0, type_plain(TYPE_ACTOR));
    if (!argument) return node_constant(c, type_plain(TYPE_ACTOR), actor_role(relation, false, 0), place);
    struct node *node = node_new(c, EXPRESSION_ROLE, type_plain(TYPE_ACTOR), place);
    node->expression.id = relation;
    node->expression.left = &argument->expression;
    if (argument->expression.kind == EXPRESSION_CONSTANT && argument->expression.type.base == TYPE_PARTY)
        return node_constant(c, type_plain(TYPE_ACTOR), actor_role(relation, true, argument->expression.constant),
                             place);
    return node;
}

static struct node *lower_call(struct compiler *c, struct env *env, const struct tree_expression *e) {
    uint32_t organ = NO_ID;
    if (e->left && e->left->kind == TREE_NAME && env_find(env, e->left->text) == NO_ID)
        organ = organ_called(c, e->left->text);
    if (span_is(e->text, "chair") && organ != NO_ID) {
        uint32_t chair = c->organ_list.at[organ].chair;
        if (chair != NO_ID) {
            struct node *role = lower_role(c, chair, NULL, e->place);
            if (role->expression.type.base == TYPE_ACTOR) role->expression.id = organ;
            return role;
        }
        diagnostics_error(c->all, e->place, "give it a line `chair RELATION`", "the organ `%.*s` has no chair",
                          SPAN_ARG(e->left->text));
        return lower_poisoned(c, e->place);
    }
    struct node *argument = e->left ? lower_expression(c, env, e->left) : NULL;
    uint32_t relation = find_relation(c, (struct tree_name){e->text, e->place}, argument ? 2 : 1);
    if (relation == NO_ID) return lower_poisoned(c, e->place);
    c->relation_drafts.at[relation].read = true;
    return lower_role(c, relation, argument, e->place);
}

static struct node *lower_binary(struct compiler *c, struct env *env, const struct tree_expression *e) {
    static const expression_kind kinds[] = {EXPRESSION_ADD, EXPRESSION_SUBTRACT, EXPRESSION_MULTIPLY, EXPRESSION_DIVIDE,
                                            EXPRESSION_MODULO};
    struct node *node = node_new(c, kinds[e->kind - TREE_ADD], type_plain(BASE_UNKNOWN), e->place);
    node->expression.left = &lower_expression(c, env, e->left)->expression;
    node->expression.right = &lower_expression(c, env, e->right)->expression;
    return node;
}

struct node *lower_expression(struct compiler *c, struct env *env, const struct tree_expression *e) {
    switch (e->kind) {
    case TREE_INTEGER: return node_constant(c, type_plain(TYPE_INT), e->integer, e->place);
    case TREE_TIME: return node_constant(c, type_plain(TYPE_TIME), e->integer, e->place);
    case TREE_TEXT: return node_constant(c, type_plain(TYPE_TEXT), names_add(&c->program->texts, e->text), e->place);
    case TREE_DURATION: {
        value duration = 0;
        if (!lower_duration(c, e, &duration)) return lower_poisoned(c, e->place);
        return node_constant(c, type_plain(TYPE_DURATION), duration, e->place);
    }
    case TREE_NAME: return lower_name(c, env, e);
    case TREE_ANY:
        diagnostics_error(c->all, e->place, "give it a name",
                          "`_` stands only as an argument of a fact or rule, or of an act's pattern");
        return lower_poisoned(c, e->place);
    case TREE_NOW: return node_new(c, EXPRESSION_NOW, type_plain(TYPE_TIME), e->place);
    case TREE_NEGATE: {
        struct node *left = lower_expression(c, env, e->left);
        bool folds = left->expression.kind == EXPRESSION_CONSTANT &&
                     (left->expression.type.base == TYPE_INT || left->expression.type.base == TYPE_DURATION);
        if (folds && left->expression.constant != INT64_MIN)
            return node_constant(c, left->expression.type, -left->expression.constant, e->place);
        struct node *node = node_new(c, EXPRESSION_NEGATE, type_plain(BASE_UNKNOWN), e->place);
        node->expression.left = &left->expression;
        return node;
    }
    case TREE_ADD:
    case TREE_SUBTRACT:
    case TREE_MULTIPLY:
    case TREE_DIVIDE:
    case TREE_MODULO: return lower_binary(c, env, e);
    case TREE_COUNT:
    case TREE_SUM:
    case TREE_MIN:
    case TREE_MAX: return lower_aggregate(c, env, e);
    case TREE_OFFICE_OF: return lower_office_of(c, env, e);
    case TREE_CALL: return lower_call(c, env, e);
    case TREE_REQUIREMENT: {
        uint32_t id = find_requirement(c, e);
        if (id == NO_ID) return lower_poisoned(c, e->place);
        return node_constant(c, type_of(TYPE_KIND, KIND_CONDITION), id, e->place);
    }
    }
    ENSURE(false);
    return NULL;
}

struct node *lower_actor(struct compiler *c, struct env *env, const struct tree_expression *e) {
    if (e->kind == TREE_NAME && env_find(env, e->text) == NO_ID && !is_constant(c, e->text, e->place)) {
        uint32_t relation = table_get(&c->relations, e->text);
        if (relation != NO_ID) {
            c->relation_drafts.at[relation].read = true;
            return lower_role(c, relation, NULL, e->place);
        }
    }
    return lower_expression(c, env, e);
}

// ---- Conditions -----------------------------------------------------------------------------------------------------
static void poison_expression(struct scope *scope, const struct expression *e) {
    if (!e) return;
    if (e->kind == EXPRESSION_VARIABLE) scope->slots.at[e->slot].poisoned = true;
    poison_expression(scope, e->left);
    poison_expression(scope, e->right);
}

static bool lower_since(struct compiler *c, struct env *env, const struct tree_condition *tree,
                        struct condition *condition) {
    if (!tree->since.text.length) return true;
    uint32_t slot = env_find(env, tree->since.text);
    const struct relation *relation = &c->relation_list.at[condition->relation];
    if (tree->negated || relation->derived) {
        if (relation->derived)
            diagnostics_error(c->all, tree->since.place, "ask `since` of the facts it rests on",
                              "`since` asks when a row began; `%.*s` is derived", SPAN_ARG(relation->name));
        else
            diagnostics_error(c->all, tree->since.place, NULL,
                              "what does not hold has no beginning: `since` goes with what holds");
        if (slot != NO_ID) {
            env->scope->slots.at[slot].poisoned = env->scope->slots.at[slot].reported = true;
        }
        return true;
    }
    if (slot == NO_ID && env->scope->lost) return true;
    if (slot == NO_ID) {
        diagnostics_error(c->all, tree->since.place, "write a variable after `since`, and compare it",
                          "`%.*s` is a constant", SPAN_ARG(tree->since.text));
        return true;
    }
    env->scope->slots.at[slot].uses++;
    env->scope->slots.at[slot].lonely = "leave `since` out where the beginning does not matter";
    condition->since = slot;
    return true;
}

static bool proposed_of(struct compiler *c, const struct tree_atom *atom, uint32_t *act) {
    struct tree_name named = atom->organ;
    uint32_t organ = organ_called(c, named.text);
    if (named.text.length && organ == NO_ID) {
        diagnostics_error(c->all, named.place, suggest(c, named.text, &c->organs), "no organ is called `%.*s`",
                          SPAN_ARG(named.text));
        return false;
    }
    *act = act_of_organ(c, *act, organ, named.text.length ? named.place : atom->name.place, "proposes ORGAN ACT(...)");
    return *act != NO_ID;
}

// What a proposal proposes is a row of its act's items: proposal, number, what the act takes, what it makes, the actor.
static bool lower_proposes(struct compiler *c, struct env *env, const struct tree_condition *tree,
                           const struct expression **given, struct condition *condition) {
    struct tree_name name = tree->atom.name;
    uint32_t id = table_get(&c->acts, name.text), count = tree->atom.arguments.count - 1;
    if (id == NO_ID) {
        const char *hint = table_get(&c->relations, name.text) != NO_ID ? "it is a fact or rule; only acts are proposed"
                                                                        : suggest(c, name.text, &c->acts);
        diagnostics_error(c->all, name.place, hint, "no act is called `%.*s`", SPAN_ARG(name.text));
        return false;
    }
    if (!proposed_of(c, &tree->atom, &id)) return false;
    const struct act *act = &c->act_list.at[id];
    if (act->kind == ACT_DIRECT)
        diagnostics_error(c->all, name.place, "only what an organ decides, or what is agreed by each, is proposed",
                          "`%.*s` is not proposed: %s", SPAN_ARG(name.text),
                          act->event ? "it is reported" : "its actor does it");
    else if (count != act->parameter_count)
        diagnostics_error(c->all, name.place,
                          signature(c, act->name, act->parameters, act->parameter_count, act->parameter_count),
                          "`%.*s` takes %u argument%s, %u %s given", SPAN_ARG(name.text), act->parameter_count,
                          act->parameter_count == 1 ? "" : "s", count, count == 1 ? "is" : "are");
    if (act->item_relation == NO_ID || count != act->parameter_count) return false;
    const struct relation *items = &c->relation_list.at[act->item_relation];
    const struct expression **arguments = ARENA_ARRAY(c->arena, const struct expression *, items->column_count);
    for (uint32_t i = 0, at = 0; i < items->column_count; i++) {
        if (i != 1 && at <= count) {
            arguments[i] = given[at++];
            continue;
        }
        uint32_t slot = env_hidden(c, env, tree->place, items->columns[i].type);
        struct node *unnamed = node_variable(c, env->scope, slot, tree->place);
        unnamed->expression.unnamed = true;
        arguments[i] = &unnamed->expression;
    }
    *condition = condition_atom(c, act->item_relation, arguments, tree->negated, tree->place);
    condition->proposes = true;
    return true;
}

static bool lower_atom(struct compiler *c, struct env *env, const struct tree_condition *tree,
                       struct condition *condition) {
    // What a negated atom alone mentions is its own: an inner environment of one atom.
    struct env inner;
    env_init(&inner, env, env->scope, env->depth + 1);
    struct env *own = tree->negated ? &inner : env;
    uint32_t count = tree->atom.arguments.count, relation = NO_ID;
    if (!tree->atom.proposes) relation = find_relation(c, tree->atom.name, count);
    const struct expression **arguments = ARENA_ARRAY(c->arena, const struct expression *, count);
    for (uint32_t i = 0; i < count; i++) {
        const struct tree_expression *e = tree->atom.arguments.at[i];
        if (e->kind == TREE_ANY) {
            uint32_t slot = env_hidden(c, own, e->place, type_plain(BASE_UNKNOWN));
            struct node *unnamed = node_variable(c, env->scope, slot, e->place);
            unnamed->expression.unnamed = true;
            arguments[i] = &unnamed->expression;
            continue;
        }
        if (tree->negated) collect_expression(c, &inner, e);
        arguments[i] = &lower_expression(c, own, e)->expression;
    }
    bool fine = relation != NO_ID;
    if (fine && c->relation_list.at[relation].column_count != count) {
        uint32_t wanted = c->relation_list.at[relation].column_count;
        diagnostics_error(c->all, tree->atom.name.place, signature_of_relation(c, relation),
                          "`%.*s` has %u column%s, %u %s given", SPAN_ARG(tree->atom.name.text), wanted,
                          wanted == 1 ? "" : "s", count, count == 1 ? "is" : "are");
        fine = false;
    }
    if (fine) *condition = condition_atom(c, relation, arguments, tree->negated, tree->place);
    if (tree->atom.proposes) fine = lower_proposes(c, own, tree, arguments, condition);
    if (fine) {
        c->relation_drafts.at[condition->relation].read = true;
        fine = lower_since(c, env, tree, condition);
        if (tree->moment) condition->moment = &lower_expression(c, env, tree->moment)->expression;
    } else {
        for (uint32_t i = 0; i < count; i++) poison_expression(env->scope, arguments[i]);
        uint32_t since = tree->since.text.length ? env_find(env, tree->since.text) : NO_ID;
        if (since != NO_ID) env->scope->slots.at[since].poisoned = env->scope->slots.at[since].reported = true;
    }
    env_release(&inner);
    return fine;
}

static void lower_every(struct compiler *c, struct env *env, const struct tree_condition *tree,
                        struct condition *condition) {
    struct env inner, has;
    env_init(&inner, env, env->scope, env->depth + 1);
    env_init(&has, &inner, env->scope, env->depth + 2);
    for (uint32_t i = 0; i < tree->variables.count; i++) {
        bool fresh;
        env_parameter(c, &inner, tree->variables.at[i], type_plain(BASE_UNKNOWN), &fresh);
        if (!fresh)
            diagnostics_error(c->all, tree->variables.at[i].place, "choose another name, or leave it out of the list",
                              "`%.*s` stands for something already", SPAN_ARG(tree->variables.at[i].text));
    }
    collect_conditions(c, &inner, tree->inner);
    condition->inner = lower_conditions(c, &inner, tree->inner);
    collect_conditions(c, &has, tree->has);
    condition->has = lower_conditions(c, &has, tree->has);
    env_release(&has);
    env_release(&inner);
}

// The names of this environment are collected before.
struct conditions lower_conditions(struct compiler *c, struct env *env, struct tree_conditions tree) {
    struct conditions lowered = {ARENA_ARRAY(c->arena, struct condition, tree.count), 0};
    for (uint32_t i = 0; i < tree.count; i++) {
        const struct tree_condition *t = &tree.at[i];
        if (!scope_takes(c, env->scope, t->place)) break;
        struct condition condition = {.place = t->place, .relation = NO_ID, .since = NO_ID, .compare = t->compare};
        switch (t->kind) {
        case TREE_ATOM:
            if (!lower_atom(c, env, t, &condition)) continue;
            break;
        case TREE_GROUP: {
            struct env inner;
            condition.kind = CONDITION_NOT;
            env_init(&inner, env, env->scope, env->depth + 1);
            collect_conditions(c, &inner, t->inner);
            condition.inner = lower_conditions(c, &inner, t->inner);
            env_release(&inner);
            break;
        }
        case TREE_EVERY:
            condition.kind = CONDITION_EVERY;
            lower_every(c, env, t, &condition);
            break;
        case TREE_COMPARE:
            condition.kind = CONDITION_COMPARE;
            condition.left = &lower_expression(c, env, t->left)->expression;
            condition.right = &lower_expression(c, env, t->right)->expression;
            break;
        }
        lowered.at[lowered.count++] = condition;
    }
    return lowered;
}
