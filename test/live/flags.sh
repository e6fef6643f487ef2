# What users of pgpm and Sqitch type is understood, or answered with what to type instead.
. "$(dirname "$0")/../lib.sh"

# accepted COMMAND… – no usage error, whatever else comes of it
accepted() {
    run "$PGWRIGHT" "$@"
    [ "$status" != 2 ] || fail "\`$command\` is refused: $errors"
}

# answered WORDS COMMAND… – a usage error that says what to do instead
answered() {
    words=$1
    shift
    run "$PGWRIGHT" "$@"
    expect_status 2
    expect_errors "$words"
}

begin "flags of pgpm"
project pgpm; change a; change b a; tag v1
for flag in --createdb --recursive --no-recursive --tx --no-tx --fast --bundled --logOnly --usePlan --no-usePlan --cache -y; do
    accepted deploy --dry-run "$flag"
done
accepted deploy --package shop --to @v1 --database "$PGDATABASE" --yes --no-tty --engine pg
accepted verify --package shop --to b --recursive --database "$PGDATABASE"
accepted migrate status --database "$PGDATABASE" --cwd .
accepted migrate list --all
accepted migrate deps b
accepted migrate deps --all
accepted migrate baseline --emit-ledger - --yes
accepted migrate init --importSquitch --history pgpm
accepted revert --package shop --to a --recursive --tx --yes
accepted tag v2 --package shop --changeName a --comment text
accepted add c --requires b --note text
answered "pgwright add --scripts" plan --includePackages
answered "pgwright add --scripts" plan --includeTags
answered "throwaway" deploy --pglite
answered "throwaway" deploy --driver x
mkdir new && cd new || exit 1
accepted init -w acme
cd acme || exit 1
accepted init --moduleName billing --extensions citext
for flag in "--template x" "-t x" "--repo x" "--from-branch x" "--dir x" "--boilerplate x"; do
    # shellcheck disable=SC2086
    answered "needs no template" init other $flag
done
end

begin "flags of Sqitch"
printf '[core]\n\tengine = pg\n' >sqitch.conf
project sqitch; change a; change b a; tag v1
for flag in "--to-change a" "--to a" "--change a" "--mode all" "--mode tag" "--mode change" "-s x=1" "--set x=1" --log-only \
    "--lock-timeout 5" --verify --no-verify "-f sqitch.plan" "--plan-file sqitch.plan" "-t db:pg:$PGDATABASE" \
    "--target db:pg:$PGDATABASE" "--registry sqitch" "-d $PGDATABASE" "--db-name $PGDATABASE" "-u postgres" \
    "--db-username postgres" "-h $PGHOST" "-p $PGPORT" "--chdir ." "-C ." "--no-pager" -q -v; do
    # shellcheck disable=SC2086
    accepted deploy --dry-run $flag
done
accepted -C . deploy
accepted status --project shop --show-changes --show-tags -t "db:pg:$PGDATABASE"
accepted verify --from-change a --to-change b --set x=1
accepted verify --from a --to b
accepted rebase --onto-change a --upto-change b --mode change -e x=1 -r x=1 --set-deploy y=1 --set-revert y=1 -s z=1 --log-only -y
accepted rebase --modified -y
accepted revert --to-change a -s x=1 --log-only --lock-timeout 5 -y
accepted revert --modified -m -y
answered "needs no psql" deploy --client psql
answered "sqitch.conf" deploy --top-dir .
answered "ISO 8601" status --date-format iso
answered "pgwright list" plan --format x
answered "needs no template" add c --template x
answered "in your editor" add c --open-editor
answered "is the argument" add c -c d
answered "of its own" tag v2 --all
end

begin "variables of a rebase, for the way back and forth"
project pgwright; change a
echo "CREATE TABLE a (id int); INSERT INTO a VALUES (:n);" >deploy/a.sql
echo "CREATE TABLE IF NOT EXISTS went (n int); INSERT INTO went VALUES (:n); DROP TABLE a;" >revert/a.sql
run "$PGWRIGHT" deploy --set n=1
run "$PGWRIGHT" rebase -y --set-revert n=2 --set-deploy n=3
expect_status 0
expect_sql "SELECT went.n || ',' || a.id FROM went, a" "2,3"
end

finish
