/* Signing in to clouds, as far as nobody else is needed: signatures, key files, names and addresses. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "pg/cloud.h"
#include "pg/cloud/aws.h"
#include "pg/cloud/aws_ini.h"
#include "pg/cloud/google_instance.h"
#include "pg/cloud/http.h"
#include "pg/cloud/json.h"
#include "pg/cloud/jwt.h"

#include <openssl/pem.h>
#include <stdlib.h>
#include <string.h>

/* ---- signatures of AWS ---- */

/* The answer that the test suites of AWS's own SDKs have. */
static void a_database_token_is_signed_as_aws_says(void **state)
{
    (void)state;
    SCRATCH void *scratch = mem_scratch();
    AwsKeys keys = {"akid", "skid", NULL};
    AwsScope scope = aws_scope(1478540373, "us-east-1", "rds-db"); /* 2016-11-07 17:39:33 */
    assert_string_equal(scope.stamp, "20161107T173933Z");
    assert_string_equal(
        aws_database_token(scratch, &keys, &scope, "prod-instance.us-east-1.rds.amazonaws.com", "3306", "someusername"),
        "prod-instance.us-east-1.rds.amazonaws.com:3306/?Action=connect&DBUser=someusername"
        "&X-Amz-Algorithm=AWS4-HMAC-SHA256&X-Amz-Credential=akid%2F20161107%2Fus-east-1%2Frds-db%2Faws4_request"
        "&X-Amz-Date=20161107T173933Z&X-Amz-Expires=900&X-Amz-SignedHeaders=host"
        "&X-Amz-Signature=d1138cdbc0ca63eec012ec0fc6c2267e03642168f5884a7795320d4c18374c61");
}

static void a_session_token_and_an_odd_user_are_encoded(void **state)
{
    (void)state;
    SCRATCH void *scratch = mem_scratch();
    AwsKeys keys = {"akid", "skid", "a+b/c=="};
    AwsScope scope = aws_scope(1478540373, "us-east-1", "rds-db");
    const char *token = aws_database_token(scratch, &keys, &scope, "h", "5432", "jo doe@x");
    assert_non_null(strstr(token, "&DBUser=jo%20doe%40x&"));
    assert_non_null(strstr(token, "&X-Amz-Expires=900&X-Amz-Security-Token=a%2Bb%2Fc%3D%3D&X-Amz-SignedHeaders=host&"));
}

/* Two requests of the test suite that AWS publishes for the signature: a form, and one with a session token. */
static void posts_are_signed_as_aws_says(void **state)
{
    (void)state;
    SCRATCH void *scratch = mem_scratch();
    static const char session[] =
        "AQoDYXdzEPT//////////wEXAMPLEtc764bNrC9SAPBSM22wDOk4x4HIZ8j4FZTwdQWLWsKWHGBuFqwAeMicRXmxfpSPfIeoIYRqTflfKD8YUu"
        "wthAx7mSEI/qkPpKPi/kMcGdQrmGdeehM4IC1NtBmUpp2wUE8phUZampKsburEDy0KPkyQDYwT7WZ0wq5VSXDvp75YU9HFvlRd8Tx6q6fE8YQcHN"
        "VXAkiY9q6d+xo0rKwT38xVqr7ZD0u0iPPkUL64lIZbqBAz+scqKmlzm8FDrypNC9Yjc8fPOLn9FX9KSYvKTr4rvx3iSIlTJabIQwj2ICCR/oLxBA"
        "==";
    AwsKeys keys = {"AKIDEXAMPLE", "wJalrXUtnFEMI/K7MDENG+bPxRfiCYEXAMPLEKEY", NULL};
    AwsScope scope = aws_scope(1440938160, "us-east-1", "service"); /* 2015-08-30 12:36:00 */
    AwsPost form = {"example.amazonaws.com", "application/x-www-form-urlencoded", "Param1=value1"};
    assert_string_equal(
        aws_authorization(scratch, &keys, &scope, &form),
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
        "SignedHeaders=content-type;host;x-amz-date, "
        "Signature=ff11897932ad3f4e8b18135d722051e5ac45fc38421b1da7b9d196a0fe09473a");
    keys.session_token = session;
    AwsPost empty = {"example.amazonaws.com", NULL, ""};
    assert_string_equal(
        aws_authorization(scratch, &keys, &scope, &empty),
        "AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE/20150830/us-east-1/service/aws4_request, "
        "SignedHeaders=host;x-amz-date;x-amz-security-token, "
        "Signature=85d96828115b5dc0cfc3bd16ad9e210dd772bbebba041836c64533a82be05ead");
}

/* ---- files of AWS ---- */

static void profiles_are_read_as_the_sdks_do(void **state)
{
    (void)state;
    SCRATCH void *scratch = mem_scratch();
    static const char config[] = "\xEF\xBB\xBF# mine\n"
                                 "lost = 1\n"
                                 "[default]\r\n"
                                 "Region = eu-west-1 # here\r\n"
                                 "s3 =\n"
                                 "  region = nested\n"
                                 "[profile  \"two words\"]\n"
                                 "role_arn=arn:aws:iam::1:role/a=b ; no\n"
                                 "role_arn_of_none =\n"
                                 "no setting\n"
                                 "[ profile x ] # comment\n"
                                 "credential_process = \"/opt/a b\" -c 'x#y' #z\n"
                                 "[y]\n"
                                 "region = not a profile in this file\n"
                                 "[sso-session corp]\n"
                                 "sso_region = us-east-2\n"
                                 "[not closed\n"
                                 "a = 1";
    AwsSettingList s = {0};
    aws_ini_read(scratch, view_of(config), true, &s);
    assert_string_equal(aws_ini_get(&s, "default", "region"), "eu-west-1");
    assert_null(aws_ini_get(&s, "default", "lost"));
    assert_null(aws_ini_get(&s, "default", "s3"));
    assert_string_equal(aws_ini_get(&s, "two words", "role_arn"), "arn:aws:iam::1:role/a=b");
    assert_null(aws_ini_get(&s, "two words", "role_arn_of_none"));
    assert_string_equal(aws_ini_get(&s, "x", "credential_process"), "\"/opt/a b\" -c 'x#y'");
    assert_false(aws_ini_has(&s, "y"));
    assert_string_equal(aws_ini_get(&s, "sso-session corp", "sso_region"), "us-east-2");
    assert_string_equal(aws_ini_get(&s, "sso-session corp", "a"), "1");
    aws_ini_read(scratch, view_of("[y]\nregion = b\n[default]\nregion = c\n"), false, &s);
    assert_string_equal(aws_ini_get(&s, "y", "region"), "b");
    assert_string_equal(aws_ini_get(&s, "default", "region"), "c");
}

/* ---- text ---- */

static void forms_are_encoded(void **state)
{
    (void)state;
    SCRATCH void *scratch = mem_scratch();
    Str form = str_new(scratch);
    form_add(&form, "a b", "x-Y_z.~9");
    form_add(&form, "c", "&=+/\xC3\xA9\n");
    assert_string_equal(form.text, "a%20b=x-Y_z.~9&c=%26%3D%2B%2F%C3%A9%0A");
}

static void secrets_go_by_plain_http_to_this_machine_alone(void **state)
{
    (void)state;
    static const char *const private[] = {"https://example.com/x", "http://127.0.0.1:80/", "http://127.9.8.7/", "http://localhost:1/",
                                          "http://[::1]:9/x"};
    static const char *const open[] = {"http://example.com/", "http://127.0.0.1.example.com/", "http://localhost.example.com/",
                                       "http://user@127.0.0.1@example.com/", "ftp://127.0.0.1/", "file:///etc/passwd", "",
                                       "http://127.0.0.1@example.com/"};
    for (size_t i = 0; i < sizeof private / sizeof private[0]; i++)
        if (!http_is_private(private[i]))
            fail_msg("%s", private[i]);
    for (size_t i = 0; i < sizeof open / sizeof open[0]; i++)
        if (http_is_private(open[i]))
            fail_msg("%s", open[i]);
}

static void elements_are_found_in_xml(void **state)
{
    (void)state;
    SCRATCH void *scratch = mem_scratch();
    static const char xml[] = "<R><Id/><Id><a>x</a></Id><Id>1 &lt; 2 &amp;amp; &quot;3&apos; &nbsp;</Id><Id>later</Id><End>";
    assert_string_equal(xml_text(scratch, xml, "Id"), "1 < 2 &amp; \"3' &nbsp;");
    assert_null(xml_text(scratch, xml, "End"));
    assert_null(xml_text(scratch, xml, "R"));
    assert_null(xml_text(scratch, "", "R"));
    assert_null(xml_text(scratch, "<R>x", "R"));
}

static void documents_with_secrets_are_not_quoted_in_errors(void **state)
{
    (void)state;
    SCRATCH void *scratch = mem_scratch();
    static const char *const broken[] = {"{\"key\": \"hunter2\" x}", "[\"hunter2\"]", "hunter2", "", "{\"hunter2\": \"\xFF\"}"};
    for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
        Error err = {0};
        Str text = str_new(scratch);
        assert_null(json_document(scratch, broken[i], strlen(broken[i]), "key.json", &err));
        assert_int_equal(err.class, ERR_CONFIG);
        error_render(&err, &text);
        assert_null(strstr(text.text, "hunter2"));
        assert_non_null(strstr(text.text, "key.json"));
        error_clear(&err);
    }
}

static void instances_have_three_parts(void **state)
{
    (void)state;
    SCRATCH void *scratch = mem_scratch();
    static const char *const wrong[] = {"", "a", "a:b", ":b:c", "a::c", "a:b:", "::"};
    GoogleName name;
    Error err = {0};
    assert_true(google_name(scratch, "shop:europe-west1:main", &name, &err));
    assert_string_equal(name.project, "shop");
    assert_string_equal(name.region, "europe-west1");
    assert_string_equal(name.instance, "main");
    assert_true(google_name(scratch, "example.com:shop:r:i", &name, &err));
    assert_string_equal(name.project, "example.com:shop");
    for (size_t i = 0; i < sizeof wrong / sizeof wrong[0]; i++) {
        assert_false(google_name(scratch, wrong[i], &name, &err));
        assert_int_equal(err.class, ERR_CONFIG);
        error_clear(&err);
    }
}

/* ---- assertions ---- */

/* The bytes of one part of an assertion. */
static size_t part_of(const char *part, size_t len, unsigned char *out)
{
    char text[4096] = "";
    assert_true(len < sizeof text - 4);
    for (size_t i = 0; i < len; i++)
        text[i] = part[i] == '-' ? '+' : part[i] == '_' ? '/' : part[i];
    size_t padded = (len + 3) / 4 * 4;
    memset(text + len, '=', padded - len);
    int n = EVP_DecodeBlock(out, (const unsigned char *)text, (int)padded);
    assert_true(n >= 0);
    return (size_t)n - (padded - len);
}

static void assertions_are_signed(void **state)
{
    (void)state;
    SCRATCH void *scratch = mem_scratch();
    EVP_PKEY *key = key_owned(scratch, EVP_RSA_gen(2048));
    Error err = {0};
    unsigned char bytes[4096] = {0};
    const char *jwt = jwt_sign(scratch, key, json_pack("{s:s}", "kid", "k?1"), json_pack("{s:s}", "iss", "me"), &err);
    assert_non_null(jwt);
    const char *first = strchr(jwt, '.'), *second = strrchr(jwt, '.');
    bytes[part_of(jwt, (size_t)(first - jwt), bytes)] = '\0';
    assert_string_equal((char *)bytes, "{\"kid\":\"k?1\",\"alg\":\"RS256\",\"typ\":\"JWT\"}");
    memset(bytes, 0, sizeof bytes);
    part_of(first + 1, (size_t)(second - first - 1), bytes);
    assert_string_equal((char *)bytes, "{\"iss\":\"me\"}");
    size_t len = part_of(second + 1, strlen(second + 1), bytes);
    EVP_MD_CTX *md = EVP_MD_CTX_new();
    assert_int_equal(EVP_DigestVerifyInit(md, NULL, EVP_sha256(), NULL, key), 1);
    assert_int_equal(EVP_DigestVerify(md, bytes, len, (const unsigned char *)jwt, (size_t)(second - jwt)), 1);
    EVP_MD_CTX_free(md);
}

static void other_keys_than_rsa_are_refused(void **state)
{
    (void)state;
    SCRATCH void *scratch = mem_scratch();
    Error err = {0};
    EVP_PKEY *key = key_owned(scratch, EVP_EC_gen("P-256"));
    assert_null(jwt_sign(scratch, key, json_object(), json_object(), &err));
    assert_int_equal(err.class, ERR_CONFIG);
    error_clear(&err);
    assert_null(key_from_pem(scratch, "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n", NULL, "k", &err));
    assert_int_equal(err.class, ERR_CONFIG);
    error_clear(&err);
}

/* Nobody is asked at the terminal, whatever the key wants. */
static void encrypted_keys_need_their_password(void **state)
{
    (void)state;
    SCRATCH void *scratch = mem_scratch();
    EVP_PKEY *key = key_owned(scratch, EVP_RSA_gen(2048));
    BIO *bio = BIO_new(BIO_s_mem());
    char *text;
    Error err = {0};
    assert_int_equal(PEM_write_bio_PKCS8PrivateKey(bio, key, EVP_aes_128_cbc(), "secret", 6, NULL, NULL), 1);
    const char *pem = mem_strndup(scratch, text, (size_t)BIO_get_mem_data(bio, &text));
    BIO_free(bio);
    assert_non_null(key_from_pem(scratch, pem, "secret", "k", &err));
    assert_null(key_from_pem(scratch, pem, "wrong", "k", &err));
    error_clear(&err);
    assert_null(key_from_pem(scratch, pem, NULL, "k", &err));
    assert_non_null(strstr(err.hint, "encrypted"));
    error_clear(&err);
}

/* ---- what is missing ---- */

static void what_is_missing_is_told(void **state)
{
    (void)state;
    static const struct {
        CloudOptions options;
        const char *message;
    } cases[] = {
        {{.kind = CLOUD_AWS, .user = "u", .aws_region = "r"},                                      "endpoint"                },
        {{.kind = CLOUD_AWS, .host = "h", .aws_region = "r"},                                      "a user"                  },
        {{.kind = CLOUD_AWS, .host = "h", .user = "u"},                                            "a region"                },
        {{.kind = CLOUD_AWS, .host = "h", .user = "u", .aws_region = "r", .sslmode = "disable"},   "not sent without TLS"    },
        {{.kind = CLOUD_AZURE, .sslmode = "disable"},                                              "not sent without TLS"    },
        {{.kind = CLOUD_AZURE, .azure_tenant_id = "'; x"},                                         "no Azure tenant"         },
        {{.kind = CLOUD_GOOGLE, .google_instance = "a:b:c"},                                       "a user"                  },
        {{.kind = CLOUD_GOOGLE, .user = "u"},                                                      "an instance or a host"   },
        {{.kind = CLOUD_GOOGLE, .user = "u", .google_instance = "a:b"},                            "no Cloud SQL instance"   },
        {{.kind = CLOUD_GOOGLE, .user = "u", .host = "h", .sslmode = "disable"},                   "not sent without TLS"    },
    };
    SCRATCH void *scratch = mem_scratch();
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        CloudSignIn out;
        Error err = {0};
        assert_false(cloud_sign_in(scratch, &cases[i].options, &out, &err));
        assert_int_equal(err.class, ERR_CONFIG);
        if (strstr(err.message, cases[i].message) == NULL)
            fail_msg("%s", err.message);
        error_clear(&err);
    }
}

static void tls_is_asked_for_and_kept_where_it_is_stronger(void **state)
{
    (void)state;
    static const struct {
        const char *asked, *rootcert, *given;
    } cases[] = {
        {NULL, NULL, "require"},      {"prefer", NULL, "require"},          {"allow", "/x.pem", "require"}, {"require", NULL, NULL},
        {"verify-ca", NULL, NULL},    {"verify-full", "system", NULL},      {NULL, "system", "verify-full"},
    };
    SCRATCH void *scratch = mem_scratch();
    setenv("AWS_ACCESS_KEY_ID", "akid", 1);
    setenv("AWS_SECRET_ACCESS_KEY", "skid", 1);
    for (size_t i = 0; i < sizeof cases / sizeof cases[0]; i++) {
        CloudOptions options = {.kind = CLOUD_AWS, .host = "h", .user = "u", .aws_region = "r",
                                .sslmode = cases[i].asked, .sslrootcert = cases[i].rootcert};
        CloudSignIn out;
        Error err = {0};
        assert_true(cloud_sign_in(scratch, &options, &out, &err));
        assert_true(text_starts(out.password, "h:5432/?Action=connect&DBUser=u&"));
        if (!text_equal(out.sslmode, cases[i].given))
            fail_msg("%s gave %s", cases[i].asked, out.sslmode);
    }
}

static void nothing_happens_without_a_cloud(void **state)
{
    (void)state;
    CloudSignIn out = {.password = "x"};
    Error err = {0};
    assert_true(cloud_sign_in(NULL, &(CloudOptions){.host = "h"}, &out, &err));
    assert_null(out.password);
    assert_null(out.host);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(a_database_token_is_signed_as_aws_says),
        cmocka_unit_test(a_session_token_and_an_odd_user_are_encoded),
        cmocka_unit_test(posts_are_signed_as_aws_says),
        cmocka_unit_test(profiles_are_read_as_the_sdks_do),
        cmocka_unit_test(forms_are_encoded),
        cmocka_unit_test(secrets_go_by_plain_http_to_this_machine_alone),
        cmocka_unit_test(elements_are_found_in_xml),
        cmocka_unit_test(documents_with_secrets_are_not_quoted_in_errors),
        cmocka_unit_test(instances_have_three_parts),
        cmocka_unit_test(assertions_are_signed),
        cmocka_unit_test(other_keys_than_rsa_are_refused),
        cmocka_unit_test(encrypted_keys_need_their_password),
        cmocka_unit_test(what_is_missing_is_told),
        cmocka_unit_test(tls_is_asked_for_and_kept_where_it_is_stronger),
        cmocka_unit_test(nothing_happens_without_a_cloud),
    };
    return cmocka_run_group_tests_name("cloud", tests, NULL, NULL);
}
