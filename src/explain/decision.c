// SPDX-License-Identifier: Apache-2.0
// What a procedure makes of a proposal: the outcome that came out and why the ones before it did not, or what keeps it
// open; and the proposals that tried to bring something about.
#include "explain/explain_internal.h"

#include <string.h>

#define RAISED_MAX 1000       // how far a figure is raised in search of one that is enough
#define PROPOSALS_SHOWN 3u    // below one act
static const struct type proposal_type = {TYPE_ENTITY, ENTITY_PROPOSAL};
static const struct type outcome_type = {TYPE_KIND, KIND_OUTCOME};

// ---- Figures -------------------------------------------------------------------------------------------------------
static uint32_t count_of(struct making *making, uint32_t relation, value p) {
    value pattern[2] = {p, VALUE_ANY};
    struct row_copies rows = solver_rows(&making->solver, making->solver.question, relation, pattern);
    uint32_t count = rows.count;
    row_copies_release(&rows);
    return count;
}

// "of 5 seats 3 consent, 1 objects, 1 abstains".
static struct span tell_tally(struct making *making, value p) {
    static const struct {
        uint32_t relation;
        const char *one, *more;
    } parts[] = {{RELATION_CONSENTS, "consents", "consent"},
                 {RELATION_OBJECTS, "objects", "object"},
                 {RELATION_ABSTAINS, "abstains", "abstain"},
                 {RELATION_STANDS_ASIDE, "stands aside", "stand aside"},
                 {RELATION_UNANSWERED, "has not answered", "have not answered"}};
    uint32_t seats = count_of(making, RELATION_COUNTED, p);
    struct text out = {0};
    if (seats) text_print(&out, seats == 1 ? said(making, "of %u seat") : said(making, "of %u seats"), seats);
    else text_add(&out, said_span(making, SPAN("there is no seat")));
    bool any = false;
    for (size_t i = 0; seats && i < COUNT_OF(parts); i++) {
        uint32_t count = count_of(making, parts[i].relation, p);
        if (!count) continue;
        text_print(&out, "%s %u %s", any ? "," : "", count, said(making, count == 1 ? parts[i].one : parts[i].more));
        any = true;
    }
    struct span words = span_copy(making->arena, text_span(&out));
    text_release(&out);
    return words;
}

static bool speaks_of(const struct expression *e, uint32_t slot) {
    if (!e) return false;
    if (e->kind == EXPRESSION_VARIABLE) return e->slot == slot;
    return speaks_of(e->left, slot) || speaks_of(e->right, slot);
}

static bool comparison_holds(struct making *making, const struct condition *c, struct bindings bindings) {
    return solver_holds(&making->solver, (struct conditions){(struct condition *)c, 1}, bindings);
}

// A comparison that a count of votes fails is met by more of them: how many are enough, all else being as it is.
static bool why_enough(struct making *making, struct explain_node *parent, const struct condition *atom,
                       const struct condition *comparison, struct bindings at) {
    if (atom->kind != CONDITION_ATOM || atom->negated || atom->moment) return false;
    for (uint32_t i = 0; i < atom->argument_count; i++) {
        const struct expression *e = atom->arguments[i];
        if (e->kind != EXPRESSION_VARIABLE || e->type.base != TYPE_INT || !at.bound[e->slot]) continue;
        if (!speaks_of(comparison->left, e->slot) && !speaks_of(comparison->right, e->slot)) continue;
        struct bindings raised = bindings_copy(making->arena, at);
        for (int step = 1; step <= RAISED_MAX && at.values[e->slot] <= INT32_MAX; step++) {
            raised.values[e->slot] = at.values[e->slot] + step;
            if (!comparison_holds(making, comparison, raised)) continue;
            node_print(making, parent, EXPLAIN_MISSING, EXPLAIN_NEUTRAL, "enough would be: %.*s",
                       SPAN_ARG(tell_atom(making, atom, raised)));
            return true;
        }
    }
    return false;
}

static void why_figures_fail(struct making *making, struct explain_node *node, struct conditions conditions,
                             struct bindings start) {
    struct progress progress = {.of = conditions.at}, *outer = making->solver.progress;
    why_conditions_fail(making, node, conditions, start);
    making->solver.progress = &progress;
    bool met = solver_holds(&making->solver, conditions, start);
    making->solver.progress = outer;
    if (met || progress.furthest >= conditions.count || !progress.bindings.values) return;
    const struct condition *failed = &conditions.at[progress.furthest];
    if (failed->kind != CONDITION_COMPARE || failed->left->type.base != TYPE_INT) return;
    for (uint32_t i = 0; i < progress.furthest; i++)
        if (why_enough(making, node, &conditions.at[i], failed, progress.bindings)) return;
}

// ---- The procedure that governs a proposal -------------------------------------------------------------------------
struct governing {
    struct making *making;
    const struct procedure *procedure;
    value p;
    value *parameters;
};

static bool governing_visit(void *context, const struct found *found) {
    struct governing *all = context;
    if (++all->making->solver.steps >= EXPLAIN_STEPS_MAX) return false;
    if (found->values[0] != all->p) return true;
    uint32_t count = all->procedure->parameter_count;
    all->parameters = ARENA_ARRAY(all->making->arena, value, count + 1);
    memcpy(all->parameters, found->values, (count + 1) * sizeof *all->parameters);
    return false;
}

// Its parameters begin with the proposal itself. False: none is known.
static bool procedure_of(struct making *making, value p, struct governing *governing) {
    for (uint32_t i = 0; i < making->program->procedures_count; i++) {
        *governing = (struct governing){making, &making->program->procedures[i], p, NULL};
        evaluator_rows(making->solver.with->evaluator, governing->procedure->relation, governing_visit, governing);
        if (governing->parameters) return true;
    }
    return false;
}

static struct bindings governed_bindings(struct making *making, const struct governing *governing,
                                         const struct frame *frame) {
    struct bindings bindings = bindings_new(making->arena, frame);
    for (uint32_t i = 0; i <= governing->procedure->parameter_count && i < frame->slot_count; i++) {
        bindings.values[i] = governing->parameters[i];
        bindings.bound[i] = true;
    }
    return bindings;
}

// ---- `closed when` -------------------------------------------------------------------------------------------------
// What the author wrote of a closing: without open(p) and the procedure's own row, which the compiler set before it.
// False: the rule is of another procedure.
static bool closing_of(struct making *making, const struct rule *rule, const struct procedure *procedure,
                       struct conditions *written) {
    bool open = false, own = false;
    *written = (struct conditions){ARENA_ARRAY(making->arena, struct condition, rule->body.count + 1), 0};
    for (uint32_t i = 0; i < rule->body.count; i++) {
        const struct condition *c = &rule->body.at[i];
        bool atom = c->kind == CONDITION_ATOM && !c->negated;
        if (atom && !open && c->relation == RELATION_OPEN) open = true;
        else if (atom && !own && c->relation == procedure->relation) own = true;
        else written->at[written->count++] = *c;
    }
    return own;
}

// A closing that is met is told of a proposal that closed, one that is not of one that is open.
static void why_closings(struct making *making, struct explain_node *parent, const struct governing *governing,
                         bool closed) {
    const struct relation *closes = &making->program->relations[RELATION_CLOSES];
    for (uint32_t i = 0; i < closes->rule_count; i++) {
        const struct rule *rule = &making->program->rules[closes->rules[i]];
        struct conditions written;
        if (!closing_of(making, rule, governing->procedure, &written)) continue;
        struct bindings start = governed_bindings(making, governing, &rule->frame);
        bool met = solver_holds(&making->solver, written, start);
        if (met != closed) continue;
        struct explain_node *node =
            node_print(making, parent, EXPLAIN_RULE, met ? EXPLAIN_HOLDS : EXPLAIN_FAILS, "closed when %.*s",
                       SPAN_ARG(tell_conditions(making, &rule->frame, written)));
        if (!met) why_figures_fail(making, node, written, start);
    }
}

// ---- Outcomes ------------------------------------------------------------------------------------------------------
struct meeting {
    struct making *making;
    struct explain_node *node;
    struct conditions conditions;
};

static bool show_met(void *context, const struct bindings *solution) {
    struct meeting *all = context;
    why_conditions_met(all->making, all->node, all->conditions, *solution);
    return false;
}

// The outcomes in order, up to the one that comes out.
static void why_outcomes(struct making *making, struct explain_node *parent, const struct governing *governing,
                         value came) {
    const struct procedure *procedure = governing->procedure;
    struct bindings start = governed_bindings(making, governing, &procedure->frame);
    for (uint32_t i = 0; i < procedure->outcome_count; i++) {
        const struct outcome *outcome = &procedure->outcomes[i];
        struct span name = tell_value(making, outcome_type, outcome->outcome);
        if (outcome->otherwise) {
            node_print(making, parent, EXPLAIN_RULE, EXPLAIN_NEUTRAL, "else %.*s", SPAN_ARG(name));
            return;
        }
        bool out = outcome->outcome == came;
        struct explain_node *node =
            node_print(making, parent, EXPLAIN_RULE, out ? EXPLAIN_HOLDS : EXPLAIN_FAILS, "%.*s if %.*s",
                       SPAN_ARG(name), SPAN_ARG(tell_conditions(making, &procedure->frame, outcome->conditions)));
        if (!out) {
            why_figures_fail(making, node, outcome->conditions, start);
            continue;
        }
        struct meeting meeting = {making, node, outcome->conditions};
        // Two outcomes of one name are two ways to it: only the one that is met ends the search.
        if (!solver_solve(&making->solver, outcome->conditions, start, show_met, &meeting)) return;
        node->truth = EXPLAIN_FAILS;
        why_figures_fail(making, node, outcome->conditions, start);
    }
}

static value outcome_now(struct making *making, const struct governing *governing) {
    const struct procedure *procedure = governing->procedure;
    struct bindings start = governed_bindings(making, governing, &procedure->frame);
    for (uint32_t i = 0; i < procedure->outcome_count; i++)
        if (procedure->outcomes[i].otherwise || solver_holds(&making->solver, procedure->outcomes[i].conditions, start))
            return procedure->outcomes[i].outcome;
    return OUTCOME_REJECTED;
}

static void why_still_open(struct making *making, struct explain_node *parent, const struct governing *governing) {
    struct explain_node *node =
        node_print(making, parent, EXPLAIN_CLAUSE, EXPLAIN_FAILS, "it has not closed under %.*s: %.*s",
                   SPAN_ARG(governing->procedure->name), SPAN_ARG(tell_tally(making, governing->p)));
    node_cite(making, node, &governing->procedure->citation);
    why_closings(making, node, governing, false);
    value came = outcome_now(making, governing);
    struct explain_node *now = node_print(making, node, EXPLAIN_NOTE, EXPLAIN_NEUTRAL, "if it closed now: %.*s",
                                          SPAN_ARG(tell_value(making, outcome_type, came)));
    why_outcomes(making, now, governing, came);
}

// The row of an outcome by the question's time. False: none.
static bool outcome_of(struct making *making, value p, struct row_copy *outcome) {
    value pattern[2] = {p, VALUE_ANY};
    struct row_copies rows = solver_rows(&making->solver, making->solver.question, RELATION_OUTCOME, pattern);
    bool any = rows.count > 0;
    if (any) {
        value *copy = ARENA_ARRAY(making->arena, value, 2);
        memcpy(copy, rows.at[0].values, 2 * sizeof *copy);
        *outcome = rows.at[0];
        outcome->values = copy;
    }
    row_copies_release(&rows);
    return any;
}

void why_decision(struct making *making, struct explain_node *parent, value p) {
    struct governing governing;
    struct row_copy outcome;
    if (!procedure_of(making, p, &governing) || !making_down(making, parent)) return;
    bool closed = outcome_of(making, p, &outcome);
    struct question before = making->solver.question;
    if (!closed) {
        why_still_open(making, parent, &governing);
    } else if (outcome.values[1] != OUTCOME_WITHDRAWN) {
        // The seats are asked as they were when it closed: they were written down then.
        uint32_t last = making->solver.with->evaluator->position;
        making->solver.question = (struct question){outcome.from, outcome.begun < last ? outcome.begun : last};
        bool executable = outcome.values[1] != OUTCOME_NOT_EXECUTABLE;
        struct explain_node *node = node_print(making, parent, EXPLAIN_CLAUSE, EXPLAIN_NEUTRAL, "decided by %.*s: %.*s",
                                               SPAN_ARG(governing.procedure->name), SPAN_ARG(tell_tally(making, p)));
        node_cite(making, node, &governing.procedure->citation);
        why_closings(making, node, &governing, true);
        why_outcomes(making, node, &governing, executable ? outcome.values[1] : OUTCOME_ADOPTED);
        if (!executable) {
            struct explain_node *undone = node_add(making, parent, EXPLAIN_CLAUSE, EXPLAIN_FAILS,
                                                   SPAN("it was adopted and could not be carried out:"));
            why_obstacle(making, undone, p);
        }
    }
    making->solver.question = before;
    making_up(making);
}

// ---- Proposals that would have brought something about -------------------------------------------------------------
struct trying {
    struct making *making;
    struct explain_node *node;
    const struct act *act;
    const struct effect *effect;
    const value *pattern;    // of the effect's relation
    uint32_t count;
    VEC(value) shown;
};

// Would the act with these arguments have added what is asked for?
static bool would_bring(struct trying *all, const value *row) {
    struct making *making = all->making;
    struct bindings bindings = bindings_new(making->arena, &all->act->frame);
    for (uint32_t i = 0; i < all->act->parameter_count; i++) {
        bindings.values[i] = row[2 + i];
        bindings.bound[i] = true;
    }
    for (uint32_t i = 0; i < making->program->relations[all->effect->relation].column_count; i++) {
        value v;
        if (all->pattern[i] != VALUE_ANY &&
            solver_value(&making->solver, all->effect->arguments[i], bindings, &v) == VALUE_KNOWN &&
            v != all->pattern[i])
            return false;
    }
    return true;
}

static void tell_trial(struct trying *all, const value *row) {
    struct making *making = all->making;
    struct row_copy outcome = {0};
    bool closed = outcome_of(making, row[0], &outcome);
    if (closed && outcome.values[1] == OUTCOME_ADOPTED) return;
    if (all->count++ >= PROPOSALS_SHOWN) return;
    struct text call = {0};
    for (uint32_t i = 0; i < all->act->parameter_count; i++)
        text_print(&call, "%s%.*s", i ? ", " : "",
                   SPAN_ARG(tell_value(making, all->act->parameters[i].type, row[2 + i])));
    struct span stands = closed ? tell_value(making, outcome_type, outcome.values[1]) : said_span(making, SPAN("open"));
    struct explain_node *node =
        node_print(making, all->node, EXPLAIN_NOTE, EXPLAIN_NEUTRAL, "%.*s, which proposed %.*s(%.*s), is %.*s%s%.*s",
                   SPAN_ARG(tell_value(making, proposal_type, row[0])), SPAN_ARG(all->act->name),
                   SPAN_ARG(text_span(&call)), SPAN_ARG(stands), closed ? said(making, " since ") : "",
                   SPAN_ARG(closed ? tell_time(making, outcome.from) : SPAN("")));
    text_release(&call);
    why_decision(making, node, row[0]);
}

static bool trial_visit(void *context, const struct found *found) {
    struct trying *all = context;
    const struct question *question = &all->making->solver.question;
    if (++all->making->solver.steps >= EXPLAIN_STEPS_MAX) return false;
    if (found->begun > question->position || found->from > question->time) return true;
    for (uint32_t i = 0; i < all->act->parameter_count + 2; i++) VEC_PUSH(&all->shown, found->values[i]);
    return true;
}

void why_trials(struct making *making, struct explain_node *parent, const struct act *act, const struct effect *effect,
                const value *pattern) {
    if (act->item_relation == NO_ID) return;
    struct trying all = {.making = making, .node = parent, .act = act, .effect = effect, .pattern = pattern};
    uint32_t width = act->parameter_count + 2;
    evaluator_rows(making->solver.with->evaluator, act->item_relation, trial_visit, &all);
    // The latest first: it says how matters stand.
    for (size_t i = all.shown.count / width; i-- > 0;)
        if (would_bring(&all, all.shown.at + i * width)) tell_trial(&all, all.shown.at + i * width);
    if (all.count > PROPOSALS_SHOWN)
        node_print(making, parent, EXPLAIN_CUT, EXPLAIN_NEUTRAL, "and %u more proposals", all.count - PROPOSALS_SHOWN);
    VEC_RELEASE(&all.shown);
}
