/* project/session/textfile.c: see textfile.h. */
#include "project/session/textfile.h"

#include "project/faults.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LARGE = 1024 * 1024 };

static bool fault(Error *err, const char *path, const char *message, const char *hint)
{
    error_set(err, ERR_CONFIG, "%s", message);
    error_place(err, path, 0, 0, NULL);
    if (hint != NULL)
        error_hint(err, "%s", hint);
    return false;
}

static bool system_fault(Error *err, const char *path, const char *doing)
{
    error_set(err, ERR_CONFIG, "cannot %s: %s", doing, strerror(errno));
    error_place(err, path, 0, 0, NULL);
    return false;
}

static bool changes(Error *err, const char *path)
{
    return fault(err, path, "the file changes while it is read", "try again once nothing writes to it any more");
}

static void make_room(TextFile *file, size_t size)
{
    if (size <= file->cap)
        return;
    talloc_free(file->room);
    file->room = talloc_new(file->ctx);
    file->cap = size > 2 * file->cap ? size : 2 * file->cap;
    file->bytes = mem_bytes(file->room, file->cap);
}

/* Reads until the end or until `size` bytes are there; -1 on failure. */
static ssize_t read_bytes(int fd, char *bytes, size_t size)
{
    size_t len = 0;
    for (ssize_t n; len < size; len += (size_t)n) {
        n = read(fd, bytes + len, size - len);
        if (n < 0 && errno == EINTR)
            n = 0;
        else if (n < 0)
            return -1;
        else if (n == 0)
            break;
    }
    return (ssize_t)len;
}

static bool same_time(const struct timespec *a, const struct timespec *b)
{
    return a->tv_sec == b->tv_sec && a->tv_nsec == b->tv_nsec;
}

/* All bytes of a file that is `before`, and still is when the last one was read. */
static bool read_whole(TextFile *file, int fd, const char *path, const struct stat *before, Error *err)
{
    size_t size = (size_t)before->st_size;
    struct stat after;
    make_room(file, size + 1);
    ssize_t n = read_bytes(fd, file->bytes, size + 1);
    if (n < 0 || fstat(fd, &after) != 0)
        return system_fault(err, path, "read the file");
    if ((size_t)n != size || after.st_size != before->st_size || !same_time(&after.st_mtim, &before->st_mtim))
        return changes(err, path);
    file->bytes[size] = '\0';
    file->text = (View){file->bytes, size};
    return true;
}

static void skip_mark(View *text)
{
    static const char mark[] = "\xEF\xBB\xBF";
    enum { LEN = sizeof mark - 1 };
    if (text->len >= LEN && memcmp(text->p, mark, LEN) == 0)
        *text = (View){text->p + LEN, text->len - LEN};
}

static bool not_text(Error *err, const char *path, View text, size_t at)
{
    long line = 1;
    const char *from = text.p, *bad = text.p + at;
    for (const char *newline; (newline = memchr(from, '\n', (size_t)(bad - from))) != NULL; line++)
        from = newline + 1;
    fault(err, path, *bad == '\0' ? "a NUL byte: the file is not text" : "not valid UTF-8",
          "files of the project are loaded as text in UTF-8: convert it, move it out of the project, or give it or its folder "
          "a name that begins with a dot");
    error_place(err, path, line, text_column(from, bad), NULL);
    return false;
}

bool textfile_read(TextFile *file, int fd, const char *path, size_t max, Error *err)
{
    struct stat st;
    if (fstat(fd, &st) != 0)
        return system_fault(err, path, "read the file");
    if (!S_ISREG(st.st_mode))
        return fault(err, path, "neither a file nor a folder", NULL);
    if ((size_t)st.st_size > max) {
        error_set(err, ERR_CONFIG, "too large: %lld bytes; at most %zu of a file are loaded", (long long)st.st_size, max);
        error_place(err, path, 0, 0, NULL);
        error_hint(err, "PGMI_MAX_FILE_SIZE=%lld in the environment allows it", (long long)st.st_size);
        return false;
    }
    if (!read_whole(file, fd, path, &st, err))
        return false;
    skip_mark(&file->text);
    size_t valid = utf8_valid(file->text);
    return valid == file->text.len || not_text(err, path, file->text, valid);
}

bool textfile_read_at(TextFile *file, int dir, const char *name, const char *path, size_t max, Error *err)
{
    int fd = openat(dir, name, O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
    if (fd < 0)
        return system_fault(err, path, "open the file");
    bool ok = textfile_read(file, fd, path, max, err);
    close(fd);
    return ok;
}

void textfile_shrink(TextFile *file)
{
    if (file->cap <= LARGE)
        return;
    talloc_free(file->room);
    file->room = NULL;
    file->cap = 0;
}
