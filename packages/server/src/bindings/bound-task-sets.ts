import { PortRefusal } from "@sluice/engine/ports/port-refusal.ts";
import type { EcsService, TaskSets } from "@sluice/engine/ports/task-sets.ts";
import { matchesPattern } from "@sluice/model/name-pattern.ts";
import { type BoundDriver, faultOfBinding } from "./bound-driver.ts";

export const TASK_SETS_PORT = "task-sets";

type BoundTaskSets = BoundDriver<TaskSets>;

/** One port that asks for each service the driver that the binding of its cluster, or of itself, names. */
export function boundTaskSets(bound: readonly BoundTaskSets[]): TaskSets {
  const ask = async <Answer>(
    service: EcsService,
    signal: AbortSignal,
    call: (taskSets: TaskSets) => Promise<Answer>,
  ): Promise<Answer> => {
    signal.throwIfAborted();
    const found = taskSetsOf(bound, service);
    if (!found) throw new PortRefusal("INVALID_ECS_SERVICE", missingBinding(service));
    try {
      return await call(found.instance);
    } catch (error) {
      throw faultOfBinding(error, found.binding, signal);
    }
  };
  const change = async <Answer>(
    service: EcsService,
    signal: AbortSignal,
    call: (taskSets: TaskSets) => Promise<Answer>,
  ) => {
    signal.throwIfAborted();
    if (taskSetsOf(bound, service)) return ask(service, signal, call);
    return { outcome: "failed", reason: missingBinding(service), code: "INVALID_ECS_SERVICE" } as const;
  };
  return {
    describe: (service, signal) => ask(service, signal, (driver) => driver.describe(service, signal)),
    inspectTaskDefinition: (service, plan, signal) =>
      ask(service, signal, (driver) => driver.inspectTaskDefinition(service, plan, signal)),
    create: (service, plan, signal) => change(service, signal, (driver) => driver.create(service, plan, signal)),
    makePrimary: (service, taskSetId, signal) =>
      change(service, signal, (driver) => driver.makePrimary(service, taskSetId, signal)),
    remove: (service, taskSetId, signal) =>
      change(service, signal, (driver) => driver.remove(service, taskSetId, signal)),
  };
}

/** Who runs a service. The first binding that matches its cluster or itself counts. */
export function taskSetsOf(bound: readonly BoundTaskSets[], service: EcsService): BoundTaskSets | undefined {
  const { arns, names } = calledAs(service);
  return bound.find(({ binding: { match } }) => {
    if ([...arns, ...names].some((name) => matchesPattern(match, name))) return true;
    const named = /^arn:[^/]*:(?:cluster|service)\/(.+)$/.exec(match)?.[1];
    // A service that is called by its ARN is compared with that.
    return named !== undefined && arns.length === 0 && names.some((name) => matchesPattern(named, name));
  });
}

/** What a binding may call the service, or its cluster. */
function calledAs({ clusterName, serviceName }: EcsService): { readonly arns: string[]; readonly names: string[] } {
  const cluster = lastPart(clusterName);
  const ofService = /^(arn:[^/]*):service\/([^/]+)\/[^/]+$/.exec(serviceName);
  const clusterOfService = ofService ? [`${ofService[1]}:cluster/${ofService[2]}`] : [];
  const arns = [clusterName, serviceName].filter((text) => text.startsWith("arn:"));
  return { arns: [...arns, ...clusterOfService], names: [cluster, `${cluster}/${lastPart(serviceName)}`] };
}

/** `web` of `arn:aws:ecs:REGION:ACCOUNT:service/shop/web`, and of `web`. */
function lastPart(text: string): string {
  return text.startsWith("arn:") ? (text.split("/").at(-1) ?? text) : text;
}

/** The cure is a binding that can be copied. */
function missingBinding(service: EcsService): string {
  const [cluster = "", name = ""] = calledAs(service).names;
  const example = `- { match: ${JSON.stringify(cluster)}, port: ${TASK_SETS_PORT}, driver: ecs, settings: { region: eu-central-1, accessKeyId: …, secretAccessKey: … } }`;
  return (
    `no binding says who runs the service ${JSON.stringify(name)}: add one to the bindings in sluice.yml ` +
    `(for a service of AWS the driver ecs, for one on this machine the driver docker), such as ${example}, ` +
    "and restart the server with --config sluice.yml"
  );
}
