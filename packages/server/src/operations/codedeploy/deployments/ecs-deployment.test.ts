import { afterEach, describe, expect, it } from "vitest";
import { liveEcsServices } from "../../../platforms/ecs-services.ts";
import { ALL_EVENTS, appSpec, GROUP, type TestEcs, testEcs } from "./ecs.fixture.ts";
import { appSpecRevision } from "./shift.fixture.ts";

let ecs: TestEcs;
afterEach(() => ecs.close());

const LINEAR = { deploymentConfigName: "CodeDeployDefault.ECSLinear10PercentEvery1Minutes" };
const CANARY = { deploymentConfigName: "CodeDeployDefault.ECSCanary10Percent5Minutes" };
const waits = (terminationMinutes: number, readyMinutes?: number) => ({
  blueGreenDeploymentConfiguration: {
    terminateBlueInstancesOnDeploymentSuccess: {
      action: "TERMINATE" as const,
      terminationWaitTimeInMinutes: terminationMinutes,
    },
    deploymentReadyOption:
      readyMinutes === undefined
        ? { actionOnTimeout: "CONTINUE_DEPLOYMENT" as const }
        : { actionOnTimeout: "STOP_DEPLOYMENT" as const, waitTimeInMinutes: readyMinutes },
  },
});
const hooked = (hooks: Record<string, string>) => ({ revision: appSpecRevision(appSpec(hooks)) });
const setsOf = ({ service }: TestEcs) => service.taskSets.map(({ taskSetId, status }) => [taskSetId, status]);

describe("a deployment to an ECS service", () => {
  it("goes through all its events, with hooks that answer, and moves the traffic step by step", async () => {
    ecs = await testEcs();
    ecs.answers.set("check-before", "Succeeded").set("check-test", "Succeeded");
    const hooks = { BeforeInstall: "check-before", AfterAllowTestTraffic: "check-test" };
    const id = await ecs.deploy({ ...LINEAR, ...hooked(hooks), description: "web 2" });
    const { deploymentOverview, computePlatform, creator, revision } = await ecs.info(id);
    expect({ deploymentOverview, computePlatform, creator }).toEqual({ computePlatform: "ECS", creator: "user" });
    expect(revision?.appSpecContent).toEqual({ sha256: expect.stringMatching(/^[0-9a-f]{64}$/) });
    const ended = await ecs.ends(id, "Succeeded");
    expect(ecs.weights).toEqual([10, 20, 30, 40, 50, 60, 70, 80, 90, 100]);
    expect(ended).toMatchObject({
      description: "web 2",
      deploymentConfigName: LINEAR.deploymentConfigName,
      deploymentOverview: { Pending: 0, InProgress: 0, Succeeded: 1, Failed: 0, Skipped: 0, Ready: 0 },
      instanceTerminationWaitTimeStarted: true,
    });
    expect(setsOf(ecs)).toEqual([["ecs-svc/2", "PRIMARY"]]);
    const target = await ecs.target(id);
    expect(target).toMatchObject({
      targetId: "shop:web",
      targetArn: "arn:aws:ecs:us-east-1:111122223333:service/shop/web",
      status: "Succeeded",
    });
    expect(target.lifecycleEvents?.map(({ lifecycleEventName }) => lifecycleEventName)).toEqual(ALL_EVENTS);
    expect(target.lifecycleEvents?.every(({ status }) => status === "Succeeded")).toBe(true);
    expect([...ecs.runs.values()].map(({ event }) => event)).toEqual(["BeforeInstall", "AfterAllowTestTraffic"]);
    // The next one goes the other way round.
    const next = await ecs.deploy();
    await ecs.ends(next, "Succeeded");
    expect(Object.fromEntries(ecs.production)).toEqual({ "tg-one": 100, "tg-two": 0 });
  });

  it("shows its task sets as they are now, and as they are stored while nobody can say", async () => {
    ecs = await testEcs();
    const id = await ecs.deploy({ deploymentConfigName: "CodeDeployDefault.ECSCanary10Percent15Minutes" });
    await ecs.eventually(async () => expect((await ecs.target(id)).taskSetsInfo?.[1]?.trafficWeight).toBe(10));
    const counts = { desiredCount: 2, pendingCount: 0, runningCount: 2 };
    const names = { identifer: "ecs-svc/1", targetGroup: { name: "tg-one" }, taskSetLabel: "Blue" };
    const green = { identifer: "ecs-svc/2", targetGroup: { name: "tg-two" }, taskSetLabel: "Green" };
    expect((await ecs.target(id)).taskSetsInfo).toEqual([
      { ...names, ...counts, status: "PRIMARY", trafficWeight: 90 },
      { ...green, ...counts, status: "ACTIVE", trafficWeight: 10 },
    ]);
    expect((await ecs.call("ListDeploymentTargets", { deploymentId: id })).targetIds).toEqual(["shop:web"]);
    const away = { ...ecs.context, ecsServices: { look: async () => ({ service: undefined, traffic: undefined }) } };
    const { CODEDEPLOY_HANDLERS } = await import("../codedeploy-operations.ts");
    const { deploymentTargets } = await CODEDEPLOY_HANDLERS.BatchGetDeploymentTargets(
      { deploymentId: id, targetIds: ["shop:web"] },
      away,
    );
    expect(deploymentTargets?.[0]?.ecsTarget?.taskSetsInfo).toEqual([
      { ...names, trafficWeight: 90 },
      { ...green, trafficWeight: 10 },
    ]);
    await ecs.call("StopDeployment", { deploymentId: id, autoRollbackEnabled: false });
    await ecs.ends(id, "Stopped");
  });

  it("shows what the listener sends now, whoever changed it, until it has ended, and then what it left", async () => {
    ecs = await testEcs();
    const timeBasedCanary = { canaryPercentage: 10, canaryInterval: 2_000 };
    const slow = {
      deploymentConfigName: "slow",
      computePlatform: "ECS",
      trafficRoutingConfig: { type: "TimeBasedCanary", timeBasedCanary },
    } as const;
    await ecs.call("CreateDeploymentConfig", slow);
    const id = await ecs.deploy({ deploymentConfigName: "slow" });
    const { GetDeploymentTarget } = (await import("../codedeploy-operations.ts")).CODEDEPLOY_HANDLERS;
    const shown = async (context = ecs.context) => {
      const { deploymentTarget } = await GetDeploymentTarget({ deploymentId: id, targetId: "shop:web" }, context);
      return deploymentTarget?.ecsTarget?.taskSetsInfo?.map(({ trafficWeight, runningCount }) => [
        trafficWeight,
        runningCount,
      ]);
    };
    const shows = (...sets: readonly (readonly [number, number])[]) =>
      ecs.eventually(async () => expect(await shown()).toEqual(sets));
    await shows([90, 2], [10, 2]);
    ecs.production.set("tg-one", 40).set("tg-two", 60);
    await shows([40, 2], [60, 2]);
    // All of it somewhere else: the router says so, and that nothing can be shifted there.
    ecs.production.clear();
    ecs.production.set("elsewhere", 100);
    await shows([0, 2], [0, 2]);
    ecs.production.set("tg-one", 40).set("tg-two", 60);
    // A set that somebody removed answers nothing of what its group is sent.
    const replacement = ecs.service.taskSets.pop()!;
    await shows([40, 2], [60, 0]);
    ecs.service.taskSets.push(replacement);
    // Whoever runs the tasks is away, and the balancer is not.
    const { weightedRouter } = ecs.ports;
    const withoutTasks = { ...ecs.context, ecsServices: liveEcsServices({ weightedRouter }, ecs.timers.now) };
    expect(await shown(withoutTasks)).toEqual([
      [40, undefined],
      [60, undefined],
    ]);
    await ecs.call("StopDeployment", { deploymentId: id, autoRollbackEnabled: false });
    await ecs.ends(id, "Stopped");
    ecs.production.set("tg-one", 100).set("tg-two", 0);
    await shows([90, 2], [10, 2]);
  });

  it("is rolled back when a hook answers Failed", async () => {
    ecs = await testEcs();
    ecs.answers.set("check-test", "Failed");
    const id = await ecs.deploy({ ...CANARY, ...hooked({ AfterAllowTestTraffic: "check-test" }) });
    const failed = await ecs.ends(id, "Failed");
    expect(failed.errorInformation?.code).toBe("HOOK_EXECUTION_FAILURE");
    const { rollbackDeploymentId } = failed.rollbackInfo!;
    expect(failed.rollbackInfo?.rollbackMessage).toBe(
      `Deployment ${id} terminated. Automatic rollback is triggered with a DeploymentId ${rollbackDeploymentId}.`,
    );
    const back = await ecs.ends(rollbackDeploymentId!, "Succeeded");
    expect(back).toMatchObject({
      creator: "codeDeployRollback",
      deploymentConfigName: "CodeDeployDefault.ECSAllAtOnce",
      computePlatform: "ECS",
      instanceTerminationWaitTimeStarted: false,
      rollbackInfo: { rollbackTriggeringDeploymentId: id },
    });
    expect(setsOf(ecs)).toEqual([["ecs-svc/1", "PRIMARY"]]);
    expect([Object.fromEntries(ecs.production), Object.fromEntries(ecs.test)]).toEqual([
      { "tg-one": 100, "tg-two": 0 },
      { "tg-one": 100, "tg-two": 0 },
    ]);
    const target = await ecs.target(rollbackDeploymentId!);
    expect(target.taskSetsInfo?.map(({ identifer, trafficWeight }) => [identifer, trafficWeight])).toEqual([
      ["ecs-svc/1", 100],
      ["ecs-svc/2", 0],
    ]);
  });

  it("waits for ContinueDeployment, keeps the original, and removes it early when it is told to", async () => {
    ecs = await testEcs(waits(60, 60));
    const id = await ecs.deploy();
    await ecs.ends(id, "Ready");
    expect(ecs.weights).toEqual([]);
    await expect(
      ecs.call("ContinueDeployment", { deploymentId: id, deploymentWaitType: "TERMINATION_WAIT" }),
    ).rejects.toMatchObject({ code: "InvalidDeploymentStatusException" });
    await ecs.call("ContinueDeployment", { deploymentId: id, deploymentWaitType: "READY_WAIT" });
    await ecs.eventually(async () => {
      expect(await ecs.info(id)).toMatchObject({ status: "InProgress", instanceTerminationWaitTimeStarted: true });
    });
    // Every event is over, and the original is there still.
    expect((await ecs.target(id)).status).toBe("Succeeded");
    expect(setsOf(ecs)).toEqual([
      ["ecs-svc/1", "ACTIVE"],
      ["ecs-svc/2", "PRIMARY"],
    ]);
    await expect(ecs.call("ContinueDeployment", { deploymentId: id })).rejects.toMatchObject({
      code: "DeploymentIsNotInReadyStateException",
    });
    await ecs.call("SkipWaitTimeForInstanceTermination", { deploymentId: id });
    await ecs.ends(id, "Succeeded");
    expect(setsOf(ecs)).toEqual([["ecs-svc/2", "PRIMARY"]]);
    await expect(ecs.call("ContinueDeployment", { deploymentId: id })).rejects.toMatchObject({
      code: "DeploymentAlreadyCompletedException",
    });
  });

  it("is stopped when nobody continues it in time", async () => {
    ecs = await testEcs(waits(0, 2));
    const id = await ecs.deploy();
    const { rollbackInfo } = await ecs.ends(id, "Stopped");
    await ecs.ends(rollbackInfo!.rollbackDeploymentId!, "Succeeded");
    expect(setsOf(ecs)).toEqual([["ecs-svc/1", "PRIMARY"]]);
    expect(ecs.weights.every((weight) => weight === 0)).toBe(true);
  });

  it("goes back when it is stopped within the termination wait", async () => {
    ecs = await testEcs(waits(600));
    const id = await ecs.deploy();
    await ecs.eventually(async () => expect((await ecs.info(id)).instanceTerminationWaitTimeStarted).toBe(true));
    const stop = await ecs.call("StopDeployment", { deploymentId: id, autoRollbackEnabled: true });
    expect(stop.status).toBe("Succeeded");
    const { rollbackInfo, errorInformation } = await ecs.ends(id, "Stopped");
    expect(errorInformation?.code).toBe("MANUAL_STOP");
    await ecs.ends(rollbackInfo!.rollbackDeploymentId!, "Succeeded");
    expect(setsOf(ecs)).toEqual([["ecs-svc/1", "PRIMARY"]]);
    expect(Object.fromEntries(ecs.production)).toEqual({ "tg-one": 100, "tg-two": 0 });
  });

  it("stays as it stands when it is stopped in mid-shift and not rolled back", async () => {
    ecs = await testEcs();
    const id = await ecs.deploy({ deploymentConfigName: "CodeDeployDefault.ECSCanary10Percent15Minutes" });
    await ecs.eventually(() => expect(ecs.production.get("tg-two")).toBe(10));
    await ecs.call("StopDeployment", { deploymentId: id, autoRollbackEnabled: false });
    const { rollbackInfo, deploymentStatusMessages } = await ecs.ends(id, "Stopped");
    expect(rollbackInfo?.rollbackDeploymentId).toBeUndefined();
    expect(deploymentStatusMessages?.join(" ")).toContain("10 % of the traffic goes to the target group tg-two");
    expect(Object.fromEntries(ecs.production)).toEqual({ "tg-one": 90, "tg-two": 10 });
  });

  it("is stopped by an alarm that the caller gives it, and rolled back", async () => {
    ecs = await testEcs();
    const id = await ecs.deploy({
      deploymentConfigName: "CodeDeployDefault.ECSCanary10Percent15Minutes",
      overrideAlarmConfiguration: { enabled: true, alarms: [{ name: "errors" }] },
    });
    await ecs.eventually(() => expect(ecs.production.get("tg-two")).toBe(10));
    ecs.alarms.set("errors", { state: "alarm", since: null, detail: "too many" });
    const { errorInformation, rollbackInfo } = await ecs.ends(id, "Stopped");
    expect(errorInformation?.code).toBe("ALARM_ACTIVE");
    await ecs.ends(rollbackInfo!.rollbackDeploymentId!, "Succeeded");
    expect(Object.fromEntries(ecs.production)).toEqual({ "tg-one": 100, "tg-two": 0 });
  });

  it.each([
    ["before it starts", 0],
    ["in mid-shift", 10],
  ])("goes on with a service that is scaled to 0 %s, and says that nothing ran", async (_, percent) => {
    ecs = await testEcs();
    const moved = () => ecs.production.get("tg-two") ?? 0;
    Object.defineProperty(ecs.service, "desiredCount", { get: () => (moved() < percent ? 2 : 0) });
    const id = await ecs.deploy(LINEAR);
    const { deploymentStatusMessages } = await ecs.ends(id, "Succeeded");
    expect(deploymentStatusMessages).toEqual([
      expect.stringMatching(/^The desired count of the service shop:web is 0: no task runs, .* --desired-count 1$/),
      "All traffic was given to the task set ecs-svc/2, which ran no task at that time: nothing answered.",
    ]);
    const install = (await ecs.target(id)).lifecycleEvents?.find(
      ({ lifecycleEventName }) => lifecycleEventName === "Install",
    );
    expect(install?.diagnostics?.message).toBe(
      percent === 0 ? "The task set ecs-svc/2 has no task: none is wanted of the service" : "Succeeded",
    );
  });

  it("says nothing of a count that is 0 only after all traffic has moved", async () => {
    ecs = await testEcs(waits(600));
    const id = await ecs.deploy();
    await ecs.eventually(async () => expect((await ecs.info(id)).instanceTerminationWaitTimeStarted).toBe(true));
    ecs.service.desiredCount = 0;
    await ecs.call("SkipWaitTimeForInstanceTermination", { deploymentId: id });
    expect((await ecs.ends(id, "Succeeded")).deploymentStatusMessages).toEqual([]);
  });

  it("fails, and does not begin, when its service is not as it has to be", async () => {
    ecs = await testEcs();
    ecs.services.delete("shop:web");
    const { errorInformation, deploymentOverview } = await ecs.ends(await ecs.deploy(), "Failed");
    expect(errorInformation).toMatchObject({ code: "INVALID_ECS_SERVICE" });
    expect(deploymentOverview).toBeUndefined();
  });

  it("takes a service that its group names by ARN", async () => {
    ecs = await testEcs({
      ecsServices: [
        {
          clusterName: "arn:aws:ecs:us-east-1:111122223333:cluster/shop",
          serviceName: "arn:aws:ecs:us-east-1:111122223333:service/shop/web",
        },
      ],
    });
    await ecs.ends(await ecs.deploy(), "Succeeded");
    await expect(ecs.call("CreateDeploymentGroup", { ...GROUP, deploymentGroupName: "again" })).rejects.toMatchObject({
      code: "ECSServiceMappingLimitExceededException",
    });
  });
});

describe("groups of ECS", () => {
  it("are kept, with their application, while a deployment moves traffic or takes it back", async () => {
    ecs = await testEcs(waits(600));
    const NAMES = { applicationName: "Containers", deploymentGroupName: "web" };
    const isRefused = async (id: string, cure: RegExp) => {
      const message = expect.stringMatching(new RegExp(`^The Deployment Group 'web' .* '${id}'.*${cure.source}$`));
      const fault = { code: "InvalidOperationException", message };
      await expect(ecs.call("DeleteDeploymentGroup", NAMES)).rejects.toMatchObject(fault);
      await expect(ecs.call("DeleteApplication", { applicationName: "Containers" })).rejects.toMatchObject(fault);
      expect((await ecs.info(id)).deploymentGroupName).toBe("web");
    };
    const id = await ecs.deploy(CANARY);
    await isRefused(id, /sluice stop d-\w+ --rollback/);
    await ecs.eventually(async () => expect((await ecs.info(id)).instanceTerminationWaitTimeStarted).toBe(true));
    await isRefused(id, /sluice stop d-\w+ --rollback/);
    // Nobody is told to stop one that is the way back.
    const createdBy = (creator: string) =>
      ecs.context.store.write(({ db }) => db.updateTable("deployments").set({ creator }).execute());
    await createdBy("codeDeployRollback");
    await isRefused(id, /sluice watch d-\w+/);
    await createdBy("user");
    await ecs.call("StopDeployment", { deploymentId: id, autoRollbackEnabled: true });
    const { rollbackInfo } = await ecs.ends(id, "Stopped");
    await ecs.ends(rollbackInfo!.rollbackDeploymentId!, "Succeeded");
    await ecs.call("DeleteDeploymentGroup", NAMES);
    await ecs.call("DeleteApplication", { applicationName: "Containers" });
    expect(Object.fromEntries(ecs.production)).toEqual({ "tg-one": 100, "tg-two": 0 });
  });

  it("always show numbers for their waits", async () => {
    ecs = await testEcs({ blueGreenDeploymentConfiguration: {} });
    const { deploymentGroupInfo } = await ecs.call("GetDeploymentGroup", {
      applicationName: "Containers",
      deploymentGroupName: "web",
    });
    expect(deploymentGroupInfo?.blueGreenDeploymentConfiguration).toEqual({
      terminateBlueInstancesOnDeploymentSuccess: { action: "TERMINATE", terminationWaitTimeInMinutes: 0 },
      deploymentReadyOption: { actionOnTimeout: "CONTINUE_DEPLOYMENT", waitTimeInMinutes: 0 },
    });
  });

  it.each([
    ["of another controller", { controller: "ECS" }, /must be configured for a CODE_DEPLOY deployment controller\./],
    [
      "of DAEMON",
      { controller: "CODE_DEPLOY", scheduling: "DAEMON" as const },
      /DAEMON, which runs one task a machine/,
    ],
  ])("refuse a service %s, where that is known", async (_, kind, words) => {
    ecs = await testEcs();
    ecs.services.set("shop:other", { ...kind, desiredCount: 1, taskSets: [] });
    const ecsServices = [{ clusterName: "shop", serviceName: "other" }];
    const fault = { code: "InvalidECSServiceException", message: expect.stringMatching(words) };
    await expect(
      ecs.call("CreateDeploymentGroup", { ...GROUP, deploymentGroupName: "other", ecsServices }),
    ).rejects.toMatchObject(fault);
    await expect(
      ecs.call("UpdateDeploymentGroup", {
        applicationName: "Containers",
        currentDeploymentGroupName: "web",
        ecsServices,
      }),
    ).rejects.toMatchObject(fault);
  });
});

describe("CreateDeployment to ECS refuses", () => {
  it.each([
    [
      "fileExistsBehavior",
      { fileExistsBehavior: "DISALLOW" as const },
      "InvalidFileExistsBehaviorException",
      /^For Lambda, ECS and Kubernetes deployment, fileExistsBehavior can not be specified$/,
    ],
    ["targetInstances", { targetInstances: {} }, "InvalidTargetInstancesException", /names hosts/],
    [
      "updateOutdatedInstancesOnly",
      { updateOutdatedInstancesOnly: true },
      "InvalidUpdateOutdatedInstancesOnlyValueException",
      /is about hosts/,
    ],
    [
      "ignoreApplicationStopFailures",
      { ignoreApplicationStopFailures: true },
      "InvalidIgnoreApplicationStopFailuresValueException",
      /a script on hosts/,
    ],
    [
      "a configuration of another platform",
      { deploymentConfigName: "CodeDeployDefault.LambdaAllAtOnce" },
      "InvalidDeploymentConfigNameException",
      /choose one for ECS/,
    ],
    ["no revision", { revision: undefined }, "RevisionRequiredException", /^RevisionLocation must be specified/],
    [
      "an AppSpec with faults, all of them told",
      { revision: appSpecRevision("version: 3\nResources: []\n") },
      "InvalidRevisionException",
      /has 2 faults\. version \(line 1\) is the number 3: write 0\.0; Resources \(line 2\) is an empty list/,
    ],
    [
      "a wrong hash",
      { revision: { revisionType: "AppSpecContent" as const, appSpecContent: { content: "{}", sha256: "00" } } },
      "InvalidRevisionException",
      /sha256 is 00, and that of the content is 44136/,
    ],
    [
      "a hash that nobody registered",
      { revision: { revisionType: "String" as const, string: { sha256: "00" } } },
      "RevisionDoesNotExistException",
      /give the AppSpec's text as content, or register it first/,
    ],
    [
      "a revision in GitHub",
      { revision: { revisionType: "GitHub" as const, gitHubLocation: { repository: "a/b", commitId: "c" } } },
      "InvalidRevisionException",
      /which is for Server/,
    ],
  ])("%s", async (_, given, code, message) => {
    ecs = await testEcs();
    await expect(ecs.deploy(given)).rejects.toMatchObject({ code, message: expect.stringMatching(message) });
    expect((await ecs.call("ListDeployments", {})).deployments).toEqual([]);
  });

  it("a second one at a time", async () => {
    ecs = await testEcs(waits(600));
    const id = await ecs.deploy();
    await expect(ecs.deploy()).rejects.toMatchObject({
      code: "DeploymentLimitExceededException",
      message: expect.stringContaining(`already has an active Deployment '${id}'`),
    });
  });
});

it("instances are no part of it", async () => {
  ecs = await testEcs();
  const id = await ecs.deploy();
  await expect(ecs.call("ListDeploymentInstances", { deploymentId: id })).rejects.toMatchObject({
    code: "InvalidComputePlatformException",
  });
  await ecs.ends(id, "Succeeded");
});
