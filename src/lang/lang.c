// SPDX-License-Identifier: Apache-2.0
#include "lang/lang.h"

#include "lang/load.h"

struct program *lang_load(struct diagnostics *all, const char *path) {
    struct tree tree;
    tree_init(&tree);
    struct program *program = lang_parse(all, path, &tree) ? program_compile(all, &tree) : NULL;
    tree_release(&tree);
    return program;
}

struct program *lang_load_text(struct diagnostics *all, struct span path, struct span text) {
    struct tree tree;
    tree_init(&tree);
    struct program *program = load_text(all, path, text, &tree) ? program_compile(all, &tree) : NULL;
    tree_release(&tree);
    return program;
}
