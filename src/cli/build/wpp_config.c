/* WPP's configuration (BLD-071 .. BLD-073): the statements between begin_wpp config and end_wpp in comments of sources and
 * headers, and those of --wpp-func. Later statements win over earlier ones. */
#include "cli/build/wpp.h"
#include "cli/cli.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

const char *build_wpp_blank(const char *s)
{
    for (;;) {
        while (isspace((unsigned char)*s) || (s[0] == '\\' && (s[1] == '\n' || s[1] == '\r')))
            s++;
        if (s[0] == '/' && s[1] == '*') {
            s = strstr(s + 2, "*/");
            if (!s)
                return "";
            s += 2;
        } else if (s[0] == '/' && s[1] == '/') {
            s += strcspn(s, "\n");
        } else {
            return s;
        }
    }
}

const char *build_wpp_argument(const char *s)
{
    int depth = 0;

    for (; *s; s++) {
        if (*s == '"' || *s == '\'') {
            char quote = *s;

            for (s++; *s && *s != quote; s++)
                if (*s == '\\' && s[1])
                    s++;
            if (!*s)
                return NULL;
        } else if (s[0] == '/' && (s[1] == '*' || s[1] == '/')) {
            s = build_wpp_blank(s) - 1;
        } else if (*s == '(' || *s == '{' || *s == '[') {
            depth++;
        } else if (*s == ')' || *s == '}' || *s == ']') {
            if (depth-- == 0)
                return s;
        } else if (*s == ',' && depth == 0) {
            return s;
        }
    }
    return NULL;
}

void build_wpp_copy(char *out, size_t room, const char *from, const char *to)
{
    from = build_wpp_blank(from);
    for (const char *s = from; s + 1 < to; s++) /* a comment at the end */
        if (*s == '"')
            while (++s < to && *s != '"')
                s += *s == '\\';
        else if (s[0] == '/' && (s[1] == '/' || s[1] == '*') && build_wpp_blank(s) >= to)
            to = s;
    while (to > from && isspace((unsigned char)to[-1]))
        to--;
    if (to < from)
        to = from;
    snprintf(out, room, "%.*s", (int)(to - from), from);
    for (char *c = out; *c; c++)
        if (*c == '\n' || *c == '\r' || *c == '\\')
            *c = *c == '\\' ? '\\' : ' ';
}

static bool complain(const char *file, unsigned line, const char *what, const char *statement)
{
    fprintf(stderr, "%s(%u): error: WPP: %s: %.80s\n", file, line, what, statement);
    return false;
}

static const char *word(const char *s, char *out, size_t room)
{
    const char *start = s = build_wpp_blank(s);

    while (isalnum((unsigned char)*s) || *s == '_')
        s++;
    snprintf(out, room, "%.*s", (int)(s - start), start);
    return build_wpp_blank(s);
}

/* The arguments of ( ... ) at s; how many, -1 when it is not closed. */
static int arguments(const char *s, char out[][160], int most, const char **end)
{
    int count = 0;

    s = build_wpp_blank(s);
    if (*s++ != '(')
        return -1;
    if (*build_wpp_blank(s) == ')') {
        *end = build_wpp_blank(s) + 1;
        return 0;
    }
    for (;;) {
        const char *stop = build_wpp_argument(s);

        if (!stop || count == most)
            return -1;
        build_wpp_copy(out[count++], 160, s, stop);
        s = stop + 1;
        if (*stop != ',') {
            *end = s;
            return count;
        }
    }
}

static struct wpp_function *function_of(struct wpp_config *config, const char *name)
{
    for (size_t i = 0; i < config->function_count; i++)
        if (strcmp(config->functions[i].name, name) == 0)
            return &config->functions[i];
    config->functions = realloc(config->functions, (config->function_count + 1) * sizeof(*config->functions));
    struct wpp_function *f = &config->functions[config->function_count++];
    memset(f, 0, sizeof(*f));
    snprintf(f->name, sizeof(f->name), "%s", name);
    snprintf(f->prefix, sizeof(f->prefix), "%%!STDPREFIX!");
    return f;
}

/* FUNC Name{P=V,...}(P,...,MSG,...) */
static bool take_func(struct wpp_config *config, const char *file, unsigned line, const char *s)
{
    char name[64], items[16][160];
    struct wpp_function f = {0}, *slot;
    const char *end;
    int count;

    s = word(s, name, sizeof(name));
    if (!name[0])
        return complain(file, line, "FUNC without a name", s);
    if (*s == '{') {
        for (const char *stop; *s != '}'; s = stop) {
            char pair[160], *equals;

            stop = build_wpp_argument(s + 1);
            if (!stop || (*stop != ',' && *stop != '}'))
                return complain(file, line, "{...} of FUNC is not closed", name);
            build_wpp_copy(pair, sizeof(pair), s + 1, stop);
            equals = strchr(pair, '=');
            if (!equals || f.count == WPP_CONDITIONS)
                return complain(file, line, "{NAME=VALUE,...} is expected after FUNC", name);
            build_wpp_copy(f.conditions[f.count].name, sizeof(f.conditions[0].name), pair, equals);
            build_wpp_copy(f.conditions[f.count++].value, sizeof(f.conditions[0].value), equals + 1, equals + strlen(equals));
        }
        s = build_wpp_blank(s + 1);
    }
    if (s[0] == '(' && *build_wpp_blank(s + 1) == '(') {
        f.two_brackets = true;
        s = build_wpp_blank(s + 1);
    }
    count = arguments(s, items, 16, &end);
    if (count < 0)
        return complain(file, line, "(...) of FUNC is not closed", name);
    for (int i = 0; i < count; i++) {
        if (strcmp(items[i], "MSG") == 0)
            f.message = true;
        else if (strcmp(items[i], "...") != 0 && !f.message) {
            if (f.count == WPP_CONDITIONS)
                return complain(file, line, "more than 8 conditions", name);
            snprintf(f.conditions[f.count++].name, sizeof(f.conditions[0].name), "%.47s", items[i]);
        }
    }
    slot = function_of(config, name);
    if (slot->where[0] && (slot->count != f.count || slot->message != f.message)) {
        fprintf(stderr, "%s(%u): error: WPP: %s is declared with other parameters at %s\n", file, line, name, slot->where);
        return false;
    }
    memcpy(slot->conditions, f.conditions, sizeof(f.conditions));
    slot->count = f.count;
    slot->message = f.message;
    slot->two_brackets = f.two_brackets;
    snprintf(slot->where, sizeof(slot->where), "%.280s(%u)", file, line);
    return true;
}

/* "text" "text" -> text, escapes kept. */
static bool literal(const char *s, char *out, size_t room)
{
    size_t n = 0;

    for (s = build_wpp_blank(s); *s == '"'; s = build_wpp_blank(s + 1)) {
        for (s++; *s && *s != '"'; s++) {
            if (*s == '\\' && s[1] && n + 1 < room)
                out[n++] = *s++;
            if (n + 1 < room)
                out[n++] = *s;
        }
        if (!*s)
            return false;
    }
    out[n] = 0;
    return *s == 0;
}

static bool take_fix(struct wpp_config *config, const char *file, unsigned line, const char *s, bool prefix)
{
    char items[16][160];
    const char *end;
    int count = arguments(s, items, 2 + WPP_CONDITIONS, &end);
    struct wpp_function *f;

    if (count < 2)
        return complain(file, line, "USEPREFIX and USESUFFIX take (Function, \"text\", argument...)", s);
    f = function_of(config, items[0]);
    if (!literal(items[1], prefix ? f->prefix : f->suffix, sizeof(f->prefix)))
        return complain(file, line, "the text is no string literal", items[1]);
    for (int i = 2; i < count; i++)
        snprintf(prefix ? f->prefix_args[i - 2] : f->suffix_args[i - 2], sizeof(f->prefix_args[0]), "%.95s", items[i]);
    *(prefix ? &f->prefix_count : &f->suffix_count) = (unsigned)count - 2;
    return true;
}

static bool take_type(struct wpp_config *config, const char *file, unsigned line, const char *s, bool custom, bool pointer)
{
    char items[16][160];
    const char *end;
    int count = arguments(s, items, 16, &end);
    struct wpp_type t = {0};

    if (custom) {
        const struct wpp_type *is = count == 2 ? build_wpp_type(config, items[1], &t) : NULL;

        if (!is)
            return complain(file, line, "CUSTOM_TYPE takes (name, ItemList...|ItemEnum(...))", s);
        t = *is;
    } else {
        if (count < 6 && !(pointer && count == 5))
            return complain(file, line, "DEFINE_CPLX_TYPE takes (name, macro, C type, item, \"format\", signature, priority, slots)", s);
        snprintf(t.macro, sizeof(t.macro), "%.63s", items[1]);
        snprintf(t.ctype, sizeof(t.ctype), "%.95s", items[2]);
        snprintf(t.item, sizeof(t.item), "%.127s", items[3]);
        literal(items[4], t.format, sizeof(t.format));
        snprintf(t.sign, sizeof(t.sign), "%.47s", count > 5 ? items[5] : items[0]);
    }
    snprintf(t.name, sizeof(t.name), "%.47s", items[0]);
    config->types = realloc(config->types, (config->type_count + 1) * sizeof(t));
    config->types[config->type_count++] = t;
    return true;
}

bool build_wpp_config_statement(struct wpp_config *config, const char *file, unsigned line, const char *statement)
{
    char keyword[32];
    const char *rest = word(statement, keyword, sizeof(keyword));

    if (strcmp(keyword, "FUNC") == 0)
        return take_func(config, file, line, rest);
    if (strcmp(keyword, "USEPREFIX") == 0)
        return take_fix(config, file, line, rest, true);
    if (strcmp(keyword, "USESUFFIX") == 0)
        return take_fix(config, file, line, rest, false);
    if (strcmp(keyword, "CUSTOM_TYPE") == 0)
        return take_type(config, file, line, rest, true, false);
    if (strcmp(keyword, "DEFINE_CPLX_TYPE") == 0)
        return take_type(config, file, line, rest, false, false);
    if (strcmp(keyword, "WPP_FLAGS") == 0) {
        char items[2][160];
        const char *end;

        /* -DNAME(x)=text: a macro of the .tmh. Other flags are of the Windows tool. */
        if (arguments(rest, items, 1, &end) == 1 && strncmp(items[0], "-D", 2) == 0) {
            build_add(&config->flags, "%s", items[0] + 2);
            return true;
        }
        return complain(file, line, "only -D is understood in WPP_FLAGS", statement);
    }
    if (strcmp(keyword, "NOPREFIX") == 0) {
        char items[1][160];
        const char *end;

        if (arguments(rest, items, 1, &end) != 1)
            return complain(file, line, "NOPREFIX takes (Function)", statement);
        function_of(config, items[0])->prefix[0] = 0;
        return true;
    }
    return complain(file, line, "not a statement of a WPP configuration", statement);
}

bool build_wpp_config_text(struct wpp_config *config, const char *file, const char *text)
{
    unsigned line = 1;
    const char *at = text, *begin;

    while ((begin = strstr(at, "begin_wpp config")) != NULL) {
        const char *end = strstr(begin, "end_wpp");
        char statement[1024];
        size_t n = 0;
        unsigned started = 0;

        for (; at < begin; at++)
            line += *at == '\n';
        if (!end)
            return complain(file, line, "begin_wpp config without end_wpp", "");
        at += strcspn(at, "\n");
        while (at < end) {
            at++; /* a line: its comment marks go */
            line++;
            while (at < end && strchr(" \t/*#;", *at))
                at++;
            for (; at < end && *at != '\n'; at++) {
                if (*at == '\r')
                    continue;
                if (n == 0 && (*at == ' ' || *at == '\t'))
                    continue;
                if (n == 0)
                    started = line;
                if (*at == ';') {
                    statement[n] = 0;
                    n = 0;
                    if (!build_wpp_config_statement(config, file, started, statement))
                        return false;
                } else if (n + 2 < sizeof(statement)) {
                    statement[n++] = *at;
                }
            }
            if (n && n + 2 < sizeof(statement))
                statement[n++] = ' ';
        }
        statement[n] = 0;
        if (n)
            return complain(file, started, "no ; at the end of the statement", statement);
    }
    return true;
}

void build_wpp_config_free(struct wpp_config *config)
{
    free(config->functions);
    free(config->types);
    build_list_free(&config->flags);
}
