import { CallerFault } from "@sluice/model/caller-fault.ts";
import { compareVersions, isVersion } from "@sluice/model/compare-versions.ts";
import { excerpt } from "@sluice/model/excerpt.ts";
import { requireApplicationName, requireDeploymentGroupName } from "@sluice/model/input-checks/required-names.ts";
import { MAX_NAMED_UPGRADE_HOSTS } from "@sluice/model/limits.ts";
import { someOf } from "@sluice/model/some-of.ts";
import { SLUICE_VERSION } from "@sluice/model/version.ts";
import type { StartAgentUpgradeInput, StartAgentUpgradeOutput } from "@sluice/wire/sluice/agent-upgrade-api.ts";
import { callerArn } from "../../../access/caller-arn.ts";
import { isMissing } from "../../../agent-programs/find-agent-program.ts";
import { MATCH_HOSTS_PATIENCE_MILLISECONDS } from "../../../preflight/rollout-facts.ts";
import { findActiveUpgrade, insertUpgrade } from "../../../store/agent-upgrades.ts";
import {
  AGENT_PROGRAMS,
  AGENT_UPGRADE_REQUEST,
  type AgentProgramFacts,
} from "../../../store/columns/agent-upgrade-columns.ts";
import { GROUP_FIELDS } from "../../../store/columns/group-columns.ts";
import { findHostByWord, findHosts, type HostRow, listLivingHosts } from "../../../store/hosts.ts";
import { isUniqueViolation } from "../../../store/unique-violation.ts";
import { viewOfUpgrade } from "../../../upgrades/upgrade-view.ts";
import { requireApplication, requireDeploymentGroup } from "../../codedeploy/checks/known-resources.ts";
import type { Operation } from "../../operation.ts";
import { noSuchHost } from "../host-request.ts";
import type { SluiceContext } from "../sluice-context.ts";
import { requireBatch } from "./upgrade-batch.ts";
import { newUpgradeId } from "./upgrade-id.ts";

/** In a refusal. */
const NAMED_HOSTS = 3;

/** Begins an upgrade; hosts get their turns by `upgrades/agent-upgrades.ts`. */
export const startAgentUpgrade: Operation<StartAgentUpgradeInput, StartAgentUpgradeOutput, SluiceContext> = async (
  input,
  context,
) => {
  const { store, now } = context;
  const version = requireVersion(input.version);
  const batch = requireBatch(input.batch);
  const hosts = await chosenHosts(input, context);
  if (hosts.length === 0) {
    throw new CallerFault("ValidationException", "There is no host to upgrade: `sluice hosts list` shows the hosts.");
  }
  if (!input.allowDowngrade) requireNoDowngrade(version, hosts);
  const programs = await offeredPrograms(version, hosts, context);
  const at = now();
  const upgradeId = newUpgradeId(context.randomText);
  const row = {
    upgrade_id: upgradeId,
    version,
    status: "Running" as const,
    active: 1,
    request_json: AGENT_UPGRADE_REQUEST.write({
      applicationName: input.applicationName ?? null,
      deploymentGroupName: input.deploymentGroupName ?? null,
      batchSize: batch.of(hosts.length),
      allowDowngrade: input.allowDowngrade ?? false,
    }),
    programs_json: AGENT_PROGRAMS.write(programs),
    created_by: callerArn(context.principal, context.accountId),
    created_at: at,
    ended_at: null,
    end_status: null,
    reason: null,
  };
  const hostRows = hosts.map((host, ordinal) => ({
    upgrade_id: upgradeId,
    host_id: host.host_id,
    ordinal,
    host_name: host.host_name,
    state: "waiting" as const,
    from_version: host.agent_version,
    reason: null,
    changed_at: at,
  }));
  try {
    await store.write(async (transaction) => {
      const active = await findActiveUpgrade(transaction.db);
      if (active) throw isUnderWay(active.upgrade_id);
      await insertUpgrade(transaction, row, hostRows);
      transaction.afterCommit(() => context.agentUpgrades.wake());
    });
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    // Another server's got there first.
    throw isUnderWay((await findActiveUpgrade(store.db))?.upgrade_id);
  }
  return { upgrade: await viewOfUpgrade(store, row) };
};

function isUnderWay(upgradeId: string | undefined): CallerFault {
  return new CallerFault(
    "AgentUpgradeInProgressException",
    `The upgrade ${upgradeId ?? "that somebody else started"} has not ended, and there is one at a time. See it: sluice agents watch. End it: sluice agents stop-upgrade.`,
  );
}

function requireVersion(version: string | undefined): string {
  if (version === undefined) return SLUICE_VERSION;
  if (isVersion(version)) return version;
  throw new CallerFault(
    "ValidationException",
    `version is "${excerpt(version)}": give three numbers, such as ${SLUICE_VERSION}, or leave it out for the server's own version.`,
  );
}

/** By name. */
async function chosenHosts(input: StartAgentUpgradeInput, context: SluiceContext): Promise<readonly HostRow[]> {
  const rows = await hostsAsked(input, context);
  return rows
    .filter((row) => row.retired_at === null)
    .map((row) => context.liveness.withHeard(row))
    .toSorted((one, other) => compareTexts(one.host_name, other.host_name) || compareTexts(one.host_id, other.host_id));
}

function compareTexts(one: string, other: string): number {
  if (one === other) return 0;
  return one < other ? -1 : 1;
}

async function hostsAsked(input: StartAgentUpgradeInput, context: SluiceContext): Promise<readonly HostRow[]> {
  const { hosts, applicationName, deploymentGroupName } = input;
  const isOfGroup = applicationName !== undefined || deploymentGroupName !== undefined;
  if (hosts !== undefined && hosts.length > 0) {
    if (isOfGroup) {
      throw new CallerFault(
        "ValidationException",
        "hosts and deploymentGroupName are given: choose the hosts by one of them.",
      );
    }
    return hostsNamed(hosts, context);
  }
  return isOfGroup ? hostsOfGroup(input, context) : listLivingHosts(context.store.db);
}

async function hostsNamed(words: readonly string[], { store }: SluiceContext): Promise<readonly HostRow[]> {
  if (words.length > MAX_NAMED_UPGRADE_HOSTS) {
    throw new CallerFault(
      "ValidationException",
      `hosts names ${words.length} hosts: name at most ${MAX_NAMED_UPGRADE_HOSTS}, or choose a deployment group.`,
    );
  }
  const rows = new Map<string, HostRow>();
  for (const word of words) {
    const row = await findHostByWord(store.db, word);
    if (!row || row.retired_at !== null) throw noSuchHost(word);
    rows.set(row.host_id, row);
  }
  return [...rows.values()];
}

async function hostsOfGroup(input: StartAgentUpgradeInput, context: SluiceContext): Promise<readonly HostRow[]> {
  const applicationName = requireApplicationName(input.applicationName);
  const groupName = requireDeploymentGroupName(input.deploymentGroupName);
  const { db } = context.store;
  const application = await requireApplication(db, applicationName);
  if (application.compute_platform !== "Server") {
    throw new CallerFault(
      "InvalidComputePlatformException",
      `${applicationName} deploys to ${application.compute_platform}, and agents run on hosts: choose a group of an application for Server.`,
    );
  }
  const group = await requireDeploymentGroup(db, application, groupName);
  const signal = AbortSignal.timeout(MATCH_HOSTS_PATIENCE_MILLISECONDS);
  const matched = await context.preflight.matchHosts(GROUP_FIELDS.read(group), signal);
  return findHosts(
    db,
    matched.map(({ hostId }) => hostId),
  );
}

function requireNoDowngrade(version: string, hosts: readonly HostRow[]): void {
  const later = hosts.filter(({ agent_version: has }) => has !== null && compareVersions(has, version) > 0);
  const [first] = later;
  if (first === undefined) return;
  const names = someOf(
    later.map((host) => `${host.host_name} (${host.agent_version})`),
    NAMED_HOSTS,
  );
  throw new CallerFault(
    "ValidationException",
    `version is ${version}, and ${names} ${later.length === 1 ? "has" : "have"} a later one. To replace it by the earlier one, add --allow-downgrade (allowDowngrade).`,
  );
}

/** One for each platform of the hosts, as far as their agents have said it. */
async function offeredPrograms(
  version: string,
  hosts: readonly HostRow[],
  { findAgentProgram }: SluiceContext,
): Promise<readonly AgentProgramFacts[]> {
  const platforms = new Set(hosts.flatMap(({ agent_platform: platform }) => platform ?? []));
  const programs: AgentProgramFacts[] = [];
  for (const platform of [...platforms].toSorted()) {
    const found = await findAgentProgram(platform, version);
    if (isMissing(found)) {
      throw new CallerFault(
        "AgentProgramDoesNotExistException",
        `This server has no agent ${version} for ${platform}. ${found.cure}`,
      );
    }
    programs.push({ platform, sha256: found.sha256, bytes: found.bytes });
  }
  return programs;
}
