/* Names for addresses in reports (symbolize.h). Linux side: dladdr for our own code, llvm-symbolizer as a child process for PE
 * images. Nothing is kept running: reports are rare. */
#include <dlfcn.h>
#include <fcntl.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "host/host_private.h"
#include "host/symbolize.h"

extern char **environ;

bool host_symbolize_self(uint64_t address, char *text, size_t bytes)
{
    char name[128];
    const char *file;
    uint64_t distance;
    Dl_info info, own;

    if (!dladdr((void *)(uintptr_t)address, &info) || !info.dli_fname)
        return false;
    file = strrchr(info.dli_fname, '/');
    file = file ? file + 1 : info.dli_fname;
    if (info.dli_sname)
        snprintf(text, bytes, "%s!%s+0x%llx", file, info.dli_sname,
                 (unsigned long long)(address - (uint64_t)(uintptr_t)info.dli_saddr));
    else if (dladdr((void *)(uintptr_t)host_symbolize_self, &own) && own.dli_fbase == info.dli_fbase &&
             host_self_function(address - (uint64_t)(uintptr_t)info.dli_fbase, name, sizeof(name), &distance))
        snprintf(text, bytes, "%s!%s+0x%llx", file, name, (unsigned long long)distance);
    else
        snprintf(text, bytes, "%s+0x%llx", file, (unsigned long long)(address - (uint64_t)(uintptr_t)info.dli_fbase));
    return true;
}

/* Runs argv and returns up to `bytes` of its standard output; false when it did not run or failed. */
static bool run(char *const argv[], char *out, size_t bytes)
{
    posix_spawn_file_actions_t actions;
    size_t used = 0;
    int pipe_fds[2], status = 0;
    pid_t child;
    ssize_t n;
    int err;

    if (pipe2(pipe_fds, O_CLOEXEC))
        return false;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, pipe_fds[1], STDOUT_FILENO);
    posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    err = posix_spawnp(&child, argv[0], &actions, NULL, argv, environ);
    posix_spawn_file_actions_destroy(&actions);
    close(pipe_fds[1]);
    if (err) {
        close(pipe_fds[0]);
        return false;
    }
    while (used + 1 < bytes && (n = read(pipe_fds[0], out + used, bytes - 1 - used)) > 0)
        used += (size_t)n;
    out[used] = 0;
    close(pipe_fds[0]);
    while (waitpid(child, &status, 0) < 0)
        if (status)
            break;
    return used && WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

/* `wskit build` gives its images paths below C:\obj that are those of its command line: such a one stays whole. Of another the name is
 * enough. */
static char *source_name(char *path)
{
    static const char ours[] = "C:/obj/";
    char *last;

    for (char *p = path; *p; p++)
        if (*p == '\\')
            *p = '/';
    if (strncmp(path, ours, sizeof(ours) - 1) == 0)
        return path + sizeof(ours) - 1;
    last = strrchr(path, '/');
    return last ? last + 1 : path;
}

/* "function\n/path/file.c:88:9\n\n", one such paragraph per address. Returns the next one. */
static char *paragraph(char *at, char *text)
{
    char *end = strstr(at, "\n\n"), *line = strchr(at, '\n'), *file, *column;

    text[0] = 0;
    if (!line || !end)
        return NULL;
    *line++ = 0;
    *end = 0;
    file = strchr(line, '\n');
    if (file)
        *file = 0;
    file = source_name(line);
    column = strrchr(file, ':');
    if (column && column != strchr(file, ':'))
        *column = 0;
    if (strncmp(at, "??", 2) == 0)
        text[0] = 0;
    else if (strncmp(file, "??", 2) == 0)
        snprintf(text, HOST_SYMBOL_BYTES, "%s", at);
    else
        snprintf(text, HOST_SYMBOL_BYTES, "%s (%s)", at, file);
    return end + 2;
}

bool host_symbolize_pe(const char *path, const uint64_t *addresses, unsigned count, char (*texts)[HOST_SYMBOL_BYTES])
{
    static char out[64 * 1024]; /* reports are made one at a time */
    char object[600], where[64][20], *argv[70], *at = out;
    unsigned args = 0;

    if (count > 64 || access(path, R_OK))
        return false;
    snprintf(object, sizeof(object), "--obj=%s", path);
    argv[args++] = (char[]){"llvm-symbolizer-19"};
    argv[args++] = object;
    argv[args++] = (char[]){"--demangle"};
    argv[args++] = (char[]){"--inlining=false"};
    for (unsigned i = 0; i < count; i++) {
        snprintf(where[i], sizeof(where[i]), "0x%llx", (unsigned long long)addresses[i]);
        argv[args++] = where[i];
    }
    argv[args] = NULL;
    if (!run(argv, out, sizeof(out)))
        return false;
    for (unsigned i = 0; i < count; i++) {
        if (at)
            at = paragraph(at, texts[i]);
        else
            texts[i][0] = 0;
    }
    return true;
}
