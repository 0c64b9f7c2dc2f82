import type { LambdaAlias } from "../../ports/function-alias.ts";

// What a message suggests, as it can be pasted into a shell: names come from an AppSpec that was read, and hold nothing that a shell reads.

type Named = Pick<LambdaAlias, "functionName" | "aliasName">;

/** Gives all of the alias' traffic to one version. */
export function updateAliasCommand({ functionName, aliasName }: Named, version: string): string {
  return `aws lambda update-alias --function-name ${functionName} --name ${aliasName} --function-version ${version} --routing-config AdditionalVersionWeights={}`;
}

export function createAliasCommand({ functionName, aliasName }: Named): string {
  return `aws lambda create-alias --function-name ${functionName} --name ${aliasName} --function-version VERSION`;
}

export function publishVersionCommand(functionName: string): string {
  return `aws lambda publish-version --function-name ${functionName}`;
}

export function listVersionsCommand(functionName: string): string {
  return `aws lambda list-versions-by-function --function-name ${functionName}`;
}
