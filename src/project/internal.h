/* project/internal.h: what the files of project/ share. Not for others. */
#ifndef PROJECT_INTERNAL_H
#define PROJECT_INTERNAL_H

#include "project/authoring.h"

/* Reads the module in `dir` with this plan file. Owned by `ws`, as are the folders in `scripts`. Warnings are added to `ws`. */
Module *module_read(Workspace *ws, const char *dir, const char *plan_path, const ProjectFormat *format,
                    const ScriptDirs *scripts, const ProjectOptions *options, Error *err);

/* Names the instances of reworked changes and finds the scripts of all changes. A deploy script that is not there is an
 * error if they are `required`; warnings are added to `ws`. */
bool scripts_attach(Workspace *ws, Module *module, bool required, Error *err);

/* The format whose plan file stands in `dir`; NULL. *plan_path owned by `ctx`. */
const ProjectFormat *module_format(const void *ctx, const char *dir, const char **plan_path);

/* Pieces of authoring.h. The line of a change; where a script of a change belongs: where the scripts of the module's changes
 * are, deploy/ beside the plan at first. Owned by `ctx`. */
char *authoring_line(const void *ctx, const NewChange *change);
char *authoring_path(const void *ctx, const Module *module, const char *name, ScriptKind kind);

/* Every dependency must mean something, here or in another module of the workspace. */
bool authoring_check_dependencies(Workspace *ws, Module *module, const TextList *list, Error *err);

/* Makes the scripts of the change that are not there. */
bool authoring_write_scripts(Module *module, const NewChange *change, TextList *made, Error *err);

/* Finds the dependencies of every module on the others. */
bool workspace_link(Workspace *ws, Error *err);

#endif
