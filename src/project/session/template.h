/* project/session/template.h: projects to start from. Their files stand under templates/ and are built into the program. */
#ifndef PROJECT_SESSION_TEMPLATE_H
#define PROJECT_SESSION_TEMPLATE_H

#include "base/error.h"
#include "base/list.h"

typedef struct TemplateFile {
    const char *path; /* within the project */
    const char *text; /* {{PROJECT_NAME}} stands for the name of the project's folder */
} TemplateFile;

typedef struct Template {
    const char *name;
    const char *summary;       /* one line */
    const char *about;         /* what it shows, and what it needs */
    const TemplateFile *files; /* in byte order; one without a path ends them */
} Template;

extern const Template templates[]; /* the simplest first; one without a name ends them */

/* ERR_USAGE, with the names there are, when there is none of this name. */
const Template *template_named(const char *name, Error *err);

/* Writes a template's files into a folder, which is made if it is not there. Settings, .env and .git may be there already and
 * stay as they are; anything else is ERR_USAGE, before anything is written. `made` gets the files' paths within the folder,
 * owned by `ctx`. */
bool template_write(const void *ctx, const Template *t, const char *folder, TextList *made, Error *err);

#endif
