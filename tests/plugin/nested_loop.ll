; A loop in a loop: both counters are in registers until the outer loop ends.
;
; Edges: outside -> entry, entry -> outer, outer -> inner, inner -> inner, inner -> latch, latch -> outer, latch -> end,
; end -> outside. Eight edges join six nodes, so three are counted: the two back edges, and the end of the function. For
; f(3), the counters become 6 (inner), 2 (outer) and 1. So outer and latch run 2 + 1 = 3 times, and inner 6 + 3 = 9
; times.

define i32 @f(i32 %n) "llvm.assume"="kernprof.option" !dbg !4 {
; CHECK-LABEL: define internal i32 @f.kp_hits(
; CHECK:       entry:
; CHECK-DAG:     %[[OUTER:kp.count.*]] = alloca i64
; CHECK-DAG:     %[[INNER:kp.count]] = alloca i64
; CHECK-DAG:     store i64 0, ptr %[[OUTER]],
; CHECK-DAG:     store i64 0, ptr %[[INNER]],
; CHECK-NEXT:    br label %outer
; CHECK:         load i64, ptr %[[OUTER]],
; CHECK:         store i64 {{%.*}}, ptr %[[OUTER]],
; CHECK-NEXT:    br label %outer
; CHECK:       outer:
; CHECK-NOT:   store
; CHECK:       kp.edge:
; CHECK:         load i64, ptr %[[INNER]],
; CHECK:         store i64 {{%.*}}, ptr %[[INNER]],
; CHECK-NEXT:    br label %inner
; CHECK:       latch:
; CHECK-NOT:   store
; CHECK:       end:
; CHECK:         [[COUNTER0:%.*]] = getelementptr i64, ptr %kp.counters, i64 0,
; CHECK:         load i64, ptr %[[INNER]],
; CHECK:         store i64 {{%.*}}, ptr [[COUNTER0]],
; CHECK:         [[COUNTER1:%.*]] = getelementptr i64, ptr %kp.counters, i64 1,
; CHECK:         load i64, ptr %[[OUTER]],
; CHECK:         store i64 {{%.*}}, ptr [[COUNTER1]],
; CHECK:         [[COUNTER2:%.*]] = getelementptr i64, ptr %kp.counters, i64 2,
; CHECK:         store i64 {{%.*}}, ptr [[COUNTER2]],
; CHECK-NOT:   store
; CHECK:         ret i32
entry:
  br label %outer, !dbg !12
outer:
  %i = phi i32 [ 0, %entry ], [ %i.next, %latch ]
  br label %inner, !dbg !13
inner:
  %j = phi i32 [ 0, %outer ], [ %j.next, %inner ]
  %j.next = add i32 %j, 1, !dbg !14
  %j.more = icmp slt i32 %j.next, %n, !dbg !14
  br i1 %j.more, label %inner, label %latch, !dbg !14
latch:
  %i.next = add i32 %i, 1, !dbg !15
  %i.more = icmp slt i32 %i.next, %n, !dbg !15
  br i1 %i.more, label %outer, label %end, !dbg !15
end:
  ret i32 %i, !dbg !16
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
