// SPDX-License-Identifier: Apache-2.0
// Private to src/lang: the loader without the compiler.
#ifndef ENTENTE_LANG_LOAD_H
#define ENTENTE_LANG_LOAD_H

#include "lang/lang.h"

// As lang_parse, from a text in memory; libraries are the embedded ones. False, with diagnostics, when anything is
// wrong.
bool load_text(struct diagnostics *all, struct span path, struct span text, struct tree *tree);

#endif
