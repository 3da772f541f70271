// SPDX-License-Identifier: Apache-2.0
#include <sys/mman.h>

#include "base/base.h"

// Small requests share a block. Blocks double what an arena holds, between these sizes: most arenas hold little, and
// what is zeroed for them should be little too.
#define BLOCK_SIZE ((size_t)4 << 10)
#define BLOCK_SIZE_KEPT ((size_t)64 << 10)    // the largest that a reset keeps
#define BLOCK_SIZE_LARGE ((size_t)4 << 20)
#define ALIGNMENT ((size_t)16)
#define PAGE_LARGE ((uintptr_t)2 << 20)

struct arena_block {
    struct arena_block *previous;
    size_t room;              // bytes of `bytes`
    _Alignas(16) unsigned char bytes[];
};

void base_bug(const char *file, int line, const char *what) {
    fprintf(stderr, "entente: bug at %s:%d: not true: %s\n", file, line, what);
    abort();
}

static NO_RETURN void out_of_memory(size_t size) {
    fprintf(stderr, "entente: out of memory: %zu more bytes were asked for\n", size);
    abort();
}

// What is large is asked for in large pages: writing to it for the first time waits for the kernel less often. Advice,
// which a kernel may not take.
static void *advise(void *memory, size_t size) {
    uintptr_t from = ((uintptr_t)memory + PAGE_LARGE - 1) & ~(PAGE_LARGE - 1);
    uintptr_t to = ((uintptr_t)memory + size) & ~(PAGE_LARGE - 1);
    if (size >= BLOCK_SIZE_LARGE && from < to) (void)madvise((void *)from, to - from, MADV_HUGEPAGE);
    return memory;
}

void *base_alloc(size_t size) {
    void *memory = calloc(1, size ? size : 1);
    if (!memory) out_of_memory(size);
    return advise(memory, size);
}

void *base_grow(void *memory, size_t size) {
    void *moved = realloc(memory, size ? size : 1);
    if (!moved) out_of_memory(size);
    return advise(moved, size);
}

void *base_vec_grow(void *at, uint32_t *capacity, size_t size) {
    // Ids are 32 bits and UINT32_MAX means "none" in many places, so an array stops one doubling short of it.
    ENSURE(*capacity <= UINT32_MAX / 2);
    uint32_t wanted = *capacity ? *capacity * 2 : 8;
    ENSURE(wanted <= SIZE_MAX / size);
    at = base_grow(at, (size_t)wanted * size);
    *capacity = wanted;
    return at;
}

void arena_init(struct arena *arena) { *arena = (struct arena){0}; }

static void free_blocks(struct arena_block *block) {
    while (block) {
        struct arena_block *previous = block->previous;
        free(block);
        block = previous;
    }
}

void arena_release(struct arena *arena) {
    free_blocks(arena->last);
    arena_init(arena);
}

void arena_reset(struct arena *arena) {
    if (!arena->last) return;
    free_blocks(arena->last->previous);
    arena->last->previous = NULL;
    arena->total = arena->last->room;
    // A block that one huge request made, or that an arena got for having grown, is not worth keeping for small ones.
    if (arena->last->room > BLOCK_SIZE_KEPT) {
        arena_release(arena);
        return;
    }
    // Blocks come zeroed and are handed out once, so only what was used has to be zeroed again.
    memset(arena->last->bytes, 0, arena->used);
    arena->used = 0;
}

static struct arena_block *block_new(size_t room) {
    ENSURE(room <= SIZE_MAX - sizeof(struct arena_block));
    struct arena_block *block = base_alloc(sizeof(struct arena_block) + room);
    block->room = room;
    return block;
}

void *arena_alloc(struct arena *arena, size_t size) {
    ENSURE(size <= SIZE_MAX / 2);
    size = (size + ALIGNMENT - 1) & ~(ALIGNMENT - 1);
    if (arena->last && size <= arena->last->room - arena->used) {
        void *memory = arena->last->bytes + arena->used;
        arena->used += size;
        return memory;
    }
    size_t room = arena->total < BLOCK_SIZE         ? BLOCK_SIZE
                  : arena->total < BLOCK_SIZE_LARGE ? arena->total
                                                    : BLOCK_SIZE_LARGE;
    if (arena->last && size > room / 4) {
        // The present block still has room for small requests: the large one is put behind it.
        struct arena_block *own = block_new(size);
        arena->total += size;
        own->previous = arena->last->previous;
        arena->last->previous = own;
        return own->bytes;
    }
    struct arena_block *block = block_new(size > room ? size : room);
    arena->total += block->room;
    block->previous = arena->last;
    arena->last = block;
    arena->used = size;
    return block->bytes;
}
