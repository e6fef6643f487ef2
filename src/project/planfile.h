/* project/planfile.h: pgwright.plan, pgpm.plan and sqitch.plan.
 *
 * One grammar, Sqitch's (sqitchplan in its manual), with what pgpm leaves out allowed where the format is lenient: stamps,
 * the blank line behind the pragmas. Every error of a file is told at once. */
#ifndef PROJECT_PLANFILE_H
#define PROJECT_PLANFILE_H

#include "project/project.h"

enum { PLAN_MAX_BYTES = 256 * 1024 * 1024 };

typedef struct PlanReading {
    const char *path;          /* named in errors */
    const ProjectFormat *format;
    bool syntax_only;          /* dependencies are not looked up */
} PlanReading;

/* Reads the plan in `text` into `module`: name, uri, changes, tags, dependencies within the plan. Texts are owned by
 * `module`. */
bool planfile_parse(Module *module, const PlanReading *reading, const char *text, size_t len, Error *err);

/* Is this a name that a change (or a tag) may have? What is wrong with it otherwise; NULL when nothing is. */
const char *planfile_name_fault(View name, bool is_tag);

/* Takes a reference apart; false when it cannot be one. Texts are owned by `ctx`. */
bool reference_parse(const void *ctx, View text, Reference *ref);

/* Finds what a reference means in one module, as seen from behind its change number `before` (the whole plan:
 * module->changes.n). NULL when there is none. *ambiguous: it names a reworked change without a tag. */
Change *reference_find(const Module *module, const Reference *ref, size_t before, bool *ambiguous);

/* Gives every change its instance name once all tags are known, and every change and tag its id. */
void planfile_finish(Module *module);

/* "\n", "\r" and "\\" of a note, escaped as plans write them. Owned by `ctx`. */
char *planfile_escape(const void *ctx, const char *note);

#endif
