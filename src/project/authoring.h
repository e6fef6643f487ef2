/* project/authoring.h: writing projects: new ones, and lines into plans that are there. Only the lines that are meant
 * change: comments, blanks, spacing and line ends stay. */
#ifndef PROJECT_AUTHORING_H
#define PROJECT_AUTHORING_H

#include "project/project.h"

typedef struct NewModule {
    const char *name;
    const char *uri;              /* NULL: the name, for pgpm; else none */
    const ProjectFormat *format;
    const TextList *requires;     /* of its control file */
} NewModule;

/* Makes pgwright.yaml (or pgpm.json for pgpm's format) and packages/ in `dir`. ERR_CONFIG when there is one. */
bool authoring_workspace(const char *dir, const ProjectFormat *format, Error *err);

/* Makes plan, deploy/, verify/ and revert/ in `dir`, and a control file where `with_control`. Nothing is overwritten. */
bool authoring_module(const char *dir, const NewModule *module, bool with_control, Error *err);

typedef struct NewChange {
    const char *name;
    const TextList *requires;
    const TextList *conflicts;
    const char *note; /* NULL for none */
    Stamp stamp;
} NewChange;

/* Appends the change to the plan of `module` and makes its three scripts. Everything is checked first; when a script
 * cannot be written the plan is left alone. The paths of what was made go to `made`, owned by `module`. */
bool authoring_add(Workspace *ws, Module *module, const NewChange *change, TextList *made, Error *err);

typedef enum ScriptKind { SCRIPT_DEPLOY, SCRIPT_VERIFY, SCRIPT_REVERT } ScriptKind;

/* A script of a change: its header, and `body` in a transaction (or, without one, alone). Owned by `ctx`. */
char *authoring_script(const void *ctx, const Module *module, const char *change, ScriptKind kind, const char *head,
                       const char *body, bool in_transaction);

/* Appends a line for every deploy script that the plan does not name, with what its header requires and conflicts with, each
 * behind what it requires; missing verify and revert scripts are made. ERR_CONFIG naming what a header requires that is
 * nowhere, or requires in a circle. Names of the changes go to `added`, paths to `made`, owned by `module`. */
bool authoring_take_in(Workspace *ws, Module *module, const Stamp *stamp, TextList *added, TextList *made, Error *err);

/* Puts a tag behind `change` (NULL: the last one). `move`: one of that name may be there, and is taken from its place. */
bool authoring_tag(Module *module, const Change *change, const char *name, const char *note, const Stamp *stamp, bool move,
                   Error *err);

/* Appends a new instance of a change that was tagged since. Its scripts become NAME@TAG.sql, those named after the change
 * are the new instance's. */
bool authoring_rework(Workspace *ws, Module *module, const NewChange *change, TextList *made, Error *err);

/* Lines to take out of a plan, and what goes with them. */
typedef struct Removal {
    ChangeList changes; /* in plan order */
    TextList files;     /* their scripts that are there, absolute */
} Removal;

/* `change` alone, or with all that come behind it. ERR_CONFIG naming those of the workspace that require one of them, and
 * when a change alone carries a tag. Writes nothing. Owned by `ctx`. */
bool authoring_removal(const void *ctx, const Workspace *ws, Module *module, Change *change, bool with_later, Removal *out,
                       Error *err);

/* Does it: first the plan, then the scripts. An earlier instance of a reworked change gets its scripts' names back. */
bool authoring_remove(Module *module, const Removal *removal, Error *err);

#endif
