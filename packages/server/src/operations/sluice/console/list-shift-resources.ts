import type { ListShiftResourcesInput, ListShiftResourcesOutput } from "@sluice/wire/sluice/console-api.ts";
import { listLivingServices } from "../../../store/ecs/services.ts";
import { listTaskDefinitions } from "../../../store/ecs/task-definitions.ts";
import { readListeners } from "../../../store/elb/listeners.ts";
import { readLoadBalancers } from "../../../store/elb/load-balancers.ts";
import { readTargetGroups } from "../../../store/elb/target-groups.ts";
import { listNamedFunctions } from "../../../store/lambda/named-functions.ts";
import type { Operation } from "../../operation.ts";
import type { SluiceContext } from "../sluice-context.ts";

/** Of each kind in one answer. */
export const MAX_RESOURCES_LISTED = 1_000;
/** One more, which tells that there are more. */
const READ = MAX_RESOURCES_LISTED + 1;

type Db = SluiceContext["store"]["db"];
type Resources = Omit<ListShiftResourcesOutput, "bindings" | "cut">;

/** What a group of ECS or Lambda can name on this server; nothing of what the server does not serve, having no binding for it. */
export const listShiftResources: Operation<ListShiftResourcesInput, ListShiftResourcesOutput, SluiceContext> = async (
  _input,
  { store: { db }, serves },
) => {
  const read: Resources = {
    ...(serves.containers ? await containersOf(db) : { services: [], taskDefinitions: [] }),
    ...(serves.balancers ? await balancersOf(db) : { targetGroups: [], listeners: [] }),
    functions: serves.functions ? await listNamedFunctions(db, READ) : [],
  };
  return {
    services: read.services.slice(0, MAX_RESOURCES_LISTED),
    targetGroups: read.targetGroups.slice(0, MAX_RESOURCES_LISTED),
    listeners: read.listeners.slice(0, MAX_RESOURCES_LISTED),
    taskDefinitions: read.taskDefinitions.slice(0, MAX_RESOURCES_LISTED),
    functions: read.functions.slice(0, MAX_RESOURCES_LISTED),
    bindings: serves.bindings,
    cut: Object.values(read).some(({ length }) => length > MAX_RESOURCES_LISTED),
  };
};

async function containersOf(db: Db): Promise<Pick<Resources, "services" | "taskDefinitions">> {
  const services = await listLivingServices(db);
  const definitions = await listTaskDefinitions(db, { status: "ACTIVE", isDescending: true, after: null, limit: READ });
  // By family, and of each family the newest first: what most deployments name.
  const byFamily = Map.groupBy(definitions, ({ family }) => family);
  return {
    services: services.map(({ cluster_name, service_name }) => ({
      clusterName: cluster_name,
      serviceName: service_name,
    })),
    taskDefinitions: [...byFamily.values()]
      .reverse()
      .flat()
      .map(({ family, revision }) => `${family}:${revision}`),
  };
}

async function balancersOf(db: Db): Promise<Pick<Resources, "targetGroups" | "listeners">> {
  const targetGroups = await readTargetGroups(db);
  const names = new Map((await readLoadBalancers(db)).map(({ arn, name }) => [arn, name]));
  const listeners = await readListeners(db);
  return {
    targetGroups: targetGroups.map(({ name, arn, targetType }) => ({ name, arn, targetType })),
    listeners: listeners.map(({ arn, loadBalancerArn, port }) => ({
      arn,
      loadBalancerName: names.get(loadBalancerArn) ?? "",
      port,
    })),
  };
}
