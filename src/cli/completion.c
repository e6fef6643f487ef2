/* cli/completion.c: completion scripts from the table of commands. */
#include "base/map.h"
#include "cli/invocation.h"
#include "cli/verbs.h"
#include "ui/ui.h"

#include <string.h>

/* Within single quotes of a shell. */
static void print_quoted(const char *text)
{
    for (; *text != '\0'; text++) {
        if (*text == '\'')
            ui_print("'\\'");
        ui_print("%c", *text);
    }
}

static void print_flag_words(const Command *c)
{
    for (size_t i = 0; command_flag(c, i) != NULL; i++) {
        const Flag *f = command_flag(c, i);
        bool on = f->type == FLAG_BOOL && f->fallback != NULL && strcmp(f->fallback, "true") == 0;
        if (!f->hidden)
            ui_print(" --%s%s", on ? "no-" : "", f->name);
    }
}

static void print_command_names(void)
{
    for (size_t i = 0; i < commands_count; i++) {
        size_t n = strcspn(commands[i].name, " ");
        if (i == 0 || strncmp(commands[i].name, commands[i - 1].name, n) != 0 || commands[i - 1].name[n] != ' ')
            ui_print(" %.*s", (int)n, commands[i].name);
    }
}

/* The second words of "sandbox", "roles". */
static void print_second_words(const char *first, size_t n)
{
    for (size_t i = 0; i < commands_count; i++)
        if (strncmp(commands[i].name, first, n) == 0 && commands[i].name[n] == ' ')
            ui_print(" %s", commands[i].name + n + 1);
}

static void print_bash_choices(void)
{
    SCRATCH void *scratch = mem_scratch();
    Map *seen = map_new(scratch);
    for (size_t c = 0; c < commands_count; c++)
        for (size_t i = 0; command_flag(&commands[c], i) != NULL; i++) {
            const Flag *f = command_flag(&commands[c], i);
            if (f->type != FLAG_CHOICE || map_has(seen, f->name))
                continue;
            map_set(seen, f->name, scratch);
            ui_print("    --%s) COMPREPLY=($(compgen -W '", f->name);
            for (const char *p = f->choices; *p != '\0'; p++)
                ui_print("%c", *p == '|' ? ' ' : *p);
            ui_print("' -- \"$cur\")); return;;\n");
        }
}

static void print_bash(void)
{
    ui_print("# bash completion for pgwright\n_pgwright() {\n  local cur=${COMP_WORDS[COMP_CWORD]} "
             "prev=${COMP_WORDS[COMP_CWORD-1]} words\n  case $prev in\n");
    print_bash_choices();
    ui_print("    --cwd) COMPREPLY=($(compgen -d -- \"$cur\")); return;;\n"
             "    --plan-file|-f) COMPREPLY=($(compgen -f -- \"$cur\")); return;;\n  esac\n"
             "  if [ \"$COMP_CWORD\" -eq 1 ]; then\n    words='");
    print_command_names();
    ui_print("'\n  else\n    case \"${COMP_WORDS[1]} ${COMP_WORDS[2]}\" in\n");
    for (size_t i = 0; i < commands_count; i++) {
        bool two = strchr(commands[i].name, ' ') != NULL;
        ui_print("      '%s'%s) words='", commands[i].name, two ? "*" : "' '*");
        print_flag_words(&commands[i]);
        ui_print("';;\n");
    }
    ui_print("    esac\n    if [ \"$COMP_CWORD\" -eq 2 ]; then\n      case ${COMP_WORDS[1]} in\n");
    for (size_t i = 0; i < commands_count; i++) {
        size_t n = strcspn(commands[i].name, " ");
        bool first = i == 0 || strncmp(commands[i].name, commands[i - 1].name, n) != 0;
        if (commands[i].name[n] != ' ' || !first)
            continue;
        ui_print("        %.*s) words='", (int)n, commands[i].name);
        print_second_words(commands[i].name, n);
        ui_print("';;\n");
    }
    ui_print("        completion) words='bash zsh fish';;\n        help|man) words='");
    print_command_names();
    ui_print("';;\n      esac\n    fi\n  fi\n  COMPREPLY=($(compgen -W \"$words\" -- \"$cur\"))\n}\n"
             "complete -o default -F _pgwright pgwright\n");
}

static void print_fish(void)
{
    ui_print("# fish completion for pgwright\ncomplete -c pgwright -f\n");
    for (size_t i = 0; i < commands_count; i++) {
        const Command *c = &commands[i];
        size_t n = strcspn(c->name, " ");
        bool two = c->name[n] == ' ';
        if (two)
            ui_print("complete -c pgwright -n '__fish_seen_subcommand_from %.*s' -a '%s' -d '", (int)n, c->name, c->name + n + 1);
        else
            ui_print("complete -c pgwright -n __fish_use_subcommand -a '%s' -d '", c->name);
        print_quoted(c->summary);
        ui_print("'\n");
        if (two && (i == 0 || strncmp(c->name, commands[i - 1].name, n) != 0))
            ui_print("complete -c pgwright -n __fish_use_subcommand -a '%.*s'\n", (int)n, c->name);
        for (size_t k = 0; command_flag(c, k) != NULL; k++) {
            const Flag *f = command_flag(c, k);
            if (f->hidden)
                continue;
            ui_print("complete -c pgwright -n '__fish_seen_subcommand_from %s' -l '%s'", two ? c->name + n + 1 : c->name,
                     f->name);
            if (f->letter != 0)
                ui_print(" -s %c", f->letter);
            if (f->type != FLAG_BOOL)
                ui_print(" -r");
            if (f->type == FLAG_CHOICE) {
                ui_print(" -a '");
                for (const char *p = f->choices; *p != '\0'; p++)
                    ui_print("%c", *p == '|' ? ' ' : *p);
                ui_print("'");
            }
            ui_print(" -d '");
            print_quoted(f->help);
            ui_print("'\n");
        }
    }
}

/* zsh runs bash's completion scripts: one script to be right instead of two. */
static void print_zsh(void)
{
    ui_print("#compdef pgwright\nautoload -Uz bashcompinit && bashcompinit\n");
    print_bash();
}

bool run_completion(Invocation *inv, Error *err)
{
    static const struct {
        const char *shell;
        void (*print)(void);
    } shells[] = {{"bash", print_bash}, {"zsh", print_zsh}, {"fish", print_fish}};
    for (size_t i = 0; i < sizeof shells / sizeof shells[0]; i++)
        if (strcmp(inv->arguments.v[0], shells[i].shell) == 0) {
            shells[i].print();
            return true;
        }
    error_set(err, ERR_USAGE, "no completion for the shell %s", inv->arguments.v[0]);
    error_hint(err, "pgwright completion bash, zsh or fish");
    return false;
}
