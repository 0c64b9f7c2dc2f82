import { readFileSync } from "node:fs";
import { hooksAppSpec, tgzBundle } from "../installation/bundle.fixture.ts";

export interface MeteredRevision {
  readonly version: string;
  /** Every so many-th request is answered with 500; absent: none. */
  readonly failsEvery?: number;
}

/** A host of these lives in HOST_FOLDER and listens on HOST_PORT, which its agent's environment names, so several share one machine. */
const STOP = `#!/bin/sh
set -u
pid=$(cat "$HOST_FOLDER/pid" 2>/dev/null) || exit 0
kill "$pid" 2>/dev/null
while kill -0 "$pid" 2>/dev/null; do sleep 0.05; done
rm "$HOST_FOLDER/pid"
`;

const INSTALL = `#!/bin/sh
set -u
rm -rf "$HOST_FOLDER/web"
cp -R web "$HOST_FOLDER/web"
`;

const START = `#!/bin/sh
set -u
setsid "$HOST_NODE" "$HOST_FOLDER/web/metered-application.mjs" </dev/null >"$HOST_FOLDER/log" 2>&1 &
echo $! >"$HOST_FOLDER/pid"
`;

/** Content as soon as there is load: a check that finds a process, and not what is wrong with it. Waits while there is a file `hold`. */
const VALIDATE = `#!/bin/sh
set -u
ask() { curl --noproxy '*' -fsS "http://127.0.0.1:$HOST_PORT/asked"; }
until asked=$(ask) && [ "$asked" -ge 20 ]; do [ -d "$HOST_FOLDER" ] || exit 1; sleep 0.05; done
: >"$HOST_FOLDER/validates-$DEPLOYMENT_ID"
while [ -e "$HOST_FOLDER/hold" ]; do sleep 0.05; done
`;

/** {@link file://./metered-application.mjs} with the hooks that stop, install, start and check it. */
export function meteredRevision({ version, failsEvery = 0 }: MeteredRevision): Buffer {
  const appSpec = hooksAppSpec({
    ApplicationStop: "stop.sh",
    AfterInstall: "install.sh",
    ApplicationStart: "start.sh",
    ValidateService: "validate.sh",
  });
  return tgzBundle(appSpec, {
    "web/metered-application.mjs": readFileSync(new URL("metered-application.mjs", import.meta.url), "utf8"),
    "web/version": version,
    "web/fails-every": String(failsEvery),
    "stop.sh": STOP,
    "install.sh": INSTALL,
    "start.sh": START,
    "validate.sh": VALIDATE,
  });
}
