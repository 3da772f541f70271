// SPDX-License-Identifier: Apache-2.0
// Reads maps: the tokens of a block, with columns where braces stand. A cell becomes a token of its own when a row is
// read, so that no cell can be more than a value.
#include "scenario/import_internal.h"

struct mapping {
    struct diagnostics *all;
    struct arena *arena;
    uint32_t source;
    struct span text;
    int32_t offset;
    struct table *table;
    bool right;
    VEC(struct token) tokens;    // of the block; a column is a TOKEN_ERROR whose text is what stands in its braces
    VEC(bool) holes;             // per token
};

static void wrong(struct mapping *mapping, struct place place, const char *hint, const char *message) {
    mapping->right = false;
    diagnostics_error(mapping->all, place, hint, "%s", message);
}

// ---- Tokens and columns in braces -----------------------------------------------------------------------------------
static void add_tokens(struct mapping *mapping, uint32_t from, uint32_t to) {
    struct tokens tokens = lex(mapping->arena, mapping->all, mapping->source, from, to, mapping->offset);
    for (uint32_t i = 0; i < tokens.count && tokens.at[i].kind != TOKEN_END; i++) {
        VEC_PUSH(&mapping->tokens, tokens.at[i]);
        VEC_PUSH(&mapping->holes, false);
    }
}

// Behind a text, a citation or a comment that begins at `at`; else the same.
static uint32_t skip_quoted(const struct mapping *mapping, uint32_t at, uint32_t to) {
    char byte = mapping->text.at[at];
    bool comment = byte == '-' && at + 1 < to && mapping->text.at[at + 1] == '-';
    if (byte != '"' && byte != '[' && !comment) return at;
    char end = byte == '"' ? '"' : ']';
    for (at++; at < to && mapping->text.at[at] != '\n'; at++) {
        if (byte == '"' && mapping->text.at[at] == '\\') at++;
        else if (!comment && mapping->text.at[at] == end) return at + 1;
    }
    return at < to ? at : to;
}

// A token is the first of its line where only blanks stand before it.
static void find_columns(struct mapping *mapping) {
    for (uint32_t i = 0; i < mapping->tokens.count; i++) {
        struct token *token = &mapping->tokens.at[i];
        uint32_t line = token->place.at;
        token->first = true;
        for (; line > 0 && mapping->text.at[line - 1] != '\n'; line--)
            token->first = token->first && mapping->text.at[line - 1] == ' ';
        token->column = token->place.at - line;
    }
}

static void lex_map(struct mapping *mapping, uint32_t from, uint32_t to) {
    uint32_t begun = from;
    for (uint32_t at = from; at < to;) {
        uint32_t behind = skip_quoted(mapping, at, to);
        if (behind != at || mapping->text.at[at] != '{') {
            at = behind != at ? behind : at + 1;
            continue;
        }
        uint32_t end = at + 1;
        while (end < to && mapping->text.at[end] != '}' && mapping->text.at[end] != '\n') end++;
        if (end >= to || mapping->text.at[end] != '}') {
            wrong(mapping, (struct place){mapping->source, at, 1}, "a column is written {name}",
                  "this brace is not closed on its line");
            add_tokens(mapping, begun, at);
            at = end;
            begun = end;
            continue;
        }
        add_tokens(mapping, begun, at);
        struct token hole = {.kind = TOKEN_ERROR,
                             .place = {mapping->source, at, end + 1 - at},
                             .text = span_part(mapping->text, at + 1, end - at - 1)};
        VEC_PUSH(&mapping->tokens, hole);
        VEC_PUSH(&mapping->holes, true);
        at = begun = end + 1;
    }
    add_tokens(mapping, begun, to);
    find_columns(mapping);
}

// name, name?, name..., name...?
static bool read_hole(struct mapping *mapping, struct span inside, struct place place, struct map_hole *hole) {
    struct span name = span_trim(inside);
    *hole = (struct map_hole){.column = NO_COLUMN};
    if (name.length && name.at[name.length - 1] == '?') {
        hole->optional = true;
        name = span_trim(span_part(name, 0, name.length - 1));
    }
    if (name.length > 3 && memcmp(name.at + name.length - 3, "...", 3) == 0) {
        hole->list = true;
        name = span_trim(span_part(name, 0, name.length - 3));
    }
    hole->column = table_column(mapping->table, name);
    if (hole->column != NO_COLUMN) return true;
    struct span near = span_nearest(name, mapping->table->columns, mapping->table->column_count);
    struct text hint = {0};
    if (near.length) text_print(&hint, "did you mean `%.*s`?", SPAN_ARG(near));
    for (uint32_t i = 0; !near.length && i < mapping->table->column_count; i++)
        text_print(&hint, "%s%.*s", i ? ", " : "it has ", SPAN_ARG(mapping->table->columns[i]));
    mapping->right = false;
    diagnostics_error(mapping->all, place, hint.at, "`%.*s` has no column `%.*s`", SPAN_ARG(mapping->table->name),
                      SPAN_ARG(name));
    text_release(&hint);
    return false;
}

// ---- Pieces ---------------------------------------------------------------------------------------------------------
static bool adjacent(const struct mapping *mapping, uint32_t left) {
    const struct token *at = &mapping->tokens.at[left];
    return left + 1 < mapping->tokens.count && at->place.at + at->place.length == at[1].place.at;
}

static bool is_part(const struct mapping *mapping, uint32_t at) {
    return mapping->holes.at[at] || mapping->tokens.at[at].kind == TOKEN_NAME ||
           mapping->tokens.at[at].kind == TOKEN_INTEGER;
}

// chair-{id}, {a}-{b}: how many tokens, joined by hyphens without blanks, are one name; 1 where it is one token.
static uint32_t joined(const struct mapping *mapping, uint32_t at) {
    uint32_t end = at;
    while (adjacent(mapping, end) && end + 2 < mapping->tokens.count &&
           mapping->tokens.at[end + 1].kind == TOKEN_MINUS && adjacent(mapping, end + 1) && is_part(mapping, end + 2))
        end += 2;
    bool with_hole = false;
    for (uint32_t i = at; i <= end; i++) with_hole |= mapping->holes.at[i];
    return with_hole ? end + 1 - at : 1;
}

static struct map_token read_name_of_pieces(struct mapping *mapping, uint32_t at, uint32_t count) {
    const struct token *first = &mapping->tokens.at[at], *last = first + count - 1;
    struct map_piece *pieces = ARENA_ARRAY(mapping->arena, struct map_piece, count);
    for (uint32_t i = 0; i < count; i++) {
        const struct token *token = first + i;
        if (!mapping->holes.at[at + i]) {
            pieces[i].text = span_part(mapping->text, token->place.at, token->place.length);
            continue;
        }
        pieces[i].is_hole = true;
        if (read_hole(mapping, token->text, token->place, &pieces[i].hole) && pieces[i].hole.list)
            wrong(mapping, token->place, NULL, "a list is no part of a name");
    }
    struct token whole = *first;
    whole.kind = TOKEN_NAME;
    whole.place.length = last->place.at + last->place.length - first->place.at;
    return (struct map_token){MAP_NAME, whole, pieces, count};
}

static struct map_token read_text_of_pieces(struct mapping *mapping, const struct token *token) {
    VEC(struct map_piece) pieces = {0};
    uint32_t from = 0;
    for (uint32_t at = 0; at < token->text.length; at++) {
        if (token->text.at[at] != '{') continue;
        const char *end = memchr(token->text.at + at, '}', token->text.length - at);
        if (!end) {
            wrong(mapping, token->place, "a column is written {name}", "a brace in this text is not closed");
            break;
        }
        uint32_t behind = (uint32_t)(end - token->text.at);
        struct map_piece piece = {.is_hole = true};
        if (read_hole(mapping, span_part(token->text, at + 1, behind - at - 1), token->place, &piece.hole) &&
            piece.hole.list)
            wrong(mapping, token->place, NULL, "a list is no part of a text");
        VEC_PUSH(&pieces, (struct map_piece){.text = span_part(token->text, from, at - from)});
        VEC_PUSH(&pieces, piece);
        from = behind + 1;
        at = behind;
    }
    VEC_PUSH(&pieces, (struct map_piece){.text = span_part(token->text, from, token->text.length - from)});
    struct map_piece *kept = ARENA_ARRAY(mapping->arena, struct map_piece, pieces.count);
    memcpy(kept, pieces.at, pieces.count * sizeof *kept);
    struct map_token text = {MAP_TEXT, *token, kept, pieces.count};
    VEC_RELEASE(&pieces);
    return text;
}

// ---- Steps ----------------------------------------------------------------------------------------------------------
static uint32_t read_token(struct mapping *mapping, uint32_t at, struct map_token *read) {
    const struct token *token = &mapping->tokens.at[at];
    uint32_t count = is_part(mapping, at) ? joined(mapping, at) : 1;
    *read = (struct map_token){.kind = MAP_TOKEN, .token = *token};
    if (count > 1) {
        *read = read_name_of_pieces(mapping, at, count);
    } else if (mapping->holes.at[at]) {
        struct map_piece *piece = ARENA_NEW(mapping->arena, struct map_piece);
        piece->is_hole = true;
        read_hole(mapping, token->text, token->place, &piece->hole);
        *read = (struct map_token){MAP_CELL, *token, piece, 1};
    } else if (token->kind == TOKEN_TEXT && memchr(token->text.at, '{', token->text.length)) {
        *read = read_text_of_pieces(mapping, token);
    }
    uint32_t last = at + count - 1;
    if (adjacent(mapping, last) && (mapping->holes.at[last] || mapping->holes.at[last + 1]) && is_part(mapping, last) &&
        (is_part(mapping, last + 1) || mapping->tokens.at[last + 1].kind == TOKEN_MINUS))
        wrong(mapping, mapping->tokens.at[last + 1].place,
              "a column in a name is joined to the rest by a hyphen: chair-{id}",
              "what stands beside a column here is neither apart nor joined");
    return count;
}

static bool begins_step(const struct mapping *mapping, uint32_t at, uint32_t margin) {
    const struct token *token = &mapping->tokens.at[at];
    return token->first && token->column == margin && token->kind != TOKEN_RESULT;
}

static uint32_t step_end(const struct mapping *mapping, uint32_t at, uint32_t margin) {
    for (at++; at < mapping->tokens.count && !begins_step(mapping, at, margin);) at++;
    return at;
}

static struct map_step read_step(struct mapping *mapping, uint32_t from, uint32_t to) {
    struct map_token *tokens = ARENA_ARRAY(mapping->arena, struct map_token, to - from);
    uint32_t count = 0;
    for (uint32_t at = from; at < to;) at += read_token(mapping, at, &tokens[count++]);
    return (struct map_step){tokens, count};
}

static bool step_is(const struct map_step *step, const char *word) {
    return step->tokens[0].kind == MAP_TOKEN && step->tokens[0].token.kind == TOKEN_NAME &&
           span_is(step->tokens[0].token.text, word);
}

static void check_step(struct mapping *mapping, const struct map_step *step, bool first) {
    static const char *const foreign[] = {"signed", "import", "scenario", "table"};
    struct place place = step->tokens[0].token.place;
    if (first && !step_is(step, "at"))
        wrong(mapping, place, "at {from}", "the time is stated first: what follows `table` is `at`");
    bool time = step->count == 2 && (step->tokens[1].kind == MAP_CELL || step->tokens[1].token.kind == TOKEN_TIME);
    if (step_is(step, "at") && !time)
        wrong(mapping, place, "at {from}, or at 2022-01-05",
              "`at` is followed by a column or a time, and nothing else");
    // A party may be called so: what follows it tells.
    for (uint32_t i = 0; i < COUNT_OF(foreign); i++)
        if (step_is(step, foreign[i]) && (step->count == 1 || step->tokens[1].token.kind == TOKEN_TEXT))
            wrong(mapping, place, i == 0 ? "what is imported is recorded, from its source" : NULL,
                  "this does not stand in a map");
}

// table "chairs.csv"
static bool read_table_line(struct mapping *mapping, uint32_t margin, struct table *tables, uint32_t count) {
    struct place place = mapping->tokens.at[0].place;
    const struct token *name = mapping->tokens.count > 1 ? &mapping->tokens.at[1] : NULL;
    bool form = mapping->tokens.at[0].kind == TOKEN_NAME && span_is(mapping->tokens.at[0].text, "table") && name &&
                name->kind == TOKEN_TEXT && step_end(mapping, 0, margin) == 2;
    if (!form) return wrong(mapping, place, "table \"chairs.csv\"", "a map begins with its table"), false;
    struct span *names = ARENA_ARRAY(mapping->arena, struct span, count + 1);
    for (uint32_t i = 0; i < count; i++) {
        names[i] = tables[i].name;
        if (span_equal(names[i], name->text)) mapping->table = &tables[i];
    }
    // A table that is wrong does not keep its map from being read; one without columns does.
    if (mapping->table)
        return (void)table_open(mapping->all, mapping->arena, mapping->table), mapping->table->column_count > 0;
    struct span near = span_nearest(name->text, names, count);
    struct span hint = near.length ? span_print(mapping->arena, "did you mean `%.*s`?", SPAN_ARG(near))
                                   : SPAN("a table is a file NAME.csv in the folder of the register");
    mapping->right = false;
    diagnostics_error(mapping->all, name->place, hint.at, "there is no table `%.*s` here", SPAN_ARG(name->text));
    return false;
}

static void read_steps(struct mapping *mapping, uint32_t margin, struct map *map) {
    VEC(struct map_step) steps = {0};
    for (uint32_t at = step_end(mapping, 0, margin); at < mapping->tokens.count;) {
        uint32_t to = step_end(mapping, at, margin);
        VEC_PUSH(&steps, read_step(mapping, at, to));
        check_step(mapping, &steps.at[steps.count - 1], steps.count == 1);
        at = to;
    }
    struct map_step *kept = ARENA_ARRAY(mapping->arena, struct map_step, steps.count + 1);
    if (steps.count) memcpy(kept, steps.at, steps.count * sizeof *kept);
    map->steps = kept;
    map->step_count = steps.count;
    VEC_RELEASE(&steps);
}

bool map_read(struct diagnostics *all, struct arena *arena, uint32_t source, const struct fence *fence, int32_t offset,
              struct table *tables, uint32_t table_count, struct map *map) {
    struct mapping mapping = {.all = all,
                              .arena = arena,
                              .source = source,
                              .text = all->sources.at[source].text,
                              .offset = offset,
                              .right = true};
    uint32_t errors = all->errors, margin = UINT32_MAX;
    lex_map(&mapping, fence->from, fence->to);
    if (all->errors > errors) mapping.right = false;
    for (uint32_t i = 0; i < mapping.tokens.count; i++)
        if (mapping.tokens.at[i].first && mapping.tokens.at[i].column < margin) margin = mapping.tokens.at[i].column;
    if (mapping.tokens.count == 0)
        wrong(&mapping, (struct place){source, fence->from, 0}, "table \"chairs.csv\"", "this map is empty");
    else if (read_table_line(&mapping, margin, tables, table_count)) read_steps(&mapping, margin, map);
    map->table = mapping.table;
    map->source = source;
    VEC_RELEASE(&mapping.tokens);
    VEC_RELEASE(&mapping.holes);
    return mapping.right;
}
