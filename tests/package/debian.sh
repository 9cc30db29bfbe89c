# The Debian package: lintian says nothing. In a Debian that has nothing else apt installs it with what it depends on, and then a C
# and a C++ program are compiled, profiled and shown. Needs root and a Debian mirror (`scripts/test --package`).
set -eu
skip() {
  echo "skipped: $*"
  exit 77
}
[ "$(id -u)" = 0 ] || skip "not root"
command -v debootstrap > /dev/null && command -v lintian > /dev/null || skip "no debootstrap or no lintian"
. /etc/os-release
[ "${VERSION_CODENAME-}" = bookworm ] || skip "not Debian 12"
unshare --mount true || skip "no mount namespaces"
mirror=$(apt-get indextargets --format '$(SITE)' "Codename: $VERSION_CODENAME" | head -1)
[ -n "$mirror" ] && /usr/lib/apt/apt-helper download-file "$mirror/dists/$VERSION_CODENAME/InRelease" InRelease > log 2>&1 ||
  skip "no mirror in reach"

(cd "$KP_BUILD" && cpack -G DEB -B "$OLDPWD/packed") > log 2>&1 || { cat log; exit 1; }
lintian --allow-root --fail-on error,warning packed/*.deb || exit 1
debootstrap --variant=minbase "$VERSION_CODENAME" root "$mirror" > log 2>&1 || { tail -5 log; exit 1; }
cp packed/*.deb root/tmp/kernprof.deb
cp /etc/resolv.conf root/etc/resolv.conf
apt-config dump | grep '^Acquire::.*[Pp]roxy' > root/etc/apt/apt.conf.d/proxy || true
cat > root/tmp/t.c <<'C'
#include <kernprof.h>
#include <stdio.h>
KP_PROFILE static int work(int n)
{
    int s = 0;
    for (int i = 0; i < n; i++)
        s += i % 7;
    return s;
}
int main(void)
{
    printf("%d\n", work(1000));
    return 3;
}
C
cat > root/tmp/t.cpp <<'C'
#include <cmath>
#include <cstdlib>
#include <kernprof.h>
#include <vector>
KP_PROFILE int main()
{
    std::vector<double> values;
    for (int i = 0; i < 10; i++)
        values.push_back(std::sqrt(i));
    return std::abs(values[4]) == 2 ? 0 : 1;
}
C
cat > root/tmp/inside.sh <<'INSIDE'
set -eu
export DEBIAN_FRONTEND=noninteractive LC_ALL=C
unset TMPDIR # of the test, and not in here
cd /tmp
apt-get update -qq
apt-get install -y -qq --no-install-recommends ./kernprof.deb > log 2>&1 || { cat log; exit 1; }
kernprof doctor || { echo "doctor: $?"; exit 1; }
kernprof cc -O2 -Wall -Werror -o t t.c
status=0
kernprof -l -v -o t.lprof ./t > out || status=$?
cat out
[ $status = 3 ]
grep -qE '^ +7 +1000 .*s \+= i % 7;' out
kernprof view t.lprof | grep -qE '^ +6 +1001 '
for command in 'kernprof-c++' 'kernprof c++ -fkernprof-all'; do
  $command -O2 -o tpp t.cpp
  kernprof -l -q -o tpp.lprof ./tpp
  kernprof view tpp.lprof | grep -qE '^ +9 +10 .*push_back'
done
kernprof ./t > /dev/null 2> summary || [ $? = 3 ]
grep -q '(main)' summary
kernprof graph -o t.svg t.prof
grep -q '<svg' t.svg
memprof -q -o t.mprof ./t > /dev/null || [ $? = 3 ]
kernprof view --html t.html t.lprof && grep -q '<html' t.html
status=0
memprof run -o t.mem ./t > /dev/null 2>&1 || true
memprof plot -o t.png t.mem 2> message || status=$?
[ $status != 0 ] && grep -q 'gnuplot' message
dpkg --verify kernprof
for file in $(dpkg -L kernprof | grep -E '/man/man1/|completion'); do [ -e "$file" ] || { echo "no $file"; exit 1; }; done
dpkg -L kernprof | grep -q '/man/man1/kernprof-live\.1\.gz$'
apt-get purge -y -qq kernprof > log 2>&1
[ ! -e /usr/bin/kernprof ] && [ ! -e /usr/lib/kernprof ]
echo worked
INSIDE
unshare --mount sh -c 'mount -t proc proc root/proc && mount --rbind /dev root/dev && chroot root sh -x /tmp/inside.sh' > log 2>&1 ||
  { cat log; exit 1; }
grep -q '^worked$' log
