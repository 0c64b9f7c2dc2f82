/** Every lifecycle event name that CodeDeploy knows on the Server platform. */
export const LIFECYCLE_EVENTS = [
  "BeforeBlockTraffic",
  "BlockTraffic",
  "AfterBlockTraffic",
  "ApplicationStop",
  "DownloadBundle",
  "BeforeInstall",
  "Install",
  "AfterInstall",
  "ApplicationStart",
  "ValidateService",
  "BeforeAllowTraffic",
  "AllowTraffic",
  "AfterAllowTraffic",
] as const;

/** Of ECS only, whose other events have the names of Server's; Lambda has no name of its own. */
export const TEST_TRAFFIC_EVENTS = ["AllowTestTraffic", "AfterAllowTestTraffic"] as const;

export type LifecycleEventName = (typeof LIFECYCLE_EVENTS)[number] | (typeof TEST_TRAFFIC_EVENTS)[number];

/** In-place deployment without a load balancer: the seven events, in order. */
export const IN_PLACE_EVENTS: readonly LifecycleEventName[] = [
  "ApplicationStop",
  "DownloadBundle",
  "BeforeInstall",
  "Install",
  "AfterInstall",
  "ApplicationStart",
  "ValidateService",
];

/** Of a host whose application is stopped and started, with nothing installed. */
export const RESTART_EVENTS: readonly LifecycleEventName[] = ["ApplicationStop", "ApplicationStart", "ValidateService"];

/** Around the seven events when a load balancer is in front of the host (codedeploy-semantics.md, section 3). */
export const BLOCK_EVENTS: readonly LifecycleEventName[] = ["BeforeBlockTraffic", "BlockTraffic", "AfterBlockTraffic"];
export const ALLOW_EVENTS: readonly LifecycleEventName[] = ["BeforeAllowTraffic", "AllowTraffic", "AfterAllowTraffic"];

export type TrafficEventName = "BlockTraffic" | "AllowTraffic";

/** The load balancer's own events: no agent ever hears of them. */
export function isTrafficEvent(name: LifecycleEventName): name is TrafficEventName {
  return name === "BlockTraffic" || name === "AllowTraffic";
}

/** Events that run no script of the AppSpec. Of these, DownloadBundle and Install reach the host; the others never do. */
export const RESERVED_EVENTS: ReadonlySet<LifecycleEventName> = new Set([
  "DownloadBundle",
  "Install",
  "BlockTraffic",
  "AllowTraffic",
]);

export function isLifecycleEventName(name: string): name is LifecycleEventName {
  return (LIFECYCLE_EVENTS as readonly string[]).includes(name);
}

export const LIFECYCLE_EVENT_STATUSES = ["Pending", "InProgress", "Succeeded", "Failed", "Skipped", "Unknown"] as const;
export type LifecycleEventStatus = (typeof LIFECYCLE_EVENT_STATUSES)[number];
