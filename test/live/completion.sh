. "$(dirname "$0")/../lib.sh"

# expect_offer SHELL LINE WORDS – what the shell offers behind the line
expect_offer() {
    got=$("offer_$1" "$2" | tr '\n' ' ' | sed 's/ *$//')
    [ "$got" = "$3" ] || fail "$1 offers for \`$2\`: \"$got\", not \"$3\""
}

PATH=$(dirname "$PGWRIGHT"):$PATH # the scripts ask the program for names

# A workspace to name modules and changes of.
names_project() {
    printf 'packages:\n  - packages/*\n' >pgwright.yaml
    mkdir -p packages/billing packages/shop
    cd packages/billing || exit 1
    project pgwright billing; change invoices; change app/items; tag v1
    cd ../shop || exit 1
    project pgwright shop; change users
    cd ../..
}

# names_cases SHELL – where the name of a module or a change is wanted
names_cases() {
    expect_offer "$1" "pgwright deploy " "billing shop"
    expect_offer "$1" "pgwright deploy --package sh" "shop"
    expect_offer "$1" "pgwright deploy billing --to in" "invoices"
    expect_offer "$1" "pgwright --cwd packages/billing revert --to app/" "app/items"
    cd packages/billing || exit 1
    expect_offer "$1" "pgwright revert --to " "$2app/items invoices"
    expect_offer "$1" "pgwright remove inv" "invoices"
    expect_offer "$1" "pgwright add inv" ""
    cd ../..
}

offer_fish() {
    "$PGWRIGHT" completion fish >script.fish
    HOME=$PWD fish --no-config -c "source script.fish; complete -C '$1'" | cut -f 1 | sort
}

cases() {
    expect_offer "$1" "pgwright depl" "deploy"
    expect_offer "$1" "pgwright sandbox st" "start status stop"
    expect_offer "$1" "pgwright roles add --te" "--test"
    expect_offer "$1" "pgwright deploy --cre" "--createdb"
    expect_offer "$1" "pgwright deploy --tx mo" "module"
    expect_offer "$1" "pgwright --cwd /tmp status --show-t" "--show-tags"
    expect_offer "$1" "pgwright completion z" "zsh"
    expect_offer "$1" "pgwright help rebas" "rebase"
    expect_offer "$1" "pgwright init --template adv" "advanced"
    expect_offer "$1" "pgwright templates describe ba" "basic"
}

begin "bash completes commands, flags and choices"
offer_bash() {
    "$PGWRIGHT" completion bash >script.bash
    bash --norc -c '
        source script.bash
        COMP_LINE=$1 COMP_POINT=${#1}
        _pgwright 2>/dev/null # compopt works within readline alone
        printf "%s\n" "${COMPREPLY[@]}"' - "$1" | sort
}
cases bash
names_project
names_cases bash "@v1 "
expect_offer bash "pgwright deps us" ""
expect_offer bash "pgwright deps shop:us" "users"
echo '_$(touch${IFS}hacked)_' >>packages/shop/pgwright.plan
expect_offer bash "pgwright deploy shop --to _" "_\\\$\\(touch\\$\\{IFS\\}hacked\\)_"
[ ! -e hacked ] || fail "the name of a change was run"
expect_offer bash "pgwright deploy billing --to @" "v1"
expect_offer bash "pgwright deploy billing --to=@v" "v1"
expect_offer bash "pgwright deploy --tx=mo" "module"
expect_offer bash "pgwright deploy --tx=" "change module none run tag"
expect_offer bash "pgwright apply --no-wa" "--no-wait"
expect_offer bash "pgwright deploy -d --cre" ""
end

if command -v fish >/dev/null; then
    begin "fish completes commands, flags and choices"
    cases fish
    names_project
    names_cases fish "@v1 "
    end
else
    skip "fish completes commands, flags and choices" "fish is not installed"
fi

if command -v zsh >/dev/null; then
    begin "zsh completes commands, flags and choices"
    "$PGWRIGHT" completion zsh >_pgwright
    run zsh -n _pgwright
    expect_status 0
    cat >press-tab <<'ZSH'
# writes into `line` what becomes of $1 once Tab is pressed
zmodload zsh/zpty
rm -f line
zpty shell zsh -f -i
zpty -w shell 'autoload -Uz compinit; compinit -D -u; source ./_pgwright'
zpty -w shell 'tab() { zle complete-word; print -r -- "$BUFFER" >line.new; mv line.new line }; zle -N tab; bindkey "^X" tab'
zpty -n -w shell "$1"$'\C-x'
for ((i = 0; i < 100; i++)); do [[ -e line ]] && break; zpty -r -t shell ignored; sleep 0.05; done
ZSH
    # expect_line TYPED COMPLETED
    expect_line() {
        run zsh -f press-tab "$1"
        [ "$(cat line)" = "$2 " ] || fail "zsh makes \`$(cat line)\` of \`$1\`"
    }
    expect_line "pgwright depl" "pgwright deploy"
    expect_line "pgwright deploy --cre" "pgwright deploy --createdb"
    expect_line "pgwright deploy billing --cre" "pgwright deploy billing --createdb"
    expect_line "pgwright deploy --tx mo" "pgwright deploy --tx module"
    expect_line "pgwright roles add --te" "pgwright roles add --test"
    expect_line "pgwright completion z" "pgwright completion zsh"
    names_project
    expect_line "pgwright deploy bil" "pgwright deploy billing"
    expect_line "pgwright deploy billing --to app" "pgwright deploy billing --to app/items"
    expect_line "pgwright deploy --package sh" "pgwright deploy --package shop"
    end
else
    skip "zsh completes commands, flags and choices" "zsh is not installed"
fi

finish
