/* The WPP step of a build (BLD-070, BLD-081, BLD-083): before the compilers start, a .tmh in the build's temporary folder for
 * each source that includes one of its own name, and NAME.tmf beside the image. A .tmh that lies beside its source, or in a -I
 * folder, is the user's and stays. */
#include "cli/build/wpp.h"
#include "cli/cli.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static const char *base_of(const char *path)
{
    return strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
}

/* The name in #include "X.tmh" at or after *at; NULL when there is none. */
static const char *next_tmh(const char **at, char *name, size_t room)
{
    while ((*at = strstr(*at, "#include")) != NULL) {
        const char *s = *at + 8, *end;

        *at = s;
        s += strspn(s, " \t");
        if (*s != '"' && *s != '<')
            continue;
        end = strpbrk(++s, "\">\n");
        if (!end || end - s < 5 || strncasecmp(end - 4, ".tmh", 4) != 0)
            continue;
        snprintf(name, room, "%.*s", (int)(end - s), s);
        return name;
    }
    return NULL;
}

/* source.tmh of source.c; in any letter case. */
static bool is_own(const char *source, const char *tmh)
{
    const char *base = base_of(source), *dot = strrchr(base, '.');
    size_t n = dot ? (size_t)(dot - base) : strlen(base);

    tmh = base_of(tmh);
    return (strncasecmp(base, tmh, n) == 0 && strcasecmp(tmh + n, ".tmh") == 0) ||
           (strncasecmp(base, tmh, strlen(base)) == 0 && strcasecmp(tmh + strlen(base), ".tmh") == 0);
}

static bool is_there(const struct build_plan *plan, const char *source, const char *tmh)
{
    char path[PATH_MAX];

    snprintf(path, sizeof(path), "%.*s%s", (int)(base_of(source) - source), source, tmh);
    if (access(path, F_OK) == 0)
        return true;
    for (size_t i = 0; i < plan->includes.count; i++) {
        snprintf(path, sizeof(path), "%s/%s", plan->includes.items[i], tmh);
        if (access(path, F_OK) == 0)
            return true;
    }
    return false;
}

/* Configuration blocks in the headers beside the sources, each folder once; the sources' own come with them. */
static bool read_headers(const struct build_plan *plan, struct wpp_config *config)
{
    struct build_list seen = {0};
    bool ok = true;

    for (size_t i = 0; ok && i < plan->sources.count + plan->includes.count; i++) {
        const char *item = i < plan->sources.count ? plan->sources.items[i] : plan->includes.items[i - plan->sources.count];
        char folder[PATH_MAX], real[PATH_MAX];
        struct dirent **entries;
        bool again = false;
        int count;

        if (i < plan->sources.count)
            snprintf(folder, sizeof(folder), "%.*s.", (int)(base_of(item) - item), item);
        else
            snprintf(folder, sizeof(folder), "%s", item);
        if (!realpath(folder, real))
            continue;
        for (size_t k = 0; k < seen.count; k++)
            again |= strcmp(seen.items[k], real) == 0;
        if (again)
            continue;
        build_add(&seen, "%s", real);
        count = scandir(real, &entries, NULL, alphasort);
        for (int k = 0; k < count; k++) {
            const char *dot = strrchr(entries[k]->d_name, '.');
            char path[PATH_MAX], *text = NULL;
            size_t bytes;

            if (ok && dot && (strcasecmp(dot, ".h") == 0 || strcasecmp(dot, ".hpp") == 0) &&
                snprintf(path, sizeof(path), "%s/%s", real, entries[k]->d_name) < (int)sizeof(path) && (text = build_read_file(path, &bytes)) != NULL)
                ok = build_wpp_config_text(config, path, text);
            free(text);
            free(entries[k]);
        }
        if (count >= 0)
            free(entries);
    }
    build_list_free(&seen);
    return ok;
}

/* A name for the messages of this source that stays while they stay. */
static void make_guid(struct wpp_source *source, const char *module)
{
    uint64_t hash[2] = {0xcbf29ce484222325, 0x9ae16a3b2f90404f};

    for (size_t k = 0; k < 2; k++) {
        for (size_t i = 0; i < source->count + 2; i++) {
            const char *s = i == 0 ? module : i == 1 ? base_of(source->path) : source->calls[i - 2].text;

            do
                hash[k] = (hash[k] ^ (uint8_t)*s) * 0x100000001b3;
            while (*s++);
        }
    }
    snprintf(source->guid, sizeof(source->guid), "%08x-%04x-8%03x-%04x-%012llx", (unsigned)(hash[0] >> 32), (unsigned)(hash[0] >> 16) & 0xffff,
             (unsigned)hash[0] & 0xfff, 0x8000 | ((unsigned)(hash[1] >> 48) & 0x3fff), (unsigned long long)hash[1] & 0xffffffffffff);
}

static void free_source(struct wpp_source *source)
{
    for (size_t i = 0; i < source->count; i++) {
        free(source->calls[i].text);
        free(source->calls[i].given);
    }
    free(source->calls);
}

static int write_one(struct build_plan *plan, const struct wpp_config *headers, const char *path, const char *tmh, FILE *tmf)
{
    struct wpp_config config = {0};
    struct wpp_source source = {.path = path};
    char out_path[1024], *text;
    size_t bytes;
    bool ok;
    FILE *out;

    text = build_read_file(path, &bytes);
    if (!text) {
        cli_error("build", "cannot read %s: %s", path, strerror(errno));
        return CLI_USAGE;
    }
    /* What this source declares is its own. */
    config.functions = calloc(headers->function_count + 1, sizeof(*config.functions));
    memcpy(config.functions, headers->functions, headers->function_count * sizeof(*config.functions));
    config.function_count = headers->function_count;
    config.types = calloc(headers->type_count + 1, sizeof(*config.types));
    memcpy(config.types, headers->types, headers->type_count * sizeof(*config.types));
    config.type_count = headers->type_count;
    build_add_list(&config.flags, &headers->flags);
    snprintf(source.id, sizeof(source.id), "%.120s", base_of(path));
    for (char *c = source.id; *c; c++)
        if (!((*c >= 'a' && *c <= 'z') || (*c >= 'A' && *c <= 'Z') || (*c >= '0' && *c <= '9')))
            *c = '_';
    ok = build_wpp_config_text(&config, path, text) && build_wpp_scan(&config, &source, text);
    free(text);
    if (ok) {
        make_guid(&source, plan->stem);
        snprintf(out_path, sizeof(out_path), "%s/%s", plan->folder, base_of(tmh));
        out = fopen(out_path, "w");
        ok = out && build_wpp_emit(&config, &source, out);
        if (out && fclose(out) != 0)
            ok = false;
        if (!ok)
            cli_error("build", "cannot write %s: %s", out_path, strerror(errno));
        build_wpp_tmf(&source, plan->stem, tmf);
    }
    free_source(&source);
    build_wpp_config_free(&config);
    return ok ? 0 : CLI_FINDINGS;
}

int build_wpp(struct build_plan *plan)
{
    struct wpp_config config = {0};
    char *tmf_text = NULL, tmf_path[1100];
    size_t tmf_bytes = 0;
    FILE *tmf = open_memstream(&tmf_text, &tmf_bytes);
    unsigned made = 0;
    int rc = 0;

    for (size_t i = 0; rc == 0 && i < plan->sources.count; i++) {
        const char *path = plan->sources.items[i], *at;
        char name[256], *text;
        size_t bytes;

        text = build_read_file(path, &bytes);
        at = text;
        while (text && rc == 0 && next_tmh(&at, name, sizeof(name))) {
            if (!is_own(path, name) || is_there(plan, path, name))
                continue;
            if (made++ == 0) {
                build_wpp_config_statement(&config, "wskit", 0, "FUNC DoTraceMessage(LEVEL, MSG, ...)");
                build_wpp_config_statement(&config, "wskit", 0, "FUNC DoDebugTrace(TRACELEVEL, MSG, ...)");
                if (!read_headers(plan, &config))
                    rc = CLI_FINDINGS;
                for (size_t k = 0; rc == 0 && k < plan->wpp_functions.count; k++) {
                    char statement[1024];

                    snprintf(statement, sizeof(statement), "FUNC %.1000s", plan->wpp_functions.items[k]);
                    if (!build_wpp_config_statement(&config, "--wpp-func", (unsigned)k + 1, statement))
                        rc = CLI_USAGE;
                }
            }
            if (rc == 0)
                rc = write_one(plan, &config, path, name, tmf);
            break;
        }
        free(text);
    }
    fclose(tmf);
    if (rc == 0 && made) {
        build_add(&plan->includes, "%s", plan->folder);
        size_t n = strlen(plan->output);

        snprintf(tmf_path, sizeof(tmf_path), "%.*s.tmf", (int)(n > 4 && strcmp(plan->output + n - 4, ".sys") == 0 ? n - 4 : n), plan->output);
        if (build_write_file(tmf_path, tmf_text, tmf_bytes) != 0) {
            cli_error("build", "cannot write %s: %s", tmf_path, strerror(errno));
            rc = CLI_USAGE;
        }
    }
    free(tmf_text);
    build_wpp_config_free(&config);
    return rc;
}
