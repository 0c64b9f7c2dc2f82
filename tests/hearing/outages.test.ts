import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { CodeDeploy } from "../installation/code-deploy.fixture.ts";
import { startSluiceServer } from "../installation/sluice-server.fixture.ts";
import { type PostgresCluster, startPostgres, whyNoPostgres } from "../postgres/postgres-cluster.fixture.ts";
import { openGate } from "./database-gate.fixture.ts";
import { anyRevision, endOf, outcomeOf, startFleet } from "./heard-fleet.fixture.ts";

const HOSTS = 10;
/** Longer than a host may be silent. The full sizes are 20, 60 and 40. */
const OUTAGES_SECONDS = (process.env.SLUICE_HEARING_OUTAGES ?? "20").split(",").map(Number);
const STANDSTILL_SECONDS = Number(process.env.SLUICE_HEARING_STANDSTILL ?? 20);
/** So long that events end while nobody can be told. */
const EVENT_MILLISECONDS = 3_000;
const UNTIL_AT_WORK_MILLISECONDS = 2_000;

const whyNot = whyNoPostgres();
let cluster: PostgresCluster;
beforeAll(async () => {
  if (whyNot === null) cluster = await startPostgres();
});
afterAll(async () => cluster?.stop());
beforeEach((context) => context.skip(whyNot !== null, whyNot ?? ""));

/** Proves nothing about speed: an outage, and what a busy machine makes of the rest. */
const HANGS_AFTER_MILLISECONDS = Number(process.env.SLUICE_HEARING_HANGS_AFTER ?? 600_000);

describe.concurrent("no living host is called silent, and a dead one among them is", {
  timeout: HANGS_AFTER_MILLISECONDS,
}, () => {
  for (const seconds of OUTAGES_SECONDS) {
    for (const kind of ["hang", "cut"] as const) {
      it(`while the database is away (${kind}) for ${seconds} s and events end on ten hosts`, async () => {
        const gate = await openGate(await cluster.newDatabase());
        const server = await startSluiceServer({ databaseUrl: gate.url });
        const codeDeploy = await CodeDeploy.begin(server);
        const hosts = await startFleet(server, codeDeploy, {
          fleet: "all",
          hosts: HOSTS + 1,
          eventMilliseconds: EVENT_MILLISECONDS,
        });
        try {
          const id = await codeDeploy.deploy("all", await anyRevision(codeDeploy));
          await sleep(UNTIL_AT_WORK_MILLISECONDS);
          await hosts.silence(1);
          gate[kind]();
          await sleep(seconds * 1_000);
          gate.open();
          const end = await endOf(codeDeploy, id);
          expect(outcomeOf(end), end.deploymentStatusMessages?.join()).toBe(`Succeeded: ${HOSTS} Succeeded, 1 Failed `);
          expect(end.deploymentStatusMessages?.join()).toMatch(/Succeeded with 1 failed host: host all-0 /);
          expect(server.log()).toMatch(
            /has received no heartbeats from its hosts since .*receives heartbeats from its hosts again/s,
          );
        } finally {
          await hosts.close();
          codeDeploy.close();
          gate.open();
          await server.close();
          gate.close();
        }
      });
    }
  }

  it(`while one of two servers on a database stands still for ${STANDSTILL_SECONDS} s`, async () => {
    const databaseUrl = await cluster.newDatabase();
    const server = await startSluiceServer({ databaseUrl });
    const other = await startSluiceServer({ databaseUrl, args: ["--allow-several-servers"] });
    const codeDeploy = await CodeDeploy.begin(server);
    const order = { fleet: "all", eventMilliseconds: EVENT_MILLISECONDS };
    const hosts = await startFleet(server, codeDeploy, { ...order, hosts: HOSTS + 1 });
    const others = await startFleet(other, codeDeploy, { ...order, hosts: HOSTS, prefix: "other" });
    try {
      const id = await codeDeploy.deploy("all", await anyRevision(codeDeploy));
      await sleep(UNTIL_AT_WORK_MILLISECONDS);
      await hosts.silence(1);
      other.pause();
      await sleep(STANDSTILL_SECONDS * 1_000);
      other.resume();
      const end = await endOf(codeDeploy, id);
      expect(outcomeOf(end), end.deploymentStatusMessages?.join()).toBe(`Succeeded: ${2 * HOSTS} Succeeded, 1 Failed `);
      expect(end.deploymentStatusMessages?.join()).toMatch(/Succeeded with 1 failed host: host all-0 /);
    } finally {
      other.resume();
      await others.close();
      await hosts.close();
      codeDeploy.close();
      await other.close();
      await server.close();
    }
  });
});
