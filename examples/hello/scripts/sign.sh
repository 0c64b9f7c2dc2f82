#!/bin/sh
# ApplicationStart: writes down which deployment this is. A restart has no AfterInstall.
set -eu
echo "$DEPLOYMENT_ID" >/tmp/sluice-hello/deployment
