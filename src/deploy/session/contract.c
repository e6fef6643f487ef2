/* deploy/session/contract.c: see contract.h. */
#include "deploy/session/contract.h"

#include "deploy_session_sql.h"

#include <string.h>

const SessionContract session_contracts[] = {
    {"1", deploy_session_contract_1_sql},
};
const size_t session_contracts_count = sizeof session_contracts / sizeof session_contracts[0];

const SessionContract *session_contract(const char *version)
{
    if (version == NULL)
        return &session_contracts[session_contracts_count - 1];
    for (size_t i = 0; i < session_contracts_count; i++)
        if (strcmp(session_contracts[i].version, version) == 0)
            return &session_contracts[i];
    return NULL;
}
