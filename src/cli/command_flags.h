/* cli/command_flags.h: the flags that single commands have, or two that are alike. Each table ends with a nameless row. */
#ifndef CLI_COMMAND_FLAGS_H
#define CLI_COMMAND_FLAGS_H

#include "cli/command.h"

extern const Flag flags_add[];             /* add, rework */
extern const Flag flags_adopt[];
extern const Flag flags_analyze[];
extern const Flag flags_check[];
extern const Flag flags_deploy[];
extern const Flag flags_drive[];           /* deploy, plan and test, for sessions */
extern const Flag flags_drive_connection[]; /* deploy, plan, test, status and drift, for sessions: where to */
extern const Flag flags_drive_plan[];      /* plan, and deploy, for sessions */
extern const Flag flags_drive_many[];      /* both of them, for sessions with many databases */
extern const Flag flags_drive_deploy[];    /* deploy, for sessions */
extern const Flag flags_drive_test[];      /* test, for sessions */
extern const Flag flags_dump[];
extern const Flag flags_ignore[];          /* dump, plan, apply, diff, drift */
extern const Flag flags_init[];
extern const Flag flags_log[];             /* history */
extern const Flag flags_list[];
extern const Flag flags_deps[];
extern const Flag flags_man[];
extern const Flag flags_pending[];         /* deploy, plan */
extern const Flag flags_rebase[];
extern const Flag flags_regen[];
extern const Flag flags_remove[];
extern const Flag flags_rename[];
extern const Flag flags_revert[];
extern const Flag flags_roles_bootstrap[];
extern const Flag flags_roles_user[];      /* roles add, roles remove */
extern const Flag flags_scaffold[];        /* metadata scaffold */
extern const Flag flags_schema[];          /* dump, plan, apply, diff, drift */
extern const Flag flags_schema_apply[];    /* deploy, for schemas; one also for sessions */
extern const Flag flags_schema_connection[]; /* dump, plan, deploy, diff, drift */
extern const Flag flags_schema_file[];     /* plan and deploy, for schemas */
extern const Flag flags_schema_plan[];     /* plan, for schemas */
extern const Flag flags_status[];
extern const Flag flags_tag[];
extern const Flag flags_take_in[];
extern const Flag flags_test[];
extern const Flag flags_tls[];             /* dump, plan, deploy, diff, drift, status */
extern const Flag flags_to[];              /* deploy, plan, verify */
extern const Flag flags_verify[];

#endif
