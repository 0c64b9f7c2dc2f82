import type { PortOutcome } from "./port-outcome.ts";

/** A container service: its cluster and its name, or their ARNs. */
export interface EcsService {
  readonly clusterName: string;
  readonly serviceName: string;
  /** That of the deployment group. Drivers of AWS assume it where their binding says so; others have no use for it. */
  readonly serviceRoleArn?: string | undefined;
}

/** One generation of a service's tasks. */
export interface TaskSet {
  readonly taskSetId: string;
  /** The deployment that it was made for; null: no deployment made it. */
  readonly externalId: string | null;
  /** A service has one PRIMARY; DRAINING is on its way out. */
  readonly status: "PRIMARY" | "ACTIVE" | "DRAINING";
  /** All desired tasks run, none is pending, and those that have a health check pass it. */
  readonly isSteady: boolean;
  readonly desiredCount: number;
  readonly pendingCount: number;
  readonly runningCount: number;
  /** Tasks that ended although they were wanted, since the set was made; 0 where the provider does not say. */
  readonly failedTasks: number;
  /** Where its tasks register, as its ARN or by its name; null: nowhere. */
  readonly targetGroup: string | null;
  /** What keeps it from being steady, in the provider's words: why its tasks stop, why they are not placed. Empty: nothing known. */
  readonly detail: string;
}

export interface ServiceFacts {
  /** Who may replace the service's tasks, in ECS' words: `CODE_DEPLOY`, `ECS`, `EXTERNAL`. Only CODE_DEPLOY is deployed to. */
  readonly controller: string;
  /** A DAEMON runs one task a machine, and is not deployed to. */
  readonly scheduling: "REPLICA" | "DAEMON";
  readonly desiredCount: number;
  readonly taskSets: readonly TaskSet[];
}

/** `unchecked`: nobody can say, for the reason given (AWS' managed role for CodeDeploy may not look). Reasons are sentences without a full stop. */
export type TaskDefinitionFacts =
  | { readonly outcome: "found"; readonly taskDefinition: string; readonly containers: readonly DefinedContainer[] }
  | { readonly outcome: "missing"; readonly reason: string }
  /** It is there, and the plan has something else that the provider would refuse. */
  | { readonly outcome: "refused"; readonly reason: string }
  | { readonly outcome: "unchecked"; readonly reason: string };

export interface DefinedContainer {
  readonly name: string;
  readonly ports: readonly number[];
}

/** What a new task set is to be: the AppSpec's properties (codedeploy-semantics.md, section 8), and where its tasks register. */
export interface TaskSetPlan {
  /** The deployment that asks for it. */
  readonly externalId: string;
  /** ARN, or family and revision. */
  readonly taskDefinition: string;
  readonly targetGroup: string;
  readonly containerName: string;
  readonly containerPort: number;
  /** Absent: LATEST. */
  readonly platformVersion?: string | undefined;
  /** Absent: that of the service. */
  readonly network?: TaskSetNetwork | undefined;
  /** Absent: none, whatever the service has (section 12). */
  readonly capacityProviders?: readonly CapacityProvider[] | undefined;
}

/** What the AppSpec says of a task set. */
export type TasksPlan = Omit<TaskSetPlan, "externalId" | "targetGroup">;

export interface TaskSetNetwork {
  readonly subnets: readonly string[];
  readonly securityGroups: readonly string[];
  readonly assignsPublicIp: boolean;
}

export interface CapacityProvider {
  readonly name: string;
  readonly base: number;
  readonly weight: number;
}

/** `done` when it exists, steady or not. */
export type TaskSetCreation =
  | Exclude<PortOutcome, { readonly outcome: "done" }>
  | { readonly outcome: "done"; readonly taskSetId: string };

/**
 * The port to whoever runs container services. Every method may be called again at any time with the same arguments. A provider that
 * cannot be reached is a rejection, which the caller retries; an answer that says no is a `failed`, and of a question a
 * {@link PortRefusal}. No method moves traffic.
 */
export interface TaskSets {
  /** The service as it is now, its task sets in the order in which they were made. Undefined: there is no such service. */
  describe(service: EcsService, signal: AbortSignal): Promise<ServiceFacts | undefined>;
  /** For the start; changes nothing. Looks the plan's task definition up, and at what else it would refuse of the plan. */
  inspectTaskDefinition(service: EcsService, plan: TasksPlan, signal: AbortSignal): Promise<TaskDefinitionFacts>;
  /** One task set for each `externalId`, as large as the service: asking again gives the one that is there. */
  create(service: EcsService, plan: TaskSetPlan, signal: AbortSignal): Promise<TaskSetCreation>;
  /** The service's other task sets become ACTIVE. */
  makePrimary(service: EcsService, taskSetId: string, signal: AbortSignal): Promise<PortOutcome>;
  /** Done when it and its tasks are gone; one that is gone already is done. The primary is refused. */
  remove(service: EcsService, taskSetId: string, signal: AbortSignal): Promise<PortOutcome>;
}
