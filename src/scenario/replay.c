// SPDX-License-Identifier: Apache-2.0
// The story of a run at a terminal: a day, an hour, who did what, how it was answered and what came of it.
#include "scenario/scenario_internal.h"

#define INDENT 9u    // where an act's words begin: "22:00  ✓ "
#define LABEL 9u     // least width of the word before a consequence

struct teller {
    const struct scenario_run *run;
    struct evaluator *evaluator;
    struct scenario_words words;    // the run's, at the offset of the step that is told
    struct arena arena;
    struct text *out, line;
    bool whole_reasons, colour;
    uint32_t label;    // that width in the language
    int32_t offset;
    bool with_day;
    int64_t day;    // of the day line that stands above
    int32_t day_offset;
    int64_t clock;         // of the last line with an hour; TIME_MIN: none under this day line
    struct span medium;    // of the record that stands above
    bool recorded;
};

static const char *say(const struct teller *teller, const char *english) __attribute__((format_arg(2)));
static const char *say(const struct teller *teller, const char *english) { return words_say(&teller->words, english); }

static void ink_text(struct teller *teller, text_colour ink, const char *text) {
    text_ink(teller->out, teller->colour, ink);
    text_print(teller->out, "%s", text);
    text_ink(teller->out, teller->colour, INK_PLAIN);
}

static void end_line(struct teller *teller, uint32_t from, uint32_t indent) {
    text_wrap(teller->out, text_span(&teller->line), from, indent, WORDS_WIDTH);
    text_byte(teller->out, '\n');
    teller->line.length = 0;
}

// ---- Time -----------------------------------------------------------------------------------------------------------
static void print_offset(struct text *out, int32_t offset) {
    if (offset == 0) text_print(out, "UTC");
    else text_print(out, "%c%02d:%02d", offset < 0 ? '-' : '+', abs(offset) / 3600, abs(offset) / 60 % 60);
}

static void tell_day(struct teller *teller, int64_t time) {
    int64_t local = time + teller->offset, day = local / 86400 - (local % 86400 < 0);
    if (teller->with_day && day == teller->day && teller->offset == teller->day_offset) return;
    teller->with_day = true;
    teller->day = day;
    teller->day_offset = teller->offset;
    teller->clock = TIME_MIN;
    teller->recorded = false;
    text_byte(teller->out, '\n');
    text_ink(teller->out, teller->colour, INK_BOLD);
    text_date_words(&teller->words, teller->out, time, teller->offset);
    text_ink(teller->out, teller->colour, INK_PLAIN);
    text_ink(teller->out, teller->colour, INK_DIM);
    text_print(teller->out, " (");
    print_offset(teller->out, teller->offset);
    text_print(teller->out, ")\n");
    text_ink(teller->out, teller->colour, INK_PLAIN);
}

// The hour, where it is not the one above; 7 columns.
static void tell_clock(struct teller *teller, int64_t time) {
    tell_day(teller, time);
    struct text clock = {0};
    if (teller->clock != time) text_clock(&clock, time, teller->offset);
    text_ink(teller->out, teller->colour, INK_BOLD);
    text_add(teller->out, text_span(&clock));
    text_ink(teller->out, teller->colour, INK_PLAIN);
    text_pad(teller->out, (uint32_t)clock.length, clock.length > 5 ? (uint32_t)clock.length + 1 : 7);
    text_release(&clock);
    teller->clock = time;
}

static void due_words(struct teller *teller, const struct duty_view *duty) {
    if (duty->at_once) text_print(&teller->line, "%s", say(teller, ", at once"));
    if (duty->due == TIME_MAX) return;
    text_print(&teller->line, "%s", say(teller, duty->at_once ? "; by " : ", by "));
    words_time(&teller->words, teller->evaluator->program, duty->due, &teller->line);
    if (duty->house) text_print(&teller->line, "%s", say(teller, " (house setting)"));
}

// ---- Consequences ---------------------------------------------------------------------------------------------------
// The words before a consequence stand in a column as wide as the widest of them needs.
static uint32_t label_width(const struct teller *teller) {
    static const char *const labels[] = {"duty",    "met",     "released", "lapsed",  "OVERDUE", "owed",
                                         "alleged", "finding", "closed",   "refused", "late",    "open"};
    uint32_t width = LABEL;
    for (uint32_t i = 0; i < COUNT_OF(labels); i++) {
        uint32_t wide = span_width(span_of(say(teller, labels[i]))) + 1;
        if (wide > width) width = wide;
    }
    return width;
}

static void tell_label(struct teller *teller, text_colour ink, const char *label) {
    label = say(teller, label);
    text_pad(teller->out, 0, INDENT);
    ink_text(teller, ink, label);
    text_pad(teller->out, span_width(span_of(label)), teller->label);
    if (span_width(span_of(label)) >= teller->label) text_byte(teller->out, ' ');
}

static void end_consequence(struct teller *teller) { end_line(teller, INDENT + teller->label, INDENT + teller->label); }

static void tell_answers(struct teller *teller, const struct decision_view *decision, uint32_t answer, bool answered,
                         const char *label) {
    uint32_t shown = 0;
    for (uint32_t i = 0; i < decision->seat_count; i++) {
        const struct seat_view *seat = &decision->seats[i];
        if (seat->answered != answered || (answered && seat->answer != answer)) continue;
        text_print(&teller->line, "%s", shown++ ? ", " : say(teller, label));
        words_actor(teller->evaluator, &teller->words, seat->seat, &teller->line);
        if (seat->reason == VALUE_ANY) continue;
        text_byte(&teller->line, ' ');
        words_value(teller->evaluator, &teller->words, (struct type){TYPE_TEXT, NO_ID}, seat->reason, &teller->line);
    }
    if (!shown) return;
    text_pad(teller->out, 0, INDENT + teller->label);
    end_line(teller, INDENT + teller->label, INDENT + teller->label + 2);
}

static void tell_decision(struct teller *teller, const struct deed *deed, struct question question) {
    const struct program *program = teller->evaluator->program;
    struct span outcome = program->kinds[KIND_OUTCOME].constants[deed->outcome].name;
    struct text label = {0};
    words_label_inside(&teller->words, outcome, &label);
    uint32_t wide = span_width(text_span(&label)), from = INDENT + (wide < teller->label ? teller->label : wide + 1);
    text_byte(&label, 0);
    tell_label(teller, deed->outcome == OUTCOME_ADOPTED ? INK_GREEN : INK_RED, label.at);
    text_release(&label);
    words_value(teller->evaluator, &teller->words, (struct type){TYPE_ENTITY, ENTITY_PROPOSAL}, deed->proposal,
                &teller->line);
    struct decision_view decision;
    if (decision_of(teller->evaluator, question, deed->proposal, &teller->arena, &decision)) {
        for (uint32_t k = 0; k < decision.item_count; k++) {
            const struct item_view *item = &decision.items[k];
            text_print(&teller->line, k ? say(teller, " and ") : ": ");
            words_item(teller->evaluator, &teller->words, item, &teller->line);
        }
        words_citation(&teller->words, program, decision.citation, &teller->line);
        end_line(teller, from, INDENT + teller->label);
        struct obstacle_view obstacle;
        if (deed->outcome == OUTCOME_NOT_EXECUTABLE &&
            scenario_obstacle(teller->evaluator, &teller->words, deed->proposal, &teller->arena, &obstacle)) {
            text_pad(teller->out, 0, INDENT + teller->label);
            text_print(&teller->line, "%.*s %.*s", SPAN_ARG(words_message(&teller->words, obstacle.message)),
                       SPAN_ARG(obstacle.citation));
            end_consequence(teller);
            text_reasons(teller->out, obstacle.why, REASON_INDENT, teller->colour);
        }
        static const char *const labels[] = {"consent: ", "object: ", "abstain: ", "stand aside: ",
                                             "consent with a reservation: "};
        for (uint32_t answer = 0; answer < COUNT_OF(labels); answer++)
            tell_answers(teller, &decision, answer, true, labels[answer]);
        tell_answers(teller, &decision, 0, false, "no answer: ");
    }
    if (teller->line.length) end_consequence(teller);
}

static void tell_duty(struct teller *teller, const struct deed *deed) {
    static const struct {
        const char *label;
        text_colour ink;
    } labels[] = {{"duty", INK_YELLOW}, {"met", INK_GREEN}, {"released", INK_DIM}, {"lapsed", INK_DIM}};
    tell_label(teller, deed->late ? INK_YELLOW : labels[deed->kind].ink,
               deed->late ? "met late" : labels[deed->kind].label);
    words_bearer(teller->evaluator, &teller->words, &deed->duty, &teller->line);
    text_print(&teller->line, ": ");
    words_duty(teller->evaluator, &teller->words, &deed->duty, &teller->line);
    if (deed->kind == DEED_DUTY) due_words(teller, &deed->duty);
    words_citation(&teller->words, teller->evaluator->program, deed->duty.citation, &teller->line);
    end_consequence(teller);
}

static void tell_overdue(struct teller *teller, const struct deed *deed) {
    tell_label(teller, INK_RED, "OVERDUE");
    words_bearer(teller->evaluator, &teller->words, &deed->duty, &teller->line);
    text_print(&teller->line, ": ");
    words_duty(teller->evaluator, &teller->words, &deed->duty, &teller->line);
    text_print(&teller->line, "%s", say(teller, ", since "));
    words_time(&teller->words, teller->evaluator->program, deed->duty.due, &teller->line);
    words_citation(&teller->words, teller->evaluator->program, deed->duty.citation, &teller->line);
    end_consequence(teller);
}

static void tell_finding(struct teller *teller, const struct deed *deed) {
    bool opens = deed->kind == DEED_FINDING;
    if (deed->overdue && opens) tell_overdue(teller, deed);
    if (deed->overdue) return;    // how the duty ended is told already
    tell_label(teller, opens ? INK_RED : INK_GREEN, opens ? deed->finding.alleged ? "alleged" : "finding" : "closed");
    words_finding(teller->evaluator, &teller->words, &deed->finding, &teller->line);
    size_t before = teller->line.length;
    text_print(&teller->line, " · ");
    words_finding_about(teller->evaluator, &teller->words, &deed->finding, &teller->line);
    if (teller->line.length == before + span_of(" · ").length) teller->line.length = before;
    if (opens && deed->finding.closed != TIME_MAX) {    // over before it was known
        text_print(&teller->line, "%s", say(teller, ", from "));
        words_time(&teller->words, teller->evaluator->program, deed->finding.opened, &teller->line);
        text_print(&teller->line, "%s", say(teller, " until "));
        words_time(&teller->words, teller->evaluator->program, deed->finding.closed, &teller->line);
    }
    words_citation(&teller->words, teller->evaluator->program, deed->finding.citation, &teller->line);
    end_consequence(teller);
}

static void tell_deed(struct teller *teller, const struct deed *deed, uint32_t position) {
    switch (deed->kind) {
    case DEED_DECIDED: tell_decision(teller, deed, (struct question){deed->time, position}); break;
    case DEED_FINDING:
    case DEED_CLOSED: tell_finding(teller, deed); break;
    default: tell_duty(teller, deed);
    }
}

// What fell due before the step, each at its own hour.
static void tell_settled(struct teller *teller, const struct step_result *result) {
    struct question question = {result->step->time, result->entered ? result->first : POSITION_LAST};
    struct deeds deeds = deeds_of(teller->evaluator, question, result->settled, result->settled_count, &teller->arena);
    for (uint32_t i = 0; i < deeds.count; i++) {
        if (i == 0 || deeds.at[i].time != deeds.at[i - 1].time) {
            tell_day(teller, deeds.at[i].time);
            teller->recorded = false;
            tell_clock(teller, deeds.at[i].time);
            ink_text(teller, INK_DIM, say(teller, "· falls due\n"));
        }
        tell_deed(teller, &deeds.at[i], result->first);
    }
}

// ---- Acts -----------------------------------------------------------------------------------------------------------
static void tell_record(struct teller *teller, const struct scenario_step *step) {
    if (!step->recorded) {
        teller->recorded = false;
        return;
    }
    if (teller->recorded && span_equal(teller->medium, step->medium)) return;
    tell_clock(teller, step->time);
    teller->recorded = true;
    teller->medium = step->medium;
    text_ink(teller->out, teller->colour, INK_BLUE);
    text_print(&teller->line, say(teller, "recorded: %.*s"), SPAN_ARG(step->medium));
    if (step->registrar.kind != OPERAND_ANY) {
        text_print(&teller->line, "%s", words_labelled(&teller->words) ? say(teller, ", recorded by ") : ", by ");
        words_operand(teller->run, &step->registrar, &teller->line);
    }
    end_line(teller, 7, INDENT);
    text_ink(teller->out, teller->colour, INK_PLAIN);
}

static void tell_names(struct teller *teller, const struct scenario_step *step) {
    const struct scenario_name *names = teller->run->scenario->names;
    if (step->proposal != NO_ID)
        text_print(&teller->line, say(teller, " as %.*s"), SPAN_ARG(names[step->proposal].text));
    for (uint32_t i = 0; i < step->made_count; i++) {
        bool proposal = step->kind == STEP_PROPOSE;
        text_print(&teller->line,
                   i          ? ", %.*s"
                   : proposal ? say(teller, ", for %.*s")
                              : say(teller, " as %.*s"),
                   SPAN_ARG(names[step->made[i]].text));
    }
}

static const struct citation *citation_of_step(const struct program *program, const struct scenario_step *step) {
    return step->call_count ? &program->acts[step->calls[0].act].citation : NULL;
}

// ---- Explanations ---------------------------------------------------------------------------------------------------
// The lines that decide, or the tree without its root: that stands above already.
static void tell_why(struct teller *teller, const struct step_result *result) {
    if (!teller->whole_reasons) {
        text_reasons(teller->out, result->why_decisive, REASON_INDENT, teller->colour);
        return;
    }
    bool root = true;
    for (uint32_t at = 0; at < result->why.length;) {
        uint32_t end = at;
        while (end < result->why.length && result->why.at[end] != '\n') end++;
        struct span line = span_part(result->why, at, end - at);
        // What the tree's root took more than one line for is indented by blanks, its children by their branches.
        root = root && (at == 0 || span_starts(line, "  "));
        at = end + 1;
        if (root) continue;
        text_pad(teller->out, 0, REASON_INDENT);
        text_add(teller->out, line);
        text_byte(teller->out, '\n');
    }
}

static void tell_refusal(struct teller *teller, const struct step_result *result) {
    const struct receipt *receipt = &result->receipt;
    tell_label(teller, INK_RED, receipt->status == RECEIPT_REFUSED ? "refused" : "turned away");
    text_add(&teller->line, words_message(&teller->words, receipt->message));
    words_citation(&teller->words, teller->evaluator->program, receipt->citation, &teller->line);
    end_consequence(teller);
    tell_why(teller, result);
}

// What would open as rows of the entry begin or end.
static void tell_foretold(struct teller *teller, const struct step_result *result) {
    for (uint32_t i = 0; i < result->foretold_count; i++) {
        const struct finding_view *finding = &result->foretold[i];
        tell_label(teller, INK_YELLOW, "foretold");
        words_time(&teller->words, teller->evaluator->program, finding->opened, &teller->line);
        text_print(&teller->line, ": %s%.*s", finding->alleged ? say(teller, "alleged, ") : "",
                   SPAN_ARG(words_message(&teller->words, finding->message)));
        size_t before = teller->line.length;
        text_print(&teller->line, " · ");
        words_finding_about(teller->evaluator, &teller->words, finding, &teller->line);
        if (teller->line.length == before + span_of(" · ").length) teller->line.length = before;
        words_citation(&teller->words, teller->evaluator->program, finding->citation, &teller->line);
        end_consequence(teller);
    }
    if (!result->foretold_cut) return;
    tell_label(teller, INK_YELLOW, "foretold");
    text_print(&teller->line, say(teller, "what comes after the first %u is not looked at"), FORETOLD_MAX);
    end_consequence(teller);
}

static void tell_act(struct teller *teller, const struct step_result *result) {
    const struct scenario_step *step = result->step;
    bool done = result->receipt.status == RECEIPT_DONE;
    tell_record(teller, step);
    tell_clock(teller, step->time);
    ink_text(teller, done ? INK_GREEN : INK_RED, done ? "✓ " : "✗ ");
    if (step->try) text_print(teller->out, "%s", say(teller, "try: "));
    struct span words = result->words.length ? result->words : span_of(say(teller, "an act that cannot be made")),
                who = span_part(words, 0, result->who_length);
    text_ink(teller->out, teller->colour, INK_BOLD);
    text_wrap(teller->out, who, INDENT + (step->try ? span_width(span_of(say(teller, "try: "))) : 0), INDENT + 2,
              WORDS_WIDTH);
    text_ink(teller->out, teller->colour, INK_PLAIN);
    text_add(&teller->line, span_part(words, who.length, words.length - who.length));
    tell_names(teller, step);
    if (done)
        words_citation(&teller->words, teller->evaluator->program, citation_of_step(teller->evaluator->program, step),
                       &teller->line);
    end_line(teller,
             INDENT + (step->try ? span_width(span_of(say(teller, "try: "))) : 0) +
                 span_width(who) % (WORDS_WIDTH - INDENT),
             INDENT + 2);
    if (!done && result->words.length) tell_refusal(teller, result);
    struct question question = {step->time, result->entered ? result->last : POSITION_LAST};
    struct deeds deeds = deeds_of(teller->evaluator, question, result->writes, result->write_count, &teller->arena);
    for (uint32_t i = 0; i < deeds.count; i++) {
        if (step->try && deeds.at[i].kind == DEED_DECIDED) {
            tell_label(teller, INK_DIM, "would be");
            words_label_inside(&teller->words,
                               teller->evaluator->program->kinds[KIND_OUTCOME].constants[deeds.at[i].outcome].name,
                               &teller->line);
            end_consequence(teller);
            continue;
        }
        tell_deed(teller, &deeds.at[i], result->last);
    }
    for (uint32_t i = 0; i < result->receipt.late_count; i++) {
        const struct late_outcome *late = &result->receipt.late[i];
        tell_label(teller, INK_YELLOW, "late");
        text_print(&teller->line,
                   late->would_be_done ? say(teller, "known then, entry %u would have been done")
                                       : say(teller, "known then, entry %u would have been refused"),
                   late->position);
        end_consequence(teller);
    }
    tell_foretold(teller, result);
}

static void tell_failures(struct teller *teller, uint32_t step) {
    for (uint32_t i = 0; i < teller->run->failures.count; i++) {
        const struct scenario_failure *failure = &teller->run->failures.at[i];
        if (failure->step != step) continue;
        tell_label(teller, INK_RED, "EXPECTED");
        text_print(&teller->line, say(teller, "%.*s; instead: %.*s"), SPAN_ARG(failure->expected),
                   SPAN_ARG(failure->got));
        end_consequence(teller);
    }
}

// ---- The whole ------------------------------------------------------------------------------------------------------
static struct span treaty_title(const struct teller *teller) {
    const struct program *program = teller->evaluator->program;
    const struct label *label = labels_find(teller->words.labels, program->name);
    return label ? label->label : program->title.length ? program->title : program->name;
}

static void tell_heading(struct teller *teller) {
    struct span title = teller->run->scenario->title;
    text_ink(teller->out, teller->colour, INK_BOLD);
    text_add(teller->out, title.length ? title : span_of(say(teller, "A scenario without a title")));
    text_ink(teller->out, teller->colour, INK_PLAIN);
    text_byte(teller->out, '\n');
    text_print(&teller->line, "%.*s · ", SPAN_ARG(treaty_title(teller)));
    scenario_visible_print(teller->run->scenario->path, &teller->line);
    text_ink(teller->out, teller->colour, INK_DIM);
    end_line(teller, 0, 0);
    text_ink(teller->out, teller->colour, INK_PLAIN);
}

static void tell_open(struct teller *teller, const struct decision_view *decision) {
    tell_label(teller, INK_YELLOW, "open");
    words_value(teller->evaluator, &teller->words, (struct type){TYPE_ENTITY, ENTITY_PROPOSAL}, decision->proposal,
                &teller->line);
    for (uint32_t k = 0; k < decision->item_count; k++) {
        const struct item_view *item = &decision->items[k];
        text_print(&teller->line, k ? say(teller, " and ") : ": ");
        words_item(teller->evaluator, &teller->words, item, &teller->line);
    }
    words_citation(&teller->words, teller->evaluator->program, decision->citation, &teller->line);
    end_consequence(teller);
    tell_answers(teller, decision, 0, false, "no answer: ");
}

static void tell_open_all(struct teller *teller, const struct story_end *end) {
    for (uint32_t i = 0; i < end->duties.count; i++) {
        const struct duty_view *duty = &end->duties.at[i];
        tell_label(teller, duty->status == DUTY_OVERDUE ? INK_RED : INK_YELLOW,
                   duty->status == DUTY_OVERDUE ? "OVERDUE" : "owed");
        words_bearer(teller->evaluator, &teller->words, duty, &teller->line);
        text_print(&teller->line, ": ");
        words_duty(teller->evaluator, &teller->words, duty, &teller->line);
        due_words(teller, duty);
        words_citation(&teller->words, teller->evaluator->program, duty->citation, &teller->line);
        end_consequence(teller);
    }
    for (uint32_t i = 0; i < end->findings.count; i++) {
        struct deed deed = {.kind = DEED_FINDING, .finding = end->findings.at[i]};
        tell_finding(teller, &deed);
    }
    for (uint32_t i = 0; i < end->decisions.count; i++) tell_open(teller, &end->decisions.at[i]);
}

static void tell_end(struct teller *teller) {
    struct story_end own, left;
    if (teller->evaluator->position == 0) return;
    if (teller->run->scenario->with_end) teller->words.offset = teller->run->scenario->end_offset;
    if (scenario_story_end(teller->run, &teller->arena, &own, &left) != ASK_OK) return;
    text_byte(teller->out, '\n');
    ink_text(teller, INK_BOLD, say(teller, "At the end\n"));
    if (story_end_open(&own) == 0) {
        text_pad(teller->out, 0, INDENT);
        text_print(teller->out, "%s", say(teller, "nothing is owed and nothing is amiss\n"));
    }
    tell_open_all(teller, &own);
    if (story_end_open(&left) == 0) return;
    text_byte(teller->out, '\n');
    ink_text(teller, INK_BOLD, say(teller, "Still open from the register"));
    text_byte(teller->out, '\n');
    tell_open_all(teller, &left);
}

static void tell_names_in_labels(struct teller *teller, size_t from) {
    struct scenario_legend legend = {.labels = teller->words.labels};
    legend_run(&legend, teller->run);
    legend_text(&legend, (struct span){teller->out->at + from, (uint32_t)(teller->out->length - from)});
    if (legend.at.count) {
        text_byte(teller->out, '\n');
        ink_text(teller, INK_BOLD, say(teller, "Names\n"));
        legend_print(&legend, teller->out);
    }
    legend_release(&legend);
}

static void tell_verdict(struct teller *teller) {
    uint32_t expected = 0;
    const struct scenario_run *run = teller->run;
    uint32_t begins = scenario_begins(run);
    for (uint32_t i = 0; i < run->steps.count; i++) {
        const struct step_result *result = &run->steps.at[i];
        // What a row of the register expects is spoken of where it fails.
        if (i < begins && result->step->row && !result->failed) continue;
        expected += result->step->kind == STEP_EXPECT ? 1 : result->step->result_count;
    }
    text_byte(teller->out, '\n');
    if (run->failures.count) {
        text_ink(teller->out, teller->colour, INK_RED);
        text_print(teller->out,
                   run->failures.count == 1 ? say(teller, "%u expectation not met, of %u\n")
                                            : say(teller, "%u expectations not met, of %u\n"),
                   run->failures.count, expected);
    } else {
        text_ink(teller->out, teller->colour, INK_GREEN);
        if (expected == 0) text_print(teller->out, "%s", say(teller, "nothing was expected\n"));
        else if (expected == 1) text_print(teller->out, "%s", say(teller, "its expectation is met\n"));
        else text_print(teller->out, say(teller, "all %u expectations are met\n"), expected);
    }
    text_ink(teller->out, teller->colour, INK_PLAIN);
}

void scenario_replay_print(const struct scenario_run *run, struct text *out, bool whole_reasons, bool colour) {
    struct teller teller = {.run = run, .evaluator = run->evaluator, .words = run->words, .out = out,
                            .whole_reasons = whole_reasons, .colour = colour, .clock = TIME_MIN};
    arena_init(&teller.arena);
    teller.label = label_width(&teller);
    size_t from = out->length;
    tell_heading(&teller);
    uint32_t taken = scenario_taken_in(run), begins = scenario_begins(run);
    if (taken) {
        text_ink(out, colour, INK_DIM);
        text_print(out, say(&teller, "Steps of the register taken in before: %u."), taken);
        text_ink(out, colour, INK_PLAIN);
        text_byte(out, '\n');
    }
    for (uint32_t i = 0; i < run->steps.count; i++) {
        const struct step_result *result = &run->steps.at[i];
        if (result->step->kind != STEP_EXPECT && i >= begins) {
            teller.offset = teller.words.offset = result->step->offset;
            if (!result->step->try) tell_settled(&teller, result);
            tell_act(&teller, result);
        }
        tell_failures(&teller, i);
        arena_reset(&teller.arena);
    }
    tell_end(&teller);
    tell_names_in_labels(&teller, from);
    tell_failures(&teller, NO_ID);
    tell_verdict(&teller);
    text_release(&teller.line);
    arena_release(&teller.arena);
}
