import type { ExplainAccessInput } from "@sluice/wire/sluice/access-api.ts";
import type { Tag } from "@sluice/wire/sluice/sluice-api.ts";
import type { Command } from "commander";
import {
  addClientOptions,
  addExamples,
  addJsonOption,
  type ClientOptions,
  collectTag,
  parseMoment,
} from "../arguments/options.ts";
import { CommandFailed, EXIT_USAGE } from "../command-failed.ts";
import { print, printJson } from "../output.ts";
import { connect } from "../place/server-connection.ts";
import { readPolicyFile } from "./policy-file.ts";

interface ExplainOptions extends ClientOptions {
  readonly from?: string;
  readonly at?: Date;
  readonly tag?: readonly Tag[];
  readonly requestTag?: readonly Tag[];
  readonly sessionPolicyFile?: string;
}

export function defineKeyExplain(command: Command): void {
  const explain = command
    .command("explain")
    .description(
      "tell whether a key, a user or a role may do something to a resource, and why; exit status 1: it may not",
    )
    .argument("<who>", "a key's id, user/NAME, or role/NAME")
    .argument("<action>", "such as codedeploy:CreateDeployment")
    .argument("<resource>", "an ARN, or * for an action on no resource");
  explain
    .option("--from <address>", "from where the call comes")
    .option("--at <time>", "when it comes (default: now)", parseMoment)
    .option("--tag <key=value>", "a tag that the resource has (repeatable)", collectTag)
    .option("--request-tag <key=value>", "a tag that the call gives (repeatable)", collectTag)
    .option("--session-policy-file <file>", "of a role: the policy by which AssumeRole would narrow it");
  addJsonOption(addClientOptions(explain));
  addExamples(
    explain,
    "sluice keys explain user/ci codedeploy:CreateDeployment arn:aws:codedeploy:us-east-1:111122223333:deploymentgroup:shop/prod",
    "sluice keys explain AKIAIOSFODNN7EXAMPLE codedeploy:ListApplications '*'",
  );
  explain.action(async (who: string, action: string, resource: string, options: ExplainOptions) => {
    const { from, at, tag, requestTag, sessionPolicyFile } = options;
    const sessionPolicy =
      sessionPolicyFile === undefined ? undefined : await readPolicyFile(sessionPolicyFile, "session");
    using connection = connect(options);
    const explained = await connection.sluice.call("ExplainAccess", {
      ...whoIs(who),
      action,
      resource,
      sourceAddress: from,
      at,
      resourceTags: tag,
      requestTags: requestTag,
      sessionPolicy,
    });
    if (options.json) printJson(explained);
    else
      print(
        [`${explained.isAllowed ? "allowed" : "refused"} (${explained.decision})`, ...explained.sentences].join("\n"),
      );
    if (!explained.isAllowed) process.exitCode = 1;
  });
}

function whoIs(who: string): Pick<ExplainAccessInput, "accessKeyId" | "userName" | "roleName"> {
  if (who.startsWith("user/")) return { userName: who.slice("user/".length) };
  if (who.startsWith("role/")) return { roleName: who.slice("role/".length) };
  if (/^A[KS]IA/.test(who)) return { accessKeyId: who };
  throw new CommandFailed(`"${who}" is no key's id: write user/${who} or role/${who}`, { exitStatus: EXIT_USAGE });
}
