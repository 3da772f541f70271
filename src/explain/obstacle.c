// SPDX-License-Identifier: Apache-2.0
// Why a proposal that its procedure adopted could not be carried out: its items are tried again as things stood.
#include "explain/explain_internal.h"

#include <string.h>

struct item {
    const struct act *act;
    const value *row;    // the proposal, its number, parameters, made things, actor
};
struct items {
    struct making *making;
    value p;
    const struct act *act;
    VEC(struct item) list;
};

static bool item_visit(void *context, const struct found *row) {
    struct items *all = context;
    if (++all->making->solver.steps >= EXPLAIN_STEPS_MAX) return false;
    if (row->values[0] != all->p) return true;
    uint32_t count = all->act->parameter_count + all->act->made_count + 3;
    value *copy = ARENA_ARRAY(all->making->arena, value, count);
    memcpy(copy, row->values, count * sizeof *copy);
    uint32_t at = all->list.count;
    VEC_PUSH(&all->list, (struct item){0});
    for (; at > 0 && all->list.at[at - 1].row[1] > copy[1]; at--) all->list.at[at] = all->list.at[at - 1];
    all->list.at[at] = (struct item){all->act, copy};
    return true;
}

static value proposer_of(struct making *making, value p) {
    value pattern[2] = {p, VALUE_ANY};
    struct row_copies rows =
        solver_rows(&making->solver, making->solver.question, RELATION_PROPOSED, pattern);
    value proposer = rows.count ? rows.at[0].values[1] : ACTOR_NONE;
    row_copies_release(&rows);
    return proposer;
}

static struct span item_name(struct making *making, const struct trial *trial) {
    return trial->item
               ? span_print(making->arena, said(making, "item %u, %.*s"), trial->item, SPAN_ARG(trial->act->name))
               : trial->act->name;
}

static struct explain_node *try_item(struct making *making, struct explain_node *parent, struct trial *trial) {
    uint32_t failed;
    struct explain_node *node;
    if (!trial_requires(making, trial, &failed)) {
        const struct clause *clause = &trial->act->clauses[failed];
        node = node_print(making, parent, EXPLAIN_CLAUSE, EXPLAIN_FAILS, "%.*s: %.*s",
                          SPAN_ARG(item_name(making, trial)), SPAN_ARG(clause->message));
        node_cite(making, node, clause->citation.count ? &clause->citation : &trial->act->citation);
        why_conditions_fail(making, node, clause->conditions, trial->bindings);
        return node;
    }
    struct explain_node *last = parent ? parent->last : NULL;
    node = node_print(making, parent, EXPLAIN_CLAUSE, EXPLAIN_FAILS, "%.*s: %s", SPAN_ARG(item_name(making, trial)),
                      refusal_text(REFUSAL_CLASH));
    node_cite(making, node, &trial->act->citation);
    if (!trial_do(making, trial, node)) return node;
    if (parent) node_take_off(parent, last);
    return NULL;
}

static struct explain_node *try_norms(struct making *making, struct explain_node *parent) {
    for (uint32_t i = 0; i < making->program->norms_count; i++) {
        const struct norm *norm = &making->program->norms[i];
        if (norm->kind != NORM_NEVER) continue;
        struct explain_node *last = parent ? parent->last : NULL;
        struct explain_node *node =
            node_print(making, parent, EXPLAIN_CLAUSE, EXPLAIN_FAILS, "%.*s", SPAN_ARG(norm->message));
        node_cite(making, node, &norm->citation);
        if (trial_never(making, i, node)) return node;
        if (parent) node_take_off(parent, last);
    }
    return NULL;
}

struct explain_node *why_obstacle(struct making *making, struct explain_node *parent, value p) {
    struct solver *solver = &making->solver;
    struct laid *outer = solver->laid;
    struct items items = {.making = making, .p = p};
    for (uint32_t i = 0; i < making->program->acts_count; i++) {
        items.act = &making->program->acts[i];
        if (items.act->item_relation != NO_ID)
            evaluator_rows(solver->with->evaluator, items.act->item_relation, item_visit, &items);
    }
    laid_begin(solver);
    value any[2] = {p, VALUE_ANY}, adopted[2] = {p, OUTCOME_ADOPTED}, proposer = proposer_of(making, p);
    lay_end(solver, RELATION_OUTCOME, any, solver->question.time, 0);
    lay_row(solver, RELATION_OUTCOME, adopted, solver->question.time, TIME_MAX, 0);
    struct explain_node *node = NULL;
    for (uint32_t i = 0; i < items.list.count && !node; i++) {
        const struct item *item = &items.list.at[i];
        struct trial trial = trial_of_item(making, item->act, item->row, proposer);
        if (items.list.count > 1) trial.item = i + 1;
        node = try_item(making, parent, &trial);
    }
    if (!node) node = try_norms(making, parent);
    if (!node)
        node = node_add(making, parent, EXPLAIN_CLAUSE, EXPLAIN_FAILS,
                        SPAN("a limit was passed on what one adoption may cause"));
    VEC_RELEASE(&items.list);
    laid_release(solver->laid);
    solver->laid = outer;
    return node;
}

struct outcome_search {
    value p;
    bool found;
    struct question question;
};

static bool outcome_visit(void *context, const struct found *row) {
    struct outcome_search *search = context;
    if (row->values[0] != search->p) return true;
    search->found = row->values[1] == OUTCOME_NOT_EXECUTABLE;
    search->question = (struct question){row->from, row->begun};
    return false;
}

struct explain_node *explain_obstacle(const struct explainer *with, value proposal) {
    struct outcome_search search = {.p = proposal};
    evaluator_rows(with->evaluator, RELATION_OUTCOME, outcome_visit, &search);
    if (!search.found) return NULL;
    struct explainer then = *with;
    struct making making;
    then.question = search.question;
    making_init(&making, &then);
    struct explain_node *node = why_obstacle(&making, NULL, proposal);
    making_release(&making);
    return node;
}
