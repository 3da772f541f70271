// SPDX-License-Identifier: Apache-2.0
// Takes a register in: what each row says, in order of time over all tables, read by the reader of scenarios.
#include "scenario/import_internal.h"

// A part of a row: its steps from one `at` to the next.
struct part {
    uint32_t map, row, first;    // first: among the row's parts
    struct token time;
    struct tokens *steps;
    const struct map_step **maps;
    uint32_t step_count;
};
struct importing {
    struct reader *reader;
    struct diagnostics *all;
    struct import_register *from;
    struct arena *scratch;    // tokens, until they are read
    VEC(struct part) parts;
};

// ---- Rows into tokens -----------------------------------------------------------------------------------------------
struct filling {
    struct importing *importing;
    const struct map *map;
    const struct table_row *row;
    VEC(struct token) tokens;
    bool right;
};

static void wrong_value(struct filling *filling, uint32_t column, const char *hint, const char *message) {
    filling->right = false;
    diagnostics_error(filling->importing->all, table_place(filling->map->table, filling->row, column), hint, "%s",
                      message);
}

static struct span cell_words(struct filling *filling, uint32_t column) {
    return table_words(filling->importing->all, filling->importing->scratch, filling->map->table, filling->row,
                       column);
}

static bool is_unit(struct span word) {
    static const char *const units[] = {"second", "minute", "hour", "day", "week", "month", "year"};
    if (word.length > 1 && word.at[word.length - 1] == 's') word.length--;
    for (uint32_t i = 0; i < COUNT_OF(units); i++)
        if (span_is(word, units[i])) return true;
    return false;
}

// A name, an integer, a time, a duration, or `OFFICE of PARTY`: nothing else is a value.
static bool is_value(const struct token *tokens, uint32_t count) {
    if (count && tokens->kind == TOKEN_MINUS) {
        tokens++;
        count--;
        return (count == 1 && tokens->kind == TOKEN_INTEGER) ||
               (count == 2 && tokens->kind == TOKEN_INTEGER && tokens[1].kind == TOKEN_NAME && is_unit(tokens[1].text));
    }
    if (count == 1) return tokens->kind == TOKEN_NAME || tokens->kind == TOKEN_INTEGER || tokens->kind == TOKEN_TIME;
    if (count == 2) return tokens->kind == TOKEN_INTEGER && tokens[1].kind == TOKEN_NAME && is_unit(tokens[1].text);
    return count == 3 && tokens->kind == TOKEN_NAME && tokens[1].kind == TOKEN_NAME && span_is(tokens[1].text, "of") &&
           tokens[2].kind == TOKEN_NAME;
}

// Is there more between the tokens of a cell than blanks? A comment is not seen by the lexer.
static bool holds_comment(struct span text, uint32_t from, uint32_t to) {
    return memmem(text.at + from, to - from, "--", 2) != NULL;
}

static void fill_cell(struct filling *filling, const struct map_hole *hole) {
    struct importing *importing = filling->importing;
    const struct table *table = filling->map->table;
    struct table_cell cell = filling->row->cells[hole->column];
    if (cell_words(filling, hole->column).length == 0) {
        wrong_value(filling, hole->column, "a value stands here, or the map says {name?}: then the line is left out",
                    "this cell is empty");
        return;
    }
    uint32_t errors = importing->all->errors;
    struct tokens tokens = lex(importing->scratch, importing->all, table->source, cell.at, cell.at + cell.length,
                               importing->reader->program->offset);
    if (importing->all->errors > errors) {
        filling->right = false;
        return;
    }
    bool right = !holds_comment(importing->all->sources.at[table->source].text, cell.at, cell.at + cell.length);
    for (uint32_t from = 0, to; right && from < tokens.count; from = to + 1) {
        for (to = from; tokens.at[to].kind != TOKEN_END && !(hole->list && tokens.at[to].kind == TOKEN_SEMICOLON);)
            to++;
        right = is_value(tokens.at + from, to - from);
        for (uint32_t i = from; right && i < to; i++) {
            tokens.at[i].first = false;
            VEC_PUSH(&filling->tokens, tokens.at[i]);
        }
        if (right && tokens.at[to].kind == TOKEN_SEMICOLON) {
            struct token comma = {.kind = TOKEN_COMMA, .place = tokens.at[to].place};
            VEC_PUSH(&filling->tokens, comma);
        }
    }
    if (!right)
        wrong_value(filling, hole->column,
                    hole->list ? "a list is names, integers, times or durations with semicolons between them: ARM;BLR"
                               : "it is a name, an integer, a time, a duration, or OFFICE of PARTY; several stand in a "
                                 "column that the map writes {name...}",
                    "this is not one value");
}

static bool is_name(struct span word) {
    bool letter = false;
    for (uint32_t i = 0; i < word.length; i++) {
        char byte = word.at[i];
        bool letters = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z'), digit = byte >= '0' && byte <= '9';
        if (i == 0) letter = letters;
        if (!letters && !digit && !(byte == '-' && i > 0 && i + 1 < word.length && word.at[i - 1] != '-')) return false;
    }
    return letter;
}

static void fill_name(struct filling *filling, const struct map_token *from) {
    struct text out = {0};
    uint32_t column = NO_COLUMN;
    for (uint32_t i = 0; i < from->piece_count; i++) {
        const struct map_piece *piece = &from->pieces[i];
        if (piece->is_hole && column == NO_COLUMN) column = piece->hole.column;
        text_add(&out, piece->is_hole ? cell_words(filling, piece->hole.column) : piece->text);
    }
    struct token name = from->token;
    name.place = table_place(filling->map->table, filling->row, column);
    text_end(&out, &name.text, filling->importing->scratch);
    if (is_name(name.text)) {
        VEC_PUSH(&filling->tokens, name);
        return;
    }
    struct span message = span_print(filling->importing->scratch, "`%.*s` is no name", SPAN_ARG(name.text));
    wrong_value(filling, column, "a name begins with a letter and is letters and digits joined by single hyphens",
                message.at);
}

static void fill_text(struct filling *filling, const struct map_token *from) {
    struct text out = {0};
    struct token token = from->token;
    struct span message, hint;
    bool placed = false;
    for (uint32_t i = 0; i < from->piece_count; i++) {
        const struct map_piece *piece = &from->pieces[i];
        if (!piece->is_hole) {
            text_add(&out, piece->text);
            continue;
        }
        struct span words = cell_words(filling, piece->hole.column);
        if (words.length == 0)
            wrong_value(filling, piece->hole.column,
                        "words stand here, or the map says {name?}: then the line is left out", "this cell is empty");
        else if (!text_allowed(filling->importing->scratch, words, &message, &hint))
            wrong_value(filling, piece->hole.column, hint.at, message.at);
        else text_add(&out, words);
        if (!placed) token.place = table_place(filling->map->table, filling->row, piece->hole.column);
        placed = true;
    }
    text_end(&out, &token.text, filling->importing->scratch);
    VEC_PUSH(&filling->tokens, token);
}

// ---- Lines that are left out ----------------------------------------------------------------------------------------
static uint32_t line_end(const struct map_step *step, uint32_t from) {
    for (from++; from < step->count && !step->tokens[from].token.first;) from++;
    return from;
}

// A line with {name?} whose cell is empty is left out, and what is indented below it.
static bool left_out(struct filling *filling, const struct map_step *step, uint32_t from, uint32_t to) {
    for (uint32_t i = from; i < to; i++)
        for (uint32_t k = 0; k < step->tokens[i].piece_count; k++) {
            const struct map_piece *piece = &step->tokens[i].pieces[k];
            if (piece->is_hole && piece->hole.optional && cell_words(filling, piece->hole.column).length == 0)
                return true;
        }
    return false;
}

// The tokens of a step for a row, with an end of their own; count 0: it is left out.
static struct tokens fill_step(struct filling *filling, const struct map_step *step) {
    struct tokens tokens = {0};
    filling->tokens.count = 0;
    for (uint32_t from = 0, to; from < step->count; from = to) {
        to = line_end(step, from);
        if (left_out(filling, step, from, to)) {
            if (from == 0) return tokens;
            uint32_t column = step->tokens[from].token.column;
            while (to < step->count && step->tokens[to].token.column > column) to = line_end(step, to);
            continue;
        }
        for (uint32_t i = from; i < to; i++) {
            const struct map_token *token = &step->tokens[i];
            switch (token->kind) {
            case MAP_TOKEN: VEC_PUSH(&filling->tokens, token->token); break;
            case MAP_CELL: fill_cell(filling, &token->pieces[0].hole); break;
            case MAP_NAME: fill_name(filling, token); break;
            case MAP_TEXT: fill_text(filling, token); break;
            }
        }
    }
    tokens.at = ARENA_ARRAY(filling->importing->scratch, struct token, filling->tokens.count + 1);
    tokens.count = filling->tokens.count + 1;
    if (filling->tokens.count) memcpy(tokens.at, filling->tokens.at, filling->tokens.count * sizeof *tokens.at);
    struct place end = filling->tokens.count ? tokens.at[tokens.count - 2].place : filling->row->place;
    tokens.at[tokens.count - 1] = (struct token){.kind = TOKEN_END, .place = {end.source, end.at + end.length, 0}};
    return tokens;
}

static bool step_is(const struct map_step *step, const char *word) {
    return step->tokens[0].kind == MAP_TOKEN && step->tokens[0].token.kind == TOKEN_NAME &&
           span_is(step->tokens[0].token.text, word);
}

// ---- Errors of a row ------------------------------------------------------------------------------------------------
static bool same_place(struct place a, struct place b) {
    return a.source == b.source && a.at == b.at && a.length == b.length;
}

// What is wrong with a cell says its row and column, once. What is wrong with the map is said for one row only.
static void name_errors(struct importing *importing, struct map *map, const struct table_row *row, uint32_t from) {
    struct diagnostics *all = importing->all;
    bool said = map->wrong;
    uint32_t kept = from;
    for (uint32_t i = from; i < all->items.count; i++) {
        struct diagnostic item = all->items.at[i];
        bool of_map = item.place.source != map->table->source, again = of_map && said;
        for (uint32_t k = from; k < kept && !of_map; k++) again |= same_place(all->items.at[k].place, item.place);
        if (again) {
            all->errors--;
            continue;
        }
        if (of_map) {
            map->wrong = true;
            item.message = span_print(&all->arena, "%.*s (as read for row %u of %.*s)", SPAN_ARG(item.message),
                                      row->number, SPAN_ARG(map->table->name));
        } else if (!span_starts(item.message, "row ")) {
            uint32_t column = 0;
            while (column + 1 < map->table->column_count && row->cells[column + 1].at <= item.place.at) column++;
            item.message = span_print(&all->arena, "row %u, column `%.*s`: %.*s", row->number,
                                      SPAN_ARG(map->table->columns[column]), SPAN_ARG(item.message));
        }
        all->items.at[kept++] = item;
    }
    all->items.count = kept;
}

// ---- Parts ----------------------------------------------------------------------------------------------------------
static void add_step(struct part *part, struct arena *arena, struct tokens tokens, const struct map_step *map,
                     uint32_t most) {
    if (!part->steps) {
        part->steps = ARENA_ARRAY(arena, struct tokens, most);
        part->maps = ARENA_ARRAY(arena, const struct map_step *, most);
    }
    part->steps[part->step_count] = tokens;
    part->maps[part->step_count++] = map;
}

static bool part_time(struct filling *filling, const struct tokens *tokens, const struct part *before,
                      struct token *time) {
    *time = tokens->at[1];
    if (tokens->count != 3 || time->kind != TOKEN_TIME) {
        filling->right = false;
        if (time->kind != TOKEN_END)
            diagnostics_error(filling->importing->all, time->place, "write 2022-01-05, or 2022-01-05 22:00",
                              "a time is wanted here");
        return false;
    }
    if (before && time->integer < before->time.integer) {
        filling->right = false;
        diagnostics_error(filling->importing->all, time->place,
                          "the times of a row do not go back, from one `at` of its map to the next",
                          "this is before the row's time above");
        return false;
    }
    return true;
}

static void fill_row(struct importing *importing, uint32_t map_at, uint32_t row_at) {
    struct map *map = &importing->from->maps[map_at];
    struct filling filling = {.importing = importing, .map = map, .row = &map->table->rows[row_at], .right = true};
    struct part part = {0};
    bool begun = false, skipping = false;
    uint32_t from = importing->all->items.count, parts = importing->parts.count;
    for (uint32_t i = 0; i < map->step_count; i++) {
        const struct map_step *step = &map->steps[i];
        bool at = step_is(step, "at");
        if (skipping && !at) continue;
        struct tokens tokens = fill_step(&filling, step);
        if (!at) {
            if (tokens.count) add_step(&part, importing->scratch, tokens, step, map->step_count - i);
            continue;
        }
        // What stands below a time that is left out is left out with it.
        skipping = tokens.count == 0;
        if (skipping) continue;
        if (begun) VEC_PUSH(&importing->parts, part);
        struct token time;
        bool right = part_time(&filling, &tokens, begun ? &part : NULL, &time);
        part = (struct part){.map = map_at, .row = row_at, .first = i, .time = time};
        begun = right;
        skipping = !right;
    }
    if (begun) VEC_PUSH(&importing->parts, part);
    if (!filling.right) importing->parts.count = parts;
    name_errors(importing, map, filling.row, from);
    VEC_RELEASE(&filling.tokens);
}

static int compare_parts(const void *a, const void *b) {
    const struct part *x = a, *y = b;
    if (x->time.integer != y->time.integer) return x->time.integer < y->time.integer ? -1 : 1;
    if (x->map != y->map) return x->map < y->map ? -1 : 1;
    if (x->row != y->row) return x->row < y->row ? -1 : 1;
    return x->first < y->first ? -1 : x->first > y->first;
}

// ---- The batch as a scenario ----------------------------------------------------------------------------------------
static void write_token(const struct diagnostics *all, const struct token *token, token_kind before, struct text *out) {
    bool tight = token->kind == TOKEN_COMMA || token->kind == TOKEN_RIGHT || token->kind == TOKEN_SEMICOLON ||
                 before == TOKEN_LEFT || before == TOKEN_MINUS || (token->kind == TOKEN_LEFT && before == TOKEN_NAME);
    if (before != TOKEN_END && !tight) text_byte(out, ' ');
    if (token->kind == TOKEN_TEXT) text_literal(out, token->text);
    else if (token->kind == TOKEN_NAME) text_add(out, token->text);
    else if (token->kind == TOKEN_COMMA) text_byte(out, ',');
    else text_add(out, span_part(all->sources.at[token->place.source].text, token->place.at, token->place.length));
}

static void write_tokens(const struct diagnostics *all, const struct tokens *tokens, uint32_t from, struct text *out) {
    token_kind before = from ? tokens->at[from - 1].kind : TOKEN_END;
    for (uint32_t i = from; tokens->at[i].kind != TOKEN_END; i++) {
        write_token(all, &tokens->at[i], before, out);
        before = tokens->at[i].kind;
    }
    text_byte(out, '\n');
}

static void write_standing(struct text *out, tree_standing standing) {
    if (*standing_word(standing)) text_print(out, ", %s", standing_word(standing));
}

// tokens: `recorded "MEDIUM"` as the map has it; NULL where it has none.
static void write_recorded(const struct diagnostics *all, const struct table_row *row, const struct tokens *tokens,
                           struct text *out) {
    text_print(out, "recorded ");
    text_literal(out, tokens ? tokens->at[1].text : row->source);
    write_standing(out, row->standing);
    if (tokens && tokens->at[2].kind != TOKEN_END) write_tokens(all, tokens, 2, out);
    else text_byte(out, '\n');
    for (uint32_t i = 0; i < row->reading_count; i++) {
        text_print(out, "  or ");
        text_literal(out, row->readings[i].words);
        text_print(out, " recorded ");
        text_literal(out, row->readings[i].source);
        write_standing(out, row->readings[i].standing);
        text_byte(out, '\n');
    }
}

static bool sets_record(const struct map_step *step, const struct tokens *tokens) {
    return step_is(step, "recorded") && tokens->at[1].kind == TOKEN_TEXT;
}

static void write_part(const struct importing *importing, const struct part *part, struct text *out) {
    const struct map *map = &importing->from->maps[part->map];
    const struct table_row *row = &map->table->rows[part->row];
    bool with_record = part->step_count && sets_record(part->maps[0], &part->steps[0]);
    text_print(out, "\nat ");
    write_token(importing->all, &part->time, TOKEN_END, out);
    text_print(out, "  -- %.*s row %u\n", SPAN_ARG(map->table->name), row->number);
    if (!with_record) write_recorded(importing->all, row, NULL, out);
    for (uint32_t i = 0; i < part->step_count; i++) {
        if (sets_record(part->maps[i], &part->steps[i])) write_recorded(importing->all, row, &part->steps[i], out);
        else write_tokens(importing->all, &part->steps[i], 0, out);
    }
}

// ---- Reading --------------------------------------------------------------------------------------------------------
static struct span medium_of(struct reader *reader, struct span words, const struct table_row *row) {
    struct recorded recorded = {.medium = words, .standing = row->standing, .reading_count = row->reading_count};
    struct reading *readings = ARENA_ARRAY(reader->arena, struct reading, row->reading_count + 1);
    for (uint32_t i = 0; i < row->reading_count; i++)
        readings[i] = (struct reading){row->readings[i].words, row->readings[i].source, row->readings[i].standing};
    recorded.readings = readings;
    return recorded_words(reader->arena, NULL, &recorded);
}

static void read_record_line(struct importing *importing, struct tokens tokens, const struct table_row *row) {
    struct reader *reader = importing->reader;
    if (!reader_step(reader, tokens)) return;
    if (reader->standing != STANDING_DEFAULT)
        diagnostics_error(importing->all, tokens.at[0].place, "leave it out: it is that of the row",
                          "the standing of a row is what its column `standing` says");
    reader->medium = medium_of(reader, reader->medium, row);
    reader->standing = row->standing;
}

static void read_part(struct importing *importing, const struct part *part) {
    struct reader *reader = importing->reader;
    struct map *map = &importing->from->maps[part->map];
    const struct table_row *row = &map->table->rows[part->row];
    uint32_t from = importing->all->items.count, steps = reader->steps.count;
    bool back = reader->with_clock && part->time.integer < reader->clock;
    if (back)
        diagnostics_error(importing->all, part->time.place,
                          "rows come at or after the time that the scenario has reached", "the clock does not go back");
    reader->cells = map->table->source;
    reader->with_clock = true;
    if (!back) reader->clock = part->time.integer;
    reader->offset = token_offset(reader, &part->time);
    reader->recorded = true;
    reader->registrar = (struct operand){.kind = OPERAND_ANY};
    reader->medium = medium_of(reader, row->source, row);
    reader->standing = row->standing;
    for (uint32_t i = 0; i < part->step_count; i++) {
        if (sets_record(part->maps[i], &part->steps[i])) read_record_line(importing, part->steps[i], row);
        else (void)reader_step(reader, part->steps[i]);
    }
    for (uint32_t i = steps; i < reader->steps.count; i++) {
        reader->steps.at[i].place = row->place;
        reader->steps.at[i].table = span_copy(reader->arena, map->table->name);
        reader->steps.at[i].row = row->number;
    }
    reader->cells = NO_ID;
    name_errors(importing, map, row, from);
    if (reader->echo) write_part(importing, part, reader->echo);
}

// The rows of a register as steps, in order of time: the same for all that take it in, so they are put together once.
static void fill_register(struct importing *importing) {
    struct import_register *from = importing->from;
    uint32_t errors = importing->all->errors;
    for (uint32_t i = 0; i < from->map_count; i++)
        for (uint32_t k = 0; k < from->maps[i].table->row_count; k++)
            if (!from->maps[i].table->rows[k].kept && !from->maps[i].table->rows[k].wrong) fill_row(importing, i, k);
    if (importing->parts.count)
        qsort(importing->parts.at, importing->parts.count, sizeof *importing->parts.at, compare_parts);
    from->parts = ARENA_ARRAY(importing->scratch, struct part, importing->parts.count + 1);
    if (importing->parts.count)
        memcpy(from->parts, importing->parts.at, sizeof *from->parts * importing->parts.count);
    from->part_count = importing->parts.count;
    from->filled = true;
    from->filled_wrong = importing->all->errors > errors;
    VEC_RELEASE(&importing->parts);
}

// Takes over the parts before `until` that were read for another scenario; returns how many.
static uint32_t take_read(struct reader *reader, const struct import_register *from, int64_t until) {
    uint32_t count = 0;
    while (count < from->read.count && from->parts[count].time.integer < until) count++;
    if (count == 0) return 0;
    const struct part_read *last = &from->read.at[count - 1];
    for (uint32_t i = 0; i < last->steps; i++) VEC_PUSH(&reader->steps, from->steps.at[i]);
    for (uint32_t i = 0; i < last->names; i++) VEC_PUSH(&reader->names, from->names.at[i]);
    reader->with_clock = true;
    reader->clock = from->parts[count - 1].time.integer;
    reader->offset = last->offset;
    return count;
}

static void keep_read(const struct reader *reader, struct import_register *from) {
    for (uint32_t i = from->steps.count; i < reader->steps.count; i++) VEC_PUSH(&from->steps, reader->steps.at[i]);
    for (uint32_t i = from->names.count; i < reader->names.count; i++) VEC_PUSH(&from->names, reader->names.at[i]);
    VEC_PUSH(&from->read, (struct part_read){reader->steps.count, reader->names.count, reader->offset});
}

void register_release(struct import_register *from) {
    VEC_RELEASE(&from->read);
    VEC_RELEASE(&from->steps);
    VEC_RELEASE(&from->names);
}

bool reader_import(struct reader *reader, struct import_register *from, int64_t until) {
    struct importing importing = {.reader = reader, .all = reader->all, .from = from, .scratch = reader->arena};
    uint32_t errors = reader->all->errors, next = reader->next;
    struct tokens step = reader->tokens;    // which takes the register in
    reader->scenario.imports = true;
    if (!from->filled) fill_register(&importing);
    bool first = !reader->steps.count && !reader->names.count && !reader->with_clock && !reader->echo;
    uint32_t i = first ? take_read(reader, from, until) : reader->register_taken == from ? reader->parts_taken : 0;
    for (; i < from->part_count && from->parts[i].time.integer < until; i++) {
        read_part(&importing, &from->parts[i]);
        if (first && i == from->read.count && reader->all->errors == errors) keep_read(reader, from);
    }
    reader->register_taken = from;
    reader->parts_taken = i;
    reader->recorded = false;
    reader->standing = STANDING_DEFAULT;
    reader->tokens = step;
    reader->next = next;
    if (reader->all->errors > errors || from->filled_wrong) reader->lost = true;
    return reader->all->errors == errors && !from->filled_wrong;
}
