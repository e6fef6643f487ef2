/* cli/test_render.h: results of `test`, for people, for programs and for CI servers. All are made from the object that
 * test_result_json() gives, for a cycle runs in a process of its own and has nothing else to send. */
#ifndef CLI_TEST_RENDER_H
#define CLI_TEST_RENDER_H

#include "deploy/cycle.h"

#include <jansson.h>

/* {"module": …, "ok": …, "phases": […], "findings": […], …}; "phase", "error" and "text" when a phase failed.
 * `prove`: do findings fail the module; `strict`: does advice too? New reference. */
json_t *test_result_json(const CycleResult *result, bool prove, bool strict);

/* A line for the module, and one for each thing that was found. */
void render_test_result(const json_t *result);

/* Writes all results into a file: a suite for each module, a case for each phase. */
bool write_test_junit(const json_t *results, const char *path, Error *err);

#endif
