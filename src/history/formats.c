/* history/formats.c: the table of history formats. A new tool to come from is one file and one row. */
#include "history/formats.h"

#include <string.h>

const HistoryFormat *const history_formats[] = {&history_pgwright, &history_pgpm, &history_sqitch};
const size_t history_formats_count = sizeof history_formats / sizeof history_formats[0];

const char *history_planner(const void *ctx, const Stamp *stamp)
{
    return stamp->name[0] == '\0' ? "" : mem_printf(ctx, "%s <%s>", stamp->name, stamp->email);
}

const char *history_dependency_text(const void *ctx, const Change *change, const Dependency *d)
{
    const char *text = d->ref.text;
    const char *colon = strchr(text, ':');
    bool own = d->ref.project != NULL && colon != NULL && text_equal(d->ref.project, change->module->name);
    return mem_strdup(ctx, own ? colon + 1 : text);
}
