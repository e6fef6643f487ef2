/* project/planreader.c: see planreader.h. */
#include "project/planreader.h"

#include "project/reference.h"

#include <ctype.h>
#include <string.h>

bool plan_is_blank(char c)
{
    return c == ' ' || c == '\t';
}

const char *plan_skip_blanks(const char *p, const char *end)
{
    while (p < end && plan_is_blank(*p))
        p++;
    return p;
}

View plan_next_word(const char **p, const char *end)
{
    const char *from = plan_skip_blanks(*p, end);
    for (*p = from; *p < end && !plan_is_blank(**p);)
        (*p)++;
    return (View){from, (size_t)(*p - from)};
}

/* In place where the character behind it can be missed. */
char *plan_keep(PlanReader *r, View v)
{
    const char *behind = v.p + v.len;
    if (v.len == 0)
        return pool_text(&r->pool, v);
    if (behind < r->end && memchr(" \t\r\n[]>", *behind, 8) == NULL)
        return pool_text(&r->pool, v);
    char *kept = r->copy + (v.p - r->text);
    kept[v.len] = '\0';
    return kept;
}

enum { TIMESTAMP_LENGTH = 20 };

bool plan_is_timestamp(View v)
{
    static const char shape[] = "dddd-dd-ddTdd:dd:ddZ";
    if (v.len < TIMESTAMP_LENGTH)
        return false;
    for (size_t i = 0; i < TIMESTAMP_LENGTH; i++)
        if (shape[i] == 'd' ? !isdigit((unsigned char)v.p[i]) : v.p[i] != shape[i])
            return false;
    return true;
}

static int two_digits(const char *p)
{
    return (p[0] - '0') * 10 + (p[1] - '0');
}

/* Is there such a day and such a time? */
static bool is_time(const char *p)
{
    static const int days[] = {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    int year = two_digits(p) * 100 + two_digits(p + 2), month = two_digits(p + 5), day = two_digits(p + 8);
    bool is_leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
    if (year == 0 || month < 1 || month > 12 || day < 1 || day > days[month - 1] + (is_leap && month == 2))
        return false;
    return two_digits(p + 11) < 24 && two_digits(p + 14) < 60 && two_digits(p + 17) < 60;
}

/* "NAME <EMAIL>". One blank before the email is not part of the name, further ones are: Sqitch's identities have them. */
static bool read_planner(PlanReader *r, View rest, Stamp *stamp)
{
    const char *open = memchr(rest.p, '<', rest.len);
    const char *close = open == NULL ? NULL : memchr(open, '>', rest.len - (size_t)(open - rest.p));
    if (r->lenient && open == NULL && memchr(rest.p, '>', rest.len) == NULL) {
        stamp->name = plan_keep(r, rest);
        return true;
    }
    bool is_whole = close != NULL && close + 1 == rest.p + rest.len && close > open + 1 && open > rest.p + 1 &&
                    plan_is_blank(open[-1]);
    if (!is_whole) {
        PLAN_FAULT(r, rest.p, "name and <email> of who planned it are expected here");
        return false;
    }
    stamp->name = plan_keep(r, (View){rest.p, (size_t)(open - rest.p) - 1});
    stamp->email = plan_keep(r, (View){open + 1, (size_t)(close - open) - 1});
    return true;
}

bool plan_read_stamp(PlanReader *r, const char *p, const char *end, bool required, Stamp *stamp)
{
    *stamp = (Stamp){"", "", ""};
    p = plan_skip_blanks(p, end);
    if (p == end && !required)
        return true;
    if (p == end) {
        PLAN_FAULT(r, end, "time, name and <email> of who planned it are missing");
        return false;
    }
    View at = {p, TIMESTAMP_LENGTH};
    if (!plan_is_timestamp((View){p, (size_t)(end - p)}) || !is_time(p)) {
        PLAN_FAULT(r, p, "a time like 2024-01-31T23:59:59Z is expected here");
        return false;
    }
    View rest = view_trim((View){p + at.len, (size_t)(end - p) - at.len});
    stamp->at = plan_keep(r, at);
    if (rest.len == 0 && !required)
        return true;
    if (rest.len == 0) {
        PLAN_FAULT(r, end, "name and <email> of who planned it are missing");
        return false;
    }
    return read_planner(r, rest, stamp);
}

/* Without blanks at both ends, those of Unicode included. */
static View trim_note(View v)
{
    for (size_t before = v.len + 1; v.len < before;) {
        v = view_trim(v);
        before = v.len;
        size_t n = unicode_blank(v.p, v.len);
        v = (View){v.p + n, v.len - n};
        for (size_t tail = 2; tail <= 3 && tail <= v.len; tail++)
            if (unicode_blank(v.p + v.len - tail, tail) == tail)
                v.len -= tail;
    }
    return v;
}

/* Takes the escapes \n, \r and \\ out, in place. */
static const char *unescape(char *note)
{
    char *to = note;
    for (const char *p = note; *p != '\0'; p++) {
        char next = *p == '\\' ? p[1] : '\0';
        *to++ = next == 'n' ? '\n' : next == 'r' ? '\r' : *p;
        p += next == 'n' || next == 'r' || next == '\\';
    }
    *to = '\0';
    return note;
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

/* Sqitch: from the first #; pgpm: there must be a blank before it. */
View plan_cut_note(const PlanReader *r, const char *from, const char **end)
{
    for (const char *p = from; (p = memchr(p, '#', (size_t)(*end - p))) != NULL; p++) {
        if (r->lenient && p > from && !plan_is_blank(p[-1]))
            continue;
        View note = trim_note((View){p + 1, (size_t)(*end - p - 1)});
        *end = p;
        return note;
    }
    return (View){"", 0};
}

const char *plan_keep_note(PlanReader *r, View note)
{
    return note.len == 0 ? "" : unescape(plan_keep(r, note));
}
