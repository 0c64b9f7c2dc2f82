import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  CreateApplicationCommand,
  CreateDeploymentConfigCommand,
  CreateDeploymentGroupCommand,
  type DeploymentInfo,
  GetDeploymentTargetCommand,
  type LambdaTarget,
  PutLifecycleEventHookExecutionStatusCommand,
  StopDeploymentCommand,
} from "@aws-sdk/client-codedeploy";
import { functionAliasContract } from "@sluice/drivers/contracts/function-alias-contract.fixture.ts";
import { lambdaFunctionAlias } from "@sluice/drivers/lambda/lambda-function-alias.ts";
import type { AliasRouting, LambdaAlias } from "@sluice/engine/ports/function-alias.ts";
import type { LifecycleEventName } from "@sluice/model/lifecycle-event.ts";
import { appSpec } from "@sluice/server/operations/codedeploy/deployments/lambda.fixture.ts";
import { appSpecRevision } from "@sluice/server/operations/codedeploy/deployments/shift.fixture.ts";
import { type SluiceClient, sluiceClient } from "@sluice/wire/client/clients.ts";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { CodeDeploy } from "../installation/code-deploy.fixture.ts";
import { type SluiceServer, startSluiceServer } from "../installation/sluice-server.fixture.ts";
import { until } from "../installation/until.fixture.ts";
import { createLambdaCloud, type LambdaCloud } from "./lambda-cloud.fixture.ts";
import { type MotoServer, startMoto, whyNoMoto } from "./moto-server.fixture.ts";
import { openStsDoor, type StsDoor } from "./sts-door.fixture.ts";

// Deployments to functions through the API of a server whose sluice.yml binds the driver lambda, for aliases and for hooks. The calls, their
// order and what AWS' stand-in holds afterwards are real. What moto can not show:
// - it has no revisions of aliases, so that a change between look and write is overwritten, and no states of versions;
// - it does not serve provisioned concurrency, so that deployments say that nobody waited for it;
// - weights are kept, and send nothing anywhere; no role is refused anything, and versions of different roles may share an alias;
// - a hook is taken and not run: its answer is given by the test.
// What AWS documents of all that is played by a server of ours: drivers/src/lambda/lambda-api.fixture.ts and the contract of the port.

const whyNot = whyNoMoto();
const ROLE = "arn:aws:iam::123456789012:role/CodeDeploy";
const ALL_ON_1: AliasRouting = { version: "1", second: null };
const ALL_ON_2: AliasRouting = { version: "2", second: null };
const CANARY = "CodeDeployDefault.LambdaCanary10Percent30Minutes";
const LINEAR = "Linear40PercentEvery30Minutes";
const HOOK = "CodeDeployHook_check";

const canary = (percent: number): AliasRouting => ({ version: "1", second: { version: "2", percent } });

interface Wanted {
  readonly config?: string;
  readonly hooks?: Readonly<Record<string, string>>;
  readonly properties?: Readonly<Record<string, unknown>>;
}

describe("functions of Lambda, against moto", () => {
  const undo = new AsyncDisposableStack();
  let moto: MotoServer;
  let cloud: LambdaCloud;

  beforeEach((context) => context.skip(whyNot !== null, whyNot ?? ""));

  beforeAll(async () => {
    if (whyNot !== null) return;
    moto = await startMoto();
    undo.defer(() => moto.stop());
    cloud = await createLambdaCloud(moto);
    undo.defer(() => cloud.close());
  }, 180_000);
  afterAll(() => undo.disposeAsync());

  functionAliasContract("lambda", async (routing) => {
    const alias = await cloud.createAlias(routing);
    return {
      functions: lambdaFunctionAlias.create(moto.settings, { now: Date.now }),
      alias,
      change: (changed) => cloud.change(alias, changed),
      breakVersion: null,
      mendVersion: () => {},
    };
  });

  describe("a deployment through a server", () => {
    let server: SluiceServer;
    let codeDeploy: CodeDeploy;
    let sluice: SluiceClient;
    let sts: StsDoor;

    beforeAll(async () => {
      if (whyNot !== null) return;
      await cloud.createFunction(HOOK);
      const directory = mkdtempSync(join(tmpdir(), "sluice-moto-"));
      undo.defer(() => rmSync(directory, { recursive: true, force: true }));
      sts = await openStsDoor(moto);
      undo.defer(() => sts.close());
      const settings = { ...moto.settings, assumeServiceRole: true, stsEndpoint: sts.url };
      const bindings = [
        { match: "charge-*", port: "function-alias", driver: "lambda", settings },
        { match: "CodeDeployHook_*", port: "hook-invoker", driver: "lambda", settings },
      ];
      const config = join(directory, "sluice.yml");
      writeFileSync(config, JSON.stringify({ bindings }));
      server = await startSluiceServer({ args: ["--config", config] });
      undo.defer(() => server.close());
      codeDeploy = CodeDeploy.of(server, "Functions");
      undo.defer(() => codeDeploy.close());
      const { client, application: applicationName } = codeDeploy;
      const credentials = await client.config.credentials();
      sluice = sluiceClient({ endpoint: server.url(), region: "us-east-1", credentials });
      undo.defer(() => sluice.close());
      await client.send(new CreateApplicationCommand({ applicationName, computePlatform: "Lambda" }));
      await client.send(
        new CreateDeploymentConfigCommand({
          deploymentConfigName: LINEAR,
          computePlatform: "Lambda",
          trafficRoutingConfig: {
            type: "TimeBasedLinear",
            timeBasedLinear: { linearPercentage: 40, linearInterval: 30 },
          },
        }),
      );
    }, 180_000);

    /** An alias, and a deployment group of its own. */
    async function begin(routing: AliasRouting = ALL_ON_1): Promise<LambdaAlias> {
      const alias = await cloud.createAlias(routing);
      await codeDeploy.client.send(
        new CreateDeploymentGroupCommand({
          applicationName: codeDeploy.application,
          deploymentGroupName: alias.functionName,
          serviceRoleArn: ROLE,
          deploymentStyle: { deploymentType: "BLUE_GREEN", deploymentOption: "WITH_TRAFFIC_CONTROL" },
          autoRollbackConfiguration: { enabled: true, events: ["DEPLOYMENT_FAILURE"] },
        }),
      );
      return alias;
    }

    async function deploy({ functionName: Name }: LambdaAlias, wanted: Wanted = {}): Promise<string> {
      const { config, hooks = {}, properties = {} } = wanted;
      return codeDeploy.deploy(Name, appSpecRevision(appSpec({ Name, ...properties }, hooks)), config);
    }

    async function targetOf(deploymentId: string, { functionName: targetId }: LambdaAlias): Promise<LambdaTarget> {
      const { deploymentTarget } = await codeDeploy.client.send(
        new GetDeploymentTargetCommand({ deploymentId, targetId }),
      );
      return deploymentTarget?.lambdaTarget ?? {};
    }

    /** The deployment's own account of it, and the alias. */
    async function moves(deploymentId: string, alias: LambdaAlias, routing: AliasRouting): Promise<void> {
      const share = (routing.second?.percent ?? (routing.version === "2" ? 100 : 0)) / 100;
      await until(`${deploymentId} has moved ${share}`, async () => {
        const { shift } = await sluice.call("GetDeploymentWaits", { deploymentId });
        return shift?.percent === share * 100;
      });
      expect(await cloud.routingOf(alias)).toEqual(routing);
      // AWS is asked once a second.
      await until(`${deploymentId} shows ${share}`, async () => {
        return (await targetOf(deploymentId, alias)).lambdaFunctionInfo?.targetVersionWeight === share;
      });
    }

    const skipWait = (deploymentId: string) => sluice.call("ChangeShift", { deploymentId, action: "next" });

    /** A hook that waits for its answer gets it. */
    async function answer(
      deploymentId: string,
      alias: LambdaAlias,
      event: LifecycleEventName,
      status: "Succeeded" | "Failed",
    ) {
      await until(`${event} waits for its hook`, async () => {
        const { targets } = await sluice.call("GetDeploymentWaits", { deploymentId });
        return targets.some(({ lifecycleEvent, reason }) => lifecycleEvent === event && reason.includes(HOOK));
      });
      const lifecycleEventHookExecutionId = `${event}/1/${alias.functionName}`;
      const said = { deploymentId, lifecycleEventHookExecutionId, status };
      await codeDeploy.client.send(new PutLifecycleEventHookExecutionStatusCommand(said));
    }

    async function ends(deploymentId: string, status: string): Promise<DeploymentInfo> {
      const info = await codeDeploy.end(deploymentId);
      if (info.status !== status) throw new Error(`${info.status}: ${JSON.stringify(info.errorInformation)}`);
      return info;
    }

    it("moves a canary between hooks that answer, with the group's role", async () => {
      const alias = await begin();
      const hooks = { BeforeAllowTraffic: HOOK, AfterAllowTraffic: HOOK };
      const id = await deploy(alias, { config: CANARY, hooks });
      await answer(id, alias, "BeforeAllowTraffic", "Succeeded");
      await moves(id, alias, canary(10));
      await skipWait(id);
      await answer(id, alias, "AfterAllowTraffic", "Succeeded");
      const { deploymentStatusMessages } = await ends(id, "Succeeded");
      expect(deploymentStatusMessages).toEqual([
        expect.stringMatching(/^As 10 % of the traffic moved, nobody waited for provisioned concurrency of version 2/),
      ]);
      expect(await cloud.routingOf(alias)).toEqual(ALL_ON_2);
      const { lifecycleEvents = [], lambdaFunctionInfo } = await targetOf(id, alias);
      expect(lifecycleEvents.map(({ status }) => status)).toEqual(["Succeeded", "Succeeded", "Succeeded"]);
      expect(lambdaFunctionInfo).toMatchObject({ functionAlias: "live", targetVersionWeight: 1 });
      // One session serves all calls that the driver makes with the role.
      expect(sts.assumed).toContainEqual({
        roleArn: ROLE,
        sessionName: expect.stringMatching(/^sluice-charge-\d+-live$/),
      });
    }, 180_000);

    it("moves in equal steps, and all at once, a function by its name or its ARN", async () => {
      const alias = await begin();
      const id = await deploy(alias, { config: LINEAR });
      for (const percent of [40, 80]) {
        await moves(id, alias, canary(percent));
        await skipWait(id);
      }
      await ends(id, "Succeeded");
      expect(await cloud.routingOf(alias)).toEqual(ALL_ON_2);
      const Name = `arn:aws:lambda:${moto.settings.region}:123456789012:function:${alias.functionName}`;
      const back = { Name, CurrentVersion: "2", TargetVersion: "1" };
      await ends(await deploy(alias, { properties: back }), "Succeeded");
      expect(await cloud.routingOf(alias)).toEqual(ALL_ON_1);
    }, 180_000);

    it("goes back when a hook says no after all traffic has moved", async () => {
      const alias = await begin();
      const id = await deploy(alias, { hooks: { AfterAllowTraffic: HOOK } });
      await answer(id, alias, "AfterAllowTraffic", "Failed");
      const { errorInformation, rollbackInfo } = await ends(id, "Failed");
      expect(errorInformation?.code).toBe("HOOK_EXECUTION_FAILURE");
      await ends(rollbackInfo?.rollbackDeploymentId ?? "", "Succeeded");
      expect(await cloud.routingOf(alias)).toEqual(ALL_ON_1);
    }, 180_000);

    it("goes back when it is stopped with a rollback", async () => {
      const alias = await begin();
      const id = await deploy(alias, { config: CANARY });
      await moves(id, alias, canary(10));
      await codeDeploy.client.send(new StopDeploymentCommand({ deploymentId: id, autoRollbackEnabled: true }));
      const { rollbackInfo } = await ends(id, "Stopped");
      await ends(rollbackInfo?.rollbackDeploymentId ?? "", "Succeeded");
      expect(await cloud.routingOf(alias)).toEqual(ALL_ON_1);
    }, 180_000);

    it("leaves its weights when it is stopped without one, and the next says how to mend them", async () => {
      const alias = await begin();
      const id = await deploy(alias, { config: CANARY });
      await moves(id, alias, canary(10));
      await codeDeploy.client.send(new StopDeploymentCommand({ deploymentId: id, autoRollbackEnabled: false }));
      const { deploymentStatusMessages, rollbackInfo } = await ends(id, "Stopped");
      expect(rollbackInfo?.rollbackDeploymentId).toBeUndefined();
      expect(await cloud.routingOf(alias)).toEqual(canary(10));
      expect(deploymentStatusMessages?.join(" ")).toContain("10 % of the traffic goes to version 2");
      const { errorInformation } = await ends(await deploy(alias), "Failed");
      const { code, message = "" } = errorInformation ?? {};
      expect({ code, message }).toEqual({ code: "INVALID_LAMBDA_CONFIGURATION", message: expect.stringContaining(id) });
      const [command = ""] = /aws lambda update-alias [^.]+AdditionalVersionWeights=\{\}/.exec(message) ?? [];
      await cloud.aws(command);
      await ends(await deploy(alias), "Succeeded");
      expect(await cloud.routingOf(alias)).toEqual(ALL_ON_2);
    }, 180_000);

    it("ends when somebody else points the alias elsewhere, and leaves it there", async () => {
      const alias = await begin();
      const id = await deploy(alias, { config: CANARY });
      await moves(id, alias, canary(10));
      const elsewhere = { version: "3", second: null };
      await cloud.change(alias, elsewhere);
      await skipWait(id);
      const { errorInformation } = await ends(id, "Failed");
      expect(errorInformation).toMatchObject({
        code: "INVALID_LAMBDA_CONFIGURATION",
        message: expect.stringContaining("sends traffic to version 3"),
      });
      expect(await cloud.routingOf(alias)).toEqual(elsewhere);
    }, 180_000);

    it.each<[string, AliasRouting, Wanted, string, RegExp]>([
      [
        "a version that is not published",
        ALL_ON_1,
        { properties: { TargetVersion: "99" } },
        "INVALID_LAMBDA_FUNCTION",
        /^Version 99 of charge-\d+ is not published/,
      ],
      [
        "an alias that is elsewhere",
        { version: "3", second: null },
        {},
        "INVALID_LAMBDA_CONFIGURATION",
        /is at version 3, and the AppSpec file names 1/,
      ],
      [
        "a version of another role",
        ALL_ON_1,
        { properties: { TargetVersion: "3" } },
        "INVALID_LAMBDA_CONFIGURATION",
        /differ in their execution role .*role\/functions and .*role\/others/,
      ],
      [
        "an alias that is not there",
        ALL_ON_1,
        { properties: { Alias: "nobody" } },
        "INVALID_LAMBDA_FUNCTION",
        /There is no alias nobody/,
      ],
      [
        "a function that no binding names",
        ALL_ON_1,
        { properties: { Name: "refund" } },
        "INVALID_LAMBDA_FUNCTION",
        /no binding says who runs the function "refund".*driver: lambda/,
      ],
      [
        "a hook that is not there",
        ALL_ON_1,
        { hooks: { BeforeAllowTraffic: "CodeDeployHook_nothing" } },
        "HOOK_EXECUTION_FAILURE",
        /there is no function CodeDeployHook_nothing/,
      ],
    ])(
      "does not begin with %s",
      async (_name, routing, wanted, code, message) => {
        const alias = await begin(routing);
        const { errorInformation } = await ends(await deploy(alias, wanted), "Failed");
        expect(errorInformation).toEqual({ code, message: expect.stringMatching(message) });
        expect(await cloud.routingOf(alias)).toEqual(routing);
      },
      180_000,
    );
  });
});
