// SPDX-License-Identifier: Apache-2.0
// Values as terms of clingo. Each kind is one shape, whose order, from its first argument on, is the language's order.
#include "export_internal.h"

#define DAY 86400
#define FAR_DAY 2000000000    // of "since ever" and "without end"

void term_word(struct span name, struct text *out) {
    for (uint32_t i = 0; i < name.length; i++) {
        char c = name.at[i];
        bool plain = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9');
        text_byte(out, plain ? c : '_');
    }
}

void term_relation(const struct program *program, uint32_t relation, struct text *out) {
    text_print(out, "%c%u_", program->relations[relation].derived ? 'r' : 'b', relation);
    term_word(program->relations[relation].name, out);
}

static void print_quoted(struct span text, struct text *out) {
    text_byte(out, '"');
    for (uint32_t i = 0; i < text.length; i++) {
        if (text.at[i] == '\n') {
            text_add(out, SPAN("\\n"));
            continue;
        }
        if (text.at[i] == '"' || text.at[i] == '\\') text_byte(out, '\\');
        text_byte(out, text.at[i]);
    }
    text_byte(out, '"');
}

static int64_t floor_days(int64_t seconds) { return seconds / DAY - (seconds % DAY < 0 ? 1 : 0); }

static void print_time(int64_t time, struct text *out) {
    if (time == TIME_MIN || time == TIME_MAX) {
        text_print(out, "t(%d,0)", time == TIME_MIN ? -FAR_DAY : FAR_DAY);
        return;
    }
    int64_t days = floor_days(time);
    text_print(out, "t(%lld,%lld)", (long long)days, (long long)(time - days * DAY));
}

static void print_duration(value duration, struct text *out) {
    int64_t seconds = duration_seconds(duration), days = floor_days(seconds);
    text_print(out, "d(%lld,%lld,%lld)", (long long)duration_months(duration), (long long)days,
               (long long)(seconds - days * DAY));
}

static void print_party(const struct program *program, value party, struct text *out) {
    text_print(out, "a(0,%lld,0,", (long long)party);
    print_quoted(party >= 0 && party < program->parties_count ? program->parties[party].name : SPAN("?"), out);
    text_byte(out, ')');
}

static void print_role(const struct program *program, const struct names *texts, value role, struct text *out) {
    uint32_t relation = actor_role_relation(role);
    text_print(out, "a(3,%u,", relation);
    if (actor_role_argument(role) < 0) text_byte(out, '0');
    else term_print(program, texts, program->relations[relation].columns[0].type, actor_role_argument(role), out);
    text_byte(out, ',');
    print_quoted(program->relations[relation].name, out);
    text_byte(out, ')');
}

static void print_actor(const struct program *program, const struct names *texts, value actor, struct text *out) {
    if (actor == ACTOR_NONE) {
        text_add(out, SPAN("a(-1,0,0,\"nobody\")"));
        return;
    }
    switch (actor_class_of(actor)) {
    case ACTOR_PARTY: print_party(program, actor, out); return;
    case ACTOR_OFFICE:
        text_print(out, "a(1,%u,", actor_office_id(actor));
        if (actor_office_party(actor) < 0) text_byte(out, '0');
        else print_party(program, actor_office_party(actor), out);
        text_byte(out, ',');
        print_quoted(program->offices[actor_office_id(actor)].name, out);
        text_byte(out, ')');
        return;
    case ACTOR_ORGAN:
        text_print(out, "a(2,%u,0,", actor_organ_id(actor));
        print_quoted(program->organs[actor_organ_id(actor)].name, out);
        text_byte(out, ')');
        return;
    case ACTOR_ROLE: print_role(program, texts, actor, out); return;
    }
}

void term_print(const struct program *program, const struct names *texts, struct type type, value v, struct text *out) {
    switch (type.base) {
    case TYPE_INT: text_print(out, "%lld", (long long)v); return;
    case TYPE_TIME: print_time(v, out); return;
    case TYPE_DURATION: print_duration(v, out); return;
    case TYPE_TEXT: print_quoted(names_text(texts, (uint32_t)v), out); return;
    case TYPE_PARTY:
    case TYPE_ACTOR: print_actor(program, texts, v, out); return;
    case TYPE_ENTITY: text_print(out, "e(%u,%u)", entity_position(v), entity_ordinal(v)); return;
    case TYPE_KIND:
        text_print(out, "k(%lld,", (long long)v);
        print_quoted(program->kinds[type.of].constants[v].name, out);
        text_byte(out, ')');
        return;
    }
}

bool term_fits(struct type type, value v) { return type.base != TYPE_INT || (v >= -INTEGER_MOST && v <= INTEGER_MOST); }
