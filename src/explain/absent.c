// SPDX-License-Identifier: Apache-2.0
// Why something does not hold: the rows that come nearest, the condition that no binding meets, and what would bring it
// about.
#include "explain/explain_internal.h"

#include <string.h>

#define NEAR_MAX 5u    // rows shown that come near to an absent one

// ---- Rows that come near -------------------------------------------------------------------------------------------
struct near_row {
    uint32_t score;
    bool whole;
    struct row_copy row;
};
struct near_search {
    struct making *making;
    const value *pattern;
    uint32_t width, wanted;    // columns, and how many of them the pattern names
    struct near_row best[NEAR_MAX];
    uint32_t count;
};

static int64_t distance(int64_t now, const struct row_copy *row) {
    int64_t away = row->from > now ? row->from - now : now - row->until;
    return away < 0 ? 0 : away;
}

static bool nearer(const struct near_search *search, const struct near_row *a, const struct near_row *b) {
    if (a->score != b->score) return a->score > b->score;
    int64_t now = search->making->solver.question.time;
    return distance(now, &a->row) < distance(now, &b->row);
}

static void near_keep(struct near_search *search, struct near_row row) {
    uint32_t at = search->count;
    while (at > 0 && nearer(search, &row, &search->best[at - 1])) at--;
    if (at >= NEAR_MAX) return;
    value *copy = ARENA_ARRAY(search->making->arena, value, search->width ? search->width : 1);
    if (search->width) memcpy(copy, row.row.values, search->width * sizeof *copy);
    row.row.values = copy;
    if (search->count < NEAR_MAX) search->count++;
    memmove(&search->best[at + 1], &search->best[at], (search->count - 1 - at) * sizeof *search->best);
    search->best[at] = row;
}

static bool near_visit(void *context, const struct found *found) {
    struct near_search *search = context;
    struct solver *solver = &search->making->solver;
    if (++solver->steps >= EXPLAIN_STEPS_MAX) return false;
    if (found->until == found->from || found->begun > solver->question.position) return true;
    uint32_t score = 0;
    for (uint32_t i = 0; i < search->width; i++)
        score += search->pattern[i] != VALUE_ANY && search->pattern[i] == found->values[i];
    bool whole = score == search->wanted,
         now = found->from <= solver->question.time && solver->question.time < found->until;
    // A row that fits in part is of use only where it holds: what ended long ago and was of something else helps
    // nobody.
    if (!whole && (score == 0 || !now)) return true;
    if (whole && now) return true;
    near_keep(search,
              (struct near_row){
                  score, whole, {(value *)found->values, found->from, found->until, found->begun, found->ended}});
    return true;
}

static void why_near(struct making *making, struct explain_node *parent, uint32_t relation, const value *pattern) {
    struct near_search search = {
        .making = making, .pattern = pattern, .width = making->program->relations[relation].column_count};
    for (uint32_t i = 0; i < search.width; i++) search.wanted += pattern[i] != VALUE_ANY;
    evaluator_rows(making->solver.with->evaluator, relation, near_visit, &search);
    const value *ended;
    for (uint32_t after = 0, item; laid_ended(&making->solver, relation, pattern, &after, &ended, &item);) {
        struct span who = item ? span_print(making->arena, said(making, "item %u of the package"), item)
                               : said_span(making, SPAN("the act"));
        node_print(making, parent, EXPLAIN_NEAR, EXPLAIN_NEUTRAL, "%.*s, which %.*s would end",
                   SPAN_ARG(tell_fact(making, relation, ended)), SPAN_ARG(who));
    }
    for (uint32_t i = 0; i < search.count; i++) {
        const struct near_row *near = &search.best[i];
        const struct row_copy *row = &near->row;
        struct span fact = tell_fact(making, relation, row->values);
        if (near->whole && row->until <= making->solver.question.time) {
            struct explain_node *node =
                node_print(making, parent, EXPLAIN_NEAR, EXPLAIN_NEUTRAL, "%.*s held until %.*s", SPAN_ARG(fact),
                           SPAN_ARG(tell_time(making, row->until)));
            if (row->ended) why_entry(making, node, "ended", relation, row->ended, row->until);
        } else if (near->whole) {
            struct explain_node *node =
                node_print(making, parent, EXPLAIN_NEAR, EXPLAIN_NEUTRAL, "%.*s will hold from %.*s", SPAN_ARG(fact),
                           SPAN_ARG(tell_time(making, row->from)));
            if (row->begun) why_entry(making, node, "begun", relation, row->begun, row->from);
        } else {
            node_print(making, parent, EXPLAIN_NEAR, EXPLAIN_NEUTRAL, "what holds instead: %.*s", SPAN_ARG(fact));
        }
    }
}

// ---- What would bring it about -------------------------------------------------------------------------------------
static const struct effect *effect_beginning(const struct effect *effects, uint32_t count, uint32_t relation) {
    for (uint32_t i = 0; i < count; i++) {
        const struct effect *inner = NULL;
        if ((effects[i].kind == EFFECT_ADD || effects[i].kind == EFFECT_SET) && effects[i].relation == relation)
            return &effects[i];
        if (effects[i].kind == EFFECT_FOR_EACH)
            inner = effect_beginning(effects[i].effects, effects[i].effect_count, relation);
        if (inner) return inner;
    }
    return NULL;
}

static struct span tell_signature(struct making *making, const struct act *act) {
    struct text out = {0};
    text_print(&out, "%.*s(", SPAN_ARG(act->name));
    for (uint32_t i = 0; i < act->parameter_count; i++)
        text_print(&out, "%s%.*s", i ? ", " : "", SPAN_ARG(act->parameters[i].label));
    text_byte(&out, ')');
    struct span copy = span_copy(making->arena, text_span(&out));
    text_release(&out);
    return copy;
}

void why_remedies(struct making *making, struct explain_node *parent, uint32_t relation, const value *pattern) {
    const struct program *program = making->program;
    uint32_t shown = 0;
    for (uint32_t i = 0; i < program->acts_count && shown < EXPLAIN_LIST_MAX; i++) {
        const struct act *act = &program->acts[i];
        const struct effect *effect = effect_beginning(act->effects, act->effect_count, relation);
        if (!effect) continue;
        const char *how = said(making, act->event                  ? "reported by"
                                       : act->kind == ACT_DIRECT   ? "by"
                                       : act->kind == ACT_BY_ORGAN ? "decided by"
                                                                   : "proposed by");
        struct explain_node *node =
            node_print(making, parent, EXPLAIN_REMEDY, EXPLAIN_NEUTRAL, "brought about by %.*s, %s %.*s",
                       SPAN_ARG(tell_signature(making, act)), how, SPAN_ARG(tell_who(making, act, &act->by)));
        node_cite(making, node, effect->citation.count ? &effect->citation : &act->citation);
        why_trials(making, node, act, effect, pattern);
        shown++;
    }
    for (uint32_t i = 0; i < program->watches_count && shown < EXPLAIN_LIST_MAX; i++) {
        const struct watch *watch = &program->watches[i];
        if (watch->kind != WATCH_UPON || !effect_beginning(watch->effects, watch->effect_count, relation)) continue;
        struct explain_node *node =
            node_print(making, parent, EXPLAIN_REMEDY, EXPLAIN_NEUTRAL, "brought about upon %.*s",
                       SPAN_ARG(tell_conditions(making, &watch->frame, watch->conditions)));
        node_cite(making, node, &watch->citation);
        shown++;
    }
}

// ---- Conditions that fail ------------------------------------------------------------------------------------------
static void why_unwanted(struct making *making, struct explain_node *parent, const struct condition *c,
                         const value *pattern) {
    struct explain_node *node =
        node_print(making, parent, EXPLAIN_NOT, EXPLAIN_FAILS, "%.*s holds, and would have to be absent",
                   SPAN_ARG(tell_fact(making, c->relation, pattern)));
    struct row_copies rows = solver_rows(&making->solver, making->solver.question, c->relation, pattern);
    if (c->relation == RELATION_UNANSWERED) {
        struct text line = {0};
        for (uint32_t i = 0; i < rows.count; i++)
            text_print(&line, "%s%.*s", i ? ", " : "",
                       SPAN_ARG(tell_value(making, (struct type){TYPE_ACTOR, NO_ID}, rows.at[i].values[1])));
        node_print(making, node, EXPLAIN_MISSING, EXPLAIN_FAILS, "missing: the answer of %.*s",
                   SPAN_ARG(text_span(&line)));
        text_release(&line);
    } else {
        for (uint32_t i = 0; i < rows.count && i < EXPLAIN_LIST_MAX; i++)
            why_fact(making, node, c->relation, rows.at[i].values);
        if (rows.count > EXPLAIN_LIST_MAX)
            node_print(making, node, EXPLAIN_CUT, EXPLAIN_NEUTRAL, "and %u more", rows.count - EXPLAIN_LIST_MAX);
    }
    row_copies_release(&rows);
}

static void why_atom_fails(struct making *making, struct explain_node *parent, const struct condition *c,
                           struct bindings bindings) {
    value pattern[COLUMNS_MAX + 1];
    struct question question, before = making->solver.question;
    if (!solver_pattern(&making->solver, c, bindings, pattern) ||
        !solver_moment(&making->solver, c, bindings, &question)) {
        node_print(making, parent, EXPLAIN_NOTE, EXPLAIN_FAILS, "%.*s cannot be asked: an argument has no value",
                   SPAN_ARG(tell_condition(making, bindings.frame, c)));
        return;
    }
    making->solver.question = question;
    if (c->negated) why_unwanted(making, parent, c, pattern);
    else why_absent(making, parent, c->relation, pattern);
    making->solver.question = before;
}

struct group {
    struct making *making;
    struct explain_node *node;
    struct conditions conditions;
};

static bool show_first(void *context, const struct bindings *solution) {
    struct group *group = context;
    why_conditions_hold(group->making, group->node, group->conditions, *solution);
    return false;
}

struct lacking {
    struct making *making;
    struct explain_node *node;
    const struct condition *every;
    uint32_t count;
    struct text seats;
    struct bindings first;
};

// `every seat has consented` is what most decisions wait for: said in those words.
static bool lacks_consent(const struct condition *every) {
    return every->has.count == 1 && every->has.at[0].kind == CONDITION_ATOM && !every->has.at[0].negated &&
           every->has.at[0].relation == RELATION_CONSENTS;
}

static bool list_lacking(void *context, const struct bindings *solution) {
    struct lacking *all = context;
    struct making *making = all->making;
    if (solver_holds(&making->solver, all->every->has, *solution)) return true;
    if (all->count++ == 0) all->first = bindings_copy(making->arena, *solution);
    const struct condition *has = &all->every->has.at[0];
    value pattern[COLUMNS_MAX + 1];
    if (lacks_consent(all->every) && solver_pattern(&making->solver, has, *solution, pattern)) {
        text_print(&all->seats, "%s%.*s", all->seats.length ? ", " : "",
                   SPAN_ARG(tell_value(making, (struct type){TYPE_ACTOR, NO_ID}, pattern[1])));
    } else if (all->count <= EXPLAIN_LIST_MAX) {
        struct text line = {0};
        bool atoms = true;
        for (uint32_t i = 0; i < all->every->has.count; i++) {
            const struct condition *c = &all->every->has.at[i];
            atoms = atoms && c->kind == CONDITION_ATOM && !c->negated;
            if (atoms)
                text_print(&line, "%s%.*s", i ? ", " : said(making, "missing: "),
                           SPAN_ARG(tell_atom(making, c, *solution)));
        }
        if (!atoms) line.length = 0;
        if (!atoms) text_add(&line, said_span(making, SPAN("it fails")));
        for (uint32_t i = 0; i < all->every->inner.count; i++) {
            const struct condition *c = &all->every->inner.at[i];
            if (c->kind == CONDITION_ATOM && !c->negated)
                text_print(&line, "%s%.*s", i ? ", " : said(making, " for "),
                           SPAN_ARG(tell_atom(making, c, *solution)));
        }
        node_add(making, all->node, EXPLAIN_MISSING, EXPLAIN_FAILS, span_copy(making->arena, text_span(&line)));
        text_release(&line);
    }
    return true;
}

static void why_every_fails(struct making *making, struct explain_node *parent, const struct condition *c,
                            struct bindings bindings) {
    struct explain_node *node =
        node_add(making, parent, EXPLAIN_EVERY, EXPLAIN_FAILS, tell_condition(making, bindings.frame, c));
    struct lacking all = {.making = making, .node = node, .every = c};
    solver_solve(&making->solver, c->inner, bindings, list_lacking, &all);
    if (all.seats.length)
        node_print(making, node, EXPLAIN_MISSING, EXPLAIN_FAILS, "missing: consent of %.*s",
                   SPAN_ARG(text_span(&all.seats)));
    else if (all.count > EXPLAIN_LIST_MAX)
        node_print(making, node, EXPLAIN_CUT, EXPLAIN_NEUTRAL, "and %u more", all.count - EXPLAIN_LIST_MAX);
    text_release(&all.seats);
    if (all.count && !lacks_consent(c) && making_down(making, node)) {
        why_conditions_fail(making, node, c->has, all.first);
        making_up(making);
    }
}

static void why_condition_fails(struct making *making, struct explain_node *parent, const struct condition *c,
                                struct bindings bindings) {
    switch (c->kind) {
    case CONDITION_ATOM: why_atom_fails(making, parent, c, bindings); break;
    case CONDITION_COMPARE: why_comparison(making, parent, c, bindings, false); break;
    case CONDITION_EVERY: why_every_fails(making, parent, c, bindings); break;
    case CONDITION_NOT: {
        struct explain_node *node =
            node_print(making, parent, EXPLAIN_NOT, EXPLAIN_FAILS,
                       "%.*s fails, because this is so:", SPAN_ARG(tell_condition(making, bindings.frame, c)));
        struct group group = {making, node, c->inner};
        solver_solve(&making->solver, c->inner, bindings, show_first, &group);
        break;
    }
    }
}

// What was met on the way is said in a line each: the reader asks what is missing.
static void why_met(struct making *making, struct explain_node *parent, const struct condition *c,
                    struct bindings bindings) {
    if (is_hidden(making, c)) return;
    if (c->kind == CONDITION_ATOM && !c->negated)
        node_add(making, parent, EXPLAIN_ROW, EXPLAIN_HOLDS, tell_atom(making, c, bindings));
    else if (c->kind == CONDITION_ATOM)
        node_print(making, parent, EXPLAIN_NOT, EXPLAIN_HOLDS, "no %.*s holds",
                   SPAN_ARG(tell_atom(making, c, bindings)));
    else if (c->kind == CONDITION_COMPARE) why_comparison(making, parent, c, bindings, true);
    else
        node_add(making, parent, c->kind == CONDITION_NOT ? EXPLAIN_NOT : EXPLAIN_EVERY, EXPLAIN_HOLDS,
                 tell_condition(making, bindings.frame, c));
}

void why_conditions_met(struct making *making, struct explain_node *parent, struct conditions conditions,
                        struct bindings solution) {
    for (uint32_t i = 0; i < conditions.count; i++) why_met(making, parent, &conditions.at[i], solution);
}

void why_conditions_fail(struct making *making, struct explain_node *parent, struct conditions conditions,
                         struct bindings start) {
    struct progress progress = {.of = conditions.at}, *outer = making->solver.progress;
    making->solver.progress = &progress;
    bool met = solver_holds(&making->solver, conditions, start);
    making->solver.progress = outer;
    if (met || progress.furthest >= conditions.count || !progress.bindings.values) {
        node_add(making, parent, EXPLAIN_NOTE, EXPLAIN_NEUTRAL,
                 SPAN("its conditions are met as far as they can be asked"));
        return;
    }
    for (uint32_t i = 0; i < progress.furthest; i++) why_met(making, parent, &conditions.at[i], progress.bindings);
    if (making_down(making, parent)) {
        why_condition_fails(making, parent, &conditions.at[progress.furthest], progress.bindings);
        making_up(making);
    }
    if (progress.times > 1)
        node_print(making, parent, EXPLAIN_NOTE, EXPLAIN_NEUTRAL, "the same fails for %u bindings; the first is shown",
                   progress.times);
    if (making->solver.unknown)
        node_add(making, parent, EXPLAIN_NOTE, EXPLAIN_NEUTRAL,
                 SPAN("arithmetic or a limit kept part of it from being asked"));
}

// ---- Derived facts -------------------------------------------------------------------------------------------------
static bool absent_above(const struct making *making, uint32_t relation, const value *pattern) {
    size_t size = making->program->relations[relation].column_count * sizeof *pattern;
    for (uint32_t i = 0; i < making->stack.count; i++)
        if (making->stack.at[i].relation == relation && memcmp(making->stack.at[i].values, pattern, size) == 0)
            return true;
    return false;
}

// A rule that the compiler made for another procedure or organ than the one in question.
static bool fails_by_bookkeeping(struct making *making, const struct rule *rule, struct bindings start) {
    for (uint32_t i = 0; i < rule->body.count; i++) {
        value asked[COLUMNS_MAX + 1];
        const struct condition *c = &rule->body.at[i];
        if (!is_hidden(making, c) || c->negated || !solver_pattern(&making->solver, c, start, asked)) continue;
        struct row_copies rows = solver_rows(&making->solver, making->solver.question, c->relation, asked);
        bool none = rows.count == 0;
        row_copies_release(&rows);
        if (none) return true;
    }
    return false;
}

static void why_rule_fails(struct making *making, struct explain_node *parent, const struct rule *rule,
                           const value *pattern) {
    struct bindings start = bindings_new(making->arena, &rule->frame);
    bool fits = why_head_bind(making, rule, pattern, start);
    if (fits && fails_by_bookkeeping(making, rule, start)) return;
    struct explain_node *node = node_print(making, parent, EXPLAIN_RULE, EXPLAIN_FAILS, "by rule: %.*s",
                                           SPAN_ARG(tell_conditions(making, &rule->frame, rule->body)));
    node_cite(making, node, &rule->citation);
    if (fits) why_conditions_fail(making, node, rule->body, start);
    else node_add(making, node, EXPLAIN_NOTE, EXPLAIN_FAILS, SPAN("it concludes something else"));
}

// Of a proposal to which no seat gave an answer there is no more to say than that.
static bool nobody_answered_so(struct making *making, uint32_t relation, const value *pattern) {
    value answer = relation == RELATION_OBJECTS        ? ANSWER_OBJECT
                   : relation == RELATION_ABSTAINS     ? ANSWER_ABSTAIN
                   : relation == RELATION_STANDS_ASIDE ? ANSWER_STAND_ASIDE
                   : relation == RELATION_RESERVES     ? ANSWER_RESERVE
                                                       : VALUE_ANY;
    if (answer == VALUE_ANY || pattern[0] == VALUE_ANY || pattern[1] != VALUE_ANY) return false;
    value asked[3] = {pattern[0], VALUE_ANY, answer};
    struct row_copies rows = solver_rows(&making->solver, making->solver.question, RELATION_ANSWERED, asked);
    bool none = rows.count == 0;
    row_copies_release(&rows);
    return none;
}

void why_absent(struct making *making, struct explain_node *parent, uint32_t relation, const value *pattern) {
    const struct relation *r = &making->program->relations[relation];
    struct explain_node *node = node_print(making, parent, EXPLAIN_ABSENT, EXPLAIN_FAILS, "no %.*s holds",
                                           SPAN_ARG(tell_fact(making, relation, pattern)));
    node_cite(making, node, &r->citation);
    if (!r->derived) {
        why_near(making, node, relation, pattern);
        why_remedies(making, node, relation, pattern);
        if (relation == RELATION_OUTCOME && pattern[0] != VALUE_ANY) why_decision(making, node, pattern[0]);
        return;
    }
    if (absent_above(making, relation, pattern)) {
        node_add(making, node, EXPLAIN_NOTE, EXPLAIN_NEUTRAL, SPAN("as above"));
        return;
    }
    if (nobody_answered_so(making, relation, pattern)) {
        node_add(making, node, EXPLAIN_MISSING, EXPLAIN_NEUTRAL, SPAN("no seat has answered so"));
        return;
    }
    if (!making_down(making, node)) return;
    value *copy = ARENA_ARRAY(making->arena, value, r->column_count ? r->column_count : 1);
    if (r->column_count) memcpy(copy, pattern, r->column_count * sizeof *copy);
    VEC_PUSH(&making->stack, (struct fact_seen){relation, copy, making->solver.question.time});
    for (uint32_t i = 0; i < r->rule_count && i < EXPLAIN_LIST_MAX; i++)
        why_rule_fails(making, node, &making->program->rules[r->rules[i]], pattern);
    if (r->rule_count > EXPLAIN_LIST_MAX)
        node_print(making, node, EXPLAIN_CUT, EXPLAIN_NEUTRAL, "and %u more rules", r->rule_count - EXPLAIN_LIST_MAX);
    making->stack.count--;
    making_up(making);
}
