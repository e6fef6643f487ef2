/* project/session/scaffold.c: see scaffold.h. */
#include "project/session/scaffold.h"

#include "base/file.h"

#include <stdint.h>
#include <string.h>
#include <sys/stat.h>

static const char mark[] = "\xEF\xBB\xBF";
enum { MARK_LEN = sizeof mark - 1 };

bool scaffold_is_wanted(const Folder *folder, const FolderFile *file)
{
    SCRATCH void *scratch = mem_scratch();
    struct stat st;
    return file->is_sql && !file->is_test && file->meta == NULL &&
           lstat(path_join(scratch, folder->root, file->path), &st) == 0 && !S_ISLNK(st.st_mode);
}

/* Text within an element; a * is written so that no comment of SQL can begin or end in it. */
static void add_xml(Str *out, const char *text)
{
    for (; *text != '\0'; text++) {
        if (strchr("&<>*\r", *text) != NULL)
            str_addf(out, "&#%d;", *text);
        else
            str_add_char(out, *text);
    }
}

static void add_block(Str *out, const FolderFile *file, bool idempotent, FileTransaction transaction)
{
    char id[UUID_TEXT_MAX];
    folder_generic_id(file->path, id);
    str_addf(out, "/*\n<pgmi-meta\n    id=\"%s\"\n    idempotent=\"%s\"", id, idempotent ? "true" : "false");
    if (transaction != TRANSACTION_OWN)
        str_addf(out, "\n    transaction=\"%s\"", transaction_names[transaction]);
    str_add(out, ">\n  <description>");
    add_xml(out, path_base(file->path));
    str_add(out, "</description>\n  <sortKeys>\n    <key>");
    add_xml(out, file->path);
    str_add(out, "</key>\n  </sortKeys>\n</pgmi-meta>\n*/\n");
}

/* With \n or \r\n at the ends of lines, as the text has it. */
static void add_lines(Str *out, const char *block, View text)
{
    const char *newline = text.len > 0 ? memchr(text.p, '\n', text.len) : NULL;
    bool crlf = newline != NULL && newline > text.p && newline[-1] == '\r';
    for (; *block != '\0'; block++) {
        if (*block == '\n' && crlf)
            str_add_char(out, '\r');
        str_add_char(out, *block);
    }
}

static bool fault(const FolderFile *file, Error *err, const char *message)
{
    error_set(err, ERR_CONFIG, "%s", message);
    error_place(err, file->path, 0, 0, NULL);
    return false;
}

static bool is_unchanged(const FolderFile *file, View text)
{
    char checksum[DIGEST_HEX_MAX];
    digest_of(DIGEST_SHA256, text.p, text.len, checksum);
    return strcmp(checksum, file->checksum) == 0;
}

/* Is the block read as it is meant? XML 1.0 has no control characters, whatever they are written as. */
static bool reads_back(const void *ctx, const FolderFile *file, const Str *block)
{
    Error err = {0};
    const Meta *meta = NULL;
    bool ok = meta_read(ctx, file->path, (View){block->text, block->len}, &meta, &err) && meta != NULL &&
              strcmp(meta->sort_keys.v[0], file->path) == 0;
    error_clear(&err);
    return ok;
}

bool scaffold_write(const Folder *folder, const FolderFile *file, bool idempotent, FileTransaction transaction, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    const char *path = path_join(scratch, folder->root, file->path);
    Str block = str_new(scratch), out = str_new(scratch);
    size_t len;
    add_block(&block, file, idempotent, transaction);
    if (!reads_back(scratch, file, &block))
        return fault(file, err, "the file's name cannot be written in XML");
    const char *bytes = file_read(scratch, path, SIZE_MAX, &len, err);
    if (bytes == NULL)
        return false;
    bool marked = len >= MARK_LEN && memcmp(bytes, mark, MARK_LEN) == 0;
    View text = {bytes + (marked ? MARK_LEN : 0), len - (marked ? MARK_LEN : 0)};
    if (!is_unchanged(file, text))
        return fault(file, err, "the file changed after it was checked");
    str_add_n(&out, mark, marked ? MARK_LEN : 0);
    add_lines(&out, block.text, text);
    str_add_n(&out, text.p, text.len);
    return file_write(path, out.text, out.len, err);
}
