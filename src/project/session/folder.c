/* project/session/folder.c: see folder.h. */
#include "project/session/folder.h"

#include "project/session/folder_scan.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { FILE_MAX = 10 * 1024 * 1024 };

/* A script goes to the server in messages, and none can be longer (PostgreSQL's MaxAllocSize). */
enum { DRIVER_MAX = 0x3fffffff };

/* The name of deploy.sql in this folder, as it is written there; that in lower case before others. NULL: there is none. */
static const char *driver_name(const void *ctx, const char *path)
{
    DIR *stream = opendir(path);
    const char *found = NULL;
    if (stream == NULL)
        return NULL;
    for (const struct dirent *entry; (entry = readdir(stream)) != NULL;)
        if (view_is_nocase(view_of(entry->d_name), "deploy.sql") && (found == NULL || strcmp(entry->d_name, found) > 0))
            found = mem_strdup(ctx, entry->d_name);
    closedir(stream);
    return found;
}

bool folder_has_driver(const char *path)
{
    SCRATCH void *scratch = mem_scratch();
    return driver_name(scratch, path) != NULL;
}

static bool read_driver(Folder *folder, int root, const char *name, Error *err)
{
    TextFile file = {.ctx = folder};
    if (!textfile_read_at(&file, root, name, name, DRIVER_MAX, err))
        return false;
    folder->driver = file.text;
    return true;
}

/* The limit on a file's size: what is asked for, or PGMI_MAX_FILE_SIZE, or the default. */
static bool size_limit(const FolderOptions *options, size_t *max, Error *err)
{
    const char *text = getenv("PGMI_MAX_FILE_SIZE");
    long bytes = FILE_MAX;
    if (options->max_bytes == 0 && text != NULL && *text != '\0' && !text_to_long(text, 1, DRIVER_MAX, &bytes))
        return error_set(err, ERR_CONFIG, "PGMI_MAX_FILE_SIZE must be a number of bytes, from 1 to %d", DRIVER_MAX);
    *max = options->max_bytes != 0 ? options->max_bytes : (size_t)bytes;
    return true;
}

static int by_id(const void *a, const void *b)
{
    const FolderFile *x = *(const FolderFile *const *)a, *y = *(const FolderFile *const *)b;
    int order = strcmp(x->meta->id, y->meta->id);
    return order != 0 ? order : strcmp(x->path, y->path);
}

void folder_set_transactions(Folder *folder, const TransactionRuleList *rules)
{
    for (size_t i = 0; i < folder->files.n; i++) {
        FolderFile *file = &folder->files.v[i];
        bool said = file->meta != NULL && file->meta->transaction != NULL;
        file->transaction = said ? *file->meta->transaction : transaction_of(rules, file->path + strlen("./"));
    }
}

void folder_clashes(const void *ctx, const Folder *folder, FolderClashList *clashes)
{
    LIST(const FolderFile *) files = {0};
    for (size_t i = 0; i < folder->files.n; i++)
        if (folder->files.v[i].meta != NULL)
            list_push(ctx, &files, &folder->files.v[i]);
    if (files.n > 0)
        qsort(files.v, files.n, sizeof files.v[0], by_id);
    for (size_t i = 0, n; i < files.n; i += n) {
        for (n = 1; i + n < files.n && strcmp(files.v[i]->meta->id, files.v[i + n]->meta->id) == 0; n++)
            ;
        if (n > 1)
            list_push(ctx, clashes, (FolderClash){files.v[i]->meta->id, &files.v[i], n});
    }
}

bool folder_check_ids(const Folder *folder, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    FolderClashList clashes = {0};
    folder_clashes(scratch, folder, &clashes);
    for (size_t i = 0; i < clashes.n; i++) {
        const FolderClash *clash = &clashes.v[i];
        Str paths = str_new(scratch);
        for (size_t j = 0; j < clash->n; j++)
            str_addf(&paths, "%s%s", j == 0 ? "" : ", ", clash->files[j]->path);
        error_set(err, ERR_CONFIG, "%zu files have the metadata id %s", clash->n, clash->id);
        error_place(err, clash->files[1]->path, clash->files[1]->meta->line, 0, NULL);
        error_detail(err, "%s", paths.text);
        error_hint(err, "an id tells one file from all others: uuidgen makes another");
    }
    return clashes.n == 0;
}

/* Opens the folder; -1 when that fails. */
static int open_root(Folder *folder, Error *err)
{
    folder->root = path_real(folder, folder->shown);
    int fd = folder->root == NULL ? -1 : open(folder->root, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    if (fd >= 0)
        return fd;
    error_set(err, ERR_CONFIG, "cannot open the project's folder: %s", strerror(errno));
    error_place(err, folder->shown, 0, 0, NULL);
    if (errno == ENOTDIR)
        error_hint(err, "name the folder, not a file of it");
    return -1;
}

static bool read_files(Folder *folder, int root, const FolderOptions *options, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    Scan scan = {
        .folder = folder,
        .paths = {.owner = folder},
        .contents = {.owner = folder},
        .file = {.ctx = scratch},
        .digest = digest_new(scratch, DIGEST_SHA256),
        .err = err,
    };
    if (!size_limit(options, &scan.max_bytes, err) || !exclude_read(scratch, root, &scan.rules, err))
        return false;
    scan_project(&scan, fcntl(root, F_DUPFD_CLOEXEC, 0));
    return (options->ids_may_clash || folder_check_ids(folder, err)) && scan.faults == 0;
}

/* Faults of deploy.sql do not hide those of the other files. */
static bool read_project(Folder *folder, int root, const FolderOptions *options, Error *err)
{
    const char *driver = driver_name(folder, folder->root);
    if (driver == NULL && !options->without_driver) {
        error_set(err, ERR_NO_PROJECT, "there is no deploy.sql in %s", folder->shown);
        error_hint(err, "pgwright init --template basic starts a project");
        return false;
    }
    bool ok = driver == NULL || read_driver(folder, root, driver, err);
    return read_files(folder, root, options, err) && ok;
}

Folder *folder_read(const void *ctx, const char *path, const FolderOptions *options, Error *err)
{
    Folder *folder = mem_new(ctx, Folder);
    folder->shown = mem_strdup(folder, path);
    int root = open_root(folder, err);
    bool ok = root >= 0 && read_project(folder, root, options != NULL ? options : &(FolderOptions){0}, err);
    if (root >= 0)
        close(root);
    if (ok)
        return folder;
    talloc_free(folder);
    return NULL;
}

bool folder_content(const void *ctx, const Folder *folder, const FolderFile *file, View *content, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    TextFile read = {.ctx = ctx};
    char checksum[DIGEST_HEX_MAX];
    *content = (View){file->content, file->size};
    if (file->content != NULL)
        return true;
    if (!textfile_read_at(&read, AT_FDCWD, path_join(scratch, folder->root, file->path), file->path, SIZE_MAX, err))
        return false;
    digest_of(DIGEST_SHA256, read.text.p, read.text.len, checksum);
    if (strcmp(checksum, file->checksum) != 0) {
        error_set(err, ERR_CONFIG, "the file changed after it was checked");
        error_place(err, file->path, 0, 0, NULL);
        error_hint(err, "try again once nothing writes to it any more");
        return false;
    }
    *content = read.text;
    return true;
}
