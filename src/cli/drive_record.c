/* cli/drive_record.c: see drive_record.h. */
#include "cli/drive_record.h"

#include "cli/drive_preview.h"

bool drive_schemas(SchemaSession *s, Invocation *inv, Error *err)
{
    s->inv = inv;
    return (!flag_given(inv, "schema") || schema_names(inv, &s->schemas, err)) &&
           schema_ignore_rules(inv, &s->rules, err);
}

static bool save_state(void *arg, History *h, const Audit *a, Error *err)
{
    SchemaSession s = *(const SchemaSession *)arg;
    s.conn = h->conn;
    return schema_save_state(&s, h, a, err);
}

/* The flag has a default, which is meant for schemas. */
static bool is_wanted(const Driving *d)
{
    return !drive_previews(d->inv) && (flag_given(d->inv, "record") ? flag_bool(d->inv, "record") : d->settings.record);
}

bool drive_record(Driving *d, Error *err)
{
    if (!is_wanted(d))
        return true;
    d->chronicle =
        (ChronicleOptions){.command = session_command_line(d->inv), .save_state = save_state, .arg = &d->recorded};
    d->options.chronicle = &d->chronicle;
    return drive_schemas(&d->recorded, d->inv, err);
}
