/* project/analyze.h: what is odd about a module's files, found without a server.
 *
 * What makes a plan unreadable is an error of workspace_read(); here is what can be read and is still likely to be a
 * mistake. Callers: cli/analyze.c. */
#ifndef PROJECT_ANALYZE_H
#define PROJECT_ANALYZE_H

#include "project/project.h"

typedef enum IssueKind {
    ISSUE_MISSING_DEPLOY,
    ISSUE_CONTROL_NAME,
    ISSUE_UNREADABLE_SCRIPT,
    ISSUE_MAKEFILE_EXTENSION,
    ISSUE_MAKEFILE_NO_EXTENSION,
    ISSUE_MAKEFILE_DATA,
    ISSUE_MAKEFILE_NO_DATA,
    ISSUE_PACKAGE_VERSION,
    ISSUE_URI,
    ISSUE_HEADER_NAME,
    ISSUE_HEADER_DEPENDENCIES,
    ISSUE_MISSING_VERIFY,
    ISSUE_MISSING_REVERT,
    ISSUE_EMPTY_DEPLOY,
    ISSUE_EMPTY_VERIFY,
    ISSUE_EMPTY_REVERT,
    ISSUE_SAME_SCRIPT,
    ISSUE_ORPHAN_SCRIPT,
} IssueKind;

typedef struct IssueInfo {
    const char *name;    /* the word for programs: "missing_deploy_script", … */
    bool is_fault;       /* a deploy, or a reader, would trip over it; else advice */
    const char *meaning; /* what it means, as a sentence without a dot */
} IssueInfo;
extern const IssueInfo issue_infos[]; /* by IssueKind */

typedef struct Issue {
    IssueKind kind;
    const char *file;   /* absolute */
    long line;          /* 0: the file as a whole */
    const char *detail; /* "" for none */
} Issue;
typedef LIST(Issue) IssueList;

/* Adds one; its texts are copied, and owned by `ctx`. */
void issue_add(const void *ctx, IssueList *out, IssueKind kind, const char *file, long line, const char *detail);

/* Adds what is odd about its Makefile, package.json and %uri. None of them is needed for deploying, and one that is not
 * there is not missed; one that is there and says something else is. Owned by `ctx`. */
void analyze_packaging(const void *ctx, const Module *module, IssueList *out);

/* Adds what is odd about one module, packaging included. Reads its scripts; `ws` was read with
 * ProjectOptions.without_scripts. Owned by `ctx`. False only when folders cannot be read. */
bool analyze_module(const void *ctx, const Workspace *ws, const Module *module, IssueList *out, Error *err);

#endif
