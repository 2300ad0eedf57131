#include "report/report.h"

#include <string.h>

/* Length of the UTF-8 sequence at s, 0 when it is none. Overlong forms and surrogates are none. */
static size_t utf8_length(const unsigned char *s, size_t left)
{
    size_t n = s[0] < 0x80 ? 1 : s[0] >= 0xc2 && s[0] < 0xe0 ? 2 : (s[0] & 0xf0) == 0xe0 ? 3 : s[0] >= 0xf0 && s[0] < 0xf5 ? 4 : 0;

    if (n == 0 || n > left)
        return 0;
    for (size_t i = 1; i < n; i++)
        if ((s[i] & 0xc0) != 0x80)
            return 0;
    if ((s[0] == 0xe0 && s[1] < 0xa0) || (s[0] == 0xed && s[1] > 0x9f) || (s[0] == 0xf0 && s[1] < 0x90) || (s[0] == 0xf4 && s[1] > 0x8f))
        return 0;
    return n;
}

void rep_json_string(FILE *out, const char *text, size_t bytes)
{
    const unsigned char *s = (const unsigned char *)text;

    if (!text) {
        fputs("null", out);
        return;
    }
    fputc('"', out);
    for (size_t i = 0; i < bytes;) {
        size_t n = utf8_length(s + i, bytes - i);

        if (n == 0) {
            fputs("\\ufffd", out);
            i++;
        } else if (n > 1) {
            fwrite(s + i, 1, n, out);
            i += n;
        } else {
            switch (s[i]) {
            case '"': fputs("\\\"", out); break;
            case '\\': fputs("\\\\", out); break;
            case '\n': fputs("\\n", out); break;
            case '\r': fputs("\\r", out); break;
            case '\t': fputs("\\t", out); break;
            default:
                if (s[i] < 0x20)
                    fprintf(out, "\\u%04x", s[i]);
                else
                    fputc(s[i], out);
            }
            i++;
        }
    }
    fputc('"', out);
}

void rep_json_text(FILE *out, const char *text)
{
    rep_json_string(out, text, text ? strlen(text) : 0);
}
