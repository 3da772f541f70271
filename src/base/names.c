// SPDX-License-Identifier: Apache-2.0
#include "base/base.h"

// `slots` is a hash table with linear probing: an id plus one, or 0 where the slot is free. Its size is a power of two
// and at most half of it is taken. Ids come in order of arrival, so the order of the slots never shows.

void names_init(struct names *names) { *names = (struct names){0}; }

void names_release(struct names *names) {
    arena_release(&names->arena);
    free(names->at);
    free(names->slots);
    names_init(names);
}

// The slot in which `text` is, or the free one in which it would be.
static uint32_t slot_of(const struct names *names, struct span text) {
    uint32_t mask = names->slot_count - 1;
    uint32_t slot = (uint32_t)hash_bytes(text.at, text.length) & mask;
    while (names->slots[slot] && !span_equal(names->at[names->slots[slot] - 1], text)) slot = (slot + 1) & mask;
    return slot;
}

// Fills the slots anew from `at`, which is the truth.
static void fill_slots(struct names *names) {
    memset(names->slots, 0, (size_t)names->slot_count * sizeof *names->slots);
    for (uint32_t id = 0; id < names->count; id++) names->slots[slot_of(names, names->at[id])] = id + 1;
}

static void make_room(struct names *names) {
    if (names->count == names->capacity) names->at = base_vec_grow(names->at, &names->capacity, sizeof *names->at);
    if (names->count < names->slot_count / 2) return;
    ENSURE(names->slot_count <= UINT32_MAX / 2);
    names->slot_count = names->slot_count ? names->slot_count * 2 : 32;
    names->slots = base_grow(names->slots, (size_t)names->slot_count * sizeof *names->slots);
    fill_slots(names);
}

uint32_t names_add(struct names *names, struct span text) {
    make_room(names);
    uint32_t slot = slot_of(names, text);
    if (names->slots[slot]) return names->slots[slot] - 1;
    uint32_t id = names->count++;
    names->at[id] = span_copy(&names->arena, text);
    names->slots[slot] = id + 1;
    return id;
}

uint32_t names_find(const struct names *names, struct span text) {
    if (names->slot_count == 0) return NAMES_NONE;
    uint32_t found = names->slots[slot_of(names, text)];
    return found ? found - 1 : NAMES_NONE;
}

struct span names_text(const struct names *names, uint32_t id) {
    ENSURE(id < names->count);
    return names->at[id];
}

void names_cut(struct names *names, uint32_t count) {
    ENSURE(count <= names->count);
    if (count == names->count) return;
    // Taking single entries out of a linear probe moves others about; the few that go at once are cheaper taken
    // backwards.
    uint32_t mask = names->slot_count - 1;
    for (uint32_t id = names->count; id-- > count;) {
        uint32_t hole = slot_of(names, names->at[id]);
        names->slots[hole] = 0;
        for (uint32_t slot = (hole + 1) & mask; names->slots[slot]; slot = (slot + 1) & mask) {
            struct span moved = names->at[names->slots[slot] - 1];
            uint32_t home = (uint32_t)hash_bytes(moved.at, moved.length) & mask;
            // An entry may fill the hole only if that is not before its home, counted around the table.
            if (((slot - home) & mask) < ((slot - hole) & mask)) continue;
            names->slots[hole] = names->slots[slot];
            names->slots[slot] = 0;
            hole = slot;
        }
    }
    names->count = count;
}
