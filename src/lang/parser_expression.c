// SPDX-License-Identifier: Apache-2.0
// Expressions and conditions. Docs: docs/language.md, section 17.
#include "lang/syntax.h"

static struct tree_expression *new_expression(struct parser *parser, tree_expression_kind kind) {
    struct tree_expression *expression = ARENA_NEW(&parser->tree->arena, struct tree_expression);
    expression->kind = kind;
    expression->place = peek(parser)->place;
    return expression;
}

static struct place place_over(struct place first, struct place last) {
    first.length = last.at + last.length - first.at;
    return first;
}

bool at_atom(const struct parser *parser) {
    return at_kind(parser, TOKEN_NAME) && peek_after(parser, 1)->kind == TOKEN_LEFT;
}

// A call's parenthesis stands directly after its name: so `for each x: x != y (add ...)` is no call of y.
static bool at_call(const struct parser *parser) {
    const struct token *name = peek(parser), *left = peek_after(parser, 1);
    return at_atom(parser) && name->place.at + name->place.length == left->place.at;
}

// ---- Durations ------------------------------------------------------------------------------------------------------
static const struct span units[] = {{"second", 6}, {"minute", 6}, {"hour", 4},    {"day", 3},     {"week", 4},
                                    {"month", 5},  {"year", 4},   {"seconds", 7}, {"minutes", 7}, {"hours", 5},
                                    {"days", 4},   {"weeks", 5},  {"months", 6},  {"years", 5}};

// The unit in the singular, or an empty span.
static struct span unit_of(struct span word) {
    uint32_t count = COUNT_OF(units) / 2;    // the plurals follow
    for (uint32_t i = 0; i < COUNT_OF(units); i++)
        if (span_equal(word, units[i])) return units[i % count];
    return (struct span){0};
}

bool word_is_unit(struct span word) { return unit_of(word).length > 0; }

// The words that may follow a number on its line without being meant as its unit.
static bool may_follow_number(struct span word) {
    static const char *const words[] = {"mod",   "from",   "until",  "at",      "since",   "as",    "then",
                                        "every", "while",  "to",     "that",    "has",     "if",    "else",
                                        "or",    "and",    "within", "by",      "makes",   "leads", "contestable",
                                        "when",  "closed", "agreed", "decided", "proposed"};
    for (uint32_t i = 0; i < COUNT_OF(words); i++)
        if (span_is(word, words[i])) return true;
    return word_is_clause(word);
}

static struct tree_expression *parse_integer(struct parser *parser) {
    struct tree_expression *expression = new_expression(parser, TREE_INTEGER);
    expression->integer = take(parser)->integer;
    const struct token *token = peek(parser);
    if (token->kind != TOKEN_NAME || peek_after(parser, 1)->kind == TOKEN_LEFT) return expression;
    struct span unit = unit_of(token->text);
    if (unit.length) {
        expression->kind = TREE_DURATION;
        expression->text = unit;
        expression->place = place_over(expression->place, take(parser)->place);
    } else if (!token->first && !may_follow_number(token->text)) {
        struct span nearest = span_nearest(token->text, units, COUNT_OF(units));
        if (nearest.length)
            fail_at(parser, token, NULL, "`%.*s` is no unit of time; did you mean `%.*s`?", SPAN_ARG(token->text),
                    SPAN_ARG(nearest));
        else
            fail_at(parser, token, "units are second, minute, hour, day, week, month and year",
                    "`%.*s` is no unit of time", SPAN_ARG(token->text));
    }
    return expression;
}

// ---- Factors --------------------------------------------------------------------------------------------------------
static bool is_aggregate(struct span word, tree_expression_kind *kind) {
    static const struct { const char *word; tree_expression_kind kind; } aggregates[] = {
        {"count", TREE_COUNT}, {"sum", TREE_SUM}, {"min", TREE_MIN}, {"max", TREE_MAX}};
    for (uint32_t i = 0; i < COUNT_OF(aggregates); i++) {
        if (!span_is(word, aggregates[i].word)) continue;
        *kind = aggregates[i].kind;
        return true;
    }
    return false;
}

static struct tree_expression *parse_aggregate(struct parser *parser, tree_expression_kind kind) {
    uint32_t first = parser->next;
    struct tree_expression *expression = new_expression(parser, kind);
    struct span word = take(parser)->text;
    const struct token *left = peek(parser);
    mark(parser, LAYOUT_TIGHT);
    expect(parser, TOKEN_LEFT, "an aggregate is written count(x : conditions)");
    expression->left = parse_expression(parser);
    if (!parser->failed && !at_kind(parser, TOKEN_COLON))
        fail_at(parser, left, "write what to take, a colon, and the conditions: sum(p : contributed(o, _, p))",
                "`%.*s` ranges over nothing", SPAN_ARG(word));
    expect(parser, TOKEN_COLON, NULL);
    expression->conditions = parse_conditions(parser);
    expect(parser, TOKEN_RIGHT, "an aggregate ends with a parenthesis");
    expression->place = place_from(parser, first);
    return expression;
}

static struct tree_expression *parse_factor(struct parser *parser);

static struct tree_expression *parse_call(struct parser *parser) {
    uint32_t first = parser->next;
    struct tree_expression *expression = new_expression(parser, TREE_CALL);
    expression->text = take(parser)->text;
    mark(parser, LAYOUT_TIGHT);
    take(parser);
    if (!at_kind(parser, TOKEN_RIGHT)) expression->left = parse_expression(parser);
    if (!parser->failed && at_kind(parser, TOKEN_COMMA))
        fail_at(parser, peek(parser), "ask a fact in a condition of its own", "a role has at most one argument");
    expect(parser, TOKEN_RIGHT, NULL);
    expression->place = place_from(parser, first);
    return expression;
}

// condition 2 of contribute: the second `require` of that act.
static struct tree_expression *parse_requirement(struct parser *parser) {
    uint32_t first = parser->next;
    struct tree_expression *expression = new_expression(parser, TREE_REQUIREMENT);
    take(parser);
    expression->integer = take(parser)->integer;
    expect_word(parser, "of", "a `require` is named by its act: condition 2 of contribute");
    struct tree_name act = take_name(parser, "the name of an act");
    expression->text = span_print(&parser->tree->arena, "condition %lld of %.*s", (long long)expression->integer,
                                  SPAN_ARG(act.text));
    expression->place = place_from(parser, first);
    return expression;
}

static struct tree_expression *parse_named(struct parser *parser) {
    const struct token *token = peek(parser);
    tree_expression_kind kind;
    if (span_is(token->text, "now")) {
        struct tree_expression *now = new_expression(parser, TREE_NOW);
        take(parser);
        return now;
    }
    if (is_aggregate(token->text, &kind)) return parse_aggregate(parser, kind);
    if (word_is_reserved(token->text) || span_is(token->text, "and")) {
        fail_expected(parser, "a value", NULL);
        return new_expression(parser, TREE_ANY);
    }
    if (at_call(parser)) return parse_call(parser);
    if (span_is(token->text, "condition") && peek_after(parser, 1)->kind == TOKEN_INTEGER)
        return parse_requirement(parser);
    uint32_t first = parser->next;
    struct tree_expression *expression = new_expression(parser, TREE_NAME);
    expression->text = take(parser)->text;
    if (at_word(parser, "of")) {
        take(parser);
        expression->kind = TREE_OFFICE_OF;
        expression->left = parse_factor(parser);
        expression->place = place_from(parser, first);
    }
    return expression;
}

static struct tree_expression *parse_negation(struct parser *parser) {
    uint32_t first = parser->next;
    struct tree_expression *expression = new_expression(parser, TREE_NEGATE);
    mark(parser, LAYOUT_UNARY);
    take(parser);
    expression->left = parse_factor(parser);
    expression->place = place_from(parser, first);
    return expression;
}

static struct tree_expression *parse_literal(struct parser *parser, tree_expression_kind kind) {
    struct tree_expression *expression = new_expression(parser, kind);
    const struct token *token = take(parser);
    expression->integer = token->integer;
    if (kind == TREE_TEXT) expression->text = token->text;
    return expression;
}

static struct tree_expression *parse_parenthesis(struct parser *parser) {
    take(parser);
    struct tree_expression *expression = parse_expression(parser);
    expect(parser, TOKEN_RIGHT, NULL);
    return expression;
}

static struct tree_expression *parse_factor(struct parser *parser) {
    struct tree_expression *expression = NULL;
    if (!parser->failed && enter(parser, 0)) {
        switch (peek(parser)->kind) {
        case TOKEN_MINUS: expression = parse_negation(parser); break;
        case TOKEN_INTEGER: expression = parse_integer(parser); break;
        case TOKEN_TIME: expression = parse_literal(parser, TREE_TIME); break;
        case TOKEN_TEXT: expression = parse_literal(parser, TREE_TEXT); break;
        case TOKEN_UNDERSCORE: expression = parse_literal(parser, TREE_ANY); break;
        case TOKEN_LEFT: expression = parse_parenthesis(parser); break;
        case TOKEN_NAME: expression = parse_named(parser); break;
        default: fail_expected(parser, "a value", NULL); break;
        }
    }
    if (!parser->failed) leave(parser);
    return expression ? expression : new_expression(parser, TREE_ANY);
}

// ---- Terms and sums -------------------------------------------------------------------------------------------------
static bool at_product(const struct parser *parser, tree_expression_kind *kind) {
    *kind = at_kind(parser, TOKEN_TIMES) ? TREE_MULTIPLY : at_kind(parser, TOKEN_SLASH) ? TREE_DIVIDE : TREE_MODULO;
    return *kind != TREE_MODULO || at_word(parser, "mod");
}

static bool at_sum(const struct parser *parser, tree_expression_kind *kind) {
    *kind = at_kind(parser, TOKEN_PLUS) ? TREE_ADD : TREE_SUBTRACT;
    return *kind == TREE_ADD || at_kind(parser, TOKEN_MINUS);
}

// A chain of operators leans to the left: each makes the tree one level deeper.
static struct tree_expression *parse_operator(struct parser *parser, tree_expression_kind kind,
                                              struct tree_expression *left, uint32_t chain) {
    struct tree_expression *expression = new_expression(parser, kind);
    mark(parser, LAYOUT_BREAK);
    take(parser);
    enter(parser, chain);
    leave(parser);
    expression->left = left;
    return expression;
}

static struct tree_expression *parse_term(struct parser *parser, struct tree_expression *left) {
    tree_expression_kind kind;
    for (uint32_t chain = 0; !parser->failed && at_product(parser, &kind); chain++) {
        left = parse_operator(parser, kind, left, chain);
        left->right = parse_factor(parser);
        left->place = place_over(left->left->place, left->right->place);
    }
    return left;
}

// Goes on after a factor that has been read already.
static struct tree_expression *continue_expression(struct parser *parser, struct tree_expression *factor) {
    tree_expression_kind kind;
    struct tree_expression *left = parse_term(parser, factor);
    for (uint32_t chain = 0; !parser->failed && at_sum(parser, &kind); chain++) {
        left = parse_operator(parser, kind, left, chain);
        left->right = parse_term(parser, parse_factor(parser));
        left->place = place_over(left->left->place, left->right->place);
    }
    return left;
}

struct tree_expression *parse_expression(struct parser *parser) {
    return continue_expression(parser, parse_factor(parser));
}

// ---- Atoms ----------------------------------------------------------------------------------------------------------
struct tree_expressions parse_arguments(struct parser *parser) {
    VEC(struct tree_expression *) arguments = {0};
    mark(parser, LAYOUT_TIGHT);
    expect(parser, TOKEN_LEFT, NULL);
    if (!accept(parser, TOKEN_RIGHT)) {
        do {
            mark(parser, arguments.count ? LAYOUT_BREAK : LAYOUT_NONE);
            VEC_PUSH(&arguments, parse_expression(parser));
        } while (accept(parser, TOKEN_COMMA));
        if (!parser->failed && at_kind(parser, TOKEN_ARROW))
            fail_at(parser, peek(parser), "write a comma; `=>` stands where the fact is declared",
                    "`=>` has no place here");
        if (!parser->failed && at_kind(parser, TOKEN_COLON))
            fail_at(parser, peek(parser), "only a declaration names its columns; here values stand in their order",
                    "`:` has no place here");
        if (!accept(parser, TOKEN_RIGHT)) fail_expected(parser, "`,` or `)`", NULL);
    }
    struct tree_expressions list;
    KEEP(parser, arguments, list.at, list.count);
    return list;
}

struct tree_atom parse_atom(struct parser *parser) {
    uint32_t first = parser->next;
    struct tree_atom atom = {.name = take_declared(parser, "the name of a fact")};
    if (!parser->failed && !at_kind(parser, TOKEN_LEFT))
        fail_expected(parser, "`(`", "a fact is written with parentheses: member(s)");
    atom.arguments = parse_arguments(parser);
    atom.place = place_from(parser, first);
    return atom;
}

// P proposes [ORGAN] ACT(ARGUMENTS)
static bool at_proposes(const struct parser *parser) {
    struct parser after = *parser;
    after.next++;
    bool named = at_kind(parser, TOKEN_NAME) && !word_is_reserved(peek(parser)->text);
    return (named || at_kind(parser, TOKEN_UNDERSCORE)) && parser->next < parser->end && at_word(&after, "proposes");
}

static struct tree_atom parse_proposes(struct parser *parser) {
    uint32_t first = parser->next;
    struct tree_expression *proposal =
        new_expression(parser, at_kind(parser, TOKEN_UNDERSCORE) ? TREE_ANY : TREE_NAME);
    proposal->text = take(parser)->text;
    take(parser);
    struct tree_atom atom = {.name = take_declared(parser, "the name of an act"), .proposes = true};
    if (!parser->failed && at_kind(parser, TOKEN_NAME) && !word_is_reserved(peek(parser)->text)) {
        atom.organ = atom.name;
        atom.name = take_declared(parser, "the name of an act");
    }
    if (!parser->failed && !at_kind(parser, TOKEN_LEFT))
        fail_expected(parser, "`(`", "what is proposed is written with its arguments: p proposes mandate(c, _)");
    struct tree_expressions arguments = parse_arguments(parser);
    VEC(struct tree_expression *) all = {0};
    VEC_PUSH(&all, proposal);
    for (uint32_t i = 0; i < arguments.count; i++) VEC_PUSH(&all, arguments.at[i]);
    KEEP(parser, all, atom.arguments.at, atom.arguments.count);
    atom.place = place_from(parser, first);
    return atom;
}

// ---- Conditions -----------------------------------------------------------------------------------------------------
static bool at_compare(const struct parser *parser, compare_operator *compare) {
    switch (peek(parser)->kind) {
    case TOKEN_EQUAL: *compare = COMPARE_EQUAL; return true;
    case TOKEN_DIFFERENT: *compare = COMPARE_DIFFERENT; return true;
    case TOKEN_LESS: *compare = COMPARE_LESS; return true;
    case TOKEN_LESS_EQUAL: *compare = COMPARE_LESS_EQUAL; return true;
    case TOKEN_GREATER: *compare = COMPARE_GREATER; return true;
    case TOKEN_GREATER_EQUAL: *compare = COMPARE_GREATER_EQUAL; return true;
    default: return false;
    }
}

static bool at_operator(const struct parser *parser) {
    tree_expression_kind kind;
    compare_operator compare;
    return at_compare(parser, &compare) || at_sum(parser, &kind) || at_product(parser, &kind);
}

static void parse_comparison(struct parser *parser, struct tree_condition *condition, struct tree_expression *left) {
    condition->kind = TREE_COMPARE;
    condition->left = left;
    if (parser->failed) return;
    if (at_compare(parser, &condition->compare)) {
        mark(parser, LAYOUT_BREAK);
        take(parser);
        condition->right = parse_expression(parser);
        compare_operator second;
        if (!parser->failed && at_compare(parser, &second))
            fail_at(parser, peek(parser), "write two conditions: a < b, b < c", "a comparison has two sides");
    } else if (left->kind == TREE_NAME) {
        fail_expected(parser, "a comparison", "a fact is asked with parentheses: member(s)");
    } else {
        fail_expected(parser, "`=`, `!=`, `<`, `<=`, `>` or `>=`", "a condition asks a fact or compares two values");
    }
}

// chair(council) before an operator is no fact but the office that a relation fills.
static struct tree_expression *call_of(struct parser *parser, const struct tree_atom *atom) {
    struct tree_expression *call = new_expression(parser, TREE_CALL);
    call->text = atom->name.text;
    call->place = atom->place;
    call->left = atom->arguments.count ? atom->arguments.at[0] : NULL;
    if (atom->arguments.count > 1)
        fail_at(parser, peek(parser), "a fact holds or does not; name its column in a condition of its own",
                "a fact is not compared");
    return call;
}

static void parse_atom_condition(struct parser *parser, struct tree_condition *condition) {
    condition->kind = TREE_ATOM;
    condition->atom = at_proposes(parser) ? parse_proposes(parser) : parse_atom(parser);
    if (parser->failed) return;
    if (at_operator(parser) && !condition->atom.proposes) {
        if (condition->negated)
            fail_at(parser, peek(parser), "write the opposite comparison: `!=` for `=`, `>=` for `<`",
                    "`not` stands before a fact, not before a comparison");
        else parse_comparison(parser, condition, continue_expression(parser, call_of(parser, &condition->atom)));
        return;
    }
    if (accept_word(parser, "since")) condition->since = take_declared(parser, "a name for the moment it began");
    if (at_word(parser, "at") && !at_words(parser, "at", "once")) {
        take(parser);
        condition->moment = parse_expression(parser);
    }
}

static void parse_not(struct parser *parser, struct tree_condition *condition) {
    take(parser);
    condition->negated = true;
    if (accept(parser, TOKEN_LEFT)) {
        condition->kind = TREE_GROUP;
        condition->inner = parse_conditions(parser);
        expect(parser, TOKEN_RIGHT, NULL);
    } else if (at_word(parser, "not")) {
        fail_at(parser, peek(parser), "leave both out", "`not not` says nothing");
    } else if (at_word(parser, "every")) {
        fail_at(parser, peek(parser), "put the condition in parentheses: not (every ... has ...)",
                "`not` stands before a fact or a parenthesis");
    } else if ((at_atom(parser) && !word_is_reserved(peek(parser)->text)) || at_proposes(parser)) {
        parse_atom_condition(parser, condition);
    } else {
        compare_operator compare;
        parser->next++;
        bool comparison = parser->next < parser->end && at_compare(parser, &compare);
        parser->next--;
        if (comparison)
            fail_at(parser, peek(parser), "write the opposite comparison: `!=` for `=`, `>=` for `<`",
                    "`not` stands before a fact, not before a comparison");
        else fail_expected(parser, "a fact or `(`", "a fact is asked with parentheses: not member(s)");
    }
}

// NAME { , NAME } :
static bool at_variables(const struct parser *parser) {
    uint32_t i = 0;
    while (peek_after(parser, i)->kind == TOKEN_NAME && peek_after(parser, i + 1)->kind == TOKEN_COMMA) i += 2;
    return peek_after(parser, i)->kind == TOKEN_NAME && peek_after(parser, i + 1)->kind == TOKEN_COLON;
}

struct tree_names parse_variables(struct parser *parser) {
    struct tree_names names = take_names(parser, "the name of a variable");
    expect(parser, TOKEN_COLON, "a colon stands between the variables and their conditions");
    return names;
}

// Whether the parenthesis that opens here holds conditions: what follows its end is then no operator.
static bool at_group(const struct parser *parser) {
    uint32_t depth = 0, i = 0;
    if (!at_kind(parser, TOKEN_LEFT)) return false;
    do {
        token_kind kind = peek_after(parser, i++)->kind;
        if (kind == TOKEN_END) return true;
        depth += kind == TOKEN_LEFT;
        depth -= kind == TOKEN_RIGHT;
    } while (depth > 0);
    struct parser after = *parser;
    after.next += i;
    return !at_operator(&after);
}

static struct tree_condition parse_condition(struct parser *parser);

static void parse_every(struct parser *parser, struct tree_condition *condition) {
    const struct token *every = take(parser);
    condition->kind = TREE_EVERY;
    if (at_variables(parser)) condition->variables = parse_variables(parser);
    condition->inner = parse_conditions(parser);
    if (!parser->failed && !at_word(parser, "has") && !at_kind(parser, TOKEN_ERROR)) {
        fail_at(parser, every, "write every A has B: for each case of A, B must be so", "this `every` lacks its `has`");
        return;
    }
    mark(parser, LAYOUT_BREAK);
    expect_word(parser, "has", NULL);
    if (parser->failed) return;
    if (at_group(parser)) {
        take(parser);
        condition->has = parse_conditions(parser);
        expect(parser, TOKEN_RIGHT, NULL);
        return;
    }
    VEC(struct tree_condition) one = {0};
    VEC_PUSH(&one, parse_condition(parser));
    KEEP(parser, one, condition->has.at, condition->has.count);
}

static struct tree_condition parse_condition(struct parser *parser) {
    struct tree_condition condition = {.place = peek(parser)->place};
    uint32_t first = parser->next;
    if (parser->failed || !enter(parser, 0)) return condition;
    tree_expression_kind kind;
    bool aggregate = at_kind(parser, TOKEN_NAME) && is_aggregate(peek(parser)->text, &kind);
    if (at_word(parser, "not")) parse_not(parser, &condition);
    else if (at_word(parser, "every")) parse_every(parser, &condition);
    else if (at_kind(parser, TOKEN_LEFT) && at_group(parser))
        fail_at(parser, peek(parser), "join conditions with commas; write one rule for each alternative",
                "a parenthesis groups conditions only after `not` and `has`");
    else if ((at_atom(parser) && !aggregate && !word_is_reserved(peek(parser)->text)) || at_proposes(parser))
        parse_atom_condition(parser, &condition);
    else if (at_kind(parser, TOKEN_END) || at_kind(parser, TOKEN_RIGHT) || at_kind(parser, TOKEN_COMMA))
        fail_expected(parser, "a condition", NULL);
    else parse_comparison(parser, &condition, parse_expression(parser));
    condition.place = place_from(parser, first);
    leave(parser);
    return condition;
}

// An actor before `to` or `that`: it ends the conditions that say who is obliged.
static bool at_bearer(const struct parser *parser) {
    struct parser ahead = *parser;
    ahead.quiet = true;
    parse_expression(&ahead);
    return !ahead.failed && (at_word(&ahead, "to") || at_word(&ahead, "that"));
}

static struct tree_conditions parse_list(struct parser *parser, bool before_bearer) {
    VEC(struct tree_condition) conditions = {0};
    do {
        if (before_bearer && conditions.count && at_bearer(parser)) break;
        if (conditions.count) mark(parser, LAYOUT_BREAK);
        VEC_PUSH(&conditions, parse_condition(parser));
    } while (accept(parser, TOKEN_COMMA));
    struct tree_conditions list;
    KEEP(parser, conditions, list.at, list.count);
    return list;
}

struct tree_conditions parse_conditions(struct parser *parser) {
    return parse_list(parser, false);
}
struct tree_conditions parse_conditions_before_bearer(struct parser *parser) {
    return parse_list(parser, true);
}
