/* deploy/packaged_proof.c: see packaged_proof.h. */
#include "deploy/packaged_proof.h"

#include "base/file.h"
#include "deploy/script_run.h"
#include "deploy/snapshot.h"
#include "project/packaged.h"

#include <string.h>

enum { NAMED_DIFFERENCES = 10 }; /* a package that is stale may differ all over */

static bool is_word_char(char c)
{
    return c == '_' || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c & 0x80) != 0;
}

static bool has_word(const char *text, View word)
{
    for (const char *p = text; (p = strstr(p, word.p)) != NULL; p++)
        if ((p == text || !is_word_char(p[-1])) && !is_word_char(p[word.len]))
            return true;
    return false;
}

/* Where a line names its object: "schema app owner …", "column app.jobs.id type …", "default privileges of bob in app …". */
static const char *object_in(const char *fact)
{
    const char *in = strstr(fact, " in "), *second = fact + strcspn(fact, " ");
    if (text_starts(fact, "default privileges") && in != NULL)
        return in + strlen(" in ");
    for (const char *p = second; *p == ' '; p += 1 + strcspn(p + 1, " "))
        if (p[1 + strcspn(p + 1, " .(")] == '.')
            return p + 1;
    return second + (*second == ' ');
}

static void object_words(const void *ctx, const char *fact, TextList *words)
{
    for (const char *p = object_in(fact); *p != '\0' && *p != ' ' && *p != '(';) {
        size_t n = 0;
        while (is_word_char(p[n]))
            n++;
        if (n > 0)
            list_push(ctx, words, mem_strndup(ctx, p, n));
        p += n > 0 ? n : 1;
    }
}

/* How much a change has to do with an object: the words of its name that the deploy script holds, and whether the change
 * itself is called so. */
static size_t concern(const void *ctx, const Change *change, const TextList *words)
{
    Error ignored = {0};
    size_t len, n = 0;
    const char *text = file_read(ctx, change->deploy, SIZE_MAX - 1, &len, &ignored);
    error_clear(&ignored);
    for (size_t i = 0; text != NULL && i < words->n; i++)
        n += has_word(text, view_of(words->v[i])) ? 2 : 0;
    return n + (n > 0 && strcmp(path_base(change->name), words->v[words->n - 1]) == 0 ? 1 : 0);
}

/* The change that a line of the catalog is about, by the words in it; NULL when none is. */
static const char *change_about(const void *ctx, const Module *m, const char *fact)
{
    TextList words = {0};
    size_t most = 0;
    const Change *about = NULL;
    object_words(ctx, fact, &words);
    for (size_t i = 0; words.n > 0 && i < m->changes.n; i++) {
        size_t n = concern(ctx, m->changes.v[i], &words);
        about = n > most ? m->changes.v[i] : about;
        most = n > most ? n : most;
    }
    return about == NULL ? NULL : mem_printf(ctx, "%s:%s", m->name, about->name);
}

static void find(const void *ctx, FindingList *findings, const char *change, const char *what)
{
    list_push(ctx, findings, (Finding){.kind = FINDING_PACKAGED, .change = change, .what = what});
}

static void compare(const void *ctx, const Module *m, const TextList *after, const TextList *now, FindingList *findings)
{
    TextList differences = {0};
    snapshot_compare(ctx, after, now, &differences);
    for (size_t i = 0; i < differences.n && i < NAMED_DIFFERENCES; i++)
        find(ctx, findings, change_about(ctx, m, differences.v[i] + 2), differences.v[i]);
    if (differences.n > NAMED_DIFFERENCES)
        find(ctx, findings, NULL, mem_printf(ctx, "%zu more lines", differences.n - NAMED_DIFFERENCES));
}

bool packaged_prove(const void *ctx, History *h, const Module *m, const TextList *after, FindingList *findings, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    Error failure = {0};
    TextList now = {0};
    const char *path, *script = packaged_script(scratch, m, &path);
    bool ran = pg_queue_sql(h->conn, "BEGIN", &failure) && pg_script(h->conn, script, &failure) &&
               snapshot_take(scratch, h, &now, &failure);
    if (ran)
        compare(ctx, m, after, &now, findings);
    else if (pg_recover(h->conn) && !pg_stopping(h->conn))
        find(ctx, findings, NULL, mem_printf(ctx, "%s: %s", path_shown(path), failure.message));
    else
        error_move(err, &failure);
    error_clear(&failure);
    return !error_is_set(err) && pg_queue_sql(h->conn, "ROLLBACK", err) && script_reset_session(h->conn, err) &&
           pg_wait(h->conn, err);
}
