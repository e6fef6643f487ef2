/* deploy/session/contract.h: what deploy.sql finds in its session, by versions. A version that was published stays as it is. */
#ifndef DEPLOY_SESSION_CONTRACT_H
#define DEPLOY_SESSION_CONTRACT_H

#include <stddef.h>

typedef struct SessionContract {
    const char *version;
    const char *sql; /* makes its views and functions over the tables of a session */
} SessionContract;

extern const SessionContract session_contracts[]; /* oldest first */
extern const size_t session_contracts_count;

/* The version of this name, or the newest for NULL; NULL when there is none. */
const SessionContract *session_contract(const char *version);

#endif
