// SPDX-License-Identifier: Apache-2.0
// What stands between the brackets: [CST 2; Charter 12, unverified].
#include "lang/syntax.h"

#include <string.h>

static const struct span standings[] = {
    {"verified", 8}, {"unverified", 10}, {"disputed", 8}, {"notional", 8}, {"house", 5}};
static const tree_standing standing_values[] = {STANDING_VERIFIED, STANDING_UNVERIFIED, STANDING_DISPUTED,
                                                STANDING_NOTIONAL, STANDING_HOUSE};

tree_standing standing_of(struct span word) {
    for (uint32_t i = 0; i < COUNT_OF(standings); i++)
        if (span_equal(word, standings[i])) return standing_values[i];
    return STANDING_DEFAULT;
}

struct span standing_nearest(struct span word) {
    return span_nearest(word, standings, COUNT_OF(standings));
}

// A part of the token's text, as a place in its source.
static struct place place_in(struct token token, struct span part) {
    return (struct place){token.place.source, token.place.at + 1 + (uint32_t)(part.at - token.text.at), part.length};
}

static bool is_name(struct span word) {
    if (word.length == 0 || !is_name_start(word.at[0])) return false;
    for (uint32_t i = 1; i < word.length; i++) {
        bool hyphen = word.at[i] == '-' && word.at[i - 1] != '-' && i + 1 < word.length;
        if (!is_name_byte(word.at[i]) && !hyphen) return false;
    }
    return true;
}

static uint32_t find_last(struct span text, char byte) {
    uint32_t i = text.length;
    while (i > 0 && text.at[i - 1] != byte) i--;
    return i;    // the byte after it; 0 where there is none
}

// Splits ", unverified" off; false after reporting a word that is nearly one.
static bool read_standing(struct diagnostics *all, struct token token, struct span *text, tree_standing *standing) {
    uint32_t after = find_last(*text, ',');
    if (after == 0) return true;
    struct span word = span_trim(span_part(*text, after, text->length - after));
    *standing = standing_of(word);
    if (*standing != STANDING_DEFAULT) {
        *text = span_trim(span_part(*text, 0, after - 1));
        return true;
    }
    struct span nearest = standing_nearest(word);
    if (nearest.length == 0) return true;
    diagnostics_error(all, place_in(token, word), NULL,
                      "`%.*s` says nothing of a citation's standing; did you mean `%.*s`?", SPAN_ARG(word),
                      SPAN_ARG(nearest));
    return false;
}

static bool read_reference(struct diagnostics *all, struct token token, struct span part,
                           struct tree_reference *reference) {
    uint32_t length = 0;
    while (length < part.length && part.at[length] != ' ' && part.at[length] != ',') length++;
    struct span source = span_part(part, 0, length);
    if (!is_name(source)) {
        static const char hint[] = "a citation names a source and the place in it: [CST 2; Charter 12, unverified]";
        if (source.length)
            diagnostics_error(all, place_in(token, source), hint, "`%.*s` is no name of a source", SPAN_ARG(source));
        else diagnostics_error(all, token.place, hint, "a source is missing in this citation");
        return false;
    }
    struct span where = span_trim(span_part(part, length, part.length - length));
    uint32_t after = find_last(where, ',');
    if (after > 0 && standing_of(span_trim(span_part(where, after, where.length - after))) != STANDING_DEFAULT) {
        diagnostics_error(all, place_in(token, where),
                          "it counts for the whole citation; give clauses of their own what stands otherwise",
                          "how sure a citation is stands at its end");
        return false;
    }
    *reference = (struct tree_reference){{source, place_in(token, source)}, where};
    return true;
}

bool tree_parse_citation(struct tree *tree, struct diagnostics *all, struct token token,
                         struct tree_citation *citation) {
    ENSURE(token.kind == TOKEN_CITATION);
    struct tree_citation result = {.place = token.place};
    struct span rest = span_trim(token.text);
    if (!read_standing(all, token, &rest, &result.standing)) return false;
    VEC(struct tree_reference) references = {0};
    bool good = true;
    for (bool more = true; more && good;) {
        uint32_t length = 0;
        while (length < rest.length && rest.at[length] != ';') length++;
        struct tree_reference reference = {0};
        good = read_reference(all, token, span_trim(span_part(rest, 0, length)), &reference);
        VEC_PUSH(&references, reference);
        if (good && references.count > CITED_MAX) {
            diagnostics_error(all, place_in(token, rest), "cite what decides", "one citation has at most %d places",
                              CITED_MAX);
            good = false;
        }
        more = length < rest.length;
        if (more) rest = span_part(rest, length + 1, rest.length - length - 1);
    }
    if (good) {
        result.count = references.count;
        result.at = ARENA_ARRAY(&tree->arena, struct tree_reference, references.count);
        memcpy(result.at, references.at, sizeof *references.at * references.count);
        *citation = result;
    }
    VEC_RELEASE(&references);
    return good;
}

struct tree_citation parse_citation(struct parser *parser) {
    struct tree_citation citation = {0};
    const struct token *token = peek(parser);
    if (!accept(parser, TOKEN_CITATION)) return citation;
    if (!tree_parse_citation(parser->tree, parser->all, *token, &citation)) parser->failed = true;
    return citation;
}
