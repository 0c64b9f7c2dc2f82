import { isIPv4 } from "node:net";
import type { TargetDescription } from "@aws-sdk/client-elastic-load-balancing-v2";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { MAX_PORT } from "@sluice/model/port.ts";
import type { TargetGroup } from "../../../store/elb/target-groups.ts";
import { checkMembers, refused, requireWithin } from "../checks/members.ts";
import { type TargetRules, targetAddressTrouble } from "./target-address.ts";

export interface AskedTarget {
  /** An IP address, a task's id, or a function's ARN. */
  readonly id: string;
  readonly port: number | undefined;
}

/** What a caller says of targets, in the form alone. */
export function readTargets(input: readonly TargetDescription[]): readonly AskedTarget[] {
  return input.map((target, index) => {
    const path = `Targets.member.${index + 1}.`;
    checkMembers(
      target,
      {
        Id: "read",
        Port: "read",
        AvailabilityZone: refused("is not supported: there are no zones here. Leave it out."),
        QuicServerId: refused("is not supported: the balancer does not speak QUIC."),
      },
      path,
    );
    if (target.Port !== undefined) requireWithin(target.Port, `${path}Port`, 1, MAX_PORT);
    return { id: target.Id ?? "", port: target.Port };
  });
}

/** A target that can be registered: tasks are targets by themselves, and instances have no address that is known here. */
export function requireAddress({ id, port }: AskedTarget, group: TargetGroup): { address: string; port: number } {
  if (isIPv4(id)) return { address: id, port: port ?? group.port };
  throw new CallerFault(
    "InvalidTarget",
    `The target '${id.slice(0, 100)}' is not a valid IP address: give an address of IPv4. Tasks are registered by their task sets, and instances cannot be targets here.`,
  );
}

/** Asked of what is to be registered: a target that is there can be taken out wherever it is. */
export function requireReachable(address: string, rules: TargetRules): void {
  const trouble = targetAddressTrouble(address, rules);
  if (trouble !== undefined) throw new CallerFault("InvalidTarget", `The target '${address}' is ${trouble}.`);
}
