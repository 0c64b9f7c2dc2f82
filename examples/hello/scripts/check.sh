#!/bin/sh
# ValidateService: the deployment succeeds on this host only if what was installed is there, and this deployment has signed it.
set -eu
cat /tmp/sluice-hello/hello.txt
if [ "$(cat /tmp/sluice-hello/deployment)" != "$DEPLOYMENT_ID" ]; then
  echo "/tmp/sluice-hello is of the deployment $(cat /tmp/sluice-hello/deployment), not of $DEPLOYMENT_ID" >&2
  exit 1
fi
echo "installed on $(hostname) by $DEPLOYMENT_ID"
