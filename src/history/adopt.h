/* history/adopt.h: taking over the history that another tool kept. */
#ifndef HISTORY_ADOPT_H
#define HISTORY_ADOPT_H

#include "history/history.h"

typedef struct AdoptCounts {
    size_t adopted; /* rows copied */
    size_t known;   /* rows that were there already */
    size_t pending; /* changes of the plans that are deployed in neither */
    TextList notes; /* what a person should know */
} AdoptCounts;

/* Copies every deployed change of the history `from` into `to`, oldest first, with its requirements and tags, in one
 * transaction; what is there already is left alone. Script hashes are taken from the files where these are what was
 * deployed; else the old hash is kept with its kind before it ("sha1:…"), and noted. ERR_CONFIG when there is no such
 * history. `to` must be locked and loaded. */
bool adopt_history(const void *ctx, History *to, const HistoryFormat *from, Workspace *ws, const char *command,
                   AdoptCounts *counts, Error *err);

/* Drops UNIQUE (package, script_hash) of pgpm's older tables. */
bool adopt_drop_unique_hash(History *h, Error *err);

#endif
