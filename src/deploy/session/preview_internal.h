/* deploy/session/preview_internal.h: what the files of a preview share. Not for others. */
#ifndef DEPLOY_SESSION_PREVIEW_INTERNAL_H
#define DEPLOY_SESSION_PREVIEW_INTERNAL_H

#include "base/map.h"
#include "deploy/session/preview.h"

/* A file that runs, or deploy.sql. */
typedef struct PreviewFrame {
    PreviewFile *file;
    long done;    /* number of its last statement that has ended */
    bool open;    /* the last of file->statements has not */
} PreviewFrame;

/* A change whose transaction has not ended. */
typedef struct PreviewPending {
    PreviewFile *file;
    size_t change;
} PreviewPending;

struct Preview {
    const void *ctx;
    const Folder *folder;
    bool wants_schema;
    const struct Model *schema_before;  /* NULL: nobody asks, or there is no telling */
    bool open;                   /* a BEGIN of the script waits for its COMMIT */
    PreviewResult result;
    LIST(PreviewFrame) running;  /* innermost last; deploy.sql is first */
    LIST(PreviewPending) pending;
    Map *relations;              /* OID as text → what was told of it last */
    int64_t since_us;            /* end of the last mark; 0: none yet */
};

/* Rows are counted from 0 again. */
void preview_forget_rows(Preview *p);

/* Sets the hazard of a change whose statement and name are known. `committed` is the relation's file before the deployment. */
void preview_judge(const PreviewFile *file, PreviewChange *change, unsigned committed);

#endif
