/* project/plantext.c: see plantext.h. */
#include "project/plantext.h"

#include "base/file.h"
#include "project/planfile.h"

#include <string.h>

bool plantext_read(const void *ctx, const Module *m, PlanText *plan, Error *err)
{
    plan->text = file_read(ctx, m->plan_path, PLAN_MAX_BYTES, &plan->len, err);
    if (plan->text == NULL)
        return false;
    const char *newline = memchr(plan->text, '\n', plan->len);
    plan->eol = newline != NULL && newline > plan->text && newline[-1] == '\r' ? "\r\n" : "\n";
    return true;
}

size_t plantext_behind(const PlanText *plan, long line)
{
    const char *p = plan->text, *end = plan->text + plan->len;
    for (long i = 0; i < line && p < end; i++) {
        const char *newline = memchr(p, '\n', (size_t)(end - p));
        p = newline == NULL ? end : newline + 1;
    }
    return line == 0 ? plan->len : (size_t)(p - plan->text);
}

bool plantext_insert(const Module *m, const PlanText *plan, size_t at, const char *line, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    Str text = str_new(scratch);
    bool open_end = at == plan->len && at > 0 && plan->text[at - 1] != '\n';
    str_add_n(&text, plan->text, at);
    if (open_end)
        str_add(&text, plan->eol);
    str_add(&text, line);
    if (!open_end)
        str_add(&text, plan->eol);
    str_add_n(&text, plan->text + at, plan->len - at);
    return file_write(m->plan_path, text.text, text.len, err);
}

bool plantext_delete(const Module *m, const PlanText *plan, const LineList *lines, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    Str text = str_new(scratch);
    const char *p = plan->text, *end = plan->text + plan->len;
    bool *deleted =
        mem_array(scratch, bool, plan->len + 2); /* by line number: there are no more lines than bytes */
    for (size_t i = 0; i < lines->n; i++)
        deleted[lines->v[i]] = true;
    for (size_t line = 1; p < end; line++) {
        const char *newline = memchr(p, '\n', (size_t)(end - p));
        const char *next = newline == NULL ? end : newline + 1;
        if (!deleted[line])
            str_add_n(&text, p, (size_t)(next - p));
        p = next;
    }
    return file_write(m->plan_path, text.text, text.len, err);
}
