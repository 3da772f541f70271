// SPDX-License-Identifier: Apache-2.0
// A register: tables, maps that say what a row is, and what the rows become. Format: docs/import.md.
#ifndef ENTENTE_SCENARIO_IMPORT_INTERNAL_H
#define ENTENTE_SCENARIO_IMPORT_INTERNAL_H

#include "scenario/scenario_internal.h"

// ---- Tables ---------------------------------------------------------------------------------------------------------
// CSV as RFC 4180 has it, in UTF-8, with or without a byte order mark; lines end in LF, CR LF or CR. The first record
// is the head. A cell keeps its place, so that what is wrong with it is shown in its own line.
struct table_cell { uint32_t at, length; bool quoted; };      // bytes of the source, without the quotation marks around
struct table_reading { struct span words, source; tree_standing standing; };
struct table_row {
    uint32_t number;                 // as a spreadsheet counts: the head is row 1
    struct place place;              // its first line
    const struct table_cell *cells;
    struct span source;              // what it rests on, and how sure that is
    tree_standing standing;
    bool wrong;                      // that was said; no map is asked
    bool kept;                       // a reading that does not run: it is words, and no map is asked
    const struct table_reading *readings; uint32_t reading_count;      // of the row that runs
};
struct table {
    struct span name;                // of its file, without the folder
    uint32_t source;
    struct span *columns; uint32_t column_count;
    struct table_row *rows; uint32_t row_count;
    bool opened, right;              // it has been read; nothing in it is wrong
};
#define NO_COLUMN UINT32_MAX
// Reads the source of a table, the first time that it is wanted, and what every row has: what it rests on, how sure
// that is, which of several readings runs. False where anything is wrong; all that is wrong is said, once.
bool table_open(struct diagnostics *all, struct arena *arena, struct table *table);
void text_literal(struct text *out, struct span words);        // with quotation marks and escapes
// Is this what a text of the language may hold? Where not, what is wrong, and what to do.
bool text_allowed(struct arena *arena, struct span words, struct span *message, struct span *hint);
uint32_t table_column(const struct table *table, struct span name);       // NO_COLUMN where there is none
// A cell's words: without blanks around, doubled quotation marks as one, line ends as blanks.
struct span table_words(const struct diagnostics *all, struct arena *arena, const struct table *table,
                        const struct table_row *row, uint32_t column);
struct place table_place(const struct table *table, const struct table_row *row, uint32_t column);

// ---- Maps -----------------------------------------------------------------------------------------------------------
// A block marked `import`: steps of a scenario with columns in braces.
struct map_hole { uint32_t column; bool optional, list; };
struct map_piece { struct span text; bool is_hole; struct map_hole hole; };
typedef enum {
    MAP_TOKEN,                       // as it stands
    MAP_CELL,                        // {column}: a value
    MAP_NAME,                        // chair-{id}: a name of pieces
    MAP_TEXT                         // "in {place}": a text of pieces
} map_kind;
struct map_token { map_kind kind; struct token token; const struct map_piece *pieces; uint32_t piece_count; };
struct map_step { const struct map_token *tokens; uint32_t count; };      // without an end
struct map {
    struct table *table;
    uint32_t source;                 // of the map itself
    const struct map_step *steps; uint32_t step_count;                    // from the first `at` on
    bool wrong;                      // a fault of the map, not of a row, was said
};
// Reads one block; its table is found among `tables` and opened. A map without steps reads its table and no more. False
// where anything is wrong.
MUST_USE bool map_read(struct diagnostics *all, struct arena *arena, uint32_t source, const struct fence *fence,
                       int32_t offset, struct table *tables, uint32_t table_count, struct map *map);

// ---- Registers ------------------------------------------------------------------------------------------------------
struct part;
struct part_read { uint32_t steps, names; int32_t offset; };      // of the scenario, up to and with a part; of its clock
struct import_register {
    struct span path;                // of the folder
    struct place place;              // of its first map
    struct table *tables; uint32_t table_count;
    struct map *maps; uint32_t map_count;
    bool right;
    bool wrong_once;                 // that it is not was said where it is taken in
    struct part *parts; uint32_t part_count;      // its rows as steps, once it was taken in (import.c)
    bool filled, filled_wrong;
    // The first parts as a scenario that begins with them reads them: the same in each.
    VEC(struct part_read) read;
    VEC(struct scenario_step) steps;
    VEC(struct scenario_name) names;
    struct import_register *next;    // of those that a set has read
};


// Reads the register of a folder, or one that is in memory. It is kept with the set, and read once.
struct import_register *register_read(struct diagnostics *all, const struct program *program, struct span path,
                                      struct scenario_set *set);
struct import_register *register_read_files(struct diagnostics *all, const struct program *program, struct span path,
                                            const struct register_file *files, uint32_t count,
                                            struct scenario_set *set);
void register_release(struct import_register *from);      // what is not in the arena of its set
// Takes its rows before `until` into the scenario that is read. False: an error was reported.
bool reader_import(struct reader *reader, struct import_register *from, int64_t until);

#endif
