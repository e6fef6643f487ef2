/* base/glob.h: patterns for names, as shells have them, whatever the locale: characters are those of UTF-8. */
#ifndef BASE_GLOB_H
#define BASE_GLOB_H

#include <stdbool.h>

/* Does all of `text` match? * stands for any characters but /, ? for one of them, [abc] and [a-z] for one of these, [^abc] and
 * [!abc] for one that is none of these; \ takes the next one as it is. A pattern that is not well-formed (a [ without its ])
 * matches itself alone. */
bool glob_matches(const char *pattern, const char *text);

#endif
