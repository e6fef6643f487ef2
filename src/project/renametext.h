/* project/renametext.h: a new name, within the text of plans, scripts and packaging files. Every byte that is not the name
 * stays. Read backwards, from the new name to the old one, the same functions give the old text again. */
#ifndef PROJECT_RENAMETEXT_H
#define PROJECT_RENAMETEXT_H

#include "project/project.h"

/* A change of `module` gets another name, or the module itself. */
typedef struct Renaming {
    const char *module; /* as it is called before; after, too, when only a change is renamed */
    bool is_change;
    const char *from, *to;
} Renaming;

/* The other way round. */
Renaming renaming_back(const Renaming *r);

/* A name of a change as this history or that script has it ("project:name", "name@tag", "!name", with ^ or ~), seen from
 * module `own`. Owned by `ctx`. */
char *rename_reference(const void *ctx, const Renaming *r, const char *own, View reference);

/* Text of the plan of module `own`: pragmas, names, dependencies, pgpm's long tags. Owned by `ctx`. */
char *rename_in_plan(const void *ctx, const Renaming *r, const char *own, const char *text, size_t len);

/* The comments that a script of module `own` begins with: its title, requires, conflicts. Owned by `ctx`. */
char *rename_in_header(const void *ctx, const Renaming *r, const char *own, const char *text, size_t len);

/* `requires` of a control file; words and sql/NAME--… of a Makefile; "name" of a package.json, whose scope stays. Only a
 * module's name stands there. Owned by `ctx`. */
char *rename_in_control(const void *ctx, const Renaming *r, const char *text, size_t len);
char *rename_in_makefile(const void *ctx, const Renaming *r, const char *text, size_t len);
char *rename_in_package_json(const void *ctx, const Renaming *r, const char *text, size_t len);

#endif
