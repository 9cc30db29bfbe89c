# zsh completes commands, options and their values: typed into a terminal of its own.
set -eu
command -v zsh > /dev/null || exit 77
cat > complete.zsh <<'ZSH'
zmodload zsh/zpty
zpty shell zsh -f -i
zpty -w shell "PS1=READY; unsetopt zle_bracketed_paste; LISTMAX=10000; fpath=($1 \$fpath); autoload -Uz compinit; compinit -u -d $PWD/dump; zstyle ':completion:*' list-prompt ''; stty rows 200 cols 200; bindkey '^T' list-choices; print BE''GIN"
zpty -r -m shell line '*BEGIN*'
zpty -r -m shell line '*READY*' # the prompt: the line editor listens
zpty -w -n shell "$2"$'\C-t'
zpty -w -n shell $'\C-u print E\'\'ND\n'
zpty -r -m shell line '*END*'
print -r -- $line
ZSH
expect() { # TEXT COMMANDLINE
  timeout 20 zsh -f complete.zsh "$KP_BUILD/share/zsh/site-functions" "$2" > offered 2>&1 < /dev/null
  grep -q -e "$1" offered || { echo "$2: no '$1' in"; cat -v offered; exit 1; }
}
expect 'annotated listing' 'kernprof '
expect '--line-by-line' 'kernprof --'
expect '--summarize' 'kernprof view --'
expect 'hits' 'kernprof view --sort '
expect 'json' 'kernprof export --format '
