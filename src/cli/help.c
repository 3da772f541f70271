// SPDX-License-Identifier: Apache-2.0
// Help, completion, version: all from the table.
#include "cli/cli_internal.h"

#include <stdio.h>
#include <string.h>

#define VERSION "0.1"

// Texts of the table, which are no formats.
static struct span said_of(const struct labels *labels, const char *english) {
    return labels_message(labels, span_of(english));
}

void help_general(const struct labels *labels, struct text *out) {
    text_print(out, "%s\n\n", labels_say(labels, "entente runs a treaty that is written as a program."));
    text_print(out, "%s\n\n", labels_say(labels, "usage: entente COMMAND [OPTION...] ARGUMENT..."));
    for (uint32_t i = 0; i < cli_command_count; i++)
        text_print(out, "  %-11s %.*s\n", cli_commands[i].name, SPAN_ARG(said_of(labels, cli_commands[i].summary)));
    text_print(out, "\n%s\n", labels_say(labels, "`entente help COMMAND` says more of each."));
    text_print(out, "%s\n",
               labels_say(labels, "Exit status: 0 done, 1 refused or false, 2 usage, 3 unreadable or with errors, 4 "
                                  "input or output failed."));
}

// Line by line: several commands share some.
static void help_details(const struct labels *labels, const char *details, struct text *out) {
    for (const char *at = details, *end; *at; at = end + 1) {
        end = strchr(at, '\n');
        text_add(out, labels_message(labels, (struct span){at, (uint32_t)(end - at)}));
        text_byte(out, '\n');
    }
}

static void help_command(const struct labels *labels, const struct cli_command *command, struct text *out) {
    text_print(out, "entente %s: %.*s\n\n", command->name, SPAN_ARG(said_of(labels, command->summary)));
    text_print(out, labels_say(labels, "usage: entente %s [OPTION...] %s\n"), command->name, command->arguments);
    if (command->details[0]) text_byte(out, '\n');
    help_details(labels, command->details, out);
    text_byte(out, '\n');
    for (uint32_t i = 0; i < OPTION_COUNT; i++) {
        if (!(command->options >> i & 1)) continue;
        const struct cli_option *option = &cli_options[i];
        char name[64];
        snprintf(name, sizeof name, "--%s%s%s", option->name, option->value ? " " : "",
                 option->value ? option->value : "");
        text_print(out, "  %-18s %.*s", name, SPAN_ARG(said_of(labels, option->help)));
        if (option->choices) text_print(out, labels_say(labels, "; one of: %s"), option->choices);
        text_byte(out, '\n');
    }
}

int show_help(struct invocation *invocation, const struct cli_command *command) {
    struct labels *labels = NULL;
    int status = check_language(invocation, NULL);
    if (status != EXIT_DONE) return status;
    if (has(invocation, OPTION_LANG)) labels = labels_embedded(invocation->values[OPTION_LANG]);
    if (command) help_command(labels, command, &invocation->out);
    else help_general(labels, &invocation->out);
    labels_free(labels);
    return EXIT_DONE;
}

int command_help(struct invocation *invocation) {
    if (invocation->argument_count == 0) return show_help(invocation, NULL);
    const struct cli_command *command = cli_find_command(invocation->arguments[0]);
    if (command) return show_help(invocation, command);
    struct span names[64];
    for (uint32_t i = 0; i < cli_command_count; i++) names[i] = span_of(cli_commands[i].name);
    return usage(invocation, "there is no command `%s`%s", invocation->arguments[0],
                 did_you_mean(invocation, span_of(invocation->arguments[0]), names, cli_command_count));
}

int command_version(struct invocation *invocation) {
    text_add(&invocation->out, invocation->json ? SPAN("{\"name\":\"entente\",\"version\":\"" VERSION "\"}\n")
                                                : SPAN("entente " VERSION "\n"));
    return EXIT_DONE;
}

// ---- Completion ----------------------------------------------------------------------------------------------------
static void list_options(const struct cli_command *command, const char *before, const char *after, struct text *out) {
    for (uint32_t i = 0; i < OPTION_COUNT; i++)
        if (command->options >> i & 1) text_print(out, "%s%s%s", before, cli_options[i].name, after);
}

static void completion_bash(struct text *out) {
    text_add(
        out,
        SPAN("_entente() {\n    local word=${COMP_WORDS[COMP_CWORD]} before=${COMP_WORDS[COMP_CWORD-1]} options=\n    "
             "COMPREPLY=()\n    if [ \"$COMP_CWORD\" = 1 ]; then\n        COMPREPLY=($(compgen -W \""));
    for (uint32_t i = 0; i < cli_command_count; i++) text_print(out, "%s%s", i ? " " : "", cli_commands[i].name);
    text_add(out, SPAN("\" -- \"$word\"))\n        return\n    fi\n    case $before in\n"));
    for (uint32_t i = 0; i < OPTION_COUNT; i++)
        if (cli_options[i].choices)
            text_print(out, "    --%s) COMPREPLY=($(compgen -W \"%s\" -- \"$word\")); return ;;\n", cli_options[i].name,
                       cli_options[i].choices);
    text_add(out, SPAN("    esac\n    case ${COMP_WORDS[1]} in\n"));
    for (uint32_t i = 0; i < cli_command_count; i++) {
        text_print(out, "    %s) options=\"", cli_commands[i].name);
        list_options(&cli_commands[i], "--", " ", out);
        text_add(out, SPAN("\" ;;\n"));
    }
    text_add(
        out,
        SPAN("    esac\n    if [[ $word == -* ]]; then\n        COMPREPLY=($(compgen -W \"$options\" -- \"$word\"))\n  "
             "  else\n"
             "        COMPREPLY=($(compgen -f -- \"$word\"))\n    fi\n}\ncomplete -o filenames -F _entente entente\n"));
}

static void fish_text(struct text *out, const char *text) {
    text_byte(out, '\'');
    for (; *text; text++) {
        if (*text == '\'' || *text == '\\') text_byte(out, '\\');
        text_byte(out, *text);
    }
    text_byte(out, '\'');
}

static void completion_fish(struct text *out) {
    for (uint32_t i = 0; i < cli_command_count; i++) {
        const struct cli_command *command = &cli_commands[i];
        text_print(out, "complete -c entente -n __fish_use_subcommand -a %s -d ", command->name);
        fish_text(out, command->summary);
        text_byte(out, '\n');
        for (uint32_t k = 0; k < OPTION_COUNT; k++) {
            if (!(command->options >> k & 1)) continue;
            text_print(out, "complete -c entente -n '__fish_seen_subcommand_from %s' -l %s%s -d ", command->name,
                       cli_options[k].name, cli_options[k].value ? " -r" : "");
            fish_text(out, cli_options[k].help);
            if (cli_options[k].choices) {
                text_add(out, SPAN(" -a "));
                fish_text(out, cli_options[k].choices);
            }
            text_byte(out, '\n');
        }
    }
}

int command_completion(struct invocation *invocation) {
    const char *shell = invocation->arguments[0];
    if (strcmp(shell, "zsh") == 0) text_add(&invocation->out, SPAN("autoload -U +X bashcompinit && bashcompinit\n"));
    if (strcmp(shell, "bash") == 0 || strcmp(shell, "zsh") == 0) completion_bash(&invocation->out);
    else if (strcmp(shell, "fish") == 0) completion_fish(&invocation->out);
    else return usage(invocation, "there is completion for bash, zsh and fish, not for `%s`", shell);
    return EXIT_DONE;
}
