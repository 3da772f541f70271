// SPDX-License-Identifier: Apache-2.0
// Trees in the making: nodes, limits, and the parts that say why something holds.
#include "explain/explain_internal.h"

#include <string.h>

void making_init(struct making *making, const struct explainer *with) {
    *making = (struct making){.arena = with->arena, .program = with->evaluator->program, .log = with->log};
    solver_init(&making->solver, with);
}

void making_release(struct making *making) {
    laid_release(making->solver.laid);
    VEC_RELEASE(&making->stack);
    VEC_RELEASE(&making->done);
    VEC_RELEASE(&making->told);
}

// ---- The reader's language ------------------------------------------------------------------------------------------
const char *said(const struct making *making, const char *english) {
    return making->log && making->log->say ? making->log->say(making->log->language, english) : english;
}

struct span said_span(const struct making *making, struct span english) {
    if (!making->log || !making->log->say || english.length == 0) return english;
    const char *terminated = span_copy(making->arena, english).at, *words = said(making, terminated);
    return words == terminated ? english : span_of(words);
}

// ---- Nodes ---------------------------------------------------------------------------------------------------------
static struct explain_node *node_new(struct making *making, struct explain_node *parent, explain_kind kind,
                                     explain_truth truth, struct span text) {
    struct explain_node *node = ARENA_NEW(making->arena, struct explain_node);
    *node = (struct explain_node){.kind = kind, .truth = truth, .text = text, .time = TIME_MIN};
    if (parent && parent->last) parent->last->next = node;
    else if (parent) parent->first = node;
    if (parent) parent->last = node;
    return node;
}

struct explain_node *node_add(struct making *making, struct explain_node *parent, explain_kind kind,
                              explain_truth truth, struct span text) {
    text = said_span(making, text);
    if (++making->nodes <= EXPLAIN_NODES_MAX || !parent) return node_new(making, parent, kind, truth, text);
    making->cut = true;
    if (!parent->last || parent->last->kind != EXPLAIN_CUT)
        node_new(making, parent, EXPLAIN_CUT, EXPLAIN_NEUTRAL,
                 said_span(making, SPAN("cut here: the explanation has reached its limit of 2000 lines")));
    return node_new(making, NULL, kind, truth, text);
}

struct explain_node *node_print(struct making *making, struct explain_node *parent, explain_kind kind,
                                explain_truth truth, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    char *line = NULL;
    int length = vasprintf(&line, said(making, format), arguments);
    va_end(arguments);
    ENSURE(length >= 0);
    struct span text = span_copy(making->arena, (struct span){line, (uint32_t)length});
    free(line);
    return node_add(making, parent, kind, truth, text);
}

void node_cite(struct making *making, struct explain_node *node, const struct citation *citation) {
    if (!citation || citation->count == 0) return;
    struct text out = {0};
    struct citation bare = *citation;
    static const char *const standings[] = {"", "", "unverified", "disputed", "notional", "house"};
    const char *standing = (size_t)citation->standing < COUNT_OF(standings) ? standings[citation->standing] : "";
    bare.standing = STANDING_VERIFIED;
    program_print_citation(making->program, &bare, &out);
    if (*standing) {
        out.length--;    // the bracket
        text_print(&out, ", %s]", said(making, standing));
    }
    node->citation = span_copy(making->arena, text_span(&out));
    node->standing = citation->standing;
    text_release(&out);
}

void node_take_off(struct explain_node *parent, struct explain_node *last) {
    parent->last = last;
    if (last) last->next = NULL;
    else parent->first = NULL;
}

bool making_down(struct making *making, struct explain_node *parent) {
    if (making->cut) return false;
    if (making->depth >= EXPLAIN_DEPTH_MAX || making->solver.steps >= EXPLAIN_STEPS_MAX) {
        bool deep = making->depth >= EXPLAIN_DEPTH_MAX;
        node_add(making, parent, EXPLAIN_CUT, EXPLAIN_NEUTRAL,
                 deep ? SPAN("cut here: 64 levels deep") : SPAN("cut here: a million rows were looked at"));
        return false;
    }
    making->depth++;
    return true;
}

void making_up(struct making *making) { making->depth--; }

const char *explain_kind_name(explain_kind kind) {
    static const char *const names[] = {
        [EXPLAIN_CLAIM] = "claim",     [EXPLAIN_ROW] = "row",               [EXPLAIN_DERIVED] = "derived",
        [EXPLAIN_RULE] = "rule",       [EXPLAIN_ABSENT] = "absent",         [EXPLAIN_COMPARISON] = "comparison",
        [EXPLAIN_AGGREGATE] = "aggregate", [EXPLAIN_NOT] = "not",           [EXPLAIN_EVERY] = "every",
        [EXPLAIN_CLAUSE] = "clause",   [EXPLAIN_ENTRY] = "entry",           [EXPLAIN_NEAR] = "near",
        [EXPLAIN_MISSING] = "missing", [EXPLAIN_REMEDY] = "remedy",         [EXPLAIN_NOTE] = "note",
        [EXPLAIN_CUT] = "cut"};
    return names[kind];
}

// ---- Facts that are being explained, or have been ------------------------------------------------------------------
static bool seen_in(const struct making *making, const struct fact_seen *facts, uint32_t count, uint32_t relation,
                    const value *values) {
    size_t size = making->program->relations[relation].column_count * sizeof *values;
    for (uint32_t i = 0; i < count; i++)
        if (facts[i].relation == relation && facts[i].time == making->solver.question.time &&
            memcmp(facts[i].values, values, size) == 0)
            return true;
    return false;
}

static struct fact_seen seen(struct making *making, uint32_t relation, const value *values) {
    uint32_t count = making->program->relations[relation].column_count;
    value *copy = ARENA_ARRAY(making->arena, value, count ? count : 1);
    if (count) memcpy(copy, values, count * sizeof *copy);
    return (struct fact_seen){relation, copy, making->solver.question.time};
}

// ---- Rows ----------------------------------------------------------------------------------------------------------
static const struct given_row *given_of(const struct relation *relation, const value *values) {
    for (uint32_t i = 0; i < relation->given_count; i++)
        if (relation->given[i].reading_of == NO_ID &&
            memcmp(relation->given[i].values, values, relation->column_count * sizeof *values) == 0)
            return &relation->given[i];
    return NULL;
}

static void why_readings(struct making *making, struct explain_node *node, uint32_t relation,
                         const struct given_row *row) {
    const struct relation *r = &making->program->relations[relation];
    for (uint32_t i = 0; i < r->given_count; i++) {
        if (r->given[i].reading_of != (uint32_t)(row - r->given)) continue;
        struct explain_node *other =
            node_print(making, node, EXPLAIN_NOTE, EXPLAIN_NEUTRAL, "another reading, which is not followed: %.*s",
                       SPAN_ARG(tell_fact(making, relation, r->given[i].values)));
        node_cite(making, other, &r->given[i].citation);
    }
}

void why_row(struct making *making, struct explain_node *parent, uint32_t relation, const struct row_copy *row) {
    const struct relation *r = &making->program->relations[relation];
    const struct given_row *given = given_of(r, row->values);
    struct span period = tell_span(making, row->from, row->until);
    if (row->begun & BEGUN_ON_TRIAL) {
        uint32_t item = row->begun & ~BEGUN_ON_TRIAL;
        struct span who = item ? span_print(making->arena, said(making, "item %u of the package"), item)
                               : said_span(making, SPAN("the act"));
        struct explain_node *brought =
            node_print(making, parent, EXPLAIN_ROW, EXPLAIN_HOLDS, "%.*s, which %.*s would add",
                       SPAN_ARG(tell_fact(making, relation, row->values)), SPAN_ARG(who));
        node_cite(making, brought, &r->citation);
        return;
    }
    struct explain_node *node = node_print(
        making, parent, EXPLAIN_ROW, EXPLAIN_HOLDS, "%.*s%s%.*s%s", SPAN_ARG(tell_fact(making, relation, row->values)),
        period.length ? ", " : "", SPAN_ARG(period), given ? said(making, ", given by the treaty") : "");
    node_cite(making, node, given && given->citation.count ? &given->citation : &r->citation);
    node->position = row->begun;
    node->time = row->from;
    if (given) why_readings(making, node, relation, given);
    else if (row->begun) why_entry(making, node, "begun", relation, row->begun, row->from);
    if (relation == RELATION_IN_DOUBT) why_doubt(making, node, row);
    if (row->ended && row->until != TIME_MAX && row->ended != row->begun)
        why_entry(making, node, "its end set", relation, row->ended, row->until);
}

// ---- Comparisons and aggregates ------------------------------------------------------------------------------------
static void why_aggregates(struct making *making, struct explain_node *parent, const struct expression *e,
                           struct bindings bindings);

static void why_aggregate(struct making *making, struct explain_node *parent, const struct expression *e,
                          struct bindings bindings) {
    static const char *const names[] = {"count", "sum", "min", "max"};
    struct ranged range = solver_range(&making->solver, e, bindings);
    value total = 0;
    bool known = solver_value(&making->solver, e, bindings, &total) == VALUE_KNOWN;
    struct span result = known ? tell_value(making, e->type, total) : said_span(making, SPAN("nothing"));
    struct explain_node *node =
        node_print(making, parent, EXPLAIN_AGGREGATE, EXPLAIN_NEUTRAL,
                   range.count == 1 ? "%s over %u binding of %.*s: %.*s" : "%s over %u bindings of %.*s: %.*s",
                   names[e->kind - EXPRESSION_COUNT], range.count,
                   SPAN_ARG(tell_conditions(making, bindings.frame, e->conditions)), SPAN_ARG(result));
    struct bindings each = bindings_copy(making->arena, bindings);
    for (uint32_t i = 0; i < range.count && i < EXPLAIN_LIST_MAX; i++) {
        const value *row = range.at + (size_t)i * range.width;
        for (uint32_t k = 0; k < e->slot_count; k++) {
            each.values[e->slots[k]] = row[k];
            each.bound[e->slots[k]] = row[k] != VALUE_ANY;
        }
        struct text line = {0};
        text_print(&line, "%.*s", SPAN_ARG(tell_value(making, e->left->type, row[range.width - 1])));
        for (uint32_t k = 0, atoms = 0; k < e->conditions.count; k++) {
            const struct condition *c = &e->conditions.at[k];
            if (c->kind == CONDITION_ATOM && !c->negated)
                text_print(&line, "%s%.*s", atoms++ ? ", " : said(making, ", of "),
                           SPAN_ARG(tell_atom(making, c, each)));
        }
        node_add(making, node, EXPLAIN_ROW, EXPLAIN_HOLDS, span_copy(making->arena, text_span(&line)));
        text_release(&line);
    }
    if (range.count > EXPLAIN_LIST_MAX)
        node_print(making, node, EXPLAIN_CUT, EXPLAIN_NEUTRAL, "and %u more", range.count - EXPLAIN_LIST_MAX);
    free(range.at);
}

static void why_aggregates(struct making *making, struct explain_node *parent, const struct expression *e,
                           struct bindings bindings) {
    if (!e) return;
    if (e->kind >= EXPRESSION_COUNT && e->kind <= EXPRESSION_MAX) {
        why_aggregate(making, parent, e, bindings);
        return;
    }
    why_aggregates(making, parent, e->left, bindings);
    why_aggregates(making, parent, e->right, bindings);
}

struct explain_node *why_comparison(struct making *making, struct explain_node *parent, const struct condition *c,
                                    struct bindings bindings, bool holds) {
    static const char *const marks[] = {"=", "!=", "<", "<=", ">", ">="};
    value left = 0, right = 0;
    bool l = solver_value(&making->solver, c->left, bindings, &left) == VALUE_KNOWN,
         r = solver_value(&making->solver, c->right, bindings, &right) == VALUE_KNOWN;
    struct span words = tell_condition(making, bindings.frame, c);
    struct span left_words = l ? tell_value(making, c->left->type, left) : said_span(making, SPAN("no value")),
                right_words = r ? tell_value(making, c->right->type, right) : said_span(making, SPAN("no value"));
    struct explain_node *node =
        node_print(making, parent, EXPLAIN_COMPARISON, holds ? EXPLAIN_HOLDS : EXPLAIN_FAILS, "%.*s: %.*s %s %.*s%s",
                   SPAN_ARG(words), SPAN_ARG(left_words), marks[c->compare], SPAN_ARG(right_words),
                   holds ? "" : said(making, " is not so"));
    why_aggregates(making, node, c->left, bindings);
    why_aggregates(making, node, c->right, bindings);
    return node;
}

// ---- Conditions that hold ------------------------------------------------------------------------------------------
struct every_listing {
    struct making *making;
    struct explain_node *node;
    const struct condition *every;
    const uint32_t *slots;
    uint32_t count;
};

static bool list_every(void *context, const struct bindings *solution) {
    struct every_listing *all = context;
    if (all->count++ >= EXPLAIN_LIST_MAX) return true;
    struct making *making = all->making;
    struct text line = {0};
    for (uint32_t i = 0; i < all->every->inner.count; i++) {
        const struct condition *c = &all->every->inner.at[i];
        if (c->kind != CONDITION_ATOM || c->negated) continue;
        text_print(&line, "%s%.*s", line.length ? ", " : "", SPAN_ARG(tell_atom(making, c, *solution)));
    }
    text_print(&line, said(making, " has %.*s"), SPAN_ARG(tell_conditions(making, solution->frame, all->every->has)));
    node_add(making, all->node, EXPLAIN_ROW, EXPLAIN_HOLDS, span_copy(making->arena, text_span(&line)));
    text_release(&line);
    return true;
}

static void why_every_holds(struct making *making, struct explain_node *parent, const struct condition *c,
                            struct bindings bindings) {
    struct explain_node *node =
        node_add(making, parent, EXPLAIN_EVERY, EXPLAIN_HOLDS, tell_condition(making, bindings.frame, c));
    struct every_listing all = {.making = making, .node = node, .every = c};
    solver_solve(&making->solver, c->inner, bindings, list_every, &all);
    if (all.count == 0)
        node_add(making, node, EXPLAIN_NOTE, EXPLAIN_NEUTRAL, SPAN("there is none of which it would have to be so"));
    if (all.count > EXPLAIN_LIST_MAX)
        node_print(making, node, EXPLAIN_CUT, EXPLAIN_NEUTRAL, "and %u more", all.count - EXPLAIN_LIST_MAX);
}

static bool why_atom_holds(struct making *making, struct explain_node *parent, const struct condition *atom,
                           struct bindings solution) {
    value pattern[COLUMNS_MAX + 1];
    struct question question, before = making->solver.question;
    if (!solver_pattern(&making->solver, atom, solution, pattern) ||
        !solver_moment(&making->solver, atom, solution, &question))
        return true;
    making->solver.question = question;
    bool done = true;
    if (atom->negated)
        node_print(making, parent, EXPLAIN_NOT, EXPLAIN_HOLDS, "no %.*s holds",
                   SPAN_ARG(tell_fact(making, atom->relation, pattern)));
    else done = why_fact(making, parent, atom->relation, pattern);
    making->solver.question = before;
    return done;
}

bool why_conditions_hold(struct making *making, struct explain_node *parent, struct conditions conditions,
                         struct bindings solution) {
    for (uint32_t i = 0; i < conditions.count; i++) {
        const struct condition *c = &conditions.at[i];
        if (is_hidden(making, c)) continue;
        if (c->kind == CONDITION_ATOM && !why_atom_holds(making, parent, c, solution)) return false;
        if (c->kind == CONDITION_COMPARE) why_comparison(making, parent, c, solution, true);
        if (c->kind == CONDITION_NOT)
            node_print(making, parent, EXPLAIN_NOT, EXPLAIN_HOLDS, "%.*s",
                       SPAN_ARG(tell_condition(making, solution.frame, c)));
        if (c->kind == CONDITION_EVERY) why_every_holds(making, parent, c, solution);
    }
    return true;
}

// ---- Why a fact holds ----------------------------------------------------------------------------------------------
// Before a rule's body is solved, its head is matched: variables take the fact's values, and what is computed is
// compared afterwards.
bool why_head_bind(struct making *making, const struct rule *rule, const value *values, struct bindings bindings) {
    for (uint32_t i = 0; i < making->program->relations[rule->relation].column_count; i++) {
        const struct expression *e = rule->head[i];
        value v;
        if (values[i] == VALUE_ANY) continue;
        if (solver_value(&making->solver, e, bindings, &v) == VALUE_KNOWN) {
            if (v != values[i]) return false;
        } else if (e->kind == EXPRESSION_VARIABLE) {
            bindings.bound[e->slot] = true;
            bindings.values[e->slot] = values[i];
        }
    }
    return true;
}

struct proving {
    struct making *making;
    struct explain_node *node;
    const struct rule *rule;
    const value *values;
    bool proved;
};

static bool leans_on_stack(struct making *making, const struct rule *rule, struct bindings solution) {
    value pattern[COLUMNS_MAX + 1];
    for (uint32_t i = 0; i < rule->body.count; i++) {
        const struct condition *c = &rule->body.at[i];
        if (c->kind != CONDITION_ATOM || c->negated || c->moment || !making->program->relations[c->relation].recursive)
            continue;
        if (solver_pattern(&making->solver, c, solution, pattern) &&
            seen_in(making, making->stack.at, making->stack.count, c->relation, pattern))
            return true;
    }
    return false;
}

static bool prove_by_solution(void *context, const struct bindings *solution) {
    struct proving *all = context;
    struct making *making = all->making;
    struct bindings bound = bindings_copy(making->arena, *solution);
    if (!why_head_bind(making, all->rule, all->values, bound) || leans_on_stack(making, all->rule, bound)) return true;
    struct explain_node *last = all->node->last;
    uint32_t done = making->done.count, told = making->told.count;
    struct explain_node *node = node_print(making, all->node, EXPLAIN_RULE, EXPLAIN_HOLDS, "by rule: %.*s",
                                           SPAN_ARG(tell_conditions(making, &all->rule->frame, all->rule->body)));
    node_cite(making, node, &all->rule->citation);
    all->proved = why_conditions_hold(making, node, all->rule->body, bound);
    if (!all->proved) {
        node_take_off(all->node, last);
        making->done.count = done;
        making->told.count = told;
    }
    return !all->proved;
}

static bool prove(struct making *making, struct explain_node *node, uint32_t relation, const value *values) {
    const struct relation *r = &making->program->relations[relation];
    for (uint32_t i = 0; i < r->rule_count; i++) {
        const struct rule *rule = &making->program->rules[r->rules[i]];
        struct proving all = {making, node, rule, values, false};
        struct bindings start = bindings_new(making->arena, &rule->frame);
        if (why_head_bind(making, rule, values, start))
            solver_solve(&making->solver, rule->body, start, prove_by_solution, &all);
        if (all.proved) return true;
    }
    return false;
}

static bool why_derived(struct making *making, struct explain_node *parent, uint32_t relation, const value *values) {
    const struct relation *r = &making->program->relations[relation];
    if (seen_in(making, making->stack.at, making->stack.count, relation, values)) return false;
    struct span words = tell_fact(making, relation, values);
    if (seen_in(making, making->done.at, making->done.count, relation, values)) {
        node_print(making, parent, EXPLAIN_DERIVED, EXPLAIN_HOLDS, "%.*s, as above", SPAN_ARG(words));
        return true;
    }
    struct explain_node *last = parent->last;
    struct explain_node *node = node_add(making, parent, EXPLAIN_DERIVED, EXPLAIN_HOLDS, words);
    node_cite(making, node, &r->citation);
    if (!making_down(making, node)) return true;
    VEC_PUSH(&making->stack, seen(making, relation, values));
    bool proved = prove(making, node, relation, values);
    making->stack.count--;
    making_up(making);
    if (proved) VEC_PUSH(&making->done, seen(making, relation, values));
    else if (r->recursive && making->stack.count && !making->solver.unknown) node_take_off(parent, last);
    else
        node_add(making, node, EXPLAIN_CUT, EXPLAIN_NEUTRAL,
                 SPAN("it holds, but the rule was not found within the limits"));
    return proved || node == parent->last;
}

bool why_fact(struct making *making, struct explain_node *parent, uint32_t relation, const value *values) {
    struct row_copies rows = solver_rows(&making->solver, making->solver.question, relation, values);
    bool derived = making->program->relations[relation].derived, shown = false;
    for (uint32_t i = 0; i < rows.count && !shown; i++) {
        if (derived) shown = why_derived(making, parent, relation, rows.at[i].values);
        else why_row(making, parent, relation, &rows.at[i]), shown = true;
    }
    row_copies_release(&rows);
    return shown;
}
