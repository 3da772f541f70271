// SPDX-License-Identifier: Apache-2.0
// Organs and procedures, and the rules that the compiler makes of them: who has a seat in a proposal, and when it
// closes.
#include "lang/resolve_internal.h"

// ---- Organs ---------------------------------------------------------------------------------------------------------
static uint32_t organ_relation(struct compiler *c, struct tree_name name, uint32_t columns, const char *what,
                               const char *hint) {
    if (!name.text.length) return NO_ID;
    uint32_t id = find_relation(c, name, columns);
    if (id == NO_ID) return NO_ID;
    c->relation_drafts.at[id].read = true;
    if (c->relation_list.at[id].column_count == columns) return id;
    diagnostics_error(c->all, name.place, hint, "`%.*s` has %u columns, %s has %u", SPAN_ARG(name.text),
                      c->relation_list.at[id].column_count, what, columns);
    return NO_ID;
}

// The arguments are constants, or in an act its parameters too.
bool resolve_use(struct compiler *c, struct env *env, const struct tree_procedure_use *tree,
                 struct procedure_use *use) {
    uint32_t id = table_get(&c->procedures, tree->name.text);
    if (id == NO_ID) {
        const char *hint = suggest_library(c, tree->name.text);
        diagnostics_error(c->all, tree->name.place, hint ? hint : suggest(c, tree->name.text, &c->procedures),
                          "no procedure is called `%.*s`", SPAN_ARG(tree->name.text));
        return false;
    }
    const struct procedure *procedure = &c->procedure_list.at[id];
    if (tree->arguments.count != procedure->parameter_count) {
        diagnostics_error(c->all, tree->name.place,
                          signature(c, procedure->name, procedure->parameters, procedure->parameter_count,
                                    procedure->parameter_count),
                          "`%.*s` takes %u argument%s, %u %s given",
                          SPAN_ARG(tree->name.text), procedure->parameter_count,
                          procedure->parameter_count == 1 ? "" : "s", tree->arguments.count,
                          tree->arguments.count == 1 ? "is" : "are");
        return false;
    }
    use->arguments = ARENA_ARRAY(c->arena, const struct expression *, tree->arguments.count);
    bool fine = true;
    for (uint32_t i = 0; i < tree->arguments.count; i++) {
        uint32_t before = c->all->errors;
        const struct expression *e = finish_expression(c, env, lower_expression(c, env, tree->arguments.at[i]),
                                                       procedure->parameters[i].type, NO_ID, true);
        if (before == c->all->errors && e->kind != EXPRESSION_CONSTANT && e->kind != EXPRESSION_VARIABLE)
            diagnostics_error(c->all, e->place, NULL,
                              "a procedure is used with constants, or with parameters of the act");
        use->arguments[i] = e;
        fine &= before == c->all->errors;
    }
    use->procedure = id;
    return fine;
}

static void resolve_organ(struct compiler *c, struct item *item) {
    const struct tree_declaration *d = item->declaration;
    if (item->dropped) return;
    if (!d->seats.text.length)
        diagnostics_error(c->all, d->name.place, "give it a line `seats RELATION`: who has a seat",
                          "the organ `%.*s` has no seats", SPAN_ARG(d->name.text));
    uint32_t seats = organ_relation(c, d->seats, 1, "a relation of seats", "seats(s): s has a seat");
    uint32_t chair = organ_relation(c, d->chair, 1, "a relation of a chair",
                                    "chair(c): c is in the chair; declare it as `fact chair(=> state)`");
    uint32_t voice = organ_relation(c, d->voice, 3, "a relation of voices",
                                    "voice(office, seat, proposal): the office answers for the seat");
    struct organ *organ = &c->organ_list.at[item->id];
    organ->seats = seats;
    organ->chair = chair;
    organ->voice = voice;
    if (!d->decides.name.text.length) return;
    struct scope scope = {.place = d->place};
    struct env env;
    env_init(&env, NULL, &scope, 0);
    struct procedure_use use = {.procedure = NO_ID};
    if (d->decides.citation.count) citation_of(c, &d->decides.citation);
    if (resolve_use(c, &env, &d->decides, &use)) c->organ_uses.at[item->id] = use;
    else
        c->organ_uses.at[item->id].arguments =
            ARENA_ARRAY(c->arena, const struct expression *, 1);    // said, though wrongly
    env_release(&env);
    scope_release(&scope);
}

void resolve_organs(struct compiler *c) {
    for (uint32_t i = 0; i < c->items.count; i++)
        if (c->items.at[i].declaration->kind == TREE_ORGAN) resolve_organ(c, &c->items.at[i]);
}

static void check_column(struct compiler *c, const struct organ *organ, uint32_t relation, uint32_t column,
                         struct type want) {
    struct type is = c->relation_list.at[relation].columns[column].type;
    if (type_fits(is, want)) return;
    diagnostics_error(c->all, organ->place, NULL, "column %u of `%.*s` is %s, where `%.*s` wants %s", column + 1,
                      SPAN_ARG(c->relation_list.at[relation].name), type_text(c, is), SPAN_ARG(organ->name),
                      type_text(c, want));
}

void check_organs(struct compiler *c) {
    for (uint32_t i = 0; i < c->organ_list.count; i++) {
        const struct organ *organ = &c->organ_list.at[i];
        struct type actor = type_plain(TYPE_ACTOR);
        if (organ->chair != NO_ID) check_column(c, organ, organ->chair, 0, actor);
        if (organ->voice == NO_ID) continue;
        check_column(c, organ, organ->voice, 0, actor);
        check_column(c, organ, organ->voice, 1, actor);
        check_column(c, organ, organ->voice, 2, type_of(TYPE_ENTITY, ENTITY_PROPOSAL));
    }
}

// ---- Acts of several organs -----------------------------------------------------------------------------------------
static bool all_organs(struct compiler *c, const struct tree_who *by) {
    for (uint32_t i = 0; i <= by->other_count; i++) {
        const struct tree_who *who = i ? &by->others[i - 1] : by;
        if (!who->expression || who->expression->kind != TREE_NAME ||
            table_get(&c->organs, who->expression->text) == NO_ID)
            return false;
    }
    return true;
}

static void report_organs_twice(struct compiler *c, const struct tree_who *by) {
    for (uint32_t i = 0; i < by->other_count; i++)
        for (uint32_t k = 0; k <= i; k++) {
            const struct tree_expression *one = k ? by->others[k - 1].expression : by->expression,
                                         *other = by->others[i].expression;
            if (span_equal(one->text, other->text))
                diagnostics_error(c->all, other->place, "leave one of them out", "`%.*s` is named twice",
                                  SPAN_ARG(other->text));
        }
}

// One act for each organ: they differ in who decides, and are acts like any other from here on.
void spread_acts(struct compiler *c) {
    VEC(struct item) items = {0};
    uint32_t *moved = ARENA_ARRAY(&c->scratch, uint32_t, c->items.count);
    for (uint32_t i = 0; i < c->items.count; i++) {
        struct item item = c->items.at[i];
        const struct tree_declaration *d = item.declaration;
        bool several = d->kind == TREE_ACT && d->by.other_count && all_organs(c, &d->by);
        moved[i] = items.count;
        if (item.outer != NO_ID) item.outer = moved[item.outer];
        if (several) report_organs_twice(c, &d->by);
        for (uint32_t k = 0; k <= (several ? d->by.other_count : 0); k++) {
            if (several) {
                struct tree_declaration *own = ARENA_NEW(&c->scratch, struct tree_declaration);
                *own = *d;
                own->by = k ? d->by.others[k - 1] : d->by;
                own->by.as = d->by.as, own->by.others = NULL, own->by.other_count = 0;
                item.declaration = own, item.again = k > 0;
            }
            VEC_PUSH(&items, item);
        }
    }
    VEC_RELEASE(&c->items);
    c->items.at = items.at, c->items.count = items.count, c->items.capacity = items.capacity;
}

void spread_begin(struct compiler *c, const struct item *item) {
    const struct act *act = &c->act_list.at[item->id];
    if (act->kind != ACT_BY_ORGAN || !item->declaration->by.as.text.length) return;
    c->as = item->declaration->by.as.text;
    c->as_organ = candidate_of(c, c->organ_list.at[act->organ].name, type_plain(TYPE_ACTOR));
}

void spread_end(struct compiler *c) { c->as = (struct span){0}; }

uint32_t organ_called(const struct compiler *c, struct span name) {
    if (c->as.length && span_equal(name, c->as)) return actor_organ_id(c->candidates.at[c->as_organ].constant);
    return table_get(&c->organs, name);
}

bool act_is_several(const struct compiler *c, uint32_t act) {
    return act + 1 < c->act_list.count && c->act_list.at[act + 1].first == act;
}

static void report_organ(struct compiler *c, uint32_t first, uint32_t organ, struct place place, const char *written) {
    const struct act *acts = c->act_list.at;
    struct text organs = {0};
    for (uint32_t i = first; i < c->act_list.count && acts[i].first == first && acts[i].organ != NO_ID; i++)
        text_print(&organs, "%s%.*s", i > first ? ", " : "", SPAN_ARG(c->organ_list.at[acts[i].organ].name));
    struct span all = text_span(&organs), name = acts[first].name;
    const char *hint = all.length ? hint_print(c, "it is decided by %.*s", SPAN_ARG(all))
                                  : "no organ decides it: leave it out";
    if (organ == NO_ID)
        diagnostics_error(c->all, place, hint_print(c, "%s: write `%s`", hint, written),
                          "`%.*s` is decided by several organs: name the one that is meant", SPAN_ARG(name));
    else
        diagnostics_error(c->all, place, hint, "`%.*s` is not decided by %.*s", SPAN_ARG(name),
                          SPAN_ARG(c->organ_list.at[organ].name));
    text_release(&organs);
}

uint32_t act_of_organ(struct compiler *c, uint32_t first, uint32_t organ, struct place place, const char *written) {
    if (organ == NO_ID && !act_is_several(c, first)) return first;
    for (uint32_t i = first; organ != NO_ID && i < c->act_list.count && c->act_list.at[i].first == first; i++)
        if (c->act_list.at[i].organ == organ) return i;
    report_organ(c, first, organ, place, written);
    return NO_ID;
}

// ---- Procedures -----------------------------------------------------------------------------------------------------
// The first name stands for the proposal; it has no type.
static struct tree_name proposal_name(const struct tree_declaration *d) {
    if (!d->column_count) return (struct tree_name){.place = d->name.place};
    return d->columns[0].label.text.length ? d->columns[0].label : d->columns[0].type;
}

static void procedure_env(struct compiler *c, const struct tree_declaration *d, struct env *env, bool report) {
    const struct procedure *procedure = &c->procedure_list.at[table_get(&c->procedures, d->name.text)];
    struct type type = type_of(TYPE_ENTITY, ENTITY_PROPOSAL);
    for (uint32_t i = 0; i <= procedure->parameter_count; i++) {
        struct tree_name name = i ? d->columns[i].label : proposal_name(d);
        bool fresh = true;
        uint32_t slot;
        if (i) type = procedure->parameters[i - 1].type;
        if (report) slot = env_parameter(c, env, name, type, &fresh);
        else slot = env_declare(c, env, name.text, name.place, type);
        env->scope->slots.at[slot].declared = true;
        if (!fresh)
            diagnostics_error(c->all, name.place, NULL, "two parameters are called `%.*s`", SPAN_ARG(name.text));
    }
}

static void resolve_procedure(struct compiler *c, struct item *item) {
    const struct tree_declaration *d = item->declaration;
    if (item->dropped) return;
    struct citation citation = citation_for(c, item, &d->citation, NULL);
    uint32_t count = d->column_count ? d->column_count - 1 : 0;
    if (count + 1 > COLUMNS_MAX) {
        diagnostics_error(c->all, d->name.place, NULL, "`%.*s` has %u parameters; a procedure has at most %d",
                          SPAN_ARG(d->name.text), count, COLUMNS_MAX - 1);
        count = COLUMNS_MAX - 1;
    }
    struct column *columns = ARENA_ARRAY(c->arena, struct column, count + 1);
    columns[0] = (struct column){SPAN("proposal"), type_of(TYPE_ENTITY, ENTITY_PROPOSAL)};
    for (uint32_t i = 1; i <= count; i++)
        columns[i] = (struct column){keep(c, d->columns[i].label.text), type_named(c, d->columns[i].type)};
    // It bears the procedure's name, by which conditions ask it.
    uint32_t governs = relation_add(c, d->name.text, d->name.place, false, true, columns, count + 1, 1);
    c->relation_drafts.at[governs].system = true;
    relation_name(c, item, d->name, governs);
    struct procedure *procedure = &c->procedure_list.at[item->id];
    procedure->relation = governs;
    procedure->parameters = columns + 1;
    procedure->parameter_count = count;
    procedure->citation = citation;
    if (!d->closed_count)
        diagnostics_error(c->all, d->name.place, "give it a line `closed when CONDITIONS`",
                          "a proposal under `%.*s` would never close", SPAN_ARG(d->name.text));
}

void resolve_procedures(struct compiler *c) {
    for (uint32_t i = 0; i < c->items.count; i++)
        if (c->items.at[i].declaration->kind == TREE_PROCEDURE) resolve_procedure(c, &c->items.at[i]);
}

static uint32_t outcome_constant(struct compiler *c, struct span name) {
    uint32_t candidate = candidate_of(c, name, type_of(TYPE_KIND, KIND_OUTCOME));
    if (candidate == NO_ID) return OUTCOME_REJECTED;    // its name was taken, and that was reported
    return (uint32_t)c->candidates.at[candidate].constant;
}

static void resolve_outcome(struct compiler *c, struct item *item) {
    const struct tree_declaration *d = item->declaration;
    if (item->dropped) return;
    struct scope scope = {.strict_now = true, .place = d->place};
    struct env env;
    env_init(&env, NULL, &scope, 0);
    procedure_env(c, d, &env, true);
    struct outcome *outcomes = ARENA_ARRAY(c->arena, struct outcome, d->outcome_count);
    for (uint32_t i = 0; i < d->outcome_count; i++) {
        const struct tree_outcome *tree = &d->outcomes[i];
        struct env own;
        env_init(&own, &env, &scope, 0);
        outcomes[i] = (struct outcome){
            .outcome = outcome_constant(c, tree->name.text), .otherwise = tree->otherwise, .place = tree->place};
        outcomes[i].conditions = finish_conditions(c, &own, tree->conditions, NULL);
        env_release(&own);
        if (tree->otherwise != (i + 1 == d->outcome_count))
            diagnostics_error(c->all, tree->place, NULL, "the last outcome, and only it, is `else NAME`");
    }
    if (!d->outcome_count)
        diagnostics_error(c->all, d->name.place, "end it with `else rejected`", "`%.*s` has no outcome",
                          SPAN_ARG(d->name.text));
    scope_finish(c, &scope, &env);
    struct procedure *procedure = &c->procedure_list.at[item->id];
    procedure->outcomes = outcomes;
    procedure->outcome_count = d->outcome_count;
    procedure->frame = scope_frame(c, &scope);
    env_release(&env);
    scope_release(&scope);
}

void resolve_outcomes(struct compiler *c) {
    for (uint32_t i = 0; i < c->items.count; i++)
        if (c->items.at[i].declaration->kind == TREE_PROCEDURE) resolve_outcome(c, &c->items.at[i]);
}

// ---- Rules made by the compiler -------------------------------------------------------------------------------------
static const struct expression **arguments_new(struct compiler *c, uint32_t relation) {
    return ARENA_ARRAY(c->arena, const struct expression *, c->relation_list.at[relation].column_count);
}

static struct condition atom_of_slots(struct compiler *c, struct scope *scope, uint32_t relation, const uint32_t *slots,
                                      bool negated) {
    const struct expression **arguments = arguments_new(c, relation);
    for (uint32_t i = 0; i < c->relation_list.at[relation].column_count; i++)
        arguments[i] = &node_variable(c, scope, slots[i], scope->place)->expression;
    return condition_atom(c, relation, arguments, negated, scope->place);
}

// closes(p) if open(p), PROCEDURE(p, parameters...), CONDITIONS
static void closes_rule(struct compiler *c, struct item *item, struct tree_conditions tree) {
    const struct tree_declaration *d = item->declaration;
    const struct procedure procedure = c->procedure_list.at[item->id];
    uint32_t before = c->all->errors,
             id = rule_begin(c, RELATION_CLOSES, tree.count ? tree.at[0].place : d->place, procedure.citation);
    struct scope *scope = &c->rule_drafts.at[id].scope;
    struct env env;
    env_init(&env, NULL, scope, 0);
    procedure_env(c, d, &env, false);
    uint32_t *slots = ARENA_ARRAY(&c->scratch, uint32_t, procedure.parameter_count + 1);
    for (uint32_t i = 0; i <= procedure.parameter_count; i++) slots[i] = i;
    struct condition made[] = {atom_of_slots(c, scope, RELATION_OPEN, slots, false),
                               atom_of_slots(c, scope, procedure.relation, slots, false)};
    c->rule_list.at[id].head[0] = &node_variable(c, scope, 0, d->place)->expression;
    collect_conditions(c, &env, tree);
    struct conditions lowered = lower_conditions(c, &env, tree);
    check_now(c, lowered);
    c->rule_list.at[id].body = conditions_join(c, conditions_copy(c, made, 2), lowered);
    c->rule_drafts.at[id].body_poisoned = before != c->all->errors;
    env_release(&env);
}

// An environment with the arguments of an item of a proposal: open(p), ACT#item(p, _, parameters..., made..., actor).
static struct conditions item_conditions(struct compiler *c, struct env *env, const struct tree_declaration *d,
                                         const struct act *act, uint32_t *proposal) {
    struct scope *scope = env->scope;
    uint32_t count = c->relation_list.at[act->item_relation].column_count, at = 0;
    uint32_t *slots = ARENA_ARRAY(&c->scratch, uint32_t, count);
    slots[at++] = *proposal = env_hidden(c, env, d->place, type_of(TYPE_ENTITY, ENTITY_PROPOSAL));
    slots[at++] = env_hidden(c, env, d->place, type_plain(TYPE_INT));
    for (uint32_t i = 0; i < act->parameter_count; i++, at++) {
        slots[at] = env_declare(c, env, d->columns[i].label.text, d->columns[i].label.place, act->parameters[i].type);
        scope->slots.at[slots[at]].declared = true;
    }
    for (uint32_t i = 0; i < act->made_count; i++, at++) {
        slots[at] = env_declare(c, env, d->made[i].variable.text, d->made[i].variable.place,
                                type_of(TYPE_ENTITY, act->made[i].entity_type));
        scope->slots.at[slots[at]].declared = true;
    }
    // The party that acts is known by its name; where it is a parameter, that says it already.
    struct tree_name actor = d->by.other_count ? d->by.as : d->by.variable;
    bool named = actor.text.length && env_find(env, actor.text) == NO_ID;
    slots[at] = named ? env_declare(c, env, actor.text, actor.place, type_plain(TYPE_ACTOR))
                      : env_hidden(c, env, d->place, type_plain(TYPE_ACTOR));
    scope->slots.at[slots[at]].declared = true;
    ENSURE(at + 1 == count);
    struct condition made[] = {atom_of_slots(c, scope, RELATION_OPEN, slots, false),
                               atom_of_slots(c, scope, act->item_relation, slots, false)};
    return conditions_copy(c, made, 2);
}

// HEAD(p, v) if open(p), ACT#item(...), CONDITIONS of v
static void item_rule(struct compiler *c, const struct tree_declaration *d, uint32_t act_id, uint32_t relation,
                      struct tree_name variable, bool fresh_variable, struct tree_conditions tree) {
    const struct act act = c->act_list.at[act_id];
    uint32_t before = c->all->errors, id = rule_begin(c, relation, variable.place, act.citation), proposal, slot;
    struct scope *scope = &c->rule_drafts.at[id].scope;
    struct env env;
    env_init(&env, NULL, scope, 0);
    struct conditions made = item_conditions(c, &env, d, &act, &proposal);
    // Who is excluded is asked only of proposals that are open.
    if (relation != RELATION_SEAT && made.count && made.at[0].relation == RELATION_OPEN) made.at++, made.count--;
    if (fresh_variable) {
        bool fresh;
        slot = env_parameter(c, &env, variable, type_plain(BASE_UNKNOWN), &fresh);
        if (!fresh)
            diagnostics_error(c->all, variable.place, "choose another name", "`%.*s` stands for something already",
                              SPAN_ARG(variable.text));
    } else {
        slot = env_find(&env, variable.text);
        if (slot == NO_ID) {
            diagnostics_error(c->all, variable.place, "name a parameter, or write `without v: CONDITIONS`",
                              "`%.*s` is no parameter of this act", SPAN_ARG(variable.text));
            slot = env_hidden(c, &env, variable.place, type_plain(BASE_POISONED));
            scope->slots.at[slot].poisoned = true;
        }
    }
    collect_conditions(c, &env, tree);
    struct conditions lowered = lower_conditions(c, &env, tree);
    check_now(c, lowered);
    c->rule_list.at[id].head[0] = &node_variable(c, scope, proposal, d->place)->expression;
    c->rule_list.at[id].head[1] = &node_variable(c, scope, slot, variable.place)->expression;
    c->rule_list.at[id].body = conditions_join(c, made, lowered);
    c->rule_drafts.at[id].body_poisoned = before != c->all->errors;
    env_release(&env);
}

static void exclude(struct compiler *c, const struct item *item) {
    const struct tree_declaration *d = item->declaration;
    uint32_t organ = c->act_list.at[item->id].organ;
    if (organ == NO_ID || c->act_list.at[item->id].item_relation == NO_ID) return;
    if (c->organ_excluded.at[organ] == NO_ID) {
        struct column columns[] = {{SPAN("proposal"), type_of(TYPE_ENTITY, ENTITY_PROPOSAL)},
                                   {SPAN("seat"), type_plain(BASE_UNKNOWN)}};
        struct span name = span_print(c->arena, "%.*s#excluded", SPAN_ARG(c->organ_list.at[organ].name));
        c->organ_excluded.at[organ] = relation_add(c, name, d->without.place, true, true, columns, 2, 2);
    }
    item_rule(c, d, item->id, c->organ_excluded.at[organ], d->without, d->without_colon, d->without_conditions);
}

// seat(p, s) if open(p), laid-before(p, ORGAN), SEATS(s), not ORGAN#excluded(p, s)
static void seat_rule(struct compiler *c, uint32_t organ_id) {
    const struct organ organ = c->organ_list.at[organ_id];
    if (organ.seats == NO_ID) return;
    uint32_t id = rule_begin(c, RELATION_SEAT, organ.place, organ.citation);
    struct scope *scope = &c->rule_drafts.at[id].scope;
    scope->place = organ.place;
    struct env env;
    env_init(&env, NULL, scope, 0);
    uint32_t p = env_declare(c, &env, SPAN("p"), organ.place, type_of(TYPE_ENTITY, ENTITY_PROPOSAL));
    uint32_t s = env_declare(c, &env, SPAN("s"), organ.place, type_plain(BASE_UNKNOWN));
    uint32_t slots[] = {p, s};
    const struct expression **laid = arguments_new(c, RELATION_LAID_BEFORE);
    laid[0] = &node_variable(c, scope, p, organ.place)->expression;
    laid[1] = &node_constant(c, type_plain(TYPE_ACTOR), actor_organ(organ_id), organ.place)->expression;
    struct condition made[4] = {atom_of_slots(c, scope, RELATION_OPEN, slots, false),
                                condition_atom(c, RELATION_LAID_BEFORE, laid, false, organ.place),
                                atom_of_slots(c, scope, organ.seats, slots + 1, false)};
    uint32_t count = 3;
    if (c->organ_excluded.at[organ_id] != NO_ID)
        made[count++] = atom_of_slots(c, scope, c->organ_excluded.at[organ_id], slots, true);
    c->rule_list.at[id].head[0] = &node_variable(c, scope, p, organ.place)->expression;
    c->rule_list.at[id].head[1] = &node_variable(c, scope, s, organ.place)->expression;
    c->rule_list.at[id].body = conditions_copy(c, made, count);
    env_release(&env);
}

void resolve_seats(struct compiler *c) {
    for (uint32_t i = 0; i < c->items.count; i++) {
        const struct item *item = &c->items.at[i];
        const struct tree_declaration *d = item->declaration;
        if (d->kind == TREE_PROCEDURE && !item->dropped)
            for (uint32_t k = 0; k < d->closed_count; k++) closes_rule(c, &c->items.at[i], d->closed[k]);
        if (d->kind != TREE_ACT || item->dropped) continue;
        spread_begin(c, item);
        if (d->without.text.length) exclude(c, item);
        if (d->each.text.length && c->act_list.at[item->id].item_relation != NO_ID)
            item_rule(c, d, item->id, RELATION_SEAT, d->each, true, d->each_conditions);
        spread_end(c);
    }
    for (uint32_t i = 0; i < c->organ_list.count; i++) seat_rule(c, i);
}
