import { ALLOW_EVENTS, BLOCK_EVENTS, IN_PLACE_EVENTS, RESERVED_EVENTS } from "@sluice/model/lifecycle-event.ts";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { DATABASES, type DatabaseChoice, whyNoDatabase } from "../e2e/databases.ts";
import { whyNoHaproxy } from "../haproxy/haproxy-process.ts";
import type { Death } from "../simulation/mortal-store.ts";
import type { Kill } from "./mortal-server.ts";
import { BLUE, GREEN, type Outcome, TwoFleets } from "./two-fleets.ts";

/** Every commit instead of a sample of them, and on every database. */
const KILLS_AT_ALL = process.env.SLUICE_KILLS === "all";
/** Commits at which a server is killed, of each way and for each death: evenly spread from the first one on. */
const SAMPLE = 4;
const DEATHS: readonly Death[] = ["beforeCommit", "afterCommit"];
/** Far beyond what a run takes: a run that hangs says so itself. */
const RUN_MILLISECONDS = 120_000;
const ENDLESS_RUNS = 1_000;

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

const hooksOf = (events: readonly string[]) => events.filter((event) => !RESERVED_EVENTS.has(event as never));
const eachOnce = (hosts: readonly string[], events: readonly string[]) =>
  hosts.map((host) => [
    host,
    { order: hooksOf(events), runs: Object.fromEntries(hooksOf(events).map((event) => [event, 1])) },
  ]);
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
  }, RUN_MILLISECONDS);
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

  it.each(DEATHS)(
    "ends as without kills when the server dies %s, on the way out and on the way back",
    async (death) => {
      const { commits } = undisturbed;
      const last = KILLS_AT_ALL ? ENDLESS_RUNS : SAMPLE;
      let kills = 0;
      for (let index = 0; index < last; index++) {
        const at = (way: keyof Ways): Kill => ({
          death,
          commit: 1 + (KILLS_AT_ALL ? index : Math.floor((index * commits[way]) / SAMPLE)),
        });
        const where = { out: at("out"), back: at("back") };
        const killed = await run(where);
        const deaths = Number(killed.hasDied.out) + Number(killed.hasDied.back);
        kills += deaths;
        expect.soft(killed.outcome, JSON.stringify({ where, died: killed.hasDied })).toEqual(undisturbed.outcome);
        if (KILLS_AT_ALL && deaths === 0) break;
        if (!KILLS_AT_ALL) expect(killed.hasDied, JSON.stringify(where)).toEqual({ out: true, back: true });
      }
      console.log(
        `${kills} kills ${death}; undisturbed ${commits.out} commits on the way out, ${commits.back} on the way back`,
      );
      if (KILLS_AT_ALL) expect(kills).toBeGreaterThanOrEqual(0.8 * (commits.out + commits.back));
    },
    ENDLESS_RUNS * RUN_MILLISECONDS,
  );
});
