# bash completes commands, options and their values, and behind the program's name nothing of kernprof's.
set -eu
. "$KP_BUILD/share/bash-completion/completions/kernprof"
offered() { # WORD ... : the last one is being typed
  COMP_WORDS=("$@") COMP_CWORD=$(($# - 1)) COMPREPLY=()
  _kernprof
  echo " ${COMPREPLY[*]-} "
}
expect() { # TEXT WORD ...
  local text=$1
  shift
  case $(offered "$@") in *" $text "*) ;; *) echo "$*: no '$text' in '$(offered "$@")'"; exit 1 ;; esac
}
refuse() {
  local text=$1
  shift
  case $(offered "$@") in *" $text "*) echo "$*: '$text' is offered"; exit 1 ;; esac
}
touch a_file
expect export kernprof ''
expect --line-by-line kernprof -
expect a_file kernprof -l ''
refuse --line-by-line kernprof -l ./program -
refuse --line-by-line kernprof -o out ./program --
expect --line-by-line kernprof -o out --
expect exact kernprof --timing ''
expect json kernprof export --format ''
expect json kernprof export -f j
expect time kernprof view --sort = ti
expect never kernprof view --color =
expect a_file kernprof view a
expect -fkernprof-all kernprof-cc -fk
expect -fkernprof-files= kernprof c++ -fkernprof-fi
# Each option of each --help is offered.
for command in run view export info; do
  for option in $("$KERNPROF" $command --help | sed -n 's/^  *\(-[^ ,=[]*\).*/\1/p; s/^  *-., \(--[^ =[]*\).*/\1/p'); do
    expect "$option" kernprof $command -
  done
done
