/* deploy/suite_tasks.c: see suite_tasks.h.
 *
 * What each module requires, in the order of deployment, is a path; the paths of all modules make a tree. Where a
 * path ends or divides, two users or more make a base worth its while. */
#include "deploy/suite_tasks.h"

#include <ctype.h>
#include <string.h>

/* Bytes of a database's name (NAMEDATALEN - 1, less what an upgrade's database adds to it). */
enum { NAME_MAX_BYTES = 55 };

typedef struct Node {
    struct Node *parent;
    ModuleList path;
    size_t users; /* modules whose path ends here, and ways on */
    Task *task;   /* NULL: not worth it */
} Node;

/* prefix + name in lower case with _ for whatever is no letter and no digit, cut to fit, and unlike those before it. */
static const char *database_name(const void *ctx, Map *taken, const char *prefix, const char *module)
{
    char *name = mem_printf(ctx, "%s%.*s", prefix, NAME_MAX_BYTES, module);
    for (char *p = name; *p != '\0'; p++)
        *p = (char)(isalnum((unsigned char)*p) ? tolower((unsigned char)*p) : '_');
    const char *unique = mem_printf(ctx, "%.*s", NAME_MAX_BYTES, name);
    for (int n = 2; map_has(taken, unique); n++)
        unique = mem_printf(ctx, "%.*s_%d", NAME_MAX_BYTES - 8, name, n);
    map_set(taken, unique, taken);
    return unique;
}

static bool required_by(const void *ctx, Workspace *ws, Module *m, ModuleList *required, Error *err)
{
    OrderList order = {0};
    ModuleList root = {.v = &m, .n = 1};
    if (!workspace_order(ctx, ws, &root, &order, err))
        return false;
    for (size_t i = 0; i < order.n; i++)
        if (order.v[i].module != NULL && order.v[i].module != m)
            list_push(ctx, required, order.v[i].module);
    return true;
}

/* The node at the end of the path; those on the way are made where they are missing. */
static Node *node_at(const void *ctx, Map *nodes, Node *root, const ModuleList *path)
{
    Str key = str_new(ctx);
    Node *at = root;
    for (size_t i = 0; i < path->n; i++) {
        str_addf(&key, "%s\n", path->v[i]->name);
        Node *next = map_get(nodes, key.text);
        if (next == NULL) {
            next = mem_new(ctx, Node);
            next->parent = at;
            next->path = (ModuleList){.v = path->v, .n = i + 1};
            map_set(nodes, key.text, next);
            at->users++;
        }
        at = next;
    }
    at->users++;
    return at;
}

static Task *nearest_base(const Node *node)
{
    while (node != NULL && node->task == NULL)
        node = node->parent;
    return node == NULL ? NULL : node->task;
}

static Task *add_task(const void *ctx, TaskList *tasks, Module *m, ModuleList required, const char *database)
{
    Task *t = mem_new(ctx, Task);
    *t = (Task){.module = m, .required = required, .database = database};
    list_push(ctx, tasks, t);
    return t;
}

/* Nodes come in the order in which they were made: each after those on the way to it. */
static void add_bases(const void *ctx, const Map *nodes, const char *prefix, TaskList *tasks)
{
    const void *cursor = NULL;
    const char *key;
    void *value;
    while (map_next(nodes, &cursor, &key, &value)) {
        Node *node = value;
        if (node->users < 2)
            continue;
        Task *from = nearest_base(node->parent);
        /* no module's database has a + in its name */
        node->task = add_task(ctx, tasks, NULL, node->path,
                              mem_printf(ctx, "%.*s+base%zu", NAME_MAX_BYTES - 24, prefix, tasks->n + 1));
        node->task->from = from;
    }
}

bool suite_tasks(const void *ctx, const CycleOptions *o, const ModuleList *modules, const ModuleList *covered,
                 TaskList *tasks, Error *err)
{
    Map *nodes = map_new(ctx), *taken = map_new(ctx);
    Node root = {0};
    size_t n = modules->n + covered->n;
    Node **ends = mem_array(ctx, Node *, n + 1);
    for (size_t i = 0; i < n; i++) {
        ModuleList required = {0};
        Module *m = i < modules->n ? modules->v[i] : covered->v[i - modules->n];
        if (!required_by(ctx, o->ws, m, &required, err))
            return false;
        ends[i] = node_at(ctx, nodes, &root, &required);
    }
    add_bases(ctx, nodes, o->prefix, tasks);
    for (size_t i = 0; i < n; i++) {
        Module *m = i < modules->n ? modules->v[i] : covered->v[i - modules->n];
        Task *t = add_task(ctx, tasks, m, ends[i]->path, database_name(ctx, taken, o->prefix, m->name));
        t->depth = i < modules->n ? o->depth : CYCLE_REHEARSES;
        t->from = nearest_base(ends[i]);
    }
    return true;
}

const CycleBase *task_base(const Task *task)
{
    static const CycleBase nothing;
    const Task *from = task->from;
    while (from != NULL && from->base.database == NULL)
        from = from->from;
    return from == NULL ? &nothing : &from->base;
}
