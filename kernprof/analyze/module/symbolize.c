/* Places of code with libelf and libdw (see symbolize.h).
 *
 * All addresses of a file are resolved in one walk over its debug information: a scope is looked into only where one of
 * the addresses lies in it. row_charge.c finds
 * the row of the line table that an address is charged to. */
#include "kernprof/analyze/module/symbolize.h"

#include <dwarf.h>
#include <elfutils/libdw.h>
#include <fcntl.h>
#include <gelf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernprof/analyze/module/row_charge.h"
#include "util/search.h"

struct symbol {
    uint64_t start, end;
    const char *name;
};

/* An inlined call on the way to a place, outermost first. */
struct inlined {
    const char *function;
    const char *path;
    unsigned line;
};

struct kp_symbolizer {
    int fd;
    Elf *elf;
    Dwarf *dwarf; /* NULL: no debug information */
    struct symbol *symbols;
    size_t symbol_count;
    void **memory; /* blocks to free */
    size_t memory_count;
};

static void *keep(struct kp_symbolizer *file, void *block)
{
    if (block && (file->memory_count & (file->memory_count - 1)) == 0) {
        size_t room = file->memory_count ? 2 * file->memory_count : 1;
        void **memory = reallocarray(file->memory, room, sizeof *memory);
        if (!memory) {
            free(block);
            return NULL;
        }
        file->memory = memory;
    }
    if (block)
        file->memory[file->memory_count++] = block;
    return block;
}

static int compare_symbols(const void *left, const void *right)
{
    const struct symbol *a = left, *b = right;
    return a->start < b->start ? -1 : a->start > b->start;
}

static void read_symbols(struct kp_symbolizer *file, uint32_t type)
{
    for (Elf_Scn *section = NULL; (section = elf_nextscn(file->elf, section)) != NULL;) {
        GElf_Shdr header;
        Elf_Data *data;
        if (!gelf_getshdr(section, &header) || header.sh_type != type || !(data = elf_getdata(section, NULL)) ||
            !header.sh_entsize)
            continue;
        size_t count = header.sh_size / header.sh_entsize;
        file->symbols = calloc(count + 1, sizeof *file->symbols);
        for (size_t i = 0; file->symbols && i < count; i++) {
            GElf_Sym symbol;
            if (!gelf_getsym(data, (int)i, &symbol) || GELF_ST_TYPE(symbol.st_info) != STT_FUNC ||
                symbol.st_shndx == SHN_UNDEF)
                continue;
            const char *name = elf_strptr(file->elf, header.sh_link, symbol.st_name);
            if (name)
                file->symbols[file->symbol_count++] =
                    (struct symbol){symbol.st_value, symbol.st_value + (symbol.st_size ? symbol.st_size : 1), name};
        }
    }
    if (file->symbol_count)
        qsort(file->symbols, file->symbol_count, sizeof *file->symbols, compare_symbols);
}

static int has_build_id(Elf *elf, const char *expected)
{
    if (!*expected)
        return 1;
    for (Elf_Scn *section = NULL; (section = elf_nextscn(elf, section)) != NULL;) {
        GElf_Shdr header;
        GElf_Nhdr note;
        size_t name, description;
        Elf_Data *data;
        if (!gelf_getshdr(section, &header) || header.sh_type != SHT_NOTE || !(data = elf_getdata(section, NULL)))
            continue;
        for (size_t offset = 0; (offset = gelf_getnote(data, offset, &note, &name, &description)) > 0;) {
            const unsigned char *bytes = (const unsigned char *)data->d_buf + description;
            if (note.n_type != NT_GNU_BUILD_ID || 2 * (size_t)note.n_descsz != strlen(expected))
                continue;
            char text[3];
            size_t same = 0;
            for (; same < note.n_descsz; same++) {
                snprintf(text, sizeof text, "%02x", bytes[same]);
                if (memcmp(text, expected + 2 * same, 2) != 0)
                    break;
            }
            if (same == note.n_descsz)
                return 1;
        }
    }
    return 0;
}

struct kp_symbolizer *kp_symbolizer_open(const char *path, const char *build_id)
{
    struct kp_symbolizer *file = calloc(1, sizeof *file);
    if (!file)
        return NULL;
    elf_version(EV_CURRENT);
    file->fd = open(path, O_RDONLY | O_CLOEXEC);
    file->elf = file->fd >= 0 ? elf_begin(file->fd, ELF_C_READ, NULL) : NULL;
    if (!file->elf || elf_kind(file->elf) != ELF_K_ELF || !has_build_id(file->elf, build_id)) {
        kp_symbolizer_close(file);
        return NULL;
    }
    file->dwarf = dwarf_begin_elf(file->elf, DWARF_C_READ, NULL);
    read_symbols(file, SHT_SYMTAB);
    if (!file->symbol_count) {
        free(file->symbols);
        file->symbols = NULL;
        read_symbols(file, SHT_DYNSYM);
    }
    return file;
}

void kp_symbolizer_close(struct kp_symbolizer *file)
{
    if (file->dwarf)
        dwarf_end(file->dwarf);
    if (file->elf)
        elf_end(file->elf);
    if (file->fd >= 0)
        close(file->fd);
    for (size_t i = 0; i < file->memory_count; i++)
        free(file->memory[i]);
    free(file->memory);
    free(file->symbols);
    free(file);
}

uint64_t kp_symbolizer_address(const struct kp_symbolizer *file, uint64_t offset)
{
    size_t count = 0;
    elf_getphdrnum(file->elf, &count);
    for (size_t i = 0; i < count; i++) {
        GElf_Phdr header;
        if (gelf_getphdr(file->elf, (int)i, &header) && header.p_type == PT_LOAD &&
            offset - header.p_offset < header.p_filesz)
            return offset - header.p_offset + header.p_vaddr;
    }
    return 0;
}

uint64_t kp_symbolizer_section(const struct kp_symbolizer *file, const char *name)
{
    size_t names;
    if (elf_getshdrstrndx(file->elf, &names) != 0)
        return 0;
    for (Elf_Scn *section = NULL; (section = elf_nextscn(file->elf, section)) != NULL;) {
        GElf_Shdr header;
        const char *found = gelf_getshdr(section, &header) ? elf_strptr(file->elf, names, header.sh_name) : NULL;
        if (found && strcmp(found, name) == 0)
            return header.sh_addr;
    }
    return 0;
}

struct wanted_symbol {
    const struct kp_symbolizer *file;
    uint64_t address;
};

static int starts_at_or_before(const void *what, size_t i)
{
    const struct wanted_symbol *wanted = what;
    return wanted->file->symbols[i].start <= wanted->address;
}

const char *kp_symbolizer_symbol(const struct kp_symbolizer *file, uint64_t address)
{
    size_t end = kp_search_first(file->symbol_count, starts_at_or_before, &(struct wanted_symbol){file, address});
    /* Symbols may start at one place; one of them covers it. */
    for (size_t i = end; i-- > 0 && end - i <= 4;)
        if (address < file->symbols[i].end)
            return file->symbols[i].name;
    return NULL;
}

/* `path` below `folder` if it is relative, without "." and ".." parts, to be freed. */
static char *clean_path(const char *folder, const char *path)
{
    char *joined = NULL;
    if (path[0] == '/' ? !(joined = strdup(path)) : asprintf(&joined, "%s/%s", folder ? folder : "", path) < 0)
        return NULL;
    char *out = joined;
    for (const char *part = joined; *part;) {
        size_t length = strcspn(part, "/");
        if (length == 2 && part[0] == '.' && part[1] == '.') {
            while (out > joined && *--out != '/')
                ;
        } else if (length > 0 && !(length == 1 && part[0] == '.')) {
            *out++ = '/';
            memmove(out, part, length);
            out += length;
        }
        part += length + (part[length] == '/');
    }
    *out = 0;
    return joined;
}

/* One compilation unit during the walk. */
struct unit {
    struct kp_symbolizer *file;
    const char *folder;
    Dwarf_Files *files;
    size_t file_count;
    const char **paths;           /* by index of file, made when first asked for */
    struct kp_code_place *places; /* all */
    struct kp_row_charge (*find_row)(Dwarf_Lines *rows, size_t count, uint64_t address);
    struct kp_row_charge *charges; /* by place */
    size_t count;
    struct inlined **inlined; /* by place */
    unsigned *depth;          /* by place */
    int failed;
};

static const char *path_of(struct unit *u, Dwarf_Word index)
{
    if (index >= u->file_count)
        return NULL;
    if (!u->paths[index]) {
        const char *name = dwarf_filesrc(u->files, index, NULL, NULL);
        u->paths[index] = name ? keep(u->file, clean_path(u->folder, name)) : NULL;
    }
    return u->paths[index];
}

struct wanted_place {
    const struct unit *unit;
    uint64_t address;
};

static int is_charged_before(const void *what, size_t i)
{
    const struct wanted_place *wanted = what;
    return wanted->unit->charges[i].address < wanted->address;
}

/* The first place that is charged to code at or behind the address. */
static size_t first_place(const struct unit *u, uint64_t address)
{
    return kp_search_first(u->count, is_charged_before, &(struct wanted_place){u, address});
}

static Dwarf_Word attribute_word(Dwarf_Die *die, unsigned name)
{
    Dwarf_Attribute attribute;
    Dwarf_Word word = 0;
    return dwarf_attr(die, name, &attribute) && dwarf_formudata(&attribute, &word) == 0 ? word : 0;
}

static const char *function_name(Dwarf_Die *die)
{
    Dwarf_Attribute attribute;
    const char *name = NULL;
    if (dwarf_attr_integrate(die, DW_AT_linkage_name, &attribute))
        name = dwarf_formstring(&attribute);
    return name ? name : dwarf_diename(die);
}

static void push_inlined(struct unit *u, size_t place, const struct inlined *call)
{
    unsigned depth = u->depth[place];
    if ((depth & (depth - 1)) == 0) {
        struct inlined *larger = reallocarray(u->inlined[place], depth ? 2 * depth : 1, sizeof *larger);
        if (!larger) {
            u->failed = 1;
            return;
        }
        u->inlined[place] = larger;
    }
    u->inlined[place][u->depth[place]++] = *call;
}

/* Whether the scope has code at one of the places; where it is an inlined call, they are given it. */
static int visit_ranges(struct unit *u, Dwarf_Die *scope, int is_inlined)
{
    struct inlined call = {NULL, NULL, 0};
    Dwarf_Addr base, start, end;
    int found = 0;
    for (ptrdiff_t offset = 0; (offset = dwarf_ranges(scope, offset, &base, &start, &end)) > 0;)
        for (size_t i = first_place(u, start); i < u->count && u->charges[i].address < end; i++) {
            if (is_inlined && !found)
                call = (struct inlined){function_name(scope), path_of(u, attribute_word(scope, DW_AT_call_file)),
                                        (unsigned)attribute_word(scope, DW_AT_call_line)};
            found = 1;
            if (is_inlined)
                push_inlined(u, i, &call);
        }
    return found;
}

static void visit_children(struct unit *u, Dwarf_Die *parent, int depth)
{
    Dwarf_Die child;
    if (depth > 500 || dwarf_child(parent, &child) != 0)
        return;
    do {
        switch (dwarf_tag(&child)) {
        case DW_TAG_subprogram:
        case DW_TAG_lexical_block:
            if (visit_ranges(u, &child, 0))
                visit_children(u, &child, depth + 1);
            break;
        case DW_TAG_inlined_subroutine:
            if (visit_ranges(u, &child, 1))
                visit_children(u, &child, depth + 1);
            break;
        case DW_TAG_namespace:
        case DW_TAG_class_type:
        case DW_TAG_structure_type: visit_children(u, &child, depth + 1); break;
        default: break;
        }
    } while (dwarf_siblingof(&child, &child) == 0);
}

/* Puts a place's frames together: the line table's line is the innermost, the calls lead outwards. */
static void finish_place(struct unit *u, size_t index, Dwarf_Line *row)
{
    struct kp_code_place *place = &u->places[index];
    struct inlined *calls = u->inlined[index];
    unsigned depth = u->depth[index];
    struct kp_code_frame *frames = keep(u->file, calloc(depth + 1, sizeof *frames));
    const char *name = dwarf_linesrc(row, NULL, NULL);
    const char *path = name ? keep(u->file, clean_path(u->folder, name)) : NULL;
    int line = 0;
    dwarf_lineno(row, &line);
    if (!frames) {
        u->failed = 1;
        return;
    }
    frames[0] = (struct kp_code_frame){path, (unsigned)line, depth ? calls[depth - 1].function : NULL};
    for (unsigned i = 0; i < depth; i++) {
        const struct inlined *call = &calls[depth - 1 - i];
        frames[i + 1] =
            (struct kp_code_frame){call->path, call->line, i + 1 < depth ? calls[depth - 2 - i].function : NULL};
    }
    place->frames = frames;
    place->frame_count = depth + 1;
}

static int has_places(const struct unit *u, Dwarf_Die *die)
{
    Dwarf_Addr base, start, end;
    int found = 0;
    for (ptrdiff_t offset = 0; !found && (offset = dwarf_ranges(die, offset, &base, &start, &end)) > 0;) {
        size_t i = first_place(u, start);
        found = i < u->count && u->charges[i].address < end;
    }
    return found;
}

/* Charges the places in the unit. That moves none of them past another. */
static void find_charges(struct unit *u, Dwarf_Die *die, Dwarf_Lines *rows, size_t row_count)
{
    Dwarf_Addr base, start, end;
    for (ptrdiff_t offset = 0; (offset = dwarf_ranges(die, offset, &base, &start, &end)) > 0;)
        for (size_t i = first_place(u, start); i < u->count && u->places[i].address < end; i++)
            u->charges[i] = u->find_row(rows, row_count, u->places[i].address);
}

static void finish_places(struct unit *u, Dwarf_Die *die)
{
    Dwarf_Addr base, start, end;
    for (ptrdiff_t offset = 0; (offset = dwarf_ranges(die, offset, &base, &start, &end)) > 0;)
        for (size_t i = first_place(u, start); i < u->count && u->charges[i].address < end; i++)
            if (u->charges[i].row && u->places[i].frame_count == 0)
                finish_place(u, i, u->charges[i].row);
}

static void visit_unit(struct unit *u, Dwarf_Die *die)
{
    Dwarf_Lines *rows;
    size_t row_count;
    Dwarf_Attribute folder;
    if (!has_places(u, die) || dwarf_getsrclines(die, &rows, &row_count) != 0 ||
        dwarf_getsrcfiles(die, &u->files, &u->file_count) != 0)
        return;
    u->folder = dwarf_attr(die, DW_AT_comp_dir, &folder) ? dwarf_formstring(&folder) : NULL;
    u->paths = calloc(u->file_count + 1, sizeof *u->paths);
    if (!u->paths) {
        u->failed = 1;
        return;
    }
    find_charges(u, die, rows, row_count);
    visit_children(u, die, 0);
    finish_places(u, die);
    free(u->paths);
}

static int resolve(struct kp_symbolizer *file, struct unit unit)
{
    struct kp_code_place *places = unit.places;
    size_t count = unit.count;
    unit.charges = calloc(count + 1, sizeof *unit.charges);
    unit.inlined = calloc(count + 1, sizeof *unit.inlined);
    unit.depth = calloc(count + 1, sizeof *unit.depth);
    unit.failed = !unit.charges || !unit.inlined || !unit.depth;
    for (size_t i = 0; !unit.failed && i < count; i++)
        unit.charges[i].address = places[i].address;
    Dwarf_Off offset = 0, next;
    size_t header_size;
    while (!unit.failed && file->dwarf &&
           dwarf_nextcu(file->dwarf, offset, &next, &header_size, NULL, NULL, NULL) == 0) {
        Dwarf_Die die;
        if (dwarf_offdie(file->dwarf, offset + header_size, &die))
            visit_unit(&unit, &die);
        offset = next;
    }
    for (size_t i = 0; unit.inlined && i < count; i++)
        free(unit.inlined[i]);
    free(unit.charges);
    free(unit.inlined);
    free(unit.depth);
    return unit.failed ? -1 : 0;
}

int kp_symbolizer_resolve(struct kp_symbolizer *file, struct kp_code_place *places, size_t count)
{
    return resolve(file, (struct unit){.file = file, .places = places, .count = count, .find_row = kp_row_charge_find});
}

int kp_symbolizer_resolve_calls(struct kp_symbolizer *file, struct kp_code_place *places, size_t count)
{
    return resolve(file,
                   (struct unit){.file = file, .places = places, .count = count, .find_row = kp_row_charge_find_call});
}
