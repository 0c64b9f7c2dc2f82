import { existsSync } from "node:fs";
import { dirname, join } from "node:path";

/** `bin/sluice` of the installation that this code belongs to, whether it runs from the source or from the bundle. */
export function findLauncher(): string {
  for (let directory = import.meta.dirname; ; directory = dirname(directory)) {
    const launcher = join(directory, "bin", "sluice");
    if (existsSync(launcher)) return launcher;
    if (directory === dirname(directory))
      throw new Error(`no bin/sluice above ${import.meta.dirname}: is the installation complete?`);
  }
}

/** Where there is a program called `node`: this one runs under another name. */
export function findNodeDirectory(): string {
  const installed = join(dirname(dirname(findLauncher())), "node_modules", `node-linux-${process.arch}`, "bin");
  return existsSync(join(installed, "node")) ? installed : dirname(process.execPath);
}
