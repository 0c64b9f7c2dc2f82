import { gzipSync } from "node:zlib";
import { rawTar } from "@sluice/agent/host/archive/raw-archives.fixture.ts";
import { pushBundle } from "@sluice/cli/revision/push-bundle.ts";
import type { Connection } from "@sluice/wire/config/connection.ts";
import { HOOK_EVENTS } from "../installation/bundle.fixture.ts";

export const BUCKET = "releases";

const SCRIPT_OF: Readonly<Record<string, string>> = {
  ApplicationStop: "stop",
  BeforeInstall: "prepare",
  AfterInstall: "configure",
  ApplicationStart: "start",
  ValidateService: "validate",
};

export function revisionOf(application: string, version: string) {
  return {
    revisionType: "S3" as const,
    s3Location: { bucket: BUCKET, key: `${application}/${application}-${version}.tgz`, bundleType: "tgz" as const },
  };
}

/** A release as it could be: an AppSpec, scripts, and files that differ between versions. */
export async function pushRevision(connection: Connection, application: string, version: string): Promise<void> {
  const bytes = gzipSync(rawTar([...filesOf(application, version)]));
  const { bucket, key } = revisionOf(application, version).s3Location;
  await pushBundle(connection, { bucket, key, bytes, type: "tgz" });
}

function filesOf(application: string, version: string) {
  const [major = 0, minor = 0, patch = 0] = version.split(/[.-]/).map(Number);
  const changes = 100 * major + 10 * minor + (Number.isNaN(patch) ? 0 : patch);
  const plain = (name: string, content: string) => ({ name, content });
  const script = (event: string) => ({
    name: `scripts/${SCRIPT_OF[event]}.sh`,
    content: `#!/bin/sh\nset -eu\n# ${event} of ${application}\nsystemctl ${SCRIPT_OF[event]} ${application}.service\n`,
    mode: 0o755,
  });
  return [
    plain("appspec.yml", appSpecOf(application, changes % 2 === 0 ? 60 : 120)),
    ...HOOK_EVENTS.map(script),
    plain("package.json", `${JSON.stringify({ name: application, version }, null, 2)}\n`),
    plain("dist/server.js", `export const version = ${JSON.stringify(version)};\n`.repeat(20 + (changes % 7))),
    plain("dist/carts/store.js", `// ${minor}\nexport class CartStore {}\n`),
    plain(`dist/features-${minor}.js`, "export default {};\n"),
    plain("public/index.html", `<!doctype html>\n<title>${application}</title>\n`),
  ];
}

function appSpecOf(application: string, timeoutSeconds: number): string {
  const hooks = HOOK_EVENTS.map(
    (event) => `  ${event}:\n    - location: scripts/${SCRIPT_OF[event]}.sh\n      timeout: ${timeoutSeconds}\n`,
  );
  return `version: 0.0\nos: linux\nfiles:\n  - source: /\n    destination: /opt/${application}\nfile_exists_behavior: OVERWRITE\nhooks:\n${hooks.join("")}`;
}
