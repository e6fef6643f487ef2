/* pg/failure.c: see failure.h. */
#include "pg/failure.h"

#include <string.h>

enum { SQLSTATE_LENGTH = 5 };

#define CHECK_ADDRESS                                                                                                  \
    "is a server running there? Check --host, --port and --username or the PG* variables; `pgwright sandbox start` "   \
    "and --sandbox give a throwaway server"
#define CHECK_PASSWORD "give the right password in PGPASSWORD, ~/.pgpass or a service file"
#define CHECK_TLS "check --sslmode, and the certificates of --sslrootcert, --sslcert and --sslkey"

static const struct {
    const char *sqlstate, *remedy;
} states[] = {
    {"28P01", CHECK_PASSWORD},
    {"28000", "pg_hba.conf on the server must admit this user from here; check --username, --database and --sslmode"},
    {"3D000", "make it with --createdb, or name another with --database"},
    {"42501", "have GRANT CONNECT ON DATABASE … TO this role run there"},
    {"53300", "close other sessions, or raise max_connections or the limit of the role or the database"},
    {"57P03", "the server is starting up or shutting down: try again"},
};

/* What libpq says when no server did: part of its text, remedy, whether it passes. The first that fits counts. */
static const struct {
    const char *text, *remedy;
    bool passing;
} causes[] = {
    {"no password supplied", CHECK_PASSWORD, false},
    {"Temporary failure in name resolution", "the name server did not answer: try again", true},
    {"could not translate host name", "check the name of the host", false},
    {"certificate", CHECK_TLS, false},
    {"Connection refused", CHECK_ADDRESS, true},
    {"Connection reset", "something between here and the server cut the connection: try again", true},
    {"unreachable", "check the network, and --host", true},
    {"No route to host", "check the network, and --host", true},
    {"timeout", "no answer: check --host and --port, and what firewalls let through", true},
    {"timed out", "no answer: check --host and --port, and what firewalls let through", true},
    {"no answer within", "check --host and --port, and what firewalls let through; the limit is connect_timeout", true},
    {"server closed the connection", "see the server's log; it may be starting up", true},
    {"EOF", "see the server's log; it may be starting up", true},
    {"Broken pipe", "see the server's log; it may be starting up", true},
    {"too many c", "close other sessions, or raise max_connections", true},
    {"server does not support SSL", "the server has no TLS: --sslmode prefer or disable", false},
    {"SSL", CHECK_TLS, false},
    {"", CHECK_ADDRESS, false},
};

void failure_expect(PGconn *pq)
{
    PQsetErrorVerbosity(pq, PQERRORS_VERBOSE);
}

/* "FATAL:  28P01: …": the five characters; NULL when there are none in this line. */
static const char *find_sqlstate(View line)
{
    const char *end = line.p + line.len;
    for (const char *p = line.p; p + SQLSTATE_LENGTH + 4 <= end; p++) {
        if (memcmp(p, ":  ", 3) != 0)
            continue;
        size_t n = strspn(p + 3, "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ");
        if (n == SQLSTATE_LENGTH && p[3 + n] == ':')
            return p + 3;
    }
    return NULL;
}

/* The message taken apart: the line that tells most, and the others. */
typedef struct Told {
    Str cause, rest;
    char sqlstate[SQLSTATE_LENGTH + 1];
} Told;

static void take_line(Told *told, View line)
{
    const char *state = find_sqlstate(line);
    if (view_trim(line).len == 0 || text_starts(line.p, "LOCATION:"))
        return;
    bool better = told->cause.len == 0 || state != NULL;
    if (better && told->cause.len > 0) {
        str_addf(&told->rest, "%s%s", told->rest.len > 0 ? "\n    " : "", told->cause.text);
        str_clear(&told->cause);
    }
    Str *to = better ? &told->cause : &told->rest;
    if (to == &told->rest)
        str_add(to, to->len > 0 ? "\n    " : "");
    if (state == NULL) {
        line = view_trim(line);
        str_add_n(to, line.p, line.len);
        return;
    }
    memcpy(told->sqlstate, state, SQLSTATE_LENGTH);
    const char *behind = state + SQLSTATE_LENGTH + 2;
    str_add_n(to, line.p, (size_t)(state - line.p));
    str_add_n(to, behind, (size_t)(line.p + line.len - behind));
}

static const char *remedy_of(const char *sqlstate, const char *text)
{
    for (size_t i = 0; i < sizeof states / sizeof states[0]; i++)
        if (strcmp(states[i].sqlstate, sqlstate) == 0)
            return states[i].remedy;
    for (size_t i = 0; *sqlstate == '\0' && i < sizeof causes / sizeof causes[0]; i++)
        if (strstr(text, causes[i].text) != NULL)
            return causes[i].remedy;
    return NULL;
}

bool failure_set_text(const char *message, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    Told told = {.cause = str_new(scratch), .rest = str_new(scratch)};
    for (const char *p = message; *p != '\0'; p += *p == '\n') {
        size_t n = strcspn(p, "\n");
        take_line(&told, (View){p, n});
        p += n;
    }
    error_set(err, ERR_CONNECTION, "cannot connect: %s", told.cause.len > 0 ? told.cause.text : "no reason given");
    memcpy(err->sqlstate, told.sqlstate, sizeof told.sqlstate);
    if (told.rest.len > 0)
        error_detail(err, "%s", told.rest.text);
    const char *remedy = remedy_of(told.sqlstate, message);
    if (remedy != NULL)
        error_hint(err, "%s", remedy);
    return false;
}

bool failure_set(PGconn *pq, Error *err)
{
    return failure_set_text(PQerrorMessage(pq), err);
}

/* SQLSTATEs, or the classes that they begin with (manual, appendix A). */
static bool is_passing_state(const char *sqlstate)
{
    static const char *const yes[] = {"08", "53", "57", "40001", "40P01", "55P03"}, *const no[] = {"57014", "57P04"};
    for (size_t i = 0; i < sizeof no / sizeof no[0]; i++)
        if (strcmp(sqlstate, no[i]) == 0)
            return false;
    for (size_t i = 0; i < sizeof yes / sizeof yes[0]; i++)
        if (text_starts(sqlstate, yes[i]))
            return true;
    return false;
}

bool failure_is_passing(const Error *err)
{
    if (err->class != ERR_CONNECTION)
        return false;
    if (*err->sqlstate != '\0')
        return is_passing_state(err->sqlstate);
    for (size_t i = 0; i < sizeof causes / sizeof causes[0]; i++)
        if (strcasestr(err->message, causes[i].text) != NULL)
            return causes[i].passing;
    return false;
}
