import { afterEach, describe, expect, it, vi } from "vitest";
import { DEPLOYMENT_ROLLBACK } from "../store/columns/deployment-columns.ts";
import { acknowledgeRollback, listRolledBackGroups } from "../store/rolled-back-groups.ts";
import { playHost, type RunnerFixture, runnerFixture } from "./runner.fixture.ts";

const ALL_AT_ONCE = { type: "FLEET_PERCENT", value: 0 } as const;
const ROLL_BACK_ON_FAILURE = { autoRollbackConfiguration: { enabled: true, events: ["DEPLOYMENT_FAILURE"] } };

let fixture: RunnerFixture;
let stop = new AbortController();
const failing = new Set<string>();

afterEach(async () => {
  stop.abort();
  stop = new AbortController();
  failing.clear();
  await fixture.close();
});

/** A fleet whose ValidateService fails in the deployments named in `failing`. */
async function fleet(): Promise<void> {
  fixture = await runnerFixture(["a", "b"]);
  for (const host of ["a", "b"]) {
    void playHost(fixture, host, stop.signal, {
      fails: (event, deploymentId) => event === "ValidateService" && failing.has(deploymentId),
    });
  }
}

function ended(deploymentId: string) {
  return vi.waitFor(
    async () => {
      const row = await fixture.store.db
        .selectFrom("deployments")
        .selectAll()
        .where("deployment_id", "=", deploymentId)
        .executeTakeFirstOrThrow();
      expect(row.status).toMatch(/Succeeded|Failed|Stopped/);
      return { ...row, rollback: DEPLOYMENT_ROLLBACK.read(row) };
    },
    { interval: 5 },
  );
}

async function deploy(deploymentId: string, request: object = ROLL_BACK_ON_FAILURE) {
  await fixture.createDeployment(deploymentId, ALL_AT_ONCE, { request, revisionKey: deploymentId });
  return ended(deploymentId);
}

describe("automatic rollback", () => {
  it("follows a failure with a deployment of the last successful revision, linked both ways", async () => {
    await fleet();
    await deploy("d-GOOD");
    failing.add("d-BAD");
    const failed = await deploy("d-BAD");
    expect(failed.status).toBe("Failed");
    expect(failed.rollback).toEqual({
      rollbackDeploymentId: "d-ROLLBACK1",
      rollbackMessage: "Deployment d-BAD terminated. Automatic rollback is triggered with a DeploymentId d-ROLLBACK1.",
    });
    const rollback = await ended("d-ROLLBACK1");
    expect(rollback.status).toBe("Succeeded");
    expect(rollback.creator).toBe("codeDeployRollback");
    expect(rollback.revision_json).toContain('"key":"d-GOOD"');
    expect(rollback.rollback).toEqual({
      rollbackTriggeringDeploymentId: "d-BAD",
      rollbackMessage: "Deployment d-ROLLBACK1 is triggered to roll back deployment d-BAD.",
    });
  });

  it("leaves the group marked although the rollback succeeded, until a new deployment succeeds", async () => {
    await fleet();
    await deploy("d-GOOD");
    failing.add("d-BAD");
    await deploy("d-BAD");
    await ended("d-ROLLBACK1");
    expect(await groups()).toMatchObject([
      { deploymentId: "d-BAD", rollbackDeploymentId: "d-ROLLBACK1", rollbackStatus: "Succeeded" },
    ]);
    await deploy("d-BETTER");
    expect(await groups()).toEqual([]);
  });

  it("is forgotten when a person acknowledges it", async () => {
    await fleet();
    await deploy("d-GOOD");
    failing.add("d-BAD");
    await deploy("d-BAD");
    await ended("d-ROLLBACK1");
    const acknowledge = () => fixture.store.write((transaction) => acknowledgeRollback(transaction, "group-1"));
    expect(await acknowledge()).toBe(true);
    expect(await acknowledge()).toBe(false);
    expect(await groups()).toEqual([]);
  });

  it("is never rolled back itself", async () => {
    await fleet();
    await deploy("d-GOOD");
    failing.add("d-BAD").add("d-ROLLBACK1");
    await deploy("d-BAD");
    const rollback = await ended("d-ROLLBACK1");
    expect(rollback.status).toBe("Failed");
    const rows = await fixture.store.db.selectFrom("deployments").select("deployment_id").execute();
    expect(rows).toHaveLength(3);
    expect(await groups()).toMatchObject([{ rollbackStatus: "Failed" }]);
  });

  it("says why not where there is nothing to go back to", async () => {
    await fleet();
    failing.add("d-BAD");
    const failed = await deploy("d-BAD");
    expect(failed.rollback).toEqual({
      rollbackMessage: "Deployment d-BAD is not rolled back: its group has no earlier successful deployment.",
    });
    expect(await groups()).toEqual([]);
  });

  it("does not happen where it was not asked for", async () => {
    await fleet();
    await deploy("d-GOOD");
    failing.add("d-BAD1").add("d-BAD2");
    expect((await deploy("d-BAD1", {})).rollback).toBeNull();
    const off = { autoRollbackConfiguration: { enabled: false, events: ["DEPLOYMENT_FAILURE"] } };
    expect((await deploy("d-BAD2", off)).rollback).toBeNull();
  });
});

function groups() {
  return listRolledBackGroups(fixture.store);
}
