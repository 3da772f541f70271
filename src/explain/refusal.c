// SPDX-License-Identifier: Apache-2.0
// Why an entry was refused: the clause, norm or row that stands against it, and what is missing.
#include "explain/explain_internal.h"

// The texts of an entry that was refused are forgotten: those that nobody said before stand for themselves.
static void bind_texts(struct making *making, const struct call *call, const struct act *act,
                       struct bindings bindings) {
    struct span *texts = ARENA_ARRAY(making->arena, struct span, call->argument_count ? call->argument_count : 1);
    for (uint32_t i = 0; i < call->argument_count && i < act->parameter_count; i++) {
        if (act->parameters[i].type.base != TYPE_TEXT) continue;
        texts[i] = call->arguments[i].text;
        value known = evaluator_text(making->solver.with->evaluator, texts[i]);
        bindings.values[i] = known == VALUE_ANY + 1 ? OWN_TEXT(i) : known;
        bindings.bound[i] = true;
    }
    making->solver.own_texts = texts;
    making->solver.own_text_count = call->argument_count;
}

static void refused_require(struct making *making, struct explain_node *root, const struct entry *entry,
                            const struct receipt *receipt) {
    if (receipt->item >= entry->call_count) return;
    const struct call *call = &entry->calls[receipt->item];
    const struct act *act = &making->program->acts[call->act];
    if (receipt->clause >= act->clause_count) return;
    const struct clause *clause = &act->clauses[receipt->clause];
    struct bindings bindings = bindings_new(making->arena, &act->frame);
    for (uint32_t i = 0; i < receipt->frame_count && i < act->frame.slot_count; i++) {
        bindings.values[i] = receipt->frame[i];
        bindings.bound[i] = receipt->bound[i];
    }
    bind_texts(making, call, act, bindings);
    if (receipt->item > 0)
        node_add(
            making, root, EXPLAIN_NOTE, EXPLAIN_NEUTRAL,
            SPAN("judged after the items before it in the package; what they would have changed is not shown here"));
    struct explain_node *node =
        node_print(making, root, EXPLAIN_CLAUSE, EXPLAIN_FAILS, "%.*s requires %.*s", SPAN_ARG(act->name),
                   SPAN_ARG(clause->conditions.count == 1 ? SPAN("this:")
                                                          : tell_conditions(making, &act->frame, clause->conditions)));
    node_cite(making, node, clause->citation.count ? &clause->citation : &act->citation);
    node->restates = true;
    why_conditions_fail(making, node, clause->conditions, bindings);
}

static void refused_actor(struct making *making, struct explain_node *root, const struct entry *entry,
                          const struct receipt *receipt) {
    if (receipt->item >= entry->call_count) return;
    const struct act *act = &making->program->acts[entry->calls[receipt->item].act];
    const struct who *who = entry->kind == ENTRY_PROPOSE && act->proposer_given ? &act->proposed_by : &act->by;
    bool seat = act->organ != NO_ID && entry->kind == ENTRY_PROPOSE && !act->proposer_given;
    struct explain_node *node;
    if (seat)
        node = node_print(making, root, EXPLAIN_CLAUSE, EXPLAIN_FAILS, "%.*s is proposed by a seat of %.*s",
                          SPAN_ARG(act->name), SPAN_ARG(making->program->organs[act->organ].name));
    else
        node = node_print(making, root, EXPLAIN_CLAUSE, EXPLAIN_FAILS, "%.*s is %s %.*s", SPAN_ARG(act->name),
                          entry->kind == ENTRY_PROPOSE ? "proposed by" : "for", SPAN_ARG(tell_who(making, act)));
    node_cite(making, node, &act->citation);
    if (seat) why_absent(making, node, making->program->organs[act->organ].seats, &entry->actor);
    else if (who->kind == WHO_MEMBER && who->relation != NO_ID && entry->actor >= 0 &&
             actor_class_of(entry->actor) == ACTOR_PARTY)
        why_absent(making, node, who->relation, &entry->actor);
}

struct taking {
    struct arena *arena;
    struct bindings bindings;
};

static bool take_solution(void *context, const struct bindings *solution) {
    struct taking *taking = context;
    taking->bindings = bindings_copy(taking->arena, *solution);
    return false;
}

// What an act knows when it begins: its arguments and its actor.
static struct bindings bindings_of_call(struct making *making, value actor, const struct call *call,
                                        const struct act *act) {
    struct bindings bindings = bindings_new(making->arena, &act->frame);
    for (uint32_t i = 0; i < call->argument_count && i < act->parameter_count; i++) {
        bindings.values[i] = call->arguments[i].value;
        bindings.bound[i] = true;
    }
    bind_texts(making, call, act, bindings);
    uint32_t actors[2] = {act->actor_slot, act->by.kind == WHO_MEMBER ? act->by.slot : NO_ID};
    for (size_t i = 0; i < COUNT_OF(actors); i++) {
        if (actors[i] >= act->frame.slot_count) continue;
        bindings.values[actors[i]] = act->organ != NO_ID ? actor_organ(act->organ) : actor;
        bindings.bound[actors[i]] = true;
    }
    return bindings;
}

bool why_unmet_require(struct making *making, struct explain_node *parent, value actor, const struct call *call) {
    const struct act *act = &making->program->acts[call->act];
    struct taking taking = {making->arena, bindings_of_call(making, actor, call, act)};
    for (uint32_t i = 0; i < act->clause_count; i++) {
        const struct clause *clause = &act->clauses[i];
        // A solution binds what later clauses go on with.
        if (clause->ought ||
            !solver_solve(&making->solver, clause->conditions, taking.bindings, take_solution, &taking))
            continue;
        struct explain_node *node = node_print(making, parent, EXPLAIN_CLAUSE, EXPLAIN_FAILS, "%.*s: %.*s",
                                               SPAN_ARG(act->name), SPAN_ARG(clause->message));
        node_cite(making, node, clause->citation.count ? &clause->citation : &act->citation);
        why_conditions_fail(making, node, clause->conditions, taking.bindings);
        return true;
    }
    return false;
}

static struct bindings bindings_at_effects(struct making *making, const struct entry *entry, const struct call *call,
                                           const struct act *act) {
    struct taking taking = {making->arena, bindings_of_call(making, entry->actor, call, act)};
    for (uint32_t i = 0; i < act->clause_count; i++)
        if (!act->clauses[i].ought)
            solver_solve(&making->solver, act->clauses[i].conditions, taking.bindings, take_solution, &taking);
    return taking.bindings;
}

// A norm that speaks of a row which the act adds: the row is taken as read, the other conditions are asked. What a rule
// would derive from the row cannot be asked, since it is not there.
struct bringing {
    struct making *making;
    struct explain_node *node;
    const struct effect *effect;
    const value *row;
    struct conditions others;
};

static bool show_brought(void *context, const struct bindings *solution) {
    struct bringing *all = context;
    struct making *making = all->making;
    struct explain_node *row =
        node_print(making, all->node, EXPLAIN_ROW, EXPLAIN_HOLDS, "%.*s, which the act would add",
                   SPAN_ARG(tell_fact(making, all->effect->relation, all->row)));
    node_cite(making, row, &all->effect->citation);
    why_conditions_hold(making, all->node, all->others, *solution);
    return false;
}

static bool bind_atom(struct making *making, const struct condition *atom, const value *row, struct bindings bindings) {
    for (uint32_t i = 0; i < atom->argument_count; i++) {
        const struct expression *e = atom->arguments[i];
        value v;
        value_status status = solver_value(&making->solver, e, bindings, &v);
        if (status == VALUE_FAILS || (status == VALUE_KNOWN && v != row[i])) return false;
        if (status == VALUE_KNOWN) continue;
        if (e->kind != EXPRESSION_VARIABLE) return false;
        bindings.bound[e->slot] = true;
        bindings.values[e->slot] = row[i];
    }
    return true;
}

static bool brought_by(struct making *making, struct explain_node *node, const struct watch *watch,
                       const struct effect *effect, const value *row) {
    for (uint32_t i = 0; i < watch->conditions.count; i++) {
        const struct condition *c = &watch->conditions.at[i];
        struct bindings start = bindings_new(making->arena, &watch->frame);
        if (c->kind != CONDITION_ATOM || c->negated || c->relation != effect->relation) continue;
        if (!bind_atom(making, c, row, start)) continue;
        struct conditions others = {ARENA_ARRAY(making->arena, struct condition, watch->conditions.count), 0};
        for (uint32_t k = 0; k < watch->conditions.count; k++)
            if (k != i) others.at[others.count++] = watch->conditions.at[k];
        struct bringing all = {making, node, effect, row, others};
        if (!solver_solve(&making->solver, others, start, show_brought, &all)) return true;
    }
    return false;
}

static void refused_never(struct making *making, struct explain_node *root, const struct entry *entry,
                          const struct receipt *receipt) {
    const struct norm *norm = &making->program->norms[receipt->norm];
    if (norm->watch == NO_ID) return;
    const struct watch *watch = &making->program->watches[norm->watch];
    struct explain_node *node =
        node_print(making, root, EXPLAIN_CLAUSE, EXPLAIN_FAILS, "the act would make this so: %.*s",
                   SPAN_ARG(tell_conditions(making, &watch->frame, watch->conditions)));
    node_cite(making, node, &norm->citation);
    if (receipt->item >= entry->call_count) return;
    const struct call *call = &entry->calls[receipt->item];
    const struct act *act = &making->program->acts[call->act];
    struct bindings bindings = bindings_at_effects(making, entry, call, act);
    for (uint32_t i = 0; i < act->effect_count; i++) {
        const struct effect *e = &act->effects[i];
        value row[COLUMNS_MAX];
        bool known = e->kind == EFFECT_ADD || e->kind == EFFECT_SET;
        for (uint32_t k = 0; known && k < making->program->relations[e->relation].column_count; k++)
            known = solver_value(&making->solver, e->arguments[k], bindings, &row[k]) == VALUE_KNOWN;
        if (known && brought_by(making, node, watch, e, row)) return;
    }
}

// Rows whose keys the act would have begun again.
static void refused_clash(struct making *making, struct explain_node *root, const struct entry *entry,
                          const struct receipt *receipt) {
    if (receipt->item >= entry->call_count) return;
    const struct act *act = &making->program->acts[entry->calls[receipt->item].act];
    struct bindings bindings = bindings_at_effects(making, entry, &entry->calls[receipt->item], act);
    for (uint32_t i = 0; i < act->effect_count; i++) {
        const struct effect *e = &act->effects[i];
        if (e->kind != EFFECT_ADD) continue;
        const struct relation *r = &making->program->relations[e->relation];
        value pattern[COLUMNS_MAX];
        bool known = true;
        for (uint32_t k = 0; k < r->column_count; k++) {
            pattern[k] = VALUE_ANY;
            if (k < r->key_count)
                known = known && solver_value(&making->solver, e->arguments[k], bindings, &pattern[k]) == VALUE_KNOWN;
        }
        struct row_copies rows = {0};
        if (known) rows = solver_rows(&making->solver, making->solver.question, e->relation, pattern);
        if (rows.count) {
            struct explain_node *node = node_print(
                making, root, EXPLAIN_CLAUSE, EXPLAIN_FAILS,
                "%.*s adds a row of %.*s, and one of that key holds:", SPAN_ARG(act->name), SPAN_ARG(r->name));
            node_cite(making, node, e->citation.count ? &e->citation : &act->citation);
            for (uint32_t k = 0; k < rows.count; k++) why_row(making, node, e->relation, &rows.at[k]);
        }
        row_copies_release(&rows);
    }
}

static value decision_of(const struct entry *entry) {
    if (entry->kind == ENTRY_ANSWER) return entry->answer_count ? entry->answers[0].proposal : VALUE_ANY;
    return entry->object;
}

static void refused_decision(struct making *making, struct explain_node *root, const struct entry *entry,
                             const struct receipt *receipt) {
    // Of several answers the receipt does not say which; the seat or closing at fault is looked for among them.
    uint32_t count = entry->kind == ENTRY_ANSWER ? entry->answer_count : 1;
    for (uint32_t i = 0; i < count; i++) {
        value p = entry->kind == ENTRY_ANSWER ? entry->answers[i].proposal : decision_of(entry);
        value pair[2] = {p, VALUE_ANY};
        struct row_copies open = solver_rows(&making->solver, making->solver.question, RELATION_OPEN, &p);
        if (receipt->refusal == REFUSAL_CLOSED && open.count == 0 && !why_fact(making, root, RELATION_OUTCOME, pair))
            why_absent(making, root, RELATION_OPEN, &p);
        row_copies_release(&open);
        if (receipt->refusal == REFUSAL_NO_SEAT && entry->kind == ENTRY_ANSWER) {
            value seat[2] = {p, entry->answers[i].actor};
            struct row_copies seats = solver_rows(&making->solver, making->solver.question, RELATION_SEAT, seat);
            if (seats.count == 0) why_absent(making, root, RELATION_SEAT, seat);
            row_copies_release(&seats);
        }
        if (receipt->refusal == REFUSAL_NOT_ADOPTED) why_absent(making, root, RELATION_ADOPTED, &p);
        if (receipt->refusal == REFUSAL_NOT_PROPOSER) why_fact(making, root, RELATION_PROPOSED, pair);
    }
}

struct explain_node *explain_refusal(const struct explainer *with, const struct entry *entry,
                                     const struct receipt *receipt) {
    struct explainer before = *with;
    before.question = (struct question){entry->time, receipt->position ? receipt->position - 1 : 0};
    struct making making;
    making_init(&making, &before);
    struct span message = receipt->message.length ? receipt->message : span_of(refusal_text(receipt->refusal));
    struct explain_node *root = node_print(
        &making, NULL, EXPLAIN_CLAIM, EXPLAIN_FAILS, "%.*s is %s: %.*s", SPAN_ARG(tell_entry(&making, entry)),
        receipt->status == RECEIPT_TURNED_AWAY ? "turned away" : "refused", SPAN_ARG(message));
    node_cite(&making, root, receipt->citation);
    root->time = entry->time;
    switch (receipt->refusal) {
    case REFUSAL_REQUIRE: refused_require(&making, root, entry, receipt); break;
    case REFUSAL_ACTOR: refused_actor(&making, root, entry, receipt); break;
    case REFUSAL_NEVER: refused_never(&making, root, entry, receipt); break;
    case REFUSAL_CLASH: refused_clash(&making, root, entry, receipt); break;
    case REFUSAL_CLOSED:
    case REFUSAL_NO_SEAT:
    case REFUSAL_NOT_ADOPTED:
    case REFUSAL_NOT_PROPOSER: refused_decision(&making, root, entry, receipt); break;
    default: break;
    }
    bool says_more = receipt->message.length && !span_is(receipt->message, refusal_text(receipt->refusal));
    if (says_more && receipt->refusal != REFUSAL_REQUIRE && receipt->refusal != REFUSAL_NEVER)
        node_print(&making, root, EXPLAIN_NOTE, EXPLAIN_NEUTRAL, "%s", refusal_text(receipt->refusal));
    making_release(&making);
    return root;
}
