import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runningCheck } from "./agent-checks.ts";
import { clockCheck } from "./client-checks.ts";
import { dataDirectoryCheck } from "./data-directory-check.ts";
import { ofFreeBytes } from "./disk-check.ts";
import { awsAgentCheck, nameCheck, unitCheck } from "./host-checks.ts";

let directory: string;
beforeAll(() => {
  directory = mkdtempSync(join(tmpdir(), "sluice-doctor-"));
  mkdirSync(join(directory, "aws"), { mode: 0o700 });
  writeFileSync(join(directory, "aws", "credentials"), "", { mode: 0o600 });
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

const NOW = Date.parse("Sun, 29 Nov 2026 10:00:00 GMT");

test("a host whose clock is wrong: its agent goes by the server's, so that no call is refused", () => {
  expect(clockCheck("Sun, 29 Nov 2026 09:50:00 GMT", NOW, "agent")).toMatchObject({
    outcome: "warning",
    detail:
      "this machine's clock is 600 s ahead of the server's. Correct the wrong clock: timedatectl. The agent goes by the server's, its scripts do not",
  });
});

test.each([
  ["Sun, 29 Nov 2026 10:00:04 GMT", "ok", "agrees"],
  ["Sun, 29 Nov 2026 10:01:00 GMT", "warning", "60 s behind the server's"],
  [
    "Sun, 29 Nov 2026 09:50:00 GMT",
    "wrong",
    "600 s ahead of the server's. Correct the wrong clock: timedatectl. Calls are refused",
  ],
  [undefined, "warning", "no date"],
])("a server whose time is %s: %s", (date, outcome, words) => {
  expect(clockCheck(date, NOW)).toMatchObject({ subject: "clock", outcome, detail: expect.stringContaining(words) });
});

test("little free space is a warning, none is wrong, both with the cure", () => {
  const gibibyte = 1024 ** 3;
  expect(ofFreeBytes("/data", 2 * gibibyte, 8 * gibibyte)).toEqual({
    subject: "disk space",
    outcome: "ok",
    detail: "2.0 GiB of 8.0 GiB free for /data",
  });
  expect(ofFreeBytes("/data", gibibyte / 2, gibibyte)).toMatchObject({ outcome: "warning" });
  expect(ofFreeBytes("/data", 1024, gibibyte)).toMatchObject({
    outcome: "wrong",
    detail: expect.stringMatching(/df -h \/data$/),
  });
});

test("a key that the server refuses is told once, by the check of the key", () => {
  const running = { processId: 7, lastFailure: "The security token is invalid", startedAt: "", heldCommands: [] };
  const status = { running } as unknown as Parameters<typeof runningCheck>[1];
  const refused = {
    subject: "key",
    outcome: "wrong",
    detail: `refused: ${running.lastFailure} (Code). Enrol it`,
  } as const;
  expect(runningCheck("/data", status, refused).detail).toBe("process 7 runs, and the server refuses its key");
  const accepted = { subject: "key", outcome: "ok", detail: "accepted" } as const;
  expect(runningCheck("/data", status, accepted).detail).toContain(`does not answer: ${running.lastFailure}`);
});

test("a key that others may read is wrong", async () => {
  expect(await dataDirectoryCheck(directory)).toMatchObject({ outcome: "ok" });
  const credentials = join(directory, "aws", "credentials");
  chmodSync(credentials, 0o644);
  expect(await dataDirectoryCheck(directory)).toMatchObject({
    outcome: "wrong",
    detail: `${credentials} contains the root key and other users can read it (0644). Run: chmod go= ${credentials}`,
  });
  expect(await dataDirectoryCheck(join(directory, "none"))).toMatchObject({
    outcome: "wrong",
    detail: `${join(directory, "none", "aws")} does not exist`,
  });
});

test.skipIf(process.geteuid?.() !== 0)(
  "a file that root wrote in a service's directory is wrong (needs root)",
  async () => {
    const own = mkdtempSync(join(directory, "of-service-"));
    mkdirSync(join(own, "aws"), { mode: 0o700 });
    writeFileSync(join(own, "aws", "credentials"), "", { mode: 0o600 });
    for (const path of [own, join(own, "aws"), join(own, "aws", "credentials")]) chownSync(path, 65_534, 65_534);
    expect(await dataDirectoryCheck(own)).toMatchObject({ outcome: "ok" });
    writeFileSync(join(own, "server.lock"), "");
    expect(await dataDirectoryCheck(own)).toMatchObject({
      outcome: "wrong",
      detail: expect.stringContaining(`${join(own, "server.lock")} belongs to root and ${own} to nobody`),
    });
  },
);

test("an AWS agent that runs beside ours is a warning, one that is only installed is none", () => {
  const processes = join(directory, "proc");
  const installed = join(directory, "codedeploy-agent");
  mkdirSync(join(processes, "4711"), { recursive: true });
  writeFileSync(join(processes, "4711", "cmdline"), "/usr/sbin/nginx\0");
  expect(awsAgentCheck({ processes, installed })).toMatchObject({
    outcome: "ok",
    detail: "there is none on this host",
  });
  mkdirSync(installed);
  expect(awsAgentCheck({ processes, installed })).toMatchObject({
    outcome: "ok",
    detail: expect.stringContaining("does not run"),
  });
  writeFileSync(join(processes, "4711", "cmdline"), "codedeploy-agent: master 4711\0");
  expect(awsAgentCheck({ processes, installed })).toMatchObject({
    outcome: "warning",
    detail: expect.stringContaining("(process 4711)"),
  });
});

test("a name that this host cannot resolve is wrong, with the cure", async () => {
  expect(await nameCheck({ server: "https://[::1]:7450" })).toBeUndefined();
  expect(await nameCheck({ server: "https://localhost:7450" })).toMatchObject({ outcome: "ok" });
  expect(await nameCheck({ server: "https://sluice.invalid:7450", host: { proxy: "" } })).toMatchObject({
    outcome: "wrong",
    detail: expect.stringContaining("getent hosts sluice.invalid"),
  });
});

test("an agent that joined by the line hides the one of the Debian package", () => {
  const [joined, ofPackage] = [join(directory, "joined.service"), "/usr/lib/systemd/system/sluice-agent.service"];
  expect(unitCheck({ joined, ofPackage })).toBeUndefined();
  writeFileSync(joined, "");
  expect(unitCheck({ joined, ofPackage })).toMatchObject({
    outcome: "warning",
    detail: expect.stringContaining("sluice agent uninstall"),
  });
});
