/**
 * Runs on the host, beside the files that it puts in their places; `--undo` brings back what was there. For any POSIX shell. Its last line is the
 * only one that does something, so that half a script does nothing. DESTDIR, as in makefiles: a directory that stands for /, where nothing is restarted.
 *
 * The agent and its Ruby look for certificates in three variables. SSL_CERT_FILE replaces the system's authorities, also for hooks, which inherit
 * it: so the file that it names holds those, too.
 */
export const INSTALL_SCRIPT = `#!/bin/sh
# Makes AWS's CodeDeploy agent on this host work for Sluice. "sh install.sh --undo" brings back what was there.
set -eu
umask 022

root=\${DESTDIR:-}
conf=$root/etc/codedeploy-agent/conf
unit=$root/etc/systemd/system/codedeploy-agent.service.d
authorities=/etc/codedeploy-agent/conf/sluice-authorities.pem
here=$(CDPATH='' cd -- "$(dirname -- "$0")" && pwd)

fail() {
  printf '%s\\n' "install.sh: $1" >&2
  exit 1
}

# What was there is kept under a second name, once; an empty one says that there was nothing.
put() {
  if ! [ -e "$conf/$1.before-sluice" ]; then
    if [ -e "$conf/$1" ]; then cp -p "$conf/$1" "$conf/$1.before-sluice"; else : >"$conf/$1.before-sluice"; fi
  fi
  (umask 077 && cat "$here/$1" >"$conf/$1.new")
  chmod "$2" "$conf/$1.new"
  mv -f "$conf/$1.new" "$conf/$1"
}

put_back() {
  [ -e "$conf/$1.before-sluice" ] || return 0
  if [ -s "$conf/$1.before-sluice" ]; then
    mv -f "$conf/$1.before-sluice" "$conf/$1"
  else
    rm -f "$conf/$1" "$conf/$1.before-sluice"
  fi
}

trust() {
  [ -f "$here/sluice-certificate.pem" ] || return 0
  for system in /etc/ssl/certs/ca-certificates.crt /etc/pki/tls/certs/ca-bundle.crt ''; do
    [ -z "$system" ] || [ -f "$root$system" ] || continue
    { [ -z "$system" ] || cat "$root$system"; cat "$here/sluice-certificate.pem"; } >"$root$authorities.new"
    break
  done
  mv -f "$root$authorities.new" "$root$authorities"
  mkdir -p "$unit"
  cat >"$unit/sluice.conf" <<END
[Service]
Environment=SSL_CERT_FILE=$authorities
Environment=AWS_CA_BUNDLE=$authorities
Environment=AWS_SSL_CA_BUNDLE=$authorities
END
}

restart() {
  [ -z "$root" ] || return 0
  if [ -d /run/systemd/system ]; then
    systemctl daemon-reload
    systemctl restart codedeploy-agent || fail "codedeploy-agent does not start. Look: journalctl -u codedeploy-agent -n 20; tail /var/log/aws/codedeploy-agent/codedeploy-agent.log"
  else
    echo "No systemd here. Restart the agent with these variables:"
    [ ! -f "$unit/sluice.conf" ] || sed -n 's/^Environment=/  /p' "$unit/sluice.conf"
  fi
}

main() {
  case \${1:-} in
    '' | --undo) ;;
    *) fail "$1 is not an option. Use --undo or nothing" ;;
  esac
  [ -n "$root" ] || [ "$(id -u)" = 0 ] || fail "this needs root: sudo sh $0 \${1:-}"
  if [ "\${1:-}" = --undo ]; then
    put_back codedeployagent.yml
    put_back codedeploy.onpremises.yml
    rm -f "$root$authorities" "$unit/sluice.conf"
    rmdir "$unit" 2>/dev/null || true
    restart
    echo "The agent has its former configuration again."
    return
  fi
  [ -n "$root" ] || [ -d /opt/codedeploy-agent ] || fail "there is no AWS CodeDeploy agent in /opt/codedeploy-agent. Install it, or join the host with Sluice's own agent: sluice token create"
  mkdir -p "$conf"
  put codedeployagent.yml 644
  put codedeploy.onpremises.yml 600
  trust
  restart
  echo "The agent works for $(sed -n "s/^:deploy_control_endpoint: //p" "$conf/codedeployagent.yml"). To undo this: sh $0 --undo"
}

main "$@"
`;
