import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { ownProgram } from "@sluice/wire/program/own-program.ts";

/** Where there is a program called `node`: this one runs under another name. Undefined: a release in one executable has none. */
export function findNodeDirectory(): string | undefined {
  const { file, isSingleFile } = ownProgram();
  if (isSingleFile) return undefined;
  const installed = join(dirname(dirname(file)), "node_modules", `node-linux-${process.arch}`, "bin");
  return existsSync(join(installed, "node")) ? installed : dirname(process.execPath);
}
