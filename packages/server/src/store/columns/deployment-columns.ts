import type { RollbackInfo } from "@aws-sdk/client-codedeploy";
import type { DeploymentState, HostRules, HostStrategy, Strategy } from "@sluice/engine/state.ts";
import { HOOK_TIMEOUT_MILLISECONDS } from "@sluice/engine/time-limits.ts";
import { objectOf } from "@sluice/model/stored-json/form.ts";
import { type DeploymentIntent, REQUEST_FORM } from "./deployment-request.ts";
import { JsonColumn } from "./json-column.ts";
import { REVISION_FORM } from "./revision-form.ts";

/** `deployments.state_json`: everything of the state but the targets, which have a table of their own. */
export type DeploymentHead = Omit<DeploymentState, "targets">;

const KEY = ["deployment_id"] as const;

export const DEPLOYMENT_REVISION = new JsonColumn("deployments.revision_json", KEY, REVISION_FORM);
export const PREVIOUS_REVISION = new JsonColumn("deployments.previous_revision_json", KEY, REVISION_FORM);
export const DEPLOYMENT_REQUEST = new JsonColumn("deployments.request_json", KEY, REQUEST_FORM);
export const DEPLOYMENT_INTENT = new JsonColumn("deployments.intent_json", KEY, objectOf<DeploymentIntent>({}));
export const DEPLOYMENT_ROLLBACK = new JsonColumn("deployments.rollback_json", KEY, objectOf<RollbackInfo>({}));
const HEAD = objectOf<DeploymentHead>({
  deploymentId: "text",
  deploymentGroupName: "text",
  strategy: "object",
  status: "text",
  minimumHealthyHosts: "number or null",
  alarms: "object or null",
  stage: "text",
  wait: "object or null",
  continued: "text or null",
  createdAt: "number",
  startedAt: "number or null",
  completedAt: "number or null",
  stopRequestedAt: "number or null",
  halt: "text or null",
  error: "object or null",
  statusMessages: "list",
});

/** What stands for members that strategies of a type have got since. */
const USUAL_MEMBERS: Readonly<Partial<Record<Strategy["type"], Partial<Strategy>>>> = {
  "ecs-blue-green": { hookTimeoutMilliseconds: HOOK_TIMEOUT_MILLISECONDS, hookMustAnswer: false, failsEarly: true },
  "lambda-shift": { hookTimeoutMilliseconds: HOOK_TIMEOUT_MILLISECONDS, hookMustAnswer: false },
};

/** A head as it was stored before strategies had rules: what holds for hosts stood beside the strategy. */
type OlderHead = DeploymentHead & Partial<HostRules>;

export const DEPLOYMENT_HEAD = new JsonColumn("deployments.state_json", KEY, {
  problemOf: HEAD.problemOf,
  complete(stored: OlderHead): DeploymentHead {
    const { healthRule, ignoreApplicationStopFailures = false, ...head } = stored;
    if (healthRule) {
      return { ...head, strategy: { ...head.strategy, healthRule, ignoreApplicationStopFailures } as HostStrategy };
    }
    const usual = USUAL_MEMBERS[stored.strategy.type];
    return usual ? { ...stored, strategy: { ...usual, ...stored.strategy } as Strategy } : stored;
  },
});
