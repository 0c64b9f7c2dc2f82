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

/** Each of them once more with every heartbeat, as a server gives them. */
async function offer(agent: AgentUpgrade, names: { readonly upgradeId?: string; readonly version?: string }) {
  for (const envelope of ["bm8=", "bm8=", "bm8h"]) {
    agent.offered({ format: "PKCS7/JSON", envelope, ...names });
    for (let turns = 0; turns < 20; turns += 1) await turn();
  }
}

it("reports an offer that it cannot open once, by the name that the server gives it", async () => {
  const agent = upgrade();
  const { changed } = agent;
  await import("./take-offer.ts");
  await offer(agent, { upgradeId: "u-1", version: "9.0.0" });
  const report = { version: "9.0.0", state: "failed", reason: expect.stringMatching(/./) };
  expect(agent.said().agentUpgrade).toEqual(report);
  expect({ isTold: changed.aborted, problems }).toEqual({ isTold: true, problems: [expect.any(String)] });
  agent.heard(agent.said().agentUpgrade);
  await offer(agent, { upgradeId: "u-1", version: "9.0.0" });
  expect(agent.said().agentUpgrade).toBeUndefined();
  await offer(agent, { upgradeId: "u-2", version: "9.0.0" });
  expect(agent.said().agentUpgrade).toEqual(report);
});

it("says nothing of an offer that it cannot open where an earlier server does not name it, and logs each once", async () => {
  const agent = upgrade();
  const { changed } = agent;
  await import("./take-offer.ts");
  await offer(agent, {});
  expect(agent.said().agentUpgrade).toBeUndefined();
  expect({ isTold: changed.aborted, problems: problems.length }).toEqual({ isTold: false, problems: 2 });
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
