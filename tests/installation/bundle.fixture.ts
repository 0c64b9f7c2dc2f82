import { gzipSync } from "node:zlib";
import { type RawTarEntry, rawTar } from "@sluice/agent/host/archive/raw-archives.fixture.ts";

export const HOOK_EVENTS = ["ApplicationStop", "BeforeInstall", "AfterInstall", "ApplicationStart", "ValidateService"];

/** A tar of an AppSpec and its scripts, which are executable. */
export function tarBundle(appSpec: string, scripts: Readonly<Record<string, string>> = {}): Buffer {
  const entries: RawTarEntry[] = [{ name: "appspec.yml", content: appSpec }];
  for (const [name, content] of Object.entries(scripts)) entries.push({ name, content, mode: 0o755 });
  return rawTar(entries);
}

export function tgzBundle(appSpec: string, scripts?: Readonly<Record<string, string>>): Buffer {
  return gzipSync(tarBundle(appSpec, scripts));
}

/** An AppSpec without files whose hooks run one script each. */
export function hooksAppSpec(hooks: Readonly<Record<string, string>>, timeoutSeconds = 3600): string {
  const lines = Object.entries(hooks).map(
    ([event, script]) => `  ${event}:\n    - location: ${script}\n      timeout: ${timeoutSeconds}\n`,
  );
  return `version: 0.0\nos: linux\nfiles: []\nhooks:\n${lines.join("")}`;
}

/**
 * A revision whose hooks write down that they ran, and wait where the test wants them to. HOST_FOLDER comes from the agent's environment:
 *
 * - `ran/DEPLOYMENT.EVENT` gets a line by every run of that hook: two lines are a hook that ran twice
 * - while there is a file `hold/EVENT` the hook waits
 * - `ended/DEPLOYMENT.EVENT` is there when it has done its work
 */
export function recordingBundle(): Buffer {
  const script = `#!/bin/sh
echo $$ >> "$HOST_FOLDER/ran/$DEPLOYMENT_ID.$LIFECYCLE_EVENT"
echo "$LIFECYCLE_EVENT runs"
while [ -e "$HOST_FOLDER/hold/$LIFECYCLE_EVENT" ]; do sleep 0.1; done
: > "$HOST_FOLDER/ended/$DEPLOYMENT_ID.$LIFECYCLE_EVENT"
`;
  return tgzBundle(hooksAppSpec(Object.fromEntries(HOOK_EVENTS.map((event) => [event, "record.sh"]))), {
    "record.sh": script,
  });
}
