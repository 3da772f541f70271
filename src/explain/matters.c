// SPDX-License-Identifier: Apache-2.0
// Duties, findings and decisions: what each is, what it came from, how it stands, and what would settle it.
#include "explain/explain_internal.h"

#include <string.h>

static const struct type actor_type = {TYPE_ACTOR, NO_ID};

// ---- The rows of one matter ----------------------------------------------------------------------------------------
struct history {
    struct making *making;
    uint32_t relation;
    value key;
    bool found;
    struct row_copy row;
};

static bool history_visit(void *context, const struct found *found) {
    struct history *all = context;
    if (++all->making->solver.steps >= EXPLAIN_STEPS_MAX) return false;
    if (found->values[0] != all->key || found->begun > all->making->solver.question.position ||
        found->from > all->making->solver.question.time)
        return true;
    uint32_t width = all->making->program->relations[all->relation].column_count;
    value *copy = ARENA_ARRAY(all->making->arena, value, width);
    memcpy(copy, found->values, width * sizeof *copy);
    all->row = (struct row_copy){copy, found->from, found->until, found->begun, found->ended};
    all->found = true;
    return true;
}

// The latest row of a relation whose first column is `key` and that began by the question's time, whether or not it
// still holds.
static bool row_of(struct making *making, uint32_t relation, value key, struct row_copy *row) {
    value pattern[COLUMNS_MAX];
    uint32_t width = making->program->relations[relation].column_count;
    for (uint32_t i = 0; i < width; i++) pattern[i] = i ? VALUE_ANY : key;
    struct row_copies rows = solver_rows(&making->solver, making->solver.question, relation, pattern);
    struct history past = {.making = making, .relation = relation, .key = key};
    if (rows.count) {
        value *copy = ARENA_ARRAY(making->arena, value, width);
        memcpy(copy, rows.at[0].values, width * sizeof *copy);
        past.row = rows.at[0];
        past.row.values = copy;
        past.found = true;
    } else {
        evaluator_rows(making->solver.with->evaluator, relation, history_visit, &past);
    }
    row_copies_release(&rows);
    if (past.found) *row = past.row;
    return past.found;
}

static bool holds_now(const struct making *making, const struct row_copy *row) {
    return row->from <= making->solver.question.time && making->solver.question.time < row->until;
}

// ---- Duties --------------------------------------------------------------------------------------------------------
static struct bindings captured_bindings(struct making *making, const struct obligation *o, value duty) {
    struct bindings bindings = bindings_new(making->arena, &o->frame);
    struct row_copy row;
    if (o->captured_count == 0 || !row_of(making, o->relation, duty, &row)) return bindings;
    for (uint32_t i = 0; i < o->captured_count && i < o->frame.slot_count; i++) {
        bindings.values[i] = row.values[i + 1];
        bindings.bound[i] = true;
    }
    return bindings;
}

static struct span tell_obligation(struct making *making, const struct obligation *o, struct bindings bindings) {
    const struct program *program = making->program;
    struct text out = {0};
    if (o->act == NO_ID) {
        text_add(&out, said_span(making, SPAN("that ")));
        if (o->met_watch != NO_ID) text_add(&out, tell_asked(making, o, bindings));
    } else {
        const struct act *act = &program->acts[o->act];
        text_print(&out, "%.*s(", SPAN_ARG(act->name));
        for (uint32_t i = 0; i < act->parameter_count; i++) {
            value v = VALUE_ANY;
            if (o->pattern[i] && solver_value(&making->solver, o->pattern[i], bindings, &v) != VALUE_KNOWN)
                v = VALUE_ANY;
            text_print(&out, "%s%.*s", i ? ", " : "", SPAN_ARG(tell_value(making, act->parameters[i].type, v)));
        }
        text_byte(&out, ')');
    }
    struct span words = span_copy(making->arena, text_span(&out));
    text_release(&out);
    return words;
}

static void duty_remedy(struct making *making, struct explain_node *root, const struct obligation *o,
                        struct bindings bindings, value duty, value bearer) {
    struct span words = tell_obligation(making, o, bindings);
    if (o->act != NO_ID) {
        node_print(making, root, EXPLAIN_REMEDY, EXPLAIN_NEUTRAL, "met by: %.*s by %.*s", SPAN_ARG(words),
                   SPAN_ARG(tell_actor(making, bearer, o->bearer)));
    } else if (o->met_watch != NO_ID) {
        const struct watch *watch = &making->program->watches[o->met_watch];
        struct explain_node *node = node_print(making, root, EXPLAIN_REMEDY, EXPLAIN_NEUTRAL, "met as soon as %.*s",
                                               SPAN_ARG(tell_asked(making, o, bindings)));
        struct bindings start = bindings_new(making->arena, &watch->frame);
        if (watch->binding_count) {
            start.values[watch->binding[0]] = duty;
            start.bound[watch->binding[0]] = true;
        }
        why_conditions_fail(making, node, watch->conditions, start);
    }
    if (o->then == NO_ID) return;
    // The further duty takes over what this one captured.
    const struct obligation *then = &making->program->obligations[o->then];
    struct bindings further = bindings_new(making->arena, &then->frame);
    for (uint32_t i = 0; i < then->captured_count && i < then->frame.slot_count; i++) {
        further.values[i] = bindings.values[then->captured[i]];
        further.bound[i] = bindings.bound[then->captured[i]];
    }
    value heir = ACTOR_NONE;
    bool known = then->bearer && solver_value(&making->solver, then->bearer, bindings, &heir) == VALUE_KNOWN;
    struct explain_node *node =
        node_print(making, root, EXPLAIN_NOTE, EXPLAIN_NEUTRAL, "overdue, it opens a further duty: %.*s%s%.*s",
                   SPAN_ARG(known ? tell_actor(making, heir, then->bearer) : SPAN("")), known ? ", " : "",
                   SPAN_ARG(tell_obligation(making, then, further)));
    node_cite(making, node, &then->citation);
}

// How a duty ended: met, released or lapsed.
static bool duty_ended(struct making *making, struct explain_node *root, value duty) {
    static const struct {
        uint32_t relation;
        const char *words;
    } ends[] = {{RELATION_MET, "met"}, {RELATION_RELEASED, "released"}, {RELATION_LAPSED, "lapsed"}};
    for (size_t i = 0; i < COUNT_OF(ends); i++) {
        struct row_copy row;
        if (!row_of(making, ends[i].relation, duty, &row)) continue;
        bool late = ends[i].relation == RELATION_MET && row.values[1];
        struct explain_node *node = node_print(making, root, EXPLAIN_NOTE, late ? EXPLAIN_FAILS : EXPLAIN_HOLDS,
                                               "%s%s on %.*s", said(making, ends[i].words),
                                               ends[i].relation != RELATION_MET ? ""
                                               : late                           ? said(making, " late")
                                                                                : said(making, " in time"),
                                               SPAN_ARG(tell_time(making, row.from)));
        if (row.begun) why_entry(making, node, ends[i].words, NO_ID, row.begun, row.from);
        return true;
    }
    return false;
}

struct explain_node *explain_duty(const struct explainer *with, value duty) {
    struct making making;
    struct row_copy row, obliged;
    struct explain_node *root = NULL;
    making_init(&making, with);
    if (!row_of(&making, RELATION_DUTY, duty, &row) || !row_of(&making, RELATION_OBLIGED, duty, &obliged)) goto out;
    const struct obligation *o = &making.program->obligations[obliged.values[1]];
    struct bindings bindings = captured_bindings(&making, o, duty);
    bool open = holds_now(&making, &row), overdue = open && with->question.time >= row.values[2];
    struct span due = row.values[2] == TIME_MAX ? SPAN("") : tell_time(&making, row.values[2]);
    struct span bearer =
        row.values[1] == ACTOR_NONE ? said_span(&making, SPAN("it is due"))
                                    : tell_actor(&making, row.values[1], o->bearer);
    root = node_print(&making, NULL, EXPLAIN_CLAIM, overdue ? EXPLAIN_FAILS : EXPLAIN_NEUTRAL,
                      "%.*s: %.*s, %.*s%s%.*s%s%s",
                      SPAN_ARG(tell_value(&making, (struct type){TYPE_ENTITY, ENTITY_DUTY}, duty)), SPAN_ARG(bearer),
                      SPAN_ARG(tell_obligation(&making, o, bindings)), due.length ? said(&making, ", due ") : "",
                      SPAN_ARG(due), o->at_once ? said(&making, " (at once)") : "",
                      overdue ? said(&making, ": overdue")
                      : open  ? said(&making, ": open")
                              : "");
    node_cite(&making, root, &o->citation);
    root->position = row.begun;
    root->time = row.from;
    if (o->house_due)
        node_add(&making, root, EXPLAIN_NOTE, EXPLAIN_NEUTRAL,
                 SPAN("the law says at once; the time by which it is due is a setting of the house"));
    if (row.begun) why_entry(&making, root, "opened", NO_ID, row.begun, row.from);
    if (open) duty_remedy(&making, root, o, bindings, duty, row.values[1]);
    else duty_ended(&making, root, duty);
out:
    making_release(&making);
    return root;
}

// ---- Findings ------------------------------------------------------------------------------------------------------
// The finding of a duty is about what that duty asks, of whom, and of what: its number alone tells a reader nothing.
static bool finding_duty(struct making *making, struct explain_node *root, value duty) {
    struct row_copy obliged, row;
    if (!row_of(making, RELATION_OBLIGED, duty, &obliged) || !row_of(making, RELATION_DUTY, duty, &row)) return false;
    const struct obligation *o = &making->program->obligations[obliged.values[1]];
    struct bindings bindings = captured_bindings(making, o, duty);
    struct text line = {0};
    if (row.values[1] != ACTOR_NONE)
        text_print(&line, "%.*s, ", SPAN_ARG(tell_actor(making, row.values[1], o->bearer)));
    text_add(&line, tell_obligation(making, o, bindings));
    for (uint32_t i = 0; o->act == NO_ID && i < o->captured_count && i < o->frame.slot_count; i++) {
        if (!o->frame.names[i].length) continue;
        text_print(&line, ", %.*s = %.*s", SPAN_ARG(o->frame.names[i]),
                   SPAN_ARG(tell_value(making, o->frame.types[i], bindings.values[i])));
    }
    node_print(making, root, EXPLAIN_NOTE, EXPLAIN_NEUTRAL, "about: %.*s", SPAN_ARG(text_span(&line)));
    text_release(&line);
    return true;
}

static void finding_binding(struct making *making, struct explain_node *root, const struct norm *norm, value finding,
                            struct bindings *start) {
    const struct relation *r = &making->program->relations[norm->relation];
    struct row_copy row;
    if (norm->relation == NO_ID || r->column_count < 2 || !row_of(making, norm->relation, finding, &row)) return;
    bool of_duty = norm->kind == NORM_OVERDUE || norm->kind == NORM_LEADS_TO;
    if (of_duty && finding_duty(making, root, row.values[1])) return;
    const struct watch *watch = norm->watch != NO_ID ? &making->program->watches[norm->watch] : NULL;
    struct text line = {0};
    for (uint32_t i = 1; i < r->column_count; i++) {
        text_print(&line, "%s%.*s%s%.*s", i > 1 ? ", " : "", SPAN_ARG(r->columns[i].label),
                   r->columns[i].label.length ? " = " : "",
                   SPAN_ARG(tell_value(making, r->columns[i].type, row.values[i])));
        if (!watch || i > watch->binding_count) continue;
        start->values[watch->binding[i - 1]] = row.values[i];
        start->bound[watch->binding[i - 1]] = true;
    }
    node_print(making, root, EXPLAIN_NOTE, EXPLAIN_NEUTRAL, "about: %.*s", SPAN_ARG(text_span(&line)));
    text_release(&line);
}

struct showing {
    struct making *making;
    struct explain_node *node;
    struct conditions conditions;
};

static bool show_conditions(void *context, const struct bindings *solution) {
    struct showing *showing = context;
    why_conditions_hold(showing->making, showing->node, showing->conditions, *solution);
    return false;
}

static void finding_standing(struct making *making, struct explain_node *root, value finding) {
    static const struct {
        uint32_t relation;
        const char *words;
    } standings[] = {{RELATION_ALLEGED, "alleged: no organ has found it so"},
                     {RELATION_UPHELD, "upheld"},
                     {RELATION_DROPPED, "dropped"}};
    for (size_t i = 0; i < COUNT_OF(standings); i++) {
        struct row_copies rows = solver_rows(&making->solver, making->solver.question, standings[i].relation, &finding);
        if (rows.count) {
            struct explain_node *node =
                node_add(making, root, EXPLAIN_NOTE, EXPLAIN_NEUTRAL, span_of(standings[i].words));
            if (standings[i].relation != RELATION_ALLEGED && rows.at[0].begun)
                why_entry(making, node, standings[i].words, NO_ID, rows.at[0].begun, rows.at[0].from);
        }
        row_copies_release(&rows);
    }
}

// Whether the finding was over before anyone knew of it: as its own day knew it, it is not there.
static bool found_late(struct making *making, value finding, const struct row_copy *row) {
    if (row->until == TIME_MAX || row->begun != row->ended) return false;
    value pattern[2] = {finding, VALUE_ANY};
    struct question then = {row->from, POSITION_LAST};
    struct row_copies known = solver_rows(&making->solver, then, RELATION_FINDING, pattern);
    bool late = known.count == 0;
    row_copies_release(&known);
    return late;
}

// What was so while it lasted, by what became known.
static void finding_past(struct making *making, struct explain_node *root, const struct norm *norm, value finding,
                         const struct row_copy *row) {
    const struct watch *watch = &making->program->watches[norm->watch];
    struct bindings start = bindings_new(making->arena, &watch->frame);
    struct question kept = making->solver.question;
    finding_binding(making, root, norm, finding, &start);
    struct explain_node *node = node_print(making, root, EXPLAIN_CLAUSE, EXPLAIN_NEUTRAL, "it was so, %.*s",
                                           SPAN_ARG(tell_span(making, row->from, row->until)));
    making->solver.question = (struct question){row->from, row->begun};
    solver_solve(&making->solver, watch->conditions, start, show_conditions,
                 &(struct showing){making, node, watch->conditions});
    making->solver.question = kept;
    (void)why_entry(making, root, "made known", NO_ID, row->begun, TIME_MAX);
}

static void finding_cause(struct making *making, struct explain_node *root, const struct norm *norm, value finding,
                          bool open) {
    struct bindings start = {0};
    const struct watch *watch = norm->watch != NO_ID ? &making->program->watches[norm->watch] : NULL;
    if (watch) start = bindings_new(making->arena, &watch->frame);
    finding_binding(making, root, norm, finding, &start);
    if (!watch || !open) return;
    struct explain_node *node = node_print(making, root, EXPLAIN_CLAUSE, EXPLAIN_FAILS, "it is so as long as %.*s",
                                           SPAN_ARG(tell_conditions(making, &watch->frame, watch->conditions)));
    solver_solve(&making->solver, watch->conditions, start, show_conditions,
                 &(struct showing){making, node, watch->conditions});
}

// The compiler makes the message of a duty that is overdue of its act's name.
static struct span norm_words(struct making *making, const struct norm *norm) {
    struct span end = SPAN(" is overdue"), message = norm->message;
    bool made = norm->kind == NORM_OVERDUE && message.length > end.length &&
                span_equal(span_part(message, message.length - end.length, end.length), end);
    if (!made) return said_span(making, message);
    message.length -= end.length;
    return span_print(making->arena, said(making, "%.*s is overdue"), SPAN_ARG(message));
}

struct explain_node *explain_finding(const struct explainer *with, value finding) {
    static const char *const closes[] = {[NORM_OUGHT] = "closes when it is no longer so",
                                         [NORM_NEVER] = "closes when it is no longer so, or an organ drops it",
                                         [NORM_ACT_OUGHT] = "closes only when an organ drops it",
                                         [NORM_OVERDUE] = "closes when the duty is met or released",
                                         [NORM_LEADS_TO] = "closes when what had to follow has followed",
                                         [NORM_VOID] = "closes only when an organ drops it",
                                         [NORM_CONTESTED] = "stands until an organ decides",
                                         [NORM_WAIVED] = "closes only when an organ drops it"};
    struct making making;
    struct row_copy row;
    struct explain_node *root = NULL;
    making_init(&making, with);
    if (!row_of(&making, RELATION_FINDING, finding, &row)) goto out;
    const struct norm *norm = &making.program->norms[row.values[1]];
    bool open = holds_now(&making, &row), late = norm->watch != NO_ID && found_late(&making, finding, &row);
    root = node_print(&making, NULL, EXPLAIN_CLAIM, open ? EXPLAIN_FAILS : EXPLAIN_NEUTRAL, "%.*s: %.*s, %s",
                      SPAN_ARG(tell_value(&making, (struct type){TYPE_ENTITY, ENTITY_FINDING}, finding)),
                      SPAN_ARG(norm_words(&making, norm)),
                      said(&making, late   ? "over when it became known"
                                    : open ? "open"
                                           : "closed"));
    node_cite(&making, root, &norm->citation);
    root->position = row.begun;
    root->time = row.from;
    if (late) {
        finding_past(&making, root, norm, finding, &row);
        goto out;
    }
    finding_cause(&making, root, norm, finding, open);
    if (norm->kind == NORM_VOID) why_void(&making, root, (uint32_t)row.values[1], row.begun, row.from);
    if (row.begun) why_entry(&making, root, "opened", NO_ID, row.begun, row.from);
    struct row_copy waived;
    if (norm->kind == NORM_WAIVED && row_of(&making, norm->relation, finding, &waived))
        why_entry(&making, root, "would have refused; waived", NO_ID, entity_position(waived.values[1]), row.from);
    finding_standing(&making, root, finding);
    if (!open && row.ended) why_entry(&making, root, "closed", NO_ID, row.ended, row.until);
    if (open) node_print(&making, root, EXPLAIN_REMEDY, EXPLAIN_NEUTRAL, "%s", said(&making, closes[norm->kind]));
    struct row_copy binding;
    if (norm->kind == NORM_OVERDUE && row_of(&making, norm->relation, finding, &binding)) {
        struct explain_node *duty = explain_duty(with, binding.values[1]);
        if (duty) {
            root->last->next = duty;
            root->last = duty;
        }
    }
out:
    making_release(&making);
    return root;
}

// ---- Decisions -----------------------------------------------------------------------------------------------------
static void decision_answers(struct making *making, struct explain_node *root, value p) {
    value pattern[3] = {p, VALUE_ANY, VALUE_ANY}, pair[2] = {p, VALUE_ANY};
    struct row_copies answers = solver_rows(&making->solver, making->solver.question, RELATION_ANSWERED, pattern);
    for (uint32_t i = 0; i < answers.count && i < EXPLAIN_LIST_MAX; i++) {
        const struct row_copy *row = &answers.at[i];
        struct explain_node *node =
            node_print(making, root, EXPLAIN_ROW, EXPLAIN_NEUTRAL, "%.*s: %.*s, %.*s",
                       SPAN_ARG(tell_value(making, actor_type, row->values[1])),
                       SPAN_ARG(tell_value(making, (struct type){TYPE_KIND, KIND_ANSWER}, row->values[2])),
                       SPAN_ARG(tell_time(making, row->from)));
        if (row->begun != entity_position(p))
            why_entry(making, node, "answered", RELATION_ANSWERED, row->begun, row->from);
    }
    if (answers.count > EXPLAIN_LIST_MAX)
        node_print(making, root, EXPLAIN_CUT, EXPLAIN_NEUTRAL, "and %u more", answers.count - EXPLAIN_LIST_MAX);
    row_copies_release(&answers);
    struct row_copies silent = solver_rows(&making->solver, making->solver.question, RELATION_UNANSWERED, pair);
    struct text line = {0};
    for (uint32_t i = 0; i < silent.count; i++)
        text_print(&line, "%s%.*s", i ? ", " : "", SPAN_ARG(tell_value(making, actor_type, silent.at[i].values[1])));
    if (silent.count)
        node_print(making, root, EXPLAIN_MISSING, EXPLAIN_NEUTRAL, "no answer from %.*s", SPAN_ARG(text_span(&line)));
    text_release(&line);
    row_copies_release(&silent);
}

struct explain_node *explain_proposal(const struct explainer *with, value p) {
    struct making making;
    struct row_copy row, outcome;
    struct explain_node *root = NULL;
    making_init(&making, with);
    if (!row_of(&making, RELATION_PROPOSED, p, &row)) goto out;
    bool closed = row_of(&making, RELATION_OUTCOME, p, &outcome);
    struct span result = closed ? tell_value(&making, (struct type){TYPE_KIND, KIND_OUTCOME}, outcome.values[1])
                                : said_span(&making, SPAN("open"));
    struct row_copy before;
    struct span organ = row_of(&making, RELATION_LAID_BEFORE, p, &before)
                            ? tell_value(&making, actor_type, before.values[1])
                            : said_span(&making, SPAN("nobody"));
    root = node_print(&making, NULL, EXPLAIN_CLAIM, EXPLAIN_NEUTRAL, "%.*s, laid before %.*s by %.*s: %.*s",
                      SPAN_ARG(tell_value(&making, (struct type){TYPE_ENTITY, ENTITY_PROPOSAL}, p)), SPAN_ARG(organ),
                      SPAN_ARG(tell_value(&making, actor_type, row.values[1])), SPAN_ARG(result));
    root->position = row.begun;
    root->time = row.from;
    if (row.begun) why_entry(&making, root, "proposed", NO_ID, row.begun, row.from);
    decision_answers(&making, root, p);
    if (closed) why_row(&making, root, RELATION_OUTCOME, &outcome);
    why_decision(&making, root, p);
out:
    making_release(&making);
    return root;
}
