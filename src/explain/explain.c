// SPDX-License-Identifier: Apache-2.0
// Facts and refusals: the roots of trees.
#include "explain/explain_internal.h"

// ---- Facts ---------------------------------------------------------------------------------------------------------
static struct explain_node *about_fact(const struct explainer *with, uint32_t relation, const value *pattern) {
    struct making making;
    making_init(&making, with);
    struct row_copies rows = solver_rows(&making.solver, making.solver.question, relation, pattern);
    const value *shown = rows.count ? rows.at[0].values : pattern;
    bool cut = making.solver.unknown, unknown = cut && rows.count == 0;
    struct explain_node *root = node_print(&making, NULL, EXPLAIN_CLAIM, rows.count ? EXPLAIN_HOLDS : EXPLAIN_FAILS,
                                           "%.*s %s at %.*s", SPAN_ARG(tell_fact(&making, relation, shown)),
                                           said(&making, unknown      ? "cannot be said to hold"
                                                         : rows.count ? "holds"
                                                                      : "does not hold"),
                                           SPAN_ARG(tell_time(&making, with->question.time)));
    bool decided = rows.count && (relation == RELATION_OUTCOME || relation == RELATION_ADOPTED);
    value decision = decided ? shown[0] : 0;
    if (rows.count) why_fact(&making, root, relation, shown);
    else why_absent(&making, root, relation, pattern);
    if (rows.count > 1)
        node_print(&making, root, EXPLAIN_NOTE, EXPLAIN_NEUTRAL,
                   cut ? "at least %u rows match; this is the first" : "%u rows match; this is the first", rows.count);
    // A derived or absent fact says again what the root says: its rules hang on the root.
    struct explain_node *only = root->first;
    if (only && only == root->last && (only->kind == EXPLAIN_DERIVED || only->kind == EXPLAIN_ABSENT)) {
        root->first = only->first;
        root->last = only->last;
        root->citation = only->citation;
        root->standing = only->standing;
    }
    if (decided) why_decision(&making, root, decision);
    row_copies_release(&rows);
    making_release(&making);
    return root;
}

struct explain_node *explain_fact(const struct explainer *with, uint32_t relation, const value *values) {
    return about_fact(with, relation, values);
}
struct explain_node *explain_absent(const struct explainer *with, uint32_t relation, const value *pattern) {
    return about_fact(with, relation, pattern);
}

struct following {
    struct making *making;
    const struct rule *rule;
    const value *values;
    bool found;
};

static bool follows_by_solution(void *context, const struct bindings *solution) {
    struct following *all = context;
    struct bindings bound = bindings_copy(all->making->arena, *solution);
    all->found = why_head_bind(all->making, all->rule, all->values, bound);
    return !all->found;
}

const struct rule *explain_rule(const struct explainer *with, uint32_t relation, const value *values) {
    const struct relation *of = &with->evaluator->program->relations[relation];
    struct making making;
    struct following all = {&making, NULL, values, false};
    making_init(&making, with);
    for (uint32_t i = 0; i < of->rule_count && !all.found; i++) {
        all.rule = &making.program->rules[of->rules[i]];
        struct bindings start = bindings_new(making.arena, &all.rule->frame);
        if (why_head_bind(&making, all.rule, values, start))
            solver_solve(&making.solver, all.rule->body, start, follows_by_solution, &all);
    }
    making_release(&making);
    return all.found ? all.rule : NULL;
}

// ---- Blame ---------------------------------------------------------------------------------------------------------
struct blaming {
    struct making *making;
    struct explain_node *root;
    uint32_t relation;
    const value *pattern;
    uint32_t count;
};

static bool blame_row(void *context, const struct found *row) {
    struct blaming *all = context;
    struct making *making = all->making;
    const struct relation *r = &making->program->relations[all->relation];
    if (++making->solver.steps >= EXPLAIN_STEPS_MAX) return false;
    for (uint32_t i = 0; i < r->column_count; i++)
        if (all->pattern[i] != VALUE_ANY && all->pattern[i] != row->values[i]) return true;
    all->count++;
    struct span period = tell_span(making, row->from, row->until);
    bool none = row->from == row->until;
    struct explain_node *node =
        node_print(making, all->root, EXPLAIN_ROW, EXPLAIN_NEUTRAL, "%.*s%s%.*s",
                   SPAN_ARG(tell_fact(making, all->relation, row->values)), none || period.length ? ", " : "",
                   SPAN_ARG(none ? said_span(making, SPAN("which never held")) : period));
    node_cite(making, node, &r->citation);
    node->position = row->begun;
    node->time = row->from;
    if (row->begun) why_entry(making, node, "begun", all->relation, row->begun, row->from);
    else node_add(making, node, EXPLAIN_NOTE, EXPLAIN_NEUTRAL, SPAN("given by the treaty"));
    if (row->ended && row->ended != row->begun && row->until != TIME_MAX)
        why_entry(making, node, "ended", all->relation, row->ended, row->until);
    return true;
}

struct explain_node *explain_blame(const struct explainer *with, uint32_t relation, const value *pattern) {
    struct making making;
    making_init(&making, with);
    struct explain_node *root = node_print(&making, NULL, EXPLAIN_CLAIM, EXPLAIN_NEUTRAL, "%.*s",
                                           SPAN_ARG(tell_fact(&making, relation, pattern)));
    struct blaming all = {&making, root, relation, pattern, 0};
    if (making.program->relations[relation].derived) {
        node_add(&making, root, EXPLAIN_NOTE, EXPLAIN_NEUTRAL, SPAN("derived: what it rests on begins and ends it"));
        if (!why_fact(&making, root, relation, pattern)) why_absent(&making, root, relation, pattern);
    } else {
        evaluator_rows(with->evaluator, relation, blame_row, &all);
        if (all.count == 0) why_absent(&making, root, relation, pattern);
    }
    making_release(&making);
    return root;
}
