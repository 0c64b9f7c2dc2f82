import type { RollbackInfo } from "@aws-sdk/client-codedeploy";
import type { DesiredTraffic } from "@sluice/drivers/haproxy/desired-traffic.ts";
import type { Effect } from "@sluice/engine/event.ts";
import type { DeploymentStatus, TargetState, TargetStatus } from "@sluice/engine/state.ts";
import type { ComputePlatform } from "@sluice/model/deployment-config.ts";
import type { RevisionLocation } from "@sluice/model/revision-location.ts";
import type { Json } from "@sluice/model/stored-json/stored-json.ts";
import type { Tag } from "@sluice/model/tag-filter.ts";
import type { AgentUpgradeHostState } from "@sluice/wire/sluice/agent-upgrade-api.ts";
import type { Generated } from "kysely";
import type { AgentProgramFacts, AgentUpgradeRequest } from "./columns/agent-upgrade-columns.ts";
import type { DeploymentConfigFields } from "./columns/catalogue-columns.ts";
import type { StoredSnapshot } from "./columns/console-columns.ts";
import type { DeploymentHead } from "./columns/deployment-columns.ts";
import type { DeploymentIntent, DeploymentRequest } from "./columns/deployment-request.ts";
import type { EffectKind, OutcomeOf, ProgressOf } from "./columns/effect-records.ts";
import type { DeploymentGroupFields, GroupSettings, RolledBack } from "./columns/group-columns.ts";
import type { EcsTables } from "./ecs/ecs-tables.ts";
import type {
  ElbListenersTable,
  ElbLoadBalancersTable,
  ElbRulesTable,
  ElbTargetGroupsTable,
  ElbTargetsTable,
} from "./elb/elb-tables.ts";
import type { IamTables } from "./iam/iam-tables.ts";
import type { LambdaTables } from "./lambda/lambda-tables.ts";
import type { EventBody } from "./stored-event.ts";

/**
 * The tables, as Kysely sees them. One schema for SQLite and PostgreSQL: times are epoch milliseconds, booleans are 0 or 1, and
 * `…_json` columns hold JSON text, so that one query code serves both; they are read and written by their codecs in `columns/`.
 */
export interface Database extends EcsTables, LambdaTables, IamTables {
  settings: SettingsTable;
  access_keys: AccessKeysTable;
  enrolment_tokens: EnrolmentTokensTable;
  hosts: HostsTable;
  applications: ApplicationsTable;
  deployment_groups: DeploymentGroupsTable;
  deployment_configs: DeploymentConfigsTable;
  revisions: RevisionsTable;
  resource_tags: ResourceTagsTable;
  deployments: DeploymentsTable;
  targets: TargetsTable;
  group_hosts: GroupHostsTable;
  effects: EffectsTable;
  events: EventsTable;
  deliveries: DeliveriesTable;
  removed_deployments: RemovedDeploymentsTable;
  desired_traffic: DesiredTrafficTable;
  elb_load_balancers: ElbLoadBalancersTable;
  elb_target_groups: ElbTargetGroupsTable;
  elb_listeners: ElbListenersTable;
  elb_rules: ElbRulesTable;
  elb_targets: ElbTargetsTable;
  console_links: ConsoleLinksTable;
  console_sessions: ConsoleSessionsTable;
  deployment_notes: DeploymentNotesTable;
  deployment_snapshots: DeploymentSnapshotsTable;
  agent_upgrades: AgentUpgradesTable;
  agent_upgrade_hosts: AgentUpgradeHostsTable;
}

type PlainJson<Table extends keyof Database> = {
  [Column in keyof Database[Table] & `${string}_json`]: NonNullable<Database[Table][Column]> extends Json<unknown>
    ? never
    : `${Table}.${Column}`;
}[keyof Database[Table] & `${string}_json`];

/** `…_json` columns that are text to the compiler, so that anything could be written there: none. */
export type PlainJsonColumns = { [Table in keyof Database]: PlainJson<Table> }[keyof Database];

/** Facts that the installation keeps about itself: signing key, TLS key, account id. */
export interface SettingsTable {
  name: string;
  value: string;
}

export interface AccessKeysTable {
  access_key_id: string;
  /** SigV4 is symmetric, so the server has to hold the key itself. */
  secret_access_key: string;
  /** `user`: what it may do is in the policies of its user. */
  role: "root" | "read-only" | "host" | "function" | "user";
  /** The host that the key belongs to; only for the role `host`. */
  host_id: string | null;
  /** The function that the key belongs to; only for the role `function`. */
  function_name: Generated<string | null>;
  /** Whose it is, or what for, as its maker says. */
  description: Generated<string | null>;
  /** The user that the key belongs to; only for the role `user`. */
  user_name: Generated<string | null>;
  status: Generated<"Active" | "Inactive">;
  /** Null: never. */
  expires_at: Generated<number | null>;
  last_used_at: Generated<number | null>;
  /** The address that it was used from, and the signing name of the service. */
  last_used_from: Generated<string | null>;
  last_used_service: Generated<string | null>;
  created_at: number;
}

export interface EnrolmentTokensTable {
  token_id: string;
  /** SHA-256 of the secret, hex: a stolen database enrols nobody. */
  secret_sha256: string;
  tags_json: Json<readonly Tag[]>;
  uses_left: number;
  expires_at: number;
  created_at: number;
}

/** Instances and on-premises instances alike. */
export interface HostsTable {
  /** `i-…`, or the on-premises instance's name: the target id. */
  host_id: string;
  host_name: string;
  kind: "instance" | "on-premises";
  /** `sluice` or `aws`: which grace applies. Null until an agent polled. */
  agent: "sluice" | "aws" | null;
  agent_version: string | null;
  tags_json: Json<readonly Tag[]>;
  zone: string | null;
  address: string | null;
  /** What the agent calls itself: instance ARN, IAM user ARN or IAM session ARN. */
  host_identifier: string;
  iam_user_arn: string | null;
  iam_session_arn: string | null;
  /** `arn:aws:codedeploy:…:instance/NAME_xxxxxxxxxx`, for on-premises instances. */
  instance_arn: string | null;
  declared_at: number;
  enrolled_at: number | null;
  last_seen_at: number | null;
  /** Set by a goodbye, cleared by the next poll. */
  goodbye_at: number | null;
  /** Deregistered (on-premises) or removed (`sluice hosts remove`): never a target again. */
  retired_at: number | null;
  /** `linux-x64`: which program its agent is; null: the agent does not say. */
  agent_platform: Generated<string | null>;
  /** Why the agent cannot replace its own program, in its words; null: it can, or does not say. */
  agent_upgrade_obstacle: Generated<string | null>;
}

export interface ApplicationsTable {
  application_id: string;
  application_name: string;
  compute_platform: ComputePlatform;
  created_at: number;
}

export interface DeploymentGroupsTable {
  deployment_group_id: string;
  application_id: string;
  deployment_group_name: string;
  deployment_config_name: string;
  fields_json: Json<DeploymentGroupFields>;
  /** Revision of the last successful deployment. */
  target_revision_json: Json<RevisionLocation> | null;
  last_attempted_deployment_id: string | null;
  last_successful_deployment_id: string | null;
  /** What was rolled back and not put right since; null when the group has what was deployed last. */
  rolled_back_json: Json<RolledBack> | null;
  /** Null when all of it is as without saying. */
  settings_json: Json<GroupSettings> | null;
  created_at: number;
}

/** Custom configurations only; the predefined ones are code. */
export interface DeploymentConfigsTable {
  deployment_config_id: string;
  deployment_config_name: string;
  fields_json: Json<DeploymentConfigFields>;
  created_at: number;
}

export interface RevisionsTable {
  application_id: string;
  /** `revisionKey()` of the location. */
  revision_key: string;
  location_json: Json<RevisionLocation>;
  /** For listing by bucket and key prefix; null for other kinds. */
  s3_bucket: string | null;
  s3_key: string | null;
  description: string;
  registered_at: number;
  first_used_at: number | null;
  last_used_at: number | null;
}

export interface ResourceTagsTable {
  resource_arn: string;
  tag_key: string;
  tag_value: string;
}

export interface DeploymentsTable {
  deployment_id: string;
  application_id: string;
  application_name: string;
  deployment_group_id: string;
  deployment_group_name: string;
  compute_platform: ComputePlatform;
  status: DeploymentStatus;
  /** 1 until the deployment is terminal; a unique index allows one active deployment a group. */
  active: number;
  /** 1 while agents' completions may make the next event available without a plan. Stop and failure clear it. */
  advancing: number;
  /** 1 when alarms stop it: they are read for as long as it is active. */
  watches_alarms: number;
  creator: string;
  revision_key: string;
  revision_json: Json<RevisionLocation>;
  previous_revision_json: Json<RevisionLocation> | null;
  /** What GetDeployment shows of what was asked. */
  request_json: Json<DeploymentRequest>;
  /** What is meant beyond the request, and shown nowhere; null: nothing. */
  intent_json: Json<DeploymentIntent> | null;
  state_json: Json<DeploymentHead>;
  external_id: string | null;
  /** ARN of who created it; null: the server itself, or an earlier version of it. */
  created_by: Generated<string | null>;
  created_at: number;
  started_at: number | null;
  completed_at: number | null;
  error_code: string | null;
  error_message: string | null;
  /** When the planner has to look again; null: only when told to. */
  wake_at: number | null;
  rollback_json: Json<RollbackInfo> | null;
  /** Number of the newest event. */
  last_sequence: number;
  /** Why the planner gave up on it (a bug of ours), or null. */
  quarantined: string | null;
}

export interface TargetsTable {
  deployment_id: string;
  target_id: string;
  /** What it is. Only a host is looked for by its id among the hosts. */
  type: "host" | "ecs-service" | "lambda-alias";
  /** Admission order. */
  ordinal: number;
  status: TargetStatus;
  /** `Blue` or `Green`; null in place. */
  label: string | null;
  /** `available`, `acknowledged`, `routed` (not an agent is at work, but a load balancer or another), or null when the host has nothing to do. */
  command_state: "available" | "acknowledged" | "routed" | null;
  state_json: Json<TargetState>;
  updated_at: number;
}

/** What each host's last attempt in a group left: instance health and revision health. */
export interface GroupHostsTable {
  deployment_group_id: string;
  target_id: string;
  deployment_id: string;
  /** 1 when that attempt succeeded. */
  healthy: number;
  revision_key: string;
  /** The last deployment that installed its revision on the host as a whole: its archive is there. Null: none, or nobody knows. */
  installed_deployment_id: string | null;
  installed_revision_key: string | null;
}

export interface EffectsTable {
  /** Derives from state: deployment/target/event/attempt. */
  effect_key: string;
  deployment_id: string;
  kind: EffectKind;
  payload_json: Json<Effect>;
  /** What came back, in its kind's form; null while it is to be run. */
  outcome_json: Json<OutcomeOf<EffectKind>> | null;
  /** What is known of it while it is under way: a balancer's last words. */
  progress_json: Json<ProgressOf<EffectKind>> | null;
  attempts: number;
  run_at: number;
  lease_owner: string | null;
  lease_until: number | null;
}

export interface EventsTable {
  /** Position in the stream of all deployments. */
  event_id: Generated<number>;
  deployment_id: string;
  sequence: number;
  at: number;
  /** With `body_json` as `storeEvent` writes it. */
  type: string;
  body_json: Json<EventBody>;
}

/** Deployments whose row is gone, and of which something else is left to be removed. */
export interface RemovedDeploymentsTable {
  deployment_id: string;
  removed_at: number;
}

/** What balancers that forget (HAProxy) were last asked for, to be told again after a restart. */
export interface DesiredTrafficTable {
  host_id: string;
  /** Target group or load balancer. */
  group_name: string;
  /** The higher one is the newer one. */
  revision: number;
  desired_json: Json<DesiredTraffic>;
}

/** Messages of triggers: those to be sent, and what became of the others. */
export interface DeliveriesTable {
  /** Derives from deployment, trigger, event type and target, so that one event makes one message. */
  notification_id: string;
  /** The event that it tells of. With `ordinal` it is the order in which a trigger's messages about one deployment are sent. */
  event_id: number;
  ordinal: number;
  deployment_id: string;
  application_name: string;
  deployment_group_name: string;
  trigger_name: string;
  trigger_target_arn: string;
  /** `DeploymentStart`, … */
  event_type: string;
  /** Of the instance types; null for the deployment's. */
  target_id: string | null;
  subject: string;
  body: string;
  /** `failed`: given up or refused, until it is replayed. */
  status: "pending" | "delivered" | "failed";
  /** Of the current run: a replay counts anew. */
  attempts: number;
  /** Since when it is being tried; a replay counts anew. */
  pending_since: number;
  /** Null while it waits for the one before it: of each deployment and trigger one pending message at most has a time. */
  next_attempt_at: number | null;
  last_attempt_at: number | null;
  /** Why the last attempt did not succeed. */
  reason: string | null;
  created_at: number;
  /** When it was delivered or given up. */
  ended_at: number | null;
  lease_owner: string | null;
  lease_until: number | null;
}

/** Ways into the console that work once. */
export interface ConsoleLinksTable {
  /** SHA-256 of the secret, hex: a stolen database opens nothing. */
  secret_sha256: string;
  access_key_id: string;
  expires_at: number;
}

/** Who is signed in to the console. A session ends with its key. */
export interface ConsoleSessionsTable {
  cookie_sha256: string;
  /** Of what the page sends beside the cookie. */
  secret_sha256: string;
  access_key_id: string;
  created_at: number;
  used_at: number;
  expires_at: number;
}

/** What people did to deployments, and why. */
export interface DeploymentNotesTable {
  deployment_id: string;
  ordinal: number;
  at: number;
  access_key_id: string;
  action: string;
  /** ARN of who acted; null: an earlier version noted it. */
  caller_arn: Generated<string | null>;
  reason: string;
}

export interface DeploymentSnapshotsTable {
  deployment_id: string;
  taken_at: number;
  snapshot_json: Json<StoredSnapshot>;
}

export type AgentUpgradeStatus = "Running" | "Stopping" | "Succeeded" | "Failed" | "Stopped";

/** Upgrades of agents. One at most is active. */
export interface AgentUpgradesTable {
  upgrade_id: string;
  version: string;
  /** `Stopping`: no host begins, and those that have begun are waited for. */
  status: AgentUpgradeStatus;
  /** 1 until it has ended. */
  active: number;
  request_json: Json<AgentUpgradeRequest>;
  /** The programs that are offered, one for each platform: every server offers these bytes and no others. */
  programs_json: Json<readonly AgentProgramFacts[]>;
  /** ARN of who started it. */
  created_by: string | null;
  created_at: number;
  ended_at: number | null;
  /** As what it ends once no host is under way; null while it goes on. */
  end_status: "Failed" | "Stopped" | null;
  /** Why it stopped, in words. */
  reason: string | null;
}

export interface AgentUpgradeHostsTable {
  upgrade_id: string;
  host_id: string;
  /** The order in which hosts get their turn. */
  ordinal: number;
  /** As it was when the upgrade began. */
  host_name: string;
  state: AgentUpgradeHostState;
  from_version: string | null;
  /** What it waits for, or why it ended so. */
  reason: string | null;
  changed_at: number;
}
