/* test/cloud/sign_in.c: signs in to a cloud and says what libpq is to be told, or tells it and runs a command.
 *
 *     sign_in azure|aws|google [NAME=VALUE…] [-- COMMAND…]
 *
 * Names: host port user sslmode sslrootcert tenant client region instance deadline (milliseconds from now). Without a
 * command, a line "name value" for each thing said; with one, it finds them as PGHOST, PGPORT, PGUSER, PGPASSWORD and
 * PGSSLMODE. Exit status: the command's, or the class of the error. */
#include "base/clock.h"
#include "base/log.h"
#include "pg/cloud.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

static CloudKind kind_of(const char *name)
{
    return strcmp(name, "azure") == 0    ? CLOUD_AZURE
           : strcmp(name, "aws") == 0    ? CLOUD_AWS
           : strcmp(name, "google") == 0 ? CLOUD_GOOGLE
                                         : CLOUD_NONE;
}

static void set(CloudOptions *o, const char *argument)
{
    const struct {
        const char *name;
        const char **value;
    } names[] = {
        {"host=",        &o->host           },
        {"port=",        &o->port           },
        {"user=",        &o->user           },
        {"sslmode=",     &o->sslmode        },
        {"sslrootcert=", &o->sslrootcert    },
        {"tenant=",      &o->azure_tenant_id},
        {"client=",      &o->azure_client_id},
        {"region=",      &o->aws_region     },
        {"instance=",    &o->google_instance},
    };
    if (text_starts(argument, "deadline="))
        o->deadline_ms = clock_ms() + strtol(argument + strlen("deadline="), NULL, 10);
    for (size_t i = 0; i < sizeof names / sizeof names[0]; i++)
        if (text_starts(argument, names[i].name))
            *names[i].value = argument + strlen(names[i].name);
}

static int fail(Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    Str text = str_new(scratch);
    int class = (int)err->class;
    error_render(err, &text);
    log_raw(text.text);
    error_clear(err);
    return class;
}

/* Says it, or sets it for the command. */
static void tell(const char *name, const char *variable, const char *value, bool command)
{
    if (value != NULL && command)
        setenv(variable, value, 1);
    else if (value != NULL)
        printf("%s %s\n", name, value);
}

static int run(char *argv[])
{
    int status = 0;
    pid_t pid = fork();
    if (pid == 0) {
        execvp(argv[0], argv);
        _exit(127);
    }
    waitpid(pid, &status, 0);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int main(int argc, char *argv[])
{
    CloudOptions options = {.kind = kind_of(argc > 1 ? argv[1] : "")};
    int i = 2;
    for (; i < argc && strcmp(argv[i], "--") != 0; i++)
        set(&options, argv[i]);
    bool command = i + 1 < argc;
    SCRATCH void *scratch = mem_scratch();
    CloudSignIn out;
    Error err = {0};
    if (!cloud_sign_in(scratch, &options, &out, &err))
        return fail(&err);
    tell("password", "PGPASSWORD", out.password, command);
    tell("host", "PGHOST", out.host, command);
    tell("port", "PGPORT", out.port, command);
    tell("sslmode", "PGSSLMODE", out.sslmode, command);
    tell("user", "PGUSER", out.user, command);
    return command ? run(argv + i + 1) : 0;
}
