import { hostRulesOf } from "@sluice/engine/strategies/hosts/host-rules.ts";
import { FORGIVEN, type HostRule, hostOf, hostsOf } from "../../hosts/watched-hosts.ts";

export const TRAFFIC: HostRule = {
  name: "traffic moves in its event alone, and is where the deployment says",
  watch: ({ deployments, groups, balancer }, violated) => ({
    trafficAsked(wish, groupId, hostId) {
      const watched = deployments.asOfNow(groupId);
      // It begins once what its predecessor had asked for is answered: this call is one of those.
      if (!watched || watched.row.status === "Created") return;
      const target = hostOf(watched, hostId);
      // Replacements that the balancer knows already are kept out of it before anything else is done.
      if (watched.head.stage === "withhold" && target?.label === "Green" && wish === "out") return;
      const event = wish === "in" ? "AllowTraffic" : "BlockTraffic";
      const place = target?.lifecycleEvents.findIndex(({ name }) => name === event) ?? -1;
      const own = target?.lifecycleEvents[place];
      if (!target || !own || own.startedAt === null) {
        violated(watched.id, `${target?.targetId ?? "a host"} goes ${wish} outside of ${event}`);
        return;
      }
      const open = target.lifecycleEvents.slice(0, place).filter(({ status }) => status !== "Succeeded");
      const forgiven = hostRulesOf(watched.head).ignoreApplicationStopFailures ? FORGIVEN : [];
      const missing = open.filter(({ name }) => !forgiven.includes(name)).map(({ name }) => name);
      if (missing.length > 0) violated(watched.id, `${hostId} goes ${wish} without ${missing.join()}`);
    },
    /** Where its traffic is said to be, it is. */
    targetChanged({ id, row }, { target: { targetId, lifecycleEvents } }) {
      // Its rollback may have begun in the moment of its end.
      if (row.active !== 1) return;
      const moved = lifecycleEvents.filter(
        ({ name, startedAt }) => (name === "AllowTraffic" || name === "BlockTraffic") && startedAt !== null,
      );
      const last = moved.at(-1);
      if (last?.status !== "Succeeded") return;
      const traffic = balancer.trafficOf(row.deployment_group_id, targetId);
      if (traffic === (last.name === "AllowTraffic" ? "serving" : "blocked")) return;
      violated(id, `${last.name} of ${targetId} is said to have succeeded, and it is ${traffic}`);
    },
    /** A blue/green deployment, or its way back, has succeeded. */
    deploymentEnded(watched) {
      const { id, row, head } = watched;
      const { strategy } = head;
      if (row.error_code !== null || strategy.type === "in-place") return;
      const isBack = strategy.type === "blue-green-rollback";
      for (const { targetId, label, status } of hostsOf(watched)) {
        if (status !== "Succeeded" && !isBack) continue;
        const expected = (label === "Blue") === isBack ? "serving" : "blocked";
        const traffic = balancer.trafficOf(row.deployment_group_id, targetId);
        if (traffic !== expected) violated(id, `succeeded, and ${label} ${targetId} is ${traffic}, not ${expected}`);
      }
    },
    originalsTerminated(hostIds) {
      // Groups may share their hosts, and the call does not say whose it is.
      const askers = [...groups.keys()].filter((groupId) => {
        const found = deployments.asOfNow(groupId);
        return found?.head.stage === "terminate" && hostIds.every((hostId) => found.targets.has(hostId));
      });
      const serving = (groupId: string) =>
        hostIds.filter((hostId) => balancer.trafficOf(groupId, hostId) !== "blocked");
      if (askers.some((groupId) => serving(groupId).length === 0)) return;
      const [groupId] = askers;
      const message =
        groupId === undefined
          ? "are terminated, and no deployment is that far"
          : `are terminated, of which ${serving(groupId).join()} are not blocked`;
      violated(null, `${hostIds.join()} ${message}`);
    },
  }),
};
