; A loop: its counter is in a register while it runs, and is added to the one in memory where the loop ends.
;
; Edges: outside -> entry, entry -> loop, loop -> loop, loop -> end, end -> outside. Five edges join four nodes, so two
; are counted: the back edge, which no tree can take, and the one with which the function ends. For f(10), the counters
; become 9 and 1, and loop runs 9 + 1 = 10 times.
;
; kp.count is a variable here; mem2reg makes it a register.

define i32 @f(i32 %n) "llvm.assume"="kernprof.option" !dbg !4 {
; CHECK-LABEL: define internal i32 @f.kp_hits(
; CHECK:       entry:
; CHECK:         %kp.count = alloca i64
; CHECK:         store i64 0, ptr %kp.count,
; CHECK-NOT:   store
; CHECK:       kp.edge:
; CHECK-NEXT:    [[OLD:%.*]] = load i64, ptr %kp.count,
; CHECK-NEXT:    [[NEW:%.*]] = add i64 [[OLD]], 1
; CHECK-NEXT:    store i64 [[NEW]], ptr %kp.count,
; CHECK-NEXT:    br label %loop
; CHECK:       loop:
; CHECK-NOT:   store
; CHECK:         br i1 %more, label %kp.edge, label %end
; CHECK:       end:
; CHECK:         [[BACK:%.*]] = getelementptr i64, ptr %kp.counters, i64 0,
; CHECK:         [[COUNT:%.*]] = load i64, ptr %kp.count,
; CHECK:         [[BEFORE:%.*]] = load i64, ptr [[BACK]],
; CHECK:         [[SUM:%.*]] = add i64 [[BEFORE]], [[COUNT]]
; CHECK:         store i64 [[SUM]], ptr [[BACK]],
; CHECK:         store i64 0, ptr %kp.count,
; CHECK:         [[END:%.*]] = getelementptr i64, ptr %kp.counters, i64 1,
; CHECK:         store i64 {{%.*}}, ptr [[END]],
; CHECK-NOT:   store
; CHECK:         ret i32
entry:
  br label %loop, !dbg !12
loop:
  %i = phi i32 [ 0, %entry ], [ %next, %loop ]
  %next = add i32 %i, 1, !dbg !13
  %more = icmp slt i32 %next, %n, !dbg !13
  br i1 %more, label %loop, label %end, !dbg !13
end:
  ret i32 %i, !dbg !14
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
