/* cli/dump.c: dump. */
#include "schema/dump.h"

#include "base/file.h"
#include "cli/schema_session.h"
#include "cli/session.h"
#include "cli/verbs.h"
#include "schema/load.h"
#include "ui/ui.h"

#include <string.h>

bool run_dump(Invocation *inv, Error *err)
{
    Session s = {0};
    TextList schemas = {0};
    if (!schema_names(inv, &schemas, err) || !session_connect(&s, inv, false, err))
        return false;
    Model *model = schema_load(inv, s.conn, &schemas, err);
    if (model == NULL)
        return false;
    DumpOptions options = {.without_headings = !flag_bool(inv, "comments"), .owners = flag_bool(inv, "owners")};
    char *text = schema_dump(inv, model, &options);
    const char *file = flag_text(inv, "file");
    if (file != NULL)
        return file_write(file, text, strlen(text), err);
    ui_print_sql(text);
    return true;
}
