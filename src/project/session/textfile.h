/* project/session/textfile.h: reading a project's files, each of which must be text. Not for other floors. */
#ifndef PROJECT_SESSION_TEXTFILE_H
#define PROJECT_SESSION_TEXTFILE_H

#include "base/error.h"
#include "base/str.h"

/* Room for one file after the other. Starts as {.ctx = …}. */
typedef struct TextFile {
    const void *ctx; /* owns the room */
    void *room;      /* owns the bytes */
    char *bytes;
    size_t cap;
    View text; /* of the file that was read last, without a byte order mark; NUL-terminated */
} TextFile;

/* Reads an open file to its end. ERR_CONFIG, at its line and column where there is one, for what is no regular file, is longer
 * than `max` bytes, changes meanwhile, or is not UTF-8 without NUL bytes. `path` is named in errors. */
bool textfile_read(TextFile *file, int fd, const char *path, size_t max, Error *err);

/* The same of the file `name` in the open folder `dir`. */
bool textfile_read_at(TextFile *file, int dir, const char *name, const char *path, size_t max, Error *err);

/* Gives back what a long file needed. */
void textfile_shrink(TextFile *file);

#endif
