/* project/planfile.c: see planfile.h. */
#include "project/planfile.h"

#include "project/identity.h"

#include <ctype.h>
#include <string.h>

/* A plan being read. */
typedef struct Reader {
    Module *module;
    const PlanReading *reading;
    Error *err;
    View line;        /* without its end */
    long number;
    bool in_header;   /* no blank line yet */
    Map *in_section;  /* names of changes since the last tag */
    Map *tag_names;
    size_t errors;
} Reader;

enum { ERRORS_MAX = 100 };

static bool is_blank(char c)
{
    return c == ' ' || c == '\t';
}

/* An error at `at`, a place within the line; `what` stands for %s. Reading goes on with the next line. */
static void fault(Reader *r, const char *at, const char *fmt, const char *what)
{
    SCRATCH void *scratch = mem_scratch();
    if (++r->errors > ERRORS_MAX)
        return;
    const char *mark = strstr(fmt, "%s");
    Str text = str_new(scratch);
    str_add_n(&text, fmt, mark == NULL ? strlen(fmt) : (size_t)(mark - fmt));
    if (mark != NULL) {
        str_add(&text, what);
        str_add(&text, mark + 2);
    }
    error_set(r->err, ERR_CONFIG, "%s", text.text);
    error_code(r->err, "PLAN_PARSE_ERROR");
    long column = 1;
    for (const char *p = r->line.p; p < at; p++)
        column += ((unsigned char)*p & 0xC0) != 0x80;
    char *line = mem_strndup(scratch, r->line.p, r->line.len < 300 ? r->line.len : 300);
    error_place(r->err, r->reading->path, r->number, column, line);
}

static bool is_punctuation(char c)
{
    return (unsigned char)c < 0x80 && ispunct((unsigned char)c) && c != '_';
}

/* Ends in "~3", "/3", …: that would read as a relative reference. */
static bool ends_relative(View name)
{
    size_t n = name.len;
    while (n > 0 && isdigit((unsigned char)name.p[n - 1]))
        n--;
    return n > 0 && n < name.len && strchr("~/=%^[]", name.p[n - 1]) != NULL;
}

static bool begins_with_id(View name)
{
    size_t n = 0;
    while (n < name.len && isxdigit((unsigned char)name.p[n]))
        n++;
    return n >= 40;
}

const char *planfile_name_fault(View name, bool is_tag)
{
    if (name.len == 0)
        return "it is empty";
    for (size_t i = 0; i < name.len; i++)
        if (is_blank(name.p[i]) || strchr(":@#\\", name.p[i]) != NULL || (is_tag && name.p[i] == '/'))
            return is_tag ? "it must not hold blanks or any of : @ # \\ /" : "it must not hold blanks or any of : @ # \\";
    if (is_punctuation(name.p[0]) || is_punctuation(name.p[name.len - 1]))
        return "it must not begin or end with punctuation other than _";
    if (ends_relative(name))
        return "it must not end in one of ~ / = % ^ followed by digits";
    if (view_is(name, "HEAD") || view_is(name, "ROOT"))
        return "HEAD and ROOT are reserved";
    return begins_with_id(name) ? "it must not begin with 40 hexadecimal digits" : NULL;
}

/* Reads on to the next blank. */
static View next_word(const char **p, const char *end)
{
    while (*p < end && is_blank(**p))
        (*p)++;
    const char *from = *p;
    while (*p < end && !is_blank(**p))
        (*p)++;
    return (View){from, (size_t)(*p - from)};
}

static bool is_timestamp(View v)
{
    static const char shape[] = "dddd-dd-ddTdd:dd:ddZ";
    if (v.len != sizeof shape - 1)
        return false;
    for (size_t i = 0; i < v.len; i++)
        if (shape[i] == 'd' ? !isdigit((unsigned char)v.p[i]) : v.p[i] != shape[i])
            return false;
    return true;
}

/* "TIME NAME <EMAIL>"; what stands there must be whole. Empty where the format is lenient. */
static bool read_stamp(Reader *r, const char *p, const char *end, bool required, Stamp *stamp)
{
    *stamp = (Stamp){"", "", ""};
    const char *from = p;
    View at = next_word(&p, end);
    if (at.len == 0 && !required)
        return true;
    if (at.len == 0) {
        fault(r, end, "time, name and <email> of who planned it are missing", "");
        return false;
    }
    if (!is_timestamp(at)) {
        while (from < end && is_blank(*from))
            from++;
        fault(r, from, "a time like 2024-01-31T23:59:59Z is expected here", "");
        return false;
    }
    stamp->at = mem_strndup(r->module, at.p, at.len);
    View rest = view_trim((View){p, (size_t)(end - p)});
    if (rest.len == 0 && !required)
        return true;
    const char *open = rest.len == 0 ? NULL : memrchr(rest.p, '<', rest.len);
    if (rest.len == 0 || open == NULL || rest.p[rest.len - 1] != '>') {
        if (rest.len > 0 && r->reading->format->lenient && open == NULL && memchr(rest.p, '>', rest.len) == NULL) {
            stamp->name = mem_strndup(r->module, rest.p, rest.len);
            return true;
        }
        fault(r, rest.p, "name and <email> of who planned it are expected here", "");
        return false;
    }
    View name = view_trim((View){rest.p, (size_t)(open - rest.p)});
    stamp->name = mem_strndup(r->module, name.p, name.len);
    stamp->email = mem_strndup(r->module, open + 1, rest.len - (size_t)(open - rest.p) - 2);
    return true;
}

static const char *unescape(const void *ctx, View note)
{
    Str out = str_new(ctx);
    for (size_t i = 0; i < note.len; i++) {
        char next = i + 1 < note.len && note.p[i] == '\\' ? note.p[i + 1] : '\0';
        i += next == 'n' || next == 'r' || next == '\\';
        str_add_char(&out, next == 'n' ? '\n' : next == 'r' ? '\r' : next == '\\' ? '\\' : note.p[i]);
    }
    return out.text;
}

char *planfile_escape(const void *ctx, const char *note)
{
    Str out = str_new(ctx);
    for (; *note != '\0'; note++) {
        if (*note == '\n' || *note == '\r' || *note == '\\')
            str_add_char(&out, '\\');
        str_add_char(&out, *note == '\n' ? 'n' : *note == '\r' ? 'r' : *note);
    }
    return out.text;
}

/* Cuts the note off *end. Sqitch: from the first #; pgpm: blanks around it. */
static const char *take_note(Reader *r, const char *from, const char **end)
{
    for (const char *p = from; p < *end; p++) {
        bool begins = *p == '#' && (!r->reading->format->lenient || p == from || is_blank(p[-1]));
        if (!begins)
            continue;
        View note = view_trim((View){p + 1, (size_t)(*end - p - 1)});
        *end = p;
        return note.len == 0 ? "" : unescape(r->module, note);
    }
    return "";
}

static void read_pragma(Reader *r, View line)
{
    const char *p = line.p + 1, *end = line.p + line.len;
    const char *equals = memchr(p, '=', line.len - 1);
    View name = view_trim((View){p, (size_t)((equals == NULL ? end : equals) - p)});
    View value = equals == NULL ? (View){"", 0} : view_trim((View){equals + 1, (size_t)(end - equals - 1)});
    if (name.len == 0 || memchr(name.p, ' ', name.len) != NULL) {
        fault(r, line.p, "not a pragma: %name=value is expected", "");
        return;
    }
    char *text = mem_strndup(r->module, value.p, value.len);
    if (view_is(name, "project"))
        r->module->name = text;
    else if (view_is(name, "uri"))
        r->module->uri = text;
    else if (view_is(name, "syntax-version") && !text_starts(text, "1.0.0"))
        fault(r, value.p, "syntax version %s is not one that is known; 1.0.0 is", text);
}

/* Two tags or two changes of one name. */
static bool is_duplicate(Reader *r, Map *names, View name, const char *what)
{
    SCRATCH void *scratch = mem_scratch();
    char *text = mem_strndup(scratch, name.p, name.len);
    const Change *first = map_get(names, text);
    if (first == NULL)
        return false;
    fault(r, name.p, what, text);
    error_detail(r->err, "it stands in line %ld already", first->line);
    return true;
}

/* "@name STAMP", or pgpm's "@name change STAMP". */
static void read_tag(Reader *r, View line)
{
    const char *p = line.p + 1, *end = line.p + line.len;
    const char *note = take_note(r, p, &end);
    View name = next_word(&p, end);
    const char *wrong = planfile_name_fault(name, true);
    if (wrong != NULL) {
        fault(r, line.p, "not a name for a tag: %s", wrong);
        return;
    }
    Module *m = r->module;
    Change *change = m->changes.n > 0 ? m->changes.v[m->changes.n - 1] : NULL;
    const char *after = p;
    View word = next_word(&after, end);
    if (r->reading->format->lenient && word.len > 0 && !is_timestamp(word)) {
        SCRATCH void *scratch = mem_scratch();
        change = map_get(m->by_name, mem_strndup(scratch, word.p, word.len));
        if (change == NULL) {
            fault(r, word.p, "no change of this name stands before the tag", "");
            return;
        }
        p = after;
    }
    if (change == NULL) {
        fault(r, line.p, "a tag must follow a change", "");
        return;
    }
    Stamp stamp;
    if (is_duplicate(r, r->tag_names, name, "the tag @%s stands here twice") || !read_stamp(r, p, end, true, &stamp))
        return;
    Tag *tag = mem_new(m, Tag);
    *tag = (Tag){.name = mem_strndup(m, name.p, name.len), .note = note, .stamp = stamp, .change = change,
                 .line = r->number};
    list_push(m, &change->tags, tag);
    list_push(m, &m->tags, tag);
    SCRATCH void *scratch = mem_scratch();
    map_set(r->tag_names, tag->name, change);
    map_set(m->by_name, mem_printf(scratch, "@%s", tag->name), change);
    talloc_free(r->in_section);
    r->in_section = map_new(m);
}

/* A dependency that is not there, or only further down. */
static void missing_dependency(Reader *r, const char *at, const Dependency *d)
{
    fault(r, at, d->ref.tag != NULL && d->ref.change == NULL ? "no tag %s stands before this line"
                                                             : "no change %s stands before this line",
          d->ref.text);
}

static void resolve_local(Reader *r, Change *change, Dependency *d, const char *at)
{
    bool ambiguous = false;
    bool own = d->ref.project == NULL || text_equal(d->ref.project, r->module->name);
    if (!own || r->reading->syntax_only)
        return;
    if (d->ref.change != NULL && d->ref.tag == NULL && text_equal(d->ref.change, change->name) &&
        map_get(r->module->by_name, change->name) == NULL) {
        fault(r, at, "%s requires itself", change->name);
        return;
    }
    d->target = reference_find(r->module, &d->ref, r->module->changes.n, &ambiguous);
    if (d->target == NULL)
        missing_dependency(r, at, d);
}

static bool has_dependency(const Change *change, const char *text)
{
    for (size_t i = 0; i < change->dependencies.n; i++)
        if (strcmp(change->dependencies.v[i].ref.text, text) == 0)
            return true;
    return false;
}

static void read_dependency(Reader *r, Change *change, View word, bool conflicts)
{
    bool conflict = word.len > 0 && word.p[0] == '!';
    if (conflict != conflicts)
        return;
    View text = conflict ? (View){word.p + 1, word.len - 1} : word;
    Dependency d = {.conflict = conflict, .line = r->number};
    for (const char *p = r->line.p; p <= word.p; p++)
        d.column += ((unsigned char)*p & 0xC0) != 0x80;
    if (!reference_parse(r->module, text, &d.ref)) {
        fault(r, word.p, "not a dependency: change, @tag, change@tag, project:change or an id is expected", "");
        return;
    }
    if (has_dependency(change, d.ref.text)) {
        fault(r, word.p, "the dependency %s stands here twice", d.ref.text);
        return;
    }
    resolve_local(r, change, &d, word.p);
    list_push(r->module, &change->dependencies, d);
}

/* "[a b !c]", requires before conflicts. Moves *p behind the bracket. */
static bool read_dependencies(Reader *r, Change *change, const char **p, const char *end)
{
    while (*p < end && is_blank(**p))
        (*p)++;
    if (*p == end || **p != '[')
        return true;
    const char *close = memchr(*p, ']', (size_t)(end - *p));
    if (close == NULL) {
        fault(r, *p, "the list of dependencies is not closed by ]", "");
        return false;
    }
    for (int conflicts = 0; conflicts <= 1; conflicts++) {
        const char *q = *p + 1;
        for (View word; (word = next_word(&q, close)).len > 0;)
            read_dependency(r, change, word, conflicts != 0);
    }
    *p = close + 1;
    return true;
}

static View change_name(const char **p, const char *end)
{
    const char *from = *p;
    while (*p < end && !is_blank(**p) && **p != '[')
        (*p)++;
    return (View){from, (size_t)(*p - from)};
}

static void add_change(Reader *r, Change *change)
{
    Module *m = r->module;
    change->index = m->changes.n;
    change->earlier = map_get(m->by_name, change->name);
    list_push(m, &m->changes, change);
    map_set(m->by_name, change->name, change);
    map_set(r->in_section, change->name, change);
}

static void read_change(Reader *r, View line)
{
    bool lenient = r->reading->format->lenient;
    const char *p = line.p, *end = line.p + line.len;
    const char *note = take_note(r, p, &end);
    if (!lenient && p < end && *p == '-') {
        fault(r, p, "a planned revert (-): no tool runs these; revert the change instead", "");
        return;
    }
    if (!lenient && p < end && *p == '+')
        p++;
    while (p < end && is_blank(*p))
        p++;
    View name = change_name(&p, end);
    const char *wrong = planfile_name_fault(name, false);
    if (wrong != NULL) {
        fault(r, name.p, "not a name for a change: %s", wrong);
        return;
    }
    Module *m = r->module;
    Change *change = mem_new(m, Change);
    change->name = change->instance = mem_strndup(m, name.p, name.len);
    change->note = note;
    change->module = m;
    change->line = r->number;
    if (is_duplicate(r, r->in_section, name, "the change %s stands here twice; to rework it, put a tag between"))
        return;
    change->stamp = (Stamp){"", "", ""};
    if (read_dependencies(r, change, &p, end))
        read_stamp(r, p, end, !lenient, &change->stamp);
    add_change(r, change); /* also when it is not whole: others may require it */
}

static void read_line(Reader *r)
{
    View line = view_trim(r->line);
    bool lenient = r->reading->format->lenient;
    for (size_t i = 0; i < r->line.len;) {
        size_t n = utf8_sequence(r->line.p + i, r->line.len - i);
        if (n == 0 || r->line.p[i] == '\0') {
            fault(r, r->line.p + i, n == 0 ? "invalid UTF-8" : "a NUL byte", "");
            return;
        }
        i += n;
    }
    if (line.len == 0) {
        r->in_header = false;
        return;
    }
    if (line.p[0] == '#')
        return;
    if (line.p[0] == '%' && (r->in_header || lenient))
        read_pragma(r, line);
    else if (r->in_header && !lenient)
        fault(r, line.p, "a pragma (%name=value) is expected: a blank line must stand before the first change", "");
    else if (line.p[0] == '@')
        read_tag(r, line);
    else
        read_change(r, line);
}

static void check_project(Reader *r, size_t lines)
{
    r->line = (View){"", 0};
    r->number = lines > 0 ? 1 : 0;
    const char *wrong = r->module->name == NULL ? "it is missing" : planfile_name_fault(view_of(r->module->name), false);
    if (wrong != NULL && !(r->reading->format->lenient && r->module->name != NULL && r->module->name[0] == '\0'))
        fault(r, r->line.p, "%project is not usable: %s", wrong);
}

bool planfile_parse(Module *m, const PlanReading *reading, const char *text, size_t len, Error *err)
{
    Reader r = {.module = m, .reading = reading, .err = err, .in_header = true};
    const char *p = text, *end = text + len;
    m->uri = "";
    m->by_name = map_new(m);
    r.in_section = map_new(m);
    r.tag_names = map_new(m);
    if (len >= 3 && memcmp(p, "\xEF\xBB\xBF", 3) == 0)
        p += 3;
    while (p < end) {
        const char *newline = memchr(p, '\n', (size_t)(end - p));
        const char *stop = newline == NULL ? end : newline;
        r.line = (View){p, (size_t)(stop - p) - (stop > p && stop[-1] == '\r')};
        r.number++;
        read_line(&r);
        p = newline == NULL ? end : newline + 1;
    }
    check_project(&r, (size_t)r.number);
    if (r.errors > ERRORS_MAX)
        error_detail(err, "and %zu more errors", r.errors - ERRORS_MAX);
    return r.errors == 0;
}

void planfile_finish(Module *m)
{
    const char *parent = NULL;
    m->canonical_uri = identity_canonical_uri(m, m->uri);
    for (size_t i = 0; i < m->changes.n; i++) {
        Change *c = m->changes.v[i];
        identity_change(c, parent, c->id);
        parent = c->id;
        map_set(m->by_name, c->id, c);
        for (size_t t = 0; t < c->tags.n; t++)
            identity_tag(c->tags.v[t], c->tags.v[t]->id);
    }
}
