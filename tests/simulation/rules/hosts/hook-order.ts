import { LIFECYCLE_EVENTS, type LifecycleEventName } from "@sluice/model/lifecycle-event.ts";
import { type HostRule, isRestart } from "../../hosts/watched-hosts.ts";

/** Every list of a host's events, in place or blue/green, is a part of this one in its order. */
const EVENT_ORDER: readonly LifecycleEventName[] = LIFECYCLE_EVENTS;
/** Of a restart: the scripts are there before anything is stopped. */
const RESTART_ORDER: readonly LifecycleEventName[] = ["DownloadBundle", ...LIFECYCLE_EVENTS];

/** By what ran, whatever anyone says of it. */
export const HOOK_ORDER: HostRule = {
  name: "a host runs each event once, and in order",
  watch: ({ deployments }, violated) => {
    /** In the order in which they began, by host and deployment. */
    const runsOf = new Map<string, LifecycleEventName[]>();
    return {
      hostBegan(hostId, deploymentId, event) {
        const key = `${hostId}/${deploymentId}`;
        const runs = runsOf.get(key) ?? [];
        runsOf.set(key, runs);
        if (runs.includes(event)) violated(deploymentId, `${event} ran twice on the honest host ${hostId}`);
        const last = runs.at(-1);
        const watched = deployments.all.get(deploymentId);
        const order = watched && isRestart(watched) ? RESTART_ORDER : EVENT_ORDER;
        if (last && order.indexOf(last) > order.indexOf(event)) {
          violated(deploymentId, `${event} ran after ${last} on the honest host ${hostId}`);
        }
        runs.push(event);
      },
    };
  },
};
