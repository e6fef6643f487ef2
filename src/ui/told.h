/* ui/told.h: failures for programs that show them beside the source.
 *
 * SARIF 2.1.0 (OASIS) is what code-scanning services and editors read. GitHub Actions takes annotations from lines of what a
 * step prints ("Workflow commands"); they are printed where GITHUB_ACTIONS says that it is one. Files are named from the root of
 * the repository on (GITHUB_WORKSPACE) or, without one, from the working folder. */
#ifndef UI_TOLD_H
#define UI_TOLD_H

#include "base/error.h"

#include <jansson.h>

/* A failure, as ui_error_json() gives it, was told: kept for the report, and annotated. */
void told_error(const json_t *error);

/* Writes all that was told so far; `exit` is the program's exit code. Also when there was none: nothing is found then. */
bool told_write_sarif(const char *path, int exit, Error *err);

/* Frees what was kept. */
void told_end(void);

#endif
