// SPDX-License-Identifier: Apache-2.0
// One layout for the treaty blocks of a file. Tokens are written as they stand, in their order: only blanks and line
// ends change. The parser says where lines begin and may be broken (enum layout); here they are filled, and comments
// and citations get their columns.
#include "lang/syntax.h"

#include <string.h>

#define WIDTH 100                 // of a line
#define EFFECT_WIDTH 80           // of conditions with their effect
#define CITATION_COLUMN 60        // and every 12 columns from there
#define RULE_DIFFERENCE_MAX 12    // of the heads of rules whose conditions are aligned
#define HANG_MAX 40               // a hanging indent further in leaves too little room

struct line {
    struct span code, comment;
    bool alone;    // the comment, or nothing at all, has the line for itself
};

struct formatter {
    struct arena *arena;
    struct span source;
    struct lexed lexed;
    const uint8_t *layout;
    uint32_t *padding;    // blanks more before a token
    uint32_t *depth;      // parentheses around a token
    uint32_t next_comment;
    uint32_t base;                 // the indent of the declaration
    uint32_t indent, content;    // of the logical line that is written; of the clause it belongs to
    VEC(struct line) lines;
};

static const struct token *token_at(const struct formatter *f, uint32_t i) { return &f->lexed.tokens.at[i]; }
static uint32_t token_count(const struct formatter *f) { return f->lexed.tokens.count - 1; }
static bool is_kind(const struct formatter *f, uint32_t i, token_kind kind) {
    return i < token_count(f) && token_at(f, i)->kind == kind;
}

static bool is_word(const struct formatter *f, uint32_t i, const char *word) {
    return is_kind(f, i, TOKEN_NAME) && span_is(token_at(f, i)->text, word);
}

static bool is_one_of(const struct formatter *f, uint32_t i, const char *const *words, uint32_t count) {
    for (uint32_t w = 0; w < count; w++)
        if (is_word(f, i, words[w])) return true;
    return false;
}

static struct span text_of(const struct formatter *f, struct place place) {
    return span_part(f->source, place.at, place.length);
}

static uint32_t width_of(struct span text) {
    uint32_t width = 0;
    for (uint32_t i = 0; i < text.length; i++) width += ((unsigned char)text.at[i] & 0xC0) != 0x80;
    return width;
}

static uint32_t token_width(const struct formatter *f, uint32_t i) {
    return width_of(text_of(f, token_at(f, i)->place));
}

// ---- Blanks between tokens ------------------------------------------------------------------------------------------
static uint32_t gap_before(const struct formatter *f, uint32_t i) {
    token_kind kind = token_at(f, i)->kind, before = token_at(f, i - 1)->kind;
    if (kind == TOKEN_COMMA || kind == TOKEN_SEMICOLON || kind == TOKEN_RIGHT || before == TOKEN_LEFT ||
        f->layout[i] == LAYOUT_TIGHT)
        return 0;
    if (f->layout[i - 1] == LAYOUT_UNARY && kind != TOKEN_MINUS) return 0;    // two would begin a comment
    return (f->layout[i] == LAYOUT_TAIL ? 2 : 1) + f->padding[i];
}

// ---- Padding: what is aligned with what -----------------------------------------------------------------------------
static bool begins_declaration(const struct formatter *f, uint32_t i) {
    return i < token_count(f) && (f->layout[i] == LAYOUT_DECLARATION || f->layout[i] == LAYOUT_INSIDE);
}

// Aligns the words after the first word of the lines [from, to) that `pads` chooses.
static void pad_lines(struct formatter *f, uint32_t from, uint32_t to,
                      bool (*pads)(const struct formatter *f, uint32_t i)) {
    uint32_t widest = 0;
    for (uint32_t i = from; i < to; i++)
        if (f->layout[i] == LAYOUT_CLAUSE && pads(f, i) && token_width(f, i) > widest) widest = token_width(f, i);
    for (uint32_t i = from; i < to; i++)
        if (f->layout[i] == LAYOUT_CLAUSE && pads(f, i)) f->padding[i + 1] = widest - token_width(f, i);
}

static bool pads_clause(const struct formatter *f, uint32_t i) {
    static const char *const words[] = {"require", "ought",   "add",    "set",  "extend", "end",
                                        "oblige",  "release", "uphold", "drop", "annul", "affirm", "waive"};
    return is_one_of(f, i, words, COUNT_OF(words));
}
static bool pads_organ(const struct formatter *f, uint32_t i) { return is_kind(f, i, TOKEN_NAME); }
static bool pads_procedure(const struct formatter *f, uint32_t i) {
    return is_kind(f, i, TOKEN_NAME) && !is_word(f, i, "else");
}

// Sources that follow one another have their titles in one column.
static void pad_sources(struct formatter *f, uint32_t first) {
    uint32_t widest = 0, last = first;
    for (uint32_t i = first; i < token_count(f); i++) {
        if (begins_declaration(f, i) && !is_word(f, i, "source")) break;
        if (!begins_declaration(f, i)) continue;
        if (token_width(f, i + 1) > widest) widest = token_width(f, i + 1);
        last = i;
    }
    for (uint32_t i = first; i <= last; i++)
        if (begins_declaration(f, i)) f->padding[i + 2] = widest - token_width(f, i + 1);
}

// The titles of organs in one declaration stand in one column.
static void pad_organs(struct formatter *f, uint32_t first, uint32_t end) {
    uint32_t widest = token_width(f, first + 1);
    for (uint32_t i = first; i < end; i++)
        if (f->layout[i] == LAYOUT_ELSE && token_width(f, i) > widest) widest = token_width(f, i);
    for (uint32_t i = first; i < end; i++)
        if (i == first + 1 || f->layout[i] == LAYOUT_ELSE) f->padding[i + 1] = widest - token_width(f, i);
}

static void pad_declaration(struct formatter *f, uint32_t first, uint32_t end) {
    static const char *const six[] = {"party", "entity", "kind", "office", "never", "ought", "upon", "always"};
    if (is_one_of(f, first, six, COUNT_OF(six)) && !is_word(f, first + 1, "never"))
        f->padding[first + 1] = 6 - token_width(f, first);
    if (is_word(f, first, "organ")) {
        pad_lines(f, first, end, pads_organ);
        pad_organs(f, first, end);
    }
    else if (is_word(f, first, "procedure")) pad_lines(f, first, end, pads_procedure);
    else pad_lines(f, first, end, pads_clause);
}

static uint32_t width_between(const struct formatter *f, uint32_t from, uint32_t to);
static bool blank_before(const struct formatter *f, uint32_t at);

static uint32_t next_declaration(const struct formatter *f, uint32_t i) {
    for (i++; i < token_count(f) && !begins_declaration(f, i);) i++;
    return i;
}

static uint32_t find_if(const struct formatter *f, uint32_t i) {
    while (f->layout[i] != LAYOUT_FOLD) i++;
    return i;
}

// Rules that no blank line parts have their conditions in one column, if their heads are about as long and all fit.
static uint32_t pad_rules(struct formatter *f, uint32_t first) {
    uint32_t widest = 0, narrowest = UINT32_MAX, longest = 0, end = first;
    for (; end < token_count(f) && is_word(f, end, "rule") &&
           (end == first || !blank_before(f, token_at(f, end)->place.at));
         end = next_declaration(f, end)) {
        uint32_t to = next_declaration(f, end), head = width_between(f, end, find_if(f, end));
        if (is_kind(f, to - 1, TOKEN_CITATION)) to--;
        uint32_t rest = width_between(f, end, to) - head;
        if (head > widest) widest = head;
        if (head < narrowest) narrowest = head;
        if (rest > longest) longest = rest;
    }
    bool aligned = widest - narrowest <= RULE_DIFFERENCE_MAX && widest + longest + 2 <= WIDTH;
    for (uint32_t i = first; aligned && i < end; i = next_declaration(f, i))
        f->padding[find_if(f, i)] = widest - width_between(f, i, find_if(f, i));
    return end;
}

static void pad_all(struct formatter *f) {
    for (uint32_t i = 0; i < token_count(f);) i = is_word(f, i, "rule") ? pad_rules(f, i) : next_declaration(f, i);

    bool in_sources = false;
    for (uint32_t i = 0, end; i < token_count(f); i = end) {
        end = i + 1;
        while (end < token_count(f) && !begins_declaration(f, end)) end++;
        pad_declaration(f, i, end);
        bool source = is_word(f, i, "source");
        if (source && !in_sources) pad_sources(f, i);
        in_sources = source;
    }
}

static void count_parentheses(struct formatter *f) {
    uint32_t depth = 0;
    for (uint32_t i = 0; i < token_count(f); i++) {
        if (is_kind(f, i, TOKEN_RIGHT)) depth--;
        f->depth[i] = depth;
        if (is_kind(f, i, TOKEN_LEFT)) depth++;
    }
}

// ---- Lines ----------------------------------------------------------------------------------------------------------
static void push_line(struct formatter *f, struct text *code) {
    VEC_PUSH(&f->lines, (struct line){.code = span_copy(f->arena, text_span(code))});
    text_release(code);
}

static void add_blanks(struct text *text, uint32_t count) {
    while (count-- > 0) text_byte(text, ' ');
}

// The blank lines that a writer left stay, at most one in a row.
static void push_blank(struct formatter *f) {
    if (f->lines.count == 0 ||
        (f->lines.at[f->lines.count - 1].alone && f->lines.at[f->lines.count - 1].comment.length == 0))
        return;
    VEC_PUSH(&f->lines, (struct line){.alone = true});
}

static void push_comment(struct formatter *f, struct span comment, uint32_t indent) {
    struct text code = {0};
    add_blanks(&code, indent);
    text_add(&code, comment);
    VEC_PUSH(&f->lines, (struct line){.comment = span_copy(f->arena, text_span(&code)), .alone = true});
    text_release(&code);
}

// Breaks are better outside parentheses, and after a comma than before an operator.
static uint32_t break_cost(const struct formatter *f, uint32_t i) {
    return 2 * f->depth[i] + !is_kind(f, i - 1, TOKEN_COMMA);
}

// Where tokens from `from` are to be broken so that the line stays within its width; `to` where they fit.
static uint32_t find_break(const struct formatter *f, uint32_t from, uint32_t to, uint32_t indent) {
    uint32_t column = indent, best = to, best_cost = UINT32_MAX;
    for (uint32_t i = from; i < to; i++) {
        if (i > from && f->layout[i] == LAYOUT_BREAK && (column <= WIDTH || best == to) &&
            break_cost(f, i) <= best_cost) {
            best = i;
            best_cost = break_cost(f, i);
        }
        column += (i > from ? gap_before(f, i) : 0) + token_width(f, i);
        if (column > WIDTH && best != to) return best;
    }
    return column <= WIDTH ? to : best;
}

// The column after the parenthesis of a declaration's head, where its columns and parameters are aligned.
static uint32_t hang_of(const struct formatter *f, uint32_t from, uint32_t at, uint32_t indent) {
    static const char *const heads[] = {"fact", "act", "event", "procedure"};
    bool head = begins_declaration(f, from) && is_one_of(f, from, heads, COUNT_OF(heads)) && f->depth[at] > 0;
    uint32_t hang = head ? indent + token_width(f, from) + 1 + token_width(f, from + 1) + 1 : f->content;
    return hang <= HANG_MAX ? hang : f->indent + 4;
}

// Writes tokens [from, to), in as many lines as they need.
static void fill(struct formatter *f, uint32_t from, uint32_t to, uint32_t indent) {
    uint32_t first = from;
    while (from < to) {
        uint32_t end = find_break(f, from, to, indent);
        struct text code = {0};
        add_blanks(&code, indent);
        for (uint32_t i = from; i < end; i++) {
            if (i > from) add_blanks(&code, gap_before(f, i));
            text_add(&code, text_of(f, token_at(f, i)->place));
        }
        push_line(f, &code);
        if (end < to) indent = hang_of(f, first, end, indent);
        from = end;
    }
}

// ---- Citations and comments -----------------------------------------------------------------------------------------
// At the first column of the grid that leaves room; else two blanks after the code; else on a line of its own.
static void add_citation(struct formatter *f, struct span citation, bool same_line) {
    uint32_t length = width_of(citation), column = CITATION_COLUMN;
    struct line *last = same_line && f->lines.count ? &f->lines.at[f->lines.count - 1] : NULL;
    uint32_t width = last ? width_of(last->code) : 0;
    while (last && column < width + 2) column += 12;
    if (last && column + length > WIDTH) column = width + 2;
    if (column + length > WIDTH) {
        last = NULL;
        column = CITATION_COLUMN + length <= WIDTH ? CITATION_COLUMN
                 : WIDTH >= f->indent + 4 + length ? WIDTH - length
                                                   : f->indent + 4;
    }
    struct text code = {0};
    if (last) text_add(&code, last->code);
    add_blanks(&code, column - (last ? width : 0));
    text_add(&code, citation);
    if (!last) {
        push_line(f, &code);
        return;
    }
    last->code = span_copy(f->arena, text_span(&code));
    text_release(&code);
}

static const struct comment *comment_before(const struct formatter *f, uint32_t token) {
    bool there = f->next_comment < f->lexed.comment_count && f->lexed.comments[f->next_comment].before <= token;
    return there ? &f->lexed.comments[f->next_comment] : NULL;
}

static struct span comment_text(const struct formatter *f, const struct comment *comment) {
    return span_trim(text_of(f, comment->place));
}

// Whether a line is blank between this byte and what stands before it.
static bool blank_before(const struct formatter *f, uint32_t at) {
    uint32_t ends = 0;
    for (uint32_t i = at; i > 0 && (f->source.at[i - 1] == ' ' || f->source.at[i - 1] == '\r' ||
                                    f->source.at[i - 1] == '\n' || f->source.at[i - 1] == '\t');
         i--)
        ends += f->source.at[i - 1] == '\n';
    return ends >= 2;
}

static uint32_t column_in_source(const struct formatter *f, uint32_t at) {
    uint32_t from = at;
    while (from > 0 && f->source.at[from - 1] != '\n') from--;
    return at - from;
}

// The comments before a token: one behind code stays on that line, the others have lines of their own.
static void write_comments(struct formatter *f, uint32_t token, uint32_t indent, bool keep_blanks) {
    for (const struct comment *comment; (comment = comment_before(f, token)) != NULL; f->next_comment++) {
        if (!comment->first && f->lines.count) {
            f->lines.at[f->lines.count - 1].comment = comment_text(f, comment);
            continue;
        }
        if (keep_blanks && blank_before(f, comment->place.at)) push_blank(f);
        // Between declarations, a comment that stands further in belongs to the one above.
        bool inside = keep_blanks && indent == 0 && token_count(f) > 0 &&
                      column_in_source(f, comment->place.at) > token_at(f, 0)->column;
        push_comment(f, comment_text(f, comment), inside ? 2 : indent);
    }
}

// ---- Logical lines --------------------------------------------------------------------------------------------------
static bool begins_line(const struct formatter *f, uint32_t i) {
    switch (f->layout[i]) {
    case LAYOUT_DECLARATION:
    case LAYOUT_INSIDE:
    case LAYOUT_CLAUSE:
    case LAYOUT_INNER:
    case LAYOUT_THEN:
    case LAYOUT_ELSE: return true;
    default:
        return i > 0 && is_kind(f, i - 1, TOKEN_CITATION) && !is_kind(f, i, TOKEN_RIGHT) && !is_kind(f, i, TOKEN_COMMA);
    }
}

static uint32_t indent_of(const struct formatter *f, uint32_t i) {
    switch (f->layout[i]) {
    case LAYOUT_DECLARATION:
    case LAYOUT_INSIDE: return f->base;
    case LAYOUT_ELSE: return f->content;
    case LAYOUT_THEN: return f->base + 4 + 2 * f->depth[i];
    default: return f->base + 2 + 2 * f->depth[i];
    }
}

// Where the content of a line begins: after its first word, or after two of them.
static uint32_t content_of(const struct formatter *f, uint32_t i) {
    static const char *const second[] = {"when", "if", "never"};
    uint32_t column = f->indent + token_width(f, i) + 1;
    if (i + 1 >= token_count(f)) return column;
    column += f->padding[i + 1];
    return is_one_of(f, i + 1, second, COUNT_OF(second)) ? column + token_width(f, i + 1) + 1 : column;
}

static uint32_t width_between(const struct formatter *f, uint32_t from, uint32_t to) {
    uint32_t width = 0;
    for (uint32_t i = from; i < to; i++) width += (i > from ? gap_before(f, i) : 0) + token_width(f, i);
    return width;
}

// A rule folds where it does not fit; an effect behind its conditions sooner, since it is what one looks for.
static bool folds(const struct formatter *f, uint32_t from, uint32_t to) {
    for (uint32_t i = from; i < to; i++)
        if (f->layout[i] == LAYOUT_FOLD)
            return f->indent + width_between(f, from, to) > (is_word(f, i, "if") ? WIDTH : EFFECT_WIDTH);
    return false;
}

// The end of the part of [from, to) that is filled as one: before a comment, or where a line that is too long folds.
static uint32_t part_end(const struct formatter *f, uint32_t from, uint32_t to, bool fold) {
    const struct comment *comment = comment_before(f, to - 1);
    uint32_t end = from + 1;
    while (end < to && !(fold && f->layout[end] == LAYOUT_FOLD) && !(comment && comment->before == end)) end++;
    return end;
}

static void write_line(struct formatter *f, uint32_t from, uint32_t to) {
    uint32_t last = to - 1 - (is_kind(f, to - 1, TOKEN_COMMA) && is_kind(f, to - 2, TOKEN_CITATION));
    bool cited = is_kind(f, last, TOKEN_CITATION) && !is_word(f, from, "article");
    uint32_t code_end = cited ? last : to;
    f->indent = indent_of(f, from);
    if (f->layout[from] != LAYOUT_ELSE) f->content = content_of(f, from);
    bool fold = folds(f, from, code_end);
    for (uint32_t at = from, end, indent = f->indent; at < code_end; at = end) {
        end = part_end(f, at, code_end, fold);
        if (fold && f->layout[at] == LAYOUT_FOLD) {
            indent = f->indent + 2;
            f->content = indent + token_width(f, at) + 1;
        } else if (at > from) {
            indent = f->content <= HANG_MAX ? f->content : f->indent + 4;
        }
        write_comments(f, at, indent, false);
        fill(f, at, end, indent);
    }
    if (!cited) return;
    const struct comment *comment = comment_before(f, last);
    if (code_end > from) write_comments(f, last, f->content <= HANG_MAX ? f->content : f->indent + 4, false);
    struct span citation = text_of(f, token_at(f, last)->place);
    if (last < to - 1) citation = span_print(f->arena, "%.*s,", SPAN_ARG(citation));
    add_citation(f, citation, code_end > from && !comment);
}

static void write_block(struct formatter *f) {
    for (uint32_t from = 0, to; from < token_count(f); from = to) {
        to = from + 1;
        while (to < token_count(f) && !begins_line(f, to)) to++;
        bool starts = begins_declaration(f, from);
        if (starts) f->base = f->layout[from] == LAYOUT_INSIDE ? 2 : 0;
        write_comments(f, from, indent_of(f, from), starts);
        if (starts && blank_before(f, token_at(f, from)->place.at)) push_blank(f);
        write_line(f, from, to);
    }
    write_comments(f, token_count(f), 0, true);
}

// ---- Out ------------------------------------------------------------------------------------------------------------
#define COMMENT_COLUMN_MAX 78    // code that reaches further does not move the comments around it

static bool is_blank(struct line line) { return line.code.length == 0 && line.comment.length == 0; }

// Comments behind the code of lines that no blank line parts stand in one column.
static uint32_t comment_column(const struct formatter *f, uint32_t first) {
    uint32_t column = 0;
    for (uint32_t i = first; i < f->lines.count && !is_blank(f->lines.at[i]); i++) {
        uint32_t width = width_of(f->lines.at[i].code);
        if (!f->lines.at[i].alone && f->lines.at[i].comment.length && width <= COMMENT_COLUMN_MAX && width + 2 > column)
            column = width + 2;
    }
    return column;
}

static void write_out(struct formatter *f, struct text *out, uint32_t base, const char *line_end) {
    uint32_t column = 0;
    for (uint32_t i = 0; i < f->lines.count; i++) {
        struct line line = f->lines.at[i];
        if (i == 0 || is_blank(f->lines.at[i - 1])) column = comment_column(f, i);
        if (!is_blank(line)) add_blanks(out, base);
        text_add(out, line.code);
        if (line.comment.length && !line.alone) {
            uint32_t width = width_of(line.code);
            add_blanks(out, column >= width + 2 ? column - width : 2);
        }
        text_add(out, line.comment);
        text_add(out, span_of(line_end));
    }
}

static void format_block(struct arena *arena, struct diagnostics *all, uint32_t source, struct fence fence,
                         struct tree *tree, uint32_t *declarations, struct text *out) {
    struct formatter f = {.arena = arena, .source = all->sources.at[source].text};
    uint32_t errors = all->errors;
    f.lexed = lex_block(arena, all, source, fence.from, fence.to, 0, false);
    uint8_t *layout = ARENA_ARRAY(arena, uint8_t, f.lexed.tokens.count);
    f.layout = layout;
    f.padding = ARENA_ARRAY(arena, uint32_t, f.lexed.tokens.count + 2);
    f.depth = ARENA_ARRAY(arena, uint32_t, f.lexed.tokens.count);
    parse_block(tree, all, source, f.lexed.tokens, layout, declarations);
    if (all->errors == errors) {
        pad_all(&f);
        count_parentheses(&f);
        write_block(&f);
        uint32_t opening = fence.from, base = 0;
        while (opening > 1 && f.source.at[opening - 2] != '\n') opening--;
        while (opening > 0 && f.source.at[opening - 1 + base] == ' ') base++;
        bool returns = fence.from >= 2 && f.source.at[fence.from - 2] == '\r';
        write_out(&f, out, base, returns ? "\r\n" : "\n");
    }
    VEC_RELEASE(&f.lines);
}

bool tree_format(struct diagnostics *all, uint32_t source, struct text *out) {
    struct tree tree;
    tree_init(&tree);
    struct span text = all->sources.at[source].text;
    uint32_t at = 0, declarations = 0, errors = all->errors;
    struct fences fences = markdown_fences(&tree.arena, all, source);
    struct text formatted = {0};
    for (uint32_t i = 0; i < fences.count; i++) {
        struct fence fence = fences.at[i];
        if (!span_is(fence.info, "treaty")) continue;
        text_add(&formatted, span_part(text, at, fence.from - at));
        format_block(&tree.arena, all, source, fence, &tree, &declarations, &formatted);
        at = fence.to;
    }
    text_add(&formatted, span_part(text, at, text.length - at));
    bool good = all->errors == errors;
    if (good) text_add(out, text_span(&formatted));
    text_release(&formatted);
    tree_release(&tree);
    return good;
}
