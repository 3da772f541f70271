// SPDX-License-Identifier: Apache-2.0
// check, fmt: the text of a treaty.
#include "cli/cli_internal.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

// ---- check ---------------------------------------------------------------------------------------------------------
static bool embedded(struct span path) {
    for (size_t i = 0; i < lang_library_count; i++)
        if (span_is(path, lang_libraries[i].name)) return true;
    return span_is(path, "prelude");
}

// The tokens of the treaty's own files, block by block.
static void dump_tokens(struct invocation *invocation, struct diagnostics *all) {
    uint32_t count = all->sources.count;
    for (uint32_t i = 0; i < count; i++) {
        if (embedded(all->sources.at[i].path)) continue;
        struct fences fences = markdown_fences(&invocation->arena, all, i);
        for (uint32_t k = 0; k < fences.count; k++) {
            if (!span_is(fences.at[k].info, "treaty")) continue;
            struct tokens tokens = lex(&invocation->arena, all, i, fences.at[k].from, fences.at[k].to, 0);
            tokens_dump(&tokens, &invocation->out);
        }
    }
}

static int check_early(struct invocation *invocation, const char *path, const char *stage) {
    struct diagnostics all;
    struct tree tree;
    diagnostics_init(&all);
    tree_init(&tree);
    bool parsed = lang_parse(&all, path, &tree);
    if (strcmp(stage, "tokens") == 0) dump_tokens(invocation, &all);
    else if (parsed) tree_dump(&tree, &invocation->out);
    if (!parsed) print_diagnostics(invocation, &all);
    tree_release(&tree);
    diagnostics_release(&all);
    return parsed ? EXIT_DONE : EXIT_CORRUPT;
}

// The number of things without a label, where they are asked for.
static uint32_t check_labels(struct invocation *invocation, struct treaty *treaty) {
    struct label_languages languages = labels_languages(&invocation->arena, treaty->path);
    uint32_t missing = 0;
    for (uint32_t i = 0; i < languages.count; i++) {
        bool beside;
        const char *language = span_copy(&invocation->arena, languages.at[i]).at;
        struct labels *labels =
            labels_load_alone(&treaty->diagnostics, treaty->program, treaty->path, language, &beside);
        if (has(invocation, OPTION_LABELS)) {
            if (beside)
                missing += labels_missing(&treaty->diagnostics, treaty->program, labels, language, &invocation->out);
            missing += labels_stale(language, &invocation->out);
        }
        labels_free(labels);
    }
    return missing;
}

// Scenarios are read, not run: what is wrong in one is said where it is checked, not when it is first tried.
static void check_scenarios(struct treaty *treaty) {
    struct scenario_set set;
    scenario_set_init(&set);
    (void)!scenario_read(&treaty->diagnostics, treaty->program, treaty->path, &set);
    scenario_set_release(&set);
}

static void check_summary(struct invocation *invocation, const struct treaty *treaty) {
    const struct program *program = treaty->program;
    uint32_t facts = 0, rules = 0, hidden = 0, acts = 0;
    for (uint32_t i = 0; i < program->acts_count; i++) acts += program->acts[i].first == i;
    for (uint32_t i = RELATION_FIRST_OWN; i < program->relations_count; i++) {
        if (program->relations[i].hidden) hidden++;
        else if (program->relations[i].derived) rules++;
        else facts++;
    }
    text_print(&invocation->out,
               labels_say(treaty->labels, "%.*s \"%.*s\": %u parties, %u organs, %u acts and events, %u facts, %u "
                                          "derived facts, %u norms\n"),
               SPAN_ARG(program->name), SPAN_ARG(labels_message(treaty->labels, program->title)),
               program->parties_count, program->organs_count, acts, facts, rules, program->norms_count);
}

int command_check(struct invocation *invocation) {
    const char *path = invocation->arguments[0],
               *stage = has(invocation, OPTION_DUMP) ? invocation->values[OPTION_DUMP] : "";
    struct treaty treaty = {.path = path};
    if ((stage[0] != 0) + invocation->json + has(invocation, OPTION_LABELS) > 1)
        return usage(invocation, "--dump, --json and --labels do not go together");
    struct stat info;
    if (stat(path, &info) != 0) return complain(invocation, EXIT_CORRUPT, "cannot read %s: %s", path, strerror(errno));
    if (strcmp(stage, "tokens") == 0 || strcmp(stage, "tree") == 0) return check_early(invocation, path, stage);
    int status = check_language(invocation, path);
    if (status != EXIT_DONE) return status;
    diagnostics_init(&treaty.diagnostics);
    treaty.program = lang_load(&treaty.diagnostics, path);
    uint32_t missing = treaty.program ? check_labels(invocation, &treaty) : 0;
    treaty_labels(invocation, &treaty);
    if (treaty.program) check_scenarios(&treaty);
    bool good = treaty.program && treaty.diagnostics.errors == 0;
    if (invocation->json) {
        text_print(&invocation->out, "{\"ok\":%s,\"diagnostics\":", good ? "true" : "false");
        diagnostics_json(&treaty.diagnostics, &invocation->out);
        text_add(&invocation->out, SPAN("}\n"));
    } else {
        print_diagnostics(invocation, &treaty.diagnostics);
        if (good && stage[0]) program_dump(treaty.program, &invocation->out);
        else if (good && !has(invocation, OPTION_LABELS)) check_summary(invocation, &treaty);
        else if (good)
            text_print(&invocation->out, labels_say(treaty.labels, "%u labels or help lines are missing\n"), missing);
    }
    treaty_close(&treaty);
    return !good ? EXIT_CORRUPT : missing ? EXIT_FALSE : EXIT_DONE;
}

// ---- fmt -----------------------------------------------------------------------------------------------------------
static int worse(int a, int b) { return a > b ? a : b; }

static int format_file(struct invocation *invocation, const char *path) {
    struct span text;
    base_error error = file_read(&invocation->arena, path, &text);
    if (error != BASE_OK) return complain(invocation, EXIT_CORRUPT, "cannot read %s", path);
    struct diagnostics all;
    struct text laid_out = {0};
    int status = EXIT_DONE;
    diagnostics_init(&all);
    uint32_t source = diagnostics_source(&all, span_of(path), text);
    if (!tree_format(&all, source, &laid_out)) {
        print_diagnostics(invocation, &all);
        status = EXIT_CORRUPT;
    } else if (!span_equal(text, text_span(&laid_out))) {
        text_print(&invocation->out, "%s%s\n", path, has(invocation, OPTION_CHECK) ? " is not laid out" : "");
        status = has(invocation, OPTION_CHECK) ? EXIT_FALSE : write_file(invocation, path, text_span(&laid_out));
    }
    text_release(&laid_out);
    diagnostics_release(&all);
    return status;
}

static int format_path(struct invocation *invocation, const char *path, uint32_t depth) {
    struct span *names;
    uint32_t count;
    struct stat info;
    if (stat(path, &info) != 0) return complain(invocation, EXIT_CORRUPT, "cannot read %s: %s", path, strerror(errno));
    if (!S_ISDIR(info.st_mode)) return format_file(invocation, path);
    if (depth > 32 || folder_list(&invocation->arena, path, &names, &count) != BASE_OK)
        return complain(invocation, EXIT_CORRUPT, "cannot list %s", path);
    int status = EXIT_DONE;
    for (uint32_t i = 0; i < count; i++) {
        bool folder = names[i].at[names[i].length - 1] == '/',
             markdown = names[i].length > 3 && memcmp(names[i].at + names[i].length - 3, ".md", 3) == 0;
        const char *slash = path[strlen(path) - 1] == '/' ? "" : "/";
        const char *below = span_print(&invocation->arena, "%s%s%.*s", path, slash, SPAN_ARG(names[i])).at;
        if (folder || markdown) status = worse(status, format_path(invocation, below, depth + 1));
    }
    return status;
}

// False: it is a folder, and there is nothing to lay out in it.
static bool holds_markdown(struct invocation *invocation, const char *path, uint32_t depth) {
    struct span *names;
    uint32_t count;
    if (depth > 32 || folder_list(&invocation->arena, path, &names, &count) != BASE_OK) return true;
    for (uint32_t i = 0; i < count; i++) {
        struct span name = names[i];
        if (name.length > 3 && memcmp(name.at + name.length - 3, ".md", 3) == 0) return true;
        if (name.at[name.length - 1] == '/' &&
            holds_markdown(invocation, span_print(&invocation->arena, "%s/%.*s", path, SPAN_ARG(name)).at, depth + 1))
            return true;
    }
    return false;
}

int command_fmt(struct invocation *invocation) {
    int status = EXIT_DONE;
    for (uint32_t i = 0; i < invocation->argument_count; i++)
        if (!holds_markdown(invocation, invocation->arguments[i], 0))
            status = worse(status, complain(invocation, EXIT_CORRUPT, "%s has no .md file", invocation->arguments[i]));
    for (uint32_t i = 0; i < invocation->argument_count; i++)
        status = worse(status, format_path(invocation, invocation->arguments[i], 0));
    return status;
}
