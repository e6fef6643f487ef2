/* project/session/transaction.h: in which transaction pgwright_deploy_files() runs a file.
 *
 * The file says it in its metadata (transaction="none"), or pgwright.yaml says it of many:
 *
 *     transactions:
 *       indexes/: none       # a folder with all below it
 *       seed: shared
 */
#ifndef PROJECT_SESSION_TRANSACTION_H
#define PROJECT_SESSION_TRANSACTION_H

#include "base/str.h"
#include "project/session/exclude.h"

typedef enum FileTransaction {
    TRANSACTION_OWN,    /* one for each file */
    TRANSACTION_SHARED, /* one with the shared files before and behind it */
    TRANSACTION_NONE,   /* its statements run one by one, outside of any */
} FileTransaction;
extern const char *const transaction_names[]; /* "own", "shared", "none"; NULL ends it */

/* False when the text is none of the names. */
bool transaction_parse(View text, FileTransaction *out);

/* Patterns are written as those of .deployignore. */
typedef struct TransactionRule {
    ExcludeRule where;
    FileTransaction transaction;
} TransactionRule;
typedef LIST(TransactionRule) TransactionRuleList;

/* What the last of the rules that fits says of a file; TRANSACTION_OWN when none does. `path` is from the project's folder on, as
 * "indexes/a.sql". */
FileTransaction transaction_of(const TransactionRuleList *rules, const char *path);

#endif
