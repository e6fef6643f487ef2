/* madeup/shrink.h: the laws, looked at in a process of their own; and the smallest pair that breaks one. */
#ifndef MADEUP_SHRINK_H
#define MADEUP_SHRINK_H

#include "laws.h"

/* As laws_check(), but what crashes or hangs breaks a law, too. */
bool check_apart(const void *ctx, const Server *server, const char *folder, Pair *pair, Outcome *outcome, Error *err);

/* Leaves out of the pair what can be left out so that the same law stays broken, with so many tries at most. */
bool shrink(const void *ctx, const Server *server, const char *folder, Pair *pair, Outcome *outcome, long tries, Error *err);

#endif
