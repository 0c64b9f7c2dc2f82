import type { BucketStore } from "@sluice/bucket/store/bucket-store.ts";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { excerpt } from "@sluice/model/excerpt.ts";
import type { JoinAddress } from "@sluice/model/join-command.ts";
import { MAX_ARN_CHARACTERS } from "@sluice/model/limits.ts";
import { maySpeakForHost } from "../../access/may-speak-for-host.ts";
import type { FindAgentProgram } from "../../agent-programs/find-agent-program.ts";
import type { FunctionLogs } from "../../functions/function-logs.ts";
import type { Liveness } from "../../hosts/liveness.ts";
import type { DeploymentLogs } from "../../logs/deployment-logs.ts";
import type { Notifications } from "../../notifications/notifications.ts";
import type { PreflightParts } from "../../preflight/run-preflight.ts";
import type { Retention } from "../../retention/retention.ts";
import type { Runner } from "../../runner/runner.ts";
import type { TaskLogs } from "../../services/task-logs.ts";
import type { AccessKeys } from "../../store/access-keys.ts";
import { findLivingHostByIdentifier, type HostRow } from "../../store/hosts.ts";
import type { AgentUpgrades } from "../../upgrades/agent-upgrades.ts";
import type { CodeDeployContext } from "../codedeploy/codedeploy-context.ts";
import type { OperationContext } from "../operation.ts";
import type { LogCursors } from "./log-cursors.ts";

/** What Sluice's own operations have at hand. */
export interface SluiceContext extends OperationContext {
  readonly liveness: Liveness;
  readonly logs: DeploymentLogs;
  readonly logCursors: LogCursors;
  /** Absent: no binding names a container engine. */
  readonly taskLogs?: Pick<TaskLogs, "read"> | undefined;
  /** Absent: this server runs no functions. */
  readonly functionLogs?: Pick<FunctionLogs, "read"> | undefined;
  readonly runner: Pick<Runner, "heartbeat" | "hostLeft" | "groupSettingsChanged" | "lastAlarmReading" | "feed">;
  readonly notifications: Pick<Notifications, "notifier" | "wake">;
  readonly retention: Pick<Retention, "runNow" | "wait" | "preview">;
  readonly preflight: PreflightParts;
  readonly agentUpgrades: Pick<AgentUpgrades, "wake" | "heard" | "limitsOf">;
  readonly findAgentProgram: FindAgentProgram;
  /** For what is done to deployments by CodeDeploy's own operations. */
  readonly codeDeploy: Omit<CodeDeployContext, keyof OperationContext>;
  /** This server's own buckets, and what deployments read of them. */
  readonly bundles: Bundles;
  /** Where the audit's files lie, and whose they are. */
  readonly audit: { readonly directory: string; readonly serverName: string };
  /** What sluice.yml binds, as far as forms choose from it. */
  readonly serves: ServedHere;
  /** PEM of the certificate that signs deployment specifications. */
  readonly signingCertificate: string;
  /** SHA-256 of the certificates that agents may meet on this server's TLS port; empty without TLS. */
  readonly serverFingerprints: readonly string[];
  /** By which other machines reach this server, for a caller who reached it at that endpoint. */
  readonly joinAddress: (endpoint: string) => JoinAddress;
  /** By which this caller reaches the server: one of the server's own names, never what the caller made up. */
  readonly publicEndpoint: string;
  /** The call's Host header, which was found among the server's names. */
  readonly host: string;
  /** Aborted when the caller hangs up. */
  readonly signal: AbortSignal;
}

export interface Bundles {
  readonly buckets: Pick<BucketStore, "listBuckets" | "headBucket" | "createBucket" | "list">;
  readonly accessKeys: Pick<AccessKeys, "find">;
  /** The driver from which deployments read an object of that name, where it is not this server's own bucket. */
  readonly driverElsewhere: (object: { readonly bucket: string; readonly key: string }) => string | undefined;
}

export interface ServedHere {
  readonly containers: boolean;
  readonly balancers: boolean;
  readonly functions: boolean;
  /** In their order, without their settings. */
  readonly bindings: readonly { readonly port: string; readonly match: string; readonly driver: string }[];
}

/** The host of a `hostIdentifier`, if the caller may speak for it: a host's own key for itself, the root key for any. */
export async function speakingHost(
  hostIdentifier: string | undefined,
  { principal, store }: OperationContext,
): Promise<HostRow> {
  if (!hostIdentifier) throw new CallerFault("ValidationException", "hostIdentifier is missing: it is the host's ARN.");
  const row =
    hostIdentifier.length <= MAX_ARN_CHARACTERS
      ? await findLivingHostByIdentifier(store.db, hostIdentifier)
      : undefined;
  if (row && maySpeakForHost(principal, row.host_id, hostIdentifier)) return row;
  // One answer for both, so that a host's key cannot be used to ask which other hosts there are.
  throw new CallerFault(
    "AccessDeniedException",
    `The access key ${principal.accessKeyId} may not speak for the host ${excerpt(hostIdentifier)}: the host is unknown or was removed, or the key is another's. Enrol the host again.`,
  );
}
