/* project/project.h: what a project folder says. Plain data, read without a server.
 *
 *     Workspace → Module → Change → Dependency, Tag
 *
 * A workspace is a folder of modules that depend on one another; a folder with a single plan is a workspace of one. A
 * module is a folder with a plan; a change is one line of it with its scripts. Formats are rows of project_formats[]. */
#ifndef PROJECT_PROJECT_H
#define PROJECT_PROJECT_H

#include "base/error.h"
#include "base/list.h"
#include "base/map.h"

#include <jansson.h>
#include <stdbool.h>

/* Identity of Sqitch changes and tags: 40 hex digits. */
enum { SQITCH_ID_SIZE = 41 };

typedef struct Change Change;
typedef struct Module Module;
typedef LIST(Change *) ChangeList;
typedef LIST(Module *) ModuleList;

/* Who wrote a line of the plan, and when. Texts are "" (not NULL) where the line has none. */
typedef struct Stamp {
    const char *at; /* "2024-01-31T23:59:59Z" */
    const char *name;
    const char *email;
} Stamp;

typedef struct Tag {
    const char *name; /* without the @ */
    const char *note; /* unescaped; "" for none */
    Stamp stamp;
    Change *change;   /* the change that it marks */
    long line;
    char id[SQITCH_ID_SIZE];
} Tag;
typedef LIST(Tag *) TagList;

/* A name of a change as people and plans write it: name, @tag, name@tag, id, project:…, HEAD, ROOT, with ^ or ~. */
typedef struct Reference {
    const char *text;    /* as written */
    const char *project; /* NULL: the project at hand */
    const char *change;  /* NULL when only a tag or id is named; "HEAD" and "ROOT" too */
    const char *tag;     /* without @; NULL for none */
    const char *id;      /* 40 hex digits in lower case; NULL for none */
    long offset;         /* ^n is -n, ~n is +n */
} Reference;

typedef struct Dependency {
    bool conflict;       /* !x */
    Reference ref;
    long line, column;   /* in the plan */
    Change *target;      /* the change meant, in this or another module of the workspace; NULL: a project elsewhere,
                            to be looked for in the history */
} Dependency;
typedef LIST(Dependency) DependencyList;

struct Change {
    const char *name;     /* as the plan has it */
    const char *instance; /* name, or name@tag for the earlier instances of a reworked change: its script's name, and
                             its name in histories that know names only */
    const char *note;
    Stamp stamp;
    DependencyList dependencies; /* requires first, then conflicts, each in the order written */
    TagList tags;
    Module *module;
    Change *earlier;      /* the instance that this one reworks; NULL for none */
    size_t index;         /* position in module->changes */
    long line;            /* in the plan */
    const char *deploy;   /* paths of its scripts, absolute, whether they are there or not */
    const char *verify;
    const char *revert;
    bool has_deploy, has_verify, has_revert;
    const char *deploy_hash; /* of that script, in hex; NULL as long as nobody has read it (plan_hash_scripts()) */
    char id[SQITCH_ID_SIZE]; /* Sqitch's identity, computed for every format */
};

/* A native extension that a module asks for. */
typedef struct ExtensionUse {
    const char *name;
    const char *schema;      /* of extensions.json "provides"; NULL: the default */
    bool create_schema;
    json_t *grants;          /* of extensions.json, borrowed from the module's configuration; NULL for none */
} ExtensionUse;
typedef LIST(ExtensionUse) ExtensionList;

/* Where a module's scripts are: absolute folders. */
typedef struct ScriptDirs {
    const char *deploy, *verify, *revert;
    const char *reworked_deploy, *reworked_verify, *reworked_revert; /* those above, unless sqitch.conf says otherwise */
    const char *ending; /* ".sql" */
} ScriptDirs;

struct Module {
    const char *name;        /* the %project */
    const char *uri;         /* %uri as written, "" for none */
    const char *canonical_uri; /* as identities use it (identity.h) */
    const char *control_name;/* base name of its .control file; NULL when it has none */
    const char *npm_name;    /* package.json "name"; NULL */
    const char *version;     /* package.json or default_version; NULL */
    const char *dir;         /* real path */
    const char *plan_path;   /* absolute */
    const char *control_path; /* absolute; NULL when it has none */
    long requires_line;      /* of the control file; 0 */
    ScriptDirs scripts;
    const struct ProjectFormat *format;
    TextList requires;       /* control names, in the order written: modules and native extensions */
    ExtensionList provides;  /* of extensions.json */
    ChangeList changes;
    TagList tags;
    bool is_proxy;           /* pgpm.apply.json: known, refused when it is to be deployed */
    Map *by_name;            /* change name → newest instance; instance → change; "@tag" → change; id → change */
};

/* A project format: how a folder is recognised and read. */
typedef struct ProjectFormat {
    const char *name;      /* "pgwright", "pgpm", "sqitch" */
    const char *plan_file; /* what makes a folder a module of this format */
    const char *history;   /* name of the history format that goes with it */
    bool lenient;          /* stamps may be missing, as may the blank line after the pragmas */
    bool bare_tags;        /* a tag may stand without its stamp */
} ProjectFormat;

extern const ProjectFormat project_formats[];
extern const size_t project_formats_count;

typedef enum WorkspaceKind {
    WORKSPACE_SINGLE, /* a lone module */
    WORKSPACE_MANY,   /* pgpm.json, pgwright.yaml with packages, … */
} WorkspaceKind;

typedef struct Workspace {
    WorkspaceKind kind;
    const char *root;        /* real path: of the workspace file's folder, or of the lone module */
    const char *file;        /* the workspace file; NULL for a lone module without one */
    json_t *config;          /* its content (pgpm.json, pgwright.yaml, sqitch.conf as an object); {} when there is none */
    ModuleList modules;      /* in map order: sorted by path of the control file, or of the plan */
    Module *current;         /* the module that `start` lies in; NULL at the root */
    Map *by_name;            /* %project, control name and npm name → Module */
    TextList warnings;       /* what is odd but no error: "file:line: …" */
} Workspace;

typedef struct ProjectOptions {
    const char *start;       /* where to look from: --cwd, else the working folder; a folder */
    const char *plan_file;   /* --plan-file: this plan, instead of the folder's */
    bool without_scripts;    /* a missing deploy script is no error (for commands that only look at the plan) */
} ProjectOptions;

/* Finds and reads the workspace around options->start. ERR_NO_PROJECT when there is none. ERR_CONFIG with all that is
 * wrong in its files. Everything is owned by `ctx`. */
Workspace *workspace_read(const void *ctx, const ProjectOptions *options, Error *err);

/* A module by %project, control or npm name. ERR_USAGE naming the nearest when there is none. */
Module *workspace_module(Workspace *ws, const char *name, Error *err);

/* What `--to`, `--change`, … name: in `module` unless it says project:. ERR_USAGE when unknown (with the nearest) or
 * ambiguous (listing the name@tag forms). */
Change *workspace_change(Workspace *ws, Module *module, const char *reference, Error *err);

/* An element of a deployment order: a module, or a native extension that modules ask for. */
typedef struct OrderItem {
    Module *module;        /* NULL for a native extension */
    const char *extension;
    TextList required_by;  /* of an extension: the modules that name it, each as the chain from a root "a → b" */
} OrderItem;
typedef LIST(OrderItem) OrderList;

/* `roots` and all that they require, each after what it requires: depth first in written order. ERR_CONFIG
 * naming the whole cycle. A required name that is no module of the workspace is a native extension. */
bool workspace_order(const void *ctx, Workspace *ws, const ModuleList *roots, OrderList *out, Error *err);

#endif
