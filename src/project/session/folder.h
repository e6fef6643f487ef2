/* project/session/folder.h: the project of a session deployment: deploy.sql, and every other file of its folder.
 *
 * All is read and checked before a server is asked for anything. Contents are not all kept: what is beyond a small budget
 * is read again when it is sent, and refused if it is no longer what was checked. */
#ifndef PROJECT_SESSION_FOLDER_H
#define PROJECT_SESSION_FOLDER_H

#include "base/digest.h"
#include "base/error.h"
#include "base/list.h"
#include "base/str.h"
#include "base/uuid.h"
#include "project/session/meta.h"

#include <stdint.h>

typedef struct FolderFile {
    const char *path;      /* "./a/b.sql": within the folder, always with slashes */
    const char *extension; /* ".sql", its letter case kept; "" when it is not letters and digits; within `path` or static */
    const char *content;   /* without a byte order mark; NULL: not kept, ask folder_content() */
    size_t size;           /* of the content, in bytes */
    bool is_sql;           /* by its extension */
    bool is_test;          /* below a folder __test__ or __tests__ */
    bool is_fixture;       /* _setup.sql among the tests */
    char checksum[DIGEST_HEX_MAX];   /* SHA-256 of the content */
    char normalised[DIGEST_HEX_MAX]; /* project/session/checksum.h */
    const Meta *meta;      /* its <pgmi-meta> block; NULL: none */
    FileTransaction transaction; /* what folder_set_transactions() found */
} FolderFile;

typedef LIST(FolderFile) FolderFileList;

typedef struct Folder {
    const char *root;  /* real path */
    const char *shown; /* as messages name it */
    View driver;       /* deploy.sql without a byte order mark; NUL-terminated */
    FolderFileList files; /* in byte order of their paths; deploy.sql is none of them */
} Folder;

typedef struct FolderOptions {
    size_t max_bytes;    /* of one file but deploy.sql; 0: 10 MiB, or PGMI_MAX_FILE_SIZE */
    bool without_driver; /* deploy.sql may be missing: for commands that only look at the files; `driver` is empty then */
    bool ids_may_clash;  /* files may have the same metadata id: for commands that tell of it themselves */
} FolderOptions;

/* Is there a deploy.sql (in any letter case) in this folder? */
bool folder_has_driver(const char *path);

/* Reads and checks a folder, which may be a link to one. Left out are, with all below them: names that begin with a dot,
 * node_modules, __pycache__ and what .deployignore names. ERR_NO_PROJECT when deploy.sql is missing; ERR_CONFIG for a path that is no folder, files that
 * are not text in UTF-8, are too large or change while they are read, links that lead nowhere, out of the folder or to a folder
 * (links to files of the folder are followed), folders __x__ that mean nothing, names that are not UTF-8 or hold a backslash,
 * metadata at fault. All faults are told (the first hundred), not only the first. NULL then. `options` may be NULL. */
Folder *folder_read(const void *ctx, const char *path, const FolderOptions *options, Error *err);

/* A file's content, NUL-terminated, owned by `ctx` unless it is kept. ERR_CONFIG when it is not what folder_read() saw any
 * more. */
bool folder_content(const void *ctx, const Folder *folder, const FolderFile *file, View *content, Error *err);

/* Decides in which transaction each file runs: what its metadata says, else the rules. */
void folder_set_transactions(Folder *folder, const TransactionRuleList *rules);

/* Files that have the same metadata id. */
typedef struct FolderClash {
    const char *id;
    const FolderFile *const *files; /* in byte order of their paths */
    size_t n;
} FolderClash;
typedef LIST(FolderClash) FolderClashList;

void folder_clashes(const void *ctx, const Folder *folder, FolderClashList *clashes);

/* Are there none? ERR_CONFIG tells each of them. */
bool folder_check_ids(const Folder *folder, Error *err);

/* What follows from a path alone. SQL files are .sql .ddl .dml .dql .dcl .psql .pgsql .plpgsql, in any letter case. */
bool folder_path_is_sql(const char *path);
bool folder_path_is_test(const char *path);

/* The id of a file without metadata: MD5 of its path ("./…"), as a uuid. Source: the plan view's generic_id. */
void folder_generic_id(const char *path, char uuid[UUID_TEXT_MAX]);

#endif
