/* A client's "Key=Value" as registry values: a whole number that fits becomes REG_DWORD, a larger one REG_QWORD, the rest REG_SZ;
 * "Key=:text" is always text. */
#include "machine/machine_private.h"
#include "nt/nt.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { REG_SZ = 1, REG_DWORD = 4, REG_QWORD = 11, TEXT_MAX = 8192, STATUS_INVALID_PARAMETER = (int)0xC000000D };

void machine_service_name(const char *path, char *out, size_t bytes)
{
    const char *base = strrchr(path, '/') ? strrchr(path, '/') + 1 : path;
    size_t n = strlen(base);

    if (n > 4 && base[n - 4] == '.' && (base[n - 3] | 32) == 's' && (base[n - 2] | 32) == 'y' && (base[n - 1] | 32) == 's')
        n -= 4;
    snprintf(out, bytes, "%.*s", (int)n, base);
}

size_t machine_utf16(const char *text, uint16_t *out, size_t room)
{
    const unsigned char *s = (const unsigned char *)text;
    size_t count = 0;

    while (*s) {
        unsigned left = *s < 0x80 ? 0 : *s >= 0xc2 && *s < 0xe0 ? 1 : (*s & 0xf0) == 0xe0 ? 2 : *s >= 0xf0 && *s < 0xf5 ? 3 : 9;
        uint32_t c = left == 0 ? *s : left == 1 ? *s & 0x1f : left == 2 ? *s & 0xf : *s & 7;

        s++;
        if (left == 9)
            c = 0xfffd;
        for (; left != 9 && left > 0; left--) {
            if ((*s & 0xc0) != 0x80) {
                c = 0xfffd;
                break;
            }
            c = c << 6 | (*s++ & 0x3f);
        }
        if (c > 0xffff) {
            if (count + 1 < room) {
                out[count] = (uint16_t)(0xd800 + ((c - 0x10000) >> 10));
                out[count + 1] = (uint16_t)(0xdc00 + ((c - 0x10000) & 0x3ff));
            }
            count += 2;
        } else {
            if (count < room)
                out[count] = (uint16_t)c;
            count++;
        }
    }
    return count;
}

static bool is_number(const char *text, uint64_t *out)
{
    char *end;

    if (text[0] < '0' || text[0] > '9')
        return false;
    *out = strtoull(text, &end, 0);
    return *end == 0 && end - text < 20;
}

static uint32_t set_one(const char *key, const char *name, const char *value)
{
    uint64_t number;
    uint16_t text[TEXT_MAX];
    size_t units;

    if (is_number(value, &number)) {
        uint32_t small = (uint32_t)number;

        if (small == number)
            return nt_registry_set(key, name, REG_DWORD, &small, sizeof(small));
        return nt_registry_set(key, name, REG_QWORD, &number, sizeof(number));
    }
    if (value[0] == ':')
        value++;
    units = machine_utf16(value, text, TEXT_MAX - 1);
    if (units >= TEXT_MAX)
        return (uint32_t)STATUS_INVALID_PARAMETER;
    text[units] = 0;
    return nt_registry_set(key, name, REG_SZ, text, (units + 1) * sizeof(text[0]));
}

uint32_t machine_set_parameters(const char *service, const char *const *parameters, char *message, size_t bytes)
{
    char key[512], name[256];

    snprintf(key, sizeof(key), "\\Registry\\Machine\\System\\CurrentControlSet\\Services\\%s\\Parameters", service);
    for (; parameters && *parameters; parameters++) {
        const char *equals = strchr(*parameters, '=');
        size_t n = equals ? (size_t)(equals - *parameters) : 0;
        uint32_t status = (uint32_t)STATUS_INVALID_PARAMETER;

        if (n && n < sizeof(name)) {
            memcpy(name, *parameters, n);
            name[n] = 0;
            status = set_one(key, name, equals + 1);
        }
        if (status) {
            snprintf(message, bytes, "the parameter %s cannot be set: %s", *parameters, nt_status_text(status));
            return status;
        }
    }
    return 0;
}
