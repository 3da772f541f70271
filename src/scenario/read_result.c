// SPDX-License-Identifier: Apache-2.0
// Reads what a step is to come to: the outcomes after `->`, and `expect`.
#include "scenario/scenario_internal.h"

static const struct type type_actor = {TYPE_ACTOR, NO_ID};

// ---- Parts ----------------------------------------------------------------------------------------------------------
static bool read_message(struct reader *reader, struct span *message) {
    if (reader_token(reader)->kind != TOKEN_TEXT) return reader_expected(reader, "the message in quotes"), false;
    *message = span_copy(reader->arena, reader_token(reader)->text);
    reader->next++;
    return true;
}

static bool read_bound(struct reader *reader, uint32_t entity, uint32_t *bound) {
    *bound = NO_ID;
    if (!reader_take(reader, "as")) return true;
    if (reader_token(reader)->kind != TOKEN_NAME) return reader_expected(reader, "a name"), false;
    if (!reader_bind(reader, reader_token(reader), (struct type){TYPE_ENTITY, entity}, bound)) return false;
    reader->next++;
    return true;
}

// Where several organs decide an act, the bearer says which of them is to.
static bool settle_duty(struct reader *reader, struct duty_pattern *duty, struct place place) {
    const struct program *program = reader->program;
    const struct operand *bearer = &duty->bearer;
    if (!program_act_is_several(program, duty->act)) return true;
    bool organ = bearer->kind == OPERAND_VALUE && actor_class_of(bearer->value) == ACTOR_ORGAN;
    uint32_t own = organ ? program_act_of_organ(program, duty->act, actor_organ_id(bearer->value)) : NO_ID;
    if (own != NO_ID) duty->act = own;
    else
        diagnostics_error(reader->all, place, "who owes it says which: name that organ before the act",
                          "`%.*s` is decided by %.*s", SPAN_ARG(program->acts[duty->act].name),
                          SPAN_ARG(reader_deciding(reader, duty->act)));
    return own != NO_ID;
}

// BEARER [ ACT [ "(" arguments ")" ] ]; arguments left out match anything.
static bool read_duty(struct reader *reader, struct duty_pattern *duty) {
    *duty = (struct duty_pattern){.act = NO_ID};
    if (!reader_read_operand(reader, type_actor, true, &duty->bearer)) return false;
    if (reader_token(reader)->kind != TOKEN_NAME || reader_at(reader, "as") || reader_at(reader, "at")) return true;
    struct place place = reader_token(reader)->place;
    if (!reader_act(reader, &duty->act) || !settle_duty(reader, duty, place)) return false;
    if (reader_token(reader)->kind != TOKEN_LEFT) return true;
    struct tree_expressions arguments;
    if (!reader_arguments(reader, &arguments)) return false;
    const struct act *act = &reader->program->acts[duty->act];
    if (arguments.count > act->parameter_count) {
        diagnostics_error(reader->all, place, act_signature(reader->arena, reader->program, act).at,
                          "`%.*s` takes %u argument%s, not %u", SPAN_ARG(act->name), act->parameter_count,
                          act->parameter_count == 1 ? "" : "s", arguments.count);
        return false;
    }
    struct operand *operands = ARENA_ARRAY(reader->arena, struct operand, act->parameter_count + 1);
    for (uint32_t i = 0; i < act->parameter_count; i++)
        operands[i] = (struct operand){.kind = OPERAND_ANY, .type = act->parameters[i].type};
    bool right = true;
    for (uint32_t i = 0; i < arguments.count; i++)
        if (!reader_operand(reader, arguments.at[i], act->parameters[i].type, true, &operands[i])) right = false;
    duty->arguments = operands;
    duty->argument_count = act->parameter_count;
    return right;
}

static bool find_outcome(const struct program *program, struct span text, uint32_t *outcome) {
    const struct kind *kind = &program->kinds[KIND_OUTCOME];
    for (uint32_t i = 0; i < kind->constant_count; i++) {
        if (!span_equal(kind->constants[i].name, text)) continue;
        *outcome = i;
        return true;
    }
    return false;
}

// ---- After -> -------------------------------------------------------------------------------------------------------
static const struct {
    const char *word;
    result_kind kind;
} words[] = {
    {"done", RESULT_DONE},         {"refused", RESULT_REFUSED}, {"proposed", RESULT_PROPOSED},
    {"answered", RESULT_ANSWERED}, {"duty", RESULT_DUTY},       {"met", RESULT_MET},
    {"released", RESULT_RELEASED}, {"lapsed", RESULT_LAPSED},   {"finding", RESULT_FINDING},
    {"closes", RESULT_CLOSES},     {"late", RESULT_LATE},
};

static bool unknown_result(struct reader *reader, struct place place, struct span text, bool outcomes_only) {
    const struct kind *kind = &reader->program->kinds[KIND_OUTCOME];
    VEC(struct span) names = {0};
    for (uint32_t i = 0; !outcomes_only && i < COUNT_OF(words); i++) VEC_PUSH(&names, span_of(words[i].word));
    for (uint32_t i = 0; i < kind->constant_count; i++) VEC_PUSH(&names, kind->constants[i].name);
    struct span near = span_nearest(text, names.at, names.count), hint = {0};
    if (near.length) hint = span_print(reader->arena, "did you mean `%.*s`?", SPAN_ARG(near));
    VEC_RELEASE(&names);
    diagnostics_error(reader->all, place, near.length ? hint.at : NULL, "`%.*s` is no outcome", SPAN_ARG(text));
    return false;
}

static bool read_refused(struct reader *reader, struct scenario_result *result) {
    if (reader_token(reader)->kind == TOKEN_TEXT) {
        result->with_message = true;
        if (!read_message(reader, &result->message)) return false;
    }
    if (reader_token(reader)->kind == TOKEN_CITATION) {
        result->citation = span_copy(reader->arena, span_trim(reader_token(reader)->text));
        reader->next++;
    }
    return true;
}

static bool read_result(struct reader *reader, struct scenario_result *result) {
    const struct token *word = reader_token(reader);
    *result = (struct scenario_result){.place = word->place, .bound = NO_ID};
    if (word->kind != TOKEN_NAME) return reader_expected(reader, "an outcome"), false;
    reader->next++;
    uint32_t found = COUNT_OF(words);
    for (uint32_t i = 0; i < COUNT_OF(words); i++)
        if (span_is(word->text, words[i].word)) found = i;
    if (found == COUNT_OF(words)) {
        result->kind = RESULT_OUTCOME;
        return find_outcome(reader->program, word->text, &result->outcome) ||
               unknown_result(reader, word->place, word->text, false);
    }
    result->kind = words[found].kind;
    switch (result->kind) {
    case RESULT_REFUSED: return read_refused(reader, result);
    case RESULT_DUTY: return read_duty(reader, &result->duty) && read_bound(reader, ENTITY_DUTY, &result->bound);
    case RESULT_MET:
    case RESULT_RELEASED:
    case RESULT_LAPSED: return read_duty(reader, &result->duty);
    case RESULT_FINDING:
        result->alleged = reader_take(reader, "alleged");
        return read_message(reader, &result->message) && read_bound(reader, ENTITY_FINDING, &result->bound);
    case RESULT_CLOSES: return read_message(reader, &result->message);
    case RESULT_LATE:
        if (reader_token(reader)->kind != TOKEN_INTEGER) return reader_expected(reader, "how many entries"), false;
        result->count =
            (uint32_t)(reader_token(reader)->integer > UINT32_MAX ? UINT32_MAX : reader_token(reader)->integer);
        reader->next++;
        return true;
    default: return true;
    }
}

bool reader_results(struct reader *reader, struct scenario_step *step) {
    VEC(struct scenario_result) results = {0};
    bool right = true;
    do {
        struct scenario_result result;
        right = read_result(reader, &result);
        const struct token *last = &reader->tokens.at[reader->next ? reader->next - 1 : 0];
        if (last->place.at >= result.place.at)
            result.place.length = last->place.at + last->place.length - result.place.at;
        if (right && step->try && result.bound != NO_ID) {
            diagnostics_error(reader->all, result.place, NULL, "`try` enters nothing that could be named");
            right = false;
        }
        VEC_PUSH(&results, result);
    } while (right && reader_take_kind(reader, TOKEN_SEMICOLON));
    struct scenario_result *kept = ARENA_ARRAY(reader->arena, struct scenario_result, results.count);
    memcpy(kept, results.at, results.count * sizeof *kept);
    step->results = kept;
    step->result_count = results.count;
    VEC_RELEASE(&results);
    return right;
}

// ---- expect ---------------------------------------------------------------------------------------------------------
static bool read_fact(struct reader *reader, struct scenario_expect *expect) {
    const struct program *program = reader->program;
    const struct token *name = reader_token(reader);
    if (name->kind != TOKEN_NAME) return reader_expected(reader, "a fact, duty, finding or decision"), false;
    expect->relation = program_find_relation(program, name->text);
    if (expect->relation == NO_ID) {
        struct span *names = ARENA_ARRAY(reader->arena, struct span, program->relations_count + 1), hint = {0};
        uint32_t count = 0;
        for (uint32_t i = 0; i < program->relations_count; i++)
            if (!program->relations[i].hidden) names[count++] = program->relations[i].name;
        struct span near = span_nearest(name->text, names, count);
        if (near.length) hint = span_print(reader->arena, "did you mean `%.*s`?", SPAN_ARG(near));
        diagnostics_error(reader->all, name->place, near.length ? hint.at : NULL, "there is no fact `%.*s`",
                          SPAN_ARG(name->text));
        return false;
    }
    reader->next++;
    const struct relation *relation = &program->relations[expect->relation];
    struct tree_expressions arguments;
    if (!reader_arguments(reader, &arguments)) return false;
    if (arguments.count != relation->column_count) {
        diagnostics_error(reader->all, name->place, NULL, "`%.*s` has %u column%s, not %u", SPAN_ARG(name->text),
                          relation->column_count, relation->column_count == 1 ? "" : "s", arguments.count);
        return false;
    }
    struct operand *pattern = ARENA_ARRAY(reader->arena, struct operand, arguments.count + 1);
    bool right = true;
    for (uint32_t i = 0; i < arguments.count; i++)
        if (!reader_operand(reader, arguments.at[i], relation->columns[i].type, true, &pattern[i])) right = false;
    expect->pattern = pattern;
    return right;
}

// P proposes ACT(ARGUMENTS): a row of the act's items, of any number in their package.
static bool read_proposes(struct reader *reader, struct scenario_expect *expect) {
    const struct program *program = reader->program;
    struct operand proposal;
    struct tree_expressions arguments;
    uint32_t id;
    if (!reader_read_operand(reader, (struct type){TYPE_ENTITY, ENTITY_PROPOSAL}, true, &proposal)) return false;
    reader->next++;
    const struct token *organ;
    if (!reader_organ(reader, &organ)) return false;
    struct place place = reader_token(reader)->place;
    if (!reader_act(reader, &id) || !reader_settle_act(reader, &id, place, organ) ||
        !reader_arguments(reader, &arguments))
        return false;
    const struct act *act = &program->acts[id];
    if (act->item_relation == NO_ID) {
        diagnostics_error(reader->all, place, "only what an organ decides, or what is agreed by each, is proposed",
                          "`%.*s` is not proposed", SPAN_ARG(act->name));
        return false;
    }
    if (arguments.count != act->parameter_count) {
        diagnostics_error(reader->all, place, act_signature(reader->arena, program, act).at,
                          "`%.*s` takes %u argument%s, not %u", SPAN_ARG(act->name), act->parameter_count,
                          act->parameter_count == 1 ? "" : "s", arguments.count);
        return false;
    }
    const struct relation *items = &program->relations[act->item_relation];
    struct row_form form = program_row_form(program, act->item_relation);
    struct operand *pattern = ARENA_ARRAY(reader->arena, struct operand, items->column_count);
    bool right = true;
    pattern[0] = proposal;
    for (uint32_t i = 1; i < items->column_count; i++)
        if (i < form.from || i >= form.to)
            pattern[i] = (struct operand){.kind = OPERAND_ANY, .type = items->columns[i].type};
        else if (!reader_operand(reader, arguments.at[i - form.from], items->columns[i].type, true, &pattern[i]))
            right = false;
    expect->relation = act->item_relation;
    expect->pattern = pattern;
    return right;
}

static bool read_decision(struct reader *reader, struct scenario_expect *expect) {
    if (!reader_read_operand(reader, (struct type){TYPE_ENTITY, ENTITY_PROPOSAL}, false, &expect->proposal))
        return false;
    const struct token *word = reader_token(reader);
    if (word->kind != TOKEN_NAME) return reader_expected(reader, "an outcome, or `open`"), false;
    reader->next++;
    expect->outcome = NO_ID;
    if (span_is(word->text, "open")) return true;
    return find_outcome(reader->program, word->text, &expect->outcome) ||
           unknown_result(reader, word->place, word->text, true);
}

static bool take_keyword(struct reader *reader, const char *word) {
    return !reader_followed_by(reader, TOKEN_LEFT) && reader_take(reader, word);
}

// NAME or _, then `proposes`.
static bool at_proposes(struct reader *reader) {
    token_kind kind = reader_token(reader)->kind;
    if (!reader_followed_by(reader, TOKEN_NAME) || (kind != TOKEN_NAME && kind != TOKEN_UNDERSCORE)) return false;
    reader->next++;
    bool proposes = reader_at(reader, "proposes");
    reader->next--;
    return proposes;
}

static bool read_expected(struct reader *reader, struct scenario_expect *expect) {
    static const struct {
        const char *word;
        expect_kind kind;
    } kinds[] = {{"duty", EXPECT_DUTY}, {"overdue", EXPECT_OVERDUE}, {"met", EXPECT_MET}};
    for (uint32_t i = 0; i < COUNT_OF(kinds); i++) {
        if (!take_keyword(reader, kinds[i].word)) continue;
        expect->kind = kinds[i].kind;
        return read_duty(reader, &expect->duty) && read_bound(reader, ENTITY_DUTY, &expect->bound);
    }
    if (take_keyword(reader, "finding")) {
        expect->kind = EXPECT_FINDING;
        expect->alleged = reader_take(reader, "alleged");
        return read_message(reader, &expect->message) && read_bound(reader, ENTITY_FINDING, &expect->bound);
    }
    if (take_keyword(reader, "decision")) {
        expect->kind = EXPECT_DECISION;
        return read_decision(reader, expect);
    }
    expect->kind = EXPECT_FACT;
    return at_proposes(reader) ? read_proposes(reader, expect) : read_fact(reader, expect);
}

bool reader_expect(struct reader *reader, struct scenario_step *step) {
    struct scenario_expect *expect = &step->expect;
    expect->bound = NO_ID;
    expect->negated = reader_take(reader, "not");
    if (!read_expected(reader, expect)) return false;
    if (expect->negated && expect->bound != NO_ID) {
        diagnostics_error(reader->all, step->place, NULL, "what is not there cannot be named");
        return false;
    }
    if (reader_take(reader, "at")) {
        const struct token *time = reader_token(reader);
        if (time->kind != TOKEN_TIME) return reader_expected(reader, "a time such as 2022-01-05 22:00 +06:00"), false;
        step->time = time->integer;
        step->offset = token_offset(reader, time);
        reader->next++;
    }
    return true;
}
