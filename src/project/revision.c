/* project/revision.c: see revision.h.
 *
 * The tree is read into an index of its own and written out from there: unlike `git archive` that leaves nothing out
 * that .gitattributes marks export-ignore, and unlike `git worktree` it leaves no trace in the repository. */
#include "project/revision.h"

#include "base/file.h"
#include "base/process.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { GIT_MAX_ARGUMENTS = 12 };

/* Runs git in `dir`. Its output without the last newline, owned by `ctx`; NULL when it did not end well, which is
 * told by `err` only where git could not be run. */
static const char *git(const void *ctx, const char *dir, const char *index, const char *const arguments[],
                       const char **said, Error *err)
{
    const char *argv[GIT_MAX_ARGUMENTS + 6] = {"env", index != NULL ? index : "--", "git", "-C", dir};
    size_t n = 5;
    ProcessOptions o = {0};
    ProcessResult result;
    for (size_t i = 0; arguments[i] != NULL && i < GIT_MAX_ARGUMENTS; i++)
        argv[n++] = arguments[i];
    argv[n] = NULL;
    *said = "";
    if (!process_run(ctx, argv, &o, &result, err))
        return NULL;
    View text = view_trim((View){result.output, result.output_len});
    *said = mem_strndup(ctx, text.p, text.len);
    return result.status == 0 ? *said : NULL;
}

typedef struct Place {
    const char *commit; /* its id */
    const char *top;    /* the repository's folder */
    const char *prefix; /* from there to the project: "", "db/" */
} Place;

static bool no_commit(const char *ref, Error *err)
{
    error_set(err, ERR_USAGE, "%s is no commit, branch or tag of this repository", ref);
    error_hint(err, "git tag and git log show what there is");
    return false;
}

static bool find_place(const void *ctx, const char *root, const char *ref, Place *place, Error *err)
{
    const char *said;
    char *commit_of = mem_printf(ctx, "%s^{commit}", ref);
    place->top = git(ctx, root, NULL, (const char *const[]){"rev-parse", "--show-toplevel", NULL}, &said, err);
    if (place->top == NULL)
        return !error_is_set(err) &&
               error_set(err, ERR_CONFIG, "%s is in no git repository: %s", path_shown(root), said);
    place->prefix = git(ctx, root, NULL, (const char *const[]){"rev-parse", "--show-prefix", NULL}, &said, err);
    if (place->prefix == NULL)
        return false;
    const char *const resolve[] = {"rev-parse", "--verify", "--quiet", commit_of, NULL};
    place->commit = ref[0] == '-' ? NULL : git(ctx, root, NULL, resolve, &said, err);
    return place->commit != NULL || (!error_is_set(err) && no_commit(ref, err));
}

static bool write_tree(const void *ctx, const Place *place, const char *ref, const char *dir, Error *err)
{
    const char *said;
    char *tree = mem_printf(ctx, "%s:%s", place->commit, place->prefix);
    char *index_file = mem_printf(ctx, "%s.index", dir), *index = mem_printf(ctx, "GIT_INDEX_FILE=%s", index_file);
    char *prefix = mem_printf(ctx, "--prefix=%s/", dir);
    bool found = git(ctx, place->top, index, (const char *const[]){"read-tree", tree, NULL}, &said, err) != NULL;
    const char *const write_out[] = {"checkout-index", "--all", "--quiet", prefix, NULL};
    bool ok = found && git(ctx, place->top, index, write_out, &said, err) != NULL;
    unlink(index_file);
    if (ok || error_is_set(err))
        return ok;
    error_set(err, found ? ERR_FAILED : ERR_USAGE,
              found ? "the files of %s cannot be written" : "%s did not have this project yet", ref);
    error_detail(err, "git: %s", said);
    return false;
}

char *revision_checkout(const void *ctx, const char *root, const char *ref, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    Place place = {0};
    Error ignored = {0};
    const char *temporary = getenv("TMPDIR");
    if (!find_place(scratch, root, ref, &place, err))
        return NULL;
    bool has_place = temporary != NULL && *temporary == '/';
    char *dir = mem_printf(ctx, "%s/pgwright-older.XXXXXX", has_place ? temporary : "/tmp");
    if (mkdtemp(dir) == NULL) {
        error_set(err, ERR_FAILED, "cannot make the folder %s: %s", dir, strerror(errno));
        return NULL;
    }
    if (write_tree(scratch, &place, ref, dir, err))
        return dir;
    dir_remove(dir, &ignored);
    error_clear(&ignored);
    return NULL;
}
