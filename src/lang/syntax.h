// SPDX-License-Identifier: Apache-2.0
// Private to src/lang: what the lexer, the parser and the formatter share. Docs: docs/language.md, sections 1 and 2.
#ifndef ENTENTE_LANG_SYNTAX_H
#define ENTENTE_LANG_SYNTAX_H

#include "lang/tree.h"

// ---- Lexer ----------------------------------------------------------------------------------------------------------
// A comment is no token; the formatter keeps it all the same. `before` is the index of the token that follows it.
struct comment { struct place place; uint32_t before; bool first; };
struct lexed { struct tokens tokens; struct comment *comments; uint32_t comment_count; };
// As lex, with the comments. `all` holds the source; where `quiet`, errors are not reported.
struct lexed lex_block(struct arena *arena, struct diagnostics *all, uint32_t source, uint32_t from, uint32_t to,
                       int32_t offset, bool quiet);

bool is_name_start(char byte);
bool is_name_byte(char byte);         // without the hyphen

// ---- Markdown -------------------------------------------------------------------------------------------------------
struct fences markdown_read(struct arena *arena, struct diagnostics *all, uint32_t source, bool quiet);

// ---- Where a line begins when a block is laid out -------------------------------------------------------------------
// The parser marks tokens for the formatter; without one, a token continues its line.
enum layout {
    LAYOUT_NONE,
    LAYOUT_DECLARATION,      // a declaration begins
    LAYOUT_INSIDE,           // a declaration inside `under` begins
    LAYOUT_CLAUSE,           // a line of its own, two columns in from its declaration
    LAYOUT_INNER,            // a line of its own, two columns further in for each parenthesis around it
    LAYOUT_THEN,             // likewise, and two columns more
    LAYOUT_ELSE,             // a line of its own, under the content of its clause
    LAYOUT_FOLD,             // a line of its own where the whole does not fit one
    LAYOUT_TAIL,             // stays on the line, after two blanks: `makes`, `agreed`
    LAYOUT_TIGHT,            // no blank before it: the parenthesis of a call
    LAYOUT_UNARY,            // a minus with no blank after it
    LAYOUT_BREAK             // a long line may be broken before this token
};

// ---- Parser ---------------------------------------------------------------------------------------------------------
struct parser {
    struct tree *tree;
    struct diagnostics *all;
    const struct token *tokens;
    uint32_t next, end;      // the window of the declaration that is read
    struct token stop;       // TOKEN_END, just after the window's last token
    uint32_t source;
    uint32_t depth;
    bool failed;             // this declaration has its error; be silent
    bool inside;             // inside `under`
    bool quiet;              // looking ahead: fail without a word
    uint8_t *layout;         // one enum layout for each token, or NULL
    uint32_t *declarations;  // how many there are so far
};

// Tokens
const struct token *peek(const struct parser *parser);
const struct token *peek_after(const struct parser *parser, uint32_t count);
const struct token *take(struct parser *parser);
bool at_kind(const struct parser *parser, token_kind kind);
bool at_word(const struct parser *parser, const char *word);
bool at_words(const struct parser *parser, const char *first, const char *second);
bool accept(struct parser *parser, token_kind kind);
bool accept_word(struct parser *parser, const char *word);
void expect(struct parser *parser, token_kind kind, const char *hint);
void expect_word(struct parser *parser, const char *word, const char *hint);
void mark(struct parser *parser, enum layout layout);                       // marks the token that comes next
bool enter(struct parser *parser, uint32_t extra);                      // a level deeper; false: too deep, and said
void leave(struct parser *parser);
struct place place_from(const struct parser *parser, uint32_t first);       // from token `first` to the last one taken
struct span describe(struct parser *parser, const struct token *token);  // "`x`", "the end of the declaration"
// Says what is wrong at a token, once in a declaration and never at a TOKEN_ERROR.
void fail_at(struct parser *parser, const struct token *token, const char *hint, const char *message, ...)
    PRINTF_LIKE(4, 5);
// "expected WHAT here, but found ..." at the next token.
void fail_expected(struct parser *parser, const char *what, const char *hint);

// Names
struct tree_name take_name(struct parser *parser, const char *what);        // any name
struct tree_name take_declared(struct parser *parser, const char *what);    // a name that is no reserved word
struct tree_names take_names(struct parser *parser, const char *what);      // separated by commas
struct tree_name take_path(struct parser *parser);
struct tree_name take_text(struct parser *parser, const char *what);
bool word_is_unit(struct span word);    // day, days and so on
bool word_is_reserved(struct span word);

// Growing lists: parse into a VEC, then keep a copy in the arena.
#define KEEP(parser, vec, list, length)                                                                                \
    do {                                                                                                               \
        (length) = (vec).count;                                                                                        \
        (list) = keep_bytes((parser), (vec).at, sizeof *(vec).at * (vec).count);                                       \
        VEC_RELEASE(&(vec));                                                                                           \
    } while (0)
void *keep_bytes(struct parser *parser, const void *bytes, size_t size);

// Expressions and conditions
struct tree_expression *parse_expression(struct parser *parser);
struct tree_conditions  parse_conditions(struct parser *parser);
// Ends before `ACTOR to` or `ACTOR that`.
struct tree_conditions  parse_conditions_before_bearer(struct parser *parser);
struct tree_atom        parse_atom(struct parser *parser);
struct tree_expressions parse_arguments(struct parser *parser);             // with their parentheses
struct tree_names       parse_variables(struct parser *parser);             // a, b :   (with the colon)
bool at_atom(const struct parser *parser);                                  // NAME (
struct tree_citation    parse_citation(struct parser *parser);              // count 0 where none stands here
tree_standing standing_of(struct span word);                                  // STANDING_DEFAULT: none
struct span standing_nearest(struct span word);

// Clauses
struct tree_who         parse_who(struct parser *parser);
bool at_effect(const struct parser *parser);
bool at_clause(const struct parser *parser);
struct tree_effect      parse_effect(struct parser *parser);
struct tree_clause      parse_clause(struct parser *parser);
struct tree_procedure_use parse_procedure_use(struct parser *parser);

// Declarations, after their first word
void parse_organ(struct parser *parser, struct tree_declaration *declaration);
void parse_procedure(struct parser *parser, struct tree_declaration *declaration);
void parse_act(struct parser *parser, struct tree_declaration *declaration);
void parse_event(struct parser *parser, struct tree_declaration *declaration);
bool word_declares(struct span word);
struct span nearest_declaration_word(struct span word);
bool word_is_clause(struct span word);                                      // begins a line inside a declaration
struct tree_declaration parse_declaration(struct parser *parser);
// Parses the declarations in tokens [from, to), which share the margin of the first one.
void parse_declarations(struct parser *parser, uint32_t from, uint32_t to, struct tree_declaration **list,
                        uint32_t *count);
struct tree_block parse_block(struct tree *tree, struct diagnostics *all, uint32_t source, struct tokens tokens,
                              uint8_t *layout, uint32_t *declarations);

#endif
