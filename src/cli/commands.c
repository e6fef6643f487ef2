/* cli/commands.c: the table of commands. What a command is called, takes and says of itself stands here and in
 * its flags, and nowhere else. */
#include "cli/command_flags.h"
#include "cli/drive.h"
#include "cli/flags.h"
#include "cli/schema_session.h"
#include "cli/verbs.h"

#define FLAGS(...) ((const Flag *const[]){__VA_ARGS__, NULL})

#define WRITE "Write a project"
#define LOOK "Look before and after"
#define ACT "Act on a database"
#define TEST "Try and test"
#define ROLES "Roles"
#define MORE "More"

/* clang-format off: it would align the fields of all rows with one another, thousands of columns wide. */
const Command commands[] = {
    {.name = "init",
     .group = WRITE,
     .summary = "start a project, a workspace, or a module of one",
     .arguments = "[workspace|module] [NAME|PATH]",
     .max_arguments = 2,
     .about = "A project is a folder with a plan (pgwright.plan: one line for each change, in order) and "
              "three folders of SQL scripts: deploy/ makes a change, verify/ proves it, revert/ takes it "
              "back. `pgwright init` makes one of the folder you are in.\n"
              "A workspace is a folder of projects that build on one another, called modules: `pgwright init "
              "workspace` makes one, and within it `pgwright init NAME` makes the module packages/NAME. What "
              "a module needs is said with --extensions and stands in its .control file.\n"
              "With --template it makes a project of the other kind: a folder with a deploy.sql, which says in SQL "
              "what is run and when. The folder must be empty but for settings, .env and .git.\n"
              "Nothing that is there is overwritten. Projects of pgpm, Sqitch and pgmi need no init: they work as "
              "they are.",
     .examples = "pgwright init shop  # this folder becomes the project shop\n"
                 "pgwright init workspace acme  # a folder acme for modules\n"
                 "pgwright init billing --extensions pgcrypto,shop  # in a workspace: a module that needs "
                 "two others\n"
                 "pgwright init --format sqitch  # a project that Sqitch can deploy as well\n"
                 "pgwright init --template basic shop  # a folder shop with a deploy.sql, tables and tests",
     .flags = FLAGS(flags_init),
     .run = run_init},
    {.name = "add",
     .group = WRITE,
     .summary = "add a change: a line of the plan and its three scripts",
     .arguments = "[CHANGE]",
     .max_arguments = 1,
     .about = "Appends the change to the plan and makes deploy/CHANGE.sql, verify/CHANGE.sql and "
              "revert/CHANGE.sql, with headers, for you to fill in. A / in the name makes folders. A script "
              "that is there already is taken as it is.\n"
              "Say what the change builds on with --requires: a deploy then refuses to run it before that, "
              "and a revert refuses to take that away from under it.\n"
              "With --scripts, every deploy script that the plan does not name gets a line behind those that are there, "
              "with what its header says (`-- requires: NAME`). Lines that are there stay as they are.",
     .examples =
         "pgwright add app/users -n 'people who sign in'  # first change\n"
         "pgwright add app/orders -r app/users -r billing:@v1  # needs a change here, and a tag elsewhere\n"
         "pgwright add app/v2 -x app/v1  # must not meet app/v1\n"
         "pgwright add --scripts  # scripts that were written first",
     .flags = FLAGS(flags_add, flags_take_in),
     .run = run_add},
    {.name = "templates list",
     .group = WRITE,
     .summary = "list the projects to start from",
     .arguments = "",
     .about = "What `pgwright init --template NAME` can make.",
     .examples = "pgwright templates list  # names, and what they show",
     .run = run_templates_list},
    {.name = "templates describe",
     .group = WRITE,
     .summary = "say what a template shows, what it needs and which files it has",
     .arguments = "TEMPLATE",
     .min_arguments = 1,
     .max_arguments = 1,
     .about = "Nothing is written.",
     .examples = "pgwright templates describe advanced  # before init --template advanced",
     .run = run_templates_describe},
    {.name = "tag",
     .group = WRITE,
     .summary = "mark a point of the plan, or list the marks",
     .arguments = "[NAME]",
     .max_arguments = 1,
     .about = "Puts @NAME behind the last change of the plan, or behind --change. Tags are what `deploy "
              "--to`, `revert --to` and other modules can point at. A tag on a change that is deployed "
              "already reaches the history with the next deploy. Without a name the tags are listed.",
     .examples = "pgwright tag v1.0.0 -m 'first release'  # behind the last change\n"
                 "pgwright tag v0.9 --change app/users  # behind an earlier one\n"
                 "pgwright tag  # list them",
     .flags = FLAGS(flags_tag),
     .run = run_tag},
    {.name = "rework",
     .group = WRITE,
     .summary = "write a tagged change anew, and keep its old scripts",
     .arguments = "CHANGE",
     .min_arguments = 1,
     .max_arguments = 1,
     .about = "For changes that were released and shall be different from now on, such as a function. The "
              "change must have been tagged since it was added. Its scripts are copied to CHANGE@TAG.sql, "
              "and those under its own name are yours to edit; the new revert script starts as the old "
              "deploy script, for that is what going back means.",
     .examples = "pgwright rework app/totals -n 'round half to even'  # a new instance of app/totals",
     .flags = FLAGS(flags_add),
     .run = run_rework},
    {.name = "remove",
     .group = WRITE,
     .summary = "take a change out of the plan, with its scripts",
     .arguments = "[CHANGE]",
     .max_arguments = 1,
     .about = "Deletes the change's line, and its three scripts. It is refused while another change of the "
              "workspace requires it, and while it is deployed in the database that the flags name. With --to it "
              "takes the change and all that come behind it, tags included.\n"
              "This is for changes that no database has yet. What was deployed somewhere is better left in the "
              "plan, and undone by a new change.",
     .examples = "pgwright remove app/orders -d shop  # unless it is deployed in shop\n"
                 "pgwright remove --to @v1.0.0 --yes  # the tagged change, and all behind it\n"
                 "pgwright remove --to ROOT  # every change of the plan",
     .flags = FLAGS(flags_remove, flags_history, flags_connection),
     .run = run_remove},
    {.name = "regen",
     .group = WRITE,
     .summary = "write verify and revert scripts that are missing or empty",
     .arguments = "[CHANGE…]",
     .max_arguments = -1,
     .about = "Reads the deploy scripts of the module, or of the changes that are named, and writes for each statement what "
              "takes it back, in reverse order, and what fails when it has not run. Scripts that hold a statement are left "
              "alone. What a statement dropped or overwrote cannot be told from it: such statements are named here, and in a "
              "comment of the script, for you to complete.",
     .examples = "pgwright regen --dry-run  # what would be written\n"
                 "pgwright regen app/users --revert-only --force  # anew",
     .flags = FLAGS(flags_regen),
     .run = run_regen},
    {.name = "rename",
     .group = WRITE,
     .summary = "give a module or a change another name",
     .arguments = "NEW",
     .min_arguments = 1,
     .max_arguments = 1,
     .about = "Renames the module around you, or one of its changes with --change: in the plans of the workspace, in "
              "the names and the header comments of scripts, in control files and a Makefile. Folders keep their names. "
              "With a database named, the rows of its history are renamed as well, in one transaction; if that fails, "
              "the files are as they were.\n"
              "A database that is not there at the time learns of it later by --log-only. Until then it takes a renamed "
              "change for a new one.",
     .examples = "pgwright rename --change users people -d shop  # in the files and in shop\n"
                 "pgwright rename --change users people --log-only -d shop_prod  # once these files are there\n"
                 "pgwright rename webshop --dry-run  # which files would a new name of the module change?",
     .flags = FLAGS(flags_rename, flags_history, flags_connection),
     .run = run_rename},
    {.name = "analyze",
     .group = WRITE,
     .summary = "find what is odd about the files, without a database",
     .arguments = "[MODULE]",
     .max_arguments = 1,
     .about = "Faults: scripts that are missing or that no deploy could read, a control file or a Makefile that names "
              "something else than the %project. Advice: missing or empty verify and revert scripts, scripts that "
              "the plan does not name, headers that disagree with the plan, equal scripts. A fault makes the "
              "exit code 10. At the root of a workspace every module is looked at.",
     .examples = "pgwright analyze  # the module around you, or all of the workspace\n"
                 "pgwright analyze billing --strict  # for CI: advice fails too",
     .flags = FLAGS(flags_analyze, flags_select),
     .run = run_analyze},
    {.name = "metadata scaffold",
     .group = WRITE,
     .summary = "metadata blocks for SQL files that have none",
     .arguments = "[FOLDER]",
     .max_arguments = 1,
     .about = "For projects with a deploy.sql. Lists the SQL files without a <pgmi-meta> block, tests aside; with --write, "
              "each gets one. It says what holds without it: the id is the one that the file's path gives, the sort key is "
              "the path, so that the order of the plan stays as it is. From then on the file can be moved and stays itself.",
     .examples = "pgwright metadata scaffold  # which files of this folder have none?\n"
                 "pgwright metadata scaffold shop --write  # write them\n"
                 "pgwright metadata scaffold shop --write --no-idempotent  # files that run once",
     .flags = FLAGS(flags_scaffold),
     .run = run_metadata_scaffold},
    {.name = "metadata validate",
     .group = LOOK,
     .summary = "are the metadata blocks of a project right, and their ids its own?",
     .arguments = "[FOLDER]",
     .max_arguments = 1,
     .about = "Reads all files as a deployment would: text in UTF-8, blocks that are XML with an id and idempotent, no id in "
              "two files. What is wrong is told with its place; exit code 10.",
     .examples = "pgwright metadata validate  # of this folder\n"
                 "pgwright metadata validate shop --json  # for programs",
     .run = run_metadata_validate},
    {.name = "metadata plan",
     .group = LOOK,
     .summary = "the order in which a project's files run",
     .arguments = "[FOLDER]",
     .max_arguments = 1,
     .about = "Prints the rows of pgmi_plan_view: every file at each of its sort keys, in byte order of keys, then of paths. A "
              "file without keys stands at its path. Whether deploy.sql runs them so is its own affair.",
     .examples = "pgwright metadata plan  # of this folder\n"
                 "pgwright metadata plan shop --json  # the SQL files once each, and all rows",
     .run = run_metadata_plan},
    {.name = "info",
     .group = LOOK,
     .summary = "what a project with a deploy.sql holds",
     .arguments = "[FOLDER]",
     .max_arguments = 1,
     .about = "Counts the files that a deployment would load, by folder, and says which of them are SQL, tests, and have "
              "metadata. No database is needed.",
     .examples = "pgwright info shop  # a summary\n"
                 "pgwright info shop --json  # for programs",
     .run = run_info},
    {.name = "status",
     .aliases = "migrate status",
     .group = LOOK,
     .summary = "what is deployed, pending, edited since",
     .arguments = "[MODULE|FOLDER]",
     .max_arguments = 1,
     .about =
         "Compares the plan with the history of the database: how many changes are deployed, the last one "
         "and its tag, which are pending, and which deployed scripts were edited since. It changes nothing.\n"
         "Of a folder with a deploy.sql it tells how the last recorded deployment ended (deploy --record), and which files are "
         "new, changed or gone since the last one that came to its end.",
     .examples = "pgwright status -d shop  # of the project around you\n"
                 "pgwright status --workspace --check  # for CI: exit code 18 when something is left to do\n"
                 "pgwright status -d shop --json  # for programs\n"
                 "pgwright status ./shop -d shop --check  # of a folder with a deploy.sql",
     .flags = FLAGS(flags_status, flags_drive_connection, flags_select, flags_history, flags_tls, flags_connection),
     .run = run_status},
    {.name = "list",
     .aliases = "migrate list",
     .group = LOOK,
     .summary = "every change of the plan: deployed, edited or pending",
     .arguments = "[MODULE]",
     .max_arguments = 1,
     .about = "One line for each change, in the order of the plan: its state, its tags, when it was deployed, and what it "
              "requires.",
     .examples = "pgwright list -d shop  # of the module around you\n"
                 "pgwright list --workspace --json -d shop  # of all modules, for programs",
     .flags = FLAGS(flags_list, flags_select, flags_history, flags_connection),
     .run = run_list},
    {.name = "deps",
     .aliases = "migrate deps",
     .group = LOOK,
     .summary = "what a change requires, and what requires it",
     .arguments = "[CHANGE]",
     .max_arguments = 1,
     .about = "Shows both ways from one change, through all modules of the workspace, as far as they go. Without a change it "
              "shows from each change that requires nothing what builds on it. When a database is named, by a flag or "
              "PGDATABASE, it says what of it is deployed there.",
     .examples = "pgwright deps app/users  # before touching it\n"
                 "pgwright deps billing:invoices -d shop  # of another module, with what is deployed in shop\n"
                 "pgwright deps --workspace  # all of it",
     .flags = FLAGS(flags_deps, flags_select, flags_history, flags_connection),
     .run = run_deps},
    {.name = "plan",
     .group = LOOK,
     .summary = "what a deploy would do",
     .arguments = "[MODULE|FOLDER]",
     .max_arguments = 1,
     .about = "Prints the changes that `deploy` would run, in their order and transactions, and why a "
              "transaction ends where it does. With --dry-run it prints the statements themselves, as a "
              "script that psql could run. It changes nothing.\n"
              "Of a folder with a deploy.sql nobody knows what it does before it is run: so it is, in a transaction that is "
              "rolled back, and each file is told in the order in which it ran, with its statements, the time that they took, "
              "the rows that they wrote, the locks that they took of what was there before, and what is dangerous about them; at "
              "its end, what has become of the schema. "
              "These locks are held until it ends; it waits no longer than five seconds for one, or --lock-timeout. "
              "Statements behind the head that no transaction takes are listed and not run. With --sandbox all of it "
              "really runs, in an empty database that is dropped.",
     .examples = "pgwright plan -d shop  # the pending changes\n"
                 "pgwright plan -d shop --to @v1.0.0 --dry-run  # every statement up to a tag\n"
                 "pgwright plan ./shop -d shop --verbose  # what shop/deploy.sql would do, statement by statement\n"
                 "pgwright plan ./shop -d shop_a,shop_b --jobs 2  # in two databases, both at once",
     .flags = FLAGS(flags_to, flags_pending, flags_schema_plan, flags_schema_file, flags_schema, flags_ignore,
                    flags_drive, flags_drive_plan, flags_drive_many, flags_drive_connection, flags_select, flags_run,
                    flags_history, flags_tls, flags_schema_connection, flags_connection),
     .run = run_plan,
     .reads_dotenv = schema_is_meant},
    {.name = "check",
     .group = LOOK,
     .summary = "find deployed scripts that were edited",
     .arguments = "[MODULE]",
     .max_arguments = 1,
     .about = "Lists every deployed change whose deploy script is not the one that was deployed; exit code "
              "18 when there is one. Whether that matters is yours to say: --accept takes the script as it "
              "is, `pgwright rebase --modified` deploys it anew, `pgwright rework` makes a new change of it.",
     .examples = "pgwright check --workspace -d shop  # of all modules\n"
                 "pgwright check -d shop --accept app/users  # only a comment was edited",
     .flags = FLAGS(flags_check, flags_select, flags_history, flags_connection),
     .run = run_check},
    {.name = "history",
     .aliases = "log",
     .group = LOOK,
     .summary = "the audit log of a database, and its proof",
     .arguments = "",
     .about = "Every run of pgwright leaves events in the schema pgwright, each holding the SHA-256 of the "
              "one before it. --verify computes the chain anew and says where it was broken. Keep the digest "
              "that it prints in another place, and a cut-off end is found too.",
     .examples = "pgwright history -d shop  # the newest events\n"
                 "pgwright history -d shop --verify  # was it tampered with?",
     .flags = FLAGS(flags_log, flags_connection),
     .run = run_history},
    {.name = "dump",
     .group = LOOK,
     .summary = "a database's schema as SQL",
     .arguments = "",
     .about = "Writes the statements that make the schema, in an order in which they can run, so that psql can load "
              "them anywhere. The same schema gives the same text. With one --schema names are written without it, so "
              "that the file serves any schema; with --schema '*' all schemas are written, with their extensions and "
              "what belongs to no schema.\n"
              "With --multi-file each object has a file of its own, in folders beside --file, which includes them all: run it "
              "in its folder. Files of objects that are gone are left there, and no longer included.\n"
              "Rows are not dumped, nor are roles, and owners only with --owners.",
     .examples = "pgwright dump -d shop -f schema.sql  # the schema public\n"
                 "pgwright dump -d shop --schema '*' -f all.sql  # all of the database\n"
                 "pgwright dump -d shop --multi-file -f schema/main.sql  # one file for each object",
     .flags = FLAGS(flags_dump, flags_schema, flags_ignore, flags_tls, flags_schema_connection, flags_connection),
     .run = run_dump,
     .reads_dotenv = schema_is_always_meant,
     .no_json = true},
    {.name = "diff",
     .group = LOOK,
     .summary = "the difference of two schemas, as the steps from one to the other",
     .arguments = "[FROM] TO",
     .min_arguments = 1,
     .max_arguments = 2,
     .about = "FROM and TO are each a database (a postgresql:// URL, or a connection string), a file of SQL such as a dump, or a "
              "folder of files. Without FROM it is the database that the flags name. Nothing is changed.",
     .examples = "pgwright diff -d shop schema.sql  # what a deploy would do\n"
                 "pgwright diff old.sql new.sql --output-sql steps.sql  # between two files\n"
                 "pgwright diff postgresql:///staging postgresql:///production --check  # exit code 18 when they differ",
     .flags = FLAGS(flags_schema_plan, flags_schema_file, flags_schema, flags_ignore, flags_tls,
                    flags_schema_connection, flags_connection),
     .run = run_diff,
     .reads_dotenv = schema_is_always_meant},
    {.name = "drift",
     .group = LOOK,
     .summary = "what changed in a schema since it was last deployed",
     .arguments = "[FOLDER]",
     .max_arguments = 1,
     .about = "Compares the schema with what it was after the last `pgwright deploy` of a schema, object by object; with --file, with "
              "what the file says. Of a folder with a deploy.sql, all schemas with what they were after its last recorded "
              "deployment (deploy --record). Exit code 18 when there is a difference.",
     .examples = "pgwright drift -d shop  # for a nightly job\n"
                 "pgwright drift ./shop -d shop  # of a folder with a deploy.sql\n"
                 "pgwright drift -d shop --file schema.sql --output-sql stdout  # and the statements that would undo it",
     .flags = FLAGS(flags_schema_plan, flags_schema_file, flags_schema, flags_ignore, flags_drive_connection, flags_tls,
                    flags_schema_connection, flags_connection),
     .run = run_drift,
     .reads_dotenv = folder_is_not_meant},
    {.name = "deploy",
     .aliases = "apply,migrate deploy",
     .group = ACT,
     .summary = "run what is pending",
     .arguments = "[MODULE|FOLDER]",
     .max_arguments = 1,
     .about = "Runs the pending changes of a module, and of the modules it requires, each with its verify "
              "script, and writes them into the history in the same transaction: when one fails, nothing has "
              "happened. Native extensions that modules ask for are made first.\n"
              "A change that cannot run in a transaction (CREATE INDEX CONCURRENTLY, VACUUM, …) is "
              "recognised by its statements and stands alone; --dry-run shows where. Its state is written "
              "down before and after, so that a run that was cut off in between is noticed by the next one.\n"
              "Within a module the argument may be left out. At the root of a workspace name a module, or "
              "say --workspace.\n"
              "With --file, or --plan, a schema becomes what SQL files say: the steps are found, shown and run (doc/declarative.md).\n"
              "A folder with a deploy.sql is deployed by that: its files are loaded into temporary views of one session, and "
              "deploy.sql runs in it, with the transactions that it says (doc/session.md).",
     .examples = "pgwright deploy -d shop  # the module around you, to the end of its plan\n"
                 "pgwright deploy billing --to @v2.0.0 -d shop  # as far as a tag, and include it\n"
                 "pgwright deploy --workspace -d shop --createdb  # everything, into a database that may not "
                 "exist yet\n"
                 "pgwright deploy -d shop --dry-run  # only print the statements\n"
                 "pgwright deploy ./shop -d shop --param env=production  # by the deploy.sql of the folder shop\n"
                 "pgwright deploy ./shop -d shop --record  # and write down what was done, for status, drift and history\n"
                 "pgwright deploy ./shop -d shop_a,shop_b,shop_c --jobs 2 --keep-going  # to three databases, two at once",
     .flags = FLAGS(flags_to, flags_pending, flags_deploy, flags_schema_apply, flags_schema_file, flags_schema,
                    flags_ignore, flags_drive, flags_drive_plan, flags_drive_many, flags_drive_deploy,
                    flags_drive_connection, flags_select, flags_run, flags_history, flags_tls, flags_schema_connection,
                    flags_connection),
     .run = run_deploy,
     .reads_dotenv = schema_is_meant},
    {.name = "baseline",
     .aliases = "migrate baseline",
     .group = ACT,
     .summary = "record changes as deployed without running them",
     .arguments = "[MODULE]",
     .max_arguments = 1,
     .about = "For a database that has already what the plan makes, because it came from a dump or from another tool: writes "
              "the history and runs no script. The same as `pgwright deploy --log-only`. Prove it afterwards with "
              "`pgwright verify`.",
     .examples = "pgwright baseline --to @v1.0.0 -d shop  # up to a tag; what comes after is pending\n"
                 "pgwright baseline -d shop --output baseline.sql  # as a script for psql instead",
     .flags = FLAGS(flags_to, flags_pending, flags_deploy, flags_select, flags_run, flags_history, flags_connection),
     .run = run_baseline},
    {.name = "verify",
     .group = ACT,
     .summary = "prove that what is deployed is there",
     .arguments = "[MODULE]",
     .max_arguments = 1,
     .about = "Runs the verify script of every deployed change, in one transaction that is rolled back, and "
              "tells all that fail, with the server's message and the script's line. It also finds changes "
              "that are deployed but not planned, left out, or out of order.",
     .examples = "pgwright verify -d shop  # the module around you\n"
                 "pgwright verify --workspace --strict -d shop  # every module; missing scripts are failures",
     .flags = FLAGS(flags_to, flags_verify, flags_select, flags_history, flags_connection),
     .run = run_verify},
    {.name = "revert",
     .group = ACT,
     .summary = "take back what was deployed last",
     .arguments = "[MODULE]",
     .max_arguments = 1,
     .about = "Without a target it reverts the last deployed change of the module, and nothing else. --to "
              "keeps the change it names and reverts what came after it; --all reverts everything of the "
              "module. What other changes still require is not touched: the run is refused and names them, "
              "unless --cascade takes them along.\n"
              "Everything is shown and asked for first, and runs in one transaction, which is rolled back "
              "when a verify script of what remains fails.",
     .examples = "pgwright revert -d shop  # the last change\n"
                 "pgwright revert billing --to @v1.0.0 -d shop -y  # all that came after the tag\n"
                 "pgwright revert --workspace --all -d shop --yes  # empty the database of every module",
     .flags = FLAGS(flags_revert, flags_select, flags_run, flags_history, flags_connection),
     .run = run_revert},
    {.name = "rebase",
     .group = ACT,
     .summary = "revert, then deploy again",
     .arguments = "[MODULE]",
     .max_arguments = 1,
     .about = "For a database that may lose its data, such as a developer's: goes back to --onto and deploys "
              "to --upto. With --modified it goes back just far enough to deploy edited scripts anew.",
     .examples = "pgwright rebase --modified -d shop_dev -y  # deploy what was edited\n"
                 "pgwright rebase --onto @v1.0.0 -d shop_dev -y  # everything since the tag",
     .flags = FLAGS(flags_rebase, flags_select, flags_run, flags_history, flags_connection),
     .run = run_rebase},
    {.name = "adopt",
     .aliases = "migrate init",
     .group = ACT,
     .summary = "take over the history of another tool",
     .arguments = "",
     .about = "Copies the history that another tool kept into the tables of this project's format, in one "
              "transaction, and leaves the old tables alone. Without adopt, pgwright goes on in the other "
              "tool's tables, and that tool can go on after it: --history.",
     .examples = "pgwright adopt --from sqitch -d shop  # a pgpm or pgwright project that Sqitch deployed\n"
                 "pgwright deploy --history sqitch -d shop  # go on in Sqitch's own tables instead",
     .flags = FLAGS(flags_adopt, flags_select, flags_history, flags_connection),
     .run = run_adopt},
    {.name = "test",
     .aliases = "test-packages",
     .group = TEST,
     .summary = "full cycle: deploy, verify, revert, deploy, with proofs",
     .arguments = "[MODULE|FOLDER]",
     .max_arguments = 1,
     .about = "Tests each module in a database of its own, made and dropped for it: what it requires is "
              "deployed, then the module is deployed, verified, reverted and deployed again. Each time the "
              "catalog is compared with what it was. Before that its changes are deployed and reverted one by "
              "one, in a transaction that is rolled back, so that each answers for itself: what its revert "
              "script leaves behind is named although a later one takes it away, as is a verify script that "
              "passes although its change is gone, and a change that is not there once its deploy script has "
              "run.\n"
              "At the root of a workspace all of its modules are tested, in as many databases as that takes; "
              "of modules that others require only the changes one by one, unless --all is given. What several "
              "modules require is deployed once and copied. Interrupted or not, no database is left behind.\n"
              "Of a folder with a deploy.sql the tests are run, files below __test__, against the database as it is: each between "
              "its savepoints, all in one transaction that is rolled back; deploy.sql does not run (doc/session.md). Exit code 17 "
              "when one fails, or there is none.",
     .examples = "pgwright test --sandbox  # the module around you, on a throwaway server\n"
                 "pgwright test --all --sandbox --junit report.xml  # every module, with a report for CI\n"
                 "pgwright test --upgrade-from v1.2 --sandbox  # does an upgrade end where a fresh deploy does?\n"
                 "pgwright test billing --sandbox --keep  # keep the database of a failure, to look at\n"
                 "pgwright test ./shop -d shop --keep-going  # the tests of a project with a deploy.sql",
     .flags = FLAGS(flags_test, flags_drive_test, flags_drive, flags_drive_connection, flags_select, flags_tls,
                    flags_connection),
     .run = run_test},
    {.name = "sandbox start",
     .group = TEST,
     .summary = "start the throwaway server",
     .arguments = "",
     .about = "A PostgreSQL of your own, made from the installed server programs (PGWRIGHT_PG_BIN, PATH, the "
              "distribution's folders): on a Unix socket only, and fast, because nothing is synced to disk. "
              "Its data is in the project's .pgwright folder, or in your cache folder outside of projects. "
              "--sandbox on another command starts it too.",
     .examples = "pgwright sandbox start  # and say where it is\n"
                 "pgwright deploy --sandbox  # start it if need be, and deploy to it",
     .run = run_sandbox_start},
    {.name = "sandbox stop",
     .group = TEST,
     .summary = "stop it",
     .arguments = "",
     .about = "Its data stays for the next start.",
     .examples = "pgwright sandbox stop  # until the next start",
     .run = run_sandbox_stop},
    {.name = "sandbox status",
     .group = TEST,
     .summary = "does it run, and where",
     .arguments = "",
     .about = "Prints version, process, folders and URL.",
     .examples = "pgwright sandbox status --json  # for programs",
     .run = run_sandbox_status},
    {.name = "sandbox psql",
     .group = TEST,
     .summary = "psql on it",
     .arguments = "[-- ARGUMENT…]",
     .max_arguments = -1,
     .about = "Runs psql connected to the throwaway server, which is started if need be. What stands behind "
              "-- is psql's.",
     .examples = "pgwright sandbox psql  # a session\n"
                 "pgwright sandbox psql -- -c '\\dt'  # one command",
     .run = run_sandbox_psql,
     .no_json = true},
    {.name = "sandbox url",
     .group = TEST,
     .summary = "its URL, for other programs",
     .arguments = "[DATABASE]",
     .max_arguments = 1,
     .about = "Prints the URL of a database on the throwaway server, which is started if need be.",
     .examples = "pgwright sandbox url shop  # postgresql:///shop?host=…",
     .run = run_sandbox_url},
    {.name = "sandbox reset",
     .group = TEST,
     .summary = "make it anew, empty",
     .arguments = "",
     .about = "Stops it, throws its data away and starts it.",
     .examples = "pgwright sandbox reset --yes  # without asking",
     .run = run_sandbox_reset},
    {.name = "roles bootstrap",
     .aliases = "admin-users bootstrap",
     .group = ROLES,
     .summary = "make the roles that modules grant to",
     .arguments = "",
     .about = "Makes anonymous, authenticated and administrator (or what db.roles of the workspace calls "
              "them), without login, and sets their attributes anew where they exist.",
     .examples = "pgwright roles bootstrap  # on the server that PGHOST names",
     .flags = FLAGS(flags_roles_bootstrap, flags_connection),
     .run = run_roles_bootstrap},
    {.name = "roles add",
     .aliases = "admin-users add",
     .group = ROLES,
     .summary = "make a login role with these roles' rights",
     .arguments = "[NAME]",
     .max_arguments = 1,
     .about = "Makes NAME a login role that is a member of anonymous and authenticated. Its password comes "
              "from the environment variable PGWRIGHT_ROLE_PASSWORD, or is asked for; it is never printed. A "
              "role that exists keeps its password.",
     .examples = "pgwright roles add api  # asks for the password\n"
                 "pgwright roles add --test  # app_user and app_admin, for tests",
     .flags = FLAGS(flags_roles_user, flags_connection),
     .run = run_roles_add},
    {.name = "roles remove",
     .aliases = "admin-users remove",
     .group = ROLES,
     .summary = "take such a login role away",
     .arguments = "[NAME]",
     .max_arguments = 1,
     .about = "Revokes its memberships and drops it; fails while it owns something. A role that is not there "
              "is no error.",
     .examples = "pgwright roles remove api  # and its memberships",
     .flags = FLAGS(flags_roles_user, flags_connection),
     .run = run_roles_remove},
    {.name = "help",
     .group = MORE,
     .summary = "this help, that of a command, or what exit codes mean",
     .arguments = "[COMMAND…|exit-codes]",
     .max_arguments = 2,
     .about = "`pgwright COMMAND --help` shows the same. With --json it prints the table of commands and "
              "flags that help, manual and completion are made from.",
     .examples = "pgwright help deploy  # of a command\n"
                 "pgwright help sandbox  # of a family of commands\n"
                 "pgwright help exit-codes  # what a script can rely on",
     .run = run_help},
    {.name = "version",
     .group = MORE,
     .summary = "the version",
     .arguments = "",
     .about = "Prints the version of pgwright and of the libpq it uses.",
     .examples = "pgwright version  # the same as pgwright --version",
     .run = run_version},
    {.name = "completion",
     .group = MORE,
     .summary = "completion of commands, flags and choices for a shell",
     .arguments = "bash|zsh|fish",
     .min_arguments = 1,
     .max_arguments = 1,
     .about = "Prints a script for the shell. An installed pgwright brings them along; otherwise put it "
              "where your shell looks for completions.",
     .examples = "pgwright completion bash  # source it, or put it into "
                 "~/.local/share/bash-completion/completions/pgwright\n"
                 "pgwright completion zsh  # as _pgwright into a folder of $fpath\n"
                 "pgwright completion fish  # as ~/.config/fish/completions/pgwright.fish",
     .run = run_completion,
     .no_json = true},
    {.name = "names",
     .group = MORE,
     .summary = "names of modules, changes or templates, for completion",
     .arguments = "modules|changes|templates [WORD…]",
     .min_arguments = 1,
     .max_arguments = -1,
     .about = "Prints one name in a line. Behind -- stands the command line so far: a --cwd in it counts, and the module that "
              "it names last.",
     .examples = "pgwright names changes -- deploy billing  # what --to could be",
     .run = run_names,
     .hidden = true,
     .no_json = true},
    {.name = "man",
     .group = MORE,
     .summary = "a manual page, as man(1) reads it",
     .arguments = "[COMMAND…]",
     .max_arguments = 2,
     .about = "Prints the page of pgwright itself, or that of one command, in mdoc. With --directory it "
              "writes all of them.",
     .examples = "pgwright man deploy  # pipe it into: man -l -\n"
                 "pgwright man --directory /tmp/man1  # pgwright.1, pgwright-deploy.1, …",
     .flags = FLAGS(flags_man),
     .run = run_man,
     .hidden = true,
     .no_json = true},
};
const size_t commands_count = sizeof commands / sizeof commands[0];

const CommandElsewhere commands_elsewhere[] = {
    {"bundle", "nothing needs bundling: deploy the project's folder as it is"},
    {"cache", "there is no template cache to clean"},
    {"checkout", "switch the branch with git, then: pgwright rebase --modified"},
    {"clear", "every change of the plan: pgwright remove --to ROOT"},
    {"config", "settings stand in pgwright.yaml, pgpm.json or sqitch.conf, for your editor"},
    {"docker", "a server for trying things out: pgwright sandbox start"},
    {"doctor", "pgwright sandbox status tells which server programs there are, pgwright analyze what the files lack"},
    {"engine", "PostgreSQL is the only engine"},
    {"env", "set the PG* variables, or pass --url"},
    {"export", "pgwright does not make modules from the tables of a product"},
    {"extension", "edit `requires` in the module's .control file"},
    {"install",
     "unpack the module into the workspace's extensions folder (npm pack, tar); it is found there"},
    {"kill", "SELECT pg_terminate_backend(pid) FROM pg_stat_activity, and DROP DATABASE"},
    {"materialize", "use pgpm materialize, then deploy the module that it writes"},
    {"migrate",
     "its commands stand alone: pgwright status, list, deps, baseline, deploy, verify, revert, and adopt for init"},
    {"package", "nothing needs packaging: deploy the module's folder as it is"},
    {"show", "the plan and the scripts are plain files; what would run: pgwright plan --dry-run"},
    {"slice", "use pgpm slice, then deploy the packages that it writes"},
    {"sync-versions", "versions are not needed for deploying: edit package.json and the .control file"},
    {"target",
     "name a database with -d, --url or the PG* variables; targets of sqitch.conf work with --target"},
    {"transform", "use pgpm transform, then deploy the module that it writes"},
    {"tune", "the sandbox has durability off already: pgwright sandbox start"},
    {"update", "install a newer version the way this one was installed"},
    {"upgrade", "a newer module: unpack it over the old one in the extensions folder; older history tables: "
                "pgwright adopt --upgrade"},
};
const size_t commands_elsewhere_count = sizeof commands_elsewhere / sizeof commands_elsewhere[0];
