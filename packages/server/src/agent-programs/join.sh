# Installs the Sluice agent on this host and enrols it. Made by the server; the token comes by standard input.
#
# usage: printf '%s\n' TOKEN | sudo sh join.sh [--name NAME] [--tag KEY=VALUE]… [--no-service] [more options of `sluice agent install`]
#        sudo sh join.sh --uninstall
#
# Nothing happens before the last line: a script that is cut off does nothing.
server=
pin=

programs=/usr/local/lib/sluice/agent
link=/usr/local/bin/sluice
of_package=/usr/bin/sluice
unit=/etc/systemd/system/sluice-agent.service
log=/var/log/sluice-agent.log
data=/var/lib/sluice-agent
max_tries=60
retry_seconds=5
fetched=
made_programs=

fail() {
  echo "join.sh: $1" >&2
  exit 1
}

# Whatever was fetched and not installed goes again, and so do directories that were made for it.
clean_up() {
  [ -z "$fetched" ] || rm -f "$fetched" "$fetched".*
  [ -z "$made_programs" ] || rmdir "$programs" "${programs%/*}" 2>/dev/null
  return 0
}

check_host() {
  [ "$(id -u)" = 0 ] || fail "this needs root. Run it with sudo: … | sudo sh -c …"
  [ "$(uname -s)" = Linux ] || fail "the agent runs on Linux; this is $(uname -s)."
  case $(uname -m) in
    x86_64 | amd64) platform=linux-x64 ;;
    aarch64 | arm64) platform=linux-arm64 ;;
    *) fail "there is no agent for this processor ($(uname -m)): x86_64 and arm64 are supported." ;;
  esac
  for loader in /lib/ld-musl-*; do
    [ ! -e "$loader" ] || [ -e /lib64/ld-linux-x86-64.so.2 ] || [ -e /lib/ld-linux-aarch64.so.1 ] ||
      fail "this system has musl, and the agent needs glibc 2.28 or newer (Debian 10, Ubuntu 20.04, RHEL 8, Amazon Linux 2023)."
  done
}

# The header is told by standard input: in no list of processes, and in no environment.
#   ask HEAD|GET URL FILE: its body (of HEAD: its headers) is in FILE. Fails with the reason in FILE.said.
ask() {
  if command -v curl >/dev/null 2>&1; then
    {
      printf 'header = "Authorization: Bearer %s"\n' "$token"
      [ "$1" = GET ] || echo head
      [ -z "$pin" ] || printf 'insecure\npinnedpubkey = "%s"\n' "$pin"
    } | limited curl -sS $compressed --connect-timeout 20 --speed-limit 1 --speed-time 60 -K - -o "$3" -w '%{http_code}' "$2" >"$3.code" 2>"$3.said"
  elif wget --version 2>/dev/null | grep -q GNU; then
    {
      printf 'header = Authorization: Bearer %s\n' "$token"
      [ -z "$pin" ] || printf 'check_certificate = off\npinnedpubkey = %s\n' "$pin"
      [ -z "$compressed" ] || echo 'compression = auto'
    } | wget_ask "$@"
  else
    fail "curl or GNU wget is needed, and neither is here. Install one: apt-get install curl"
  fi
  code=$?
  status=$(cat "$3.code" 2>/dev/null)
  rm -f "$3.code"
  return $code
}

# The program comes compressed, a third of its size, where it can be unpacked on its way.
find_compression() {
  compressed=
  if command -v curl >/dev/null 2>&1; then
    case $(curl --version) in *libz*) compressed=--compressed ;; esac
  else
    case $(wget --help 2>/dev/null) in *--compression=*) compressed=auto ;; esac
  fi
}

# Runs what downloads. Compressed, a few bytes can become as many as a disk has: no file becomes larger than the program that is named, or than 64 KiB (in
# blocks of 512 bytes, or of 1,024 where the shell counts so).
limited() {
  (
    ulimit -f "$((${bytes:-0} / 512 + 128))" 2>/dev/null
    exec "$@"
  )
}

# wget reads its settings from a file alone: one that root may read, for as long as it runs.
wget_ask() {
  method=$1 url=$2 file=$3
  (umask 077 && cat >"$file.settings")
  if [ "$method" = HEAD ]; then
    wget --config="$file.settings" -nv --spider --server-response --content-on-error "$url" 2>"$file.said"
    code=$?
    sed -n 's/^ *//p' "$file.said" >"$file"
  else
    limited wget --config="$file.settings" -nv --server-response --content-on-error -O "$file" "$url" 2>"$file.said"
    code=$?
  fi
  rm -f "$file.settings"
  sed -n 's/^ *HTTP\/[0-9.]* \([0-9]*\).*/\1/p' "$file.said" | tail -n 1 >"$file.code"
  # 8: the server answered, with an error.
  [ "$code" = 0 ] || [ "$code" = 8 ]
}

# Proxies write the names of headers in capitals.
header() {
  tr -d '\r' <"$fetched.head" | awk -v name="$1:" 'tolower($1) == name { sub(/^[^:]*: */, ""); value = $0 } END { print value }'
}

# The first thing that curl or wget said of $1, with what to do.
why_broken() {
  said=$(grep -v '^ *HTTP/' "$1.said" 2>/dev/null | head -n 1 | cut -c 1-300)
  case $said in
    *"(90)"* | *[Pp]inned* | *"public key does not match"*) echo "it shows another key than the one in this line. It is another server, or it has a new key: copy the line again (sluice token create)" ;;
    *"(5)"* | *"resolve proxy"*) echo "the proxy's name cannot be resolved here ($said). Correct https_proxy, or unset it" ;;
    *"(6)"* | *resolve*) echo "its name cannot be resolved here ($said). Add it to DNS or /etc/hosts, or copy the line with the server's address" ;;
    *"(7)"* | *refused* | *nreachable* | *"No route"*) echo "nobody listens there ($said). Check the address, the firewall, and that the server runs: systemctl status sluice-server" ;;
    *"(28)"* | *"timed out"*) echo "no answer came ($said). Open the server's port in the firewalls between this host and the server" ;;
    *"(35)"* | *"wrong version number"* | *"unexpected TLS packet"* | *"unsupported protocol"*) echo "no TLS is spoken there ($said). Check the address and the port, and any proxy in between" ;;
    *"(60)"* | *"(77)"* | *"not trusted"* | *"unknown authority"* | *"Unable to locally verify"*) echo "its certificate is not trusted here ($said). Install the authorities (apt-get install ca-certificates), or copy the line again (sluice token create)" ;;
    *"(23)"* | *"No space"* | *"Read-only"*) echo "it cannot be written here ($said). Look: df -h $programs" ;;
    *"(52)"* | *"(56)"* | *"(18)"* | *"Empty reply"* | *reset* | *"No data received"*) echo "the connection was cut ($said). Run the line again; if it happens again, look at the server's log (journalctl -u sluice-server -n 20) and at any proxy in between" ;;
    '') echo "no answer came. Run the line again; then look at the server's log: journalctl -u sluice-server -n 20" ;;
    *) echo "$said" ;;
  esac
}

# What an answer means that has no reason of Sluice's own.
why_refused() {
  case $status in
    401 | 403) echo "something in front of the server refuses this host (HTTP $status). Look at the proxies and firewalls between the two" ;;
    404) echo "no Sluice answers there, or one of before 0.2.0 (HTTP 404). Check the address and the port, or upgrade the server" ;;
    407) echo "the proxy wants a password (HTTP 407). Set it: https_proxy=http://USER:PASSWORD@PROXY:PORT" ;;
    5??) echo "the server has a fault, or what is in front of it does not reach it (HTTP $status). Look at the server's log: journalctl -u sluice-server -n 20" ;;
    *) echo "HTTP ${status:-without a status}. Check the address and the port" ;;
  esac
}

read_token() {
  token=
  if [ -t 0 ]; then
    printf 'Enrolment token (sluice token create): ' >&2
    stty -echo 2>/dev/null
    IFS= read -r token
    stty echo 2>/dev/null
    echo >&2
  else
    IFS= read -r token
  fi
  case $token in
    '') fail "no token came by standard input. Pipe it: printf '%s\\n' TOKEN | sudo sh …  (sluice token create prints the line)" ;;
    *[!A-Za-z0-9_-]*) fail "the token has characters that tokens do not have. Copy the whole line again (sluice token create)" ;;
  esac
}

sha256_of() {
  if command -v sha256sum >/dev/null 2>&1; then sha256sum "$1"; else openssl dgst -sha256 -r "$1"; fi | cut -d ' ' -f 1
}

# The program is in $fetched, or what the server said instead. A server that gives it to many at this moment is asked again.
download() {
  tries=0
  while ask GET "$url" "$fetched"; do
    [ "$status" != 200 ] && grep -q '^Too many hosts' "$fetched" && [ "$tries" -lt "$max_tries" ] || return 0
    tries=$((tries + 1))
    [ "$tries" -gt 1 ] || echo "The server gives the program to many hosts at this moment; waiting for a turn." >&2
    sleep "$retry_seconds"
  done
  return 1
}

# Leaves in $program what is to be installed.
find_program() {
  umask 022
  [ -d "$programs" ] || made_programs=1
  mkdir -p "$programs" || fail "$programs cannot be made. Check that the file system is not full or read-only: df -h ${programs%/*/*/*}"
  fetched=$programs/.joining.$$
  url=$server/-/agent-program/$platform
  bytes=
  find_compression
  ask HEAD "$url" "$fetched.head" || fail "$server cannot be reached: $(why_broken "$fetched.head")."
  case $status in
    200) ;;
    *)
      reason=$(header x-sluice-reason)
      if [ -x "$programs/current" ]; then
        echo "The server gives no program (${reason:-$(why_refused)}); the installed one stays." >&2
        program=$programs/current
        return 0
      fi
      fail "the server gives no program: ${reason:-$(why_refused)}"
      ;;
  esac
  sha256=$(header x-sluice-sha256)
  bytes=$(header x-sluice-bytes)
  case $bytes in
    '' | *[!0-9]*) fail "the answer does not say how large the program is: something between this host and the server changed it. Look at the proxies" ;;
  esac
  if [ -x "$programs/current" ] && [ "$(sha256_of "$programs/current")" = "$sha256" ]; then
    program=$programs/current
    return 0
  fi
  free=$(df -Pk "$programs" | awk 'NR == 2 { print $4 }')
  [ "${free:-0}" -gt $((bytes / 1024)) ] ||
    fail "$programs has $((${free:-0} / 1024)) MB free, and the program needs $((bytes / 1048576)) MB. Free some space: df -h ${programs%/*/*}"
  download || {
    [ "$code" -lt 128 ] || fail "what comes is larger than the $bytes bytes of the program that the server named. Run the line again."
    fail "the download broke off: $(why_broken "$fetched"). Run the line again."
  }
  [ "$status" = 200 ] || fail "the server gives no program: $(why_refused). It said: $(head -n 1 "$fetched" | cut -c 1-300)"
  [ "$(sha256_of "$fetched")" = "$sha256" ] || fail "what came is not the program that the server named (sha256 differs). Run the line again."
  chmod 755 "$fetched"
  said=$("$fetched" version 2>&1) ||
    fail "the program does not start here: $(printf '%s' "$said" | head -n 1). It needs glibc 2.28 or newer and a file system without noexec: ldd --version; findmnt -T $programs"
  program=$fetched
}

# --- Uninstall

uninstall() {
  for program in "$programs/current" "$of_package"; do
    [ -x "$program" ] && "$program" version >/dev/null 2>&1 && exec "$program" agent uninstall "$@"
  done
  uninstall_by_hand "$@"
}

# When process $1 started, in ticks since boot: with its number it names a process for good.
started_at() {
  [ -r "/proc/$1/stat" ] && read -r line <"/proc/$1/stat" || return 1
  set -- ${line##*) }
  echo "${20}"
}

# The supervisor finishes the scripts that run.
stop_agent() {
  if [ -e "$unit" ]; then
    systemctl disable --now --quiet "${unit##*/}" 2>/dev/null
    rm -rf "$unit" "$unit.d"
    systemctl daemon-reload 2>/dev/null
    systemctl reset-failed "${unit##*/}" 2>/dev/null
  fi
  [ -r "$data/supervised-agent" ] && read -r _ _ supervisor since <"$data/supervised-agent" || return 0
  told=
  while [ -n "$since" ] && [ "$(started_at "$supervisor")" = "$since" ]; do
    [ -n "$told" ] || kill -s TERM "$supervisor"
    told=1
    sleep 1
  done
}

# Without the program, which would also tell the server: whatever of an agent is left, above all the host's key.
uninstall_by_hand() {
  usual=$data
  while [ $# -gt 0 ]; do
    case $1 in
      --data) [ $# -gt 1 ] || fail "--data needs a directory"; data=$2; shift ;;
      --data=*) data=${1#*=} ;;
      --json) ;;
      *) fail "$1 is no option of --uninstall. It has: --data DIR" ;;
    esac
    shift
  done
  # Another directory has to look like an agent's.
  has_data=
  [ "$data" != "$usual" ] || [ ! -d "$data" ] || has_data=1
  for file in agent.json credentials.json signing-certificate.pem; do
    [ ! -e "$data/$file" ] || has_data=1
  done
  if [ -z "$has_data" ] && [ ! -e "$programs" ] && [ ! -e "$unit" ]; then
    echo "No agent is installed here."
    return 0
  fi
  host=$(sed -n 's/.*"hostId": *"\([A-Za-z0-9_-]*\)".*/\1/p' "$data/agent.json" 2>/dev/null | head -n 1)
  if [ -n "$has_data" ]; then
    directory=$(cd "$data" && pwd -P)
    mounted=$(awk -v below="$directory/" 'index($5, below) == 1 { print $5; exit }' /proc/self/mountinfo)
    [ -z "$mounted" ] || fail "nothing was removed, because a file system is mounted at $mounted, and what is in it would be removed, too. Unmount it, then run this again: umount $mounted"
  fi
  stop_agent
  if [ -n "$has_data" ]; then
    # Where it is a file system of its own, it stays, and is empty.
    rm -rf "$directory" 2>/dev/null
    [ -z "$(ls -A "$directory" 2>/dev/null)" ] || fail "not everything in $data can be removed, the host's key perhaps. See why: rm -rf $directory"
    [ ! -L "$data" ] || rm -f "$data"
  fi
  [ ! -L "$link" ] || case $(readlink "$link") in "$programs"/*) rm -f "$link" ;; esac
  rm -rf "$programs" "$log"
  rmdir "${programs%/*}" 2>/dev/null
  echo "The agent${host:+ of $host} is removed from this host. Its program was gone."
  [ -z "$host" ] || echo "Note: the server still lists the host. Take it off there: sluice hosts remove $host" >&2
}

main() {
  set -u
  check_host
  if [ "${1:-}" = --uninstall ]; then
    shift
    uninstall "$@"
    exit
  fi
  trap clean_up EXIT
  trap 'exit 130' INT TERM HUP
  read_token
  find_program
  printf '%s\n' "$token" | "$program" agent install --server "$server" --token-file - --program "$program" "$@"
}

main "$@"
