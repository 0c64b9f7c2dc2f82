import type { Json } from "@sluice/model/stored-json/stored-json.ts";
import type { Tag } from "@sluice/model/tag-filter.ts";
import type { FunctionConfiguration, PermissionStatement } from "../columns/lambda-columns.ts";

/** The tables of functions: part of schema.ts. */
export interface LambdaTables {
  lambda_functions: LambdaFunctionsTable;
  lambda_versions: LambdaVersionsTable;
  lambda_aliases: LambdaAliasesTable;
  lambda_permissions: LambdaPermissionsTable;
  lambda_events: LambdaEventsTable;
}

export interface LambdaFunctionsTable {
  function_name: string;
  created_at: number;
  /** The user under which its processes run, no other function's; null: it was accepted that they run as Sluice does. */
  uid: number | null;
  /** The number of the version published last; 0: none. Numbers are never used again. */
  last_version: number;
  /** PutFunctionConcurrency; null: what is left of all. */
  reserved_concurrency: number | null;
  tags_json: Json<readonly Tag[]>;
}

/** `$LATEST` has a row from the start; it is the only one that changes. */
export interface LambdaVersionsTable {
  function_name: string;
  /** `$LATEST`, or digits. */
  version: string;
  /** Hex: the zip's name in the store of code. */
  code_sha256: string;
  code_bytes: number;
  configuration_json: Json<FunctionConfiguration>;
  modified_at: number;
  /** A UUID. */
  revision_id: string;
}

export interface LambdaAliasesTable {
  function_name: string;
  alias_name: string;
  version: string;
  /** With its weight, or both null. */
  second_version: string | null;
  /** 0 to 1, as in RoutingConfig. */
  second_weight: number | null;
  description: string;
  revision_id: string;
}

export interface LambdaPermissionsTable {
  function_name: string;
  /** Empty: of the function itself. */
  qualifier: string;
  statement_id: string;
  statement_json: Json<PermissionStatement>;
}

/** Asynchronous invocations: those of the caller's, and the hooks of deployments. */
export interface LambdaEventsTable {
  /** A UUID. */
  request_id: string;
  function_name: string;
  qualifier: string | null;
  /** Of a hook, with its execution; else null. */
  deployment_id: string | null;
  execution_id: string | null;
  /** JSON. */
  payload: string;
  state: "waiting" | "running" | "answered" | "failed";
  /** How often it was begun. */
  attempts: number;
  created_at: number;
  /** When it is to be begun, or begun again. */
  due_at: number;
  /** The server that runs it, and until when nobody else takes it. */
  claimed_by: string | null;
  claimed_until: number | null;
  ended_at: number | null;
  executed_version: string | null;
  error_type: string | null;
  error_message: string | null;
  log_tail: string | null;
}
