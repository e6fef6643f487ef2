/* ui/table.c: aligned columns; see ui.h. */
#include "base/list.h"
#include "ui/ui.h"

#include <stdarg.h>

typedef struct Cell {
    UiStyle style;
    const char *text;
    int width;
} Cell;

struct UiTable {
    int columns;
    LIST(Cell) cells;
    int *widths;
};

static void add_cell(UiTable *t, UiStyle style, char *text)
{
    Cell cell = {.style = style, .text = text, .width = ui_text_width(text)};
    int column = (int)(t->cells.n % (size_t)t->columns);
    if (cell.width > t->widths[column])
        t->widths[column] = cell.width;
    list_push(t, &t->cells, cell);
}

UiTable *ui_table_new(const void *ctx, int columns, const char *const headings[])
{
    UiTable *t = mem_new(ctx, UiTable);
    t->columns = columns;
    t->widths = mem_array(t, int, (size_t)columns);
    for (int i = 0; headings != NULL && i < columns; i++)
        add_cell(t, UI_BOLD, mem_strdup(t, headings[i]));
    return t;
}

void ui_table_cell(UiTable *t, UiStyle style, const char *fmt, ...)
{
    va_list args;
    va_start(args, fmt);
    add_cell(t, style, mem_vprintf(t, fmt, args));
    va_end(args);
}

void ui_table_print(UiTable *t)
{
    for (size_t i = 0; i < t->cells.n; i++) {
        const Cell *c = &t->cells.v[i];
        int column = (int)(i % (size_t)t->columns);
        bool last = column == t->columns - 1;
        const char *before = c->style == UI_PLAIN ? "" : ui_style(c->style);
        ui_print("%s%s%s%*s", before, c->text, *before != '\0' ? ui_style(UI_PLAIN) : "",
                 last ? 0 : t->widths[column] - c->width + 2, "");
        if (last)
            ui_print("\n");
    }
}
