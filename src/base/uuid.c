/* base/uuid.c: see uuid.h. */
#include "base/uuid.h"

#include "base/digest.h"
#include "base/str.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>

static bool is_hyphen_at(size_t i)
{
    return i == 8 || i == 13 || i == 18 || i == 23;
}

/* Reads the digits, all of `text`; hyphens where they belong or nowhere. */
static bool read_digits(View text, char uuid[UUID_TEXT_MAX])
{
    bool hyphens = text.len == UUID_TEXT_MAX - 1;
    const char *p = text.p;
    if (!hyphens && text.len != 32)
        return false;
    for (size_t i = 0; i < UUID_TEXT_MAX - 1; i++) {
        bool hyphen = is_hyphen_at(i);
        if (hyphen ? hyphens && *p != '-' : !isxdigit((unsigned char)*p))
            return false;
        uuid[i] = hyphen ? '-' : (char)tolower((unsigned char)*p);
        p += !hyphen || hyphens;
    }
    uuid[UUID_TEXT_MAX - 1] = '\0';
    return true;
}

bool uuid_parse(const char *text, char uuid[UUID_TEXT_MAX])
{
    static const char urn[] = "urn:uuid:";
    View v = view_of(text);
    if (v.len == UUID_TEXT_MAX + 1 && v.p[0] == '{' && v.p[v.len - 1] == '}')
        v = (View){v.p + 1, v.len - 2};
    else if (strncasecmp(text, urn, sizeof urn - 1) == 0 && v.len == sizeof urn - 1 + UUID_TEXT_MAX - 1)
        v = (View){v.p + sizeof urn - 1, UUID_TEXT_MAX - 1};
    return read_digits(v, uuid);
}

bool uuid_is_nil(const char *uuid)
{
    return strspn(uuid, "0-") == strlen(uuid);
}

void uuid_of_text(const char *text, char uuid[UUID_TEXT_MAX])
{
    char hex[DIGEST_HEX_MAX];
    digest_of(DIGEST_MD5, text, strlen(text), hex);
    read_digits(view_of(hex), uuid);
}
