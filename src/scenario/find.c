// SPDX-License-Identifier: Apache-2.0
// Files of scenarios: those of a folder, and the treaty that a scenario belongs to.
#include "scenario/import_internal.h"

#define FOLDERS_DEEP 32u    // of folders in one another

struct found_paths {
    struct arena *arena;
    VEC(struct span) all;
};

static void find_below(struct found_paths *found, const char *path, uint32_t depth) {
    struct span *names;
    uint32_t count;
    if (depth > FOLDERS_DEEP || folder_list(found->arena, path, &names, &count) != BASE_OK) return;
    size_t length = strlen(path);
    const char *slash = length && path[length - 1] == '/' ? "" : "/";
    for (uint32_t i = 0; i < count; i++) {
        struct span name = names[i];
        bool folder = name.length && name.at[name.length - 1] == '/';
        struct span below = span_print(found->arena, "%s%s%.*s", path, slash, (int)(name.length - folder), name.at);
        if (folder) find_below(found, below.at, depth + 1);
        else if (name.length > 3 && span_is(span_part(name, name.length - 3, 3), ".md")) VEC_PUSH(&found->all, below);
    }
}

static int compare_paths(const void *a, const void *b) {
    return span_compare(*(const struct span *)a, *(const struct span *)b);
}

struct paths files_below(struct arena *arena, const char *path) {
    struct span *names;
    uint32_t count;
    struct paths paths = {ARENA_NEW(arena, struct span), 1};
    if (folder_list(arena, path, &names, &count) != BASE_OK) {
        paths.at[0] = span_copy(arena, span_of(path));
        return paths;
    }
    struct found_paths found = {.arena = arena};
    find_below(&found, path, 0);
    paths = (struct paths){ARENA_ARRAY(arena, struct span, found.all.count + 1), found.all.count};
    if (paths.count) memcpy(paths.at, found.all.at, paths.count * sizeof *paths.at);
    if (paths.count) qsort(paths.at, paths.count, sizeof *paths.at, compare_paths);
    VEC_RELEASE(&found.all);
    return paths;
}

// A block that begins with `treaty`, or nearly so: what is wrong with that line is the file's own fault, not another's.
static bool block_declares(struct arena *arena, struct diagnostics *all, uint32_t source, const struct fence *fence) {
    static const struct span word = {"treaty", 6};
    struct tokens tokens = lex(arena, all, source, fence->from, fence->to, 0);
    for (uint32_t i = 0; i < tokens.count && tokens.at[i].kind != TOKEN_END; i++)
        if (tokens.at[i].first && tokens.at[i].column == tokens.at[0].column && tokens.at[i].kind == TOKEN_NAME &&
            span_is(tokens.at[i].text, "treaty"))
            return true;
    return tokens.count > 1 && tokens.at[0].kind == TOKEN_NAME && tokens.at[1].kind == TOKEN_NAME &&
           span_nearest(tokens.at[0].text, &word, 1).length > 0;
}

static bool declares_treaty(struct arena *arena, struct span path) {
    struct span text;
    if (file_read(arena, path.at, &text) != BASE_OK) return false;
    struct diagnostics all;
    bool found = false;
    diagnostics_init(&all);
    uint32_t source = diagnostics_source(&all, path, text);
    struct fences fences = markdown_fences(arena, &all, source);
    for (uint32_t i = 0; i < fences.count && !found; i++)
        found = span_is(fences.at[i].info, "treaty") && block_declares(arena, &all, source, &fences.at[i]);
    diagnostics_release(&all);
    return found;
}

// Does a file in the folder itself declare one?
static bool holds_treaty(struct arena *arena, const char *folder) {
    struct span *names;
    uint32_t count;
    if (folder_list(arena, folder, &names, &count) != BASE_OK) return false;
    size_t length = strlen(folder);
    const char *slash = length && folder[length - 1] == '/' ? "" : "/";
    for (uint32_t i = 0; i < count; i++) {
        struct span name = names[i];
        if (name.length > 3 && span_is(span_part(name, name.length - 3, 3), ".md") &&
            declares_treaty(arena, span_print(arena, "%s%s%.*s", folder, slash, SPAN_ARG(name))))
            return true;
    }
    return false;
}

// Does one in or below it?
static bool holds_treaty_below(struct arena *arena, const char *folder) {
    struct paths files = files_below(arena, folder);
    for (uint32_t i = 0; i < files.count; i++)
        if (declares_treaty(arena, files.at[i])) return true;
    return false;
}

// The folder above a path as it is written: "a/b" of "a/b/c.md", "." of "c.md", "../.." of "..".
struct span folder_above(struct arena *arena, struct span path) {
    while (path.length > 1 && path.at[path.length - 1] == '/') path.length--;
    uint32_t slash = path.length;
    while (slash > 0 && path.at[slash - 1] != '/') slash--;
    struct span last = span_part(path, slash, path.length - slash);
    if (span_is(last, "..")) return span_print(arena, "%.*s/..", SPAN_ARG(path));
    if (span_is(last, ".")) return span_print(arena, "%.*s.", SPAN_ARG(path));
    if (slash == 0) return SPAN(".");
    if (slash == 1) return SPAN("/");
    return span_copy(arena, span_part(path, 0, slash - 1));
}

static bool is_working_copy(struct arena *arena, struct span folder) {
    struct span *names;
    uint32_t count;
    return folder_list(arena, span_print(arena, "%.*s/.git", SPAN_ARG(folder)).at, &names, &count) == BASE_OK;
}

struct span scenario_find_treaty(struct arena *arena, const char *path) {
    struct span at = span_of(path), *names;
    uint32_t count;
    if (at.length == 0) return (struct span){0};
    bool folder = folder_list(arena, path, &names, &count) == BASE_OK;
    if (folder ? holds_treaty(arena, path) : declares_treaty(arena, at)) return span_copy(arena, at);
    bool top = folder && is_working_copy(arena, at);
    for (uint32_t depth = 0; depth < FOLDERS_DEEP && !top && !span_is(at, "/"); depth++) {
        at = folder_above(arena, at);
        if (folder_list(arena, at.at, &names, &count) != BASE_OK) break;
        // Above a working copy nothing is looked for, and that of a program is nobody's treaty.
        bool program = false;
        for (uint32_t i = 0; i < count; i++) program |= span_is(names[i], "CMakeLists.txt");
        if (program) break;
        if (holds_treaty(arena, at.at)) return at;
        top = is_working_copy(arena, at);
    }
    // A folder that was named may hold its treaty in a folder of its own.
    return folder && holds_treaty_below(arena, path) ? span_copy(arena, span_of(path)) : (struct span){0};
}

// ---- Sets of scenarios ----------------------------------------------------------------------------------------------
void scenario_set_init(struct scenario_set *set) {
    *set = (struct scenario_set){0};
    arena_init(&set->arena);
}

void scenario_set_release(struct scenario_set *set) {
    for (struct import_register *from = set->registers; from; from = from->next) register_release(from);
    VEC_RELEASE(&set->all);
    arena_release(&set->arena);
}

bool scenario_read_text(struct diagnostics *all, const struct program *program, struct span path, struct span text,
                        struct scenario_set *set) {
    uint32_t errors = all->errors, count = set->all.count;
    reader_read(all, program, diagnostics_source(all, path, text), false, set);
    if (all->errors == errors) return true;
    set->all.count = count;
    return false;
}

// A file that the treaty was read from is not read again: what is said of it is said once.
bool find_source(const struct diagnostics *all, struct span path, uint32_t *source) {
    for (uint32_t i = 0; i < all->sources.count; i++) {
        if (!span_equal(all->sources.at[i].path, path)) continue;
        *source = i;
        return true;
    }
    return false;
}

bool scenario_read(struct diagnostics *all, const struct program *program, const char *path, struct scenario_set *set) {
    uint32_t errors = all->errors, count = set->all.count;
    struct arena arena;
    arena_init(&arena);
    struct span text;
    struct paths files = files_below(&arena, path);
    for (uint32_t i = 0; i < files.count; i++) {
        uint32_t source;
        if (find_source(all, files.at[i], &source)) {
            reader_read(all, program, source, true, set);
        } else if (file_read(&arena, files.at[i].at, &text) == BASE_OK) {
            reader_read(all, program, diagnostics_source(all, files.at[i], text), true, set);
        } else {
            struct place nowhere = {diagnostics_source(all, files.at[i], SPAN("")), 0, 0};
            diagnostics_error(all, nowhere, NULL, "cannot read this file");
        }
    }
    arena_release(&arena);
    if (all->errors == errors) return true;
    set->all.count = count;
    return false;
}
