/* project/session/mask.h: SQL text with everything blanked that is not SQL itself.
 *
 * The mask is as long as the text; bytes of comments and the insides of '…', "…" and $tag$…$tag$ are blanks, newlines
 * that end line comments stay. So a plain search in the mask finds only what the server would see as SQL, at the same
 * offset. Rules: manual, "Lexical Structure". */
#ifndef PROJECT_SESSION_MASK_H
#define PROJECT_SESSION_MASK_H

#include "base/list.h"
#include "base/str.h"

/* Where a top-level block comment (with those nested in it) stands; `to` is behind it. One that the text's end cuts off is none:
 * the server refuses the text. */
typedef struct MaskComment {
    size_t from, to;
} MaskComment;
typedef LIST(MaskComment) MaskCommentList;

/* The mask, owned by `ctx`, NUL-terminated. `comments` may be NULL. */
char *mask_make(const void *ctx, View text, MaskCommentList *comments);

#endif
