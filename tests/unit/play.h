// SPDX-License-Identifier: Apache-2.0
// Plays entries written as short lines into an evaluator, and asks it short questions; for tests of both evaluators.
//
//     play(&p, "2020-01-01", "KAZ appeal(assistance, some words)");        an act or event
//     play(&p, "2020-01-02", "ARM propose mandate(@1.0, x); limit(@2.1, 5)"); a package
//     play(&p, "2020-01-02", "KGZ consent @2.0"); join, withdraw, confirm, contest likewise; "tick" alone
//     play(&p, "2020-01-02", "REG recorded KAZ appeal(...)");                 REG records for KAZ; "- recorded": a reconstruction
//
// Arguments are read by their type: parties, kinds and offices by name, entities as @POSITION.ORDINAL, times, integers; texts as they
// stand, so they hold no comma and no parenthesis.
#ifndef ENTENTE_PLAY_H
#define ENTENTE_PLAY_H

#include "engine/engine.h"
#include "naive/naive.h"

struct play {
    struct diagnostics all;
    struct program *program;
    struct evaluator *evaluator;
    struct receipt receipt;
};

static bool play_begin(struct play *p, struct evaluator *(*make)(const struct program *), const char *text) {
    diagnostics_init(&p->all);
    struct text whole = {0};
    text_print(&whole, "```treaty\n%s\n```\n", text);
    p->program = lang_load_text(&p->all, SPAN("test.md"), text_span(&whole));
    text_release(&whole);
    if (!p->program) {
        struct text said = {0};
        diagnostics_print(&p->all, &said, false);
        printf("%.*s", (int)said.length, said.at);
        text_release(&said);
        return false;
    }
    p->evaluator = make(p->program);
    return true;
}

static void play_end(struct play *p) {
    if (p->program) {
        evaluator_free(p->evaluator);
        program_free(p->program);
    }
    diagnostics_release(&p->all);
}

static int64_t play_time(const char *text) {
    int64_t time;
    uint32_t length;
    bool good = calendar_parse(span_of(text), 0, &time, &length);
    ENSURE(good && length == strlen(text));
    return time;
}

static value play_integer(struct span text) {
    value number = 0;
    bool minus = text.length && text.at[0] == '-';
    for (uint32_t i = minus; i < text.length; i++) number = number * 10 + (text.at[i] - '0');
    return minus ? -number : number;
}

static value play_entity(struct span text) {
    uint32_t dot = 1;
    while (dot < text.length && text.at[dot] != '.') dot++;
    ENSURE(text.length && text.at[0] == '@' && dot < text.length);
    return entity_of((uint32_t)play_integer(span_part(text, 1, dot - 1)), (uint32_t)play_integer(span_part(text, dot + 1, text.length - dot - 1)));
}

static bool play_party(const struct program *program, struct span text, value *found) {
    for (uint32_t i = 0; i < program->parties_count; i++)
        if (span_equal(program->parties[i].name, text)) return *found = i, true;
    return false;
}

// A party, an organ, an office, "OFFICE of PARTY", or "RELATION()" and "RELATION(@3.0)" for a role.
static value play_actor(const struct program *program, struct span text) {
    value found;
    if (play_party(program, text, &found)) return found;
    for (uint32_t i = 0; i < program->organs_count; i++)
        if (span_equal(program->organs[i].name, text)) return actor_organ(i);
    uint32_t word = 0;
    while (word < text.length && text.at[word] != ' ' && text.at[word] != '(') word++;
    struct span first = span_part(text, 0, word);
    if (word < text.length && text.at[word] == '(') {
        bool argument = text.at[word + 1] != ')';
        struct span inside = span_part(text, word + 1, text.length - word - 2);
        if (argument && !play_party(program, inside, &found)) found = play_entity(inside);
        return actor_role(program_find_relation(program, first), argument, found);
    }
    for (uint32_t i = 0; i < program->offices_count; i++) {
        if (!span_equal(program->offices[i].name, first)) continue;
        if (program->offices[i].of == NO_ID) return actor_office(i, -1);
        bool good = text.length > word + 4 && play_party(program, span_part(text, word + 4, text.length - word - 4), &found);
        ENSURE(good);
        return actor_office(i, found);
    }
    printf("no actor `%.*s`\n", SPAN_ARG(text));
    ENSURE(false);
}

static value play_value(const struct play *p, struct type type, struct span text) {
    uint32_t length;
    int64_t time;
    value found = -1;
    if (span_is(text, "_")) return VALUE_ANY;
    switch (type.base) {
    case TYPE_INT: return play_integer(text);
    case TYPE_TIME:
        if (span_is(text, "end")) return TIME_MAX;
        ENSURE(calendar_parse(text, 0, &time, &length));
        return time;
    case TYPE_DURATION: return duration_of(0, play_integer(text));
    case TYPE_TEXT: return evaluator_text(p->evaluator, text);
    case TYPE_PARTY:
    case TYPE_ACTOR: return play_actor(p->program, text);
    case TYPE_ENTITY: return play_entity(text);
    case TYPE_KIND:
        for (uint32_t i = 0; i < p->program->kinds[type.of].constant_count; i++)
            if (span_equal(p->program->kinds[type.of].constants[i].name, text)) found = i;
        ENSURE(found >= 0);
        return found;
    }
    ENSURE(false);
}

// Cuts "name(a, b)" at commas outside inner parentheses; returns what stands behind it.
static struct span play_call(struct span text, struct span *name, struct span *arguments, uint32_t *count) {
    uint32_t at = 0, from, depth = 0;
    while (at < text.length && text.at[at] != '(') at++;
    *name = span_trim(span_part(text, 0, at));
    *count = 0;
    if (at == text.length) return span_part(text, at, 0);
    for (from = ++at; at < text.length; at++) {
        char byte = text.at[at];
        if (byte == '(') depth++;
        if (depth == 0 && (byte == ',' || byte == ')')) {
            struct span argument = span_trim(span_part(text, from, at - from));
            if (argument.length || byte == ',' || *count) arguments[(*count)++] = argument;
            from = at + 1;
            if (byte == ')') break;
        }
        if (byte == ')' && depth) depth--;
    }
    if (at < text.length) at++;
    return span_trim(span_part(text, at, text.length - at));
}

static struct span play_word(struct span *text) {
    uint32_t at = 0;
    *text = span_trim(*text);
    while (at < text->length && text->at[at] != ' ') at++;
    struct span word = span_part(*text, 0, at);
    *text = span_trim(span_part(*text, at, text->length - at));
    return word;
}

#define PLAY_CALLS 8
struct play_entry { struct entry entry; struct call calls[PLAY_CALLS]; struct argument arguments[PLAY_CALLS][COLUMNS_MAX]; struct answer answers[PLAY_CALLS]; };

static void play_read_calls(struct play *p, struct play_entry *e, struct span text) {
    e->entry.calls = e->calls;
    while (text.length) {
        struct span name, arguments[COLUMNS_MAX + 1];
        uint32_t count, i = e->entry.call_count++;
        text = play_call(text, &name, arguments, &count);
        if (text.length && text.at[0] == ';') text = span_part(text, 1, text.length - 1);
        uint32_t act = program_find_act(p->program, name);
        if (act == NO_ID) printf("no act `%.*s`\n", SPAN_ARG(name));
        ENSURE(act != NO_ID);
        for (uint32_t k = 0; k < count; k++) {
            e->arguments[i][k].text = arguments[k];
            if (k < p->program->acts[act].parameter_count && p->program->acts[act].parameters[k].type.base != TYPE_TEXT)
                e->arguments[i][k].value = play_value(p, p->program->acts[act].parameters[k].type, arguments[k]);
        }
        e->calls[i] = (struct call){act, e->arguments[i], count};
    }
}

static bool play_answer_word(struct span word, uint32_t *answer) {
    static const char *const words[] = {"consent", "object", "abstain", "stand-aside", "reserve"};
    for (uint32_t i = 0; i < COUNT_OF(words); i++)
        if (span_is(word, words[i])) return *answer = i, true;
    return false;
}

static bool play_object_word(struct span word, entry_kind *kind) {
    static const char *const words[] = {"join", "withdraw", "confirm", "contest"};
    for (uint32_t i = 0; i < COUNT_OF(words); i++)
        if (span_is(word, words[i])) return *kind = (entry_kind)(ENTRY_JOIN + i), true;
    return false;
}

// An actor is one word, or three: "minister of KAZ consent @1.0".
static value play_take_actor(const struct play *p, struct span *text) {
    struct span rest = *text, first = play_word(&rest);
    if (span_is(first, "-")) return *text = rest, ACTOR_NONE;
    struct span after = rest, of = play_word(&after);
    if (!span_is(of, "of")) return *text = rest, play_actor(p->program, first);
    struct span party = play_word(&after);
    struct span whole = span_part(*text, 0, (uint32_t)(party.at + party.length - text->at));
    *text = after;
    return play_actor(p->program, whole);
}

static void play_read(struct play *p, struct play_entry *e, const char *time, const char *line) {
    struct span text = span_of(line);
    *e = (struct play_entry){.entry = {.time = play_time(time), .registrar = ACTOR_NONE}};
    e->entry.admitted = e->entry.time;
    e->entry.kind = ENTRY_TICK;
    if (span_is(text, "tick")) return;
    value actor = play_take_actor(p, &text);
    struct span rest = text, word = play_word(&rest);
    if (span_is(word, "recorded")) {
        e->entry.recorded = true;
        e->entry.registrar = actor;
        text = rest;
        actor = play_take_actor(p, &text);
        rest = text;
        word = play_word(&rest);
    }
    e->entry.actor = actor;
    uint32_t answer;
    if (play_answer_word(word, &answer)) {
        e->entry.kind = ENTRY_ANSWER;
        struct span object = play_word(&rest);
        e->answers[0] = (struct answer){actor, play_entity(object), answer, rest};
        e->entry.answers = e->answers;
        e->entry.answer_count = 1;
    } else if (play_object_word(word, &e->entry.kind)) e->entry.object = play_entity(rest);
    else if (span_is(word, "propose")) {
        e->entry.kind = ENTRY_PROPOSE;
        play_read_calls(p, e, rest);
    } else {
        e->entry.kind = ENTRY_ACT;
        play_read_calls(p, e, text);
    }
}

static const struct receipt *play(struct play *p, const char *time, const char *line) {
    struct play_entry e;
    play_read(p, &e, time, line);
    evaluator_submit(p->evaluator, &e.entry, &p->receipt);
    return &p->receipt;
}

struct play_found { uint32_t count; value first[COLUMNS_MAX]; uint32_t width; struct found row; };

static bool play_visit(void *context, const struct found *row) {
    struct play_found *found = context;
    if (found->count++ == 0) {
        if (found->width) memcpy(found->first, row->values, sizeof(value) * found->width);
        found->row = *row;
    }
    return true;
}

// How many rows match, as of a position (POSITION_LAST: the last at that time).
static struct play_found play_ask(struct play *p, const char *time, uint32_t position, const char *atom) {
    struct span name, arguments[COLUMNS_MAX + 1];
    struct play_found found = {0};
    uint32_t count;
    (void)play_call(span_of(atom), &name, arguments, &count);
    uint32_t relation = program_find_relation(p->program, name);
    if (relation == NO_ID) printf("no relation `%s`\n", atom);
    ENSURE(relation != NO_ID);
    const struct relation *declared = &p->program->relations[relation];
    value pattern[COLUMNS_MAX];
    found.width = declared->column_count;
    if (count != declared->column_count) printf("`%s` wants %u arguments\n", atom, declared->column_count);
    ENSURE(count == declared->column_count);
    for (uint32_t i = 0; i < count; i++) pattern[i] = play_value(p, declared->columns[i].type, arguments[i]);
    ask_status status = evaluator_ask(p->evaluator, (struct question){play_time(time), position}, relation, pattern, play_visit, &found);
    if (status != ASK_OK) found.count = 1000000u + (uint32_t)status;
    return found;
}

static uint32_t play_count(struct play *p, const char *time, const char *atom) { return play_ask(p, time, POSITION_LAST, atom).count; }

#endif
