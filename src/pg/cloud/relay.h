/* pg/cloud/relay.h: a private unix socket that leads libpq into a stream which libpq cannot open itself.
 *
 * A process of its own listens, in a folder that nobody else may enter; each connection, also the short one that asks
 * the server to cancel, gets a process that opens its stream and copies bytes both ways. What keeps a stream from
 * being opened is told to libpq in the words of the protocol, so that it becomes the error of the connection. The
 * processes end with ours, however that ends, and take the folder away. */
#ifndef PG_CLOUD_RELAY_H
#define PG_CLOUD_RELAY_H

#include "base/error.h"

#include <openssl/ssl.h>
#include <stdbool.h>

#define RELAY_PORT "5432"

/* Whereto. Both are called in the relay's processes. */
typedef struct RelayPeer {
    void *arg;
    bool (*prepare)(void *arg, Error *err); /* before each connection: renews what has run out */
    SSL *(*connect)(void *arg, Error *err); /* a stream over a socket; NULL on failure */
} RelayPeer;

/* Opens the relay; the folder is libpq's `host`, RELAY_PORT its `port`. Owned by `ctx`, with which the way in closes;
 * connections that stand go on until one end closes them. NULL and ERR_CONNECTION when it cannot be had. */
const char *relay_open(const void *ctx, const RelayPeer *peer, Error *err);

#endif
