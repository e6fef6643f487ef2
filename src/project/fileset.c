/* project/fileset.c: see fileset.h. */
#include "project/fileset.h"

#include "base/file.h"
#include "base/pool.h"

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
    size_t linked;      /* folders seen below links */
};

/* Ten folders that all link to one another make millions of paths. */
enum { LINKED_MAX = 10000 };

/* A folder being listed, and those that it is in: a link back to one of them is not followed. */
typedef struct Folder {
    const struct Folder *above;
    const char *path; /* below the set's folder, with its slash; "" for that itself */
    dev_t device;
    ino_t inode;
    bool is_linked; /* below a link */
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

/* False for a link back to where we come from. */
static bool enter(Folder *folder, int fd)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return false;
    folder->device = st.st_dev;
    folder->inode = st.st_ino;
    for (const Folder *f = folder->above; f != NULL; f = f->above)
        if (f->device == st.st_dev && f->inode == st.st_ino)
            return false;
    return true;
}

static bool cannot_list(const FileSet *set, const char *path, const char *why, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    const char *dir = path[0] == '\0' ? set->dir : path_join(scratch, set->dir, path);
    error_set(err, ERR_CONFIG, "cannot list the folder: %s", why);
    error_place(err, dir, 0, 0, NULL);
    if (access(dir, R_OK | X_OK) != 0 && errno == EACCES)
        error_hint(err, "check the permissions: ls -ld '%s'", dir);
    return false;
}

static bool list_folder(FileSet *set, const Folder *above, int dir, const char *name, bool is_link, Error *err);

/* What one entry of an open folder adds. */
static bool add_entry(FileSet *set, const Folder *folder, int fd, const struct dirent *entry, Error *err)
{
    if (strcmp(entry->d_name, ".") == 0 || strcmp(entry->d_name, "..") == 0)
        return true;
    mode_t kind = kind_of(fd, entry);
    if (kind == S_IFREG && text_ends(entry->d_name, set->ending))
        add_file(set, folder, entry->d_name);
    return kind != S_IFDIR || list_folder(set, folder, fd, entry->d_name, entry->d_type == DT_LNK, err);
}

/* Lists the folder `name` of the open folder `dir`; `above` is NULL for the set's own. */
static bool list_folder(FileSet *set, const Folder *above, int dir, const char *name, bool is_link, Error *err)
{
    Folder here = {.above = above, .path = "", .is_linked = above != NULL && (is_link || above->is_linked)};
    if (above != NULL)
        here.path = pool_concat(&set->pool, (const char *const[]){above->path, name, "/", NULL});
    int fd = openat(dir, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd < 0)
        return (above == NULL && errno == ENOENT) || cannot_list(set, here.path, strerror(errno), err);
    DIR *stream = enter(&here, fd) ? fdopendir(fd) : NULL;
    if (stream == NULL) {
        close(fd);
        return true;
    }
    bool ok = !here.is_linked || ++set->linked <= LINKED_MAX ||
              cannot_list(set, here.path, "links lead to too many folders", err);
    for (const struct dirent *entry; ok && (entry = readdir(stream)) != NULL;)
        ok = add_entry(set, &here, fd, entry, err);
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
    return list_folder(set, NULL, AT_FDCWD, dir, false, err) ? set : NULL;
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
