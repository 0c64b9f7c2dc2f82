import type { HostTarget } from "@sluice/engine/state.ts";
import type { LifecycleEventName } from "@sluice/model/lifecycle-event.ts";
import { type HostGroup, type HostRule, hostOf, hostsOf, isRefused, isRestart } from "../../hosts/watched-hosts.ts";
import { groupOf, type Watched } from "../../watched.ts";

/** docs/reference/behaviour.md, Restarts. */
const PLAIN: readonly LifecycleEventName[] = ["ApplicationStop", "ApplicationStart", "ValidateService"];
const WITH_TRAFFIC: readonly LifecycleEventName[] = [
  "BeforeBlockTraffic",
  "BlockTraffic",
  "AfterBlockTraffic",
  ...PLAIN,
  "BeforeAllowTraffic",
  "AllowTraffic",
  "AfterAllowTraffic",
];

export const RESTARTED: HostRule = {
  name: "a restart stops and starts what is installed, installs nothing, and tells hosts apart that have something else",
  watch: ({ groups, deployments, ledger }, violated) => {
    /** By group and host: whose Install began there last, whatever anybody says of it. */
    const installedLast = new Map<string, string>();
    const whatIsOn = ({ row }: Watched, hostId: string) => installedLast.get(`${row.deployment_group_id}/${hostId}`);
    return {
      deploymentAppeared(watched) {
        const { id, row, head } = watched;
        const restarts = head.strategy.type === "in-place" && head.strategy.restarts === true;
        if (restarts !== isRestart(watched))
          violated(id, `is asked as ${isRestart(watched)}, and restarts ${restarts}`);
        const { currentRevisionKey } = groupOf({ groups }, watched);
        if (!restarts || row.revision_key === currentRevisionKey) return;
        violated(id, `restarts ${row.revision_key}, and the group has ${currentRevisionKey}`);
      },
      targetsFound(watched) {
        if (!isRestart(watched)) return;
        const group = groupOf({ groups }, watched);
        for (const target of hostsOf(watched)) {
          const { targetId, restart } = target;
          const wanted = wayOf(group, watched, targetId);
          const found = restart && ("refused" in restart ? restart.refused : restart.archiveOf);
          const isWanted = wanted instanceof RegExp ? isRefused(target) && wanted.test(found ?? "") : found === wanted;
          if (!isWanted) violated(watched.id, `${targetId} is restarted by ${found}, not by ${wanted}`);
          if (isRefused(target)) continue;
          const expected = eventsOf(group, watched, targetId);
          const names = target.lifecycleEvents.map(({ name }) => name);
          if (names.join() !== expected.join()) violated(watched.id, `${targetId} has the events ${names.join()}`);
          if (ledger.liars.has(targetId) || found === undefined) continue;
          if (whatIsOn(watched, targetId) === found && ledger.hasSucceeded(targetId, found, "Install")) continue;
          violated(
            watched.id,
            `${targetId} is restarted by ${found}, and has what ${whatIsOn(watched, targetId)} left`,
          );
        }
      },
      hostBegan(hostId, deploymentId, event) {
        const watched = deployments.all.get(deploymentId);
        if (!watched) return;
        if (event === "Install") installedLast.set(`${watched.row.deployment_group_id}/${hostId}`, deploymentId);
        const target = isRestart(watched) ? hostOf(watched, hostId) : undefined;
        if (target && isRefused(target)) violated(deploymentId, `${hostId} runs ${event}, and cannot be restarted`);
      },
      /** Hosts that cannot be restarted have failed before any other is touched. */
      eventWritten(watched, { type, body: { targetId } }) {
        if (type !== "commandOffered" || !isRestart(watched)) return;
        const given = hostOf(watched, String(targetId));
        const refused = hostsOf(watched).filter(isRefused);
        if (given && isRefused(given)) return;
        const open = refused.filter(({ status }) => status !== "Failed").map((target) => target.targetId);
        if (open.length > 0) violated(watched.id, `begins with ${targetId} while ${open.join()} have not failed`);
      },
      targetChanged({ id }, { target }) {
        if (target.type !== "host" || !isRefused(target) || target.status === "Pending") return;
        const fault = faultOfRefused(target);
        if (fault !== null) violated(id, `${target.targetId} cannot be restarted, and ${fault}`);
      },
    };
  },
};

/** The deployment whose scripts restart the host, or what is said of a host that cannot be restarted. */
function wayOf(group: HostGroup, { row }: Watched, hostId: string): string | RegExp {
  if (group.restartable.get(hostId) === "never") return /its agent is of version 0\.1\.0/;
  const installed = group.installed.get(hostId);
  if (!installed) return /no deployment of this group is known to have installed/;
  if (installed.revisionKey === row.revision_key) return installed.deploymentId;
  return new RegExp(`it has the revision that deployment ${installed.deploymentId} installed`);
}

function eventsOf({ restartable }: HostGroup, { head }: Watched, hostId: string): readonly LifecycleEventName[] {
  const { strategy } = head;
  const events = strategy.type === "in-place" && strategy.hasTrafficControl ? WITH_TRAFFIC : PLAIN;
  return restartable.get(hostId) === "by a copy" ? ["DownloadBundle", ...events] : events;
}

function faultOfRefused({ hostName, status, agentIssue, lifecycleEvents }: HostTarget): string | null {
  if (status === "Skipped") return null;
  if (status !== "Failed" || agentIssue) return `is ${status}${agentIssue ? " for its agent's silence" : ""}`;
  const [first, ...others] = lifecycleEvents;
  const says = first?.diagnostics?.message ?? "";
  if (!says.includes(hostName) || !says.includes("cannot be restarted")) return `says only: ${says}`;
  const begun = others.filter(({ startedAt }) => startedAt !== null).map(({ name }) => name);
  return begun.length > 0 ? `has had ${begun.join()}` : null;
}
