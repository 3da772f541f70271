// SPDX-License-Identifier: Apache-2.0
// What both evaluators share: the way in, the words of refusals, the digest.
#include "engine/engine.h"

#include <string.h>

void evaluator_free(struct evaluator *evaluator) {
    if (evaluator) evaluator->methods->free(evaluator);
}

struct evaluator *evaluator_again(struct evaluator *evaluator) { return evaluator->methods->again(evaluator); }

void evaluator_submit(struct evaluator *evaluator, const struct entry *entry, struct receipt *receipt) {
    evaluator->methods->submit(evaluator, entry, receipt);
}

void evaluator_judge(struct evaluator *evaluator, const struct entry *entry, struct receipt *receipt) {
    evaluator->methods->judge(evaluator, entry, receipt);
}

ask_status evaluator_ask(struct evaluator *evaluator, struct question question, uint32_t relation, const value *pattern,
                         ask_visitor visit, void *context) {
    return evaluator->methods->ask(evaluator, question, relation, pattern, visit, context);
}

void evaluator_rows(struct evaluator *evaluator, uint32_t relation, ask_visitor visit, void *context) {
    evaluator->methods->rows(evaluator, relation, visit, context);
}

void evaluator_hash(struct evaluator *evaluator, uint32_t position, uint8_t digest[32]) {
    evaluator->methods->hash(evaluator, position, digest);
}

value evaluator_text(const struct evaluator *evaluator, struct span text) {
    uint32_t id = names_find(&evaluator->texts, text);
    return id == NAMES_NONE ? VALUE_ANY + 1 : (value)id;
}

const char *refusal_text(refusal refusal) {
    static const char *const texts[] = {
        [REFUSAL_NONE] = "not refused",
        [REFUSAL_TIME] = "its time is before that of the entry before it, or outside the years 1 to 9999",
        [REFUSAL_MALFORMED] = "it is not in the form that the act asks for",
        [REFUSAL_NO_ENTITY] = "it names something that is not there",
        [REFUSAL_REGISTRAR] = "this registrar may not record for others",
        [REFUSAL_ACTOR] = "it is not for this actor to do",
        [REFUSAL_REQUIRE] = "a condition is not met",
        [REFUSAL_CLASH] = "it clashes with what holds already, or reaches into the past",
        [REFUSAL_NEVER] = "it would bring about what must never be",
        [REFUSAL_ARITHMETIC] = "its numbers or times run out of range",
        [REFUSAL_CLOSED] = "the decision is not open",
        [REFUSAL_NO_SEAT] = "the actor answers for no seat in this decision",
        [REFUSAL_NOT_ADOPTED] = "only who has a seat joins, and only what was adopted",
        [REFUSAL_NOT_PROPOSER] = "only its proposer withdraws a proposal",
        [REFUSAL_NOT_RECORDED] = "nothing was recorded for this actor that it could confirm or contest",
        [REFUSAL_CONTEST_LATE] = "the time to contest the record has passed",
        [REFUSAL_LIMIT] = "it would cause more than one entry may",
    };
    return (size_t)refusal < COUNT_OF(texts) && texts[refusal] ? texts[refusal] : "refused";
}

// The formats are big-endian; so is this, on the little-endian machines that Debian runs on.
static void add_number(struct text *text, uint64_t number, uint32_t bytes) {
    uint64_t big = __builtin_bswap64(number << 8 * (8 - bytes));
    text_add(text, (struct span){(const char *)&big, bytes});
}

static void add_bytes(struct text *text, struct span bytes) {
    add_number(text, bytes.length, 4);
    text_add(text, bytes);
}

// What is of one length is put together first: a text grows by few and large pieces.
struct piece {
    unsigned char at[8 * (COLUMNS_MAX + 3) + 64];
    uint32_t length;
};
static void piece_number(struct piece *piece, uint64_t number, uint32_t bytes) {
    uint64_t big = __builtin_bswap64(number << 8 * (8 - bytes));
    memcpy(piece->at + piece->length, &big, 8);    // the bytes past `bytes` are written over
    piece->length += bytes;
}
static void piece_put(struct piece *piece, struct text *text) {
    text_add(text, (struct span){(const char *)piece->at, piece->length});
    piece->length = 0;
}
static void piece_bytes(struct piece *piece, struct text *text, struct span bytes) {
    piece_number(piece, bytes.length, 4);
    if (bytes.length <= 32) {
        memcpy(piece->at + piece->length, bytes.at, bytes.length);
        piece->length += (uint32_t)bytes.length;
        return;
    }
    piece_put(piece, text);
    text_add(text, bytes);
}

static void add_writes(const struct evaluator *evaluator, struct text *text, const struct write *writes,
                       uint32_t count) {
    for (uint32_t i = 0; i < count; i++) {
        const struct relation *relation = &evaluator->program->relations[writes[i].relation];
        struct piece piece;
        piece.length = 0;
        piece_number(&piece, (uint64_t)writes[i].kind, 1);
        piece_bytes(&piece, text, relation->name);
        for (uint32_t c = 0; c < relation->column_count; c++) {
            if (relation->columns[c].type.base != TYPE_TEXT) {
                piece_number(&piece, (uint64_t)writes[i].values[c], 8);
                continue;
            }
            piece_put(&piece, text);
            add_bytes(text, names_text(&evaluator->texts, (uint32_t)writes[i].values[c]));
        }
        piece_number(&piece, (uint64_t)writes[i].from, 8);
        piece_number(&piece, (uint64_t)writes[i].until, 8);
        piece_put(&piece, text);
    }
}

void evaluator_chain(const struct evaluator *evaluator, struct sha256 *sha, struct text *scratch,
                     const uint8_t before[32], const struct entry *entry, const struct write *settled,
                     uint32_t settled_count, const struct write *writes, uint32_t write_count, uint8_t digest[32]) {
    scratch->length = 0;
    text_add(scratch, (struct span){(const char *)before, 32});
    add_number(scratch, (uint64_t)entry->time, 8);
    add_number(scratch, (uint64_t)entry->admitted, 8);
    add_writes(evaluator, scratch, settled, settled_count);
    add_writes(evaluator, scratch, writes, write_count);
    sha256_of(sha, scratch->at, scratch->length, digest);
}
