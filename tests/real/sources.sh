# Sourced: fetch NAME prints the folder of Debian's source package NAME, downloaded once into build/real with an apt
# configuration of our own. Exits 77 where no source packages can be had.
store=$KP_BUILD/real
# The newest version of a source package that the mirror still has.
any_version() {
  local version
  for version in $(apt-cache "${apt[@]:1}" showsrc "$1" | sed -n 's/^Version: //p' | sort -ruV); do
    "${apt[@]}" source "$1=$version" && return
  done
  return 1
}
fetch() {
  local folder
  folder=$(find "$store" -maxdepth 1 -type d -name "$1-[0-9]*" 2>/dev/null | head -1)
  if [ -z "$folder" ]; then
    mkdir -p "$store/apt/parts" "$store/apt/lists/partial" "$store/apt/cache/archives/partial"
    cat /etc/apt/sources.list.d/*.sources 2>/dev/null | sed 's/^Types:.*/Types: deb-src/' > "$store/apt/parts/all.sources"
    cat /etc/apt/sources.list /etc/apt/sources.list.d/*.list 2>/dev/null | sed -n 's/^deb /deb-src /p' > "$store/apt/parts/all.list"
    local apt=(apt-get -qq -o Dir::Etc::SourceList=/dev/null -o "Dir::Etc::SourceParts=$store/apt/parts"
      -o "Dir::State::Lists=$store/apt/lists" -o "Dir::Cache=$store/apt/cache" -o APT::Sandbox::User=root)
    { [ -e "$store/apt/updated" ] || "${apt[@]}" update && touch "$store/apt/updated"
      (cd "$store" && any_version "$1"); } > "$store/apt/log" 2>&1 ||
      { echo "no source package $1 to be had" >&2; exit 77; }
    folder=$(find "$store" -maxdepth 1 -type d -name "$1-[0-9]*" | head -1)
  fi
  echo "$folder"
}
# Both copy a program's sources into FOLDER.
lua_sources() {
  local folder
  folder=$(fetch lua5.4)
  cp "$folder"/src/*.[ch] "$1"
  rm -f "$1/luac.c"
  printf '#define DEB_HOST_MULTIARCH "here"\n' > "$1/lua5.4-deb-multiarch.h"
}
# The amalgamation and the shell, made once.
sqlite_sources() {
  local folder made=$store/sqlite3-amalgamation
  folder=$(fetch sqlite3)
  if [ ! -e "$made/done" ]; then
    rm -rf "$made"
    mkdir -p "$made"
    (cd "$made" && "$folder/configure" --disable-readline > /dev/null && make sqlite3.c shell.c > /dev/null 2>&1 && touch done)
  fi
  cp "$made"/{sqlite3.c,sqlite3.h,shell.c} "$1"
}
