// SPDX-License-Identifier: Apache-2.0
// Any bytes as a course of entries and questions: the engine and the naive evaluator say the same. The first byte picks one of the
// programs of tests/agree, which are read from the folder that the program is started in.
#include "fuzz.h"

#include "agree.h"

static struct program *load(uint8_t picked) {
    static struct program *programs[256];
    static struct diagnostics all[256];
    struct arena arena;
    struct span *names;
    uint32_t count = 0, found = 0;
    arena_init(&arena);
    if (folder_list(&arena, "tests/agree", &names, &count) != BASE_OK) count = 0;
    for (uint32_t i = 0; i < count; i++) {
        bool treaty = names[i].length > 3 && span_is(span_part(names[i], names[i].length - 3, 3), ".md") &&
                      !span_is(names[i], "README.md");
        if (treaty) names[found++] = names[i];
    }
    uint32_t chosen = found ? picked % found : 0;
    if (found && !programs[chosen]) {
        diagnostics_init(&all[chosen]);
        programs[chosen] = lang_load(&all[chosen], span_print(&arena, "tests/agree/%.*s", SPAN_ARG(names[chosen])).at);
        ENSURE(programs[chosen]);
    }
    arena_release(&arena);
    return found ? programs[chosen] : NULL;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size) {
    if (size < 2 || size > 4096) return 0;
    struct program *program = load(data[0]);
    if (!program) return 0;
    struct agree_counts counts = {0};
    struct session session;
    session_begin(&session, program, NULL, (struct chance){.bytes = data + 1, .left = size - 1, .from_bytes = true},
                  &counts);
    bool same = true;
    for (uint32_t i = 0; same && i < 40 && !chance_over(&session.chance) && !session_full(&session); i++)
        same = session_step(&session);
    same = same && session_review(&session);
    if (!same)
        fprintf(stderr, "%.*s\n%.*s", (int)session.story.length, session.story.at, (int)session.difference.length,
                session.difference.at);
    ENSURE(same);
    evaluator_free(session_end(&session));
    return 0;
}
