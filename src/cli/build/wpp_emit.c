/* Writes what became of a source's trace calls: the .tmh that it includes (BLD-074, BLD-076, BLD-077, BLD-081) and its part of
 * the .tmf, by which a decoder turns the logged bytes into text again (BLD-082). */
#include "cli/build/wpp.h"

#include <string.h>

/* WPP_LEVEL_FLAGS of a function whose conditions are LEVEL and FLAGS. */
static void condition_name(const struct wpp_function *f, char *out, size_t room)
{
    int n = snprintf(out, room, "WPP");

    for (unsigned i = 0; i < f->count && n < (int)room; i++)
        n += snprintf(out + n, room - (size_t)n, "_%s", f->conditions[i].name);
}

static void condition_values(const struct wpp_function *f, const struct wpp_call *call, char *out, size_t room)
{
    int n = 0;

    out[0] = 0;
    for (unsigned i = 0; i < f->count && n < (int)room; i++) {
        if (f->conditions[i].value[0])
            n += snprintf(out + n, room - (size_t)n, "%s%s", i ? ", " : "", call->values[i]);
        else
            n += snprintf(out + n, room - (size_t)n, "%s_c%u", i ? ", " : "", i);
    }
}

static void signature(const struct wpp_call *call, char *out, size_t room)
{
    int n = snprintf(out, room, "WPP_SF_");

    for (unsigned i = 0; i < call->count && n < (int)room; i++)
        n += snprintf(out + n, room - (size_t)n, "%s", call->types[i].sign);
}

/* One function for all calls that pass the same types; it takes the addresses of its own parameters. */
static void emit_signature(const struct wpp_call *call, FILE *out)
{
    char name[512];

    signature(call, name, sizeof(name));
    fprintf(out, "#ifndef %s_def\n#define %s_def\nstatic __inline NTSTATUS %s(TRACEHANDLE logger, USHORT number, LPCGUID guid", name, name, name);
    for (unsigned i = 0; i < call->count; i++)
        fprintf(out, ", %s _a%u", call->types[i].ctype, i);
    fprintf(out, ")\n{\n    return WPP_TRACE(logger, WPP_TRACE_OPTIONS, guid, number,");
    for (unsigned i = 0; i < call->count; i++) {
        if (call->types[i].macro[0])
            fprintf(out, " %s(_a%u)", call->types[i].macro, i);
        else
            fprintf(out, " WPP_LOGTYPEVAL(%s, _a%u)", call->types[i].ctype, i);
    }
    fprintf(out, " NULL);\n}\n#endif\n");
}

static void emit_call(const struct wpp_source *source, const struct wpp_call *call, FILE *out)
{
    const struct wpp_function *f = call->function;
    char name[512], values[900], sf[512];
    bool first = true;

    condition_name(f, name, sizeof(name));
    condition_values(f, call, values, sizeof(values));
    signature(call, sf, sizeof(sf));
    fprintf(out, "#ifndef %s_PRE\n#define %s_PRE(...)\n#endif\n#ifndef %s_POST\n#define %s_POST(...)\n#endif\n", name, name, name, name);
    fprintf(out, "#define WPP_%s_%s_%u(", source->id, f->name, call->line);
    if (f->two_brackets) /* Name((a, b)) */
        fprintf(out, "bracketed) WPP_IN_%s_%s_%u bracketed\n#define WPP_IN_%s_%s_%u(", source->id, f->name, call->line, source->id, f->name, call->line);
    for (unsigned i = 0; i < f->count; i++) {
        if (f->conditions[i].value[0])
            continue;
        fprintf(out, "%s_c%u", first ? "" : ", ", i);
        first = false;
    }
    if (f->message) {
        fprintf(out, "%s_message", first ? "" : ", ");
        for (unsigned i = 0; i < call->passed; i++)
            fprintf(out, ", _a%u", i);
    }
    fprintf(out, ") %s_PRE(%s) ((void)(%s_ENABLED(%s) ? %s(%s_LOGGER(%s) %u, &WPP_%s_guid", name, values, name, values, sf, name, values, call->number,
            source->id);
    for (unsigned i = 0; i < call->count; i++)
        fprintf(out, ", %s", call->args[i]);
    fprintf(out, ") : 0)) %s_POST(%s)\n", name, values);
}

static void emit_guid(const char *g, FILE *out)
{
    fprintf(out, "{0x%.8s, 0x%.4s, 0x%.4s, {", g, g + 9, g + 14);
    for (int i = 0; i < 8; i++)
        fprintf(out, "%s0x%.2s", i ? ", " : "", g + (i < 2 ? 19 + 2 * i : 20 + 2 * i));
    fprintf(out, "}}");
}

bool build_wpp_emit(const struct wpp_config *config, const struct wpp_source *source, FILE *out)
{
    const char *base = strrchr(source->path, '/') ? strrchr(source->path, '/') + 1 : source->path;

    fprintf(out, "/* Made by wskit build of %s: one macro for each trace call, found by its line. */\n#include <wpp/km.h>\n", base);
    for (size_t i = 0; i < config->flags.count; i++) {
        const char *text = config->flags.items[i], *equals = strchr(text, '=');

        if (equals)
            fprintf(out, "#define %.*s %s\n", (int)(equals - text), text, equals + 1);
        else
            fprintf(out, "#define %s 1\n", text);
    }
    fprintf(out, "static const GUID WPP_%s_guid = ", source->id);
    emit_guid(source->guid, out);
    fprintf(out, ";\n");
    for (size_t i = 0; i < config->function_count; i++)
        if (config->functions[i].where[0])
            fprintf(out, "#undef %s\n#define %s WPP_CAT(WPP_%s_%s_, __LINE__)\n", config->functions[i].name, config->functions[i].name, source->id,
                    config->functions[i].name);
    for (size_t i = 0; i < source->count; i++) {
        emit_signature(&source->calls[i], out);
        emit_call(source, &source->calls[i], out);
    }
    return !ferror(out);
}

static const char *value_named(const struct wpp_call *call, const char *name)
{
    for (unsigned i = 0; i < call->function->count; i++)
        if (strcmp(call->function->conditions[i].name, name) == 0)
            return call->values[i];
    return NULL;
}

void build_wpp_tmf(const struct wpp_source *source, const char *module, FILE *out)
{
    const char *base = strrchr(source->path, '/') ? strrchr(source->path, '/') + 1 : source->path;

    fprintf(out, "%s %s // SRC=%s MJ= MN=\n", source->guid, module, base);
    for (size_t i = 0; i < source->count; i++) {
        const struct wpp_call *call = &source->calls[i];
        const char *level = value_named(call, "LEVEL"), *flags = value_named(call, "FLAGS");

        if (!flags)
            flags = value_named(call, "FLAG");
        if (strcmp(call->function->name, "DoTraceMessage") == 0) { /* its LEVEL carries the flag (BLD-073) */
            flags = level;
            level = NULL;
        }
        fprintf(out, "#typev %s%u %u \"%s\" //  ", source->id, call->line, call->number, call->text);
        if (level)
            fprintf(out, " LEVEL=%s", level);
        if (flags)
            fprintf(out, " FLAGS=%s", flags);
        if (call->inside[0])
            fprintf(out, " FUNC=%s", call->inside);
        fprintf(out, "\n{\n");
        for (unsigned k = 0; k < call->count; k++)
            fprintf(out, "%s, %s -- %u\n", call->shown[k], call->types[k].item, 10 + k);
        fprintf(out, "}\n");
    }
}
