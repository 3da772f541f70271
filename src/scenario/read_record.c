// SPDX-License-Identifier: Apache-2.0
// Reads what is recorded from where: `recorded`, with how sure it is and what else is said of the same, and `import`.
#include "scenario/import_internal.h"

// ---- Records --------------------------------------------------------------------------------------------------------
const char *standing_word(tree_standing standing) {
    static const char *const names[] = {"", "", "unverified", "disputed", "notional", "house"};
    return (unsigned)standing < COUNT_OF(names) ? names[standing] : "";
}

static void add_standing(const struct scenario_words *words, struct text *out, tree_standing standing) {
    if (*standing_word(standing)) text_print(out, ", %s", words_standing(words, standing));
}

// "asbarez.com, disputed; or from 2007-06-10: panarmenian.net, unverified"
struct span recorded_words(struct arena *arena, const struct scenario_words *said, const struct recorded *recorded) {
    struct text out = {0};
    struct span words;
    text_add(&out, recorded->medium);
    add_standing(said, &out, recorded->standing);
    for (uint32_t i = 0; i < recorded->reading_count; i++) {
        const struct reading *reading = &recorded->readings[i];
        text_print(&out, words_say(said, "; or %.*s: %.*s"), SPAN_ARG(reading->words), SPAN_ARG(reading->medium));
        add_standing(said, &out, reading->standing);
    }
    text_end(&out, &words, arena);
    return words;
}

// "MEDIUM" [ "," STANDING ]
static bool read_medium(struct reader *reader, struct span *medium, tree_standing *standing) {
    const struct token *text = reader_token(reader);
    *standing = STANDING_DEFAULT;
    if (text->kind != TOKEN_TEXT) return reader_expected(reader, "the medium in quotes"), false;
    *medium = span_copy(reader->arena, text->text);
    reader->next++;
    if (!reader_take_kind(reader, TOKEN_COMMA)) return true;
    static const tree_standing standings[] = {STANDING_VERIFIED, STANDING_UNVERIFIED, STANDING_DISPUTED,
                                              STANDING_NOTIONAL, STANDING_HOUSE};
    for (uint32_t i = 0; i < COUNT_OF(standings); i++)
        if (reader_take(reader, i == 0 ? "verified" : standing_word(standings[i])))
            return *standing = standings[i], true;
    return reader_expected(reader, "verified, unverified, disputed, notional or house"), false;
}

// { "or" "READING" "recorded" "MEDIUM" [ "," STANDING ] }
static bool read_readings(struct reader *reader, struct recorded *recorded) {
    VEC(struct reading) readings = {0};
    bool right = true;
    while (right && reader_take(reader, "or")) {
        struct reading reading = {0};
        right = reader_token(reader)->kind == TOKEN_TEXT;
        if (!right) {
            reader_expected(reader, "what the other reading says, in quotes,");
            break;
        }
        reading.words = span_copy(reader->arena, reader_token(reader)->text);
        reader->next++;
        right = reader_take(reader, "recorded");
        if (!right) reader_expected(reader, "`recorded` and the medium of this reading");
        right = right && read_medium(reader, &reading.medium, &reading.standing);
        VEC_PUSH(&readings, reading);
    }
    struct reading *kept = ARENA_ARRAY(reader->arena, struct reading, readings.count + 1);
    if (readings.count) memcpy(kept, readings.at, readings.count * sizeof *kept);
    recorded->readings = kept;
    recorded->reading_count = readings.count;
    VEC_RELEASE(&readings);
    return right;
}

bool reader_recorded(struct reader *reader) {
    struct recorded recorded = {0};
    if (!read_medium(reader, &recorded.medium, &recorded.standing)) return false;
    reader->recorded = true;
    reader->registrar = (struct operand){.kind = OPERAND_ANY};
    if (reader_take(reader, "by") &&
        !reader_read_operand(reader, (struct type){TYPE_ACTOR, NO_ID}, false, &reader->registrar))
        return false;
    if (!read_readings(reader, &recorded)) return false;
    reader->medium = recorded_words(reader->arena, NULL, &recorded);
    reader->standing = recorded.standing;
    return reader_end(reader);
}

// ---- Registers ------------------------------------------------------------------------------------------------------
// import "FOLDER" [ "until" TIME ]; once more: on from where it stopped
bool reader_import_step(struct reader *reader) {
    const struct token *path = reader_token(reader);
    int64_t until = TIME_MAX;
    bool begun = reader->with_clock || reader->steps.count > 0;
    reader->next++;
    if (reader_take(reader, "until")) {
        if (reader_token(reader)->kind != TOKEN_TIME)
            return reader_expected(reader, "a time such as 2022-01-05 22:00 +06:00"), false;
        until = reader_token(reader)->integer;
        reader->next++;
    }
    if (!reader_end(reader)) return false;
    bool named = path->text.length > 0;
    if (!reader->with_files || !named || path->text.at[0] == '/') {
        diagnostics_error(reader->all, path->place, "name it from the folder of this file: \"../register\"",
                          !named                ? "no register is named"
                          : !reader->with_files ? "what is not in a file takes no register in"
                                                : "the path of a register does not begin with a slash");
        return false;
    }
    struct span here = folder_above(reader->arena, reader->all->sources.at[reader->source].path);
    struct span folder = span_print(reader->arena, "%.*s/%.*s", SPAN_ARG(here), SPAN_ARG(path->text));
    struct import_register *from = register_read(reader->all, reader->program, folder, reader->set);
    if (begun && reader->register_taken != from) {
        diagnostics_error(reader->all, path->place, "begin with it; the same `import` further down goes on with it",
                          "a register is taken in from the start of a scenario, before the first `at`");
        return false;
    }
    if (begun && until <= reader->clock) {
        diagnostics_error(reader->all, path->place, "name a later time, or none: then all the rest is taken in",
                          "the scenario has reached that time already");
        return false;
    }
    if (from->right) return reader_import(reader, from, until);
    reader->lost = true;
    if (from->wrong_once) return false;
    from->wrong_once = true;
    (void)reader_import(reader, from, until);
    diagnostics_error(reader->all, path->place, NULL, "the register in %.*s cannot be taken in", SPAN_ARG(from->path));
    return false;
}
