/* deploy/session/preview_fault.c: at which statement of a file a preview failed, by the last mark that was reached; see preview.h. */
#include "deploy/session/fault.h"
#include "deploy/session/preview_internal.h"
#include "deploy/session/rows.h"

#include <stdlib.h>
#include <string.h>

/* The file whose mark was reached last, and that mark's statement. */
static const FolderFile *find_reached(const Preview *p, PgConn *conn, size_t *statement)
{
    SCRATCH void *scratch = mem_scratch();
    Error ignored = {0};
    PGresult *r = pg_query(scratch, conn, "SELECT last_value FROM pg_temp._pgwright_reached", 0, NULL, &ignored);
    long long reached = r == NULL ? 0 : strtoll(PQgetvalue(r, 0, 0), NULL, 10), file = reached >> 32;
    long long last = (reached & 0xffffffff) - 2;
    error_clear(&ignored);
    *statement = last < 0 ? 0 : (size_t)last;
    return file < 1 || (size_t)file > p->folder->files.n ? NULL : &p->folder->files.v[file - 1];
}

void preview_find_fault(const Preview *p, PgConn *conn, const char *failed_file, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    Error ignored = {0};
    View content;
    StatementSpans statements = {0};
    size_t done;
    const FolderFile *file = failed_file == NULL || err->line > 0 ? NULL : find_reached(p, conn, &done);
    if (file == NULL || strcmp(file->path, failed_file) != 0)
        return;
    if (folder_content(scratch, p->folder, file, &content, &ignored))
        statements_find(scratch, content, &statements);
    error_clear(&ignored);
    if (done < statements.n && statements.n <= ROWS_MARKS_MAX)
        fault_place_file(p->folder, file, content, statements.v[done].from, err);
}
