// SPDX-License-Identifier: Apache-2.0
// Reads a command line against the table and dispatches. Nothing runs before the whole line is understood.
#include "cli/cli_internal.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

// ---- Saying what is wrong ------------------------------------------------------------------------------------------
static void say(const struct invocation *invocation, const char *format, va_list arguments) {
    struct arena arena;
    struct text line = {0};
    arena_init(&arena);
    text_print(&line, "entente%s%s: ", invocation->command ? " " : "",
               invocation->command ? invocation->command->name : "");
    // It may name what somebody else called so.
    scenario_visible_print(span_print_list(&arena, format, arguments), &line);
    text_byte(&line, '\n');
    (void)!write_all(STDERR_FILENO, text_span(&line));
    text_release(&line);
    arena_release(&arena);
}

int usage(const struct invocation *invocation, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    say(invocation, format, arguments);
    va_end(arguments);
    if (invocation->command)
        fprintf(stderr, "usage: entente %s [OPTION...] %s\n", invocation->command->name,
                invocation->command->arguments);
    else fputs("`entente help` lists the commands.\n", stderr);
    return EXIT_USAGE;
}

int complain(const struct invocation *invocation, int status, const char *format, ...) {
    va_list arguments;
    va_start(arguments, format);
    say(invocation, format, arguments);
    va_end(arguments);
    return status;
}

const char *did_you_mean(struct invocation *invocation, struct span wanted, const struct span *names, uint32_t count) {
    struct span near = span_nearest(wanted, names, count);
    return near.length ? span_print(&invocation->arena, "; did you mean %.*s?", SPAN_ARG(near)).at : "";
}

bool write_all(int descriptor, struct span text) {
    while (text.length) {
        ssize_t written = write(descriptor, text.at, text.length);
        if (written < 0 && errno == EINTR) continue;
        if (written < 0) return false;
        text = span_part(text, (uint32_t)written, text.length - (uint32_t)written);
    }
    return true;
}

int write_file(struct invocation *invocation, const char *name, struct span text) {
    char path[PATH_MAX];
    struct stat info;
    bool there = stat(name, &info) == 0, beside = !there || S_ISREG(info.st_mode);
    const char *target = there && beside && realpath(name, path) ? path : name;
    const char *open_as = beside ? span_print(&invocation->arena, "%s.entente-%ld", target, (long)getpid()).at : name;
    mode_t mode = there ? info.st_mode & 07777 : 0666;
    int descriptor = open(open_as, O_WRONLY | O_CLOEXEC | (beside ? O_CREAT | O_EXCL : 0), mode);
    bool written = descriptor >= 0 && (!there || !beside || fchmod(descriptor, mode) == 0) &&
                   write_all(descriptor, text) && (!beside || fsync(descriptor) == 0);
    if (descriptor >= 0 && close(descriptor) != 0) written = false;
    if (written && (!beside || rename(open_as, target) == 0)) return EXIT_DONE;
    int number = errno;
    if (beside && descriptor >= 0) unlink(open_as);
    return complain(invocation, EXIT_IO, "cannot write %s: %s", name, strerror(number));
}

static bool wants_colour(const struct invocation *invocation, int descriptor) {
    const char *when = has(invocation, OPTION_COLOR) ? invocation->values[OPTION_COLOR] : "auto",
               *none = getenv("NO_COLOR");
    if (strcmp(when, "auto") != 0) return strcmp(when, "always") == 0;
    return isatty(descriptor) && !(none && none[0]);
}

void print_diagnostics(const struct invocation *invocation, const struct diagnostics *all) {
    struct text out = {0};
    diagnostics_print(all, &out, wants_colour(invocation, STDERR_FILENO));
    (void)!write_all(STDERR_FILENO, text_span(&out));
    text_release(&out);
}

// ---- Options -------------------------------------------------------------------------------------------------------
const struct cli_command *cli_find_command(const char *name) {
    for (uint32_t i = 0; i < cli_command_count; i++)
        if (strcmp(cli_commands[i].name, name) == 0) return &cli_commands[i];
    return NULL;
}

static int unknown_command(struct invocation *invocation, const char *name) {
    struct span names[64];
    ENSURE(cli_command_count <= COUNT_OF(names));
    for (uint32_t i = 0; i < cli_command_count; i++) names[i] = span_of(cli_commands[i].name);
    return usage(invocation, "there is no command `%s`%s", name,
                 did_you_mean(invocation, span_of(name), names, cli_command_count));
}

static bool takes(const struct cli_command *command, enum option_id option) { return command->options >> option & 1; }

// Two options may share a name where no command takes both. The one that the command takes, else any of that name.
static enum option_id find_option(const struct cli_command *command, struct span name) {
    uint32_t found = OPTION_COUNT;
    for (uint32_t i = 0; i < OPTION_COUNT; i++)
        if (span_is(name, cli_options[i].name) && (found == OPTION_COUNT || takes(command, (enum option_id)i)))
            found = i;
    return (enum option_id)found;
}

static int unknown_option(struct invocation *invocation, struct span name) {
    struct span names[OPTION_COUNT];
    uint32_t count = 0;
    for (uint32_t i = 0; i < OPTION_COUNT; i++)
        if (takes(invocation->command, (enum option_id)i)) names[count++] = span_of(cli_options[i].name);
    const char *hint = did_you_mean(invocation, name, names, count);
    if (hint[0]) hint = span_print(&invocation->arena, "; did you mean --%s", hint + strlen("; did you mean ")).at;
    if (find_option(invocation->command, name) != OPTION_COUNT)
        return usage(invocation, "it takes no --%.*s", SPAN_ARG(name));
    return usage(invocation, "there is no option --%.*s%s", SPAN_ARG(name), hint);
}

static bool among(const char *choices, const char *wanted) {
    size_t length = strlen(wanted);
    for (const char *at = choices; *at; at += *at == ' ') {
        size_t word = strcspn(at, " ");
        if (word == length && memcmp(at, wanted, length) == 0) return true;
        at += word;
    }
    return false;
}

// --NAME, --NAME=VALUE, --NAME VALUE. *at is moved over a value that is an argument of its own.
static int read_option(struct invocation *invocation, int argc, char **argv, int *at) {
    struct span name = span_of(argv[*at] + 2);
    const char *given = strchr(argv[*at], '=');
    if (given) name.length = (uint32_t)(given++ - name.at);
    enum option_id id = find_option(invocation->command, name);
    if (id == OPTION_COUNT || !takes(invocation->command, id)) return unknown_option(invocation, name);
    const struct cli_option *option = &cli_options[id];
    if (has(invocation, id)) return usage(invocation, "--%s is given twice", option->name);
    if (!option->value && given) return usage(invocation, "--%s takes no value", option->name);
    if (option->value && !given) {
        if (*at + 1 >= argc || strncmp(argv[*at + 1], "--", 2) == 0)
            return usage(invocation, "--%s takes a value: --%s %s", option->name, option->name, option->value);
        given = argv[++*at];
    }
    if (option->choices && !among(option->choices, given))
        return usage(invocation, "--%s is one of: %s", option->name, option->choices);
    invocation->values[id] = given ? given : "";
    return EXIT_DONE;
}

static int read_line(struct invocation *invocation, int argc, char **argv, int at) {
    bool options = true;
    invocation->arguments = ARENA_ARRAY(&invocation->arena, const char *, argc + 1);
    for (; at < argc; at++) {
        int status = EXIT_DONE;
        if (options && strcmp(argv[at], "--") == 0) options = false;
        else if (options && strcmp(argv[at], "-h") == 0) invocation->values[OPTION_HELP] = "";
        else if (options && strcmp(argv[at], "-o") == 0 && takes(invocation->command, OPTION_OUTPUT)) {
            char output[] = "--output", *words[] = {output, at + 1 < argc ? argv[at + 1] : NULL};
            int taken = 0;
            status = read_option(invocation, at + 1 < argc ? 2 : 1, words, &taken);
            at += taken;
        } else if (options && strncmp(argv[at], "--", 2) == 0) status = read_option(invocation, argc, argv, &at);
        else if (options && argv[at][0] == '-' && argv[at][1])
            status = usage(invocation, "there is no option %s", argv[at]);
        else invocation->arguments[invocation->argument_count++] = argv[at];
        if (status != EXIT_DONE) return status;
    }
    return EXIT_DONE;
}

// The first word of the command's arguments that was not given: "SCENARIO [RELATION]".
static const char *missing(struct invocation *invocation) {
    const char *words = invocation->command->arguments;
    for (uint32_t i = 0; i < invocation->argument_count; i++) {
        words += strcspn(words, " ");
        words += strspn(words, " ");
    }
    struct span all = span_of(words);
    // Words that stand for one argument are told together: FACT | line N | NAME.
    uint32_t length = strchr(words, '|') ? all.length : (uint32_t)strcspn(words, " ");
    return span_print(&invocation->arena, "%.*s", (int)length, words).at;
}

static bool is_clock(const char *word) {
    uint32_t colons = 0, digits = 0;
    for (; *word; word++)
        if (*word == ':') colons++;
        else if (*word >= '0' && *word <= '9') digits++;
        else return false;
    return colons > 0 && colons < 3 && digits > 2;
}

// --at 2025-07-01 22:00 without quotes: "at '2025-07-01 22:00'"; NULL where no argument is a clock.
static const char *after_a_day(struct invocation *invocation) {
    static const enum option_id times[] = {OPTION_AT, OPTION_FROM, OPTION_TO};
    for (uint32_t i = 0; i < invocation->argument_count; i++)
        for (uint32_t k = 0; k < COUNT_OF(times); k++)
            if (is_clock(invocation->arguments[i]) && has(invocation, times[k]) &&
                !strchr(invocation->values[times[k]], ' '))
                return span_print(&invocation->arena, "%s '%s %s'", cli_options[times[k]].name,
                                  invocation->values[times[k]], invocation->arguments[i])
                    .at;
    return NULL;
}

static int check_count(struct invocation *invocation) {
    const struct cli_command *command = invocation->command;
    if (invocation->argument_count < command->least) return usage(invocation, "%s is missing", missing(invocation));
    if (after_a_day(invocation))
        return usage(invocation, "put a time with a clock in quotes: --%s", after_a_day(invocation));
    if (invocation->argument_count > command->most)
        return usage(invocation, "`%s` is one argument too many", invocation->arguments[command->most]);
    return EXIT_DONE;
}

// ---- Running -------------------------------------------------------------------------------------------------------
static int run(struct invocation *invocation, int argc, char **argv) {
    const char *name = argc > 1 ? argv[1] : "";
    if (argc < 2) {
        struct text help = {0};
        help_general(NULL, &help);
        (void)!write_all(STDERR_FILENO, text_span(&help));
        text_release(&help);
        return EXIT_USAGE;
    }
    if (strcmp(name, "--help") == 0 || strcmp(name, "-h") == 0) name = "help";
    if (strcmp(name, "--version") == 0) name = "version";
    if (name[0] == '-') return usage(invocation, "there is no option %s before a command", name);
    invocation->command = cli_find_command(name);
    if (!invocation->command) return unknown_command(invocation, name);
    int status = read_line(invocation, argc, argv, 2);
    if (status != EXIT_DONE) return status;
    if (has(invocation, OPTION_HELP)) return show_help(invocation, invocation->command);
    status = check_count(invocation);
    if (status != EXIT_DONE) return status;
    invocation->colour = wants_colour(invocation, STDOUT_FILENO);
    invocation->json = has(invocation, OPTION_JSON);
    return invocation->command->run(invocation);
}

int cli_main(int argc, char **argv) {
    struct invocation invocation = {0};
    // A reader that goes away is an error of writing like any other, not a signal.
    signal(SIGPIPE, SIG_IGN);
    arena_init(&invocation.arena);
    int status = run(&invocation, argc, argv);
    bool written = write_all(STDOUT_FILENO, text_span(&invocation.out));
    // Some file systems say only here that there was no room.
    if (close(STDOUT_FILENO) != 0 && errno != EBADF) written = false;
    if (!written) status = complain(&invocation, EXIT_IO, "cannot write the output: %s", strerror(errno));
    text_release(&invocation.out);
    arena_release(&invocation.arena);
    return status;
}
