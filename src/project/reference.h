/* project/reference.h: names of changes as people and plans write them. */
#ifndef PROJECT_REFERENCE_H
#define PROJECT_REFERENCE_H

#include "base/pool.h"
#include "project/project.h"

/* A reference taken apart: spans of the text. */
typedef struct ReferenceParts {
    View project, change, tag, id; /* .p is NULL for those that are not there */
    long offset;
} ReferenceParts;

/* What is wrong with this as the name of a change, a project or (is_tag) a tag; NULL when nothing is. */
const char *name_fault(View name, bool is_tag);

/* False when the text cannot be a reference. */
bool reference_split(View text, ReferenceParts *parts);

/* What was split as a Reference whose texts are in the pool, but for `text`, which is borrowed. */
Reference reference_keep(Pool *pool, const char *text, const ReferenceParts *parts);

/* Both in one, owned by `ctx`. */
bool reference_parse(const void *ctx, View text, Reference *ref);

/* Finds what a reference means in one module, as seen from behind its change number `before` (the whole plan:
 * module->changes.n). NULL when there is none. *ambiguous: it names a reworked change without a tag. */
Change *reference_find(const Module *module, const Reference *ref, size_t before, bool *ambiguous);

/* Length in bytes of the Unicode blank at `p`, 0 when there is none. Blanks of ASCII are none. */
size_t unicode_blank(const char *p, size_t len);

#endif
