# fish completes commands, options and their values.
set -eu
command -v fish > /dev/null || exit 77
expect() { # TEXT COMMANDLINE
  fish --no-config -c "source $KP_BUILD/share/fish/vendor_completions.d/kernprof.fish; complete -C '$2'" > offered
  grep -q "^$1\b" offered || { echo "$2: no '$1' in"; cat offered; exit 1; }
}
export HOME=$PWD
expect export 'kernprof '
expect --line-by-line 'kernprof --li'
expect --sort 'kernprof view --'
expect time 'kernprof view --sort '
expect json 'kernprof export -f '
expect -fkernprof-all 'kernprof cc -fk'
