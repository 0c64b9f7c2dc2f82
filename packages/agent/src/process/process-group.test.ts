import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFileSync } from "node:fs";
import { afterEach, describe, expect, it } from "vitest";
import { endLeftGroup, findScriptGroup } from "./process-group.ts";
import { SCRIPT_MARK_VARIABLE } from "./script-mark.ts";

/** Of this run alone: processes of another may be there. */
const MARK = randomBytes(16).toString("hex");
/** Two of them, so that the kernel gives two processes different starts. */
const CLOCK_TICK_MILLISECONDS = 20;
const processes: ChildProcess[] = [];

async function startLeader(variables: Readonly<Record<string, string>>): Promise<ChildProcess> {
  const leader = spawn("/bin/sleep", ["600"], { env: variables, detached: true, stdio: "ignore" });
  processes.push(leader);
  await new Promise((resolve) => leader.once("spawn", resolve));
  return leader;
}

afterEach(async () => {
  for (const leader of processes.splice(0)) {
    if (leader.exitCode !== null || leader.signalCode !== null) continue;
    const ended = new Promise((resolve) => leader.once("exit", resolve));
    leader.kill("SIGKILL");
    // Else the next test finds it by its mark.
    await ended;
  }
});

describe.skipIf(process.platform !== "linux")("a script whose number was never written down", () => {
  it("is found by its mark, and can be ended", async () => {
    const script = await startLeader({ [SCRIPT_MARK_VARIABLE]: MARK, LIFECYCLE_EVENT: "AfterInstall" });
    const group = findScriptGroup(MARK);
    expect(group?.groupId).toBe(script.pid);
    const ended = new Promise((resolve) => script.once("exit", (_, signal) => resolve(signal)));
    expect(await endLeftGroup(group!)).toBe("terminated");
    expect(await ended).toBe("SIGTERM");
  });

  it("is not taken for a process with its event but without its mark, nor for what it has started", async () => {
    await startLeader({ DEPLOYMENT_ID: "d-A1B2C3D4E", LIFECYCLE_EVENT: "AfterInstall" });
    await startLeader({ [SCRIPT_MARK_VARIABLE]: MARK.slice(0, -1) });
    expect(findScriptGroup(MARK)).toBeUndefined();
    const script = await startLeader({ [SCRIPT_MARK_VARIABLE]: MARK });
    await new Promise((resolve) => setTimeout(resolve, CLOCK_TICK_MILLISECONDS));
    await startLeader({ [SCRIPT_MARK_VARIABLE]: MARK });
    expect(findScriptGroup(MARK)?.groupId).toBe(script.pid);
  });

  it.skipIf(process.geteuid?.() !== 0)(
    "is not looked for among another user's processes, whose environment may be endless (needs root)",
    async () => {
      const stranger = spawn("setpriv", ["--reuid", "12345", "--clear-groups", "/bin/sleep", "600"], {
        env: { ...process.env, [SCRIPT_MARK_VARIABLE]: MARK },
        detached: true,
        stdio: "ignore",
      });
      processes.push(stranger);
      await expect.poll(() => readFileSync(`/proc/${stranger.pid}/cmdline`, "latin1")).toMatch(/^\/bin\/sleep/);
      expect(findScriptGroup(MARK)).toBeUndefined();
    },
  );
});
