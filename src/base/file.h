/* base/file.h: files, paths and folders. Errors carry the path and the system's own words. */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "base/error.h"
#include "base/list.h"

#include <stdbool.h>
#include <stddef.h>

/* All bytes of a file, NUL-terminated beyond *len, owned by `ctx`. A file larger than `max` bytes is an error. */
char *file_read(const void *ctx, const char *path, size_t max, size_t *len, Error *err);

/* Writes beside the file, syncs and renames, so that a reader sees the old or the new content and nothing between.
 * Keeps the mode of a file that is there; a new one gets 0666 less the umask. A device or a pipe is written to. */
bool file_write(const char *path, const char *bytes, size_t len, Error *err);

bool file_exists(const char *path); /* a regular file, through links */
bool dir_exists(const char *path);

/* Makes the folder and those above it. */
bool dir_make(const char *path, Error *err);

/* Names (without . and ..) in byte order, owned by `ctx`. */
bool dir_list(const void *ctx, const char *path, TextList *names, Error *err);

/* Removes a folder with all that is in it; does not follow links. One that is not there is no error. */
bool dir_remove(const char *path, Error *err);

/* "a" + "b" → "a/b"; an absolute `name` stands alone; "." as `dir` is dropped. */
char *path_join(const void *ctx, const char *dir, const char *name);
char *path_dir(const void *ctx, const char *path);  /* as dirname(1) */
const char *path_base(const char *path);            /* what follows the last slash, within `path` */

/* Absolute, without links, . and ..; NULL (and no error) when it does not exist. */
char *path_real(const void *ctx, const char *path);

/* Is `path` the folder `dir` or below it? Both as path_real() gives them. */
bool path_within(const char *path, const char *dir);

/* Does `path` name something below the real folder `dir`, with no link and no ".." on the way from there? Then it is below
 * it, and was found so with fewer questions than path_real() asks. */
bool path_plainly_within(const char *path, const char *dir);

/* `path` relative to the folder `dir` where it is below it, else as it is. Within `path`. */
const char *path_relative(const char *path, const char *dir);

/* `path` as messages name it: relative to the working folder where it is below it. Within `path`. */
const char *path_shown(const char *path);

/* The process's working folder. */
char *path_cwd(const void *ctx);

#endif
