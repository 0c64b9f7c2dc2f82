import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CodeDeployServiceException,
  CreateDeploymentCommand,
  CreateDeploymentGroupCommand,
  type DeploymentInfo,
  GetDeploymentGroupCommand,
  ListDeploymentsCommand,
  type RevisionLocation,
  StopDeploymentCommand,
  type TagFilter,
  UpdateDeploymentGroupCommand,
} from "@aws-sdk/client-codedeploy";
import { connect } from "@sluice/cli/place/server-connection.ts";
import { parseBalancerState, SHOW_STATE } from "@sluice/drivers/haproxy-runtime/balancer-state.ts";
import { HaproxyProcess } from "../haproxy/haproxy-process.fixture.ts";
import { WebHost } from "../haproxy/web-host.fixture.ts";
import { CodeDeploy } from "../installation/code-deploy.fixture.ts";
import { type DatabaseChoice, openDatabase } from "../installation/databases.fixture.ts";
import { type SluiceAgent, startSluiceAgents } from "../installation/sluice-agent.fixture.ts";
import type { SluiceServer } from "../installation/sluice-server.fixture.ts";
import { until } from "../installation/until.fixture.ts";
import { HookFiles, type HookRuns, hookFilesBundle } from "./hook-files.fixture.ts";
import { MortalServer } from "./mortal-server.fixture.ts";

export const BLUE = ["blue-1", "blue-2"];
export const GREEN = ["green-1", "green-2"];
const ALL = [...BLUE, ...GREEN];
const GROUP = "prod";
/** The target group of the deployment group, and HAProxy's backend of that name. */
const BACKEND = "web";
const WITH_TRAFFIC_CONTROL = "WITH_TRAFFIC_CONTROL";

const inFleet = (fleet: "blue" | "green"): TagFilter => ({ Key: "Fleet", Value: fleet, Type: "KEY_AND_VALUE" });

interface Host {
  readonly agent: SluiceAgent;
  readonly hooks: HookFiles;
}

/** Everything that can be seen of a deployment and of its way back, and of what they leave; the same for every run that went the same way. */
export interface Outcome {
  readonly deployments: unknown;
  readonly targets: unknown;
  /** All that the group has had since, by the names of this outcome. */
  readonly added: unknown;
  readonly group: unknown;
  readonly rolledBack: unknown;
  /** What HAProxy does with each host. */
  readonly servers: readonly string[];
  readonly hooks: { readonly out: Record<string, HookRuns>; readonly back: Record<string, HookRuns> };
}

/**
 * Two blue hosts that serve behind a HAProxy, two green ones that stand by, real agents on all of them, and a server that may be killed.
 * Every call outlives the server: what was not answered is asked again, as AWS's SDKs do.
 */
export class TwoFleets {
  readonly server: MortalServer;
  readonly #codeDeploy: CodeDeploy;
  readonly #haproxy: HaproxyProcess;
  readonly #hosts: readonly Host[];
  readonly #revision: RevisionLocation;

  private constructor(
    server: MortalServer,
    codeDeploy: CodeDeploy,
    haproxy: HaproxyProcess,
    hosts: readonly Host[],
    revision: RevisionLocation,
  ) {
    this.server = server;
    this.#codeDeploy = codeDeploy;
    this.#haproxy = haproxy;
    this.#hosts = hosts;
    this.#revision = revision;
  }

  /** `undo` gets everything that has to be put away, also when the opening fails halfway. */
  static async open(choice: DatabaseChoice, undo: AsyncDisposableStack): Promise<TwoFleets> {
    const directory = mkdtempSync(join(tmpdir(), "sluice-two-fleets-"));
    undo.defer(() => rmSync(directory, { recursive: true, force: true }));
    const haproxy = await startBalancer(undo);
    const database = await openDatabase(choice);
    undo.defer(() => database.close());
    const settingsFile = join(directory, "sluice.yml");
    const binding = {
      match: BACKEND,
      port: "traffic-router",
      driver: "haproxy",
      settings: { sockets: haproxy.socket },
    };
    writeFileSync(settingsFile, JSON.stringify({ bindings: [binding] }));
    const args = ["--config", settingsFile];
    const server = await MortalServer.start(directory, { databaseUrl: database.url, args });
    undo.defer(() => server.process.close());
    const hosts = [
      ...(await startFleet(server.process, "blue", BLUE, undo)),
      ...(await startFleet(server.process, "green", GREEN, undo)),
    ];
    const codeDeploy = await CodeDeploy.begin(server.process);
    undo.defer(() => codeDeploy.close());
    const revision = await codeDeploy.put(hookFilesBundle());
    const fleets = new TwoFleets(server, codeDeploy, haproxy, hosts, revision);
    await fleets.#deployToBlue();
    return fleets;
  }

  /** CreateDeployment to the green hosts, until the blue ones wait for their termination. @returns the deployment's id */
  async goOut(): Promise<string> {
    const deploymentId = await this.#create();
    await this.#look(`the termination wait of ${deploymentId}`, deploymentId, (info) => {
      if (info.completeTime) throw new Error(`${deploymentId} ${info.status}: ${info.errorInformation?.message}`);
      return info.instanceTerminationWaitTimeStarted === true;
    });
    return deploymentId;
  }

  /** StopDeployment with a rollback, until that has ended. @returns its id */
  async goBack(deploymentId: string): Promise<string> {
    await answered(`StopDeployment of ${deploymentId}`, () => this.#stop(deploymentId));
    const ended = (info: DeploymentInfo) => info.completeTime !== undefined;
    const stopped = await this.#look(`the end of ${deploymentId}`, deploymentId, ended);
    const rollbackId = stopped.rollbackInfo?.rollbackDeploymentId;
    if (!rollbackId) throw new Error(`${deploymentId} ${stopped.status} without a rollback`);
    await this.#look(`the end of its rollback ${rollbackId}`, rollbackId, ended);
    return rollbackId;
  }

  async deploymentIds(): Promise<ReadonlySet<string>> {
    const ids: string[] = [];
    let nextToken: string | undefined;
    do {
      const page = await this.#codeDeploy.client.send(
        new ListDeploymentsCommand({
          applicationName: this.#codeDeploy.application,
          deploymentGroupName: GROUP,
          nextToken,
        }),
      );
      ids.push(...(page.deployments ?? []));
      nextToken = page.nextToken;
    } while (nextToken);
    return new Set(ids);
  }

  /** @param before what {@link deploymentIds} gave before the deployment */
  async outcome(out: string, back: string, before: ReadonlySet<string>): Promise<Outcome> {
    const names = new Map([
      [out, "OUT"],
      [back, "BACK"],
      ...this.#hosts.map(({ agent }): [string, string] => [agent.hostId, agent.name]),
    ]);
    const client = this.#codeDeploy;
    const { deploymentGroupInfo } = await client.client.send(
      new GetDeploymentGroupCommand({ applicationName: client.application, deploymentGroupName: GROUP }),
    );
    using connection = connect({ data: this.server.process.data });
    const { groups } = await connection.sluice.call("ListRolledBackGroups", {});
    const { servers } = parseBalancerState(await this.#haproxy.ask(SHOW_STATE));
    const added = [...(await this.deploymentIds())].filter((id) => !before.has(id));
    const hooksOf = (deploymentId: string) =>
      Object.fromEntries(this.#hosts.map(({ agent, hooks }) => [agent.name, hooks.of(deploymentId)]));
    return {
      ...(renamed(
        {
          deployments: { out: await client.deployment(out), back: await client.deployment(back) },
          targets: { out: await client.targets(out), back: await client.targets(back) },
          group: deploymentGroupInfo,
          rolledBack: groups,
        },
        names,
      ) as Pick<Outcome, "deployments" | "targets" | "group" | "rolledBack">),
      added: added.map((id) => names.get(id) ?? id).sort(),
      servers: servers.map(({ server, status, isForcedMaintenance, isForcedDrain }) =>
        [server, status, ...(isForcedMaintenance ? ["maint"] : []), ...(isForcedDrain ? ["drain"] : [])].join(" "),
      ),
      hooks: { out: hooksOf(out), back: hooksOf(back) },
    };
  }

  /** So that the group has a success to come from; then the green hosts are taken out, and the group changes to blue/green. */
  async #deployToBlue(): Promise<void> {
    const { client, application: applicationName } = this.#codeDeploy;
    await client.send(
      new CreateDeploymentGroupCommand({
        applicationName,
        deploymentGroupName: GROUP,
        serviceRoleArn: "arn:aws:iam::111122223333:role/CodeDeployServiceRole",
        deploymentConfigName: "CodeDeployDefault.AllAtOnce",
        ec2TagFilters: [inFleet("blue")],
        deploymentStyle: { deploymentType: "IN_PLACE", deploymentOption: WITH_TRAFFIC_CONTROL },
        loadBalancerInfo: { targetGroupInfoList: [{ name: BACKEND }] },
      }),
    );
    const { status, errorInformation } = await this.#codeDeploy.end(
      await this.#codeDeploy.deploy(GROUP, this.#revision),
    );
    if (status !== "Succeeded") throw new Error(`the first deployment: ${status}, ${errorInformation?.message}`);
    for (const name of GREEN) await this.#haproxy.ask(`set server ${BACKEND}/${name} state maint`);
    await client.send(
      new UpdateDeploymentGroupCommand({
        applicationName,
        currentDeploymentGroupName: GROUP,
        deploymentStyle: { deploymentType: "BLUE_GREEN", deploymentOption: WITH_TRAFFIC_CONTROL },
        blueGreenDeploymentConfiguration: {
          deploymentReadyOption: { actionOnTimeout: "CONTINUE_DEPLOYMENT" },
          greenFleetProvisioningOption: { action: "DISCOVER_EXISTING" },
          terminateBlueInstancesOnDeploymentSuccess: { action: "TERMINATE", terminationWaitTimeInMinutes: 60 },
        },
      }),
    );
  }

  /** A repeated call finds the group busy when the first one was heard: then the deployment that it names is ours. */
  #create(): Promise<string> {
    return answered("CreateDeployment", async () => {
      try {
        const { deploymentId } = await this.#codeDeploy.client.send(
          new CreateDeploymentCommand({
            applicationName: this.#codeDeploy.application,
            deploymentGroupName: GROUP,
            revision: this.#revision,
            targetInstances: { tagFilters: [inFleet("green")] },
          }),
        );
        return deploymentId;
      } catch (error) {
        if (!isFault(error, "DeploymentLimitExceededException")) throw error;
        return /\bd-[A-Z0-9]{9}\b/.exec(error.message)?.[0];
      }
    });
  }

  /** A repeated call may come when the deployment that it stops has ended by that. */
  async #stop(deploymentId: string): Promise<boolean> {
    try {
      await this.#codeDeploy.client.send(new StopDeploymentCommand({ deploymentId, autoRollbackEnabled: true }));
    } catch (error) {
      if (!isFault(error, "DeploymentAlreadyCompletedException")) throw error;
    }
    return true;
  }

  #look(what: string, deploymentId: string, isSeen: (info: DeploymentInfo) => boolean): Promise<DeploymentInfo> {
    return answered(what, async () => {
      const info = await this.#codeDeploy.deployment(deploymentId);
      return isSeen(info) && info;
    });
  }
}

/** Asks until there is an answer, and something in it; a server that is away gives none. */
function answered<T>(what: string, ask: () => Promise<T>): Promise<Exclude<T, undefined | false>> {
  return until(what, async () => {
    try {
      return await ask();
    } catch (error) {
      if (!isUnanswered(error)) throw error;
      return undefined;
    }
  }) as Promise<Exclude<T, undefined | false>>;
}

/** The SDK has tried several times by then. */
function isUnanswered(error: unknown): boolean {
  return error instanceof Error && "code" in error && ["ECONNREFUSED", "ECONNRESET", "EPIPE"].includes(`${error.code}`);
}

function isFault(error: unknown, name: string): error is CodeDeployServiceException {
  return error instanceof CodeDeployServiceException && error.name === name;
}

async function startBalancer(undo: AsyncDisposableStack): Promise<HaproxyProcess> {
  const hosts = ALL.map((name) => new WebHost(name));
  for (const host of hosts) {
    await host.start();
    undo.defer(() => host.stop());
  }
  const haproxy = await HaproxyProcess.start({
    backends: { [BACKEND]: hosts.map(({ name, port }) => ({ name, port })) },
  });
  undo.defer(() => haproxy.stop());
  return haproxy;
}

async function startFleet(
  server: SluiceServer,
  fleet: "blue" | "green",
  names: readonly string[],
  undo: AsyncDisposableStack,
): Promise<Host[]> {
  const hooks = names.map(() => new HookFiles());
  undo.defer(() => {
    for (const files of hooks) files.remove();
  });
  const options = names.map((name, index) => ({ name, environment: { HOST_FOLDER: hooks[index]!.path } }));
  const agents = await startSluiceAgents(server, [`Fleet=${fleet}`], options);
  undo.defer(async () => {
    await Promise.all(agents.map((agent) => agent.close()));
  });
  return agents.map((agent, index) => ({ agent, hooks: hooks[index]! }));
}

/** With names for ids, and without times: what differs between any two runs. */
function renamed(value: unknown, names: ReadonlyMap<string, string>): unknown {
  if (typeof value === "string") return [...names].reduce((text, [id, name]) => text.replaceAll(id, name), value);
  if (value instanceof Date) return "TIME";
  if (Array.isArray(value)) return value.map((element) => renamed(element, names));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, entry]) => [key, renamed(entry, names)]));
}
