import { ALWAYS_HEARD } from "@sluice/engine/heard-time.ts";
import { LATE_HOSTS_CREATOR } from "@sluice/engine/late-hosts.ts";
import { IN_PLACE_EVENTS } from "@sluice/model/lifecycle-event.ts";
import {
  LATE_HOSTS_GATHER_MILLISECONDS,
  LATE_HOSTS_SCAN_MILLISECONDS,
} from "@sluice/server/late-hosts/late-host-watch.ts";
import { noOutside, playHost, type RunnerFixture, runnerFixture } from "@sluice/server/runner/runner.fixture.ts";
import { createRunner, type Runner } from "@sluice/server/runner/runner.ts";
import { changeGroupSettings } from "@sluice/server/store/group-settings.ts";
import type { Store } from "@sluice/server/store/open-store.ts";
import { loadTargets } from "@sluice/server/store/targets.ts";
import { afterEach, describe, expect, it } from "vitest";
import { type Death, MortalStore } from "./mortal-store.ts";
import { Random } from "./random.ts";
import { SimulatedTime } from "./simulated-time.ts";

const START = Date.UTC(2026, 0, 1);
const TICK_MILLISECONDS = 1;
/** What takes more steps of time than that never happens. */
const MAX_STEPS = 100_000;
const LATE = ["fails", "works"];
const DEAD = Symbol("the server died");

/** One life of the server. */
interface Life {
  readonly runner: Runner;
  readonly death: Promise<typeof DEAD>;
}

let time: SimulatedTime;
let fixture: RunnerFixture;
let stop: AbortController;
let life: Life;
let died: boolean;
let lives: number;
/** `HOST EVENT`, once for every time that a host ran it. */
let ran: string[];

afterEach(() => stop.abort());

function begin(store: Store): Life {
  lives += 1;
  let end = (_: typeof DEAD) => {};
  const death = new Promise<typeof DEAD>((resolve) => {
    end = resolve;
  });
  const name = `life${lives}`;
  let offers = 0;
  let deployments = 0;
  const mortal = store instanceof MortalStore ? store : undefined;
  const runner = createRunner({
    store,
    timers: time,
    owner: name,
    newOffer: () => `${name}${++offers}`,
    newDeploymentId: () => `d-${name.toUpperCase()}${++deployments}`,
    ...noOutside(),
    matchHosts: async () =>
      ["a", ...LATE].map((hostId) => ({ hostId, hostName: hostId, kind: "on-premises", zone: null })),
    hosts: {
      agentsOf: async () => new Map(),
      heardTime: () => ALWAYS_HEARD,
      observe: async (_store, targetIds) => {
        const now = time.now();
        const alive = { lastSeenAt: now, silentSince: now, graceMilliseconds: 15_000, goodbyeAt: null, remedy: "" };
        return new Map(targetIds.map((id) => [id, alive]));
      },
    },
    onError: (error) => {
      if (!mortal?.isDead) throw error;
    },
    onQuarantine: (_id, error) => {
      throw error;
    },
  });
  runner.start();
  killed = () => end(DEAD);
  return { runner, death };
}
let killed = () => {};

/** Asks whichever server lives until one has answered. */
async function ask<T>(question: (runner: Runner) => Promise<T>): Promise<T> {
  while (true) {
    const asked = life;
    const answer = await Promise.race([question(asked.runner), asked.death]);
    // The next life has begun by then.
    if (answer !== DEAD) return answer;
  }
}

/** An honest agent that outlives servers: what it was told to run it runs once, and it reports until it is heard. */
async function liveOn(hostId: string, signal: AbortSignal): Promise<void> {
  while (!signal.aborted) {
    const command = await ask((runner) => runner.poll(hostId, signal, 2_000));
    if (!command) continue;
    const { deploymentId, event, hostCommandIdentifier: offer } = command;
    const address = { deploymentId, targetId: hostId };
    const acknowledged = { type: "acknowledged", event, by: "agent", attempt: 1, offer } as const;
    const { answer } = await ask((runner) => runner.report({ ...address, report: acknowledged }));
    if (answer !== "InProgress") continue;
    ran.push(`${hostId} ${event}`);
    const succeeded = hostId !== "fails" || event !== "ValidateService";
    const diagnostics = {
      errorCode: succeeded ? "Success" : "ScriptFailed",
      scriptName: "check.sh",
      message: "",
      logTail: "",
    } as const;
    const completed = { type: "completed", event, by: "agent", attempt: 1, succeeded, diagnostics } as const;
    await ask((runner) => runner.report({ ...address, report: completed }));
  }
}

/** Lets time pass until it is so. */
async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  for (let steps = 0; !(await isSo()); steps++) {
    if (steps === MAX_STEPS || !(await time.step())) throw new Error(`it never happens: ${isSo}`);
  }
}

/** A group with a revision that wants late hosts, and no server. */
async function deployedGroup(): Promise<void> {
  stop = new AbortController();
  ran = [];
  died = false;
  lives = 0;
  time = new SimulatedTime(START, TICK_MILLISECONDS, new Random(1));
  const hosts = new AbortController();
  fixture = await runnerFixture(["a"], time);
  void playHost(fixture, "a", hosts.signal);
  await fixture.createDeployment("d-GOOD", { type: "FLEET_PERCENT", value: 0 });
  await until(async () => (await fixture.statusOf("d-GOOD")) === "Succeeded");
  hosts.abort();
  await fixture.runner.close();
  await fixture.store.write((transaction) => changeGroupSettings(transaction, "group-1", { deployToLateHosts: true }));
}

async function lateDeployments() {
  const rows = await fixture.store.db
    .selectFrom("deployments")
    .select(["deployment_id", "status", "active"])
    .where("creator", "=", LATE_HOSTS_CREATOR)
    .execute();
  return Promise.all(
    rows.map(async (row) => ({
      ...row,
      hosts: ((await loadTargets(fixture.store, row.deployment_id)) ?? []).map((target) => [
        target.targetId,
        target.status,
      ]),
    })),
  );
}

/** Late hosts are there from the start of a life that ends at its nth write. */
async function liveAndDie(deathAt: number, death: Death): Promise<void> {
  let writes = 0;
  const mortal = new MortalStore(
    fixture.store,
    () => (writes++ === deathAt ? death : null),
    () => {
      died = true;
      const endOfLife = killed;
      life = begin(fixture.store);
      endOfLife();
    },
  );
  life = begin(mortal);
  for (const host of LATE) void liveOn(host, stop.signal);
  await until(async () => {
    const deployments = await lateDeployments();
    return deployments.length > 0 && deployments.every(({ active }) => active === 0);
  });
  await looksPass();
}

/** What was not done after two more looks is not done by itself. */
async function looksPass(): Promise<void> {
  const thirdLookAt = time.now() + LATE_HOSTS_GATHER_MILLISECONDS + 2 * LATE_HOSTS_SCAN_MILLISECONDS;
  await until(() => time.now() > thirdLookAt);
}

describe.each<Death>(["beforeCommit", "afterCommit"])("a server that dies at a write, %s", (death) => {
  it("has late hosts deployed to once, whichever write it was", { timeout: 120_000 }, async () => {
    let deaths = 0;
    for (let deathAt = 0; ; deathAt += 1) {
      await deployedGroup();
      await liveAndDie(deathAt, death);
      const at = `death at write ${deathAt}`;
      expect(await lateDeployments(), at).toMatchObject([
        {
          status: "Succeeded",
          hosts: [
            ["fails", "Failed"],
            ["works", "Succeeded"],
          ],
        },
      ]);
      for (const host of LATE) {
        const events = ran.filter((line) => line.startsWith(`${host} `)).map((line) => line.split(" ")[1]);
        expect(events, at).toEqual(IN_PLACE_EVENTS);
      }
      stop.abort();
      await life.runner.close();
      await fixture.store.close();
      if (!died) break;
      deaths += 1;
    }
    // At least the one that adds the deployment, those of its start, and one for each of a host's seven events.
    expect(deaths).toBeGreaterThan(IN_PLACE_EVENTS.length + 2);
  });
});
