// SPDX-License-Identifier: Apache-2.0
#include "lang/lang.h"
#include "lang/syntax.h"

#include <string.h>

struct lexer {
    struct diagnostics *all;
    struct arena *arena;
    struct span text;    // the whole source
    uint32_t source, at, to;
    uint32_t line_start, line_end;    // line_end: 0 until it is looked for
    int32_t offset;
    bool quiet, tab_reported;
    bool first;    // nothing but blanks so far on this line
    VEC(struct token) tokens;
    VEC(struct comment) comments;
};

// ---- Characters -----------------------------------------------------------------------------------------------------
static bool is_digit(char byte) { return byte >= '0' && byte <= '9'; }
bool is_name_start(char byte) { return (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z'); }
bool is_name_byte(char byte) { return is_name_start(byte) || is_digit(byte); }

uint32_t character_read(struct span text, uint32_t at, uint32_t *code_point) {
    unsigned char byte = (unsigned char)text.at[at];
    uint32_t length = byte < 0x80 ? 1 : byte >= 0xF0 ? 4 : byte >= 0xE0 ? 3 : 2;
    uint32_t bad_at;
    if (length > text.length - at || !span_utf8_valid(span_part(text, at, length), &bad_at)) return 0;
    uint32_t value = length == 1 ? byte : byte & (0x7Fu >> length);
    for (uint32_t i = 1; i < length; i++) value = value << 6 | ((unsigned char)text.at[at + i] & 0x3F);
    *code_point = value;
    return length;
}

bool character_is_hidden(uint32_t c) {
    static const struct { uint32_t from, to; } hidden[] = {
        {0x00, 0x08},       {0x0B, 0x0C},      {0x0E, 0x1F},     {0x7F, 0x9F},     {0xAD, 0xAD},
        {0x034F, 0x034F},   {0x061C, 0x061C},  {0x115F, 0x1160}, {0x17B4, 0x17B5}, {0x180B, 0x180F},
        {0x200B, 0x200F},   {0x2028, 0x202E},  {0x2060, 0x206F}, {0x2800, 0x2800}, {0x3164, 0x3164},
        {0xFE00, 0xFE0F},   {0xFEFF, 0xFEFF},  {0xFFA0, 0xFFA0}, {0xFFF0, 0xFFFB}, {0x1BCA0, 0x1BCA3},
        {0x1D173, 0x1D17A}, {0xE0000, 0xE0FFF}};
    for (uint32_t i = 0; i < COUNT_OF(hidden); i++)
        if (c >= hidden[i].from && c <= hidden[i].to) return true;
    return false;
}

static char look(const struct lexer *lexer, uint32_t ahead) {
    return ahead < lexer->to - lexer->at ? lexer->text.at[lexer->at + ahead] : '\0';
}

// Where the line ends; a line may hold many texts, so it is looked for once.
static uint32_t line_end(struct lexer *lexer) {
    if (lexer->line_end) return lexer->line_end;
    uint32_t end = lexer->at;
    while (end < lexer->to && lexer->text.at[end] != '\n') end++;
    lexer->line_end = end > lexer->at && lexer->text.at[end - 1] == '\r' ? end - 1 : end;
    return lexer->line_end;
}

static struct place place_of(const struct lexer *lexer, uint32_t from, uint32_t to) {
    return (struct place){lexer->source, from, to - from};
}

// ---- Tokens ---------------------------------------------------------------------------------------------------------
// Adds the token of bytes [at, end) and goes on behind it.
static struct token *push(struct lexer *lexer, token_kind kind, uint32_t end) {
    struct token token = {.kind = kind,
                          .place = place_of(lexer, lexer->at, end),
                          .column = lexer->at - lexer->line_start,
                          .first = lexer->first};
    token.text = span_part(lexer->text, lexer->at, end - lexer->at);
    VEC_PUSH(&lexer->tokens, token);
    lexer->at = end;
    lexer->first = false;
    return &lexer->tokens.at[lexer->tokens.count - 1];
}

#define LEX_ERROR(lexer, from, to, hint, ...)                                                                          \
    do {                                                                                                               \
        if (!(lexer)->quiet) diagnostics_error((lexer)->all, place_of(lexer, from, to), hint, __VA_ARGS__);            \
    } while (0)

// Looks for malformed and hidden characters in [from, to); false after reporting the first.
static bool check_characters(struct lexer *lexer, uint32_t from, uint32_t to, const char *where) {
    struct span line = span_part(lexer->text, 0, to);
    for (uint32_t i = from; i < to;) {
        uint32_t code_point = 0, length = character_read(line, i, &code_point);
        if (length == 0) {
            LEX_ERROR(lexer, i, i + 1, "save the file as UTF-8", "%s holds a byte that is not UTF-8: 0x%02X", where,
                      (unsigned char)lexer->text.at[i]);
            return false;
        }
        if (character_is_hidden(code_point)) {
            LEX_ERROR(lexer, i, i + length, "take it out: what is read and what is judged must be the same text",
                      "%s holds an invisible character: U+%04X", where, code_point);
            return false;
        }
        i += length;
    }
    return true;
}

// ---- Comments and blanks --------------------------------------------------------------------------------------------
static void read_comment(struct lexer *lexer) {
    uint32_t end = line_end(lexer), from = lexer->at;
    bool first = lexer->first;
    if (check_characters(lexer, from, end, "this comment")) {
        VEC_PUSH(&lexer->comments, (struct comment){place_of(lexer, from, end), lexer->tokens.count, first});
        lexer->at = end;
    } else {
        push(lexer, TOKEN_ERROR, end);
    }
}

static void skip_blanks(struct lexer *lexer) {
    for (; lexer->at < lexer->to; lexer->at++) {
        char byte = lexer->text.at[lexer->at];
        if (byte == '\n') {
            lexer->line_start = lexer->at + 1;
            lexer->line_end = 0;
            lexer->first = true;
        } else if (byte == '\t' && lexer->first && !lexer->tab_reported) {
            LEX_ERROR(lexer, lexer->at, lexer->at + 1,
                      "indent with blanks: where a line begins says what it belongs to", "a tab stands in the margin");
            lexer->tab_reported = true;
        } else if (byte != ' ' && byte != '\r' && byte != '\t') {
            return;
        }
    }
}

// ---- Numbers and times ----------------------------------------------------------------------------------------------
// Something like 2022-01-05, however wrong; returns where it ends, or 0.
static uint32_t date_end(const struct lexer *lexer) {
    uint32_t i = 0, digits[3] = {0};
    for (uint32_t part = 0; part < 3; part++) {
        if (part > 0 && look(lexer, i++) != '-') return 0;
        while (is_digit(look(lexer, i))) i++, digits[part]++;
        if (digits[part] == 0 || digits[part] > 4) return 0;
    }
    return digits[0] == 4 || (digits[0] <= 2 && digits[2] == 4) ? lexer->at + i : 0;
}

// What follows a date and looks like a clock: 25:00, T7:3.
static uint32_t clock_end(const struct lexer *lexer, uint32_t from) {
    uint32_t i = from;
    if (i >= lexer->to || (lexer->text.at[i] != ' ' && lexer->text.at[i] != 'T')) return from;
    uint32_t digits = ++i, colons = 0;
    while (i < lexer->to && (is_digit(lexer->text.at[i]) || lexer->text.at[i] == ':'))
        colons += lexer->text.at[i++] == ':';
    return i > digits && colons > 0 ? i : from;
}

static void read_time(struct lexer *lexer, uint32_t end) {
    int64_t time = 0;
    uint32_t length = 0;
    struct span rest = span_part(lexer->text, lexer->at, lexer->to - lexer->at);
    bool read = calendar_parse(rest, lexer->offset, &time, &length);
    uint32_t stop = read ? lexer->at + length : clock_end(lexer, end);
    while (stop < lexer->to &&
           (is_name_byte(lexer->text.at[stop]) ||
            (lexer->text.at[stop] == ':' && stop + 1 < lexer->to && is_digit(lexer->text.at[stop + 1]))))
        stop++, read = false;
    // A date was read, and a clock that is none stands behind it.
    if (read && stop == end && clock_end(lexer, end) > end) stop = clock_end(lexer, end), read = false;
    if (!read)
        LEX_ERROR(lexer, lexer->at, stop,
                  "a time is written 2022-01-05, 2022-01-05 22:00 or 2022-01-05 22:00:30 +06:00",
                  "there is no such date or time: `%.*s`", (int)(stop - lexer->at), lexer->text.at + lexer->at);
    push(lexer, read ? TOKEN_TIME : TOKEN_ERROR, stop)->integer = time;
}

// False where it does not fit 64 bits.
static bool integer_of(struct span digits, int64_t *value) {
    int64_t result = 0;
    for (uint32_t i = 0; i < digits.length; i++) {
        if (digits.at[i] == '_') continue;
        if (__builtin_mul_overflow(result, 10, &result) || __builtin_add_overflow(result, digits.at[i] - '0', &result))
            return false;
    }
    *value = result;
    return true;
}

// 1.5, 01.07.2025: false where no dot joins digits.
static bool read_dotted(struct lexer *lexer) {
    uint32_t i = 0, dots = 0;
    while (is_digit(look(lexer, i)) || (look(lexer, i) == '.' && is_digit(look(lexer, i + 1))))
        dots += look(lexer, i++) == '.';
    if (!dots) return false;
    struct span text = span_part(lexer->text, lexer->at, i);
    bool date = i == 10 && text.at[2] == '.' && text.at[5] == '.';
    if (date)
        LEX_ERROR(lexer, lexer->at, lexer->at + i,
                  span_print(lexer->arena, "write %.4s-%.2s-%.2s", text.at + 6, text.at + 3, text.at).at,
                  "a date is written with the year first and hyphens");
    else if (dots == 1)
        LEX_ERROR(lexer, lexer->at, lexer->at + i, "write it in a smaller unit, as `36 hours` for a day and a half",
                  "there are whole numbers only: `%.*s`", SPAN_ARG(text));
    else
        LEX_ERROR(lexer, lexer->at, lexer->at + i, "a time is written 2022-01-05",
                  "`%.*s` is neither a number nor a date", SPAN_ARG(text));
    push(lexer, TOKEN_ERROR, lexer->at + i);
    return true;
}

static void read_number(struct lexer *lexer) {
    uint32_t end = date_end(lexer);
    if (end) {
        read_time(lexer, end);
        return;
    }
    if (read_dotted(lexer)) return;
    end = lexer->at;
    while (end < lexer->to && (is_digit(lexer->text.at[end]) || (lexer->text.at[end] == '_' && end + 1 < lexer->to &&
                                                                 is_digit(lexer->text.at[end + 1]))))
        end++;
    uint32_t stop = end;
    while (stop < lexer->to && (is_name_byte(lexer->text.at[stop]) || lexer->text.at[stop] == '_')) stop++;
    int64_t value = 0;
    bool good = stop == end && integer_of(span_part(lexer->text, lexer->at, end - lexer->at), &value);
    if (stop > end) {
        LEX_ERROR(lexer, lexer->at, stop, "put a blank between a number and a unit; a name begins with a letter",
                  "`%.*s` is neither a number nor a name", (int)(stop - lexer->at), lexer->text.at + lexer->at);
    } else if (!good) {
        LEX_ERROR(lexer, lexer->at, stop, "the largest is 9_223_372_036_854_775_807",
                  "this integer does not fit 64 bits");
    }
    push(lexer, good ? TOKEN_INTEGER : TOKEN_ERROR, stop)->integer = value;
}

// ---- Names, texts, citations ----------------------------------------------------------------------------------------
// The Latin letter that a Cyrillic one looks like, or 0.
static char latin_alike(uint32_t code_point) {
    static const struct { uint16_t cyrillic; char latin; } alike[] = {
        {0x0410, 'A'}, {0x0412, 'B'}, {0x0415, 'E'}, {0x041A, 'K'}, {0x041C, 'M'}, {0x041D, 'H'}, {0x041E, 'O'},
        {0x0420, 'P'}, {0x0421, 'C'}, {0x0422, 'T'}, {0x0423, 'Y'}, {0x0425, 'X'}, {0x0430, 'a'}, {0x0435, 'e'},
        {0x043E, 'o'}, {0x0440, 'p'}, {0x0441, 'c'}, {0x0443, 'y'}, {0x0445, 'x'}, {0x0406, 'I'}, {0x0456, 'i'},
        {0x0405, 'S'}, {0x0455, 's'}, {0x0408, 'J'}, {0x0458, 'j'}};
    for (uint32_t i = 0; i < COUNT_OF(alike); i++)
        if (alike[i].cyrillic == code_point) return alike[i].latin;
    return 0;
}

static bool is_cyrillic(uint32_t code_point) { return code_point >= 0x0400 && code_point <= 0x052F; }

// A word of [from, to) with characters beyond ASCII: the first of them, and whether ASCII letters stand beside it.
static void report_foreign(struct lexer *lexer, uint32_t from, uint32_t to) {
    struct span line = span_part(lexer->text, 0, to);
    uint32_t at = from, c = 0, foreign = 0;
    bool latin = false;
    for (uint32_t i = from; i < to; i++) latin |= is_name_start(lexer->text.at[i]);
    for (uint32_t i = from; i < to; i++) foreign += ((unsigned char)lexer->text.at[i] & 0xC0) == 0xC0;
    while (at < to && (unsigned char)lexer->text.at[at] < 0x80) at++;
    uint32_t length = at < to ? character_read(line, at, &c) : 0;
    char alike = latin_alike(c);
    if (length && (c == 0xA0 || c == 0x202F))
        LEX_ERROR(lexer, at, at + length, "write a plain blank, or a hyphen within a name",
                  "a no-break space stands in this name: U+%04X", c);
    else if (length && ((c >= 0x2010 && c <= 0x2015) || c == 0x2212))
        LEX_ERROR(lexer, at, at + length, "write a plain hyphen: -", "a dash stands in this name: U+%04X", c);
    else if (length && latin && foreign == 1 && alike)
        LEX_ERROR(lexer, at, at + length, "write the Latin letter",
                  "U+%04X is a Cyrillic letter that looks like the Latin %c", c, alike);
    else if (length && is_cyrillic(c))
        LEX_ERROR(lexer, from, to, "names are Latin; the file labels.ru gives the Russian",
                  "this name is in Cyrillic letters");
    else
        LEX_ERROR(lexer, from, to, "names are ASCII letters and digits, joined by hyphens",
                  "a name holds only ASCII letters, digits and hyphens");
}

// A.U.R.: false where no dot joins letters.
static bool read_dotted_name(struct lexer *lexer, uint32_t end) {
    if (end + 1 >= lexer->to || lexer->text.at[end] != '.' || !is_name_byte(lexer->text.at[end + 1])) return false;
    while (end < lexer->to && (is_name_byte(lexer->text.at[end]) || lexer->text.at[end] == '.')) end++;
    LEX_ERROR(lexer, lexer->at, end, "names are letters, digits and hyphens: leave the dots out",
              "a name holds no dot");
    push(lexer, TOKEN_ERROR, end);
    return true;
}

static void read_name(struct lexer *lexer) {
    uint32_t end = lexer->at;
    while (end < lexer->to &&
           (is_name_byte(lexer->text.at[end]) ||
            (lexer->text.at[end] == '-' && end + 1 < lexer->to && is_name_byte(lexer->text.at[end + 1]))))
        end++;
    if (read_dotted_name(lexer, end)) return;
    uint32_t stop = end;
    while (stop < lexer->to && (is_name_byte(lexer->text.at[stop]) || lexer->text.at[stop] == '_' ||
                                (unsigned char)lexer->text.at[stop] >= 0x80))
        stop++;
    if (stop == end) {
        push(lexer, TOKEN_NAME, end);
        return;
    }
    if (lexer->text.at[end] == '_')
        LEX_ERROR(lexer, lexer->at, stop, "join the words with hyphens: `open-consultations`",
                  "a name holds no underscore");
    else report_foreign(lexer, lexer->at, stop);
    push(lexer, TOKEN_ERROR, stop);
}

// Without its quotes and escapes.
static struct span plain_text(struct lexer *lexer, uint32_t from, uint32_t to) {
    char *plain = arena_alloc(lexer->arena, to - from + 1);
    uint32_t length = 0;
    for (uint32_t i = from; i < to; i++) {
        if (lexer->text.at[i] == '\\') i++;
        plain[length++] = lexer->text.at[i];
    }
    return (struct span){plain, length};
}

static void read_text(struct lexer *lexer) {
    uint32_t limit = line_end(lexer), end = lexer->at + 1;
    for (; end < limit && lexer->text.at[end] != '"'; end++) {
        if (lexer->text.at[end] != '\\') continue;
        if (end + 1 == limit || (lexer->text.at[end + 1] != '"' && lexer->text.at[end + 1] != '\\')) {
            LEX_ERROR(lexer, end, end + 1, "write \\\\ for a backslash and \\\" for a quotation mark",
                      "a backslash stands before a quotation mark or a backslash only");
            push(lexer, TOKEN_ERROR, limit);
            return;
        }
        end++;
    }
    if (end >= limit) {
        LEX_ERROR(lexer, lexer->at, limit, "a text ends with \" on the line where it begins", "this text has no end");
        push(lexer, TOKEN_ERROR, limit);
        return;
    }
    uint32_t from = lexer->at + 1;
    bool tab = memchr(lexer->text.at + from, '\t', end - from) != NULL;
    if (tab) LEX_ERROR(lexer, lexer->at, end + 1, "write a blank", "this text holds a tab");
    bool good = !tab && check_characters(lexer, from, end, "this text");
    struct span plain = good ? plain_text(lexer, from, end) : (struct span){0};
    push(lexer, good ? TOKEN_TEXT : TOKEN_ERROR, end + 1)->text = plain;
}

static void read_citation(struct lexer *lexer) {
    uint32_t limit = line_end(lexer), end = lexer->at + 1;
    while (end < limit && lexer->text.at[end] != ']' && lexer->text.at[end] != '[') end++;
    if (end == limit || lexer->text.at[end] == '[') {
        LEX_ERROR(lexer, lexer->at, end, "a citation ends with ] on the line where it begins: [Charter 12]",
                  "this citation has no end");
        push(lexer, TOKEN_ERROR, limit);
        return;
    }
    uint32_t from = lexer->at + 1;
    bool good = check_characters(lexer, from, end, "this citation");
    push(lexer, good ? TOKEN_CITATION : TOKEN_ERROR, end + 1)->text = span_part(lexer->text, from, end - from);
}

// ---- Marks ----------------------------------------------------------------------------------------------------------
static const struct { const char *text; token_kind kind; } marks[] = {    // the longer ones first
    {"=>", TOKEN_ARROW},         {"->", TOKEN_RESULT},    {"!=", TOKEN_DIFFERENT}, {"<=", TOKEN_LESS_EQUAL},
    {">=", TOKEN_GREATER_EQUAL}, {"_", TOKEN_UNDERSCORE}, {"(", TOKEN_LEFT},       {")", TOKEN_RIGHT},
    {",", TOKEN_COMMA},          {":", TOKEN_COLON},      {";", TOKEN_SEMICOLON},  {"=", TOKEN_EQUAL},
    {"<", TOKEN_LESS},           {">", TOKEN_GREATER},    {"+", TOKEN_PLUS},       {"-", TOKEN_MINUS},
    {"*", TOKEN_TIMES},          {"/", TOKEN_SLASH},      {"|", TOKEN_BAR}};

// What other languages write, and what stands for it here.
static const struct { const char *text, *hint; } foreign[] = {
    {"==", "write `=`"},
    {"<>", "write `!=`"},
    {"=<", "write `<=`"},
    {"&&", "join conditions with a comma"},
    {"||", "write one rule for each case"},
    {":-", "write `if`"},
    {":=", "write `=`"},
    {"//", "a comment begins with `--`"},
    {"/*", "a comment begins with `--`"},
    {"!", "write `not`"},
    {"&", "join conditions with a comma"},
    {"%", "write `mod`; a comment begins with `--`"},
    {"#", "a comment begins with `--`"},
    {"'", "a text stands in double quotation marks"},
    {".", "a declaration needs no full stop"},
    {"{", "what belongs to a declaration is indented"},
    {"}", "what belongs to a declaration is indented"},
    {"]", "a citation begins with ["}};

static bool stands(const struct lexer *lexer, const char *text) {
    return span_starts(span_part(lexer->text, lexer->at, lexer->to - lexer->at), text);
}

static void read_unknown(struct lexer *lexer) {
    for (uint32_t i = 0; i < COUNT_OF(foreign); i++) {
        if (!stands(lexer, foreign[i].text)) continue;
        uint32_t end = lexer->at + (uint32_t)strlen(foreign[i].text);
        LEX_ERROR(lexer, lexer->at, end, foreign[i].hint, "`%s` means nothing here", foreign[i].text);
        push(lexer, TOKEN_ERROR, end);
        return;
    }
    uint32_t code_point = 0, length = character_read(span_part(lexer->text, 0, lexer->to), lexer->at, &code_point),
             end = lexer->at + (length ? length : 1);
    if (length == 0)
        LEX_ERROR(lexer, lexer->at, end, "save the file as UTF-8", "a byte that is not UTF-8: 0x%02X",
                  (unsigned char)lexer->text.at[lexer->at]);
    else if (code_point == 0xA0)
        LEX_ERROR(lexer, lexer->at, end, "write a plain blank", "a no-break space stands here: U+00A0");
    else if (is_cyrillic(code_point)) {
        while (end < lexer->to && ((unsigned char)lexer->text.at[end] >= 0x80 || is_name_byte(lexer->text.at[end])))
            end++;
        report_foreign(lexer, lexer->at, end);
    } else if ((code_point >= 0x201C && code_point <= 0x201F) || code_point == 0xAB || code_point == 0xBB) {
        LEX_ERROR(lexer, lexer->at, end, "a text stands in plain quotation marks: \"",
                  "a typographic quotation mark stands here: U+%04X", code_point);
        end = line_end(lexer);    // the mark that closes it would only be said again
    }
    else if (code_point == 0x2013 || code_point == 0x2014 || code_point == 0x2212)
        LEX_ERROR(lexer, lexer->at, end, "write `-` to subtract and `--` before a comment",
                  "a dash stands here: U+%04X", code_point);
    else if (code_point < 0x7F && !character_is_hidden(code_point))
        LEX_ERROR(lexer, lexer->at, end, NULL, "`%c` means nothing here", (char)code_point);
    else
        LEX_ERROR(lexer, lexer->at, end,
                  character_is_hidden(code_point) ? "take it out" : "outside texts and comments only ASCII is written",
                  "an unexpected character: U+%04X", code_point);
    // The rest of a word in another script, or of a line, would only be said again.
    while (end < lexer->to && ((unsigned char)lexer->text.at[end] >= 0x80 || is_name_byte(lexer->text.at[end]))) end++;
    push(lexer, TOKEN_ERROR, end);
}

static void read_mark(struct lexer *lexer) {
    bool known_foreign = stands(lexer, "==") || stands(lexer, "<>") || stands(lexer, "||") || stands(lexer, ":-") ||
                         stands(lexer, ":=") || stands(lexer, "//") || stands(lexer, "/*") || (stands(lexer, "=<"));
    for (uint32_t i = 0; i < COUNT_OF(marks) && !known_foreign; i++) {
        if (!stands(lexer, marks[i].text)) continue;
        push(lexer, marks[i].kind, lexer->at + (uint32_t)strlen(marks[i].text));
        return;
    }
    read_unknown(lexer);
}

// ---- All of it ------------------------------------------------------------------------------------------------------
static void read_token(struct lexer *lexer) {
    char byte = look(lexer, 0);
    if (byte == '-' && look(lexer, 1) == '-') read_comment(lexer);
    else if (is_digit(byte)) read_number(lexer);
    else if (is_name_start(byte)) read_name(lexer);
    else if (byte == '"') read_text(lexer);
    else if (byte == '[') read_citation(lexer);
    else read_mark(lexer);
}

struct lexed lex_block(struct arena *arena, struct diagnostics *all, uint32_t source, uint32_t from, uint32_t to,
                       int32_t offset, bool quiet) {
    ENSURE(source < all->sources.count && from <= to && to <= all->sources.at[source].text.length);
    struct lexer lexer = {.all = all,
                          .arena = arena,
                          .text = all->sources.at[source].text,
                          .source = source,
                          .at = from,
                          .to = to,
                          .line_start = from,
                          .offset = offset,
                          .quiet = quiet,
                          .first = true};
    while (lexer.line_start > 0 && lexer.text.at[lexer.line_start - 1] != '\n') lexer.line_start--;
    for (skip_blanks(&lexer); lexer.at < lexer.to; skip_blanks(&lexer)) read_token(&lexer);
    push(&lexer, TOKEN_END, lexer.at);
    struct lexed lexed = {.comment_count = lexer.comments.count};
    lexed.tokens = (struct tokens){ARENA_ARRAY(arena, struct token, lexer.tokens.count), lexer.tokens.count};
    memcpy(lexed.tokens.at, lexer.tokens.at, sizeof *lexer.tokens.at * lexer.tokens.count);
    lexed.comments = ARENA_ARRAY(arena, struct comment, lexer.comments.count);
    if (lexer.comments.count)
        memcpy(lexed.comments, lexer.comments.at, sizeof *lexer.comments.at * lexer.comments.count);
    VEC_RELEASE(&lexer.tokens);
    VEC_RELEASE(&lexer.comments);
    return lexed;
}

struct tokens lex(struct arena *arena, struct diagnostics *all, uint32_t source, uint32_t from, uint32_t to,
                  int32_t offset) {
    return lex_block(arena, all, source, from, to, offset, false).tokens;
}

const char *token_kind_name(token_kind kind) {
    static const char *const names[] = {
        "end", "name", "integer", "time", "text", "citation", "_",  "(", ")", ",", ":", ";", "=>",
        "->",  "=",    "!=",      "<",    "<=",   ">",        ">=", "+", "-", "*", "/", "|", "error"};
    ENSURE((size_t)kind < COUNT_OF(names));
    return names[kind];
}

void tokens_dump(const struct tokens *tokens, struct text *out) {
    for (uint32_t i = 0; i < tokens->count; i++) {
        const struct token *token = &tokens->at[i];
        text_print(out, "%s%u %s", token->first && i > 0 ? "\n" : "", token->column, token_kind_name(token->kind));
        if (token->kind == TOKEN_NAME || token->kind == TOKEN_CITATION) text_print(out, " %.*s", SPAN_ARG(token->text));
        if (token->kind == TOKEN_INTEGER || token->kind == TOKEN_TIME)
            text_print(out, " %lld", (long long)token->integer);
        if (token->kind == TOKEN_TEXT) text_byte(out, ' '), text_json(out, token->text);
        text_byte(out, '\n');
    }
}
