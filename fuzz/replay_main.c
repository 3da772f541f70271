// SPDX-License-Identifier: Apache-2.0
// Runs the function of a fuzz program over files, without libFuzzer: NAME_fuzz FILE|FOLDER...
// Says "run FILE" before each and "ok FILE" after it, so that the one which stops the program is known.
#include "fuzz.h"

#include "base/base.h"

static void run(const char *name, struct span text) {
    printf("run %s\n", name);
    fflush(stdout);
    // A copy of its exact size: the sanitizer then sees a read of the byte behind it.
    char *copy = text.length ? base_alloc(text.length) : NULL;
    if (copy) memcpy(copy, text.at, text.length);
    LLVMFuzzerTestOneInput((const uint8_t *)copy, text.length);
    free(copy);
    printf("ok %s\n", name);
}

static bool run_path(const char *path) {
    bool done = true;
    struct arena arena;
    struct span *names, text;
    uint32_t count;
    arena_init(&arena);
    base_error error = folder_list(&arena, path, &names, &count);
    if (error == BASE_OK) {
        for (uint32_t i = 0; i < count; i++)
            if (!run_path(span_print(&arena, "%s/%.*s", path, SPAN_ARG(names[i])).at)) done = false;
    } else {
        error = file_read(&arena, path, &text);
        done = error == BASE_OK;
        if (done) run(path, text);
        else fprintf(stderr, "cannot read %s\n", path);
    }
    arena_release(&arena);
    return done;
}

int main(int count, char **arguments) {
    bool done = true;
    run("nothing", SPAN(""));
    for (int i = 1; i < count; i++)
        if (!run_path(arguments[i])) done = false;
    return done ? 0 : 4;
}
