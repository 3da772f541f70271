// SPDX-License-Identifier: Apache-2.0
// What began or ended a row: an act, the adoption of a proposal, or time alone; with whoever recorded it.
#include "explain/explain_internal.h"

static bool effects_write(const struct effect *effects, uint32_t count, uint32_t relation,
                          const struct citation **citation) {
    for (uint32_t i = 0; i < count; i++) {
        const struct effect *e = &effects[i];
        bool row = e->kind == EFFECT_ADD || e->kind == EFFECT_SET || e->kind == EFFECT_EXTEND || e->kind == EFFECT_END;
        if (e->kind == EFFECT_FOR_EACH ? effects_write(e->effects, e->effect_count, relation, citation)
                                       : row && e->relation == relation) {
            if (e->kind != EFFECT_FOR_EACH && e->citation.count) *citation = &e->citation;
            return true;
        }
    }
    return false;
}

// The act of an entry that can have written to a relation: what is begun by a proposal's adoption is not among them.
static const struct citation *entry_citation(struct making *making, const struct entry *entry, uint32_t relation) {
    for (uint32_t i = 0; entry && i < entry->call_count; i++) {
        if (entry->calls[i].act >= making->program->acts_count) continue;
        const struct act *act = &making->program->acts[entry->calls[i].act];
        const struct citation *citation = &act->citation;
        if (relation == NO_ID || effects_write(act->effects, act->effect_count, relation, &citation)) return citation;
    }
    return NULL;
}

// For whom an entry was recorded: of a session's record all who answered.
static void recorded_actors(struct making *making, const struct entry *entry, value actor, struct text *out) {
    bool answers = entry && entry->kind == ENTRY_ANSWER;
    for (uint32_t i = 0; i < (answers ? entry->answer_count : 1); i++) {
        value one = answers ? entry->answers[i].actor : actor;
        text_print(out, "%s%.*s", i ? ", " : "", SPAN_ARG(tell_value(making, (struct type){TYPE_ACTOR, NO_ID}, one)));
    }
}

static void why_recorded(struct making *making, struct explain_node *node, const struct entry *entry,
                         uint32_t position) {
    value e = entity_of(position, 0), any[2] = {e, VALUE_ANY};
    struct row_copies recorded = solver_rows(&making->solver, making->solver.question, RELATION_RECORDED, any);
    struct row_copies confirmed = solver_rows(&making->solver, making->solver.question, RELATION_CONFIRMED, &e);
    struct row_copies contested = solver_rows(&making->solver, making->solver.question, RELATION_CONTESTED, &e);
    if (recorded.count) {
        struct text by = {0};
        struct span medium = entry ? entry->medium : SPAN("");
        recorded_actors(making, entry, recorded.at[0].values[1], &by);
        node_print(making, node, EXPLAIN_NOTE, EXPLAIN_NEUTRAL, "recorded for %.*s%s%.*s, %s",
                   SPAN_ARG(text_span(&by)), medium.length ? ": " : "", SPAN_ARG(medium),
                   said(making, contested.count   ? "contested"
                                : confirmed.count ? "confirmed"
                                                  : "unconfirmed"));
        text_release(&by);
    }
    row_copies_release(&recorded);
    row_copies_release(&confirmed);
    row_copies_release(&contested);
}

// An `upon` that can have written to the relation, where there is just one.
static const struct watch *only_watch_writing(struct making *making, uint32_t relation,
                                              const struct citation **citation) {
    const struct watch *only = NULL;
    for (uint32_t i = 0; relation != NO_ID && i < making->program->watches_count; i++) {
        const struct watch *watch = &making->program->watches[i];
        const struct citation *found = &watch->citation;
        if (watch->kind != WATCH_UPON || !effects_write(watch->effects, watch->effect_count, relation, &found))
            continue;
        if (only) return NULL;
        only = watch;
        *citation = found;
    }
    return only;
}

// A proposal whose adoption at this time wrote to the relation: its calls are those of the entry that proposed it.
struct adoption {
    struct making *making;
    uint32_t relation, position;
    int64_t time;
    value proposal;
    const struct call *call;
    const struct citation *citation;
};

static bool find_adoption(void *context, const struct found *row) {
    struct adoption *all = context;
    struct making *making = all->making;
    struct span where = {0};
    if (++making->solver.steps >= EXPLAIN_STEPS_MAX) return false;
    if (row->values[1] != OUTCOME_ADOPTED || row->begun != all->position || row->from != all->time) return true;
    const struct entry *proposing = making->log->entry(making->log->context, entity_position(row->values[0]), &where);
    for (uint32_t i = 0; proposing && i < proposing->call_count; i++) {
        const struct act *act = &making->program->acts[proposing->calls[i].act];
        const struct citation *citation = &act->citation;
        if (all->relation != NO_ID && !effects_write(act->effects, act->effect_count, all->relation, &citation))
            continue;
        all->proposal = row->values[0];
        all->call = &proposing->calls[i];
        all->citation = citation;
        return false;
    }
    return true;
}

// An entry is described once in a tree; then its number is enough.
static bool told_before(struct making *making, uint32_t position) {
    for (uint32_t i = 0; i < making->told.count; i++)
        if (making->told.at[i] == position) return true;
    VEC_PUSH(&making->told, position);
    return false;
}

// last: the entry that brought the adoption; NULL: it came with time.
static struct explain_node *why_adopted(struct making *making, struct explain_node *parent, const char *what,
                                        const struct adoption *adoption, struct span where,
                                        const struct entry *last) {
    struct span p = tell_value(making, (struct type){TYPE_ENTITY, ENTITY_PROPOSAL}, adoption->proposal),
                call = tell_call(making, adoption->call);
    struct explain_node *node = node_print(making, parent, EXPLAIN_ENTRY, EXPLAIN_NEUTRAL,
                                           "%s as %.*s was adopted: %.*s", what, SPAN_ARG(p), SPAN_ARG(call));
    node_cite(making, node, adoption->citation);
    if (!last) return node;
    struct explain_node *by =
        node_print(making, node, EXPLAIN_ENTRY, EXPLAIN_NEUTRAL, "adopted by entry %u%s%.*s%s: %.*s",
                   adoption->position, where.length ? " (" : "", SPAN_ARG(where), where.length ? ")" : "",
                   SPAN_ARG(tell_entry(making, last)));
    if (!told_before(making, adoption->position)) why_recorded(making, by, last, adoption->position);
    return node;
}

static struct explain_node *why_fell_due(struct making *making, struct explain_node *parent, const char *what,
                                         uint32_t relation) {
    // What fell due before an entry is written with it, but is not its doing.
    const struct citation *citation = NULL;
    const struct watch *watch = only_watch_writing(making, relation, &citation);
    struct explain_node *node =
        node_print(making, parent, EXPLAIN_ENTRY, EXPLAIN_NEUTRAL, "%s as it fell due%s%.*s", what,
                   watch ? said(making, ", upon ") : "",
                   SPAN_ARG(watch ? tell_conditions(making, &watch->frame, watch->conditions) : SPAN("")));
    node_cite(making, node, watch ? citation : NULL);
    return node;
}

struct explain_node *why_entry(struct making *making, struct explain_node *parent, const char *what, uint32_t relation,
                               uint32_t position, int64_t time) {
    struct span where = {0};
    what = said(making, what);
    const struct entry *entry =
        making->log && making->log->entry ? making->log->entry(making->log->context, position, &where) : NULL;
    const struct citation *citation = entry_citation(making, entry, relation);
    struct adoption adoption = {making, relation, position, time, 0, NULL, NULL};
    bool own_kind = relation != NO_ID && relation < RELATION_FIRST_OWN;
    if (entry && !citation && !own_kind)
        evaluator_rows(making->solver.with->evaluator, RELATION_OUTCOME, find_adoption, &adoption);
    bool due = entry && time < entry->time && !citation;
    struct explain_node *node;
    if (adoption.call) {
        node = why_adopted(making, parent, what, &adoption, where, due ? NULL : entry);
    } else if (due) {
        node = why_fell_due(making, parent, what, relation);
    } else {
        bool again = told_before(making, position);
        struct span words = again   ? said_span(making, SPAN(", as above"))
                            : entry ? tell_entry(making, entry)
                                    : SPAN("");
        node = node_print(making, parent, EXPLAIN_ENTRY, EXPLAIN_NEUTRAL, "%s by entry %u%s%.*s%s%s%.*s", what,
                          position, where.length ? " (" : "", SPAN_ARG(where), where.length ? ")" : "",
                          entry && !again ? ": " : "", SPAN_ARG(words));
        node_cite(making, node, citation);
        if (!again) why_recorded(making, node, entry, position);
    }
    node->position = position;
    node->time = time;
    return node;
}

// ---- Doubts ---------------------------------------------------------------------------------------------------------
struct late_rows { struct making *making; struct explain_node *node; uint32_t relation, position; int64_t time; };

static bool tell_late(void *context, const struct found *row) {
    struct late_rows *all = context;
    struct making *making = all->making;
    if (++making->solver.steps >= EXPLAIN_STEPS_MAX) return false;
    if (row->begun != all->position || row->from >= all->time) return true;
    struct explain_node *node = node_print(making, all->node, EXPLAIN_NOTE, EXPLAIN_NEUTRAL, "not known then: %.*s, %.*s",
                                           SPAN_ARG(tell_fact(making, all->relation, row->values)),
                                           SPAN_ARG(tell_span(making, row->from, row->until)));
    node_cite(making, node, &making->program->relations[all->relation].citation);
    return true;
}

void why_doubt(struct making *making, struct explain_node *node, const struct row_copy *row) {
    struct late_rows late = {making, node, 0, entity_position(row->values[1]), row->from};
    for (late.relation = RELATION_FIRST_OWN; late.relation < making->program->relations_count; late.relation++) {
        const struct relation *relation = &making->program->relations[late.relation];
        if (!relation->derived && !relation->hidden)
            evaluator_rows(making->solver.with->evaluator, late.relation, tell_late, &late);
    }
    uint32_t doubted = entity_position(row->values[0]);
    (void)why_entry(making, node, "in doubt: done", NO_ID, doubted, row->from);
}
