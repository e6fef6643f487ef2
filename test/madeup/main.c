/* madeup/main.c: pairs of made-up schemas, each with the laws that must hold of it.
 *
 *     madeup [--url URL] [--first SEED] [--count N] [--jobs N] [--tries N] [--show]
 *
 * Prints what breaks a law: the seed, the law, and the smallest pair that still does. --tries: how often it is tried to make it
 * smaller; --show: the pairs alone, without a server. */
#include "base/file.h"
#include "base/mem.h"
#include "shrink.h"

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

typedef struct Options {
    const char *url;
    long first, count, jobs, tries;
    bool show;
} Options;

/* How a pair's process ends. */
enum { HOLDS = 0, BROKEN = 1, HOLDS_WITHOUT_ROWS = 2 };

static void print_list(const char *title, const TextList *list)
{
    printf("-- %s\n", title);
    for (size_t i = 0; i < list->n; i++)
        printf("%s;\n", list->v[i]);
}

static void print_pair(const Pair *pair)
{
    print_list("old", &pair->old);
    print_list("rows", &pair->rows);
    print_list("new", &pair->new);
    fflush(stdout);
}

/* One write, so that several processes do not mix their lines. */
static void report(const Pair *pair, const Outcome *o)
{
    static char buffer[1 << 20];
    setvbuf(stdout, buffer, _IOFBF, sizeof buffer);
    printf("==== seed %" PRIu64 " (%s): %s\n%s\n", pair->seed, pair->many_schemas ? "*" : pair->schema, o->law, o->text);
    print_pair(pair);
}

static int one_pair(const Options *options, uint64_t seed)
{
    SCRATCH void *scratch = mem_scratch();
    char *folder = mem_strdup(scratch, "/tmp/madeup.XXXXXX");
    Server server = {.url = options->url, .prefix = mem_printf(scratch, "madeup_%ld", (long)getpid())};
    Pair *pair = pair_make(scratch, seed);
    Outcome outcome = {0};
    Error error = {0};
    if (mkdtemp(folder) == NULL)
        return BROKEN;
    bool ok = check_apart(scratch, &server, folder, pair, &outcome, &error);
    if (ok && outcome.law != NULL && !text_starts(outcome.law, "server"))
        ok = shrink(scratch, &server, folder, pair, &outcome, options->tries, &error);
    if (!ok)
        fprintf(stderr, "seed %" PRIu64 ": %s\n", seed, error.message);
    else if (outcome.law != NULL)
        report(pair, &outcome);
    dir_remove(folder, &error);
    return !ok || outcome.law != NULL ? BROKEN : outcome.without_rows ? HOLDS_WITHOUT_ROWS : HOLDS;
}

/* So many at once, each in a process of its own. */
static bool all_pairs(const Options *options)
{
    long running = 0, begun = 0, counts[3] = {0};
    while (begun < options->count || running > 0) {
        if (begun < options->count && running < options->jobs) {
            fflush(stdout);
            if (fork() == 0)
                _exit((one_pair(options, (uint64_t)(options->first + begun)) + 0) | (fflush(stdout) != 0));
            begun++;
            running++;
            continue;
        }
        int status;
        if (wait(&status) < 0)
            return false;
        running--;
        counts[WIFEXITED(status) && WEXITSTATUS(status) <= HOLDS_WITHOUT_ROWS ? WEXITSTATUS(status) : BROKEN]++;
    }
    printf("%ld pairs from seed %ld: %ld broken, %ld with their rows deleted on the way\n", options->count, options->first, counts[BROKEN], counts[HOLDS_WITHOUT_ROWS]);
    return counts[BROKEN] == 0;
}

static bool read_options(int argc, char **argv, Options *options)
{
    static const struct option flags[] = {{"url", required_argument, NULL, 'u'},   {"first", required_argument, NULL, 'f'},
                                          {"count", required_argument, NULL, 'c'}, {"jobs", required_argument, NULL, 'j'},
                                          {"tries", required_argument, NULL, 't'}, {"show", no_argument, NULL, 's'},
                                          {0}};
    for (int flag; (flag = getopt_long(argc, argv, "", flags, NULL)) != -1;) {
        long *number = flag == 'f' ? &options->first : flag == 'c' ? &options->count : flag == 'j' ? &options->jobs : &options->tries;
        if (flag == '?' || (strchr("fcjt", flag) != NULL && !text_to_long(optarg, 0, 1000000000, number)))
            return false;
        if (flag == 'u')
            options->url = optarg;
        options->show |= flag == 's';
    }
    return optind == argc;
}

int main(int argc, char **argv)
{
    Options options = {.url = "postgresql:///postgres", .first = 1, .count = 100, .jobs = 2, .tries = 200};
    Error error = {0};
    if (!read_options(argc, argv, &options)) {
        fprintf(stderr, "madeup [--url URL] [--first SEED] [--count N] [--jobs N] [--tries N] [--show]\n");
        return 2;
    }
    for (long i = 0; options.show && i < options.count; i++) {
        SCRATCH void *scratch = mem_scratch();
        print_pair(pair_make(scratch, (uint64_t)(options.first + i)));
    }
    if (options.show)
        return 0;
    if (!server_make_roles(&(Server){.url = options.url}, &error)) {
        fprintf(stderr, "madeup: %s\n", error.message);
        return 1;
    }
    return all_pairs(&options) ? 0 : 1;
}
