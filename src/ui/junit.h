/* ui/junit.h: test results as the XML that CI servers read (JUnit's: testsuites, testsuite, testcase).
 *
 *     JUnit *j = junit_new(ctx, "pgwright test");
 *     junit_suite(j, "billing");
 *     junit_case(j, "Deploy", 120);      then, for that case, what became of it when it did not pass:
 *     junit_failure(j, "residue", "billing:users", "…");
 *     junit_write(j, "report.xml", err);
 *
 * Texts may hold anything: what XML cannot hold becomes U+FFFD, secrets are taken out. */
#ifndef UI_JUNIT_H
#define UI_JUNIT_H

#include "base/error.h"

#include <stdbool.h>
#include <stdint.h>

typedef struct JUnit JUnit;

JUnit *junit_new(const void *ctx, const char *name); /* owned by `ctx`; `name` of the whole report */

void junit_suite(JUnit *j, const char *name);            /* begins a suite; what follows belongs to it */
void junit_case(JUnit *j, const char *name, int64_t ms); /* begins a case of the suite */

/* Of the case that was begun last. A second failure of a case is one more element in it. */
void junit_failure(JUnit *j, const char *type, const char *message, const char *text); /* `text` may be NULL */
void junit_skipped(JUnit *j, const char *message);
void junit_output(JUnit *j, const char *text); /* what it has to say though it passed */

/* Writes the report; the file is replaced at once or not at all. */
bool junit_write(const JUnit *j, const char *path, Error *err);

#endif
