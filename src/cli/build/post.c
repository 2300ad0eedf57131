/* What Microsoft's linker does under /DRIVER and lld does not (BLD-022): sections that are not PAGE* or INIT are marked
 * not pageable, INIT, .rsrc and .reloc discardable. Then the checksum (BLD-024), which covers all that. */
#include "cli/build/build.h"
#include "cli/cli.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
    SCN_CODE = 0x20, SCN_DISCARDABLE = 0x02000000, SCN_NOT_PAGED = 0x08000000, SCN_EXECUTE = 0x20000000, SCN_WRITE = (int)0x80000000
};

static uint32_t get32(const uint8_t *p)
{
    return (uint32_t)p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static void put32(uint8_t *p, uint32_t value)
{
    p[0] = (uint8_t)value;
    p[1] = (uint8_t)(value >> 8);
    p[2] = (uint8_t)(value >> 16);
    p[3] = (uint8_t)(value >> 24);
}

static void put16(uint8_t *p, unsigned value)
{
    p[0] = (uint8_t)value;
    p[1] = (uint8_t)(value >> 8);
}

uint32_t build_pe_checksum(const uint8_t *data, size_t bytes, size_t field)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < bytes; i += 2) {
        if (i == field || i == field + 2)
            continue;
        sum += data[i] | (i + 1 < bytes ? (unsigned)data[i + 1] << 8 : 0);
        sum = (sum & 0xffff) + (sum >> 16);
    }
    sum = (sum & 0xffff) + (sum >> 16);
    return (uint32_t)(sum + bytes);
}

static uint32_t driver_flags(const char *name, uint32_t flags)
{
    if (strncmp(name, "PAGE", 4) == 0)
        return flags & ~(uint32_t)(SCN_NOT_PAGED | SCN_DISCARDABLE);
    if (strcmp(name, "INIT") == 0 || strcmp(name, ".rsrc") == 0 || strcmp(name, ".reloc") == 0)
        return (flags & ~(uint32_t)SCN_NOT_PAGED) | SCN_DISCARDABLE;
    if (flags & SCN_DISCARDABLE)
        return flags; /* debug sections of the .sys.debug twin */
    return flags | SCN_NOT_PAGED;
}

int build_finish_image(const char *path, const struct build_target *target)
{
    size_t bytes;
    uint8_t *data = build_read_file(path, &bytes);
    uint32_t pe, sections, count;
    int rc = CLI_FINDINGS;

    if (!data) {
        cli_error("build", "the linker wrote no %s: %s", path, strerror(errno));
        return CLI_USAGE;
    }
    pe = bytes > 0x40 ? get32(data + 0x3c) : 0;
    if (!pe || pe + 0x108 > bytes) {
        cli_error("build", "the linker wrote something that is no image: %s", path);
        goto out;
    }
    count = data[pe + 6] | (uint32_t)data[pe + 7] << 8;
    sections = pe + 24 + (data[pe + 20] | (uint32_t)data[pe + 21] << 8);
    for (uint32_t i = 0; i < count && sections + 40 * (i + 1) <= bytes; i++) {
        uint8_t *s = data + sections + 40 * i;
        char name[9] = {0};
        uint32_t flags = get32(s + 36);

        memcpy(name, s, 8);
        if ((flags & SCN_EXECUTE) && (flags & (uint32_t)SCN_WRITE)) {
            cli_error("build", "section %s is both writable and executable: memory integrity (HVCI) refuses such a driver", name);
            goto out;
        }
        put32(s + 36, driver_flags(name, flags));
    }
    put16(data + pe + 24 + 40, target->os_major); /* MajorOperatingSystemVersion: lld says 6.0 */
    put16(data + pe + 24 + 42, target->os_minor);
    put32(data + pe + 24 + 64, build_pe_checksum(data, bytes, pe + 24 + 64));
    rc = build_write_file(path, data, bytes);
out:
    free(data);
    return rc;
}
