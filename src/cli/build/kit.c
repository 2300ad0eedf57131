/* Where the tools and the guest kit are (BLD-001), and what a target version means (BLD-004, BLD-025). */
#include "cli/build/build.h"
#include "cli/cli.h"

#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const char build_target_names[] = "win7, win8, win8.1, win10, win11, or a build such as 10.0.19041";

static const struct build_target targets[] = {
    {"win7", 0, "0x0601", "0x06010000", "6.01", 6, 1},
    {"win8", 0, "0x0602", "0x06020000", "6.02", 6, 2},
    {"win8.1", 0, "0x0603", "0x06030000", "6.03", 6, 3},
    {"10.0.10240", 10240, "0x0A00", "0x0A000000", "10.00", 10, 0},
    {"10.0.14393", 14393, "0x0A00", "0x0A000002", "10.00", 10, 0},
    {"10.0.15063", 15063, "0x0A00", "0x0A000003", "10.00", 10, 0},
    {"10.0.16299", 16299, "0x0A00", "0x0A000004", "10.00", 10, 0},
    {"10.0.17134", 17134, "0x0A00", "0x0A000005", "10.00", 10, 0},
    {"10.0.17763", 17763, "0x0A00", "0x0A000006", "10.00", 10, 0},
    {"10.0.18362", 18362, "0x0A00", "0x0A000007", "10.00", 10, 0},
    {"10.0.19041", 19041, "0x0A00", "0x0A000008", "10.00", 10, 0},
    {"10.0.20348", 20348, "0x0A00", "0x0A00000A", "10.00", 10, 0},
    {"10.0.22000", 22000, "0x0A00", "0x0A00000B", "10.00", 10, 0},
    {"10.0.22621", 22621, "0x0A00", "0x0A00000C", "10.00", 10, 0},
    {"10.0.26100", 26100, "0x0A00", "0x0A000010", "10.00", 10, 0},
};

const struct build_target *build_target_find(const char *text)
{
    const struct build_target *best = NULL;
    const char *digits = strncmp(text, "10.0.", 5) == 0 ? text + 5 : text;
    uint64_t build;

    if (strcmp(text, "win10") == 0)
        text = digits = "19041";
    if (strcmp(text, "win11") == 0)
        text = digits = "22621";
    for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++)
        if (strcmp(targets[i].name, text) == 0)
            return &targets[i];
    if (strchr(digits, '.'))
        return NULL;
    if (!cli_number(digits, 10240, 99999, &build))
        return NULL;
    /* The newest set of headers that this build has. */
    for (size_t i = 0; i < sizeof(targets) / sizeof(targets[0]); i++)
        if (targets[i].build && targets[i].build <= build)
            best = &targets[i];
    return best;
}

static bool find_tool(char *out, size_t bytes, const char *debian, const char *plain)
{
    static const char *const folders[] = {"/usr/bin", "/usr/local/bin", "/usr/lib/llvm-19/bin"};
    const char *path = getenv("PATH");

    for (size_t i = 0; i < 3; i++) {
        snprintf(out, bytes, "%s/%s", folders[i], i == 2 ? plain : debian);
        if (access(out, X_OK) == 0)
            return true;
    }
    while (path && *path) {
        size_t n = strcspn(path, ":");

        snprintf(out, bytes, "%.*s/%s", (int)n, path, debian);
        if (access(out, X_OK) == 0)
            return true;
        path += n + (path[n] == ':');
    }
    return false;
}

/* Beside the binary (build/wskit, build/kit), or where it is installed (bin/wskit, share/wskit/kit). */
static bool find_kit(struct build_tools *tools)
{
    static const char *const places[] = {"kit", "../share/wskit/kit"};
    char self[PATH_MAX], candidate[PATH_MAX + 64];
    const char *given = getenv("WSKIT_KIT");
    ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);

    self[n > 0 ? n : 0] = 0;
    if (strrchr(self, '/'))
        *strrchr(self, '/') = 0;
    for (int i = given ? -1 : 0; i < 2; i++) {
        if (i < 0)
            snprintf(candidate, sizeof(candidate), "%s", given);
        else
            snprintf(candidate, sizeof(candidate), "%s/%s", self, places[i]);
        snprintf(tools->kit_lib, sizeof(tools->kit_lib), "%.480s/lib", candidate);
        if (access(tools->kit_lib, R_OK) == 0) {
            char include[PATH_MAX + 128], real[PATH_MAX];

            snprintf(include, sizeof(include), "%s/include", candidate);
            if (!realpath(include, real))
                return false;
            snprintf(tools->kit_include, sizeof(tools->kit_include), "%.500s", real);
            snprintf(tools->kit_rc, sizeof(tools->kit_rc), "%.480s/rc", candidate);
            return true;
        }
    }
    return false;
}

int build_find_tools(struct build_tools *t)
{
    const char *missing[5];
    size_t count = 0;

    if (!find_tool(t->clang, sizeof(t->clang), "clang-19", "clang"))
        missing[count++] = "clang-19";
    if (!find_tool(t->link, sizeof(t->link), "lld-link-19", "lld-link"))
        missing[count++] = "lld-19";
    if (!find_tool(t->lib, sizeof(t->lib), "llvm-lib-19", "llvm-lib") || !find_tool(t->rc, sizeof(t->rc), "llvm-rc-19", "llvm-rc") ||
        !find_tool(t->objcopy, sizeof(t->objcopy), "llvm-objcopy-19", "llvm-objcopy"))
        missing[count++] = "llvm-19";
    if (count) {
        char names[128] = "";

        for (size_t i = 0; i < count; i++) {
            strcat(names, " ");
            strcat(names, missing[i]);
        }
        cli_error("build", "not installed:%s; install with: apt-get install%s", names, names);
        return CLI_USAGE;
    }
    if (!find_kit(t)) {
        cli_error("build", "the driver kit (headers and libraries) is not beside this binary; build wskit with `make`, or set WSKIT_KIT");
        return CLI_USAGE;
    }
    return 0;
}
