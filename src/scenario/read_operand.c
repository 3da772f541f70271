// SPDX-License-Identifier: Apache-2.0
// Reads operands: what an expression of a scenario stands for, given the type that is wanted, and what to say where it
// does not fit.
#include "scenario/scenario_internal.h"

// ---- Types in words -------------------------------------------------------------------------------------------------
static struct span with_article(struct arena *arena, struct span name) {
    bool vowel = name.length && strchr("aeiouAEIO", name.at[0]);
    return span_print(arena, "%s %.*s", vowel ? "an" : "a", SPAN_ARG(name));
}

static struct span type_name(const struct program *program, struct type type) {
    switch (type.base) {
    case TYPE_INT: return SPAN("int");
    case TYPE_TIME: return SPAN("time");
    case TYPE_DURATION: return SPAN("duration");
    case TYPE_TEXT: return SPAN("text");
    case TYPE_PARTY: return type.of == NO_ID ? SPAN("party") : program->party_types[type.of].name;
    case TYPE_ACTOR: return SPAN("actor");
    case TYPE_ENTITY: return type.of == NO_ID ? SPAN("thing") : program->entity_types[type.of].name;
    case TYPE_KIND: return program->kinds[type.of].name;
    }
    return SPAN("value");
}

struct span reader_type_words(struct arena *arena, const struct program *program, struct type type) {
    switch (type.base) {
    case TYPE_INT: return SPAN("an integer");
    case TYPE_TIME: return SPAN("a time");
    case TYPE_DURATION: return SPAN("a duration");
    case TYPE_TEXT: return SPAN("a text in quotes");
    default: return with_article(arena, type_name(program, type));
    }
}

struct span act_signature(struct arena *arena, const struct program *program, const struct act *act) {
    struct text out = {0};
    text_print(&out, "%.*s(", SPAN_ARG(act->name));
    for (uint32_t i = 0; i < act->parameter_count; i++) {
        const struct column *parameter = &act->parameters[i];
        if (i) text_print(&out, ", ");
        if (parameter->label.length) text_print(&out, "%.*s: ", SPAN_ARG(parameter->label));
        text_add(&out, type_name(program, parameter->type));
    }
    text_print(&out, ")");
    struct span signature;
    text_end(&out, &signature, arena);
    return signature;
}

void text_end(struct text *text, struct span *copy, struct arena *arena) {
    *copy = span_copy(arena, text_span(text));
    text_release(text);
}

// ---- What fits ------------------------------------------------------------------------------------------------------
static bool fits(struct type got, struct type want) {
    if (want.base == TYPE_ACTOR) return got.base == TYPE_ACTOR || got.base == TYPE_PARTY;
    if (got.base != want.base) return false;
    if (want.base == TYPE_PARTY || want.base == TYPE_ENTITY)
        return want.of == NO_ID || got.of == NO_ID || got.of == want.of;
    return want.base != TYPE_KIND || got.of == want.of;
}

static bool wrong_type(struct reader *reader, struct place place, struct type want, struct span got) {
    struct span words = reader_type_words(reader->arena, reader->program, want);
    struct span hint = {0};
    if (want.base == TYPE_KIND) {
        const struct kind *kind = &reader->program->kinds[want.of];
        struct text list = {0};
        text_print(&list, "one of ");
        for (uint32_t i = 0; i < kind->constant_count; i++)
            text_print(&list, "%s%.*s", i ? ", " : "", SPAN_ARG(kind->constants[i].name));
        text_end(&list, &hint, reader->arena);
    }
    diagnostics_error(reader->all, place, hint.length ? hint.at : NULL, "%.*s is wanted here, not %.*s",
                      SPAN_ARG(words), SPAN_ARG(got));
    return false;
}

static bool settle(struct reader *reader, struct operand *operand, struct type want) {
    if (fits(operand->type, want)) return true;
    return wrong_type(reader, operand->place, want, reader_type_words(reader->arena, reader->program, operand->type));
}

// ---- Names ----------------------------------------------------------------------------------------------------------
static bool find_party(const struct program *program, struct span text, struct operand *operand) {
    for (uint32_t i = 0; i < program->parties_count; i++) {
        if (!span_equal(program->parties[i].name, text)) continue;
        operand->type = (struct type){TYPE_PARTY, program->parties[i].type};
        operand->value = i;
        return true;
    }
    return false;
}

static uint32_t find_office(const struct program *program, struct span text) {
    for (uint32_t i = 0; i < program->offices_count; i++)
        if (span_equal(program->offices[i].name, text)) return i;
    return NO_ID;
}

static uint32_t find_organ(const struct program *program, struct span text) {
    for (uint32_t i = 0; i < program->organs_count; i++)
        if (span_equal(program->organs[i].name, text)) return i;
    return NO_ID;
}

static bool find_constant(const struct program *program, uint32_t kind, struct span text, struct operand *operand) {
    for (uint32_t i = 0; i < program->kinds[kind].constant_count; i++) {
        if (!span_equal(program->kinds[kind].constants[i].name, text)) continue;
        operand->type = (struct type){TYPE_KIND, kind};
        operand->value = i;
        return true;
    }
    return false;
}

bool role_relation(const struct program *program, const struct relation *relation) {
    (void)program;
    if (relation->column_count == 0 || relation->column_count > 2) return false;
    type_base last = relation->columns[relation->column_count - 1].type.base, first = relation->columns[0].type.base;
    return (last == TYPE_PARTY || last == TYPE_ACTOR) &&
           (relation->column_count == 1 || first == TYPE_PARTY || first == TYPE_ENTITY);
}

static bool find_role(const struct program *program, struct span text, uint32_t columns, uint32_t *relation) {
    *relation = program_find_relation(program, text);
    return *relation != NO_ID && program->relations[*relation].column_count == columns &&
           role_relation(program, &program->relations[*relation]);
}

static bool find_actor(const struct program *program, struct span text, struct operand *operand) {
    uint32_t office = find_office(program, text), organ = find_organ(program, text), relation;
    operand->type = (struct type){TYPE_ACTOR, NO_ID};
    if (office != NO_ID && program->offices[office].of == NO_ID)
        return operand->value = actor_office(office, ACTOR_NONE), true;
    if (organ != NO_ID) return operand->value = actor_organ(organ), true;
    if (find_role(program, text, 1, &relation)) return operand->value = actor_role(relation, false, 0), true;
    return false;
}

// What could have been meant by an unknown name.
static struct span nearest(struct reader *reader, struct span text, struct type want) {
    const struct program *program = reader->program;
    VEC(struct span) names = {0};
    for (uint32_t i = 0; i < reader->names.count; i++)
        if (fits(reader->names.at[i].type, want)) VEC_PUSH(&names, reader->names.at[i].text);
    bool actor = want.base == TYPE_ACTOR || want.base == TYPE_PARTY;
    for (uint32_t i = 0; actor && i < program->parties_count; i++) VEC_PUSH(&names, program->parties[i].name);
    for (uint32_t i = 0; want.base == TYPE_ACTOR && i < program->offices_count; i++)
        VEC_PUSH(&names, program->offices[i].name);
    for (uint32_t i = 0; want.base == TYPE_ACTOR && i < program->organs_count; i++)
        VEC_PUSH(&names, program->organs[i].name);
    for (uint32_t i = 0; want.base == TYPE_KIND && i < program->kinds[want.of].constant_count; i++)
        VEC_PUSH(&names, program->kinds[want.of].constants[i].name);
    struct span found = span_nearest(text, names.at, names.count);
    VEC_RELEASE(&names);
    return found;
}

static bool unknown_name(struct reader *reader, struct place place, struct span text, struct type want) {
    struct span near = nearest(reader, text, want), hint = {0};
    uint32_t office = find_office(reader->program, text);
    if (office != NO_ID && want.base == TYPE_ACTOR) {
        hint = span_print(reader->arena, "each %.*s has one: %.*s of NAME",
                          SPAN_ARG(reader->program->party_types[reader->program->offices[office].of].name),
                          SPAN_ARG(text));
        diagnostics_error(reader->all, place, hint.at, "whose %.*s is meant?", SPAN_ARG(text));
        return false;
    }
    // It may be a name that a row was to give.
    if (reader->lost && want.base == TYPE_ENTITY) return false;
    if (near.length) hint = span_print(reader->arena, "did you mean `%.*s`?", SPAN_ARG(near));
    else if (want.base == TYPE_ENTITY) hint = SPAN("a step names what it makes with `as NAME` or `making NAME`");
    diagnostics_error(reader->all, place, hint.length ? hint.at : NULL, "nothing is called `%.*s` here",
                      SPAN_ARG(text));
    return false;
}

static bool name_operand(struct reader *reader, struct span text, struct type want, struct operand *operand) {
    const struct program *program = reader->program;
    uint32_t name;
    bool named = reader_find_name(reader, text, &name);
    if (named && fits(reader->names.at[name].type, want)) {
        operand->kind = OPERAND_NAME;
        operand->name = name;
        operand->type = reader->names.at[name].type;
        return true;
    }
    if (want.base == TYPE_KIND && find_constant(program, want.of, text, operand)) return true;
    if (find_party(program, text, operand) || (want.base == TYPE_ACTOR && find_actor(program, text, operand)))
        return settle(reader, operand, want);
    if (find_actor(program, text, operand)) return settle(reader, operand, want);
    for (uint32_t kind = 0; want.base != TYPE_KIND && kind < program->kinds_count; kind++)
        if (find_constant(program, kind, text, operand)) return settle(reader, operand, want);
    if (named) {
        operand->type = reader->names.at[name].type;
        return settle(reader, operand, want);
    }
    return unknown_name(reader, operand->place, text, want);
}

// ---- Offices and roles ----------------------------------------------------------------------------------------------
static bool office_of(struct reader *reader, const struct tree_expression *expression, struct operand *operand) {
    const struct program *program = reader->program;
    uint32_t office = find_office(program, expression->text);
    if (office == NO_ID)
        return unknown_name(reader, expression->place, expression->text, (struct type){TYPE_ACTOR, NO_ID});
    uint32_t of = program->offices[office].of;
    if (of == NO_ID) {
        diagnostics_error(reader->all, expression->place, NULL,
                          "`%.*s` is an office of the organisation, not of a party", SPAN_ARG(expression->text));
        return false;
    }
    struct operand party;
    if (!reader_operand(reader, expression->left, (struct type){TYPE_PARTY, of}, false, &party)) return false;
    if (party.kind != OPERAND_VALUE)
        return wrong_type(reader, expression->place, (struct type){TYPE_PARTY, of}, SPAN("a name of this scenario"));
    operand->type = (struct type){TYPE_ACTOR, NO_ID};
    operand->value = actor_office(office, party.value);
    return true;
}

static bool chair_of(struct reader *reader, const struct tree_expression *expression, uint32_t organ,
                     struct operand *operand) {
    const struct organ *of = &reader->program->organs[organ];
    if (of->chair == NO_ID) {
        diagnostics_error(reader->all, expression->place, NULL, "`%.*s` names no chair", SPAN_ARG(of->name));
        return false;
    }
    operand->value = actor_role(of->chair, false, 0);
    operand->name = organ + 1;
    return true;
}

static bool role_of(struct reader *reader, const struct tree_expression *expression, struct operand *operand) {
    const struct program *program = reader->program;
    const struct tree_expression *left = expression->left;
    uint32_t relation, organ = left && left->kind == TREE_NAME ? find_organ(program, left->text) : NO_ID;
    operand->type = (struct type){TYPE_ACTOR, NO_ID};
    if (span_is(expression->text, "chair") && organ != NO_ID) return chair_of(reader, expression, organ, operand);
    if (!find_role(program, expression->text, left ? 2 : 1, &relation)) {
        diagnostics_error(reader->all, expression->place,
                          "a role is chair(ORGAN), or a fact whose last column is its holder", "`%.*s` is no role%s",
                          SPAN_ARG(expression->text), left ? " over one thing" : "");
        return false;
    }
    if (!left) return operand->value = actor_role(relation, false, 0), true;
    struct operand *inner = ARENA_NEW(reader->arena, struct operand);
    if (!reader_operand(reader, left, program->relations[relation].columns[0].type, false, inner)) return false;
    operand->kind = OPERAND_ROLE;
    operand->name = relation;
    operand->inner = inner;
    return true;
}

// ---- Literals -------------------------------------------------------------------------------------------------------
static const struct {
    const char *unit;
    int64_t months, seconds;
} units[] = {
    {"second", 0, 1},    {"minute", 0, 60}, {"hour", 0, 3600}, {"day", 0, 86400},
    {"week", 0, 604800}, {"month", 1, 0},   {"year", 12, 0},
};

static bool duration_operand(struct reader *reader, const struct tree_expression *expression, struct operand *operand) {
    operand->type = (struct type){TYPE_DURATION, NO_ID};
    for (uint32_t i = 0; i < COUNT_OF(units); i++) {
        if (!span_is(expression->text, units[i].unit)) continue;
        int64_t months, seconds;
        if (__builtin_mul_overflow(expression->integer, units[i].months, &months) ||
            __builtin_mul_overflow(expression->integer, units[i].seconds, &seconds) || months > 200000 ||
            months < -200000 || seconds > (int64_t)1 << 42 || seconds < -((int64_t)1 << 42)) {
            diagnostics_error(reader->all, expression->place, NULL, "this duration is longer than the calendar");
            return false;
        }
        operand->value = duration_of(months, seconds);
        return true;
    }
    base_bug(__FILE__, __LINE__, "a unit that the parser knows");
}

static bool negated_operand(struct reader *reader, const struct tree_expression *expression, struct operand *operand) {
    const struct tree_expression *left = expression->left;
    if (left->kind == TREE_INTEGER) {
        operand->type = (struct type){TYPE_INT, NO_ID};
        operand->value = -left->integer;
        return true;
    }
    if (left->kind == TREE_DURATION) {
        if (!duration_operand(reader, left, operand)) return false;
        operand->value = duration_of(-duration_months(operand->value), -duration_seconds(operand->value));
        return true;
    }
    diagnostics_error(reader->all, expression->place, NULL, "only a number has a minus here");
    return false;
}

// The requires of the act that was meant, for who named one that is not there.
static bool unknown_requirement(struct reader *reader, const struct tree_expression *expression) {
    const struct program *program = reader->program;
    uint32_t from = 0, act;
    while (from + 4 < expression->text.length && !span_is(span_part(expression->text, from, 4), " of ")) from++;
    struct span name = span_part(expression->text, from + 4, expression->text.length - from - 4), hint;
    struct text list = {0};
    act = program_find_act(program, name);
    for (uint32_t i = 0, number = 0; act != NO_ID && i < program->acts[act].clause_count; i++) {
        if (program->acts[act].clauses[i].requirement == NO_ID) continue;
        text_print(&list, "%s%u “%.*s”", number ? ", " : "it has ", number + 1,
                   SPAN_ARG(program->acts[act].clauses[i].message));
        number++;
    }
    text_end(&list, &hint, reader->arena);
    diagnostics_error(reader->all, expression->place, hint.length ? hint.at : NULL,
                      act == NO_ID ? "there is no act `%.*s`" : "`%.*s` requires no such thing", SPAN_ARG(name));
    return false;
}

static bool literal_operand(struct reader *reader, const struct tree_expression *expression, struct operand *operand) {
    switch (expression->kind) {
    case TREE_INTEGER:
        operand->type = (struct type){TYPE_INT, NO_ID};
        operand->value = expression->integer;
        return true;
    case TREE_TIME:
        operand->type = (struct type){TYPE_TIME, NO_ID};
        operand->value = expression->integer;
        return true;
    case TREE_TEXT:
        operand->kind = OPERAND_TEXT;
        operand->type = (struct type){TYPE_TEXT, NO_ID};
        operand->text = span_copy(reader->arena, expression->text);
        return true;
    case TREE_DURATION: return duration_operand(reader, expression, operand);
    case TREE_NEGATE: return negated_operand(reader, expression, operand);
    case TREE_OFFICE_OF: return office_of(reader, expression, operand);
    case TREE_CALL: return role_of(reader, expression, operand);
    case TREE_REQUIREMENT:
        if (find_constant(reader->program, KIND_CONDITION, expression->text, operand)) return true;
        return unknown_requirement(reader, expression);
    default:
        diagnostics_error(reader->all, expression->place, "write the value itself", "a scenario does not compute");
        return false;
    }
}

// ---- The whole ------------------------------------------------------------------------------------------------------
bool reader_operand(struct reader *reader, const struct tree_expression *expression, struct type want, bool pattern,
                    struct operand *operand) {
    *operand = (struct operand){.kind = OPERAND_VALUE, .place = expression->place, .type = want};
    if (expression->kind == TREE_ANY) {
        operand->kind = OPERAND_ANY;
        if (pattern) return true;
        diagnostics_error(reader->all, expression->place, NULL, "`_` stands in what is expected, not in what is done");
        return false;
    }
    if (expression->kind == TREE_NAME) return name_operand(reader, expression->text, want, operand);
    return literal_operand(reader, expression, operand) && settle(reader, operand, want);
}

bool reader_read_operand(struct reader *reader, struct type want, bool pattern, struct operand *operand) {
    if (reader_token(reader)->kind == TOKEN_ERROR) return false;
    const struct tree_expression *expression =
        tree_parse_expression(reader->tree, reader->all, reader->tokens, &reader->next);
    return expression && reader_operand(reader, expression, want, pattern, operand);
}

bool reader_arguments(struct reader *reader, struct tree_expressions *arguments) {
    *arguments = (struct tree_expressions){0};
    if (!reader_take_kind(reader, TOKEN_LEFT)) return reader_expected(reader, "`(`"), false;
    if (reader_take_kind(reader, TOKEN_RIGHT)) return true;
    struct tree_expression *read[COLUMNS_MAX + 1];
    uint32_t count = 0;
    do {
        struct tree_expression *expression =
            tree_parse_expression(reader->tree, reader->all, reader->tokens, &reader->next);
        if (!expression) return false;
        if (count == COUNT_OF(read))
            return diagnostics_error(reader->all, expression->place, NULL, "more than %u arguments", COLUMNS_MAX),
                   false;
        read[count++] = expression;
    } while (reader_take_kind(reader, TOKEN_COMMA));
    if (!reader_take_kind(reader, TOKEN_RIGHT)) return reader_expected(reader, "`,` or `)`"), false;
    arguments->at = ARENA_ARRAY(&reader->tree->arena, struct tree_expression *, count);
    memcpy(arguments->at, read, count * sizeof *read);
    arguments->count = count;
    return true;
}

struct span reader_deciding(struct reader *reader, uint32_t act) {
    const struct program *program = reader->program;
    const struct act *acts = program->acts;
    if (acts[act].organ == NO_ID) return SPAN("those whom it concerns");
    struct text organs = {0};
    struct span words;
    for (uint32_t i = acts[act].first; i < program->acts_count && acts[i].first == acts[act].first; i++)
        text_print(&organs, "%s%.*s", organs.length ? ", " : "", SPAN_ARG(program->organs[acts[i].organ].name));
    text_end(&organs, &words, reader->arena);
    return words;
}

bool reader_act(struct reader *reader, uint32_t *act) {
    const struct program *program = reader->program;
    const struct token *token = reader_token(reader);
    if (token->kind != TOKEN_NAME) return reader_expected(reader, "the name of an act"), false;
    *act = program_find_act(program, token->text);
    reader->next++;
    if (*act != NO_ID) return true;
    struct span *names = ARENA_ARRAY(reader->arena, struct span, program->acts_count + 1);
    for (uint32_t i = 0; i < program->acts_count; i++) names[i] = program->acts[i].name;
    struct span near = span_nearest(token->text, names, program->acts_count);
    struct span hint =
        near.length ? act_signature(reader->arena, program, &program->acts[program_find_act(program, near)]) : SPAN("");
    if (near.length) hint = span_print(reader->arena, "did you mean `%.*s`?", SPAN_ARG(hint));
    diagnostics_error(reader->all, token->place, near.length ? hint.at : NULL, "there is no act `%.*s`",
                      SPAN_ARG(token->text));
    return false;
}

bool reader_organ(struct reader *reader, const struct token **organ) {
    *organ = NULL;
    if (reader_token(reader)->kind != TOKEN_NAME || !reader_followed_by(reader, TOKEN_NAME)) return true;
    const struct program *program = reader->program;
    *organ = reader_token(reader);
    struct span *names = ARENA_ARRAY(reader->arena, struct span, program->organs_count + 1);
    for (uint32_t i = 0; i < program->organs_count; i++) {
        names[i] = program->organs[i].name;
        if (span_equal(names[i], (*organ)->text)) return reader->next++, true;
    }
    struct span near = span_nearest((*organ)->text, names, program->organs_count);
    struct span hint = near.length ? span_print(reader->arena, "did you mean `%.*s`?", SPAN_ARG(near)) : SPAN("");
    diagnostics_error(reader->all, (*organ)->place, near.length ? hint.at : NULL, "there is no organ `%.*s`",
                      SPAN_ARG((*organ)->text));
    return false;
}

// The organ that is named settles which of the acts of that name is meant.
bool reader_settle_act(struct reader *reader, uint32_t *act, struct place place, const struct token *organ) {
    const struct program *program = reader->program;
    struct span name = program->acts[*act].name;
    uint32_t own = NO_ID;
    for (uint32_t i = 0; organ && i < program->organs_count; i++)
        if (span_equal(program->organs[i].name, organ->text)) own = program_act_of_organ(program, *act, i);
    bool several = program_act_is_several(program, *act);
    if (own != NO_ID) *act = own;
    if (own != NO_ID || (!organ && !several)) return true;
    struct span by = reader_deciding(reader, *act);
    if (organ && program->acts[*act].organ != NO_ID)
        diagnostics_error(reader->all, place, "name an organ that decides it", "`%.*s` is decided by %.*s, not by %.*s",
                          SPAN_ARG(name), SPAN_ARG(by), SPAN_ARG(organ->text));
    else if (organ)
        diagnostics_error(reader->all, place, "leave the organ out", "no organ decides on `%.*s`", SPAN_ARG(name));
    else
        diagnostics_error(reader->all, place,
                          span_print(reader->arena, "it is decided by %.*s: write `ORGAN %.*s(...)`",
                                     SPAN_ARG(by), SPAN_ARG(name)).at,
                          "`%.*s` is decided by several organs: name the one that is meant", SPAN_ARG(name));
    return false;
}
