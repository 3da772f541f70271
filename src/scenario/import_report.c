// SPDX-License-Identifier: Apache-2.0
// What became of the rows of a register.
#include "scenario/import_internal.h"

#define ROW_INDENT 7u

struct reporting {
    const struct diagnostics *all;
    const struct scenario_run *run;
    const struct import_register *of;
    struct arena arena;
    struct text *out;
    bool colour;
    // The steps of a row, in order: first[row number], next[step]; made for one table at a time.
    uint32_t *first, *next;
};

static const struct import_register *register_of(const struct scenario_set *set, const struct scenario_run *run) {
    const struct import_register *found = set->registers;
    while (found && !span_equal(found->path, run->scenario->path)) found = found->next;
    return found;
}

static void gather(struct reporting *reporting, const struct table *table) {
    uint32_t last = table->row_count ? table->rows[table->row_count - 1].number : 0;
    uint32_t steps = reporting->run->steps.count;
    reporting->first = ARENA_ARRAY(&reporting->arena, uint32_t, last + 1);
    reporting->next = ARENA_ARRAY(&reporting->arena, uint32_t, steps + 1);
    for (uint32_t i = 0; i <= last; i++) reporting->first[i] = NO_ID;
    for (uint32_t i = steps; i-- > 0;) {
        const struct scenario_step *step = reporting->run->steps.at[i].step;
        if (step->row == 0 || step->row > last || step->place.source != table->source) continue;
        reporting->next[i] = reporting->first[step->row];
        reporting->first[step->row] = i;
    }
}

struct counts {
    uint32_t rows, silent, kept, failed, entries, adopted, tables;
};

// Proposals that a step closed with this outcome.
static uint32_t adopted_by(const struct step_result *result) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < result->write_count; i++)
        count += result->writes[i].kind == WRITE_BEGIN && result->writes[i].relation == RELATION_OUTCOME &&
                 result->writes[i].values[1] == OUTCOME_ADOPTED;
    return count;
}

static struct counts count_all(struct reporting *reporting) {
    struct counts counts = {0};
    for (uint32_t i = 0; i < reporting->of->table_count; i++) {
        const struct table *table = &reporting->of->tables[i];
        gather(reporting, table);
        counts.tables += table->opened;
        for (uint32_t k = 0; k < table->row_count; k++) {
            bool failed = false;
            counts.rows += !table->rows[k].kept;
            counts.kept += table->rows[k].kept;
            for (uint32_t s = reporting->first[table->rows[k].number]; s != NO_ID; s = reporting->next[s]) {
                const struct step_result *result = &reporting->run->steps.at[s];
                failed |= result->failed;
                counts.entries += result->entered;
                counts.adopted += adopted_by(result);
            }
            counts.failed += failed;
            counts.silent += !table->rows[k].kept && reporting->first[table->rows[k].number] == NO_ID;
        }
    }
    return counts;
}

// ---- For people -----------------------------------------------------------------------------------------------------
static const struct citation *citation_of(const struct evaluator *evaluator, const struct step_result *result) {
    if (result->receipt.status != RECEIPT_DONE) return result->receipt.citation;
    const struct scenario_step *step = result->step;
    return step->call_count ? &evaluator->program->acts[step->calls[0].act].citation : NULL;
}

static const char *say(const struct reporting *reporting, const char *english) {
    return words_say(&reporting->run->words, english);
}

static void print_step(struct reporting *reporting, const struct step_result *result) {
    const struct evaluator *evaluator = reporting->run->evaluator;
    struct text line = {0};
    text_ink(reporting->out, reporting->colour, result->failed ? INK_RED : INK_GREEN);
    text_print(reporting->out, "%s", result->failed ? "✗ " : "✓ ");
    text_ink(reporting->out, reporting->colour, INK_PLAIN);
    calendar_print(&line, result->step->time, result->step->offset);
    text_print(&line, "  ");
    if (result->step->kind == STEP_EXPECT)
        text_print(&line, "%s", say(reporting, result->failed ? "what is expected does not hold" : "as expected"));
    else if (result->words.length) text_add(&line, result->words);
    else text_print(&line, "%s", say(reporting, "an act that cannot be made"));
    if (result->step->kind != STEP_EXPECT && result->receipt.status != RECEIPT_DONE)
        text_print(&line, ": %s: %.*s",
                   say(reporting, result->receipt.status == RECEIPT_REFUSED ? "refused" : "turned away"),
                   SPAN_ARG(words_message(&reporting->run->words, result->receipt.message)));
    words_citation(&reporting->run->words, evaluator->program, citation_of(evaluator, result), &line);
    if (adopted_by(result)) text_print(&line, "%s", say(reporting, ", adopted"));
    text_wrap(reporting->out, text_span(&line), ROW_INDENT + 2, ROW_INDENT + 4, WORDS_WIDTH);
    text_byte(reporting->out, '\n');
    text_release(&line);
}

static void print_source(struct reporting *reporting, const struct table_row *row) {
    struct recorded recorded = {row->source, row->standing, NULL, row->reading_count};
    struct reading *readings = ARENA_ARRAY(&reporting->arena, struct reading, row->reading_count + 1);
    for (uint32_t i = 0; i < row->reading_count; i++)
        readings[i] = (struct reading){row->readings[i].words, row->readings[i].source, row->readings[i].standing};
    recorded.readings = readings;
    text_ink(reporting->out, reporting->colour, INK_DIM);
    text_pad(reporting->out, 0, ROW_INDENT + 2);
    text_wrap(reporting->out, recorded_words(&reporting->arena, &reporting->run->words, &recorded), ROW_INDENT + 2,
              ROW_INDENT + 2, WORDS_WIDTH);
    text_byte(reporting->out, '\n');
    text_ink(reporting->out, reporting->colour, INK_PLAIN);
}

static void print_row(struct reporting *reporting, const struct table_row *row) {
    text_print(reporting->out, "%*u  ", (int)ROW_INDENT - 2, row->number);
    uint32_t first = reporting->first[row->number];
    if (first == NO_ID)
        text_print(reporting->out, "· %s\n", say(reporting, row->kept ? "a reading that does not run" : "nothing"));
    for (uint32_t i = first; i != NO_ID; i = reporting->next[i]) {
        if (i != first) text_pad(reporting->out, 0, ROW_INDENT);
        print_step(reporting, &reporting->run->steps.at[i]);
    }
    print_source(reporting, row);
}

static void print_counts(struct reporting *reporting) {
    struct counts counts = count_all(reporting);
    struct text *out = reporting->out;
    text_print(out, counts.rows == 1 ? say(reporting, "%u row of ") : say(reporting, "%u rows of "), counts.rows);
    text_print(out, counts.tables == 1 ? say(reporting, "%u table: ") : say(reporting, "%u tables: "), counts.tables);
    text_print(out, say(reporting, "%u done, %u refused"), counts.rows - counts.failed - counts.silent, counts.failed);
    if (counts.silent) text_print(out, say(reporting, ", %u without a step"), counts.silent);
    if (counts.kept == 1) text_print(out, "%s", say(reporting, ", and 1 other reading"));
    if (counts.kept > 1) text_print(out, say(reporting, ", and %u other readings"), counts.kept);
    text_print(out, counts.entries == 1 ? say(reporting, "; %u entry") : say(reporting, "; %u entries"),
               counts.entries);
    text_print(out, say(reporting, ", %u adopted\n"), counts.adopted);
}

void scenario_import_print(const struct diagnostics *all, const struct scenario_set *set,
                           const struct scenario_run *run, struct text *out, bool colour) {
    struct reporting reporting = {.all = all, .run = run, .of = register_of(set, run), .out = out, .colour = colour};
    arena_init(&reporting.arena);
    for (uint32_t i = 0; i < reporting.of->table_count; i++) {
        const struct table *table = &reporting.of->tables[i];
        if (!table->opened) continue;
        gather(&reporting, table);
        text_ink(out, colour, INK_BOLD);
        text_print(out, "%.*s\n", SPAN_ARG(table->name));
        text_ink(out, colour, INK_PLAIN);
        for (uint32_t k = 0; k < table->row_count; k++) print_row(&reporting, &table->rows[k]);
        if (table->row_count == 0) text_print(out, "  %s\n", say(&reporting, "it has no rows"));
        text_byte(out, '\n');
    }
    print_counts(&reporting);
    arena_release(&reporting.arena);
}

// ---- For programs ---------------------------------------------------------------------------------------------------
static void json_words(struct text *out, const char *name, struct span words) {
    text_print(out, "\"%s\":", name);
    text_json(out, words);
}

static void json_step(struct reporting *reporting, const struct step_result *result) {
    static const char *const statuses[] = {"done", "refused", "turned-away"};
    struct text words = {0}, *out = reporting->out;
    struct calendar_date date = calendar_date_of(result->step->time, 0);
    text_print(out, "{\"time\":\"%04d-%02d-%02dT%02d:%02d:%02dZ\",", date.year, date.month, date.day, date.hour,
               date.minute, date.second);
    json_words(out, "words", result->words);
    text_print(out, ",\"failed\":%s,", result->failed ? "true" : "false");
    if (result->step->kind == STEP_EXPECT) {
        json_words(out, "status", SPAN("expected"));
    } else {
        words_citation(&reporting->run->words, reporting->run->evaluator->program,
                       citation_of(reporting->run->evaluator, result), &words);
        json_words(out, "status", span_of(statuses[result->receipt.status]));
        text_print(out, ",\"entry\":");
        if (result->entered) text_print(out, "%u,", result->last);
        else text_print(out, "null,");
        json_words(out, "citation", span_trim(text_span(&words)));
        text_byte(out, ',');
        json_words(out, "message", result->receipt.status == RECEIPT_DONE ? SPAN("") : result->receipt.message);
        text_print(out, ",\"adopted\":%u", adopted_by(result));
    }
    text_byte(out, '}');
    text_release(&words);
}

static void json_row(struct reporting *reporting, const struct table *table, const struct table_row *row) {
    struct text *out = reporting->out;
    text_byte(out, '{');
    json_words(out, "table", table->name);
    text_print(out, ",\"row\":%u,", row->number);
    json_words(out, "standing",
               row->standing == STANDING_VERIFIED ? SPAN("documented") : span_of(standing_word(row->standing)));
    text_print(out, ",\"runs\":%s,\"cells\":{", row->kept ? "false" : "true");
    for (uint32_t i = 0; i < table->column_count; i++) {
        if (i) text_byte(out, ',');
        text_json(out, table->columns[i]);
        text_byte(out, ':');
        text_json(out, table_words(reporting->all, &reporting->arena, table, row, i));
    }
    text_print(out, "},\"steps\":[");
    for (uint32_t i = reporting->first[row->number]; i != NO_ID; i = reporting->next[i]) {
        if (i != reporting->first[row->number]) text_byte(out, ',');
        json_step(reporting, &reporting->run->steps.at[i]);
    }
    text_print(out, "]}");
}

void scenario_import_json(const struct diagnostics *all, const struct scenario_set *set, const struct scenario_run *run,
                          struct text *out) {
    struct reporting reporting = {.all = all, .run = run, .of = register_of(set, run), .out = out};
    arena_init(&reporting.arena);
    struct counts counts = count_all(&reporting);
    bool first = true;
    text_print(out, "\"rows\":[");
    for (uint32_t i = 0; i < reporting.of->table_count; i++) {
        const struct table *table = &reporting.of->tables[i];
        gather(&reporting, table);
        for (uint32_t k = 0; k < table->row_count; k++) {
            if (!first) text_print(out, ",\n");
            first = false;
            json_row(&reporting, table, &table->rows[k]);
        }
    }
    text_print(out, "],\"done\":%u,\"refused\":%u,\"without-step\":%u,\"readings\":%u,\"entries\":%u,\"adopted\":%u",
               counts.rows - counts.failed - counts.silent, counts.failed, counts.silent, counts.kept, counts.entries,
               counts.adopted);
    arena_release(&reporting.arena);
}
