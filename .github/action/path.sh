# Removes from PATH the folders that a change can write to. The scripts of the action source this file.
# shellcheck shell=bash

# Keeps only absolute folders that are not below $1.
outside_of() {
  local folder folders physical kept=
  IFS=: read -ra folders <<<"$PATH"
  for folder in ${folders[@]+"${folders[@]}"}; do
    case $folder in /*) ;; *) continue ;; esac
    physical=$(cd -- "$folder" 2>/dev/null && pwd -P) || continue
    case $physical/ in "$1"/*) continue ;; esac
    kept=${kept:+$kept:}$folder
  done
  PATH=$kept
  hash -r
}
