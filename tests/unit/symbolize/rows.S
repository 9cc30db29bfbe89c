// A line table by hand, for kernprof_symbolize.c: each row has 16 bytes. COUNTS is the discriminator of code that counts.
.macro row
    nop
    .balign 16
.endm
    .text
    .balign 16
    .globl rows
    .type rows, %function
    .file 1 "/src/rows.c"
rows:
    .loc 1 10 1                       // 0: the program's
    row
    .loc 1 11 1 discriminator COUNTS  // 1: counts, for line 11
    row
    .loc 1 12 1                       // 2: the program's
    row
    .loc 1 0 1                        // 3: made by the compiler, of no line
    row
    .loc 1 13 1                       // 4: the program's
    row
    .loc 1 14 1 discriminator 1       // 5: the program's
    row
    .loc 1 0 1                        // 6: of no line,
    row
    .loc 1 15 1 discriminator COUNTS  // 7: then it counts,
    row
    .loc 1 16 1 discriminator COUNTS  // 8: then for another line,
    row
    .loc 1 17 1                       // 9: then the program goes on
    row
    .loc 1 0 1                        // 10: of no line, and the last
    row
    .size rows, . - rows
end_of_rows:

    .section .debug_abbrev, "", %progbits
    .uleb128 1
    .uleb128 0x11        // DW_TAG_compile_unit,
    .byte 0              // without children:
    .uleb128 0x10        // DW_AT_stmt_list
    .uleb128 0x17        // DW_FORM_sec_offset
    .uleb128 0x11        // DW_AT_low_pc
    .uleb128 0x01        // DW_FORM_addr
    .uleb128 0x12        // DW_AT_high_pc
    .uleb128 0x07        // DW_FORM_data8
    .uleb128 0x1b        // DW_AT_comp_dir
    .uleb128 0x08        // DW_FORM_string
    .byte 0, 0, 0

    .section .debug_info, "", %progbits
    .long end_of_unit - unit
unit:
    .short 4             // DWARF 4
    .long 0              // where the abbreviations begin
    .byte 8              // bytes of an address
    .uleb128 1
    .long 0              // where the line table begins
    .quad rows
    .quad end_of_rows - rows
    .asciz "/src"
end_of_unit:

    .section .note.GNU-stack, "", %progbits
