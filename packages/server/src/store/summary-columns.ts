import type { DeploymentRow } from "./deployments.ts";

/** What a row of a list is made of; the state, which is long, is not among them. */
export const SUMMARY_COLUMNS = [
  "deployments.deployment_id",
  "deployments.application_name",
  "deployments.deployment_group_name",
  "deployments.compute_platform",
  "deployments.status",
  "deployments.active",
  "deployments.creator",
  "deployments.revision_json",
  "deployments.revision_key",
  "deployments.request_json",
  "deployments.created_at",
  "deployments.started_at",
  "deployments.completed_at",
  "deployments.error_code",
  "deployments.error_message",
  "deployments.rollback_json",
  "deployments.created_by",
] as const;

type ColumnName<Path extends string> = Path extends `deployments.${infer Name}` ? Name : never;
export type SummaryRow = Pick<DeploymentRow, ColumnName<(typeof SUMMARY_COLUMNS)[number]> & keyof DeploymentRow>;
