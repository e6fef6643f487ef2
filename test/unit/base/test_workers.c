/* Processes that do pieces of work: what they say, how they end, and what is told when the system gives none. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "base/str.h"
#include "base/workers.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

enum { WAIT_MS = 200, MOST_TURNS = 10000, SLEEP_SECONDS = 20, MANY = 20, LONG = 100000 };

typedef struct Heard {
    Workers *workers;
    const void *next; /* piece that is started when one has ended; NULL: none */
    Str lines, ends;
    bool is_interrupted;
} Heard;

static json_t *say_piece(void *arg, void *piece)
{
    (void)arg;
    const char *text = piece;
    if (strcmp(text, "crash") == 0)
        raise(SIGKILL);
    if (strcmp(text, "sleep") == 0)
        sleep(SLEEP_SECONDS);
    printf("%s one\n%s", text, text);
    fflush(stdout);
    fprintf(stderr, " two");
    return json_pack("{s:s}", "said", text);
}

static json_t *say_much(void *arg, void *piece)
{
    (void)arg;
    (void)piece;
    char *text = malloc(LONG + 1);
    memset(text, 'x', LONG);
    text[LONG] = '\0';
    return json_pack("{s:s}", "said", text);
}

static void hear_line(void *arg, void *piece, const char *line, size_t len)
{
    (void)piece;
    str_addf(&((Heard *)arg)->lines, "[%.*s]", (int)len, line);
}

static void hear_end(void *arg, void *piece, json_t *result)
{
    Heard *h = arg;
    const char *said = json_string_value(json_object_get(result, "said"));
    str_addf(&h->ends, "%s:%.5s;", (const char *)piece, said == NULL ? "-" : said);
    json_decref(result);
    Error err = {0};
    if (h->next != NULL)
        assert_true(workers_start(h->workers, (void *)h->next, &err));
    h->next = NULL;
}

static void hear_all(Heard *h)
{
    for (int turns = 0; workers_running(h->workers) > 0; turns++) {
        assert_true(turns < MOST_TURNS);
        workers_wait(h->workers, WAIT_MS);
        if (h->is_interrupted)
            workers_interrupt(h->workers);
    }
}

static Heard begin(const void *ctx, WorkersOptions options, Heard *h)
{
    options.arg = h;
    options.ended = hear_end;
    return (Heard){.workers = workers_new(ctx, &options), .lines = str_new(ctx), .ends = str_new(ctx)};
}

static void lines_and_results_come_back(void **state)
{
    (void)state;
    SCRATCH void *scratch = mem_scratch();
    Error err = {0};
    Heard h = begin(scratch, (WorkersOptions){.work = say_piece, .line = hear_line}, &h);
    h.next = "last";
    assert_true(workers_start(h.workers, (void *)"first", &err));
    hear_all(&h);
    assert_string_equal(h.lines.text, "[first one][first two][last one][last two]");
    assert_string_equal(h.ends.text, "first:first;last:last;");
}

static void many_run_at_once_and_long_results_come_whole(void **state)
{
    (void)state;
    SCRATCH void *scratch = mem_scratch();
    Error err = {0};
    Heard h = begin(scratch, (WorkersOptions){.work = say_much}, &h);
    for (int i = 0; i < MANY; i++)
        assert_true(workers_start(h.workers, (void *)"a", &err));
    assert_int_equal(workers_running(h.workers), MANY);
    hear_all(&h);
    assert_int_equal(h.ends.len, MANY * strlen("a:xxxxx;"));
    assert_string_equal(h.lines.text, "");
}

static void one_that_is_killed_has_no_result(void **state)
{
    (void)state;
    SCRATCH void *scratch = mem_scratch();
    Error err = {0};
    Heard h = begin(scratch, (WorkersOptions){.work = say_piece, .line = hear_line}, &h);
    assert_true(workers_start(h.workers, (void *)"crash", &err));
    hear_all(&h);
    assert_string_equal(h.ends.text, "crash:-;");
    assert_string_equal(h.lines.text, "");
}

static void an_interrupt_reaches_them(void **state)
{
    (void)state;
    SCRATCH void *scratch = mem_scratch();
    Error err = {0};
    Heard h = begin(scratch, (WorkersOptions){.work = say_piece, .line = hear_line}, &h);
    h.is_interrupted = true;
    assert_true(workers_start(h.workers, (void *)"sleep", &err));
    hear_all(&h);
    assert_string_equal(h.ends.text, "sleep:-;");
}

/* The lowest descriptor that is free. */
static int next_descriptor(void)
{
    int next = dup(STDIN_FILENO);
    close(next);
    return next;
}

static void without_pipes_none_is_started_and_none_is_left(void **state)
{
    (void)state;
    SCRATCH void *scratch = mem_scratch();
    Heard h = begin(scratch, (WorkersOptions){.work = say_piece, .line = hear_line}, &h);
    struct rlimit before, low;
    int next = next_descriptor();
    assert_int_equal(getrlimit(RLIMIT_NOFILE, &before), 0);
    low = before;
    for (unsigned left = 0; left < 4; left++) { /* of the four that two pipes need */
        Error err = {0};
        low.rlim_cur = (rlim_t)next + left;
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &low), 0);
        bool started = workers_start(h.workers, (void *)"first", &err);
        assert_int_equal(setrlimit(RLIMIT_NOFILE, &before), 0);
        assert_false(started);
        assert_int_equal(err.class, ERR_FAILED);
        assert_string_equal(err.message, "cannot make a pipe: Too many open files");
        assert_int_equal(workers_running(h.workers), 0);
        assert_int_equal(next_descriptor(), next);
        error_clear(&err);
    }
}

int main(void)
{
    signal(SIGINT, SIG_DFL); /* it is ignored in what a shell runs in the background */
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(lines_and_results_come_back),
        cmocka_unit_test(many_run_at_once_and_long_results_come_whole),
        cmocka_unit_test(one_that_is_killed_has_no_result),
        cmocka_unit_test(an_interrupt_reaches_them),
        cmocka_unit_test(without_pipes_none_is_started_and_none_is_left),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
