// SPDX-License-Identifier: Apache-2.0
// Programs as large as a stranger may make them. Each is checked in well under a second where its parts are looked up by key;
// were one of them searched from end to end for each part, it would take minutes, and the run would say that it hangs.
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <cmocka.h>

#include "lang/lang.h"

static struct text begin(void) {
    struct text text = {0};
    text_print(&text, "```treaty\ntreaty t \"T\"\nparty state = ARM, BLR\nentity crisis\nfact f(int)\nfact g(state)\n"
                      "given g(ARM)\nact a()\n  by state s\n  add f(1)\n");
    return text;
}

// Compiles the text and gives it back. `errors`: how many there are; `first`: what the first of them says.
static void check(struct text *text, uint32_t errors, const char *first) {
    struct diagnostics all;
    struct text shown = {0};
    diagnostics_init(&all);
    text_print(text, "```\n");
    struct program *program = lang_load_text(&all, SPAN("large.md"), text_span(text));
    diagnostics_print(&all, &shown, false);
    text_byte(&shown, '\0');
    if (all.errors != errors) fail_msg("%u errors:\n%.2000s", all.errors, shown.at);
    if (first && !strstr(shown.at, first)) fail_msg("not said: %s\nbut: %.2000s", first, shown.at);
    assert_true((program != NULL) == (errors == 0));
    program_free(program);
    diagnostics_release(&all);
    text_release(&shown);
    text_release(text);
}

static void test_given_rows(void **state) {
    (void)state;
    struct text text = begin();
    text_print(&text, "fact row(int => int)\ngiven row(0, 0)");
    for (uint32_t i = 1; i < 200000; i++) text_print(&text, ", row(%u, %u)", i, i % 7);
    text_print(&text, "\n");
    check(&text, 0, NULL);
}

static void test_given_rows_of_one_key(void **state) {
    (void)state;
    struct text text = begin();
    text_print(&text, "fact row(int => int)\ngiven row(0, 0)");
    for (uint32_t i = 1; i < 50000; i++) text_print(&text, ",\n  row(0, %u)", i);
    text_print(&text, "\n");
    check(&text, 49999, "large.md:13:3: error: `row` has a row of this key already, at line 12");
}

static void test_parties(void **state) {
    (void)state;
    struct text text = begin();
    text_print(&text, "party town = T0");
    for (uint32_t i = 1; i < 100000; i++) text_print(&text, ", T%u", i);
    text_print(&text, "\n");
    check(&text, 0, NULL);
}

static void test_parties_declared_twice(void **state) {
    (void)state;
    struct text text = begin();
    text_print(&text, "party town = T0");
    for (uint32_t i = 1; i < 50000; i++) text_print(&text, ", T%u", i % 1000);
    text_print(&text, "\n");
    check(&text, 49000, "the name `T0` is declared twice");
}

static void test_constants_of_many_kinds(void **state) {
    (void)state;
    struct text text = begin();
    for (uint32_t i = 0; i < 5000; i++) text_print(&text, "kind k%u = same\n", i);
    text_print(&text, "fact h(k7, int)\ngiven h(same, 0)");
    for (uint32_t i = 1; i < 50000; i++) text_print(&text, ", h(same, %u)", i);
    text_print(&text, "\n");
    check(&text, 0, NULL);
}

static void test_unknown_names(void **state) {
    (void)state;
    struct text text = begin();
    text_print(&text, "party town = T0");
    for (uint32_t i = 1; i < 50000; i++) text_print(&text, ", T%u", i);
    text_print(&text, "\ngiven g(S0)");
    for (uint32_t i = 1; i < 20000; i++) text_print(&text, ", g(S%u)", i);
    text_print(&text, "\n");
    check(&text, 20000, "nothing here is called `S0`");
}

static void test_unknown_sources(void **state) {
    (void)state;
    struct text text = {0};
    text_print(&text, "```treaty\ntreaty t \"T\"\nsource S \"S\"\nparty state = ARM\nfact f(int) [S 1]\n");
    for (uint32_t i = 1; i <= 19000; i++) text_print(&text, "given f(%u) [U%u]\n", i, i);
    check(&text, 19000, "no source is called `U1`");
}

static void test_conditions(void **state) {
    (void)state;
    struct text text = begin();
    text_print(&text, "rule r(x) if f(x)");
    for (uint32_t i = 1; i < 100000; i++) text_print(&text, ", f(x)");
    text_print(&text, "\n");
    check(&text, 1, "one declaration has at most 256 conditions, those of its `under` among them");
}

static void test_conditions_of_under(void **state) {
    (void)state;
    struct text text = begin();
    text_print(&text, "under f(1)");
    for (uint32_t i = 1; i < 200; i++) text_print(&text, ", f(1)");
    for (uint32_t i = 0; i < 4000; i++) text_print(&text, "\n  rule r(x) if f(x)");
    text_print(&text, "\n");
    check(&text, 1, "a program has at most 500000 conditions");
}

static void test_variables(void **state) {
    (void)state;
    struct text text = begin();
    text_print(&text, "rule r(x) if f(x)");
    for (uint32_t i = 1; i < 50000; i++) text_print(&text, ", f(x%u)", i);
    text_print(&text, "\nact b()\n  by state s\n");
    for (uint32_t i = 0; i < 50000; i++) text_print(&text, "  for each x%u: f(x%u) add f(2)\n", i, i);
    text_print(&text, "act make()\n  by state s makes crisis c");
    for (uint32_t i = 1; i < 50000; i++) text_print(&text, ", crisis c%u", i);
    text_print(&text, "\n  add f(1)\n");
    check(&text, 3, "one declaration has at most 128 variables, each `_` among them");
}

static void test_columns(void **state) {
    (void)state;
    struct text text = begin();
    static const char *const heads[] = {"fact wide(x: int", "act widen(x: int", "procedure wait(p, x: int"};
    static const char *const tails[] = {")", ")\n  by state s\n  add f(1)", ")\n  closed when not open(p)\n  else rejected"};
    for (uint32_t k = 0; k < COUNT_OF(heads); k++) {
        text_print(&text, "%s", heads[k]);
        for (uint32_t i = 1; i < 50000; i++) text_print(&text, ", x%u: int", i);
        text_print(&text, "%s\n", tails[k]);
    }
    check(&text, 4, "`wide` has 50000 columns; a relation has at most 16");
}

static void test_chain_of_rules(void **state) {
    (void)state;
    struct text text = begin();
    text_print(&text, "rule r0(x) if g(x)\n");
    for (uint32_t i = 1; i < 4000; i++) text_print(&text, "rule r%u(x) if r%u(x)\n", i, i - 1);
    check(&text, 0, NULL);
}

static void test_ring_of_rules(void **state) {
    (void)state;
    struct text text = begin();
    text_print(&text, "rule r0(x) if g(x), not r3999(x)\n");
    for (uint32_t i = 1; i < 4000; i++) text_print(&text, "rule r%u(x) if r%u(x), r0(x)\n", i, i - 1);
    check(&text, 1, "`r0` depends on what depends on it: r0 -> not r3999 -> r0");
}

static void test_ring_of_consequences(void **state) {
    (void)state;
    struct text text = begin();
    for (uint32_t i = 0; i < 990; i++) text_print(&text, "fact h%u(state)\n", i);
    for (uint32_t i = 0; i < 990; i++) text_print(&text, "upon h%u(s):\n  add h%u(s)\n", i, (i + 1) % 990);
    check(&text, 1, "line 1013 -> line 1015 -> line 1017 -> (980 more) -> line 2979 -> line 1001");
}

static void test_outcomes(void **state) {
    (void)state;
    struct text text = begin();
    text_print(&text, "procedure wait(p)\n  closed when not open(p)\n");
    for (uint32_t i = 0; i < 250; i++) text_print(&text, "  o%u if open(p)\n", i);
    text_print(&text, "  else rejected\nprocedure wait-long(p)\n  closed when not open(p)\n");
    for (uint32_t i = 0; i < 50000; i++) text_print(&text, "  o%u if open(p)\n", i);
    text_print(&text, "  else rejected\n");
    check(&text, 1, "one declaration has at most 256 conditions");
}

static void test_treaties(void **state) {
    (void)state;
    struct text text = {0};
    for (uint32_t i = 0; i < 200000; i++) text_byte(&text, '\n');
    text_print(&text, "```treaty\n");
    for (uint32_t i = 0; i < 20000; i++) text_print(&text, "treaty t \"T\"\n");
    check(&text, 19999, "a second `treaty`: `t` is declared at line 200002");
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_given_rows),           cmocka_unit_test(test_given_rows_of_one_key),
        cmocka_unit_test(test_parties),              cmocka_unit_test(test_parties_declared_twice),
        cmocka_unit_test(test_constants_of_many_kinds), cmocka_unit_test(test_unknown_names),
        cmocka_unit_test(test_unknown_sources),      cmocka_unit_test(test_conditions),
        cmocka_unit_test(test_conditions_of_under),  cmocka_unit_test(test_variables),
        cmocka_unit_test(test_columns),              cmocka_unit_test(test_chain_of_rules),
        cmocka_unit_test(test_ring_of_rules),        cmocka_unit_test(test_ring_of_consequences),
        cmocka_unit_test(test_outcomes),             cmocka_unit_test(test_treaties)};
    return cmocka_run_group_tests(tests, NULL, NULL);
}
