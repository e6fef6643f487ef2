/* cli/drive_target.c: where a session deployment connects to; see drive_target.h.
 *
 * Who wins, for each part of the address: the flag; else the connection string; else the environment; else the settings file;
 * else the default. A connection string stands for the settings' whole connection block, and a service for it and the
 * environment. Flags for host, port, user or TLS mode beside --connection contradict it; beside a string from the
 * environment they set that aside as a whole, so that its password never travels to another host. */
#include "cli/drive_target.h"

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "cli/dotenv.h"
#include "pg/connstring.h"
#include "pg/sandbox.h"

#include <stddef.h>
#include <stdlib.h>
#include <string.h>

enum { DEFAULT_TIMEOUT_MS = 180000, OLDEST_VERSION = 110000, NAME_MAX_BYTES = 63 };

#define MAINTENANCE_DATABASE "postgres"

typedef struct Resolver {
    Invocation *inv;
    const Settings *settings;
    DriveTarget *out;
    const DriveName *name; /* NULL: flags say it */
    ConnString address;  /* all but the database's name */
    bool is_string;      /* a connection string leads */
    const char *named;   /* database that the string names */
    Error *err;
} Resolver;

/* The parts that are resolved alike. */
static const struct Part {
    const char *flag, *keyword, *variable;
    size_t setting;
    const char *fallback;
    bool is_file; /* settings count beside a connection string too */
} parts[] = {
    {"host", "host", "PGHOST", offsetof(Settings, host), "localhost", false},
    {"port", "port", "PGPORT", offsetof(Settings, port), "5432", false},
    {"username", "user", "PGUSER", offsetof(Settings, username), NULL, false},
    {"sslmode", "sslmode", "PGSSLMODE", offsetof(Settings, sslmode), "prefer", false},
    {"sslcert", "sslcert", "PGSSLCERT", offsetof(Settings, sslcert), NULL, true},
    {"sslkey", "sslkey", "PGSSLKEY", offsetof(Settings, sslkey), NULL, true},
    {"sslrootcert", "sslrootcert", "PGSSLROOTCERT", offsetof(Settings, sslrootcert), NULL, true},
};
enum { PART_COUNT = sizeof parts / sizeof parts[0], ADDRESS_PARTS = 4 }; /* the first four exclude --connection */

const char *drive_folder(const Invocation *inv)
{
    return inv->arguments.n > 0 ? inv->arguments.v[0] : ".";
}

void drive_environment(const Invocation *inv)
{
    dotenv_load_project(drive_folder(inv));
}

/* NULL for a variable that is empty, too: that is how scripts unset them. */
static const char *variable(const char *name)
{
    const char *value = getenv(name);
    return value == NULL || *value == '\0' ? NULL : value;
}

static const char *typed(const Resolver *r, const char *flag)
{
    return flag_exists(r->inv, flag) && flag_typed(r->inv, flag) ? flag_text(r->inv, flag) : NULL;
}

static const char *setting(const Resolver *r, size_t at)
{
    const char *value = *(const char *const *)((const char *)r->settings + at);
    return value == NULL || *value == '\0' ? NULL : value;
}

static bool fault(Resolver *r, const char *message)
{
    return error_set(r->err, ERR_CONFIG, "%s", message);
}

/* The database that is asked for, rather than that of a string. */
static const char *asked_database(const Resolver *r)
{
    return r->name != NULL ? r->name->database : typed(r, "database");
}

/* The first flag of the address that was typed; NULL. */
static const char *typed_part(const Resolver *r)
{
    for (size_t i = 0; i < ADDRESS_PARTS; i++)
        if (typed(r, parts[i].flag) != NULL)
            return parts[i].flag;
    return NULL;
}

/* The connection string that leads, and where it is from; NULL for none. */
static const char *find_string(Resolver *r, const char **origin)
{
    static const char *const variables[] = {"PGWRIGHT_URL", "PGMI_CONNECTION_STRING", "DATABASE_URL"};
    const char *flag = typed_part(r), *text;
    if (r->name != NULL && r->name->string != NULL) {
        *origin = r->name->origin;
        return r->name->string;
    }
    *origin = "--connection";
    if ((text = typed(r, "connection")) != NULL)
        return text;
    *origin = "--url";
    if ((text = typed(r, "url")) != NULL)
        return text;
    for (size_t i = 0; i < sizeof variables / sizeof variables[0]; i++) {
        *origin = variables[i];
        if ((text = variable(variables[i])) == NULL)
            continue;
        if (flag == NULL)
            return text;
        log_verbose("%s is set aside, for --%s is given", variables[i], flag);
    }
    return NULL;
}

/* A string that stands beside flags which say where to. */
static bool check_named_string(Resolver *r, const char *flag)
{
    if (flag == NULL)
        flag = typed(r, "connection") != NULL ? "connection" : typed(r, "url") != NULL ? "url" : NULL;
    return flag == NULL || error_set(r->err, ERR_CONFIG, "%s is a connection string: --%s contradicts it", r->name->origin, flag);
}

static bool check_exclusion(Resolver *r)
{
    const char *flag = typed_part(r);
    if (r->name != NULL && r->name->string != NULL)
        return check_named_string(r, flag);
    if (typed(r, "connection") == NULL || (flag == NULL && typed(r, "url") == NULL))
        return true;
    error_set(r->err, ERR_CONFIG, "--connection and --%s contradict one another", flag != NULL ? flag : "url");
    error_hint(r->err, "say it all in --connection, or in --host, --port, --username and --sslmode; --database goes with both");
    return false;
}

static void warn_of_ignored(const ConnString *string)
{
    SCRATCH void *scratch = mem_scratch();
    Str keys = str_new(scratch);
    for (size_t i = 0; i < string->ignored.n; i++)
        str_addf(&keys, "%s%s", i > 0 ? ", " : "", string->ignored.v[i]);
    if (keys.len > 0)
        log_warn("the connection string says %s, which concerns another driver: left out", keys.text);
}

static bool read_string(Resolver *r, const char *text, const char *origin)
{
    if (!connstring_parse(r->inv, text, &r->address, r->err))
        return error_wrap(r->err, "reading %s", origin);
    warn_of_ignored(&r->address);
    r->is_string = true;
    if (connstring_get(&r->address, "service") != NULL)
        setenv("PGSERVICE", connstring_get(&r->address, "service"), 1);
    r->named = connstring_get(&r->address, "dbname");
    connstring_set(&r->address, "dbname", NULL);
    return true;
}

static bool read_sandbox(Resolver *r)
{
    Sandbox *sb = sandbox_open(r->inv, drive_folder(r->inv), r->err);
    if (sb == NULL || !sandbox_start(sb, r->err))
        return false;
    unsetenv("PGSERVICE");
    if (!connstring_parse(r->inv, sandbox_url(r->inv, sb, MAINTENANCE_DATABASE), &r->address, r->err))
        return false;
    connstring_set(&r->address, "dbname", NULL);
    return true;
}

/* A service leads where no string does: what flags do not say, libpq asks it. */
static bool by_service(const Resolver *r)
{
    return variable("PGSERVICE") != NULL && (!r->is_string || connstring_get(&r->address, "service") != NULL);
}

static const char *resolve_part(const Resolver *r, const struct Part *part)
{
    const char *value = typed(r, part->flag);
    bool addressed = strcmp(part->keyword, "host") == 0 && connstring_get(&r->address, "hostaddr") != NULL;
    if (value == NULL)
        value = connstring_get(&r->address, part->keyword);
    if (value == NULL && !addressed && !by_service(r)) {
        value = variable(part->variable);
        if (value == NULL && (!r->is_string || part->is_file))
            value = setting(r, part->setting);
        value = value != NULL ? value : part->fallback;
    }
    return value;
}

static bool check_part(Resolver *r, const struct Part *part, const char **value)
{
    if (*value == NULL)
        return true;
    if (strcmp(part->keyword, "port") == 0 && !connstring_port_fits(*value))
        return error_set(r->err, ERR_CONFIG, "a port is a number from 1 to 65535, not \"%s\"", *value);
    if (strcmp(part->keyword, "sslmode") == 0) {
        const char *mode = connstring_sslmode(*value);
        if (mode == NULL)
            return error_set(r->err, ERR_CONFIG,
                             "sslmode is one of disable, allow, prefer, require, verify-ca, verify-full, not \"%s\"", *value);
        *value = mode;
    }
    return true;
}

/* As shells name it; libpq would ask the system's user table, which is what it does where neither is set. */
static const char *operating_user(void)
{
    const char *user = variable("USER");
    return user != NULL ? user : variable("USERNAME");
}

static bool resolve_parts(Resolver *r)
{
    for (size_t i = 0; i < PART_COUNT; i++) {
        const char *value = resolve_part(r, &parts[i]);
        if (!check_part(r, &parts[i], &value))
            return false;
        if (value == NULL && strcmp(parts[i].keyword, "user") == 0 && !by_service(r))
            value = operating_user();
        if (value != NULL)
            connstring_set(&r->address, parts[i].keyword, value);
    }
    if (connstring_get(&r->address, "sslpassword") == NULL && variable("PGSSLPASSWORD") != NULL)
        connstring_set(&r->address, "sslpassword", variable("PGSSLPASSWORD"));
    if (typed(r, "application-name") != NULL)
        connstring_set(&r->address, "application_name", typed(r, "application-name"));
    if (typed(r, "password") != NULL)
        connstring_set(&r->address, "password", typed(r, "password"));
    return true;
}

/* The service's database, or PGDATABASE. */
static const char *database_of_service(const Resolver *r)
{
    const char *name = NULL;
    PQconninfoOption *options = PQconndefaults();
    for (const PQconninfoOption *o = options; o != NULL && o->keyword != NULL; o++)
        if (strcmp(o->keyword, "dbname") == 0)
            name = mem_strdup(r->inv, o->val);
    PQconninfoFree(options);
    return name;
}

static const char *resolve_database(const Resolver *r)
{
    const char *name = asked_database(r);
    if (name == NULL)
        name = r->named;
    if (name == NULL && by_service(r))
        name = database_of_service(r);
    if (name == NULL && !r->is_string)
        name = variable("PGDATABASE");
    if (name == NULL && !r->is_string)
        name = setting(r, offsetof(Settings, database));
    return name != NULL || !flag_bool(r->inv, "sandbox") ? name : MAINTENANCE_DATABASE;
}

/* A string's database is where another one is made from; else the settings name that. */
static const char *resolve_maintenance(const Resolver *r)
{
    const char *name = NULL;
    if (!r->is_string)
        name = setting(r, offsetof(Settings, maintenance_database));
    else if (asked_database(r) != NULL)
        name = r->named;
    return name != NULL ? name : MAINTENANCE_DATABASE;
}

static bool no_database(Resolver *r)
{
    fault(r, "which database? Nothing names one");
    error_hint(r->err, "name it with --database, with --connection postgresql://user@host/database, in PGDATABASE, or as "
                       "connection.database in %s",
               r->settings->file != NULL ? path_base(r->settings->file) : "pgwright.yaml");
    return false;
}

static bool is_template(const char *name)
{
    return strcasecmp(name, "template0") == 0 || strcasecmp(name, "template1") == 0;
}

static bool check_overwrite(Resolver *r, const char *database, const char *maintenance)
{
    if (!r->out->overwrite)
        return true;
    if (is_template(database))
        return error_set(r->err, ERR_CONFIG, "%s is a template database: it is not replaced", database);
    if (strcasecmp(database, maintenance) != 0)
        return true;
    error_set(r->err, ERR_CONFIG, "%s cannot be replaced from within itself", database);
    error_hint(r->err, r->is_string ? "name another database in the connection string, and this one with --database"
                                    : "name another one as connection.maintenance_database");
    return false;
}

static bool resolve_databases(Resolver *r)
{
    const char *database = resolve_database(r), *maintenance = resolve_maintenance(r);
    if (database == NULL || *database == '\0')
        return no_database(r);
    if (strlen(database) > NAME_MAX_BYTES)
        return fault(r, "the name of the database is longer than 63 bytes");
    r->out->database = mem_strdup(r->inv, database);
    r->out->target.dbname = r->out->database;
    r->out->maintenance.dbname = mem_strdup(r->inv, maintenance);
    return check_overwrite(r, database, maintenance);
}

/* The ways to sign in, and the flags that speak of each. */
static const struct {
    CloudKind kind;
    const char *name, *flags[3];
} clouds[] = {
    {CLOUD_AZURE, "azure", {"azure", "azure-tenant-id", "azure-client-id"}},
    {CLOUD_AWS, "aws", {"aws", "aws-region", NULL}},
    {CLOUD_GOOGLE, "google", {"google", "google-instance", NULL}},
};
enum { CLOUD_COUNT = sizeof clouds / sizeof clouds[0] };

static bool speaks_of(const Resolver *r, size_t cloud)
{
    for (size_t i = 0; i < 3 && clouds[cloud].flags[i] != NULL; i++)
        if (typed(r, clouds[cloud].flags[i]) != NULL)
            return true;
    return false;
}

/* Flags say which cloud; else the settings do. An auth_method that is none of them means a password. */
static bool choose_cloud(Resolver *r, CloudKind *kind)
{
    size_t spoken = 0;
    *kind = CLOUD_NONE;
    for (size_t i = 0; i < CLOUD_COUNT; i++) {
        spoken += speaks_of(r, i);
        if (r->settings->auth_method != NULL && strcmp(r->settings->auth_method, clouds[i].name) == 0)
            *kind = clouds[i].kind;
    }
    if (spoken > 1)
        return fault(r, "there is one way to sign in: --azure, --aws or --google");
    for (size_t i = 0; i < CLOUD_COUNT; i++) {
        if (typed(r, clouds[i].name) != NULL)
            *kind = flag_bool(r->inv, clouds[i].name) ? clouds[i].kind : CLOUD_NONE;
        else if (speaks_of(r, i) && *kind != clouds[i].kind)
            log_warn("--%s is given without --%s: it changes nothing", clouds[i].flags[1], clouds[i].name);
    }
    return true;
}

static const char *first_of(const char *a, const char *b)
{
    return a != NULL ? a : b;
}

/* What is missing is told before a server is asked; cloud_sign_in() looks at the rest. */
static bool check_cloud(Resolver *r, const CloudOptions *c)
{
    bool host_meant = r->is_string || typed(r, "host") != NULL || variable("PGHOST") != NULL || r->settings->host != NULL;
    if (c->kind == CLOUD_GOOGLE && c->google_instance == NULL && !host_meant)
        fault(r, "--google needs --google-instance project:region:instance, or the --host to connect to directly");
    else if (c->kind != CLOUD_NONE && c->kind != CLOUD_GOOGLE && c->sslmode != NULL && strcmp(c->sslmode, "disable") == 0)
        fault(r, "a cloud's token is not sent without TLS, and sslmode is disable");
    return !error_is_set(r->err);
}

static bool resolve_cloud(Resolver *r)
{
    const Settings *s = r->settings;
    CloudOptions *c = &r->out->cloud;
    if (!choose_cloud(r, &c->kind))
        return false;
    c->host = connstring_get(&r->address, "host");
    c->port = connstring_get(&r->address, "port");
    c->user = connstring_get(&r->address, "user");
    c->sslmode = connstring_get(&r->address, "sslmode");
    c->sslrootcert = connstring_get(&r->address, "sslrootcert");
    c->azure_tenant_id = first_of(first_of(typed(r, "azure-tenant-id"), variable("AZURE_TENANT_ID")), s->azure_tenant_id);
    c->azure_client_id = first_of(first_of(typed(r, "azure-client-id"), variable("AZURE_CLIENT_ID")), s->azure_client_id);
    c->aws_region = first_of(first_of(typed(r, "aws-region"), variable("AWS_REGION")),
                             first_of(variable("AWS_DEFAULT_REGION"), s->aws_region));
    c->google_instance = first_of(typed(r, "google-instance"), s->google_instance);
    c->deadline_ms = r->out->target.deadline_ms;
    return check_cloud(r, c);
}

void drive_target_begin(DriveTarget *target)
{
    target->target.deadline_ms = target->timeout_ms == 0 ? 0 : clock_ms() + target->timeout_ms;
    target->maintenance.deadline_ms = target->cloud.deadline_ms = target->target.deadline_ms;
}

static bool resolve_limits(Resolver *r)
{
    long seconds;
    const char *patience = variable("PGCONNECT_TIMEOUT");
    if (patience != NULL && !text_to_long(patience, 0, 0x7fffffff, &seconds))
        return error_set(r->err, ERR_CONFIG, "PGCONNECT_TIMEOUT is a whole number of seconds, not \"%s\"", patience);
    int64_t timeout = r->settings->timeout_ms >= 0 ? r->settings->timeout_ms : DEFAULT_TIMEOUT_MS;
    if (flag_given(r->inv, "timeout"))
        timeout = flag_duration(r->inv, "timeout");
    PgTarget *t = &r->out->target, *m = &r->out->maintenance;
    r->out->timeout_ms = timeout;
    drive_target_begin(r->out);
    t->lock_timeout_ms = flag_duration(r->inv, "lock-timeout");
    t->statement_timeout_ms = flag_duration(r->inv, "statement-timeout");
    t->oldest_version = m->oldest_version = OLDEST_VERSION;
    return true;
}

static bool find_address(Resolver *r)
{
    const char *origin, *text;
    if (flag_bool(r->inv, "sandbox"))
        return read_sandbox(r);
    if (!check_exclusion(r))
        return false;
    text = find_string(r, &origin);
    return (text == NULL || read_string(r, text, origin)) && resolve_parts(r);
}

static bool resolve(Invocation *inv, const Settings *settings, const DriveName *name, DriveTarget *target, Error *err)
{
    *target = (DriveTarget){.overwrite = flag_exists(inv, "overwrite") && flag_bool(inv, "overwrite"),
                            .force = inv->yes || (flag_exists(inv, "force") && flag_bool(inv, "force"))};
    Resolver r = {.inv = inv, .settings = settings, .out = target, .name = name, .err = err, .address = {.ctx = inv}};
    if (!resolve_limits(&r) || !find_address(&r) || !resolve_databases(&r) || !resolve_cloud(&r))
        return false;
    target->target.url = target->maintenance.url = connstring_text(&r.address);
    return true;
}

/* The service of one target's string is none of the next one's business. */
static void restore_service(const char *before)
{
    if (before == NULL)
        unsetenv("PGSERVICE");
    else
        setenv("PGSERVICE", before, 1);
}

bool drive_target_of(Invocation *inv, const Settings *settings, const DriveName *name, DriveTarget *target, Error *err)
{
    const char *service = mem_strdup(inv, variable("PGSERVICE"));
    bool ok = resolve(inv, settings, name, target, err);
    if (name->string != NULL)
        restore_service(service);
    return ok;
}

bool drive_target(Invocation *inv, const Settings *settings, DriveTarget *target, Error *err)
{
    return resolve(inv, settings, NULL, target, err);
}
