/* pg/signals.h: SIGINT and SIGTERM. The first one is counted, for the session to see; the second leaves at once. */
#ifndef PG_SIGNALS_H
#define PG_SIGNALS_H

#include "base/error.h"

/* Installs the handlers; further calls do nothing. */
void signals_install(void);

/* How many have come. */
int signals_count(void);

#endif
