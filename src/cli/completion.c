/* cli/completion.c: completion scripts for bash, zsh and fish, from the table of commands.
 *
 * Each script knows every command and flag by itself, and asks the program only for names (pgwright names): those of modules
 * and changes stand in the project's files. */
#include "cli/flag_value.h"
#include "cli/invocation.h"
#include "cli/render.h"
#include "cli/verbs.h"
#include "ui/ui.h"

#include <ctype.h>
#include <string.h>

/* What the program is asked for where help says that a module, a change or a template is to be named; NULL for other words. */
static const char *names_kind(const char *word, size_t len)
{
    static const char *const words[][2] = {{"MODULE", "modules"}, {"CHANGE", "changes"}, {"OLD", "changes"},
                                            {"TEMPLATE", "templates"}};
    for (size_t i = 0; word != NULL && i < sizeof words / sizeof words[0]; i++)
        if (strlen(words[i][0]) == len && memcmp(words[i][0], word, len) == 0)
            return words[i][1];
    return NULL;
}

/* Of the first argument, by its first form ("MODULE|FOLDER"); a change that is yet to be added has no name to offer. */
static const char *argument_names(const Command *c)
{
    const char *p = c->arguments + strspn(c->arguments, "[");
    return c->run == run_add ? NULL : names_kind(p, strcspn(p, "|] "));
}

/* What can stand behind a flag: 'FILE', 'DIR', 'modules', 'changes', 'templates', choices "a|b"; "" for any text; NULL when it
 * takes no value. */
static const char *value_kind(const Flag *f)
{
    if (f->type == FLAG_BOOL)
        return NULL;
    if (f->type == FLAG_CHOICE)
        return flag_choices(f);
    bool path = f->value != NULL && (strcmp(f->value, "FILE") == 0 || strcmp(f->value, "DIR") == 0);
    const char *names = f->value == NULL ? NULL : names_kind(f->value, strlen(f->value));
    return path ? f->value : names != NULL ? names : "";
}

/* Within single quotes of a shell; `escape` are characters that get a backslash. */
static void add_quoted(Str *out, const char *text, const char *escape)
{
    for (; *text != '\0'; text++) {
        if (strchr(escape, *text) != NULL)
            str_add_char(out, '\\');
        if (*text == '\'')
            str_add(out, "'\\'");
        str_add_char(out, *text);
    }
}

static void add_words(Str *out, const char *choices)
{
    for (; *choices != '\0'; choices++)
        str_add_char(out, *choices == '|' ? ' ' : *choices);
}

/* "deploy", and once for each family "sandbox". */
static void add_first_words(Str *out)
{
    for (size_t i = 0; i < commands_count; i++)
        if (!commands[i].hidden &&
            (strchr(commands[i].name, ' ') == NULL || command_is_first_of_family(&commands[i])))
            str_addf(out, "%.*s ", (int)strcspn(commands[i].name, " "), commands[i].name);
}

static void add_second_words(Str *out, const char *word)
{
    const Command *c;
    for (size_t i = 0; (c = command_of_family(word, i)) != NULL; i++)
        str_addf(out, "%s%s", i > 0 ? " " : "", c->name + strlen(word) + 1);
}

/* Words that the first argument can be: of "bash|zsh|fish", "[workspace|module] [NAME]",
 * "[COMMAND…|exit-codes]". Those in capitals stand for anything, but for COMMAND. */
static void add_argument_words(Str *out, const Command *c)
{
    const char *p = c->arguments + strspn(c->arguments, "[");
    for (size_t end = strcspn(p, "] "); end > 0;) {
        size_t n = strcspn(p, "|] ");
        if (text_starts(p, "COMMAND"))
            add_first_words(out);
        else if (*p >= 'a' && *p <= 'z')
            str_addf(out, "%.*s ", (int)n, p);
        n += p[n] == '|';
        p += n;
        end -= n;
    }
}

/* --flag=KIND for each flag that takes a value, under all its names, so that a value is never taken for a
 * command. */
static void add_bash_values(Str *out, const Command *c)
{
    for (size_t i = 0; command_flag(c, i) != NULL; i++) {
        const Flag *f = command_flag(c, i);
        const char *kind = value_kind(f);
        if (kind == NULL)
            continue;
        str_addf(out, " --%s=%s", f->name, kind);
        if (f->letter != 0)
            str_addf(out, " -%c=%s", f->letter, kind);
        for (const char *p = f->aliases; p != NULL && *p != '\0';) {
            size_t n = strcspn(p, ",");
            str_addf(out, " --%.*s=%s", (int)n, p, kind);
            p += n + (p[n] != '\0');
        }
    }
}

static void add_bash_command(Str *out, const Command *c)
{
    str_addf(out, "    '%s'", c->name);
    for (const char *p = c->aliases; p != NULL && *p != '\0';) {
        size_t n = strcspn(p, ",");
        str_addf(out, " | '%.*s'", (int)n, p);
        p += n + (p[n] != '\0');
    }
    str_add(out, ")\n        flags='");
    for (size_t i = 0; command_flag(c, i) != NULL; i++)
        if (!command_flag(c, i)->hidden)
            str_addf(out, "--%s%s ", flag_is_on(command_flag(c, i)) ? "no-" : "", command_flag(c, i)->name);
    str_add(out, "--help'\n        values='");
    add_bash_values(out, c);
    str_add(out, "'\n        words='");
    add_argument_words(out, c);
    str_addf(out, "' names='%s' ;;\n", argument_names(c) != NULL ? argument_names(c) : "");
}

/* readline splits a line at blanks and at = : @ too, and puts what is offered behind the last of these: the line is split
 * here anew, and offers lose what stands before that place. */
static const char bash_function[] =
    "_pgwright()\n"
    "{\n"
    "    local line=${COMP_LINE:0:COMP_POINT} command='' flag='' kind=- names='' i word words cur\n"
    "    local flags='--help --version --cwd --json' values='--cwd=DIR' typed\n"
    "    read -ra typed <<<\"$line\"\n"
    "    [[ $line == *' ' ]] && typed+=('')\n"
    "    cur=${typed[-1]} flag=${typed[-2]}\n"
    "    if [[ $cur == --*=* ]]; then\n"
    "        flag=${cur%%=*} cur=${cur#*=}\n"
    "    fi\n"
    "    for ((i = 1; i < ${#typed[@]} - 1; i++)); do\n"
    "        word=${typed[i]}\n"
    "        case $word in\n"
    "        --cwd) ((i++)) ;;\n"
    "        -*) ;;\n"
    "        *)\n"
    "            command=${command:+$command }$word\n"
    "            [[ $_pgwright_families == *\" $command \"* ]] || break ;;\n"
    "        esac\n"
    "    done\n"
    "    _pgwright_command \"$command\"\n"
    "    for word in $values; do\n"
    "        [[ ${word%%=*} == \"$flag\" ]] && kind=${word#*=}\n"
    "    done\n"
    "    case $kind in\n"
    "    FILE) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -f -- \"$cur\"); return ;;\n"
    "    DIR) compopt -o filenames; mapfile -t COMPREPLY < <(compgen -d -- \"$cur\"); return ;;\n"
    "    modules | changes | templates) words='' names=$kind ;;\n"
    "    -) [[ $cur == -* || -z $words$names ]] && words=$flags names='' ;;\n"
    "    *) words=${kind//|/ } names='' ;;\n"
    "    esac\n"
    "    mapfile -t COMPREPLY < <(compgen -W \"$words\" -- \"$cur\")\n"
    "    [[ -z $names ]] && return\n"
    "    while IFS= read -r word; do # compgen -W would expand what a name holds\n"
    "        [[ $word == \"$cur\"* ]] && COMPREPLY+=(\"$(printf %q \"${word#\"${cur%\"${cur##*[:@]}\"}\"}\")\")\n"
    "    done < <(pgwright names \"$names\" -- \"${typed[@]:1:${#typed[@]}-2}\" 2>/dev/null)\n"
    "}\n"
    "complete -F _pgwright pgwright\n";

static void add_bash(Str *out)
{
    str_add(out, "# bash completion for pgwright\n"
                 "_pgwright_command()\n{\n    case $1 in\n    '')\n        words='");
    add_first_words(out);
    str_add(out, "' ;;\n");
    Str families = str_new(out->ctx);
    for (size_t i = 0; i < commands_count; i++) {
        int n = (int)strcspn(commands[i].name, " ");
        if (command_is_first_of_family(&commands[i])) {
            char *word = mem_strndup(out->ctx, commands[i].name, (size_t)n);
            str_addf(&families, " %s", word);
            str_addf(out, "    %s)\n        words='", word);
            add_second_words(out, word);
            str_add(out, "' ;;\n");
        }
        add_bash_command(out, &commands[i]);
    }
    str_addf(out, "    esac\n}\n_pgwright_families='%s '\n", families.text);
    str_add(out, bash_function);
}

/* '(-d --database)'{-d+,--database=}'[help]:NAME: ' */
static void add_zsh_flag(Str *out, const Flag *f)
{
    const char *kind = value_kind(f), *no = flag_is_on(f) ? "no-" : "";
    bool many = flag_value_repeats(f);
    str_add(out, " \\\n            ");
    if (many)
        str_add(out, "'*'");
    else if (f->letter != 0)
        str_addf(out, "'(-%c --%s)'", f->letter, f->name);
    if (f->letter != 0)
        str_addf(out, "{-%c%s,--%s%s}", f->letter, kind != NULL ? "+" : "", f->name, kind != NULL ? "=" : "");
    else
        str_addf(out, "--%s%s%s", no, f->name, kind != NULL ? "=" : "");
    str_addf(out, "'[%s", flag_is_on(f) ? "not\\: " : "");
    add_quoted(out, f->help, "[]:\\");
    str_add_char(out, ']');
    if (kind != NULL) {
        const char *name = f->value == NULL || strchr(f->value, '|') != NULL ? f->name : f->value;
        str_add_char(out, ':');
        add_quoted(out, name, ":\\");
        str_addf(out, ":%s",
                 *kind == '\0'            ? " "
                 : f->type == FLAG_CHOICE ? "("
                 : *kind == 'D'           ? "_files -/"
                 : *kind == 'F'           ? "_files"
                                          : mem_printf(out->ctx, "_pgwright_%s", kind));
        if (f->type == FLAG_CHOICE) {
            add_words(out, kind);
            str_add_char(out, ')');
        }
    }
    str_add_char(out, '\'');
}

static void add_zsh_flags(Str *out, const Command *c)
{
    Str words = str_new(out->ctx);
    str_add(out, "            _arguments -s");
    for (size_t i = 0; command_flag(c, i) != NULL; i++)
        if (!command_flag(c, i)->hidden)
            add_zsh_flag(out, command_flag(c, i));
    add_argument_words(&words, c);
    if (words.len > 0)
        str_addf(out, " \\\n            '1:argument:(%.*s)'", (int)words.len - 1, words.text);
    if (argument_names(c) != NULL)
        str_addf(out, " \\\n            '1:argument:_pgwright_%s'", argument_names(c));
    if (c->arguments[0] != '\0') /* lets flags follow an argument for which there is nothing to offer */
        str_add(out, " \\\n            '*:argument:_pgwright_nothing'");
    str_add(out, " ;;\n");
}

/* A function that offers the commands behind `family`; those of the first word for "". */
static void add_zsh_list(Str *out, const char *family)
{
    str_addf(out, "_pgwright_%s()\n{\n    local -a commands=(\n", *family == '\0' ? "commands" : family);
    for (size_t i = 0; i < commands_count; i++) {
        const Command *c = &commands[i];
        size_t n = strcspn(c->name, " ");
        bool inside = strlen(family) == n && strncmp(c->name, family, n) == 0;
        bool first = *family == '\0' && (c->name[n] == '\0' || command_is_first_of_family(c));
        if (c->hidden || !(inside || first))
            continue;
        str_addf(out, "        '%.*s:", inside ? -1 : (int)n, inside ? c->name + n + 1 : c->name);
        if (inside || c->name[n] == '\0')
            add_quoted(out, c->summary, ":\\");
        else
            add_second_words(out, mem_strndup(out->ctx, c->name, n));
        str_add(out, "'\n");
    }
    str_add(out, "    )\n    _describe command commands\n}\n");
}

static void add_zsh_family(Str *out, const char *word)
{
    const Command *c;
    str_addf(out,
             "    %s)\n        _arguments -C '1:command:_pgwright_%s' '*::argument:->second'\n"
             "        [[ $state == second ]] || return\n        case $line[1] in\n",
             word, word);
    for (size_t i = 0; (c = command_of_family(word, i)) != NULL; i++) {
        str_addf(out, "        %s)\n", c->name + strlen(word) + 1);
        add_zsh_flags(out, c);
    }
    str_add(out, "        esac ;;\n");
}

/* Its name and aliases of one word. */
static void add_zsh_pattern(Str *out, const Command *c)
{
    str_addf(out, "    %s", c->name);
    for (const char *p = c->aliases; p != NULL && *p != '\0';) {
        size_t n = strcspn(p, ",");
        if (memchr(p, ' ', n) == NULL)
            str_addf(out, "|%.*s", (int)n, p);
        p += n + (p[n] != '\0');
    }
    str_add(out, ")\n");
}

static void add_zsh(Str *out)
{
    str_add(out, "#compdef pgwright\n_pgwright_nothing()\n{\n    return 1\n}\n"
                 "_pgwright_names()\n{\n    local -a names\n"
                 "    names=(${(f)\"$(pgwright names $1 -- ${${(z)BUFFER}[2,-1]} 2>/dev/null)\"})\n"
                 "    compadd -a names\n}\n"
                 "_pgwright_modules() { _pgwright_names modules }\n"
                 "_pgwright_changes() { _pgwright_names changes }\n"
                 "_pgwright_templates() { _pgwright_names templates }\n");
    add_zsh_list(out, "");
    for (size_t i = 0; i < commands_count; i++)
        if (command_is_first_of_family(&commands[i]))
            add_zsh_list(out, mem_strndup(out->ctx, commands[i].name, strcspn(commands[i].name, " ")));
    str_add(out, "_pgwright()\n{\n    local curcontext=$curcontext state line\n    local -A opt_args\n"
                 "    _arguments -C '--cwd=[go to this folder first]:DIR:_files -/' '--json[print JSON]' "
                 "'--help[help]' \\\n"
                 "        '1:command:_pgwright_commands' '*::argument:->rest'\n"
                 "    [[ $state == rest ]] || return\n    case $line[1] in\n");
    for (size_t i = 0; i < commands_count; i++) {
        const Command *c = &commands[i];
        if (command_is_first_of_family(c))
            add_zsh_family(out, mem_strndup(out->ctx, c->name, strcspn(c->name, " ")));
        if (strchr(c->name, ' ') != NULL)
            continue;
        add_zsh_pattern(out, c);
        add_zsh_flags(out, c);
    }
    str_add(
        out,
        "    esac\n}\n"
        "if [[ $funcstack[1] == _pgwright ]]; then _pgwright \"$@\"; else compdef _pgwright pgwright; fi\n");
}

static void add_fish_flag(Str *out, const Command *c, const Flag *f)
{
    const char *kind = value_kind(f);
    str_addf(out, "complete -c pgwright -n '__pgwright_in %s' -l %s%s", c->name, flag_is_on(f) ? "no-" : "",
             f->name);
    if (f->letter != 0)
        str_addf(out, " -s %c", f->letter);
    if (kind != NULL)
        str_add(out, strcmp(kind, "FILE") == 0 ? " -r -F" : " -x");
    if (kind != NULL && strcmp(kind, "DIR") == 0)
        str_add(out, " -a '(__fish_complete_directories)'");
    if (kind != NULL && islower((unsigned char)*kind) && f->type != FLAG_CHOICE)
        str_addf(out, " -a '(__pgwright_names %s)'", kind);
    if (kind != NULL && f->type == FLAG_CHOICE) {
        str_add(out, " -a '");
        add_words(out, kind);
        str_add_char(out, '\'');
    }
    str_addf(out, " -d '%s", flag_is_on(f) ? "not: " : "");
    add_quoted(out, f->help, "\\");
    str_add(out, "'\n");
}

static void add_fish_command(Str *out, const Command *c)
{
    size_t n = strcspn(c->name, " ");
    Str words = str_new(out->ctx);
    if (command_is_first_of_family(c)) {
        str_addf(out, "complete -c pgwright -n '__pgwright_at' -a %.*s -d '", (int)n, c->name);
        add_second_words(out, mem_strndup(out->ctx, c->name, n));
        str_add(out, "'\n");
    }
    if (!c->hidden) {
        str_addf(out, "complete -c pgwright -n '__pgwright_at%s%.*s' -a %s -d '",
                 c->name[n] == ' ' ? " " : "", c->name[n] == ' ' ? (int)n : 0, c->name,
                 c->name[n] == ' ' ? c->name + n + 1 : c->name);
        add_quoted(out, c->summary, "\\");
        str_add(out, "'\n");
    }
    add_argument_words(&words, c);
    if (words.len > 0)
        str_addf(out, "complete -c pgwright -n '__pgwright_at %s' -a '%s'\n", c->name, words.text);
    if (argument_names(c) != NULL)
        str_addf(out, "complete -c pgwright -n '__pgwright_at %s' -a '(__pgwright_names %s)'\n", c->name,
                 argument_names(c));
    for (size_t i = 0; command_flag(c, i) != NULL; i++)
        if (!command_flag(c, i)->hidden)
            add_fish_flag(out, c, command_flag(c, i));
}

/* __pgwright_at: are these all words so far? __pgwright_in: do the words begin with these? */
static const char fish_functions[] = "# fish completion for pgwright\n"
                                     "function __pgwright_words\n"
                                     "    set -l skip 1\n"
                                     "    for word in (commandline -opc)\n"
                                     "        if test $skip = 1\n"
                                     "            set skip 0\n"
                                     "        else if test \"$word\" = --cwd\n"
                                     "            set skip 1\n"
                                     "        else if not string match -q -- '-*' $word\n"
                                     "            echo $word\n"
                                     "        end\n"
                                     "    end\n"
                                     "end\n"
                                     "function __pgwright_at\n"
                                     "    set -l words (__pgwright_words)\n"
                                     "    test \"$words\" = \"$argv\"\n"
                                     "end\n"
                                     "function __pgwright_in\n"
                                     "    set -l words (__pgwright_words)\n"
                                     "    string match -q -- \"$argv *\" \"$words \"\n"
                                     "end\n"
                                     "function __pgwright_names\n"
                                     "    set -l typed (commandline -opc)\n"
                                     "    pgwright names $argv -- $typed[2..] 2>/dev/null\n"
                                     "end\n"
                                     "complete -c pgwright -f\n";

static void add_fish(Str *out)
{
    str_add(out, fish_functions);
    for (size_t i = 0; i < commands_count; i++)
        add_fish_command(out, &commands[i]);
}

bool run_completion(Invocation *inv, Error *err)
{
    static const struct {
        const char *shell;
        void (*add)(Str *out);
    } shells[] = {
        {"bash", add_bash},
        {"zsh",  add_zsh },
        {"fish", add_fish}
    };
    Str out = str_new(inv);
    for (size_t i = 0; i < sizeof shells / sizeof shells[0]; i++)
        if (strcmp(inv->arguments.v[0], shells[i].shell) == 0) {
            shells[i].add(&out);
            ui_print("%s", out.text);
            return true;
        }
    error_set(err, ERR_USAGE, "there is no completion for the shell %s", inv->arguments.v[0]);
    error_hint(err, "pgwright completion bash, zsh or fish");
    return false;
}
