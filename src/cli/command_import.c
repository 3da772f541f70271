// SPDX-License-Identifier: Apache-2.0
// import: the tables of a register, as one batch.
#include "cli/cli_internal.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

// The scenario that the rows come after; the treaty is the one that was named.
static int read_after(struct invocation *invocation, struct story *story, const struct scenario **after) {
    struct chosen chosen = {0};
    invocation->values[OPTION_TREATY] = invocation->arguments[0];
    int status = story_read(invocation, invocation->values[OPTION_AFTER], story, &chosen);
    if (status != EXIT_DONE) return status;
    if (chosen.count != 1)
        return complain(invocation, EXIT_USAGE,
                        "--after: %s has %u scenarios that could be meant; name one, as FILE.md:TITLE",
                        invocation->values[OPTION_AFTER], chosen.count);
    *after = chosen.at[0];
    return EXIT_DONE;
}

static int read_register(struct invocation *invocation, struct story *story, struct text *batch) {
    const struct scenario *after = NULL;
    struct scenario copy;
    int status;
    if (has(invocation, OPTION_AFTER)) {
        status = read_after(invocation, story, &after);
    } else {
        *story = (struct story){0};
        scenario_set_init(&story->set);
        status = treaty_open(invocation, invocation->arguments[0], &story->treaty);
    }
    if (status != EXIT_DONE) return status;
    if (after) copy = *after, after = &copy;    // the set grows
    struct diagnostics *all = &story->treaty.diagnostics;
    bool right = scenario_import(all, story->treaty.program, invocation->arguments[1], after, &story->set, batch);
    if (right && !invocation->json) print_diagnostics(invocation, all);    // warnings: errors end it
    if (right) return EXIT_DONE;
    if (invocation->json) diagnostics_json(all, &invocation->out);
    else print_diagnostics(invocation, all);
    return EXIT_CORRUPT;
}

static void show_failures(const struct story *story) {
    struct text failures = {0};
    scenario_failures_print(&story->treaty.diagnostics, &story->run, &failures, false);
    (void)!write_all(STDERR_FILENO, text_span(&failures));
    text_release(&failures);
}

static void show_report(struct invocation *invocation, const struct story *story, const char *written) {
    struct text *out = &invocation->out;
    const struct diagnostics *all = &story->treaty.diagnostics;
    if (!invocation->json) {
        scenario_import_print(all, &story->set, &story->run, out, invocation->colour);
        const struct labels *labels = story->treaty.labels;
        if (written) text_print(out, labels_say(labels, "written: %s\n"), written);
        else text_print(out, "%s", labels_say(labels, "nothing is written\n"));
        return;
    }
    text_add(out, SPAN("{\"treaty\":"));
    text_json(out, story->treaty.program->name);
    text_byte(out, ',');
    scenario_import_json(all, &story->set, &story->run, out);
    text_add(out, SPAN(",\"failures\":"));
    scenario_failures_json(all, &story->run, out);
    text_add(out, SPAN(",\"written\":"));
    if (written) text_json(out, span_of(written));
    else text_add(out, SPAN("null"));
    text_add(out, SPAN("}\n"));
}

int command_import(struct invocation *invocation) {
    struct story story;
    struct text batch = {0};
    const char *path = has(invocation, OPTION_DRY_RUN) ? NULL : invocation->values[OPTION_OUTPUT];
    int status = read_register(invocation, &story, &batch);
    if (status != EXIT_DONE) goto out;
    if (path && story_reads(&story, path)) {
        status = usage(invocation, "%s is what the batch is made from: name another file", path);
        goto out;
    }
    story_run(invocation, &story, &story.set.all.at[story.set.all.count - 1], NULL);
    if (story.run.failures.count) status = EXIT_FALSE;
    else if (path) status = write_file(invocation, path, text_span(&batch));
    show_report(invocation, &story, status == EXIT_DONE ? path : NULL);
    if (story.run.failures.count && !invocation->json) show_failures(&story);
out:
    text_release(&batch);
    story_close(&story);
    return status;
}
