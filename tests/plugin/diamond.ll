; A diamond: four blocks, two counters.
;
; The edges, with "outside" for what is before and behind the function: outside -> entry, entry -> yes, entry -> no,
; yes -> end, no -> end, end -> outside. These six edges join five nodes. A spanning tree takes four of them, and the
; other two are counted. entry and end run as often as yes and no together.

define i32 @f(i1 %c) "llvm.assume"="kernprof.option" !dbg !4 {
; CHECK-LABEL: define internal i32 @f.kp_hits(
; CHECK:       entry:
; CHECK-NOT:   store
; CHECK:       yes:
; CHECK:         [[YES:%.*]] = getelementptr i64, ptr %kp.counters, i64 0,
; CHECK:         [[OLD:%.*]] = load i64, ptr [[YES]],
; CHECK:         [[NEW:%.*]] = add i64 [[OLD]], 1
; CHECK:         store i64 [[NEW]], ptr [[YES]],
; CHECK:       no:
; CHECK:         [[NO:%.*]] = getelementptr i64, ptr %kp.counters, i64 1,
; CHECK:         store i64 {{%.*}}, ptr [[NO]],
; CHECK:       end:
; CHECK-NOT:   store
; CHECK:         ret i32
entry:
  br i1 %c, label %yes, label %no, !dbg !12
yes:
  br label %end, !dbg !13
no:
  br label %end, !dbg !14
end:
  %r = phi i32 [ 1, %yes ], [ 2, %no ], !dbg !15
  ret i32 %r, !dbg !15
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
