/* schema/dumping.h: what the writers of dumps share; dump.c. Not for other floors. */
#ifndef SCHEMA_DUMPING_H
#define SCHEMA_DUMPING_H

#include "schema/dump.h"

/* The statements of a dump, in an order in which they can run. Owned by `ctx`. */
StatementList dump_statements(const void *ctx, const Model *model, const DumpOptions *options);

/* What stands before all of them: settings. */
void dump_head(Str *out, const Model *model, const DumpOptions *options);

/* One statement, under a heading where it begins another object than `*headed`, which is moved on. */
void dump_statement(Str *out, const Statement *statement, const Object **headed, const Model *model, const DumpOptions *options);

#endif
