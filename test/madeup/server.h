/* madeup/server.h: databases that made-up schemas are put into, and what is found in them. */
#ifndef MADEUP_SERVER_H
#define MADEUP_SERVER_H

#include "pair.h"

#include "pg/conn.h"

typedef struct Server {
    const char *url;    /* of its database postgres; a superuser's */
    const char *prefix; /* of the names of this process's databases */
    PgConn *keeper;     /* makes and drops them */
} Server;

/* The roles that made-up schemas speak of. */
bool server_make_roles(const Server *server, Error *err);

typedef struct Database {
    PgConn *conn;
    const Server *server;
    const char *name;
} Database;

/* An empty database with a session in it, dropped when it is freed. */
Database *server_database(const void *ctx, const Server *server, const char *name, Error *err);

/* Makes the pair's one schema where it is not the public one, and sets the search path to it. */
bool database_prepare(PgConn *conn, const Pair *pair, Error *err);

/* Runs statements, each in a transaction of its own. Those that the server refuses are taken out of the list. */
bool database_try(const void *ctx, PgConn *conn, TextList *statements, Error *err);

/* Its facts, one line each, sorted. */
bool database_facts(const void *ctx, PgConn *conn, const char *schema, bool with_order, TextList *facts, Error *err);

/* The first few lines that only one of two has, with - and +; "" when they are equal. */
char *facts_differ(const void *ctx, const TextList *wanted, const TextList *found);

#endif
