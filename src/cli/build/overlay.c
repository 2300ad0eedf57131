/* Windows sources name headers in any letter case (BLD-014). clang gets an overlay file system that lists every file of
 * the folders headers come from, compared without case; what is not in it falls through to the real one. */
#include "cli/build/build.h"
#include "cli/cli.h"

#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

enum { DEPTH_MAX = 6, FILES_MAX = 20000 }; /* a source in somebody's home folder must not list all of it */

static void put_json(FILE *out, const char *text)
{
    fputc('"', out);
    for (; *text; text++) {
        if (*text == '"' || *text == '\\')
            fputc('\\', out);
        fputc(*text, out);
    }
    fputc('"', out);
}

/* The sources themselves stay out: clang then names them in its messages as the user wrote them. */
static bool is_source(const struct build_plan *plan, const char *path)
{
    for (size_t i = 0; i < plan->sources.count; i++) {
        char real[PATH_MAX];

        if (realpath(plan->sources.items[i], real) && strcmp(real, path) == 0)
            return true;
    }
    return false;
}

/* The header's name without its folders, for near misses. */
static struct build_list headers;

static void list_folder(const struct build_plan *plan, FILE *out, const char *path, int depth, unsigned *files)
{
    DIR *dir = opendir(path);
    struct dirent *e;
    bool first = true;

    if (!dir)
        return;
    while ((e = readdir(dir)) && *files < FILES_MAX) {
        char full[PATH_MAX];
        struct stat st;
        bool is_folder;

        if (e->d_name[0] == '.' || snprintf(full, sizeof(full), "%s/%s", path, e->d_name) >= (int)sizeof(full) || stat(full, &st) != 0)
            continue;
        is_folder = S_ISDIR(st.st_mode);
        if (!is_folder && !S_ISREG(st.st_mode))
            continue;
        if ((is_folder && depth >= DEPTH_MAX) || (!is_folder && is_source(plan, full)))
            continue;
        fputs(first ? "" : ",\n", out);
        first = false;
        fprintf(out, "{\"type\":\"%s\",\"name\":", is_folder ? "directory" : "file");
        put_json(out, e->d_name);
        if (is_folder) {
            fputs(",\"contents\":[", out);
            list_folder(plan, out, full, depth + 1, files);
            fputs("]}", out);
        } else {
            fputs(",\"external-contents\":", out);
            put_json(out, full);
            fputs("}", out);
            if (strchr(e->d_name, '.'))
                build_add(&headers, "%s", e->d_name);
            ++*files;
        }
    }
    closedir(dir);
}

/* Adds the real path of dir unless it lies inside one that is there. */
static void add_root(struct build_list *roots, const char *dir)
{
    char real[PATH_MAX];

    if (!realpath(dir, real))
        return;
    for (size_t i = 0; i < roots->count; i++) {
        size_t n = strlen(roots->items[i]);

        if (strncmp(real, roots->items[i], n) == 0 && (real[n] == 0 || real[n] == '/'))
            return;
    }
    build_add(roots, "%s", real);
}

static int by_length(const void *a, const void *b)
{
    size_t x = strlen(*(char *const *)a), y = strlen(*(char *const *)b);

    return (x > y) - (x < y);
}

int build_write_overlay(struct build_plan *plan, char *path, size_t bytes)
{
    struct build_list wanted = {0}, roots = {0};
    unsigned files = 0;
    FILE *out;

    snprintf(path, bytes, "%s/overlay.yaml", plan->folder);
    out = fopen(path, "w");
    if (!out) {
        cli_error("build", "cannot write %s: %s", path, strerror(errno));
        return CLI_USAGE;
    }
    build_add(&wanted, "%s", plan->tools.kit_include);
    build_add_list(&wanted, &plan->includes);
    for (size_t i = 0; i < plan->sources.count; i++) {
        const char *slash = strrchr(plan->sources.items[i], '/');

        if (slash)
            build_add(&wanted, "%.*s", (int)(slash - plan->sources.items[i]) + (slash == plan->sources.items[i]), plan->sources.items[i]);
        else
            build_add(&wanted, ".");
    }
    qsort(wanted.items, wanted.count, sizeof(char *), by_length); /* outer folders first */
    for (size_t i = 0; i < wanted.count; i++)
        add_root(&roots, wanted.items[i]);
    fputs("{\"version\":0,\"case-sensitive\":\"false\",\"roots\":[\n", out);
    for (size_t i = 0; i < roots.count; i++) {
        fputs(i ? ",\n{\"type\":\"directory\",\"name\":" : "{\"type\":\"directory\",\"name\":", out);
        put_json(out, roots.items[i]);
        fputs(",\"contents\":[", out);
        list_folder(plan, out, roots.items[i], 0, &files);
        fputs("]}", out);
    }
    fputs("]}\n", out);
    fclose(out);
    build_list_free(&wanted);
    build_list_free(&roots);
    return 0;
}

void build_header_hints(const struct build_plan *plan, const char *log)
{
    static const char mark[] = "fatal error: '";
    const char *at = log, *end, *near;

    while (headers.count && (at = strstr(at, mark)) != NULL) {
        char name[256];

        at += sizeof(mark) - 1;
        end = strchr(at, '\'');
        if (!end || strncmp(end, "' file not found", 16) != 0)
            continue;
        snprintf(name, sizeof(name), "%.*s", (int)(end - at < 255 ? end - at : 255), at);
        for (char *slash; (slash = strpbrk(name, "/\\")) != NULL;)
            memmove(name, slash + 1, strlen(slash + 1) + 1);
        if (strlen(name) > 4 && strcasecmp(name + strlen(name) - 4, ".tmh") == 0) { /* BLD-070 */
            const char *source = plan->sources.items[0], *base = strrchr(source, '/') ? strrchr(source, '/') + 1 : source;

            cli_error("build", "%s: WPP makes %.*s.tmh for %s, nothing makes this one", name, (int)strcspn(base, "."), base, base);
            continue;
        }
        near = cli_nearest(name, (const char *const *)headers.items);
        if (near && strcasecmp(near, name) == 0)
            cli_error("build", "%s is there, in another folder: add it with -I", near);
        else if (near)
            cli_error("build", "no %s in the folders of the sources, -I or the kit; did you mean %s?", name, near);
        else
            cli_error("build", "no %s in the folders of the sources, -I or the kit", name);
    }
}
