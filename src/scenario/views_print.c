// SPDX-License-Identifier: Apache-2.0
// The views as tables for people at a terminal.
#include "scenario/scenario_internal.h"

void text_ink(struct text *out, bool colour, text_colour ink) {
    static const char *const codes[] = {"0", "1", "2", "31", "32", "33", "34"};
    if (colour) text_print(out, "\x1b[%sm", codes[ink]);
}

// Each printer collects lines of plain words in `line`, so that widths are counted before colours come in.
struct printer {
    const struct evaluator *evaluator;
    const struct scenario_words *words;
    struct text *out, line;
    bool colour;
};

static const char *say(const struct printer *printer, const char *english) __attribute__((format_arg(2)));
static const char *say(const struct printer *printer, const char *english) {
    return words_say(printer->words, english);
}

static void end_line(struct printer *printer, uint32_t from, uint32_t indent) {
    text_wrap(printer->out, text_span(&printer->line), from, indent, WORDS_WIDTH);
    text_byte(printer->out, '\n');
    printer->line.length = 0;
}

static void marked(struct printer *printer, text_colour ink, const char *mark, uint32_t width) {
    mark = say(printer, mark);
    text_ink(printer->out, printer->colour, ink);
    text_print(printer->out, "%s", mark);
    text_ink(printer->out, printer->colour, INK_PLAIN);
    text_pad(printer->out, span_width(span_of(mark)), width);
    if (width && span_width(span_of(mark)) >= width) text_byte(printer->out, ' ');
}

static void time_words(struct printer *printer, int64_t time) {
    words_time(printer->words, printer->evaluator->program, time, &printer->line);
}

static void cause_words(struct printer *printer, const char *word, uint32_t position) PRINTF_LIKE(2, 0);
static void cause_words(struct printer *printer, const char *word, uint32_t position) {
    if (position == 0) return;
    struct span entry = {0};
    if (printer->words && printer->words->entry) entry = printer->words->entry(printer->words->context, position);
    text_print(&printer->line, word, position);
    if (entry.length) text_print(&printer->line, ", %.*s", SPAN_ARG(entry));
}

static void began_words(struct printer *printer, uint32_t position, uint32_t relation, value key) {
    if (words_fell_due(printer->words, position, WRITE_BEGIN, relation, key))
        text_print(&printer->line, "%s", say(printer, " · as it fell due"));
    else cause_words(printer, say(printer, " · by entry %u"), position);
}

void text_reasons(struct text *out, struct span lines, uint32_t indent, bool colour) {
    text_ink(out, colour, INK_DIM);
    for (uint32_t at = 0; at < lines.length;) {
        uint32_t end = at;
        while (end < lines.length && lines.at[end] != '\n') end++;
        uint32_t from = at;
        while (from < end && lines.at[from] == ' ') from++;
        text_pad(out, 0, indent + from - at);
        text_wrap(out, span_part(lines, from, end - from), indent + from - at, indent + from - at + 2, WORDS_WIDTH);
        text_byte(out, '\n');
        at = end + 1;
    }
    text_ink(out, colour, INK_PLAIN);
}

// ---- Duties ---------------------------------------------------------------------------------------------------------
#define DUTY_INDENT 10u    // at least

// As wide as the widest mark is in the reader's language.
static uint32_t mark_width(const struct printer *printer, const char *const *marks, uint32_t count) {
    uint32_t width = DUTY_INDENT;
    for (uint32_t i = 0; i < count; i++) {
        uint32_t wide = span_width(span_of(say(printer, marks[i]))) + 1;
        if (wide > width) width = wide;
    }
    return width;
}

static void duty_times(struct printer *printer, const struct duty_view *duty, int64_t now) {
    struct text *line = &printer->line;
    text_print(line, "%s", say(printer, "owed since "));
    time_words(printer, duty->opened);
    if (duty->due != TIME_MAX) {
        text_print(line, "%s", say(printer, " · due "));
        time_words(printer, duty->due);
        if (duty->status == DUTY_OVERDUE && now > duty->due) {
            text_print(line, ", ");
            words_duration(printer->words, now - duty->due, line);
            text_print(line, "%s", say(printer, " ago"));
        } else if (duty->status == DUTY_OPEN && now < duty->due) {
            text_print(line, "%s", say(printer, ", in "));
            words_duration(printer->words, duty->due - now, line);
        }
    }
    if (duty->ended != TIME_MAX) {
        text_print(line, " · %s ",
                   say(printer, duty->status == DUTY_MET_LATE ? "late, on" : duty_status_name(duty->status)));
        time_words(printer, duty->ended);
    }
    if (duty->at_once)
        text_print(line, "%s%s", say(printer, " · the law says at once"),
                   duty->house ? say(printer, "; the hour is the house's") : "");
}

void scenario_duties_print(const struct evaluator *evaluator, const struct duty_views *duties,
                           const struct scenario_words *words, int64_t now, struct text *out, bool colour) {
    static const char *const marks[] = {"open", "OVERDUE", "met", "met late", "released", "lapsed"};
    static const text_colour inks[] = {INK_YELLOW, INK_RED, INK_GREEN, INK_YELLOW, INK_DIM, INK_DIM};
    struct printer printer = {evaluator, words, out, {0}, colour};
    uint32_t indent = mark_width(&printer, marks, COUNT_OF(marks));
    if (duties->count == 0) text_print(out, "%s", say(&printer, "Nothing is owed.\n"));
    for (uint32_t i = 0; i < duties->count; i++) {
        const struct duty_view *duty = &duties->at[i];
        marked(&printer, inks[duty->status], marks[duty->status], indent);
        words_bearer(evaluator, words, duty, &printer.line);
        text_print(&printer.line, ": ");
        words_duty(evaluator, words, duty, &printer.line);
        words_citation(words, evaluator->program, duty->citation, &printer.line);
        end_line(&printer, indent, indent);
        text_pad(out, 0, indent);
        duty_times(&printer, duty, now);
        if (duty->by_time) text_print(&printer.line, "%s", say(&printer, " · after the one before"));
        else began_words(&printer, duty->cause, RELATION_DUTY, duty->duty);
        if (words_fell_due(words, duty->end_cause, WRITE_END, RELATION_DUTY, duty->duty))
            text_print(&printer.line, "%s", say(&printer, " · ended by time alone"));
        else if (duty->end_cause != duty->cause)
            cause_words(&printer, say(&printer, " · ended by entry %u"), duty->end_cause);
        text_ink(out, colour, INK_DIM);
        end_line(&printer, indent, indent);
        text_ink(out, colour, INK_PLAIN);
    }
    text_release(&printer.line);
}

// ---- Decisions ------------------------------------------------------------------------------------------------------
static void seat_line(struct printer *printer, const struct seat_view *seat, bool open) {
    static const char *const marks[] = {"consents", "objects", "abstains", "stands aside", "reserves"};
    static const text_colour inks[] = {INK_GREEN, INK_RED, INK_DIM, INK_DIM, INK_YELLOW};
    text_print(printer->out, "    ");
    words_actor(printer->evaluator, printer->words, seat->seat, &printer->line);
    uint32_t width = span_width(text_span(&printer->line));
    text_add(printer->out, text_span(&printer->line));
    text_pad(printer->out, width, width < 12 ? 12 : width + 1);
    printer->line.length = 0;
    uint32_t from = 4 + (width < 12 ? 12 : width + 1);
    if (!seat->answered) {
        const char *none = say(printer, open ? "has not answered" : "did not answer");
        marked(printer, INK_YELLOW, none, 0);
        from += span_width(span_of(none));
    } else {
        uint32_t wide = span_width(span_of(say(printer, marks[seat->answer]))) + 1;
        marked(printer, inks[seat->answer], marks[seat->answer], wide < 14 ? 14 : wide);
        from += wide < 14 ? 14 : wide;
        time_words(printer, seat->when);
    }
    if (seat->reason != VALUE_ANY) {
        text_print(&printer->line, "  ");
        words_value(printer->evaluator, printer->words, (struct type){TYPE_TEXT, NO_ID}, seat->reason, &printer->line);
    }
    if (seat->joined) {
        text_print(&printer->line, "%s", say(printer, " · joined "));
        time_words(printer, seat->joined_when);
    }
    end_line(printer, from, 30);
}

static void procedure_words(struct printer *printer, const struct decision_view *decision) {
    if (decision->procedure == NO_ID) return;
    const struct procedure *procedure = &printer->evaluator->program->procedures[decision->procedure];
    text_print(&printer->line, "%s", say(printer, " · decides by "));
    words_label_inside(printer->words, procedure->name, &printer->line);
    for (uint32_t i = 0; i < decision->parameter_count; i++) {
        text_print(&printer->line, i ? ", " : " (");
        words_value(printer->evaluator, printer->words, procedure->parameters[i].type, decision->parameters[i],
                    &printer->line);
    }
    if (decision->parameter_count) text_byte(&printer->line, ')');
}

static void decision_head(struct printer *printer, const struct decision_view *decision) {
    const struct program *program = printer->evaluator->program;
    struct span outcome =
        decision->outcome == NO_ID ? SPAN("open") : program->kinds[KIND_OUTCOME].constants[decision->outcome].name;
    text_colour ink = decision->outcome == NO_ID             ? INK_YELLOW
                      : decision->outcome == OUTCOME_ADOPTED ? INK_GREEN
                                                             : INK_RED;
    struct text mark = {0};
    words_label_inside(printer->words, outcome, &mark);
    text_byte(&mark, 0);
    words_value(printer->evaluator, printer->words, (struct type){TYPE_ENTITY, ENTITY_PROPOSAL}, decision->proposal,
                &printer->line);
    struct span name = text_span(&printer->line);
    text_add(printer->out, name);
    text_print(printer->out, "  ");
    uint32_t from = span_width(name) + 2 + span_width((struct span){mark.at, (uint32_t)mark.length - 1});
    printer->line.length = 0;
    marked(printer, ink, mark.at, 0);
    text_release(&mark);
    bool agreed = decision->item_count && program->acts[decision->items[0].act].kind == ACT_AGREED;
    text_print(&printer->line, "%s", say(printer, agreed ? " · asked of those whom it concerns" : " · before "));
    if (!agreed) words_actor(printer->evaluator, printer->words, decision->organ, &printer->line);
    procedure_words(printer, decision);
    text_print(&printer->line, "%s", say(printer, " · proposed by "));
    words_actor(printer->evaluator, printer->words, decision->by, &printer->line);
    text_print(&printer->line, ", ");
    time_words(printer, decision->opened);
    if (decision->closed != TIME_MAX) {
        text_print(&printer->line, "%s", say(printer, " · closed "));
        time_words(printer, decision->closed);
    }
    words_citation(printer->words, program, decision->citation, &printer->line);
    end_line(printer, from, 4);
}

static void decision_obstacle(struct printer *printer, struct evaluator *evaluator, value proposal) {
    struct arena arena;
    struct obstacle_view obstacle;
    arena_init(&arena);
    if (scenario_obstacle(evaluator, printer->words, proposal, &arena, &obstacle)) {
        text_print(printer->out, "  %s", say(printer, "could not be carried out: "));
        text_print(&printer->line, "%.*s %.*s", SPAN_ARG(words_message(printer->words, obstacle.message)),
                   SPAN_ARG(obstacle.citation));
        end_line(printer, 2 + span_width(span_of(say(printer, "could not be carried out: "))), 6);
        text_reasons(printer->out, obstacle.why, 6, printer->colour);
    }
    arena_release(&arena);
}

void scenario_decisions_print(struct evaluator *evaluator, const struct decision_views *decisions,
                              const struct scenario_words *words, struct text *out, bool colour) {
    struct printer printer = {evaluator, words, out, {0}, colour};
    if (decisions->count == 0) text_print(out, "%s", say(&printer, "Nothing was proposed.\n"));
    for (uint32_t i = 0; i < decisions->count; i++) {
        const struct decision_view *decision = &decisions->at[i];
        if (i) text_byte(out, '\n');
        decision_head(&printer, decision);
        if (decision->outcome == OUTCOME_NOT_EXECUTABLE) decision_obstacle(&printer, evaluator, decision->proposal);
        for (uint32_t k = 0; k < decision->item_count; k++) {
            const struct item_view *item = &decision->items[k];
            text_print(out, "  %u ", k + 1);
            words_call(evaluator, words, item->act, item->arguments, NULL, item->argument_count, &printer.line);
            end_line(&printer, 4, 4);
        }
        for (uint32_t k = 0; k < decision->seat_count; k++) seat_line(&printer, &decision->seats[k], decision->open);
    }
    text_release(&printer.line);
}

// ---- Findings -------------------------------------------------------------------------------------------------------
static const char *finding_mark(const struct finding_view *finding) {
    if (finding->dropped) return "dropped";
    if (finding->closed != TIME_MAX) return "closed";
    if (finding->upheld) return "UPHELD";
    return finding->alleged ? "ALLEGED" : "OPEN";
}

void scenario_findings_print(const struct evaluator *evaluator, const struct finding_views *findings,
                             const struct scenario_words *words, struct text *out, bool colour) {
    static const char *const marks[] = {"dropped", "closed", "UPHELD", "ALLEGED", "OPEN"};
    struct printer printer = {evaluator, words, out, {0}, colour};
    uint32_t indent = mark_width(&printer, marks, COUNT_OF(marks));
    if (findings->count == 0) text_print(out, "%s", say(&printer, "Nothing is amiss.\n"));
    for (uint32_t i = 0; i < findings->count; i++) {
        const struct finding_view *finding = &findings->at[i];
        marked(&printer, finding->closed == TIME_MAX ? INK_RED : INK_GREEN, finding_mark(finding), indent);
        words_finding(evaluator, words, finding, &printer.line);
        words_citation(words, evaluator->program, finding->citation, &printer.line);
        end_line(&printer, indent, indent);
        text_pad(out, 0, indent);
        size_t before = printer.line.length;
        words_finding_about(evaluator, words, finding, &printer.line);
        if (printer.line.length > before) text_print(&printer.line, " · ");
        text_print(&printer.line, "%s", say(&printer, "since "));
        time_words(&printer, finding->opened);
        if (finding->closed != TIME_MAX) {
            text_print(&printer.line, "%s", say(&printer, " until "));
            time_words(&printer, finding->closed);
        }
        if (evaluator->program->norms[finding->norm].kind != NORM_OVERDUE)
            began_words(&printer, finding->cause, RELATION_FINDING, finding->finding);
        text_ink(out, colour, INK_DIM);
        end_line(&printer, indent, indent);
        text_ink(out, colour, INK_PLAIN);
    }
    text_release(&printer.line);
}

// ---- State ----------------------------------------------------------------------------------------------------------
static void value_words(struct printer *printer, const struct relation *of, struct row_form form,
                        const struct fact_view *row, bool labelled) {
    for (uint32_t i = form.from; i < form.to; i++) {
        bool values = i == of->key_count && !of->derived && !form.proposes;
        if (i > form.from) text_print(&printer->line, !values ? ", " : labelled ? " — " : " => ");
        words_value(printer->evaluator, printer->words, of->columns[i].type, row->values[i], &printer->line);
    }
    if (labelled && of->column_count == 0) text_print(&printer->line, "%s", say(printer, "it is so"));
}

// With labels a row reads as a line of a list, else as the language has it.
static void row_words(struct printer *printer, uint32_t relation, const struct fact_view *row) {
    const struct relation *of = &printer->evaluator->program->relations[relation];
    const struct label *label = printer->words ? labels_find(printer->words->labels, of->name) : NULL;
    struct row_form form = program_row_form(printer->evaluator->program, relation);
    if (label) text_print(&printer->line, "%.*s: ", SPAN_ARG(label->label));
    if (form.proposes)
        words_value(printer->evaluator, printer->words, of->columns[0].type, row->values[0], &printer->line);
    if (!label) text_print(&printer->line, "%s%.*s(", form.proposes ? " proposes " : "", SPAN_ARG(form.name));
    value_words(printer, of, form, row, label != NULL);
    if (!label) text_byte(&printer->line, ')');
}

static void row_times(struct printer *printer, const struct relation *of, const struct fact_view *row) {
    if (row->doubt) text_byte(&printer->line, ' ');
    words_citation(printer->words, printer->evaluator->program, row->doubt, &printer->line);
    if (of->derived) return;
    if (row->begun && row->from != TIME_MIN) {
        text_print(&printer->line, "  %s", say(printer, "since "));
        time_words(printer, row->from);
    }
    if (row->until != TIME_MAX) {
        text_print(&printer->line, " %s", say(printer, " until "));
        time_words(printer, row->until);
    }
    if (!row->begun) return;
    text_print(&printer->line, say(printer, "  · entry %u"), row->begun);
    tree_standing standing = printer->words && printer->words->standing
                                 ? printer->words->standing(printer->words->context, row->begun)
                                 : STANDING_DEFAULT;
    if (*standing_word(standing)) text_print(&printer->line, ", %s", words_standing(printer->words, standing));
}

// What else is said of a row: other readings of one that is given; of a record that is in doubt what it says.
static void row_readings(struct printer *printer, uint32_t relation, const struct fact_view *row) {
    const struct program *program = printer->evaluator->program;
    const struct relation *of = &program->relations[relation];
    const struct scenario_words *words = printer->words;
    for (uint32_t i = 0; row->given && i < of->given_count; i++) {
        if (of->given[i].reading_of != (uint32_t)(row->given - of->given)) continue;
        struct printer reading = {printer->evaluator, words, NULL, {0}, false};
        row_words(&reading, relation, &(struct fact_view){.values = of->given[i].values});
        text_print(&printer->line, say(printer, "another reading, which is not followed: %.*s"),
                   SPAN_ARG(text_span(&reading.line)));
        words_citation(words, program, &of->given[i].citation, &printer->line);
        text_release(&reading.line);
        text_print(printer->out, "    ");
        end_line(printer, 4, 6);
    }
    if (!row->begun || !words || !words->record || !words->standing) return;
    struct span record = words->record(words->context, row->begun);
    if (!record.length || !*standing_word(words->standing(words->context, row->begun))) return;
    text_print(&printer->line, say(printer, "recorded: %.*s"), SPAN_ARG(record));
    text_print(printer->out, "    ");
    end_line(printer, 4, 6);
}

void scenario_state_print(const struct evaluator *evaluator, const struct state_view *state,
                          const struct scenario_words *words, struct text *out, bool colour) {
    struct printer printer = {evaluator, words, out, {0}, colour};
    if (state->count == 0) text_print(out, "%s", say(&printer, "Nothing is so.\n"));
    for (uint32_t i = 0; i < state->count; i++) {
        const struct relation_view *view = &state->at[i];
        const struct relation *of = &evaluator->program->relations[view->relation];
        const struct label *label = words ? labels_find(words->labels, of->name) : NULL;
        text_ink(out, colour, INK_BOLD);
        struct row_form form = program_row_form(evaluator->program, view->relation);
        if (label) text_add(out, label->label);
        else text_print(out, "%s%.*s", form.proposes ? "proposes " : "", SPAN_ARG(form.name));
        text_ink(out, colour, INK_PLAIN);
        if (label) text_print(out, " · %.*s", SPAN_ARG(of->name));
        if (of->derived) text_print(out, "%s", say(&printer, " (derived)"));
        words_citation(words, evaluator->program, view->citation, out);
        text_byte(out, '\n');
        if (label && label->help.length) text_print(out, "  %.*s\n", SPAN_ARG(label->help));
        for (uint32_t k = 0; k < view->count; k++) {
            text_print(out, "  ");
            if (label) text_print(&printer.line, "· ");
            if (label) value_words(&printer, of, form, &view->at[k], true);
            else row_words(&printer, view->relation, &view->at[k]);
            row_times(&printer, of, &view->at[k]);
            end_line(&printer, 2, 6);
            if (state->asked) row_readings(&printer, view->relation, &view->at[k]);
        }
    }
    text_release(&printer.line);
}

void scenario_diff_print(const struct evaluator *evaluator, const struct diff_view *diff,
                         const struct scenario_words *words, struct text *out, bool colour) {
    struct printer printer = {evaluator, words, out, {0}, colour};
    if (diff->count == 0) text_print(out, "%s", say(&printer, "Nothing changed.\n"));
    for (uint32_t i = 0; i < diff->count; i++) {
        const struct change_view *change = &diff->at[i];
        text_ink(out, colour, change->added ? INK_GREEN : INK_RED);
        text_print(out, "%s ", change->added ? "+" : "-");
        row_words(&printer, change->relation, &change->row);
        if (change->added) row_times(&printer, &evaluator->program->relations[change->relation], &change->row);
        end_line(&printer, 2, 6);
        text_ink(out, colour, INK_PLAIN);
    }
    text_release(&printer.line);
}
