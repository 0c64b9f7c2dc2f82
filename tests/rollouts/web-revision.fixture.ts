import { readFileSync } from "node:fs";
import { tgzBundle } from "../installation/bundle.fixture.ts";

/** Where the application listens on each host; {@link file://./web-application.mjs} says the same. */
export const WEB_PORT = 8080;

export interface WebRevision {
  readonly version: string;
  /** What the application answers to the load balancer's health check; absent: 200. */
  readonly checkStatus?: number;
}

const APP_SPEC = `version: 0.0
os: linux
files:
  - source: /web
    destination: /srv/web
hooks:
  ApplicationStop:
    - location: stop.sh
      timeout: 60
  ApplicationStart:
    - location: start.sh
      timeout: 60
  ValidateService:
    - location: validate.sh
      timeout: 60
`;

/** Whatever the process was in the middle of is lost. */
const STOP = `#!/bin/sh
pid=$(cat /run/web.pid) || exit 0
kill -9 "$pid" 2>/dev/null
while kill -0 "$pid" 2>/dev/null; do sleep 0.05; done
rm /run/web.pid
`;

const START = `#!/bin/sh
setsid node /srv/web/web-application.mjs </dev/null >/run/web.log 2>&1 &
echo $! >/run/web.pid
`;

const VALIDATE = `#!/bin/sh
until answer=$(curl --noproxy '*' -fsS http://127.0.0.1:${WEB_PORT}/); do sleep 0.05; done
[ "$(echo "$answer" | head -n 1)" = "$(cat /srv/web/version)" ]
`;

/** A small web application with the hooks that stop, start and ask it. */
export function webRevision({ version, checkStatus = 200 }: WebRevision): Buffer {
  return tgzBundle(APP_SPEC, {
    "web/web-application.mjs": readFileSync(new URL("web-application.mjs", import.meta.url), "utf8"),
    "web/version": version,
    "web/check-status": String(checkStatus),
    "stop.sh": STOP,
    "start.sh": START,
    "validate.sh": VALIDATE,
  });
}
