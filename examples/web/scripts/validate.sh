#!/bin/sh
# ValidateService: the deployment succeeds on this host only if the service answers, and is the one that was just started.
. "$(dirname -- "$0")/service.sh"
url=http://127.0.0.1:$port/release

tries=0
until answer=$(curl --silent --max-time 5 --write-out '\n%{http_code}' "$url"); do
  tries=$((tries + 1))
  if ! is_running || [ "$tries" -gt 100 ]; then
    echo "$url does not answer. The service's log ends with:" >&2
    tail -n 20 "$log_file" >&2
    exit 1
  fi
  sleep 0.1
done

status=$(printf '%s\n' "$answer" | tail -n 1)
body=$(printf '%s\n' "$answer" | head -n 1)
if [ "$status" != 200 ]; then
  echo "$url answered $status: $body" >&2
  exit 1
fi
case $body in
  *"\"$DEPLOYMENT_ID\""*) echo "$url answered $status: $body" ;;
  *)
    echo "$url is served by another deployment than $DEPLOYMENT_ID: $body" >&2
    exit 1
    ;;
esac
