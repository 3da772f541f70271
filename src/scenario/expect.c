// SPDX-License-Identifier: Apache-2.0
// `expect`: asks the evaluator and says what is so instead.
#include "scenario/scenario_internal.h"

// A fact as it was asked, or as a row has it.
struct fact_words {
    const struct operand *asked;
    const value *values;
};

static void print_column(struct scenario_run *run, uint32_t relation, struct fact_words fact, uint32_t column,
                         struct text *out) {
    if (fact.asked) words_operand(run, &fact.asked[column], out);
    else
        words_value(run->evaluator, &run->words, run->evaluator->program->relations[relation].columns[column].type,
                    fact.values[column], out);
}

static void print_fact(struct scenario_run *run, uint32_t relation, struct fact_words fact, struct text *out) {
    struct row_form form = program_row_form(run->evaluator->program, relation);
    if (form.proposes) print_column(run, relation, fact, 0, out);
    text_print(out, "%s%.*s(", form.proposes ? " proposes " : "", SPAN_ARG(form.name));
    for (uint32_t i = form.from; i < form.to; i++) {
        if (i > form.from) text_print(out, ", ");
        print_column(run, relation, fact, i, out);
    }
    text_byte(out, ')');
}

static const char *const duty_words[] = {
    [EXPECT_DUTY] = "duty", [EXPECT_OVERDUE] = "overdue", [EXPECT_MET] = "met"};

static struct span words_expect(struct scenario_run *run, const struct scenario_expect *expect) {
    const struct program *program = run->evaluator->program;
    struct text out = {0};
    struct span words;
    if (expect->negated) text_print(&out, "%s", words_say(&run->words, "not "));
    switch (expect->kind) {
    case EXPECT_FACT: print_fact(run, expect->relation, (struct fact_words){.asked = expect->pattern}, &out); break;
    case EXPECT_DUTY:
    case EXPECT_OVERDUE:
    case EXPECT_MET:
        text_print(&out, "%s ", words_say(&run->words, duty_words[expect->kind]));
        words_operand(run, &expect->duty.bearer, &out);
        if (expect->duty.act == NO_ID) break;
        text_print(&out, " %.*s", SPAN_ARG(program->acts[expect->duty.act].name));
        for (uint32_t i = 0; i < expect->duty.argument_count; i++) {
            text_print(&out, i ? ", " : "(");
            words_operand(run, &expect->duty.arguments[i], &out);
        }
        if (expect->duty.argument_count) text_byte(&out, ')');
        break;
    case EXPECT_FINDING:
        words_finding_expected(&run->words, expect->alleged, expect->message, &out);
        break;
    case EXPECT_DECISION: {
        text_print(&out, "%s ", words_say(&run->words, "decision"));
        words_operand(run, &expect->proposal, &out);
        struct span outcome =
            expect->outcome == NO_ID ? SPAN("open") : program->kinds[KIND_OUTCOME].constants[expect->outcome].name;
        text_byte(&out, ' ');
        words_outcome_expected(&run->words, outcome, &out);
        break;
    }
    }
    text_end(&out, &words, &run->arena);
    return words;
}

// A failed expectation. `got` is taken over.
static void fail(struct scenario_run *run, uint32_t step, struct text *got, struct span why) {
    const struct scenario_step *of = run->steps.at[step].step;
    struct span words;
    text_end(got, &words, &run->arena);
    run_fail(run, step, of->place, words_expect(run, &of->expect), words, why);
}

static bool answered(struct scenario_run *run, uint32_t step, ask_status status) {
    if (status == ASK_OK || status == ASK_STOPPED) return true;
    struct text got = {0};
    text_print(&got, "%s", words_say(&run->words, "a question that is too large"));
    fail(run, step, &got, (struct span){0});
    return false;
}

static void bind(struct scenario_run *run, uint32_t name, value v) {
    if (name == NO_ID) return;
    run->names[name] = v;
    run->bound[name] = true;
}

static bool is_bound(struct scenario_run *run, uint32_t step, const struct operand *operand, value *v) {
    struct span text;
    const struct operand *inner = operand;
    if (run_operand(run, operand, run->steps.at[step].step->time, v, &text)) return true;
    while (inner->kind == OPERAND_ROLE) inner = inner->inner;
    run_leave_out(run, step, operand->place, inner->name);
    return false;
}

// ---- Facts ----------------------------------------------------------------------------------------------------------
#define ROWS_SHOWN 3u

static void print_rows(struct scenario_run *run, uint32_t relation, const struct rows *rows, struct text *out) {
    struct row_form form = program_row_form(run->evaluator->program, relation);
    for (uint32_t i = 0; i < rows->count && i < ROWS_SHOWN; i++) {
        if (i) text_print(out, ", ");
        print_fact(run, relation, (struct fact_words){.values = rows->at[i].values}, out);
    }
    if (rows->count > ROWS_SHOWN) text_print(out, words_say(&run->words, " and %u more"), rows->count - ROWS_SHOWN);
    if (rows->count == 0 && form.proposes)
        text_print(out, words_say(&run->words, "no proposal of %.*s at all"), SPAN_ARG(form.name));
    else if (rows->count == 0) text_print(out, words_say(&run->words, "no %.*s at all"), SPAN_ARG(form.name));
}

static struct span why_fact(struct scenario_run *run, struct question question, uint32_t relation,
                            const value *pattern) {
    if (!run->why.fact) return (struct span){0};
    struct text why = {0};
    struct span words;
    run->why.fact(run->why.context, run->evaluator, question, relation, pattern, &why);
    text_end(&why, &words, &run->arena);
    return words;
}

static void expect_fact(struct scenario_run *run, uint32_t step) {
    const struct scenario_step *of = run->steps.at[step].step;
    const struct scenario_expect *expect = &of->expect;
    const struct relation *relation = &run->evaluator->program->relations[expect->relation];
    struct question question = {of->time, POSITION_LAST};
    value *pattern = ARENA_ARRAY(&run->arena, value, relation->column_count + 1);
    for (uint32_t i = 0; i < relation->column_count; i++)
        if (!is_bound(run, step, &expect->pattern[i], &pattern[i])) return;
    struct rows rows;
    if (!answered(run, step, rows_ask(run->evaluator, question, expect->relation, pattern, &run->arena, &rows))) return;
    run->steps.at[step].held = (rows.count > 0) != expect->negated;
    if (run->steps.at[step].held) return;
    struct span why = why_fact(run, question, expect->relation, pattern);
    // What is nearest: rows with the same first column, else all.
    if (!expect->negated) {
        for (uint32_t i = 1; i < relation->column_count; i++) pattern[i] = VALUE_ANY;
        if (!answered(run, step, rows_ask(run->evaluator, question, expect->relation, pattern, &run->arena, &rows)))
            return;
        if (rows.count == 0 && relation->column_count &&
            !answered(run, step, rows_ask(run->evaluator, question, expect->relation, NULL, &run->arena, &rows)))
            return;
    }
    struct text got = {0};
    print_rows(run, expect->relation, &rows, &got);
    fail(run, step, &got, why);
}

// ---- Duties ---------------------------------------------------------------------------------------------------------
static bool status_meets(expect_kind kind, duty_status status) {
    if (kind == EXPECT_DUTY) return status == DUTY_OPEN || status == DUTY_OVERDUE;
    if (kind == EXPECT_OVERDUE) return status == DUTY_OVERDUE;
    return status == DUTY_MET || status == DUTY_MET_LATE;
}

static void print_duties(struct scenario_run *run, const struct duty_views *duties, uint32_t act, struct text *out) {
    uint32_t shown = 0, more = 0;
    for (uint32_t i = 0; i < duties->count; i++) {
        const struct duty_view *duty = &duties->at[i];
        if (act != NO_ID && duty->act != act) continue;
        if (shown == ROWS_SHOWN) {
            more++;
            continue;
        }
        text_print(out, "%s%s: ", shown++ ? "; " : "", words_say(&run->words, duty_status_name(duty->status)));
        words_bearer(run->evaluator, &run->words, duty, out);
        text_byte(out, ' ');
        words_duty(run->evaluator, &run->words, duty, out);
    }
    if (more) text_print(out, words_say(&run->words, "; and %u more"), more);
    if (shown == 0 && duties->count && act != NO_ID)
        text_print(out, "%s", words_say(&run->words, "no duty to do this"));
    else if (shown == 0) text_print(out, "%s", words_say(&run->words, "no duty at all"));
}

static void expect_duty(struct scenario_run *run, uint32_t step) {
    const struct scenario_step *of = run->steps.at[step].step;
    const struct scenario_expect *expect = &of->expect;
    struct duty_views duties;
    value v;
    if (!is_bound(run, step, &expect->duty.bearer, &v)) return;
    for (uint32_t i = 0; i < expect->duty.argument_count; i++)
        if (!is_bound(run, step, &expect->duty.arguments[i], &v)) return;
    if (!answered(run, step,
                  scenario_duties(run->evaluator, (struct question){of->time, POSITION_LAST}, &run->arena, &duties)))
        return;
    bool found = false;
    for (uint32_t i = 0; i < duties.count && !found; i++) {
        found = status_meets(expect->kind, duties.at[i].status) && pattern_meets(run, &expect->duty, &duties.at[i]);
        if (found) bind(run, expect->bound, duties.at[i].duty);
    }
    run->steps.at[step].held = found != expect->negated;
    if (run->steps.at[step].held) return;
    struct text got = {0};
    print_duties(run, &duties, expect->duty.act, &got);
    fail(run, step, &got, (struct span){0});
}

// ---- Findings and decisions -----------------------------------------------------------------------------------------
static void expect_finding(struct scenario_run *run, uint32_t step) {
    const struct scenario_step *of = run->steps.at[step].step;
    const struct scenario_expect *expect = &of->expect;
    struct finding_views findings = {0};
    if (!answered(
            run, step,
            scenario_findings(run->evaluator, (struct question){of->time, POSITION_LAST}, &run->arena, &findings)))
        return;
    bool found = false;
    for (uint32_t i = 0; i < findings.count && !found; i++) {
        const struct finding_view *finding = &findings.at[i];
        found = finding->closed == TIME_MAX && span_equal(finding->message, expect->message) &&
                (!expect->alleged || finding->alleged);
        if (found) bind(run, expect->bound, finding->finding);
    }
    run->steps.at[step].held = found != expect->negated;
    if (run->steps.at[step].held) return;
    struct text got = {0};
    uint32_t shown = 0;
    for (uint32_t i = 0; i < findings.count; i++)
        if (findings.at[i].closed == TIME_MAX) {
            if (shown++) text_print(&got, "; ");
            words_finding_expected(&run->words, findings.at[i].alleged, findings.at[i].message, &got);
        }
    if (shown == 0) text_print(&got, "%s", words_say(&run->words, "no open finding"));
    fail(run, step, &got, (struct span){0});
}

static void expect_decision(struct scenario_run *run, uint32_t step) {
    const struct scenario_step *of = run->steps.at[step].step;
    const struct scenario_expect *expect = &of->expect;
    struct question question = {of->time, POSITION_LAST};
    value pattern[2] = {0, VALUE_ANY};
    struct rows open, outcome;
    if (!is_bound(run, step, &expect->proposal, &pattern[0])) return;
    if (!answered(run, step, rows_ask(run->evaluator, question, RELATION_OPEN, pattern, &run->arena, &open))) return;
    if (!answered(run, step, rows_ask(run->evaluator, question, RELATION_OUTCOME, pattern, &run->arena, &outcome)))
        return;
    bool found = expect->outcome == NO_ID ? open.count > 0
                                          : outcome.count > 0 && outcome.at[0].values[1] == (value)expect->outcome;
    run->steps.at[step].held = found != expect->negated;
    if (run->steps.at[step].held) return;
    const struct kind *kind = &run->evaluator->program->kinds[KIND_OUTCOME];
    struct text got = {0};
    if (open.count) text_print(&got, "%s", words_say(&run->words, "it is open"));
    else if (outcome.count)
        words_outcome_expected(&run->words, kind->constants[outcome.at[0].values[1]].name, &got);
    else text_print(&got, "%s", words_say(&run->words, "there is no such decision at that moment"));
    fail(run, step, &got, (struct span){0});
}

void run_expect(struct scenario_run *run, uint32_t step, struct step_result *result) {
    switch (result->step->expect.kind) {
    case EXPECT_FACT: expect_fact(run, step); break;
    case EXPECT_DUTY:
    case EXPECT_OVERDUE:
    case EXPECT_MET: expect_duty(run, step); break;
    case EXPECT_FINDING: expect_finding(run, step); break;
    case EXPECT_DECISION: expect_decision(run, step); break;
    }
}
