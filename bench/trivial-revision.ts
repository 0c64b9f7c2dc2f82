import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";

const HOOKS = ["ApplicationStop", "BeforeInstall", "AfterInstall", "ApplicationStart", "ValidateService"] as const;

/** The smallest honest revision: one file to install, and a script that does nothing for each of the five hooks. */
export function writeTrivialRevision(directory: string, destination: string): void {
  mkdirSync(join(directory, "scripts"), { recursive: true });
  const hooks = HOOKS.map((hook) => `  ${hook}: [{ location: scripts/${hook}.sh, timeout: 60 }]\n`);
  const files = `files:\n  - { source: /index.html, destination: ${destination} }\n`;
  writeFileSync(
    join(directory, "appspec.yml"),
    `version: 0.0\nos: linux\n${files}file_exists_behavior: OVERWRITE\nhooks:\n${hooks.join("")}`,
  );
  writeFileSync(join(directory, "index.html"), "<p>hello</p>\n");
  for (const hook of HOOKS) {
    const path = join(directory, "scripts", `${hook}.sh`);
    writeFileSync(path, "#!/bin/sh\ntrue\n");
    chmodSync(path, 0o755);
  }
}
