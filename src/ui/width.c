/* ui/width.c: how wide texts and the terminal are; see ui.h. */
#include "ui/ui.h"

#include <locale.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <wchar.h>

enum { WIDTH_UNKNOWN = 96 };

int ui_width(void)
{
    struct winsize size;
    bool known = isatty(STDOUT_FILENO) && ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col > 0;
    return known ? size.ws_col : WIDTH_UNKNOWN;
}

/* Our texts are UTF-8 whatever the user's locale is. */
static locale_t utf8_locale(void)
{
    static locale_t locale;
    if (locale == (locale_t)0)
        locale = newlocale(LC_CTYPE_MASK, "C.UTF-8", (locale_t)0);
    return locale;
}

/* Of text that is ASCII, or where the system has no UTF-8: a column for each sequence. */
static int count_sequences(const char *text)
{
    int width = 0;
    for (; *text != '\0'; text++)
        width += ((unsigned char)*text & 0xC0) != 0x80;
    return width;
}

static int measure(const char *text)
{
    int width = 0;
    size_t left = strlen(text);
    mbstate_t state = {0};
    while (left > 0) {
        wchar_t c;
        size_t n = mbrtowc(&c, text, left, &state);
        if (n == 0 || n > left) { /* (size_t)-1 and -2: not UTF-8, shown as a replacement character */
            state = (mbstate_t){0};
            n = 1;
            width++;
        } else if (wcwidth(c) > 0) {
            width += wcwidth(c);
        }
        text += n;
        left -= n;
    }
    return width;
}

int ui_text_width(const char *text)
{
    locale_t utf8 = utf8_locale();
    if (utf8 == (locale_t)0)
        return count_sequences(text);
    locale_t before = uselocale(utf8);
    int width = measure(text);
    uselocale(before);
    return width;
}
