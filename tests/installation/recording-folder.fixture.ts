import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** One host's side of {@link recordingBundle}: what its hooks wrote, and where they wait. */
export class RecordingFolder {
  readonly path: string;

  constructor(path = mkdtempSync(join(tmpdir(), "sluice-e2e-hooks-"))) {
    this.path = path;
    for (const name of ["ran", "hold", "ended"]) mkdirSync(join(this.path, name), { recursive: true });
  }

  /** From now on the event's hook waits on this host. */
  hold(event: string): void {
    writeFileSync(join(this.path, "hold", event), "");
  }

  release(event: string): void {
    rmSync(join(this.path, "hold", event));
  }

  releaseAll(): void {
    for (const event of readdirSync(join(this.path, "hold"))) this.release(event);
  }

  hasBegun(deploymentId: string, event: string): boolean {
    return existsSync(join(this.path, "ran", `${deploymentId}.${event}`));
  }

  hasEnded(deploymentId: string, event: string): boolean {
    return existsSync(join(this.path, "ended", `${deploymentId}.${event}`));
  }

  /** How often each hook of a deployment ran, by event. */
  runs(deploymentId: string): Record<string, number> {
    const files = readdirSync(join(this.path, "ran")).filter((name) => name.startsWith(`${deploymentId}.`));
    return Object.fromEntries(
      files.map((name) => [
        name.slice(deploymentId.length + 1),
        readFileSync(join(this.path, "ran", name), "utf8")
          .trimEnd()
          .split("\n").length,
      ]),
    );
  }

  remove(): void {
    rmSync(this.path, { recursive: true, force: true });
  }
}
