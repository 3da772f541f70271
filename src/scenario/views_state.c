// SPDX-License-Identifier: Apache-2.0
// Decisions, the state and the difference of two states, as of a question.
#include "explain/explain.h"
#include "scenario/scenario_internal.h"

// ---- Decisions ------------------------------------------------------------------------------------------------------
struct item_at {
    struct item_view item;
    value number;
};

static int compare_items(const void *a, const void *b) {
    const struct item_at *left = a, *right = b;
    return (left->number > right->number) - (left->number < right->number);
}

static ask_status read_items(struct evaluator *evaluator, struct question question, struct arena *arena,
                             struct decision_view *decision) {
    const struct program *program = evaluator->program;
    VEC(struct item_at) items = {0};
    ask_status status = ASK_OK;
    for (uint32_t i = 0; i < program->acts_count && status == ASK_OK; i++) {
        const struct act *act = &program->acts[i];
        if (act->item_relation == NO_ID) continue;
        value pattern[COLUMNS_MAX * 2 + 4];
        struct rows rows;
        uint32_t width = program->relations[act->item_relation].column_count;
        ENSURE(width <= COUNT_OF(pattern));
        for (uint32_t k = 0; k < width; k++) pattern[k] = VALUE_ANY;
        pattern[0] = decision->proposal;
        status = rows_ask(evaluator, question, act->item_relation, pattern, arena, &rows);
        for (uint32_t k = 0; k < rows.count; k++) {
            const value *values = rows.at[k].values;
            struct item_view item = {i, values + 2, act->parameter_count, values + 2 + act->parameter_count,
                                     act->made_count};
            VEC_PUSH(&items, (struct item_at){item, values[1]});
        }
    }
    if (items.count) qsort(items.at, items.count, sizeof *items.at, compare_items);
    decision->items = ARENA_ARRAY(arena, struct item_view, items.count + 1);
    for (uint32_t i = 0; i < items.count; i++) decision->items[i] = items.at[i].item;
    decision->item_count = items.count;
    if (items.count) decision->citation = &program->acts[items.at[0].item.act].citation;
    VEC_RELEASE(&items);
    return status;
}

static ask_status rows_with(struct evaluator *evaluator, struct question question, uint32_t relation, value proposal,
                            struct arena *arena, struct rows *rows) {
    const value pattern[3] = {proposal, VALUE_ANY, VALUE_ANY};
    return rows_ask(evaluator, question, relation, pattern, arena, rows);
}

static struct seat_view *seat_at(struct decision_view *decision, value seat) {
    for (uint32_t i = 0; i < decision->seat_count; i++)
        if (decision->seats[i].seat == seat) return &decision->seats[i];
    struct seat_view *view = &decision->seats[decision->seat_count++];
    *view = (struct seat_view){.seat = seat, .reason = VALUE_ANY};
    return view;
}

static ask_status read_seats(struct evaluator *evaluator, struct question question, struct arena *arena,
                             struct decision_view *decision) {
    struct rows seats, answers, reasons, joined;
    ask_status status = rows_with(evaluator, question, decision->open ? RELATION_SEAT : RELATION_SEATED,
                                  decision->proposal, arena, &seats);
    if (status == ASK_OK)
        status = rows_with(evaluator, question, RELATION_ANSWERED, decision->proposal, arena, &answers);
    if (status == ASK_OK) status = rows_with(evaluator, question, RELATION_REASON, decision->proposal, arena, &reasons);
    if (status == ASK_OK) status = rows_with(evaluator, question, RELATION_JOINED, decision->proposal, arena, &joined);
    if (status != ASK_OK) return status;
    decision->seats = ARENA_ARRAY(arena, struct seat_view, seats.count + answers.count + joined.count + 1);
    for (uint32_t i = 0; i < seats.count; i++) seat_at(decision, seats.at[i].values[1]);
    uint32_t seated = decision->seat_count;
    for (uint32_t i = 0; i < answers.count; i++) {
        struct seat_view *seat = seat_at(decision, answers.at[i].values[1]);
        if (decision->seat_count > seated) {                       // an answer counts while its seat lasts
            decision->seat_count = seated;
            continue;
        }
        seat->answered = true;
        seat->answer = (uint32_t)answers.at[i].values[2];
        seat->when = answers.at[i].from;
        seat->cause = answers.at[i].begun;
        for (uint32_t k = 0; k < reasons.count; k++)
            if (reasons.at[k].values[1] == seat->seat) seat->reason = reasons.at[k].values[2];
    }
    for (uint32_t i = 0; i < joined.count; i++) {
        struct seat_view *seat = seat_at(decision, joined.at[i].values[1]);
        seat->joined = true;
        seat->joined_when = joined.at[i].from;
    }
    return ASK_OK;
}

static void read_procedure(struct evaluator *evaluator, struct question question, struct arena *arena,
                           struct decision_view *decision) {
    const struct program *program = evaluator->program;
    decision->procedure = NO_ID;
    for (uint32_t i = 0; i < program->procedures_count && decision->procedure == NO_ID; i++) {
        struct row row;
        if (program->procedures[i].relation == NO_ID ||
            !row_of(evaluator, question, program->procedures[i].relation, decision->proposal, arena, &row))
            continue;
        decision->procedure = i;
        decision->parameters = row.values + 1;
        decision->parameter_count = program->procedures[i].parameter_count;
    }
}

static int compare_decisions(const void *a, const void *b) {
    const struct decision_view *left = a, *right = b;
    if (left->open != right->open) return left->open ? -1 : 1;
    if (left->opened != right->opened) return left->opened < right->opened ? -1 : 1;
    return (left->proposal > right->proposal) - (left->proposal < right->proposal);
}

static ask_status read_decision(struct evaluator *evaluator, struct question question, struct arena *arena,
                                const struct row *proposed, struct decision_view *decision) {
    struct row row;
    *decision = (struct decision_view){.proposal = proposed->values[0],
                                       .by = proposed->values[1],
                                       .organ = ACTOR_NONE,
                                       .opened = proposed->from,
                                       .closed = TIME_MAX,
                                       .cause = proposed->begun,
                                       .outcome = NO_ID};
    if (row_of(evaluator, question, RELATION_LAID_BEFORE, decision->proposal, arena, &row))
        decision->organ = row.values[1];
    decision->open = row_of(evaluator, question, RELATION_OPEN, decision->proposal, arena, &row);
    if (row_of(evaluator, question, RELATION_OUTCOME, decision->proposal, arena, &row)) {
        decision->outcome = (uint32_t)row.values[1];
        decision->closed = row.from;
        decision->end_cause = row.begun;
    }
    read_procedure(evaluator, question, arena, decision);
    ask_status status = read_items(evaluator, question, arena, decision);
    return status == ASK_OK ? read_seats(evaluator, question, arena, decision) : status;
}

bool decision_of(struct evaluator *evaluator, struct question question, value proposal, struct arena *arena,
                 struct decision_view *decision) {
    struct row proposed;
    return row_of(evaluator, question, RELATION_PROPOSED, proposal, arena, &proposed) &&
           read_decision(evaluator, question, arena, &proposed, decision) == ASK_OK;
}

ask_status scenario_decisions(struct evaluator *evaluator, struct question question, struct arena *arena,
                              struct decision_views *decisions) {
    struct rows proposed;
    ask_status status = rows_ask(evaluator, question, RELATION_PROPOSED, NULL, arena, &proposed);
    if (status != ASK_OK) return status;
    *decisions = (struct decision_views){ARENA_ARRAY(arena, struct decision_view, proposed.count + 1), proposed.count};
    for (uint32_t i = 0; i < proposed.count && status == ASK_OK; i++)
        status = read_decision(evaluator, question, arena, &proposed.at[i], &decisions->at[i]);
    if (proposed.count) qsort(decisions->at, decisions->count, sizeof *decisions->at, compare_decisions);
    return status;
}

// ---- State ----------------------------------------------------------------------------------------------------------
static bool is_shown(const struct program *program, uint32_t relation, unsigned parts) {
    const struct relation *of = &program->relations[relation];
    if (of->hidden || (relation < RELATION_FIRST_OWN && !(parts & STATE_SYSTEM))) return false;
    return (parts & (of->derived ? STATE_DERIVED : STATE_BASE)) != 0;
}

static bool citations_same(const struct citation *a, const struct citation *b) {
    if (a->count != b->count || a->standing != b->standing) return false;
    for (uint32_t i = 0; i < a->count; i++)
        if (a->at[i].source != b->at[i].source || !span_equal(a->at[i].where, b->at[i].where)) return false;
    return true;
}

// What all rules of a relation cite; NULL: they differ. *doubt: one of them has a standing.
static const struct citation *rules_cite(const struct program *program, const struct relation *of, bool *doubt) {
    const struct citation *first = of->rule_count ? &program->rules[of->rules[0]].citation : NULL;
    bool same = true;
    *doubt = false;
    for (uint32_t i = 0; i < of->rule_count; i++) {
        const struct citation *citation = &program->rules[of->rules[i]].citation;
        same = same && citations_same(citation, first);
        *doubt = *doubt || *standing_word(citation->standing);
    }
    return same ? first : NULL;
}

static const struct given_row *given_row(const struct relation *of, const value *values) {
    for (uint32_t i = 0; i < of->given_count; i++)
        if (of->given[i].reading_of == NO_ID && !memcmp(of->given[i].values, values, of->column_count * sizeof *values))
            return &of->given[i];
    return NULL;
}

static void cite_rows(struct evaluator *evaluator, struct question question, struct relation_view *view) {
    const struct relation *of = &evaluator->program->relations[view->relation];
    struct arena scratch;
    const struct explainer with = {.arena = &scratch, .evaluator = evaluator, .question = question};
    bool doubt = false;
    arena_init(&scratch);
    view->citation = of->derived ? rules_cite(evaluator->program, of, &doubt) : &of->citation;
    for (uint32_t i = 0; i < view->count; i++) {
        const struct citation *citation = NULL;
        if (of->derived && doubt && !view->citation) {
            const struct rule *rule = explain_rule(&with, view->relation, view->at[i].values);
            citation = rule ? &rule->citation : NULL;
        } else if (!of->derived && !view->at[i].begun) {
            view->at[i].given = given_row(of, view->at[i].values);
            citation = view->at[i].given ? &view->at[i].given->citation : NULL;
        }
        if (citation && *standing_word(citation->standing)) view->at[i].doubt = citation;
    }
    arena_release(&scratch);
}

static ask_status read_relation(struct evaluator *evaluator, struct question question, uint32_t relation,
                                const value *pattern, struct arena *arena, struct relation_view *view) {
    struct rows rows;
    ask_status status = rows_ask(evaluator, question, relation, pattern, arena, &rows);
    view->relation = relation;
    view->at = ARENA_ARRAY(arena, struct fact_view, rows.count + 1);
    view->count = rows.count;
    for (uint32_t i = 0; i < rows.count; i++)
        view->at[i] = (struct fact_view){rows.at[i].values, rows.at[i].from, rows.at[i].until, rows.at[i].begun,
                                         rows.at[i].ended, NULL, NULL};
    return status;
}

ask_status scenario_state(struct evaluator *evaluator, struct question question, unsigned parts, struct arena *arena,
                          struct state_view *state) {
    const struct program *program = evaluator->program;
    *state = (struct state_view){ARENA_ARRAY(arena, struct relation_view, program->relations_count + 1), .count = 0};
    for (uint32_t i = 0; i < program->relations_count; i++) {
        if (!is_shown(program, i, parts)) continue;
        ask_status status = read_relation(evaluator, question, i, NULL, arena, &state->at[state->count]);
        if (status != ASK_OK) return status;
        if (!state->at[state->count].count) continue;
        cite_rows(evaluator, question, &state->at[state->count++]);
    }
    return ASK_OK;
}

static bool row_matches(const struct row *row, const value *pattern, uint32_t columns) {
    for (uint32_t i = 0; i < columns; i++)
        if (pattern[i] != VALUE_ANY && pattern[i] != row->values[i]) return false;
    return row->until > row->from;
}

static void other_times(struct evaluator *evaluator, struct question question, const value *pattern,
                        struct arena *arena, struct state_view *state) {
    struct relation_view *view = &state->at[0];
    const struct relation *of = &evaluator->program->relations[view->relation];
    bool narrow = false;
    for (uint32_t i = 0; i < of->column_count; i++) narrow |= pattern[i] != VALUE_ANY;
    if (of->derived || !narrow) return;
    struct rows ever = rows_ever(evaluator, view->relation, arena);
    view->at = ARENA_ARRAY(arena, struct fact_view, ever.count + 1);
    for (uint32_t i = 0; i < ever.count; i++) {
        const struct row *row = &ever.at[i];
        if (row->begun <= question.position && row_matches(row, pattern, of->column_count))
            view->at[view->count++] =
                (struct fact_view){row->values, row->from, row->until, row->begun, row->ended, NULL, NULL};
    }
    state->otherwise = view->count > 0;
}

ask_status scenario_facts(struct evaluator *evaluator, struct question question, uint32_t relation,
                          const value *pattern, struct arena *arena, struct state_view *state) {
    *state = (struct state_view){ARENA_NEW(arena, struct relation_view), 0, true, false};
    ask_status status = read_relation(evaluator, question, relation, pattern, arena, &state->at[0]);
    if (status == ASK_OK && state->at[0].count == 0) other_times(evaluator, question, pattern, arena, state);
    state->count = status == ASK_OK && state->at[0].count > 0;
    if (state->count) cite_rows(evaluator, question, &state->at[0]);
    return status;
}

// ---- Difference -----------------------------------------------------------------------------------------------------
static int compare_rows(const struct evaluator *evaluator, uint32_t relation, const value *a, const value *b) {
    const struct relation *of = &evaluator->program->relations[relation];
    for (uint32_t i = 0; i < of->column_count; i++) {
        int order = program_compare(evaluator->program, &evaluator->texts, of->columns[i].type, a[i], b[i]);
        if (order) return order;
    }
    return 0;
}

ask_status scenario_diff(struct evaluator *evaluator, struct question before, struct question after, unsigned parts,
                         struct arena *arena, struct diff_view *diff) {
    const struct program *program = evaluator->program;
    VEC(struct change_view) changes = {0};
    ask_status status = ASK_OK;
    for (uint32_t i = 0; i < program->relations_count && status == ASK_OK; i++) {
        if (!is_shown(program, i, parts)) continue;
        struct relation_view old = {0}, new = {0};
        status = read_relation(evaluator, before, i, NULL, arena, &old);
        if (status == ASK_OK) status = read_relation(evaluator, after, i, NULL, arena, &new);
        uint32_t a = 0, b = 0;
        while (status == ASK_OK && (a < old.count || b < new.count)) {
            int order = a == old.count   ? 1
                        : b == new.count ? -1
                                         : compare_rows(evaluator, i, old.at[a].values, new.at[b].values);
            if (order < 0) VEC_PUSH(&changes, (struct change_view){i, false, old.at[a]});
            if (order > 0) VEC_PUSH(&changes, (struct change_view){i, true, new.at[b]});
            if (order <= 0) a++;
            if (order >= 0) b++;
        }
    }
    *diff = (struct diff_view){ARENA_ARRAY(arena, struct change_view, changes.count + 1), changes.count};
    if (changes.count) memcpy(diff->at, changes.at, changes.count * sizeof *changes.at);
    VEC_RELEASE(&changes);
    return status;
}
