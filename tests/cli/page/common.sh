# To be sourced: skips where there is no browser or the page was not built.
command -v node > /dev/null && [ -s "$KP_BUILD/web/page.html" ] || { echo "no node"; exit 77; }
[ -x "${CHROMIUM:-/usr/bin/chromium}" ] || { echo "no chromium"; exit 77; }
