/* cli/verbs.h: the functions of the commands, one file each (roles, sandbox and the plan's editors share one). Each reads
 * flags, calls the floors below and renders the answer. */
#ifndef CLI_VERBS_H
#define CLI_VERBS_H

#include "cli/command.h"

bool run_add(Invocation *inv, Error *err);
bool run_adopt(Invocation *inv, Error *err);
bool run_analyze(Invocation *inv, Error *err);
bool run_baseline(Invocation *inv, Error *err);
bool run_check(Invocation *inv, Error *err);
bool run_completion(Invocation *inv, Error *err);
bool run_deploy(Invocation *inv, Error *err);
bool run_deps(Invocation *inv, Error *err);
bool run_diff(Invocation *inv, Error *err);
bool run_drift(Invocation *inv, Error *err);
bool run_dump(Invocation *inv, Error *err);
bool run_help(Invocation *inv, Error *err);
bool run_history(Invocation *inv, Error *err);
bool run_info(Invocation *inv, Error *err);
bool run_init(Invocation *inv, Error *err);
bool run_list(Invocation *inv, Error *err);
bool run_man(Invocation *inv, Error *err);
bool run_metadata_plan(Invocation *inv, Error *err);
bool run_metadata_scaffold(Invocation *inv, Error *err);
bool run_metadata_validate(Invocation *inv, Error *err);
bool run_names(Invocation *inv, Error *err);
bool run_plan(Invocation *inv, Error *err);
bool run_rebase(Invocation *inv, Error *err);
bool run_regen(Invocation *inv, Error *err);
bool run_remove(Invocation *inv, Error *err);
bool run_rename(Invocation *inv, Error *err);
bool run_revert(Invocation *inv, Error *err);
bool run_rework(Invocation *inv, Error *err);
bool run_roles_add(Invocation *inv, Error *err);
bool run_roles_bootstrap(Invocation *inv, Error *err);
bool run_roles_remove(Invocation *inv, Error *err);
bool run_sandbox_psql(Invocation *inv, Error *err);
bool run_sandbox_reset(Invocation *inv, Error *err);
bool run_sandbox_start(Invocation *inv, Error *err);
bool run_sandbox_status(Invocation *inv, Error *err);
bool run_sandbox_stop(Invocation *inv, Error *err);
bool run_sandbox_url(Invocation *inv, Error *err);
bool run_schema_apply(Invocation *inv, Error *err); /* deploy and plan, where they speak of schemas */
bool run_schema_plan(Invocation *inv, Error *err);
bool run_status(Invocation *inv, Error *err);
bool run_tag(Invocation *inv, Error *err);
bool run_templates_describe(Invocation *inv, Error *err);
bool run_templates_list(Invocation *inv, Error *err);
bool run_test(Invocation *inv, Error *err);
bool run_verify(Invocation *inv, Error *err);
bool run_version(Invocation *inv, Error *err);

/* init --template: a project from the template, in `path` (NULL: the working folder). */
bool templates_init(Invocation *inv, const char *name, const char *path, Error *err);

#endif
