; A switch: a counter for each block that it leads to; two cases with one block share its counter.
;
; Edges: outside -> entry, entry -> one, entry -> two (once, for two cases), entry -> other, one -> end, two -> end,
; other -> end, end -> outside. Eight edges join six nodes, so three are counted. entry and end run as often as the three
; blocks together.

define i32 @f(i32 %n) "llvm.assume"="kernprof.option" !dbg !4 {
; CHECK-LABEL: define internal i32 @f.kp_hits(
; CHECK:       entry:
; CHECK-NOT:   store
; CHECK:       one:
; CHECK:         [[ONE:%.*]] = getelementptr i64, ptr %kp.counters, i64 0,
; CHECK:         store i64 {{%.*}}, ptr [[ONE]],
; CHECK-NEXT:    br label %end
; CHECK:       two:
; CHECK:         [[TWO:%.*]] = getelementptr i64, ptr %kp.counters, i64 1,
; CHECK:         store i64 {{%.*}}, ptr [[TWO]],
; CHECK-NEXT:    br label %end
; CHECK:       other:
; CHECK:         [[OTHER:%.*]] = getelementptr i64, ptr %kp.counters, i64 2,
; CHECK:         store i64 {{%.*}}, ptr [[OTHER]],
; CHECK-NEXT:    br label %end
; CHECK:       end:
; CHECK-NOT:   store
; CHECK:         ret i32
entry:
  switch i32 %n, label %other [
    i32 1, label %one
    i32 2, label %two
    i32 3, label %two
  ], !dbg !12
one:
  br label %end, !dbg !13
two:
  br label %end, !dbg !14
other:
  br label %end, !dbg !15
end:
  %r = phi i32 [ 1, %one ], [ 2, %two ], [ 3, %other ], !dbg !16
  ret i32 %r, !dbg !16
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
!15 = !DILocation(line: 15, scope: !4)
!16 = !DILocation(line: 16, scope: !4)
