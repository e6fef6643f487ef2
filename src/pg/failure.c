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
    {"private key", CHECK_TLS, false},
    {"definition of service", "check PGSERVICE, and the service file that PGSERVICEFILE or ~/.pg_service.conf is", false},
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

/* The message taken apart. */
typedef struct Told {
    View cause;           /* the line that tells most: the last that the server said, else the first */
    const char *sqlstate; /* within it; NULL */
    const char *hint;     /* the server's own; NULL */
    Str rest;
} Told;

static View line_at(const char *p)
{
    return (View){p, strcspn(p, "\n")};
}

static const char *next_line(const char *p)
{
    p += strcspn(p, "\n");
    return p + (*p == '\n');
}

/* Behind an attempt with TLS that failed, libpq makes one in the clear: that the server does not want that tells nothing. */
static bool is_afterthought(const char *sqlstate, View line)
{
    static const char words[] = "no encryption";
    return strncmp(sqlstate, "28000", SQLSTATE_LENGTH) == 0 && memmem(line.p, line.len, words, sizeof words - 1) != NULL;
}

static void find_cause(const char *message, Told *told)
{
    for (const char *p = message; *p != '\0'; p = next_line(p)) {
        const char *sqlstate = find_sqlstate(line_at(p));
        if (told->cause.len == 0 || (sqlstate != NULL && !is_afterthought(sqlstate, line_at(p)))) {
            told->cause = line_at(p);
            told->sqlstate = sqlstate;
        }
    }
}

/* The line without its SQLSTATE. */
static char *plain_line(const void *ctx, View line)
{
    const char *sqlstate = find_sqlstate(line);
    View trimmed = view_trim(line);
    if (sqlstate == NULL)
        return mem_strndup(ctx, trimmed.p, trimmed.len);
    const char *behind = sqlstate + SQLSTATE_LENGTH + 2;
    return mem_printf(ctx, "%.*s%.*s", (int)(sqlstate - line.p), line.p, (int)(line.p + line.len - behind), behind);
}

/* What stands around the cause, but what says the same again. */
static void collect_rest(const void *ctx, const char *message, const char *cause, Told *told)
{
    static const char detail[] = "DETAIL:  ", hint[] = "HINT:  ";
    for (const char *p = message; *p != '\0'; p = next_line(p)) {
        const char *line = plain_line(ctx, line_at(p));
        if (text_starts(line, hint))
            told->hint = line + sizeof hint - 1;
        else if (*line != '\0' && !text_starts(line, "LOCATION:") && strcmp(line, cause) != 0)
            str_addf(&told->rest, "%s%s", told->rest.len > 0 ? "\n    " : "",
                     line + (text_starts(line, detail) ? sizeof detail - 1 : 0));
    }
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
    Told told = {.rest = str_new(scratch)};
    find_cause(message, &told);
    const char *cause = told.cause.p == NULL ? "" : plain_line(scratch, told.cause);
    collect_rest(scratch, message, cause, &told);
    error_set(err, ERR_CONNECTION, "cannot connect: %s", *cause != '\0' ? cause : "no reason given");
    if (told.sqlstate != NULL)
        memcpy(err->sqlstate, told.sqlstate, SQLSTATE_LENGTH);
    if (told.rest.len > 0)
        error_detail(err, "%s", told.rest.text);
    const char *hint = told.hint != NULL ? told.hint : remedy_of(err->sqlstate, message);
    if (hint != NULL)
        error_hint(err, "%s", hint);
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
