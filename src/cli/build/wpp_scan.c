/* Finds the trace calls of a source (BLD-072, BLD-077, BLD-078): where they are, what they say, what they pass. Looks at the text,
 * without running the preprocessor, as the Windows tool does: a call in an #if that is off counts. */
#include "cli/build/wpp.h"
#include "cli/cli.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>

static bool is_word(char c)
{
    return isalnum((unsigned char)c) || c == '_';
}

static bool complain(const struct wpp_source *source, unsigned line, const char *what, const char *more)
{
    fprintf(stderr, "%s(%u): error: WPP: %s%s\n", source->path, line, what, more);
    return false;
}

/* %!NAME! that are no argument: the decoder knows them from the message itself. */
static bool constant(const struct wpp_source *source, const struct wpp_call *call, const char *name, FILE *text)
{
    static const char *const kept[] = {"FUNC", "LEVEL", "FLAGS", "COMPNAME", "MOD", "TID", "PID", "CPU", "SEQ", "NOW"};

    if (strcmp(name, "STDPREFIX") == 0)
        return fputs("%0", text) >= 0;
    if (strcmp(name, "SPACE") == 0)
        return fputc(' ', text) >= 0;
    if (strcmp(name, "FILE") == 0)
        return fputs(strrchr(source->path, '/') ? strrchr(source->path, '/') + 1 : source->path, text) >= 0;
    if (strcmp(name, "LINE") == 0)
        return fprintf(text, "%u", call->line) >= 0;
    for (size_t i = 0; i < sizeof(kept) / sizeof(kept[0]); i++)
        if (strcmp(kept[i], name) == 0)
            return fprintf(text, "%%!%s!", name) >= 0;
    return false;
}

bool build_wpp_format(const struct wpp_config *config, const struct wpp_source *source, struct wpp_call *call, const char *message, FILE *text,
                      unsigned *conversions)
{
    for (const char *s = message; *s; s++) {
        char name[160], how[32];
        const struct wpp_type *type;
        struct wpp_type room;
        size_t n, lead;

        if (*s != '%') {
            fputc(*s, text);
            continue;
        }
        if (s[1] == '%') {
            fputs("%%", text);
            s++;
            continue;
        }
        lead = strspn(s + 1, "-+ #0123456789.*");
        if (s[1 + lead] == '!') {
            const char *end = strchr(s + 2 + lead, '!');

            if (!end)
                return complain(source, call->line, "%! without its second ! in: ", message);
            snprintf(name, sizeof(name), "%.*s", (int)(end - s - 2 - (ptrdiff_t)lead), s + 2 + lead);
            n = (size_t)(end - s);
            if (constant(source, call, name, text)) {
                s += n;
                continue;
            }
        } else {
            size_t size = strspn(s + 1 + lead, "hlwztI");

            if (s[1 + lead] == 'I' && (strncmp(s + 2 + lead, "64", 2) == 0 || strncmp(s + 2 + lead, "32", 2) == 0))
                size = 3;
            snprintf(name, sizeof(name), "%.*s", (int)size + 1, s + 1 + lead);
            n = lead + size + 1;
            if (!s[1 + lead + size])
                return complain(source, call->line, "the message ends within a conversion: ", message);
            if (strncmp(name, "ll", 2) == 0)
                snprintf(name, sizeof(name), "I64%c", s[n]);
            else if (strncmp(name, "I32", 3) == 0)
                memmove(name, name + 3, strlen(name + 3) + 1);
            else if (name[0] == 'z' && name[1])
                name[0] = 'I';
            else if (name[0] == 't' && name[1])
                name[0] = 'I';
            else if ((name[0] == 'l' || name[0] == 'w') && strchr("pefg", name[1]) && name[1])
                memmove(name, name + 1, strlen(name));
        }
        type = build_wpp_type(config, name, &room);
        if (!type)
            return complain(source, call->line, "no such conversion: %", name);
        if (call->count == WPP_ARGUMENTS)
            return complain(source, call->line, "more than 32 arguments in: ", message);
        if (memchr(s + 1, '*', lead))
            return complain(source, call->line, "a width of * in: ", message);
        snprintf(how, sizeof(how), "%.*s%s", (int)(lead < 16 ? lead : 16), s + 1, type->format[0] ? type->format : name);
        fprintf(text, "%%%u!%s!", 10 + call->count, how);
        call->types[call->count++] = *type;
        ++*conversions;
        s += n;
    }
    return true;
}

/* "a" "b" as one; false when it is anything else. */
static bool message_literal(const char *s, const char *end, char **out)
{
    char *to = *out = calloc(1, (size_t)(end - s) + 1);

    for (s = build_wpp_blank(s); s < end && *s == '"'; s = build_wpp_blank(s + 1)) {
        for (s++; *s != '"'; s++) {
            if (s[0] == '\\' && (s[1] == '\n' || s[1] == '\r')) {
                while (s[1] == '\n' || s[1] == '\r')
                    s++;
                continue;
            }
            if (*s == '\\')
                *to++ = *s++;
            *to++ = *s;
        }
    }
    return s >= end && to != *out;
}

static const char *value_of(const struct wpp_call *call, const char *name)
{
    for (unsigned i = 0; i < call->function->count; i++)
        if (strcmp(call->function->conditions[i].name, name) == 0)
            return call->values[i];
    return NULL;
}

/* Arguments that the declaration's prefix or suffix adds: a condition of the call, or an expression as it stands. */
static void add_fixed(struct wpp_call *call, const char *text, unsigned at)
{
    char parameter[96] = "";
    const char *value = value_of(call, text);

    for (unsigned i = 0; i < call->function->count; i++)
        if (strcmp(call->function->conditions[i].name, text) == 0 && !call->function->conditions[i].value[0])
            snprintf(parameter, sizeof(parameter), "_c%u", i);
    snprintf(call->args[at], sizeof(call->args[0]), "%s", parameter[0] ? parameter : value ? value : text);
    snprintf(call->shown[at], sizeof(call->shown[0]), "%s", value ? value : text);
}

/* The call whose opening bracket is at s; its end in *after. */
static bool take_call(const struct wpp_config *config, const struct wpp_source *source, struct wpp_call *call, const char *s, const char **after)
{
    const struct wpp_function *f = call->function;
    const char *start = s++;
    char *message = NULL, count_text[160];
    size_t text_bytes;
    FILE *text = open_memstream(&call->text, &text_bytes);
    unsigned before, wanted = 0;
    bool more = true, ok = true;

    if (f->two_brackets) {
        s = build_wpp_blank(s);
        if (*s++ != '(')
            ok = complain(source, call->line, "two brackets are expected after ", f->name);
    }
    more = *build_wpp_blank(s) != ')';
    for (unsigned i = 0; ok && i < f->count; i++) {
        const char *end;

        snprintf(call->values[i], sizeof(call->values[0]), "%s", f->conditions[i].value);
        if (f->conditions[i].value[0])
            continue;
        end = more ? build_wpp_argument(s) : NULL;
        if (!end) {
            ok = complain(source, call->line, "too few arguments for ", f->name);
            break;
        }
        build_wpp_copy(call->values[i], sizeof(call->values[0]), s, end);
        more = *end == ',';
        s = more ? end + 1 : end;
    }
    for (unsigned i = 0; ok && i < f->prefix_count; i++)
        add_fixed(call, f->prefix_args[i], i);
    ok = ok && build_wpp_format(config, source, call, f->prefix, text, &wanted);
    if (ok && wanted != f->prefix_count)
        ok = complain(source, call->line, "the prefix has another number of arguments than conversions: ", f->prefix);
    before = f->prefix_count;
    if (ok && f->message) {
        const char *end = more ? build_wpp_argument(s) : NULL;

        if (!end || !message_literal(s, end, &message))
            ok = complain(source, call->line, "the message is no string literal in a call of ", f->name);
        wanted = 0;
        ok = ok && build_wpp_format(config, source, call, message, text, &wanted);
        more = end && *end == ',';
        s = end && more ? end + 1 : end;
        while (ok && more && call->passed < WPP_ARGUMENTS - before) {
            end = build_wpp_argument(s);
            if (!end) {
                ok = complain(source, call->line, "no end of the call of ", f->name);
                break;
            }
            snprintf(call->args[before + call->passed], sizeof(call->args[0]), "_a%u", call->passed);
            build_wpp_copy(call->shown[before + call->passed], sizeof(call->shown[0]), s, end);
            call->passed++;
            more = *end == ',';
            s = more ? end + 1 : end;
        }
        if (ok && call->passed != wanted) {
            snprintf(count_text, sizeof(count_text), "%u argument%s for %u conversion%s in: ", call->passed, call->passed == 1 ? "" : "s", wanted,
                     wanted == 1 ? "" : "s");
            ok = complain(source, call->line, count_text, message);
        }
    }
    for (unsigned i = 0; ok && i < f->suffix_count && before + call->passed + i < WPP_ARGUMENTS; i++)
        add_fixed(call, f->suffix_args[i], before + call->passed + i);
    wanted = 0;
    ok = ok && build_wpp_format(config, source, call, f->suffix, text, &wanted);
    if (ok && wanted != f->suffix_count)
        ok = complain(source, call->line, "the suffix has another number of arguments than conversions: ", f->suffix);
    if (ok && (!s || *build_wpp_blank(s) != ')'))
        ok = complain(source, call->line, "too many arguments, or no end, for ", f->name);
    free(message);
    fclose(text);
    if (ok) {
        *after = build_wpp_blank(s) + 1;
        call->given = strndup(start, (size_t)(*after - start));
    }
    return ok;
}

static bool add_call(struct wpp_source *source, struct wpp_call *call)
{
    for (size_t i = source->count; i-- > 0 && source->calls[i].line == call->line;)
        if (source->calls[i].function == call->function) {
            bool same = strcmp(source->calls[i].given, call->given) == 0;

            free(call->text);
            free(call->given);
            return same || complain(source, call->line, "two messages on one line: ", call->function->name);
        }
    if (source->count == source->room) {
        source->room = source->room ? 2 * source->room : 64;
        source->calls = realloc(source->calls, source->room * sizeof(*source->calls));
    }
    call->number = 10 + (unsigned)source->count;
    source->calls[source->count++] = *call;
    return true;
}

bool build_wpp_scan(const struct wpp_config *config, struct wpp_source *source, const char *text)
{
    char inside[96] = "", last[96] = "", candidate[96] = "";
    unsigned line = 1;
    int depth = 0, body = 0, brackets = 0; /* body: the depth at which the function's braces opened */
    bool fresh = true; /* nothing but blanks on this line yet */

    for (const char *s = text; *s;) {
        const char *next = s + 1;

        if (*s == '\n') {
            fresh = true;
        } else if (isspace((unsigned char)*s)) {
        } else if (*s == '#' && fresh) { /* a directive, with its continued lines */
            while (*next && !(*next == '\n' && next[-1] != '\\' && !(next[-1] == '\r' && next[-2] == '\\')))
                next++;
        } else if (s[0] == '/' && s[1] == '/') {
            next = s + strcspn(s, "\n");
        } else if (s[0] == '/' && s[1] == '*') {
            const char *end = strstr(s + 2, "*/");

            next = end ? end + 2 : s + strlen(s);
        } else if (*s == '"' || *s == '\'') {
            for (; *next && *next != *s && *next != '\n'; next++)
                if (*next == '\\' && next[1])
                    next++;
            next += *next != 0;
            fresh = false;
        } else if (is_word(*s)) {
            while (is_word(*next))
                next++;
            snprintf(last, sizeof(last), "%.*s", (int)(next - s < 95 ? next - s : 95), s);
            for (size_t i = 0; depth && *build_wpp_blank(next) == '(' && i < config->function_count; i++) {
                struct wpp_call call = {.function = &config->functions[i], .line = line};

                if (strcmp(last, config->functions[i].name) != 0 || !config->functions[i].where[0])
                    continue;
                snprintf(call.inside, sizeof(call.inside), "%s", inside);
                if (!take_call(config, source, &call, build_wpp_blank(next), &next)) {
                    free(call.text);
                    return false;
                }
                if (!add_call(source, &call))
                    return false;
                break;
            }
            fresh = false;
        } else {
            if (*s == '(' && brackets++ == 0 && !inside[0]) /* the last ones before the { hold the parameters */
                snprintf(candidate, sizeof(candidate), "%s", last);
            else if (*s == ')' && brackets)
                brackets--;
            else if ((*s == ';' || *s == '=') && !inside[0])
                candidate[0] = 0, brackets = 0;
            else if (*s == '{' && ++depth && !inside[0] && candidate[0]) {
                snprintf(inside, sizeof(inside), "%s", candidate);
                body = depth;
                brackets = 0;
            } else if (*s == '}' && depth && depth-- == body && inside[0])
                inside[0] = candidate[0] = 0;
            fresh = false;
        }
        for (; s < next; s++)
            line += *s == '\n';
    }
    return true;
}
