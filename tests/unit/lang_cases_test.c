// SPDX-License-Identifier: Apache-2.0
// The language as text: every tests/lang/FOLDER/NAME.md is a case. Its `expect` block says what its treaty blocks give:
//   expect            the diagnostics, exactly (nothing where there are none)
//   expect tree       the tree, as --dump=tree shows it
//   expect format     the treaty blocks as the formatter lays them out; laid out again they must stay so
//   expect program    the program, as --dump=program shows it
// The file itself is what is read, so that lines are those of the file. In tests/lang/checks the treaty is compiled; in
// the other folders it is only parsed. UPDATE=1 writes what came out into the files; read the difference before
// committing it.
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "lang/lang.h"

struct lang_case { struct span path, name; };

static struct arena arena;

// ---- What comes out -------------------------------------------------------------------------------------------------
static bool find_expect(struct fences fences, struct fence *expect) {
    for (uint32_t i = 0; i < fences.count; i++) {
        if (!span_is(fences.at[i].info, "expect")) continue;
        *expect = fences.at[i];
        return true;
    }
    return false;
}

static struct span base_name(struct span path) {
    uint32_t slash = path.length;
    while (slash > 0 && path.at[slash - 1] != '/') slash--;
    return span_part(path, slash, path.length - slash);
}

// The treaty blocks of a text, one after the other.
static void add_treaty_blocks(struct span text, struct text *out) {
    struct diagnostics all;
    diagnostics_init(&all);
    uint32_t source = diagnostics_source(&all, SPAN("formatted"), text);
    struct fences fences = markdown_fences(&arena, &all, source);
    for (uint32_t i = 0; i < fences.count; i++)
        if (span_is(fences.at[i].info, "treaty"))
            text_add(out, span_part(text, fences.at[i].from, fences.at[i].to - fences.at[i].from));
    diagnostics_release(&all);
}

static bool format(struct span text, struct text *out, struct text *complaints) {
    struct diagnostics all;
    diagnostics_init(&all);
    uint32_t source = diagnostics_source(&all, SPAN("case.md"), text);
    bool good = tree_format(&all, source, out);
    diagnostics_print(&all, complaints, false);
    diagnostics_release(&all);
    return good;
}

static void show_format(struct span text, struct text *out) {
    struct text once = {0}, twice = {0};
    if (format(text, &once, out)) {
        add_treaty_blocks(text_span(&once), out);
        if (!format(text_span(&once), &twice, out) || !span_equal(text_span(&once), text_span(&twice))) {
            text_add(out, SPAN("laid out again it differs:\n"));
            add_treaty_blocks(text_span(&twice), out);
        }
    }
    text_release(&once);
    text_release(&twice);
}

static void show_parse(struct span path, struct span text, bool tree_wanted, struct text *out) {
    struct diagnostics all;
    struct tree tree;
    diagnostics_init(&all);
    tree_init(&tree);
    uint32_t source = diagnostics_source(&all, base_name(path), text);
    int32_t offset = 0;
    tree_find_offset(&all, source, &offset);
    tree_parse(&tree, &all, source, offset);
    diagnostics_print(&all, out, false);
    if (tree_wanted) tree_dump(&tree, out);
    tree_release(&tree);
    diagnostics_release(&all);
}

static void show_compile(struct span path, struct span text, bool program_wanted, struct text *out) {
    struct diagnostics all;
    diagnostics_init(&all);
    struct program *program = lang_load_text(&all, base_name(path), text);
    diagnostics_print(&all, out, false);
    if (program && program_wanted) program_dump(program, out);
    if (program) program_free(program);
    diagnostics_release(&all);
}

// ---- A case ---------------------------------------------------------------------------------------------------------
static void update(struct span path, struct span text, struct fence expect, struct span now) {
    FILE *file = fopen(path.at, "wb");
    assert_non_null(file);
    fwrite(text.at, 1, expect.from, file);
    fwrite(now.at, 1, now.length, file);
    fwrite(text.at + expect.to, 1, text.length - expect.to, file);
    assert_int_equal(fclose(file), 0);
}

static void run_case(void **state) {
    const struct lang_case *one = *state;
    struct span text, path = one->path;
    struct fence expect;
    struct text now = {0};
    struct diagnostics all;
    diagnostics_init(&all);
    assert_int_equal(file_read(&arena, path.at, &text), BASE_OK);
    struct fences fences = markdown_fences(&arena, &all, diagnostics_source(&all, path, text));
    if (!find_expect(fences, &expect)) fail_msg("%s has no `expect` block", path.at);
    bool check = strstr(path.at, "/lang/checks/") != NULL;
    if (span_is(expect.title, "format")) show_format(text, &now);
    else if (check) show_compile(path, text, span_is(expect.title, "program"), &now);
    else show_parse(path, text, span_is(expect.title, "tree"), &now);
    struct span wanted = span_part(text, expect.from, expect.to - expect.from);
    bool same = span_equal(span_trim(text_span(&now)), span_trim(wanted));
    if (!same && getenv("UPDATE")) {
        update(path, text, expect, text_span(&now));
    } else if (!same) {
        print_error("%s\n--- expected\n%.*s--- came\n%.*s--- alone: ./test lang_cases_test/%s\n", path.at,
                    SPAN_ARG(wanted), (int)now.length, now.at ? now.at : "", one->name.at);
        fail();
    }
    text_release(&now);
    diagnostics_release(&all);
}

// ---- All of them ----------------------------------------------------------------------------------------------------
static void collect(const char *root, struct span below, struct names *found) {
    struct span *names;
    uint32_t count;
    struct span folder = span_print(&arena, "%s/tests/lang/%.*s", root, SPAN_ARG(below));
    if (folder_list(&arena, folder.at, &names, &count) != BASE_OK) return;
    for (uint32_t i = 0; i < count; i++) {
        struct span name = span_print(&arena, "%.*s%.*s", SPAN_ARG(below), SPAN_ARG(names[i]));
        bool markdown = name.length > 3 && span_is(span_part(name, name.length - 3, 3), ".md");
        if (name.at[name.length - 1] == '/') collect(root, name, found);
        else if (markdown && !span_is(name, "README.md")) names_add(found, name);
    }
}

int main(void) {
    const char *root = getenv("ROOT") ? getenv("ROOT") : ".";
    struct names found;
    arena_init(&arena);
    names_init(&found);
    collect(root, SPAN(""), &found);
    struct CMUnitTest *tests = base_alloc(sizeof *tests * (found.count + 1u));
    for (uint32_t i = 0; i < found.count; i++) {
        struct lang_case *one = ARENA_NEW(&arena, struct lang_case);
        struct span file = names_text(&found, i);
        one->path = span_print(&arena, "%s/tests/lang/%.*s", root, SPAN_ARG(file));
        one->name = span_copy(&arena, span_part(file, 0, file.length - 3));
        tests[i] = (struct CMUnitTest){.name = one->name.at, .test_func = run_case, .initial_state = one};
    }
    int failed = _cmocka_run_group_tests("lang_cases", tests, found.count, NULL, NULL);
    free(tests);
    names_release(&found);
    arena_release(&arena);
    return failed;
}
