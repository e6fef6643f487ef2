/* project/renametext.c: see renametext.h. */
#include "project/renametext.h"

#include <string.h>

Renaming renaming_back(const Renaming *r)
{
    return (Renaming){
        .module = r->is_change ? r->module : r->to, .is_change = r->is_change, .from = r->to, .to = r->from};
}

static bool is_blank(char c)
{
    return c == ' ' || c == '\t' || c == '\r';
}

static bool begins(View v, const char *text)
{
    size_t n = strlen(text);
    return v.len >= n && memcmp(v.p, text, n) == 0;
}

/* Is this the change, or one of its instances ("name@tag"), or a place counted from it ("name^2")? */
static bool names_change(View v, const char *change)
{
    size_t n = strlen(change), end = n;
    if (!begins(v, change))
        return false;
    while (end < v.len && strchr("^~0123456789", v.p[end]) != NULL)
        end++;
    bool counted = end == v.len && (end == n || v.p[n] == '^' || v.p[n] == '~');
    return counted || (n < v.len && v.p[n] == '@');
}

static void add_reference(Str *out, const Renaming *r, const char *own, View v)
{
    size_t mark = v.len > 0 && v.p[0] == '!';
    View rest = {.p = v.p + mark, .len = v.len - mark};
    const char *colon = memchr(rest.p, ':', rest.len);
    size_t prefix = colon == NULL ? 0 : (size_t)(colon - rest.p) + 1;
    View project = colon == NULL ? view_of(own) : (View){.p = rest.p, .len = prefix - 1};
    View name = {.p = rest.p + prefix, .len = rest.len - prefix};
    str_add_n(out, v.p, mark);
    if (!r->is_change && colon != NULL && view_is(project, r->from))
        str_addf(out, "%s:", r->to);
    else
        str_add_n(out, rest.p, prefix);
    if (r->is_change && view_is(project, r->module) && names_change(name, r->from)) {
        str_add(out, r->to);
        name = (View){.p = name.p + strlen(r->from), .len = name.len - strlen(r->from)};
    }
    str_add_n(out, name.p, name.len);
}

char *rename_reference(const void *ctx, const Renaming *r, const char *own, View reference)
{
    Str out = str_new(ctx);
    add_reference(&out, r, own, reference);
    return out.text;
}

/* Blanks, then a word up to a blank or one of `stops`. The blanks are added to `out`. */
static View take_word(Str *out, View *rest, const char *stops)
{
    size_t n = 0;
    while (n < rest->len && is_blank(rest->p[n]))
        n++;
    str_add_n(out, rest->p, n);
    rest->p += n;
    rest->len -= n;
    View word = {.p = rest->p, .len = 0};
    while (word.len < rest->len && !is_blank(word.p[word.len]) && strchr(stops, word.p[word.len]) == NULL)
        word.len++;
    rest->p += word.len;
    rest->len -= word.len;
    return word;
}

static void add_references(Str *out, const Renaming *r, const char *own, View *rest, const char *stops)
{
    for (View word; (word = take_word(out, rest, stops)).len > 0;)
        add_reference(out, r, own, word);
}

/* %project=NAME; %uri=NAME, as pgpm writes it. */
static void add_pragma(Str *out, const Renaming *r, const char *own, View line)
{
    const char *equals = memchr(line.p, '=', line.len);
    View value = equals == NULL ? (View){0} : view_trim((View){equals + 1, line.len - (size_t)(equals + 1 - line.p)});
    View name = equals == NULL ? (View){0} : view_trim((View){line.p + 1, (size_t)(equals - line.p) - 1});
    bool renamed = !r->is_change && strcmp(own, r->from) == 0 && view_is(value, r->from) &&
                   (view_is(name, "project") || view_is(name, "uri"));
    size_t before = renamed ? (size_t)(value.p - line.p) : line.len;
    str_add_n(out, line.p, before);
    if (renamed) {
        str_add(out, r->to);
        str_add_n(out, value.p + value.len, line.len - before - value.len);
    }
}

static void add_name(Str *out, const Renaming *r, const char *own, View name)
{
    if (r->is_change && strcmp(own, r->module) == 0 && view_is(name, r->from))
        str_add(out, r->to);
    else
        str_add_n(out, name.p, name.len);
}

static void add_change_line(Str *out, const Renaming *r, const char *own, View line)
{
    View rest = line;
    if (line.p[0] == '+') {
        str_add_char(out, '+');
        rest = (View){line.p + 1, line.len - 1};
    }
    add_name(out, r, own, take_word(out, &rest, "["));
    size_t blanks = 0;
    while (blanks < rest.len && is_blank(rest.p[blanks]))
        blanks++;
    if (blanks < rest.len && rest.p[blanks] == '[') {
        str_add_n(out, rest.p, blanks + 1);
        rest = (View){rest.p + blanks + 1, rest.len - blanks - 1};
        add_references(out, r, own, &rest, "]");
    }
    str_add_n(out, rest.p, rest.len);
}

/* "@tag STAMP", or pgpm's "@tag change STAMP". */
static void add_tag_line(Str *out, const Renaming *r, const char *own, View line)
{
    View rest = line;
    View tag = take_word(out, &rest, "");
    str_add_n(out, tag.p, tag.len);
    add_name(out, r, own, take_word(out, &rest, ""));
    str_add_n(out, rest.p, rest.len);
}

static void add_plan_line(Str *out, const Renaming *r, const char *own, View line)
{
    size_t indent = 0;
    while (indent < line.len && is_blank(line.p[indent]))
        indent++;
    View rest = {line.p + indent, line.len - indent};
    str_add_n(out, line.p, indent);
    if (rest.len == 0 || rest.p[0] == '#')
        str_add_n(out, rest.p, rest.len);
    else if (rest.p[0] == '%')
        add_pragma(out, r, own, rest);
    else if (rest.p[0] == '@')
        add_tag_line(out, r, own, rest);
    else
        add_change_line(out, r, own, rest);
}

/* The next line of `rest`, without its newline. */
static View take_line(View *rest)
{
    const char *newline = memchr(rest->p, '\n', rest->len);
    View line = {rest->p, newline == NULL ? rest->len : (size_t)(newline - rest->p)};
    size_t taken = line.len + (newline != NULL);
    rest->p += taken;
    rest->len -= taken;
    return line;
}

typedef void (*AddLine)(Str *out, const Renaming *r, const char *own, View line);

static char *each_line(const void *ctx, AddLine add, const Renaming *r, const char *own, const char *text, size_t len)
{
    Str out = str_new(ctx);
    for (View rest = {text, len}; rest.len > 0;) {
        View line = take_line(&rest);
        add(&out, r, own, line);
        if (line.p + line.len < text + len)
            str_add_char(&out, '\n');
    }
    return out.text;
}

char *rename_in_plan(const void *ctx, const Renaming *r, const char *own, const char *text, size_t len)
{
    return each_line(ctx, add_plan_line, r, own, text, len);
}

/* "Deploy NAME to pg", "Deploy: NAME"; prose that begins with the word has neither colon nor preposition. */
static bool is_title(View comment, size_t *before_name)
{
    static const char *const verbs[] = {"Deploy", "Verify", "Revert"};
    static const char *const prepositions[] = {"to", "on", "from"};
    SCRATCH void *scratch = mem_scratch();
    for (size_t i = 0; i < sizeof verbs / sizeof verbs[0]; i++) {
        size_t n = strlen(verbs[i]);
        if (comment.len <= n || !view_is_nocase((View){comment.p, n}, verbs[i]))
            continue;
        bool colon = comment.p[n] == ':';
        *before_name = n + colon;
        Str ignored = str_new(scratch);
        View rest = {comment.p + *before_name, comment.len - *before_name};
        take_word(&ignored, &rest, "");
        View word = take_word(&ignored, &rest, "");
        for (size_t k = 0; !colon && k < sizeof prepositions / sizeof prepositions[0]; k++)
            colon = view_is_nocase(word, prepositions[k]);
        return colon;
    }
    return false;
}

static bool is_list(View comment, size_t *before_names)
{
    static const char *const words[] = {"requires:", "conflicts:"};
    for (size_t i = 0; i < sizeof words / sizeof words[0]; i++) {
        *before_names = strlen(words[i]);
        if (comment.len > *before_names && view_is_nocase((View){comment.p, *before_names}, words[i]))
            return true;
    }
    return false;
}

static void add_header_line(Str *out, const Renaming *r, const char *own, View line)
{
    View comment = view_trim(line);
    size_t dashes = 0, before;
    while (dashes < comment.len && (comment.p[dashes] == '-' || is_blank(comment.p[dashes])))
        dashes++;
    comment = (View){comment.p + dashes, comment.len - dashes};
    bool title = is_title(comment, &before), list = !title && is_list(comment, &before);
    size_t head = title || list ? (size_t)(comment.p - line.p) + before : line.len;
    View rest = {line.p + head, line.len - head};
    str_add_n(out, line.p, head);
    if (title)
        add_reference(out, r, own, take_word(out, &rest, ""));
    if (list)
        add_references(out, r, own, &rest, "");
    str_add_n(out, rest.p, rest.len);
}

/* How far the comments and empty lines go that a script begins with. */
static size_t header_length(const char *text, size_t len)
{
    bool bom = len >= 3 && memcmp(text, "\xEF\xBB\xBF", 3) == 0;
    size_t start = bom ? 3 : 0;
    View rest = {text + start, len - start};
    while (rest.len > 0) {
        View before = rest, line = view_trim(take_line(&rest));
        if (line.len > 0 && !begins(line, "--"))
            return (size_t)(before.p - text);
    }
    return len;
}

char *rename_in_header(const void *ctx, const Renaming *r, const char *own, const char *text, size_t len)
{
    SCRATCH void *scratch = mem_scratch();
    size_t head = header_length(text, len);
    Str out = str_new(ctx);
    str_add(&out, each_line(scratch, add_header_line, r, own, text, head));
    str_add_n(&out, text + head, len - head);
    return out.text;
}

/* Each word of the text between `stops`, exchanged when it is the name or, with `tail`, begins with name and tail. */
static void add_words(Str *out, const Renaming *r, const char *tail, const char *stops, View text)
{
    for (size_t i = 0; i < text.len;) {
        size_t n = 0;
        while (i + n < text.len && strchr(stops, text.p[i + n]) == NULL)
            n++;
        View word = {text.p + i, n};
        size_t name = strlen(r->from);
        View rest = {word.p + (begins(word, r->from) ? name : 0), n - (begins(word, r->from) ? name : 0)};
        if (rest.len < n && (rest.len == 0 || (tail != NULL && begins(rest, tail)))) {
            str_add(out, r->to);
            word = rest;
        }
        str_add_n(out, word.p, word.len);
        i += n;
        if (i < text.len)
            str_add_char(out, text.p[i++]);
    }
}

static void add_control_line(Str *out, const Renaming *r, const char *own, View line)
{
    (void)own;
    View trimmed = view_trim(line);
    if (begins(trimmed, "requires"))
        add_words(out, r, NULL, " \t\r',=", line);
    else
        str_add_n(out, line.p, line.len);
}

char *rename_in_control(const void *ctx, const Renaming *r, const char *text, size_t len)
{
    return each_line(ctx, add_control_line, r, "", text, len);
}

char *rename_in_makefile(const void *ctx, const Renaming *r, const char *text, size_t len)
{
    Str out = str_new(ctx);
    add_words(&out, r, "--", " \t\r\n=/\\", (View){text, len});
    return out.text;
}

char *rename_in_package_json(const void *ctx, const Renaming *r, const char *text, size_t len)
{
    Str out = str_new(ctx);
    const char *end = text + len, *key = memmem(text, len, "\"name\"", 6);
    const char *open = key == NULL ? NULL : memchr(key + 6, '"', (size_t)(end - key) - 6);
    const char *close = open == NULL ? NULL : memchr(open + 1, '"', (size_t)(end - open) - 1);
    if (close == NULL) {
        str_add_n(&out, text, len);
        return out.text;
    }
    str_add_n(&out, text, (size_t)(open + 1 - text));
    add_words(&out, r, NULL, "/", (View){open + 1, (size_t)(close - open) - 1});
    str_add_n(&out, close, (size_t)(end - close));
    return out.text;
}
