/* project/author.h: who plans and who deploys. */
#ifndef PROJECT_AUTHOR_H
#define PROJECT_AUTHOR_H

#include "project/project.h"

/* Name and email, the first that is known of: SQITCH_FULLNAME and SQITCH_EMAIL, user.name and user.email of the
 * workspace's sqitch.conf, git's (`ask_git`: costs a process), the system's user at this host. `at` is now. With
 * PGPM_FROZEN_TIME in the environment all three are the constants that pgpm writes. Owned by `ctx`. */
Stamp author_stamp(const void *ctx, const Workspace *ws, bool ask_git);

#endif
