import { cloudWatchAlarmReader } from "@sluice/drivers/cloudwatch/cloudwatch-alarm-reader.ts";
import { DOCKER_SETTINGS } from "@sluice/drivers/docker/docker-settings.ts";
import { ec2Fleet } from "@sluice/drivers/ec2/ec2-fleet.ts";
import { ecsTaskSets } from "@sluice/drivers/ecs/ecs-task-sets.ts";
import { elbv2Router } from "@sluice/drivers/elbv2/elbv2-router.ts";
import { elbv2WeightedRouter } from "@sluice/drivers/elbv2/elbv2-weighted-router.ts";
import { embeddedBucketSource } from "@sluice/drivers/embedded-bucket/embedded-bucket-source.ts";
import { type GitHubDependencies, githubSource } from "@sluice/drivers/github/github-source.ts";
import { haproxyRouter } from "@sluice/drivers/haproxy/haproxy-router.ts";
import { HAPROXY_BALANCER_SETTINGS } from "@sluice/drivers/haproxy-balancer/balancer-settings.ts";
import { httpsHookInvoker } from "@sluice/drivers/https-hook/https-hook-invoker.ts";
import { lambdaFunctionAlias } from "@sluice/drivers/lambda/lambda-function-alias.ts";
import { lambdaHookInvoker } from "@sluice/drivers/lambda/lambda-hook-invoker.ts";
import { prometheusAlarmReader } from "@sluice/drivers/prometheus/prometheus-alarm-reader.ts";
import { s3Source } from "@sluice/drivers/s3/s3-source.ts";
import { NO_SETTINGS } from "@sluice/drivers/settings-schema.ts";
import { snsNotifier } from "@sluice/drivers/sns/sns-notifier.ts";
import { webhookNotifier } from "@sluice/drivers/webhook/webhook-notifier.ts";
import type { HookInvoker } from "@sluice/engine/ports/hook-invoker.ts";
import type { RevisionSource } from "@sluice/engine/ports/revision-source.ts";
import type { TrafficRouter } from "@sluice/engine/ports/traffic-router.ts";
import type { ConfigurableDriver } from "../config/sluice-yml-schema.ts";
import { StoredTrafficRouter } from "../traffic/stored-traffic-router.ts";
import { TrafficReconciler } from "../traffic/traffic-reconciler.ts";
import { ALARM_READER_PORT } from "./bound-alarm-reader.ts";
import { bindable, bindDrivers } from "./bound-driver.ts";
import type { BoundDrivers, DriverParts } from "./bound-drivers.ts";
import { FLEET_PORT } from "./bound-fleet.ts";
import { FUNCTION_ALIAS_PORT, FUNCTIONS } from "./bound-function-alias.ts";
import { HOOK_INVOKER_PORT } from "./bound-hook-invoker.ts";
import { NOTIFIER_PORT } from "./bound-notifier.ts";
import { REVISION_SOURCE_PORT } from "./bound-revision-source.ts";
import { TASK_SETS_PORT } from "./bound-task-sets.ts";
import { routerOfGroup, TRAFFIC_ROUTER_PORT } from "./bound-traffic-router.ts";
import { LOCAL_BALANCER, WEIGHTED_ROUTER_PORT } from "./bound-weighted-router.ts";
import { DOCKER } from "./compose-services.ts";
import { FUNCTION_SETTINGS_WITH_ROLES } from "./function-settings-with-roles.ts";
import { checkHooksHaveFunctions } from "./hooks-without-functions.ts";
import { localDriver } from "./local-driver.ts";

/**
 * Every driver that a binding in sluice.yml can name, those that are parts of this server (`DriverParts.local`) with their port, name and
 * schema. A server without sluice.yml never loads this file.
 */
export const BINDABLE_DRIVERS: readonly ConfigurableDriver[] = [
  embeddedBucketSource,
  s3Source,
  githubSource,
  ec2Fleet,
  haproxyRouter,
  elbv2Router,
  cloudWatchAlarmReader,
  prometheusAlarmReader,
  snsNotifier,
  webhookNotifier,
  ecsTaskSets,
  elbv2WeightedRouter,
  { port: WEIGHTED_ROUTER_PORT, name: LOCAL_BALANCER, configSchema: HAPROXY_BALANCER_SETTINGS },
  lambdaFunctionAlias,
  lambdaHookInvoker,
  httpsHookInvoker,
  { port: TASK_SETS_PORT, name: DOCKER, configSchema: DOCKER_SETTINGS },
  { port: FUNCTION_ALIAS_PORT, name: FUNCTIONS, configSchema: FUNCTION_SETTINGS_WITH_ROLES },
  { port: HOOK_INVOKER_PORT, name: FUNCTIONS, configSchema: NO_SETTINGS },
];

/**
 * The drivers of all bindings, port by port. None is connected yet: what is heavy (the clients of AWS's SDK) is imported by a driver's
 * first call. Throws a ConfigError that names the binding which is wrong.
 */
export function bindAll(
  parts: DriverParts,
  defaults: { readonly embedded: RevisionSource; readonly gitHubParts: GitHubDependencies },
): BoundDrivers {
  const { bindings } = parts.config;
  const { now } = parts.timers;
  return {
    revisions: bindDrivers(REVISION_SOURCE_PORT, bindings, [
      { name: embeddedBucketSource.name, create: () => defaults.embedded },
      bindable(s3Source, { now }),
      bindable(githubSource, defaults.gitHubParts),
    ]),
    fleets: bindDrivers(FLEET_PORT, bindings, [bindable(ec2Fleet, {})]),
    alarms: bindDrivers(ALARM_READER_PORT, bindings, [
      bindable(cloudWatchAlarmReader, {}),
      bindable(prometheusAlarmReader, {}),
    ]),
    notifiers: bindDrivers(NOTIFIER_PORT, bindings, [bindable(snsNotifier, {}), bindable(webhookNotifier, { now })]),
    ...bindPlatforms(parts),
    ...bindTraffic(parts),
  };
}

/** Those of ECS and Lambda. */
function bindPlatforms({
  config: { bindings },
  timers: { now },
  local,
}: DriverParts): Pick<BoundDrivers, "taskSets" | "weightedRouters" | "functionAliases" | "hookInvokers"> {
  checkHooksHaveFunctions(bindings);
  return {
    taskSets: bindDrivers(TASK_SETS_PORT, bindings, [
      bindable(ecsTaskSets, { now }),
      ...localDriver(TASK_SETS_PORT, DOCKER, local?.taskSets, bindings),
    ]),
    weightedRouters: bindDrivers(WEIGHTED_ROUTER_PORT, bindings, [
      bindable(elbv2WeightedRouter, { now }),
      ...localDriver(WEIGHTED_ROUTER_PORT, LOCAL_BALANCER, local?.weightedRouter, bindings),
    ]),
    functionAliases: bindDrivers(FUNCTION_ALIAS_PORT, bindings, [
      bindable(lambdaFunctionAlias, { now }),
      ...localDriver(FUNCTION_ALIAS_PORT, FUNCTIONS, local?.functionAlias, bindings),
    ]),
    hookInvokers: bindDrivers<HookInvoker>(HOOK_INVOKER_PORT, bindings, [
      bindable(lambdaHookInvoker, { now }),
      bindable(httpsHookInvoker, { now }),
      ...localDriver(HOOK_INVOKER_PORT, FUNCTIONS, local?.hookInvoker, bindings),
    ]),
  };
}

/** HAProxy forgets when it is restarted: its routers are given a memory, and somebody who looks after them. */
function bindTraffic({ store, config, timers, log }: DriverParts): Pick<BoundDrivers, "traffic" | "reconciler"> {
  const haproxy = bindable(haproxyRouter, { now: timers.now });
  const traffic = bindDrivers<TrafficRouter>(TRAFFIC_ROUTER_PORT, config.bindings, [
    { name: haproxy.name, create: (settings) => new StoredTrafficRouter(haproxy.create(settings), store) },
    bindable(elbv2Router, {}),
  ]);
  const reconciled = new Map(
    traffic.flatMap(({ binding, instance: router }) => {
      if (!(router instanceof StoredTrafficRouter)) return [];
      const isOurs = (group: string) => routerOfGroup(traffic, group)?.instance === router;
      return [[router, { router, name: binding.match, isOurs }] as const];
    }),
  );
  return { traffic, reconciler: new TrafficReconciler([...reconciled.values()], timers, log) };
}
