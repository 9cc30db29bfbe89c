# ccache in front: the second compilation comes from the cache, and what it gives is profiled; other options of ours are
# another object.
set -eu
command -v ccache > /dev/null || exit 77
export CCACHE_DIR=$PWD/cache CCACHE_NODIRECT= CCACHE_CONFIGPATH=/dev/null
unset CCACHE_BASEDIR CCACHE_NOHASHDIR CCACHE_DISABLE CCACHE_RECACHE
printf 'int part(int n)\n{\n    return n + 1;\n}\nint main(void)\n{\n    return part(1) - 2;\n}\n' > t.c
counter() { ccache --print-stats | awk -v name="$1" '$1 == name { print $2 }'; }
hits() {
  ccache kernprof-cc -O2 "$@" -c t.c -o t.o
  ccache kernprof-cc t.o -o t
  "$KERNPROF" -l -q -o t.lprof ./t
  "$KERNPROF" export --format csv t.lprof | awk -F, 'NR > 1 { printf "%s=%s ", $2, $4 }'
}
first=$(hits -fkernprof-all)
[ "$(counter cache_miss)" = 1 ] || { ccache -s; exit 1; }
second=$(hits -fkernprof-all)
[ "$(counter direct_cache_hit)$(counter preprocessed_cache_hit)" != 00 ] || { echo "not taken from the cache"; ccache -s; exit 1; }
[ "$first" = "$second" ] || { echo "$first and $second differ"; exit 1; }
case "$first" in *"3=1 "*"7=1 "*) ;; *) echo "hits: $first"; exit 1 ;; esac
third=$(hits -fkernprof-functions=part)
[ "$(counter cache_miss)" = 2 ] || { echo "another choice came from the cache"; ccache -s; exit 1; }
case "$third" in *"3=1 "*) ;; *) echo "hits: $third"; exit 1 ;; esac
case "$third" in *"7="*) echo "main is profiled too: $third"; exit 1 ;; esac
