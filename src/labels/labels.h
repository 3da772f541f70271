// SPDX-License-Identifier: Apache-2.0
// labels: what the names of a treaty are called in a language, for people: a label and a line of help.
//
// A file `labels.LANGUAGE` stands in the treaty's folder (beside the file, where the treaty is one file). Each line is
//     NAME "Label" "help line"            -- the help line may be left out
// NAME is a party, office, organ, kind constant, act, event, fact, derived fact, source, or ACT.PARAMETER, FACT.COLUMN.
// Labels of what every treaty has and of the libraries are embedded in the program; a treaty's own take precedence.
#ifndef ENTENTE_LABELS_LABELS_H
#define ENTENTE_LABELS_LABELS_H

#include "lang/lang.h"

struct label { struct span name, label, help; struct place place; };
struct labels;

#define LABELS_MAX 20000u        // lines of one file

// The languages that there are labels in, "en", "ru": of the files beside the treaty and of the embedded ones, sorted.
struct label_languages { const struct span *at; uint32_t count; };
struct label_languages labels_languages(struct arena *arena, const char *treaty);

// Reads the embedded labels and the file beside the treaty, if there is one, for a language. Errors (unknown names,
// duplicates, a line that cannot be read) go to `all`, with the file's lines. Never NULL: what could be read is there.
// labels_free() it. *beside: there is such a file.
struct labels *labels_load(struct diagnostics *all, const struct program *program, const char *treaty,
                           const char *language, bool *beside);
// From a text in memory, without the embedded ones (tests).
struct labels *labels_read(struct diagnostics *all, const struct program *program, struct span path, struct span text);
void labels_free(struct labels *labels);

// NULL where the name has none. `labels` may be NULL.
const struct label *labels_find(const struct labels *labels, struct span name);
// The label, or the name itself where there is none.
struct span labels_text(const struct labels *labels, struct span name);
// Warns of each name that a reader meets (parties, offices, organs, constants, acts, facts) and that has no label.
void labels_warn_missing(struct diagnostics *all, const struct program *program, const struct labels *labels,
                         const char *language);

#endif
