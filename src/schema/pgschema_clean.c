/* schema/pgschema_clean.c: see pgschema_clean.h. The order of the steps is part of the result. */
#include "schema/pgschema_clean.h"

#include "base/list.h"
#include "schema/pgschema_term.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

char *pgschema_clean_type(const void *ctx, const char *text, const char *schema)
{
    (void)schema;
    static const char catalog[] = "pg_catalog.";
    if (strstr(text, "::") != NULL)
        return pattern_replace(ctx, pattern_replace(ctx, text, term_type_cast, NULL), term_own_named_cast, catalog);
    const char *name = term_type_name(text), *rest = skip_text(text, catalog);
    return mem_strdup(ctx, name != NULL ? name : rest != NULL ? rest : text);
}

char *pgschema_clean_default(const void *ctx, const char *text, const char *schema)
{
    const char *prefix = mem_printf(ctx, "%s.", schema);
    char *value = text_trimmed(ctx, text);
    if (strstr(value, "nextval(") != NULL)
        return pattern_replace(ctx, value, term_nextval, NULL);
    value = pattern_replace(ctx, value, term_own_call, prefix);
    if (strstr(value, "::") == NULL)
        return value;
    value = pattern_replace(ctx, value, term_own_cast, prefix);
    value = pattern_replace(ctx, value, term_null, NULL);
    value = pattern_replace(ctx, value, term_number, NULL);
    value = pattern_replace(ctx, value, term_literal, NULL);
    return pattern_replace(ctx, value, term_parenthesised, NULL);
}

/* ---- parentheses and lists ---- */

/* Do parentheses outside quotes pair up? A doubled quote ends and begins. */
static bool is_balanced(const char *text, size_t len)
{
    int depth = 0;
    char quote = '\0';
    for (const char *p = text; p < text + len; p++) {
        if (quote != '\0') {
            if (*p == quote)
                quote = '\0';
        } else if (*p == '\'' || *p == '"') {
            quote = *p;
        } else if (*p == '(') {
            depth++;
        } else if (*p == ')' && --depth < 0) {
            return false;
        }
    }
    return depth == 0;
}

static bool has_parentheses(const char *text)
{
    return text_starts(text, "(") && text_ends(text, ")");
}

/* Without one pair around the whole. */
static char *without_parentheses(const void *ctx, const char *text)
{
    size_t len = strlen(text);
    if (len >= 2 && has_parentheses(text) && is_balanced(text + 1, len - 2))
        return mem_strndup(ctx, text + 1, len - 2);
    return mem_strdup(ctx, text);
}

/* The bracket that closes an array whose inside begins at `p`. */
static const char *closing_bracket(const char *p)
{
    int depth = 1;
    for (; *p != '\0'; p++) {
        if (*p == '\'') {
            const char *end = skip_literal(p);
            if (end == NULL)
                return NULL;
            p = end - 1;
        } else if (*p == '[') {
            depth++;
        } else if (*p == ']' && --depth == 0) {
            return p;
        }
    }
    return NULL;
}

/* "('x'::varchar)::text" or "'x'::varchar::text" → "'x'::varchar". */
static char *clean_element(const void *ctx, View element)
{
    static const char cast[] = ")::text";
    char *text = mem_strndup(ctx, element.p, element.len);
    size_t inside = element.len > strlen(cast) ? element.len - strlen(cast) : 0;
    char *copy = mem_strndup(ctx, text, inside);
    bool is_varchar = text_ends(copy, "::character varying") || text_ends(copy, "::varchar");
    if (*text == '(' && strcmp(text + inside, cast) == 0 && is_varchar)
        return copy + 1;
    return pattern_replace(ctx, text, term_double_cast, NULL);
}

/* Elements, which are cut at every ", ". */
static void add_elements(Str *out, View list)
{
    SCRATCH void *scratch = mem_scratch();
    for (bool first = true;; first = false) {
        const char *comma = memmem(list.p, list.len, ", ", 2);
        View element = {list.p, comma != NULL ? (size_t)(comma - list.p) : list.len};
        str_addf(out, "%s%s", first ? "" : ", ", clean_element(scratch, view_trim(element)));
        if (comma == NULL)
            return;
        list = (View){comma + 2, list.len - (size_t)(comma + 2 - list.p)};
    }
}

/* "x = ANY (ARRAY[…]::type[])" or "x = ANY ((ARRAY[…])::type[])" → "x IN (…)", the first of them. */
static char *any_to_in(const void *ctx, const char *text)
{
    static const char any[] = " = ANY (", array[] = "ARRAY[";
    for (const char *at = strstr(text, any); at != NULL; at = strstr(at + 1, any)) {
        const char *inside = at + strlen(any), *list = skip_text(inside + (*inside == '('), array);
        const char *bracket = list != NULL ? closing_bracket(list) : NULL;
        const char *close = bracket != NULL ? strchr(bracket, ')') : NULL;
        if (close != NULL && *inside == '(')
            close = strchr(close + 1, ')');
        if (close == NULL)
            continue;
        Str out = str_new(ctx);
        str_addf(&out, "%.*s IN (", (int)(at - text), text);
        add_elements(&out, (View){list, (size_t)(bracket - list)});
        str_addf(&out, ")%s", close + 1);
        return out.text;
    }
    return mem_strdup(ctx, text);
}

/* ---- predicates of indexes ---- */

static const char *skip_chars(const char *p, const char *chars)
{
    return p + strspn(p, chars);
}

/* "f(…)" or "x = (…)": a name, blanks, perhaps an operator, and parentheses to the end. */
static bool stands_alone(const char *text)
{
    static const char blanks[] = " \t\n\r\f";
    const char *p = skip_name(text);
    if (p == NULL || !text_ends(text, ")"))
        return false;
    p = skip_chars(skip_chars(skip_chars(p, blanks), "=<>!"), blanks);
    return *p == '(' && strchr(p, '\n') == NULL;
}

char *pgschema_clean_predicate(const void *ctx, const char *text, const char *schema)
{
    (void)schema;
    char *where = any_to_in(ctx, without_parentheses(ctx, text));
    if (strstr(where, " IN (") != NULL || stands_alone(where) || has_parentheses(where))
        return where;
    return mem_printf(ctx, "(%s)", where);
}

/* ---- checks ---- */

/* "(name)::" → "name::". */
static const char *cast_name_pattern(Str *out, const char *text, const char *p, const char *arg)
{
    (void)text, (void)arg;
    const char *end = *p == '(' ? skip_name(p + 1) : NULL;
    const char *rest = end != NULL ? skip_text(end, ")::") : NULL;
    if (rest != NULL)
        str_addf(out, "%.*s::", (int)(end - p - 1), p + 1);
    return rest;
}

static void cut_suffix(char *text, const char *suffix)
{
    if (text_ends(text, suffix))
        text[strlen(text) - strlen(suffix)] = '\0';
}

/* "x ~~ 'a'::text" → "x LIKE 'a'"; what follows the first cast is lost. Other texts stay. */
static char *operator_to_like(const void *ctx, char *clause)
{
    static const char like[] = " ~~ ";
    char *at = strstr(clause, like);
    if (at == NULL || strstr(at + strlen(like), like) != NULL)
        return clause;
    const char *left = text_trimmed(ctx, mem_strndup(ctx, clause, (size_t)(at - clause)));
    char *right = text_trimmed(ctx, at + strlen(like)), *cast = strstr(right, "::");
    if (cast != NULL)
        *cast = '\0';
    return mem_printf(ctx, "%s LIKE %s", left, right);
}

char *pgschema_clean_check(const void *ctx, const char *text, const char *schema)
{
    const char *prefix = mem_printf(ctx, "%s.", schema), *inside;
    char *clause = text_trimmed(ctx, text), *before;
    cut_suffix(clause, " NO INHERIT");
    cut_suffix(clause, " NOT VALID");
    clause = text_trimmed(ctx, (inside = skip_text(clause, "CHECK ")) != NULL ? inside : clause);
    clause = text_trimmed(ctx, without_parentheses(ctx, clause));
    clause = pattern_replace(ctx, clause, term_own_call, prefix);
    clause = pattern_replace(ctx, clause, term_own_named_cast, prefix);
    do {
        before = clause;
        clause = pattern_replace(ctx, clause, cast_name_pattern, NULL);
    } while (strcmp(before, clause) != 0);
    clause = pattern_replace(ctx, clause, term_double_cast, NULL);
    char *list = any_to_in(ctx, clause);
    clause = strcmp(list, clause) != 0 ? list : operator_to_like(ctx, clause);
    return mem_printf(ctx, "CHECK (%s)", clause);
}

/* ---- words and blanks ---- */

/* Upper-cases the word `arg`. */
static const char *word_pattern(Str *out, const char *text, const char *p, const char *arg)
{
    const char *end = is_word_edge(text, p) ? skip_text(p, arg) : NULL;
    if (end == NULL || is_word_char(*end))
        return NULL;
    for (; p < end; p++)
        str_add_char(out, (char)toupper((unsigned char)*p));
    return end;
}

static const char *blanks_pattern(Str *out, const char *text, const char *p, const char *arg)
{
    (void)text, (void)arg;
    if (!is_blank_char(*p))
        return NULL;
    while (is_blank_char(*p))
        p++;
    str_add_char(out, ' ');
    return p;
}

static char *with_single_blanks(const void *ctx, const char *text)
{
    return pattern_replace(ctx, text_trimmed(ctx, text), blanks_pattern, NULL);
}

/* ---- policies ---- */

char *pgschema_clean_policy(const void *ctx, const char *text, const char *schema)
{
    const char *prefix = mem_printf(ctx, "%s.", schema);
    char *expression = with_single_blanks(ctx, text);
    expression = pattern_replace(ctx, expression, term_own_call, prefix);
    expression = pattern_replace(ctx, expression, term_own_relation, prefix);
    if (!has_parentheses(expression))
        expression = mem_printf(ctx, "(%s)", expression);
    expression = pattern_replace(ctx, expression, term_text, "[");
    return pgschema_clean_type(ctx, expression, schema);
}

static char *lower(const void *ctx, const char *text)
{
    char *copy = mem_strdup(ctx, text);
    for (char *p = copy; *p != '\0'; p++)
        if (*p >= 'A' && *p <= 'Z')
            *p = (char)(*p + ('a' - 'A'));
    return copy;
}

static int compare_texts(const void *a, const void *b)
{
    return strcmp(*(const char *const *)a, *(const char *const *)b);
}

void pgschema_clean_roles(const void *ctx, json_t *roles)
{
    TextList names = {0};
    for (size_t i = 0; i < json_array_size(roles); i++) {
        const char *name = lower(ctx, json_string_value(json_array_get(roles, i)));
        list_push(ctx, &names, strcmp(name, "public") == 0 ? "PUBLIC" : name);
    }
    if (names.n > 1)
        qsort(names.v, names.n, sizeof *names.v, compare_texts);
    for (size_t i = 0; i < names.n; i++)
        json_array_set_new(roles, i, json_string(names.v[i]));
}

/* ---- triggers ---- */

/* Blanks within parentheses and around commas, in texts as well. */
static const char *call_blanks_pattern(Str *out, const char *text, const char *p, const char *arg)
{
    (void)text, (void)arg;
    const char *mark = skip_chars(p, " ");
    if (*p == '(') {
        str_add_char(out, '(');
        return skip_chars(p + 1, " ");
    }
    if (*mark == ')') {
        str_add_char(out, ')');
        return mark + 1;
    }
    if (*mark != ',')
        return NULL;
    str_add(out, ", ");
    return skip_chars(mark + 1, " ");
}

char *pgschema_clean_trigger_call(const void *ctx, const char *text, const char *schema)
{
    const char *at = strcasestr(text, "EXECUTE FUNCTION ");
    if (at == NULL)
        return mem_strdup(ctx, "");
    at += strlen("EXECUTE FUNCTION ");
    char *call = with_single_blanks(ctx, mem_strndup(ctx, at, strcspn(at, ";")));
    call = pattern_replace(ctx, call, call_blanks_pattern, NULL);
    const char *own = skip_text(call, mem_printf(ctx, "%s.", schema));
    return mem_strdup(ctx, own != NULL ? own : call);
}

/* "NOT (a IS DISTINCT FROM b)" → "a IS NOT DISTINCT FROM b", up to the first closing parenthesis, whatever it closes. */
static const char *distinct_pattern(Str *out, const char *text, const char *p, const char *arg)
{
    (void)text, (void)arg;
    static const char distinct[] = " IS DISTINCT FROM ";
    const char *left = skip_text(p, "NOT (");
    const char *at = left != NULL && *left != '\0' ? strstr(left + 1, distinct) : NULL;
    const char *right = at != NULL ? at + strlen(distinct) : NULL;
    const char *close = right != NULL && *right != '\0' ? strchr(right + 1, ')') : NULL;
    if (close == NULL)
        return NULL;
    str_addf(out, "%.*s IS NOT DISTINCT FROM %.*s", (int)(at - left), left, (int)(close - right), right);
    return close + 1;
}

/* From a parenthesis to the one that closes it, quotes or not; empty when there is none. */
static char *in_parentheses(const void *ctx, const char *text)
{
    int depth = 0;
    for (const char *p = text; *p != '\0'; p++) {
        depth += (*p == '(') - (*p == ')');
        if (*p == ')' && depth == 0)
            return mem_strndup(ctx, text, (size_t)(p + 1 - text));
    }
    return mem_strdup(ctx, "");
}

char *pgschema_clean_trigger_condition(const void *ctx, const char *text, const char *schema)
{
    (void)schema;
    const char *when = strcasestr(text, "WHEN (");
    if (when == NULL)
        return mem_strdup(ctx, "");
    char *condition = with_single_blanks(ctx, in_parentheses(ctx, when + strlen("WHEN ")));
    condition = pattern_replace(ctx, condition, word_pattern, "new");
    condition = pattern_replace(ctx, condition, word_pattern, "old");
    return pattern_replace(ctx, condition, distinct_pattern, NULL);
}

/* ---- domains ---- */

char *pgschema_clean_domain_default(const void *ctx, const char *text, const char *schema)
{
    (void)schema;
    return pattern_replace(ctx, text, term_text, NULL);
}

char *pgschema_clean_domain_check(const void *ctx, const char *text, const char *schema)
{
    char *definition = pattern_replace(ctx, text, word_pattern, "value");
    const char *inside = skip_text(definition, "CHECK ");
    inside = inside != NULL ? skip_chars(inside, " \t\n\r\f") : NULL;
    if (inside == NULL || !has_parentheses(inside) || strchr(inside, '\n') != NULL)
        return definition;
    char *expression = text_trimmed(ctx, mem_strndup(ctx, inside + 1, strlen(inside) - 2));
    expression = without_parentheses(ctx, expression);
    expression = pattern_replace(ctx, expression, term_own_call, mem_printf(ctx, "%s.", schema));
    return mem_printf(ctx, "CHECK (%s)", pattern_replace(ctx, expression, term_text, NULL));
}

/* ---- bodies ---- */

/* Words that the server does not quote and that are quoted when they lose their schema. */
static bool gets_quotes(View name)
{
    static const char *const words[] = {"by", "delete", "filter", "insert", "of", "system_user", "update", "within"};
    for (size_t i = 0; i < sizeof words / sizeof *words; i++)
        if (view_is_nocase(name, words[i]))
            return true;
    return false;
}

/* "schema.name" → "name" where the schema's name begins a word. */
static const char *qualifier_pattern(Str *out, const char *text, const char *p, const char *prefix)
{
    if (*p == '\'') {
        const char *end = skip_literal(p);
        end = end != NULL ? end : p + strlen(p);
        str_add_n(out, p, (size_t)(end - p));
        return end;
    }
    const char *name = skip_text(p, prefix), *end = name;
    if (name == NULL || (p > text && is_word_char(p[-1])))
        return NULL;
    while (is_word_char(*end))
        end++;
    if (!gets_quotes((View){name, (size_t)(end - name)}))
        return name;
    str_addf(out, "\"%.*s\"", (int)(end - name), name);
    return end;
}

char *pgschema_clean_view(const void *ctx, const char *text, const char *schema)
{
    char *definition = mem_strdup(ctx, text);
    cut_suffix(definition, ";");
    return pattern_replace(ctx, definition, qualifier_pattern, mem_printf(ctx, "%s.", schema));
}

/* Length of the Unicode blank that ends before `end`, 0 when there is none. */
static size_t blank_before(const char *start, const char *end)
{
    static const char *const wide[] = {"\xC2\x85",     "\xC2\xA0",     "\xE1\x9A\x80", "\xE2\x80\xA8", "\xE2\x80\xA9",
                                       "\xE2\x80\xAF", "\xE2\x81\x9F", "\xE3\x80\x80"};
    size_t left = (size_t)(end - start);
    if (left > 0 && (is_blank_char(end[-1]) || end[-1] == '\v'))
        return 1;
    for (size_t i = 0; i < sizeof wide / sizeof *wide; i++)
        if (left >= strlen(wide[i]) && memcmp(end - strlen(wide[i]), wide[i], strlen(wide[i])) == 0)
            return strlen(wide[i]);
    bool is_space = left >= 3 && memcmp(end - 3, "\xE2\x80", 2) == 0 && (unsigned char)end[-1] <= 0x8A;
    return is_space ? 3 : 0;
}

char *pgschema_clean_body(const void *ctx, const char *text, const char *schema)
{
    (void)schema;
    Str out = str_new(ctx);
    for (const char *line = text;;) {
        const char *next = line + strcspn(line, "\n"), *end = next;
        for (size_t len; (len = blank_before(line, end)) > 0;)
            end -= len;
        str_add_n(&out, line, (size_t)(end - line));
        if (*next == '\0')
            return out.text;
        str_add_char(&out, '\n');
        line = next + 1;
    }
}

char *pgschema_clean_language(const void *ctx, const char *text, const char *schema)
{
    (void)schema;
    return lower(ctx, text);
}
