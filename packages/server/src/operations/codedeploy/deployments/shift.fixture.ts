import { memoryAlarmReader } from "@sluice/drivers/memory/memory-alarm-reader.ts";
import { type MemoryHookRun, memoryHookInvoker } from "@sluice/drivers/memory/memory-hook-invoker.ts";
import { memoryRevisionSource } from "@sluice/drivers/memory/memory-revision-source.ts";
import type { AlarmReading } from "@sluice/engine/ports/alarm-reader.ts";
import type { CodeDeployOperations } from "@sluice/wire/generated/codedeploy-shapes.ts";
import { vi } from "vitest";
import { hurriedTimers } from "../../../loops/hurried-timers.fixture.ts";
import type { Timers } from "../../../loops/timers.ts";
import { liveEcsServices } from "../../../platforms/ecs-services.ts";
import { liveLambdaAliases } from "../../../platforms/lambda-aliases.ts";
import type { ShiftPorts } from "../../../platforms/shift-ports.ts";
import { type RunnerFixture, runnerFixture } from "../../../runner/runner.fixture.ts";
import { testCodeDeploy } from "../codedeploy.fixture.ts";
import type { CodeDeployContext } from "../codedeploy-context.ts";
import { CODEDEPLOY_HANDLERS } from "../codedeploy-operations.ts";

export const MINUTE = 60_000;
/** A minute takes 100 ms. */
const SPEED = 600;
/** Patience of a busy machine. */
const WAIT_MILLISECONDS = 30_000;

export type DeploymentInfo = NonNullable<CodeDeployOperations["GetDeployment"]["output"]["deploymentInfo"]>;
export type Target = NonNullable<CodeDeployOperations["GetDeploymentTarget"]["output"]["deploymentTarget"]>;
export type NewDeployment = Partial<CodeDeployOperations["CreateDeployment"]["input"]>;

export function appSpecRevision(content: string) {
  return { revisionType: "AppSpecContent", appSpecContent: { content } } as const;
}

/** CodeDeploy's operations and the runner over one store, with alarms and hooks in memory. What is shifted is the caller's. */
export interface TestShift {
  readonly runner: RunnerFixture;
  readonly context: CodeDeployContext;
  readonly timers: Timers;
  readonly ports: ShiftPorts;
  readonly alarms: Map<string, Omit<AlarmReading, "name">>;
  readonly runs: Map<string, MemoryHookRun>;
  /** What hooks answer, by their names; a hook that is not here says nothing. */
  readonly answers: Map<string, "Succeeded" | "Failed">;
  /** By revisionKey. */
  readonly bundles: Map<string, Uint8Array>;
  call<Name extends keyof CodeDeployOperations>(
    name: Name,
    input: CodeDeployOperations[Name]["input"],
  ): Promise<CodeDeployOperations[Name]["output"]>;
  info(deploymentId: string): Promise<DeploymentInfo>;
  targetOf(deploymentId: string, targetId: string): Promise<Target>;
  ends(deploymentId: string, status: string): Promise<DeploymentInfo>;
  eventually(look: () => Promise<void> | void): Promise<void>;
  close(): Promise<void>;
}

/** @param portsOf all but the hooks, on the timers of the test */
export async function testShift(portsOf: (timers: Timers) => ShiftPorts): Promise<TestShift> {
  const timers = hurriedTimers(SPEED);
  const alarms = new Map<string, Omit<AlarmReading, "name">>([["errors", { state: "ok", since: null, detail: "" }]]);
  const runs = new Map<string, MemoryHookRun>();
  const answers = new Map<string, "Succeeded" | "Failed">();
  const bundles = new Map<string, Uint8Array>();
  const hooks = new Set(["check-before", "check-test", "check-after", "silent"]);
  const ports: ShiftPorts = {
    ...portsOf(timers),
    hookInvoker: memoryHookInvoker.create({}, { hooks, runs, onInvoke: (run) => void answer(run) }),
  };
  const alarmReader = memoryAlarmReader.create({}, { alarms });
  const runner = await runnerFixture([], timers, { alarmReader, shiftPorts: ports });
  const base = await testCodeDeploy();
  await base.close();
  const context: CodeDeployContext = {
    ...base.context,
    store: runner.store,
    now: timers.now,
    revisions: memoryRevisionSource.create({}, { urls: new Map(), bundles }),
    ecsServices: liveEcsServices(ports, timers.now),
    lambdaAliases: liveLambdaAliases(ports, timers.now),
    planner: { wake: () => runner.runner.wake(), report: (report) => runner.runner.report(report) },
  };
  const call: TestShift["call"] = (name, input) => CODEDEPLOY_HANDLERS[name](input, context);

  async function answer({ hook, deploymentId, executionId }: MemoryHookRun): Promise<void> {
    const status = answers.get(hook);
    if (status === undefined) return;
    await call("PutLifecycleEventHookExecutionStatus", {
      deploymentId,
      lifecycleEventHookExecutionId: executionId,
      status,
    });
  }

  const info = async (deploymentId: string) => (await call("GetDeployment", { deploymentId })).deploymentInfo!;
  const eventually = (look: () => Promise<void> | void) =>
    vi.waitFor(look, { timeout: WAIT_MILLISECONDS, interval: 10 });
  return {
    runner,
    context,
    timers,
    ports,
    alarms,
    runs,
    answers,
    bundles,
    call,
    info,
    eventually,
    async targetOf(deploymentId, targetId) {
      return (await call("GetDeploymentTarget", { deploymentId, targetId })).deploymentTarget!;
    },
    async ends(deploymentId, status) {
      await eventually(async () => {
        const { status: now, errorInformation } = await info(deploymentId);
        if (now !== status) throw new Error(`${deploymentId} is ${now}: ${errorInformation?.message}`);
      });
      return info(deploymentId);
    },
    close: () => runner.close(),
  };
}
