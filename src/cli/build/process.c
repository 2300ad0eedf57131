/* Lists of words, and the tools that are run with them. */
#include "cli/build/build.h"
#include "cli/cli.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/wait.h>
#include <unistd.h>

static void *or_die(void *memory)
{
    if (!memory) {
        cli_error("build", "out of memory");
        exit(CLI_USAGE);
    }
    return memory;
}

void build_add(struct build_list *list, const char *format, ...)
{
    va_list ap;
    char *text;

    va_start(ap, format);
    if (vasprintf(&text, format, ap) < 0)
        text = NULL;
    va_end(ap);
    or_die(text);
    if (list->count + 2 > list->room) {
        list->room = list->room ? list->room * 2 : 32;
        list->items = or_die(realloc(list->items, list->room * sizeof(*list->items)));
    }
    list->items[list->count++] = text;
    list->items[list->count] = NULL;
}

void build_add_list(struct build_list *list, const struct build_list *more)
{
    for (size_t i = 0; i < more->count; i++)
        build_add(list, "%s", more->items[i]);
}

void build_list_free(struct build_list *list)
{
    for (size_t i = 0; i < list->count; i++)
        free(list->items[i]);
    free(list->items);
    *list = (struct build_list){0};
}

static void print_command(const struct build_list *argv)
{
    for (size_t i = 0; i < argv->count; i++)
        fprintf(stderr, strpbrk(argv->items[i], " \"'$\\") ? "%s'%s'" : "%s%s", i ? " " : "", argv->items[i]);
    fputc('\n', stderr);
}

int build_start(struct build_plan *plan, struct build_run *run, const struct build_list *argv, const char *directory, const char *what)
{
    static unsigned number;

    run->what = what;
    snprintf(run->log, sizeof(run->log), "%s/log%u", plan->folder, number++);
    if (plan->verbose)
        print_command(argv);
    run->pid = fork();
    if (run->pid == 0) {
        int log = open(run->log, O_WRONLY | O_CREAT | O_TRUNC, 0600);

        if (log < 0 || dup2(log, 1) < 0 || dup2(log, 2) < 0 || (directory && chdir(directory) != 0))
            _exit(127);
        signal(SIGPIPE, SIG_DFL);
        setenv("TMPDIR", plan->folder, 1); /* what a tool that crashes leaves goes with ours */
        setenv("LLVM_DISABLE_SYMBOLIZATION", "1", 1);
        execv(argv->items[0], argv->items);
        dprintf(2, "cannot run %s: %s\n", argv->items[0], strerror(errno));
        _exit(127);
    }
    if (run->pid < 0) {
        cli_error("build", "cannot start %s: %s", argv->items[0], strerror(errno));
        return CLI_USAGE;
    }
    return 0;
}

static bool is_full(const char *folder)
{
    struct statvfs fs;

    return statvfs(folder, &fs) == 0 && fs.f_blocks && (fs.f_bavail < 4 || (fs.f_files && fs.f_favail == 0));
}

int build_wait(struct build_plan *plan, struct build_run *run)
{
    size_t bytes = 0;
    char *text;
    int status;

    while (waitpid(run->pid, &status, 0) < 0)
        if (errno != EINTR)
            return -1;
    text = build_read_file(run->log, &bytes);
    if (text && bytes) {
        fflush(stdout);
        fwrite(text, 1, bytes, stderr);
    }
    free(plan->last_log);
    plan->last_log = text;
    unlink(run->log);
    if (status != 0 && (!bytes || is_full(plan->folder))) { /* a tool that fails says why, unless its words found no room */
        cli_error("build", "%s failed%s: is there no room left for temporary files in %.*s? (set TMPDIR)", run->what, bytes ? "" : " without a word",
                  (int)(strrchr(plan->folder, '/') - plan->folder), plan->folder);
        return 127;
    }
    return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

int build_command(struct build_plan *plan, const struct build_list *argv, const char *directory, const char *what)
{
    struct build_run run;

    if (build_start(plan, &run, argv, directory, what) != 0)
        return -1;
    return build_wait(plan, &run);
}

void *build_read_file(const char *path, size_t *bytes)
{
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    struct stat st;
    size_t got = 0;
    char *data = NULL;

    if (fd < 0)
        return NULL;
    if (fstat(fd, &st) == 0 && (data = malloc((size_t)st.st_size + 1)) != NULL) {
        while (got < (size_t)st.st_size) {
            ssize_t n = read(fd, data + got, (size_t)st.st_size - got);

            if (n <= 0)
                break;
            got += (size_t)n;
        }
        data[got] = 0;
    }
    close(fd);
    *bytes = got;
    return data;
}

/* Through a temporary name, so that a reader sees the old file or the new one. */
int build_write_file(const char *path, const void *data, size_t bytes)
{
    char temporary[1100];
    size_t done = 0;
    int fd;

    snprintf(temporary, sizeof(temporary), "%s.%d.tmp", path, (int)getpid());
    fd = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
    while (fd >= 0 && done < bytes) {
        ssize_t n = write(fd, (const char *)data + done, bytes - done);

        if (n <= 0)
            break;
        done += (size_t)n;
    }
    if (fd < 0 || close(fd) != 0 || done < bytes || rename(temporary, path) != 0) {
        cli_error("build", "cannot write %s: %s", path, strerror(errno));
        unlink(temporary);
        return CLI_USAGE;
    }
    return 0;
}
