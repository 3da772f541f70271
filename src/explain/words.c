// SPDX-License-Identifier: Apache-2.0
// How explanations say things: values, facts, conditions, actors and entries in a line each.
#include "explain/explain_internal.h"

#include <string.h>

#define TEXT_SHOWN_MAX 60u    // characters of a text value that a tree shows: the rest is in the act

static struct span finish(struct making *making, struct text *text) {
    struct span copy = span_copy(making->arena, text_span(text));
    text_release(text);
    return copy;
}

// ---- Values --------------------------------------------------------------------------------------------------------
static bool print_name(const struct explainer *with, struct type type, value v, struct text *out) {
    if (!with->log || !with->log->name) return false;
    struct span name = with->log->name(with->log->context, type, v);
    text_add(out, name);
    return name.length > 0;
}

// A role over an entity stands with the name that the reader has for it: commander(op).
static bool print_role(const struct explainer *with, value actor, struct text *out) {
    if (actor < 0 || actor_class_of(actor) != ACTOR_ROLE || actor_role_argument(actor) < 0) return false;
    const struct relation *relation = &with->evaluator->program->relations[actor_role_relation(actor)];
    struct text argument = {0};
    bool named = relation->columns[0].type.base == TYPE_ENTITY &&
                 print_name(with, relation->columns[0].type, actor_role_argument(actor), &argument);
    if (named) text_print(out, "%.*s(%.*s)", SPAN_ARG(relation->name), SPAN_ARG(text_span(&argument)));
    text_release(&argument);
    return named;
}

void explain_print_value(const struct explainer *with, struct type type, value v, struct text *out) {
    if (type.base == TYPE_ENTITY && print_name(with, type, v, out)) return;
    if (type.base == TYPE_ACTOR && print_role(with, v, out)) return;
    program_print_value(with->evaluator->program, &with->evaluator->texts, type, v, out);
}

static bool is_own_text(const struct making *making, struct type type, value v) {
    return type.base == TYPE_TEXT && v >= OWN_TEXT(0) && v < OWN_TEXT(making->solver.own_text_count);
}

static void print_text_value(struct making *making, struct type type, value v, struct text *out) {
    struct span text;
    if (is_own_text(making, type, v)) text = making->solver.own_texts[v - OWN_TEXT(0)];
    else if (v >= 0 && v < making->solver.with->evaluator->texts.count)
        text = names_text(&making->solver.with->evaluator->texts, (uint32_t)v);
    else text = SPAN("...");
    uint32_t end = 0, shown = 0;
    while (end < text.length && shown < TEXT_SHOWN_MAX) {
        do end++;
        while (end < text.length && ((unsigned char)text.at[end] & 0xC0) == 0x80);
        shown++;
    }
    text_print(out, "\"%.*s%s\"", (int)end, text.at, end < text.length ? "..." : "");
}

static void print_value(struct making *making, struct type type, value v, struct text *out) {
    if (v == VALUE_ANY) text_byte(out, '_');
    else if (type.base == TYPE_TEXT) print_text_value(making, type, v, out);
    else explain_print_value(making->solver.with, type, v, out);
}

struct span tell_value(struct making *making, struct type type, value v) {
    struct text out = {0};
    print_value(making, type, v, &out);
    return finish(making, &out);
}

struct span tell_time(struct making *making, int64_t time) {
    struct text out = {0};
    calendar_print(&out, time, making->program->offset);
    return finish(making, &out);
}

struct span tell_span(struct making *making, int64_t from, int64_t until) {
    struct text out = {0};
    if (from != TIME_MIN) {
        text_add(&out, said_span(making, SPAN("since ")));
        calendar_print(&out, from, making->program->offset);
    }
    if (until != TIME_MAX) {
        text_add(&out, said_span(making, from != TIME_MIN ? SPAN(", until ") : SPAN("until ")));
        calendar_print(&out, until, making->program->offset);
    }
    return finish(making, &out);
}

// ---- Facts and conditions ------------------------------------------------------------------------------------------
struct span tell_fact(struct making *making, uint32_t relation, const value *values) {
    const struct relation *r = &making->program->relations[relation];
    struct row_form form = program_row_form(making->program, relation);
    struct text out = {0};
    if (form.proposes) print_value(making, r->columns[0].type, values[0], &out);
    text_print(&out, "%s%.*s(", form.proposes ? " proposes " : "", SPAN_ARG(form.name));
    for (uint32_t i = form.from; i < form.to; i++) {
        if (i > form.from) text_add(&out, SPAN(", "));
        print_value(making, r->columns[i].type, values[i], &out);
    }
    text_byte(&out, ')');
    return finish(making, &out);
}

static void print_argument(struct making *making, const struct expression *e, struct bindings bindings,
                           struct text *out) {
    value v;
    if (solver_value(&making->solver, e, bindings, &v) == VALUE_KNOWN) print_value(making, e->type, v, out);
    else if (e->kind == EXPRESSION_VARIABLE && bindings.frame->names[e->slot].length)
        text_add(out, bindings.frame->names[e->slot]);
    else text_byte(out, '_');
}

struct span tell_atom(struct making *making, const struct condition *atom, struct bindings bindings) {
    const struct relation *r = &making->program->relations[atom->relation];
    uint32_t from = 0, to = atom->argument_count;
    struct text out = {0};
    if (atom->proposes) {
        const struct act *act = &making->program->acts[program_act_of_items(making->program, atom->relation)];
        print_argument(making, atom->arguments[0], bindings, &out);
        text_print(&out, " proposes %.*s(", SPAN_ARG(act->proposed));
        from = 2, to = 2 + act->parameter_count;
    } else text_print(&out, "%.*s(", SPAN_ARG(r->name));
    for (uint32_t i = from; i < to; i++) {
        if (i > from) text_add(&out, SPAN(", "));
        print_argument(making, atom->arguments[i], bindings, &out);
    }
    text_byte(&out, ')');
    value moment;
    if (atom->moment && solver_value(&making->solver, atom->moment, bindings, &moment) == VALUE_KNOWN) {
        text_add(&out, SPAN(" at "));
        calendar_print(&out, moment, making->program->offset);
    }
    return finish(making, &out);
}

struct span tell_condition(struct making *making, const struct frame *frame, const struct condition *condition) {
    struct text out = {0};
    program_print_condition(making->program, &making->solver.with->evaluator->texts, frame, condition, &out);
    return finish(making, &out);
}

// The compiler's own bookkeeping is no part of what a reader wrote.
bool is_hidden(const struct making *making, const struct condition *condition) {
    return condition->kind == CONDITION_ATOM && !condition->proposes &&
           making->program->relations[condition->relation].hidden;
}

struct span tell_conditions(struct making *making, const struct frame *frame, struct conditions conditions) {
    struct text out = {0};
    for (uint32_t i = 0; i < conditions.count; i++) {
        if (is_hidden(making, &conditions.at[i])) continue;
        if (out.length) text_add(&out, SPAN(", "));
        program_print_condition(making->program, &making->solver.with->evaluator->texts, frame, &conditions.at[i],
                                &out);
    }
    return finish(making, &out);
}

static void print_captured(void *context, struct type type, value v, struct text *out) {
    print_value(context, type, v, out);
}

// What a duty `that` CONDITIONS asks, with the values of what it captured, where they are known.
struct span tell_asked(struct making *making, const struct obligation *o, struct bindings captured) {
    bool known = true;
    for (uint32_t i = 0; i < o->captured_count; i++) known &= captured.bound[i];
    struct value_printer printer = {making, print_captured};
    struct text out = {0};
    program_print_asked(making->program, &making->solver.with->evaluator->texts, o, known ? captured.values : NULL,
                        &printer, &out);
    return finish(making, &out);
}

// ---- Actors --------------------------------------------------------------------------------------------------------
value tell_holder(struct making *making, value role) {
    if (role < 0 || actor_class_of(role) != ACTOR_ROLE) return role;
    uint32_t relation = actor_role_relation(role), last = making->program->relations[relation].column_count - 1;
    value pattern[COLUMNS_MAX];
    for (uint32_t i = 0; i <= last; i++) pattern[i] = VALUE_ANY;
    if (last == 1) pattern[0] = actor_role_argument(role);
    struct row_copies rows = solver_rows(&making->solver, making->solver.question, relation, pattern);
    value holder = rows.count ? rows.at[0].values[last] : ACTOR_NONE;
    row_copies_release(&rows);
    return holder;
}

static void print_actor(struct making *making, value actor, const struct expression *written, struct text *out) {
    struct type type = {TYPE_ACTOR, NO_ID};
    uint32_t organ = written ? program_chair_written(written) : NO_ID;
    if (organ != NO_ID) text_print(out, "chair(%.*s)", SPAN_ARG(making->program->organs[organ].name));
    else explain_print_value(making->solver.with, type, actor, out);
    if (actor < 0 || actor_class_of(actor) != ACTOR_ROLE) return;
    value holder = tell_holder(making, actor);
    text_add(out, said_span(making, holder == ACTOR_NONE ? SPAN(", held by nobody now") : SPAN(", now ")));
    if (holder != ACTOR_NONE) explain_print_value(making->solver.with, type, holder, out);
}

struct span tell_actor(struct making *making, value actor, const struct expression *written) {
    struct text out = {0};
    print_actor(making, actor, written, &out);
    return finish(making, &out);
}

// An actor that is known only when the act is called: commander(o).
static void print_actor_expression(struct making *making, const struct act *act, const struct expression *e,
                                   struct text *out) {
    struct bindings none = bindings_new(making->arena, &act->frame);
    value actor;
    if (solver_value(&making->solver, e, none, &actor) == VALUE_KNOWN) {
        print_actor(making, actor, e, out);
        return;
    }
    const struct program *program = making->program;
    if (e->kind == EXPRESSION_ROLE) text_print(out, "%.*s(", SPAN_ARG(program->relations[e->id].name));
    if (e->kind == EXPRESSION_OFFICE_OF) text_print(out, "%.*s of ", SPAN_ARG(program->offices[e->id].name));
    const struct expression *inner = e->left && e->kind != EXPRESSION_VARIABLE ? e->left : e;
    print_argument(making, inner, none, out);
    if (e->kind == EXPRESSION_ROLE) text_byte(out, ')');
}

static void print_who(struct making *making, const struct act *act, const struct who *who, struct text *out) {
    const struct program *program = making->program;
    switch (who->kind) {
    case WHO_ANYONE: text_add(out, said_span(making, SPAN("anyone"))); break;
    case WHO_ACTOR:
        if (who->actor) print_actor_expression(making, act, who->actor, out);
        break;
    case WHO_MEMBER:
        text_add(out, said_span(making, SPAN("any ")));
        if (who->relation != NO_ID) text_add(out, program->relations[who->relation].name);
        else if (who->type.base == TYPE_PARTY && who->type.of != NO_ID)
            text_add(out, program->party_types[who->type.of].name);
        else text_add(out, said_span(making, SPAN("party")));
        break;
    case WHO_OFFICE_OF:
        text_print(out, said(making, "the %.*s of a party"), SPAN_ARG(program->offices[who->office].name));
        break;
    case WHO_ONE_OF:
        for (uint32_t i = 0; i < who->other_count; i++) {
            if (i) text_add(out, said_span(making, SPAN(" or ")));
            print_who(making, act, &who->others[i], out);
        }
        break;
    }
}

struct span tell_who(struct making *making, const struct act *act, const struct who *who) {
    struct text out = {0};
    print_who(making, act, who, &out);
    return finish(making, &out);
}

// ---- Entries -------------------------------------------------------------------------------------------------------
static void print_call(struct making *making, const struct call *call, struct text *out) {
    const struct act *act = &making->program->acts[call->act];
    text_print(out, "%.*s(", SPAN_ARG(act->proposed));
    for (uint32_t i = 0; i < call->argument_count; i++) {
        if (i) text_add(out, SPAN(", "));
        struct type type = i < act->parameter_count ? act->parameters[i].type : (struct type){TYPE_INT, NO_ID};
        if (type.base != TYPE_TEXT) {
            print_value(making, type, call->arguments[i].value, out);
            continue;
        }
        struct span *texts = ARENA_NEW(making->arena, struct span);
        *texts = call->arguments[i].text;
        const struct span *kept = making->solver.own_texts;
        uint32_t count = making->solver.own_text_count;
        making->solver.own_texts = texts;
        making->solver.own_text_count = 1;
        print_value(making, type, OWN_TEXT(0), out);
        making->solver.own_texts = kept;
        making->solver.own_text_count = count;
    }
    text_byte(out, ')');
}

struct span tell_call(struct making *making, const struct call *call) {
    struct text out = {0};
    if (call->act < making->program->acts_count) print_call(making, call, &out);
    return finish(making, &out);
}

// Seats that gave the same answer to the same proposal are named together: BLR, KAZ consent d1.
static void print_answers(struct making *making, const struct entry *entry, struct text *out) {
    for (uint32_t i = 0; i < entry->answer_count; i++) {
        const struct answer *answer = &entry->answers[i];
        explain_print_value(making->solver.with, (struct type){TYPE_ACTOR, NO_ID}, answer->actor, out);
        bool last = i + 1 == entry->answer_count;
        if (!last && answer[1].answer == answer->answer && answer[1].proposal == answer->proposal) {
            text_add(out, SPAN(", "));
            continue;
        }
        text_byte(out, ' ');
        print_value(making, (struct type){TYPE_KIND, KIND_ANSWER}, answer->answer, out);
        text_byte(out, ' ');
        print_value(making, (struct type){TYPE_ENTITY, ENTITY_PROPOSAL}, answer->proposal, out);
        if (!last) text_add(out, SPAN("; "));
    }
}

struct span tell_entry(struct making *making, const struct entry *entry) {
    static const char *const verbs[] = {[ENTRY_JOIN] = "joins",
                                        [ENTRY_WITHDRAW] = "withdraws",
                                        [ENTRY_CONFIRM] = "confirms",
                                        [ENTRY_CONTEST] = "contests"};
    struct text out = {0};
    if (entry->kind == ENTRY_TICK) {
        text_add(&out, said_span(making, SPAN("time passes")));
        return finish(making, &out);
    }
    if (entry->kind == ENTRY_ANSWER) {
        print_answers(making, entry, &out);
        return finish(making, &out);
    }
    explain_print_value(making->solver.with, (struct type){TYPE_ACTOR, NO_ID}, entry->actor, &out);
    text_byte(&out, ' ');
    if (entry->kind == ENTRY_PROPOSE) text_add(&out, said_span(making, SPAN("propose ")));
    for (uint32_t i = 0; i < entry->call_count; i++) {
        if (i) text_add(&out, SPAN("; "));
        if (entry->calls[i].act < making->program->acts_count) print_call(making, &entry->calls[i], &out);
    }
    if (entry->kind >= ENTRY_JOIN && entry->kind <= ENTRY_CONTEST) {
        bool decision = entry->kind == ENTRY_JOIN || entry->kind == ENTRY_WITHDRAW;
        text_print(&out, "%s ", said(making, verbs[entry->kind]));
        print_value(making, (struct type){TYPE_ENTITY, decision ? ENTITY_PROPOSAL : ENTITY_ENTRY}, entry->object, &out);
    }
    return finish(making, &out);
}
