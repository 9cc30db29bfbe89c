# To be sourced: a small project in C and C++, with a library, in the folder src; and what each of its lines must have.
. "$KP_TESTS/counts.sh"
mkdir src
printf '#include <kernprof.h>\nKP_PROFILE int part(int n)\n{\n    return n + 1;\n}\n' > src/part.c
cat > src/main.cpp <<'CPP'
#include <kernprof.h>
extern "C" int part(int n);
KP_PROFILE int main()
{
    int sum = 0;
    for (int i = 0; i < 5; i++)
        sum += part(i);
    return sum - 15;
}
CPP

# check WHAT PROGRAM: its hits
check() {
  "$KERNPROF" -l -q -o p.lprof "$2" || fail "$1: exit status $?"
  got=$("$KERNPROF" export --format csv p.lprof | awk -F, 'NR > 1 { n = split($1, path, "/"); print path[n] ":" $2 "=" $4 }' | sort | tr '\n' ' ')
  for line in main.cpp:6=6 main.cpp:7=5 main.cpp:8=1 part.c:4=5; do
    case " $got" in *" $line "*) ;; *) fail "$1: no $line in $got" ;; esac
  done
}

# quietly COMMAND ARG ...: its output only if it fails
quietly() { "$@" > log 2>&1 || { cat log; fail "$*"; }; }
