// SPDX-License-Identifier: Apache-2.0
// From a path to a tree: finds the treaty's files and the libraries that they use.
#include "lang/load.h"

#include <string.h>

struct range { uint32_t from, to; };    // blocks of the tree
struct file {
    struct span path;     // as it is opened
    struct span below;    // below the treaty's folder: "std/x.md"
    uint32_t source;
    struct range blocks;
    bool library;    // it stands in the order as a library
};

struct loader {
    struct diagnostics *all;
    struct arena arena;
    struct tree *tree;
    struct span folder;    // the treaty's, without the last slash; length 0: nothing but what is embedded
    int32_t offset;
    VEC(struct file) files;
    struct names libraries;    // those that were looked for
    VEC(struct range) order;
};

#define FOLDERS_MAX 16    // depth of folders in one another

// ---- Files ----------------------------------------------------------------------------------------------------------
static bool ends_in(struct span text, struct span end) {
    return text.length >= end.length && span_equal(span_part(text, text.length - end.length, end.length), end);
}

// A fault of the path itself is shown at an empty source of that name.
static void fail_path(struct loader *loader, struct span path, const char *hint, const char *message) {
    uint32_t source = diagnostics_source(loader->all, path, SPAN(""));
    diagnostics_error(loader->all, (struct place){source, 0, 0}, hint, "%s", message);
}

static const char *error_text(base_error error) {
    switch (error) {
    case BASE_NOT_FOUND: return "there is no such file or folder";
    case BASE_UNREADABLE: return "this cannot be read: permission is missing";
    case BASE_TOO_LARGE: return "this file is too large: 64 MiB is the most";
    default: return "this cannot be read";
    }
}

// UTF-16 and what is no text at all: its lines would be shown as rubbish, so it is read as empty.
static uint32_t add_source(struct diagnostics *all, struct span path, struct span text) {
    bool wide = span_starts(text, "\xFF\xFE") || span_starts(text, "\xFE\xFF");
    if (!wide && (!text.length || !memchr(text.at, '\0', text.length))) return diagnostics_source(all, path, text);
    uint32_t source = diagnostics_source(all, path, SPAN(""));
    diagnostics_error(all, (struct place){source, 0, 0}, "save it as UTF-8", "this is not UTF-8 text");
    return source;
}

static bool add_file(struct loader *loader, struct span path, struct span below, base_error *error) {
    struct span text;
    *error = file_read(&loader->arena, span_copy(&loader->arena, path).at, &text);
    if (*error != BASE_OK) return false;
    struct file file = {.path = path, .below = below, .source = add_source(loader->all, path, text)};
    VEC_PUSH(&loader->files, file);
    return true;
}

// Collects the .md files below a folder. False after reporting.
static bool collect(struct loader *loader, struct span folder, struct span below, uint32_t depth, struct names *found) {
    struct span *names, path = span_print(&loader->arena, "%.*s/%.*s", SPAN_ARG(folder), SPAN_ARG(below));
    uint32_t count;
    base_error error = folder_list(&loader->arena, path.at, &names, &count);
    if (error == BASE_OK && depth > FOLDERS_MAX) error = BASE_IO;
    if (error != BASE_OK) {
        fail_path(loader, path, depth > FOLDERS_MAX ? "folders are nested too deep; is one linked to itself?" : NULL,
                  error_text(error));
        return false;
    }
    for (uint32_t i = 0; i < count; i++) {
        struct span name = span_print(&loader->arena, "%.*s%.*s", SPAN_ARG(below), SPAN_ARG(names[i]));
        if (ends_in(name, SPAN("/"))) {
            if (!collect(loader, folder, name, depth + 1, found)) return false;
        } else if (ends_in(name, SPAN(".md"))) {
            names_add(found, name);
        }
    }
    return true;
}

static int compare_paths(const void *a, const void *b) {
    return span_compare(*(const struct span *)a, *(const struct span *)b);
}

static bool add_folder(struct loader *loader, struct span folder) {
    struct names found;
    names_init(&found);
    bool good = collect(loader, folder, SPAN(""), 0, &found);
    if (good && found.count == 0) {
        fail_path(loader, folder, "a treaty is one or more Markdown files", "this folder holds no .md file");
        good = false;
    }
    struct span *sorted = ARENA_ARRAY(&loader->arena, struct span, found.count);
    for (uint32_t i = 0; i < found.count; i++) sorted[i] = span_copy(&loader->arena, names_text(&found, i));
    if (found.count) qsort(sorted, found.count, sizeof *sorted, compare_paths);
    for (uint32_t i = 0; good && i < found.count; i++) {
        base_error error;
        struct span path = span_print(&loader->arena, "%.*s/%.*s", SPAN_ARG(folder), SPAN_ARG(sorted[i]));
        good = add_file(loader, path, sorted[i], &error);
        if (!good) fail_path(loader, path, NULL, error_text(error));
    }
    names_release(&found);
    return good;
}

static struct span folder_of(struct arena *arena, struct span path) {
    uint32_t slash = path.length;
    while (slash > 0 && path.at[slash - 1] != '/') slash--;
    if (slash == 0) return SPAN(".");
    return slash == 1 ? SPAN("/.") : span_copy(arena, span_part(path, 0, slash - 1));
}

// A path is a folder if it can be listed. False after reporting.
static bool add_path(struct loader *loader, const char *text) {
    struct span path = span_of(text), *names;
    uint32_t count;
    base_error error;
    while (path.length > 1 && path.at[path.length - 1] == '/') path.length--;
    if (folder_list(&loader->arena, span_copy(&loader->arena, path).at, &names, &count) == BASE_OK) {
        loader->folder = path;
        return add_folder(loader, path);
    }
    loader->folder = folder_of(&loader->arena, path);
    struct span below = span_part(path, path.length, 0);
    if (add_file(loader, path, below, &error)) return true;
    fail_path(loader, path, error == BASE_NOT_FOUND ? "name a Markdown file or a folder of them" : NULL,
              error_text(error));
    return false;
}

// ---- Libraries ------------------------------------------------------------------------------------------------------
static const struct library *embedded(struct span name) {
    for (size_t i = 0; i < lang_library_count; i++)
        if (span_is(name, lang_libraries[i].name)) return &lang_libraries[i];
    return NULL;
}

// Whether a line is `fact NAME(`, `procedure NAME(` and so on.
static bool line_declares(struct span line, struct span name) {
    static const char *const words[] = {"fact", "rule", "procedure", "act", "event"};
    for (uint32_t i = 0; i < COUNT_OF(words); i++) {
        uint32_t word = (uint32_t)strlen(words[i]);
        if (!span_starts(line, words[i]) || line.length <= word || line.at[word] != ' ') continue;
        struct span rest = span_trim(span_part(line, word, line.length - word));
        return rest.length > name.length && rest.at[name.length] == '(' &&
               span_equal(span_part(rest, 0, name.length), name);
    }
    return false;
}

// The libraries are small and this is asked after an error only, so their text is searched, not parsed.
struct span library_declaring(struct span name) {
    for (size_t i = 1; i < lang_library_count; i++) {
        struct span text = {lang_libraries[i].text, (uint32_t)lang_libraries[i].length};
        for (uint32_t from = 0, to; from < text.length; from = to + 1) {
            for (to = from; to < text.length && text.at[to] != '\n';) to++;
            if (line_declares(span_part(text, from, to - from), name)) return span_of(lang_libraries[i].name);
        }
    }
    return (struct span){0};
}

static struct range parse_source(struct loader *loader, uint32_t source) {
    struct range range = {loader->tree->blocks.count, 0};
    tree_parse(loader->tree, loader->all, source, loader->offset);
    range.to = loader->tree->blocks.count;
    return range;
}

static struct range parse_embedded(struct loader *loader, const struct library *library) {
    struct span text = {library->text, (uint32_t)library->length},
                path = span_print(&loader->arena, "<%s>", library->name);
    return parse_source(loader, diagnostics_source(loader->all, path, text));
}

static void fail_missing(struct loader *loader, struct tree_name name) {
    struct span *names = ARENA_ARRAY(&loader->arena, struct span, lang_library_count + 1), nearest;
    uint32_t count = 0;
    for (size_t i = 0; i < lang_library_count; i++)
        if (!span_is(SPAN("prelude"), lang_libraries[i].name)) names[count++] = span_of(lang_libraries[i].name);
    nearest = span_nearest(name.text, names, count);
    if (nearest.length) {
        diagnostics_error(loader->all, name.place, NULL, "there is no library `%.*s`; did you mean `%.*s`?",
                          SPAN_ARG(name.text), SPAN_ARG(nearest));
        return;
    }
    struct text known = {0};
    text_print(&known, count ? "the program brings"
                             : "the program brings none; a library `std/x` is looked for as a file ../std/x.md beside "
                               "the treaty's folder");
    for (uint32_t i = 0; i < count; i++) text_print(&known, "%s %.*s", i ? "," : "", SPAN_ARG(names[i]));
    text_byte(&known, '\0');
    diagnostics_error(loader->all, name.place, known.at, "there is no library `%.*s`", SPAN_ARG(name.text));
    text_release(&known);
}

// Looks for a library's file: among the treaty's own, in its folder, beside it. False: none of them is there.
static bool find_file(struct loader *loader, struct tree_name name, struct range *range) {
    struct span below = span_print(&loader->arena, "%.*s.md", SPAN_ARG(name.text));
    for (uint32_t i = 0; i < loader->files.count; i++) {
        struct file *file = &loader->files.at[i];
        if (!span_equal(file->below, below)) continue;
        file->library = true;
        *range = file->blocks;
        return true;
    }
    if (loader->folder.length == 0) return false;
    for (uint32_t i = 0; i < 2; i++) {
        struct span text, path = span_print(&loader->arena, "%.*s/%s%.*s", SPAN_ARG(loader->folder), i ? "../" : "",
                                            SPAN_ARG(below));
        base_error error = file_read(&loader->arena, path.at, &text);
        if (error == BASE_NOT_FOUND) continue;
        uint32_t source = diagnostics_source(loader->all, path, error == BASE_OK ? text : SPAN(""));
        if (error == BASE_OK) *range = parse_source(loader, source);
        else
            diagnostics_error(loader->all, name.place, NULL, "library `%.*s`: %s", SPAN_ARG(name.text),
                              error_text(error));
        return true;
    }
    return false;
}

static void load_uses(struct loader *loader, struct range blocks);

// A library's file says which it is. `used` has length 0 for what nobody wrote: the prelude.
static void check_library(struct loader *loader, struct tree_name used, struct range range) {
    uint32_t errors = loader->all->errors;
    for (uint32_t b = range.from; b < range.to; b++) {
        struct tree_block block = loader->tree->blocks.at[b];
        for (uint32_t i = 0; i < block.count; i++) {
            if (block.at[i].kind != TREE_LIBRARY) continue;
            if (!span_equal(block.at[i].name.text, used.text))
                diagnostics_error(loader->all, block.at[i].name.place, NULL,
                                  "this file is used as `%.*s` but declares `%.*s`", SPAN_ARG(used.text),
                                  SPAN_ARG(block.at[i].name.text));
            return;
        }
    }
    if (errors == 0)
        diagnostics_error(loader->all, used.place, "its first line is `library NAME`",
                          "the file of `%.*s` declares no library", SPAN_ARG(used.text));
}

static void load_library(struct loader *loader, struct tree_name name) {
    if (names_find(&loader->libraries, name.text) != NAMES_NONE) return;
    names_add(&loader->libraries, name.text);
    struct range range = {0};
    const struct library *library = embedded(name.text);
    if (!find_file(loader, name, &range)) {
        if (!library || library == lang_libraries) {
            fail_missing(loader, name);
            return;
        }
        range = parse_embedded(loader, library);
    }
    check_library(loader, name, range);
    load_uses(loader, range);
    VEC_PUSH(&loader->order, range);
}

static void load_uses(struct loader *loader, struct range blocks) {
    for (uint32_t b = blocks.from; b < blocks.to; b++) {
        struct tree_block block = loader->tree->blocks.at[b];
        for (uint32_t i = 0; i < block.count; i++)
            for (uint32_t n = 0; block.at[i].kind == TREE_USE && n < block.at[i].names.count; n++)
                load_library(loader, block.at[i].names.at[n]);
    }
}

// ---- The whole ------------------------------------------------------------------------------------------------------
static void check_treaties(struct loader *loader) {
    const struct tree_declaration *first = NULL;
    bool library = false;
    uint32_t line = 0, column;
    for (uint32_t b = 0; b < loader->tree->blocks.count; b++) {
        struct tree_block block = loader->tree->blocks.at[b];
        for (uint32_t i = 0; i < block.count; i++) {
            library |= block.at[i].kind == TREE_LIBRARY && !span_is(block.at[i].name.text, "prelude");
            if (block.at[i].kind != TREE_TREATY) continue;
            if (first && !line) diagnostics_line(loader->all, first->name.place, &line, &column);
            if (first)
                diagnostics_error(
                    loader->all, block.at[i].name.place, "leave one of them out; a shared part is a `library`",
                    "a second `treaty`: `%.*s` is declared at line %u of %.*s", SPAN_ARG(first->name.text), line,
                    SPAN_ARG(loader->all->sources.at[first->name.place.source].path));
            else first = &block.at[i];
        }
    }
    if (first || loader->all->errors || loader->files.count == 0) return;
    struct place place = {loader->files.at[0].source, 0, 0};
    if (library)
        diagnostics_error(loader->all, place, "check a treaty that uses it", "this is a library, not a treaty");
    else
        diagnostics_error(loader->all, place, "a fenced block marked `treaty` begins: treaty NAME \"Title\"",
                          "no `treaty` is declared here");
}

// Blocks in the order of the program: prelude, libraries, the treaty's files.
static void arrange(struct loader *loader) {
    for (uint32_t i = 0; i < loader->files.count; i++)
        if (!loader->files.at[i].library) VEC_PUSH(&loader->order, loader->files.at[i].blocks);
    struct tree arranged = {0};
    for (uint32_t i = 0; i < loader->order.count; i++)
        for (uint32_t b = loader->order.at[i].from; b < loader->order.at[i].to; b++)
            VEC_PUSH(&arranged.blocks, loader->tree->blocks.at[b]);
    VEC_RELEASE(&loader->tree->blocks);
    loader->tree->blocks.at = arranged.blocks.at;
    loader->tree->blocks.count = arranged.blocks.count;
    loader->tree->blocks.capacity = arranged.blocks.capacity;
}

static void load_all(struct loader *loader) {
    for (uint32_t i = 0; i < loader->files.count; i++)
        if (tree_find_offset(loader->all, loader->files.at[i].source, &loader->offset)) break;
    ENSURE(lang_library_count > 0);
    VEC_PUSH(&loader->order, parse_embedded(loader, &lang_libraries[0]));
    for (uint32_t i = 0; i < loader->files.count; i++)
        loader->files.at[i].blocks = parse_source(loader, loader->files.at[i].source);
    for (uint32_t i = 0; i < loader->files.count; i++) load_uses(loader, loader->files.at[i].blocks);
    arrange(loader);
    check_treaties(loader);
}

static void loader_init(struct loader *loader, struct diagnostics *all, struct tree *tree) {
    *loader = (struct loader){.all = all, .tree = tree};
    arena_init(&loader->arena);
    names_init(&loader->libraries);
}

static void loader_release(struct loader *loader) {
    arena_release(&loader->arena);
    names_release(&loader->libraries);
    VEC_RELEASE(&loader->files);
    VEC_RELEASE(&loader->order);
}

bool lang_parse(struct diagnostics *all, const char *path, struct tree *tree) {
    struct loader loader;
    uint32_t errors = all->errors;
    loader_init(&loader, all, tree);
    if (add_path(&loader, path)) load_all(&loader);
    loader_release(&loader);
    return all->errors == errors;
}

bool load_text(struct diagnostics *all, struct span path, struct span text, struct tree *tree) {
    struct loader loader;
    uint32_t errors = all->errors;
    loader_init(&loader, all, tree);
    struct file file = {.path = path, .source = add_source(all, path, text)};
    VEC_PUSH(&loader.files, file);
    load_all(&loader);
    loader_release(&loader);
    return all->errors == errors;
}
