import { continueDeployment } from "@sluice/server/operations/codedeploy/deployments/continue-deployment.ts";
import { stopDeployment } from "@sluice/server/operations/codedeploy/deployments/stop-deployment.ts";
import { acknowledge } from "@sluice/server/operations/sluice/list-rolled-back-groups.ts";
import type { PlatformWorld } from "./platform.ts";
import type { DeploymentBase, GroupBase } from "./scenario.ts";
import type { WorldParts } from "./world-parts.ts";

const MINUTE = 60_000;
const LOOK_MILLISECONDS = 500;
const STOP_AIM_MILLISECONDS = 5_000;

/** The people who deploy: one to each group, again and again. */
export class Operators<Group extends GroupBase> {
  readonly #parts: WorldParts;
  readonly #platform: PlatformWorld<Group>;
  #atWork = 0;

  constructor(parts: WorldParts, platform: PlatformWorld<Group>) {
    this.#parts = parts;
    this.#platform = platform;
  }

  /** Whether any of them has something to do still. */
  get areAtWork(): boolean {
    return this.#atWork > 0;
  }

  async operate(group: Group): Promise<void> {
    const { time, random, count, line, deployments } = this.#parts;
    this.#atWork++;
    for (const [index, deployment] of group.deployments.entries()) {
      await time.sleep(deployment.pauseBeforeMilliseconds + 1);
      this.#platform.prepare(group, index);
      const create = () => this.#platform.create(group, index);
      await line.insist(create, () => deployments.activeOf(group.name) !== undefined);
      const deploymentId = deployments.activeOf(group.name);
      if (deploymentId && deployment.stopAfterMilliseconds !== null)
        void this.#stop(deploymentId, deployment, deployment.stopAfterMilliseconds);
      if (deployment.alarm) this.#fireLater(group.name, deployment.alarm);
      if (deployment.isJostled) {
        await time.sleep(random.integer(1, 500));
        count("jostle");
        await create().catch(() => {});
      }
      await this.#attend(group.name, deployment, deploymentId);
      const isMarked = this.#platform.groups.get(group.name)?.mark !== null;
      if (deployment.isAcknowledged && isMarked) await this.#acknowledge(group.name);
    }
    this.#atWork--;
  }

  /** Until nothing of the group is under way. */
  async #attend(group: string, deployment: DeploymentBase, deploymentId: string | undefined): Promise<void> {
    const { time, random, deployments } = this.#parts;
    let { onceTrafficMoves, stopsRollback } = deployment;
    for (;;) {
      const active = deployments.activeOf(group);
      if (!active) return;
      this.#platform.attend?.(active);
      if (onceTrafficMoves && this.#platform.isMovingTraffic(active)) {
        const afterMilliseconds = random.integer(0, random.pick([2_000, 10_000]));
        if (onceTrafficMoves === "stop") void this.#stop(active, deployment, afterMilliseconds);
        else this.#fireLater(group, { afterMilliseconds, forMilliseconds: MINUTE });
        onceTrafficMoves = null;
      }
      if (stopsRollback && active !== deploymentId) {
        stopsRollback = false;
        void this.#stop(active, { ...deployment, rollBackAfterStop: true }, random.integer(0, 2_000));
      }
      if (deployment.isContinued && random.chance(0.3)) await this.#continue(active);
      await time.sleep(LOOK_MILLISECONDS);
    }
  }

  async #stop(deploymentId: string, { rollBackAfterStop }: DeploymentBase, afterMilliseconds: number): Promise<void> {
    const { time, aims, count, line, deployments } = this.#parts;
    await time.sleep(afterMilliseconds);
    await Promise.race([aims.at(deploymentId), time.sleep(STOP_AIM_MILLISECONDS)]);
    count("stopRequest");
    deployments.stopIsRequested(deploymentId);
    line.note(`stops ${deploymentId}`);
    const autoRollbackEnabled = rollBackAfterStop ?? undefined;
    const isOver = () => deployments.all.get(deploymentId)?.row.active !== 1;
    const stop = () => line.ask((server) => stopDeployment({ deploymentId, autoRollbackEnabled }, server.codeDeploy));
    await line.insist(stop, isOver);
  }

  #fireLater(group: string, { afterMilliseconds, forMilliseconds }: NonNullable<DeploymentBase["alarm"]>): void {
    const { time, count, chronicle, alarms } = this.#parts;
    time.after(afterMilliseconds, () => {
      count("alarm");
      chronicle.note(`alarm of ${group}`, `fires for ${forMilliseconds} ms`);
      alarms.fire(group, forMilliseconds);
    });
  }

  /** Whoever waits for a person is told to go on; asking too late or twice is refused, and that is that. */
  async #continue(deploymentId: string): Promise<void> {
    const { line, deployments } = this.#parts;
    const wait = deployments.waitOf(deploymentId);
    if (wait !== "ready" && wait !== "termination") return;
    line.note(`continues ${deploymentId} from its ${wait} wait`);
    const deploymentWaitType = wait === "ready" ? "READY_WAIT" : "TERMINATION_WAIT";
    await line.tryOnce(() =>
      line.ask((server) => continueDeployment({ deploymentId, deploymentWaitType }, server.codeDeploy)),
    );
  }

  async #acknowledge(groupId: string): Promise<void> {
    const { time, line } = this.#parts;
    const input = { applicationName: "app", deploymentGroupName: groupId };
    const ask = () => {
      line.note(`acknowledges the rollback of ${groupId}`);
      const group = this.#platform.groups.get(groupId);
      if (group) group.acknowledgedAt = time.now();
      return line.ask((server, { signal }) => acknowledge(input, server.sluiceAsRoot(signal)));
    };
    await line.insist(ask, () => false);
  }
}
