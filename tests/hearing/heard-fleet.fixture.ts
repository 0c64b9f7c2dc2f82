import { setTimeout as sleep } from "node:timers/promises";
import type { DeploymentInfo } from "@aws-sdk/client-codedeploy";
import { type SimulatedHosts, startSimulatedHosts } from "../../bench/simulated-hosts.ts";
import { hooksAppSpec, tgzBundle } from "../installation/bundle.fixture.ts";
import type { CodeDeploy } from "../installation/code-deploy.fixture.ts";
import type { SluiceServer } from "../installation/sluice-server.fixture.ts";

/** More than one, so that no pair of addresses runs out of ports. */
const LOCAL_ADDRESSES = ["127.0.0.2", "127.0.0.3", "127.0.0.4", "127.0.0.5"];

export interface FleetOrder {
  readonly fleet: string;
  readonly hosts: number;
  readonly eventMilliseconds?: number;
  /** What the hosts' names begin with; absent: the fleet's name. A second part of a fleet needs one. */
  readonly prefix?: string;
}

/** Simulated hosts of one group, all of which poll. */
export async function startFleet(
  server: SluiceServer,
  codeDeploy: CodeDeploy,
  order: FleetOrder,
): Promise<SimulatedHosts> {
  const { fleet, hosts, eventMilliseconds = 0, prefix } = order;
  const token = await server.sluice("token", "create", "--uses", String(hosts), "--tag", `Fleet=${fleet}`);
  const started = await startSimulatedHosts({
    server: server.url(),
    token: token.trim(),
    count: hosts,
    tag: { Key: "Fleet", Value: fleet },
    prefix: prefix ?? fleet,
    localAddresses: LOCAL_ADDRESSES,
    eventMilliseconds,
  });
  if (prefix === undefined) await codeDeploy.createGroup({ group: fleet, fleet });
  return started;
}

/** `3 Succeeded, 1 Failed`, and why, for a failed expectation. */
export function outcomeOf({ status, deploymentOverview, errorInformation }: DeploymentInfo): string {
  const counts = Object.entries(deploymentOverview ?? {}).filter(([, count]) => (count ?? 0) > 0);
  return `${status}: ${counts.map(([name, count]) => `${count} ${name}`).join(", ")} ${errorInformation?.message ?? ""}`;
}

const LOOK_EVERY_MILLISECONDS = 250;
/** Shorter than the tests' own limit, so that what did not end is told with how far it is, and not as a test that took too long. */
const HANGS_AFTER_MILLISECONDS = 0.75 * Number(process.env.SLUICE_HEARING_HANGS_AFTER ?? 600_000);

/** The deployment when it has ended, however and whenever: a large fleet on a busy machine takes its time. */
export async function endOf(codeDeploy: CodeDeploy, deploymentId: string): Promise<DeploymentInfo> {
  const hangsAt = performance.now() + HANGS_AFTER_MILLISECONDS;
  for (;;) {
    const info = await codeDeploy.deployment(deploymentId);
    if (info.completeTime !== undefined) return info;
    if (performance.now() > hangsAt) throw new Error(`${deploymentId} does not end. ${howFar(info)}`);
    await sleep(LOOK_EVERY_MILLISECONDS);
  }
}

/** Where no living host has failed, only the machine is too busy for so many. */
function howFar(info: DeploymentInfo): string {
  const messages = (info.deploymentStatusMessages ?? []).join(" ");
  const cure = "give it more time (SLUICE_HEARING_HANGS_AFTER, in milliseconds) or fewer hosts (SLUICE_HEARING_HOSTS)";
  return `${outcomeOf(info)} ${messages} Where none of these has failed that lives, this machine is too busy: ${cure}.`;
}

/** A revision that a simulated host pretends to install. */
export function anyRevision(codeDeploy: CodeDeploy) {
  return codeDeploy.put(tgzBundle(hooksAppSpec({})));
}
