#!/bin/sh
# AfterInstall: writes down which deployment this is.
set -eu
echo "$DEPLOYMENT_ID" >/tmp/sluice-hello/deployment
