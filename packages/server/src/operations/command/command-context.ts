import { CallerFault } from "@sluice/model/caller-fault.ts";
import { excerpt } from "@sluice/model/excerpt.ts";
import { type HostCommandKey, parseHostCommandIdentifier } from "@sluice/model/host-command.ts";
import { MAX_ARN_CHARACTERS } from "@sluice/model/limits.ts";
import { maySpeakForHost } from "../../access/may-speak-for-host.ts";
import type { Liveness } from "../../hosts/liveness.ts";
import type { Runner } from "../../runner/runner.ts";
import type { SpecificationDesk } from "../../signing/specification-desk.ts";
import { findLivingHostByIdentifier } from "../../store/hosts.ts";
import type { OperationContext } from "../operation.ts";

/** What the agents' operations have at hand. */
export interface CommandContext extends OperationContext {
  readonly runner: Runner;
  readonly liveness: Liveness;
  readonly specifications: SpecificationDesk;
  /** Aborted when the caller hangs up. */
  readonly signal: AbortSignal;
  /** The address by which the caller reached this server, for URLs that it is to follow: `https://10.0.0.1:8400`. */
  readonly publicEndpoint: string;
  /** What the agent calls its version (`x-amz-codedeploy-agent-version`), and whose agent it is. */
  readonly agent: "sluice" | "aws";
  readonly agentVersion: string | null;
  /** Called when the answer could not be delivered. */
  readonly onUndelivered: (action: () => void) => void;
}

/** A host that an agent may speak for. */
export interface CallingHost {
  readonly hostId: string;
  readonly hostIdentifier: string;
}

/** The host of a HostIdentifier, if the caller may speak for it: a host's own key for itself, the root key for any. */
export async function callingHost(hostIdentifier: string | undefined, context: CommandContext): Promise<CallingHost> {
  if (!hostIdentifier) throw new CallerFault("ClientException", "HostIdentifier is missing; it is the host's ARN.");
  const { principal, store } = context;
  const row =
    hostIdentifier.length <= MAX_ARN_CHARACTERS
      ? await findLivingHostByIdentifier(store.db, hostIdentifier)
      : undefined;
  if (!row || !maySpeakForHost(principal, row.host_id, hostIdentifier)) {
    throw new CallerFault(
      "AccessDeniedException",
      `Access key ${principal.accessKeyId} may not speak for host ${excerpt(hostIdentifier)}: the host is unknown or was removed, or the key is another's. Enrol the host again.`,
    );
  }
  return { hostId: row.host_id, hostIdentifier: row.host_identifier };
}

/** The command that an identifier names, if the caller may report on it. */
export function reportedCommand(identifier: string | undefined, context: CommandContext): HostCommandKey {
  const { principal, liveness, now, agent, agentVersion } = context;
  const key = identifier ? parseHostCommandIdentifier(identifier) : null;
  if (!key)
    throw new CallerFault("ClientException", `HostCommandIdentifier '${excerpt(identifier ?? "")}' names no command.`);
  if (!maySpeakForHost(principal, key.targetId, undefined)) {
    throw new CallerFault(
      "AccessDeniedException",
      `Access key ${principal.accessKeyId} may not report on command ${identifier}, which is another host's.`,
    );
  }
  // A report is a sign of life too: a busy host's heartbeats may be late when a whole fleet reports at once.
  if (principal.hostId === key.targetId) liveness.seen(key.targetId, now(), agent, agentVersion);
  return key;
}
