/* plan/changed.c: deployed scripts that were edited; see plan.h. */
#include "plan/plan.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

enum { BUFFER_SIZE = 65536 };

/* Digest of a file's bytes; "" when it cannot be read. A read that does not fill the buffer was the last. */
static void hash_file(Digest *digest, char *buffer, const char *path, char hex[DIGEST_HEX_MAX])
{
    hex[0] = '\0';
    int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
    if (fd < 0)
        return;
    ssize_t n;
    do {
        n = read(fd, buffer, BUFFER_SIZE);
        if (n > 0)
            digest_add(digest, buffer, (size_t)n);
    } while (n == BUFFER_SIZE || (n < 0 && errno == EINTR));
    close(fd);
    digest_hex(digest, hex);
    if (n < 0)
        hex[0] = '\0';
}

/* A hash taken over from another tool says so by a prefix: "sha1:…". */
static bool is_known(const Deployed *d, DigestKind kind)
{
    size_t want = kind == DIGEST_SHA1 ? 40 : 64;
    return strlen(d->script_hash) == want;
}

void plan_hash_scripts(const ModuleList *modules, DigestKind kind)
{
    SCRATCH void *scratch = mem_scratch();
    Digest *digest = digest_new(scratch, kind);
    char *buffer = mem_resize(scratch, NULL, 1, BUFFER_SIZE), hex[DIGEST_HEX_MAX];
    for (size_t m = 0; m < modules->n; m++)
        for (size_t i = 0; i < modules->v[m]->changes.n; i++) {
            Change *c = modules->v[m]->changes.v[i];
            hash_file(digest, buffer, c->deploy, hex);
            c->deploy_hash = mem_strdup(c->module, hex);
        }
}

void plan_changed(const void *ctx, const History *h, const ModuleList *modules, ChangedList *out)
{
    SCRATCH void *scratch = mem_scratch();
    Digest *digest = digest_new(scratch, h->format->digest);
    char *buffer = mem_resize(scratch, NULL, 1, BUFFER_SIZE);
    for (size_t i = 0; i < h->deployed.n; i++) {
        Deployed *d = h->deployed.v[i];
        bool wanted = false;
        for (size_t m = 0; d->change != NULL && m < modules->n; m++)
            wanted = wanted || modules->v[m] == d->change->module;
        if (!wanted || !is_known(d, h->format->digest))
            continue;
        ChangedScript changed = {.deployed = d};
        if (d->change->deploy_hash != NULL)
            snprintf(changed.hash, sizeof changed.hash, "%s", d->change->deploy_hash);
        else
            hash_file(digest, buffer, d->change->deploy, changed.hash);
        if (strcmp(changed.hash, d->script_hash) != 0)
            list_push(ctx, out, changed);
    }
}
