import { join } from "node:path";
import { LOGS_DIRECTORY_NAME } from "./layout.ts";
import { localTimeWithMilliseconds } from "./local-time.ts";
import { RotatedFile } from "./rotated-file.ts";

const FILE_NAME = "codedeploy-agent-deployments.log";
const MAX_FILES = 8;
const MAX_FILE_BYTES = 64 * 1024 * 1024;

/** The log of all deployments' script output on this host, under the reference agent's name, format and rotation. */
export class DeploymentsLog {
  readonly #file: RotatedFile;

  constructor(rootDirectory: string, fileMaxBytes = MAX_FILE_BYTES) {
    const path = join(rootDirectory, LOGS_DIRECTORY_NAME, FILE_NAME);
    this.#file = new RotatedFile(path, { fileMaxBytes, filesMax: MAX_FILES });
  }

  append(deploymentId: string, lines: readonly string[]): void {
    const stamp = localTimeWithMilliseconds(new Date());
    this.#file.append(lines.map((line) => `[${stamp}] [${deploymentId}]${line.trim()}\n`).join(""));
  }

  close(): void {
    this.#file.close();
  }
}
