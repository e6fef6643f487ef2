/* base/file.c: see file.h. */
#include "base/file.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Sets the error of a failed system call on `path`. */
static bool system_error(Error *err, const char *path, const char *doing)
{
    int code = errno;
    error_set(err, ERR_CONFIG, "cannot %s: %s", doing, strerror(code));
    error_place(err, path, 0, 0, NULL);
    if (code == EACCES || code == EPERM)
        error_hint(err, "check the permissions: ls -ld '%s'", path);
    return false;
}

static bool read_all(int fd, char *buffer, size_t size, size_t *len)
{
    while (*len < size) {
        ssize_t n = read(fd, buffer + *len, size - *len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        if (n == 0)
            break;
        *len += (size_t)n;
    }
    return true;
}

static char *read_open_file(const void *ctx, int fd, const char *path, size_t max, size_t *len, Error *err)
{
    struct stat st;
    if (fstat(fd, &st) != 0) {
        system_error(err, path, "read");
        return NULL;
    }
    if (!S_ISREG(st.st_mode) || (size_t)st.st_size > max) {
        error_set(err, ERR_CONFIG, S_ISREG(st.st_mode) ? "too large: %lld bytes, at most %zu are read" : "not a file",
                  (long long)st.st_size, max);
        error_place(err, path, 0, 0, NULL);
        return NULL;
    }
    char *buffer = mem_resize(ctx, NULL, 1, (size_t)st.st_size + 1);
    *len = 0;
    if (!read_all(fd, buffer, (size_t)st.st_size, len)) {
        system_error(err, path, "read");
        return NULL;
    }
    buffer[*len] = '\0';
    return buffer;
}

char *file_read(const void *ctx, const char *path, size_t max, size_t *len, Error *err)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0) {
        system_error(err, path, "open");
        return NULL;
    }
    char *bytes = read_open_file(ctx, fd, path, max, len, err);
    close(fd);
    return bytes;
}

static bool write_all(int fd, const char *bytes, size_t len)
{
    while (len > 0) {
        ssize_t n = write(fd, bytes, len);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return false;
        bytes += n;
        len -= (size_t)n;
    }
    return true;
}

/* The mode a rewritten file shall have: its own, or what open(2) would give a new one. */
static mode_t mode_of(const char *path)
{
    struct stat st;
    if (stat(path, &st) == 0)
        return st.st_mode & 07777;
    mode_t mask = umask(0);
    umask(mask);
    return 0666 & ~mask;
}

/* The target's place is taken in one instant by a file that is complete. */
static bool replace(const char *target, const char *bytes, size_t len)
{
    SCRATCH void *scratch = mem_scratch();
    char *temporary = mem_printf(scratch, "%s.XXXXXX", target);
    int fd = mkostemp(temporary, O_CLOEXEC);
    if (fd < 0)
        return false;
    bool ok = fchmod(fd, mode_of(target)) == 0 && write_all(fd, bytes, len) && fsync(fd) == 0;
    ok = close(fd) == 0 && ok && rename(temporary, target) == 0;
    if (!ok) {
        int why = errno;
        unlink(temporary);
        errno = why;
    }
    return ok;
}

/* A device or a pipe takes the bytes; nothing may take its place. */
static bool write_to(const char *target, const char *bytes, size_t len)
{
    int fd = open(target, O_WRONLY | O_CLOEXEC | O_NOCTTY);
    bool ok = fd >= 0 && write_all(fd, bytes, len);
    return fd >= 0 && close(fd) == 0 && ok;
}

bool file_write(const char *path, const char *bytes, size_t len, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    char *real = path_real(scratch, path); /* a link stays a link */
    const char *target = real != NULL ? real : path;
    struct stat st;
    bool is_special = stat(target, &st) == 0 && !S_ISREG(st.st_mode) && !S_ISDIR(st.st_mode);
    bool ok = is_special ? write_to(target, bytes, len) : replace(target, bytes, len);
    return ok || system_error(err, path, "write");
}

bool file_exists(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

bool dir_exists(const char *path)
{
    struct stat st;
    return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

bool dir_make(const char *path, Error *err)
{
    if (dir_exists(path))
        return true;
    SCRATCH void *scratch = mem_scratch();
    char *above = path_dir(scratch, path);
    if (strcmp(above, path) != 0 && !dir_make(above, err))
        return false;
    if (mkdir(path, 0777) != 0 && errno != EEXIST)
        return system_error(err, path, "make the folder");
    return true;
}

static int compare_names(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

bool dir_list(const void *ctx, const char *path, TextList *names, Error *err)
{
    DIR *dir = opendir(path);
    if (dir == NULL)
        return system_error(err, path, "list the folder");
    for (struct dirent *entry; (entry = readdir(dir)) != NULL;)
        if (strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0)
            list_push(ctx, names, mem_strdup(ctx, entry->d_name));
    closedir(dir);
    if (names->n > 0)
        qsort(names->v, names->n, sizeof names->v[0], compare_names);
    return true;
}

static int remove_entry(const char *path, const struct stat *st, int flag, struct FTW *ftw)
{
    (void)st, (void)flag, (void)ftw;
    return remove(path);
}

bool dir_remove(const char *path, Error *err)
{
    struct stat st;
    if (lstat(path, &st) != 0 && errno == ENOENT)
        return true;
    if (nftw(path, remove_entry, 16, FTW_DEPTH | FTW_PHYS) != 0)
        return system_error(err, path, "remove the folder");
    return true;
}

char *path_join(const void *ctx, const char *dir, const char *name)
{
    if (name[0] == '/' || strcmp(dir, ".") == 0 || dir[0] == '\0')
        return mem_strdup(ctx, name);
    return mem_printf(ctx, text_ends(dir, "/") ? "%s%s" : "%s/%s", dir, name);
}

char *path_dir(const void *ctx, const char *path)
{
    size_t len = strlen(path);
    while (len > 1 && path[len - 1] == '/')
        len--;
    while (len > 0 && path[len - 1] != '/')
        len--;
    while (len > 1 && path[len - 1] == '/')
        len--;
    return len == 0 ? mem_strdup(ctx, ".") : mem_strndup(ctx, path, len);
}

const char *path_base(const char *path)
{
    const char *slash = strrchr(path, '/');
    return slash == NULL ? path : slash + 1;
}

char *path_real(const void *ctx, const char *path)
{
    char *real = realpath(path, NULL);
    char *copy = mem_strdup(ctx, real);
    free(real);
    return copy;
}

bool path_within(const char *path, const char *dir)
{
    size_t n = strlen(dir);
    if (n == 1 && dir[0] == '/')
        return path[0] == '/';
    return strncmp(path, dir, n) == 0 && (path[n] == '\0' || path[n] == '/');
}

static bool is_link_or_missing(const char *path)
{
    struct stat st;
    return lstat(path, &st) != 0 || S_ISLNK(st.st_mode);
}

bool path_plainly_within(const char *path, const char *dir)
{
    SCRATCH void *scratch = mem_scratch();
    char *part = mem_strdup(scratch, path);
    if (!path_within(path, dir))
        return false;
    for (char *p = part + strlen(dir); *p != '\0';) {
        p += strspn(p, "/");
        size_t n = strcspn(p, "/");
        bool up = n == 2 && p[0] == '.' && p[1] == '.';
        char after = p[n];
        p[n] = '\0';
        if (up || is_link_or_missing(part))
            return false;
        p[n] = after;
        p += n;
    }
    return true;
}

const char *path_relative(const char *path, const char *dir)
{
    size_t n = strlen(dir);
    return path_within(path, dir) && path[n] == '/' ? path + n + 1 : path;
}

const char *path_shown(const char *path)
{
    SCRATCH void *scratch = mem_scratch();
    return path_relative(path, path_cwd(scratch));
}

char *path_cwd(const void *ctx)
{
    char *cwd = getcwd(NULL, 0);
    char *copy = mem_strdup(ctx, cwd == NULL ? "/" : cwd);
    free(cwd);
    return copy;
}
