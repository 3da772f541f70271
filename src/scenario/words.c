// SPDX-License-Identifier: Apache-2.0
// How values, actors, acts, duties and findings are called for people.
#include "scenario/scenario_internal.h"

#include <string.h>

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

// ---- Languages ------------------------------------------------------------------------------------------------------
const char *words_say(const struct scenario_words *words, const char *english) {
    return words ? labels_say(words->labels, english) : english;
}

const char *words_in(const void *labels, const char *english) { return labels_say(labels, english); }

bool words_labelled(const struct scenario_words *words) { return words && words->labels; }

struct span words_message(const struct scenario_words *words, struct span message) {
    return words ? labels_message(words->labels, message) : message;
}

void words_label(const struct scenario_words *words, struct span name, struct text *out) {
    const struct label *label = words ? labels_find(words->labels, name) : NULL;
    if (label) text_add(out, label->label);
    else words_name(name, out);
}

// The first letter of Latin or Cyrillic text as it stands inside a sentence; what begins with two capitals stays.
static void text_inside(struct span words, struct text *out) {
    const unsigned char *at = (const unsigned char *)words.at;
    bool latin = words.length > 1 && at[0] >= 'A' && at[0] <= 'Z' && !(at[1] >= 'A' && at[1] <= 'Z'),
         cyrillic = words.length > 3 && at[0] == 0xD0 && at[1] >= 0x90 && at[1] <= 0xAF &&
                    !(at[2] == 0xD0 && at[3] >= 0x90 && at[3] <= 0xAF);
    if (latin) {
        text_byte(out, (char)(at[0] + 32));
        text_add(out, span_part(words, 1, words.length - 1));
    } else if (cyrillic) {
        bool second = at[1] >= 0xA0;    // of the letters' two halves in UTF-8
        text_byte(out, (char)(second ? 0xD1 : 0xD0));
        text_byte(out, (char)(second ? at[1] - 0x20 : at[1] + 0x20));
        text_add(out, span_part(words, 2, words.length - 2));
    } else {
        text_add(out, words);
    }
}

void words_label_inside(const struct scenario_words *words, struct span name, struct text *out) {
    const struct label *label = words ? labels_find(words->labels, name) : NULL;
    if (label) text_inside(label->label, out);
    else words_name(name, out);
}

// Numbers stay, the units are said in the language.
static void units_words(const struct scenario_words *words, struct span english, struct text *out) {
    for (uint32_t at = 0; at < english.length;) {
        uint32_t end = at;
        while (end < english.length && english.at[end] != ' ') end++;
        struct span word = span_part(english, at, end - at);
        if (at) text_byte(out, ' ');
        text_add(out, words_message(words, word));
        at = end + 1;
    }
}

void words_duration(const struct scenario_words *words, int64_t seconds, struct text *out) {
    struct text english = {0};
    calendar_print_duration(&english, seconds);
    units_words(words, text_span(&english), out);
    text_release(&english);
}

const char *words_standing(const struct scenario_words *words, tree_standing standing) {
    const char *word = standing_word(standing);
    return *word ? words_say(words, word) : word;
}

// ---- Times ----------------------------------------------------------------------------------------------------------
static const char *const months[] = {"January", "February", "March",     "April",   "May",      "June",
                                     "July",    "August",   "September", "October", "November", "December"};
static const char *const weekdays[] = {"Thursday", "Friday", "Saturday", "Sunday", "Monday", "Tuesday", "Wednesday"};

void text_date_words(const struct scenario_words *words, struct text *out, int64_t time, int32_t offset) {
    struct calendar_date date = calendar_date_of(time, offset);
    int64_t local = time + offset, day = local / 86400 - (local % 86400 < 0);
    int64_t weekday = day % 7 < 0 ? day % 7 + 7 : day % 7;
    text_print(out, "%s %d %s %04d", words_say(words, weekdays[weekday]), date.day,
               words_say(words, months[date.month - 1]), date.year);
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
        struct text bound = {0};
        calendar_print(&bound, time, offset);
        text_add(out, words_message(words, text_span(&bound)));
        text_release(&bound);
        return;
    }
    struct calendar_date date = calendar_date_of(time, offset);
    const char *month = months[date.month - 1], *said = words_say(words, month);
    // An English month is cut to its first three letters.
    text_print(out, "%d %.*s %04d ", date.day, said == month ? 3 : (int)strlen(said), said, date.year);
    text_clock(out, time, offset);
}

void words_name(struct span name, struct text *out) {
    for (uint32_t i = 0; i < name.length; i++) text_byte(out, name.at[i] == '-' ? ' ' : name.at[i]);
}

// ---- Values ---------------------------------------------------------------------------------------------------------
void words_chair(const struct program *program, const struct scenario_words *words, uint32_t organ, struct text *out) {
    struct span name = program->organs[organ].name;
    if (words_labelled(words)) name = labels_text(words->labels, name);
    text_print(out, words_say(words, "chair(%.*s)"), SPAN_ARG(name));
}

static void role_words(const struct evaluator *evaluator, const struct scenario_words *words, value actor,
                       struct text *out) {
    const struct program *program = evaluator->program;
    uint32_t relation = actor_role_relation(actor), organ = program_chaired_organ(program, relation);
    if (relation >= program->relations_count) {
        text_print(out, "%s", words_say(words, "somebody"));
        return;
    }
    const struct relation *of = &program->relations[relation];
    const struct label *label = words ? labels_find(words->labels, of->name) : NULL;
    if (of->column_count < 2) {
        if (organ != NO_ID) words_chair(program, words, organ, out);
        else text_add(out, label ? label->label : of->name);
        return;
    }
    text_print(out, label ? "%.*s (" : "%.*s(", SPAN_ARG(label ? label->label : of->name));
    words_value(evaluator, words, of->columns[0].type, actor_role_argument(actor), out);
    text_byte(out, ')');
}

// Parliament (Kyrgyzstan).
static void office_words(const struct evaluator *evaluator, const struct scenario_words *words, value actor,
                         struct text *out) {
    text_add(out, labels_text(words->labels, evaluator->program->offices[actor_office_id(actor)].name));
    value party = actor_office_party(actor);
    if (party < 0) return;
    text_print(out, " (");
    words_actor(evaluator, words, party, out);
    text_byte(out, ')');
}

void words_actor(const struct evaluator *evaluator, const struct scenario_words *words, value actor, struct text *out) {
    const struct program *program = evaluator->program;
    if (actor == ACTOR_NONE) text_print(out, "%s", words_say(words, "nobody"));
    else if (actor >= 0 && actor_class_of(actor) == ACTOR_ROLE) role_words(evaluator, words, actor, out);
    else if (words_labelled(words) && actor >= 0 && actor_class_of(actor) == ACTOR_PARTY)
        text_add(out, labels_text(words->labels, program->parties[actor].name));
    else if (words_labelled(words) && actor >= 0 && actor_class_of(actor) == ACTOR_ORGAN)
        text_add(out, labels_text(words->labels, program->organs[actor_organ_id(actor)].name));
    else if (words_labelled(words) && actor >= 0) office_words(evaluator, words, actor, out);
    else program_print_value(evaluator->program, &evaluator->texts, (struct type){TYPE_ACTOR, NO_ID}, actor, out);
}

void words_value(const struct evaluator *evaluator, const struct scenario_words *words, struct type type, value v,
                 struct text *out) {
    struct span name = {0};
    switch (type.base) {
    case TYPE_TEXT:
        // A text that only a refused entry held is forgotten.
        if (v < 0 || v >= evaluator->texts.count) text_print(out, "“…”");
        else text_print(out, words_say(words, "“%.*s”"), SPAN_ARG(names_text(&evaluator->texts, (uint32_t)v)));
        return;
    case TYPE_ENTITY:
        if (words && words->entity) name = words->entity(words->context, type, v);
        if (name.length) text_add(out, name);
        else program_print_value(evaluator->program, &evaluator->texts, type, v, out);
        return;
    case TYPE_ACTOR: words_actor(evaluator, words, v, out); return;
    case TYPE_PARTY:
        if (words_labelled(words)) text_add(out, labels_text(words->labels, evaluator->program->parties[v].name));
        else program_print_value(evaluator->program, &evaluator->texts, type, v, out);
        return;
    case TYPE_KIND:
        if (words_labelled(words) && type.of != KIND_CONDITION)
            words_label(words, evaluator->program->kinds[type.of].constants[v].name, out);
        else program_print_value(evaluator->program, &evaluator->texts, type, v, out);
        return;
    case TYPE_DURATION: {
        struct text english = {0};
        program_print_value(evaluator->program, &evaluator->texts, type, v, &english);
        units_words(words, text_span(&english), out);
        text_release(&english);
        return;
    }
    case TYPE_TIME: words_time(words, evaluator->program, v, out); return;
    default: program_print_value(evaluator->program, &evaluator->texts, type, v, out);
    }
}

void scenario_value_print(const struct evaluator *evaluator, const struct scenario_words *words, struct type type,
                          value v, struct text *out) {
    words_value(evaluator, words, type, v, out);
}

void words_citation(const struct scenario_words *words, const struct program *program, const struct citation *citation,
                    struct text *out) {
    if (!citation || citation->count == 0) return;
    struct citation bare = *citation;
    bare.standing = STANDING_VERIFIED;
    text_byte(out, ' ');
    program_print_citation(program, &bare, out);
    if (!*standing_word(citation->standing)) return;
    out->length--;    // the bracket
    text_print(out, ", %s]", words_standing(words, citation->standing));
}

// ---- Acts -----------------------------------------------------------------------------------------------------------
// A number says nothing without what it counts.
static void label_of(const struct evaluator *evaluator, const struct scenario_words *words, const struct act *act,
                     const struct column *parameter, struct text *out) {
    bool bare =
        parameter->type.base == TYPE_INT || parameter->type.base == TYPE_TIME || parameter->type.base == TYPE_DURATION;
    if (!bare || parameter->label.length == 0) return;
    struct label label;
    if (words && labels_part(words->labels, evaluator->program, act->name, parameter, &label)) {
        text_inside(label.label, out);
        text_print(out, ": ");
        return;
    }
    words_name(parameter->label, out);
    text_byte(out, ' ');
}

// Which organ is meant, where the act alone does not tell.
static void words_deciding(const struct evaluator *evaluator, const struct scenario_words *words, uint32_t act,
                           struct text *out) {
    if (!program_act_is_several(evaluator->program, act)) return;
    words_actor(evaluator, words, actor_organ(evaluator->program->acts[act].organ), out);
    text_print(out, ": ");
}

void words_item(const struct evaluator *evaluator, const struct scenario_words *words, const struct item_view *item,
                struct text *out) {
    words_deciding(evaluator, words, item->act, out);
    words_call(evaluator, words, item->act, item->arguments, NULL, item->argument_count, out);
}

void words_call(const struct evaluator *evaluator, const struct scenario_words *words, uint32_t act,
                const value *arguments, const bool *given, uint32_t count, struct text *out) {
    const struct act *of = &evaluator->program->acts[act];
    words_label_inside(words, of->name, out);
    bool open = false;
    for (uint32_t i = 0; i < count && i < of->parameter_count; i++) {
        if (given && !given[i]) continue;
        text_print(out, open ? ", " : " (");
        open = true;
        label_of(evaluator, words, of, &of->parameters[i], out);
        words_value(evaluator, words, of->parameters[i].type, arguments[i], out);
    }
    if (open) text_byte(out, ')');
}

void words_entry_call(const struct evaluator *evaluator, const struct scenario_words *words, const struct call *call,
                      struct text *out) {
    const struct act *of = &evaluator->program->acts[call->act];
    words_deciding(evaluator, words, call->act, out);
    words_label_inside(words, of->name, out);
    for (uint32_t i = 0; i < call->argument_count && i < of->parameter_count; i++) {
        text_print(out, i ? ", " : " (");
        label_of(evaluator, words, of, &of->parameters[i], out);
        if (of->parameters[i].type.base == TYPE_TEXT)
            text_print(out, words_say(words, "“%.*s”"), SPAN_ARG(call->arguments[i].text));
        else words_value(evaluator, words, of->parameters[i].type, call->arguments[i].value, out);
    }
    if (call->argument_count) text_byte(out, ')');
}

// ---- Duties and findings --------------------------------------------------------------------------------------------
bool words_fell_due(const struct scenario_words *words, uint32_t position, write_kind kind, uint32_t relation,
                    value key) {
    return position && words && words->fell_due && words->fell_due(words->context, position, kind, relation, key);
}

void words_owing(const struct evaluator *evaluator, const struct scenario_words *words, const struct duty_view *duty,
                 struct text *out) {
    const struct program *program = evaluator->program;
    uint32_t organ =
        duty->obligation == NO_ID ? NO_ID : program_chair_written(program->obligations[duty->obligation].bearer);
    if (organ != NO_ID) words_chair(program, words, organ, out);
    else words_actor(evaluator, words, duty->bearer, out);
}

void words_bearer(const struct evaluator *evaluator, const struct scenario_words *words, const struct duty_view *duty,
                  struct text *out) {
    words_owing(evaluator, words, duty, out);
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
    text_print(out, "%s",
               words_say(words, obligation->met_watch == NO_ID ? "what the treaty says" : "see to it that "));
    if (obligation->met_watch != NO_ID)
        program_print_asked(evaluator->program, &evaluator->texts, obligation, duty->captured, &printer, out);
}

void words_duty(const struct evaluator *evaluator, const struct scenario_words *words, const struct duty_view *duty,
                struct text *out) {
    if (duty->act != NO_ID)
        words_call(evaluator, words, duty->act, duty->arguments, duty->given, duty->argument_count, out);
    else if (duty->obligation != NO_ID) condition_words(evaluator, words, duty, out);
    else text_print(out, "%s", words_say(words, "a duty"));
}

void words_finding(const struct evaluator *evaluator, const struct scenario_words *words,
                   const struct finding_view *finding, struct text *out) {
    bool acts = finding->duty && finding->duty->act != NO_ID;
    const struct label *label =
        words && acts ? labels_find(words->labels, evaluator->program->acts[finding->duty->act].name) : NULL;
    if (label) text_print(out, words_say(words, "%.*s: overdue"), SPAN_ARG(label->label));
    else text_add(out, words_message(words, finding->message));
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
    if (finding->concerns_unknown) text_print(out, "%s", words_say(words, "whom it concerns is too much to ask"));
    for (uint32_t i = 0; i < finding->concern_count; i++) {
        if (shown++) text_print(out, ", ");
        words_actor(evaluator, words, finding->concerns[i], out);
    }
}
