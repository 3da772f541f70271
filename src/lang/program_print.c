// SPDX-License-Identifier: Apache-2.0
// A program's values, citations, expressions and conditions in the words that a reader writes.
#include "lang/program.h"

// ---- Order ----------------------------------------------------------------------------------------------------------
int program_compare(const struct program *program, const struct names *texts, struct type type, value a, value b) {
    (void)program;
    if (a == b) return 0;
    if (type.base == TYPE_TEXT) return span_compare(names_text(texts, (uint32_t)a), names_text(texts, (uint32_t)b));
    // Everything else is numbered in its order: parties, kinds, offices and organs as declared, entities by position
    // and ordinal.
    return a < b ? -1 : 1;
}

// ---- Values ---------------------------------------------------------------------------------------------------------
static void print_amount(struct text *out, int64_t count, const char *unit) {
    text_print(out, "%lld %s%s", (long long)count, unit, count == 1 || count == -1 ? "" : "s");
}

// In the one largest unit that divides it, so that it reads back as the same duration.
static void print_duration(value duration, struct text *out) {
    static const struct {
        const char *unit;
        int64_t seconds;
    } units[] = {{"day", 86400}, {"hour", 3600}, {"minute", 60}, {"second", 1}};
    int64_t months = duration_months(duration), seconds = duration_seconds(duration);
    if (months) print_amount(out, months % 12 ? months : months / 12, months % 12 ? "month" : "year");
    if (months && seconds) text_print(out, " + ");
    for (uint32_t i = 0; i < COUNT_OF(units) && (seconds || !months); i++) {
        if (seconds % units[i].seconds || (!seconds && units[i].seconds > 1)) continue;
        print_amount(out, seconds / units[i].seconds, units[i].unit);
        break;
    }
}

static void print_text(struct span text, struct text *out) {
    text_byte(out, '"');
    for (uint32_t i = 0; i < text.length; i++) {
        if (text.at[i] == '"' || text.at[i] == '\\') text_byte(out, '\\');
        text_byte(out, text.at[i]);
    }
    text_byte(out, '"');
}

static void print_entity(const struct program *program, struct type type, value v, struct text *out) {
    struct span name = type.of < program->entity_types_count ? program->entity_types[type.of].name : SPAN("entity");
    text_print(out, "%.*s@%u.%u", SPAN_ARG(name), entity_position(v), entity_ordinal(v));
}

uint32_t program_chair_written(const struct expression *role) {
    return role->kind == EXPRESSION_CONSTANT && role->type.base == TYPE_ACTOR ? role->id : NO_ID;
}

uint32_t program_chaired_organ(const struct program *program, uint32_t relation) {
    uint32_t organ = NO_ID, count = 0;
    for (uint32_t i = 0; i < program->organs_count; i++)
        if (program->organs[i].chair == relation) organ = i, count++;
    return count == 1 ? organ : NO_ID;
}

static void print_chair(const struct program *program, uint32_t organ, struct text *out) {
    text_print(out, "chair(%.*s)", SPAN_ARG(program->organs[organ].name));
}

static void print_role(const struct program *program, const struct names *texts, value role, struct text *out) {
    uint32_t id = actor_role_relation(role);
    if (id >= program->relations_count) return;
    const struct relation *relation = &program->relations[id];
    uint32_t organ = actor_role_argument(role) < 0 ? program_chaired_organ(program, id) : NO_ID;
    if (organ != NO_ID) {
        print_chair(program, organ, out);
        return;
    }
    text_add(out, relation->name);
    if (actor_role_argument(role) < 0) return;
    text_byte(out, '(');
    program_print_value(program, texts, relation->columns[0].type, actor_role_argument(role), out);
    text_byte(out, ')');
}

static void print_actor(const struct program *program, const struct names *texts, value v, struct text *out) {
    if (v == ACTOR_NONE) {
        text_print(out, "nobody");
        return;
    }
    switch (actor_class_of(v)) {
    case ACTOR_PARTY:
        if (v >= 0 && (uint64_t)v < program->parties_count) text_add(out, program->parties[v].name);
        else text_print(out, "party %lld", (long long)v);
        break;
    case ACTOR_OFFICE: {
        uint32_t office = actor_office_id(v);
        value party = actor_office_party(v);
        if (office < program->offices_count) text_add(out, program->offices[office].name);
        if (party >= 0 && (uint64_t)party < program->parties_count)
            text_print(out, " of %.*s", SPAN_ARG(program->parties[party].name));
        break;
    }
    case ACTOR_ORGAN:
        if (actor_organ_id(v) < program->organs_count) text_add(out, program->organs[actor_organ_id(v)].name);
        break;
    case ACTOR_ROLE: print_role(program, texts, v, out); break;
    }
}

void program_print_value(const struct program *program, const struct names *texts, struct type type, value v,
                         struct text *out) {
    switch (type.base) {
    case TYPE_INT: text_print(out, "%lld", (long long)v); break;
    case TYPE_TIME: calendar_print(out, v, program->offset); break;
    case TYPE_DURATION: print_duration(v, out); break;
    case TYPE_TEXT: print_text(names_text(texts, (uint32_t)v), out); break;
    case TYPE_PARTY:
    case TYPE_ACTOR: print_actor(program, texts, v, out); break;
    case TYPE_ENTITY: print_entity(program, type, v, out); break;
    case TYPE_KIND:
        if (type.of < program->kinds_count && v >= 0 && (uint64_t)v < program->kinds[type.of].constant_count)
            text_add(out, program->kinds[type.of].constants[v].name);
        break;
    default: text_byte(out, '?');
    }
}

void program_print_citation(const struct program *program, const struct citation *citation, struct text *out) {
    static const char *const standings[] = {"", "", ", unverified", ", disputed", ", notional", ", house"};
    if (!citation->count) return;
    text_byte(out, '[');
    for (uint32_t i = 0; i < citation->count; i++) {
        const struct reference *reference = &citation->at[i];
        text_print(out, "%s%.*s", i ? "; " : "", SPAN_ARG(program->sources[reference->source].name));
        if (reference->where.length) text_print(out, " %.*s", SPAN_ARG(reference->where));
    }
    text_print(out, "%s]", standings[citation->standing]);
}

// ---- Expressions ----------------------------------------------------------------------------------------------------
struct printer {
    const struct program *program;
    const struct names *texts;
    const struct frame *frame;
    struct text *out;
    const value *known; uint32_t known_count;    // of the slots 0, 1, ...: shown in place of their names
    const struct value_printer *values;
};
static void print_conditions(const struct printer *p, const struct condition *at, uint32_t count);

static void print_slot(const struct printer *p, uint32_t slot) {
    if (slot < p->known_count) p->values->print(p->values->context, p->frame->types[slot], p->known[slot], p->out);
    else if (slot < p->frame->slot_count && p->frame->names[slot].length) text_add(p->out, p->frame->names[slot]);
    else text_byte(p->out, '_');
}

// level: 0 a whole expression, 1 what stands beside + or -, 2 beside *, / or mod
static void print_expression(const struct printer *p, const struct expression *e, int level) {
    static const char *const signs[] = {" + ", " - ", " * ", " / ", " mod "};
    static const char *const words[] = {"count", "sum", "min", "max"};
    switch (e->kind) {
    case EXPRESSION_CONSTANT:
        if (program_chair_written(e) != NO_ID) print_chair(p->program, program_chair_written(e), p->out);
        else program_print_value(p->program, p->texts, e->type, e->constant, p->out);
        break;
    case EXPRESSION_VARIABLE: print_slot(p, e->slot); break;
    case EXPRESSION_NOW: text_print(p->out, "now"); break;
    case EXPRESSION_ADD:
    case EXPRESSION_SUBTRACT:
    case EXPRESSION_MULTIPLY:
    case EXPRESSION_DIVIDE:
    case EXPRESSION_MODULO: {
        int own = e->kind <= EXPRESSION_SUBTRACT ? 1 : 2;
        if (own < level) text_byte(p->out, '(');
        print_expression(p, e->left, own);
        text_print(p->out, "%s", signs[e->kind - EXPRESSION_ADD]);
        print_expression(p, e->right, own + 1);
        if (own < level) text_byte(p->out, ')');
        break;
    }
    case EXPRESSION_NEGATE:
        text_byte(p->out, '-');
        print_expression(p, e->left, 3);
        break;
    case EXPRESSION_COUNT:
    case EXPRESSION_SUM:
    case EXPRESSION_MIN:
    case EXPRESSION_MAX:
        text_print(p->out, "%s(", words[e->kind - EXPRESSION_COUNT]);
        print_expression(p, e->left, 0);
        text_print(p->out, " : ");
        print_conditions(p, e->conditions.at, e->conditions.count);
        text_byte(p->out, ')');
        break;
    case EXPRESSION_OFFICE_OF:
        text_print(p->out, "%.*s of ", SPAN_ARG(p->program->offices[e->id].name));
        print_expression(p, e->left, 3);
        break;
    case EXPRESSION_ROLE:
        text_print(p->out, "%.*s(", SPAN_ARG(p->program->relations[e->id].name));
        if (e->left) print_expression(p, e->left, 0);
        text_byte(p->out, ')');
        break;
    }
}

// ---- Conditions -----------------------------------------------------------------------------------------------------
static void print_atom(const struct printer *p, const struct condition *atom) {
    uint32_t from = 0, to = atom->argument_count;
    struct span name = p->program->relations[atom->relation].name;
    if (atom->proposes) {
        const struct act *act = &p->program->acts[program_act_of_items(p->program, atom->relation)];
        print_expression(p, atom->arguments[0], 0);
        text_print(p->out, " proposes ");
        name = act->proposed, from = 2, to = 2 + act->parameter_count;
    }
    text_print(p->out, "%.*s(", SPAN_ARG(name));
    for (uint32_t i = from; i < to; i++) {
        if (i > from) text_print(p->out, ", ");
        print_expression(p, atom->arguments[i], 0);
    }
    text_byte(p->out, ')');
}

static void print_condition(const struct printer *p, const struct condition *condition) {
    static const char *const signs[] = {"=", "!=", "<", "<=", ">", ">="};
    switch (condition->kind) {
    case CONDITION_ATOM:
        if (condition->negated) text_print(p->out, "not ");
        print_atom(p, condition);
        if (condition->since != NO_ID) {
            text_print(p->out, " since ");
            print_slot(p, condition->since);
        }
        if (!condition->moment) break;
        text_print(p->out, " at ");
        print_expression(p, condition->moment, 0);
        break;
    case CONDITION_NOT:
        text_print(p->out, "not (");
        print_conditions(p, condition->inner.at, condition->inner.count);
        text_byte(p->out, ')');
        break;
    case CONDITION_EVERY:
        text_print(p->out, "every ");
        print_conditions(p, condition->inner.at, condition->inner.count);
        text_print(p->out, condition->has.count > 1 ? " has (" : " has ");
        print_conditions(p, condition->has.at, condition->has.count);
        if (condition->has.count > 1) text_byte(p->out, ')');
        break;
    case CONDITION_COMPARE:
        print_expression(p, condition->left, 0);
        text_print(p->out, " %s ", signs[condition->compare]);
        print_expression(p, condition->right, 0);
        break;
    }
}

static void print_conditions(const struct printer *p, const struct condition *at, uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        if (i) text_print(p->out, ", ");
        print_condition(p, &at[i]);
    }
}

void program_print_condition(const struct program *program, const struct names *texts, const struct frame *frame,
                             const struct condition *condition, struct text *out) {
    print_condition(&(struct printer){.program = program, .texts = texts, .frame = frame, .out = out}, condition);
}

void program_print_asked(const struct program *program, const struct names *texts, const struct obligation *obligation,
                         const value *captured, const struct value_printer *printer, struct text *out) {
    const struct watch *watch = &program->watches[obligation->met_watch];
    struct printer p = {.program = program, .texts = texts, .frame = &watch->frame, .out = out};
    p.known = captured, p.known_count = captured ? obligation->captured_count : 0, p.values = printer;
    for (uint32_t i = 0, said = 0; i < watch->conditions.count; i++) {
        const struct condition *c = &watch->conditions.at[i];
        // The compiler joins what was captured, and that the duty is open.
        bool joined = c->kind == CONDITION_ATOM && !c->negated &&
                      (c->relation == obligation->relation || c->relation == RELATION_DUTY) &&
                      c->arguments[0]->kind == EXPRESSION_VARIABLE && c->arguments[0]->slot == watch->binding[0];
        if (joined) continue;
        if (said++) text_print(out, ", ");
        print_condition(&p, c);
    }
}

void program_print_expression(const struct program *program, const struct names *texts, const struct frame *frame,
                              const struct expression *expression, struct text *out) {
    print_expression(&(struct printer){.program = program, .texts = texts, .frame = frame, .out = out}, expression, 0);
}

// ---- Names ----------------------------------------------------------------------------------------------------------
uint32_t program_find_relation(const struct program *program, struct span name) {
    for (uint32_t i = 0; i < program->relations_count; i++)
        if (span_equal(program->relations[i].name, name)) return i;
    return NO_ID;
}

uint32_t program_act_of_items(const struct program *program, uint32_t relation) {
    for (uint32_t i = 0; i < program->acts_count && program->relations[relation].hidden; i++)
        if (program->acts[i].item_relation == relation) return i;
    return NO_ID;
}

struct row_form program_row_form(const struct program *program, uint32_t relation) {
    uint32_t act = program_act_of_items(program, relation);
    const struct relation *of = &program->relations[relation];
    if (act == NO_ID) return (struct row_form){of->name, 0, of->column_count, false};
    return (struct row_form){program->acts[act].proposed, 2, 2 + program->acts[act].parameter_count, true};
}

uint32_t program_find_act(const struct program *program, struct span name) {
    for (uint32_t i = 0; i < program->acts_count; i++)
        if (program->acts[i].name.length == name.length && span_equal(program->acts[i].name, name)) return i;
    return NO_ID;
}

uint32_t program_act_of_organ(const struct program *program, uint32_t act, uint32_t organ) {
    uint32_t first = program->acts[act].first;
    for (uint32_t i = first; i < program->acts_count && program->acts[i].first == first; i++)
        if (program->acts[i].organ == organ) return i;
    return NO_ID;
}

bool program_act_is_several(const struct program *program, uint32_t act) {
    uint32_t first = program->acts[act].first;
    return first + 1 < program->acts_count && program->acts[first + 1].first == first;
}
