/* project/session/exclude.c: see exclude.h. */
#include "project/session/exclude.h"

#include "base/file.h"
#include "base/glob.h"
#include "project/session/textfile.h"

#include <string.h>
#include <sys/stat.h>

static const char file_name[] = ".deployignore";
enum { FILE_MAX = 1024 * 1024 };

void exclude_rule_parse(const void *ctx, View pattern, ExcludeRule *rule)
{
    *rule = (ExcludeRule){.folders_only = pattern.len > 0 && pattern.p[pattern.len - 1] == '/'};
    pattern.len -= rule->folders_only;
    rule->is_path = pattern.len > 0 && memchr(pattern.p, '/', pattern.len) != NULL;
    bool from_root = pattern.len > 0 && pattern.p[0] == '/';
    rule->pattern = mem_strndup(ctx, pattern.p + from_root, pattern.len - from_root);
}

bool exclude_rule_matches(const ExcludeRule *rule, const char *path, bool is_folder)
{
    return (is_folder || !rule->folders_only) && glob_matches(rule->pattern, rule->is_path ? path : path_base(path));
}

static bool add_rule(const void *ctx, View text, View line, ExcludeRuleList *rules, Error *err)
{
    if (line.len == 0 || line.p[0] == '#')
        return true;
    if (line.p[0] == '!') {
        error_set(err, ERR_CONFIG, "patterns leave files out, and none takes that back");
        error_hint(err, "name more closely what is to be left out");
        error_place_in(err, file_name, text, line.p);
        return false;
    }
    ExcludeRule rule;
    exclude_rule_parse(ctx, line, &rule);
    list_push(ctx, rules, rule);
    return true;
}

bool exclude_read(const void *ctx, int dir, ExcludeRuleList *rules, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    TextFile file = {.ctx = scratch};
    struct stat st;
    if (fstatat(dir, file_name, &st, 0) != 0)
        return true;
    if (!textfile_read_at(&file, dir, file_name, file_name, FILE_MAX, err))
        return false;
    const char *end = file.text.p + file.text.len;
    bool ok = true;
    for (const char *p = file.text.p, *next; p < end; p = next) {
        const char *newline = memchr(p, '\n', (size_t)(end - p));
        next = newline == NULL ? end : newline + 1;
        ok = add_rule(ctx, file.text, view_trim((View){p, (size_t)(next - p)}), rules, err) && ok;
    }
    return ok;
}

bool exclude_matches(const ExcludeRuleList *rules, const char *path, bool is_folder)
{
    for (size_t i = 0; i < rules->n; i++)
        if (exclude_rule_matches(&rules->v[i], path, is_folder))
            return true;
    return false;
}
