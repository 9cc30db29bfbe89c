/* Reads ELF files with libelf (see elf_image.h). */
#include "kernprof/compile/elf_image.h"

#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "format/counters.h"
#include "format/map_reader.h"

static int copy_section(Elf_Scn *section, const GElf_Shdr *header, void **copy)
{
    Elf_Data *data = elf_rawdata(section, NULL);
    if (!data || !data->d_buf || data->d_size != header->sh_size)
        return -1;
    *copy = malloc(data->d_size + 8);
    if (!*copy)
        return -1;
    memcpy(*copy, data->d_buf, data->d_size);
    return 0;
}

static void read_build_id(Elf_Scn *section, struct kp_elf_image *image)
{
    Elf_Data *data = elf_getdata(section, NULL);
    size_t offset = 0, name, description;
    GElf_Nhdr note;
    while (data && (offset = gelf_getnote(data, offset, &note, &name, &description)) > 0) {
        const unsigned char *bytes = (const unsigned char *)data->d_buf + description;
        if (note.n_type != NT_GNU_BUILD_ID || note.n_namesz != 4 || note.n_descsz > 32)
            continue;
        for (unsigned i = 0; i < note.n_descsz; i++)
            sprintf(image->build_id + 2 * (size_t)i, "%02x", bytes[i]);
    }
}

/* Functions through which a program reaches code that is not its own. */
static int reaches_other_code(const char *symbol)
{
    static const char *const names[] = {"dlopen", "dlmopen", "execve",      "execv",        "execvp", "execl", "execlp",
                                        "execle", "fexecve", "posix_spawn", "posix_spawnp", "system", "popen", NULL};
    for (int i = 0; names[i]; i++)
        if (strcmp(symbol, names[i]) == 0)
            return 1;
    return 0;
}

static void read_imports(Elf *elf, Elf_Scn *section, const GElf_Shdr *header, struct kp_elf_image *image)
{
    Elf_Data *data = elf_getdata(section, NULL);
    size_t count = header->sh_entsize ? header->sh_size / header->sh_entsize : 0;
    for (size_t i = 0; data && i < count; i++) {
        GElf_Sym symbol;
        if (!gelf_getsym(data, (int)i, &symbol) || symbol.st_shndx != SHN_UNDEF)
            continue;
        const char *name = elf_strptr(elf, header->sh_link, symbol.st_name);
        if (name && reaches_other_code(name))
            image->loads_code = 1;
    }
}

static int read_sections(Elf *elf, struct kp_elf_image *image)
{
    size_t names;
    if (elf_getshdrstrndx(elf, &names) != 0)
        return -1;
    for (Elf_Scn *section = NULL; (section = elf_nextscn(elf, section)) != NULL;) {
        GElf_Shdr header;
        if (!gelf_getshdr(section, &header))
            return -1;
        const char *name = elf_strptr(elf, names, header.sh_name);
        if (!name)
            continue;
        if (strcmp(name, KP_MAP_SECTION) == 0) {
            if (image->map || copy_section(section, &header, &image->map) != 0)
                return -1;
            image->map_size = header.sh_size;
            image->map_address = header.sh_addr;
        } else if (strcmp(name, KP_COUNTER_SECTION) == 0) {
            image->counters_address = header.sh_addr;
            image->counters_size = header.sh_size;
        } else if (strcmp(name, KP_TIMER_SECTION) == 0) {
            image->timers = 1;
        } else if (header.sh_type == SHT_NOTE) {
            read_build_id(section, image);
        } else if (header.sh_type == SHT_DYNSYM) {
            read_imports(elf, section, &header, image);
        } else if (strcmp(name, ".interp") == 0) {
            image->dynamic = 1;
        }
    }
    return 0;
}

int kp_elf_is_instrumented(const struct kp_elf_image *image, int by_function)
{
    return image->timers || (image->map && kp_map_functions(image->map, image->map_size, by_function) > 0);
}

int kp_elf_read(const char *path, struct kp_elf_image *image, struct kp_error *error)
{
    memset(image, 0, sizeof *image);
    int fd = open(path, O_RDONLY | O_CLOEXEC);
    if (fd < 0)
        return kp_fail(error, "%s: %s", path, strerror(errno));
    elf_version(EV_CURRENT);
    Elf *elf = elf_begin(fd, ELF_C_READ, NULL);
    int result = 0;
    if (!elf || elf_kind(elf) != ELF_K_ELF)
        result = 1;
    else if (read_sections(elf, image) != 0)
        result = kp_fail(error, "%s: damaged ELF file: build it again", path);
    if (result != 0)
        kp_elf_free(image);
    elf_end(elf);
    close(fd);
    return result;
}

void kp_elf_free(struct kp_elf_image *image)
{
    free(image->map);
    image->map = NULL;
}
