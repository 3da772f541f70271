// SPDX-License-Identifier: Apache-2.0
// Who acts, and the clauses of acts and events: requirements, effects, obligations. Docs: docs/language.md, section 17.
#include "lang/syntax.h"

static const char *const effect_words[] = {"add",    "set",  "extend", "end",    "oblige", "release",
                                           "uphold", "drop", "annul",  "affirm", "waive",  "for"};

// Words that begin a line inside a declaration; at the margin they were meant for the declaration above.
bool word_is_clause(struct span word) {
    static const char *const words[] = {"require", "by",      "else",     "seats",   "chair",  "voice",
                                        "decides", "decided", "closed",   "adopted", "agreed", "proposed",
                                        "makes",   "without", "reported", "then",    "within", "until",
                                        "from",    "as",      "or",       "if",      "has"};
    for (uint32_t i = 0; i < COUNT_OF(effect_words); i++)
        if (span_is(word, effect_words[i])) return true;
    for (uint32_t i = 0; i < COUNT_OF(words); i++)
        if (span_is(word, words[i])) return true;
    return span_is(word, "ought");
}

bool at_effect(const struct parser *parser) {
    if (at_word(parser, "for")) return at_words(parser, "for", "each");
    for (uint32_t i = 0; i < COUNT_OF(effect_words); i++)
        if (at_word(parser, effect_words[i])) return true;
    return false;
}

// ---- Who ------------------------------------------------------------------------------------------------------------
// What may follow an actor, and is then no variable.
static bool may_follow_actor(struct span word) {
    static const char *const words[] = {"makes", "without", "contestable", "of", "and"};
    for (uint32_t i = 0; i < COUNT_OF(words); i++)
        if (span_is(word, words[i])) return true;
    return word_is_clause(word) || word_is_reserved(word);
}

bool word_is_article(struct span word) {
    static const char *const words[] = {"a", "an", "the", "any", "each", "every", "all", "some", "one"};
    for (uint32_t i = 0; i < COUNT_OF(words); i++)
        if (span_is(word, words[i])) return true;
    return false;
}

// `by each member s`, `by the parliament of s`. Where only one name follows, the resolver knows what it is.
static void fail_article(struct parser *parser) {
    const struct token *word = peek(parser), *name = peek_after(parser, 1), *third = peek_after(parser, 2);
    if (!word_is_article(word->text) || name->kind != TOKEN_NAME || may_follow_actor(name->text)) return;
    if (third->kind != TOKEN_NAME || third->first) return;
    bool of = span_is(third->text, "of");
    if (!of && may_follow_actor(third->text)) return;
    struct span holder = of && peek_after(parser, 3)->kind == TOKEN_NAME ? peek_after(parser, 3)->text : SPAN("s"),
                hint;
    if (of) hint = span_print(&parser->tree->arena, "write `by %.*s of %.*s`", SPAN_ARG(name->text), SPAN_ARG(holder));
    else
        hint = span_print(&parser->tree->arena, "write `by %.*s %.*s`: %.*s is the one that acts", SPAN_ARG(name->text),
                          SPAN_ARG(third->text), SPAN_ARG(third->text));
    fail_at(parser, word, hint.at, "`%.*s %.*s %.*s%s%.*s` names no actor", SPAN_ARG(word->text), SPAN_ARG(name->text),
            SPAN_ARG(third->text), of ? " " : "", SPAN_ARG(of ? holder : SPAN("")));
}

static struct tree_who parse_actor(struct parser *parser) {
    struct tree_who who = {.given = true};
    uint32_t first = parser->next;
    const struct token *next = peek_after(parser, 1);
    if (at_kind(parser, TOKEN_NAME)) fail_article(parser);
    if (parser->failed) return who;
    if (!at_kind(parser, TOKEN_NAME)) {
        fail_expected(
            parser, "an actor",
            "an actor is a party, an office, an organ or a role: `member s`, `secretary-general`, `chair(council)`");
    } else if (next->kind == TOKEN_NAME && !may_follow_actor(next->text)) {
        who.relation = take_name(parser, "a relation");
        who.variable = take_declared(parser, "a variable");
    } else {
        who.expression = parse_expression(parser);
    }
    who.place = place_from(parser, first);
    return who;
}

// The clause that follows was not meant; `chair(council)` is.
static void fail_clause(struct parser *parser, const char *wanted, const char *hint) {
    if (!parser->failed && at_kind(parser, TOKEN_NAME) && word_is_clause(peek(parser)->text) &&
        peek_after(parser, 1)->kind != TOKEN_LEFT)
        fail_expected(parser, wanted, hint);
}

// ACTOR { or ACTOR } [ as NAME ]
struct tree_who parse_who(struct parser *parser) {
    struct tree_who who = parse_actor(parser);
    VEC(struct tree_who) others = {0};
    while (!parser->failed && at_word(parser, "or")) {
        if (others.count + 1 == ACTORS_MAX)
            fail_at(parser, peek(parser), "write a rule for them, and `by` its name",
                    "at most %d actors stand in one line", ACTORS_MAX);
        mark(parser, LAYOUT_BREAK);
        take(parser);
        fail_clause(parser, "another actor", "by member s or secretary-general");
        if (!parser->failed) VEC_PUSH(&others, parse_actor(parser));
    }
    KEEP(parser, others, who.others, who.other_count);
    if (parser->failed || !at_word(parser, "as")) return who;
    if (!who.other_count)
        fail_at(parser, peek(parser), "an actor alone is known by the name it has: `by member s`",
                "`as` names whichever of several acts");
    take(parser);
    fail_clause(parser, "a name for whichever of them acts", "by member s or secretary-general as who");
    if (!parser->failed) who.as = take_declared(parser, "a name for whichever of them acts");
    return who;
}

struct tree_procedure_use parse_procedure_use(struct parser *parser) {
    struct tree_procedure_use use = {.name = take_name(parser, "the name of a procedure")};
    if (!parser->failed && at_kind(parser, TOKEN_LEFT)) use.arguments = parse_arguments(parser);
    use.citation = parse_citation(parser);
    return use;
}

// ---- Obligations ----------------------------------------------------------------------------------------------------
static void parse_what(struct parser *parser, struct tree_obligation *obligation) {
    if (accept_word(parser, "that")) {
        obligation->that = parse_conditions(parser);
    } else if (accept_word(parser, "to")) {
        obligation->act = take_name(parser, "the name of an act");
        obligation->with_arguments = !parser->failed && at_kind(parser, TOKEN_LEFT);
        if (obligation->with_arguments) obligation->arguments = parse_arguments(parser);
    } else {
        fail_expected(parser, "`to` and an act, or `that` and a condition",
                      "oblige ACTOR to ACT within 24 hours; oblige ACTOR that CONDITION by T");
    }
}

static void parse_when(struct parser *parser, struct tree_obligation *obligation) {
    const struct token *deadline = peek(parser);
    mark(parser, LAYOUT_BREAK);
    if (at_words(parser, "at", "once")) take(parser), take(parser), obligation->at_once = true;
    else if (accept_word(parser, "within")) obligation->within = parse_expression(parser);
    else if (accept_word(parser, "by")) obligation->by = parse_expression(parser);
    else mark(parser, LAYOUT_NONE);
    if (!parser->failed && at_word(parser, "at"))
        fail_expected(parser, "`within`, `by` or `at once`", "write `by T` for a deadline");
    if (!parser->failed && at_word(parser, "every")) {
        if (obligation->at_once || obligation->within || obligation->by)
            fail_at(parser, deadline,
                    obligation->at_once ? "leave `at once` or `every` out"
                    : obligation->by    ? "leave `by` or `every` out"
                                        : "leave `within` or `every` out",
                    "`every` sets the deadline: the first falls due one period from now");
        mark(parser, LAYOUT_BREAK);
        take(parser);
        if (at_kind(parser, TOKEN_NAME) && word_is_unit(peek(parser)->text) &&
            peek_after(parser, 1)->kind == TOKEN_NAME)
            fail_expected(parser, "a duration", "write how many: `every 1 year`");
        obligation->every = parse_expression(parser);
        mark(parser, LAYOUT_BREAK);
        expect_word(parser, "while", "a duty that recurs says how long: every 1 day while CONDITION");
        if (!parser->failed) obligation->while_conditions = parse_conditions(parser);
    }
}

static struct tree_obligation *parse_obligation(struct parser *parser) {
    struct tree_obligation *obligation = ARENA_NEW(&parser->tree->arena, struct tree_obligation);
    uint32_t first = parser->next;
    if (parser->failed || !enter(parser, 0)) return obligation;
    if (accept_word(parser, "each")) {
        obligation->each = parse_variables(parser);
        if (!parser->failed) obligation->each_conditions = parse_conditions_before_bearer(parser);
        if (obligation->each.count > 1)
            fail_at(parser, &parser->tokens[first], "join the conditions so that one variable is left",
                    "`each` takes one variable");
    }
    obligation->bearer = parse_expression(parser);
    parse_what(parser, obligation);
    if (!parser->failed) parse_when(parser, obligation);
    if (accept_word(parser, "as")) obligation->as = take_declared(parser, "a name for the duty");
    obligation->place = place_from(parser, first);
    if (!parser->failed && at_word(parser, "then")) {
        mark(parser, LAYOUT_THEN);
        take(parser);
        expect_word(parser, "oblige", NULL);
        obligation->then = parse_obligation(parser);
    }
    leave(parser);
    return obligation;
}

// ---- Effects --------------------------------------------------------------------------------------------------------
static void parse_for_each(struct parser *parser, struct tree_effect *effect) {
    expect_word(parser, "each", NULL);
    effect->variables = parse_variables(parser);
    if (!parser->failed) effect->conditions = parse_conditions(parser);
    VEC(struct tree_effect) effects = {0};
    bool many = accept(parser, TOKEN_LEFT);
    do {
        mark(parser, many ? LAYOUT_INNER : LAYOUT_FOLD);
        VEC_PUSH(&effects, parse_effect(parser));
    } while (many && !parser->failed && at_effect(parser));
    if (many && !accept(parser, TOKEN_RIGHT)) fail_expected(parser, "an effect or `)`", NULL);
    KEEP(parser, effects, effect->effects, effect->effect_count);
}

static void parse_interval(struct parser *parser, struct tree_effect *effect) {
    if (at_word(parser, "from")) mark(parser, LAYOUT_BREAK);
    if (accept_word(parser, "from")) effect->from = parse_expression(parser);
    if (at_word(parser, "until")) mark(parser, LAYOUT_BREAK);
    if (accept_word(parser, "until")) effect->until = parse_expression(parser);
    if (!parser->failed && at_word(parser, "at"))
        fail_expected(parser, "`from` or `until`", "a fact begins `from` a time and lasts `until` one");
}

static void parse_effect_body(struct parser *parser, struct tree_effect *effect) {
    switch (effect->kind) {
    case EFFECT_ADD:
    case EFFECT_SET:
        effect->atom = parse_atom(parser);
        parse_interval(parser, effect);
        break;
    case EFFECT_EXTEND:
        effect->atom = parse_atom(parser);
        expect_word(parser, "until", "extend FACT until T");
        effect->until = parse_expression(parser);
        break;
    case EFFECT_END:
        effect->atom = parse_atom(parser);
        if (accept_word(parser, "at")) effect->from = parse_expression(parser);
        if (!parser->failed && (at_word(parser, "until") || at_word(parser, "from")))
            fail_expected(parser, "`at`", "end FACT at T");
        break;
    case EFFECT_OBLIGE: effect->obligation = parse_obligation(parser); break;
    case EFFECT_RELEASE:
    case EFFECT_UPHOLD:
    case EFFECT_DROP:
    case EFFECT_AFFIRM: effect->object = parse_expression(parser); break;
    case EFFECT_ANNUL:
        effect->object = parse_expression(parser);
        if (accept_word(parser, "at")) effect->from = parse_expression(parser);
        break;
    case EFFECT_WAIVE:
        effect->object = parse_expression(parser);
        if (accept_word(parser, "until")) effect->until = parse_expression(parser);
        break;
    case EFFECT_FOR_EACH: parse_for_each(parser, effect); break;
    }
}

struct tree_effect parse_effect(struct parser *parser) {
    struct tree_effect effect = {.place = peek(parser)->place};
    uint32_t first = parser->next;
    if (parser->failed) return effect;
    if (!at_effect(parser)) {
        fail_expected(
            parser, "an effect",
            "effects are add, set, extend, end, oblige, release, uphold, drop, annul, affirm, waive and for each");
        return effect;
    }
    if (!enter(parser, 0)) return effect;
    for (uint32_t i = 0; i < COUNT_OF(effect_words); i++)
        if (at_word(parser, effect_words[i])) effect.kind = (effect_kind)i;
    take(parser);
    parse_effect_body(parser, &effect);
    effect.citation = parse_citation(parser);
    effect.place = place_from(parser, first);
    leave(parser);
    return effect;
}

// ---- Clauses --------------------------------------------------------------------------------------------------------
struct tree_clause parse_clause(struct parser *parser) {
    struct tree_clause clause = {.kind = CLAUSE_EFFECT, .place = peek(parser)->place};
    uint32_t first = parser->next;
    mark(parser, LAYOUT_CLAUSE);
    if (at_word(parser, "require") || at_word(parser, "ought")) {
        clause.kind = at_word(parser, "require") ? CLAUSE_REQUIRE : CLAUSE_OUGHT;
        take(parser);
        if (at_word(parser, "never"))
            fail_at(parser, peek(parser), "inside an act write `ought not FACT`; `ought never` stands at the margin",
                    "`ought never` is a declaration");
        clause.conditions = parse_conditions(parser);
        mark(parser, LAYOUT_ELSE);
        if (accept_word(parser, "else")) clause.otherwise = take_text(parser, "what to say where it fails");
        else mark(parser, LAYOUT_NONE);
        clause.citation = parse_citation(parser);
        if (clause.citation.count && at_word(parser, "else"))
            fail_at(parser, peek(parser), "the citation stands at the end of the clause",
                    "`else` stands before the citation");
    } else {
        clause.effect = parse_effect(parser);
        clause.citation = clause.effect.citation;
    }
    clause.place = place_from(parser, first);
    return clause;
}
