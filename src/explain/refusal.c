// SPDX-License-Identifier: Apache-2.0
// Why an entry was refused: the clause, norm or row that stands against it, and what is missing.
#include "explain/explain_internal.h"

// Lays over what holds what the items before one would do; NOTE where there are any.
static void lay_before(struct making *making, struct explain_node *root, const struct entry *entry,
                       const struct receipt *receipt) {
    for (uint32_t i = 0; i < receipt->item && i < entry->call_count; i++) {
        uint32_t failed;
        struct trial trial = trial_of_entry(making, entry, receipt->position, i);
        if (!trial_requires(making, &trial, &failed)) return;
        (void)!trial_do(making, &trial, NULL);
    }
    if (receipt->item > 0)
        node_print(making, root, EXPLAIN_NOTE, EXPLAIN_NEUTRAL,
                   "item %u, judged as the package leaves things before it", receipt->item + 1);
}

static void refused_require(struct making *making, struct explain_node *root, const struct entry *entry,
                            const struct receipt *receipt) {
    if (receipt->item >= entry->call_count) return;
    const struct call *call = &entry->calls[receipt->item];
    const struct act *act = &making->program->acts[call->act];
    if (receipt->clause >= act->clause_count) return;
    const struct clause *clause = &act->clauses[receipt->clause];
    lay_before(making, root, entry, receipt);
    struct bindings bindings = trial_of_entry(making, entry, receipt->position, receipt->item).bindings;
    for (uint32_t i = 0; i < receipt->frame_count && i < act->frame.slot_count; i++) {
        // Its texts are bound already: the evaluator has forgotten those of a refused entry.
        if (i < act->parameter_count && act->parameters[i].type.base == TYPE_TEXT) continue;
        bindings.values[i] = receipt->frame[i];
        bindings.bound[i] = receipt->bound[i];
    }
    struct explain_node *node =
        node_print(making, root, EXPLAIN_CLAUSE, EXPLAIN_FAILS, "%.*s requires %.*s", SPAN_ARG(act->name),
                   SPAN_ARG(clause->conditions.count == 1 ? said_span(making, SPAN("this:"))
                                                          : tell_conditions(making, &act->frame, clause->conditions)));
    node_cite(making, node, clause->citation.count ? &clause->citation : &act->citation);
    node->restates = true;
    why_conditions_fail(making, node, clause->conditions, bindings);
}

static void why_no_member(struct making *making, struct explain_node *node, const struct who *who, value actor) {
    for (uint32_t i = 0; i < who->other_count; i++) why_no_member(making, node, &who->others[i], actor);
    if (who->kind == WHO_MEMBER && who->relation != NO_ID && actor >= 0 && actor_class_of(actor) == ACTOR_PARTY)
        why_absent(making, node, who->relation, &actor);
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
                          said(making, entry->kind == ENTRY_PROPOSE ? "proposed by" : "for"),
                          SPAN_ARG(tell_who(making, act, who)));
    node_cite(making, node, &act->citation);
    if (seat) why_absent(making, node, making->program->organs[act->organ].seats, &entry->actor);
    else why_no_member(making, node, who, entry->actor);
}

static void refused_never(struct making *making, struct explain_node *root, const struct entry *entry,
                          const struct receipt *receipt) {
    const struct norm *norm = &making->program->norms[receipt->norm];
    if (norm->watch == NO_ID) return;
    for (uint32_t i = 0; i < entry->call_count; i++) {
        uint32_t failed;
        struct trial trial = trial_of_entry(making, entry, receipt->position, i);
        if (!trial_requires(making, &trial, &failed) || !trial_do(making, &trial, NULL)) break;
    }
    if (trial_never(making, receipt->norm, root)) return;
    const struct watch *watch = &making->program->watches[norm->watch];
    struct explain_node *node =
        node_print(making, root, EXPLAIN_CLAUSE, EXPLAIN_FAILS, "the act would make this so: %.*s",
                   SPAN_ARG(tell_conditions(making, &watch->frame, watch->conditions)));
    node_cite(making, node, &norm->citation);
}

// What the act would have done up to the effect that clashes.
static void refused_clash(struct making *making, struct explain_node *root, const struct entry *entry,
                          const struct receipt *receipt) {
    if (entry->kind == ENTRY_JOIN) {
        value pair[2] = {entry->object, entry->actor};
        why_fact(making, root, RELATION_JOINED, pair);
    }
    if (receipt->item >= entry->call_count) return;
    lay_before(making, root, entry, receipt);
    struct trial trial = trial_of_entry(making, entry, receipt->position, receipt->item);
    uint32_t failed;
    if (trial_requires(making, &trial, &failed)) (void)!trial_do(making, &trial, root);
}

// ---- Limits, and what has no value ---------------------------------------------------------------------------------
static struct span limit_words(struct making *making, const struct entry *entry) {
    struct arena *arena = making->arena;
    if (entry->call_count > CALLS_MAX)
        return span_print(arena, said(making, "a package has at most %u items, and this one %u"), CALLS_MAX,
                          entry->call_count);
    if (entry->answer_count > ANSWERS_MAX)
        return span_print(arena, said(making, "an entry has at most %u answers, and this one %u"), ANSWERS_MAX,
                          entry->answer_count);
    for (uint32_t i = 0; i < entry->call_count; i++)
        for (uint32_t k = 0; k < entry->calls[i].argument_count; k++)
            // Only of a text is there a length.
            if (entry->calls[i].arguments[k].text.length > TEXT_BYTES_MAX)
                return span_print(arena, said(making, "a text has at most %u bytes, and this one %u"), TEXT_BYTES_MAX,
                                  entry->calls[i].arguments[k].text.length);
    for (uint32_t i = 0; i < entry->answer_count; i++)
        if (entry->answers[i].reason.length > TEXT_BYTES_MAX)
            return span_print(arena, said(making, "a reason has at most %u bytes, and this one %u"), TEXT_BYTES_MAX,
                              entry->answers[i].reason.length);
    return (struct span){0};
}

static struct span message_of(struct making *making, const struct entry *entry, const struct receipt *receipt) {
    struct span words = {0};
    bool generic = receipt->message.length == 0 || span_is(receipt->message, refusal_text(receipt->refusal));
    if (generic && receipt->refusal == REFUSAL_LIMIT) words = limit_words(making, entry);
    if (generic && receipt->refusal == REFUSAL_ARITHMETIC && receipt->item < entry->call_count) {
        lay_before(making, NULL, entry, receipt);
        struct trial trial = trial_of_entry(making, entry, receipt->position, receipt->item);
        words = trial_without_value(making, &trial);
    }
    if (words.length) return words;
    return receipt->message.length ? receipt->message : span_of(refusal_text(receipt->refusal));
}

struct span explain_message(const struct explainer *with, const struct entry *entry, const struct receipt *receipt) {
    struct explainer before = *with;
    before.question = (struct question){entry->time, receipt->position ? receipt->position - 1 : 0};
    struct making making;
    making_init(&making, &before);
    struct span words = message_of(&making, entry, receipt);
    making_release(&making);
    return words;
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
    struct span message = explain_message(with, entry, receipt);
    struct explain_node *root = node_print(
        &making, NULL, EXPLAIN_CLAIM, EXPLAIN_FAILS, "%.*s is %s: %.*s", SPAN_ARG(tell_entry(&making, entry)),
        said(&making, receipt->status == RECEIPT_TURNED_AWAY ? "turned away" : "refused"),
        SPAN_ARG(said_span(&making, message)));
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
    bool says_more = !span_is(message, refusal_text(receipt->refusal)), whole = receipt->refusal == REFUSAL_REQUIRE ||
                     receipt->refusal == REFUSAL_NEVER || receipt->refusal == REFUSAL_ARITHMETIC ||
                     receipt->refusal == REFUSAL_LIMIT;
    if (says_more && !whole)
        node_print(&making, root, EXPLAIN_NOTE, EXPLAIN_NEUTRAL, "%s", said(&making, refusal_text(receipt->refusal)));
    making_release(&making);
    return root;
}
