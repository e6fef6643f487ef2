/* project/session/tests.c: see tests.h.
 *
 * The folders' byte order is the order that the walk visits them in: with its slash, a folder's path is the beginning of
 * all those below it, so these stand right behind it. */
#include "project/session/tests.h"

#include "sql/quote.h"

#include <stdlib.h>
#include <string.h>

const char *const test_step_names[] = {"fixture", "test", "teardown"};

static const char *folder_of(const void *ctx, const char *path)
{
    return mem_strndup(ctx, path, (size_t)(strrchr(path, '/') + 1 - path));
}

static int compare_directories(const void *a, const void *b)
{
    return strcmp(((const TestDirectory *)a)->path, ((const TestDirectory *)b)->path);
}

/* Each once, in byte order. */
static void collect_directories(TestTree *tree, const Folder *folder)
{
    const char *last = "";
    for (size_t i = 0; i < folder->files.n; i++) {
        const FolderFile *file = &folder->files.v[i];
        size_t len = (size_t)(strrchr(file->path, '/') + 1 - file->path);
        if (!file->is_test || (strncmp(last, file->path, len) == 0 && last[len] == '\0'))
            continue;
        last = folder_of(tree, file->path);
        list_push(tree, &tree->directories, (TestDirectory){.path = last});
    }
    if (tree->directories.n == 0)
        return;
    TestDirectory *all = tree->directories.v;
    qsort(all, tree->directories.n, sizeof *all, compare_directories);
    size_t n = 1;
    for (size_t i = 1; i < tree->directories.n; i++)
        if (strcmp(all[i].path, all[n - 1].path) != 0)
            all[n++] = all[i];
    tree->directories.n = n;
}

/* Levels of a folder below its first __test__ or __tests__. */
static int levels(const char *path)
{
    const char *a = strstr(path, "/__test__/"), *b = strstr(path, "/__tests__/");
    const char *first = a == NULL || (b != NULL && b < a) ? b : a;
    int slashes = 0;
    for (; *first != '\0'; first++)
        slashes += *first == '/';
    return slashes - 2;
}

/* The folders that are still open when one is reached are its parent, that one's parent and so on. */
static void link_directories(TestTree *tree)
{
    TestDirectory *all = tree->directories.v;
    for (size_t i = 0; i < tree->directories.n; i++) {
        long parent = (long)i - 1;
        while (parent >= 0 && !text_starts(all[i].path, all[parent].path))
            parent = all[parent].parent;
        all[i].parent = parent;
        all[i].depth = levels(all[i].path);
    }
}

static void collect_scripts(TestTree *tree, const Folder *folder)
{
    SCRATCH void *scratch = mem_scratch();
    for (size_t i = 0; i < folder->files.n; i++) {
        const FolderFile *file = &folder->files.v[i];
        if (!file->is_test || !file->is_sql)
            continue;
        TestDirectory key = {.path = folder_of(scratch, file->path)};
        const TestDirectory *found = bsearch(&key, tree->directories.v, tree->directories.n, sizeof key, compare_directories);
        list_push(tree, &tree->scripts, (TestScript){.file = file, .directory = (size_t)(found - tree->directories.v)});
    }
}

TestTree *tests_tree(const void *ctx, const Folder *folder)
{
    TestTree *tree = mem_new(ctx, TestTree);
    collect_directories(tree, folder);
    link_directories(tree);
    collect_scripts(tree, folder);
    return tree;
}

/* What a plan is made from. */
typedef struct Walk {
    const void *ctx;
    const TestTree *tree;
    const bool *matches;
    bool *wanted;      /* of each folder: are tests in or below it asked for? */
    size_t *scripts;   /* indexes of the scripts, those of one folder together, */
    size_t *first;     /* where each folder's begin; one more than there are folders */
    TestPlan *plan;
} Walk;

static bool is_asked(const Walk *w, size_t script)
{
    return !w->tree->scripts.v[script].file->is_fixture && (w->matches == NULL || w->matches[script]);
}

static void find_wanted(Walk *w)
{
    for (size_t i = 0; i < w->tree->scripts.n; i++)
        if (is_asked(w, i))
            w->wanted[w->tree->scripts.v[i].directory] = true;
    for (size_t i = w->tree->directories.n; i-- > 0;)
        if (w->wanted[i] && w->tree->directories.v[i].parent >= 0)
            w->wanted[w->tree->directories.v[i].parent] = true;
}

/* Sorts the scripts by folder; within one their order stays. */
static void group_scripts(Walk *w, const void *scratch)
{
    size_t folders = w->tree->directories.n, n = w->tree->scripts.n;
    const TestScript *all = w->tree->scripts.v;
    w->first = mem_array(scratch, size_t, folders + 1);
    w->scripts = mem_array(scratch, size_t, n + 1);
    size_t *next = mem_array(scratch, size_t, folders + 1);
    for (size_t i = 0; i < n; i++)
        w->first[all[i].directory + 1]++;
    for (size_t i = 0; i < folders; i++) {
        w->first[i + 1] += w->first[i];
        next[i] = w->first[i];
    }
    for (size_t i = 0; i < n; i++)
        w->scripts[next[all[i].directory]++] = i;
}

static void add_step(Walk *w, TestStepKind kind, size_t directory, const TestScript *script)
{
    list_push(w->ctx, &w->plan->steps,
              (TestStep){.kind = kind, .script = script, .directory = &w->tree->directories.v[directory]});
}

static void visit(Walk *w, size_t directory)
{
    const TestScript *all = w->tree->scripts.v;
    for (size_t i = w->first[directory]; i < w->first[directory + 1]; i++)
        if (all[w->scripts[i]].file->is_fixture)
            add_step(w, TEST_FIXTURE, directory, &all[w->scripts[i]]);
    for (size_t i = w->first[directory]; i < w->first[directory + 1]; i++)
        if (is_asked(w, w->scripts[i]))
            add_step(w, TEST_TEST, directory, &all[w->scripts[i]]);
}

/* Tears down the folders from `open` up to one that holds the next. */
static void leave(Walk *w, long *open, long until)
{
    for (; *open != until; *open = w->tree->directories.v[*open].parent)
        add_step(w, TEST_TEARDOWN, (size_t)*open, NULL);
}

void tests_plan(const void *ctx, const TestTree *tree, const bool *matches, TestPlan *plan)
{
    SCRATCH void *scratch = mem_scratch();
    Walk w = {.ctx = ctx, .tree = tree, .matches = matches, .plan = plan};
    w.wanted = mem_array(scratch, bool, tree->directories.n + 1);
    find_wanted(&w);
    group_scripts(&w, scratch);
    long open = -1;
    for (size_t i = 0; i < tree->directories.n; i++) {
        if (!w.wanted[i])
            continue;
        leave(&w, &open, tree->directories.v[i].parent);
        visit(&w, i);
        open = (long)i;
    }
    leave(&w, &open, -1);
}

/* A folder whose steps are being written; 0: it has no such savepoint yet. */
typedef struct OpenFolder {
    const TestDirectory *directory;
    int savepoint, test_savepoint;
} OpenFolder;

typedef struct Writer {
    const TestPlan *plan;
    Str *out;
    LIST(OpenFolder) open; /* innermost last */
    int savepoints;        /* that have a number: one row of numbers for both kinds */
    const char *callback;
    Str place;             /* of the events at hand: path, folder, depth, ordinal */
    Str path;              /* of the script at hand, as a literal */
    size_t ordinal;        /* of the step at hand */
    const void *scratch;
} Writer;

static void set_place(Writer *w, const char *path, const TestDirectory *directory, size_t ordinal)
{
    SCRATCH void *scratch = mem_scratch();
    str_clear(&w->path);
    str_add(&w->path, sql_literal(scratch, path));
    str_clear(&w->place);
    str_addf(&w->place, "%s, %s, %d, %zu", w->path.text, sql_literal(scratch, directory->path), directory->depth, ordinal);
    w->ordinal = ordinal;
}

static void write_event(Writer *w, const char *event)
{
    if (!w->plan->untold)
        str_addf(w->out, "SELECT %s(ROW('%s', %s, NULL)::pg_temp.pgmi_test_event);\n", w->callback, event, w->place.text);
}

/* For the program alone, whatever the callback does. */
static void tell_program(Writer *w, const char *event)
{
    if (w->plan->number > 0)
        str_addf(w->out, "SELECT pg_temp._pgwright_tell_test('%s', %d, %zu);\n", event, w->plan->number, w->ordinal);
}

static void write_suite_event(Writer *w, const char *event, size_t ordinal)
{
    set_place(w, NULL, &(TestDirectory){.path = ""}, ordinal);
    write_event(w, event);
}

/* The script, between its events. */
static void write_run(Writer *w, const char *start, const char *end)
{
    tell_program(w, "begin");
    write_event(w, start);
    str_addf(w->out, "SELECT pg_temp.pgmi_run_test_source(%s);\n", w->path.text);
    write_event(w, end);
    tell_program(w, "end");
}

/* A step's folder on top of those that are open. */
static OpenFolder *enter(Writer *w, const TestDirectory *directory)
{
    if (w->open.n == 0 || w->open.v[w->open.n - 1].directory != directory)
        list_push(w->scratch, &w->open, (OpenFolder){.directory = directory});
    return &w->open.v[w->open.n - 1];
}

static void write_fixture(Writer *w, const TestStep *step)
{
    OpenFolder *folder = enter(w, step->directory);
    str_addf(w->out, "SAVEPOINT __pgmi_d%d__;\n", ++w->savepoints);
    if (folder->savepoint == 0)
        folder->savepoint = w->savepoints;
    write_run(w, "fixture_start", "fixture_end");
}

static void write_test(Writer *w, const TestStep *step)
{
    OpenFolder *folder = enter(w, step->directory);
    if (folder->savepoint == 0) {
        folder->savepoint = ++w->savepoints;
        str_addf(w->out, "SAVEPOINT __pgmi_d%d__;\n", folder->savepoint);
    }
    if (folder->test_savepoint == 0) {
        folder->test_savepoint = ++w->savepoints;
        str_addf(w->out, "SAVEPOINT __pgmi_t%d__;\n", folder->test_savepoint);
    }
    write_run(w, "test_start", "test_end");
    write_event(w, "rollback");
    str_addf(w->out, "ROLLBACK TO SAVEPOINT __pgmi_t%d__;\n", folder->test_savepoint);
}

static void write_teardown(Writer *w, const TestStep *step)
{
    const OpenFolder *folder = enter(w, step->directory);
    write_event(w, "teardown_start");
    if (folder->savepoint != 0) {
        str_addf(w->out, "ROLLBACK TO SAVEPOINT __pgmi_d%d__;\n", folder->savepoint);
        str_addf(w->out, "RELEASE SAVEPOINT __pgmi_d%d__;\n", folder->savepoint);
    }
    write_event(w, "teardown_end");
    w->open.n--;
}

/* Nobody shall think that tests passed which were not there. */
static void write_refusal(Writer *w)
{
    SCRATCH void *scratch = mem_scratch();
    bool all = w->plan->pattern == NULL;
    const char *message = all ? "no tests were discovered" : "no tests matched the requested pattern";
    const char *hint = all ? "Put SQL files into a folder named __test__, or take the call out of deploy.sql."
                           : "The pattern is a regular expression that is searched in paths such as ./a/__test__/b.sql.";
    const char *body = mem_printf(scratch, "BEGIN RAISE EXCEPTION %s USING ERRCODE = 'no_data_found', HINT = %s; END",
                                  sql_literal(scratch, message), sql_literal(scratch, hint));
    str_addf(w->out, "DO %s;\n", sql_literal(scratch, body));
}

static void write_step(Writer *w, size_t i)
{
    static void (*const write[])(Writer *, const TestStep *) = {write_fixture, write_test, write_teardown};
    const TestStep *step = &w->plan->steps.v[i];
    set_place(w, step->script != NULL ? step->script->file->path : NULL, step->directory, i + 1);
    write[step->kind](w, step);
}

/* The name of the callback stands as it was given, so that the server folds its letters as those of any other. */
static Writer writer_of(const void *scratch, const TestPlan *plan, Str *out)
{
    return (Writer){.plan = plan,
                    .out = out,
                    .place = str_new(scratch),
                    .path = str_new(scratch),
                    .scratch = scratch,
                    .callback = plan->callback != NULL ? plan->callback : "pg_temp.pgmi_test_callback"};
}

void tests_write(const TestPlan *plan, Str *out)
{
    SCRATCH void *scratch = mem_scratch();
    Writer w = writer_of(scratch, plan, out);
    if (plan->steps.n == 0) {
        write_refusal(&w);
    } else {
        write_suite_event(&w, "suite_start", 0);
        for (size_t i = 0; i < plan->steps.n; i++)
            write_step(&w, i);
        write_suite_event(&w, "suite_end", plan->steps.n);
    }
    out->text[--out->len] = '\0'; /* what stands behind the macro has the last newline */
}

/* Its folder is the innermost still. */
static const char *savepoint_of(const void *ctx, const Writer *w, TestStepKind kind)
{
    if (kind == TEST_TEARDOWN)
        return NULL;
    const OpenFolder *folder = &w->open.v[w->open.n - 1];
    return kind == TEST_FIXTURE ? mem_printf(ctx, "__pgmi_d%d__", folder->savepoint)
                                : mem_printf(ctx, "__pgmi_t%d__", folder->test_savepoint);
}

static void cut_piece(const void *ctx, Writer *w, const char *savepoint, TestPieceList *pieces)
{
    list_push(ctx, pieces, (TestPiece){.sql = mem_strdup(ctx, w->out->text), .savepoint = savepoint});
    str_clear(w->out);
}

void tests_write_pieces(const void *ctx, const TestPlan *plan, TestPieceList *pieces)
{
    SCRATCH void *scratch = mem_scratch();
    Str piece = str_new(scratch);
    Writer w = writer_of(scratch, plan, &piece);
    write_suite_event(&w, "suite_start", 0);
    cut_piece(ctx, &w, NULL, pieces);
    for (size_t i = 0; i < plan->steps.n; i++) {
        write_step(&w, i);
        cut_piece(ctx, &w, savepoint_of(ctx, &w, plan->steps.v[i].kind), pieces);
    }
    write_suite_event(&w, "suite_end", plan->steps.n);
    cut_piece(ctx, &w, NULL, pieces);
}
