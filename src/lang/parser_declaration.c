// SPDX-License-Identifier: Apache-2.0
// Declarations, one function for each. Docs: docs/language.md, section 17.
#include "lang/syntax.h"

// ---- Title: treaty, library, use, source, article -------------------------------------------------------------------
// +03:00, -03:30 or Z, which the lexer reads as marks and integers.
static int32_t parse_offset(struct parser *parser) {
    static const char hint[] = "an offset is written +03:00 or Z";
    if (accept_word(parser, "Z")) return 0;
    bool minus = at_kind(parser, TOKEN_MINUS);
    if (!accept(parser, TOKEN_PLUS) && !accept(parser, TOKEN_MINUS)) {
        fail_expected(parser, "an offset", hint);
        return 0;
    }
    mark(parser, LAYOUT_TIGHT);
    const struct token *hours = peek(parser), *minutes = peek_after(parser, 2);
    if (hours->kind != TOKEN_INTEGER || peek_after(parser, 1)->kind != TOKEN_COLON || minutes->kind != TOKEN_INTEGER ||
        hours->place.length != 2 || minutes->place.length != 2 || hours->integer > 15 || minutes->integer > 59) {
        fail_at(parser, hours, hint, "this is no offset from UTC");
        return 0;
    }
    take(parser);
    mark(parser, LAYOUT_TIGHT);
    take(parser);
    mark(parser, LAYOUT_TIGHT);
    take(parser);
    int32_t seconds = (int32_t)(hours->integer * 3600 + minutes->integer * 60);
    return minus ? -seconds : seconds;
}

static void parse_treaty(struct parser *parser, struct tree_declaration *declaration) {
    declaration->name = take_declared(parser, "a short name for the treaty");
    declaration->title = take_text(parser, "the treaty's title");
    if (accept_word(parser, "offset")) declaration->offset = parse_offset(parser);
}

static void parse_library(struct parser *parser, struct tree_declaration *declaration) {
    declaration->name = take_path(parser);
    if (!parser->failed && at_kind(parser, TOKEN_TEXT)) declaration->title = take_text(parser, "the library's title");
}

static void parse_use(struct parser *parser, struct tree_declaration *declaration) {
    VEC(struct tree_name) names = {0};
    do VEC_PUSH(&names, take_path(parser));
    while (accept(parser, TOKEN_COMMA));
    KEEP(parser, names, declaration->names.at, declaration->names.count);
}

static void parse_source(struct parser *parser, struct tree_declaration *declaration) {
    declaration->name = take_declared(parser, "a name for the source");
    declaration->title = take_text(parser, "the title of the source");
    if (!accept(parser, TOKEN_COMMA)) return;
    const struct token *token = peek(parser);
    declaration->standing = token->kind == TOKEN_NAME ? standing_of(token->text) : STANDING_DEFAULT;
    if (declaration->standing == STANDING_DEFAULT)
        fail_expected(parser, "how sure the source is", "say verified, unverified, disputed, notional or house");
    else take(parser);
}

static void parse_article(struct parser *parser, struct tree_declaration *declaration) {
    if (!at_kind(parser, TOKEN_CITATION)) fail_expected(parser, "a citation", "article [Charter 12]");
    declaration->citation = parse_citation(parser);
}

// ---- Words: party, entity, kind, office -----------------------------------------------------------------------------
static void parse_party(struct parser *parser, struct tree_declaration *declaration) {
    declaration->name = take_declared(parser, "a name for the parties");
    expect(parser, TOKEN_EQUAL, "name the parties: party state = ARM, BLR");
    declaration->names = take_names(parser, "the name of a party");
}

static void parse_entity(struct parser *parser, struct tree_declaration *declaration) {
    declaration->names = take_names(parser, "the name of an entity");
}

static void parse_kind(struct parser *parser, struct tree_declaration *declaration) {
    VEC(struct tree_name) names = {0};
    declaration->name = take_declared(parser, "a name for the kind");
    expect(parser, TOKEN_EQUAL, "name its values: kind basis = consultation | assistance");
    do {
        mark(parser, names.count ? LAYOUT_BREAK : LAYOUT_NONE);
        VEC_PUSH(&names, take_declared(parser, "the name of a value"));
    } while (accept(parser, TOKEN_BAR));
    if (!parser->failed && at_kind(parser, TOKEN_COMMA))
        fail_expected(parser, "`|`", "the values of a kind are separated by `|`");
    KEEP(parser, names, declaration->names.at, declaration->names.count);
}

static void parse_office(struct parser *parser, struct tree_declaration *declaration) {
    declaration->names = take_names(parser, "the name of an office");
    if (accept_word(parser, "of")) declaration->of = take_name(parser, "the name of a party type");
    declaration->citation = parse_citation(parser);
}

// ---- Facts and rules ------------------------------------------------------------------------------------------------
static struct tree_column parse_column(struct parser *parser) {
    struct tree_column column = {0};
    struct tree_name name = take_name(parser, "the type of a column");
    if (at_kind(parser, TOKEN_COLON)) mark(parser, LAYOUT_TIGHT);
    if (!accept(parser, TOKEN_COLON)) {
        column.type = name;
        return column;
    }
    column.label = name;
    column.type = take_name(parser, "the type of the column");
    return column;
}

static void parse_fact(struct parser *parser, struct tree_declaration *declaration) {
    VEC(struct tree_column) columns = {0};
    declaration->name = take_declared(parser, "the name of the fact");
    mark(parser, LAYOUT_TIGHT);
    expect(parser, TOKEN_LEFT, "a fact has its columns in parentheses: fact member(state)");
    bool more = !at_kind(parser, TOKEN_RIGHT);
    while (more && !parser->failed) {
        if (!declaration->arrow && at_kind(parser, TOKEN_ARROW)) {
            take(parser);
            declaration->arrow = true;
            declaration->key_count = columns.count;
        }
        mark(parser, columns.count ? LAYOUT_BREAK : LAYOUT_NONE);
        VEC_PUSH(&columns, parse_column(parser));
        more = accept(parser, TOKEN_COMMA) || (!declaration->arrow && at_kind(parser, TOKEN_ARROW));
    }
    if (!parser->failed && at_kind(parser, TOKEN_EQUAL))
        fail_expected(parser, "`=>`", "`=>` stands between the key and what it gives");
    if (!parser->failed && at_kind(parser, TOKEN_ARROW))
        fail_at(parser, peek(parser), "what is before `=>` is the key; the rest is separated by commas",
                "a second `=>`");
    if (!accept(parser, TOKEN_RIGHT)) fail_expected(parser, "`,`, `=>` or `)`", NULL);
    if (!declaration->arrow) declaration->key_count = columns.count;
    declaration->citation = parse_citation(parser);
    KEEP(parser, columns, declaration->columns, declaration->column_count);
}

// A row of values; `=>` may stand in it where it stands in the fact.
static struct tree_atom parse_row(struct parser *parser) {
    struct tree_atom row = {0};
    uint32_t first = parser->next;
    VEC(struct tree_expression *) values = {0};
    row.name = take_declared(parser, "the name of a fact");
    mark(parser, LAYOUT_TIGHT);
    expect(parser, TOKEN_LEFT, "a row is written like a fact: given order(ARM, 1)");
    if (!accept(parser, TOKEN_RIGHT)) {
        if (at_kind(parser, TOKEN_ARROW)) take(parser);
        do {
            mark(parser, values.count ? LAYOUT_BREAK : LAYOUT_NONE);
            VEC_PUSH(&values, parse_expression(parser));
        } while (accept(parser, TOKEN_COMMA) || accept(parser, TOKEN_ARROW));
        if (!accept(parser, TOKEN_RIGHT)) fail_expected(parser, "`,` or `)`", NULL);
    }
    KEEP(parser, values, row.arguments.at, row.arguments.count);
    row.place = place_from(parser, first);
    return row;
}

static void parse_given(struct parser *parser, struct tree_declaration *declaration) {
    VEC(struct tree_given) rows = {0};
    do {
        if (rows.count) mark(parser, LAYOUT_BREAK);
        VEC_PUSH(&rows, (struct tree_given){.row = parse_row(parser)});
    } while (accept(parser, TOKEN_COMMA));
    declaration->citation = parse_citation(parser);
    for (uint32_t i = 0; i < rows.count; i++) rows.at[i].citation = declaration->citation;
    while (!parser->failed && at_word(parser, "or")) {
        mark(parser, LAYOUT_CLAUSE);
        take(parser);
        struct tree_given reading = {.row = parse_row(parser), .reading = true};
        reading.citation = parse_citation(parser);
        VEC_PUSH(&rows, reading);
    }
    if (!parser->failed && at_word(parser, "if"))
        fail_at(parser, peek(parser), "write a rule: rule NAME(...) if CONDITIONS", "a `given` row has no conditions");
    KEEP(parser, rows, declaration->given, declaration->given_count);
}

static void parse_rule(struct parser *parser, struct tree_declaration *declaration) {
    declaration->head = parse_atom(parser);
    declaration->name = declaration->head.name;
    mark(parser, LAYOUT_FOLD);
    expect_word(parser, "if", "a rule has a condition: rule voter(s) if member(s); what always holds is `given`");
    if (!parser->failed) declaration->conditions = parse_conditions(parser);
    declaration->citation = parse_citation(parser);
}

// ---- Norms ----------------------------------------------------------------------------------------------------------
static void parse_otherwise(struct parser *parser, struct tree_declaration *declaration) {
    mark(parser, LAYOUT_ELSE);
    if (accept_word(parser, "else")) declaration->otherwise = take_text(parser, "what to say where it fails");
    else mark(parser, LAYOUT_NONE);
    declaration->citation = parse_citation(parser);
    if (declaration->citation.count && at_word(parser, "else"))
        fail_at(parser, peek(parser), "the citation stands at the end", "`else` stands before the citation");
}

static void parse_norm_body(struct parser *parser, struct tree_declaration *declaration) {
    declaration->conditions = parse_conditions(parser);
    parse_otherwise(parser, declaration);
}

static void parse_never(struct parser *parser, struct tree_declaration *declaration) {
    declaration->norm = NORM_IS_NEVER;
    parse_norm_body(parser, declaration);
}

static void parse_ought(struct parser *parser, struct tree_declaration *declaration) {
    declaration->norm = accept_word(parser, "never") ? NORM_IS_OUGHT_NEVER : NORM_IS_OUGHT;
    parse_norm_body(parser, declaration);
}

// The citation after the last effect, or after the colon, is that of the whole.
static void parse_upon(struct parser *parser, struct tree_declaration *declaration) {
    VEC(struct tree_clause) effects = {0};
    declaration->conditions = parse_conditions(parser);
    mark(parser, LAYOUT_TIGHT);
    expect(parser, TOKEN_COLON, "the effects stand after a colon: upon CONDITIONS: set FACT");
    declaration->citation = parse_citation(parser);
    uint32_t first = parser->next;
    do {
        if (at_word(parser, "require") || at_word(parser, "ought"))
            fail_at(parser, peek(parser), "its conditions stand before the colon", "`upon` has effects only");
        VEC_PUSH(&effects, parse_clause(parser));
    } while (!parser->failed && at_clause(parser));
    struct tree_clause *last = &effects.at[effects.count - 1];
    if (declaration->citation.count == 0) {
        declaration->citation = last->citation;
        struct tree_citation own = parse_citation(parser);
        if (own.count) declaration->citation = own;
        else last->citation = last->effect.citation = (struct tree_citation){0};
    }
    if (parser->layout && effects.count == 1 && !parser->failed) parser->layout[first] = LAYOUT_FOLD;
    KEEP(parser, effects, declaration->clauses, declaration->clause_count);
}

static void parse_always(struct parser *parser, struct tree_declaration *declaration) {
    declaration->conditions = parse_conditions(parser);
    mark(parser, LAYOUT_BREAK);
    expect_word(parser, "leads", "always A leads to B within 24 hours; what must simply hold is `never` or `ought`");
    expect_word(parser, "to", NULL);
    if (!parser->failed) declaration->second = parse_conditions(parser);
    mark(parser, LAYOUT_BREAK);
    expect_word(parser, "within", "say how soon: always A leads to B within 24 hours");
    if (!parser->failed) declaration->within = parse_expression(parser);
    parse_otherwise(parser, declaration);
}

// ---- Settings -------------------------------------------------------------------------------------------------------
static void parse_at_once(struct parser *parser, struct tree_declaration *declaration) {
    expect_word(parser, "once", "at once means 2 hours");
    expect_word(parser, "means", "at once means 2 hours");
    if (!parser->failed) declaration->within = parse_expression(parser);
    declaration->citation = parse_citation(parser);
}

static void parse_records(struct parser *parser, struct tree_declaration *declaration) {
    expect_word(parser, "by", "records by registrar contestable within 30 days");
    if (!parser->failed) declaration->by = parse_who(parser);
    if (accept_word(parser, "contestable")) {
        expect_word(parser, "within", NULL);
        if (!parser->failed) declaration->within = parse_expression(parser);
    }
    declaration->citation = parse_citation(parser);
}

// ---- Under ----------------------------------------------------------------------------------------------------------
static void parse_under(struct parser *parser, struct tree_declaration *declaration);

static const struct form {
    const char *word;
    tree_declaration_kind kind;
    void (*parse)(struct parser *parser, struct tree_declaration *declaration);
    bool under;    // may stand inside `under`
} forms[] = {{"treaty", TREE_TREATY, parse_treaty, false},
             {"library", TREE_LIBRARY, parse_library, false},
             {"use", TREE_USE, parse_use, false},
             {"source", TREE_SOURCE, parse_source, false},
             {"article", TREE_ARTICLE, parse_article, false},
             {"party", TREE_PARTY, parse_party, false},
             {"entity", TREE_ENTITY, parse_entity, false},
             {"kind", TREE_KIND, parse_kind, false},
             {"office", TREE_OFFICE, parse_office, false},
             {"fact", TREE_FACT, parse_fact, false},
             {"given", TREE_GIVEN, parse_given, false},
             {"rule", TREE_RULE, parse_rule, true},
             {"organ", TREE_ORGAN, parse_organ, false},
             {"procedure", TREE_PROCEDURE, parse_procedure, false},
             {"act", TREE_ACT, parse_act, true},
             {"event", TREE_EVENT, parse_event, true},
             {"never", TREE_NORM, parse_never, true},
             {"ought", TREE_NORM, parse_ought, true},
             {"upon", TREE_UPON, parse_upon, true},
             {"always", TREE_ALWAYS, parse_always, true},
             {"under", TREE_UNDER, parse_under, false},
             {"at", TREE_AT_ONCE, parse_at_once, false},
             {"records", TREE_RECORDS, parse_records, false}};

static const struct form *form_of(struct span word) {
    for (uint32_t i = 0; i < COUNT_OF(forms); i++)
        if (span_is(word, forms[i].word)) return &forms[i];
    return NULL;
}

bool word_declares(struct span word) { return form_of(word) != NULL; }

struct span nearest_declaration_word(struct span word) {
    struct span words[COUNT_OF(forms)];
    for (uint32_t i = 0; i < COUNT_OF(forms); i++) words[i] = span_of(forms[i].word);
    return span_nearest(word, words, COUNT_OF(forms));
}

// What may not stand inside is said once for each; what may is read like any other.
static void check_inner(struct parser *parser, const struct tree_declaration *declaration) {
    for (uint32_t i = 0; i < declaration->inner_count; i++) {
        struct tree_declaration *inner = &declaration->inner[i];
        const struct form *form = NULL;
        for (uint32_t f = 0; f < COUNT_OF(forms); f++)
            if (forms[f].kind == inner->kind) form = &forms[f];
        if (form->under) continue;
        diagnostics_error(parser->all, inner->place,
                          "it encloses rules, acts, events and norms; declare the rest outside",
                          "`under` does not enclose `%s`", form->word);
    }
}

static void parse_under(struct parser *parser, struct tree_declaration *declaration) {
    if (parser->inside) {
        fail_at(parser, &parser->tokens[parser->next - 1], "join the conditions with a comma",
                "`under` does not enclose `under`");
        return;
    }
    declaration->conditions = parse_conditions(parser);
    parse_otherwise(parser, declaration);
    if (parser->failed) return;
    const struct token *token = peek(parser);
    if (token->kind == TOKEN_END || !token->first) {
        fail_expected(parser, "the declarations that it encloses, indented",
                      "what holds under a condition stands below it, indented");
        return;
    }
    struct parser inside = *parser;
    inside.inside = true;
    parse_declarations(&inside, parser->next, parser->end, &declaration->inner, &declaration->inner_count);
    check_inner(parser, declaration);
    parser->next = parser->end;
}

struct tree_declaration parse_declaration(struct parser *parser) {
    struct tree_declaration declaration = {0};
    const struct token *token = peek(parser);
    const struct form *form = token->kind == TOKEN_NAME ? form_of(token->text) : NULL;
    if (form) {
        declaration.kind = form->kind;
        take(parser);
        form->parse(parser, &declaration);
    } else if (token->kind == TOKEN_NAME) {
        struct span nearest = nearest_declaration_word(token->text);
        if (nearest.length)
            fail_at(parser, token, NULL, "`%.*s` begins no declaration; did you mean `%.*s`?", SPAN_ARG(token->text),
                    SPAN_ARG(nearest));
        else
            fail_at(parser, token, "declarations begin with words like fact, rule, act, never, ought, upon",
                    "`%.*s` begins no declaration", SPAN_ARG(token->text));
    } else {
        fail_expected(parser, "a declaration",
                      "declarations begin with words like fact, rule, act, never, ought, upon");
    }
    return declaration;
}

// ---- The treaty's offset, before anything else is read --------------------------------------------------------------
static bool offset_in(struct tree *tree, struct diagnostics *all, struct tokens tokens, uint32_t source,
                      int32_t *offset) {
    uint32_t at = 0, margin = tokens.at[0].column;
    while (at + 1 < tokens.count && !(tokens.at[at].first && tokens.at[at].column == margin &&
                                      tokens.at[at].kind == TOKEN_NAME && span_is(tokens.at[at].text, "treaty")))
        at++;
    if (at + 1 >= tokens.count) return false;
    struct parser parser = {.tree = tree,
                            .all = all,
                            .tokens = tokens.at,
                            .next = at + 1,
                            .end = tokens.count - 1,
                            .stop = tokens.at[tokens.count - 1],
                            .source = source,
                            .quiet = true};
    struct tree_declaration declaration = {0};
    parse_treaty(&parser, &declaration);
    *offset = declaration.offset;
    return !parser.failed;
}

bool tree_find_offset(struct diagnostics *all, uint32_t source, int32_t *offset) {
    struct tree tree;
    tree_init(&tree);
    bool found = false;
    struct fences fences = markdown_read(&tree.arena, all, source, true);
    for (uint32_t i = 0; i < fences.count && !found; i++) {
        if (!span_is(fences.at[i].info, "treaty")) continue;
        struct lexed lexed = lex_block(&tree.arena, all, source, fences.at[i].from, fences.at[i].to, 0, true);
        found = offset_in(&tree, all, lexed.tokens, source, offset);
    }
    tree_release(&tree);
    return found;
}
