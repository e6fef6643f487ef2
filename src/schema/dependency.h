/* schema/dependency.h: the rows of pg_depend. Not for other floors. */
#ifndef SCHEMA_DEPENDENCY_H
#define SCHEMA_DEPENDENCY_H

#include "schema/address.h"
#include "schema/rows.h"

/* The first cannot be without the second. */
typedef struct Dependency {
    uint32_t oid, on_oid;
    int32_t sub, on_sub;
} Dependency;

/* All between two catalogs of one type: 'n' normal, 'a' automatic, 'i' internal … (manual, pg_depend). */
typedef struct DependencyGroup {
    uint32_t class, on_class;
    char type;
    SLICE(Dependency) all;
} DependencyGroup;
typedef SLICE(DependencyGroup) DependencyGroups;

/* Reads what sql/dependencies.sql gives; owned by `ctx`. */
DependencyGroups dependencies_read(const void *ctx, const Rows *rows);

static inline Address dependent_address(const DependencyGroup *group, const Dependency *d)
{
    return (Address){group->class, d->oid, d->sub};
}

static inline Address needed_address(const DependencyGroup *group, const Dependency *d)
{
    return (Address){group->on_class, d->on_oid, d->on_sub};
}

#endif
