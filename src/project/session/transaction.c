/* project/session/transaction.c: see transaction.h. */
#include "project/session/transaction.h"

#include <string.h>

const char *const transaction_names[] = {
    [TRANSACTION_OWN] = "own", [TRANSACTION_SHARED] = "shared", [TRANSACTION_NONE] = "none", NULL};

bool transaction_parse(View text, FileTransaction *out)
{
    for (size_t i = 0; transaction_names[i] != NULL; i++)
        if (view_is(text, transaction_names[i])) {
            *out = (FileTransaction)i;
            return true;
        }
    return false;
}

/* The file itself, or a folder that it is in. */
static bool fits(const ExcludeRule *where, const char *path)
{
    SCRATCH void *scratch = mem_scratch();
    for (const char *slash = path; (slash = strchr(slash, '/')) != NULL; slash++)
        if (exclude_rule_matches(where, mem_strndup(scratch, path, (size_t)(slash - path)), true))
            return true;
    return exclude_rule_matches(where, path, false);
}

FileTransaction transaction_of(const TransactionRuleList *rules, const char *path)
{
    for (size_t i = rules->n; i > 0; i--)
        if (fits(&rules->v[i - 1].where, path))
            return rules->v[i - 1].transaction;
    return TRANSACTION_OWN;
}
