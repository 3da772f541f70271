// SPDX-License-Identifier: Apache-2.0
// What each fuzz/NAME_fuzz.c defines. In the fuzz preset libFuzzer calls it with what it makes up, in the debug preset
// replay_main.c with the files of fuzz/corpus/NAME. It returns 0; what must hold it states with ENSURE.
#ifndef ENTENTE_FUZZ_H
#define ENTENTE_FUZZ_H

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#endif
