# Sourced: check_mpi NAME VARIABLE [MPIRUN ARG ...] -- compiles examples/jacobi_mpi with NAME's wrapper, runs it on three
# ranks, and checks each rank's profile.
check_mpi() {
  local name=$1 variable=$2 rank got
  shift 2
  command -v mpicc.$name mpirun.$name > /dev/null || exit 77
  local root; root=$(cd "$KP_TESTS/.." && pwd)
  env "$variable=$KERNPROF cc" mpicc.$name -O2 -o jacobi_mpi "$root/examples/jacobi_mpi/jacobi_mpi.c" -lm
  timeout 120 mpirun.$name "$@" -n 3 "$KERNPROF" -q -l -o 'jacobi.%r.lprof' ./jacobi_mpi 32 10 > output 2> messages || {
    cat output messages; exit 1; }
  grep -q '^3 ranks, 10 sweeps' output || { cat output messages; exit 1; }
  for rank in 0 1 2; do
    got=$(sqlite3 jacobi.$rank.lprof 'SELECT rank, exit_status FROM runs')
    [ "$got" = "$rank|0" ] || { echo "rank and status of $rank: $got"; exit 1; }
    got=$(sqlite3 jacobi.$rank.lprof "SELECT function, calls FROM functions WHERE calls > 0 ORDER BY 1" | tr '\n' ' ')
    [ "$got" = "exchange_halo|10 iterate|1 sweep|10 " ] || { echo "calls of rank $rank: $got"; exit 1; }
    # 32 rows on three ranks: 11, 11, 10
    got=$(sqlite3 jacobi.$rank.lprof "SELECT MAX(hits) FROM lines WHERE function = 'sweep'")
    [ "$got" = $(((rank < 2 ? 11 : 10) * 10 * 32)) ] || { echo "hits of rank $rank: $got"; exit 1; }
  done
}
