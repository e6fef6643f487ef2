/* project/session/folder_scan.h: the walk through a project's folder. Not for other floors. */
#ifndef PROJECT_SESSION_FOLDER_SCAN_H
#define PROJECT_SESSION_FOLDER_SCAN_H

#include "base/file.h"
#include "base/pool.h"
#include "project/session/exclude.h"
#include "project/session/folder.h"
#include "project/session/textfile.h"

typedef struct Scan {
    Folder *folder;   /* its files are added */
    Pool paths;       /* owned by the folder, as `contents` */
    Pool contents;
    size_t kept;      /* bytes of contents */
    TextFile file;
    Digest *digest;
    size_t max_bytes; /* of a file */
    ExcludeRuleList rules;
    size_t faults;
    Error *err;
} Scan;

/* Adds all files below the project's folder, whose descriptor is closed in the end. Faults are told in scan->err. */
void scan_project(Scan *scan, int root);

const char *path_extension(const char *path); /* within it: ".sql"; "" at its end */
bool path_is_fixture(const char *path);

/* Is what has this name left out, with all below it? */
bool name_is_excluded(const char *name);

/* Is it a folder's name __x__ without a meaning? */
bool name_is_reserved(const char *name);

#endif
