// SPDX-License-Identifier: Apache-2.0
// labels: what the names and texts of a treaty, and the words of reports, are called in a language, for people.
//
// A file `labels.LANGUAGE` stands in the treaty's folder (beside the file, where the treaty is one file). Each line is
//     NAME "Label" "help line"            -- the help line may be left out
//     "a text" "the same in the language"
// NAME is the treaty, a party, office, organ, procedure, type, kind or constant, act, event, fact, derived fact, source;
// ACT.PARAMETER or FACT.COLUMN; .WORD for every parameter and column of that name which has no label of its own. A text
// is a message of the treaty, its title, or words of the program's own reports. Labels of what every treaty has, of the
// libraries and of reports are embedded in the program; a treaty's own take precedence. What a language lacks is shown
// in English.
#ifndef ENTENTE_LABELS_LABELS_H
#define ENTENTE_LABELS_LABELS_H

#include "lang/lang.h"

// fallback: the language has none, and this is the English one.
struct label {
    struct span name, label, help;
    struct place place;
    bool fallback;
};
struct labels;

#define LABELS_MAX 20000u        // lines of one file

// The languages that there are labels in, "en", "ru": of the files beside the treaty (NULL: none) and of the embedded
// ones, sorted.
struct label_languages { const struct span *at; uint32_t count; };
struct label_languages labels_languages(struct arena *arena, const char *treaty);

// Reads the embedded labels and the file beside the treaty, if there is one, for a language. Errors (unknown names,
// duplicates, a line that cannot be read) go to `all`, with the file's lines. Never NULL: what could be read is there.
// labels_free() it. *beside: there is such a file.
struct labels *labels_load(struct diagnostics *all, const struct program *program, const char *treaty,
                           const char *language, bool *beside);
// The same without what is shown in English where the language has nothing.
struct labels *labels_load_alone(struct diagnostics *all, const struct program *program, const char *treaty,
                                 const char *language, bool *beside);
// The embedded ones alone: the program's own words.
struct labels *labels_embedded(const char *language);
// From a text in memory, without the embedded ones (tests).
struct labels *labels_read(struct diagnostics *all, const struct program *program, struct span path, struct span text);
void labels_free(struct labels *labels);

// "ru"; "en" without labels.
const char *labels_language(const struct labels *labels);
// NULL where the name has none. `labels` may be NULL.
const struct label *labels_find(const struct labels *labels, struct span name);
// The label, or the name itself where there is none.
struct span labels_text(const struct labels *labels, struct span name);
// Of a parameter or column: OWNER.PART, else .PART, else what its type is called where that is a party's, entity's or
// kind's (before .PART where that is a single letter); its help likewise, from the first that has one. False: none.
bool labels_part(const struct labels *labels, const struct program *program, struct span owner,
                 const struct column *column, struct label *label);
// A text of the treaty in the language, or as it is.
struct span labels_message(const struct labels *labels, struct span english);
bool labels_has_message(const struct labels *labels, struct span english);
// A format of a report in the language: it takes the same arguments in the same order, or is not used.
const char *labels_say(const struct labels *labels, const char *english) __attribute__((format_arg(2)));
// Writes a line for each thing that a report may show and that has no label, or that is done or filled in and has no
// help line: its place, its name and what it lacks. The number of lines.
uint32_t labels_missing(const struct diagnostics *all, const struct program *program, const struct labels *labels,
                        const char *language, struct text *out);
// A line for each embedded label of the language whose name stands in no library.
uint32_t labels_stale(const char *language, struct text *out);

#endif
