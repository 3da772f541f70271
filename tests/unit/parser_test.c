// SPDX-License-Identifier: Apache-2.0
// What the cases under tests/lang do not reach: tokens, the entries for the reader of scenarios, and the loader's files.
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <sys/stat.h>
#include <unistd.h>

#include "lang/lang.h"

struct fixture { struct diagnostics all; struct tree tree; struct text out; char folder[64]; };

static int set_up(void **state) {
    struct fixture *f = base_alloc(sizeof *f);
    diagnostics_init(&f->all);
    tree_init(&f->tree);
    *state = f;
    return 0;
}

static int tear_down(void **state) {
    struct fixture *f = *state;
    diagnostics_release(&f->all);
    tree_release(&f->tree);
    text_release(&f->out);
    free(f);
    return 0;
}

static struct tokens lex_all(struct fixture *f, const char *text) {
    struct span span = span_of(text);
    uint32_t source = diagnostics_source(&f->all, SPAN("test"), span);
    return lex(&f->tree.arena, &f->all, source, 0, span.length, 3 * 3600);
}

// ---- Tokens ----------------------------------------------------------------------------------------------------------
static void test_tokens(void **state) {
    struct fixture *f = *state;
    struct tokens tokens = lex_all(f, "  KAZ  appeal(nine-of-15, 18_000) -> done\n2022-01-05 22:00 a--b\n");
    tokens_dump(&tokens, &f->out);
    text_byte(&f->out, '\0');
    assert_string_equal(f->out.at, "2 name KAZ\n7 name appeal\n13 (\n14 name nine-of-15\n24 ,\n26 integer 18000\n32 )\n"
                                   "34 ->\n37 name done\n\n0 time 1641409200\n17 name a\n\n0 end\n");
    assert_true(tokens.at[0].first);
    assert_false(tokens.at[1].first);
    assert_int_equal(f->all.errors, 0);
}

static void test_expression_for_scenarios(void **state) {
    struct fixture *f = *state;
    uint32_t next = 1;
    struct tokens tokens = lex_all(f, "within 2 * 3 hours as d");
    struct tree_expression *expression = tree_parse_expression(&f->tree, &f->all, tokens, &next);
    assert_non_null(expression);
    assert_int_equal(expression->kind, TREE_MULTIPLY);
    assert_int_equal(expression->right->kind, TREE_DURATION);
    assert_true(span_is(expression->right->text, "hour"));
    assert_true(span_is(tokens.at[next].text, "as"));
}

static void test_conditions_for_scenarios(void **state) {
    struct fixture *f = *state;
    uint32_t next = 0;
    struct tokens tokens = lex_all(f, "member(s), not suspended(s), n >= 2 -> done");
    struct tree_conditions conditions = tree_parse_conditions(&f->tree, &f->all, tokens, &next);
    assert_int_equal(conditions.count, 3);
    assert_true(conditions.at[1].negated);
    assert_int_equal(conditions.at[2].compare, COMPARE_GREATER_EQUAL);
    assert_int_equal(tokens.at[next].kind, TOKEN_RESULT);
}

static void test_citation_for_scenarios(void **state) {
    struct fixture *f = *state;
    struct tree_citation citation = {0};
    struct tokens tokens = lex_all(f, "[CST 2; Charter 12 para 3, disputed]");
    assert_true(tree_parse_citation(&f->tree, &f->all, tokens.at[0], &citation));
    assert_int_equal(citation.count, 2);
    assert_true(span_is(citation.at[1].where, "12 para 3"));
    assert_int_equal(citation.standing, STANDING_DISPUTED);
    assert_int_equal(citation.at[1].source.place.at, 8);
}

static void test_wrong_expression_for_scenarios(void **state) {
    struct fixture *f = *state;
    uint32_t next = 0;
    assert_null(tree_parse_expression(&f->tree, &f->all, lex_all(f, "2 + )"), &next));
    assert_int_equal(f->all.errors, 1);
}

// ---- Files -----------------------------------------------------------------------------------------------------------
static int set_up_folder(void **state) {
    set_up(state);
    struct fixture *f = *state;
    snprintf(f->folder, sizeof f->folder, "/tmp/entente-parser-XXXXXX");
    return mkdtemp(f->folder) ? 0 : -1;
}

static const char *const files[] = {"t/b.md",       "t/a/z.md",    "t/a.md",    "t/note.txt",
                                    "t/.hidden.md", "std/mine.md", "std/base.md"};

static void path_in(const struct fixture *f, const char *name, char path[128]) {
    snprintf(path, 128, "%.60s/%.60s", f->folder, name);
}

static int tear_down_folder(void **state) {
    struct fixture *f = *state;
    char path[128];
    for (uint32_t i = 0; i < COUNT_OF(files); i++) path_in(f, files[i], path), unlink(path);
    static const char *const folders[] = {"t/a", "t", "std", ""};
    for (uint32_t i = 0; i < COUNT_OF(folders); i++) path_in(f, folders[i], path), rmdir(path);
    return tear_down(state);
}

static void write_file(const struct fixture *f, const char *name, const char *block) {
    char path[128];
    static const char *const folders[] = {"t", "t/a", "std"};
    for (uint32_t i = 0; i < COUNT_OF(folders); i++) path_in(f, folders[i], path), mkdir(path, 0700);
    path_in(f, name, path);
    FILE *file = fopen(path, "w");
    assert_non_null(file);
    fprintf(file, "Prose.\n\n```treaty\n%s\n```\n", block);
    assert_int_equal(fclose(file), 0);
}

static bool load(struct fixture *f, const char *name) {
    char path[128];
    path_in(f, name, path);
    bool good = lang_parse(&f->all, path, &f->tree);
    diagnostics_print(&f->all, &f->out, false);
    text_byte(&f->out, '\0');
    return good;
}

// The names of the entities say in which order the blocks stand.
static void test_order_of_files(void **state) {
    struct fixture *f = *state;
    write_file(f, "t/b.md", "treaty t \"T\" offset +06:00\nentity from-b\nuse std/mine");
    write_file(f, "t/a.md", "rule late() if now >= 2022-01-05\nentity from-a");
    write_file(f, "t/a/z.md", "entity from-a-z");
    write_file(f, "t/note.txt", "wrong");
    write_file(f, "t/.hidden.md", "wrong");
    write_file(f, "std/mine.md", "library std/mine\nuse std/base\nentity from-mine");
    write_file(f, "std/base.md", "library std/base\nentity from-base");
    assert_true(load(f, "t"));
    struct text order = {0};
    for (uint32_t b = 1; b < f->tree.blocks.count; b++) {
        struct tree_block block = f->tree.blocks.at[b];
        for (uint32_t i = 0; i < block.count; i++) {
            if (block.at[i].kind == TREE_ENTITY) text_print(&order, "%.*s ", SPAN_ARG(block.at[i].names.at[0].text));
            if (block.at[i].kind == TREE_RULE && span_is(block.at[i].name.text, "late"))
                assert_int_equal(block.at[i].conditions.at[0].right->integer, 1641319200);
        }
    }
    text_byte(&order, '\0');
    assert_non_null(strstr(order.at, "from-base from-mine from-a from-a-z from-b "));
    text_release(&order);
}

static void test_missing_library(void **state) {
    struct fixture *f = *state;
    write_file(f, "t/a.md", "treaty t \"T\"\nuse std/consensis");
    assert_false(load(f, "t"));
    assert_int_equal(f->all.errors, 1);
    assert_non_null(strstr(f->out.at, "there is no library `std/consensis`; did you mean `std/consensus`?"));
}

static void test_two_treaties(void **state) {
    struct fixture *f = *state;
    write_file(f, "t/a.md", "treaty t \"T\"");
    write_file(f, "t/b.md", "treaty u \"U\"");
    assert_false(load(f, "t"));
    assert_int_equal(f->all.errors, 1);
    assert_non_null(strstr(f->out.at, "a second `treaty`: `t` is declared at line 4"));
}

static void test_no_treaty(void **state) {
    struct fixture *f = *state;
    write_file(f, "t/a.md", "entity crisis");
    assert_false(load(f, "t/a.md"));
    assert_non_null(strstr(f->out.at, "no `treaty` is declared here"));
}

static void test_no_file(void **state) {
    struct fixture *f = *state;
    assert_false(load(f, "missing.md"));
    assert_non_null(strstr(f->out.at, "there is no such file or folder"));
}

static void test_wrong_library_name(void **state) {
    struct fixture *f = *state;
    write_file(f, "t/a.md", "treaty t \"T\"\nuse std/mine");
    write_file(f, "std/mine.md", "library std/yours");
    assert_false(load(f, "t"));
    assert_non_null(strstr(f->out.at, "this file is used as `std/mine` but declares `std/yours`"));
}

int main(void) {
#define CASE(name) cmocka_unit_test_setup_teardown(name, set_up, tear_down)
#define FILE_CASE(name) cmocka_unit_test_setup_teardown(name, set_up_folder, tear_down_folder)
    const struct CMUnitTest tests[] = {
        CASE(test_tokens), CASE(test_expression_for_scenarios), CASE(test_conditions_for_scenarios),
        CASE(test_citation_for_scenarios), CASE(test_wrong_expression_for_scenarios),
        FILE_CASE(test_order_of_files), FILE_CASE(test_missing_library), FILE_CASE(test_two_treaties),
        FILE_CASE(test_no_treaty), FILE_CASE(test_no_file), FILE_CASE(test_wrong_library_name)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
