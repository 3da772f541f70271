// SPDX-License-Identifier: Apache-2.0
// Opens what commands work on: a treaty, and a scenario that has been run, asked as of a moment.
#include "cli/cli_internal.h"

#include "naive/naive.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

// ---- Treaties ------------------------------------------------------------------------------------------------------
static bool exists(const char *path) {
    struct stat info;
    return stat(path, &info) == 0;
}

int check_language(struct invocation *invocation, const char *treaty) {
    if (!has(invocation, OPTION_LANG)) return EXIT_DONE;
    const char *wanted = invocation->values[OPTION_LANG];
    struct label_languages languages = labels_languages(&invocation->arena, treaty);
    struct text list = {0};
    for (uint32_t i = 0; i < languages.count; i++) {
        if (span_is(languages.at[i], wanted)) {
            text_release(&list);
            return EXIT_DONE;
        }
        text_print(&list, "%s%.*s", i ? ", " : "", SPAN_ARG(languages.at[i]));
    }
    usage(invocation, "there are no labels in `%s`; there are: %.*s", wanted, SPAN_ARG(text_span(&list)));
    text_release(&list);
    return EXIT_USAGE;
}

void treaty_labels(const struct invocation *invocation, struct treaty *treaty) {
    bool beside;
    if (treaty->program && has(invocation, OPTION_LANG))
        treaty->labels = labels_load(&treaty->diagnostics, treaty->program, treaty->path,
                                     invocation->values[OPTION_LANG], &beside);
}

int treaty_open(struct invocation *invocation, const char *path, struct treaty *treaty) {
    *treaty = (struct treaty){.path = path};
    diagnostics_init(&treaty->diagnostics);
    if (!exists(path)) return complain(invocation, EXIT_CORRUPT, "cannot read %s: %s", path, strerror(errno));
    int status = check_language(invocation, path);
    if (status != EXIT_DONE) return status;
    treaty->program = lang_load(&treaty->diagnostics, path);
    treaty_labels(invocation, treaty);
    if (treaty->program && treaty->diagnostics.errors == 0) return EXIT_DONE;
    print_diagnostics(invocation, &treaty->diagnostics);
    return EXIT_CORRUPT;
}

void treaty_close(struct treaty *treaty) {
    labels_free(treaty->labels);
    if (treaty->program) program_free(treaty->program);
    diagnostics_release(&treaty->diagnostics);
}

// ---- Scenarios -----------------------------------------------------------------------------------------------------
// FILE:TITLE is cut at the first colon before which a file's name stands: titles and names may have colons too.
static const char *split_title(struct invocation *invocation, const char *argument, const char **title) {
    *title = NULL;
    if (exists(argument)) return argument;
    for (const char *colon = strchr(argument, ':'); colon; colon = strchr(colon + 1, ':')) {
        const char *path = span_print(&invocation->arena, "%.*s", (int)(colon - argument), argument).at;
        if (!exists(path)) continue;
        *title = colon + 1;
        return path;
    }
    return argument;
}

static bool read_number(const char *text, uint32_t *number) {
    char *end;
    errno = 0;
    unsigned long read = strtoul(text, &end, 10);
    if (text[0] < '0' || text[0] > '9' || *end || errno || read >= POSITION_LAST) return false;
    *number = (uint32_t)read;
    return true;
}

static void choose_only(struct invocation *invocation, const struct story *story, struct chosen *chosen) {
    const struct scenario_set *set = &story->set;
    *chosen = (struct chosen){ARENA_ARRAY(&invocation->arena, const struct scenario *, set->all.count + 1), 0};
    for (uint32_t i = 0; i < set->all.count; i++)
        if (span_equal(set->all.at[i].title, set->only)) chosen->at[chosen->count++] = &set->all.at[i];
}

static bool title_contains(struct span title, const char *words) { return title.length && strstr(title.at, words); }

// FILE:LINE: the last scenario that begins at or before the line.
static const struct scenario *scenario_at(const struct story *story, const char *title) {
    const struct scenario *found = NULL;
    uint32_t wanted, line, column;
    if (!read_number(title, &wanted)) return NULL;
    for (uint32_t i = 0; i < story->set.all.count; i++) {
        diagnostics_line(&story->treaty.diagnostics, story->set.all.at[i].place, &line, &column);
        if (line <= wanted) found = &story->set.all.at[i];
    }
    return found;
}

// The scenario whose title is `title`; else the one at that line; else those whose title contains it.
static void choose(struct invocation *invocation, const struct story *story, const char *title,
                   struct chosen *chosen) {
    const struct scenario_set *set = &story->set;
    *chosen = (struct chosen){ARENA_ARRAY(&invocation->arena, const struct scenario *, set->all.count + 1), 0};
    for (uint32_t i = 0; i < set->all.count; i++)
        if (!title || span_is(set->all.at[i].title, title)) chosen->at[chosen->count++] = &set->all.at[i];
    const struct scenario *at_line = title && chosen->count == 0 ? scenario_at(story, title) : NULL;
    if (at_line) chosen->at[chosen->count++] = at_line;
    bool exact = chosen->count > 0;
    for (uint32_t i = 0; i < set->all.count && title && !exact; i++) {
        const char *terminated = span_copy(&invocation->arena, set->all.at[i].title).at;
        if (title_contains((struct span){terminated, set->all.at[i].title.length}, title))
            chosen->at[chosen->count++] = &set->all.at[i];
    }
}

// chosen NULL: all that were read.
static void list_titles(const struct story *story, uint32_t count, const struct chosen *chosen) {
    struct text list = {0};
    for (uint32_t i = 0; i < count; i++) {
        const struct scenario *one = chosen ? chosen->at[i] : &story->set.all.at[i];
        uint32_t line, column;
        diagnostics_line(&story->treaty.diagnostics, one->place, &line, &column);
        text_print(&list, "  '");
        scenario_visible_print(one->path, &list);
        text_print(&list, ":%.*s'   (line %u)\n", SPAN_ARG(one->title), line);
    }
    (void)!write_all(2, text_span(&list));
    text_release(&list);
}

static int no_such_title(struct invocation *invocation, const struct story *story, const char *path,
                         const char *title) {
    const struct scenario_set *set = &story->set;
    struct span *names = ARENA_ARRAY(&invocation->arena, struct span, set->all.count + 1);
    for (uint32_t i = 0; i < set->all.count; i++) names[i] = set->all.at[i].title;
    complain(invocation, EXIT_USAGE, "%s has no scenario \"%s\"%s", path, title,
             did_you_mean(invocation, span_of(title), names, set->all.count));
    list_titles(story, set->all.count, NULL);
    return EXIT_USAGE;
}

int story_read(struct invocation *invocation, const char *argument, struct story *story, struct chosen *chosen) {
    const char *title;
    *story = (struct story){0};
    diagnostics_init(&story->treaty.diagnostics);
    scenario_set_init(&story->set);
    const char *path = split_title(invocation, argument, &title);
    if (!exists(path)) return complain(invocation, EXIT_CORRUPT, "cannot read %s: %s", path, strerror(errno));
    struct span treaty = has(invocation, OPTION_TREATY) ? span_of(invocation->values[OPTION_TREATY])
                                                        : scenario_find_treaty(&invocation->arena, path);
    if (treaty.length == 0)
        return complain(invocation, EXIT_CORRUPT,
                        "%s declares no treaty, and no folder above it does; name one with --treaty", path);
    if (has(invocation, OPTION_ONLY)) {
        if (title) return usage(invocation, "%s names a scenario already; --only is one too many", argument);
        title = invocation->values[OPTION_ONLY];
        story->set.only = span_of(title);
        if (!title[0]) return usage(invocation, "--only takes a title");
    }
    diagnostics_release(&story->treaty.diagnostics);
    story->searched = !has(invocation, OPTION_TREATY) && !span_is(treaty, path);
    int status = treaty_open(invocation, treaty.at, &story->treaty);
    if (status != EXIT_DONE) return status;
    if (!scenario_read(&story->treaty.diagnostics, story->treaty.program, path, &story->set)) {
        print_diagnostics(invocation, &story->treaty.diagnostics);
        if (story->searched)
            complain(invocation, EXIT_CORRUPT, "it was read as a scenario of the treaty in %s; --treaty names another",
                     story->treaty.path);
        return EXIT_CORRUPT;
    }
    if (has(invocation, OPTION_ONLY)) choose_only(invocation, story, chosen);
    else choose(invocation, story, title, chosen);
    if (title && chosen->count == 0) return no_such_title(invocation, story, path, title);
    return EXIT_DONE;
}

static const struct entry *log_entry(void *context, uint32_t position, struct span *where) {
    struct story *story = context;
    const struct scenario_step *step;
    const struct entry *entry = scenario_entry(&story->run, position, &step);
    if (!entry) return NULL;
    uint32_t line, column;
    if (step->row) {
        *where = span_print(&story->run.arena, labels_say(story->run.words.labels, "%.*s row %u"),
                            SPAN_ARG(step->table), step->row);
        return entry;
    }
    diagnostics_line(&story->treaty.diagnostics, step->place, &line, &column);
    *where = span_print(&story->run.arena, labels_say(story->run.words.labels, "line %u"), line);
    return entry;
}

static struct span log_name(void *context, struct type type, value entity) {
    const struct scenario_words *words = &((struct story *)context)->run.words;
    return words->entity ? words->entity(words->context, type, entity) : (struct span){0};
}

static const char *say_in(const void *language, const char *english) { return labels_say(language, english); }

void story_run(struct invocation *invocation, struct story *story, const struct scenario *scenario,
               const struct scenario_observer *observer) {
    story->scenario = scenario;
    if (story->evaluator) story->evaluator = evaluator_again(story->evaluator);
    else if (has(invocation, OPTION_NAIVE)) story->evaluator = naive_new(story->treaty.program);
    else story->evaluator = engine_new(story->treaty.program);
    const struct labels *labels = invocation->json ? NULL : story->treaty.labels;
    story->log = (struct explain_log){story, log_entry, log_name, labels, say_in};
    struct scenario_why why = story_why(invocation, story);
    why.labels = labels;
    story->ran = true;
    scenario_run(scenario, story->evaluator, &why, observer, &story->run);
}

void story_stop(struct story *story) {
    if (story->ran) scenario_run_release(&story->run);
    story->ran = false;
}

void story_close(struct story *story) {
    story_stop(story);
    evaluator_free(story->evaluator);
    scenario_set_release(&story->set);
    treaty_close(&story->treaty);
}

// ---- The moment that is asked about --------------------------------------------------------------------------------
bool read_time(const struct invocation *invocation, const struct story *story, enum option_id option, int64_t *time) {
    struct span text = span_of(invocation->values[option]);
    uint32_t length;
    if (calendar_parse(text, story->treaty.program->offset, time, &length) && length == text.length) return true;
    usage(invocation, "--%s: `%s` is no time; write 2022-01-06, '2022-01-06 10:00' or '2022-01-06 10:00 +06:00'",
          cli_options[option].name, text.at);
    return false;
}

static void entry_time(const struct story *story, uint32_t position, int64_t *time) {
    const struct scenario_step *step;
    const struct entry *entry = scenario_entry(&story->run, position, &step);
    if (entry) *time = entry->time;
}

static int read_moment(struct invocation *invocation, struct story *story) {
    struct question *question = &story->question;
    *question = (struct question){scenario_end(&story->run), POSITION_LAST};
    if (has(invocation, OPTION_SEQ)) {
        if (!read_number(invocation->values[OPTION_SEQ], &question->position))
            return usage(invocation, "--seq is the number of an entry");
        if (question->position > story->evaluator->position)
            return complain(invocation, EXIT_USAGE, "there is no entry %u: the last one is %u", question->position,
                            story->evaluator->position);
        if (question->position == 0 && !has(invocation, OPTION_AT))
            return usage(invocation, "--seq 0 has no time of its own: give --at too");
        entry_time(story, question->position, &question->time);
    }
    if (has(invocation, OPTION_AT) && !read_time(invocation, story, OPTION_AT, &question->time)) return EXIT_USAGE;
    // What lies behind the next entry's time, or behind the last entry, is not history but what would be.
    uint32_t known = question->position == POSITION_LAST ? story->evaluator->position : question->position;
    int64_t until = scenario_end(&story->run);
    if (known < story->evaluator->position) entry_time(story, known + 1, &until);
    story->projection = question->time > until;
    return EXIT_DONE;
}

static int several(struct invocation *invocation, const struct story *story, const struct chosen *chosen,
                   const char *argument) {
    complain(invocation, EXIT_USAGE, "%s has %u scenarios; say which:", argument, chosen->count);
    list_titles(story, chosen->count, chosen);
    return EXIT_USAGE;
}

int story_open(struct invocation *invocation, const char *argument, struct story *story) {
    struct chosen chosen;
    int64_t unused;
    uint32_t length;
    // A time that cannot be one is said before anything is run.
    *story = (struct story){0};
    struct span at = span_of(has(invocation, OPTION_AT) ? invocation->values[OPTION_AT] : "2000-01-01");
    if (!calendar_parse(at, 0, &unused, &length) || length != at.length) {
        diagnostics_init(&story->treaty.diagnostics);
        scenario_set_init(&story->set);
        return usage(invocation,
                     "--at: `%s` is no time; write 2022-01-06, '2022-01-06 10:00' or '2022-01-06 10:00 +06:00'", at.at);
    }
    int status = story_read(invocation, argument, story, &chosen);
    if (status != EXIT_DONE) return status;
    if (chosen.count == 0) return complain(invocation, EXIT_CORRUPT, "%s has no scenario", argument);
    if (chosen.count > 1) return several(invocation, story, &chosen, argument);
    story_run(invocation, story, chosen.at[0], NULL);
    story->run.words.with_offset = false;    // a moment is shown, and no step at an offset of its own
    return read_moment(invocation, story);
}

struct explainer explainer_of(struct invocation *invocation, struct story *story) {
    return (struct explainer){&invocation->arena, story->evaluator, story->question, &story->log};
}

// ---- Heads ---------------------------------------------------------------------------------------------------------
void show_time(struct text *out, const struct story *story, int64_t time) {
    calendar_print(out, time, story->treaty.program->offset);
}

// What is not plain from the moment itself: a bare day is its first second, and nothing may have happened yet.
static const char *moment_words(const struct invocation *invocation, const struct story *story) {
    const struct scenario_step *step;
    const struct entry *first = scenario_entry(&story->run, 1, &step);
    enum option_id option = has(invocation, OPTION_AT) ? OPTION_AT : OPTION_TO;
    bool day = has(invocation, option) && !strchr(invocation->values[option], ':');
    if (first && story->question.time < first->time)
        return day ? ", the start of the day, before the first entry" : ", before the first entry";
    return day ? ", the start of the day" : "";
}

void show_head(struct invocation *invocation, const struct story *story) {
    struct text *out = &invocation->out, time = {0};
    const struct labels *labels = story->treaty.labels;
    show_time(&time, story, story->question.time);
    if (story->question.time == TIME_MIN) {
        time.length = 0;
        text_print(&time, "%s", labels_say(labels, "no time: nothing is stated"));
    }
    if (invocation->json) {
        text_add(out, SPAN("{\"treaty\":"));
        text_json(out, story->treaty.program->name);
        text_add(out, SPAN(",\"scenario\":"));
        text_json(out, story->scenario->title);
        text_add(out, SPAN(",\"at\":"));
        explain_print_moment(story->question.time, out);
        if (story->question.position != POSITION_LAST) text_print(out, ",\"seq\":%u", story->question.position);
        text_print(out, ",\"projection\":%s,", story->projection ? "true" : "false");
    } else {
        text_print(
            out, "%s%.*s%s%.*s%s%s%.*s%s%s%s", invocation->colour ? "\033[2m" : "",
            SPAN_ARG(labels_text(labels, story->treaty.program->name)), story->scenario->title.length ? ": " : "",
            SPAN_ARG(story->scenario->title), ", ", labels_say(labels, "at "), SPAN_ARG(text_span(&time)),
            labels_say(labels, moment_words(invocation, story)),
            story->projection ? labels_say(labels, " (projection: what would be if nothing but time happened)") : "",
            invocation->colour ? "\033[0m\n\n" : "\n\n");
    }
    text_release(&time);
}
