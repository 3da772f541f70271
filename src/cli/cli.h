// SPDX-License-Identifier: Apache-2.0
// cli: the program `entente`. One table of commands and options (cli_table.c); one file per group of commands; no logic
// of its own.
#ifndef ENTENTE_CLI_CLI_H
#define ENTENTE_CLI_CLI_H

// Runs one command line and returns the exit status. Results go to standard output, everything else to standard error.
int cli_main(int argc, char **argv);

// What the exit status says.
enum {
    EXIT_DONE = 0,
    EXIT_FALSE = 1,          // refused, false, a test failed, not laid out
    EXIT_USAGE = 2,
    EXIT_CORRUPT = 3,        // unreadable, or with errors in it
    EXIT_IO = 4
};

#endif
