// SPDX-License-Identifier: Apache-2.0
// Acts and events: who may do what, on which conditions, with what effect. And the settings of a treaty.
#include "lang/resolve_internal.h"

// ---- Headers --------------------------------------------------------------------------------------------------------
static bool by_organ(struct compiler *c, const struct tree_who *who, uint32_t *organ) {
    if (!who->given || who->variable.text.length || !who->expression || who->expression->kind != TREE_NAME)
        return false;
    *organ = table_get(&c->organs, who->expression->text);
    return *organ != NO_ID;
}

static void report_reporting(struct compiler *c, const struct tree_declaration *d) {
    for (uint32_t i = 0; i <= d->by.other_count; i++) {
        const struct tree_who *who = i ? &d->by.others[i - 1] : &d->by;
        uint32_t organ;
        if (by_organ(c, who, &organ))
            diagnostics_error(c->all, who->expression->place, "an organ decides by an act",
                              "an event is reported by a party or office, not by an organ");
    }
}

// Several organs were made several acts before: what is left are actors of other kinds, perhaps with an organ among
// them.
static void report_mixed(struct compiler *c, const struct tree_declaration *d) {
    for (uint32_t i = 0; i <= d->by.other_count; i++) {
        const struct tree_who *who = i ? &d->by.others[i - 1] : &d->by;
        uint32_t organ;
        if (by_organ(c, who, &organ))
            diagnostics_error(c->all, who->expression->place,
                              "an organ decides, another actor acts: write an act for each",
                              "`%.*s` is an organ, and not all of those who act here are",
                              SPAN_ARG(who->expression->text));
    }
}

static void act_columns(struct compiler *c, const struct tree_declaration *d, struct act *act) {
    act->parameters = ARENA_ARRAY(c->arena, struct column, d->column_count);
    act->parameter_count = d->column_count;
    for (uint32_t i = 0; i < d->column_count; i++) {
        act->parameters[i] = (struct column){keep(c, d->columns[i].label.text), type_named(c, d->columns[i].type)};
        if (!span_is(d->columns[i].label.text, "occurred")) continue;
        act->occurred = i;
        if (act->parameters[i].type.base != TYPE_TIME && type_known(act->parameters[i].type))
            diagnostics_error(c->all, d->columns[i].type.place,
                              "a fact may begin in the past `from occurred`, so it is a time", "`occurred` is %s here",
                              type_text(c, act->parameters[i].type));
        if (act->parameters[i].type.base != TYPE_TIME) act->parameters[i].type = type_plain(BASE_POISONED);
    }
    act->made = ARENA_ARRAY(c->arena, struct made, d->made_count);
    for (uint32_t i = 0; i < d->made_count; i++) {
        struct type type = type_named(c, d->made[i].type);
        if (type_known(type) && type.base != TYPE_ENTITY)
            diagnostics_error(c->all, d->made[i].type.place, "declare it with `entity`",
                              "an act makes entities; `%.*s` is none", SPAN_ARG(d->made[i].type.text));
        else if (type.base == TYPE_ENTITY && type.of < ENTITY_FIRST_OWN)
            diagnostics_error(c->all, d->made[i].type.place, NULL, "only the engine makes %s", type_text(c, type));
        act->made[act->made_count++] = (struct made){type.base == TYPE_ENTITY ? type.of : 0, d->column_count + i};
    }
    if (d->column_count > COLUMNS_MAX)
        diagnostics_error(c->all, d->name.place, NULL, "`%.*s` has %u parameters; an act has at most %d",
                          SPAN_ARG(d->name.text), d->column_count, COLUMNS_MAX);
}

static uint32_t item_relation(struct compiler *c, const struct act *act, struct place place) {
    uint32_t count = act->parameter_count + act->made_count + 3, at = 0;
    if (count > COLUMNS_MAX) {
        diagnostics_error(c->all, place, NULL,
                          "`%.*s` is proposed, and has %u parameters and entities made; such an act has at most %d",
                          SPAN_ARG(act->name), count - 3, COLUMNS_MAX - 3);
        return NO_ID;
    }
    struct column columns[COLUMNS_MAX];
    columns[at++] = (struct column){SPAN("proposal"), type_of(TYPE_ENTITY, ENTITY_PROPOSAL)};
    columns[at++] = (struct column){SPAN("item"), type_plain(TYPE_INT)};
    for (uint32_t i = 0; i < act->parameter_count; i++) columns[at++] = act->parameters[i];
    for (uint32_t i = 0; i < act->made_count; i++)
        columns[at++] = (struct column){SPAN(""), type_of(TYPE_ENTITY, act->made[i].entity_type)};
    columns[at++] = (struct column){SPAN("actor"), type_plain(TYPE_ACTOR)};
    return relation_add(c, span_print(c->arena, "%.*s#item", SPAN_ARG(act->name)), place, false, true, columns, count,
                        2);
}

static void act_header(struct compiler *c, struct item *item) {
    const struct tree_declaration *d = item->declaration;
    if (item->dropped) return;
    struct citation citation = citation_for(c, item, &d->citation, d->kind == TREE_EVENT ? "event" : "act");
    struct act act = c->act_list.at[item->id];
    act.citation = citation;
    act_columns(c, d, &act);
    uint32_t organ = NO_ID;
    if (d->by.other_count && !act.event) report_mixed(c, d);
    if (act.event) report_reporting(c, d);
    if (!act.event && !d->by.other_count && by_organ(c, &d->by, &organ)) {
        act.kind = ACT_BY_ORGAN;
        act.organ = organ;
        if (d->each.text.length)
            diagnostics_error(c->all, d->each.place, NULL,
                              "an act of an organ is agreed by its seats, not `agreed by each`");
    } else if (d->each.text.length) act.kind = ACT_AGREED;
    else {
        if (d->decides.name.text.length)
            diagnostics_error(c->all, d->decides.name.place,
                              "only an act of an organ, or one `agreed by each`, is decided",
                              "nobody decides on `%.*s`", SPAN_ARG(d->name.text));
        if (d->proposed_by.given)
            diagnostics_error(c->all, d->proposed_by.place,
                              "only an act of an organ, or one `agreed by each`, is proposed",
                              "`%.*s` is not proposed: its actor does it", SPAN_ARG(d->name.text));
    }
    if (d->without.text.length && act.kind != ACT_BY_ORGAN)
        diagnostics_error(c->all, d->without.place, "only an act of an organ leaves seats out",
                          "`%.*s` has no seats to leave one out of", SPAN_ARG(d->name.text));
    act.proposed = act_is_several(c, act.first) && organ != NO_ID
                       ? span_print(c->arena, "%.*s %.*s", SPAN_ARG(c->organ_list.at[organ].name), SPAN_ARG(act.name))
                       : act.name;
    if (act.kind != ACT_DIRECT) act.item_relation = item_relation(c, &act, d->name.place);
    c->act_list.at[item->id] = act;
}

void resolve_act_headers(struct compiler *c) {
    for (uint32_t i = 0; i < c->items.count; i++)
        if (c->items.at[i].declaration->kind == TREE_ACT || c->items.at[i].declaration->kind == TREE_EVENT)
            act_header(c, &c->items.at[i]);
}

// ---- Who ------------------------------------------------------------------------------------------------------------
static bool is_party_type(struct compiler *c, struct span name) {
    uint32_t type = table_get(&c->types, name);
    return type != NO_ID && c->type_list.at[type].base == TYPE_PARTY;
}

static bool is_role_of_many(struct compiler *c, struct span name) {
    uint32_t id = table_get(&c->relations, name);
    return is_party_type(c, name) ||
           (id != NO_ID && c->relation_list.at[id].column_count == 1 && c->relation_list.at[id].key_count == 1);
}

// `by each member`, `by the council`: English where the language wants no word more.
static bool report_article(struct compiler *c, struct env *env, const struct tree_who *tree) {
    struct span word = tree->relation.text, name = tree->variable.text;
    if (!word_is_article(word) || is_party_type(c, word) || table_get(&c->relations, word) != NO_ID) return false;
    bool many = is_role_of_many(c, name);
    uint32_t office = table_get(&c->offices, name);
    const char *hint = many ? hint_print(c, "write `by %.*s s`: s is the one that acts", SPAN_ARG(name))
                       : office != NO_ID && c->offices_list.at[office].of != NO_ID
                           ? hint_print(c, "write `by %.*s of s`", SPAN_ARG(name))
                           : hint_print(c, "write `by %.*s`", SPAN_ARG(name));
    diagnostics_error(c->all, tree->place, hint, "`%.*s %.*s` names no actor", SPAN_ARG(word), SPAN_ARG(name));
    env->scope->lost = true;
    return true;
}

// `by member(s)` asks where `by member s` names.
static bool report_call(struct compiler *c, struct env *env, const struct tree_expression *e) {
    if (e->kind != TREE_CALL || !e->left || e->left->kind != TREE_NAME || !is_role_of_many(c, e->text)) return false;
    diagnostics_error(c->all, e->place,
                      hint_print(c, "write `by %.*s %.*s`", SPAN_ARG(e->text), SPAN_ARG(e->left->text)),
                      "`%.*s(%.*s)` is a condition, not an actor", SPAN_ARG(e->text), SPAN_ARG(e->left->text));
    env->scope->lost = true;
    return true;
}

// `member s`, `state s`: s is of what the relation holds, a party or any actor. It is a variable of its own, or a
// parameter that must agree.
static struct who who_member(struct compiler *c, struct env *env, const struct tree_who *tree) {
    struct who who = {.kind = WHO_MEMBER,
                      .relation = NO_ID,
                      .slot = NO_ID,
                      .office = NO_ID,
                      .type = type_plain(BASE_POISONED),
                      .place = tree->place};
    uint32_t type = table_get(&c->types, tree->relation.text);
    if (type != NO_ID && c->type_list.at[type].base == TYPE_PARTY) who.type = c->type_list.at[type];
    else {
        who.relation = find_relation(c, tree->relation, 1);
        if (who.relation != NO_ID) {
            const struct relation *relation = &c->relation_list.at[who.relation];
            c->relation_drafts.at[who.relation].read = true;
            if (relation->column_count != 1)
                diagnostics_error(c->all, tree->relation.place, signature_of_relation(c, who.relation),
                                  "`by %.*s %.*s` wants a relation of one column; `%.*s` has %u",
                                  SPAN_ARG(tree->relation.text), SPAN_ARG(tree->variable.text),
                                  SPAN_ARG(tree->relation.text), relation->column_count);
            else who.type = relation->columns[0].type;
            forgotten_seen(c, who.relation, 0, type_plain(TYPE_ACTOR));
            if (type_known(who.type) && who.type.base != TYPE_PARTY && who.type.base != TYPE_ACTOR)
                diagnostics_error(c->all, tree->relation.place, NULL, "`%.*s` is of %s, and only actors act",
                                  SPAN_ARG(tree->relation.text), type_text(c, who.type));
        }
    }
    bool fresh;
    who.slot = env_parameter(c, env, tree->variable, who.type, &fresh);
    struct slot *slot = &env->scope->slots.at[who.slot];
    struct type both;
    if (!fresh && !type_meet(slot->type, who.type, &both))
        diagnostics_error(c->all, tree->variable.place, NULL, "`%.*s` is %s, and acts here as %s",
                          SPAN_ARG(tree->variable.text), type_text(c, slot->type), type_text(c, who.type));
    slot->uses++;
    return who;
}

static struct who who_office_of(struct compiler *c, struct env *env, const struct tree_who *tree) {
    struct who who = {.kind = WHO_OFFICE_OF,
                      .relation = NO_ID,
                      .slot = NO_ID,
                      .office = table_get(&c->offices, tree->expression->text),
                      .place = tree->place};
    struct tree_name name = {tree->expression->left->text, tree->expression->left->place};
    struct type type = type_plain(BASE_POISONED);
    if (who.office == NO_ID)
        diagnostics_error(c->all, tree->expression->place, suggest(c, tree->expression->text, &c->offices),
                          "no office is called `%.*s`", SPAN_ARG(tree->expression->text));
    else if (c->offices_list.at[who.office].of == NO_ID)
        diagnostics_error(c->all, tree->expression->place,
                          hint_print(c, "write `by %.*s`", SPAN_ARG(tree->expression->text)),
                          "`%.*s` is an office of the organisation, not of a party", SPAN_ARG(tree->expression->text));
    else type = type_of(TYPE_PARTY, c->offices_list.at[who.office].of);
    bool fresh;
    who.slot = env_parameter(c, env, name, type, &fresh);
    struct slot *slot = &env->scope->slots.at[who.slot];
    struct type both;
    if (!fresh && !type_meet(slot->type, type, &both))
        diagnostics_error(c->all, name.place, NULL, "`%.*s` is %s; this is an office of %s", SPAN_ARG(name.text),
                          type_text(c, slot->type), type_text(c, type));
    slot->uses++;
    return who;
}

static struct who resolve_actor(struct compiler *c, struct env *env, const struct tree_who *tree) {
    struct who none = {.kind = WHO_ANYONE, .relation = NO_ID, .slot = NO_ID, .office = NO_ID, .place = tree->place};
    if (!tree->given) return none;
    if (tree->variable.text.length) return report_article(c, env, tree) ? none : who_member(c, env, tree);
    if (!tree->expression) return none;
    const struct tree_expression *e = tree->expression;
    if (report_call(c, env, e)) return none;
    bool variable = e->kind == TREE_OFFICE_OF && e->left->kind == TREE_NAME &&
                    (env_find(env, e->left->text) != NO_ID || !is_constant(c, e->left->text, e->left->place));
    if (variable) return who_office_of(c, env, tree);
    none.kind = WHO_ACTOR;
    if (e->kind == TREE_NAME && table_get(&c->offices, e->text) != NO_ID &&
        c->offices_list.at[table_get(&c->offices, e->text)].of != NO_ID) {
        diagnostics_error(c->all, e->place, hint_print(c, "write `%.*s of s`", SPAN_ARG(e->text)),
                          "`%.*s` is an office of each party", SPAN_ARG(e->text));
        return none;
    }
    if (e->kind == TREE_NAME && table_get(&c->types, e->text) != NO_ID &&
        c->type_list.at[table_get(&c->types, e->text)].base == TYPE_PARTY) {
        diagnostics_error(c->all, e->place, hint_print(c, "write `by %.*s s`", SPAN_ARG(e->text)),
                          "`%.*s` is a type: give its party a name", SPAN_ARG(e->text));
        env->scope->lost = true;
        return none;
    }
    uint32_t relation = e->kind == TREE_NAME && !is_constant(c, e->text, e->place) ? table_get(&c->relations, e->text) : NO_ID;
    if (relation != NO_ID && c->relation_list.at[relation].column_count == 1 &&
        c->relation_list.at[relation].key_count == 1) {
        diagnostics_error(c->all, e->place, hint_print(c, "write `by %.*s s`", SPAN_ARG(e->text)),
                          "of `%.*s` there may be several: give the one that acts a name", SPAN_ARG(e->text));
        env->scope->lost = true;
        return none;
    }
    none.actor = finish_expression(c, env, lower_actor(c, env, e), type_plain(TYPE_ACTOR), NO_ID, true);
    return none;
}

// The name that one of several brings with it is known nowhere else, for another may be the one that acts.
static void end_alternative(struct env *env, uint32_t from) {
    for (uint32_t i = from; i < env->names.count; i++)
        VEC_PUSH(&env->scope->ended, (struct ended){env->names.at[i].name, env->scope, env->names.at[i].slot, true});
    env->names.count = from;
}

static struct type actor_type(const struct who *who) {
    return who->kind == WHO_MEMBER ? who->type : type_plain(TYPE_ACTOR);
}

// Whoever of them acts: a variable of its own, or a parameter that must agree.
static uint32_t resolve_as(struct compiler *c, struct env *env, struct tree_name name, struct type type) {
    if (!name.text.length) return NO_ID;
    bool fresh;
    uint32_t id = env_parameter(c, env, name, type, &fresh);
    struct slot *slot = &env->scope->slots.at[id];
    struct type both;
    if (!fresh && !type_meet(slot->type, type, &both))
        diagnostics_error(c->all, name.place, NULL, "`%.*s` is %s, and acts here as %s", SPAN_ARG(name.text),
                          type_text(c, slot->type), type_text(c, type));
    slot->uses++;
    return id;
}

static struct who resolve_who(struct compiler *c, struct env *env, const struct tree_who *tree) {
    if (!tree->other_count) return resolve_actor(c, env, tree);
    struct who *others = ARENA_ARRAY(c->arena, struct who, tree->other_count + 1);
    struct type type = type_plain(BASE_UNKNOWN);
    for (uint32_t i = 0; i <= tree->other_count; i++) {
        uint32_t from = env->names.count;
        others[i] = resolve_actor(c, env, i ? &tree->others[i - 1] : tree);
        end_alternative(env, from);
        if (!type_join(type, actor_type(&others[i]), &type)) type = type_plain(TYPE_ACTOR);
    }
    return (struct who){.kind = WHO_ONE_OF,
                        .relation = NO_ID,
                        .office = NO_ID,
                        .slot = resolve_as(c, env, tree->as, type),
                        .others = others,
                        .other_count = tree->other_count + 1,
                        .place = tree->place};
}

// ---- Bodies ---------------------------------------------------------------------------------------------------------
static void act_frame(struct compiler *c, const struct tree_declaration *d, struct act *act, struct env *env) {
    for (uint32_t i = 0; i < d->column_count + d->made_count; i++) {
        bool made = i >= d->column_count, fresh;
        struct tree_name name = made ? d->made[i - d->column_count].variable : d->columns[i].label;
        struct type type =
            made ? type_of(TYPE_ENTITY, act->made[i - d->column_count].entity_type) : act->parameters[i].type;
        uint32_t slot = env_parameter(c, env, name, type, &fresh);
        if (fresh) {
            ENSURE(slot == i || env->scope->given_up);
            continue;
        }
        diagnostics_error(c->all, name.place, "choose another name", "`%.*s` stands for something already",
                          SPAN_ARG(name.text));
        slot = env_hidden(c, env, name.place, type);
    }
    act->actor_slot = env_hidden(c, env, d->place, type_plain(TYPE_ACTOR));
}

// What `as` calls the organ is no variable: it stands for the organ wherever it is written.
static void check_as(struct compiler *c, const struct env *env, struct tree_name name) {
    if (!name.text.length) return;
    uint32_t constant = constant_called(c, name.text, name.place);
    if (env_find(env, name.text) != NO_ID)
        diagnostics_error(c->all, name.place, "choose another name", "`%.*s` stands for something already",
                          SPAN_ARG(name.text));
    else if (constant != NO_ID)
        diagnostics_error(c->all, name.place,
                          hint_print(c, "`%.*s` is declared at %s; choose another name", SPAN_ARG(name.text),
                                     line_text(c, c->candidates.at[constant].place, name.place)),
                          "a variable is named like the constant `%.*s`", SPAN_ARG(name.text));
}

static struct clause resolve_clause(struct compiler *c, struct env *env, struct tree_conditions tree, bool ought,
                                    struct tree_name otherwise, struct citation citation, struct place place) {
    struct scope *scope = env->scope;
    struct env own;
    env_init(&own, env, scope, 0);
    struct clause clause = {.ought = ought, .citation = citation, .place = place, .norm = NO_ID, .requirement = NO_ID};
    struct bound known = env_bound(env), before = known;
    clause.conditions = finish_conditions(c, &own, tree, &clause.message);
    if (otherwise.text.length) clause.message = keep(c, otherwise.text);
    // What keys show to be unique is known from here on; other names end here.
    if (!ought) determine(c, clause.conditions, &known);
    VEC(uint32_t) binds = {0};
    for (uint32_t i = 0; i < own.names.count; i++) {
        struct visible name = own.names.at[i];
        if (bound_has(&known, name.slot) || scope->slots.at[name.slot].poisoned) {
            VEC_PUSH(&env->names, name);
            if (!bound_has(&before, name.slot)) VEC_PUSH(&binds, name.slot);
        } else VEC_PUSH(&scope->ended, (struct ended){name.name, scope, name.slot, false});
    }
    uint32_t *copy = ARENA_ARRAY(c->arena, uint32_t, binds.count);
    if (binds.count) memcpy(copy, binds.at, sizeof *copy * binds.count);
    clause.binds = copy;
    clause.bind_count = binds.count;
    VEC_RELEASE(&binds);
    env_release(&own);
    if (ought) clause.norm = norm_add(c, NORM_ACT_OUGHT, clause.message, citation, place, NULL, NULL, 0);
    return clause;
}

static struct citation own_or(struct compiler *c, const struct tree_citation *own, struct citation outer) {
    return own->count ? citation_of(c, own) : outer;
}

// How often what a `require` makes known was used when it ended: what is used more often later needs it.
struct bind_use {
    uint32_t requirement, slot, uses;
};
typedef VEC(struct bind_use) bind_uses;

static void act_clauses(struct compiler *c, struct item *item, struct act *act, struct env *env, bind_uses *uses) {
    const struct tree_declaration *d = item->declaration;
    VEC(struct clause) clauses = {0};
    VEC(const struct tree_declaration *) unders = {0};
    for (const struct item *i = item; i->outer != NO_ID;) {
        i = &c->items.at[i->outer];
        VEC_PUSH(&unders, i->declaration);
    }
    for (uint32_t i = unders.count; i-- > 0 && !act->event;) {
        const struct tree_declaration *u = unders.at[i];
        uint32_t slots = env->scope->slots.count;
        VEC_PUSH(&clauses, resolve_clause(c, env, u->conditions, false, u->otherwise,
                                          own_or(c, &u->citation, act->citation), u->place));
        while (slots < env->scope->slots.count)
            env->scope->slots.at[slots++].declared = true;    // others may use what it names
    }
    // Conditions come before effects, whatever the order of the text.
    for (uint32_t i = 0, number = 0; i < d->clause_count; i++) {
        const struct tree_clause *tree = &d->clauses[i];
        if (tree->kind == CLAUSE_EFFECT) continue;
        if (act->event) {
            diagnostics_error(c->all, tree->place, "what it says may be judged by a norm",
                              "an event happens whether or not anyone may do it: it has no conditions");
            continue;
        }
        struct citation citation = own_or(c, &tree->citation, act->citation);
        bool ought = tree->kind == CLAUSE_OUGHT;
        VEC_PUSH(&clauses, resolve_clause(c, env, tree->conditions, ought, tree->otherwise, citation, tree->place));
        if (ought) continue;
        struct clause *clause = &clauses.at[clauses.count - 1];
        clause->requirement = item->requirements + number++;
        for (uint32_t b = 0; b < clause->bind_count; b++)
            VEC_PUSH(uses, (struct bind_use){clause->requirement, clause->binds[b],
                                             env->scope->slots.at[clause->binds[b]].uses});
    }
    act->clauses = ARENA_ARRAY(c->arena, struct clause, clauses.count);
    act->clause_count = clauses.count;
    if (clauses.count) memcpy(act->clauses, clauses.at, sizeof *clauses.at * clauses.count);
    VEC_RELEASE(&clauses);
    VEC_RELEASE(&unders);
}

static void act_effects(struct compiler *c, struct item *item, struct act *act, struct env *env) {
    const struct tree_declaration *d = item->declaration;
    struct tree_effect *trees = ARENA_ARRAY(&c->scratch, struct tree_effect, d->clause_count);
    uint32_t count = 0;
    for (uint32_t i = 0; i < d->clause_count; i++) {
        if (d->clauses[i].kind != CLAUSE_EFFECT) continue;
        trees[count] = d->clauses[i].effect;
        if (!trees[count].citation.count) trees[count].citation = d->clauses[i].citation;
        count++;
    }
    struct tree_conditions under =
        act->event ? under_conditions(c, item, (struct tree_conditions){0}) : (struct tree_conditions){0};
    if (under.count && count) {
        // An event is recorded in any case; what it brings about under an instrument, it does while that is in force.
        struct tree_effect *whole = ARENA_NEW(&c->scratch, struct tree_effect);
        *whole = (struct tree_effect){
            .kind = EFFECT_FOR_EACH, .place = d->place, .conditions = under, .effects = trees, .effect_count = count};
        trees = whole;
        count = 1;
    }
    struct effect_place at = {env, act->citation, item, item->id};
    act->effects = lower_effects(c, &at, trees, count);
    act->effect_count = count;
}

static void act_procedure(struct compiler *c, const struct tree_declaration *d, struct act *act, struct env *env) {
    if (act->kind == ACT_DIRECT) return;
    if (d->decides.name.text.length) {
        resolve_use(c, env, &d->decides, &act->decides);
        return;
    }
    if (act->organ != NO_ID) act->decides = c->organ_uses.at[act->organ];
    if (act->decides.procedure != NO_ID || (act->organ != NO_ID && act->decides.arguments)) return;
    if (act->organ != NO_ID)
        diagnostics_error(c->all, d->name.place,
                          "give the organ a line `decides by PROCEDURE`, or the act `decided by PROCEDURE`",
                          "nothing says how `%.*s` decides on `%.*s`", SPAN_ARG(c->organ_list.at[act->organ].name),
                          SPAN_ARG(d->name.text));
    else
        diagnostics_error(c->all, d->name.place, "write `decided by PROCEDURE` after `agreed by each`",
                          "nothing says how `%.*s` is decided", SPAN_ARG(d->name.text));
}

void resolve_act(struct compiler *c, struct item *item) {
    const struct tree_declaration *d = item->declaration;
    if (item->dropped) return;
    struct act act = c->act_list.at[item->id];
    struct scope scope = {.place = d->place};
    struct env env;
    env_init(&env, NULL, &scope, 0);
    act_frame(c, d, &act, &env);
    if (act.kind == ACT_BY_ORGAN) check_as(c, &env, d->by.as);
    spread_begin(c, item);
    act.by = resolve_who(c, &env, &d->by);
    act_procedure(c, d, &act, &env);
    act.proposer_given = d->proposed_by.given;
    act.proposed_by = resolve_who(c, &env, &d->proposed_by);
    bind_uses uses = {0};
    act_clauses(c, item, &act, &env, &uses);
    act_effects(c, item, &act, &env);
    for (uint32_t i = 0; i < uses.count; i++)
        if (scope.slots.at[uses.at[i].slot].uses > uses.at[i].uses)
            c->requirement_list.at[uses.at[i].requirement].waivable = false;
    VEC_RELEASE(&uses);
    if (act.event)
        act.void_norm = norm_add(
            c, NORM_VOID, span_print(c->arena, "the effects of %.*s are void", SPAN_ARG(act.name)),
            act.citation, act.place, NULL, NULL, 0);
    scope_finish(c, &scope, &env);
    spread_end(c);
    act.frame = scope_frame(c, &scope);
    c->act_list.at[item->id] = act;
    env_release(&env);
    scope_release(&scope);
}

// ---- Waivers --------------------------------------------------------------------------------------------------------
static void check_waivable(struct compiler *c, const struct expression *e) {
    if (e->kind != EXPRESSION_CONSTANT || e->type.base != TYPE_KIND) return;
    const struct requirement *requirement = &c->requirement_list.at[e->constant];
    if (requirement->waivable) return;
    diagnostics_error(c->all, e->place, "what else depends on it could not be done without it; amend the program",
                      "%.*s makes something known that the act goes on to use: it cannot be waived",
                      SPAN_ARG(c->requirement_names.at[e->constant].name));
}

// A program in which something waives has, for each `require`, the finding that opens instead of a refusal.
void resolve_waivers(struct compiler *c) {
    for (uint32_t i = 0; i < c->waived.count; i++) check_waivable(c, c->waived.at[i]);
    for (uint32_t i = 0; c->waives && i < c->act_list.count; i++)
        for (uint32_t k = 0; k < c->act_list.at[i].clause_count; k++) {
            struct clause *clause = &c->act_list.at[i].clauses[k];
            if (clause->requirement == NO_ID) continue;
            struct slot by = {.name = SPAN("waived-by"), .type = type_of(TYPE_ENTITY, ENTITY_ENTRY)};
            clause->norm = norm_add(c, NORM_WAIVED, clause->message, clause->citation, clause->place,
                                    &(struct scope){.slots = {&by, 1, 1}}, &(uint32_t){0}, 1);
        }
}

// ---- Settings -------------------------------------------------------------------------------------------------------
static const struct expression *setting_duration(struct compiler *c, const struct tree_expression *tree) {
    struct scope scope = {.place = tree->place};
    struct env env;
    env_init(&env, NULL, &scope, 0);
    uint32_t before = c->all->errors;
    const struct expression *e =
        finish_expression(c, &env, lower_expression(c, &env, tree), type_plain(TYPE_DURATION), NO_ID, true);
    if (before == c->all->errors && e->kind != EXPRESSION_CONSTANT)
        diagnostics_error(c->all, e->place, "write the duration that it comes to", "a setting is a constant");
    check_limit(c, e);
    env_release(&env);
    scope_release(&scope);
    return e;
}

static void setting_records(struct compiler *c, const struct item *item) {
    const struct tree_declaration *d = item->declaration;
    if (c->program->records_given) diagnostics_error(c->all, d->place, NULL, "`records by` is said twice");
    citation_for(c, item, &d->citation, "setting");
    struct scope scope = {.place = d->place};
    struct env env;
    env_init(&env, NULL, &scope, 0);
    c->program->records = resolve_who(c, &env, &d->by);
    c->program->records_given = true;
    if (d->within) c->program->contestable = setting_duration(c, d->within);
    env_release(&env);
    scope_release(&scope);
}

void resolve_settings(struct compiler *c) {
    for (uint32_t i = 0; i < c->items.count; i++) {
        const struct tree_declaration *d = c->items.at[i].declaration;
        if (d->kind == TREE_AT_ONCE) {
            if (c->at_once)
                diagnostics_error(c->all, d->place,
                                  hint_print(c, "first at %s", line_text(c, c->at_once_place, d->place)),
                                  "`at once means` is said twice");
            citation_for(c, &c->items.at[i], &d->citation, "setting");
            c->at_once = d->within;
            c->at_once_place = d->place;
            setting_duration(c, d->within);
        }
        if (d->kind == TREE_RECORDS) setting_records(c, &c->items.at[i]);
    }
}
