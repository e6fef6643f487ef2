/* project/plantext.h: the text of a plan, edited by lines: what is not meant stays byte for byte.
 * Not for other floors. */
#ifndef PROJECT_PLANTEXT_H
#define PROJECT_PLANTEXT_H

#include "project/project.h"

typedef struct PlanText {
    char *text;
    size_t len;
    const char *eol; /* as the file has it */
} PlanText;

typedef LIST(long) LineList; /* 1-based */

/* Owned by `ctx`. */
bool plantext_read(const void *ctx, const Module *m, PlanText *plan, Error *err);

/* Offset behind line number `line`; the end of the file for 0. */
size_t plantext_behind(const PlanText *plan, long line);

/* Writes the plan with one line more. A last line without its end gets one first, and the new one then has none
 * either. */
bool plantext_insert(const Module *m, const PlanText *plan, size_t at, const char *line, Error *err);

/* Writes the plan without these lines. */
bool plantext_delete(const Module *m, const PlanText *plan, const LineList *lines, Error *err);

#endif
