/* Is this file a driver that can be loaded? Every field that is used later is checked here, before anything is mapped
 * (EXE-001, EXE-002, EXE-022, EXE-024, EXE-780). Nothing in the file is trusted; sizes are added in 64 bits. */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "image/image_private.h"

#define IMAGE_BYTES_MAX (512u << 20)

int img_fail(struct img_error *error, uint32_t status, const char *format, ...)
{
    va_list args;

    if (error) {
        error->status = status;
        va_start(args, format);
        vsnprintf(error->text, sizeof(error->text), format, args);
        va_end(args);
    }
    return -WK_EBADIMAGE;
}

void img_note(struct img_image *image, const char *format, ...)
{
    size_t used = strlen(image->notes);
    va_list args;
    int wrote;

    va_start(args, format);
    wrote = vsnprintf(image->notes + used, sizeof(image->notes) - used, format, args);
    va_end(args);
    if (wrote < 0 || used + (size_t)wrote + 2 > sizeof(image->notes))
        image->notes[used] = 0;
    else
        memcpy(image->notes + used + wrote, "\n", 2);
}

#define REFUSE(...) img_fail(error, (uint32_t)IMG_STATUS_INVALID_FORMAT, __VA_ARGS__)

static bool is_power_of_two(uint32_t n)
{
    return n && !(n & (n - 1));
}

/* The file does not begin with MZ: say what it is instead. */
static int refuse_foreign(const char *name, const uint8_t *data, size_t bytes, struct img_error *error)
{
    size_t looked = bytes < 64 ? bytes : 64, i;

    if (!bytes)
        return REFUSE("%s is empty; a driver image (.sys) is expected", name);
    if (bytes >= 4 && !memcmp(data, "\177ELF", 4))
        return REFUSE("%s is a Linux (ELF) file; a Windows driver image is expected: `wskit build` makes one from sources", name);
    for (i = 0; i < looked; i++)
        if (data[i] < 9 || (data[i] > 13 && data[i] < 32) || data[i] >= 127)
            break;
    if (i == looked)
        return REFUSE("%s is a text file; a driver image (.sys) is expected: `wskit build` makes one from sources", name);
    return REFUSE("%s is not a driver image: it does not begin with MZ", name);
}

static int check_machine(const char *name, uint16_t machine, struct img_error *error)
{
    const char *what = machine == PE_MACHINE_X86 ? "a 32-bit (x86)" : machine == PE_MACHINE_ARM64 ? "an ARM64"
                       : machine == PE_MACHINE_ARM ? "a 32-bit ARM" : NULL;

    if (machine == PE_MACHINE_X64)
        return 0;
    if (what)
        return REFUSE("%s is %s image; wskit runs x64 drivers: build it for the x64 platform", name, what);
    return REFUSE("%s is for machine 0x%04X, not x64 (0x8664): build it for the x64 platform", name, machine);
}

/* PE checksum: 16-bit one's complement sum of the file without the field itself, plus the length. */
static uint32_t pe_checksum(const uint8_t *data, size_t bytes, size_t field)
{
    uint64_t sum = 0;

    for (size_t i = 0; i < bytes; i += 2) {
        if (i >= field && i < field + 4)
            continue;
        sum += data[i] | (i + 1 < bytes ? (uint32_t)data[i + 1] << 8 : 0);
        if (sum > UINT32_MAX)
            sum = (sum & 0xFFFF) + (sum >> 16);
    }
    while (sum >> 16)
        sum = (sum & 0xFFFF) + (sum >> 16);
    return (uint32_t)(sum + bytes);
}

static int check_optional(const char *name, const struct pe_optional *o, struct img_error *error)
{
    if (o->magic != PE_MAGIC_32PLUS)
        return REFUSE("%s: the optional header's magic is 0x%X, not PE32+ (0x20B)", name, o->magic);
    if (!is_power_of_two(o->section_align) || !is_power_of_two(o->file_align) || o->section_align < o->file_align)
        return REFUSE("%s: SectionAlignment 0x%X and FileAlignment 0x%X are not powers of two in that order", name,
                      o->section_align, o->file_align);
    if (o->section_align < 0x1000)
        return REFUSE("%s: SectionAlignment 0x%X is less than a page, so sections cannot be protected: link with /ALIGN:4096 or no "
                      "/ALIGN at all", name, o->section_align);
    if (!o->image_bytes || o->image_bytes > IMAGE_BYTES_MAX)
        return REFUSE("%s: SizeOfImage 0x%X is not plausible", name, o->image_bytes);
    if (o->subsystem != PE_SUBSYSTEM_NATIVE)
        return REFUSE("%s: Subsystem is %u, not NATIVE (1): link with /SUBSYSTEM:NATIVE /DRIVER, or is it a user-mode program?", name,
                      o->subsystem);
    return 0;
}

static int check_sections(const char *name, const struct img_headers *h, size_t file_bytes, struct img_error *error)
{
    const struct pe_optional *o = &h->optional;
    uint64_t next = o->header_bytes;

    for (unsigned i = 0; i < h->file.sections; i++) {
        const struct pe_section *s = &h->sections[i];
        uint64_t mapped = s->virtual_bytes ? s->virtual_bytes : s->raw_bytes;

        if (s->rva & (o->section_align - 1))
            return REFUSE("%s: section %.8s starts at RVA 0x%X, not a multiple of SectionAlignment", name, s->name, s->rva);
        if (s->rva < next)
            return REFUSE("%s: section %.8s at RVA 0x%X overlaps what is before it", name, s->name, s->rva);
        if (s->rva + mapped > o->image_bytes)
            return REFUSE("%s: section %.8s ends at RVA 0x%llX, behind SizeOfImage 0x%X", name, s->name,
                          (unsigned long long)(s->rva + mapped), o->image_bytes);
        if (s->raw_bytes && (uint64_t)s->raw_offset + s->raw_bytes > file_bytes)
            return REFUSE("%s is truncated: section %.8s needs the file up to byte 0x%llX, it has 0x%zX; copy or build it again", name,
                          s->name, (unsigned long long)s->raw_offset + s->raw_bytes, file_bytes);
        next = (s->rva + mapped + 0xFFF) & ~UINT64_C(0xFFF);
    }
    return 0;
}

static int check_entry(const char *name, const struct img_headers *h, struct img_error *error)
{
    uint32_t entry = h->optional.entry;

    for (unsigned i = 0; i < h->file.sections; i++) {
        const struct pe_section *s = &h->sections[i];
        uint32_t mapped = s->virtual_bytes ? s->virtual_bytes : s->raw_bytes;

        if (entry >= s->rva && entry - s->rva < mapped)
            return s->flags & PE_SCN_EXECUTE ? 0 : REFUSE("%s: the entry point 0x%X is in section %.8s, which is not executable", name,
                                                          entry, s->name);
    }
    return REFUSE("%s: the entry point 0x%X is in no section: link with /ENTRY:DriverEntry or GsDriverEntry", name, entry);
}

static void fill_record(const char *name, const struct img_headers *h, struct img_image *image)
{
    const char *base = strrchr(name, '/');

    snprintf(image->path, sizeof(image->path), "%s", name);
    snprintf(image->name, sizeof(image->name), "%s", base ? base + 1 : name);
    image->entry_rva = h->optional.entry;
    image->checksum = h->optional.checksum;
    image->timestamp = h->file.timestamp;
    image->preferred_base = h->optional.image_base;
    image->bytes = (h->optional.image_bytes + 0xFFFu) & ~(size_t)0xFFF;
    image->force_integrity = h->optional.dll_characteristics & PE_DLL_FORCE_INTEGRITY;
    image->nx_compat = h->optional.dll_characteristics & PE_DLL_NX_COMPAT;
    image->section_count = h->file.sections;
    for (unsigned i = 0; i < h->file.sections; i++) {
        const struct pe_section *from = &h->sections[i];
        struct img_section *s = &image->sections[i];

        memcpy(s->name, from->name, 8);
        s->rva = from->rva;
        s->bytes = from->virtual_bytes ? from->virtual_bytes : from->raw_bytes;
        s->read = from->flags & PE_SCN_READ;
        s->write = from->flags & PE_SCN_WRITE;
        s->execute = from->flags & PE_SCN_EXECUTE;
        s->discardable = from->flags & PE_SCN_DISCARDABLE;
        s->pageable = !memcmp(s->name, "PAGE", 4);
    }
}

static int check_directories(const char *name, struct img_headers *h, size_t bytes, struct img_image *image, struct img_error *error)
{
    const struct pe_dir *security = &h->dirs[PE_DIR_SECURITY];

    if (h->dirs[PE_DIR_TLS].bytes)
        return REFUSE("%s has a TLS directory: kernel images have no thread-local storage; remove __declspec(thread) and thread-safe "
                      "statics (/Zc:threadSafeInit-)", name);
    if (h->dirs[PE_DIR_DELAY_IMPORT].bytes)
        return REFUSE("%s has delay-loaded imports, which drivers cannot use: link without /DELAYLOAD", name);
    if (h->dirs[PE_DIR_CLR].bytes)
        return REFUSE("%s is a .NET assembly, not a driver", name);
    for (unsigned i = 0; i < PE_DIR_COUNT; i++) {
        struct pe_dir *d = &h->dirs[i];

        if (i == PE_DIR_SECURITY || i == PE_DIR_GLOBALPTR || !d->rva || !d->bytes)
            continue;
        if ((uint64_t)d->rva + d->bytes > h->optional.image_bytes)
            return REFUSE("%s: data directory %u (RVA 0x%X, 0x%X bytes) is not inside the image", name, i, d->rva, d->bytes);
    }
    /* EXE-024: a file offset, not an RVA */
    if (security->bytes && (uint64_t)security->rva + security->bytes > bytes)
        return REFUSE("%s: the certificate table is not inside the file", name);
    image->is_signed = security->bytes != 0;
    return 0;
}

int img_check(const char *name, const void *data, size_t bytes, struct img_headers *h, struct img_image *image, struct img_error *error)
{
    const uint8_t *file = data;
    uint64_t at, section_at;
    uint32_t lfanew, signature, dirs;
    int err;

    memset(h, 0, sizeof(*h));
    if (bytes < 2 || file[0] != 'M' || file[1] != 'Z')
        return refuse_foreign(name, file, bytes, error);
    if (bytes < 64)
        return REFUSE("%s is truncated: %zu bytes are no DOS header", name, bytes);
    memcpy(&lfanew, file + 60, 4);
    at = lfanew;
    if (at + 4 + sizeof(h->file) > bytes)
        return REFUSE("%s: e_lfanew 0x%X points outside the file (0x%zX bytes): truncated, or a DOS program", name, lfanew, bytes);
    memcpy(&signature, file + at, 4);
    if (signature != PE_SIGNATURE)
        return REFUSE("%s: no PE signature at 0x%X", name, lfanew);
    memcpy(&h->file, file + at + 4, sizeof(h->file));
    err = check_machine(name, h->file.machine, error);
    if (err)
        return err;
    at += 4 + sizeof(h->file);
    section_at = at + h->file.optional_bytes;
    if (h->file.optional_bytes < sizeof(h->optional) || section_at > bytes)
        return REFUSE("%s: SizeOfOptionalHeader %u does not fit", name, h->file.optional_bytes);
    memcpy(&h->optional, file + at, sizeof(h->optional));
    if (!(h->file.characteristics & PE_FILE_EXECUTABLE))
        return REFUSE("%s: EXECUTABLE_IMAGE is not set: an object file, or linked with errors", name);
    err = check_optional(name, &h->optional, error);
    if (err)
        return err;
    dirs = h->optional.dir_count < PE_DIR_COUNT ? h->optional.dir_count : PE_DIR_COUNT;
    if (sizeof(h->optional) + dirs * sizeof(struct pe_dir) > h->file.optional_bytes)
        return REFUSE("%s: %u data directories do not fit the optional header", name, dirs);
    memcpy(h->dirs, file + at + sizeof(h->optional), dirs * sizeof(struct pe_dir));
    if (!h->file.sections || h->file.sections > IMG_SECTIONS_MAX)
        return REFUSE("%s has %u sections; 1 to %u are allowed", name, h->file.sections, IMG_SECTIONS_MAX);
    if (section_at + h->file.sections * sizeof(struct pe_section) > bytes)
        return REFUSE("%s: the section table is not inside the file: truncated", name);
    memcpy(h->sections, file + section_at, h->file.sections * sizeof(struct pe_section));
    if (h->optional.header_bytes > bytes || h->optional.header_bytes > h->optional.image_bytes)
        return REFUSE("%s: SizeOfHeaders 0x%X is not inside the file", name, h->optional.header_bytes);
    if ((err = check_sections(name, h, bytes, error)) || (err = check_entry(name, h, error)))
        return err;
    fill_record(name, h, image);
    err = check_directories(name, h, bytes, image, error);
    if (err)
        return err;
    /* EXE-002, EXE-781 */
    if (!h->optional.checksum) {
        img_note(image, "%s has no checksum: link with /RELEASE", image->name);
    } else {
        uint32_t sum = pe_checksum(file, bytes, (size_t)(at + offsetof(struct pe_optional, checksum)));

        if (sum != h->optional.checksum)
            return img_fail(error, (uint32_t)IMG_STATUS_CHECKSUM, "%s: the checksum in the file is 0x%X, its bytes sum to 0x%X: it was "
                            "changed or damaged after linking", name, h->optional.checksum, sum);
    }
    return 0;
}
