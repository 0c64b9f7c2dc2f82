import { setTimeout as wait } from "node:timers/promises";
import { isRunning, type ProcessIdentity } from "../../process/process-identity.ts";
import { ProgramFailed, runProgram } from "../../process/run-program.ts";
import { chooseSubnet, machineAddress, type Subnet } from "./subnet.ts";

/** The virtual switch between the machine and its hosts. */
export interface Bridge {
  /** Interface names have at most 15 characters: this one has 9, and a host's adds at most 4. */
  readonly name: string;
  readonly subnet: Subnet;
}

const LONGEST_PAUSE_MILLISECONDS = 500;
/** The owner is written on the bridge itself, so that any later run can remove it, whatever became of the data directory. */
const OWNER_ALIAS = /^sluice up (\d+) (\d+) (\d+)$/;

export async function createBridge(
  name: string,
  owner: ProcessIdentity,
  preferredPrefix: string | undefined,
): Promise<Bridge> {
  const first = chooseSubnet(await destinationsBeside(name), preferredPrefix);
  await runProgram(["ip", "link", "add", name, "type", "bridge"]);
  const alias = `sluice up ${owner.namespace} ${owner.processId} ${owner.startedAt}`;
  await runProgram(["ip", "link", "set", name, "alias", alias]);
  await runProgram(["ip", "link", "set", name, "up"]);
  return { name, subnet: await claimSubnet(name, first) };
}

/** Another run may have chosen the same in the same moment. Of two that claim one, at least one sees the other, and whoever does gives way. */
async function claimSubnet(name: string, subnet: Subnet): Promise<Subnet> {
  const address = [`${machineAddress(subnet)}/24`, "dev", name];
  await runProgram(["ip", "address", "add", ...address]);
  const free = chooseSubnet(await destinationsBeside(name), subnet.prefix);
  if (free.prefix === subnet.prefix) return subnet;
  await runProgram(["ip", "address", "delete", ...address]);
  // Not in step with the other.
  await wait(Math.random() * LONGEST_PAUSE_MILLISECONDS);
  return claimSubnet(name, chooseSubnet(await destinationsBeside(name), undefined));
}

/** Of the machine's routes, without those of one interface. */
async function destinationsBeside(name: string): Promise<string[]> {
  const routes = JSON.parse(await runProgram(["ip", "-json", "-4", "route", "show", "table", "all"])) as {
    dst: string;
    dev?: string;
  }[];
  return routes.filter(({ dev }) => dev !== name).map(({ dst }) => dst);
}

/** Removes the bridges of runs that were killed. */
export async function deleteOrphanedBridges(): Promise<void> {
  for (const { ifname, ifalias } of await listInterfaces()) {
    const [, namespace, processId, startedAt] = OWNER_ALIAS.exec(ifalias ?? "") ?? [];
    if (namespace === undefined || startedAt === undefined) continue;
    const isOwned = await isRunning({ namespace, processId: Number(processId), startedAt });
    if (isOwned === false) await deleteBridge(ifname);
  }
}

/**
 * Removes a bridge and what is plugged into it, which the kernel would remove with the hosts' namespaces only some time after their last
 * process.
 */
export async function deleteBridge(name: string): Promise<void> {
  const plugged = (await listInterfaces()).filter(({ master }) => master === name).map(({ ifname }) => ifname);
  for (const ifname of [...plugged, name]) await deleteInterface(ifname);
}

interface Interface {
  readonly ifname: string;
  readonly master?: string;
  readonly ifalias?: string;
}

async function listInterfaces(): Promise<Interface[]> {
  return JSON.parse(await runProgram(["ip", "-json", "link", "show"])) as Interface[];
}

/** That it is gone already is not an error. */
async function deleteInterface(name: string): Promise<void> {
  try {
    await runProgram(["ip", "link", "delete", name]);
  } catch (error) {
    if (!(error instanceof ProgramFailed) || !/Cannot find device|No such device/.test(error.message)) throw error;
  }
}

/**
 * Plugs a network namespace in. The pair of interfaces ends with the namespace or the bridge, whichever is first.
 * @param processId of a process in the namespace, as the machine numbers it
 * @param inside runs a command inside of the namespace
 */
export async function plugIn(
  bridge: Bridge,
  host: { readonly index: number; readonly address: string; readonly processId: number },
  inside: (argv: readonly string[]) => Promise<string>,
): Promise<void> {
  const outer = `${bridge.name}h${host.index}`;
  await runProgram([
    "ip",
    "link",
    "add",
    outer,
    "type",
    "veth",
    "peer",
    "name",
    "eth0",
    "netns",
    String(host.processId),
  ]);
  await runProgram(["ip", "link", "set", outer, "master", bridge.name, "up"]);
  await inside(["ip", "link", "set", "lo", "up"]);
  await inside(["ip", "address", "add", `${host.address}/24`, "dev", "eth0"]);
  await inside(["ip", "link", "set", "eth0", "up"]);
  await inside(["ip", "route", "add", "default", "via", machineAddress(bridge.subnet)]);
}
