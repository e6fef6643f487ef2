/* ui/ui.h: how the program talks to a person or a program.
 *
 * Results go to stdout, everything else to stderr (base/log.h). Colour only on a terminal and without NO_COLOR; prompts
 * only when stdin and stderr are terminals, CI is not set and PGMI_NON_INTERACTIVE is not 1. */
#ifndef UI_UI_H
#define UI_UI_H

#include "base/error.h"
#include "base/str.h"

#include <jansson.h>
#include <stdbool.h>
#include <stdint.h>

/* Called once by main, and again once the flags are read. */
void ui_start(bool color_wanted);

/* From now on nobody is asked (--no-tty). */
void ui_never_ask(void);

/* Did everything that was printed arrive? A reader that went away (a closed pipe) is no failure. */
bool ui_finish(Error *err);

/* Prints results, redacted. */
void ui_print(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* Prints SQL as it is, for it is to be run elsewhere: nothing is redacted. */
void ui_print_sql(const char *text);

/* One JSON document on stdout, indented by 2, keys in the order of insertion, redacted, with a newline. Takes over
 * `document`. */
void ui_json(json_t *document);

/* The failure as JSON: {"exit": 13, "class": "sql", "sqlstate": …, "message": …, "file": …, "line": …, "errors": […]}; what
 * is not known is left out. New reference. */
json_t *ui_error_json(const Error *err);

/* Styles for stdout: "" when there is no colour there. Static. */
typedef enum UiStyle { UI_PLAIN, UI_BOLD, UI_DIM, UI_GOOD, UI_BAD, UI_WARN } UiStyle;
const char *ui_style(UiStyle style);

/* Columns of the terminal that stdout is; 96 where it is none. */
int ui_width(void);

/* Columns that a terminal gives a UTF-8 text: combining characters take none, wide ones two. */
int ui_text_width(const char *text);

/* A table with aligned columns: cells are added row by row. Widths count characters, not bytes. */
typedef struct UiTable UiTable;
UiTable *ui_table_new(const void *ctx, int columns, const char *const headings[]); /* headings NULL: no heading line */
void ui_table_cell(UiTable *t, UiStyle style, const char *fmt, ...) __attribute__((format(printf, 3, 4)));
void ui_table_print(UiTable *t); /* to stdout */

/* Can a person be asked? */
bool ui_interactive(void);

/* Asks on stderr, reads a line; true for y/yes. ERR_REFUSED when the person declines or (with a hint to pass --yes)
 * cannot be asked; ERR_INTERRUPTED when a signal came instead of an answer. */
bool ui_confirm(Error *err, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* Asks on stderr for a word that must be typed exactly. ERR_REFUSED for any other, for none, and when nobody can be asked;
 * ERR_INTERRUPTED when a signal came; ERR_TIMEOUT once `deadline_ms` on clock_ms() is past (0: never). */
bool ui_confirm_word(Error *err, const char *word, int64_t deadline_ms, const char *fmt, ...)
    __attribute__((format(printf, 4, 5)));

/* A password from the terminal without echo; made known to redact_value(). */
char *ui_ask_password(const void *ctx, const char *prompt, Error *err);

/* One line on stderr that tells how far we are, shown only on a terminal, only once a second has gone by since
 * ui_progress_start, redrawn at most ten times a second. */
void ui_progress_start(const char *what, size_t total);
void ui_progress_step(size_t done, const char *item);
void ui_progress_end(void);

#endif
