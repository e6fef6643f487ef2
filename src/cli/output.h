/* cli/output.h: --output: a run as a script for psql, instead of the run. */
#ifndef CLI_OUTPUT_H
#define CLI_OUTPUT_H

#include "cli/session.h"
#include "deploy/run.h"

/* Writes to `path` ("-": stdout) what running the plan would send, the history included. A file is there as a whole or
 * not at all. */
bool output_script(Invocation *inv, Session *s, Plan *plan, const RunOptions *options, const char *path, Error *err);

#endif
