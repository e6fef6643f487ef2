/* schema/dependency.c: see dependency.h. */
#include "schema/dependency.h"

#include <stdlib.h>

/* A number and the blank behind it. System columns are below zero. */
static int64_t read_number(const char **at)
{
    bool is_negative = **at == '-';
    int64_t number = 0;
    for (*at += is_negative; **at >= '0' && **at <= '9'; (*at)++)
        number = number * 10 + (**at - '0');
    *at += **at == ' ';
    return is_negative ? -number : number;
}

/* How many of four numbers each. */
static size_t count(const char *text)
{
    size_t blanks = 0;
    for (const char *p = text; *p != '\0'; p++)
        blanks += *p == ' ';
    return (blanks + 1) / 4;
}

static void read_group(const void *ctx, DependencyGroup *group, const char *text)
{
    group->all.n = count(text);
    group->all.v = mem_array(ctx, Dependency, group->all.n);
    for (size_t i = 0; i < group->all.n; i++) {
        Dependency *d = &group->all.v[i];
        d->oid = (uint32_t)read_number(&text);
        d->sub = (int32_t)read_number(&text);
        d->on_oid = (uint32_t)read_number(&text);
        d->on_sub = (int32_t)read_number(&text);
    }
}

DependencyGroups dependencies_read(const void *ctx, const Rows *rows)
{
    DependencyGroups groups = {.v = mem_array(ctx, DependencyGroup, rows->n + 1), .n = rows->n};
    for (size_t i = 0; i < rows->n; i++) {
        DependencyGroup *group = &groups.v[i];
        const char *class = rows_cell(rows, i, 0), *on_class = rows_cell(rows, i, 1);
        *group = (DependencyGroup){.class = (uint32_t)read_number(&class), .on_class = (uint32_t)read_number(&on_class),
                                   .type = *rows_cell(rows, i, 2)};
        read_group(ctx, group, rows_cell(rows, i, 3));
    }
    return groups;
}
