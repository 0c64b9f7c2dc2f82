import {
  ALLOW_EVENTS,
  BLOCK_EVENTS,
  IN_PLACE_EVENTS,
  type LifecycleEventName,
  RESERVED_EVENTS,
} from "@sluice/model/lifecycle-event.ts";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { whyNoHaproxy } from "../haproxy/haproxy-process.fixture.ts";
import { DATABASES, type DatabaseChoice, whyNoDatabase } from "../installation/databases.fixture.ts";
import type { Death } from "../simulation/mortal-store.ts";
import type { Kill } from "./mortal-server.fixture.ts";
import { BLUE, GREEN, type Outcome, TwoFleets } from "./two-fleets.fixture.ts";

/**
 * `all`: at every commit on SQLite, and at a sample of them on PostgreSQL too, where a server that comes back waits for the leases of the
 * dead one. Otherwise the sample, on SQLite.
 */
const KILLS_AT_ALL = process.env.SLUICE_KILLS === "all";
/**
 * What the caller is answered for, what follows at once (the start, or the end with the rollback), and then spread over the rest. To die before a
 * commit leaves what to die after the one before it leaves, so the two share the sample.
 */
const SAMPLE: Readonly<Record<Death, readonly ((commits: number) => number)[]>> = {
  beforeCommit: [() => 1, (commits) => Math.round(commits / 4), (commits) => Math.round((commits * 3) / 4)],
  afterCommit: [() => 1, () => 2, (commits) => Math.round(commits / 2)],
};
const DEATHS: readonly Death[] = ["beforeCommit", "afterCommit"];
/** Far beyond what a run takes: a run that hangs says so itself. */
const RUN_MILLISECONDS = 120_000;
const ENDLESS_MILLISECONDS = 24 * 3_600_000;

/** How many commits an undisturbed run makes on the way to the termination wait, and on the way back from it. */
interface Ways {
  readonly out: number;
  readonly back: number;
}
interface Run {
  readonly commits: Ways;
  readonly hasDied: { readonly out: boolean; readonly back: boolean };
  readonly outcome: Outcome;
}

function eachOnce(hosts: readonly string[], events: readonly LifecycleEventName[]) {
  const order = events.filter((event) => !RESERVED_EVENTS.has(event));
  const runs = Object.fromEntries(order.map((event) => [event, 1]));
  return hosts.map((host) => [host, { order, runs }]);
}
/** What the hooks of each host are to have written. */
const HOOKS_OUT = Object.fromEntries([
  ...eachOnce(GREEN, [...IN_PLACE_EVENTS, ...ALLOW_EVENTS]),
  ...eachOnce(BLUE, BLOCK_EVENTS),
]);
const HOOKS_BACK = Object.fromEntries([...eachOnce(BLUE, ALLOW_EVENTS), ...eachOnce(GREEN, BLOCK_EVENTS)]);

const databases: readonly DatabaseChoice[] = KILLS_AT_ALL ? DATABASES : ["sqlite"];

describe.each(databases)("a blue/green deployment and its rollback, on %s", (choice) => {
  const whyNot = whyNoHaproxy() ?? whyNoDatabase(choice);
  const undo = new AsyncDisposableStack();
  let fleets: TwoFleets;
  let undisturbed: Run;

  async function run(kills: { readonly out?: Kill; readonly back?: Kill } = {}): Promise<Run> {
    const before = await fleets.deploymentIds();
    const out = await fleets.server.outlive(kills.out, () => fleets.goOut());
    const back = await fleets.server.outlive(kills.back, () => fleets.goBack(out.result));
    return {
      commits: { out: out.commits, back: back.commits },
      hasDied: { out: out.hasDied, back: back.hasDied },
      outcome: await fleets.outcome(out.result, back.result, before),
    };
  }

  beforeAll(async () => {
    if (whyNot) return;
    fleets = await TwoFleets.open(choice, undo);
    // The first one finds hosts without a past; from the second on all find the same.
    await run();
    undisturbed = await run();
  }, 3 * RUN_MILLISECONDS);
  beforeEach((context) => context.skip(whyNot !== null, whyNot ?? ""));
  afterAll(() => undo.disposeAsync());

  it("stops, goes back, and runs each hook once, when nobody is killed", () => {
    const { outcome } = undisturbed;
    expect(outcome).toMatchObject({
      deployments: {
        out: { status: "Stopped", rollbackInfo: { rollbackDeploymentId: "BACK" } },
        back: {
          status: "Succeeded",
          creator: "codeDeployRollback",
          rollbackInfo: { rollbackTriggeringDeploymentId: "OUT" },
        },
      },
      added: ["BACK", "OUT"],
      rolledBack: [{ deploymentId: "OUT", rollbackDeploymentId: "BACK", rollbackStatus: "Succeeded" }],
      servers: ["blue-1 UP", "blue-2 UP", "green-1 MAINT maint", "green-2 MAINT maint"],
      hooks: { out: HOOKS_OUT, back: HOOKS_BACK },
    });
  });

  /** One kill on each way, if it has so many commits. */
  async function killAt(death: Death, out: number, back: number): Promise<Run["hasDied"]> {
    const killed = await run({ out: { commit: out, death }, back: { commit: back, death } });
    const where = `killed ${death} ${out} on the way out and ${back} on the way back: ${JSON.stringify(killed.hasDied)}`;
    expect.soft(killed.outcome, where).toEqual(undisturbed.outcome);
    return killed.hasDied;
  }

  if (KILLS_AT_ALL && choice === "sqlite") {
    it.each(DEATHS)(
      "ends as without kills when the server dies %s, at any commit on the way out and back",
      async (death) => {
        const { commits } = undisturbed;
        const kills = { out: 0, back: 0 };
        for (let commit = 1; ; commit++) {
          const hasDied = await killAt(death, commit, commit);
          if (hasDied.out) kills.out += 1;
          if (hasDied.back) kills.back += 1;
          if (!hasDied.out && !hasDied.back && commit > Math.max(commits.out, commits.back)) break;
        }
        console.log(`${death}: ${JSON.stringify({ kills, commitsWithoutKills: commits })}`);
        // Runs differ by how many hosts share a commit, and by how often a balancer is asked.
        expect(kills.out).toBeGreaterThan(commits.out / 2);
        expect(kills.back).toBeGreaterThan(commits.back / 2);
      },
      ENDLESS_MILLISECONDS,
    );
  } else {
    it.each(DEATHS)(
      "ends as without kills when the server dies %s, at some commits on the way out and back",
      async (death) => {
        const { commits } = undisturbed;
        for (const at of SAMPLE[death]) {
          const hasDied = await killAt(death, at(commits.out), at(commits.back));
          expect(hasDied, `of ${JSON.stringify(commits)} commits`).toEqual({ out: true, back: true });
        }
      },
      RUN_MILLISECONDS * SAMPLE.afterCommit.length,
    );
  }
});
