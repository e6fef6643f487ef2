/* project/session/folder_scan.c: see folder_scan.h.
 *
 * Each folder is listed, sorted and walked in turn. Sorted as if names of folders ended with their slash, files come in byte
 * order of their whole paths. */
#include "project/session/folder_scan.h"

#include "project/session/checksum.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FAULTS_MAX = 100, DEPTH_MAX = 100, KEPT_MAX = 32 * 1024 * 1024, SMALL = 4096 };

typedef struct Entry {
    const char *name; /* of a folder: with its slash */
    mode_t kind;
} Entry;

typedef struct Place {
    int fd;
    const char *path; /* "./a/" */
    int depth;
} Place;

/* `hint` may be NULL. Returns false. */
__attribute__((format(printf, 4, 5))) static bool fault(Scan *s, const char *path, const char *hint, const char *fmt, ...)
{
    SCRATCH void *scratch = mem_scratch();
    va_list args;
    va_start(args, fmt);
    error_set(s->err, ERR_CONFIG, "%s", mem_vprintf(scratch, fmt, args));
    va_end(args);
    error_place(s->err, utf8_repaired(scratch, view_of(path)), 0, 0, NULL);
    if (hint != NULL)
        error_hint(s->err, "%s", hint);
    s->faults++;
    return false;
}

static const char *keep(Scan *s, View text)
{
    if (text.len > KEPT_MAX - s->kept)
        return NULL;
    s->kept += text.len;
    return text.len <= SMALL ? pool_text(&s->contents, text) : mem_strndup(s->folder, text.p, text.len);
}

/* What was read becomes a file of the project. */
static void add_file(Scan *s, const char *path)
{
    View text = s->file.text;
    FolderFile file = {
        .path = path,
        .extension = path_extension(path),
        .size = text.len,
        .is_sql = folder_path_is_sql(path),
        .is_test = folder_path_is_test(path),
    };
    file.is_fixture = file.is_test && path_is_fixture(path);
    digest_add(s->digest, text.p, text.len);
    digest_hex(s->digest, file.checksum);
    checksum_normalised(text, file.normalised);
    if (file.is_sql && !file.is_test && !meta_read(s->folder, path, text, &file.meta, s->err))
        s->faults++;
    file.content = keep(s, text);
    list_push(s->folder, &s->folder->files, file);
}

static void read_file(Scan *s, int dir, const char *name, const char *path)
{
    if (textfile_read_at(&s->file, dir, name, path, s->max_bytes, s->err))
        add_file(s, path);
    else
        s->faults++;
    textfile_shrink(&s->file);
}

static void read_link(Scan *s, const char *path)
{
    SCRATCH void *scratch = mem_scratch();
    char *target = path_real(scratch, path_join(scratch, s->folder->root, path));
    if (target == NULL)
        fault(s, path, NULL, "a link that cannot be followed: %s", strerror(errno));
    else if (!path_within(target, s->folder->root))
        fault(s, path, "put a copy of the file here", "a link that leads out of the project");
    else if (dir_exists(target))
        fault(s, path, "links to files of the project are followed", "a link to a folder");
    else
        read_file(s, AT_FDCWD, target, path);
}

/* Names become text in the database, and there \ is a slash to some. */
static bool accept_name(Scan *s, const char *path, const char *name)
{
    if (utf8_valid(view_of(name)) != strlen(name))
        return fault(s, path, "rename it", "the name is not valid UTF-8");
    if (strchr(name, '\\') != NULL)
        return fault(s, path, "rename it", "a backslash in a name: paths of the project are written with slashes alone");
    return true;
}

static void walk(Scan *s, const Place *place);

static void enter(Scan *s, const Place *above, const char *name, const char *path)
{
    Place here = {.path = path, .depth = above->depth + 1};
    if (here.depth > DEPTH_MAX) {
        fault(s, path, NULL, "folders are nested more than %d deep", DEPTH_MAX);
        return;
    }
    here.fd = openat(above->fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
    walk(s, &here);
}

static void visit(Scan *s, const Place *place, const Entry *entry)
{
    const char *path = pool_concat(&s->paths, (const char *const[]){place->path, entry->name, NULL});
    if (!accept_name(s, path, entry->name))
        return;
    if (entry->kind == S_IFDIR)
        enter(s, place, entry->name, path);
    else if (entry->kind == S_IFLNK)
        read_link(s, path);
    else if (entry->kind == S_IFREG)
        read_file(s, place->fd, entry->name, path);
    else
        fault(s, path, NULL, "neither a file nor a folder");
}

static mode_t kind_of(int dir, const struct dirent *entry)
{
    struct stat st;
    if (entry->d_type != DT_UNKNOWN)
        return (mode_t)DTTOIF(entry->d_type);
    return fstatat(dir, entry->d_name, &st, AT_SYMLINK_NOFOLLOW) == 0 ? st.st_mode & S_IFMT : S_IFREG;
}

static bool is_driver(const Place *place, const char *name)
{
    return place->depth == 0 && view_is_nocase(view_of(name), "deploy.sql");
}

static int by_name(const void *a, const void *b)
{
    return strcmp(((const Entry *)a)->name, ((const Entry *)b)->name);
}

/* Is it left out, with all below it? */
static bool is_excluded(const Scan *s, const Place *place, const char *name, bool is_folder)
{
    if (name_is_excluded(name))
        return true;
    if (s->rules.n == 0)
        return false;
    SCRATCH void *scratch = mem_scratch();
    return exclude_matches(&s->rules, mem_printf(scratch, "%s%s", place->path + strlen("./"), name), is_folder);
}

typedef LIST(Entry) EntryList;

static void list(Scan *s, const Place *place, DIR *stream, Pool *names, EntryList *entries)
{
    errno = 0;
    for (const struct dirent *e; (e = readdir(stream)) != NULL; errno = 0) {
        mode_t kind = kind_of(place->fd, e);
        bool is_folder = kind == S_IFDIR;
        if (is_excluded(s, place, e->d_name, is_folder) || (!is_folder && is_driver(place, e->d_name)))
            continue;
        const char *const parts[] = {e->d_name, is_folder ? "/" : NULL, NULL};
        list_push(names->owner, entries, (Entry){pool_concat(names, parts), kind});
    }
    if (errno != 0)
        fault(s, place->path, NULL, "cannot list the folder: %s", strerror(errno));
    if (entries->n > 0)
        qsort(entries->v, entries->n, sizeof entries->v[0], by_name);
}

static const char *last_name(const void *ctx, const char *path)
{
    return path_base(mem_strndup(ctx, path, strlen(path) - 1));
}

static void walk_stream(Scan *s, const Place *place, DIR *stream)
{
    SCRATCH void *scratch = mem_scratch();
    Pool names = {.owner = scratch};
    EntryList entries = {0};
    list(s, place, stream, &names, &entries);
    if (entries.n > 0 && place->depth > 0 && name_is_reserved(last_name(scratch, place->path)))
        fault(s, place->path, "rename it", "folders named __…__ have a meaning, and there are __test__ and __tests__ alone");
    else
        for (size_t i = 0; i < entries.n && s->faults < FAULTS_MAX; i++)
            visit(s, place, &entries.v[i]);
}

/* Its descriptor, -1 if the folder could not be opened, is closed in the end. */
static void walk(Scan *s, const Place *place)
{
    DIR *stream = place->fd < 0 ? NULL : fdopendir(place->fd);
    if (stream != NULL) {
        walk_stream(s, place, stream);
        closedir(stream);
        return;
    }
    fault(s, place->path, NULL, "cannot list the folder: %s", strerror(errno));
    if (place->fd >= 0)
        close(place->fd);
}

void scan_project(Scan *s, int root)
{
    walk(s, &(Place){.fd = root, .path = "./"});
    if (s->faults >= FAULTS_MAX)
        fault(s, s->folder->shown, NULL, "these are the first %d faults; it was read no further", FAULTS_MAX);
}
