import {
  ADD_PERMISSION_RULES,
  CREATE_ALIAS_RULES,
  CREATE_FUNCTION_RULES,
  INVOKE_RULES,
  LIST_FUNCTIONS_RULES,
  PUBLISH_VERSION_RULES,
  UPDATE_CODE_RULES,
  UPDATE_CONFIGURATION_RULES,
} from "@sluice/server/operations/lambda/checks/function-members.ts";
import type { AnyRules } from "@sluice/server/operations/member-rules.ts";
import { LAMBDA_TABLE } from "@sluice/wire/generated/lambda-shapes.ts";
import { memberPage } from "./member-page.fixture.ts";

const RULES: Readonly<Record<string, AnyRules>> = {
  CreateFunction: CREATE_FUNCTION_RULES,
  UpdateFunctionCode: UPDATE_CODE_RULES,
  UpdateFunctionConfiguration: UPDATE_CONFIGURATION_RULES,
  PublishVersion: PUBLISH_VERSION_RULES,
  CreateAlias: CREATE_ALIAS_RULES,
  AddPermission: ADD_PERMISSION_RULES,
  ListFunctions: LIST_FUNCTIONS_RULES,
  Invoke: INVOKE_RULES,
};

memberPage({ page: "lambda.md", rules: RULES, operations: Object.keys(LAMBDA_TABLE) });
