// SPDX-License-Identifier: Apache-2.0
// Norms, `upon` and `always`: conditions whose becoming true has a consequence.
#include "lang/resolve_internal.h"

// What `under` says stands before what it encloses, the outermost first.
struct tree_conditions under_conditions(struct compiler *c, const struct item *item, struct tree_conditions more) {
    for (uint32_t outer = item->outer; outer != NO_ID; outer = c->items.at[outer].outer) {
        struct tree_conditions under = c->items.at[outer].declaration->conditions;
        if (under.count > CONDITIONS_MAX) under.count = CONDITIONS_MAX + 1;    // an error, wherever they are read
        if (c->conditions_full) break;
        if (!more.count) {
            more = under;
            continue;
        }
        struct tree_conditions joined = {ARENA_ARRAY(&c->scratch, struct tree_condition, under.count + more.count),
                                         under.count + more.count};
        if (under.count) memcpy(joined.at, under.at, sizeof *under.at * under.count);
        if (more.count) memcpy(joined.at + under.count, more.at, sizeof *more.at * more.count);
        more = joined;
    }
    return more;
}

void forgive_under(struct compiler *c, const struct item *item, struct env *env) {
    struct scope aside = {0};
    struct env names;
    env_init(&names, NULL, &aside, 0);
    collect_conditions(c, &names, under_conditions(c, item, (struct tree_conditions){0}));
    for (uint32_t i = 0; i < names.names.count; i++) {
        uint32_t slot = env_find(env, names.names.at[i].name);
        if (slot != NO_ID) env->scope->slots.at[slot].declared = true;
    }
    env_release(&names);
    scope_release(&aside);
}

static uint32_t *binding_of(struct compiler *c, const struct env *env, uint32_t from, uint32_t *count) {
    // A variable of `under` that what it encloses does not mention does not tell findings apart.
    uint32_t *binding = ARENA_ARRAY(c->arena, uint32_t, env->names.count);
    *count = 0;
    for (uint32_t i = 0; i < env->names.count; i++) {
        struct slot *slot = &env->scope->slots.at[env->names.at[i].slot];
        if (i < from && slot->uses < 2) {
            slot->declared = true;
            continue;
        }
        binding[(*count)++] = env->names.at[i].slot;
    }
    return binding;
}

static struct span message_of(struct compiler *c, const struct scope *scope, struct conditions conditions) {
    struct frame frame = scope_frame(c, scope);
    struct text text = {0};
    publish(c);
    for (uint32_t i = 0; i < conditions.count; i++) {
        if (i) text_print(&text, ", ");
        program_print_condition(c->program, &c->program->texts, &frame, &conditions.at[i], &text);
    }
    struct span message = keep(c, text_span(&text));
    text_release(&text);
    return message;
}

// ---- Norms ----------------------------------------------------------------------------------------------------------
// `ought every A has B` alone is a norm on each A; any other `ought` is one norm on the state.
static bool is_every(const struct tree_declaration *d) {
    return d->norm == NORM_IS_OUGHT && d->conditions.count == 1 && d->conditions.at[0].kind == TREE_EVERY;
}

static struct conditions norm_every(struct compiler *c, struct env *env, const struct tree_condition *tree) {
    struct env has;
    env_init(&has, env, env->scope, 1);
    for (uint32_t i = 0; i < tree->variables.count; i++) {
        bool fresh;
        env_parameter(c, env, tree->variables.at[i], type_plain(BASE_UNKNOWN), &fresh);
        if (!fresh)
            diagnostics_error(c->all, tree->variables.at[i].place, "choose another name",
                              "`%.*s` stands for something already", SPAN_ARG(tree->variables.at[i].text));
    }
    collect_conditions(c, env, tree->inner);
    struct conditions all = lower_conditions(c, env, tree->inner);
    collect_conditions(c, &has, tree->has);
    struct condition not = {.kind = CONDITION_NOT,
                            .place = tree->place,
                            .relation = NO_ID,
                            .since = NO_ID,
                            .inner = lower_conditions(c, &has, tree->has)};
    all = conditions_join(c, all, conditions_copy(c, &not, 1));
    env_release(&has);
    return all;
}

static struct conditions norm_conditions(struct compiler *c, struct env *env, const struct tree_declaration *d) {
    if (is_every(d)) return norm_every(c, env, &d->conditions.at[0]);
    if (d->norm != NORM_IS_OUGHT) {
        collect_conditions(c, env, d->conditions);
        return lower_conditions(c, env, d->conditions);
    }
    struct env inner;
    env_init(&inner, env, env->scope, 1);
    collect_conditions(c, &inner, d->conditions);
    struct condition not = {.kind = CONDITION_NOT,
                            .place = d->place,
                            .relation = NO_ID,
                            .since = NO_ID,
                            .inner = lower_conditions(c, &inner, d->conditions)};
    env_names_binding(&inner);
    env_release(&inner);
    return conditions_copy(c, &not, 1);
}

// The message says what ought to be, in the words of the norm.
static struct span norm_message(struct compiler *c, const struct scope *scope, const struct tree_declaration *d,
                                struct conditions own) {
    if (d->otherwise.text.length) return keep(c, d->otherwise.text);
    if (is_every(d)) {
        ENSURE(own.count);
        struct condition every = {.kind = CONDITION_EVERY, .place = d->place, .relation = NO_ID, .since = NO_ID};
        every.inner = (struct conditions){own.at, own.count - 1};
        every.has = own.at[own.count - 1].inner;
        return message_of(c, scope, (struct conditions){&every, 1});
    }
    struct span said = message_of(c, scope, d->norm == NORM_IS_OUGHT ? own.at[0].inner : own);
    return d->norm == NORM_IS_OUGHT ? said : span_print(c->arena, "never %.*s", SPAN_ARG(said));
}

void resolve_norm(struct compiler *c, struct item *item) {
    const struct tree_declaration *d = item->declaration;
    struct citation citation = citation_for(c, item, &d->citation, "norm");
    struct scope scope = {.strict_now = true, .place = d->place};
    struct env env;
    env_init(&env, NULL, &scope, 0);
    struct tree_conditions under = under_conditions(c, item, (struct tree_conditions){0});
    collect_conditions(c, &env, under);
    uint32_t from = env.names.count, binding_count;
    struct conditions lowered = lower_conditions(c, &env, under), own = norm_conditions(c, &env, d),
                      all = conditions_join(c, lowered, own);
    infer_settle(c, &scope, all, 0);
    check_now(c, all);
    struct span message = norm_message(c, &scope, d, own);
    uint32_t *binding = binding_of(c, &env, from, &binding_count);
    env_names_binding(&env);
    scope_finish(c, &scope, &env);
    struct bound bound = {0};
    order_conditions(c, &scope, &all, &bound, 0);
    norm_kind kind = d->norm == NORM_IS_NEVER ? NORM_NEVER : NORM_OUGHT;
    uint32_t norm = norm_add(c, kind, message, citation, d->place, &scope, binding, binding_count);
    struct watch watch = {.kind = WATCH_NORM,
                          .place = d->place,
                          .citation = citation,
                          .conditions = all,
                          .binding = binding,
                          .binding_count = binding_count,
                          .norm = norm,
                          .obligation = NO_ID};
    watch.frame = scope_frame(c, &scope);
    c->norm_list.at[norm].watch = c->norm_watches.count;
    VEC_PUSH(&c->norm_watches, watch);
    env_release(&env);
    scope_release(&scope);
}

// ---- upon, always ---------------------------------------------------------------------------------------------------
static struct watch upon_begin(struct compiler *c, struct item *item, struct scope *scope, struct env *env,
                               const char *what) {
    const struct tree_declaration *d = item->declaration;
    struct watch watch = {.kind = WATCH_UPON,
                          .place = d->place,
                          .norm = NO_ID,
                          .obligation = NO_ID,
                          .citation = citation_for(c, item, &d->citation, what)};
    scope->strict_now = true;
    env_init(env, NULL, scope, 0);
    struct tree_conditions tree = under_conditions(c, item, d->conditions);
    watch.conditions = finish_conditions(c, env, tree, NULL);
    env_names_binding(env);
    return watch;
}

// How many of the names are those of `under`; they come first.
static uint32_t under_names(struct compiler *c, struct item *item) {
    struct tree_conditions outer = under_conditions(c, item, (struct tree_conditions){0});
    struct scope aside = {0};
    struct env names;
    env_init(&names, NULL, &aside, 0);
    collect_conditions(c, &names, outer);
    uint32_t count = names.names.count;
    env_release(&names);
    scope_release(&aside);
    return count;
}

static void upon_end(struct compiler *c, struct scope *scope, struct env *env, struct watch *watch) {
    scope_finish(c, scope, env);
    struct span message = span_print(c->arena, "a consequence is void");
    watch->norm = norm_add(c, NORM_VOID, message, watch->citation, watch->place, NULL, NULL, 0);
    watch->frame = scope_frame(c, scope);
    VEC_PUSH(&c->upon, *watch);
    env_release(env);
    scope_release(scope);
}

void resolve_upon(struct compiler *c, struct item *item) {
    const struct tree_declaration *d = item->declaration;
    struct scope scope = {.place = d->place};
    struct env env;
    struct watch watch = upon_begin(c, item, &scope, &env, "upon");
    struct tree_effect *trees = ARENA_ARRAY(&c->scratch, struct tree_effect, d->clause_count);
    for (uint32_t i = 0; i < d->clause_count; i++) {
        trees[i] = d->clauses[i].effect;
        if (!trees[i].citation.count) trees[i].citation = d->clauses[i].citation;
    }
    // Names that effects add (`as d`) are not the binding's.
    struct env inner;
    env_init(&inner, &env, &scope, 0);
    struct effect_place at = {&inner, watch.citation, item, NO_ID};
    watch.effects = lower_effects(c, &at, trees, d->clause_count);
    watch.effect_count = d->clause_count;
    env_release(&inner);
    watch.binding = binding_of(c, &env, under_names(c, item), &watch.binding_count);
    upon_end(c, &scope, &env, &watch);
}

void resolve_always(struct compiler *c, struct item *item) {
    const struct tree_declaration *d = item->declaration;
    struct scope scope = {.place = d->place};
    struct env env;
    struct watch watch = upon_begin(c, item, &scope, &env, "always");
    bool said = d->otherwise.text.length > 0;
    struct span message = said ? keep(c, d->otherwise.text)
                               : span_print(c->arena, "%.*s", SPAN_ARG(message_of(c, &scope, watch.conditions)));
    count_uses(&env, d->second);
    watch.binding = binding_of(c, &env, under_names(c, item), &watch.binding_count);
    uint32_t norm =
        norm_add(c, NORM_LEADS_TO, message, watch.citation, d->place,
                 &(struct scope){
                     .slots = {&(struct slot){.name = SPAN("duty"), .type = type_of(TYPE_ENTITY, ENTITY_DUTY)}, 1, 1}},
                 &(uint32_t){0}, 1);
    uint32_t obligation = obligation_leads_to(c, &env, d, watch.binding, watch.binding_count, watch.citation, norm);
    struct effect *effect = ARENA_NEW(c->arena, struct effect);
    *effect = (struct effect){.kind = EFFECT_OBLIGE,
                              .place = d->place,
                              .citation = watch.citation,
                              .relation = NO_ID,
                              .duty_slot = NO_ID,
                              .obligation = obligation};
    watch.effects = effect;
    watch.effect_count = 1;
    // Without words of its own the message names both ends: what was, and what did not follow.
    const struct obligation *made = &c->obligation_list.at[obligation];
    if (made->met_watch != NO_ID && !said) {
        const struct watch *met = &c->met.at[made->met_watch];
        struct text text = {0};
        uint32_t told = 0;
        publish(c);
        for (uint32_t i = 0; i < met->conditions.count; i++) {
            const struct condition *condition = &met->conditions.at[i];
            if (condition->kind == CONDITION_ATOM &&
                (condition->relation == made->relation || condition->relation == RELATION_DUTY))
                continue;
            if (told++) text_print(&text, ", ");
            program_print_condition(c->program, &c->program->texts, &met->frame, condition, &text);
        }
        c->norm_list.at[norm].message =
            span_print(c->arena, "%.*s leads to %.*s", SPAN_ARG(message), SPAN_ARG(text_span(&text)));
        text_release(&text);
    }
    upon_end(c, &scope, &env, &watch);
}

// ---- The order of firing --------------------------------------------------------------------------------------------
static struct watch system_watch(struct compiler *c, watch_kind kind, uint32_t relation, uint32_t entity) {
    struct scope scope = {0};
    struct env env;
    env_init(&env, NULL, &scope, 0);
    uint32_t slot = env_hidden(c, &env, (struct place){0}, type_of(TYPE_ENTITY, entity));
    const struct expression **arguments = ARENA_ARRAY(c->arena, const struct expression *, 1);
    arguments[0] = &node_variable(c, &scope, slot, (struct place){0})->expression;
    struct condition condition = condition_atom(c, relation, arguments, false, (struct place){0});
    uint32_t *binding = ARENA_NEW(c->arena, uint32_t);
    *binding = slot;
    struct watch watch = {.kind = kind, .norm = NO_ID, .obligation = NO_ID, .binding = binding, .binding_count = 1};
    watch.conditions = conditions_copy(c, &condition, 1);
    watch.frame = scope_frame(c, &scope);
    env_release(&env);
    scope_release(&scope);
    return watch;
}

void finish_watches(struct compiler *c) {
    uint32_t mets = 1, lapses = mets + c->met.count, upons = lapses + c->lapse.count, norms = upons + c->upon.count + 2,
             count = norms + c->norm_watches.count;
    struct watch *watches = ARENA_ARRAY(c->arena, struct watch, count);
    watches[0] = system_watch(c, WATCH_CLOSE, RELATION_CLOSES, ENTITY_PROPOSAL);
    for (uint32_t i = 0; i < c->met.count; i++) watches[mets + i] = c->met.at[i];
    for (uint32_t i = 0; i < c->lapse.count; i++) watches[lapses + i] = c->lapse.at[i];
    for (uint32_t i = 0; i < c->upon.count; i++) watches[upons + i] = c->upon.at[i];
    watches[norms - 2] = system_watch(c, WATCH_OVERDUE, RELATION_OVERDUE, ENTITY_DUTY);
    watches[norms - 1] = system_watch(c, WATCH_PERIOD, RELATION_FALLS_DUE, ENTITY_DUTY);
    for (uint32_t i = 0; i < c->norm_watches.count; i++) watches[norms + i] = c->norm_watches.at[i];
    for (uint32_t i = 0; i < c->obligation_list.count; i++) {
        struct obligation *obligation = &c->obligation_list.at[i];
        if (obligation->met_watch != NO_ID) obligation->met_watch += mets;
        if (obligation->lapse_watch != NO_ID) obligation->lapse_watch += lapses;
    }
    for (uint32_t i = 0; i < c->norm_list.count; i++)
        if (c->norm_list.at[i].watch != NO_ID) c->norm_list.at[i].watch += norms;
    c->program->watches = watches;
    c->program->watches_count = count;
}
