import type { DeploymentInfo, InstanceTarget, LifecycleEvent } from "@aws-sdk/client-codedeploy";
import { revisionName } from "@sluice/model/revision-name.ts";
import type { CodeDeployClient, SluiceClient } from "@sluice/wire/client/clients.ts";
import { ServiceError } from "@sluice/wire/client/errors.ts";
import type {
  GetDeploymentWaitsOutput,
  WaitView as ServerWait,
  ShiftView,
  TargetWait,
} from "@sluice/wire/sluice/sluice-api.ts";
import { CommandFailed } from "../command-failed.ts";
import { collected } from "../place/all-pages.ts";
import { listHosts, listTargets } from "../place/listings.ts";

/** BatchGetDeploymentTargets takes at most so many ids (codedeploy-api.json). */
const MAX_TARGETS_BATCH = 25;

export interface ScriptFailure {
  readonly errorCode: string;
  readonly scriptName: string;
  readonly message: string;
  readonly logTail: string;
}

export interface EventView {
  readonly name: string;
  readonly status: string;
  readonly startedAt: Date | undefined;
  readonly endedAt: Date | undefined;
  /** What the event waits for while it is in progress and no script of the host runs. */
  readonly wait: WaitView | undefined;
  readonly failure: ScriptFailure | undefined;
}

export interface WaitView {
  /** In a person's words, with the command that ends it where there is one. */
  readonly reason: string;
  readonly since: Date | undefined;
  /** When it ends by itself. */
  readonly until: Date | undefined;
}

export interface TargetView {
  readonly id: string;
  readonly kind: "host" | "service" | "function";
  /** The host's name, and in a blue/green deployment the fleet that it belongs to: `web-1 Green`. A service's and a function's is its id. */
  readonly name: string;
  readonly status: string;
  readonly events: readonly EventView[];
}

/** A deployment as it stood when it was read: everything that progress shows. */
export interface DeploymentView {
  readonly id: string;
  /** `Server`, `ECS` or `Lambda`; undefined: an answer that does not say it, which is of hosts. */
  readonly platform?: string | undefined;
  readonly application: string;
  readonly group: string;
  readonly status: string;
  readonly createdAt: Date;
  readonly completedAt: Date | undefined;
  /** `CODE: message` of the deployment itself. */
  readonly error: string | undefined;
  readonly statusMessages: readonly string[];
  /** `s3://BUCKET/KEY`, `github:OWNER/NAME@COMMIT`; undefined: none is deployed. */
  readonly revision: string | undefined;
  /** What the whole deployment waits for; undefined while hosts are at work. */
  readonly wait: WaitView | undefined;
  /** What became of it by rollback: the wire's words, and the deployment that rolls it back. */
  readonly rollback: { readonly message: string; readonly deploymentId: string | undefined } | undefined;
  readonly targets: readonly TargetView[];
  /** Where the traffic of a service or a function is; undefined: hosts have no weights, or it has not begun. */
  readonly shift: ShiftView | undefined;
}

const HTTP_SERVER_ERRORS = 500;
const FINAL_DEPLOYMENT_STATUSES = new Set(["Succeeded", "Failed", "Stopped"]);
const FINAL_TARGET_STATUSES = new Set(["Succeeded", "Failed", "Skipped", "Unknown"]);

export function isOver(view: DeploymentView): boolean {
  return FINAL_DEPLOYMENT_STATUSES.has(view.status);
}

export function isTargetOver(target: TargetView): boolean {
  return FINAL_TARGET_STATUSES.has(target.status);
}

export function isToHosts({ platform = "Server" }: Pick<DeploymentView, "platform">): boolean {
  return platform === "Server";
}

/** The event that a target is in, or that it ended with. */
export function currentEvent(target: TargetView): EventView | undefined {
  return (
    target.events.find(({ status }) => status === "InProgress") ??
    target.events.find(({ status }) => status === "Failed" || status === "Unknown") ??
    target.events.findLast(({ status }) => status === "Succeeded")
  );
}

const NATURAL_ORDER = new Intl.Collator("en", { numeric: true });

/**
 * As people count: host-2 before host-10.
 * @param fleetOf the fleets stay in their order, and together
 */
export function inNaturalOrder(
  targets: readonly TargetView[],
  fleetOf: (id: string) => string | undefined,
): readonly TargetView[] {
  const fleets = Map.groupBy(targets, ({ id }) => fleetOf(id));
  return [...fleets.values()].flatMap((fleet) =>
    fleet.toSorted((one, other) => NATURAL_ORDER.compare(one.name, other.name)),
  );
}

/** Reads a deployment. What was over when it was last read is not read again. */
export class DeploymentReader {
  readonly #codeDeploy: CodeDeployClient;
  readonly #sluice: SluiceClient;
  readonly #deploymentId: string;
  readonly #targets = new Map<string, TargetView>();
  /** The labels of a blue/green deployment, by target. */
  readonly #fleets = new Map<string, string | undefined>();
  #hostNames: Map<string, string> | undefined;

  constructor(codeDeploy: CodeDeployClient, sluice: SluiceClient, deploymentId: string) {
    this.#codeDeploy = codeDeploy;
    this.#sluice = sluice;
    this.#deploymentId = deploymentId;
  }

  /** @param signal ends the reading with its reason */
  async read(signal: AbortSignal): Promise<DeploymentView> {
    // First the deployment, then its targets: a deployment that is over has targets that are over.
    const { deploymentInfo: info } = await this.#codeDeploy.call(
      "GetDeployment",
      { deploymentId: this.#deploymentId },
      { signal },
    );
    if (info === undefined) throw new CommandFailed(`the server has no details of ${this.#deploymentId}`);
    const ids = await collected(listTargets(this.#codeDeploy, this.#deploymentId, { signal })).catch(noneYet);
    const open = ids.filter((id) => {
      const known = this.#targets.get(id);
      return known === undefined || !isTargetOver(known);
    });
    for (let at = 0; at < open.length; at += MAX_TARGETS_BATCH) {
      await this.#readTargets(open.slice(at, at + MAX_TARGETS_BATCH), signal);
    }
    const waits = await this.#readWaits(info.status, signal);
    return {
      id: this.#deploymentId,
      platform: info.computePlatform,
      application: info.applicationName ?? "",
      group: info.deploymentGroupName ?? "",
      status: info.status ?? "Created",
      createdAt: info.createTime ?? new Date(),
      completedAt: info.completeTime,
      error:
        info.errorInformation && `${info.errorInformation.code ?? "error"}: ${info.errorInformation.message ?? ""}`,
      statusMessages: info.deploymentStatusMessages ?? [],
      revision: info.revision && revisionName(info.revision),
      wait: waits.waiting ? waitView(waits.waiting) : waitOf(info),
      rollback: info.rollbackInfo && {
        message: info.rollbackInfo.rollbackMessage ?? "",
        deploymentId: info.rollbackInfo.rollbackDeploymentId,
      },
      shift: waits.shift,
      targets: inNaturalOrder(
        ids.flatMap((id) => {
          const target = this.#targets.get(id);
          return target === undefined ? [] : [withWait(target, waits.targets)];
        }),
        (id) => this.#fleets.get(id),
      ),
    };
  }

  /** The API of CodeDeploy has no place for these. */
  async #readWaits(status: string | undefined, signal: AbortSignal): Promise<GetDeploymentWaitsOutput> {
    const isWithoutWeights = [...this.#targets.values()].every(({ kind }) => kind === "host");
    // What is over waits for nothing; where its traffic is stays to be told.
    if (status !== undefined && FINAL_DEPLOYMENT_STATUSES.has(status) && isWithoutWeights) return { targets: [] };
    try {
      return await this.#sluice.call("GetDeploymentWaits", { deploymentId: this.#deploymentId }, { signal });
    } catch (error) {
      // A server of an earlier version does not have it.
      if (error instanceof ServiceError && error.statusCode < HTTP_SERVER_ERRORS) return { targets: [] };
      throw error;
    }
  }

  async #readTargets(targetIds: string[], signal: AbortSignal): Promise<void> {
    const input = { deploymentId: this.#deploymentId, targetIds };
    const { deploymentTargets = [] } = await this.#codeDeploy.call("BatchGetDeploymentTargets", input, { signal });
    for (const { instanceTarget: host, ecsTarget, lambdaTarget } of deploymentTargets) {
      const other = ecsTarget ?? lambdaTarget;
      if (host?.targetId !== undefined) {
        this.#hostNames ??= await readHostNames(this.#sluice, signal);
        this.#fleets.set(host.targetId, host.instanceLabel);
        const name = labelled(this.#hostNames.get(host.targetId) ?? host.targetId, host.instanceLabel);
        this.#targets.set(host.targetId, targetView(host.targetId, "host", name, host));
      } else if (other?.targetId !== undefined) {
        const kind = ecsTarget ? "service" : "function";
        this.#targets.set(other.targetId, targetView(other.targetId, kind, other.targetId, other));
      }
    }
  }
}

function targetView(
  id: string,
  kind: TargetView["kind"],
  name: string,
  { status = "Pending", lifecycleEvents = [] }: Pick<InstanceTarget, "status" | "lifecycleEvents">,
): TargetView {
  return { id, kind, name, status, events: lifecycleEvents.map(eventView) };
}

function eventView({
  lifecycleEventName = "",
  status = "Pending",
  startTime,
  endTime,
  diagnostics,
}: LifecycleEvent): EventView {
  const { errorCode = "UnknownError", scriptName = "", message = "", logTail = "" } = diagnostics ?? {};
  return {
    name: lifecycleEventName,
    status,
    startedAt: startTime,
    endedAt: endTime,
    wait: undefined,
    failure: status === "Failed" || status === "Unknown" ? { errorCode, scriptName, message, logTail } : undefined,
  };
}

function withWait(target: TargetView, waits: readonly TargetWait[]): TargetView {
  const wait = waits.find(({ targetId }) => targetId === target.id);
  if (wait === undefined) return target;
  const events = target.events.map((event) =>
    event.name === wait.lifecycleEvent && event.status === "InProgress" ? { ...event, wait: waitView(wait) } : event,
  );
  return { ...target, events };
}

function waitView({ reason, since, until }: ServerWait): WaitView {
  return { reason, since, until };
}

function labelled(name: string, label: string | undefined): string {
  return label === undefined ? name : `${name} ${label}`;
}

/** The commands are what ContinueDeployment and StopDeployment are called by here. */
function waitOf(info: DeploymentInfo): WaitView | undefined {
  const { deploymentId, status, instanceTerminationWaitTimeStarted } = info;
  const areHosts = isToHosts({ platform: info.computePlatform });
  const wait = (reason: string): WaitView => ({ reason, since: undefined, until: undefined });
  if (status === "Ready") {
    const ready = areHosts ? "the replacement hosts are ready" : "the replacement task set is ready";
    return wait(`${ready}. To move the traffic to ${areHosts ? "them" : "it"}: sluice continue ${deploymentId}`);
  }
  if (status === "Baking") return wait("a zone is monitored before the next zone starts");
  if (status === "InProgress" && instanceTerminationWaitTimeStarted) {
    return wait(
      `the original ${areHosts ? "hosts are kept. To roll back to them" : "task set is kept. To roll back to it"}: sluice stop ${deploymentId} --rollback. To end this wait now: sluice continue ${deploymentId} --termination`,
    );
  }
  return undefined;
}

/** A deployment that was just created has no targets to list, and the service says so with a fault. */
function noneYet(error: unknown): string[] {
  if (error instanceof ServiceError && error.code === "DeploymentNotStartedException") return [];
  throw error;
}

/** Host id to name, retired hosts included: an old deployment names them too. */
export async function readHostNames(sluice: SluiceClient, signal: AbortSignal): Promise<Map<string, string>> {
  const { hosts } = await listHosts(sluice, { includeRetired: true, signal });
  return new Map(hosts.map(({ hostId, hostName }) => [hostId, hostName]));
}
