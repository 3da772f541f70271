// SPDX-License-Identifier: Apache-2.0
// Given rows and rules.
#include "lang/resolve_internal.h"

// ---- Given rows -----------------------------------------------------------------------------------------------------
static bool given_values(struct compiler *c, const struct tree_atom *row, uint32_t relation, value *values) {
    struct scope scope = {.place = row->place};
    struct env env;
    env_init(&env, NULL, &scope, 0);
    bool fine = true;
    for (uint32_t i = 0; i < row->arguments.count; i++) {
        uint32_t before = c->all->errors;
        struct type want = c->relation_list.at[relation].columns[i].type;
        const struct expression *e =
            finish_expression(c, &env, lower_expression(c, &env, row->arguments.at[i]), want, relation, true);
        if (before == c->all->errors && e->kind != EXPRESSION_CONSTANT) {
            diagnostics_error(c->all, e->place, "write the value that it comes to", "a given row holds constants");
            fine = false;
        }
        fine &= before == c->all->errors;
        values[i] = e->constant;
    }
    env_release(&env);
    scope_release(&scope);
    return fine;
}

// The index of the row that has this key; the new one's, `row`, where there was none.
static uint32_t row_of_key(struct compiler *c, uint32_t relation, const value *values, uint32_t row) {
    value key[COLUMNS_MAX + 1] = {relation};
    uint32_t count = c->relation_list.at[relation].key_count;
    if (count > COLUMNS_MAX) return row;    // that is an error already
    if (count) memcpy(key + 1, values, sizeof *values * count);
    struct span bytes = {(const char *)key, (uint32_t)sizeof *key * (count + 1)};
    uint32_t old = table_get(&c->given_keys, bytes);
    if (old == NO_ID) table_put(&c->given_keys, bytes, row);
    return old == NO_ID ? row : old;
}

// `last` is the last row of this declaration that is no reading: a reading is of it.
static void given_row(struct compiler *c, const struct tree_given *given, struct citation citation, uint32_t *last,
                      uint32_t *last_relation) {
    const struct tree_atom *row = &given->row;
    uint32_t id = find_relation(c, row->name, row->arguments.count);
    if (id == NO_ID) return;
    struct relation *relation = &c->relation_list.at[id];
    struct relation_draft *draft = &c->relation_drafts.at[id];
    if (relation->derived || draft->system) {
        diagnostics_error(c->all, row->name.place,
                          draft->system ? "choose another fact" : "give the facts that it is derived from",
                          draft->system ? "`%.*s` is the engine's own: no row of it is given"
                                        : "`%.*s` is derived: no row of it is given",
                          SPAN_ARG(row->name.text));
        return;
    }
    if (row->arguments.count != relation->column_count) {
        diagnostics_error(c->all, row->name.place, signature_of_relation(c, id), "`%.*s` has %u column%s, %u %s given",
                          SPAN_ARG(row->name.text), relation->column_count, relation->column_count == 1 ? "" : "s",
                          row->arguments.count, row->arguments.count == 1 ? "is" : "are");
        return;
    }
    value *values = ARENA_ARRAY(c->arena, value, relation->column_count);
    if (!given_values(c, row, id, values)) return;
    struct given_row made = {values, NO_ID, citation, row->place};
    if (given->reading) {
        if (*last == NO_ID || *last_relation != id) {
            diagnostics_error(c->all, row->place, "write it behind the row that it is another reading of",
                              "a reading is of the same fact as the row before");
            return;
        }
        made.reading_of = *last;
    } else {
        uint32_t old = row_of_key(c, id, values, draft->given.count);
        if (old != draft->given.count) {
            diagnostics_error(c->all, row->place, "another reading of it is written behind it, after `or`",
                              "`%.*s` has a row of this key already, at %s", SPAN_ARG(row->name.text),
                              line_text(c, draft->given.at[old].place, row->place));
            return;
        }
        *last = draft->given.count;
        *last_relation = id;
    }
    VEC_PUSH(&draft->given, made);
}

static void given_declaration(struct compiler *c, const struct item *item) {
    const struct tree_declaration *d = item->declaration;
    uint32_t last = NO_ID, last_relation = NO_ID;
    // One citation may stand behind several rows, or behind each: a row has the first that follows it.
    const struct tree_citation **follows = ARENA_ARRAY(&c->scratch, const struct tree_citation *, d->given_count);
    for (uint32_t i = d->given_count; i-- > 0;) {
        bool later = i + 1 < d->given_count && !d->given[i].reading && !d->given[i + 1].reading;
        follows[i] = d->given[i].citation.count ? &d->given[i].citation : later ? follows[i + 1] : &d->citation;
    }
    bool complained = false;
    for (uint32_t i = 0; i < d->given_count; i++) {
        const struct tree_citation *own = follows[i];
        uint32_t before = c->all->errors;
        struct citation citation = {0};
        if (!complained) citation = citation_for(c, item, own, "given row");
        complained |= before != c->all->errors;
        given_row(c, &d->given[i], citation, &last, &last_relation);
    }
}

void resolve_given(struct compiler *c) {
    for (uint32_t i = 0; i < c->items.count; i++)
        if (c->items.at[i].declaration->kind == TREE_GIVEN) given_declaration(c, &c->items.at[i]);
}

// ---- Rules ----------------------------------------------------------------------------------------------------------
uint32_t rule_begin(struct compiler *c, uint32_t relation, struct place place, struct citation citation) {
    if (c->rule_list.count == RULES_MAX)
        diagnostics_error(c->all, place, NULL, "a program has at most %d rules, those made by the compiler included",
                          RULES_MAX);
    uint32_t count = c->relation_list.at[relation].column_count;
    struct rule rule = {.relation = relation,
                        .citation = citation,
                        .place = place,
                        .head = ARENA_ARRAY(c->arena, const struct expression *, count)};
    VEC_PUSH(&c->rule_list, rule);
    VEC_PUSH(&c->rule_drafts, (struct rule_draft){.scope = {.strict_now = true, .place = place}});
    VEC_PUSH(&c->relation_drafts.at[relation].rules, c->rule_list.count - 1);
    return c->rule_list.count - 1;
}

static void resolve_rule(struct compiler *c, struct item *item) {
    const struct tree_declaration *d = item->declaration;
    struct citation citation = item->prelude ? (struct citation){0} : citation_for(c, item, &d->citation, "rule");
    if (item->dropped || item->id == NO_ID) return;
    uint32_t id = rule_begin(c, item->id, d->place, citation), before = c->all->errors;
    struct scope *scope = &c->rule_drafts.at[id].scope;
    struct env env;
    env_init(&env, NULL, scope, 0);
    struct tree_conditions body = under_conditions(c, item, d->conditions);
    for (uint32_t i = 0; i < d->head.arguments.count; i++) collect_expression(c, &env, d->head.arguments.at[i]);
    collect_conditions(c, &env, body);
    for (uint32_t i = 0; i < d->head.arguments.count; i++) {
        const struct tree_expression *e = d->head.arguments.at[i];
        if (e->kind == TREE_ANY) {
            diagnostics_error(c->all, e->place, "a rule says of what it holds",
                              "`_` cannot stand in the head of a rule");
            c->rule_list.at[id].head[i] = &node_constant(c, type_plain(BASE_POISONED), 0, e->place)->expression;
        } else c->rule_list.at[id].head[i] = &lower_expression(c, &env, e)->expression;
    }
    struct conditions lowered = lower_conditions(c, &env, body);
    c->rule_list.at[id].body = lowered;
    forgive_under(c, item, &env);
    c->rule_drafts.at[id].body_poisoned = before != c->all->errors;
    check_now(c, lowered);
    for (uint32_t i = 0; i < d->head.arguments.count; i++) check_no_now(c, c->rule_list.at[id].head[i]);
    env_release(&env);
}

void resolve_rules(struct compiler *c) {
    for (uint32_t i = 0; i < c->items.count; i++)
        if (c->items.at[i].declaration->kind == TREE_RULE) resolve_rule(c, &c->items.at[i]);
}

static void report_unknown_columns(struct compiler *c) {
    for (uint32_t i = 0; i < c->unknown_columns.count; i++) {
        struct unknown_column column = c->unknown_columns.at[i];
        const struct rule *rule = &c->rule_list.at[column.rule];
        const struct expression *e = rule->head[column.column];
        if (e->kind == EXPRESSION_VARIABLE && c->rule_drafts.at[column.rule].scope.slots.at[e->slot].poisoned) continue;
        diagnostics_error(c->all, e->place, "let a fact, a constant or a comparison in one of its rules say it",
                          "the type of column %u of `%.*s` cannot be known", column.column + 1,
                          SPAN_ARG(c->relation_list.at[rule->relation].name));
    }
}

// After the types: variables used once, an order for each body, and that it binds the head.
void finish_rules(struct compiler *c) {
    for (uint32_t i = 0; i < c->rule_list.count; i++) {
        struct rule *rule = &c->rule_list.at[i];
        struct scope *scope = &c->rule_drafts.at[i].scope;
        struct env env = {.scope = scope};
        for (uint32_t k = 0; k < scope->slots.count; k++)
            if (scope->slots.at[k].name.length) VEC_PUSH(&env.names, (struct visible){scope->slots.at[k].name, k});
        scope_finish(c, scope, &env);
        env_release(&env);
        for (uint32_t k = 0; k < scope->slots.count; k++) scope->slots.at[k].poisoned |= scope->slots.at[k].reported;
        struct bound bound = {0};
        order_conditions(c, scope, &rule->body, &bound, 0);
        for (uint32_t k = 0; k < c->relation_list.at[rule->relation].column_count; k++) {
            struct place place;
            uint32_t slot = first_unbound(scope, rule->head[k], &bound, 0, &place);
            if (slot != NO_ID && !scope->slots.at[slot].poisoned) {
                diagnostics_error(c->all, place, "name it in a fact or rule after `if`, or leave it out",
                                  "the conditions do not say what `%.*s` is", SPAN_ARG(scope->slots.at[slot].name));
                scope->slots.at[slot].poisoned = true;
            }
            order_expression(c, scope, rule->head[k], &bound, 0);
        }
        rule->frame = scope_frame(c, scope);
    }
    report_unknown_columns(c);
}
