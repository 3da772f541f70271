// SPDX-License-Identifier: Apache-2.0
// lang: from the text of a treaty to a program. Loader, lexer, parser, resolver, program; each stage has a dump.
#ifndef ENTENTE_LANG_LANG_H
#define ENTENTE_LANG_LANG_H

#include "lang/program.h"
#include "lang/tree.h"

// Loads a treaty: `path` is a Markdown file, or a folder of which all .md files below it are read in the order of their
// paths. `use std/x` is looked for as a file std/x.md beside the treaty's folder, then in the libraries embedded in the
// program. Diagnostics keep the sources. NULL when anything is wrong.
MUST_USE struct program *lang_load(struct diagnostics *all, const char *path);
// The same from a text in memory (tests, fuzzing). Embedded libraries only.
MUST_USE struct program *lang_load_text(struct diagnostics *all, struct span path, struct span text);
// As lang_load, keeping the tree (for dumps and the like); `tree` must be initialised.
bool lang_parse(struct diagnostics *all, const char *path, struct tree *tree);

// ---- Libraries embedded at build time -------------------------------------------------------------------------------
struct library { const char *name; const char *text; size_t length; };      // name: "std/consensus"; "prelude" is first
extern const struct library lang_libraries[];
extern const size_t lang_library_count;

// The characters that no text, comment or citation may hold: those that turn the direction of writing, and invisible
// ones.
bool character_is_hidden(uint32_t code_point);
// Reads one character of UTF-8 at `at`; returns its length in bytes, 0 where it is malformed.
uint32_t character_read(struct span text, uint32_t at, uint32_t *code_point);

#endif
