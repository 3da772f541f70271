// SPDX-License-Identifier: Apache-2.0
// Linked into every unit test, whose own main stays plain cmocka: it makes `./test NAME` run only the cases whose full
// name PROGRAM/CASE contains NAME, and has each case reported on a line of its own.
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <errno.h>

void cases_prepare(void);

// cmocka keeps the pointer, so the pattern lives as long as the program.
static char pattern[256];

// A filter that lies across the slash says the end of the program's name and the start of the case's.
__attribute__((constructor)) void cases_prepare(void) {
    cmocka_set_message_output(CM_OUTPUT_TAP);
    // What a case printed before a crash is to be seen, and in its place among the lines of stderr.
    setvbuf(stdout, NULL, _IOLBF, 0);
    const char *wanted = getenv("TEST_FILTER");
    if (!wanted || !*wanted) return;
    const char *program = program_invocation_short_name, *slash = strchr(wanted, '/');
    if (slash) {
        size_t length = (size_t)(slash - wanted), whole = strlen(program);
        bool ends = length <= whole && memcmp(program + whole - length, wanted, length) == 0;
        snprintf(pattern, sizeof pattern, ends ? "%.200s*" : "/", slash + 1);
    } else if (strstr(program, wanted)) {
        return;
    } else {
        snprintf(pattern, sizeof pattern, "*%.200s*", wanted);
    }
    cmocka_set_test_filter(pattern);
}
