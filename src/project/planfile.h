/* project/planfile.h: pgwright.plan, pgpm.plan and sqitch.plan.
 *
 * One grammar, Sqitch's (sqitchplan in its manual), with what pgpm leaves out allowed where the format is lenient: stamps,
 * the blank line behind the pragmas. Every error of a file is told at once. */
#ifndef PROJECT_PLANFILE_H
#define PROJECT_PLANFILE_H

#include "project/reference.h"

enum { PLAN_MAX_BYTES = 256 * 1024 * 1024 };

typedef struct PlanReading {
    const char *path;          /* named in errors */
    const ProjectFormat *format;
    bool syntax_only;          /* dependencies are not looked up */
} PlanReading;

/* Reads the plan in `text` into `module`: name, uri, changes, tags, dependencies within the plan. Texts are owned by
 * `module`; lists of dependencies are whole and cannot be pushed to. */
bool planfile_parse(Module *module, const PlanReading *reading, const char *text, size_t len, Error *err);

/* Gives every change and tag its id, and finds the dependencies that are written as ids. */
void planfile_finish(Module *module);

/* "\n", "\r" and "\\" of a note, escaped as plans write them. Owned by `ctx`. */
char *planfile_escape(const void *ctx, const char *note);

#endif
