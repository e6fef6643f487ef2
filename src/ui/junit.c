/* ui/junit.c: see junit.h.
 *
 * Counts stand in an element's opening tag, before what is counted: cases are kept until the report is written. */
#include "ui/junit.h"

#include "base/file.h"
#include "base/list.h"
#include "base/log.h"

#include <string.h>

typedef struct Case {
    const char *name;
    int64_t ms;
    Str inner; /* its elements, as XML */
    bool failed, skipped;
} Case;

typedef struct TestSuite {
    const char *name;
    LIST(Case) cases;
} TestSuite;

struct JUnit {
    const char *name;
    LIST(TestSuite) suites;
};

/* Sums over cases. */
typedef struct Totals {
    size_t tests, failures, skipped;
    int64_t ms;
} Totals;

/* May XML 1.0 hold the character of these bytes (valid UTF-8)? Not control characters, not U+FFFE and U+FFFF. */
static bool is_xml_char(const unsigned char *p, size_t len)
{
    if (len == 1)
        return p[0] >= ' ' || p[0] == '\t' || p[0] == '\n' || p[0] == '\r';
    return !(len == 3 && p[0] == 0xEF && p[1] == 0xBF && p[2] >= 0xBE);
}

/* What stands for a character that means something to XML; NULL for all others. White space in an attribute would be
 * read as blanks. */
static const char *entity(char c, bool attribute)
{
    switch (c) {
    case '&': return "&amp;";
    case '<': return "&lt;";
    case '>': return "&gt;";
    case '"': return attribute ? "&quot;" : NULL;
    case '\n': return attribute ? "&#10;" : NULL;
    case '\t': return attribute ? "&#9;" : NULL;
    case '\r': return "&#13;";
    default: return NULL;
    }
}

static void add_escaped(Str *out, const char *text, bool attribute)
{
    SCRATCH void *scratch = mem_scratch();
    const char *p = redact(scratch, text);
    for (size_t left = strlen(p), n; left > 0; p += n, left -= n) {
        n = utf8_sequence(p, left);
        const char *instead = n == 1 ? entity(*p, attribute) : NULL;
        if (instead != NULL)
            str_add(out, instead);
        else if (n > 0 && is_xml_char((const unsigned char *)p, n))
            str_add_n(out, p, n);
        else
            str_add(out, "\xEF\xBF\xBD");
        n = n == 0 ? 1 : n;
    }
}

static void add_attribute(Str *out, const char *name, const char *value)
{
    str_addf(out, " %s=\"", name);
    add_escaped(out, value, true);
    str_add_char(out, '"');
}

JUnit *junit_new(const void *ctx, const char *name)
{
    JUnit *j = mem_new(ctx, JUnit);
    j->name = mem_strdup(j, name);
    return j;
}

void junit_suite(JUnit *j, const char *name)
{
    list_push(j, &j->suites, (TestSuite){.name = mem_strdup(j, name)});
}

static Case *last_case(JUnit *j)
{
    TestSuite *s = &j->suites.v[j->suites.n - 1];
    return &s->cases.v[s->cases.n - 1];
}

void junit_case(JUnit *j, const char *name, int64_t ms)
{
    TestSuite *s = &j->suites.v[j->suites.n - 1];
    list_push(j, &s->cases, (Case){.name = mem_strdup(j, name), .ms = ms, .inner = str_new(j)});
}

void junit_failure(JUnit *j, const char *type, const char *message, const char *text)
{
    Case *c = last_case(j);
    c->failed = true;
    str_add(&c->inner, "      <failure");
    add_attribute(&c->inner, "type", type);
    add_attribute(&c->inner, "message", message);
    str_add_char(&c->inner, '>');
    add_escaped(&c->inner, text != NULL ? text : message, false);
    str_add(&c->inner, "</failure>\n");
}

void junit_skipped(JUnit *j, const char *message)
{
    Case *c = last_case(j);
    c->skipped = true;
    str_add(&c->inner, "      <skipped");
    add_attribute(&c->inner, "message", message);
    str_add(&c->inner, "/>\n");
}

void junit_output(JUnit *j, const char *text)
{
    Case *c = last_case(j);
    str_add(&c->inner, "      <system-out>");
    add_escaped(&c->inner, text, false);
    str_add(&c->inner, "</system-out>\n");
}

static void add_totals(Totals *t, const TestSuite *s)
{
    for (size_t i = 0; i < s->cases.n; i++) {
        t->tests++;
        t->failures += s->cases.v[i].failed;
        t->skipped += s->cases.v[i].skipped;
        t->ms += s->cases.v[i].ms;
    }
}

static void add_time(Str *out, int64_t ms)
{
    str_addf(out, " time=\"%lld.%03lld\"", (long long)(ms / 1000), (long long)(ms % 1000));
}

static void open_element(Str *out, const char *element, const char *name, const Totals *t)
{
    str_addf(out, "<%s", element);
    add_attribute(out, "name", name);
    str_addf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"0\" skipped=\"%zu\"", t->tests, t->failures, t->skipped);
    add_time(out, t->ms);
    str_add(out, ">\n");
}

static void add_suite(Str *out, const TestSuite *s)
{
    Totals t = {0};
    add_totals(&t, s);
    str_add(out, "  ");
    open_element(out, "testsuite", s->name, &t);
    for (size_t i = 0; i < s->cases.n; i++) {
        const Case *c = &s->cases.v[i];
        str_add(out, "    <testcase");
        add_attribute(out, "name", c->name);
        add_attribute(out, "classname", s->name);
        add_time(out, c->ms);
        str_add(out, c->inner.len > 0 ? ">\n" : "/>\n");
        str_add_n(out, c->inner.text, c->inner.len);
        str_add(out, c->inner.len > 0 ? "    </testcase>\n" : "");
    }
    str_add(out, "  </testsuite>\n");
}

bool junit_write(const JUnit *j, const char *path, Error *err)
{
    SCRATCH void *scratch = mem_scratch();
    Str out = str_new(scratch);
    Totals all = {0};
    for (size_t i = 0; i < j->suites.n; i++)
        add_totals(&all, &j->suites.v[i]);
    str_add(&out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n");
    open_element(&out, "testsuites", j->name, &all);
    for (size_t i = 0; i < j->suites.n; i++)
        add_suite(&out, &j->suites.v[i]);
    str_add(&out, "</testsuites>\n");
    return file_write(path, out.text, out.len, err);
}
