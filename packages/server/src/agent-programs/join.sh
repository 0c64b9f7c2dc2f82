# Installs the Sluice agent on this host and enrols it. Made by the server; the token comes by standard input.
#
# usage: printf '%s\n' TOKEN | sudo sh join.sh [--name NAME] [--tag KEY=VALUE]… [--no-service] [more options of `sluice agent install`]
#        sudo sh join.sh --uninstall
#
# Nothing happens before the last line: a script that is cut off does nothing.
server=
pin=

programs=/usr/local/lib/sluice/agent
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
    } | curl -sS --compressed --connect-timeout 20 --speed-limit 1 --speed-time 60 -K - -o "$3" -w '%{http_code}' "$2" >"$3.code" 2>"$3.said"
  elif wget --version 2>/dev/null | grep -q GNU; then
    {
      printf 'header = Authorization: Bearer %s\n' "$token"
      [ -z "$pin" ] || printf 'check_certificate = off\npinnedpubkey = %s\n' "$pin"
    } | wget_ask "$@"
  else
    fail "curl or GNU wget is needed, and neither is here. Install one: apt-get install curl"
  fi
  code=$?
  status=$(cat "$3.code" 2>/dev/null)
  rm -f "$3.code"
  return $code
}

# wget reads its settings from a file alone: one that root may read, for as long as it runs.
wget_ask() {
  method=$1 url=$2 file=$3
  (umask 077 && cat >"$file.settings")
  if [ "$method" = HEAD ]; then
    wget --config="$file.settings" -q --spider --server-response --content-on-error "$url" 2>"$file.said"
    code=$?
    sed -n 's/^ *//p' "$file.said" >"$file"
  else
    wget --config="$file.settings" -q --server-response --content-on-error -O "$file" "$url" 2>"$file.said"
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

why_not_reached() {
  said=$(head -n 1 "$fetched.head.said" 2>/dev/null)
  case $said in
    *"(90)"* | *[Pp]inned*) echo "it shows another key than the one in this line. It is another server, or it has a new key: copy the line again (sluice token create)" ;;
    *"(6)"* | *resolve*) echo "its name cannot be resolved here ($said). Check DNS, or use its address" ;;
    *"(7)"* | *refused*) echo "nobody listens there ($said). Check the address, the firewall and that the server runs" ;;
    *"(28)"* | *"timed out"*) echo "no answer came ($said). Check the firewall between this host and the server" ;;
    *"(60)"*) echo "its certificate is not trusted here ($said). Install its authority's certificate, or copy the line again" ;;
    *) echo "${said:-no answer}" ;;
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
  ask HEAD "$url" "$fetched.head" || fail "$server cannot be reached: $(why_not_reached)."
  case $status in
    200) ;;
    *)
      reason=$(header x-sluice-reason)
      if [ -x "$programs/current" ]; then
        echo "The server gives no program (${reason:-HTTP $status}); the installed one stays." >&2
        program=$programs/current
        return 0
      fi
      fail "the server gives no program: ${reason:-HTTP $status}"
      ;;
  esac
  sha256=$(header x-sluice-sha256)
  bytes=$(header x-sluice-bytes)
  if [ -x "$programs/current" ] && [ "$(sha256_of "$programs/current")" = "$sha256" ]; then
    program=$programs/current
    return 0
  fi
  free=$(df -Pk "$programs" | awk 'NR == 2 { print $4 }')
  [ "${free:-0}" -gt $((${bytes:-0} / 1024)) ] ||
    fail "$programs has $((${free:-0} / 1024)) MB free, and the program needs $((${bytes:-0} / 1048576)) MB. Free some space: df -h ${programs%/*/*}"
  download || fail "the download broke off: $(head -n 1 "$fetched.said"). Run the line again."
  [ "$status" = 200 ] || fail "the server gives no program: $(head -n 1 "$fetched" | cut -c 1-300) (HTTP $status). Run the line again."
  [ "$(sha256_of "$fetched")" = "$sha256" ] || fail "what came is not the program that the server named (sha256 differs). Run the line again."
  chmod 755 "$fetched"
  said=$("$fetched" version 2>&1) ||
    fail "the program does not start here: $(printf '%s' "$said" | head -n 1). It needs glibc 2.28 or newer and a file system without noexec: ldd --version; findmnt -T $programs"
  program=$fetched
}

uninstall() {
  if [ -x "$programs/current" ]; then
    exec "$programs/current" agent "$@"
  fi
  echo "No agent is installed here."
}

main() {
  set -u
  check_host
  if [ "${1:-}" = --uninstall ]; then
    shift
    uninstall uninstall "$@"
    exit
  fi
  trap clean_up EXIT
  trap 'exit 130' INT TERM HUP
  read_token
  find_program
  printf '%s\n' "$token" | "$program" agent install --server "$server" --token-file - --program "$program" "$@"
}

main "$@"
