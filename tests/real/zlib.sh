#!/usr/bin/env bash
# zlib.sh LEVEL: hits of every line of zlib: its own example and coverage program, and minigzip on fixed data.
set -euo pipefail
source "$KP_TESTS/real/sources.sh"
source "$KP_TESTS/real/compare.sh"
folder=$(fetch zlib)
cp "$folder"/*.[ch] .
cp "$folder"/test/{example,infcover,minigzip}.c .
# One program of the three.
sed -i 's/^int main(argc, argv)/int minigzip_main(argc, argv)/; s/^int main(void)/int infcover_main(void)/' minigzip.c infcover.c
sed -i 's/^int main(argc, argv)/int example_main(argc, argv)/' example.c
sed -i 's/^int main OF(/int example_main OF(/; s/^int  *main *OF(/int minigzip_main OF(/' example.c minigzip.c
cat > all.c <<'C'
#include <string.h>
int example_main(int, char **), infcover_main(void), minigzip_main(int, char **);
int main(int argc, char **argv)
{
    if (argc > 1 && !strcmp(argv[1], "example"))
        return example_main(argc - 1, argv + 1);
    if (argc > 1 && !strcmp(argv[1], "infcover"))
        return infcover_main();
    return minigzip_main(argc, argv);
}
C
python3 - > data <<'PYTHON'
import random
random.seed(2)
words = ["%x" % random.randrange(1 << random.randrange(1, 40)) for _ in range(2000)]
print("\n".join(" ".join(random.choice(words) for _ in range(12)) for _ in range(6000)))
print("a" * 70000 + "ab" * 20000)
PYTHON
cat > work.sh <<'SHELL'
"$1" example || exit 1
"$1" infcover || exit 1
for way in -1 -3 -6 -9 -h -f -r; do
  "$1" $way < data > packed.gz && "$1" -d < packed.gz | cmp - data || exit 1
done
cp data copy
"$1" copy && "$1" -d copy.gz && cmp copy data || exit 1
"$1" -c copy > /dev/null
"$1" -d < data > /dev/null 2>&1
head -c 3000 packed.gz | "$1" -d > /dev/null 2>&1
exit 0
SHELL
workload() { "${@:1:$#-1}" sh work.sh "${@: -1}" > messages 2>&1 || { cat messages; exit 1; }; }
compare "$1" "-D_LARGEFILE64_SOURCE=1 -DHAVE_UNISTD_H" ./*.c
