#!/bin/sh
# ApplicationStart: writes down which deployment this is. A restart has no AfterInstall.
. "$(dirname -- "$0")/service.sh"
printf '{"application":"%s","deploymentGroup":"%s","deployment":"%s"}\n' \
  "$APPLICATION_NAME" "$DEPLOYMENT_GROUP_NAME" "$DEPLOYMENT_ID" >"$directory/release.json"
