/* test/unit/project/session/cases.h: cases as text files, for people to read and to add to.
 *
 *     # what the file is about, in lines before the first case
 *
 *     === name of a case
 *     its input, which may be several lines
 *     --- a heading of what is expected, if anything is
 *     text under it
 *
 * In all of it · stands for a blank and ␍ for a carriage return. The last newline of an input is not part of it. */
#ifndef TEST_SESSION_CASES_H
#define TEST_SESSION_CASES_H

#include "base/list.h"
#include "base/str.h"

typedef struct Case {
    const char *name;
    View input;
    View expected; /* from its first heading on */
} Case;
typedef LIST(Case) CaseList;

/* The cases of a file of test/cases/session. */
CaseList cases_read(const void *ctx, const char *file);

/* Adds "--- heading" and the text under it. */
void cases_add(Str *actual, View text, const char *heading, ...) __attribute__((format(printf, 3, 4)));

/* Adds what is found out about a case. */
typedef void (*CaseAnswer)(const void *ctx, const Case *c, Str *actual);

/* All cases of a file, each of which must be answered as it says; at least so many, lest some are lost. */
void cases_check(const char *file, size_t at_least, CaseAnswer answer);

#endif
