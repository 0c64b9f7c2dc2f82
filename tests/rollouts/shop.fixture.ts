import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateDeploymentCommand,
  type CreateDeploymentCommandInput,
  CreateDeploymentGroupCommand,
  type DeploymentInfo,
  type TagFilter,
  UpdateDeploymentGroupCommand,
  type UpdateDeploymentGroupCommandInput,
} from "@aws-sdk/client-codedeploy";
import { type HostSite, type LocalHost, openHostSite } from "@sluice/cli/up/host-site.ts";
import { whyNoNamespaces } from "@sluice/cli/up/isolation/namespace.ts";
import { parseBalancerState, type ServerState, SHOW_STATE } from "@sluice/drivers/haproxy-runtime/balancer-state.ts";
import { HaproxyProcess, whyNoHaproxy } from "../haproxy/haproxy-process.fixture.ts";
import { CodeDeploy } from "../installation/code-deploy.fixture.ts";
import { listedHosts } from "../installation/listed-hosts.fixture.ts";
import { type SluiceServer, startSluiceServer } from "../installation/sluice-server.fixture.ts";
import { until, watchUntil } from "../installation/until.fixture.ts";
import { WEB_PORT, type WebRevision, webRevision } from "./web-revision.fixture.ts";

export const BLUE = ["host-1", "host-2"];
export const GREEN = ["host-3", "host-4"];
const ALL = [...BLUE, ...GREEN];
/** The target group of the deployment group, and HAProxy's backend of that name. */
const BACKEND = "web";
const GROUP = "prod";

/** What the binding of the traffic router says beside its socket. */
export interface RouterSettings {
  readonly drainSeconds?: number;
  readonly healthySeconds?: number;
}

/** Why there can be no shop here, or null. */
export async function whyNoShop(): Promise<string | null> {
  return (await whyNoNamespaces()) ?? whyNoHaproxy();
}

export const taggedWith = (key: string): TagFilter => ({ Key: key, Value: "yes", Type: "KEY_AND_VALUE" });

/**
 * Four hosts in namespaces of their own, tagged `Web`, two of them `Blue` and two `Green`; a HAProxy before them; a `sluice server` process
 * whose sluice.yml binds it; one deployment group over all hosts, OneAtATime with traffic control.
 */
export class Shop {
  readonly server: SluiceServer;
  readonly hosts: readonly LocalHost[];
  readonly haproxy: HaproxyProcess;
  readonly codeDeploy: CodeDeploy;
  readonly #settingsFile: string;

  private constructor(parts: Pick<Shop, "server" | "hosts" | "haproxy" | "codeDeploy">, settingsFile: string) {
    this.server = parts.server;
    this.hosts = parts.hosts;
    this.haproxy = parts.haproxy;
    this.codeDeploy = parts.codeDeploy;
    this.#settingsFile = settingsFile;
  }

  /** `undo` gets everything that has to be put away, also when the opening fails halfway. */
  static async open(undo: AsyncDisposableStack): Promise<Shop> {
    const directory = mkdtempSync(join(tmpdir(), "sluice-shop-"));
    undo.defer(() => rmSync(directory, { recursive: true, force: true }));
    const site = await openHostSite({ dataDirectory: join(directory, "site"), isolation: "namespaces" });
    undo.defer(() => site.close());
    const { host, port } = site.listen!;
    const settingsFile = join(directory, "sluice.yml");
    writeFileSync(settingsFile, "bindings: []\n");
    const args = ["--listen", `${host}:${port}`, "--config", settingsFile];
    const server = await startSluiceServer({ args });
    undo.defer(() => server.close());
    undo.defer(() => site.stopHosts());
    const hosts = await startHosts(site, server);
    const servers = hosts.map(({ name, address }) => ({ name, address, port: WEB_PORT }));
    const haproxy = await HaproxyProcess.start({ backends: { [BACKEND]: servers } });
    undo.defer(() => haproxy.stop());
    const codeDeploy = await CodeDeploy.begin(server, "shop");
    undo.defer(() => codeDeploy.close());
    await codeDeploy.client.send(
      new CreateDeploymentGroupCommand({
        applicationName: codeDeploy.application,
        deploymentGroupName: GROUP,
        serviceRoleArn: "arn:aws:iam::111122223333:role/CodeDeployServiceRole",
        deploymentConfigName: "CodeDeployDefault.OneAtATime",
        ec2TagFilters: [taggedWith("Web")],
        deploymentStyle: { deploymentType: "IN_PLACE", deploymentOption: "WITH_TRAFFIC_CONTROL" },
        loadBalancerInfo: { targetGroupInfoList: [{ name: BACKEND }] },
      }),
    );
    return new Shop({ server, hosts, haproxy, codeDeploy }, settingsFile);
  }

  /** Starts the server anew with these settings of the load balancer. The hosts and what they run stay. */
  async bind(settings: RouterSettings): Promise<void> {
    const binding = { match: BACKEND, port: "traffic-router", driver: "haproxy" };
    const bindings = [{ ...binding, settings: { sockets: this.haproxy.socket, ...settings } }];
    writeFileSync(this.#settingsFile, JSON.stringify({ bindings }));
    await this.server.kill();
    await this.server.start();
    await untilAlive(this.server, this.hosts);
  }

  hostId(name: string): string {
    return this.hosts.find((host) => host.name === name)!.id;
  }

  async changeGroup(change: Partial<UpdateDeploymentGroupCommandInput>): Promise<void> {
    const { application: applicationName, client } = this.codeDeploy;
    await client.send(
      new UpdateDeploymentGroupCommand({ applicationName, currentDeploymentGroupName: GROUP, ...change }),
    );
  }

  /** @returns the deployment's id */
  async begin(revision: WebRevision, more: Partial<CreateDeploymentCommandInput> = {}): Promise<string> {
    const { application: applicationName, client } = this.codeDeploy;
    const { deploymentId } = await client.send(
      new CreateDeploymentCommand({
        applicationName,
        deploymentGroupName: GROUP,
        revision: await this.codeDeploy.put(webRevision(revision)),
        ...more,
      }),
    );
    return deploymentId!;
  }

  /** Resolves with the end of a deployment, whatever it is. */
  async deploy(revision: WebRevision, more: Partial<CreateDeploymentCommandInput> = {}): Promise<DeploymentInfo> {
    return this.codeDeploy.end(await this.begin(revision, more));
  }

  async servers(): Promise<readonly ServerState[]> {
    return parseBalancerState(await this.haproxy.ask(SHOW_STATE)).servers;
  }

  /** The hosts that HAProxy sends requests to. */
  async serving(): Promise<string[]> {
    const up = (await this.servers()).filter(({ status }) => status.startsWith("UP"));
    return up.map(({ server }) => server).sort();
  }

  /** The fewest servers that HAProxy had up at any moment during `act`. */
  async fewestServing(act: () => Promise<void>): Promise<number> {
    let fewest = Number.POSITIVE_INFINITY;
    let isOver = false;
    const watching = watchUntil("the end of what is watched", async () => {
      fewest = Math.min(fewest, (await this.serving()).length);
      return isOver;
    });
    try {
      await act();
    } finally {
      isOver = true;
      await watching;
    }
    return fewest;
  }
}

async function startHosts(site: HostSite, server: SluiceServer): Promise<LocalHost[]> {
  const tag = (name: string) => ({ Key: name, Value: "yes" });
  const hosts = await site.startHosts({
    count: ALL.length,
    serverUrl: server.url(),
    tags: (name) => [tag("Web"), tag(BLUE.includes(name) ? "Blue" : "Green")],
    createToken: async (tags) => {
      const options = tags.flatMap(({ Key, Value }) => ["--tag", `${Key}=${Value}`]);
      return (await server.sluice("token", "create", "--uses", "1", ...options)).trim();
    },
  });
  await untilAlive(server, hosts);
  return hosts;
}

async function untilAlive(server: SluiceServer, hosts: readonly LocalHost[]): Promise<void> {
  await until("polls of all hosts", async () => {
    const listed = await listedHosts(server);
    return hosts.every(({ id }) => listed.some(({ hostId, state }) => hostId === id && state === "alive"));
  });
}
