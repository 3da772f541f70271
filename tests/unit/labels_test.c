// SPDX-License-Identifier: Apache-2.0
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "labels/labels.h"

#include <string.h>

static const char treaty[] = "```treaty\n"
                             "treaty small \"Small\"\nsource Pact \"A pact\"\narticle [Pact 1]\n"
                             "party state = ARM, KAZ\nentity crisis\nkind basis = consultation | assistance\noffice secretary-general\n"
                             "fact member(state)\ngiven member(ARM)\nfact appealed(crisis => by: state, basis: basis)\n"
                             "act appeal(basis: basis)\n  by member s  makes crisis c\n  add appealed(c, s, basis)\n"
                             "act close(c: crisis)\n  by secretary-general\n  require appealed(c, _, assistance)\n  end appealed(c, _, _)\n"
                             "act ask()\n  by member s  makes crisis c\n  add appealed(c, s, consultation)\n```\n";

struct reading { struct diagnostics all; struct program *program; struct labels *labels; };

static void reading_open(struct reading *reading, const char *lines) {
    diagnostics_init(&reading->all);
    reading->program = lang_load_text(&reading->all, SPAN("small.md"), span_of(treaty));
    assert_non_null(reading->program);
    reading->labels = labels_read(&reading->all, reading->program, SPAN("labels.en"), span_of(lines));
}

static void reading_close(struct reading *reading) {
    labels_free(reading->labels);
    program_free(reading->program);
    diagnostics_release(&reading->all);
}

static void expect_error(const char *lines, const char *words) {
    struct reading reading;
    reading_open(&reading, lines);
    struct text out = {0};
    diagnostics_print(&reading.all, &out, false);
    text_byte(&out, '\0');
    if (reading.all.errors != 1 || !strstr(out.at, words)) print_error("%s\nin place of: %s\n", out.at, words);
    assert_int_equal(reading.all.errors, 1);
    assert_non_null(strstr(out.at, words));
    text_release(&out);
    reading_close(&reading);
}

static void labels_are_found(void **state) {
    (void)state;
    struct reading reading;
    reading_open(&reading, "-- a comment\n\nKAZ \"Казахстан\"   -- and one here\nappeal \"Appeal\" \"Ask the \\\"others\\\" for help\"\r\n"
                           "appeal.basis \"On what basis\"\nappealed.by \"By\"\nassistance \"Help\"\nsecretary-general \"Secretary-General\"\n");
    assert_int_equal(reading.all.errors, 0);
    assert_true(span_is(labels_text(reading.labels, SPAN("KAZ")), "Казахстан"));
    assert_true(span_is(labels_find(reading.labels, SPAN("appeal"))->help, "Ask the \"others\" for help"));
    assert_true(span_is(labels_text(reading.labels, SPAN("appeal.basis")), "On what basis"));
    assert_true(span_is(labels_text(reading.labels, SPAN("ARM")), "ARM"));
    assert_null(labels_find(reading.labels, SPAN("ARM")));
    assert_null(labels_find(NULL, SPAN("KAZ")));
    reading_close(&reading);
}

static void slips_are_reported(void **state) {
    (void)state;
    expect_error("KAX \"Kazakhstan\"\n", "did you mean KAZ?");
    expect_error("KAZ \"Kazakhstan\"\nKAZ \"Again\"\n", "labels.en:2:1: error: KAZ has a label already, in line 1");
    expect_error("KAZ\n", "a name and a text in quotes");
    expect_error("KAZ \"Kazakhstan\n", "a name and a text in quotes");
    expect_error("KAZ \"\"\n", "a name and a text in quotes");
    expect_error("\"Kazakhstan\"\n", "a name and a text in quotes");
    expect_error("KAZ \"Kazakhstan\" help\n", "the help line is a text in quotes");
    expect_error("KAZ \"Kazakhstan\" \"help\" more\n", "there is more on the line");
    expect_error("KAZ \"\xC3\x28\"\n", "not UTF-8");
}

static void names_without_a_label_are_listed(void **state) {
    (void)state;
    struct reading reading;
    reading_open(&reading, "KAZ \"Kazakhstan\"\n");
    struct text out = {0};
    assert_true(labels_missing(&reading.all, reading.program, reading.labels, "en", &out) > 2);
    text_byte(&out, '\0');
    assert_non_null(strstr(out.at, "small.md:5: ARM has no label in labels.en\n"));
    assert_non_null(strstr(out.at, ": appeal has no label in labels.en\n"));
    assert_non_null(strstr(out.at, ": appeal.basis has no label in labels.en\n"));
    assert_null(strstr(out.at, "KAZ has no label"));
    assert_int_equal(reading.all.errors, 0);
    text_release(&out);
    reading_close(&reading);
}

static void texts_are_found_by_their_english(void **state) {
    (void)state;
    struct reading reading;
    reading_open(&reading, "\"Small\" \"Малый\"\n");
    assert_int_equal(reading.all.errors, 0);
    assert_true(span_is(labels_message(reading.labels, SPAN("Small")), "Малый"));
    assert_true(span_is(labels_message(reading.labels, SPAN("Large")), "Large"));
    reading_close(&reading);
    expect_error("\"Medium\" \"Средний\"\n", "neither the treaty nor a report says \"Medium\"");
}

static void a_part_is_called_by_itself_by_its_word_or_by_its_type(void **state) {
    (void)state;
    static const char *const lines[] = {"basis \"Kind of basis\" \"Of two\"\n", ".basis \"Basis\"\n", "appeal.basis \"Why\"\n"};
    static const char *const labels[] = {"Kind of basis", "Basis", "Why"};
    struct text all = {0};
    for (size_t i = 0; i < COUNT_OF(lines); i++) {
        struct reading reading;
        struct label label;
        text_add(&all, span_of(lines[i]));
        text_byte(&all, '\0');
        reading_open(&reading, all.at);
        all.length--;
        assert_int_equal(reading.all.errors, 0);
        const struct act *act = &reading.program->acts[program_find_act(reading.program, SPAN("appeal"))];
        assert_true(labels_part(reading.labels, reading.program, act->name, &act->parameters[0], &label));
        assert_true(span_is(label.label, labels[i]));
        assert_true(span_is(label.help, "Of two"));
        reading_close(&reading);
    }
    text_release(&all);
}

int main(void) {
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(labels_are_found),
        cmocka_unit_test(slips_are_reported),
        cmocka_unit_test(names_without_a_label_are_listed),
        cmocka_unit_test(texts_are_found_by_their_english),
        cmocka_unit_test(a_part_is_called_by_itself_by_its_word_or_by_its_type),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
