/* deploy/session/rows.c: see rows.h. */
#include "deploy/session/rows.h"

#include "deploy/session/marks.h"

#include <string.h>

enum {
    BLOCK_BYTES = 64 * 1024,
    COPIED_MAX = 8 * 1024, /* contents up to this size are gathered into blocks */
    OID_TEXT = 25,
    UUID_BYTES = 16,
};

#define SOURCE_COLUMNS                                                                                                           \
    "path, name, directory, extension, depth, size_bytes, checksum, pgmi_checksum, path_parts, is_sql_file, is_test_file, "     \
    "parent_folder_name, content"
#define LOAD_COLUMNS "kind, path, parent, number, flag, id, sort_keys, default_value, description, content"
enum { SOURCE_COLUMNS_COUNT = 13, LOAD_COLUMNS_COUNT = 10 };

/* What the rows of a table are made of, one after the other. */
typedef enum Part { PART_SOURCES, PART_METADATA, PART_DIRECTORIES, PART_TESTS, PART_PARAMS, PART_END } Part;

struct Rows {
    const Folder *folder;
    const TestTree *tests;
    const ParamList *params;
    bool marked;
    size_t counts[PART_END];
    Part part;
    size_t at;      /* in what the part is made of */
    bool sources;   /* the COPY at hand is the first, */
    bool begun;     /* has had its header, */
    bool ended;     /* and its trailer */
    Str block;
    void *scratch;  /* owns the content at hand */
    View content;   /* stands behind the block; len 0: none */
};

/* ---- binary fields ---- */

static void add_integer(Str *out, uint64_t value, int bytes)
{
    while (bytes-- > 0)
        str_add_char(out, (char)(value >> (8 * bytes) & 0xff));
}

static void add_bytes(Str *out, const char *p, size_t len)
{
    add_integer(out, len, 4);
    str_add_n(out, p, len);
}

static void add_null(Str *out)
{
    add_integer(out, UINT32_MAX, 4);
}

static void add_text(Str *out, const char *text)
{
    if (text == NULL)
        add_null(out);
    else
        add_bytes(out, text, strlen(text));
}

static void add_number(Str *out, uint64_t value, int bytes)
{
    add_integer(out, (uint64_t)bytes, 4);
    add_integer(out, value, bytes);
}

static void add_uuid(Str *out, const char *text)
{
    static const char digits[] = "0123456789abcdef";
    add_integer(out, UUID_BYTES, 4);
    int high = -1;
    for (; *text != '\0'; text++) {
        const char *digit = strchr(digits, *text);
        if (digit == NULL)
            continue;
        if (high >= 0)
            str_add_char(out, (char)(high * 16 + (int)(digit - digits)));
        high = high >= 0 ? -1 : (int)(digit - digits);
    }
}

static void add_array(Str *out, const View *texts, size_t n)
{
    size_t len = n == 0 ? 12 : 20;
    for (size_t i = 0; i < n; i++)
        len += 4 + texts[i].len;
    add_integer(out, len, 4);
    add_integer(out, n == 0 ? 0 : 1, 4); /* dimensions */
    add_integer(out, 0, 4);              /* no nulls */
    add_integer(out, OID_TEXT, 4);
    if (n == 0)
        return;
    add_integer(out, n, 4);
    add_integer(out, 1, 4); /* lower bound */
    for (size_t i = 0; i < n; i++)
        add_bytes(out, texts[i].p, texts[i].len);
}

/* ---- rows ---- */

static bool is_row(const Rows *rows, Part part, size_t i)
{
    if (part != PART_SOURCES && part != PART_METADATA)
        return true;
    const FolderFile *file = &rows->folder->files.v[i];
    return !file->is_test && (part == PART_SOURCES || file->meta != NULL);
}

static size_t part_size(const Rows *rows, Part part)
{
    const size_t sizes[] = {rows->folder->files.n, rows->folder->files.n, rows->tests->directories.n, rows->tests->scripts.n,
                            rows->params->n};
    return sizes[part];
}

/* Of very many statements some are told together. */
static View with_marks(const Rows *rows, const FolderFile *file, View content)
{
    Str out = str_new(rows->scratch);
    StatementSpans statements = {0};
    statements_find(rows->scratch, content, &statements);
    bool *quiet = mem_array(rows->scratch, bool, statements.n + 1);
    for (size_t i = 0, step = statements.n / ROWS_MARKS_MAX + 1; i + 1 < statements.n; i++)
        quiet[i] = (i + 1) % step != 0;
    marks_add(&out, content, &statements, 0, &(MarkOwner){.file = file - rows->folder->files.v + 1, .quiet = quiet});
    return (View){out.text, out.len};
}

/* The last column: a small content goes into the block, a large one behind it. */
static bool add_content(Rows *rows, const FolderFile *file, Error *err)
{
    View content;
    if (!folder_content(rows->scratch, rows->folder, file, &content, err))
        return false;
    if (rows->marked && file->is_sql)
        content = with_marks(rows, file, content);
    add_integer(&rows->block, content.len, 4);
    if (content.len > COPIED_MAX)
        rows->content = content;
    else
        str_add_n(&rows->block, content.p, content.len);
    return true;
}

typedef LIST(View) ViewList;

static bool add_source(Rows *rows, Error *err)
{
    const FolderFile *file = &rows->folder->files.v[rows->at];
    Str *out = &rows->block;
    ViewList parts = {0};
    const char *from = file->path;
    for (const char *slash; (slash = strchr(from, '/')) != NULL; from = slash + 1)
        list_push(rows->scratch, &parts, (View){from, (size_t)(slash - from)});
    list_push(rows->scratch, &parts, view_of(from));
    View folder = parts.v[parts.n - 2];
    add_integer(out, SOURCE_COLUMNS_COUNT, 2);
    add_text(out, file->path);
    add_text(out, from);
    add_bytes(out, file->path, (size_t)(from - file->path));
    add_text(out, file->extension);
    add_number(out, parts.n - 2, 4);
    add_number(out, file->size, 8);
    add_text(out, file->checksum);
    add_text(out, file->normalised);
    add_array(out, parts.v, parts.n);
    add_number(out, file->is_sql, 1);
    add_number(out, false, 1);
    if (parts.n > 2)
        add_bytes(out, folder.p, folder.len);
    else
        add_null(out);
    return add_content(rows, file, err);
}

/* A row of _pgwright_load; what is 0 or NULL of a kind means nothing there. */
typedef struct LoadRow {
    char kind;
    const char *path, *parent;
    uint64_t number;
    bool flag;
    const Meta *meta;
    const char *default_value, *description;
} LoadRow;

/* All of it but the content. */
static void begin_load(Rows *rows, const LoadRow *row)
{
    Str *out = &rows->block;
    add_integer(out, LOAD_COLUMNS_COUNT, 2);
    add_bytes(out, &row->kind, 1);
    add_text(out, row->path);
    add_text(out, row->parent);
    add_number(out, row->number, 8);
    add_number(out, row->flag, 1);
    if (row->meta != NULL) {
        ViewList keys = {0};
        for (size_t i = 0; i < row->meta->sort_keys.n; i++)
            list_push(rows->scratch, &keys, view_of(row->meta->sort_keys.v[i]));
        add_uuid(out, row->meta->id);
        add_array(out, keys.v, keys.n);
    } else {
        add_null(out);
        add_null(out);
    }
    add_text(out, row->default_value);
    add_text(out, row->description);
}

static bool add_metadata(Rows *rows, Error *err)
{
    const FolderFile *file = &rows->folder->files.v[rows->at];
    const Meta *meta = file->meta;
    (void)err;
    begin_load(rows, &(LoadRow){.kind = 'm',
                                .path = file->path,
                                .flag = meta->idempotent,
                                .meta = meta,
                                .description = meta->description != NULL ? meta->description : ""});
    add_null(&rows->block);
    return true;
}

static bool add_directory(Rows *rows, Error *err)
{
    const TestDirectory *d = &rows->tests->directories.v[rows->at];
    const char *parent = d->parent < 0 ? NULL : rows->tests->directories.v[d->parent].path;
    (void)err;
    begin_load(rows, &(LoadRow){.kind = 'd', .path = d->path, .parent = parent, .number = (uint64_t)d->depth});
    add_null(&rows->block);
    return true;
}

static bool add_test(Rows *rows, Error *err)
{
    const FolderFile *file = rows->tests->scripts.v[rows->at].file;
    begin_load(rows, &(LoadRow){.kind = 't', .path = file->path, .flag = file->is_fixture});
    return add_content(rows, file, err);
}

static bool add_param(Rows *rows, Error *err)
{
    const Param *p = &rows->params->v[rows->at];
    (void)err;
    begin_load(rows, &(LoadRow){.kind = 'p',
                                .path = p->key,
                                .parent = p->type,
                                .flag = p->required,
                                .default_value = p->default_value,
                                .description = p->description});
    add_text(&rows->block, p->value);
    return true;
}

/* ---- the two COPYs ---- */

static bool copy_has_part(bool sources, Part part)
{
    return part != PART_END && sources == (part == PART_SOURCES);
}

static bool next_row(Rows *rows, Error *err)
{
    static bool (*const adders[])(Rows *, Error *) = {add_source, add_metadata, add_directory, add_test, add_param};
    bool ok = !is_row(rows, rows->part, rows->at) || adders[rows->part](rows, err);
    rows->at++;
    return ok;
}

/* To the next part that has rows, of the same COPY or of the next one. */
static void skip_empty(Rows *rows)
{
    while (rows->part != PART_END && (rows->counts[rows->part] == 0 || rows->at >= part_size(rows, rows->part))) {
        rows->part++;
        rows->at = 0;
    }
}

static void begin_copy(Rows *rows)
{
    static const char header[] = "PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0";
    str_add_n(&rows->block, header, sizeof header); /* its last NUL too */
    rows->sources = rows->part == PART_SOURCES;
    rows->begun = true;
}

/* Rows until the block is full, or a large content has to come behind it, or there are no more. */
static bool fill_block(Rows *rows, Error *err)
{
    if (!rows->begun)
        begin_copy(rows);
    while (copy_has_part(rows->sources, rows->part)) {
        if (!next_row(rows, err))
            return false;
        skip_empty(rows);
        if (rows->content.len > 0 || rows->block.len >= BLOCK_BYTES)
            return true;
    }
    add_integer(&rows->block, UINT16_MAX, 2);
    rows->ended = true;
    return true;
}

bool rows_next(void *arg, const char **data, size_t *len, Error *err)
{
    Rows *rows = arg;
    if (rows->content.len > 0) {
        *data = rows->content.p;
        *len = rows->content.len;
        rows->content.len = 0;
        return true;
    }
    *len = 0;
    if (rows->ended) {
        rows->begun = rows->ended = false;
        return true;
    }
    talloc_free_children(rows->scratch);
    str_clear(&rows->block);
    if (!fill_block(rows, err))
        return false;
    *data = rows->block.text;
    *len = rows->block.len;
    return true;
}

const FolderFile *rows_file(const Rows *rows, long line)
{
    Part first = rows->sources ? PART_SOURCES : PART_METADATA, last = rows->sources ? PART_SOURCES : PART_PARAMS;
    for (Part part = first; part <= last; part++)
        for (size_t i = 0; i < part_size(rows, part); i++)
            if (is_row(rows, part, i) && --line == 0)
                return part == PART_TESTS                          ? rows->tests->scripts.v[i].file
                       : part == PART_SOURCES || part == PART_METADATA ? &rows->folder->files.v[i]
                                                                   : NULL;
    return NULL;
}

void rows_statements(const Rows *rows, Str *sql)
{
    size_t rest = 0;
    for (Part part = PART_METADATA; part < PART_END; part++)
        rest += rows->counts[part];
    if (rows->counts[PART_SOURCES] > 0)
        str_add(sql, "COPY pg_temp._pgmi_source (" SOURCE_COLUMNS ") FROM STDIN (FORMAT binary);\n");
    if (rest > 0)
        str_add(sql, "COPY pg_temp._pgwright_load (" LOAD_COLUMNS ") FROM STDIN (FORMAT binary);\n");
}

Rows *rows_new(const void *ctx, const Folder *folder, const TestTree *tests, const ParamList *params, bool marked)
{
    Rows *rows = mem_new(ctx, Rows);
    *rows = (Rows){.folder = folder, .tests = tests, .params = params, .marked = marked};
    rows->scratch = talloc_new(rows);
    rows->block = str_new(rows);
    for (Part part = PART_SOURCES; part < PART_END; part++)
        for (size_t i = 0; i < part_size(rows, part); i++)
            rows->counts[part] += is_row(rows, part, i);
    skip_empty(rows);
    return rows;
}
