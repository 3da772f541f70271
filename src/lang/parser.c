// SPDX-License-Identifier: Apache-2.0
// The parser's core: tokens, messages, blocks and recovery. One mistake gives one message: a declaration that has
// failed is silent until the next one at the margin.
#include "lang/syntax.h"

#include <stdio.h>
#include <string.h>

void tree_init(struct tree *tree) {
    *tree = (struct tree){0};
    arena_init(&tree->arena);
}

void tree_release(struct tree *tree) {
    arena_release(&tree->arena);
    VEC_RELEASE(&tree->blocks);
}

void *keep_bytes(struct parser *parser, const void *bytes, size_t size) {
    void *kept = arena_alloc(&parser->tree->arena, size ? size : 1);
    if (size) memcpy(kept, bytes, size);
    return kept;
}

// ---- Tokens ---------------------------------------------------------------------------------------------------------
const struct token *peek_after(const struct parser *parser, uint32_t count) {
    return parser->next + count < parser->end ? &parser->tokens[parser->next + count] : &parser->stop;
}

const struct token *peek(const struct parser *parser) { return peek_after(parser, 0); }

const struct token *take(struct parser *parser) {
    const struct token *token = peek(parser);
    if (parser->next < parser->end) parser->next++;
    return token;
}

static bool is_word(const struct token *token, const char *word) {
    return token->kind == TOKEN_NAME && span_is(token->text, word);
}

bool at_kind(const struct parser *parser, token_kind kind) { return peek(parser)->kind == kind; }
bool at_word(const struct parser *parser, const char *word) { return is_word(peek(parser), word); }
bool at_words(const struct parser *parser, const char *first, const char *second) {
    return at_word(parser, first) && is_word(peek_after(parser, 1), second);
}

bool accept(struct parser *parser, token_kind kind) {
    if (parser->failed || !at_kind(parser, kind)) return false;
    take(parser);
    return true;
}

bool accept_word(struct parser *parser, const char *word) {
    if (parser->failed || !at_word(parser, word)) return false;
    take(parser);
    return true;
}

void expect(struct parser *parser, token_kind kind, const char *hint) {
    char what[16];
    snprintf(what, sizeof what, "`%s`", token_kind_name(kind));
    if (!accept(parser, kind)) fail_expected(parser, what, hint);
}

void expect_word(struct parser *parser, const char *word, const char *hint) {
    char what[32];
    snprintf(what, sizeof what, "`%s`", word);
    if (!accept_word(parser, word)) fail_expected(parser, what, hint);
}

void mark(struct parser *parser, enum layout layout) {
    if (parser->layout && !parser->quiet && !parser->failed && parser->next < parser->end)
        parser->layout[parser->next] = (uint8_t)layout;
}

bool enter(struct parser *parser, uint32_t extra) {
    parser->depth++;
    if (parser->depth + extra <= NESTING_MAX) return true;
    fail_at(parser, peek(parser), "give the inner part a rule of its own", "this is nested more than %d deep",
            NESTING_MAX);
    return false;
}

void leave(struct parser *parser) { parser->depth--; }

struct place place_from(const struct parser *parser, uint32_t first) {
    if (first >= parser->end) return parser->stop.place;
    struct place place = parser->tokens[first].place;
    uint32_t last = parser->next > first ? parser->next - 1 : first;
    struct place end = parser->tokens[last].place;
    place.length = end.at + end.length - place.at;
    return place;
}

// ---- Messages -------------------------------------------------------------------------------------------------------
struct span describe(struct parser *parser, const struct token *token) {
    struct arena *arena = &parser->tree->arena;
    switch (token->kind) {
    case TOKEN_END: return SPAN("the end of the declaration");
    case TOKEN_TEXT: return SPAN("a text");
    case TOKEN_CITATION: return SPAN("a citation");
    case TOKEN_ERROR: return SPAN("an error");
    default: break;
    }
    struct span text =
        span_part(parser->all->sources.at[token->place.source].text, token->place.at, token->place.length);
    return span_print(arena, "`%.*s`", SPAN_ARG(text));
}

void fail_at(struct parser *parser, const struct token *token, const char *hint, const char *message, ...) {
    if (!parser->failed && !parser->quiet && token->kind != TOKEN_ERROR) {
        char text[512];
        va_list arguments;
        va_start(arguments, message);
        vsnprintf(text, sizeof text, message, arguments);
        va_end(arguments);
        diagnostics_error(parser->all, token->place, hint, "%s", text);
    }
    parser->failed = true;
}

// `within twelve hours`, `1 year 6 months`, `yearly`, `for 1 year`.
static const char *hint_of_time(const struct parser *parser, const struct token *token, const struct token *before) {
    static const char *const adverbs[][2] = {{"yearly", "write `every 1 year while CONDITION`"},
                                             {"annually", "write `every 1 year while CONDITION`"},
                                             {"monthly", "write `every 1 month while CONDITION`"},
                                             {"weekly", "write `every 1 week while CONDITION`"},
                                             {"daily", "write `every 1 day while CONDITION`"},
                                             {"hourly", "write `every 1 hour while CONDITION`"}};
    for (uint32_t i = 0; i < COUNT_OF(adverbs); i++)
        if (is_word(token, adverbs[i][0])) return adverbs[i][1];
    if (is_word(token, "for") && peek_after(parser, 1)->kind == TOKEN_INTEGER)
        return "a fact lasts `until now + 1 year`, a duty is due `within 1 year`";
    if (!before) return NULL;
    if (token->kind == TOKEN_INTEGER && before->kind == TOKEN_NAME && word_is_unit(before->text))
        return "join them with a plus: `1 year + 6 months`";
    if (token->kind == TOKEN_NAME && word_is_unit(token->text) && before->kind == TOKEN_NAME &&
        !is_word(before, "every"))
        return "numbers are written in digits: `12 hours`";
    return NULL;
}

// What a token tells of the mistake, whatever was expected in its place.
static const char *hint_of(const struct parser *parser) {
    const struct token *token = peek(parser), *before = parser->next > 0 ? &parser->tokens[parser->next - 1] : NULL;
    if (is_word(token, "and")) return "join conditions with a comma";
    if (is_word(token, "or")) return "write one rule for each case";
    if (is_word(token, "where") || is_word(token, "when") || is_word(token, "unless"))
        return "conditions are joined with a comma; a rule's stand after `if`";
    if (token->kind == TOKEN_CITATION) return "a citation stands at the end of what it supports";
    if (token->kind == TOKEN_SEMICOLON) return "nothing ends with a semicolon; conditions are joined with a comma";
    if (token->kind == TOKEN_LEFT && before && before->kind == TOKEN_NAME &&
        before->place.at + before->place.length < token->place.at)
        return "the parenthesis stands directly after the name";
    return hint_of_time(parser, token, before);
}

void fail_expected(struct parser *parser, const char *what, const char *hint) {
    if (parser->failed || parser->quiet) {
        parser->failed = true;
        return;
    }
    const char *better = hint_of(parser);
    struct span found = describe(parser, peek(parser));
    fail_at(parser, peek(parser), better ? better : hint, "expected %s, but here is %.*s", what, SPAN_ARG(found));
}

// ---- Names ----------------------------------------------------------------------------------------------------------
bool word_is_reserved(struct span word) {
    static const char *const words[] = {"not", "every", "has", "count", "sum", "min", "max", "now", "if", "else", "or"};
    for (uint32_t i = 0; i < COUNT_OF(words); i++)
        if (span_is(word, words[i])) return true;
    return false;
}

struct tree_name take_name(struct parser *parser, const char *what) {
    const struct token *token = peek(parser);
    if (token->kind != TOKEN_NAME) fail_expected(parser, what, NULL);
    if (parser->failed) return (struct tree_name){0};
    take(parser);
    return (struct tree_name){token->text, token->place};
}

struct tree_name take_declared(struct parser *parser, const char *what) {
    const struct token *token = peek(parser);
    if (token->kind == TOKEN_NAME && word_is_reserved(token->text))
        fail_at(parser, token, "choose another name", "`%.*s` is a word of the language", SPAN_ARG(token->text));
    return take_name(parser, what);
}

struct tree_names take_names(struct parser *parser, const char *what) {
    VEC(struct tree_name) names = {0};
    do {
        mark(parser, names.count ? LAYOUT_BREAK : LAYOUT_NONE);
        VEC_PUSH(&names, take_declared(parser, what));
    } while (accept(parser, TOKEN_COMMA));
    struct tree_names list;
    KEEP(parser, names, list.at, list.count);
    return list;
}

struct tree_name take_path(struct parser *parser) {
    uint32_t first = parser->next;
    struct text path = {0};
    struct tree_name part = take_name(parser, "the name of a library");
    text_add(&path, part.text);
    while (at_kind(parser, TOKEN_SLASH) && !parser->failed) {
        mark(parser, LAYOUT_TIGHT);
        take(parser);
        mark(parser, LAYOUT_TIGHT);
        part = take_name(parser, "a name after `/`");
        text_byte(&path, '/');
        text_add(&path, part.text);
    }
    struct tree_name name = {span_copy(&parser->tree->arena, text_span(&path)), place_from(parser, first)};
    text_release(&path);
    return name;
}

struct tree_name take_text(struct parser *parser, const char *what) {
    const struct token *token = peek(parser);
    if (token->kind != TOKEN_TEXT) fail_expected(parser, what, "a text stands in quotation marks");
    else if (token->text.length == 0) fail_at(parser, token, "say it in words", "this text is empty");
    if (parser->failed) return (struct tree_name){0};
    take(parser);
    return (struct tree_name){token->text, token->place};
}

// ---- Declarations at their margin -----------------------------------------------------------------------------------
static void open_window(struct parser *parser, uint32_t from, uint32_t to) {
    struct place last = parser->tokens[to - 1].place;
    parser->next = from;
    parser->end = to;
    parser->stop = (struct token){.kind = TOKEN_END, .place = {last.source, last.at + last.length, 0}};
    parser->depth = 0;
    parser->failed = false;
}

static bool holds_error(const struct parser *parser, uint32_t from, uint32_t to) {
    for (uint32_t i = from; i < to; i++)
        if (parser->tokens[i].kind == TOKEN_ERROR) return true;
    return false;
}

// The next token that begins a line at or left of the margin.
static uint32_t next_at_margin(const struct parser *parser, uint32_t after, uint32_t to, uint32_t margin) {
    uint32_t i = after + 1;
    while (i < to && !(parser->tokens[i].first && parser->tokens[i].column <= margin)) i++;
    return i;
}

// A line at the margin that begins no declaration, not even a misspelt one, was meant for the declaration above it.
static bool belongs_above(const struct parser *parser, uint32_t at, uint32_t to) {
    if (at >= to) return false;
    const struct token *token = &parser->tokens[at];
    if (token->kind == TOKEN_ERROR) return false;
    if (token->kind != TOKEN_NAME) return true;
    if (word_declares(token->text)) return false;
    return word_is_clause(token->text) || nearest_declaration_word(token->text).length == 0;
}

// Everything after what could be read; says what is wrong with it.
static void fail_rest(struct parser *parser) {
    const struct token *token = peek(parser), *before = &parser->tokens[parser->next - 1];
    struct span found = describe(parser, token);
    if (token->kind == TOKEN_RIGHT) {
        fail_at(parser, token, NULL, "this parenthesis closes nothing");
    } else if ((at_atom(parser) || at_word(parser, "not") || at_word(parser, "every")) &&
               (before->kind == TOKEN_RIGHT || before->kind == TOKEN_NAME || before->kind == TOKEN_INTEGER)) {
        fail_at(parser, token, "conditions are joined with a comma", "a comma is missing before %.*s", SPAN_ARG(found));
    } else if (token->kind == TOKEN_CITATION && before->kind == TOKEN_CITATION) {
        fail_at(parser, token, "join them with a semicolon: [CST 2; CST 4]", "a second citation");
    } else {
        bool names = token->kind == TOKEN_NAME && before->kind == TOKEN_NAME && !token->first;
        struct span first = before->text, second = token->text;
        struct span hint = names ? span_print(&parser->tree->arena,
                                              "a comma is missing, or a name of several words has hyphens: `%.*s-%.*s`",
                                              SPAN_ARG(first), SPAN_ARG(second))
                                 : (struct span){0};
        fail_expected(parser, "the end of the declaration", names ? hint.at : NULL);
    }
}

static bool read_one(struct parser *parser, uint32_t from, uint32_t to, struct tree_declaration *declaration) {
    open_window(parser, from, to);
    mark(parser, parser->inside ? LAYOUT_INSIDE : LAYOUT_DECLARATION);
    if (!at_word(parser, "under") && holds_error(parser, from, to)) return false;
    *declaration = parse_declaration(parser);
    if (!parser->failed && parser->next < parser->end) fail_rest(parser);
    declaration->place = place_from(parser, from);
    if (!parser->failed && ++*parser->declarations == DECLARATIONS_MAX + 1)
        fail_at(parser, &parser->tokens[from], NULL, "a program has at most %d declarations", DECLARATIONS_MAX);
    return !parser->failed;
}

void parse_declarations(struct parser *parser, uint32_t from, uint32_t to, struct tree_declaration **list,
                        uint32_t *count) {
    VEC(struct tree_declaration) found = {0};
    uint32_t margin = from < to ? parser->tokens[from].column : 0;
    bool left_reported = false;
    for (uint32_t at = from, end; at < to; at = end) {
        end = next_at_margin(parser, at, to, margin);
        struct tree_declaration declaration = {0};
        if (belongs_above(parser, end, to)) {
            open_window(parser, end, to);
            struct span what = describe(parser, peek(parser));
            if (!holds_error(parser, at, end))
                fail_at(parser, peek(parser), "indent it: what stands further in belongs to the declaration above",
                        "%.*s begins no declaration", SPAN_ARG(what));
            while (belongs_above(parser, end, to)) end = next_at_margin(parser, end, to, margin);
        } else if (parser->tokens[at].column < margin && !left_reported) {
            open_window(parser, at, end);
            fail_at(parser, peek(parser), "declarations of a block begin in one column",
                    "this stands further left than the first declaration of its block");
            left_reported = true;
        } else if (read_one(parser, at, end, &declaration)) {
            VEC_PUSH(&found, declaration);
        }
    }
    KEEP(parser, found, *list, *count);
}

// ---- Blocks ---------------------------------------------------------------------------------------------------------
struct tree_block parse_block(struct tree *tree, struct diagnostics *all, uint32_t source, struct tokens tokens,
                              uint8_t *layout, uint32_t *declarations) {
    struct parser parser = {.tree = tree,
                            .all = all,
                            .tokens = tokens.at,
                            .source = source,
                            .layout = layout,
                            .declarations = declarations};
    struct tree_block block = {0};
    parse_declarations(&parser, 0, tokens.count - 1, &block.at, &block.count);
    return block;
}

static uint32_t declarations_of(const struct tree *tree) {
    uint32_t count = 0;
    for (uint32_t i = 0; i < tree->blocks.count; i++) count += tree->blocks.at[i].count;
    return count;
}

void tree_parse(struct tree *tree, struct diagnostics *all, uint32_t source, int32_t offset) {
    uint32_t declarations = declarations_of(tree);
    struct fences fences = markdown_fences(&tree->arena, all, source);
    for (uint32_t i = 0; i < fences.count; i++) {
        struct fence fence = fences.at[i];
        if (!span_is(fence.info, "treaty")) continue;
        struct tokens tokens = lex(&tree->arena, all, source, fence.from, fence.to, offset);
        struct tree_block block = parse_block(tree, all, source, tokens, NULL, &declarations);
        block.place = (struct place){source, fence.from, fence.to - fence.from};
        VEC_PUSH(&tree->blocks, block);
    }
}

// ---- For the reader of scenarios ------------------------------------------------------------------------------------
static struct parser parser_of(struct tree *tree, struct diagnostics *all, struct tokens tokens, uint32_t next) {
    ENSURE(tokens.count > 0 && next < tokens.count);
    struct token stop = tokens.at[tokens.count - 1];
    return (struct parser){.tree = tree,
                           .all = all,
                           .tokens = tokens.at,
                           .next = next,
                           .end = tokens.count - 1,
                           .stop = stop,
                           .source = stop.place.source};
}

struct tree_expression *tree_parse_expression(struct tree *tree, struct diagnostics *all, struct tokens tokens,
                                              uint32_t *next) {
    struct parser parser = parser_of(tree, all, tokens, *next);
    struct tree_expression *expression = parse_expression(&parser);
    *next = parser.next;
    return parser.failed ? NULL : expression;
}

struct tree_conditions tree_parse_conditions(struct tree *tree, struct diagnostics *all, struct tokens tokens,
                                             uint32_t *next) {
    struct parser parser = parser_of(tree, all, tokens, *next);
    struct tree_conditions conditions = parse_conditions(&parser);
    *next = parser.next;
    return parser.failed ? (struct tree_conditions){0} : conditions;
}
