import { setTimeout as sleep } from "node:timers/promises";
import { bundleDirectory } from "@sluice/cli/revision/bundle-directory.ts";
import { pushBundle } from "@sluice/cli/revision/push-bundle.ts";
import { type SimulatedHosts, type SimulatorOrder, startSimulatedHosts } from "./simulated-hosts.ts";
import type { RunningServer } from "./sluice-process.ts";
import { openEventStream } from "./watched-events.ts";

const APPLICATION = "bench";
const GROUP = "all";
const BUCKET = "bench-revisions";
export const HOST_TAG = { Key: "Bench", Value: "yes" } as const;

const REVISION = {
  revisionType: "S3" as const,
  s3Location: { bucket: BUCKET, key: "bench.tgz", bundleType: "tgz" as const },
};

/** An application with one group of all the bench's hosts, deployed all at once, and its revision in the bucket. */
export async function prepareApplication({ codeDeploy, connection }: RunningServer, revision: string): Promise<void> {
  const { bytes } = await bundleDirectory(revision);
  await pushBundle(connection, { bucket: BUCKET, key: REVISION.s3Location.key, bytes, type: "tgz" });
  await codeDeploy.call("CreateApplication", { applicationName: APPLICATION, computePlatform: "Server" });
  await codeDeploy.call("CreateDeploymentGroup", {
    applicationName: APPLICATION,
    deploymentGroupName: GROUP,
    serviceRoleArn: "arn:aws:iam::111122223333:role/CodeDeployServiceRole",
    deploymentConfigName: "CodeDeployDefault.AllAtOnce",
    ec2TagFilters: [{ ...HOST_TAG, Type: "KEY_AND_VALUE" }],
  });
}

/** A token with which `uses` hosts may enrol. */
export async function createToken({ sluice }: RunningServer, uses: number): Promise<string> {
  return (await sluice.call("CreateEnrolmentToken", { uses, tags: [HOST_TAG] })).token;
}

/** Enrols `count` simulated hosts, and prepares the application that is deployed to them. Resolves when all of them poll. */
export async function joinSimulatedHosts(
  server: RunningServer,
  revision: string,
  count: number,
  more: Pick<SimulatorOrder, "eventMilliseconds" | "linesPerEvent"> = {},
): Promise<SimulatedHosts> {
  const token = await createToken(server, count);
  const hosts = await startSimulatedHosts({ ...more, server: server.url, token, count, tag: HOST_TAG });
  try {
    await prepareApplication(server, revision);
    await untilAlive(server, count);
    return hosts;
  } catch (error) {
    await hosts.close();
    throw error;
  }
}

const LOOK_AGAIN_MILLISECONDS = 100;

export async function untilAlive({ sluice }: RunningServer, hosts: number): Promise<void> {
  for (;;) {
    let alive = 0;
    let nextToken: string | undefined;
    do {
      const page = await sluice.call("ListHosts", nextToken === undefined ? {} : { nextToken });
      alive += page.hosts.filter(({ state }) => state === "alive").length;
      nextToken = page.nextToken;
    } while (nextToken !== undefined);
    if (alive >= hosts) return;
    await sleep(LOOK_AGAIN_MILLISECONDS);
  }
}

/** Seconds from CreateDeployment to Succeeded. */
export interface DeploymentTimes {
  readonly deploymentId: string;
  /** From the moment before the call to the moment at which the client knew. */
  readonly observed: number;
  /** completeTime less createTime, as GetDeployment tells them. */
  readonly told: number;
}

/**
 * Deploys, and learns of the end from the event stream, which is open before the deployment exists: there is no error of polling. What the
 * API then says is checked.
 */
export async function deploy(server: RunningServer, hosts: number): Promise<DeploymentTimes> {
  using events = await openEventStream(server.connection);
  const start = performance.now();
  const deploymentId = await createDeployment(server);
  await events.until(({ type, id }) => id === deploymentId && ENDS.has(type));
  const observed = (performance.now() - start) / 1000;
  return { deploymentId, observed, told: await checkSucceeded(server, deploymentId, hosts) };
}

const ENDS: ReadonlySet<string> = new Set(["deploymentSucceeded", "deploymentFailed", "deploymentStopped"]);
const POLL_MILLISECONDS = 50;

/** The same for very many hosts, whose events would keep this process busy: asks GetDeployment 20 times a second. */
export async function deployAndPoll(server: RunningServer, hosts: number): Promise<DeploymentTimes> {
  const start = performance.now();
  const deploymentId = await createDeployment(server);
  for (;;) {
    const { deploymentInfo } = await server.codeDeploy.call("GetDeployment", { deploymentId });
    if (["Succeeded", "Failed", "Stopped"].includes(deploymentInfo?.status ?? "")) break;
    await sleep(POLL_MILLISECONDS);
  }
  const observed = (performance.now() - start) / 1000;
  return { deploymentId, observed, told: await checkSucceeded(server, deploymentId, hosts) };
}

/** @param deploymentConfigName absent: the group's */
export async function createDeployment({ codeDeploy }: RunningServer, deploymentConfigName?: string): Promise<string> {
  const { deploymentId } = await codeDeploy.call("CreateDeployment", {
    applicationName: APPLICATION,
    deploymentGroupName: GROUP,
    revision: REVISION,
    deploymentConfigName,
  });
  if (deploymentId === undefined) throw new Error("CreateDeployment answered without an id");
  return deploymentId;
}

/** @returns completeTime less createTime in seconds */
async function checkSucceeded({ codeDeploy }: RunningServer, deploymentId: string, hosts: number): Promise<number> {
  const info = (await codeDeploy.call("GetDeployment", { deploymentId })).deploymentInfo;
  const { status, deploymentOverview, completeTime, createTime, errorInformation } = info ?? {};
  if (status !== "Succeeded" || deploymentOverview?.Succeeded !== hosts || !completeTime || !createTime) {
    throw new Error(
      `${deploymentId} is ${status} with ${JSON.stringify(deploymentOverview)}: ${errorInformation?.message}`,
    );
  }
  return (completeTime.getTime() - createTime.getTime()) / 1000;
}
