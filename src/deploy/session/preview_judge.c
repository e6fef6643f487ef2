/* deploy/session/preview_judge.c: what is dangerous about a change that a preview saw, in the terms of plan/hazards.c. What a
 * server did tells more than what a statement says, and holds for statements within functions as well. */
#include "deploy/session/preview_internal.h"
#include "plan/schema_plan.h"

#include <string.h>

static const HazardRule *rule(const char *id)
{
    for (size_t i = 0; i < hazard_rules_count; i++)
        if (strcmp(hazard_rules[i].id, id) == 0)
            return &hazard_rules[i];
    return NULL;
}

static void set(PreviewChange *change, const char *id, const char *detail)
{
    change->hazard = rule(id);
    change->detail = detail;
}

void preview_judge(const PreviewFile *file, PreviewChange *change, unsigned committed)
{
    const char *command = file->statements.v[change->statement].command;
    bool holds_rows = change->kind != '\0' && strchr("rpm", change->kind) != NULL;
    unsigned before = change->before != 0 ? change->before : committed;
    bool rewritten = strchr("rm", change->kind) != NULL && change->node != 0 && change->node != before &&
                     change->node != committed; /* that is a savepoint's rollback */
    if (command == NULL)
        command = "";
    if (change->gone)
        set(change, holds_rows || change->kind == 'S' ? "data-loss" : "breaks-clients", "dropped");
    else if (rewritten && strcmp(command, "TRUNCATE") == 0)
        set(change, "data-loss", "emptied");
    else if (rewritten && change->kind == 'r')
        set(change, "table-rewrite", text_starts(command, "ALTER TABLE") ? "every row is written anew" : "written anew, or emptied");
    else if (change->locks && change->level == PREVIEW_STRONG && holds_rows && strstr(command, "INDEX") != NULL)
        set(change, "long-lock", "the index is built");
}
