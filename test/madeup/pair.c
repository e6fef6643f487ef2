/* madeup/pair.c: see pair.h. */
#include "pair.h"

#include "world.h"

/* What is made, in this order, and how many of it at most. What is of no schema is left alone by plans of one schema, and so
 * made for all schemas only. */
static const struct {
    const char *what;
    MakeFunction *make;
    unsigned most;
    bool database_wide;
} makers[] = {
    {"default privileges", make_default_privileges, 2, false},
    {"extension", make_extension, 1, true},
    {"collation", make_collation, 2, false},
    {"enum", make_enum, 3, false},
    {"composite", make_composite, 3, false},
    {"range", make_range, 2, false},
    {"checker", make_checker, 2, false},
    {"maker", make_maker, 2, false},
    {"domain", make_domain, 3, false},
    {"composite of domains", make_composite, 1, false},
    {"trigger function", make_trigger_function, 2, false},
    {"event function", make_event_function, 1, false},
    {"function", make_function, 3, false},
    {"procedure", make_procedure, 2, false},
    {"aggregate", make_aggregate, 2, false},
    {"operator", make_operator, 2, false},
    {"operator class", make_operator_class, 2, false},
    {"cast", make_cast, 2, true},
    {"dictionary", make_ts_dictionary, 2, false},
    {"configuration", make_ts_configuration, 2, false},
    {"wrapper", make_wrapper, 1, true},
    {"server", make_server, 2, true},
    {"sequence", make_sequence, 3, false},
    {"table", make_table, 4, false},
    {"child", make_child, 3, false},
    {"typed", make_typed, 1, false},
    {"partitioned", make_partitioned, 2, false},
    {"temporal", make_temporal, 1, false},
    {"foreign table", make_foreign_table, 2, true},
    {"foreign key", make_foreign_key, 3, false},
    {"owned", make_owned, 2, false},
    {"row function", make_row_function, 2, false},
    {"reader", make_reader, 2, false},
    {"late default", make_late_default, 2, false},
    {"view", make_view, 3, false},
    {"materialized", make_materialized, 2, false},
    {"view function", make_row_function, 1, false},
    {"view reader", make_reader, 1, false},
    {"view of views", make_view, 2, false},
    {"index", make_index, 6, false},
    {"statistics", make_statistics, 2, false},
    {"settings", make_settings, 3, false},
    {"rule", make_rule, 2, false},
    {"trigger", make_trigger, 4, false},
    {"policy", make_policy, 3, false},
    {"publication", make_publication, 2, true},
    {"event trigger", make_event_trigger, 1, true},
};

PairStyle pair_style(uint64_t seed)
{
    unsigned r = (unsigned)(mix(seed, hash_text("style")) % 10);
    return r < 5 ? PAIR_MANY : r < 8 ? PAIR_FEW : PAIR_UNRELATED;
}

/* Each pair has some of the kinds, so that the few it has meet one another often; tables in nearly all. */
static bool is_of_pair(uint64_t seed, const char *what)
{
    unsigned percent = hash_text(what) == hash_text("table") ? 90 : 50;
    return mix(seed, hash_text(what)) % 100 < percent;
}

static World make_world(const void *ctx, const Pair *pair, bool is_new)
{
    World w = {.ctx = ctx, .seed = pair->seed, .is_new = is_new, .many_schemas = pair->many_schemas, .schema = pair->schema};
    if (w.many_schemas)
        make_schemas(&w);
    for (size_t m = 0; m < sizeof makers / sizeof makers[0]; m++) {
        if (!is_of_pair(w.seed, makers[m].what) || (makers[m].database_wide && !w.many_schemas))
            continue;
        for (unsigned i = 0; i < makers[m].most; i++) {
            Thing t = thing(&w, makers[m].what, i);
            if (chance(&w, &t, "exists", 65))
                makers[m].make(&w, &t);
        }
    }
    return w;
}

/* One pair of sixteen comes from nothing. */
Pair *pair_make(const void *ctx, uint64_t seed)
{
    static const char *const names[] = {"public", "public", "public", "Sch\"ema", "tenant.1", "été"};
    Pair *pair = mem_new(ctx, Pair);
    pair->seed = seed;
    pair->many_schemas = mix(seed, hash_text("many")) % 2 == 0;
    if (!pair->many_schemas)
        pair->schema = names[mix(seed, hash_text("schema")) % 6];
    World old = make_world(pair, pair, false), new = make_world(pair, pair, true);
    if (mix(seed, hash_text("nothing")) % 16 != 0) {
        pair->old = old.statements;
        pair->rows = old.rows;
    }
    pair->new = new.statements;
    return pair;
}
