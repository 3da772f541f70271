// SPDX-License-Identifier: Apache-2.0
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base.h"

static base_error error_of(int number) {
    switch (number) {
    case ENOENT:
    case ENOTDIR: return BASE_NOT_FOUND;
    case EACCES:
    case EPERM:
    case EISDIR:
    case ELOOP:
    case ENAMETOOLONG: return BASE_UNREADABLE;
    default: return BASE_IO;
    }
}

base_error file_read(struct arena *arena, const char *path, struct span *text) {
    struct text content = {0};
    base_error error = BASE_OK;
    // A pipe that nobody writes to would else be waited for.
    int file = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (file < 0) return error_of(errno);
    if (fcntl(file, F_SETFL, 0) < 0) {
        error = error_of(errno);
        goto out;
    }
    // A pipe tells no size and a file may grow while it is read, so the end is found by reading.
    for (;;) {
        char piece[1 << 16];
        ssize_t count = read(file, piece, sizeof piece);
        if (count < 0 && errno == EINTR) continue;
        if (count < 0) {
            error = error_of(errno);
            goto out;
        }
        if (count == 0) break;
        if ((size_t)count > FILE_MAX - content.length) {
            error = BASE_TOO_LARGE;
            goto out;
        }
        text_add(&content, (struct span){piece, (uint32_t)count});
    }
    *text = span_copy(arena, text_span(&content));
out:
    close(file);
    text_release(&content);
    return error;
}

static int compare_names(const void *a, const void *b) {
    return span_compare(*(const struct span *)a, *(const struct span *)b);
}

static bool is_folder(int folder, const struct dirent *entry) {
    if (entry->d_type == DT_DIR) return true;
    if (entry->d_type != DT_UNKNOWN && entry->d_type != DT_LNK) return false;
    struct stat status;
    return fstatat(folder, entry->d_name, &status, 0) == 0 && S_ISDIR(status.st_mode);
}

base_error folder_list(struct arena *arena, const char *path, struct span **names, uint32_t *count) {
    VEC(struct span) found = {0};
    base_error error = BASE_OK;
    DIR *folder = opendir(path);
    if (!folder) return error_of(errno);
    for (;;) {
        errno = 0;
        const struct dirent *entry = readdir(folder);
        if (!entry) break;
        if (entry->d_name[0] == '.') continue;
        const char *end = is_folder(dirfd(folder), entry) ? "/" : "";
        VEC_PUSH(&found, span_print(arena, "%s%s", entry->d_name, end));
    }
    if (errno) {
        error = error_of(errno);
        goto out;
    }
    *names = ARENA_ARRAY(arena, struct span, found.count);
    if (found.count) {
        qsort(found.at, found.count, sizeof *found.at, compare_names);
        memcpy(*names, found.at, found.count * sizeof *found.at);
    }
    *count = found.count;
out:
    closedir(folder);
    VEC_RELEASE(&found);
    return error;
}
