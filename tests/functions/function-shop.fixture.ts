import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CodeDeployClient,
  CreateApplicationCommand,
  CreateDeploymentCommand,
  type CreateDeploymentCommandInput,
  CreateDeploymentConfigCommand,
  CreateDeploymentGroupCommand,
  type DeploymentInfo,
  GetDeploymentCommand,
  GetDeploymentTargetCommand,
  type LambdaTarget,
  type TrafficRoutingConfig,
  UpdateDeploymentGroupCommand,
  type UpdateDeploymentGroupCommandInput,
} from "@aws-sdk/client-codedeploy";
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  ElasticLoadBalancingV2Client,
  RegisterTargetsCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import {
  AddPermissionCommand,
  CreateAliasCommand,
  CreateFunctionCommand,
  type CreateFunctionCommandInput,
  GetAliasCommand,
  InvokeCommand,
  LambdaClient,
  UpdateFunctionCodeCommand,
} from "@aws-sdk/client-lambda";
import { zipOf } from "@sluice/drivers/function-processes/zipped-code.fixture.ts";
import { endProcesses } from "@sluice/drivers/haproxy-balancer/haproxy-process.ts";
import { freePort } from "../../scripts/free-port.ts";
import { type SluiceServer, startSluiceServer } from "../installation/sluice-server.fixture.ts";
import { until, watchUntil } from "../installation/until.fixture.ts";
import { type FunctionGate, startFunctionGate } from "./function-gate.fixture.ts";
import { chargeOf, type FunctionFiles, HOOK } from "./function-sources.fixture.ts";
import { processesOfUsers } from "./user-processes.fixture.ts";

export const ROLE = "arn:aws:iam::111122223333:role/CodeDeployServiceRole";
/** Of functions; sluice.yml lets those with it invoke others. */
export const FUNCTION_ROLE = "arn:aws:iam::111122223333:role/checks";
export const APPLICATION = "functions";
export const GROUP = "live";
export const CHARGE = "charge";
export const ALIAS = "live";
export const CHECK = "CodeDeployHook_check";
const HAPROXY = "/usr/sbin/haproxy";
const IS_ROOT = process.getuid?.() === 0;
/** Of this process alone: other tests run functions at the same time, and a user's processes are counted. */
const FIRST_UID = 100_000_000 + 20 * process.pid;
export const UIDS = { first: FIRST_UID, last: FIRST_UID + 19 };

/** Why functions can have no users of their own here, or null. */
export function whyNoFunctionUsers(): string | null {
  return IS_ROOT ? null : "only root may give functions users of their own";
}

/** Of the driver `functions`, in sluice.yml. */
export function functionSettings(): object {
  const users = IS_ROOT ? { uids: `${UIDS.first}-${UIDS.last}` } : { isolation: "none" };
  return { ...users, roles: { checks: ["lambda:InvokeFunction"] } };
}

export interface FunctionShopOptions {
  /** Of the Prometheus that is asked for alarms. */
  readonly alarms?: string | undefined;
  /** Absent: SQLite. */
  readonly databaseUrl?: string | undefined;
  /** Of the functions, over those of the tests. */
  readonly settings?: object;
}

export interface WantedDeployment {
  readonly from?: string | undefined;
  readonly to: string;
  /** Lifecycle events and the hooks that are asked. */
  readonly hooks?: Readonly<Record<string, string>>;
  readonly config?: string;
}

/**
 * Functions of a `sluice server` process, whose alias is shifted by deployments: all made by AWS's calls. Where this is root's process each
 * function has a user of its own, none of whose processes may be left when the server is closed.
 */
export class FunctionShop {
  readonly server: SluiceServer;
  readonly gate: FunctionGate;
  readonly codeDeploy: CodeDeployClient;
  readonly lambda: LambdaClient;
  readonly elb: ElasticLoadBalancingV2Client;
  #changes = 0;

  private constructor(server: SluiceServer, gate: FunctionGate) {
    this.server = server;
    this.gate = gate;
    const options = { endpoint: server.url(), region: "us-east-1", credentials: this.credentials(), maxAttempts: 5 };
    this.codeDeploy = new CodeDeployClient(options);
    this.lambda = new LambdaClient(options);
    this.elb = new ElasticLoadBalancingV2Client(options);
  }

  /** A server that runs functions, and has none yet. */
  static async bare(undo: AsyncDisposableStack, options: FunctionShopOptions = {}): Promise<FunctionShop> {
    const { alarms, databaseUrl, settings } = options;
    const directory = mkdtempSync(join(tmpdir(), "sluice-functions-"));
    undo.defer(() => rmSync(directory, { recursive: true, force: true }));
    const gate = await startFunctionGate();
    undo.defer(() => gate.close());
    const own = { ...functionSettings(), ...settings };
    const bindings = [
      { match: "*", port: "function-alias", driver: "functions", settings: own },
      { match: "CodeDeployHook_*", port: "hook-invoker", driver: "functions" },
      { match: "*", port: "weighted-router", driver: "haproxy", settings: { address: "127.0.0.1", awsOnly: "ignore" } },
      ...(alarms ? [{ match: "*", port: "alarm-reader", driver: "prometheus", settings: { url: alarms } }] : []),
    ];
    const config = join(directory, "sluice.yml");
    writeFileSync(config, JSON.stringify({ bindings }));
    const server = await startSluiceServer({ databaseUrl, args: ["--config", config] });
    undo.defer(async () => {
      await server.close();
      await endProcesses({ program: HAPROXY, config: join(server.data, "haproxy", "haproxy.cfg") });
      const left = IS_ROOT ? processesOfUsers(UIDS) : [];
      if (left.length > 0) throw new Error(`processes of functions outlive the server: ${left.join(" ")}`);
    });
    const shop = new FunctionShop(server, gate);
    undo.defer(() => {
      for (const client of [shop.codeDeploy, shop.lambda, shop.elb]) client.destroy();
    });
    return shop;
  }

  /** With versions 1 and 2 of `charge`, the alias `live` on 1, a hook, and a group that deploys. */
  static async open(undo: AsyncDisposableStack, options: FunctionShopOptions = {}): Promise<FunctionShop> {
    const shop = await FunctionShop.bare(undo, options);
    await shop.createFunction(CHARGE, chargeOf("1"), { Publish: true });
    await shop.lambda.send(new CreateAliasCommand({ FunctionName: CHARGE, Name: ALIAS, FunctionVersion: "1" }));
    await shop.publish();
    await shop.createFunction(CHECK, HOOK);
    await shop.createGroup();
    return shop;
  }

  credentials() {
    const text = readFileSync(join(this.server.data, "aws/credentials"), "utf8");
    return {
      accessKeyId: /aws_access_key_id = (\S+)/.exec(text)?.[1] ?? "",
      secretAccessKey: /aws_secret_access_key = (\S+)/.exec(text)?.[1] ?? "",
    };
  }

  /** In JavaScript; with the address of the gate. */
  async createFunction(
    FunctionName: string,
    files: FunctionFiles,
    more: Partial<CreateFunctionCommandInput> = {},
  ): Promise<void> {
    await this.lambda.send(
      new CreateFunctionCommand({
        FunctionName,
        Runtime: "nodejs24.x",
        Handler: "index.handler",
        Role: FUNCTION_ROLE,
        Code: { ZipFile: zipOf(files) },
        Timeout: 60,
        // A busy machine's Node takes its time, and memory is not what is tested here.
        MemorySize: 256,
        Environment: { Variables: { GATE: this.gate.url } },
        ...more,
      }),
    );
  }

  /** @returns the number of a new version of `charge` */
  async publish(): Promise<string> {
    this.#changes += 1;
    const ZipFile = zipOf(chargeOf(`change ${this.#changes}`));
    const { Version } = await this.lambda.send(
      new UpdateFunctionCodeCommand({ FunctionName: CHARGE, ZipFile, Publish: true }),
    );
    return Version ?? "";
  }

  async createGroup(): Promise<void> {
    await this.codeDeploy.send(
      new CreateApplicationCommand({ applicationName: APPLICATION, computePlatform: "Lambda" }),
    );
    await this.codeDeploy.send(
      new CreateDeploymentGroupCommand({
        applicationName: APPLICATION,
        deploymentGroupName: GROUP,
        serviceRoleArn: ROLE,
        deploymentStyle: { deploymentType: "BLUE_GREEN", deploymentOption: "WITH_TRAFFIC_CONTROL" },
        autoRollbackConfiguration: {
          enabled: true,
          events: ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM", "DEPLOYMENT_STOP_ON_REQUEST"],
        },
      }),
    );
  }

  async changeGroup(change: Partial<UpdateDeploymentGroupCommandInput>): Promise<void> {
    const names = { applicationName: APPLICATION, currentDeploymentGroupName: GROUP };
    await this.codeDeploy.send(new UpdateDeploymentGroupCommand({ ...names, ...change }));
  }

  async createConfig(deploymentConfigName: string, trafficRoutingConfig: TrafficRoutingConfig): Promise<void> {
    const input = { deploymentConfigName, computePlatform: "Lambda" as const, trafficRoutingConfig };
    await this.codeDeploy.send(new CreateDeploymentConfigCommand(input));
  }

  /** @returns the deployment's id */
  async deploy(
    { from, to, hooks = {}, config }: WantedDeployment,
    more: Partial<CreateDeploymentCommandInput> = {},
  ): Promise<string> {
    const content = JSON.stringify(appSpecOf({ from, to, hooks }));
    const { deploymentId } = await this.codeDeploy.send(
      new CreateDeploymentCommand({
        applicationName: APPLICATION,
        deploymentGroupName: GROUP,
        deploymentConfigName: config ?? "CodeDeployDefault.LambdaAllAtOnce",
        revision: { revisionType: "AppSpecContent", appSpecContent: { content } },
        ...more,
      }),
    );
    return deploymentId ?? "";
  }

  async deployment(deploymentId: string): Promise<DeploymentInfo> {
    const { deploymentInfo } = await this.codeDeploy.send(new GetDeploymentCommand({ deploymentId }));
    if (!deploymentInfo) throw new Error(`GetDeployment answered nothing about ${deploymentId}`);
    return deploymentInfo;
  }

  /** When it has ended, and so. */
  async end(deploymentId: string, status: string): Promise<DeploymentInfo> {
    const info = await until(`the end of ${deploymentId}`, async () => {
      const now = await this.deployment(deploymentId);
      return now.completeTime !== undefined && now;
    });
    if (info.status !== status) throw new Error(`${info.status}: ${JSON.stringify(info.errorInformation)}`);
    return info;
  }

  async target(deploymentId: string): Promise<LambdaTarget> {
    const { deploymentTarget } = await this.codeDeploy.send(
      new GetDeploymentTargetCommand({ deploymentId, targetId: CHARGE }),
    );
    return deploymentTarget?.lambdaTarget ?? {};
  }

  /** Of the alias: `{1: 0.6, 2: 0.4}`. */
  async weights(): Promise<Readonly<Record<string, number>>> {
    const { FunctionVersion = "", RoutingConfig } = await this.lambda.send(
      new GetAliasCommand({ FunctionName: CHARGE, Name: ALIAS }),
    );
    const second = RoutingConfig?.AdditionalVersionWeights ?? {};
    const rest = 1 - Object.values(second).reduce((sum, weight) => sum + weight, 0);
    return { [FunctionVersion]: rest, ...second };
  }

  /** Waits until the deployment says that the target version has so much of the traffic. */
  async untilWeight(deploymentId: string, percent: number): Promise<void> {
    await watchUntil(`${percent} % on the target version of ${deploymentId}`, async () => {
      const info = await this.deployment(deploymentId);
      if (info.completeTime) throw new Error(`${info.status}: ${info.errorInformation?.message}`);
      if (info.status === "Created") return false;
      const { lambdaFunctionInfo } = await this.target(deploymentId);
      return Math.round((lambdaFunctionInfo?.targetVersionWeight ?? 0) * 100) === percent;
    });
  }

  /** Ends the wait of a step, as soon as there is one: a weight is in force before the deployment has noted it. */
  async next(deploymentId: string): Promise<void> {
    await until(`a step of ${deploymentId} that waits`, async () => {
      const { exitCode, stderr } = await this.server.run("shift", "next", deploymentId);
      if (exitCode !== 0 && !stderr.includes("no step waits now")) throw new Error(stderr);
      return exitCode === 0;
    });
  }

  /** The alias behind a listener of a load balancer. @returns the listener's port */
  async listen(): Promise<number> {
    const { TargetGroups } = await this.elb.send(new CreateTargetGroupCommand({ Name: CHARGE, TargetType: "lambda" }));
    const TargetGroupArn = TargetGroups?.[0]?.TargetGroupArn ?? "";
    await this.lambda.send(
      new AddPermissionCommand({
        FunctionName: CHARGE,
        Qualifier: ALIAS,
        StatementId: "balancer",
        Action: "lambda:InvokeFunction",
        Principal: "elasticloadbalancing.amazonaws.com",
        SourceArn: TargetGroupArn,
      }),
    );
    const { AliasArn } = await this.lambda.send(new GetAliasCommand({ FunctionName: CHARGE, Name: ALIAS }));
    await this.elb.send(new RegisterTargetsCommand({ TargetGroupArn, Targets: [{ Id: AliasArn }] }));
    const { LoadBalancers } = await this.elb.send(
      new CreateLoadBalancerCommand({ Name: "shop", Subnets: ["subnet-1"] }),
    );
    const Port = await freePort();
    await this.elb.send(
      new CreateListenerCommand({
        LoadBalancerArn: LoadBalancers?.[0]?.LoadBalancerArn,
        Protocol: "HTTP",
        Port,
        DefaultActions: [{ Type: "forward", TargetGroupArn }],
      }),
    );
    return Port;
  }

  /** The parts of the versions in what the alias answers, in percent. Rejects when one fails. */
  shares(invocations: number): Promise<Readonly<Record<string, number>>> {
    return sharesOf(invocations, async () => {
      const { ExecutedVersion = "", FunctionError } = await this.lambda.send(
        new InvokeCommand({ FunctionName: CHARGE, Qualifier: ALIAS }),
      );
      if (FunctionError) throw new Error(`version ${ExecutedVersion} failed: ${FunctionError}`);
      return ExecutedVersion;
    });
  }
}

/** Of `charge`. */
export function appSpecOf({ from, to, hooks = {} }: WantedDeployment): object {
  const current = from === undefined ? { CurrentVersionFromAlias: true } : { CurrentVersion: from };
  const Properties = { Name: CHARGE, Alias: ALIAS, ...current, TargetVersion: to };
  return {
    version: 0.0,
    Resources: [{ [CHARGE]: { Type: "AWS::Lambda::Function", Properties } }],
    Hooks: Object.entries(hooks).map(([event, hook]) => ({ [event]: hook })),
  };
}

const CALLERS = 4;

/** Percents by what is answered. */
export async function sharesOf(count: number, ask: () => Promise<string>): Promise<Readonly<Record<string, number>>> {
  const counts: Record<string, number> = {};
  let left = count;
  const caller = async () => {
    while (left-- > 0) {
      const version = await ask();
      counts[version] = (counts[version] ?? 0) + 1;
    }
  };
  await Promise.all(Array.from({ length: CALLERS }, caller));
  return Object.fromEntries(Object.entries(counts).map(([version, answers]) => [version, (100 * answers) / count]));
}
