/* What clang says nothing about: a handler that was optimised away (BLD-006), code that a pragma meant to put elsewhere
 * (BLD-013), an object without one of its debug formats (BLD-016). Looks at the source's text, without comments and
 * strings, and at the object made of it. Warnings only: text in an #if that is off looks the same. */
#include "cli/build/build.h"
#include "cli/cli.h"

#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct object {
    const uint8_t *data;
    size_t bytes;
    uint32_t sections, symbols_at, symbols;
};

static uint32_t get32(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

/* Blanks comments, strings and character constants; keeps every line. */
static void blank(char *s)
{
    while (*s) {
        char quote = *s;

        if (s[0] == '/' && s[1] == '/') {
            while (*s && *s != '\n')
                *s++ = ' ';
        } else if (s[0] == '/' && s[1] == '*') {
            while (*s && !(s[0] == '*' && s[1] == '/')) {
                if (*s != '\n')
                    *s = ' ';
                s++;
            }
            if (*s)
                s[0] = s[1] = ' ';
        } else if (quote == '"' || quote == '\'') {
            for (s++; *s && *s != quote && *s != '\n'; s++) {
                if (*s == '\\' && s[1] && s[1] != '\n')
                    *s++ = ' ';
                *s = ' ';
            }
            if (*s)
                s++;
        } else {
            s++;
        }
    }
}

static bool is_word_char(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

static const char *find_word(const char *text, const char *word)
{
    size_t n = strlen(word);

    for (const char *at = text; (at = strstr(at, word)) != NULL; at += n)
        if ((at == text || !is_word_char(at[-1])) && !is_word_char(at[n]))
            return at;
    return NULL;
}

static unsigned line_of(const char *text, const char *at)
{
    unsigned line = 1;

    for (; text < at; text++)
        line += *text == '\n';
    return line;
}

/* Short names are in place, longer ones in the string table behind the symbols. */
static void coff_name(const struct object *o, const uint8_t *field, bool is_section, char *out, size_t room)
{
    size_t strings = o->symbols_at + 18 * (size_t)o->symbols, at;

    if (is_section ? field[0] != '/' : get32(field) != 0) {
        snprintf(out, room, "%.8s", (const char *)field);
        return;
    }
    at = strings + (is_section ? (size_t)atoi((const char *)field + 1) : get32(field + 4));
    snprintf(out, room, "%.*s", at < o->bytes ? (int)(o->bytes - at < room ? o->bytes - at : room) : 0, at < o->bytes ? (const char *)o->data + at : "");
}

static bool open_object(struct object *o, const char *path, uint8_t **data)
{
    *data = build_read_file(path, &o->bytes);
    if (!*data || o->bytes < 20)
        return false;
    o->data = *data;
    o->sections = o->data[2] | (uint32_t)o->data[3] << 8;
    o->symbols_at = get32(o->data + 8);
    o->symbols = get32(o->data + 12);
    return 20 + 40 * (uint64_t)o->sections <= o->bytes && o->symbols_at + 18 * (uint64_t)o->symbols <= o->bytes;
}

/* The section that defines `symbol`; false when the object does not define it. */
static bool symbol_section(const struct object *o, const char *symbol, char *out, size_t room)
{
    for (uint32_t i = 0; i < o->symbols; i += 1 + o->data[o->symbols_at + 18 * (size_t)i + 17]) {
        const uint8_t *s = o->data + o->symbols_at + 18 * (size_t)i;
        uint32_t section = s[12] | (uint32_t)s[13] << 8;
        char name[256];

        coff_name(o, s, false, name, sizeof(name));
        if (strcmp(name, symbol) != 0 || section == 0 || section > o->sections)
            continue;
        coff_name(o, o->data + 20 + 40 * (size_t)(section - 1), true, out, room);
        return true;
    }
    return false;
}

static bool has_section(const struct object *o, const char *wanted)
{
    for (uint32_t i = 0; i < o->sections; i++) {
        char name[64];

        coff_name(o, o->data + 20 + 40 * (size_t)i, true, name, sizeof(name));
        if (strcmp(name, wanted) == 0)
            return true;
    }
    return false;
}

static bool names_symbol(const struct object *o, const char *symbol)
{
    for (uint32_t i = 0; i < o->symbols; i += 1 + o->data[o->symbols_at + 18 * (size_t)i + 17]) {
        char name[256];

        coff_name(o, o->data + o->symbols_at + 18 * (size_t)i, false, name, sizeof(name));
        if (strcmp(name, symbol) == 0)
            return true;
    }
    return false;
}

static const char *take_word(const char *s, char *out, size_t room)
{
    size_t n = 0;

    while (*s == ' ' || *s == '\t' || *s == ',')
        s++;
    while (is_word_char(*s) || *s == '$' || *s == '.') {
        if (n + 1 < room)
            out[n++] = *s;
        s++;
    }
    out[n] = 0;
    return s;
}

/* The body of `name` begins before `end`: its word, its parameters, and a { with nothing but words in between. */
static bool defined_before(const char *text, const char *end, const char *name)
{
    for (const char *at = text; (at = find_word(at, name)) != NULL && at < end; at += strlen(name)) {
        const char *s = at + strlen(name);
        int depth = 0;

        s += strspn(s, " \t\r\n");
        if (*s != '(')
            continue;
        do
            depth += *s == '(' ? 1 : *s == ')' ? -1 : 0;
        while (*++s && depth);
        s += strspn(s, " \t\r\n");
        if (*s == '{')
            return true;
    }
    return false;
}

/* Blanks what lies between #if 0 and its #else, #elif or #endif; after blank(). */
static void blank_if_0(char *text)
{
    bool off = false;
    int depth = 0;

    for (char *line = text, *next; *line; line = next) {
        char *s = line + strspn(line, " \t");
        char word[16] = "";

        next = line + strcspn(line, "\n");
        next += *next == '\n';
        if (*s == '#') {
            s += 1 + strspn(s + 1, " \t");
            snprintf(word, sizeof(word), "%.*s", (int)strspn(s, "abcdefghijklmnopqrstuvwxyz"), s);
        }
        if (!off && strcmp(word, "if") == 0) {
            s += 2 + strspn(s + 2, " \t");
            off = s[0] == '0' && strchr("\r\n \t", s[1]);
            depth = 0;
            continue;
        }
        if (off && strncmp(word, "if", 2) == 0)
            depth++;
        if (off && depth == 0 && (strcmp(word, "endif") == 0 || strncmp(word, "el", 2) == 0))
            off = false;
        else if (off && strcmp(word, "endif") == 0)
            depth--;
        for (char *c = line; off && c < next; c++)
            if (*c != '\n')
                *c = ' ';
    }
}

/* #pragma alloc_text(SECTION, name, ...): clang is silent when the definition came first, and leaves the code where it was. */
static void check_alloc_text(const struct object *o, const char *source, const char *text)
{
    for (const char *at = text; (at = find_word(at, "alloc_text")) != NULL;) {
        char section[64], name[256], is[64];
        const char *s = at + strlen("alloc_text");

        s += strspn(s, " \t");
        if (*s++ != '(')
            goto next;
        s = take_word(s, section, sizeof(section));
        for (;;) {
            s = take_word(s, name, sizeof(name));
            if (!name[0])
                break;
            if (section[0] && defined_before(text, at, name) && symbol_section(o, name, is, sizeof(is)) && strcmp(is, section) != 0)
                fprintf(stderr, "%s(%u): warning: alloc_text comes after the definition of %s, which stays in %s [BLD-013]\n", source,
                        line_of(text, at), name, is);
        }
    next:
        at += strlen("alloc_text");
    }
}

void build_lint(const struct build_plan *plan)
{
    for (size_t i = 0; i < plan->sources.count && i < plan->objects.count; i++) {
        const char *source = plan->sources.items[i];
        struct object o = {0};
        uint8_t *data = NULL;
        char path[1024];
        size_t bytes;
        char *text = build_read_file(source, &bytes);
        const char *at;

        snprintf(path, sizeof(path), "%s/%s", plan->folder, plan->objects.items[i]);
        if (text && open_object(&o, path, &data)) {
            blank(text);
            blank_if_0(text);
            at = find_word(text, "__try");
            if (at && !names_symbol(&o, "__C_specific_handler"))
                fprintf(stderr, "%s(%u): warning: exception handler lost: the object has none for this __try [BLD-006]\n", source, line_of(text, at));
            check_alloc_text(&o, source, text);
            if (!has_section(&o, ".debug$S") || !has_section(&o, ".debug_info"))
                fprintf(stderr, "%s: warning: the object lacks one of its two debug formats; is there a --cflag against it? [BLD-016]\n", source);
        }
        free(text);
        free(data);
    }
}
