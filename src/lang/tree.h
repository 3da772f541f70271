// SPDX-License-Identifier: Apache-2.0
// The tree: what a treaty's blocks say, as written, before names are resolved. The parser makes it, the formatter
// prints it, the resolver reads it. Everything lives in the tree's arena. Docs: docs/language.md, section 17.
#ifndef ENTENTE_LANG_TREE_H
#define ENTENTE_LANG_TREE_H

#include "base/base.h"

struct tree_name { struct span text; struct place place; };             // text.length 0: not given
struct tree_names { struct tree_name *at; uint32_t count; };

// ---- Citations ------------------------------------------------------------------------------------------------------
typedef enum {
    STANDING_DEFAULT, STANDING_VERIFIED, STANDING_UNVERIFIED, STANDING_DISPUTED, STANDING_NOTIONAL, STANDING_HOUSE
} tree_standing;
struct tree_reference { struct tree_name source; struct span where; };   // [Charter 12]: source Charter, where "12"
// count 0: none
struct tree_citation { struct tree_reference *at; uint32_t count; tree_standing standing; struct place place; };

// ---- Expressions ----------------------------------------------------------------------------------------------------
typedef enum {
    TREE_INTEGER, TREE_TIME, TREE_DURATION, TREE_TEXT,
    TREE_NAME,              // a variable or a constant
    TREE_ANY,               // _
    TREE_NOW,
    TREE_NEGATE,            // left
    TREE_ADD, TREE_SUBTRACT, TREE_MULTIPLY, TREE_DIVIDE, TREE_MODULO,    // left, right
    TREE_COUNT, TREE_SUM, TREE_MIN, TREE_MAX,                            // left : conditions
    TREE_OFFICE_OF,         // name of left
    TREE_CALL,              // name(left) or name(): a role
    TREE_REQUIREMENT        // condition INTEGER of NAME: a `require` of an act
} tree_expression_kind;

struct tree_conditions { struct tree_condition *at; uint32_t count; };

struct tree_expression {
    tree_expression_kind kind;
    struct place place;
    int64_t integer;                 // TREE_INTEGER; TREE_TIME: seconds; TREE_DURATION: the count
    // TREE_TEXT: without quotes and escapes; TREE_NAME, TREE_OFFICE_OF, TREE_CALL: the name; TREE_DURATION: the unit,
    // singular; TREE_REQUIREMENT: all of it
    struct span text;
    struct tree_expression *left, *right;
    struct tree_conditions conditions;
};
struct tree_expressions { struct tree_expression **at; uint32_t count; };

// ---- Conditions -----------------------------------------------------------------------------------------------------
// proposes: `p proposes council mandate(c, _)`: name is the act's, arguments are p and those of the act; the organ may
// be left out
struct tree_atom {
    struct tree_name name, organ;
    struct tree_expressions arguments;
    bool proposes;
    struct place place;
};

typedef enum { TREE_ATOM, TREE_GROUP, TREE_EVERY, TREE_COMPARE } tree_condition_kind;
typedef enum {
    COMPARE_EQUAL, COMPARE_DIFFERENT, COMPARE_LESS, COMPARE_LESS_EQUAL, COMPARE_GREATER, COMPARE_GREATER_EQUAL
} compare_operator;

struct tree_condition {
    tree_condition_kind kind;
    bool negated;                    // TREE_ATOM, TREE_GROUP (a group is always negated)
    struct place place;
    struct tree_atom atom;
    struct tree_name since;          // TREE_ATOM
    struct tree_expression *moment;  // TREE_ATOM: at EXPR
    struct tree_names variables;     // TREE_EVERY: the names before ':'
    struct tree_conditions inner;    // TREE_GROUP; TREE_EVERY: what is before `has`
    struct tree_conditions has;      // TREE_EVERY
    compare_operator compare;
    struct tree_expression *left, *right;
};

// ---- Actors, effects ------------------------------------------------------------------------------------------------
struct tree_who {
    bool given;
    struct place place;
    struct tree_name relation, variable;     // `member s`: both. Else expression
    struct tree_expression *expression;      // a name, a TREE_CALL, or a TREE_OFFICE_OF
    struct tree_who *others; uint32_t other_count;      // after `or`
    struct tree_name as;                     // whichever of them acts
};

typedef enum {
    EFFECT_ADD, EFFECT_SET, EFFECT_EXTEND, EFFECT_END, EFFECT_OBLIGE, EFFECT_RELEASE, EFFECT_UPHOLD, EFFECT_DROP,
    EFFECT_ANNUL, EFFECT_AFFIRM, EFFECT_WAIVE, EFFECT_FOR_EACH
} effect_kind;

struct tree_obligation {
    struct place place;
    struct tree_names each;                  // the variable after `each`; count 0 where there is none
    struct tree_conditions each_conditions;
    struct tree_expression *bearer;
    struct tree_name act;                    // `to`; not given where `that` is
    struct tree_expressions arguments;
    bool with_arguments;                     // parentheses were written
    struct tree_conditions that;
    bool at_once;
    struct tree_expression *within, *by;     // at most one of them
    struct tree_expression *every;
    struct tree_conditions while_conditions;
    struct tree_name as;
    struct tree_obligation *then;
};

struct tree_effect {
    effect_kind kind;
    struct place place;
    struct tree_atom atom;                   // ADD, SET, EXTEND, END
    struct tree_expression *from, *until;    // ADD, SET; EXTEND, WAIVE: until; END, ANNUL: from is `at`
    struct tree_obligation *obligation;
    struct tree_expression *object;          // RELEASE, UPHOLD, DROP, ANNUL, AFFIRM, WAIVE
    struct tree_names variables;             // FOR_EACH
    struct tree_conditions conditions;
    struct tree_effect *effects; uint32_t effect_count;
    struct tree_citation citation;
};

struct tree_clause {                         // of an act or event, in order of the text
    enum { CLAUSE_REQUIRE, CLAUSE_OUGHT, CLAUSE_EFFECT } kind;
    struct place place;
    struct tree_conditions conditions;
    struct tree_name otherwise;              // the text after `else`
    struct tree_effect effect;
    struct tree_citation citation;
};

// ---- Declarations ---------------------------------------------------------------------------------------------------
typedef enum {
    TREE_TREATY, TREE_LIBRARY, TREE_USE, TREE_SOURCE, TREE_ARTICLE, TREE_PARTY, TREE_ENTITY, TREE_KIND, TREE_OFFICE,
    TREE_FACT, TREE_GIVEN, TREE_RULE, TREE_ORGAN, TREE_PROCEDURE, TREE_ACT, TREE_EVENT, TREE_NORM, TREE_UPON,
    TREE_ALWAYS, TREE_UNDER, TREE_AT_ONCE, TREE_RECORDS
} tree_declaration_kind;

// also a parameter; label not given: the column has none
struct tree_column { struct tree_name label, type; };
struct tree_made { struct tree_name type, variable; };
struct tree_procedure_use { struct tree_name name; struct tree_expressions arguments; struct tree_citation citation; };
// otherwise: `else NAME`
struct tree_outcome { struct tree_name name; struct tree_conditions conditions; bool otherwise; struct place place; };
// reading: written after `or`
struct tree_given { struct tree_atom row; bool reading; struct tree_citation citation; };
struct tree_titled { struct tree_name name, title; struct tree_citation citation; };

struct tree_declaration {
    tree_declaration_kind kind;
    struct place place;                      // of the whole declaration
    struct tree_name name;                   // of what has one; LIBRARY: the path; OFFICE: see names
    struct tree_name title;                  // TREATY, LIBRARY, SOURCE, ORGAN
    struct tree_citation citation;
    tree_standing standing;                  // SOURCE
    int32_t offset;                          // TREATY: seconds
    struct tree_names names;                 // USE: paths; PARTY, KIND: constants; ENTITY, OFFICE: the names
    struct tree_name of;                     // OFFICE
    // FACT; PROCEDURE, ACT, EVENT: parameters. key_count: columns before =>, or all
    struct tree_column *columns; uint32_t column_count, key_count;
    bool arrow;                              // FACT: => was written
    struct tree_given *given; uint32_t given_count;
    struct tree_atom head;                   // RULE
    struct tree_conditions conditions;       // RULE body; NORM, UPON, UNDER; ALWAYS: before `leads to`
    struct tree_conditions second;           // ALWAYS: after `leads to`
    struct tree_expression *within;          // ALWAYS; AT_ONCE: what it means; RECORDS: contestable within
    enum { NORM_IS_NEVER, NORM_IS_OUGHT_NEVER, NORM_IS_OUGHT } norm;
    struct tree_name otherwise;              // NORM, ALWAYS, UNDER: the text after `else`
    struct tree_name seats, chair, voice;    // ORGAN
    struct tree_procedure_use decides;       // ORGAN; ACT: decided by
    struct tree_titled *further; uint32_t further_count;               // ORGAN: others that are like the first
    struct tree_conditions *closed; uint32_t closed_count;             // PROCEDURE
    struct tree_outcome *outcomes; uint32_t outcome_count;
    struct tree_who by;                      // ACT, EVENT: reported by; RECORDS
    struct tree_name without; struct tree_conditions without_conditions; bool without_colon;
    struct tree_made *made; uint32_t made_count;
    struct tree_name each; struct tree_conditions each_conditions;     // ACT: agreed by each
    struct tree_who proposed_by;
    struct tree_clause *clauses; uint32_t clause_count;                // ACT, EVENT; UPON: effects only
    struct tree_declaration *inner; uint32_t inner_count;              // UNDER
};

// One block of declarations of one source; blocks keep the order of the files.
struct tree_block { struct tree_declaration *at; uint32_t count; struct place place; };
struct tree { struct arena arena; VEC(struct tree_block) blocks; };

void tree_init(struct tree *tree);
void tree_release(struct tree *tree);

// ---- Lexer ----------------------------------------------------------------------------------------------------------
typedef enum {
    TOKEN_END, TOKEN_NAME, TOKEN_INTEGER, TOKEN_TIME, TOKEN_TEXT, TOKEN_CITATION, TOKEN_UNDERSCORE, TOKEN_LEFT,
    TOKEN_RIGHT, TOKEN_COMMA, TOKEN_COLON, TOKEN_SEMICOLON, TOKEN_ARROW /* => */, TOKEN_RESULT /* -> */, TOKEN_EQUAL,
    TOKEN_DIFFERENT, TOKEN_LESS, TOKEN_LESS_EQUAL, TOKEN_GREATER, TOKEN_GREATER_EQUAL, TOKEN_PLUS, TOKEN_MINUS,
    TOKEN_TIMES, TOKEN_SLASH, TOKEN_BAR, TOKEN_ERROR
} token_kind;
struct token {
    token_kind kind;
    struct place place;
    uint32_t column;          // of its first byte in its line, from 0
    bool first;               // the first of its line
    int64_t integer;          // TOKEN_INTEGER; TOKEN_TIME: seconds at the offset given to the lexer
    struct span text;         // NAME; TEXT without quotes and escapes; CITATION: what is between the brackets
};
struct tokens { struct token *at; uint32_t count; };     // ends with TOKEN_END
// Reads bytes [from, to) of a source. Errors go to `all` (each once) and leave a TOKEN_ERROR, over which the parser is
// silent.
struct tokens lex(struct arena *arena, struct diagnostics *all, uint32_t source, uint32_t from, uint32_t to,
                  int32_t offset);
const char *token_kind_name(token_kind kind);

// ---- Markdown -------------------------------------------------------------------------------------------------------
// A fenced block: ```INFO ... ``` (or ~~~). `info` is the first word of the info string, `title` the rest of it.
struct fence { struct span info, title; uint32_t from, to; };     // bytes of the content in the source
struct fences { struct fence *at; uint32_t count; };
struct fences markdown_fences(struct arena *arena, struct diagnostics *all, uint32_t source);

// ---- Parser ---------------------------------------------------------------------------------------------------------
#define NESTING_MAX 64            // depth of conditions and expressions in one another
#define DECLARATIONS_MAX 20000    // of a program
#define CITED_MAX 64              // places of one citation
#define ACTORS_MAX 16             // who may act, in one `by`
// Parses all `treaty` blocks of a source into the tree. `offset` is the treaty's, so that dates without one are read at
// it.
void tree_parse(struct tree *tree, struct diagnostics *all, uint32_t source, int32_t offset);
// The offset that a `treaty` declaration in the source states; false where there is none.
bool tree_find_offset(struct diagnostics *all, uint32_t source, int32_t *offset);
// For the reader of scenarios, which shares the words of the language: parses one expression from tokens[*next].
struct tree_expression *tree_parse_expression(struct tree *tree, struct diagnostics *all, struct tokens tokens,
                                              uint32_t *next);
struct tree_conditions tree_parse_conditions(struct tree *tree, struct diagnostics *all, struct tokens tokens,
                                             uint32_t *next);
bool tree_parse_citation(struct tree *tree, struct diagnostics *all, struct token token,
                         struct tree_citation *citation);

void tree_dump(const struct tree *tree, struct text *out);                    // --dump=tree
void tokens_dump(const struct tokens *tokens, struct text *out);              // --dump=tokens
// One layout for all treaty blocks: returns the whole file's text with its treaty blocks laid out anew; prose and
// comments stay. Idempotent. On errors nothing is written and false comes back.
bool tree_format(struct diagnostics *all, uint32_t source, struct text *out);

// An article or the like, "the", "each": English before an actor, where the language wants no word more.
bool word_is_article(struct span word);

// The embedded library that declares a fact, rule, procedure, act or event of this name; length 0 where none does.
struct span library_declaring(struct span name);

#endif
