/* sql/facts.c: see facts.h.
 *
 * Source: "cannot be executed inside a transaction block" in the manual's page of each command, versions 12 to 18. */
#include "sql/facts.h"

#include <string.h>

typedef enum Transaction {
    TX_FINE,
    TX_NEVER,             /* never inside a transaction block */
    TX_NOT_CONCURRENTLY,  /* not with CONCURRENTLY */
    TX_NOT_WITHOUT_NAME,  /* not without the name of a table: CLUSTER */
    TX_NOT_WITH_SLOT,     /* not when it makes a replication slot */
    TX_NOT_WITH_PUBLISHER, /* not when it talks to the publisher: ALTER SUBSCRIPTION */
} Transaction;

/* Beginnings of statements; the first row that fits counts, so that longer ones stand first. '*' is any one word. */
static const struct {
    const char *words;
    SqlKind kind;
    Transaction transaction;
    int locks;
} commands[] = {
    {"ABORT", SQL_ROLLBACK, TX_FINE, 0},
    {"ALTER DATABASE * SET TABLESPACE", SQL_OTHER, TX_NEVER, 1},
    {"ALTER SUBSCRIPTION", SQL_OTHER, TX_NOT_WITH_PUBLISHER, 1},
    {"ALTER SYSTEM", SQL_OTHER, TX_NEVER, 0},
    {"ALTER TABLE", SQL_OTHER, TX_NOT_CONCURRENTLY, 2},
    {"ALTER TYPE", SQL_OTHER, TX_FINE, 1},
    {"ALTER", SQL_OTHER, TX_FINE, 1},
    {"ANALYZE", SQL_OTHER, TX_FINE, 1},
    {"BEGIN", SQL_BEGIN, TX_FINE, 0},
    {"CALL", SQL_OTHER, TX_FINE, 1},
    {"CLUSTER", SQL_OTHER, TX_NOT_WITHOUT_NAME, 2},
    {"COMMENT", SQL_OTHER, TX_FINE, 1},
    {"COMMIT PREPARED", SQL_OTHER, TX_NEVER, 0},
    {"COMMIT", SQL_COMMIT, TX_FINE, 0},
    {"COPY", SQL_OTHER, TX_FINE, 2},
    {"CREATE DATABASE", SQL_OTHER, TX_NEVER, 1},
    {"CREATE FUNCTION", SQL_OTHER, TX_FINE, 0},
    {"CREATE INDEX", SQL_OTHER, TX_NOT_CONCURRENTLY, 2},
    {"CREATE MATERIALIZED", SQL_OTHER, TX_FINE, 4},
    {"CREATE PROCEDURE", SQL_OTHER, TX_FINE, 0},
    {"CREATE SCHEMA", SQL_OTHER, TX_FINE, 1},
    {"CREATE SUBSCRIPTION", SQL_OTHER, TX_NOT_WITH_SLOT, 1},
    {"CREATE TABLESPACE", SQL_OTHER, TX_NEVER, 1},
    {"CREATE TABLE", SQL_OTHER, TX_FINE, 5},
    {"CREATE TEMPORARY", SQL_SET, TX_FINE, 5},
    {"CREATE TEMP", SQL_SET, TX_FINE, 5},
    {"CREATE TYPE", SQL_OTHER, TX_FINE, 2},
    {"CREATE VIEW", SQL_OTHER, TX_FINE, 2},
    {"CREATE", SQL_OTHER, TX_FINE, 1},
    {"DEALLOCATE", SQL_OTHER, TX_FINE, 0},
    {"DECLARE", SQL_OTHER, TX_FINE, 0},
    {"DELETE", SQL_OTHER, TX_FINE, 2},
    {"DISCARD ALL", SQL_SET, TX_NEVER, 0},
    {"DISCARD", SQL_SET, TX_FINE, 0},
    {"DO", SQL_OTHER, TX_FINE, 2},
    {"DROP DATABASE", SQL_OTHER, TX_NEVER, 1},
    {"DROP INDEX", SQL_OTHER, TX_NOT_CONCURRENTLY, 2},
    {"DROP SUBSCRIPTION", SQL_OTHER, TX_NEVER, 1},
    {"DROP TABLESPACE", SQL_OTHER, TX_NEVER, 1},
    {"DROP", SQL_OTHER, TX_FINE, 4},
    {"END", SQL_COMMIT, TX_FINE, 0},
    {"EXECUTE", SQL_OTHER, TX_FINE, 2},
    {"GRANT", SQL_OTHER, TX_FINE, 1},
    {"IMPORT", SQL_OTHER, TX_FINE, 8},
    {"INSERT", SQL_OTHER, TX_FINE, 2},
    {"LISTEN", SQL_OTHER, TX_FINE, 0},
    {"LOAD", SQL_SET, TX_FINE, 0},
    {"LOCK", SQL_OTHER, TX_FINE, 1},
    {"MERGE", SQL_OTHER, TX_FINE, 2},
    {"PREPARE TRANSACTION", SQL_OTHER, TX_FINE, 0},
    {"PREPARE", SQL_OTHER, TX_FINE, 0},
    {"REFRESH MATERIALIZED", SQL_OTHER, TX_FINE, 4},
    {"REINDEX DATABASE", SQL_OTHER, TX_NEVER, 2},
    {"REINDEX SCHEMA", SQL_OTHER, TX_NEVER, 2},
    {"REINDEX SYSTEM", SQL_OTHER, TX_NEVER, 2},
    {"REINDEX", SQL_OTHER, TX_NOT_CONCURRENTLY, 2},
    {"RELEASE", SQL_SAVEPOINT, TX_FINE, 0},
    {"RESET", SQL_SET, TX_FINE, 0},
    {"REVOKE", SQL_OTHER, TX_FINE, 1},
    {"ROLLBACK PREPARED", SQL_OTHER, TX_NEVER, 0},
    {"ROLLBACK TO", SQL_SAVEPOINT, TX_FINE, 0},
    {"ROLLBACK WORK TO", SQL_SAVEPOINT, TX_FINE, 0},
    {"ROLLBACK TRANSACTION TO", SQL_SAVEPOINT, TX_FINE, 0},
    {"ROLLBACK", SQL_ROLLBACK, TX_FINE, 0},
    {"SAVEPOINT", SQL_SAVEPOINT, TX_FINE, 0},
    {"SECURITY LABEL", SQL_OTHER, TX_FINE, 1},
    {"SELECT", SQL_OTHER, TX_FINE, 0},
    {"SET", SQL_SET, TX_FINE, 0},
    {"START TRANSACTION", SQL_BEGIN, TX_FINE, 0},
    {"TABLE", SQL_OTHER, TX_FINE, 0},
    {"TRUNCATE", SQL_OTHER, TX_FINE, 3},
    {"UPDATE", SQL_OTHER, TX_FINE, 2},
    {"VACUUM", SQL_OTHER, TX_NEVER, 2},
    {"VALUES", SQL_OTHER, TX_FINE, 0},
    {"WITH", SQL_OTHER, TX_FINE, 2},
    {"", SQL_OTHER, TX_FINE, 1},
};

/* Options in parentheses on which it depends whether a statement can run in a transaction block. */
enum { CONCURRENTLY = 1, CONNECT = 2, CREATE_SLOT = 4, REFRESH = 8, FAILOVER = 16, TWO_PHASE = 32 };

static const struct {
    const char *name;
    unsigned option;
} options[] = {
    {"concurrently", CONCURRENTLY}, {"connect", CONNECT}, {"create_slot", CREATE_SLOT},
    {"refresh", REFRESH}, {"failover", FAILOVER}, {"two_phase", TWO_PHASE},
};

void facts_begin(FactsReader *r)
{
    r->n = 0;
    r->concurrently = r->sets_config = false;
    r->on = r->off = r->option = 0;
}

/* Words between CREATE and what is created, which do not change what it is. */
static bool is_noise(const FactsReader *r, View word)
{
    static const char *const noise[] = {"OR",    "REPLACE", "UNIQUE",     "UNLOGGED",  "GLOBAL",
                                        "LOCAL", "TRUSTED", "PROCEDURAL", "RECURSIVE", "CONSTRAINT"};
    if (r->n != 1 || strcmp(r->words[0], "CREATE") != 0)
        return false;
    for (size_t i = 0; i < sizeof noise / sizeof noise[0]; i++)
        if (view_is_nocase(word, noise[i]))
            return true;
    return false;
}

static void keep_word(FactsReader *r, View word)
{
    size_t i = 0;
    for (; i < word.len && i < sizeof r->words[0] - 1; i++)
        r->words[r->n][i] = (char)(word.p[i] >= 'a' && word.p[i] <= 'z' ? word.p[i] - 32 : word.p[i]);
    r->words[r->n++][i] = '\0';
}

static bool word_at(const FactsReader *r, int i, const char *word)
{
    return i >= 0 && i < r->n && strcmp(r->words[i], word) == 0;
}

static void note_word(FactsReader *r, View word)
{
    r->concurrently = r->concurrently || (word.len == 12 && view_is_nocase(word, "CONCURRENTLY"));
    if (!is_noise(r, word) && r->n < FACTS_WORDS)
        keep_word(r, word);
}

static bool is_false(LexToken t)
{
    static const char *const no[] = {"false", "off", "0", "'false'", "'off'", "'0'"};
    for (size_t i = 0; i < sizeof no / sizeof no[0]; i++)
        if (view_is_nocase((View){t.p, t.len}, no[i]))
            return true;
    return false;
}

/* name, name = value, name value: an option without a value is on. */
static void note_option(FactsReader *r, LexToken t)
{
    if (t.kind == LEX_OTHER) {
        r->option = *t.p == '=' ? r->option : 0;
        return;
    }
    if (r->option != 0 && is_false(t)) {
        r->on &= ~r->option;
        r->off |= r->option;
    }
    r->option = 0;
    for (size_t i = 0; t.kind == LEX_WORD && i < sizeof options / sizeof options[0]; i++)
        if (view_is_nocase((View){t.p, t.len}, options[i].name))
            r->on |= r->option = options[i].option;
}

void facts_token(FactsReader *r, LexToken t, int parens)
{
    bool word = t.kind == LEX_WORD;
    r->sets_config = r->sets_config || (word && t.len == 10 && view_is_nocase((View){t.p, t.len}, "SET_CONFIG"));
    if (parens == 0 && word)
        note_word(r, (View){t.p, t.len});
    else if (parens == 0 && (t.kind == LEX_IDENT || t.kind == LEX_STRING) && r->n < FACTS_WORDS)
        keep_word(r, (View){"", 0});
    else if (parens == 1 && (word_at(r, 0, "REINDEX") || word_at(r, 1, "SUBSCRIPTION")))
        note_option(r, t);
}

static bool fits(const FactsReader *r, const char *words)
{
    int i = 0;
    for (const char *p = words; *p != '\0'; i++) {
        size_t n = strcspn(p, " ");
        bool any = n == 1 && *p == '*';
        if (i >= r->n || (!any && (strlen(r->words[i]) != n || memcmp(r->words[i], p, n) != 0)))
            return false;
        p += n + (p[n] == ' ');
    }
    return true;
}

static bool has_words(const FactsReader *r, const char *first, const char *second)
{
    for (int i = 0; i + 1 < r->n; i++)
        if (word_at(r, i, first) && word_at(r, i + 1, second))
            return true;
    return false;
}

/* REFRESH; a change of publications, which refreshes unless it says otherwise; options that are the slot's too. */
static bool asks_publisher(const FactsReader *r)
{
    bool publications = has_words(r, "SET", "PUBLICATION") || has_words(r, "ADD", "PUBLICATION") ||
                        has_words(r, "DROP", "PUBLICATION");
    return has_words(r, "REFRESH", "PUBLICATION") || (publications && (r->off & REFRESH) == 0) ||
           ((r->on | r->off) & FAILOVER) != 0 || (r->off & TWO_PHASE) != 0;
}

static bool refuses_transaction(const FactsReader *r, Transaction t)
{
    switch (t) {
    case TX_NEVER:
        return true;
    case TX_NOT_CONCURRENTLY:
        return r->concurrently || (r->on & CONCURRENTLY) != 0;
    case TX_NOT_WITHOUT_NAME:
        return r->n == 1 || (r->n == 2 && word_at(r, 1, "VERBOSE"));
    case TX_NOT_WITH_SLOT:
        return (r->off & (CONNECT | CREATE_SLOT)) == 0;
    case TX_NOT_WITH_PUBLISHER:
        return asks_publisher(r);
    case TX_FINE:
        break;
    }
    return false;
}

bool facts_is_alter_type(const FactsReader *r)
{
    return word_at(r, 0, "ALTER") && word_at(r, 1, "TYPE");
}

bool facts_expects_label(const FactsReader *r)
{
    if (!facts_is_alter_type(r))
        return false;
    int value = word_at(r, r->n - 1, "EXISTS") ? r->n - 4 : r->n - 1; /* ADD VALUE IF NOT EXISTS */
    return word_at(r, value, "VALUE") && word_at(r, value - 1, "ADD");
}

/* Either word stands for the client's end of the wire, as in the server's grammar. */
static bool copies(const FactsReader *r, const char *direction)
{
    return word_at(r, 0, "COPY") && (has_words(r, direction, "STDIN") || has_words(r, direction, "STDOUT"));
}

static SqlKind kind_of(const FactsReader *r, SqlKind kind)
{
    if (copies(r, "FROM"))
        return SQL_COPY_FROM_STDIN;
    if (copies(r, "TO"))
        return SQL_COPY_TO_STDOUT;
    if (facts_is_alter_type(r) && has_words(r, "ADD", "VALUE"))
        return SQL_ADD_ENUM_VALUE;
    return r->sets_config && kind == SQL_OTHER ? SQL_SET : kind;
}

SqlFacts facts_end(const FactsReader *r)
{
    size_t i = 0;
    char first = r->n > 0 ? r->words[0][0] : '\0';
    while (commands[i].words[0] != '\0' && (commands[i].words[0] != first || !fits(r, commands[i].words)))
        i++;
    SqlFacts facts = {.kind = kind_of(r, commands[i].kind),
                      .command = commands[i].words[0] != '\0' ? commands[i].words : "statement",
                      .locks = commands[i].locks};
    facts.no_transaction = refuses_transaction(r, commands[i].transaction);
    if (facts.no_transaction && commands[i].transaction == TX_NOT_CONCURRENTLY)
        facts.command = word_at(r, 0, "CREATE")    ? "CREATE INDEX CONCURRENTLY"
                        : word_at(r, 0, "DROP")    ? "DROP INDEX CONCURRENTLY"
                        : word_at(r, 0, "REINDEX") ? "REINDEX CONCURRENTLY"
                                                   : "DETACH PARTITION CONCURRENTLY";
    return facts;
}
