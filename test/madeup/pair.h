/* madeup/pair.h: two made-up schemas, of which one shall become the other. The same seed gives the same pair everywhere. */
#ifndef MADEUP_PAIR_H
#define MADEUP_PAIR_H

#include "base/list.h"

#include <stdbool.h>
#include <stdint.h>

/* As SQL names them. */
#define MADEUP_ROLES "madeup_reader", "\"Made Up\"\"Writer\""

typedef enum PairStyle {
    PAIR_MANY,      /* many things differ */
    PAIR_FEW,
    PAIR_UNRELATED,
} PairStyle;

typedef struct Pair {
    uint64_t seed;
    bool many_schemas;  /* all schemas of the database are of the pair; else one is */
    const char *schema; /* that one, plain; NULL: all */
    TextList old, new;
    TextList rows;      /* put into the old one's tables */
} Pair;

PairStyle pair_style(uint64_t seed);

Pair *pair_make(const void *ctx, uint64_t seed);

#endif
