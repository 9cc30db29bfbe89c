# Sourced: check_mpi NAME VARIABLE [MPIRUN ARG ...] -- compiles examples/jacobi_mpi with NAME's wrapper, runs it on three
# ranks, and checks each rank's profile; also where the name of the file does not part the ranks.
check_ranks() { # PATTERN of a rank's file
  local rank file got
  for rank in 0 1 2; do
    file=${1//RANK/$rank}
    got=$(sqlite3 "$file" 'SELECT rank, exit_status FROM runs')
    [ "$got" = "$rank|0" ] || { echo "$file: rank and status: $got"; exit 1; }
    got=$(sqlite3 "$file" "SELECT function, calls FROM functions WHERE calls > 0 ORDER BY 1" | tr '\n' ' ')
    [ "$got" = "exchange_halo|10 iterate|1 sweep|10 " ] || { echo "$file: calls: $got"; exit 1; }
    # 32 rows on three ranks: 11, 11, 10
    got=$(sqlite3 "$file" "SELECT MAX(hits) FROM lines WHERE function = 'sweep'")
    [ "$got" = $(((rank < 2 ? 11 : 10) * 10 * 32)) ] || { echo "$file: hits: $got"; exit 1; }
  done
}
check_mpi() {
  local name=$1 variable=$2 mpirun
  shift 2
  mpirun=("$@")
  command -v mpicc.$name mpirun.$name > /dev/null || exit 77
  local root; root=$(cd "$KP_TESTS/.." && pwd)
  env "$variable=$KERNPROF cc" mpicc.$name -O2 -o jacobi_mpi "$root/examples/jacobi_mpi/jacobi_mpi.c" -lm
  start() { # RANKS COMMAND ...
    timeout 120 mpirun.$name "${mpirun[@]}" -n "$@" ./jacobi_mpi 32 10 > output 2> messages || { cat output messages; exit 1; }
    grep -q "^$1 ranks, 10 sweeps" output || { cat output messages; exit 1; }
  }
  says() { # LINE that rank 0 alone says; none: nothing is said
    [ "$(grep '^kernprof' messages)" = "$1" ] || { echo "messages, not '$1':"; cat messages; exit 1; }
  }
  start 3 "$KERNPROF" -l -o 'jacobi.%r.lprof'
  check_ranks jacobi.RANK.lprof
  says ''
  start 3 "$KERNPROF" -l -o one.lprof
  check_ranks one.RANK.lprof
  says 'kernprof: each rank writes a file of its own, rank 0 one.0.lprof: use %r in -o to choose their names'
  [ ! -e one.lprof ] || { echo 'a file of all ranks'; exit 1; }
  start 3 "$KERNPROF" -l
  check_ranks jacobi_mpi.RANK.lprof
  start 3 "$KERNPROF" -l -q -o quiet
  check_ranks quiet.RANK
  says ''
  start 3 memprof -q
  [ "$(echo jacobi_mpi.*.mprof)" = 'jacobi_mpi.0.mprof jacobi_mpi.1.mprof jacobi_mpi.2.mprof' ] || { ls; exit 1; }
  start 2 memprof run -o run.mprof
  [ "$(echo run*.mprof)" = 'run.0.mprof run.1.mprof' ] || { ls; exit 1; }
  start 3 "$KERNPROF" -l -o '%p.lprof'
  [ "$(ls | grep -c '^[0-9]*\.lprof$')" = 3 ] || { ls; exit 1; }
  start 1 "$KERNPROF" -l -o alone.lprof
  [ -e alone.lprof ] || { ls; exit 1; }
}
