// SPDX-License-Identifier: Apache-2.0
// Reports of a run: its failures for people and programs, and the whole run as JSON.
#include "scenario/scenario_internal.h"

#define PART_COLUMN 12u

static void print_label(struct text *out, const char *label) {
    text_print(out, "  %s", label);
    uint32_t width = 2 + span_width(span_of(label));
    text_pad(out, width, width < PART_COLUMN ? PART_COLUMN : width + 1);
}

static void print_part(struct text *out, const char *label, struct span words, bool colour, text_colour ink) {
    print_label(out, label);
    text_ink(out, colour, ink);
    text_wrap(out, words, PART_COLUMN, PART_COLUMN, WORDS_WIDTH);
    text_ink(out, colour, INK_PLAIN);
    text_byte(out, '\n');
}

static struct span words_of_failure(const struct scenario_run *run, const struct scenario_failure *failure) {
    return failure->step == NO_ID ? (struct span){0} : run->steps.at[failure->step].words;
}

// What comes from a table failed there.
static struct span path_of(const struct diagnostics *all, struct place place, const struct scenario_run *run) {
    return place.source == run->scenario->place.source ? run->scenario->path : all->sources.at[place.source].path;
}

void scenario_failures_print(const struct diagnostics *all, const struct scenario_run *run, struct text *out,
                             bool colour) {
    for (uint32_t i = 0; i < run->failures.count; i++) {
        const struct scenario_failure *failure = &run->failures.at[i];
        uint32_t line, column;
        diagnostics_line(all, failure->place, &line, &column);
        text_ink(out, colour, INK_BOLD);
        scenario_visible_print(path_of(all, failure->place, run), out);
        text_print(out, ":%u: ", line);
        if (run->scenario->title.length) text_add(out, run->scenario->title);
        else text_print(out, "%s", words_say(&run->words, "a scenario without a title"));
        text_ink(out, colour, INK_PLAIN);
        text_byte(out, '\n');
        struct span words = words_of_failure(run, failure);
        if (words.length) print_part(out, words_say(&run->words, "step"), words, colour, INK_DIM);
        print_part(out, words_say(&run->words, "expected"), failure->expected, colour, INK_GREEN);
        print_part(out, words_say(&run->words, "got"), failure->got, colour, INK_RED);
        uint32_t at = 0;
        while (at < failure->why.length) {
            uint32_t end = at;
            while (end < failure->why.length && failure->why.at[end] != '\n') end++;
            if (at == 0) print_label(out, words_say(&run->words, "why"));
            else text_pad(out, 0, PART_COLUMN);
            text_add(out, span_part(failure->why, at, end - at));
            text_byte(out, '\n');
            at = end + 1;
        }
    }
}

// ---- JSON -----------------------------------------------------------------------------------------------------------
static void member(struct text *out, const char *name, struct span words) {
    if (out->at[out->length - 1] != '{') text_byte(out, ',');
    text_json(out, span_of(name));
    text_byte(out, ':');
    text_json(out, words);
}

static void json_place(const struct diagnostics *all, struct place place, struct span path, struct text *out) {
    uint32_t line, column;
    diagnostics_line(all, place, &line, &column);
    member(out, "path", path);
    text_print(out, ",\"line\":%u", line);
}

void scenario_failures_json(const struct diagnostics *all, const struct scenario_run *run, struct text *out) {
    text_byte(out, '[');
    for (uint32_t i = 0; i < run->failures.count; i++) {
        const struct scenario_failure *failure = &run->failures.at[i];
        text_print(out, i ? ",{" : "{");
        json_place(all, failure->place, path_of(all, failure->place, run), out);
        member(out, "scenario", run->scenario->title);
        member(out, "step", words_of_failure(run, failure));
        member(out, "expected", failure->expected);
        member(out, "got", failure->got);
        member(out, "why", failure->why);
        text_byte(out, '}');
    }
    text_byte(out, ']');
}

static void json_time(struct text *out, int64_t time, int32_t offset) {
    struct calendar_date date = calendar_date_of(time, offset);
    struct text words = {0};
    text_print(&words, "%04d-%02d-%02dT%02d:%02d:%02d", date.year, date.month, date.day, date.hour, date.minute,
               date.second);
    if (offset) text_print(&words, "%c%02d:%02d", offset < 0 ? '-' : '+', abs(offset) / 3600, abs(offset) / 60 % 60);
    else text_byte(&words, 'Z');
    member(out, "time", text_span(&words));
    text_release(&words);
}

static void json_deed(const struct scenario_run *run, const struct deed *deed, struct text *out) {
    static const char *const kinds[] = {"duty", "met", "released", "lapsed", "finding", "closed", "decided"};
    struct evaluator *evaluator = run->evaluator;
    struct text words = {0};
    text_byte(out, '{');
    member(out, "kind", span_of(kinds[deed->kind]));
    json_time(out, deed->time, 0);
    if (deed->kind == DEED_DECIDED) {
        words_value(evaluator, &run->words, (struct type){TYPE_ENTITY, ENTITY_PROPOSAL}, deed->proposal, &words);
        member(out, "proposal", text_span(&words));
        member(out, "outcome", evaluator->program->kinds[KIND_OUTCOME].constants[deed->outcome].name);
        if (deed->outcome == OUTCOME_NOT_EXECUTABLE) json_obstacle(evaluator, &run->words, deed->proposal, out);
    } else if (deed->kind == DEED_FINDING || deed->kind == DEED_CLOSED) {
        member(out, "message", deed->finding.message);
    } else {
        words_owing(evaluator, &run->words, &deed->duty, &words);
        member(out, "bearer", text_span(&words));
        words.length = 0;
        words_duty(evaluator, &run->words, &deed->duty, &words);
        member(out, "duty", text_span(&words));
        text_print(out, ",\"late\":%s", deed->late ? "true" : "false");
    }
    text_byte(out, '}');
    text_release(&words);
}

static void json_deeds(const struct scenario_run *run, struct arena *arena, const char *name,
                       const struct write *writes, uint32_t count, struct question question, struct text *out) {
    struct deeds deeds = deeds_of(run->evaluator, question, writes, count, arena);
    text_print(out, ",\"%s\":[", name);
    for (uint32_t i = 0; i < deeds.count; i++) {
        if (i) text_byte(out, ',');
        json_deed(run, &deeds.at[i], out);
    }
    text_byte(out, ']');
}

static void json_step(const struct scenario_run *run, struct arena *arena, const struct step_result *result,
                      struct text *out) {
    static const char *const statuses[] = {"done", "refused", "turned-away"};
    const struct scenario_step *step = result->step;
    const struct receipt *receipt = &result->receipt;
    struct question question = {step->time, POSITION_LAST};
    text_byte(out, '{');
    json_time(out, step->time, step->offset);
    member(out, "words", result->words);
    text_print(out, ",\"try\":%s,\"position\":", step->try ? "true" : "false");
    if (result->entered) text_print(out, "%u", result->last);
    else text_print(out, "null");
    if (step->recorded) member(out, "recorded", step->medium);
    if (step->recorded && step->standing != STANDING_DEFAULT)
        member(out, "standing", span_of(*standing_word(step->standing) ? standing_word(step->standing) : "verified"));
    if (step->row) {
        member(out, "table", step->table);
        text_print(out, ",\"row\":%u", step->row);
    }
    member(out, "status", span_of(statuses[receipt->status]));
    if (receipt->status != RECEIPT_DONE) {
        struct text citation = {0};
        words_citation(&run->words, run->evaluator->program, receipt->citation, &citation);
        member(out, "message", receipt->message);
        member(out, "citation", span_trim(text_span(&citation)));
        member(out, "why", result->why);
        text_release(&citation);
    }
    json_deeds(run, arena, "fell-due", result->settled, result->settled_count, question, out);
    json_deeds(run, arena, "consequences", result->writes, result->write_count, question, out);
    text_print(out, ",\"foretold\":[");
    for (uint32_t i = 0; i < result->foretold_count; i++) {
        text_print(out, i ? ",{" : "{");
        member(out, "kind", SPAN("finding"));
        json_time(out, result->foretold[i].opened, 0);
        member(out, "message", result->foretold[i].message);
        text_byte(out, '}');
    }
    text_byte(out, ']');
    text_print(out, ",\"failed\":%s}", result->failed ? "true" : "false");
}

// What stands open at the end, as `duties`, `decisions` and `findings` show it.
static void json_open(const struct scenario_run *run, const char *name, struct story_end *end, struct text *out) {
    story_end_open(end);
    text_print(out, ",\"%s\":{\"duties\":", name);
    scenario_duties_json(run->evaluator, &end->duties, &run->words, out);
    text_print(out, ",\"decisions\":");
    scenario_decisions_json(run->evaluator, &end->decisions, out);
    text_print(out, ",\"findings\":");
    scenario_findings_json(run->evaluator, &end->findings, &run->words, out);
    text_byte(out, '}');
}

void scenario_replay_json(const struct scenario_run *run, struct text *out) {
    struct arena arena;
    arena_init(&arena);
    bool first = true;
    text_print(out, "\"steps\":[");
    for (uint32_t i = 0; i < run->steps.count; i++) {
        if (run->steps.at[i].step->kind == STEP_EXPECT) continue;
        if (!first) text_byte(out, ',');
        first = false;
        json_step(run, &arena, &run->steps.at[i], out);
        arena_reset(&arena);
    }
    text_print(out, "],\"taken-in\":%u", scenario_taken_in(run));
    struct story_end own, left;
    if (run->evaluator->position && scenario_story_end(run, &arena, &own, &left) == ASK_OK) {
        json_open(run, "open", &own, out);
        json_open(run, "open-from-register", &left, out);
    }
    arena_release(&arena);
}
