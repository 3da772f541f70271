// SPDX-License-Identifier: Apache-2.0
// Reads a register: the tables and maps of a folder.
#include "scenario/import_internal.h"

static bool ends_in(struct span name, const char *end) {
    uint32_t length = (uint32_t)strlen(end);
    return name.length > length && memcmp(name.at + name.length - length, end, length) == 0;
}

static struct span last_part(struct span path) {
    uint32_t slash = path.length;
    while (slash > 0 && path.at[slash - 1] != '/') slash--;
    return span_part(path, slash, path.length - slash);
}

// A table's name stands in comments and messages.
static bool plain_name(struct span name) {
    for (uint32_t i = 0; i < name.length; i++) {
        char byte = name.at[i];
        bool plain = (byte >= 'a' && byte <= 'z') || (byte >= 'A' && byte <= 'Z') || (byte >= '0' && byte <= '9') ||
                     byte == '-' || byte == '_' || byte == '.';
        if (!plain) return false;
    }
    return true;
}

static uint32_t source_of(struct diagnostics *all, const struct register_file *file) {
    uint32_t source;
    return find_source(all, file->path, &source) ? source : diagnostics_source(all, file->path, file->text);
}

static void read_tables(struct diagnostics *all, const struct register_file *files, uint32_t count, struct arena *arena,
                        struct import_register *into) {
    into->tables = ARENA_ARRAY(arena, struct table, count + 1);
    for (uint32_t i = 0; i < count; i++) {
        if (!ends_in(files[i].path, ".csv")) continue;
        uint32_t source = source_of(all, &files[i]);
        struct span name = span_copy(arena, last_part(files[i].path));
        struct place start = {source, 0, 0};
        struct table *table = &into->tables[into->table_count];
        if (into->table_count == TABLES_MAX) {
            diagnostics_error(all, start, NULL, "a register has at most %u tables", TABLES_MAX);
            into->right = false;
            return;
        }
        if (!plain_name(name)) {
            diagnostics_error(all, start, "letters, digits, hyphens and underscores", "this is no name for a table");
            into->right = false;
            continue;
        }
        *table = (struct table){.name = name, .source = source};
        into->table_count++;
    }
}

static void read_maps(struct diagnostics *all, const struct program *program, const struct register_file *files,
                      uint32_t count, struct arena *arena, struct import_register *into) {
    VEC(struct map) maps = {0};
    for (uint32_t i = 0; i < count; i++) {
        if (!ends_in(files[i].path, ".md")) continue;
        uint32_t source = source_of(all, &files[i]);
        struct fences fences = markdown_fences(arena, all, source);
        for (uint32_t k = 0; k < fences.count; k++) {
            struct map map = {0};
            if (!span_is(fences.at[k].info, "import")) continue;
            if (maps.count == 0) into->place = (struct place){source, fences.at[k].from, 0};
            if (map_read(all, arena, source, &fences.at[k], program->offset, into->tables, into->table_count, &map))
                VEC_PUSH(&maps, map);
            else into->right = false;
            if (map.table && !map.table->right) into->right = false;
        }
    }
    into->maps = ARENA_ARRAY(arena, struct map, maps.count + 1);
    into->map_count = maps.count;
    if (maps.count) memcpy(into->maps, maps.at, maps.count * sizeof *maps.at);
    VEC_RELEASE(&maps);
}

static struct import_register *find_register(struct scenario_set *set, struct span path) {
    struct import_register *found = set->registers;
    while (found && !span_equal(found->path, path)) found = found->next;
    return found;
}

static struct import_register *new_register(struct scenario_set *set, struct span path) {
    struct import_register *made = ARENA_NEW(&set->arena, struct import_register);
    *made = (struct import_register){.path = span_copy(&set->arena, path), .right = true, .next = set->registers};
    return set->registers = made;
}

static void nothing_there(struct diagnostics *all, struct import_register *of, const char *hint, const char *message) {
    struct place place = {diagnostics_source(all, of->path, SPAN("")), 0, 0};
    diagnostics_error(all, place, hint, "%s", message);
    of->right = false;
}

static struct import_register *read_files(struct diagnostics *all, const struct program *program,
                                          struct import_register *into, const struct register_file *files,
                                          uint32_t count, struct scenario_set *set) {
    read_tables(all, files, count, &set->arena, into);
    read_maps(all, program, files, count, &set->arena, into);
    if (into->right && into->map_count == 0)
        nothing_there(all, into, "a file .md beside the tables holds a block marked `import` for each",
                      "this folder holds no register: it has no map");
    for (uint32_t i = 0; i < into->table_count; i++)
        if (!into->tables[i].opened)
            diagnostics_warn(all, (struct place){into->tables[i].source, 0, 0},
                             "a block marked `import` that begins with its name says what a row is",
                             "no map takes this table in: it is not read");
    return into;
}

struct import_register *register_read_files(struct diagnostics *all, const struct program *program, struct span path,
                                            const struct register_file *files, uint32_t count,
                                            struct scenario_set *set) {
    return read_files(all, program, new_register(set, path), files, count, set);
}

// A file that was read before is not read again.
static bool read_file(struct diagnostics *all, struct arena *arena, struct register_file *file) {
    uint32_t source;
    if (find_source(all, file->path, &source)) return true;
    if (file_read(arena, file->path.at, &file->text) == BASE_OK) return true;
    struct place nowhere = {diagnostics_source(all, file->path, SPAN("")), 0, 0};
    diagnostics_error(all, nowhere, NULL, "cannot read this file");
    return false;
}

// "cases/../register" as "register": one folder has one name.
static struct span plain_path(struct arena *arena, struct span path) {
    VEC(struct span) parts = {0};
    struct text out = {0};
    struct span plain;
    bool root = path.length && path.at[0] == '/';
    for (uint32_t at = 0; at < path.length; at++) {
        uint32_t from = at;
        while (at < path.length && path.at[at] != '/') at++;
        struct span part = span_part(path, from, at - from);
        if (part.length == 0 || span_is(part, ".")) continue;
        bool up = span_is(part, "..");
        if (up && parts.count && !span_is(parts.at[parts.count - 1], "..")) parts.count--;
        else VEC_PUSH(&parts, part);
    }
    for (uint32_t i = 0; i < parts.count; i++) text_print(&out, "%s%.*s", i || root ? "/" : "", SPAN_ARG(parts.at[i]));
    if (parts.count == 0) text_print(&out, root ? "/" : ".");
    text_end(&out, &plain, arena);
    VEC_RELEASE(&parts);
    return plain;
}

struct import_register *register_read(struct diagnostics *all, const struct program *program, struct span path,
                                      struct scenario_set *set) {
    path = plain_path(&set->arena, path);
    struct import_register *into = find_register(set, path);
    if (into) return into;
    into = new_register(set, path);
    struct arena arena;
    struct span *names;
    uint32_t name_count, count = 0;
    arena_init(&arena);
    if (folder_list(&arena, into->path.at, &names, &name_count) != BASE_OK) {
        nothing_there(all, into, NULL, "there is no such folder, or it cannot be read");
        goto out;
    }
    struct register_file *files = ARENA_ARRAY(&arena, struct register_file, name_count + 1);
    for (uint32_t i = 0; i < name_count; i++) {
        if (!ends_in(names[i], ".md") && !ends_in(names[i], ".csv")) continue;
        bool here = span_is(into->path, ".");
        files[count].path = here ? names[i] : span_print(&arena, "%.*s/%.*s", SPAN_ARG(into->path), SPAN_ARG(names[i]));
        if (read_file(all, &arena, &files[count])) count++;
        else into->right = false;
    }
    read_files(all, program, into, files, count, set);
out:
    arena_release(&arena);
    return into;
}
