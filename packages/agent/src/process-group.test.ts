import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, realpathSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { endProcessGroup, findScriptGroup } from "./process-group.ts";

const EVENT = { DEPLOYMENT_ID: "d-A1B2C3D4E", LIFECYCLE_EVENT: "AfterInstall" };
let directory: string;
let script: ChildProcess;

beforeEach(async () => {
  directory = realpathSync(mkdtempSync(join(tmpdir(), "sluice-group-")));
  mkdirSync(join(directory, "archive"));
  script = spawn("/bin/sleep", ["600"], {
    cwd: join(directory, "archive"),
    env: { ...EVENT, PATH: process.env.PATH },
    detached: true,
    stdio: "ignore",
  });
  await new Promise((resolve) => script.once("spawn", resolve));
});
afterEach(() => {
  script.kill("SIGKILL");
  rmSync(directory, { recursive: true });
});

describe.skipIf(process.platform !== "linux")("a script whose number was never written down", () => {
  it("is found by its event and its directory, and can be ended", async () => {
    const group = findScriptGroup(directory, EVENT);
    expect(group?.groupId).toBe(script.pid);
    const ended = new Promise((resolve) => script.once("exit", (_, signal) => resolve(signal)));
    expect(await endProcessGroup(group!)).toBe("terminated");
    expect(await ended).toBe("SIGTERM");
  });

  it("is not taken for another event's, another deployment's or another agent's", () => {
    expect(findScriptGroup(directory, { ...EVENT, LIFECYCLE_EVENT: "BeforeInstall" })).toBeUndefined();
    expect(findScriptGroup(directory, { ...EVENT, DEPLOYMENT_ID: "d-A1B2C3D4" })).toBeUndefined();
    expect(findScriptGroup(`${directory}-2`, EVENT)).toBeUndefined();
    expect(findScriptGroup(join(directory, "arch"), EVENT)).toBeUndefined();
  });
});
