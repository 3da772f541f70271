// SPDX-License-Identifier: Apache-2.0
// Why the effects of a consequence or an event came to nothing: they are tried again over what held before the entry,
// with what the entry itself did laid over it.
#include "explain/explain_internal.h"

struct voiding {
    struct making *making;
    struct explain_node *parent;
    const struct watch *watch;
    bool told;
};

// What was so before the entry has had its consequence already.
static bool try_consequence(void *context, const struct bindings *solution) {
    struct voiding *all = context;
    struct solver *solver = &all->making->solver;
    struct bindings start = bindings_new(all->making->arena, &all->watch->frame);
    for (uint32_t i = 0; i < all->watch->binding_count; i++) {
        start.values[all->watch->binding[i]] = solution->values[all->watch->binding[i]];
        start.bound[all->watch->binding[i]] = true;
    }
    struct laid *laid = solver->laid;
    solver->laid = NULL;
    bool was = solver_holds(solver, all->watch->conditions, start);
    solver->laid = laid;
    all->told = !was && !trial_effects(all->making, all->watch->effects, all->watch->effect_count, *solution,
                                       said_span(all->making, SPAN("the consequence")), 0, all->parent);
    return !all->told;
}

static bool why_void_consequence(struct making *making, struct explain_node *parent, uint32_t norm) {
    for (uint32_t i = 0; i < making->program->watches_count; i++) {
        const struct watch *watch = &making->program->watches[i];
        if (watch->kind != WATCH_UPON || watch->norm != norm) continue;
        struct voiding all = {making, parent, watch, false};
        solver_solve(&making->solver, watch->conditions, bindings_new(making->arena, &watch->frame), try_consequence,
                     &all);
        return all.told;
    }
    return false;
}

// Lays over what holds what the entry did. True: the event that came to nothing is among its calls, and is told.
static bool lay_entry(struct making *making, struct explain_node *parent, const struct entry *entry,
                      uint32_t position, uint32_t norm) {
    for (uint32_t i = 0; i < entry->call_count; i++) {
        uint32_t failed;
        struct trial trial = trial_of_entry(making, entry, position, i);
        bool own = trial.act->event && trial.act->void_norm == norm;
        if (!trial_requires(making, &trial, &failed)) return false;
        if (!trial_do(making, &trial, own ? parent : NULL)) return own;
    }
    return false;
}

void why_void(struct making *making, struct explain_node *parent, uint32_t norm, uint32_t position, int64_t time) {
    struct span where = {0};
    const struct explain_log *log = making->log;
    const struct entry *entry = log && log->entry && position ? log->entry(log->context, position, &where) : NULL;
    struct question question = making->solver.question;
    struct laid *outer = making->solver.laid;
    making->solver.question = (struct question){time, position ? position - 1 : 0};
    laid_begin(&making->solver);
    bool acts = entry && entry->kind == ENTRY_ACT && entry->time == time;
    bool told = (acts && lay_entry(making, parent, entry, position, norm)) ||
                why_void_consequence(making, parent, norm);
    if (!told)
        node_print(making, parent, EXPLAIN_CLAUSE, EXPLAIN_FAILS,
                   "it clashed with what held, had no value, or passed a limit: of one entry %u rows, %u consequences",
                   WRITES_MAX, FIRINGS_MAX);
    laid_release(making->solver.laid);
    making->solver.laid = outer;
    making->solver.question = question;
}
