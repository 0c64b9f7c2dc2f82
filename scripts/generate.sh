#!/bin/sh
# Every generated file: the shapes of the wire, and the page of errors.
usage='npm run generate [-- --check]

Writes every generated file; with --check it writes none, and exits 1 when one of them is not what would be written.'
. "$(dirname -- "$0")/usage.sh"
. "$(dirname -- "$0")/setup.sh"
status=0
for generator in generate-shapes generate-error-page; do
  node "scripts/$generator.ts" "$@" || status=1
done
exit "$status"
