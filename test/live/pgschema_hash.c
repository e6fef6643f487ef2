/* Prints the fingerprint of a schema as pgschema computes it, with --document what is hashed; without what .pgschemaignore of the
 * working folder names, where there is one. Connects as libpq's environment says.
 *   pgschema_hash [--document] SCHEMA */
#include "base/file.h"
#include "base/log.h"
#include "schema/pgschema_hash.h"

#include <stdio.h>
#include <string.h>

int main(int argc, char **argv)
{
    SCRATCH void *scratch = mem_scratch();
    bool document = argc == 3 && strcmp(argv[1], "--document") == 0;
    if (argc != 2 && !document)
        return ERR_USAGE;
    Error err = {0};
    PgConn *conn = pg_open(scratch, &(PgTarget){0}, &err);
    const char *schema = argv[argc - 1];
    char *text = NULL;
    IgnoreRules *rules = ignore_new(scratch);
    if (conn != NULL && (!file_exists(".pgschemaignore") || ignore_read(rules, ".pgschemaignore", &err)))
        text = document ? pgschema_document(scratch, conn, schema, rules, &err) : pgschema_fingerprint(scratch, conn, schema, rules, &err);
    if (text != NULL) {
        puts(text);
        return 0;
    }
    Str message = str_new(scratch);
    error_render(&err, &message);
    log_raw(message.text);
    int status = (int)err.class;
    error_clear(&err);
    return status;
}
