/* project/extensions.h: extensions.json, which says where a module wants its native extensions and who may use them.
 *
 *     {"provides": {"citext": {"schema": "ext", "createSchema": true,
 *                              "grants": [{"privileges": "USAGE", "on": "schema", "to": ["app"]}]}}} */
#ifndef PROJECT_EXTENSIONS_H
#define PROJECT_EXTENSIONS_H

#include "project/project.h"

/* Adds what the file provides to module->provides, owned by the module. ERR_CONFIG when the text is no such file. */
bool extensions_parse(Module *module, const char *text, size_t len, const char *path, Error *err);

#endif
