// SPDX-License-Identifier: Apache-2.0
// The program's way in; everything else of the command line is a library, so that tests can call it.
#include "cli/cli.h"

int main(int argc, char **argv) { return cli_main(argc, argv); }
