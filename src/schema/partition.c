/* schema/partition.c: partitions that are attached: what they have by then, and in which order they come. */
#include "schema/action.h"

#include "schema/making.h"

#include <string.h>

static bool is_attached(const Object *index)
{
    for (size_t i = 0; i < index->parts.n; i++)
        if (object_is(index->parts.v[i], KIND_INDEX_PARTITION))
            return true;
    return false;
}

/* An index of a partition's own comes behind those that it has for the whole: the server could take it for one of them, for it does
 * not look at the order within. */
static void wait_for_parts(Diff *d, size_t later, const Object *table, bool is_partition)
{
    for (size_t i = 0; i < table->parts.n; i++) {
        const Object *part = table->parts.v[i];
        if (is_incomplete(part) || (is_partition && object_is(part, KIND_INDEX) && !is_attached(part)))
            diff_wait(d, d->make_of_new[part->number], later);
        else if (object_is(part, KIND_INDEX) || (object_is(part, KIND_CONSTRAINT) && *object_value(part, "type") != 'f'))
            diff_wait(d, later, d->make_of_new[part->number]);
    }
}

/* What a default partition must not have is known when the others are there. */
static void order_default(Diff *d, const Object *partition, const Object *whole)
{
    for (size_t i = 0; strcmp(object_value(partition, "bound"), "DEFAULT") == 0 && i < whole->needed_by.n; i++) {
        const Object *other = whole->needed_by.v[i];
        if (object_is(other, KIND_PARTITION) && other != partition && link_above(other) == whole)
            diff_wait(d, d->make_of_new[partition->number], d->make_of_new[other->number]);
    }
}

/* A table that is attached has the indexes and keys of the whole already: so they keep their names, and nothing is built
 * under the lock. Parts of children follow those of their parents. An index that partitions lack comes when they are there, for it
 * would be made for them. */
void diff_order_partitions(Diff *d)
{
    for (size_t i = 0; i < d->new->objects.n; i++) {
        const Object *o = d->new->objects.v[i];
        if (!object_is(o, KIND_PARTITION))
            continue;
        const Object *whole = link_above(o);
        if (d->make_of_new[i] == NO_ACTION)
            continue;
        wait_for_parts(d, d->make_of_new[i], o->parent, true);
        if (whole == NULL)
            continue;
        wait_for_parts(d, d->make_of_new[i], whole, false);
        order_default(d, o, whole);
    }
}
