# The runtime is linked into other people's programs: it defines no name but kp_*, and needs nothing but the C library.
set -euo pipefail
library=$KP_BUILD/lib/libkernprof.a
nm -g --defined-only "$library" | awk 'NF == 3 { print $3 }' | sort -u > defined
[ "$(wc -l < defined)" -ge 5 ] || { echo "nothing is defined"; exit 1; }
if grep -v '^kp_' defined; then echo "global names of the runtime that do not begin with kp_"; exit 1; fi
# The C library, its loader, and what the linker itself defines; weak: what is there only where a program has that sanitizer.
libc=$(gcc -print-file-name=libc.so.6)
loader=$(sed -n 's/.*interpreter: \([^]]*\)\]*/\1/p' < <(readelf -l /bin/true 2> /dev/null))
nm -D --defined-only "$libc" "$loader" | awk 'NF == 3 { sub(/@.*/, "", $3); print $3 }' | sort -u > libc
nm -u "$library" | awk '$1 == "w" && $2 ~ /^__[at]san_/ { print $2 }' > sanitizers
printf '%s\n' $(cat sanitizers) _GLOBAL_OFFSET_TABLE_ __start_kp_map __stop_kp_map __start_kp_cnts __stop_kp_cnts __start_kp_handler \
       __stop_kp_handler | sort > linker
nm -u "$library" | awk '$1 == "U" || $1 == "w" { print $2 }' | sort -u > needed
[ "$(wc -l < needed)" -ge 5 ] || { echo "nothing is needed"; exit 1; }
grep -v -x -F -f libc needed | grep -v -x -F -f linker | grep -v -x -F -f defined > others || true
[ ! -s others ] || { echo "the runtime needs more than the C library:"; cat others; exit 1; }
# The handler of samples runs as a copy elsewhere: it must reach nothing by a distance.
readelf -SW "$library" > sections 2> /dev/null
grep -q ' kp_handler ' sections || { echo "there is no handler"; exit 1; }
if grep ' \.rela\?kp_handler' sections; then echo "the handler refers to something outside of it"; exit 1; fi
# In a program none of it is visible from outside.
echo 'int main(void) { return 0; }' > t.c
"$KERNPROF" cc -fkernprof-all -shared -fPIC t.c -o t.so
if nm -D --defined-only t.so | grep ' kp_'; then echo "names of the runtime that other modules see"; exit 1; fi
