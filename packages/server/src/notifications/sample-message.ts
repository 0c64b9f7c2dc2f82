import type { TriggerEventType } from "@aws-sdk/client-codedeploy";
import type { HostTarget } from "@sluice/engine/state.ts";
import { IN_PLACE_EVENTS } from "@sluice/model/lifecycle-event.ts";
import type { ArnScope } from "@sluice/model/resource-arn.ts";
import { isInstanceEventType } from "./trigger-events.ts";
import { deploymentMessage, instanceMessage, markedAsTest, type TriggerMessage } from "./trigger-message.ts";

/** No deployment can have it: ids have nine characters after the dash. */
const SAMPLE_DEPLOYMENT = "d-TEST";
const SAMPLE_HOST = "i-00000000000000000";

/** A message as a deployment of the group would make it, of a deployment and a host that there are not, and marked as a test. */
export function sampleMessage(
  scope: ArnScope,
  triggerName: string,
  type: TriggerEventType,
  of: { readonly applicationName: string; readonly groupName: string },
  at: number,
): TriggerMessage {
  if (isInstanceEventType(type)) {
    const found = { target: sampleTarget(at), instanceArn: null };
    return markedAsTest(instanceMessage(scope, triggerName, type, SAMPLE_DEPLOYMENT, found, at), type);
  }
  const hasFailed = type === "DeploymentFailure" || type === "DeploymentStop";
  const facts = {
    deployment_id: SAMPLE_DEPLOYMENT,
    application_name: of.applicationName,
    deployment_group_name: of.groupName,
    created_at: at,
    completed_at: at,
    error_code: hasFailed ? "MANUAL_STOP" : null,
    error_message: hasFailed ? "This is a test: no deployment ended." : null,
    rollback_json: null,
  };
  return markedAsTest(deploymentMessage(scope, triggerName, type, facts, new Map()), type);
}

function sampleTarget(at: number): HostTarget {
  return {
    type: "host",
    targetId: SAMPLE_HOST,
    hostName: "test-host",
    kind: "instance",
    status: "InProgress",
    zone: null,
    label: null,
    wasHealthy: false,
    revisionHealth: "Unknown",
    command: null,
    agentIssue: false,
    updatedAt: at,
    lifecycleEvents: IN_PLACE_EVENTS.map((name) => ({
      name,
      by: "agent",
      status: "Pending",
      startedAt: null,
      endedAt: null,
      diagnostics: null,
    })),
  };
}
