/* project/session/units.h: deploy.sql in the pieces that go to the server one by one.
 *
 * The head: all up to the first COMMIT or ROLLBACK at top level, one message, so one transaction also without BEGIN. The
 * tail: each statement behind it, a message each. */
#ifndef PROJECT_SESSION_UNITS_H
#define PROJECT_SESSION_UNITS_H

#include "base/list.h"
#include "base/str.h"

typedef struct Unit {
    View text;    /* within the script; ends behind its semicolon */
    size_t at;    /* offset in the script */
    long line;    /* 1-based, of its first byte that is neither blank nor comment */
} Unit;
typedef LIST(Unit) UnitList;

/* Cuts a script. The head is always there, even if it is empty. Linear in the script's length. */
void units_split(const void *ctx, View script, UnitList *units);

#endif
