/* project/fileset.c: see fileset.h. */
#include "project/fileset.h"

#include "base/file.h"
#include "project/pool.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct FileSet {
    Pool pool;
    const char *dir, *ending;
    const char **slots; /* open addressing; NULL is free */
    size_t size, used;  /* size is a power of two, at least twice `used` */
};

/* A folder being listed, and those that it is in: a link back to one of them is not followed. */
typedef struct Folder {
    const struct Folder *above;
    const char *path; /* below the set's folder, with its slash; "" for that itself */
    dev_t device;
    ino_t inode;
} Folder;

/* FNV-1a. */
static size_t hash(const char *text)
{
    uint64_t h = 0xcbf29ce484222325;
    for (; *text != '\0'; text++)
        h = (h ^ (unsigned char)*text) * 0x100000001b3;
    return (size_t)(h ^ (h >> 32));
}

static const char **slot_of(const FileSet *set, const char *name)
{
    size_t i = hash(name) & (set->size - 1);
    while (set->slots[i] != NULL && strcmp(set->slots[i], name) != 0)
        i = (i + 1) & (set->size - 1);
    return &set->slots[i];
}

static void grow(FileSet *set)
{
    const char **old = set->slots;
    size_t n = set->size;
    set->size = n == 0 ? 64 : n * 2;
    set->slots = mem_array(set, const char *, set->size);
    for (size_t i = 0; i < n; i++)
        if (old[i] != NULL)
            *slot_of(set, old[i]) = old[i];
    talloc_free(old);
}

static void add_file(FileSet *set, const Folder *folder, const char *name)
{
    if ((set->used + 1) * 2 > set->size)
        grow(set);
    const char *path = pool_concat(&set->pool, (const char *const[]){folder->path, name, NULL});
    *slot_of(set, path) = path;
    set->used++;
}

/* The kind of entry, links followed. */
static mode_t kind_of(int dir, const struct dirent *entry)
{
    struct stat st;
    if (entry->d_type == DT_REG || entry->d_type == DT_DIR)
        return (mode_t)DTTOIF(entry->d_type);
    return fstatat(dir, entry->d_name, &st, 0) == 0 ? st.st_mode & S_IFMT : 0;
}

static bool is_above(const Folder *folder, const struct stat *st)
{
    for (; folder != NULL; folder = folder->above)
        if (folder->device == st->st_dev && folder->inode == st->st_ino)
            return true;
    return false;
}

static bool cannot_list(const FileSet *set, const char *path, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    int code = errno;
    const char *dir = path[0] == '\0' ? set->dir : path_join(scratch, set->dir, path);
    error_set(err, ERR_CONFIG, "cannot list the folder: %s", strerror(code));
    error_place(err, dir, 0, 0, NULL);
    if (code == EACCES)
        error_hint(err, "check the permissions: ls -ld '%s'", dir);
    return false;
}

/* Lists `name` within the open folder `dir`, "/"-ended `path` from the set's folder. */
static bool list_folder(FileSet *set, const Folder *above, int dir, const char *name, const char *path, Error *err)
{
    struct stat st;
    int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0 || fstat(fd, &st) != 0)
        return (above == NULL && errno == ENOENT) || cannot_list(set, path, err);
    DIR *stream = is_above(above, &st) ? NULL : fdopendir(fd);
    if (stream == NULL) {
        close(fd);
        return true;
    }
    Folder here = {.above = above, .path = path, .device = st.st_dev, .inode = st.st_ino};
    bool ok = true;
    for (const struct dirent *entry; (entry = readdir(stream)) != NULL;) {
        bool is_dots = strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0;
        mode_t kind = is_dots ? 0 : kind_of(fd, entry);
        const char *const below[] = {path, entry->d_name, "/", NULL};
        if (kind == S_IFREG && text_ends(entry->d_name, set->ending))
            add_file(set, &here, entry->d_name);
        else if (kind == S_IFDIR)
            ok = list_folder(set, &here, fd, entry->d_name, pool_concat(&set->pool, below), err) && ok;
    }
    closedir(stream);
    return ok;
}

FileSet *fileset_read(const void *ctx, const char *dir, const char *ending, Error *err)
{
    FileSet *set = mem_new(ctx, FileSet);
    set->pool.owner = set;
    set->dir = mem_strdup(set, dir);
    set->ending = mem_strdup(set, ending);
    grow(set);
    return list_folder(set, NULL, AT_FDCWD, dir, "", err) ? set : NULL;
}

bool fileset_has(const FileSet *set, const char *name)
{
    return *slot_of(set, name) != NULL;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

TextList fileset_names(const void *ctx, const FileSet *set)
{
    TextList names = {0};
    for (size_t i = 0; i < set->size; i++)
        if (set->slots[i] != NULL)
            list_push(ctx, &names, set->slots[i]);
    if (names.n > 0)
        qsort(names.v, names.n, sizeof names.v[0], compare_names);
    return names;
}
