// SPDX-License-Identifier: Apache-2.0
// How values, actors, acts, duties and findings are called for people.
#include "scenario/scenario_internal.h"

// ---- Text -----------------------------------------------------------------------------------------------------------
uint32_t span_width(struct span text) {
    uint32_t width = 0;
    for (uint32_t i = 0; i < text.length; i++)
        if (((unsigned char)text.at[i] & 0xC0) != 0x80) width++;
    return width;
}

void text_pad(struct text *out, uint32_t column, uint32_t width) {
    for (uint32_t i = column; i < width; i++) text_byte(out, ' ');
}

// Breaks at blanks; the first line begins at column `from`, the others at `indent`.
void text_wrap(struct text *out, struct span words, uint32_t from, uint32_t indent, uint32_t width) {
    uint32_t column = from, at = 0;
    while (at < words.length) {
        uint32_t end = at;
        while (end < words.length && words.at[end] != ' ') end++;
        struct span word = span_part(words, at, end - at);
        uint32_t wide = span_width(word);
        if (at > 0 && column + 1 + wide > width && column > indent) {
            text_byte(out, '\n');
            text_pad(out, 0, indent);
            column = indent;
        } else if (at > 0) {
            text_byte(out, ' ');
            column++;
        }
        text_add(out, word);
        column += wide;
        at = end + 1;
    }
}

// Controls, and characters that turn the direction of writing or end a line.
static bool is_unseen(const unsigned char *at, uint32_t length) {
    if (length == 1) return (at[0] < 0x20 && at[0] != '\n' && at[0] != '\t') || at[0] == 0x7F;
    if (length == 2) return (at[0] == 0xC2 && at[1] < 0xA0) || (at[0] == 0xD8 && at[1] == 0x9C);
    if (length != 3 || at[0] != 0xE2) return false;
    return (at[1] == 0x80 && (at[2] == 0x8E || at[2] == 0x8F || (at[2] >= 0xA8 && at[2] <= 0xAE))) ||
           (at[1] == 0x81 && at[2] >= 0xA6 && at[2] <= 0xA9);
}

void scenario_visible_print(struct span text, struct text *out) {
    for (uint32_t i = 0; i < text.length;) {
        uint32_t length = 1, bad;
        while (i + length < text.length && length < 4 && ((unsigned char)text.at[i + length] & 0xC0) == 0x80) length++;
        struct span character = span_part(text, i, length);
        bool valid = span_utf8_valid(character, &bad);
        if (!valid) character.length = 1;
        if (valid && !is_unseen((const unsigned char *)character.at, length)) text_add(out, character);
        else
            for (uint32_t k = 0; k < character.length; k++)
                text_print(out, "\\x%02X", (unsigned char)character.at[k]);
        i += character.length;
    }
}

static const char *const months[] = {"January", "February", "March",     "April",   "May",      "June",
                                     "July",    "August",   "September", "October", "November", "December"};
static const char *const weekdays[] = {"Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday"};

void text_date_words(struct text *out, int64_t time, int32_t offset) {
    struct calendar_date date = calendar_date_of(time, offset);
    int64_t local = time + offset, day = local / 86400 - (local % 86400 < 0);
    int64_t weekday = day % 7 < 0 ? day % 7 + 7 : day % 7;
    text_print(out, "%s %d %s %04d", weekdays[weekday], date.day, months[date.month - 1], date.year);
}

void text_clock(struct text *out, int64_t time, int32_t offset) {
    struct calendar_date date = calendar_date_of(time, offset);
    text_print(out, "%02d:%02d", date.hour, date.minute);
    if (date.second) text_print(out, ":%02d", date.second);
}

int32_t words_offset(const struct scenario_words *words, const struct program *program) {
    return words && words->with_offset ? words->offset : program->offset;
}

void words_time(const struct scenario_words *words, const struct program *program, int64_t time, struct text *out) {
    int32_t offset = words_offset(words, program);
    if (time == TIME_MAX || time == TIME_MIN) {
        calendar_print(out, time, offset);
        return;
    }
    struct calendar_date date = calendar_date_of(time, offset);
    text_print(out, "%d %.3s %04d ", date.day, months[date.month - 1], date.year);
    text_clock(out, time, offset);
}

void words_name(struct span name, struct text *out) {
    for (uint32_t i = 0; i < name.length; i++) text_byte(out, name.at[i] == '-' ? ' ' : name.at[i]);
}

// ---- Values ---------------------------------------------------------------------------------------------------------
// The organ whose chair a role is, NO_ID where it is none's.
static uint32_t organ_chaired(const struct program *program, uint32_t relation) {
    for (uint32_t i = 0; i < program->organs_count; i++)
        if (program->organs[i].chair == relation) return i;
    return NO_ID;
}

static void role_words(const struct evaluator *evaluator, const struct scenario_words *words, value actor,
                       struct text *out) {
    const struct program *program = evaluator->program;
    uint32_t relation = actor_role_relation(actor), organ = organ_chaired(program, relation);
    if (relation >= program->relations_count) {
        text_print(out, "somebody");
        return;
    }
    const struct relation *of = &program->relations[relation];
    if (of->column_count < 2) {
        if (organ != NO_ID) text_print(out, "chair(%.*s)", SPAN_ARG(program->organs[organ].name));
        else text_add(out, of->name);
        return;
    }
    text_print(out, "%.*s(", SPAN_ARG(of->name));
    words_value(evaluator, words, of->columns[0].type, actor_role_argument(actor), out);
    text_byte(out, ')');
}

void words_actor(const struct evaluator *evaluator, const struct scenario_words *words, value actor, struct text *out) {
    if (actor == ACTOR_NONE) text_print(out, "nobody");
    else if (actor >= 0 && actor_class_of(actor) == ACTOR_ROLE) role_words(evaluator, words, actor, out);
    else program_print_value(evaluator->program, &evaluator->texts, (struct type){TYPE_ACTOR, NO_ID}, actor, out);
}

void words_value(const struct evaluator *evaluator, const struct scenario_words *words, struct type type, value v,
                 struct text *out) {
    struct span name = {0};
    switch (type.base) {
    case TYPE_TEXT:
        // A text that only a refused entry held is forgotten.
        if (v < 0 || v >= evaluator->texts.count) text_print(out, "“…”");
        else text_print(out, "“%.*s”", SPAN_ARG(names_text(&evaluator->texts, (uint32_t)v)));
        return;
    case TYPE_ENTITY:
        if (words && words->entity) name = words->entity(words->context, type, v);
        if (name.length) text_add(out, name);
        else program_print_value(evaluator->program, &evaluator->texts, type, v, out);
        return;
    case TYPE_ACTOR: words_actor(evaluator, words, v, out); return;
    case TYPE_TIME: words_time(words, evaluator->program, v, out); return;
    default: program_print_value(evaluator->program, &evaluator->texts, type, v, out);
    }
}

void scenario_value_print(const struct evaluator *evaluator, const struct scenario_words *words, struct type type,
                          value v, struct text *out) {
    words_value(evaluator, words, type, v, out);
}

void words_citation(const struct program *program, const struct citation *citation, struct text *out) {
    if (!citation || citation->count == 0) return;
    text_byte(out, ' ');
    program_print_citation(program, citation, out);
}

// ---- Acts -----------------------------------------------------------------------------------------------------------
// A number says nothing without what it counts.
static void label_of(const struct column *parameter, struct text *out) {
    bool bare =
        parameter->type.base == TYPE_INT || parameter->type.base == TYPE_TIME || parameter->type.base == TYPE_DURATION;
    if (!bare || parameter->label.length == 0) return;
    words_name(parameter->label, out);
    text_byte(out, ' ');
}

void words_call(const struct evaluator *evaluator, const struct scenario_words *words, uint32_t act,
                const value *arguments, const bool *given, uint32_t count, struct text *out) {
    const struct act *of = &evaluator->program->acts[act];
    words_name(of->name, out);
    bool open = false;
    for (uint32_t i = 0; i < count && i < of->parameter_count; i++) {
        if (given && !given[i]) continue;
        text_print(out, open ? ", " : " (");
        open = true;
        label_of(&of->parameters[i], out);
        words_value(evaluator, words, of->parameters[i].type, arguments[i], out);
    }
    if (open) text_byte(out, ')');
}

void words_entry_call(const struct evaluator *evaluator, const struct scenario_words *words, const struct call *call,
                      struct text *out) {
    const struct act *of = &evaluator->program->acts[call->act];
    words_name(of->name, out);
    for (uint32_t i = 0; i < call->argument_count && i < of->parameter_count; i++) {
        text_print(out, i ? ", " : " (");
        label_of(&of->parameters[i], out);
        if (of->parameters[i].type.base == TYPE_TEXT) text_print(out, "“%.*s”", SPAN_ARG(call->arguments[i].text));
        else words_value(evaluator, words, of->parameters[i].type, call->arguments[i].value, out);
    }
    if (call->argument_count) text_byte(out, ')');
}

// ---- Duties and findings --------------------------------------------------------------------------------------------
void words_bearer(const struct evaluator *evaluator, const struct scenario_words *words, const struct duty_view *duty,
                  struct text *out) {
    words_actor(evaluator, words, duty->bearer, out);
    if (duty->holder == duty->bearer) return;
    text_print(out, " (");
    words_actor(evaluator, words, duty->holder, out);
    text_byte(out, ')');
}

struct speaker {
    const struct evaluator *evaluator;
    const struct scenario_words *words;
};

static void speak_value(void *context, struct type type, value v, struct text *out) {
    const struct speaker *speaker = context;
    words_value(speaker->evaluator, speaker->words, type, v, out);
}

// What a duty without an act asks: the words of its condition.
static void condition_words(const struct evaluator *evaluator, const struct scenario_words *words,
                            const struct duty_view *duty, struct text *out) {
    const struct obligation *obligation = &evaluator->program->obligations[duty->obligation];
    struct speaker speaker = {evaluator, words};
    struct value_printer printer = {&speaker, speak_value};
    text_print(out, obligation->met_watch == NO_ID ? "what the treaty says" : "see to it that ");
    if (obligation->met_watch != NO_ID)
        program_print_asked(evaluator->program, &evaluator->texts, obligation, duty->captured, &printer, out);
}

void words_duty(const struct evaluator *evaluator, const struct scenario_words *words, const struct duty_view *duty,
                struct text *out) {
    if (duty->act != NO_ID)
        words_call(evaluator, words, duty->act, duty->arguments, duty->given, duty->argument_count, out);
    else if (duty->obligation != NO_ID) condition_words(evaluator, words, duty, out);
    else text_print(out, "a duty");
}

void words_finding_about(const struct evaluator *evaluator, const struct scenario_words *words,
                         const struct finding_view *finding, struct text *out) {
    uint32_t shown = 0;
    if (finding->duty) {
        words_bearer(evaluator, words, finding->duty, out);
        text_print(out, ": ");
        words_duty(evaluator, words, finding->duty, out);
        return;
    }
    for (uint32_t i = 0; i < finding->binding_count; i++) {
        struct type type = finding->columns[i].type;
        struct span name = {0};
        // A duty or finding that nobody named says nothing to a reader.
        if (type.base == TYPE_ENTITY && words && words->entity)
            name = words->entity(words->context, type, finding->binding[i]);
        if (type.base == TYPE_ENTITY && name.length == 0 && (type.of == ENTITY_DUTY || type.of == ENTITY_FINDING))
            continue;
        if (shown++) text_print(out, ", ");
        words_value(evaluator, words, type, finding->binding[i], out);
    }
    if (shown) return;
    for (uint32_t i = 0; i < finding->concern_count; i++) {
        if (shown++) text_print(out, ", ");
        words_actor(evaluator, words, finding->concerns[i], out);
    }
}
