/* schema/expression.h: expressions that read back as they were printed. Callers: script.c, and plan/online.c for statements of its own. */
#ifndef SCHEMA_EXPRESSION_H
#define SCHEMA_EXPRESSION_H

#include "base/str.h"

/* The server prints `status IN ('a', 'b')` over a varchar column as `ANY ((ARRAY['a'::character varying, …])::text[])`; read
 * back, the cast would move into the array's elements, and what is printed then is another text. With the array's own type
 * between them it stays.
 * And it prints `… UNION ALL SELECT 'a'::text` for a constant that came without a type: read back, the column would be called text,
 * and is printed with that name. With the name that it has, "?column?", it stays.
 * And some servers print EXTRACT('YEAR' FROM …) as EXTRACT(YEAR FROM …), which is read as 'year'.
 * And `CYCLE n SET is_cycle TO 'Y'::text DEFAULT …`, which is no SQL: it wants text 'Y'.
 * Gives such a statement with these types, names and quotes put in, owned by `ctx`; `sql` itself when there is nothing to do. */
const char *expression_stable(const void *ctx, const char *sql);

#endif
