/* madeup/world.c: see world.h. */
#include "world.h"

#include "pair.h"
#include "sql/quote.h"

#include <string.h>

/* ---- choices ---- */

/* Source: the finalizer of SplitMix64 (Steele, Lea, Flood 2014). */
uint64_t mix(uint64_t a, uint64_t b)
{
    uint64_t z = a * 0x9e3779b97f4a7c15u + b + 0x9e3779b97f4a7c15u;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

uint64_t hash_text(const char *text)
{
    uint64_t hash = 0xcbf29ce484222325u; /* FNV-1a */
    for (; *text != '\0'; text++)
        hash = (hash ^ (unsigned char)*text) * 0x100000001b3u;
    return hash;
}

/* Most things are the same on both sides, some differ a little, a few wholly. */
Thing thing(const World *w, const char *what, unsigned number)
{
    uint64_t key = mix(mix(w->seed, hash_text(what)), number);
    unsigned r = (unsigned)(mix(key, 1) % 100);
    switch (pair_style(w->seed)) {
    case PAIR_UNRELATED: return (Thing){key, 100};
    case PAIR_FEW: return (Thing){key, r < 90 ? 0 : r < 97 ? 15 : 50};
    case PAIR_MANY: break;
    }
    return (Thing){key, r < 45 ? 0 : r < 75 ? 8 : r < 95 ? 25 : 100};
}

Thing part(const Thing *whole, const char *what, unsigned number)
{
    uint64_t key = mix(mix(whole->key, hash_text(what)), number);
    static const unsigned shares[] = {0, 1, 1, 2};
    unsigned heat = whole->heat == 100 ? 100 : whole->heat * shares[mix(key, 1) % 4];
    return (Thing){key, heat > 100 ? 100 : heat};
}

static uint64_t choose(const World *w, const Thing *t, const char *slot)
{
    uint64_t key = mix(t->key, hash_text(slot));
    bool anew = w->is_new && mix(key, 2) % 100 < t->heat;
    return mix(key, anew ? 4 : 3);
}

unsigned pick(const World *w, const Thing *t, const char *slot, unsigned n)
{
    return (unsigned)(choose(w, t, slot) % n);
}

bool chance(const World *w, const Thing *t, const char *slot, unsigned percent)
{
    return pick(w, t, slot, 100) < percent;
}

const char *pick_text(const World *w, const Thing *t, const char *slot, const char *const *texts, unsigned n)
{
    return texts[pick(w, t, slot, n)];
}

const Made *refer_any(const World *w, const Thing *t, const char *slot, const Group *groups, unsigned n)
{
    uint64_t key = choose(w, t, slot), best = 0;
    const Made *chosen = NULL;
    for (unsigned g = 0; g < n; g++) {
        const MadeList *list = &w->made[groups[g]];
        for (size_t i = 0; i < list->n; i++) {
            uint64_t weight = mix(key, list->v[i]->key);
            if (chosen == NULL || weight > best) {
                chosen = list->v[i];
                best = weight;
            }
        }
    }
    return chosen;
}

const Made *refer(const World *w, const Thing *t, const char *slot, Group group)
{
    return refer_any(w, t, slot, &group, 1);
}

/* ---- names ---- */

static const char *const plain[] = {"item", "account", "ledger", "node", "leaf", "person", "stock", "town"};

static const char *const hurtful[] = {
    "order", "select", "User", "MiXed", "two words", "q\"uote", "dot.ted", "semi;colon", "dash--dash", "star/*", "*/", "back\\slash",
    "dollar$$", "new\nline", "tab\t", "été_ü", "Привет", "表", "😀", "%s%n", "{id}", "{name}", "public", "1st", "'single'", "null",
    "column", "table", "to", " lead", "trail ", ":v", "$1", "NOT VALID", "(paren", ") USING btree (", "CONCURRENTLY", "WITHOUT OVERLAPS",
    "x DROP y", "ADD VALUE", " VALIDATE CONSTRAINT ", "(ARRAY[1])::x", "a,b", "e'", " ON ", " TO ", "\"\"", "default", "x_seq", "x_pkey",
    "a_name_that_takes_all_of_the_sixty_three_bytes_that_it_may_take_", "ééééééééééééééééééééééééééééééé", "[]", "text", "integer", "_",
};

const char *made_name(const World *w, const Thing *t)
{
    enum { NAME_MAX_BYTES = 63 };
    static const char *const ends[] = {"", "1", "2", "3", "_4", "_5", "6", "7"};
    bool hurts = chance(w, t, "hurts", 40);
    const char *stem = hurts ? pick_text(w, t, "stem", hurtful, sizeof hurtful / sizeof hurtful[0])
                             : pick_text(w, t, "stem", plain, sizeof plain / sizeof plain[0]);
    const char *end = pick_text(w, t, "end", ends, sizeof ends / sizeof ends[0]);
    size_t len = 0, most = NAME_MAX_BYTES - strlen(end);
    for (size_t n; stem[len] != '\0' && len + (n = utf8_sequence(stem + len, strlen(stem + len))) <= most;)
        len += n;
    return textf(w, "%.*s%s", (int)len, stem, end);
}

/* ---- making ---- */

static char *vtextf(const World *w, const char *fmt, va_list args) __attribute__((format(printf, 2, 0)));
static char *vtextf(const World *w, const char *fmt, va_list args)
{
    return mem_vprintf(w->ctx, fmt, args);
}

char *textf(const World *w, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    char *text = vtextf(w, fmt, args);
    va_end(args);
    return text;
}

void say(World *w, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    list_push(w->ctx, &w->statements, vtextf(w, fmt, args));
    va_end(args);
}

void say_row(World *w, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    list_push(w->ctx, &w->rows, vtextf(w, fmt, args));
    va_end(args);
}

char *fill(const World *w, const char *pattern, const char *text)
{
    Str out = str_new(w->ctx);
    for (; *pattern != '\0'; pattern++) {
        if (*pattern == '@')
            str_add(&out, text);
        else
            str_add_char(&out, *pattern);
    }
    return out.text;
}

const char *quoted(const World *w, const char *literal)
{
    return sql_literal(w->ctx, literal);
}

static Made *new_made(const World *w, const Thing *t)
{
    Made *m = mem_new(w->ctx, Made);
    m->key = t->key;
    m->name = made_name(w, t);
    m->id = sql_ident(w->ctx, m->name);
    return m;
}

Made *make_alone(const World *w, const Thing *t)
{
    Made *m = new_made(w, t);
    m->schema = w->many_schemas ? refer(w, t, "schema", GROUP_SCHEMA)->name : w->schema;
    if (w->many_schemas)
        m->id = sql_qualified(w->ctx, m->schema, m->name);
    return m;
}

Made *make(World *w, const Thing *t, Group group, bool in_schema)
{
    Made *m = in_schema ? make_alone(w, t) : new_made(w, t);
    m->group = group;
    list_push(w->ctx, &w->made[group], m);
    return m;
}

/* ---- what every kind may have ---- */

void comment_on(World *w, const Thing *t, const char *call)
{
    static const char *const comments[] = {"a comment", "it's", "line\nbreak", "back\\slash", "$$", "été 😀", "-- no comment", "%s {id}"};
    if (chance(w, t, "comment", 12))
        say(w, "COMMENT ON %s IS %s", call, quoted(w, pick_text(w, t, "comment text", comments, 8)));
}

static const char *role(const World *w, const Thing *t, const char *slot)
{
    return PICK(w, t, slot, MADEUP_ROLES);
}

/* Whether an owner is said depends on the name alone: where none is said the one that is there stays. */
void give_owner(World *w, const Thing *t, const char *call)
{
    const char *id = call;
    while (*id == ' ' || (*id >= 'A' && *id <= 'Z'))
        id++;
    if (mix(w->seed, hash_text(id)) % 100 < 5)
        say(w, "ALTER %s OWNER TO %s", call, role(w, t, "owner"));
}

void give_privileges(World *w, const Thing *t, const char *grant, const char *some, const char *more)
{
    const char *grantee = role(w, t, "grantee");
    switch (pick(w, t, "granted", 12)) {
    case 0: say(w, "GRANT %s ON %s TO %s", some, grant, grantee); break;
    case 1: say(w, "GRANT %s ON %s TO %s WITH GRANT OPTION", more, grant, grantee); break;
    case 2: say(w, "GRANT ALL ON %s TO PUBLIC", grant); break;
    case 3: say(w, "REVOKE ALL ON %s FROM PUBLIC", grant); break;
    case 4: say(w, "REVOKE %s ON %s FROM CURRENT_USER", some, grant); break;
    default: break;
    }
}

void adorn(World *w, const Thing *t, const char *call, const char *grant, const char *some, const char *more)
{
    comment_on(w, t, call);
    if (grant != NULL)
        give_privileges(w, t, grant, some, more);
    give_owner(w, t, call);
}
