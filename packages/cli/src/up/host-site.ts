import { randomBytes } from "node:crypto";
import { mkdir, readFile, rm, statfs } from "node:fs/promises";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { makeDirectory } from "@sluice/wire/config/make-directory.ts";
import type { Tag } from "@sluice/wire/sluice/sluice-api.ts";
import { isRunning, ownIdentity } from "../process/process-identity.ts";
import { ProgramFailed, runProgram } from "../process/run-program.ts";
import { type Claim, claimDirectory } from "./claim.ts";
import { type AgentProcess, agentEnvironment, startAgent } from "./host-process.ts";
import { type Bridge, createBridge, deleteBridge, deleteOrphanedBridges, plugIn } from "./isolation/bridge.ts";
import { buildTree } from "./isolation/build-tree.ts";
import { mountsToOverlay, parseMountInfo } from "./isolation/mount-table.ts";
import { type NamespaceSet, openNamespaces } from "./isolation/namespace.ts";
import { type HostTree, planTree, rootOf, writtenPath } from "./isolation/overlay.ts";
import { hostAddress, machineAddress } from "./isolation/subnet.ts";
import { killProcessesOf, RUN_VARIABLE } from "./leftovers.ts";
import { readUpRecord, type UpRecord, writeUpRecord } from "./up-record.ts";

/** File systems that an overlay cannot write to, by their magic numbers (statfs(2)): overlayfs itself, as in containers, and NFS. */
const UNFIT_AS_UPPER_LAYER = new Set([0x794c7630, 0x6969]);

/** `namespaces`: each host has its own addresses, files and processes. `none`: each is only an agent on this machine. */
export type Isolation = "namespaces" | "none";

export interface HostSiteOptions {
  /** Holds `up.json` and `hosts/NAME/`. */
  readonly dataDirectory: string;
  readonly isolation: Isolation;
}

export interface StartHostsOptions {
  /** Hosts are named `host-1` to `host-N`; those that enrolled in an earlier run are started again as they were. */
  readonly count: number;
  /** Where the hosts reach the server, without a slash at its end. */
  readonly serverUrl: string;
  /** Asked once for each host that has to enrol, with the tags that it takes; with none where it enrols again. */
  readonly createToken: (tags: readonly Tag[]) => Promise<string>;
  /** What hosts take when they enrol; the token has to allow it. */
  readonly tags: readonly Tag[] | ((name: string) => readonly Tag[]);
  /** Directories of this machine that every host reads and writes under the same path. */
  readonly shared?: readonly string[] | undefined;
  /** More variables for the agents, and so for hooks. */
  readonly environment?: Readonly<Record<string, string>> | undefined;
}

export interface LocalHost {
  readonly name: string;
  /** As the API names it. */
  readonly id: string;
  /** Of its own; `127.0.0.1` without namespaces. */
  readonly address: string;
  readonly agentDirectory: string;
  readonly logFile: string;
  agent: AgentProcess;
  /** Starts the agent again after it was stopped or killed, in the same namespaces. */
  restartAgent(): Promise<void>;
  /** Runs a program on the host, and gives what it printed. */
  run(argv: readonly string[]): Promise<string>;
  /** Where this machine finds what the host wrote to a path of its root file system. */
  pathOf(path: string): string;
}

/** A place for hosts on this machine. Close it whatever happens: it leaves no namespace, mount, interface or process behind. */
export interface HostSite {
  readonly isolation: Isolation;
  /** Where the server has to listen too, so that the hosts can reach it. Absent without namespaces: they use its loopback. */
  readonly listen: { readonly host: string; readonly port: number } | undefined;
  startHosts(options: StartHostsOptions): Promise<LocalHost[]>;
  /** Ends the agents in order, while the server is still there to hear their goodbye. */
  stopHosts(): Promise<void>;
  close(): Promise<void>;
}

/** @throws Error when another `sluice up` runs on the same data directory */
export async function openHostSite(options: HostSiteOptions): Promise<HostSite> {
  const dataDirectory = resolve(options.dataDirectory);
  makeDirectory(dataDirectory, 0o700);
  const claim = await claimDirectory(dataDirectory);
  try {
    const previous = await readUpRecord(dataDirectory);
    if (previous !== undefined) await refuseSecond(dataDirectory, previous);
    // It has not written down yet who it is.
    if (claim === undefined)
      throw new Error(`another sluice up is starting in ${dataDirectory}: wait for it, or choose another --data`);
    // A run that was killed. With namespaces its processes have ended with it; services without them have not.
    if (previous !== undefined) await killProcessesOf(previous.runId);
    return await openClaimedSite(dataDirectory, options.isolation, claim, previous);
  } catch (error) {
    await claim?.release();
    throw error;
  }
}

async function openClaimedSite(
  dataDirectory: string,
  isolation: Isolation,
  claim: Claim,
  previous: UpRecord | undefined,
): Promise<HostSite> {
  const runId = randomBytes(3).toString("hex");
  const owner = await ownIdentity();
  let record: UpRecord = { runId, owner, network: previous?.network };
  if (isolation === "none") {
    await writeUpRecord(dataDirectory, record);
    return new Site(dataDirectory, runId, claim, undefined, undefined);
  }

  const bridgeName = `sluice${runId.slice(0, 4)}`;
  await deleteOrphanedBridges();
  const bridge = await createBridge(bridgeName, owner, previous?.network?.subnetPrefix);
  try {
    const host = machineAddress(bridge.subnet);
    const port = await findFreePort(host, previous?.network?.hostPort ?? 0);
    record = { ...record, network: { bridgeName, subnetPrefix: bridge.subnet.prefix, hostPort: port } };
    await writeUpRecord(dataDirectory, record);
    return new Site(dataDirectory, runId, claim, bridge, { host, port });
  } catch (error) {
    await deleteBridge(bridgeName);
    throw error;
  }
}

async function refuseSecond(dataDirectory: string, record: UpRecord): Promise<void> {
  if (await isRunning(record.owner)) {
    throw new Error(
      `another sluice up uses ${dataDirectory} (process ${record.owner.processId}). Stop it (sluice down --data ${dataDirectory}), or choose another --data`,
    );
  }
}

/** A port of an address that only we use: nobody takes it between this look and the server's start. */
async function findFreePort(host: string, preferred: number): Promise<number> {
  const probe = createServer();
  const listen = (port: number): Promise<void> =>
    new Promise((done, failed) => probe.once("error", failed).listen(port, host, done));
  await listen(preferred).catch(() => listen(0));
  const address = probe.address();
  await new Promise((done) => probe.close(done));
  if (address === null || typeof address === "string") throw new Error(`no port of ${host} is free`);
  return address.port;
}

class Site implements HostSite {
  readonly isolation: Isolation;
  readonly listen: { readonly host: string; readonly port: number } | undefined;
  readonly #dataDirectory: string;
  readonly #runId: string;
  readonly #claim: Claim;
  readonly #bridge: Bridge | undefined;
  readonly #hosts: LocalHost[] = [];
  readonly #namespaces: NamespaceSet[] = [];
  #isClosed = false;

  constructor(
    dataDirectory: string,
    runId: string,
    claim: Claim,
    bridge: Bridge | undefined,
    listen: HostSite["listen"],
  ) {
    this.#dataDirectory = dataDirectory;
    this.#runId = runId;
    this.#claim = claim;
    this.#bridge = bridge;
    this.isolation = bridge === undefined ? "none" : "namespaces";
    this.listen = listen;
  }

  async startHosts(options: StartHostsOptions): Promise<LocalHost[]> {
    const names = Array.from({ length: options.count }, (_, index) => `host-${index + 1}`);
    const submounts =
      this.#bridge === undefined
        ? []
        : mountsToOverlay(parseMountInfo(await readFile("/proc/self/mountinfo", "utf8")), this.#dataDirectory);
    await this.#enrol(names, options);
    const started = await Promise.all(names.map((name, index) => this.#startHost(name, index, submounts, options)));
    this.#hosts.push(...started);
    return started;
  }

  #directoriesOf(name: string): { readonly host: string; readonly agent: string } {
    const host = join(this.#dataDirectory, "hosts", name);
    return { host, agent: join(host, "agent") };
  }

  /**
   * A host may have enrolled at an address that this run does not have: its network went to another run, or the server listens elsewhere. It
   * enrols again then, which its old key allows. Its id, its tags and its settings stay, and the server gets the host's new address.
   */
  async #enrol(names: readonly string[], options: StartHostsOptions): Promise<void> {
    const { isEnrolled, readEnrolment } = await import("@sluice/agent/identity/enrolment-files.ts");
    for (const [index, name] of names.entries()) {
      const directory = this.#directoriesOf(name).agent;
      const isKnown = isEnrolled(directory);
      if (isKnown && readEnrolment(directory).server === options.serverUrl) continue;
      const { enrolHost } = await import("@sluice/agent/identity/enrol.ts");
      // Those of a token would come back to a host that has lost them since.
      const tags = isKnown ? [] : typeof options.tags === "function" ? options.tags(name) : options.tags;
      await enrolHost({
        server: options.serverUrl,
        token: await options.createToken(tags),
        directory,
        name,
        tags,
        address: this.#addressOf(index),
        force: isKnown,
      });
    }
  }

  #addressOf(index: number): string {
    return this.#bridge === undefined ? "127.0.0.1" : hostAddress(this.#bridge.subnet, index);
  }

  async #startHost(
    name: string,
    index: number,
    submounts: readonly string[],
    options: StartHostsOptions,
  ): Promise<LocalHost> {
    const { readEnrolment } = await import("@sluice/agent/identity/enrolment-files.ts");
    const directories = this.#directoriesOf(name);
    const tree: HostTree = {
      dataDirectory: this.#dataDirectory,
      hostDirectory: directories.host,
      agentDirectory: directories.agent,
      submounts,
      shared: options.shared ?? [],
      inMemory: UNFIT_AS_UPPER_LAYER.has((await statfs(this.#dataDirectory)).type),
    };
    const address = this.#addressOf(index);
    const enter = this.#bridge === undefined ? [] : await this.#isolate(this.#bridge, { name, index, address, tree });
    const environment = agentEnvironment({ ...options.environment, [RUN_VARIABLE]: this.#runId });
    const logFile = join(directories.host, "agent.log");
    const start = (): Promise<AgentProcess> =>
      startAgent({ enter, agentDirectory: directories.agent, logFile, environment });
    const host: LocalHost = {
      name,
      id: readEnrolment(directories.agent).hostId,
      address,
      agentDirectory: directories.agent,
      logFile,
      agent: await start(),
      restartAgent: async () => {
        host.agent = await start();
      },
      run: (argv) => runProgram([...enter, ...argv]),
      pathOf: (path) => (this.#bridge === undefined ? path : writtenPath(tree, path)),
    };
    return host;
  }

  /** Gives a host its namespaces, tree, name and address, and tells how a command begins that enters them. */
  async #isolate(
    bridge: Bridge,
    host: { readonly name: string; readonly index: number; readonly address: string; readonly tree: HostTree },
  ): Promise<readonly string[]> {
    const plan = planTree(host.tree);
    for (const directory of plan.scratch) await rm(directory, { recursive: true, force: true });
    for (const directory of plan.directories) await mkdir(directory, { recursive: true, mode: 0o755 });
    const namespaces = await openNamespaces();
    this.#namespaces.push(namespaces);
    if (this.#isClosed) throw new Error("the hosts were stopped while they started");
    try {
      await buildTree(plan.steps, namespaces.run);
      await namespaces.run(["hostname", host.name]);
    } catch (error) {
      if (!(error instanceof ProgramFailed)) throw error;
      throw new Error(`no separate file tree for ${host.name} is possible on this machine: ${error.message}`, {
        cause: error,
      });
    }
    await plugIn(bridge, { index: host.index, address: host.address, processId: namespaces.processId }, namespaces.run);
    return [...namespaces.enter, "chroot", rootOf(host.tree)];
  }

  async stopHosts(): Promise<void> {
    await Promise.all(this.#hosts.map((host) => host.agent.stop()));
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    await this.stopHosts();
    await Promise.all(this.#namespaces.map((namespaces) => namespaces.close()));
    await killProcessesOf(this.#runId);
    if (this.#bridge !== undefined) await deleteBridge(this.#bridge.name);
    await this.#claim.release();
  }
}
