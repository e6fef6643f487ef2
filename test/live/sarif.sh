# Errors as SARIF and as annotations of GitHub Actions.
. "$(dirname "$0")/../lib.sh"
unset GITHUB_ACTIONS GITHUB_WORKSPACE

# sarif – the report becomes the document that expect_json asks
sarif() {
    out=$(cat report.sarif)
}

begin "an error has its rule, its file, line and column; the report has the form that SARIF 2.1.0 says"
mkdir 'a b'
printf 'SELECT 1;\nSELECT nope;\n' >'a b/ü.sql'
echo 'DO $$ BEGIN EXECUTE (SELECT content FROM pgmi_source_view); END $$' >deploy.sql
run "$PGWRIGHT" deploy . --sarif report.sarif
expect_status 13
expect_no_errors '^::error'
sarif
expect_json "concat_ws(' ', d->>'version', d->>'\$schema', jsonb_array_length(d->'runs'))" "2.1.0 https://json.schemastore.org/sarif-2.1.0.json 1"
expect_json "(d->'runs'->0->'tool'->'driver') - 'version'" \
    '{"name": "pgwright", "rules": [{"id": "42703", "properties": {"class": "sql"}, "shortDescription": {"text": "SQL failed"}}]}'
expect_json "d->'runs'->0->'invocations'->0" '{"exitCode": 13, "executionSuccessful": false}'
expect_json "d->'runs'->0->'columnKind'" '"unicodeCodePoints"'
expect_json "(d->'runs'->0->'results'->0) - 'message' - 'locations'" '{"level": "error", "ruleId": "42703", "ruleIndex": 0}'
expect_json "d->'runs'->0->'results'->0->'locations'->0->'physicalLocation'->'region'" \
    '{"snippet": {"text": "SELECT nope;"}, "startLine": 2, "startColumn": 8}'
expect_json "d->'runs'->0->'results'->0->'locations'->0->'physicalLocation'->'artifactLocation'" '{"uri": "a%20b/%C3%BC.sql"}'
expect_json "d->'runs'->0->'results'->0->'message'->>'text' LIKE 'running deploy.sql:1: column \"nope\" does not exist%'" t
end

begin "all errors are told, each rule once; --json goes beside it"
mkdir x
printf '\377' >x/1.sql
printf '\377' >x/2.sql
echo 'SELECT 1' >deploy.sql
run "$PGWRIGHT" deploy . --json --sarif report.sarif
expect_status 10
sarif
expect_json "jsonb_array_length(d->'runs'->0->'results') || ' ' || jsonb_array_length(d->'runs'->0->'tool'->'driver'->'rules')" "2 1"
expect_json "d->'runs'->0->'results'->1->'locations'->0->'physicalLocation'->'artifactLocation'->>'uri'" "x/2.sql"
end

begin "without errors nothing is found; in any command"
echo 'SELECT 1' >deploy.sql
run "$PGWRIGHT" deploy . --sarif report.sarif
expect_status 0
sarif
expect_json "jsonb_array_length(d->'runs'->0->'results') || ' ' || (d->'runs'->0->'invocations'->0->>'executionSuccessful')" "0 true"
run "$PGWRIGHT" deploy . --sarif nowhere/report.sarif
expect_status 10
expect_errors "nowhere/report.sarif"
rm deploy.sql
project pgwright; change users
echo 'SELECT FROM nothing;' >deploy/users.sql
run "$PGWRIGHT" deploy --sarif report.sarif
expect_status 13
sarif
expect_json "d->'runs'->0->'results'->0->'locations'->0->'physicalLocation'->'artifactLocation'->>'uri'" "deploy/users.sql"
echo 'CREATE TABLE users (id int);' >deploy/users.sql
run "$PGWRIGHT" deploy
sql 'DROP TABLE users' >/dev/null
run "$PGWRIGHT" verify --sarif report.sarif
expect_status 17
sarif
expect_json "(d->'runs'->0->'results'->0->>'ruleId') || ' ' || (d->'runs'->0->'results'->0->'locations'->0->'physicalLocation'->'artifactLocation'->>'uri')" \
    "42P01 verify/users.sql"
end

begin "in a step of GitHub Actions each error is an annotation, from the root of the repository on"
mkdir -p 'db/a,b:c'
printf 'DO $$ BEGIN\nRAISE EXCEPTION E'"'"'50%%%% of\\r\\nit: bad, very'"'"';\nEND $$;\n' >'db/a,b:c/1.sql'
echo 'DO $$ BEGIN EXECUTE (SELECT content FROM pgmi_source_view); END $$' >db/deploy.sql
root=$PWD
cd db
GITHUB_ACTIONS=true GITHUB_WORKSPACE=$root run "$PGWRIGHT" deploy . --sarif report.sarif
expect_status 13
expect_errors '^::error file=db/a%2Cb%3Ac/1.sql,line=2,col=1,title=pgwright P0001::running deploy.sql:1: 50%25 of%0D%0Ait: bad, very%0Adetail: where:'
expect_errors '^pgwright: a,b:c/1.sql:2:1: 50% of'
sarif
expect_json "d->'runs'->0->'results'->0->'locations'->0->'physicalLocation'->'artifactLocation'->>'uri'" "db/a%2Cb%3Ac/1.sql"
cd ..
GITHUB_ACTIONS=false run "$PGWRIGHT" deploy db
expect_no_errors '^::error'
GITHUB_ACTIONS=true run "$PGWRIGHT" nonsense
expect_status 2
expect_errors '^::error title=pgwright usage::'
end

begin "of several databases each error is one"
echo 'SELECT nope' >deploy.sql
GITHUB_ACTIONS=true run "$PGWRIGHT" deploy . -d "$PGDATABASE,postgres" --keep-going --sarif report.sarif
expect_status 13
[ "$(printf '%s\n' "$errors" | grep -c '^::error file=deploy.sql,line=1,col=8,title=pgwright 42703::')" = 2 ] || fail "$errors"
sarif
expect_json "(SELECT count(*) FROM jsonb_array_elements(d->'runs'->0->'results') r WHERE r->>'ruleId' = '42703')" 2
end

begin "no secret stands in it"
mkdir w
echo 'DO $$ BEGIN RAISE EXCEPTION $m$postgresql://bob:topsecret77@db/x$m$; END $$' >w/deploy.sql
GITHUB_ACTIONS=true run "$PGWRIGHT" deploy w --sarif report.sarif
expect_status 13
expect_no_errors topsecret77
grep -q topsecret77 report.sarif && fail "the report holds the secret"
end

finish
