# shellcheck shell=sh
# Sourced by the scripts beside it before they do anything, with their usage in $usage: prints that when it is asked for.
for argument in "$@"; do
  case $argument in
    -h | --help)
      printf 'Usage: %s\n' "$usage"
      exit 0
      ;;
  esac
done
