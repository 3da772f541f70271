// SPDX-License-Identifier: Apache-2.0
// Obligations: what of the enclosing frame they keep, when they are due, what meets them, what comes after.
#include "lang/resolve_internal.h"

// ---- What is captured -----------------------------------------------------------------------------------------------
struct capture {
    struct env *env;
    VEC(struct visible) names;
};

static void capture_name(struct capture *capture, struct span name) {
    uint32_t slot = env_find(capture->env, name);
    if (slot == NO_ID) return;
    capture->env->scope->slots.at[slot].uses++;
    for (uint32_t i = 0; i < capture->names.count; i++)
        if (capture->names.at[i].slot == slot) return;
    VEC_PUSH(&capture->names, (struct visible){name, slot});
}

static void capture_conditions(struct capture *capture, struct tree_conditions conditions);

static void capture_expression(struct capture *capture, const struct tree_expression *e) {
    if (!e) return;
    if (e->kind == TREE_NAME) capture_name(capture, e->text);
    capture_expression(capture, e->left);
    capture_expression(capture, e->right);
    capture_conditions(capture, e->conditions);
}

static void capture_conditions(struct capture *capture, struct tree_conditions conditions) {
    for (uint32_t i = 0; i < conditions.count; i++) {
        const struct tree_condition *condition = &conditions.at[i];
        for (uint32_t k = 0; k < condition->atom.arguments.count; k++)
            capture_expression(capture, condition->atom.arguments.at[k]);
        if (condition->since.text.length) capture_name(capture, condition->since.text);
        capture_expression(capture, condition->moment);
        capture_expression(capture, condition->left);
        capture_expression(capture, condition->right);
        capture_conditions(capture, condition->inner);
        capture_conditions(capture, condition->has);
    }
}

// `whole`: also what an obligation says at its own opening, for one that opens when another is overdue.
static void capture_obligation(struct capture *capture, const struct tree_obligation *tree, bool whole) {
    if (whole) {
        capture_conditions(capture, tree->each_conditions);
        capture_expression(capture, tree->bearer);
        capture_expression(capture, tree->within);
        capture_expression(capture, tree->by);
    }
    for (uint32_t i = 0; i < tree->arguments.count; i++) capture_expression(capture, tree->arguments.at[i]);
    capture_conditions(capture, tree->that);
    capture_expression(capture, tree->every);
    capture_conditions(capture, tree->while_conditions);
    if (tree->then) capture_obligation(capture, tree->then, true);
}

void count_uses(struct env *env, struct tree_conditions conditions) {
    struct capture capture = {.env = env};
    capture_conditions(&capture, conditions);
    VEC_RELEASE(&capture.names);
}

// ---- Watches --------------------------------------------------------------------------------------------------------
// OBLIGATION(d, captured...), duty(d, _, _), then CONDITIONS, or not (CONDITIONS) for what lapses.
static uint32_t duty_watch(struct compiler *c, watch_kind kind, uint32_t id, const struct scope *own, uint32_t captured,
                           struct tree_conditions tree) {
    struct obligation obligation = c->obligation_list.at[id];
    struct scope scope = {.strict_now = true, .place = obligation.place, .lost = own->lost};
    struct env env, inner;
    env_init(&env, NULL, &scope, 0);
    env_init(&inner, &env, &scope, 1);
    struct place place = obligation.place;
    const struct expression **row = ARENA_ARRAY(c->arena, const struct expression *, captured + 1),
                            **duty = ARENA_ARRAY(c->arena, const struct expression *, 3);
    for (uint32_t i = 0; i < captured; i++) {
        const struct slot *slot = &own->slots.at[i];
        uint32_t made = env_declare(c, &env, slot->name, slot->place, slot->type);
        scope.slots.at[made].declared = true;
        row[i + 1] = &node_variable(c, &scope, made, place)->expression;
    }
    uint32_t d = env_hidden(c, &env, place, type_of(TYPE_ENTITY, ENTITY_DUTY));
    row[0] = &node_variable(c, &scope, d, place)->expression;
    duty[0] = &node_variable(c, &scope, d, place)->expression;
    duty[1] = &node_variable(c, &scope, env_hidden(c, &env, place, type_plain(TYPE_ACTOR)), place)->expression;
    duty[2] = &node_variable(c, &scope, env_hidden(c, &env, place, type_plain(TYPE_TIME)), place)->expression;
    struct condition made[] = {condition_atom(c, obligation.relation, row, false, place),
                               condition_atom(c, RELATION_DUTY, duty, false, place)};
    bool negated = kind == WATCH_LAPSE;
    struct env *where = negated ? &inner : &env;
    collect_conditions(c, where, tree);
    struct conditions conditions = lower_conditions(c, where, tree);
    if (negated) {
        struct condition not = {
            .kind = CONDITION_NOT, .place = place, .relation = NO_ID, .since = NO_ID, .inner = conditions};
        conditions = conditions_copy(c, &not, 1);
    }
    conditions = conditions_join(c, conditions_copy(c, made, 2), conditions);
    infer_settle(c, &scope, conditions, 0);
    check_now(c, conditions);
    if (c->norm_list.at[obligation.norm].kind == NORM_LEADS_TO) env_names_binding(where);
    scope_finish(c, &scope, where);
    struct bound bound = {0};
    order_conditions(c, &scope, &conditions, &bound, 0);
    uint32_t *binding = ARENA_NEW(c->arena, uint32_t);
    *binding = d;
    struct watch watch = {.kind = kind,
                          .place = place,
                          .citation = obligation.citation,
                          .conditions = conditions,
                          .binding = binding,
                          .binding_count = 1,
                          .norm = NO_ID,
                          .obligation = id,
                          .frame = scope_frame(c, &scope)};
    env_release(&inner);
    env_release(&env);
    scope_release(&scope);
    if (negated) VEC_PUSH(&c->lapse, watch);
    else VEC_PUSH(&c->met, watch);
    return (negated ? c->lapse.count : c->met.count) - 1;
}

// ---- When it is due -------------------------------------------------------------------------------------------------
static const struct expression *now_plus(struct compiler *c, struct env *env, const struct tree_expression *tree) {
    const struct expression *duration =
        finish_expression(c, env, lower_expression(c, env, tree), type_plain(TYPE_DURATION), NO_ID, true);
    struct node *sum = node_new(c, EXPRESSION_ADD, type_plain(TYPE_TIME), tree->place);
    sum->expression.left = &node_new(c, EXPRESSION_NOW, type_plain(TYPE_TIME), tree->place)->expression;
    sum->expression.right = duration;
    return &sum->expression;
}

static const struct expression *deadline(struct compiler *c, struct env *env, const struct tree_expression *within) {
    const struct expression *sum = now_plus(c, env, within);
    check_limit(c, sum->right);
    return sum;
}

static void obligation_due(struct compiler *c, struct env *env, const struct tree_obligation *tree,
                           struct obligation *obligation) {
    obligation->at_once = tree->at_once;
    if (tree->within) obligation->due = deadline(c, env, tree->within);
    else if (tree->by)
        obligation->due =
            finish_expression(c, env, lower_expression(c, env, tree->by), type_plain(TYPE_TIME), NO_ID, true);
    else if (tree->at_once) {
        obligation->house_due = true;
        // The setting is a constant of the whole treaty, not an expression of this place.
        struct scope scope = {.place = tree->place};
        struct env own;
        env_init(&own, NULL, &scope, 0);
        if (c->at_once) obligation->due = now_plus(c, &own, c->at_once);
        else
            diagnostics_error(c->all, tree->place, "say it once in the treaty, as `at once means 1 hour [House]`",
                              "nothing says when a duty `at once` is overdue");
        env_release(&own);
        scope_release(&scope);
    } else if (tree->every) obligation->due = now_plus(c, env, tree->every);
}

// ---- What it asks ---------------------------------------------------------------------------------------------------
// Where several organs decide an act, the bearer says which of them is to.
static uint32_t act_owed(struct compiler *c, uint32_t act, const struct expression *bearer) {
    bool organ = bearer->kind == EXPRESSION_CONSTANT && bearer->type.base == TYPE_ACTOR && bearer->constant >= 0 &&
                 actor_class_of(bearer->constant) == ACTOR_ORGAN;
    if (!act_is_several(c, act)) return act;
    return act_of_organ(c, act, organ ? actor_organ_id(bearer->constant) : NO_ID, bearer->place, "oblige ORGAN to ACT");
}

static void obligation_pattern(struct compiler *c, struct env *env, const struct tree_obligation *tree,
                               struct obligation *obligation) {
    if (!tree->act.text.length) return;
    obligation->act = table_get(&c->acts, tree->act.text);
    if (obligation->act == NO_ID) {
        const char *hint = suggest_library(c, tree->act.text);
        if (!hint) hint = suggest(c, tree->act.text, &c->acts);
        if (!hint && table_get(&c->relations, tree->act.text) != NO_ID)
            hint = hint_print(c, "it is a fact or rule: write `oblige X that %.*s(...)`", SPAN_ARG(tree->act.text));
        diagnostics_error(c->all, tree->act.place, hint, "no act is called `%.*s`", SPAN_ARG(tree->act.text));
    } else if ((obligation->act = act_owed(c, obligation->act, obligation->bearer)) == NO_ID) {
    } else if (tree->arguments.count > c->act_list.at[obligation->act].parameter_count) {
        uint32_t wanted = c->act_list.at[obligation->act].parameter_count;
        const struct act *act = &c->act_list.at[obligation->act];
        diagnostics_error(c->all, tree->act.place, signature(c, act->name, act->parameters, wanted, wanted),
                          "`%.*s` has %u parameter%s, %u %s given", SPAN_ARG(tree->act.text), wanted,
                          wanted == 1 ? "" : "s", tree->arguments.count, tree->arguments.count == 1 ? "is" : "are");
    }
    uint32_t count = obligation->act == NO_ID ? 0 : c->act_list.at[obligation->act].parameter_count;
    obligation->pattern = ARENA_ARRAY(c->arena, const struct expression *, count);
    for (uint32_t i = 0; i < tree->arguments.count; i++) {
        const struct tree_expression *e = tree->arguments.at[i];
        if (e->kind == TREE_ANY) continue;
        if (e->kind == TREE_NAME && env_find(env, e->text) == NO_ID && !is_constant(c, e->text, e->place)) {
            if (env->scope->lost || report_ended(c, env, e->text, e->place)) continue;
            const char *hint = suggest_name(c, env, e->text);
            diagnostics_error(c->all, e->place, hint ? hint : "write `_` for whatever it is",
                              "`%.*s` is not known here, and a duty's pattern binds nothing", SPAN_ARG(e->text));
            continue;
        }
        struct type want = i < count ? c->act_list.at[obligation->act].parameters[i].type : type_plain(BASE_POISONED);
        const struct expression *made = finish_expression(c, env, lower_expression(c, env, e), want, NO_ID, false);
        check_no_now(c, made);
        if (i < count) obligation->pattern[i] = made;
    }
}

static struct span overdue_message(struct compiler *c, const struct obligation *obligation) {
    if (obligation->act != NO_ID)
        return span_print(c->arena, "%.*s is overdue", SPAN_ARG(c->act_list.at[obligation->act].name));
    return SPAN("what is owed is overdue");
}

// ---- The whole ------------------------------------------------------------------------------------------------------
static uint32_t obligation_relation(struct compiler *c, uint32_t id, const struct capture *capture,
                                    struct place place) {
    uint32_t count = capture->names.count;
    if (count + 1 > COLUMNS_MAX)
        diagnostics_error(c->all, place, NULL, "a duty keeps at most %d variables; this one needs %u", COLUMNS_MAX - 1,
                          count);
    struct column *columns = ARENA_ARRAY(&c->scratch, struct column, count + 1);
    columns[0] = (struct column){SPAN("duty"), type_of(TYPE_ENTITY, ENTITY_DUTY)};
    for (uint32_t i = 0; i < count; i++)
        columns[i + 1] =
            (struct column){capture->names.at[i].name, capture->env->scope->slots.at[capture->names.at[i].slot].type};
    return relation_add(c, span_print(c->arena, "duty#%u", id), place, false, true, columns, count + 1, 1);
}

// `own` begins with one slot for each captured one.
static void open_frame(struct compiler *c, struct env *own, const struct capture *capture,
                       struct obligation *obligation) {
    uint32_t *captured = ARENA_ARRAY(c->arena, uint32_t, capture->names.count);
    for (uint32_t i = 0; i < capture->names.count; i++) {
        const struct slot outer = capture->env->scope->slots.at[capture->names.at[i].slot];
        uint32_t slot = env_declare(c, own, capture->names.at[i].name, outer.place, outer.type);
        own->scope->slots.at[slot].declared = true;
        own->scope->slots.at[slot].poisoned = outer.poisoned;
        captured[i] = capture->names.at[i].slot;
    }
    obligation->captured = captured;
    obligation->captured_count = capture->names.count;
}

static uint32_t obligation_begin(struct compiler *c, struct place place, struct citation citation) {
    uint32_t id = c->obligation_list.count;
    VEC_PUSH(&c->obligation_list, (struct obligation){.place = place,
                                                      .citation = citation,
                                                      .place_number = id,
                                                      .act = NO_ID,
                                                      .met_watch = NO_ID,
                                                      .lapse_watch = NO_ID,
                                                      .then = NO_ID,
                                                      .norm = NO_ID,
                                                      .relation = NO_ID});
    return id;
}

static void obligation_each(struct compiler *c, struct env *env, const struct tree_obligation *tree, struct env *named,
                            struct obligation *obligation) {
    if (!tree->each.count) return;
    struct env own;
    env_init(&own, env, env->scope, 0);
    bool fresh;
    uint32_t slot = env_parameter(c, &own, tree->each.at[0], type_plain(BASE_UNKNOWN), &fresh);
    if (!fresh)
        diagnostics_error(c->all, tree->each.at[0].place, "choose another name", "`%.*s` stands for something already",
                          SPAN_ARG(tree->each.at[0].text));
    obligation->each_conditions = finish_conditions(c, &own, tree->each_conditions, NULL);
    uint32_t *each = ARENA_NEW(c->arena, uint32_t);
    *each = slot;
    obligation->each = each;
    obligation->each_count = 1;
    VEC_PUSH(&named->names, (struct visible){tree->each.at[0].text, slot});
    env_release(&own);
}

// `while` is asked each time the next duty would open, and watched while one is.
static bool obligation_while(struct compiler *c, struct env *env, const struct tree_obligation *tree,
                             struct obligation *obligation) {
    uint32_t before = c->all->errors;
    struct env own;
    env_init(&own, env, env->scope, 0);
    env->scope->strict_now = true;
    obligation->while_conditions = finish_conditions(c, &own, tree->while_conditions, NULL);
    env->scope->strict_now = false;
    scope_finish(c, env->scope, &own);
    env_release(&own);
    return before == c->all->errors;    // else every error would be said twice
}

static uint32_t obligation_nested(struct compiler *c, struct effect_place *at, const struct tree_obligation *tree,
                                  struct place place) {
    uint32_t id = obligation_begin(c, place, at->citation);
    struct obligation obligation = c->obligation_list.at[id];
    struct env named, env;
    env_init(&named, at->env, at->env->scope, 0);
    obligation_each(c, at->env, tree, &named, &obligation);
    obligation.bearer =
        finish_expression(c, &named, lower_actor(c, &named, tree->bearer), type_plain(TYPE_ACTOR), NO_ID, true);
    obligation_due(c, &named, tree, &obligation);
    struct capture capture = {.env = &named};
    capture_obligation(&capture, tree, false);
    obligation.relation = obligation_relation(c, id, &capture, place);
    struct scope scope = {.place = place, .lost = at->env->scope->lost};
    env_init(&env, NULL, &scope, 0);
    // What ended in the enclosing scope is explained in the same words here.
    for (uint32_t i = 0; i < at->env->scope->ended.count; i++) VEC_PUSH(&scope.ended, at->env->scope->ended.at[i]);
    open_frame(c, &env, &capture, &obligation);
    obligation_pattern(c, &env, tree, &obligation);
    if (tree->every) {
        obligation.period =
            finish_expression(c, &env, lower_expression(c, &env, tree->every), type_plain(TYPE_DURATION), NO_ID, true);
        check_limit(c, obligation.period);
    }
    obligation.norm =
        norm_add(c, NORM_OVERDUE, overdue_message(c, &obligation), at->citation, place,
                 &(struct scope){
                     .slots = {&(struct slot){.name = SPAN("duty"), .type = type_of(TYPE_ENTITY, ENTITY_DUTY)}, 1, 1}},
                 &(uint32_t){0}, 1);
    c->obligation_list.at[id] = obligation;
    if (tree->that.count) obligation.met_watch = duty_watch(c, WATCH_MET, id, &scope, capture.names.count, tree->that);
    if (tree->while_conditions.count && obligation_while(c, &env, tree, &obligation))
        obligation.lapse_watch = duty_watch(c, WATCH_LAPSE, id, &scope, capture.names.count, tree->while_conditions);
    if (tree->then) {
        struct effect_place inner = {&env, at->citation, at->item, at->act};
        if (tree->then->as.text.length)
            diagnostics_error(c->all, tree->then->as.place, "rules find it as duty(d, _, _)",
                              "a duty that opens later has no name here");
        obligation.then = obligation_nested(c, &inner, tree->then, tree->then->place);
    }
    obligation.frame = scope_frame(c, &scope);
    c->obligation_list.at[id] = obligation;
    VEC_RELEASE(&capture.names);
    env_release(&env);
    env_release(&named);
    scope_release(&scope);
    return id;
}

uint32_t lower_obligation(struct compiler *c, struct effect_place *at, const struct tree_obligation *tree,
                          uint32_t *duty_slot) {
    uint32_t id = obligation_nested(c, at, tree, tree->place);
    for (const struct tree_obligation *later = tree->then; later; later = later->then) {
        if (!later->as.text.length || env_find(at->env, later->as.text) != NO_ID) continue;
        // That it has no name was reported; who uses the name is not told again.
        uint32_t slot = env_declare(c, at->env, later->as.text, later->as.place, type_plain(BASE_POISONED));
        at->env->scope->slots.at[slot].poisoned = at->env->scope->slots.at[slot].reported = true;
    }
    if (!tree->as.text.length) return id;
    if (tree->each.count)
        diagnostics_error(c->all, tree->as.place, "rules find them as duty(d, _, _)",
                          "`each` opens several duties: one name cannot stand for them");
    bool fresh;
    *duty_slot = env_parameter(c, at->env, tree->as, type_of(TYPE_ENTITY, ENTITY_DUTY), &fresh);
    if (!fresh)
        diagnostics_error(c->all, tree->as.place, "choose another name", "`%.*s` stands for something already",
                          SPAN_ARG(tree->as.text));
    struct slot *slot = &at->env->scope->slots.at[*duty_slot];
    slot->declared = false;
    slot->uses++;
    slot->lonely = "leave `as` out where the duty is not named later";
    return id;
}

// `always A leads to B within D` owes B from the moment that A becomes true; nobody bears it. It keeps all that A
// names, so that the finding has the binding of A.
uint32_t obligation_leads_to(struct compiler *c, struct env *env, const struct tree_declaration *d,
                             const uint32_t *binding, uint32_t binding_count, struct citation citation, uint32_t norm) {
    uint32_t id = obligation_begin(c, d->place, citation);
    struct obligation obligation = c->obligation_list.at[id];
    obligation.bearer = &node_constant(c, type_plain(TYPE_ACTOR), ACTOR_NONE, d->place)->expression;
    obligation.due = deadline(c, env, d->within);
    struct capture capture = {.env = env};
    for (uint32_t i = 0; i < binding_count; i++)
        VEC_PUSH(&capture.names, (struct visible){env->scope->slots.at[binding[i]].name, binding[i]});
    obligation.relation = obligation_relation(c, id, &capture, d->place);
    struct scope scope = {.place = d->place};
    struct env own;
    env_init(&own, NULL, &scope, 0);
    open_frame(c, &own, &capture, &obligation);
    obligation.norm = norm;
    c->obligation_list.at[id] = obligation;
    obligation.met_watch = duty_watch(c, WATCH_MET, id, &scope, capture.names.count, d->second);
    obligation.frame = scope_frame(c, &scope);
    c->obligation_list.at[id] = obligation;
    VEC_RELEASE(&capture.names);
    env_release(&own);
    scope_release(&scope);
    return id;
}
