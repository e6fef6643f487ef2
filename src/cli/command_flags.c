/* cli/command_flags.c: see command_flags.h. */
#include "cli/command_flags.h"

/* clang-format off: it would align the fields of all rows with one another, thousands of columns wide. */
/* Flags that two or more tables need, each told once. */
#define FLAG_ALL                                                                                             \
    {                                                                                                        \
        .name = "all", .type = FLAG_BOOL,                                                                    \
        .help = "every module of the workspace, as --workspace"                                               \
    }
#define FLAG_PACKAGE                                                                                         \
    {                                                                                                        \
        .name = "package", .type = FLAG_TEXT, .value = "MODULE", .aliases = "module,project",                \
        .help = "the module; else the one whose folder this is"                                              \
    }
#define FLAG_CASCADE                                                                                         \
    {                                                                                                        \
        .name = "cascade", .type = FLAG_BOOL,                                                                \
        .help = "also what requires the reverted changes, in any module"                                     \
    }
#define FLAG_EXECUTE                                                                                         \
    {                                                                                                        \
        .name = "execute", .type = FLAG_BOOL,                                                                \
        .help = "with --dry-run: run everything, verify scripts too, in a transaction that is rolled back"   \
    }
#define FLAG_OUTPUT                                                                                          \
    {                                                                                                        \
        .name = "output", .letter = 'o', .type = FLAG_TEXT, .value = "FILE", .aliases = "emit-ledger,emitLedger", \
        .help = "run nothing; write a script for psql that does all of it, history included, to this file "  \
                "(-: stdout)"                                                                                \
    }
#define FLAG_MODIFIED                                                                                        \
    {                                                                                                        \
        .name = "modified", .letter = 'm', .type = FLAG_BOOL,                                                \
        .help = "go back to before the first change whose deployed script was edited"                        \
    }

const Flag flags_to[] = {
    {.name = "to",
     .type = FLAG_TEXT,
     .value = "CHANGE",
     .aliases = "to-change,to-target,change",
     .help = "go as far as this change or @tag, and include it"},
    {0},
};

const Flag flags_schema[] = {
    {.name = "schema",
     .letter = 'n',
     .type = FLAG_LIST,
     .value = "NAME",
     .help = "the schema, or several; '*' is all of them; else public"},
    {0},
};

const Flag flags_schema_file[] = {
    {.name = "file",
     .type = FLAG_TEXT,
     .value = "FILE",
     .help = "the schema that is wanted, as SQL; \\i includes further files; else schema.sql"},
    {.name = "offline",
     .type = FLAG_BOOL,
     .help = "plain statements, fewer transactions: nobody else uses the database"},
    {.name = "forbid",
     .type = FLAG_LIST,
     .value = "HAZARD",
     .help = "refuse plans with these hazards (data-loss, table-rewrite, …; all): exit code 12"},
    {.name = "grants",
     .type = FLAG_CHOICE,
     .value = "managed|add|leave",
     .choices = "managed|add|leave",
     .fallback = "managed",
     .help = "whether grants that the file does not have are revoked, left, or grants not looked at"},
    {.name = "before", .type = FLAG_TEXT, .value = "FILE", .help = "a script to run before the plan's steps, such as one that moves data"},
    {.name = "after", .type = FLAG_TEXT, .value = "FILE", .help = "a script to run behind them"},
    {.name = "allow", .type = FLAG_LIST, .value = "HAZARD", .help = "but not these"},
    {.name = "rename",
     .type = FLAG_LIST,
     .value = "KIND:OLD=NEW",
     .help = "table:a=b, column:t.a=b, …: as the hint `-- pgwright: renamed from a` in the file"},
    {.name = "plan-url",
     .type = FLAG_TEXT,
     .value = "URL",
     .environment = "PGWRIGHT_PLAN_URL",
     .help = "make the throwaway database for planning on this server, not on the sandbox"},
    {.name = "plan-host", .type = FLAG_TEXT, .value = "HOST", .environment = "PGSCHEMA_PLAN_HOST", .help = "the same in parts, as pgschema has them", .hidden = true},
    {.name = "plan-port", .type = FLAG_TEXT, .value = "PORT", .environment = "PGSCHEMA_PLAN_PORT", .help = "its port", .hidden = true},
    {.name = "plan-db", .type = FLAG_TEXT, .value = "NAME", .environment = "PGSCHEMA_PLAN_DB", .help = "its database", .hidden = true},
    {.name = "plan-user", .type = FLAG_TEXT, .value = "NAME", .environment = "PGSCHEMA_PLAN_USER", .help = "its role", .hidden = true},
    {.name = "plan-sslmode",
     .type = FLAG_CHOICE,
     .value = "MODE",
     .choices = "disable|allow|prefer|require|verify-ca|verify-full",
     .environment = "PGSCHEMA_PLAN_SSLMODE",
     .fallback = "prefer",
     .help = "its TLS mode",
     .hidden = true},
    {.name = "plan-password", .type = FLAG_TEXT, .value = "PASSWORD", .environment = "PGSCHEMA_PLAN_PASSWORD", .help = "its password", .hidden = true, .secret = true},
    {0},
};

const Flag flags_schema_connection[] = {
    {.name = "password",
     .type = FLAG_TEXT,
     .value = "PASSWORD",
     .help = "as pgschema has it; PGPASSWORD or a password file is better, for a command line is seen by others",
     .hidden = true,
     .secret = true},
    {.name = "application-name",
     .type = FLAG_TEXT,
     .value = "NAME",
     .environment = "PGSCHEMA_APPLICATION_NAME",
     .help = "how the session is called in pg_stat_activity; else PGAPPNAME"},
    {0},
};

const Flag flags_tls[] = {
    {.name = "sslmode",
     .type = FLAG_CHOICE,
     .value = "MODE",
     .choices = "disable|allow|prefer|require|verify-ca|verify-full",
     .misfit = ERR_CONFIG,
     .environment = "PGSSLMODE",
     .help = "TLS mode of the connection"},
    {.name = "sslcert", .type = FLAG_TEXT, .value = "FILE", .help = "our certificate; else PGSSLCERT"},
    {.name = "sslkey",
     .type = FLAG_TEXT,
     .value = "FILE",
     .help = "its key; else PGSSLKEY. The passphrase of an encrypted one comes from PGSSLPASSWORD"},
    {.name = "sslrootcert",
     .type = FLAG_TEXT,
     .value = "FILE",
     .help = "certificates that the server's must be signed by; else PGSSLROOTCERT"},
    {0},
};

const Flag flags_drive[] = {
    {.name = "param",
     .type = FLAG_EACH,
     .value = "NAME=VALUE",
     .help = "a parameter for deploy.sql, in pgmi_parameter_view and as the setting pgmi.NAME"},
    {.name = "params-file", .type = FLAG_EACH, .value = "FILE", .help = "parameters, NAME=VALUE in each line; --param wins over them"},
    {.name = "plan-files",
     .type = FLAG_CHOICE,
     .value = "all|sql",
     .choices = "all|sql",
     .fallback = "all",
     .help = "which files pgmi_plan_view holds: all of the project, or those of SQL alone"},
    {.name = "compat",
     .type = FLAG_TEXT,
     .value = "VERSION",
     .help = "version of the session's contract that deploy.sql was written for; else the newest"},
    {0},
};

const Flag flags_drive_connection[] = {
    {.name = "connection",
     .type = FLAG_TEXT,
     .value = "STRING",
     .help = "postgresql://…, Host=…;Database=… or a libpq string; else PGMI_CONNECTION_STRING, else DATABASE_URL. --database "
             "names another database than it does"},
    {.name = "azure", .type = FLAG_BOOL, .help = "sign in with a token of Microsoft Entra ID"},
    {.name = "azure-tenant-id", .type = FLAG_TEXT, .value = "ID", .help = "its tenant; else AZURE_TENANT_ID"},
    {.name = "azure-client-id",
     .type = FLAG_TEXT,
     .value = "ID",
     .help = "whom it is for, an application or a managed identity; else AZURE_CLIENT_ID. A secret comes from "
             "AZURE_CLIENT_SECRET"},
    {.name = "aws", .type = FLAG_BOOL, .help = "sign in with a token of AWS IAM"},
    {.name = "aws-region", .type = FLAG_TEXT, .value = "REGION", .help = "its region; else AWS_REGION or AWS_DEFAULT_REGION"},
    {.name = "google", .type = FLAG_BOOL, .help = "sign in with a token of Google Cloud IAM"},
    {.name = "google-instance",
     .type = FLAG_TEXT,
     .value = "PROJECT:REGION:INSTANCE",
     .help = "the Cloud SQL instance; without it, --host is connected to directly"},
    {0},
};

const Flag flags_drive_plan[] = {
    {.name = "schema-diff",
     .type = FLAG_BOOL,
     .fallback = "true",
     .help = "tell which objects of the schema a plan of a deploy.sql makes, changes and drops; --no-schema-diff spares the two "
             "readings of the catalogs"},
    {0},
};

const Flag flags_drive_deploy[] = {
    {.name = "overwrite",
     .type = FLAG_BOOL,
     .help = "drop the database, and make it anew with the same owner, locale, settings and grants; asks before"},
    {.name = "force", .type = FLAG_BOOL, .help = "do not ask; at a terminal, five seconds are left for a Ctrl-C"},
    {.name = "junit",
     .type = FLAG_TEXT,
     .value = "FILE",
     .help = "write what became of the tests within deploy.sql, and of itself, as JUnit XML, rolled back or not"},
    {.name = "tap", .type = FLAG_BOOL, .help = "print that as TAP 14 on stdout"},
    {0},
};

const Flag flags_drive_many[] = {
    {.name = "targets",
     .type = FLAG_TEXT,
     .value = "FILE",
     .help = "deploy to many databases: a name or a connection string in each line; also --database a,b,c"},
    {.name = "jobs", .letter = 'j', .type = FLAG_NUMBER, .value = "N", .fallback = "1", .help = "deploy to so many of them at once"},
    {.name = "keep-going", .type = FLAG_BOOL, .help = "go on to the next of them after a failure; else no other is begun"},
    {0},
};

const Flag flags_drive_test[] = {
    {.name = "pattern",
     .type = FLAG_TEXT,
     .value = "REGEX",
     .help = "of a project with a deploy.sql: only tests with this regular expression of PostgreSQL in their paths"},
    {.name = "callback",
     .type = FLAG_TEXT,
     .value = "FUNCTION",
     .help = "function or schema.function that is called with each event of the tests, as CALL pgmi_test() does"},
    {.name = "tap", .type = FLAG_BOOL, .help = "print the results as TAP 14 on stdout"},
    {0},
};

const Flag flags_schema_plan[] = {
    {.name = "output-human", .type = FLAG_TEXT, .value = "FILE", .help = "write the plan for people, to a file or to stdout"},
    {.name = "output-json", .type = FLAG_TEXT, .value = "FILE", .help = "write the plan for `deploy --plan`"},
    {.name = "output-sql", .type = FLAG_TEXT, .value = "FILE", .help = "write the plan for psql"},
    {.name = "output-markdown", .type = FLAG_TEXT, .value = "FILE", .help = "write the plan for a pull request"},
    {.name = "output-revert", .type = FLAG_TEXT, .value = "FILE", .help = "write the way back, for psql"},
    {.name = "check", .type = FLAG_BOOL, .help = "for CI: exit code 18 when there is anything to do"},
    {0},
};

const Flag flags_schema_apply[] = {
    {.name = "plan", .type = FLAG_TEXT, .value = "FILE", .help = "run this stored plan, if the database is still as it was then"},
    {.name = "record",
     .type = FLAG_BOOL,
     .fallback = "true",
     .help = "write what was done into the audit log; --no-record leaves no trace, and nothing for `drift`. Of a project with a "
             "deploy.sql only what asks for it is written down, by this flag or `record: true` in its pgwright.yaml"},
    {0},
};

const Flag flags_ignore[] = {
    {.name = "ignore-file",
     .type = FLAG_TEXT,
     .value = "FILE",
     .help = "which objects are not ours; else .pgschemaignore and .pgwrightignore of the working folder"},
    {.name = "ignore",
     .type = FLAG_PAIRS,
     .value = "SECTION=PATTERN",
     .help = "one more rule, such as tables=tmp_*"},
    {0},
};

const Flag flags_dump[] = {
    {.name = "file", .letter = 'f', .type = FLAG_TEXT, .value = "FILE", .help = "write here instead of to stdout"},
    {.name = "multi-file",
     .type = FLAG_BOOL,
     .help = "one file for each object in folders beside --file, which includes them"},
    {.name = "qualify-schema", .type = FLAG_BOOL, .help = "write names with their schema also where there is only one"},
    {.name = "comments",
     .type = FLAG_BOOL,
     .fallback = "true",
     .help = "a heading above each object; --no-comments leaves these out, never COMMENT ON"},
    {.name = "owners", .type = FLAG_BOOL, .help = "write who owns what, where that is not the role that reads"},
    {0},
};

const Flag flags_pending[] = {
    FLAG_ALL,
    {.name = "verify",
     .type = FLAG_BOOL,
     .fallback = "true",
     .help = "run each change's verify script behind it, in the same transaction"},
    {.name = "pin-tags",
     .type = FLAG_BOOL,
     .help = "deploy required modules only as far as something that is deployed asks for"},
    {0},
};

const Flag flags_deploy[] = {
    FLAG_OUTPUT,
    FLAG_EXECUTE,
    {.name = "createdb", .type = FLAG_BOOL, .help = "make the database first if it is not there"},
    {.name = "strict", .type = FLAG_BOOL, .help = "refuse to run while a deployed script has been edited"},
    {.name = "settle",
     .type = FLAG_TEXT,
     .value = "MODULE:CHANGE=STATE",
     .help = "decide on a change that was cut off outside a transaction: =deployed or =pending"},
    {0},
};

const Flag flags_verify[] = {
    FLAG_ALL,
    {.name = "from",
     .type = FLAG_TEXT,
     .value = "CHANGE",
     .aliases = "from-change,from-target",
     .help = "begin with this change or @tag"},
    {.name = "strict",
     .type = FLAG_BOOL,
     .help = "a missing or empty verify script and an edited deploy script are failures too"},
    {.name = "set",
     .letter = 's',
     .type = FLAG_PAIRS,
     .value = "NAME=VALUE",
     .help = "a psql variable for the scripts: :NAME, :'NAME', :\"NAME\""},
    {.name = "recursive",
     .type = FLAG_BOOL,
     .fallback = "true",
     .help = "the modules that these require too; --no-recursive takes these alone"},
    {0},
};

const Flag flags_revert[] = {
    {.name = "to",
     .type = FLAG_TEXT,
     .value = "CHANGE",
     .aliases = "to-change,to-target",
     .help = "go back to this change or @tag, which stays deployed"},
    {.name = "all",
     .type = FLAG_BOOL,
     .help = "every deployed change of the module; with --workspace, of all modules"},
    {.name = "change",
     .type = FLAG_TEXT,
     .value = "CHANGE",
     .help = "this one change, whatever came after it"},
    FLAG_MODIFIED,
    FLAG_CASCADE,
    {.name = "drop-extensions",
     .type = FLAG_BOOL,
     .help = "with --all: also the extensions that a deploy made for these modules, where nothing else needs them"},
    FLAG_EXECUTE,
    {.name = "verify",
     .type = FLAG_BOOL,
     .fallback = "true",
     .help = "prove it: verify scripts of what is gone must fail, those of what remains must pass"},
    {.name = "prove",
     .type = FLAG_BOOL,
     .help =
         "roll back when a verify script still passes after its change was reverted; else that is a warning"},
    {0},
};

const Flag flags_rebase[] = {
    {.name = "onto",
     .type = FLAG_TEXT,
     .value = "CHANGE",
     .aliases = "onto-change",
     .help = "go back to this change or @tag, which stays; else to before the first"},
    {.name = "upto",
     .type = FLAG_TEXT,
     .value = "CHANGE",
     .aliases = "upto-change",
     .help = "deploy again as far as this change or @tag; else to the end of the plan"},
    FLAG_MODIFIED,
    FLAG_CASCADE,
    {.name = "set-deploy",
     .letter = 'e',
     .type = FLAG_PAIRS,
     .value = "NAME=VALUE",
     .help = "as --set, for deploy scripts only"},
    {.name = "set-revert",
     .letter = 'r',
     .type = FLAG_PAIRS,
     .value = "NAME=VALUE",
     .help = "as --set, for revert scripts only"},
    {.name = "verify",
     .type = FLAG_BOOL,
     .fallback = "true",
     .help = "run verify scripts, on the way back and forth"},
    {0},
};

const Flag flags_status[] = {
    FLAG_ALL,
    {.name = "check", .type = FLAG_BOOL, .help = "exit with 18 when something is pending or was edited"},
    {.name = "show-changes", .type = FLAG_BOOL, .help = "list every deployed change, with time and author"},
    {.name = "show-tags", .type = FLAG_BOOL, .help = "list every deployed tag"},
    {0},
};

const Flag flags_check[] = {
    {.name = "accept",
     .type = FLAG_TEXT,
     .value = "CHANGE",
     .help = "from now on take the script as it is for the one that was deployed; this is written to the "
             "history"},
    {0},
};

const Flag flags_log[] = {
    {.name = "verify", .type = FLAG_BOOL, .help = "prove that no event was changed, put in or taken out"},
    {.name = "limit",
     .letter = 'n',
     .type = FLAG_NUMBER,
     .value = "N",
     .fallback = "20",
     .aliases = "max-count",
     .help = "show the newest N events"},
    {0},
};

const Flag flags_adopt[] = {
    {.name = "from",
     .type = FLAG_CHOICE,
     .value = "FORMAT",
     .choices = "pgwright|pgpm|sqitch",
     .fallback = "sqitch",
     .help = "whose history to take over"},
    {.name = "upgrade",
     .type = FLAG_BOOL,
     .help = "instead: drop the key of pgpm's older tables that forbids two equal scripts in one module"},
    {.name = "importSqitch",
     .type = FLAG_BOOL,
     .aliases = "importSquitch",
     .help = "of pgpm",
     .hidden = true,
     .no_effect = "a Sqitch history is what adopt takes over unless --from names another"},
    {0},
};

const Flag flags_init[] = {
    {.name = "name",
     .type = FLAG_TEXT,
     .value = "NAME",
     .aliases = "moduleName,module-name",
     .help = "its name, as the argument"},
    {.name = "extensions",
     .type = FLAG_LIST,
     .value = "NAME",
     .aliases = "with-extensions,requires",
     .help = "extensions of the server, and other modules, that it needs"},
    {.name = "format",
     .type = FLAG_CHOICE,
     .value = "FORMAT",
     .choices = "pgwright|pgpm|sqitch",
     .help = "whose plan file to write; else that of the workspace around it, or pgwright's own"},
    {.name = "workspace", .letter = 'w', .type = FLAG_BOOL, .help = "start a workspace, as the first argument says it"},
    {.name = "template",
     .letter = 't',
     .type = FLAG_TEXT,
     .value = "TEMPLATE",
     .help = "instead: a project with a deploy.sql, made from a template; the argument is its folder"},
    {.name = "uri",
     .type = FLAG_TEXT,
     .value = "URI",
     .help = "the project's %uri, which makes Sqitch's ids unique"},
    {0},
};

const Flag flags_add[] = {
    {.name = "requires",
     .letter = 'r',
     .type = FLAG_LIST,
     .value = "CHANGE",
     .help = "a change, @tag or module:change that must be deployed first"},
    {.name = "conflicts",
     .letter = 'x',
     .type = FLAG_LIST,
     .value = "CHANGE",
     .help = "a change that must not be deployed"},
    {.name = "note",
     .letter = 'n',
     .letters = "m",
     .type = FLAG_TEXT,
     .value = "TEXT",
     .aliases = "comment,message",
     .help = "what it is for, in a sentence"},
    FLAG_PACKAGE,
    {0},
};

const Flag flags_tag[] = {
    {.name = "note",
     .letter = 'm',
     .letters = "n",
     .type = FLAG_TEXT,
     .value = "TEXT",
     .aliases = "comment,message",
     .help = "what it marks, in a sentence"},
    {.name = "change",
     .letter = 'c',
     .type = FLAG_TEXT,
     .value = "CHANGE",
     .aliases = "changeName,change-name",
     .help = "the change to mark; else the last one of the plan"},
    {.name = "force", .type = FLAG_BOOL, .help = "take the tag from another change if need be"},
    FLAG_PACKAGE,
    {0},
};

const Flag flags_test[] = {
    {.name = "all",
     .type = FLAG_BOOL,
     .help = "every module of the workspace, also those that are tested anyway as what another one requires"},
    {.name = "full-cycle",
     .type = FLAG_BOOL,
     .fallback = "true",
     .aliases = "fullCycle",
     .help = "deploy, verify, revert, deploy again; --no-full-cycle only deploys"},
    {.name = "force-all",
     .type = FLAG_BOOL,
     .aliases = "forceAll",
     .help = "also modules that are tested anyway as what another one requires"},
    {.name = "keep-going",
     .type = FLAG_BOOL,
     .aliases = "continue-on-fail,continueOnFail",
     .help = "go on to the next module, or test, after a failing one"},
    {.name = "exclude", .type = FLAG_LIST, .value = "MODULE", .help = "leave this module out"},
    {.name = "prove",
     .type = FLAG_BOOL,
     .fallback = "true",
     .help = "what a revert leaves behind and a verify script that proves nothing are failures; --no-prove: "
             "warnings"},
    {.name = "strict", .type = FLAG_BOOL, .help = "let advice fail too: scripts without a statement, edited changes"},
    {.name = "upgrade-from",
     .type = FLAG_TEXT,
     .value = "REF",
     .help = "also deploy the project as this commit or tag of git has it, upgrade that, and compare with a fresh deploy"},
    {.name = "junit", .type = FLAG_TEXT, .value = "FILE", .help = "write the results for a CI server, as JUnit XML"},
    {.name = "keep", .type = FLAG_BOOL, .help = "keep the databases of failing modules, to look at"},
    {.name = "prefix",
     .type = FLAG_TEXT,
     .value = "TEXT",
     .fallback = "test_",
     .help = "what the names of its databases begin with"},
    {.name = "jobs",
     .letter = 'j',
     .type = FLAG_NUMBER,
     .value = "N",
     .help = "test this many modules at once; else as many as there are processors, at most 8"},
    {0},
};

const Flag flags_roles_bootstrap[] = {
    {.name = "client",
     .type = FLAG_BOOL,
     .help = "also authenticated_client: as authenticated, with a statement timeout of 15 s"},
    {0},
};

const Flag flags_roles_user[] = {
    {.name = "login", .type = FLAG_TEXT, .value = "NAME", .help = "the login role, as the argument"},
    {.name = "test",
     .type = FLAG_BOOL,
     .help = "instead: the two test users of a workspace, app_user and app_admin"},
    {0},
};

const Flag flags_man[] = {
    {.name = "directory", .type = FLAG_TEXT, .value = "DIR", .help = "write every page into this folder"},
    {0},
};

const Flag flags_analyze[] = {
    {.name = "strict", .type = FLAG_BOOL, .help = "let advice fail too, not only faults"},
    {0},
};

const Flag flags_remove[] = {
    {.name = "to",
     .type = FLAG_TEXT,
     .value = "CHANGE",
     .aliases = "to-change",
     .help = "instead of one change: this change or @tag, and all that come behind it"},
    FLAG_PACKAGE,
    {.name = "plan-file",
     .letter = 'f',
     .type = FLAG_TEXT,
     .value = "FILE",
     .help = "this plan instead of the folder's"},
    {0},
};

const Flag flags_rename[] = {
    {.name = "change",
     .type = FLAG_TEXT,
     .value = "OLD",
     .help = "this change of the module, instead of the module itself"},
    FLAG_PACKAGE,
    {.name = "dry-run", .type = FLAG_BOOL, .help = "list the files, and write nothing"},
    {.name = "sync-pkg-name",
     .type = FLAG_BOOL,
     .aliases = "syncPkgName",
     .help = "the \"name\" of a module's package.json too; its scope stays"},
    {.name = "log-only",
     .type = FLAG_BOOL,
     .help = "the files have the new name already: rename in the history of one more database"},
    {0},
};

const Flag flags_list[] = {
    {.name = "pending", .type = FLAG_BOOL, .help = "only what is not deployed"},
    {.name = "all", .type = FLAG_BOOL, .help = "of pgpm", .hidden = true, .no_effect = "every change is listed anyway"},
    {0},
};

const Flag flags_deps[] = {
    {.name = "all", .type = FLAG_BOOL, .help = "from every change that requires nothing, as without an argument"},
    {0},
};

const Flag flags_regen[] = {
    FLAG_PACKAGE,
    {.name = "revert-only", .type = FLAG_BOOL, .aliases = "revertOnly", .help = "write revert scripts only"},
    {.name = "verify-only", .type = FLAG_BOOL, .aliases = "verifyOnly", .help = "write verify scripts only"},
    {.name = "force", .type = FLAG_BOOL, .help = "also in place of scripts that hold statements"},
    {.name = "dry-run", .type = FLAG_BOOL, .help = "print the scripts, and write nothing"},
    {0},
};

const Flag flags_scaffold[] = {
    {.name = "write", .type = FLAG_BOOL, .help = "write the blocks into the files; else they are only listed"},
    {.name = "idempotent",
     .type = FLAG_BOOL,
     .fallback = "true",
     .help = "say of the files that they may run with every deployment; --no-idempotent: once"},
    {.name = "transaction",
     .type = FLAG_CHOICE,
     .value = "own|shared|none",
     .choices = "own|shared|none",
     .fallback = "own",
     .help = "say in which transaction pgwright_deploy_files() runs the files: one of their own, one together, none"},
    {0},
};

const Flag flags_take_in[] = {
    {.name = "scripts",
     .type = FLAG_BOOL,
     .help = "instead of one change: every deploy script that the plan does not name, with what its header requires"},
    {0},
};
