#!/bin/sh
# Every C file is as clang-format would write it. Usage: check-format.sh ROOT CLANG-FORMAT
set -eu
cd "$1"
find src tests \( -name '*.c' -o -name '*.h' \) -print0 | sort -z |
  xargs -0 "$2" --dry-run --Werror --ferror-limit=1
