/* base/list.h: growing arrays of one type.
 *
 *     typedef LIST(Change *) ChangeList;
 *     ChangeList list = {0};
 *     list_push(ctx, &list, change);
 *     for (size_t i = 0; i < list.n; i++) use(list.v[i]);
 *
 * The array is owned by the `ctx` of the first push; the list itself is plain data. */
#ifndef BASE_LIST_H
#define BASE_LIST_H

#include "base/mem.h"

#define LIST(type)                                                                                                     \
    struct {                                                                                                           \
        type *v;                                                                                                       \
        size_t n, cap;                                                                                                 \
    }

#define list_push(ctx, list, ...)                                                                                      \
    do {                                                                                                               \
        if ((list)->n == (list)->cap) {                                                                                \
            (list)->cap = (list)->cap == 0 ? 8 : (list)->cap * 2;                                                      \
            (list)->v = mem_resize((ctx), (list)->v, sizeof *(list)->v, (list)->cap);                                  \
        }                                                                                                              \
        (list)->v[(list)->n++] = (__VA_ARGS__);                                                                        \
    } while (0)

/* A stretch of an array that holds those of many owners; it cannot grow. */
#define SLICE(type)                                                                                                    \
    struct {                                                                                                           \
        type *v;                                                                                                       \
        size_t n;                                                                                                      \
    }

typedef LIST(const char *) TextList;

#endif
