/* schema/making.h: the functions of kinds[] that write statements; make_*.c. Not for other floors. */
#ifndef SCHEMA_MAKING_H
#define SCHEMA_MAKING_H

#include "schema/script.h"

typedef struct SequenceOptions {
    const char *type, *start, *increment, *minimum, *maximum, *cache;
    bool cycle;
} SequenceOptions;

/* " INCREMENT BY 2 …": those that are not the defaults, or all. */
void sequence_options(Str *out, const SequenceOptions *options, bool always);

/* Makes a sequence's options the new ones. */
void change_sequence(Script *script, const char *name, const SequenceOptions *old, const SequenceOptions *new);

void create_enum(Script *script, const Object *o);
void alter_enum(Script *script, const Object *old, const Object *new);
bool enum_needs_rebuild(const Object *old, const Object *new);
void create_composite(Script *script, const Object *o);
bool composite_needs_rebuild(const Object *old, const Object *new);
/* What belongs to a range type gets out of the way, too; the type is named `spare_id` by then. */
void rename_range_parts(Script *script, const Object *o, const char *spare_id, const char *spare_name);
void create_domain(Script *script, const Object *o);
void alter_domain(Script *script, const Object *old, const Object *new);
void create_domain_constraint(Script *script, const Object *o);
void alter_domain_constraint(Script *script, const Object *old, const Object *new);
void create_sequence(Script *script, const Object *o);
void alter_sequence(Script *script, const Object *old, const Object *new);
void create_family_member(Script *script, const Object *o);
void create_ts_mapping(Script *script, const Object *o);
void create_with_options(Script *script, const Object *o);
void alter_foreign_options(Script *script, const Object *old, const Object *new);

void create_function(Script *script, const Object *o);
void replace_function(Script *script, const Object *old, const Object *new);
bool function_needs_rebuild(const Object *old, const Object *new);
void create_rule(Script *script, const Object *o);
void create_trigger(Script *script, const Object *o);
void replace_trigger(Script *script, const Object *old, const Object *new);
bool trigger_needs_rebuild(const Object *old, const Object *new);
void create_policy(Script *script, const Object *o);
void alter_policy(Script *script, const Object *old, const Object *new);
bool policy_needs_rebuild(const Object *old, const Object *new);
void create_publication(Script *script, const Object *o);
void create_publication_member(Script *script, const Object *o);

void create_table(Script *script, const Object *o);
void alter_table(Script *script, const Object *old, const Object *new);
bool table_needs_rebuild(const Object *old, const Object *new);
void create_column(Script *script, const Object *o);

/* Is the column just as its table gets it, or would get it, from those above? True where there is none above. */
bool column_is_as_above(const Object *column);

/* What such a column says otherwise, once it has come from there. */
void column_follow(Script *script, const Object *column);
void drop_column(Script *script, const Object *o);

/* Of the table's column alone: those of its children are their own. set_default() drops it where the column has none. */
void set_default(Script *script, const Object *column);
void drop_default(Script *script, const Object *column);
void alter_column(Script *script, const Object *old, const Object *new);
bool column_needs_rebuild(const Object *old, const Object *new);
void create_inheritance(Script *script, const Object *o);
void create_partition(Script *script, const Object *o);
void detach_partition(Script *script, const Object *o);

void create_constraint(Script *script, const Object *o);
void drop_constraint(Script *script, const Object *o);
void validate_constraint(Script *script, const Object *o);
void alter_constraint(Script *script, const Object *old, const Object *new);
bool constraint_needs_rebuild(const Object *old, const Object *new);
void create_index(Script *script, const Object *o);
void alter_index(Script *script, const Object *old, const Object *new);
bool index_needs_rebuild(const Object *old, const Object *new);
void create_index_partition(Script *script, const Object *o);
void create_statistics(Script *script, const Object *o);

void create_view(Script *script, const Object *o);
void alter_view(Script *script, const Object *old, const Object *new);
bool view_needs_rebuild(const Object *old, const Object *new);

/* Does the attribute differ? */
bool differs(const Object *old, const Object *new, const char *attribute);

/* "ONLY " where children keep what the table loses. */
const char *only_where_kept(const Script *script, const Object *part);

/* An index of a partitioned table that not every partition has: the server makes it whole once the last one is attached. */
bool is_incomplete(const Object *index);

/* Is this part written into its table's CREATE TABLE, unless that is put off? */
bool is_inline(const Object *part);

#endif
