import { parsePolicy } from "@sluice/model/policy/parse-policy.ts";
import type { PolicyPlace } from "@sluice/model/policy/policy-limits.ts";
import { policyWarnings } from "@sluice/model/policy/policy-warnings.ts";
import type { SluiceClient } from "@sluice/wire/client/clients.ts";
import { printError } from "../output.ts";

const OF_ACTIONS = /\.(Not)?Action\[/;

/**
 * Says on standard error what of a policy that was stored can never matter, such as a slip in an action. Only a root key knows all actions of
 * the server: with another one, or without a server, no action is called unknown.
 */
export async function printPolicyDoubts(document: string, place: PolicyPlace, sluice?: SluiceClient): Promise<void> {
  const caller = await sluice?.call("GetCallerAccess", {});
  const actions = caller?.role === "root" ? caller.allowedActions : undefined;
  const accountId = /^arn:[^:]*:iam::(\d+):/.exec(caller?.arn ?? "")?.[1];
  for (const { path, problem } of policyWarnings(parsePolicy(document, "", place), actions ?? [], accountId)) {
    if (actions !== undefined || !OF_ACTIONS.test(path)) printError(`warning: ${path} ${problem}`);
  }
}
