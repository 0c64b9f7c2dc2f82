import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ALLOW_EVENTS, BLOCK_EVENTS, IN_PLACE_EVENTS, RESERVED_EVENTS } from "@sluice/model/lifecycle-event.ts";
import { hooksAppSpec, tgzBundle } from "../installation/bundle.fixture.ts";

const HOOKS = [...BLOCK_EVENTS, ...IN_PLACE_EVENTS, ...ALLOW_EVENTS].filter((event) => !RESERVED_EVENTS.has(event));

/** Every run of every hook leaves a line in the hook's own file, `DEPLOYMENT.EVENT`, and its name in the deployment's, `DEPLOYMENT`. */
const SCRIPT = `#!/bin/sh
echo $$ >> "$HOST_FOLDER/$DEPLOYMENT_ID.$LIFECYCLE_EVENT"
echo "$LIFECYCLE_EVENT" >> "$HOST_FOLDER/$DEPLOYMENT_ID"
`;

export function hookFilesBundle(): Buffer {
  const appSpec = hooksAppSpec(Object.fromEntries(HOOKS.map((event) => [event, "record.sh"])));
  return tgzBundle(appSpec, { "record.sh": SCRIPT });
}

export interface HookRuns {
  /** In the order in which they ran. */
  readonly order: readonly string[];
  /** How often each ran, by its own file. */
  readonly runs: Readonly<Record<string, number>>;
}

/** What the hooks of one host have written. */
export class HookFiles {
  readonly path = mkdtempSync(join(tmpdir(), "sluice-hook-files-"));

  of(deploymentId: string): HookRuns {
    const files = readdirSync(this.path).filter((name) => name.split(".")[0] === deploymentId);
    const hooks = files.flatMap((name) => (name === deploymentId ? [] : [name.slice(deploymentId.length + 1)]));
    return {
      order: files.includes(deploymentId) ? this.#lines(deploymentId) : [],
      runs: Object.fromEntries(hooks.map((event) => [event, this.#lines(`${deploymentId}.${event}`).length])),
    };
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }

  #lines(name: string): string[] {
    return readFileSync(join(this.path, name), "utf8").trimEnd().split("\n");
  }
}
