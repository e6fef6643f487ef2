/* Texts and signatures as pgschema cleans them, damage included, and JSON as its encoder writes it. */
#include "schema/pgschema_clean.h"
#include "schema/pgschema_json.h"
#include "schema/pgschema_signature.h"

#include "base/str.h"

#include <setjmp.h>
#include <stdarg.h>
#include <stdio.h>

#include <cmocka.h>

typedef struct Case {
    const char *text, *clean;
} Case;

static void check(char *(*clean)(const void *, const char *, const char *), const Case *cases, size_t n)
{
    SCRATCH void *scratch = mem_scratch();
    for (size_t i = 0; i < n; i++)
        assert_string_equal(clean(scratch, cases[i].text, "shop"), cases[i].clean);
}
#define CHECK(clean, cases) check(clean, cases, sizeof cases / sizeof *cases)

static void types_have_their_sql_names(void **state)
{
    (void)state;
    static const Case cases[] = {
        {"int4", "integer"},
        {"_int4", "_int4"},
        {"bpchar[]", "character[]"},
        {"timestamp with time zone", "timestamptz"},
        {"pg_catalog.int4range", "int4range"},
        {"shop.mood", "shop.mood"},
        {"(a)::bool", "(a)::boolean"},
        {"(a)::int4range", "(a)::integerrange"},
        {"a::boolean", "a::booleanean"},
        {"a::pg_catalog.inet", "a::inet"},
    };
    CHECK(pgschema_clean_type, cases);
}

static void defaults_lose_casts_and_their_own_schema(void **state)
{
    (void)state;
    static const Case cases[] = {
        {" now() ", "now()"},
        {"nextval('shop.order_id_seq'::regclass)", "nextval('order_id_seq'::regclass)"},
        {"nextval('order_id_seq'::regclass)", "nextval('order_id_seq'::regclass)"},
        {"shop.next_no(1)", "next_no(1)"},
        {"workshop.next_no(1)", "worknext_no(1)"},
        {"other.next_no(1)", "other.next_no(1)"},
        {"'calm'::shop.mood", "'calm'::mood"},
        {"'new'::text", "'new'"},
        {"'O''Hara'::character varying", "'O''Hara'"},
        {"'{}'::text[]", "'{}'"},
        {"'{}'::jsonb", "'{}'"},
        {"'1 day'::interval", "'1 day'::interval"},
        {"'-1.5'::numeric", "-1.5"},
        {"'1.'::numeric", "'1.'::numeric"},
        {"(7)::bigint", "7::bigint"},
        {"NULL::character varying", "NULL"},
        {"CASE WHEN true THEN NULL::text ELSE 'a'::text END", "CASE WHEN true THEN NULL'a' END"},
        {"('a'::name || 'b'::text)", "('a'::name || 'b')"},
    };
    CHECK(pgschema_clean_default, cases);
}

static void checks_become_in_and_like(void **state)
{
    (void)state;
    static const Case cases[] = {
        {"CHECK (price > 0)", "CHECK (price > 0)"},
        {"CHECK ((price > (0)::numeric))", "CHECK ((price > (0)::numeric))"},
        {"CHECK (price > 0) NOT VALID", "CHECK (price > 0)"},
        {"CHECK (price > 0) NO INHERIT", "CHECK (price > 0)"},
        {"CHECK (a > 0) OR (b > 0)", "CHECK ((a > 0) OR (b > 0))"},
        {"CHECK ((state)::text = 'a'::character varying::text)", "CHECK (state::text = 'a'::character varying)"},
        {"CHECK (state = ANY (ARRAY['a'::text, 'b'::text]))", "CHECK (state IN ('a'::text, 'b'::text))"},
        {"CHECK (state = ANY (ARRAY['a]'::varchar, 'b'::varchar]::text[]) AND x)",
         "CHECK (state IN ('a]'::varchar, 'b'::varchar) AND x)"},
        {"CHECK (name ~~ 'a%'::text AND price > 0)", "CHECK (name LIKE 'a%')"},
        {"CHECK (shop.is_ok(kind::shop.mood))", "CHECK (is_ok(kind::mood))"},
    };
    CHECK(pgschema_clean_check, cases);
}

static void predicates_have_one_pair_of_parentheses(void **state)
{
    (void)state;
    static const Case cases[] = {
        {"(price > 0)", "(price > 0)"},
        {"price > 0", "(price > 0)"},
        {"((a > 0) AND (b > 0))", "(a > 0) AND (b > 0)"},
        {"is_open(id)", "is_open(id)"},
        {"kind = (1)", "kind = (1)"},
        {"(kind = ANY (ARRAY[1, 2]))", "kind IN (1, 2)"},
        {"((kind)::text = ANY ((ARRAY['a'::character varying, 'b'::character varying])::text[]))",
         "(kind)::text IN ('a'::character varying, 'b'::character varying)"},
        {"((kind)::text = ANY (ARRAY[('a'::character varying)::text, ('b'::character varying)::text]))",
         "(kind)::text IN ('a'::character varying, 'b'::character varying)"},
    };
    CHECK(pgschema_clean_predicate, cases);
}

static void policies_have_single_blanks_and_parentheses(void **state)
{
    (void)state;
    static const Case cases[] = {
        {"true", "(true)"},
        {"(a  =\n 'x  y'::text)", "(a = 'x y')"},
        {"(a @> '{x}'::text[])", "(a @> '{x}'::text[])"},
        {"(id IN ( SELECT shop.owner_of(o.id) FROM shop.orders o))", "(id IN ( SELECT owner_of(o.id) FROM orders o))"},
        {"((a)::bool AND ('x'::text = b))", "((a)::boolean AND ('x' = b))"},
    };
    CHECK(pgschema_clean_policy, cases);
}

static void triggers_give_their_call_and_condition(void **state)
{
    (void)state;
    static const char head[] = "CREATE TRIGGER t BEFORE UPDATE ON shop.orders FOR EACH ROW ";
    SCRATCH void *scratch = mem_scratch();
    const char *text =
        mem_printf(scratch, "%sWHEN (((new.a)::text IS DISTINCT FROM old.b)) EXECUTE FUNCTION shop.f()", head);
    assert_string_equal(pgschema_clean_trigger_call(scratch, text, "shop"), "f()");
    assert_string_equal(pgschema_clean_trigger_condition(scratch, text, "shop"),
                        "(((NEW.a)::text IS DISTINCT FROM OLD.b))");
    text = mem_printf(
        scratch, "%sWHEN ((NOT ((new.a IS DISTINCT FROM old.a) OR b))) EXECUTE FUNCTION f('a,b', 'new')", head);
    assert_string_equal(pgschema_clean_trigger_call(scratch, text, "shop"), "f('a, b', 'new')");
    assert_string_equal(pgschema_clean_trigger_condition(scratch, text, "shop"),
                        "(((NEW.a IS NOT DISTINCT FROM OLD.a OR b)))");
    assert_string_equal(pgschema_clean_trigger_condition(scratch, "CREATE TRIGGER t EXECUTE FUNCTION f()", "shop"), "");
}

static void domains_say_value(void **state)
{
    (void)state;
    static const Case cases[] = {
        {"CHECK (value > 0)", "CHECK (VALUE > 0)"},
        {"CHECK ((VALUE <> 'value'::text))", "CHECK (VALUE <> 'VALUE')"},
        {"CHECK (shop.is_code(VALUE))", "CHECK (is_code(VALUE))"},
        {"CHECK (VALUE <> ALL ('{a}'::text[]))", "CHECK (VALUE <> ALL ('{a}'[]))"},
    };
    CHECK(pgschema_clean_domain_check, cases);
    static const Case values[] = {{"'a'::text", "'a'"}, {"'a'::texture", "'a'::texture"}};
    CHECK(pgschema_clean_domain_default, values);
}

static void views_and_bodies(void **state)
{
    (void)state;
    static const Case views[] = {
        {" SELECT 1;", " SELECT 1"},
        {" SELECT shop.a, 'shop.b', myshop.c FROM shop.t;", " SELECT a, 'shop.b', myshop.c FROM t"},
        {" SELECT shop.of, shop.\"order\" FROM t;", " SELECT \"of\", \"order\" FROM t"},
    };
    CHECK(pgschema_clean_view, views);
    static const Case bodies[] = {
        {"\nBEGIN \t\r\n  x;\xC2\xA0\xE2\x80\x83\nEND;\n", "\nBEGIN\n  x;\nEND;\n"},
        {"", ""},
    };
    CHECK(pgschema_clean_body, bodies);
}

static void results_are_cleaned_column_by_column(void **state)
{
    (void)state;
    static const Case cases[] = {
        {"integer", "integer"},
        {"shop.mood[]", "mood[]"},
        {"SETOF shop.orders", "SETOF orders"},
        {"TABLE(id integer, \"a, b\" shop.mood, n numeric(10,2), t timestamp with time zone)",
         "TABLE(id integer, \"a, b\" mood, n numeric(10,2), t timestamptz)"},
    };
    CHECK(pgschema_return_type, cases);
}

static char *parameters_text(const void *ctx, const char *signature, char **types)
{
    Str text = str_new(ctx);
    json_t *parameters = pgschema_parameters(ctx, signature, "shop", types);
    for (size_t i = 0; i < json_array_size(parameters); i++) {
        const json_t *p = json_array_get(parameters, i);
        const char *value = json_string_value(json_object_get(p, "default_value"));
        str_addf(&text, "[%s|%s|%s|%s]", json_string_value(json_object_get(p, "mode")),
                 json_string_value(json_object_get(p, "name")), json_string_value(json_object_get(p, "data_type")),
                 value != NULL ? value : "");
    }
    json_decref(parameters);
    return text.text;
}

static void signatures_are_taken_apart(void **state)
{
    (void)state;
    SCRATCH void *scratch = mem_scratch();
    char *types;
    assert_string_equal(parameters_text(scratch, "", &types), "");
    assert_string_equal(types, "");
    assert_string_equal(
        parameters_text(scratch, "a integer, b shop.mood DEFAULT 'a,b'::shop.mood, OUT c character varying", &types),
        "[IN|a|integer|][IN|b|mood|'a,b'::mood][OUT|c|varchar|]");
    assert_string_equal(types, "integer, mood");
    assert_string_equal(parameters_text(scratch, "integer, double precision, VARIADIC n numeric[]", &types),
                        "[IN||integer|][IN|double|precision|][VARIADIC|n|numeric[]|]");
    assert_string_equal(types, "integer, precision, numeric[]");
    assert_string_equal(parameters_text(scratch, "\"\xC3\xA9\" text", &types), "[IN|\"\xC3\x83\xC2\xA9\"|text|]");
}

static void json_is_escaped_for_html(void **state)
{
    (void)state;
    SCRATCH void *scratch = mem_scratch();
    Str out = str_new(scratch);
    static const char text[] = "<a&b>\"\\\n\t\x01\xE2\x80\xA8\xE2\x80\xA9 \xC3\xA9";
    json_t *value = json_pack("{s:s, s:{s:i, s:b}, s:[n]}", "z", text, "tables", "b", -1, "B", 1, "a");
    pgschema_write_json(&out, value);
    json_decref(value);
    assert_string_equal(out.text, "{\"z\":\"\\u003ca\\u0026b\\u003e\\\"\\\\\\n\\t\\u0001\\u2028\\u2029 \xC3\xA9\","
                                  "\"tables\":{\"B\":true,\"b\":-1},\"a\":[null]}");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(types_have_their_sql_names),
        cmocka_unit_test(defaults_lose_casts_and_their_own_schema),
        cmocka_unit_test(checks_become_in_and_like),
        cmocka_unit_test(predicates_have_one_pair_of_parentheses),
        cmocka_unit_test(policies_have_single_blanks_and_parentheses),
        cmocka_unit_test(triggers_give_their_call_and_condition),
        cmocka_unit_test(domains_say_value),
        cmocka_unit_test(views_and_bodies),
        cmocka_unit_test(results_are_cleaned_column_by_column),
        cmocka_unit_test(signatures_are_taken_apart),
        cmocka_unit_test(json_is_escaped_for_html),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
