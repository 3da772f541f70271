// SPDX-License-Identifier: Apache-2.0
// Holds what came of a step against what its scenario says: the outcomes after `->`, and `expect`.
#include "scenario/scenario_internal.h"

// ---- Words of what was expected -------------------------------------------------------------------------------------
void words_operand(const struct scenario_run *run, const struct operand *operand, struct text *out) {
    const struct evaluator *evaluator = run->evaluator;
    switch (operand->kind) {
    case OPERAND_VALUE:
        if (operand->name) words_chair(evaluator->program, &run->words, operand->name - 1, out);
        else words_value(evaluator, &run->words, operand->type, operand->value, out);
        break;
    case OPERAND_TEXT: text_print(out, "“%.*s”", SPAN_ARG(operand->text)); break;
    case OPERAND_NAME: text_add(out, run->scenario->names[operand->name].text); break;
    case OPERAND_ANY: text_byte(out, '_'); break;
    case OPERAND_ROLE:
        text_print(out, "%.*s(", SPAN_ARG(evaluator->program->relations[operand->name].name));
        words_operand(run, operand->inner, out);
        text_byte(out, ')');
        break;
    }
}

void words_finding_expected(const struct scenario_words *words, bool alleged, struct span message, struct text *out) {
    text_print(out, "%s %s", words_say(words, "finding"), alleged ? words_say(words, "alleged ") : "");
    text_print(out, words_say(words, "“%.*s”"), SPAN_ARG(words_message(words, message)));
}

// Without labels as a scenario has it, hyphens and all.
void words_outcome_expected(const struct scenario_words *words, struct span outcome, struct text *out) {
    if (words_labelled(words)) words_label_inside(words, outcome, out);
    else text_add(out, outcome);
}

static void words_pattern(const struct scenario_run *run, const char *word, const struct duty_pattern *pattern,
                          struct text *out) {
    text_print(out, "%s ", words_say(&run->words, word));
    words_operand(run, &pattern->bearer, out);
    if (pattern->act == NO_ID) return;
    text_print(out, " %.*s", SPAN_ARG(run->evaluator->program->acts[pattern->act].name));
    for (uint32_t i = 0; i < pattern->argument_count; i++) {
        text_print(out, i ? ", " : "(");
        words_operand(run, &pattern->arguments[i], out);
    }
    if (pattern->argument_count) text_byte(out, ')');
}

static struct span outcome_name(const struct scenario_run *run, uint32_t outcome) {
    const struct kind *kind = &run->evaluator->program->kinds[KIND_OUTCOME];
    return outcome < kind->constant_count ? kind->constants[outcome].name : SPAN("open");
}

static struct span words_result(struct scenario_run *run, const struct scenario_result *result) {
    struct text out = {0};
    struct span words;
    switch (result->kind) {
    case RESULT_DONE: text_print(&out, "%s", words_say(&run->words, "done")); break;
    case RESULT_PROPOSED: text_print(&out, "%s", words_say(&run->words, "proposed")); break;
    case RESULT_ANSWERED: text_print(&out, "%s", words_say(&run->words, "answered")); break;
    case RESULT_REFUSED:
        text_print(&out, "%s", words_say(&run->words, "refused"));
        if (result->with_message) text_byte(&out, ' ');
        if (result->with_message)
            text_print(&out, words_say(&run->words, "“%.*s”"), SPAN_ARG(words_message(&run->words, result->message)));
        if (result->citation.length) text_print(&out, " [%.*s]", SPAN_ARG(result->citation));
        break;
    case RESULT_OUTCOME: words_outcome_expected(&run->words, outcome_name(run, result->outcome), &out); break;
    case RESULT_DUTY: words_pattern(run, "duty", &result->duty, &out); break;
    case RESULT_MET: words_pattern(run, "met", &result->duty, &out); break;
    case RESULT_RELEASED: words_pattern(run, "released", &result->duty, &out); break;
    case RESULT_LAPSED: words_pattern(run, "lapsed", &result->duty, &out); break;
    case RESULT_FINDING: words_finding_expected(&run->words, result->alleged, result->message, &out); break;
    case RESULT_CLOSES:
        text_print(&out, words_say(&run->words, "closes “%.*s”"),
                   SPAN_ARG(words_message(&run->words, result->message)));
        break;
    case RESULT_LATE: text_print(&out, words_say(&run->words, "late %u"), result->count); break;
    }
    text_end(&out, &words, &run->arena);
    return words;
}

static struct span words_receipt(struct scenario_run *run, const struct step_result *result) {
    const struct receipt *receipt = &result->receipt;
    struct text out = {0};
    struct span words;
    if (receipt->status == RECEIPT_DONE) {
        text_print(&out, "%s",
                   words_say(&run->words, result->step->kind == STEP_PROPOSE  ? "proposed"
                                          : result->step->kind == STEP_ANSWER ? "answered"
                                                                              : "done"));
    } else {
        text_print(&out, "%s ", words_say(&run->words, receipt->status == RECEIPT_REFUSED ? "refused" : "turned away"));
        text_print(&out, words_say(&run->words, "“%.*s”"), SPAN_ARG(words_message(&run->words, receipt->message)));
        words_citation(&run->words, run->evaluator->program, receipt->citation, &out);
    }
    text_end(&out, &words, &run->arena);
    return words;
}

// ---- Duties ---------------------------------------------------------------------------------------------------------
// A bearer is meant by its name, by a role, or as who holds the role at that moment.
bool pattern_meets(struct scenario_run *run, const struct duty_pattern *pattern, const struct duty_view *duty) {
    value wanted;
    struct span text;
    if (!run_operand(run, &pattern->bearer, 0, &wanted, &text)) return false;
    if (wanted != VALUE_ANY && wanted != duty->bearer && wanted != duty->holder) return false;
    if (pattern->act == NO_ID) return true;
    if (pattern->act != duty->act) return false;
    for (uint32_t i = 0; i < pattern->argument_count; i++) {
        if (pattern->arguments[i].kind == OPERAND_ANY) continue;
        if (!run_operand(run, &pattern->arguments[i], 0, &wanted, &text)) return false;
        if (!duty->given[i] || wanted != duty->arguments[i]) return false;
    }
    return true;
}

// ---- Deeds ----------------------------------------------------------------------------------------------------------
// A row of a relation by its key, whenever it held.
static bool ever_row(struct evaluator *evaluator, uint32_t relation, value key, struct arena *arena, struct row *row) {
    struct rows rows = rows_ever(evaluator, relation, arena);
    const struct row *found = rows_find(&rows, key);
    if (found) *row = *found;
    return found != NULL;
}

static void duty_deed(struct evaluator *evaluator, struct question question, const struct writes *writes,
                      struct arena *arena, value duty, struct duty_view *view) {
    const struct write *row = find_write(writes, WRITE_END, RELATION_DUTY, duty);
    if (!row) row = find_write(writes, WRITE_BEGIN, RELATION_DUTY, duty);
    *view = (struct duty_view){.duty = duty, .bearer = ACTOR_NONE, .due = TIME_MAX};
    if (row) {
        view->bearer = row->values[1];
        view->due = row->values[2];
        view->opened = row->from;
    }
    struct row known;
    if (!row && (row_of(evaluator, question, RELATION_DUTY, duty, arena, &known) ||
                 ever_row(evaluator, RELATION_DUTY, duty, arena, &known))) {
        view->bearer = known.values[1];
        view->due = known.values[2];
        view->opened = known.from;
    }
    duty_describe(evaluator, question, writes, arena, view);
}

// A finding that a duty is overdue is about that duty.
static void overdue_duty(struct evaluator *evaluator, struct question question, const struct writes *writes,
                         struct arena *arena, struct deed *deed) {
    const struct program *program = evaluator->program;
    if (deed->finding.norm >= program->norms_count || program->norms[deed->finding.norm].kind != NORM_OVERDUE ||
        deed->finding.binding_count == 0)
        return;
    duty_deed(evaluator, question, writes, arena, deed->finding.binding[0], &deed->duty);
    deed->overdue = deed->duty.bearer != ACTOR_NONE;
}

static bool deed_of(struct evaluator *evaluator, struct question question, const struct writes *writes,
                    const struct rows *concerns, const struct write *write, struct arena *arena, struct deed *deed) {
    bool begins = write->kind == WRITE_BEGIN;
    *deed = (struct deed){.time = begins ? write->from : write->until};
    if (write->kind == WRITE_END && write->relation == RELATION_FINDING) deed->kind = DEED_CLOSED;
    else if (!begins) return false;
    else if (write->relation == RELATION_DUTY) deed->kind = DEED_DUTY;
    else if (write->relation == RELATION_MET) deed->kind = DEED_MET;
    else if (write->relation == RELATION_RELEASED) deed->kind = DEED_RELEASED;
    else if (write->relation == RELATION_LAPSED) deed->kind = DEED_LAPSED;
    else if (write->relation == RELATION_FINDING) deed->kind = DEED_FINDING;
    else if (write->relation == RELATION_OUTCOME) deed->kind = DEED_DECIDED;
    else return false;
    switch (deed->kind) {
    case DEED_FINDING:
    case DEED_CLOSED:
        deed->finding = (struct finding_view){.finding = write->values[0],
                                              .norm = (uint32_t)write->values[1],
                                              .opened = write->from,
                                              .closed = write->until};
        finding_describe(evaluator, question, writes, concerns, arena, &deed->finding);
        deed->finding.alleged = find_write(writes, WRITE_BEGIN, RELATION_ALLEGED, write->values[0]) != NULL;
        overdue_duty(evaluator, question, writes, arena, deed);
        return true;
    case DEED_DECIDED:
        deed->proposal = write->values[0];
        deed->outcome = (uint32_t)write->values[1];
        return true;
    default:
        deed->late = deed->kind == DEED_MET && write->values[1] != 0;
        duty_deed(evaluator, question, writes, arena, write->values[0], &deed->duty);
        return deed->duty.bearer != ACTOR_NONE;
    }
}

struct deeds deeds_of(struct evaluator *evaluator, struct question question, const struct write *writes, uint32_t count,
                      struct arena *arena) {
    struct deeds deeds = {ARENA_ARRAY(arena, struct deed, count + 1), 0};
    struct writes sorted = writes_sort(evaluator->program, writes, count, arena);
    struct rows concerns = {0};
    ask_status asked = ASK_OK;
    struct arena scratch;
    arena_init(&scratch);
    for (uint32_t i = 0; i < count && !concerns.at; i++)
        if (writes[i].relation == RELATION_FINDING) asked = concerns_ask(evaluator, question, &scratch, &concerns);
    const struct rows *known = asked == ASK_OK ? &concerns : NULL;
    for (uint32_t i = 0; i < count; i++)
        if (deed_of(evaluator, question, &sorted, known, &writes[i], arena, &deeds.at[deeds.count])) deeds.count++;
    arena_release(&scratch);
    return deeds;
}

// ---- After -> -------------------------------------------------------------------------------------------------------
static bool citation_meets(const struct scenario_run *run, const struct citation *citation, struct span wanted) {
    struct text printed = {0};
    words_citation(NULL, run->evaluator->program, citation, &printed);
    bool same = false;
    if (printed.length > 3) {
        struct span got = {printed.at + 2, (uint32_t)printed.length - 3};
        uint32_t comma = got.length;
        for (uint32_t i = 0; i < got.length; i++)
            if (got.at[i] == ',') comma = i;
        same = span_equal(got, wanted) || span_equal(span_part(got, 0, comma), wanted);
    }
    text_release(&printed);
    return same;
}

static bool refusal_meets(const struct scenario_run *run, const struct receipt *receipt,
                          const struct scenario_result *result) {
    if (receipt->status == RECEIPT_DONE) return false;
    if (result->with_message && !span_equal(receipt->message, result->message) &&
        !span_is(result->message, refusal_text(receipt->refusal)))
        return false;
    return result->citation.length == 0 || citation_meets(run, receipt->citation, result->citation);
}

static void bind_deed(struct scenario_run *run, uint32_t name, value v) {
    if (name == NO_ID) return;
    run->names[name] = v;
    run->bound[name] = true;
}

static bool duty_result(struct scenario_run *run, const struct scenario_result *result, const struct deeds *deeds) {
    static const deed_kind kinds[] = {[RESULT_DUTY] = DEED_DUTY,
                                      [RESULT_MET] = DEED_MET,
                                      [RESULT_RELEASED] = DEED_RELEASED,
                                      [RESULT_LAPSED] = DEED_LAPSED};
    for (uint32_t i = 0; i < deeds->count; i++) {
        if (deeds->at[i].kind != kinds[result->kind] || !pattern_meets(run, &result->duty, &deeds->at[i].duty))
            continue;
        bind_deed(run, result->bound, deeds->at[i].duty.duty);
        return true;
    }
    return false;
}

static bool finding_result(struct scenario_run *run, const struct scenario_result *result, const struct deeds *deeds) {
    for (uint32_t i = 0; i < deeds->count; i++) {
        const struct finding_view *finding = &deeds->at[i].finding;
        bool opens = deeds->at[i].kind == DEED_FINDING, closes = deeds->at[i].kind == DEED_CLOSED;
        closes |= opens && finding->closed != TIME_MAX;    // what was learnt of the past is over already
        if (!(result->kind == RESULT_FINDING ? opens : closes) || !span_equal(finding->message, result->message) ||
            (result->alleged && !finding->alleged))
            continue;
        bind_deed(run, result->bound, finding->finding);
        return true;
    }
    return false;
}

// The outcome of the proposal that the step is about; of any, where it is about none.
static bool outcome_result(struct scenario_run *run, const struct step_result *result, uint32_t outcome,
                           const struct deeds *deeds) {
    const struct scenario_step *step = result->step;
    value about = VALUE_ANY;
    struct span text;
    if (step->kind == STEP_PROPOSE && result->entered) about = entity_of(result->receipt.position, 0);
    if (step->kind == STEP_ANSWER && step->answer_count &&
        !run_operand(run, &step->answers[0].proposal, step->time, &about, &text))
        return false;
    if (step->kind == STEP_WITHDRAW && !run_operand(run, &step->object, step->time, &about, &text)) return false;
    for (uint32_t i = 0; i < deeds->count; i++) {
        const struct deed *deed = &deeds->at[i];
        if (deed->kind == DEED_DECIDED && deed->outcome == outcome &&
            (about == VALUE_ANY || deed->proposal == about || step->answer_count > 1))
            return true;
    }
    return false;
}

static bool result_meets(struct scenario_run *run, const struct step_result *result,
                         const struct scenario_result *wanted, const struct deeds *deeds) {
    bool done = result->receipt.status == RECEIPT_DONE;
    switch (wanted->kind) {
    case RESULT_DONE: return done;
    case RESULT_PROPOSED: return done && result->step->kind == STEP_PROPOSE;
    case RESULT_ANSWERED: return done && result->step->kind == STEP_ANSWER;
    case RESULT_REFUSED: return refusal_meets(run, &result->receipt, wanted);
    case RESULT_OUTCOME: return done && outcome_result(run, result, wanted->outcome, deeds);
    case RESULT_DUTY:
    case RESULT_MET:
    case RESULT_RELEASED:
    case RESULT_LAPSED: return done && duty_result(run, wanted, deeds);
    case RESULT_FINDING:
    case RESULT_CLOSES: return done && finding_result(run, wanted, deeds);
    case RESULT_LATE: return done && result->receipt.late_count == wanted->count;
    }
    return false;
}

// A duty that was to end and did not: the bearer's open ones say what was asked instead.
static void open_duties(struct scenario_run *run, const struct step_result *result, const struct duty_pattern *wanted,
                        struct text *out) {
    struct duty_views duties;
    struct duty_pattern whose = {.bearer = wanted->bearer, .act = NO_ID};
    uint32_t shown = 0;
    if (scenario_duties(run->evaluator, (struct question){result->step->time, POSITION_LAST}, &run->arena, &duties) !=
        ASK_OK)
        return;
    for (uint32_t i = 0; i < duties.count && shown < 3; i++) {
        if (duties.at[i].status > DUTY_OVERDUE) continue;
        if (pattern_meets(run, wanted, &duties.at[i])) return;
        if (!pattern_meets(run, &whose, &duties.at[i])) continue;
        text_print(out, "%s", shown++ ? ", " : words_say(&run->words, "; no open duty matches; open: "));
        words_duty(run->evaluator, &run->words, &duties.at[i], out);
    }
}

// What came instead, as far as it bears on what was wanted.
static struct span words_instead(struct scenario_run *run, const struct step_result *result,
                                 const struct scenario_result *wanted, const struct deeds *deeds) {
    struct text out = {0};
    struct span words = words_receipt(run, result);
    text_add(&out, words);
    if (wanted->kind == RESULT_LATE && result->receipt.status == RECEIPT_DONE)
        text_add(&out, SPAN("; ")), text_print(&out, words_say(&run->words, "late %u"), result->receipt.late_count);
    for (uint32_t i = 0; i < deeds->count; i++) {
        static const char *const verbs[] = {"duty", "met", "released", "lapsed"};
        const struct deed *deed = &deeds->at[i];
        text_print(&out, "; ");
        if (deed->kind <= DEED_LAPSED) {
            text_print(&out, "%s ", words_say(&run->words, verbs[deed->kind]));
            words_bearer(run->evaluator, &run->words, &deed->duty, &out);
            text_byte(&out, ' ');
            words_duty(run->evaluator, &run->words, &deed->duty, &out);
        } else if (deed->kind == DEED_DECIDED) {
            words_outcome_expected(&run->words, outcome_name(run, deed->outcome), &out);
        } else if (deed->kind == DEED_FINDING) {
            words_finding_expected(&run->words, deed->finding.alleged, deed->finding.message, &out);
        } else {
            text_print(&out, words_say(&run->words, "closes “%.*s”"),
                       SPAN_ARG(words_message(&run->words, deed->finding.message)));
        }
    }
    bool ends = wanted->kind == RESULT_MET || wanted->kind == RESULT_RELEASED || wanted->kind == RESULT_LAPSED;
    if (ends && result->receipt.status == RECEIPT_DONE) open_duties(run, result, &wanted->duty, &out);
    text_end(&out, &words, &run->arena);
    return words;
}

void run_check(struct scenario_run *run, uint32_t step, struct step_result *result) {
    const struct scenario_step *of = result->step;
    if (of->result_count == 0) {
        if (result->receipt.status == RECEIPT_DONE) return;
        run_explain(run, result);
        run_fail(run, step, of->place, span_of(words_say(&run->words, "anything but a refusal")),
                 words_receipt(run, result), result->why);
        return;
    }
    struct question question = {of->time, POSITION_LAST};
    struct deeds deeds = deeds_of(run->evaluator, question, result->writes, result->write_count, &run->arena);
    for (uint32_t i = 0; i < of->result_count; i++) {
        const struct scenario_result *wanted = &of->results[i];
        if (result_meets(run, result, wanted, &deeds)) continue;
        run_explain(run, result);
        run_fail(run, step, wanted->place, words_result(run, wanted), words_instead(run, result, wanted, &deeds),
                 result->why);
        if (result->receipt.status != RECEIPT_DONE) return;    // the rest fails for the same reason
    }
    bool refused = false;
    for (uint32_t i = 0; i < of->result_count; i++) refused |= of->results[i].kind == RESULT_REFUSED;
    ENSURE(refused || result->failed || result->receipt.status == RECEIPT_DONE);
}
