; A call that may not return ends its block; one of the C library that always returns does not.
;
; unknown may throw, exit or longjmp, so what is behind its call may run less often than what is before it: the block is
; two blocks. Edges: outside -> first, first -> outside (in the call; it cannot be counted, so the tree takes it),
; first -> second, second -> outside. Four edges join three nodes, so two are counted. strlen returns: nothing is counted
; behind it.

declare void @unknown()
declare i64 @strlen(ptr)

define i64 @f(ptr %text) "llvm.assume"="kernprof.option" !dbg !4 {
; CHECK-LABEL: define internal i64 @f.kp_hits(
; CHECK:         [[FIRST:%.*]] = getelementptr i64, ptr %kp.counters, i64 0,
; CHECK:         store i64 {{%.*}}, ptr [[FIRST]],
; CHECK-NEXT:    call void @unknown()
; CHECK-NEXT:    [[SECOND:%.*]] = getelementptr i64, ptr %kp.counters, i64 1,
; CHECK:         store i64 {{%.*}}, ptr [[SECOND]],
; CHECK-NEXT:    %length = call i64 @strlen(
; CHECK-NEXT:    ret i64 %length
  call void @unknown(), !dbg !12
  %length = call i64 @strlen(ptr %text), !dbg !13
  ret i64 %length, !dbg !14
}

!kernprof.calls.done = !{}
!llvm.dbg.cu = !{!0}
!llvm.module.flags = !{!2}
!0 = distinct !DICompileUnit(language: DW_LANG_C11, file: !1, emissionKind: LineTablesOnly)
!1 = !DIFile(filename: "t.c", directory: "")
!2 = !{i32 2, !"Debug Info Version", i32 3}
!3 = !DISubroutineType(types: !{})
!4 = distinct !DISubprogram(name: "f", file: !1, line: 1, type: !3, scopeLine: 1, unit: !0, spFlags: DISPFlagDefinition)
!12 = !DILocation(line: 12, scope: !4)
!13 = !DILocation(line: 13, scope: !4)
!14 = !DILocation(line: 14, scope: !4)
