import type { AliasConfiguration } from "@aws-sdk/client-lambda";
import { functionArn } from "@sluice/model/lambda-arn.ts";
import type { ArnScope } from "@sluice/model/resource-arn.ts";
import type { FunctionAlias } from "../../../store/lambda/aliases.ts";

export function aliasView(alias: FunctionAlias, scope: ArnScope): AliasConfiguration {
  const { functionName, aliasName, version, second } = alias;
  return {
    AliasArn: functionArn(scope, functionName, aliasName),
    Name: aliasName,
    FunctionVersion: version,
    Description: alias.description,
    ...(second && { RoutingConfig: { AdditionalVersionWeights: { [second.version]: second.weight } } }),
    RevisionId: alias.revisionId,
  };
}
