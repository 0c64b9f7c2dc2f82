import type { LifecycleEventName } from "@sluice/model/lifecycle-event.ts";
import { type HostRule, isRestart } from "../../hosts/watched-hosts.ts";

/** Events in which the host's application is not whole. */
const REPLACING: readonly LifecycleEventName[] = [
  "ApplicationStop",
  "DownloadBundle",
  "BeforeInstall",
  "Install",
  "AfterInstall",
  "ApplicationStart",
  "ValidateService",
];

export const DRAINED: HostRule = {
  name: "a host has no traffic while its application is replaced",
  watch: ({ deployments, balancer }, violated) => ({
    hostBegan(hostId, deploymentId, event) {
      const watched = deployments.active.get(deploymentId);
      if (!watched || !REPLACING.includes(event)) return;
      // Only a copy of the scripts is made.
      if (event === "DownloadBundle" && isRestart(watched)) return;
      const { strategy } = watched.head;
      if (strategy.type === "in-place" && !strategy.hasTrafficControl) return;
      const traffic = balancer.trafficOf(watched.row.deployment_group_id, hostId);
      if (traffic !== "blocked") violated(watched.id, `${hostId} runs ${event} and is ${traffic} in its load balancer`);
    },
  }),
};
