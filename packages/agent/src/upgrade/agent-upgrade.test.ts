import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as turn } from "node:timers/promises";
import { beforeEach, expect, it } from "vitest";
import { AgentUpgrade } from "./agent-upgrade.ts";
import { beginTrial } from "./trial-files.ts";

let directory: string;
let problems: string[];
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "sluice-trial-"));
  problems = [];
  return () => rmSync(directory, { recursive: true });
});

const upgrade = () =>
  new AgentUpgrade({
    directory,
    programs: directory,
    hostIdentifier: "arn:web-1",
    signingCertificate: "none",
    source: () => Promise.reject(new Error("nothing is downloaded")),
    now: () => new Date(),
    onSwitch: () => {},
    stopping: new AbortController().signal,
    log: { info: () => {}, warn: () => {}, error: (message) => problems.push(message) },
  });

it.each(["", "{", "{}", "null", '{"version":7}', "\0\0\0"])(
  "says nothing of an upgrade that it cannot name, and is on no trial for it: upgrade.json with %j",
  (damaged) => {
    for (const others of [[], ["upgrade-confirmed"], ["upgrade-restored"]]) {
      writeFileSync(join(directory, "upgrade.json"), damaged);
      for (const name of others) writeFileSync(join(directory, name), "why\n");
      // The server refuses a heartbeat with a report that names no version, and the host would be dark.
      expect(upgrade().said().agentUpgrade).toBeUndefined();
      expect(readdirSync(directory)).toEqual([]);
    }
  },
);

it("says nothing of an offer that it cannot read, and does not speak up for it", async () => {
  const agent = upgrade();
  const { changed } = agent;
  agent.offered({ format: "PKCS7/JSON", envelope: "bm8=" });
  while (problems.length === 0) await turn();
  expect(agent.said().agentUpgrade).toBeUndefined();
  expect(changed.aborted).toBe(false);
});

it("is never, not even for a moment, on trial for the upgrade before", () => {
  writeFileSync(join(directory, "upgrade.json"), '{"version":"0.1.0"}');
  writeFileSync(join(directory, "upgrade-confirmed"), "");
  const pending = { version: "0.3.0", from: "0.2.0", sha256: "0", isDowngrade: false };
  // It ends where it writes the new one, as one that is killed there.
  mkdirSync(join(directory, "upgrade.json.unfinished"));
  expect(() => beginTrial(directory, pending)).toThrow();
  expect(readdirSync(directory)).toEqual(["upgrade.json.unfinished"]);
});
