#!/bin/sh
# Runs the agent of this host, and puts the previous program back when a new one does not reach the server. `sluice agent install` wrote this
# file, and a newer agent replaces it. For dash and busybox; a shell that waits takes 1 MB.
#
# usage: supervise --data DATA [--restart]
#
# Beside this file lie the programs: current, previous, next. An agent that ends with 75 asks to be replaced by next. Until DATA/upgrade-confirmed
# is there, DATA/upgrade.json is a trial: it ends with DATA/upgrade-restored when the new program ends, or does not confirm in time.
# The agent sends SIGUSR1 when the server has answered it, and SIGUSR2 once a minute while it works. TERM, INT and HUP stop it.
set -u

programs=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd -P)
data=
restart=
confirm_seconds=${SLUICE_CONFIRM_SECONDS:-60}
switch_status=75
# For systemd, which waits for it: a boot must not wait for a server.
ready_seconds=20
stop_seconds=10
restart_seconds=${SLUICE_RESTART_SECONDS:-5}

agent=
timer=
stopping=
told=
interrupted=
late=
is_ready=
status=0
has_waited=

say() { echo "supervise: $*" >&2; }

# --- What systemd is told, where it listens

notify() {
  [ -n "${NOTIFY_SOCKET:-}" ] || return 0
  systemd-notify "$@" 2>/dev/null || :
}
tell_ready() {
  [ -z "$is_ready" ] || return 0
  is_ready=1
  notify --ready "--status=$1"
}
tell_alive() { [ -z "${WATCHDOG_USEC:-}" ] || notify WATCHDOG=1; }

# --- Signals: each ends the `wait` for the agent, not the agent

on_stop() {
  interrupted=1
  stopping=1
  [ -n "$agent" ] || return 0
  told=1
  kill -s "$1" "$agent" 2>/dev/null
}
trap 'on_stop TERM' TERM
trap 'on_stop INT' INT
# The agent knows two ways to be told.
trap 'on_stop TERM' HUP
trap 'interrupted=1; tell_ready "The server answers."' USR1
trap 'interrupted=1; tell_alive' USR2
trap 'interrupted=1; late=1' ALRM

# Sends ALRM to this process in $1 seconds, if it is still the parent then: its number may be another's.
start_timer() {
  late=
  (
    trap - INT HUP USR1 USR2 ALRM
    nap=
    trap '[ -z "$nap" ] || kill "$nap" 2>/dev/null; exit 0' TERM
    sleep "$1" &
    nap=$!
    wait "$nap"
    read -r _ _ _ parent _ </proc/self/stat && [ "$parent" = "$$" ] && kill -s ALRM "$$"
  ) &
  timer=$!
}
stop_timer() {
  [ -z "$timer" ] || kill -s TERM "$timer" 2>/dev/null
  timer=
}

# Sleeps, unless a stop is asked for.
pause() {
  [ -z "$stopping" ] || return 0
  sleep "$1" &
  wait "$!"
}

# --- The agent's process

# When process $1 started, in ticks since boot: with its number it names a process for good.
started_at() {
  [ -r "/proc/$1/stat" ] && read -r line <"/proc/$1/stat" || return 1
  # shellcheck disable=SC2086
  set -- ${line##*) }
  echo "${20}"
}

start_agent() {
  told=
  (
    trap - TERM INT HUP USR1 USR2 ALRM
    # Scripts of a deployment must not speak to systemd in the agent's name.
    unset NOTIFY_SOCKET WATCHDOG_USEC WATCHDOG_PID
    SLUICE_PROGRAMS=$programs SLUICE_SUPERVISOR=$$
    export SLUICE_PROGRAMS SLUICE_SUPERVISOR
    exec "$programs/current" agent run --data "$data"
  ) &
  agent=$!
  echo "$agent $(started_at "$agent") $$ $(started_at "$$")" >"$data/supervised-agent"
  [ -z "$stopping" ] || [ -n "$told" ] || kill -s TERM "$agent" 2>/dev/null
}

# Waits until the agent ends, with its status in $status, or fails when a signal of ours came instead.
wait_for_agent() {
  interrupted=
  wait "$agent"
  code=$?
  # It ended while a signal was dealt with, and its status is known already.
  if [ "$code" = 127 ] && [ -n "$has_waited" ]; then return 0; fi
  status=$code
  if [ -z "$interrupted" ] || [ "$code" -le 128 ]; then return 0; fi
  has_waited=1
  return 1
}

# Ends a process that must not go on, and not the scripts that it has started: they are not its group.
end_process() {
  kill -s TERM "$1" 2>/dev/null || return 0
  waited=0
  while [ "$waited" -lt "$stop_seconds" ] && is_alive "$1" "$2"; do
    sleep 1
    waited=$((waited + 1))
  done
  ! is_alive "$1" "$2" || kill -s KILL "$1" 2>/dev/null
}
# A process that has ended may stay in the table until somebody asks for its status.
is_alive() {
  [ "$(started_at "$1")" = "$2" ] || return 1
  read -r line <"/proc/$1/stat" || return 1
  case ${line##*) } in [ZX]*) return 1 ;; esac
}

# An agent that outlived its supervisor. One in its trial is ended; any other finishes what it runs.
end_orphan() {
  [ -r "$data/supervised-agent" ] && read -r orphan since _ <"$data/supervised-agent" || return 0
  [ -n "${since:-}" ] && is_alive "$orphan" "$since" || return 0
  say "an agent of an earlier supervisor runs (process $orphan): waiting for it to end"
  if is_trial; then
    end_process "$orphan" "$since"
  else
    tell_ready "An agent of an earlier start finishes its scripts."
    kill -s TERM "$orphan" 2>/dev/null
    while [ -z "$stopping" ] && is_alive "$orphan" "$since"; do
      tell_alive
      pause 1
    done
  fi
}

# --- Programs

is_trial() { [ -e "$data/upgrade.json" ] && ! [ -e "$data/upgrade-confirmed" ] && ! [ -e "$data/upgrade-restored" ]; }

# $1 becomes $2 as well, at once: whoever looks finds the old program or the new one.
also_name() {
  [ "$programs/$1" -ef "$programs/$2" ] && return 0
  rm -f "$programs/$2.new"
  { ln "$programs/$1" "$programs/$2.new" 2>/dev/null || cp -p "$programs/$1" "$programs/$2.new"; } &&
    mv -f "$programs/$2.new" "$programs/$2"
}

# Why the program of before runs: its agent reports it.
end_trial() {
  echo "$1" >"$data/upgrade-restored.new" && mv -f "$data/upgrade-restored.new" "$data/upgrade-restored"
}

switch_to_next() {
  [ -f "$programs/next" ] && [ -x "$programs/next" ] || return 1
  if also_name current previous && mv -f "$programs/next" "$programs/current"; then
    say "the agent is replaced by the next program"
    return 0
  fi
  # The agent of before runs on, and tells the server why.
  ! is_trial || end_trial "the new program cannot be put in the place of the former one. Look whether $programs is full or read-only: df -h $programs; findmnt -T $programs"
  return 1
}

restore() {
  if [ -x "$programs/previous" ] && also_name previous current; then
    reason=$1
    say "$reason: the previous program runs again"
  else
    reason="$1; there is no previous program to restore"
    say "$reason: the new one starts again"
  fi
  end_trial "$reason"
}

# --- One run of one program, and what follows

# The program has confirmed: what may be pending from now on is another one's trial, which is not to end this one.
end_passed_trial() {
  if [ -z "$trial" ] || is_trial; then return 0; fi
  trial=
  stop_timer
}

run_program() {
  trial=
  ! is_trial || trial=1
  has_waited=
  start_agent
  if [ -n "$trial" ]; then
    start_timer "$confirm_seconds"
  elif [ -n "${NOTIFY_SOCKET:-}" ] && [ -z "$is_ready" ]; then
    start_timer "$ready_seconds"
  fi
  until wait_for_agent; do
    end_passed_trial
    [ -n "$late" ] || continue
    late=
    tell_ready "The server does not answer yet."
    if [ -n "$trial" ] && [ -z "$stopping" ] && is_trial; then
      end_process "$agent" "$(started_at "$agent")"
      wait "$agent"
      restore "the new agent was not answered by the server within $confirm_seconds s"
      trial=
      status=$switch_status
      stop_timer
      return
    fi
  done
  stop_timer
  agent=
  # A next program is asked for by one that is not on trial itself: what is pending now is the next one's.
  if [ "$status" = "$switch_status" ] && [ -x "$programs/next" ]; then trial=; fi
  if [ -n "$trial" ] && [ -z "$stopping" ] && is_trial; then
    restore "the new agent ended with status $status before the server answered it"
    status=$switch_status
  elif [ "$status" = "$switch_status" ] && [ -z "$stopping" ]; then
    # Without the program that it asks for, this one starts again.
    switch_to_next || { say "there is no next program to switch to"; pause "$restart_seconds"; }
  fi
}

main() {
  while [ $# -gt 0 ]; do
    case $1 in
      --data) data=${2:?--data needs a directory}; shift 2 ;;
      --restart) restart=1; shift ;;
      *) say "$1 is no option. usage: supervise --data DATA [--restart]"; exit 2 ;;
    esac
  done
  [ -d "$data" ] || { say "--data '$data' is not a directory: run sluice agent install"; exit 2; }
  [ -x "$programs/current" ] || { say "$programs/current is not there: run sluice agent install"; exit 2; }

  end_orphan
  while [ -z "$stopping" ]; do
    # The machine, the supervisor or the agent ended between the decision and the switch.
    ! is_trial || ! [ -e "$programs/next" ] || switch_to_next
    tell_alive
    run_program
    [ "$status" = "$switch_status" ] || [ -n "$stopping" ] || {
      [ -n "$restart" ] || break
      say "the agent ended with status $status; it starts again in $restart_seconds s"
      pause "$restart_seconds"
    }
  done
  rm -f "$data/supervised-agent"
  exit "$status"
}

main "$@"
