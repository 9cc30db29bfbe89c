# Sourced by tests of what stands on a terminal, which is one of tmux's. They are skipped where there is none.
command -v tmux > /dev/null || exit 77
export LC_ALL=C.UTF-8
. "$KP_TESTS/counts.sh"
tmux() { command tmux -S "$PWD/socket" -f /dev/null "$@"; }
trap 'tmux kill-server 2> /dev/null || true; kill $(jobs -p) 2> /dev/null || true' EXIT

# terminal COLUMNS ROWS COMMAND: opens one that runs a shell's command.
terminal() { tmux new-session -d -x "$1" -y "$2" "export TERM=screen-256color; $3"; }

# look: what stands there now, into the file `screen`.
look() { tmux capture-pane -p > screen; }

# on_screen PATTERN: is it there now?
on_screen() {
  look
  grep -qE -- "$1" screen
}

# shows PATTERN: it is there within ten seconds.
shows() {
  for _ in $(seq 100); do
    ! on_screen "$1" || return 0
    sleep 0.1
  done
  fail "not on the screen: $1
$(cat screen)"
}
