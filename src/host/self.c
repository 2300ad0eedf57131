/* Names of our own functions (symbolize.h), also of those that the dynamic linker does not know: from .symtab of the file this process was
 * started from. The file is mapped while a report is made; it was checked by nobody, so each offset is. */
#include <elf.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "host/host_private.h"

struct elf {
    const uint8_t *data;
    uint64_t bytes;
};

static const void *at(const struct elf *e, uint64_t offset, uint64_t bytes)
{
    return offset <= e->bytes && bytes <= e->bytes - offset && offset % 8 == 0 ? e->data + offset : NULL;
}

static const Elf64_Shdr *find_symbols(const struct elf *e, const Elf64_Shdr **strings)
{
    const Elf64_Ehdr *head = at(e, 0, sizeof(*head));
    const Elf64_Shdr *sections;

    if (!head || memcmp(head->e_ident, ELFMAG, SELFMAG) != 0 || head->e_ident[EI_CLASS] != ELFCLASS64 || head->e_shentsize != sizeof(*sections))
        return NULL;
    sections = at(e, head->e_shoff, (uint64_t)head->e_shnum * sizeof(*sections));
    for (unsigned i = 0; sections && i < head->e_shnum; i++) {
        if (sections[i].sh_type != SHT_SYMTAB || sections[i].sh_link >= head->e_shnum)
            continue;
        *strings = &sections[sections[i].sh_link];
        return &sections[i];
    }
    return NULL;
}

/* The function that the address lies in; false when none does. */
static bool find_function(const struct elf *e, uint64_t address, char *name, size_t room, uint64_t *distance)
{
    const Elf64_Shdr *strings = NULL, *symbols = find_symbols(e, &strings);
    const Elf64_Sym *s = symbols ? at(e, symbols->sh_offset, symbols->sh_size) : NULL;

    for (uint64_t i = 0; s && i < symbols->sh_size / sizeof(*s); i++) {
        uint64_t text = strings->sh_offset + s[i].st_name, n;

        if (ELF64_ST_TYPE(s[i].st_info) != STT_FUNC || address < s[i].st_value || address - s[i].st_value >= s[i].st_size || text >= e->bytes)
            continue;
        n = strnlen((const char *)e->data + text, e->bytes - text);
        n = n < room - 1 ? n : room - 1;
        memcpy(name, e->data + text, n);
        name[n] = 0;
        if (strchr(name, '.')) /* wait.part.0, wait.cold: the compiler's own cuts of wait */
            *strchr(name, '.') = 0;
        *distance = address - s[i].st_value;
        return name[0] != 0;
    }
    return false;
}

bool host_self_function(uint64_t address, char *name, size_t room, uint64_t *distance)
{
    int fd = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
    struct stat st;
    struct elf e;
    bool found;
    void *map;

    if (fd < 0)
        return false;
    map = fstat(fd, &st) == 0 && st.st_size > 0 ? mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE, fd, 0) : MAP_FAILED;
    close(fd);
    if (map == MAP_FAILED)
        return false;
    e = (struct elf){map, (uint64_t)st.st_size};
    found = find_function(&e, address, name, room, distance);
    munmap(map, (size_t)st.st_size);
    return found;
}
