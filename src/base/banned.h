// SPDX-License-Identifier: Apache-2.0
// Included before every file, by the compiler's command line: a call that cannot be told how much room it has, or
// cannot say that it failed, does not compile. The system's headers that mention these names come first and stay
// usable.
#ifndef ENTENTE_BANNED_H
#define ENTENTE_BANNED_H

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#undef alloca
#pragma GCC poison strcpy strcat sprintf vsprintf strtok atoi gets alloca

#endif
