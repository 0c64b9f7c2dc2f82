import { parsePolicy } from "@sluice/model/policy/parse-policy.ts";
import type { PolicySummary } from "@sluice/wire/sluice/access-api.ts";
import type { Command } from "commander";
import { printPolicyDoubts } from "../access/policy-doubts.ts";
import { readPolicyFile } from "../access/policy-file.ts";
import { addClientOptions, addExamples, addJsonOption, type ClientOptions } from "../arguments/options.ts";
import { print, printError, printJson } from "../output.ts";
import { connect } from "../place/server-connection.ts";
import { formatTable } from "../terminal/printing.ts";

const NAME = "the policy's name or its ARN, as sluice policies list shows it";
const FILE = "the policy as JSON; - is standard input";

export function define(command: Command): void {
  defineList(command);
  defineShow(command);
  definePut(command);
  defineDelete(command);
  defineCheck(command);
}

function defineList(command: Command): void {
  const list = command.command("list").description("list the policies that users and roles can have");
  list.option("--own", "leave out AWS's");
  addJsonOption(addClientOptions(list));
  addExamples(list, "sluice policies list", "sluice policies list --own");
  list.action(async (options: ClientOptions & { readonly own?: boolean }) => {
    using connection = connect(options);
    const policies: PolicySummary[] = [];
    let nextToken: string | undefined;
    do {
      const page = await connection.sluice.call("ListPolicies", { scope: options.own ? "own" : undefined, nextToken });
      policies.push(...page.policies);
      ({ nextToken } = page);
    } while (nextToken !== undefined);
    if (options.json) printJson(policies);
    else if (policies.length === 0) print("No policies of your own. Make one: sluice policies put NAME --file FILE");
    else print(formatPolicies(policies));
  });
}

function formatPolicies(policies: readonly PolicySummary[]): string {
  return formatTable(
    ["NAME", "WHOSE", "ATTACHED", "DESCRIPTION"],
    policies.map(({ policyName, isAwsManaged, attachments, description }) => [
      policyName,
      isAwsManaged ? "AWS" : "own",
      String(attachments),
      description ?? "-",
    ]),
  );
}

function defineShow(command: Command): void {
  const show = command
    .command("show")
    .description("print a policy's document, and who has it")
    .argument("<policy>", NAME);
  addJsonOption(addClientOptions(show));
  addExamples(show, "sluice policies show AWSCodeDeployDeployerAccess");
  show.action(async (policyName: string, options: ClientOptions) => {
    using connection = connect(options);
    const shown = await connection.sluice.call("GetPolicy", { policyName });
    if (options.json) {
      printJson(shown);
      return;
    }
    print(shown.document);
    const holders = shown.attachedTo.map(({ kind, name }) => `${kind} ${name}`);
    printError(`${shown.policy.arn}: ${holders.length === 0 ? "nobody has it" : `attached to ${holders.join(", ")}`}`);
  });
}

interface PutOptions extends ClientOptions {
  readonly file: string;
  readonly description?: string;
}

function definePut(command: Command): void {
  const put = command
    .command("put")
    .description("make a policy, or replace it: whoever has it has the new one at once")
    .argument("<name>", "the policy's name");
  put.requiredOption("--file <file>", FILE).option("--description <text>", "what it is for");
  addJsonOption(addClientOptions(put));
  addExamples(put, 'sluice policies put shop --file shop.json --description "What the shop team may do"');
  put.action(async (policyName: string, options: PutOptions) => {
    const document = await readPolicyFile(options.file, "managed");
    using connection = connect(options);
    const { policy, isNew } = await connection.sluice.call("PutPolicy", {
      policyName,
      document,
      description: options.description,
    });
    if (options.json) printJson(policy);
    else
      print(
        `${policy.policyName} is ${isNew ? `made. To give it to a user: sluice users attach USER ${policy.policyName}` : "replaced"}`,
      );
    await printPolicyDoubts(document, "managed", connection.sluice);
  });
}

function defineDelete(command: Command): void {
  const remove = command.command("delete").description("delete a policy that nobody has").argument("<policy>", NAME);
  addJsonOption(addClientOptions(remove));
  addExamples(remove, "sluice policies delete shop");
  remove.action(async (policy: string, options: ClientOptions) => {
    using connection = connect(options);
    const deleted = await connection.sluice.call("DeletePolicy", { policyName: policy });
    if (options.json) printJson(deleted);
    else print(`${deleted.policyName} is deleted`);
  });
}

function defineCheck(command: Command): void {
  const check = command
    .command("check")
    .description(
      "check a policy without a server, which alone knows its actions and its account; exit status 2: it is none",
    )
    .argument("<file>", FILE);
  addJsonOption(check);
  addExamples(check, "sluice policies check shop.json");
  check.action(async (file: string, options: ClientOptions) => {
    const document = await readPolicyFile(file, "managed");
    const { version, statements } = parsePolicy(document, file, "managed");
    if (options.json) printJson({ version, statements: statements.length });
    else print(`${file} is a policy with ${statements.length} statement${statements.length === 1 ? "" : "s"}`);
    await printPolicyDoubts(document, "managed");
  });
}
