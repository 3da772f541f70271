// SPDX-License-Identifier: Apache-2.0
// Reads tables: CSV (RFC 4180) with the place of each cell, and what every row of a register has.
#include "scenario/import_internal.h"

// ---- Records --------------------------------------------------------------------------------------------------------
struct records {
    struct diagnostics *all;
    struct span text;
    uint32_t source, at;
    bool wrong, endless;             // endless: a cell that does not end took the rest
    VEC(struct table_cell) cells;    // of the record that is read
};

static void fault(struct records *records, uint32_t from, uint32_t to, const char *hint, const char *message) {
    records->wrong = true;
    diagnostics_error(records->all, (struct place){records->source, from, to - from}, hint, "%s", message);
}

static bool at_line_end(const struct records *records) {
    return records->at >= records->text.length || records->text.at[records->at] == '\n' ||
           records->text.at[records->at] == '\r';
}

static bool at_cell_end(const struct records *records) {
    return at_line_end(records) || records->text.at[records->at] == ',';
}

// "..." with "" for a quotation mark; lines may end inside.
static void read_quoted(struct records *records) {
    uint32_t open = records->at++, from = records->at;
    for (;; records->at++) {
        if (records->at >= records->text.length) {
            fault(records, open, open + 1, "it ends with a quotation mark; one within it is doubled",
                  "the cell begun here has no end");
            records->endless = true;
            break;
        }
        if (records->text.at[records->at] != '"') continue;
        if (records->at + 1 >= records->text.length || records->text.at[records->at + 1] != '"') break;
        records->at++;
    }
    VEC_PUSH(&records->cells, (struct table_cell){from, records->at - from, true});
    if (records->endless) return;
    uint32_t behind = ++records->at;
    while (!at_cell_end(records)) records->at++;
    if (records->at > behind)
        fault(records, behind, records->at, "a quotation mark within a cell is doubled: \"\"",
              "after the quotation mark that ends a cell there is a comma or the end of the line");
}

static void read_plain(struct records *records) {
    uint32_t from = records->at;
    while (!at_cell_end(records)) records->at++;
    const char *mark = records->at > from ? memchr(records->text.at + from, '"', records->at - from) : NULL;
    if (mark)
        fault(records, (uint32_t)(mark - records->text.at), (uint32_t)(mark - records->text.at) + 1,
              "put the whole cell in quotation marks and double those within it",
              "a quotation mark stands in a cell that does not begin with one");
    VEC_PUSH(&records->cells, (struct table_cell){from, records->at - from, false});
}

static void read_record(struct records *records) {
    records->cells.count = 0;
    for (;;) {
        if (records->at < records->text.length && records->text.at[records->at] == '"') read_quoted(records);
        else read_plain(records);
        if (at_line_end(records)) break;
        records->at++;    // the comma
    }
    if (records->at < records->text.length && records->text.at[records->at] == '\r') records->at++;
    else if (records->at < records->text.length) records->at++;
    if (records->at > 0 && records->at < records->text.length && records->text.at[records->at - 1] == '\r' &&
        records->text.at[records->at] == '\n')
        records->at++;
}

// ---- Cells ----------------------------------------------------------------------------------------------------------
static struct span trimmed(struct span text, uint32_t *before) {
    struct span inner = span_trim(text);
    *before = inner.length ? (uint32_t)(inner.at - text.at) : 0;
    return inner;
}

struct place table_place(const struct table *table, const struct table_row *row, uint32_t column) {
    struct table_cell cell = row->cells[column];
    return (struct place){table->source, cell.at, cell.length};
}

struct span table_words(const struct diagnostics *all, struct arena *arena, const struct table *table,
                        const struct table_row *row, uint32_t column) {
    const struct table_cell *cell = &row->cells[column];
    uint32_t before;
    struct span raw = trimmed(span_part(all->sources.at[table->source].text, cell->at, cell->length), &before);
    bool plain = true;
    for (uint32_t i = 0; i < raw.length; i++)
        plain = plain && raw.at[i] != '"' && raw.at[i] != '\n' && raw.at[i] != '\r';
    if (plain) return raw;
    char *words = arena_alloc(arena, raw.length + 1);
    uint32_t length = 0;
    for (uint32_t i = 0; i < raw.length; i++) {
        char byte = raw.at[i];
        if (byte == '\r' && i + 1 < raw.length && raw.at[i + 1] == '\n') continue;
        words[length++] = byte == '\n' || byte == '\r' ? ' ' : byte;
        if (byte == '"' && i + 1 < raw.length && raw.at[i + 1] == '"') i++;
    }
    return (struct span){words, length};
}

uint32_t table_column(const struct table *table, struct span name) {
    for (uint32_t i = 0; i < table->column_count; i++)
        if (span_equal(table->columns[i], name)) return i;
    return NO_COLUMN;
}

void text_literal(struct text *out, struct span words) {
    text_byte(out, '"');
    for (uint32_t i = 0; i < words.length; i++) {
        if (words.at[i] == '"' || words.at[i] == '\\') text_byte(out, '\\');
        text_byte(out, words.at[i]);
    }
    text_byte(out, '"');
}

// The lexer of the language is asked.
bool text_allowed(struct arena *arena, struct span words, struct span *message, struct span *hint) {
    bool plain = true;
    for (uint32_t i = 0; i < words.length; i++) plain = plain && words.at[i] >= 0x20 && words.at[i] < 0x7F;
    if (plain) return true;
    struct diagnostics asked;
    struct text literal = {0};
    diagnostics_init(&asked);
    text_literal(&literal, words);
    lex(arena, &asked, diagnostics_source(&asked, SPAN(""), text_span(&literal)), 0, (uint32_t)literal.length, 0);
    bool allowed = asked.errors == 0;
    if (!allowed) {
        *message = span_copy(arena, asked.items.at[0].message);
        *hint = span_copy(arena, asked.items.at[0].hint);
    }
    text_release(&literal);
    diagnostics_release(&asked);
    return allowed;
}

// ---- The table ------------------------------------------------------------------------------------------------------
static bool read_head(struct records *records, struct arena *arena, struct table *table) {
    uint32_t from = records->at;
    read_record(records);
    struct place place = {records->source, from, 0};
    if (records->cells.count > TABLE_COLUMNS_MAX) {
        diagnostics_error(records->all, place, NULL, "a table has at most %u columns, this one has %u",
                          TABLE_COLUMNS_MAX, records->cells.count);
        return false;
    }
    struct table_row head = {.cells = records->cells.at};
    table->columns = ARENA_ARRAY(arena, struct span, records->cells.count);
    bool right = !records->wrong;
    for (uint32_t i = 0; i < records->cells.count; i++) {
        struct span name = table_words(records->all, arena, table, &head, i);
        struct place cell = table_place(table, &head, i);
        struct span message, hint;
        if (!text_allowed(arena, name, &message, &hint)) {
            right = false;
            diagnostics_error(records->all, cell, hint.at, "%.*s", SPAN_ARG(message));
        } else if (name.length == 0) {
            right = false;
            diagnostics_error(records->all, cell, "each column has a name in the first row", "column %u has no name",
                              i + 1);
        } else if (table_column(table, name) != NO_COLUMN) {
            right = false;
            diagnostics_error(records->all, cell, NULL, "two columns are called `%.*s`", SPAN_ARG(name));
        }
        table->columns[table->column_count++] = span_copy(arena, name);
    }
    bool semicolons = records->cells.count == 1 && memchr(table->columns[0].at, ';', table->columns[0].length);
    for (uint32_t i = 0; right && i < 2; i++) {
        static const char *const needed[] = {"source", "standing"};
        if (table_column(table, span_of(needed[i])) != NO_COLUMN) continue;
        right = false;
        diagnostics_error(records->all, place,
                          semicolons ? "cells are separated by commas, not by semicolons"
                          : i == 0   ? "each row says what it rests on"
                                     : "each row says how sure it is: documented, disputed, unverified or notional",
                          "this table has no column `%s`", needed[i]);
        if (semicolons) break;
    }
    return right;
}

static bool cells_right(struct records *records, const struct table *table, const struct table_row *row,
                        uint32_t count) {
    if (count != table->column_count) {
        diagnostics_error(records->all, row->place,
                          count > table->column_count ? "a cell that holds a comma stands in quotation marks" : NULL,
                          "row %u has %u cell%s, the head has %u", row->number, count, count == 1 ? "" : "s",
                          table->column_count);
        return false;
    }
    bool right = true;
    for (uint32_t i = 0; i < count; i++) {
        if (row->cells[i].length <= CELL_BYTES_MAX) continue;
        struct place place = table_place(table, row, i);
        place.length = 1;
        right = false;
        diagnostics_error(records->all, place, NULL,
                          "row %u, column `%.*s`: a cell has at most %u bytes, this one has %u", row->number,
                          SPAN_ARG(table->columns[i]), CELL_BYTES_MAX, row->cells[i].length);
    }
    return right;
}

static bool read_rows(struct records *records, struct arena *arena, struct table *table) {
    VEC(struct table_row) rows = {0};
    bool right = true;
    for (uint32_t number = 2; records->at < records->text.length; number++) {
        struct table_row row = {.number = number, .place = {records->source, records->at, 0}};
        records->wrong = false;
        read_record(records);
        uint32_t end = row.place.at, count = records->cells.count;
        while (end < records->text.length && records->text.at[end] != '\n' && records->text.at[end] != '\r') end++;
        row.place.length = end - row.place.at;
        bool blank = count == 1 && records->cells.at[0].length == 0 && !records->cells.at[0].quoted;
        if (blank && table->column_count > 1) continue;
        if (rows.count == TABLE_ROWS_MAX) {
            diagnostics_error(records->all, row.place, "make two tables of it", "a table has at most %u rows",
                              TABLE_ROWS_MAX);
            right = false;
            break;
        }
        struct table_cell *cells = ARENA_ARRAY(arena, struct table_cell, count);
        memcpy(cells, records->cells.at, count * sizeof *cells);
        row.cells = cells;
        // Where quotation marks are wrong the cells are not what was meant.
        if (records->wrong || !cells_right(records, table, &row, count)) right = false;
        else VEC_PUSH(&rows, row);
    }
    table->rows = ARENA_ARRAY(arena, struct table_row, rows.count + 1);
    table->row_count = rows.count;
    if (rows.count) memcpy(table->rows, rows.at, rows.count * sizeof *rows.at);
    VEC_RELEASE(&rows);
    return right;
}

static bool read_table(struct diagnostics *all, struct arena *arena, struct table *table) {
    uint32_t source = table->source;
    struct records records = {.all = all, .source = source, .text = all->sources.at[source].text};
    struct place start = {source, 0, 0};
    uint32_t bad_at;
    if (records.text.length > TABLE_BYTES_MAX) {
        diagnostics_error(all, start, "make two tables of it", "a table has at most %u bytes, this one has %u",
                          TABLE_BYTES_MAX, records.text.length);
        return false;
    }
    if (!span_utf8_valid(records.text, &bad_at)) {
        diagnostics_error(all, (struct place){source, bad_at, 1}, "save the table as UTF-8",
                          "a byte that is not UTF-8: 0x%02X", (unsigned char)records.text.at[bad_at]);
        return false;
    }
    if (span_starts(records.text, "\xEF\xBB\xBF")) records.at = 3;
    if (records.at == records.text.length) {
        diagnostics_error(all, start, "its first row names the columns", "this table is empty");
        return false;
    }
    bool right = read_head(&records, arena, table);
    // Of a head that is wrong no map is held to anything.
    if (!right) table->column_count = 0;
    right = right && read_rows(&records, arena, table);
    VEC_RELEASE(&records.cells);
    return right;
}

// ---- What every row has ---------------------------------------------------------------------------------------------
static const struct {
    const char *word;
    tree_standing standing;
} standings[] = {{"documented", STANDING_VERIFIED},
                 {"verified", STANDING_VERIFIED},    // as the language says it
                 {"disputed", STANDING_DISPUTED},
                 {"unverified", STANDING_UNVERIFIED},
                 {"notional", STANDING_NOTIONAL}};

struct checking {
    struct diagnostics *all;
    struct arena *arena;
    struct table *table;
    uint32_t source, standing, id, reading;    // columns
    bool right;
};

static void wrong_cell(struct checking *checking, struct table_row *row, uint32_t column, const char *hint,
                       const char *message) {
    checking->right = false;
    row->wrong = true;
    diagnostics_error(checking->all, table_place(checking->table, row, column), hint, "row %u, column `%.*s`: %s",
                      row->number, SPAN_ARG(checking->table->columns[column]), message);
}

static struct span words(struct checking *checking, const struct table_row *row, uint32_t column) {
    if (column == NO_COLUMN) return SPAN("");
    return table_words(checking->all, checking->arena, checking->table, row, column);
}

// A cell whose words are shown.
static struct span shown_words(struct checking *checking, struct table_row *row, uint32_t column) {
    struct span all = words(checking, row, column), message, hint;
    if (!text_allowed(checking->arena, all, &message, &hint)) wrong_cell(checking, row, column, hint.at, message.at);
    return all;
}

static void check_standing(struct checking *checking, struct table_row *row) {
    struct span word = words(checking, row, checking->standing), names[COUNT_OF(standings)];
    for (uint32_t i = 0; i < COUNT_OF(standings); i++) {
        names[i] = span_of(standings[i].word);
        if (span_equal(word, names[i])) row->standing = standings[i].standing;
    }
    if (row->standing != STANDING_DEFAULT) return;
    struct span near = span_nearest(word, names, COUNT_OF(names));
    struct span hint = near.length ? span_print(checking->arena, "did you mean `%.*s`?", SPAN_ARG(near))
                                   : SPAN("it is documented, disputed, unverified or notional");
    wrong_cell(checking, row, checking->standing, hint.at,
               word.length == 0 ? "how sure the row is must be stated" : "this is no standing");
}

static void check_row(struct checking *checking, struct table_row *row) {
    row->source = shown_words(checking, row, checking->source);
    if (row->source.length == 0)
        wrong_cell(checking, row, checking->source, "name the document or the page",
                   "what the row rests on must be stated");
    check_standing(checking, row);
    struct span reading = words(checking, row, checking->reading);
    row->kept = span_is(reading, "or");
    if (reading.length && !row->kept && !span_is(reading, "runs"))
        wrong_cell(checking, row, checking->reading,
                   "of several readings the one that runs says `runs`, the others say `or`",
                   "this is neither `runs` nor `or`");
    if (row->kept && words(checking, row, checking->id).length == 0)
        wrong_cell(checking, row, checking->reading, "the readings of one thing have one `id`",
                   "it is not said of what this is a reading");
}

// ---- Readings -------------------------------------------------------------------------------------------------------
// The columns in which a reading says something else, or those of which it says nothing.
static void differences(struct checking *checking, const struct table_row *run, struct table_row *other, bool stated,
                        struct text *out) {
    for (uint32_t i = 0; i < checking->table->column_count; i++) {
        if (i == checking->id || i == checking->reading || i == checking->source || i == checking->standing) continue;
        struct span theirs = shown_words(checking, other, i);
        if (span_equal(theirs, words(checking, run, i)) || (theirs.length > 0) != stated) continue;
        text_print(out, "%s%.*s %.*s", out->length ? ", " : "", SPAN_ARG(checking->table->columns[i]),
                   SPAN_ARG(stated ? theirs : SPAN("not stated")));
    }
}

// What a reading says otherwise than the row that runs: "from 2007-06-10". What it leaves open is said where it says no
// more.
static struct span difference(struct checking *checking, const struct table_row *run, struct table_row *other) {
    struct text out = {0};
    struct span told;
    differences(checking, run, other, true, &out);
    if (out.length == 0) differences(checking, run, other, false, &out);
    if (out.length == 0) text_print(&out, "the same");
    text_end(&out, &told, checking->arena);
    return told;
}

// rows [from, to) of `order` have one id.
static void check_readings(struct checking *checking, struct table_row **order, uint32_t from, uint32_t to) {
    struct table_row *run = NULL;
    for (uint32_t i = from; i < to; i++) {
        struct table_row *row = order[i];
        bool marked = words(checking, row, checking->reading).length > 0;
        if (to - from > 1 && !marked) {
            struct span hint = span_print(checking->arena,
                                          "if they are readings of one thing, a column `reading` says `runs` or `or`; "
                                          "else give each an id of its own");
            struct span message =
                span_print(checking->arena, "row %u has the same id", order[i == from ? to - 1 : from]->number);
            wrong_cell(checking, row, checking->id, hint.at, message.at);
            return;
        }
        if (row->kept) continue;
        if (run) {
            struct span message = span_print(checking->arena, "row %u runs already for this id", run->number);
            wrong_cell(checking, row, checking->reading, "one reading runs, the others say `or`", message.at);
            return;
        }
        run = row;
    }
    if (!run) {
        wrong_cell(checking, order[from], checking->reading, "the reading that runs says `runs`",
                   "of these readings none runs");
        return;
    }
    struct table_reading *readings = ARENA_ARRAY(checking->arena, struct table_reading, to - from);
    for (uint32_t i = from; i < to; i++)
        if (order[i] != run)
            readings[run->reading_count++] =
                (struct table_reading){difference(checking, run, order[i]), order[i]->source, order[i]->standing};
    run->readings = readings;
}

struct named_row {
    struct span id;
    struct table_row *row;
};

static int compare_named(const void *a, const void *b) {
    const struct named_row *x = a, *y = b;
    int order = span_compare(x->id, y->id);
    if (order) return order;
    return x->row->number < y->row->number ? -1 : x->row->number > y->row->number;
}

static void check_ids(struct checking *checking) {
    struct table *table = checking->table;
    struct named_row *named = ARENA_ARRAY(checking->arena, struct named_row, table->row_count + 1);
    struct table_row **order = ARENA_ARRAY(checking->arena, struct table_row *, table->row_count + 1);
    uint32_t count = 0;
    for (uint32_t i = 0; i < table->row_count; i++) {
        struct span id = words(checking, &table->rows[i], checking->id);
        if (id.length) named[count++] = (struct named_row){id, &table->rows[i]};
    }
    if (count) qsort(named, count, sizeof *named, compare_named);
    for (uint32_t i = 0; i < count; i++) order[i] = named[i].row;
    for (uint32_t from = 0, to; from < count; from = to) {
        for (to = from + 1; to < count && span_equal(named[to].id, named[from].id);) to++;
        if (to - from > 1 || order[from]->kept) check_readings(checking, order, from, to);
    }
}

static bool check_table(struct diagnostics *all, struct arena *arena, struct table *table) {
    struct checking checking = {all,
                                arena,
                                table,
                                table_column(table, SPAN("source")),
                                table_column(table, SPAN("standing")),
                                table_column(table, SPAN("id")),
                                table_column(table, SPAN("reading")),
                                true};
    for (uint32_t i = 0; i < table->row_count; i++) check_row(&checking, &table->rows[i]);
    if (checking.id != NO_COLUMN) check_ids(&checking);
    return checking.right;
}

bool table_open(struct diagnostics *all, struct arena *arena, struct table *table) {
    if (table->opened) return table->right;
    table->opened = true;
    table->right = read_table(all, arena, table);
    // Rows that could be read are looked at, so that all that is wrong is said in one go.
    if (table->row_count && !check_table(all, arena, table)) table->right = false;
    return table->right;
}
