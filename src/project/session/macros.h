/* project/session/macros.h: CALL pgmi_test('pattern', 'callback'); in deploy.sql, and what stands for it. */
#ifndef PROJECT_SESSION_MACROS_H
#define PROJECT_SESSION_MACROS_H

#include "base/error.h"
#include "base/list.h"
#include "base/str.h"
#include "project/session/tests.h"

typedef struct Macro {
    size_t from, to;      /* from CALL to behind the semicolon */
    const char *pattern;  /* regular expression on test paths; NULL: all tests */
    const char *callback; /* NULL: the session's own reporter */
    long line, column;    /* of CALL */
} Macro;
typedef LIST(Macro) MacroList;

/* Finds the calls; in comments, strings and dollar quotes they are text. ERR_SQL with the place for a callback's name that
 * cannot be one. pgwright_test is the same. */
bool macros_find(const void *ctx, const char *file, View script, MacroList *macros, Error *err);

/* Can this be the name of a callback: name or schema.name, unquoted? */
bool macros_callback_fits(const char *callback);

/* A stretch of the expanded script. */
typedef struct ExpandedPart {
    size_t at;            /* in the expanded script */
    size_t from;          /* in the script as written */
    const Macro *macro;   /* that it stands for; NULL: copied */
} ExpandedPart;

typedef struct Expanded {
    View text; /* NUL-terminated */
    SLICE(ExpandedPart) parts;
} Expanded;

/* The script with each macro replaced by the tests' statements; plans[i] is that of macros->v[i]. Owned by `ctx`. */
void macros_expand(const void *ctx, View script, const MacroList *macros, const TestPlan *plans, Expanded *out);

/* The part that an offset of the expanded script is in. */
const ExpandedPart *expanded_part(const Expanded *expanded, size_t offset);

/* Where in the script as written an offset of the expanded one is; within what a macro stands for it is the macro's. */
size_t expanded_origin(const Expanded *expanded, size_t offset);

#endif
