/* deploy/session/preview.c: what marks tell is given to the statements that ran; see preview.h. */
#include "deploy/session/fault.h"
#include "deploy/session/preview_internal.h"

#include <jansson.h>
#include <string.h>

const char *const preview_lock_modes[] = {"",      "ACCESS SHARE",        "ROW SHARE", "ROW EXCLUSIVE", "SHARE UPDATE EXCLUSIVE",
                                          "SHARE", "SHARE ROW EXCLUSIVE", "EXCLUSIVE", "ACCESS EXCLUSIVE"};
enum { LEVEL_MAX = 8, ENDS_TRANSACTION = -1 };

/* What was told of a relation last. */
typedef struct Relation {
    int level;
    unsigned node;
    bool gone;
    PreviewRows rows;
} Relation;

/* A mark, as _pgwright_watch() tells it. */
typedef struct Mark {
    long file, statement;
    int64_t at_us, done_us;
    json_t *changed; /* [[oid, level, node, gone], …] or null */
    json_t *counts;  /* [[oid, inserted, updated, deleted], …] or null */
} Mark;

static PreviewFrame *begin_file(Preview *p, const FolderFile *file)
{
    PreviewFile *f = mem_new(p->ctx, PreviewFile);
    f->file = file;
    list_push(p->ctx, &p->result.files, f);
    list_push(p->ctx, &p->running, (PreviewFrame){.file = f});
    return &p->running.v[p->running.n - 1];
}

Preview *preview_new(const void *ctx, const Folder *folder, bool keep, bool schema)
{
    Preview *p = mem_new(ctx, Preview);
    *p = (Preview){.ctx = p, .folder = folder, .wants_schema = schema, .relations = map_new(p)};
    p->result.kept = keep;
    begin_file(p, NULL);
    return p;
}

const PreviewResult *preview_result(const Preview *preview)
{
    return &preview->result;
}

static int64_t number(const json_t *row, size_t i)
{
    return json_integer_value(json_array_get(row, i));
}

static Relation *relation(Preview *p, const json_t *row)
{
    SCRATCH void *scratch = mem_scratch();
    const char *key = mem_printf(scratch, "%lld", (long long)number(row, 0));
    Relation *r = map_get(p->relations, key);
    if (r == NULL) {
        r = mem_new(p->ctx, Relation);
        map_set(p->relations, key, r);
    }
    return r;
}

void preview_forget_rows(Preview *p)
{
    const void *cursor = NULL;
    const char *key;
    void *value;
    while (map_next(p->relations, &cursor, &key, &value))
        ((Relation *)value)->rows = (PreviewRows){0};
}

void preview_leave_out(Preview *p, const char *path)
{
    const FolderFile *file = path == NULL ? NULL : fault_file(p->folder, path, strlen(path));
    if (file != NULL)
        list_push(p->ctx, &p->result.skipped,
                  (PreviewSkipped){.file = file, .text = file->path, .command = "", .why = "it runs outside of transactions"});
}

/* ---- what a statement did ---- */

/* The server counts what was attempted: a savepoint's rollback takes nothing back. A count below the last one began anew. */
static int64_t grown(int64_t before, int64_t now)
{
    return now >= before ? now - before : now;
}

static void take_rows(Preview *p, json_t *counts, PreviewStatement *s)
{
    size_t i;
    json_t *row;
    json_array_foreach(counts, i, row) {
        PreviewRows *last = &relation(p, row)->rows;
        PreviewRows now = {number(row, 1), number(row, 2), number(row, 3)};
        s->rows.inserted += grown(last->inserted, now.inserted);
        s->rows.updated += grown(last->updated, now.updated);
        s->rows.deleted += grown(last->deleted, now.deleted);
        *last = now;
    }
}

static void take_changes(Preview *p, json_t *changed, PreviewFile *file)
{
    size_t i;
    json_t *row;
    json_array_foreach(changed, i, row) {
        Relation *last = relation(p, row);
        int level = (int)number(row, 1);
        PreviewChange c = {.relation = (unsigned)number(row, 0),
                           .level = level > 0 && level <= LEVEL_MAX ? level : 1,
                           .node = (unsigned)number(row, 2),
                           .before = last->node,
                           .gone = json_is_true(json_array_get(row, 3)) && !last->gone,
                           .statement = file->statements.n - 1,
                           .at_us = p->since_us};
        c.locks = c.level > last->level;
        list_push(p->ctx, &p->pending, (PreviewPending){file, file->changes.n});
        list_push(p->ctx, &file->changes, c);
        *last = (Relation){c.level, c.node, last->gone || c.gone, last->rows};
    }
}

/* All since the last mark was done by the statement that runs in this frame. */
static void take_work(Preview *p, PreviewFrame *frame, const Mark *m)
{
    PreviewFile *file = frame->file;
    if (!frame->open)
        list_push(p->ctx, &file->statements, (PreviewStatement){.number = frame->done + 1});
    frame->open = true;
    PreviewStatement *s = &file->statements.v[file->statements.n - 1];
    if (p->since_us > 0 && m->at_us > p->since_us)
        s->us += m->at_us - p->since_us;
    take_rows(p, m->counts, s);
    take_changes(p, m->changed, file);
}

/* ---- the end of a transaction ---- */

static bool is_held(json_t *held, unsigned relation)
{
    size_t i;
    json_t *row;
    json_array_foreach(held, i, row) {
        if (number(row, 0) == (int64_t)relation)
            return true;
    }
    return false;
}

static void end_transaction(Preview *p, const Mark *m)
{
    for (size_t i = 0; i < p->pending.n; i++) {
        PreviewChange *c = &p->pending.v[i].file->changes.v[p->pending.v[i].change];
        c->held_us = is_held(m->changed, c->relation) ? m->at_us - c->at_us : -1;
    }
    p->pending.n = 0;
}

/* ---- marks ---- */

/* A mark of this file: what ran within it has ended, or failed and was caught. */
static PreviewFrame *frame_of(Preview *p, const FolderFile *file)
{
    size_t i = p->running.n;
    while (i > 0 && p->running.v[i - 1].file->file != file)
        i--;
    if (i == 0) /* its beginning was not told */
        return begin_file(p, file);
    p->running.n = i;
    return &p->running.v[i - 1];
}

static void end_statement(Preview *p, const Mark *m, const FolderFile *file, bool last)
{
    PreviewFrame *frame = frame_of(p, file);
    take_work(p, frame, m);
    frame->file->statements.v[frame->file->statements.n - 1].number = m->statement;
    frame->done = m->statement;
    frame->file->count = file == NULL ? (long)frame->file->statements.n : m->statement;
    frame->open = false;
    if (file == NULL || !last)
        return;
    frame->file->complete = true;
    p->running.n--;
}

static void begin_statements(Preview *p, const Mark *m, const FolderFile *file, bool last)
{
    if (file == NULL)
        return;
    take_work(p, &p->running.v[p->running.n - 1], m);
    PreviewFrame *frame = begin_file(p, file);
    frame->file->complete = last;
    if (last)
        p->running.n--;
}

static void take_mark(Preview *p, json_t *mark)
{
    Mark m = {.file = (long)number(mark, 0),
              .statement = (long)number(mark, 1),
              .at_us = number(mark, 3),
              .changed = json_array_get(mark, 5),
              .counts = json_array_get(mark, 6),
              .done_us = number(mark, 7)};
    p->result.unlooked += json_is_false(json_array_get(mark, 4));
    bool last = json_is_true(json_array_get(mark, 2));
    if (m.file < 0 || (size_t)m.file > p->folder->files.n)
        return;
    const FolderFile *file = m.file == 0 ? NULL : &p->folder->files.v[m.file - 1];
    if (m.statement == ENDS_TRANSACTION)
        end_transaction(p, &m);
    else if (m.statement == 0)
        begin_statements(p, &m, file, last);
    else
        end_statement(p, &m, file, last);
    p->since_us = m.done_us;
}

void preview_take(Preview *p, const char *message)
{
    json_t *marks = json_loads(message, 0, NULL), *mark;
    size_t i;
    json_array_foreach(marks, i, mark)
        take_mark(p, mark);
    json_decref(marks);
}
