import { mkdtempSync, renameSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { InvokeCommand, PutFunctionConcurrencyCommand } from "@aws-sdk/client-lambda";
import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { DATABASES, openDatabase, whyNoDatabase } from "../installation/databases.fixture.ts";
import { cleanEnvironment, runProgram, SLUICE } from "../installation/sluice-server.fixture.ts";
import { until } from "../installation/until.fixture.ts";
import { CHECK, FunctionShop, UIDS } from "./function-shop.fixture.ts";
import { LEDGER } from "./function-sources.fixture.ts";
import { processesOfUsers } from "./user-processes.fixture.ts";

const CANARY_PERCENT = 40;
const SAMPLE = 400;
/** Of a sample, to either side: five times its standard deviation. */
const WITHIN_POINTS = 12.5;
const ENTRIES = Array.from({ length: 20 }, (_, at) => String(at));

/** `npm run prove`: with both databases. What a database does to a kill is shown by tests/e2e/crash.test.ts with each. */
const databases = process.env.SLUICE_KILLS === "all" ? DATABASES : (["sqlite"] as const);

describe.each(databases)("a kill -9 of a server that runs functions, with %s", (choice) => {
  const missing = whyNoDatabase(choice);
  if (missing !== null) {
    it.skip(missing, () => {});
    return;
  }
  const undo = new AsyncDisposableStack();
  let databaseUrl: string | undefined;
  let shop: FunctionShop;
  let current = "1";

  beforeAll(async () => {
    const opened = await openDatabase(choice);
    undo.defer(opened.close);
    databaseUrl = opened.url;
    shop = await FunctionShop.open(undo, { databaseUrl });
    // Nothing moves by itself before the tests are over.
    await shop.createConfig("canary", {
      type: "TimeBasedCanary",
      timeBasedCanary: { canaryPercentage: CANARY_PERCENT, canaryInterval: 60 },
    });
    await shop.createFunction("ledger", LEDGER);
    await shop.lambda.send(
      new PutFunctionConcurrencyCommand({ FunctionName: "ledger", ReservedConcurrentExecutions: 1 }),
    );
  });
  afterAll(() => undo.disposeAsync());

  async function deployHalfway(hooks: Readonly<Record<string, string>> = {}) {
    const version = await shop.publish();
    const deploymentId = await shop.deploy({ to: version, config: "canary", hooks });
    await shop.untilWeight(deploymentId, CANARY_PERCENT);
    return { deploymentId, version };
  }

  async function expectSplit(version: string): Promise<void> {
    expect(await shop.weights()).toEqual({ [current]: 0.6, [version]: 0.4 });
    const shares = await shop.shares(SAMPLE);
    expect(Object.keys(shares).sort()).toEqual([current, version].sort());
    expect(Math.abs((shares[version] ?? 0) - CANARY_PERCENT), JSON.stringify(shares)).toBeLessThan(WITHIN_POINTS);
  }

  /** No process of a function outlives its server. */
  async function kill(): Promise<void> {
    await shop.server.kill();
    await until("the end of all processes of functions", () => processesOfUsers(UIDS).length === 0);
  }

  const arrivals = (path: string) => shop.gate.arrivals.filter((each) => each === path).length;

  it("leaves the weights as they were, and the shift goes on from there", async () => {
    const { deploymentId, version } = await deployHalfway({ BeforeAllowTraffic: CHECK });
    await expectSplit(version);
    await kill();
    await shop.server.start();
    expect(await shop.deployment(deploymentId)).toMatchObject({ status: "InProgress" });
    expect((await shop.target(deploymentId)).lambdaFunctionInfo).toMatchObject({ targetVersionWeight: 0.4 });
    await expectSplit(version);
    await shop.next(deploymentId);
    await shop.end(deploymentId, "Succeeded");
    current = version;
    expect(await shop.shares(20)).toEqual({ [version]: 100 });
    expect(arrivals(`/hook/${deploymentId}`)).toBe(1);
  });

  it("ends a hook that runs, which the next server runs once more", async () => {
    shop.gate.hold("/hook");
    const version = await shop.publish();
    const deploymentId = await shop.deploy({ to: version, hooks: { BeforeAllowTraffic: CHECK } });
    await until("the hook", () => arrivals(`/hook/${deploymentId}`) === 1);
    await kill();
    await shop.server.start();
    await until("the hook's next run", () => arrivals(`/hook/${deploymentId}`) === 2);
    expect(await shop.weights()).toEqual({ [current]: 1 });
    shop.gate.release("/hook");
    await shop.end(deploymentId, "Succeeded");
    current = version;
    expect(arrivals(`/hook/${deploymentId}`)).toBe(2);
  });

  it("loses no event that was taken, and runs again only what it was running", async () => {
    shop.gate.hold("/ledger");
    for (const entry of ENTRIES) {
      const Payload = JSON.stringify({ entry });
      const { StatusCode } = await shop.lambda.send(
        new InvokeCommand({ FunctionName: "ledger", InvocationType: "Event", Payload }),
      );
      expect(StatusCode).toBe(202);
    }
    const passed = () => shop.gate.arrivals.filter((path) => path.startsWith("/ledger/"));
    await until("the first event", () => passed().length > 0);
    await kill();
    const running = passed();
    expect(running).toHaveLength(1);
    await shop.server.start();
    shop.gate.release("/ledger");
    await until("all events", () => new Set(passed()).size === ENTRIES.length);
    expect(passed().sort()).toEqual([...ENTRIES.map((entry) => `/ledger/${entry}`), ...running].sort());
  });

  it("and the loss of all its data: a backup of mid-shift brings back the code, the weights and the truth", async () => {
    const outside = mkdtempSync(join(tmpdir(), "sluice-functions-backup-"));
    undo.defer(() => rmSync(outside, { recursive: true, force: true }));
    const file = join(outside, "backup.tar");
    const { deploymentId, version } = await deployHalfway();
    expect(await shop.server.sluice("backup", file)).toContain("verified");
    await shop.next(deploymentId);
    await shop.end(deploymentId, "Succeeded");
    await kill();
    renameSync(shop.server.data, join(outside, "lost"));
    await emptyDatabase(databaseUrl);
    const database = databaseUrl ? ["--database", databaseUrl] : [];
    const restored = await runProgram(
      SLUICE,
      ["restore", file, "--data", shop.server.data, ...database],
      cleanEnvironment(),
    );
    expect(restored).toMatchObject({ exitCode: 0, stderr: "" });
    await shop.server.start();
    await expectSplit(version);
    const { errorInformation } = await shop.end(deploymentId, "Failed");
    expect(errorInformation?.message).toMatch(/in progress when a backup was taken/);
    const refused = await shop.end(await shop.deploy({ to: version }), "Failed");
    expect(refused.errorInformation?.message).toContain(`sends 40 % of its traffic to version ${version}`);
  });
});

async function emptyDatabase(connectionString: string | undefined): Promise<void> {
  if (connectionString === undefined) return;
  const client = new pg.Client({ connectionString });
  await client.connect();
  await client.query("DROP SCHEMA public CASCADE; CREATE SCHEMA public");
  await client.end();
}
