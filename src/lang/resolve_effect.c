// SPDX-License-Identifier: Apache-2.0
// Effects: what an act, an event or a consequence changes.
#include "lang/resolve_internal.h"

uint32_t norm_add(struct compiler *c, norm_kind kind, struct span message, struct citation citation, struct place place,
                  const struct scope *scope, const uint32_t *binding, uint32_t count) {
    uint32_t id = c->norm_list.count;
    if (count + 1 > COLUMNS_MAX)
        diagnostics_error(c->all, place, "make a rule of it that names what matters",
                          "a finding has a binding of at most %d variables; this one has %u", COLUMNS_MAX - 1, count);
    struct column *columns = ARENA_ARRAY(&c->scratch, struct column, count + 1);
    columns[0] = (struct column){SPAN("finding"), type_of(TYPE_ENTITY, ENTITY_FINDING)};
    for (uint32_t i = 0; i < count; i++)
        columns[i + 1] = (struct column){scope->slots.at[binding[i]].name, scope->slots.at[binding[i]].type};
    uint32_t relation = relation_add(c, span_print(c->arena, "norm#%u", id), place, false, true, columns, count + 1, 1);
    VEC_PUSH(&c->norm_list, (struct norm){kind, message, citation, place, relation, NO_ID});
    return id;
}

// ---- Facts ----------------------------------------------------------------------------------------------------------
static bool changeable(struct compiler *c, uint32_t relation, struct place place) {
    const struct relation *r = &c->relation_list.at[relation];
    const struct relation_draft *draft = &c->relation_drafts.at[relation];
    const char *why = NULL, *hint = NULL;
    if (r->derived) {
        why = "is derived";
        hint = "change the facts that it is derived from";
    }
    if (draft->system) {
        why = "is the engine's own";
        hint = "only what your treaty declares is changed by effects";
    }
    if (draft->given.count) {
        why = "has given rows";
        hint = "given rows change by amending the treaty; declare another fact for what acts change";
    }
    if (why) diagnostics_error(c->all, place, hint, "`%.*s` %s: no effect changes it", SPAN_ARG(r->name), why);
    return !why;
}

static const char *const effect_words[] = {"add",    "set",  "extend", "end",    "oblige", "release",
                                           "uphold", "drop", "annul",  "affirm", "waive",  "for each"};

// An unbound name in a pattern was meant to match anything.
static bool pattern_name_unknown(struct compiler *c, struct env *env, const struct tree_expression *e,
                                 const char *what) {
    if (e->kind != TREE_NAME || env_find(env, e->text) != NO_ID || is_constant(c, e->text, e->place)) return false;
    if (env->scope->lost || report_ended(c, env, e->text, e->place)) return true;
    const char *hint = suggest_name(c, env, e->text);
    diagnostics_error(c->all, e->place, hint ? hint : "write `_` for whatever it is",
                      "`%.*s` is not known here, and %s binds nothing", SPAN_ARG(e->text), what);
    return true;
}

// An entity that nothing made: reported once, and known from there on.
static bool entity_name_unknown(struct compiler *c, struct effect_place *at, const struct tree_expression *e,
                                struct type want) {
    if (e->kind != TREE_NAME || want.base != TYPE_ENTITY || want.of < ENTITY_FIRST_OWN || at->act == NO_ID)
        return false;
    if (at->env->scope->lost || env_find(at->env, e->text) != NO_ID || is_constant(c, e->text, e->place)) return false;
    if (!report_ended(c, at->env, e->text, e->place)) {
        struct span type = c->entity_types.at[want.of].name;
        const char *hint = suggest_name(c, at->env, e->text);
        if (!hint)
            hint = hint_print(c,
                              "`makes %.*s %.*s` after `by` brings it into being; one that is there is a parameter, "
                              "`%.*s: %.*s`",
                              SPAN_ARG(type), SPAN_ARG(e->text), SPAN_ARG(e->text), SPAN_ARG(type));
        diagnostics_error(c->all, e->place, hint, "nothing here is called `%.*s`", SPAN_ARG(e->text));
    }
    uint32_t slot = env_declare(c, at->env, e->text, e->place, type_plain(BASE_POISONED));
    at->env->scope->slots.at[slot].poisoned = at->env->scope->slots.at[slot].reported = true;
    return true;
}

static void lower_fact_effect(struct compiler *c, struct effect_place *at, const struct tree_effect *tree,
                              struct effect *effect) {
    struct tree_name name = tree->atom.name;
    bool pattern = tree->kind == EFFECT_END || tree->kind == EFFECT_EXTEND;
    uint32_t count = tree->atom.arguments.count;
    effect->relation = find_relation(c, name, count);
    bool fine = effect->relation != NO_ID && changeable(c, effect->relation, name.place);
    if (fine && count != c->relation_list.at[effect->relation].column_count) {
        uint32_t wanted = c->relation_list.at[effect->relation].column_count;
        diagnostics_error(c->all, name.place, signature_of_relation(c, effect->relation),
                          "`%.*s` has %u column%s, %u %s given", SPAN_ARG(name.text), wanted, wanted == 1 ? "" : "s",
                          count, count == 1 ? "is" : "are");
        fine = false;
    }
    if (fine && !pattern) c->relation_drafts.at[effect->relation].written = true;
    effect->arguments = ARENA_ARRAY(c->arena, const struct expression *, count);
    for (uint32_t i = 0; i < count; i++) {
        const struct tree_expression *e = tree->atom.arguments.at[i];
        struct type want = fine ? c->relation_list.at[effect->relation].columns[i].type : type_plain(BASE_POISONED);
        if (e->kind == TREE_ANY && pattern) continue;
        if (e->kind == TREE_ANY) {
            diagnostics_error(c->all, e->place, "say what it is; what is not known is a fact that is absent",
                              "`%s` leaves nothing open", effect_words[tree->kind]);
            continue;
        }
        if (pattern && pattern_name_unknown(c, at->env, e, effect_words[tree->kind])) continue;
        if (!pattern && entity_name_unknown(c, at, e, want)) continue;
        effect->arguments[i] = finish_expression(c, at->env, lower_expression(c, at->env, e), want,
                                                 fine ? effect->relation : NO_ID, !pattern);
    }
    struct type time = type_plain(TYPE_TIME);
    if (tree->from) {
        const struct tree_expression *from = tree->from;
        effect->from = finish_expression(c, at->env, lower_expression(c, at->env, from), time, NO_ID, true);
        effect->occurred = !pattern && at->act != NO_ID && from->kind == TREE_NAME && span_is(from->text, "occurred") &&
                           c->act_list.at[at->act].occurred != NO_ID;
    }
    if (tree->until)
        effect->until = finish_expression(c, at->env, lower_expression(c, at->env, tree->until), time, NO_ID, true);
}

// ---- for each -------------------------------------------------------------------------------------------------------
static void lower_for_each(struct compiler *c, struct effect_place *at, const struct tree_effect *tree,
                           struct effect *effect) {
    struct env env;
    env_init(&env, at->env, at->env->scope, 0);
    for (uint32_t i = 0; i < tree->variables.count; i++) {
        bool fresh;
        env_parameter(c, &env, tree->variables.at[i], type_plain(BASE_UNKNOWN), &fresh);
        if (!fresh)
            diagnostics_error(c->all, tree->variables.at[i].place, "choose another name",
                              "`%.*s` stands for something already", SPAN_ARG(tree->variables.at[i].text));
    }
    effect->conditions = finish_conditions(c, &env, tree->conditions, NULL);
    // Effects run once for each binding of what `for each` names; other variables of the conditions end there.
    struct env named;
    env_init(&named, at->env, at->env->scope, 0);
    VEC(uint32_t) slots = {0};
    for (uint32_t i = 0; i < env.names.count; i++) {
        struct visible name = env.names.at[i];
        bool listed = !tree->variables.count;
        for (uint32_t k = 0; k < tree->variables.count; k++)
            listed |= span_equal(tree->variables.at[k].text, name.name);
        if (!listed) continue;
        VEC_PUSH(&named.names, name);
        VEC_PUSH(&slots, name.slot);
    }
    uint32_t *copy = ARENA_ARRAY(c->arena, uint32_t, slots.count);
    if (slots.count) memcpy(copy, slots.at, sizeof *copy * slots.count);
    effect->slots = copy;
    effect->slot_count = slots.count;
    struct effect_place inner = {&named, effect->citation, at->item, at->act};
    effect->effects = lower_effects(c, &inner, tree->effects, tree->effect_count);
    effect->effect_count = tree->effect_count;
    VEC_RELEASE(&slots);
    env_release(&named);
    env_release(&env);
}

// ---- All ------------------------------------------------------------------------------------------------------------
static void lower_object(struct compiler *c, struct effect_place *at, const struct tree_effect *tree,
                         struct effect *effect) {
    uint32_t entity = tree->kind == EFFECT_RELEASE                                ? ENTITY_DUTY
                      : tree->kind == EFFECT_ANNUL || tree->kind == EFFECT_AFFIRM ? ENTITY_ENTRY
                                                                                  : ENTITY_FINDING;
    bool waive = tree->kind == EFFECT_WAIVE;
    struct type type = waive ? type_of(TYPE_KIND, KIND_CONDITION) : type_of(TYPE_ENTITY, entity);
    effect->object = finish_expression(c, at->env, lower_expression(c, at->env, tree->object), type, NO_ID, true);
    if (waive) VEC_PUSH(&c->waived, effect->object);
    c->waives |= waive;
    if (tree->until)
        effect->until = finish_expression(c, at->env, lower_expression(c, at->env, tree->until), type_plain(TYPE_TIME),
                                          NO_ID, true);
    if (tree->from)
        effect->from =
            finish_expression(c, at->env, lower_expression(c, at->env, tree->from), type_plain(TYPE_TIME), NO_ID, true);
}

struct effect *lower_effects(struct compiler *c, struct effect_place *at, const struct tree_effect *trees,
                             uint32_t count) {
    struct effect *effects = ARENA_ARRAY(c->arena, struct effect, count);
    for (uint32_t i = 0; i < count; i++) {
        const struct tree_effect *tree = &trees[i];
        struct effect effect = {
            .kind = tree->kind, .place = tree->place, .relation = NO_ID, .obligation = NO_ID, .duty_slot = NO_ID};
        effect.citation = tree->citation.count ? citation_of(c, &tree->citation) : at->citation;
        switch (tree->kind) {
        case EFFECT_ADD:
        case EFFECT_SET:
        case EFFECT_EXTEND:
        case EFFECT_END: lower_fact_effect(c, at, tree, &effect); break;
        case EFFECT_OBLIGE: {
            struct effect_place inner = *at;
            inner.citation = effect.citation;
            effect.obligation = lower_obligation(c, &inner, tree->obligation, &effect.duty_slot);
            break;
        }
        case EFFECT_RELEASE:
        case EFFECT_UPHOLD:
        case EFFECT_DROP:
        case EFFECT_ANNUL:
        case EFFECT_AFFIRM:
        case EFFECT_WAIVE: lower_object(c, at, tree, &effect); break;
        case EFFECT_FOR_EACH: lower_for_each(c, at, tree, &effect); break;
        }
        effects[i] = effect;
    }
    return effects;
}
