import { listOf, objectOf } from "@sluice/model/stored-json/form.ts";
import type { Tag } from "@sluice/model/tag-filter.ts";
import { JsonColumn } from "./json-column.ts";

/** `lambda_versions.configuration_json`: what CreateFunction and UpdateFunctionConfiguration set. */
export interface FunctionConfiguration {
  readonly runtime: string;
  /** Empty: a `provided` runtime was given none. */
  readonly handler: string;
  /** An ARN that is shown again; what a function may do is in the binding. */
  readonly role: string;
  readonly description: string;
  readonly timeoutSeconds: number;
  readonly memoryMegabytes: number;
  readonly ephemeralStorageMegabytes: number;
  readonly variables: Readonly<Record<string, string>>;
}

/** `lambda_permissions.statement_json`: one statement of a function's resource policy, as AddPermission was given it. */
export interface PermissionStatement {
  readonly action: string;
  readonly principal: string;
  readonly sourceArn: string | null;
  readonly sourceAccount: string | null;
}

export const FUNCTION_TAGS = new JsonColumn(
  "lambda_functions.tags_json",
  ["function_name"],
  listOf(objectOf<Tag>({ Key: "text", Value: "text" })),
);
export const FUNCTION_CONFIGURATION = new JsonColumn(
  "lambda_versions.configuration_json",
  ["function_name", "version"],
  objectOf<FunctionConfiguration>({
    runtime: "text",
    handler: "text",
    role: "text",
    description: "text",
    timeoutSeconds: "number",
    memoryMegabytes: "number",
    ephemeralStorageMegabytes: "number",
    variables: "object",
  }),
);
export const PERMISSION_STATEMENT = new JsonColumn(
  "lambda_permissions.statement_json",
  ["function_name", "qualifier", "statement_id"],
  objectOf<PermissionStatement>({
    action: "text",
    principal: "text",
    sourceArn: "text or null",
    sourceAccount: "text or null",
  }),
);
