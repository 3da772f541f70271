// SPDX-License-Identifier: Apache-2.0
// Organs, procedures, acts and events. Docs: docs/language.md, section 17.
#include "lang/syntax.h"

// ---- Organs and procedures ------------------------------------------------------------------------------------------
static void parse_once(struct parser *parser, struct tree_name *name) {
    const struct token *word = take(parser);
    if (name->text.length) fail_at(parser, word, "leave one of them out", "`%.*s` is said twice", SPAN_ARG(word->text));
    if (!parser->failed) *name = take_name(parser, "the name of a relation");
}

void parse_organ(struct parser *parser, struct tree_declaration *declaration) {
    declaration->name = take_declared(parser, "a name for the organ");
    declaration->title = take_text(parser, "the organ's title");
    declaration->citation = parse_citation(parser);
    VEC(struct tree_titled) further = {0};
    while (accept(parser, TOKEN_COMMA)) {
        mark(parser, LAYOUT_ELSE);
        struct tree_titled organ = {.name = take_declared(parser, "the name of the next organ")};
        organ.title = take_text(parser, "the organ's title");
        organ.citation = parse_citation(parser);
        VEC_PUSH(&further, organ);
    }
    KEEP(parser, further, declaration->further, declaration->further_count);
    while (!parser->failed && !at_kind(parser, TOKEN_END)) {
        mark(parser, LAYOUT_CLAUSE);
        if (at_word(parser, "seats")) parse_once(parser, &declaration->seats);
        else if (at_word(parser, "chair")) parse_once(parser, &declaration->chair);
        else if (at_word(parser, "voice")) parse_once(parser, &declaration->voice);
        else if (at_word(parser, "decides") && !declaration->decides.name.text.length) {
            take(parser);
            expect_word(parser, "by", NULL);
            if (!parser->failed) declaration->decides = parse_procedure_use(parser);
        } else if (at_word(parser, "decides"))
            fail_at(parser, peek(parser), "leave one of them out", "`decides` is said twice");
        else
            fail_expected(parser, "`seats`, `chair`, `voice` or `decides by`",
                          peek_after(parser, 1)->kind == TOKEN_TEXT ? "organs are separated by commas" : NULL);
    }
}

static struct tree_column parse_parameter(struct parser *parser) {
    struct tree_column column = {.label = take_declared(parser, "the name of a parameter")};
    mark(parser, LAYOUT_TIGHT);
    expect(parser, TOKEN_COLON, "a parameter says its type: c: crisis");
    column.type = take_name(parser, "the type of the parameter");
    return column;
}

// Where `subject` is set, the first parameter is the proposal and has no type.
static void parse_parameters(struct parser *parser, struct tree_declaration *declaration, bool subject) {
    VEC(struct tree_column) columns = {0};
    mark(parser, LAYOUT_TIGHT);
    expect(parser, TOKEN_LEFT,
           subject ? "a procedure takes the proposal: procedure consensus(p)"
                   : "parameters stand in parentheses, () where there are none");
    if (subject || !at_kind(parser, TOKEN_RIGHT)) {
        do {
            mark(parser, columns.count ? LAYOUT_BREAK : LAYOUT_NONE);
            if (subject && columns.count == 0)
                VEC_PUSH(&columns, (struct tree_column){.label = take_declared(parser, "a name for the proposal")});
            else VEC_PUSH(&columns, parse_parameter(parser));
        } while (accept(parser, TOKEN_COMMA));
    }
    if (!accept(parser, TOKEN_RIGHT)) fail_expected(parser, "`,` or `)`", NULL);
    declaration->key_count = columns.count;
    KEEP(parser, columns, declaration->columns, declaration->column_count);
}

static struct tree_outcome parse_outcome(struct parser *parser) {
    uint32_t first = parser->next;
    struct tree_outcome outcome = {0};
    mark(parser, LAYOUT_CLAUSE);
    if (accept_word(parser, "else")) {
        outcome.otherwise = true;
        outcome.name = take_name(parser, "the name of an outcome");
    } else {
        outcome.name = take_declared(parser, "`closed when`, an outcome with `if`, or `else`");
        expect_word(parser, "if", "a procedure says `closed when ...`, `adopted if ...`, and at last `else OUTCOME`");
        if (!parser->failed) outcome.conditions = parse_conditions(parser);
    }
    outcome.place = place_from(parser, first);
    return outcome;
}

void parse_procedure(struct parser *parser, struct tree_declaration *declaration) {
    VEC(struct tree_conditions) closed = {0};
    VEC(struct tree_outcome) outcomes = {0};
    declaration->name = take_declared(parser, "a name for the procedure");
    parse_parameters(parser, declaration, true);
    declaration->citation = parse_citation(parser);
    bool ended = false;
    while (!parser->failed && !ended) {
        if (at_kind(parser, TOKEN_END)) {
            fail_expected(parser, "`else` and an outcome",
                          "a procedure ends with what becomes of a proposal otherwise: else rejected");
        } else if (at_words(parser, "closed", "when")) {
            mark(parser, LAYOUT_CLAUSE);
            take(parser), take(parser);
            VEC_PUSH(&closed, parse_conditions(parser));
        } else {
            VEC_PUSH(&outcomes, parse_outcome(parser));
            ended = outcomes.at[outcomes.count - 1].otherwise;
        }
    }
    KEEP(parser, closed, declaration->closed, declaration->closed_count);
    KEEP(parser, outcomes, declaration->outcomes, declaration->outcome_count);
}

// ---- Acts and events ------------------------------------------------------------------------------------------------
static void parse_without(struct parser *parser, struct tree_declaration *declaration) {
    mark(parser, LAYOUT_TAIL);
    if (!accept_word(parser, "without")) {
        mark(parser, LAYOUT_NONE);
        return;
    }
    declaration->without = take_declared(parser, "a variable for the seats that are left out");
    declaration->without_colon = accept(parser, TOKEN_COLON);
    if (declaration->without_colon) declaration->without_conditions = parse_conditions(parser);
}

static void parse_makes(struct parser *parser, struct tree_declaration *declaration) {
    if (parser->failed || !at_word(parser, "makes")) return;
    VEC(struct tree_made) made = {0};
    mark(parser, LAYOUT_TAIL);
    take(parser);
    do {
        struct tree_made one = {.type = take_name(parser, "the entity that comes into being")};
        if (!parser->failed && (!at_kind(parser, TOKEN_NAME) || word_is_clause(peek(parser)->text)))
            fail_expected(parser, "a variable for the new entity", "makes crisis c");
        one.variable = take_declared(parser, "a variable for the new entity");
        VEC_PUSH(&made, one);
    } while (accept(parser, TOKEN_COMMA));
    KEEP(parser, made, declaration->made, declaration->made_count);
}

// A citation of the head stands after its parameters or after who acts.
static void parse_head_citation(struct parser *parser, struct tree_declaration *declaration) {
    if (declaration->citation.count == 0) declaration->citation = parse_citation(parser);
    else if (!parser->failed && at_kind(parser, TOKEN_CITATION))
        fail_at(parser, peek(parser), "join them with a semicolon: [CST 2; CST 4]", "a second citation");
}

static void parse_agreed(struct parser *parser, struct tree_declaration *declaration) {
    take(parser);
    expect_word(parser, "by", NULL);
    expect_word(parser, "each", "agreed by each t: on-route(r, t)");
    declaration->each = take_declared(parser, "a variable for those who are asked");
    expect(parser, TOKEN_COLON, "agreed by each t: on-route(r, t)");
    if (!parser->failed) declaration->each_conditions = parse_conditions(parser);
}

static void fail_twice(struct parser *parser, bool given) {
    if (given)
        fail_at(parser, peek(parser), "leave one of them out", "`%.*s by` is said twice", SPAN_ARG(peek(parser)->text));
}

// How it is decided: `agreed by each`, `decided by`, `proposed by`, in any order.
static void parse_deciding(struct parser *parser, struct tree_declaration *declaration) {
    while (!parser->failed) {
        mark(parser, LAYOUT_CLAUSE);
        if (at_word(parser, "agreed")) {
            fail_twice(parser, declaration->each.text.length > 0);
            parse_agreed(parser, declaration);
        } else if (at_word(parser, "decided")) {
            fail_twice(parser, declaration->decides.name.text.length > 0);
            take(parser);
            expect_word(parser, "by", NULL);
            declaration->decides = parse_procedure_use(parser);
        } else if (at_word(parser, "proposed")) {
            fail_twice(parser, declaration->proposed_by.given);
            take(parser);
            expect_word(parser, "by", NULL);
            declaration->proposed_by = parse_who(parser);
        } else {
            mark(parser, LAYOUT_NONE);
            return;
        }
    }
}

bool at_clause(const struct parser *parser) {
    return at_word(parser, "require") || at_word(parser, "ought") || at_effect(parser);
}

static void parse_clauses(struct parser *parser, struct tree_declaration *declaration, bool effects_only) {
    VEC(struct tree_clause) clauses = {0};
    while (!parser->failed && at_clause(parser)) {
        if (effects_only && !at_effect(parser)) {
            fail_at(parser, peek(parser),
                    "an event is taken as reported; a norm on the state is a declaration of its own",
                    "an event has no `%.*s`", SPAN_ARG(peek(parser)->text));
            break;
        }
        VEC_PUSH(&clauses, parse_clause(parser));
    }
    KEEP(parser, clauses, declaration->clauses, declaration->clause_count);
    const struct token *token = peek(parser);
    if (parser->failed || token->kind != TOKEN_NAME || !token->first) return;
    static const struct span words[] = {{"require", 7}, {"ought", 5},  {"add", 3},     {"set", 3},     {"extend", 6},
                                        {"end", 3},     {"oblige", 6}, {"release", 7}, {"uphold", 6},  {"drop", 4},
                                        {"annul", 5},   {"affirm", 6}, {"waive", 5},   {"for each", 8}};
    struct span nearest = span_nearest(token->text, words, COUNT_OF(words));
    if (nearest.length)
        fail_at(parser, token, NULL, "`%.*s` begins no clause; did you mean `%.*s`?", SPAN_ARG(token->text),
                SPAN_ARG(nearest));
    else if (!at_atom(parser))
        fail_at(parser, token,
                "clauses begin with require, ought, add, set, extend, end, oblige, release, uphold, drop, annul, "
                "affirm, waive or for each",
                "`%.*s` begins no clause", SPAN_ARG(token->text));
}

void parse_act(struct parser *parser, struct tree_declaration *declaration) {
    declaration->name = take_declared(parser, "a name for the act");
    parse_parameters(parser, declaration, false);
    parse_head_citation(parser, declaration);
    mark(parser, LAYOUT_CLAUSE);
    if (!parser->failed && at_word(parser, "reported")) fail_expected(parser, "`by`", "what is reported is an `event`");
    expect_word(parser, "by", "an act says who may do it: by member s");
    if (!parser->failed) declaration->by = parse_who(parser);
    if (!parser->failed) parse_without(parser, declaration);
    parse_makes(parser, declaration);
    parse_head_citation(parser, declaration);
    parse_deciding(parser, declaration);
    parse_clauses(parser, declaration, false);
}

void parse_event(struct parser *parser, struct tree_declaration *declaration) {
    declaration->name = take_declared(parser, "a name for the event");
    parse_parameters(parser, declaration, false);
    parse_head_citation(parser, declaration);
    mark(parser, LAYOUT_CLAUSE);
    expect_word(parser, "reported", "an event says who reports it: reported by member s");
    expect_word(parser, "by", NULL);
    if (!parser->failed) declaration->by = parse_who(parser);
    parse_makes(parser, declaration);
    parse_head_citation(parser, declaration);
    parse_clauses(parser, declaration, true);
}
