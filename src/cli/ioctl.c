/* `wskit ioctl`: opens a device of a running machine and sends one control code, as DeviceIoControl does. */
#include "cli/cli.h"
#include "cli/run/run.h"
#include "report/report.h"
#include "wskit/ddi.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { OPT_IN, OPT_OUT, OPT_SAVE, OPT_CONTROL, OPT_PID, OPT_JSON };
static const struct cli_option options[] = {
    {"--in", NULL, "HEX|@FILE", "input bytes, as hex digits (blanks are skipped) or from a file", false},
    {"--out", NULL, "BYTES", "size of the output buffer (default 0)", false},
    {"--save", NULL, "FILE", "writes the output bytes there (- for standard output) instead of showing them", false},
    {"--control", NULL, "PATH", "the socket of the machine, as given to `wskit run --control`", false},
    {"--pid", NULL, "PID", "of the `wskit run` to talk to, when there are several", false},
    {"--json", NULL, NULL, "the result as one JSON object", false},
    {0},
};

struct ioctl_plan {
    const char *device, *code_text, *in, *save, *control;
    uint64_t code, out_bytes, pid;
    bool json;
};

static bool hex_bytes(const char *text, uint8_t **out, size_t *bytes)
{
    size_t count = 0;
    int high = -1;

    *out = malloc(strlen(text) / 2 + 1);
    if (strncasecmp(text, "0x", 2) == 0)
        text += 2;
    for (; *text && *out; text++) {
        if (isspace((unsigned char)*text))
            continue;
        if (!isxdigit((unsigned char)*text))
            return false;
        int digit = isdigit((unsigned char)*text) ? *text - '0' : tolower((unsigned char)*text) - 'a' + 10;
        if (high < 0) {
            high = digit;
        } else {
            (*out)[count++] = (uint8_t)(high << 4 | digit);
            high = -1;
        }
    }
    *bytes = count;
    return *out && high < 0;
}

static int input_bytes(const char *text, uint8_t **out, size_t *bytes)
{
    FILE *file;

    if (!text) {
        *out = calloc(1, 1);
        *bytes = 0;
        return *out ? 0 : CLI_USAGE;
    }
    if (text[0] != '@') {
        if (hex_bytes(text, out, bytes))
            return 0;
        cli_error("ioctl", "--in takes pairs of hex digits, or @FILE; not %s", text);
        return CLI_USAGE;
    }
    file = strcmp(text, "@-") == 0 ? stdin : fopen(text + 1, "rb");
    *out = malloc(RUN_BYTES_MAX);
    if (!file || !*out) {
        cli_error("ioctl", "--in %s: %s", text, strerror(errno));
        return CLI_USAGE;
    }
    *bytes = fread(*out, 1, RUN_BYTES_MAX, file);
    if (file != stdin)
        fclose(file);
    return 0;
}

static void show_bytes(const uint8_t *data, size_t bytes)
{
    for (size_t i = 0; i < bytes; i += 16) {
        printf("%08zx ", i);
        for (size_t k = 0; k < 16; k++)
            printf(i + k < bytes ? " %02x" : "   ", i + k < bytes ? data[i + k] : 0);
        printf("  ");
        for (size_t k = i; k < i + 16 && k < bytes; k++)
            putchar(isprint(data[k]) ? data[k] : '.');
        putchar('\n');
    }
}

static int show(const struct ioctl_plan *plan, const struct run_reply *reply, const char *text, const uint8_t *out)
{
    const char *name = wskit_status_name(reply->status);
    bool failed = reply->result != 0 || reply->status >= 0xC0000000u;

    if (plan->save && reply->out_bytes) {
        FILE *file = strcmp(plan->save, "-") == 0 ? stdout : fopen(plan->save, "wb");

        if (!file || fwrite(out, 1, reply->out_bytes, file) != reply->out_bytes || (file != stdout && fclose(file) != 0)) {
            cli_error("ioctl", "--save %s: %s", plan->save, strerror(errno));
            return CLI_USAGE;
        }
        if (file == stdout)
            return failed ? CLI_FINDINGS : CLI_CLEAN;
    }
    if (plan->json) {
        printf("{\"status\":\"0x%08X\",\"name\":", reply->status);
        rep_json_text(stdout, name);
        printf(",\"information\":%llu,\"text\":", (unsigned long long)reply->returned);
        rep_json_text(stdout, failed ? text : NULL);
        fputs(",\"out\":\"", stdout);
        for (uint32_t i = 0; i < reply->out_bytes; i++)
            printf("%02x", out[i]);
        puts("\"}");
        return failed ? CLI_FINDINGS : CLI_CLEAN;
    }
    if (reply->result != 0 && text[0])
        cli_error("ioctl", "%s", text);
    else
        printf("0x%08X%s%s, %llu bytes\n", reply->status, name ? " " : "", name ? name : "", (unsigned long long)reply->returned);
    if (!plan->save)
        show_bytes(out, reply->out_bytes);
    return failed ? CLI_FINDINGS : CLI_CLEAN;
}

static int talk(const struct ioctl_plan *plan, const uint8_t *in, size_t in_bytes)
{
    struct run_request request = {RUN_MAGIC, (uint32_t)plan->code, (uint32_t)strlen(plan->device), (uint32_t)in_bytes, (uint32_t)plan->out_bytes};
    struct run_reply reply;
    char *text = NULL;
    uint8_t *out = NULL;
    int rc = CLI_USAGE, fd = run_control_connect("ioctl", plan->control, (int)plan->pid);

    if (fd < 0)
        return CLI_USAGE;
    if (!run_write_all(fd, &request, sizeof(request)) || !run_write_all(fd, plan->device, request.device_bytes) ||
        !run_write_all(fd, in, in_bytes) || !run_read_all(fd, &reply, sizeof(reply)) || reply.out_bytes > plan->out_bytes ||
        reply.text_bytes > 65536 || !(text = calloc(1, reply.text_bytes + 1)) || !(out = malloc(reply.out_bytes + 1)) ||
        !run_read_all(fd, text, reply.text_bytes) || !run_read_all(fd, out, reply.out_bytes))
        cli_error("ioctl", "the machine ended before it answered; `wskit run` says why");
    else
        rc = show(plan, &reply, text, out);
    free(text);
    free(out);
    close(fd);
    return rc;
}

static int ioctl_run(int argc, char **argv)
{
    struct cli_args args = {.command = &cli_ioctl, .argc = argc, .argv = argv};
    struct ioctl_plan plan = {0};
    uint8_t *in = NULL;
    size_t in_bytes = 0;
    int option, rc;

    while ((option = cli_next(&args)) != CLI_END) {
        switch (option) {
        case CLI_HELP:
            return CLI_CLEAN;
        case CLI_BAD:
            return CLI_USAGE;
        case CLI_WORD:
            if (!plan.device)
                plan.device = args.value;
            else if (!plan.code_text)
                plan.code_text = args.value;
            else {
                cli_error("ioctl", "%s is one word too many: wskit ioctl DEVICE CODE; input goes into --in", args.value);
                return CLI_USAGE;
            }
            break;
        case OPT_IN:
            plan.in = args.value;
            break;
        case OPT_OUT:
            if (!cli_number(args.value, 0, RUN_BYTES_MAX, &plan.out_bytes)) {
                cli_error("ioctl", "--out takes a number of bytes up to %d, not %s", RUN_BYTES_MAX, args.value);
                return CLI_USAGE;
            }
            break;
        case OPT_SAVE:
            plan.save = args.value;
            break;
        case OPT_CONTROL:
            plan.control = args.value;
            break;
        case OPT_PID:
            if (!cli_number(args.value, 1, 0x7fffffff, &plan.pid)) {
                cli_error("ioctl", "--pid takes the process id of a `wskit run`, not %s", args.value);
                return CLI_USAGE;
            }
            break;
        case OPT_JSON:
            plan.json = true;
            break;
        }
    }
    if (!plan.device || !plan.code_text) {
        cli_error("ioctl", "which device and code? wskit ioctl '\\\\.\\EchoSrv' 0x222000 (`wskit help ioctl`)");
        return CLI_USAGE;
    }
    if (!cli_number(plan.code_text, 0, UINT32_MAX, &plan.code)) {
        cli_error("ioctl", "%s is no control code; give the number CTL_CODE makes, as 0x222000", plan.code_text);
        return CLI_USAGE;
    }
    rc = input_bytes(plan.in, &in, &in_bytes);
    if (rc == 0)
        rc = talk(&plan, in, in_bytes);
    free(in);
    return rc;
}

const struct cli_command cli_ioctl = {
    .name = "ioctl",
    .summary = "sends a control code to a device of a running machine",
    .usage = "wskit ioctl [OPTION]... DEVICE CODE",
    .text = "DEVICE is what a program gives to CreateFile (\\\\.\\Name) or the full name (\\Device\\Name). Prints the status,\n"
            "IoStatus.Information and the output bytes. Exit status 1 when the driver failed the request.",
    .examples = "  wskit ioctl '\\\\.\\EchoSrv' 0x222000 --out 64\n"
                "  wskit ioctl '\\\\.\\EchoSrv' 0x222004 --in '01 00 00 00'",
    .related = "run",
    .options = options,
    .run = ioctl_run,
};
