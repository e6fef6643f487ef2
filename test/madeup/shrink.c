/* madeup/shrink.c: see shrink.h. */
#include "shrink.h"

#include "base/file.h"
#include "base/map.h"

#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

/* ---- in a process of its own ---- */

enum { SECONDS_MAX = 120 };

static json_t *list_json(const TextList *list)
{
    json_t *array = json_array();
    for (size_t i = 0; i < list->n; i++)
        json_array_append_new(array, json_string(list->v[i]));
    return array;
}

static void list_of_json(const void *ctx, json_t *array, TextList *list)
{
    *list = (TextList){0};
    for (size_t i = 0; i < json_array_size(array); i++)
        list_push(ctx, list, mem_strdup(ctx, json_string_value(json_array_get(array, i))));
}

static void tell(const char *path, const Pair *pair, const Outcome *o)
{
    json_t *told = json_pack("{s:s?, s:s?, s:b, s:o, s:o, s:o}", "law", o->law, "text", o->text, "without_rows", o->without_rows, "old", list_json(&pair->old),
                             "new", list_json(&pair->new), "rows", list_json(&pair->rows));
    json_dump_file(told, path, 0);
    json_decref(told);
}

static void check_and_tell(const Server *server, const char *folder, const char *path, Pair *pair)
{
    SCRATCH void *scratch = mem_scratch();
    Outcome outcome = {0};
    Error error = {0};
    Server own = *server;
    alarm(SECONDS_MAX);
    own.keeper = pg_open(scratch, &(PgTarget){.url = server->url}, &error);
    if (own.keeper == NULL || !laws_check(scratch, &own, folder, pair, &outcome, &error)) {
        Str text = str_new(scratch);
        error_render(&error, &text);
        outcome = (Outcome){.law = mem_printf(scratch, "server %s", error.sqlstate), .text = text.text};
    }
    tell(path, pair, &outcome);
    mem_scratch_end(&scratch);
    _exit(0);
}

bool check_apart(const void *ctx, const Server *server, const char *folder, Pair *pair, Outcome *outcome, Error *err)
{
    const char *path = path_join(ctx, folder, "outcome.json");
    int status;
    unlink(path);
    pid_t pid = fork();
    if (pid == 0)
        check_and_tell(server, folder, path, pair);
    if (pid < 0 || waitpid(pid, &status, 0) != pid)
        return error_set(err, ERR_INTERNAL, "no process could be made");
    json_t *told = json_load_file(path, 0, NULL);
    *outcome = (Outcome){.law = mem_printf(ctx, "ended by signal %d", WTERMSIG(status)), .text = ""};
    if (told == NULL)
        return true;
    outcome->law = mem_strdup(ctx, json_string_value(json_object_get(told, "law")));
    outcome->text = mem_strdup(ctx, json_string_value(json_object_get(told, "text")));
    outcome->without_rows = json_is_true(json_object_get(told, "without_rows"));
    list_of_json(ctx, json_object_get(told, "old"), &pair->old);
    list_of_json(ctx, json_object_get(told, "new"), &pair->new);
    list_of_json(ctx, json_object_get(told, "rows"), &pair->rows);
    json_decref(told);
    return true;
}

/* ---- shrinking ---- */

typedef struct Shrinking {
    const void *ctx;
    const Server *server;
    const char *folder;
    Pair *pair;
    Outcome *outcome;
    long tries;
} Shrinking;

/* What stands on both sides goes from both, unless one side alone is meant. */
static TextList all_statements(const void *ctx, const Pair *pair)
{
    const TextList *lists[] = {&pair->rows, &pair->new, &pair->old};
    TextList all = {0};
    Map *seen = map_new(ctx);
    for (size_t l = 0; l < 3; l++) {
        for (size_t i = 0; i < lists[l]->n; i++) {
            if (map_has(seen, lists[l]->v[i]))
                continue;
            map_set(seen, lists[l]->v[i], (void *)lists);
            list_push(ctx, &all, lists[l]->v[i]);
        }
    }
    return all;
}

static TextList without(const void *ctx, const TextList *from, const Map *left_out)
{
    TextList kept = {0};
    for (size_t i = 0; i < from->n; i++)
        if (!map_has(left_out, from->v[i]))
            list_push(ctx, &kept, from->v[i]);
    return kept;
}

static bool still_broken(Shrinking *s, Pair *candidate, bool *is, Error *err)
{
    Outcome o;
    *is = false;
    if (s->tries-- <= 0)
        return true;
    if (!check_apart(s->ctx, s->server, s->folder, candidate, &o, err))
        return false;
    *is = text_equal(o.law, s->outcome->law);
    if (*is) {
        *s->pair = *candidate;
        *s->outcome = o;
    }
    return true;
}

/* Statements first … first + n - 1 of all, away from the sides that are meant. */
static bool leave_out(Shrinking *s, const TextList *all, size_t first, size_t n, bool from_old, bool from_new, bool *done, Error *err)
{
    Map *left_out = map_new(s->ctx);
    for (size_t i = first; i < first + n && i < all->n; i++)
        map_set(left_out, all->v[i], s);
    Pair candidate = *s->pair;
    if (from_old) {
        candidate.old = without(s->ctx, &s->pair->old, left_out);
        candidate.rows = without(s->ctx, &s->pair->rows, left_out);
    }
    if (from_new)
        candidate.new = without(s->ctx, &s->pair->new, left_out);
    *done = false;
    if (candidate.old.n + candidate.new.n + candidate.rows.n == s->pair->old.n + s->pair->new.n + s->pair->rows.n)
        return true;
    return still_broken(s, &candidate, done, err);
}

static bool one_round(Shrinking *s, size_t size, bool *any, Error *err)
{
    static const struct {
        bool from_old, from_new;
    } sides[] = {{true, true}, {true, false}, {false, true}};
    for (size_t side = 0; side < (size > 1 ? 1 : 3); side++) {
        TextList all = all_statements(s->ctx, s->pair);
        for (size_t first = 0; first < all.n; first += size) {
            bool done;
            if (!leave_out(s, &all, first, size, sides[side].from_old, sides[side].from_new, &done, err))
                return false;
            *any |= done;
        }
    }
    return true;
}

bool shrink(const void *ctx, const Server *server, const char *folder, Pair *pair, Outcome *outcome, long tries, Error *err)
{
    Shrinking s = {.ctx = ctx, .server = server, .folder = folder, .pair = pair, .outcome = outcome, .tries = tries};
    for (size_t size = all_statements(ctx, pair).n / 2 + 1; size > 0 && s.tries > 0;) {
        bool any = false;
        if (!one_round(&s, size, &any, err))
            return false;
        if (size > 1)
            size /= 2;
        else if (!any)
            break;
    }
    return true;
}
