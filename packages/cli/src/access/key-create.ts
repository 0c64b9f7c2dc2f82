import { MAX_KEY_DESCRIPTION_CHARACTERS } from "@sluice/model/limits.ts";
import type { CreateAccessKeyInput, CreateAccessKeyOutput } from "@sluice/wire/sluice/access-api.ts";
import { type Command, InvalidArgumentError, Option } from "commander";
import {
  addClientOptions,
  addExamples,
  addJsonOption,
  type ClientOptions,
  collectText,
  parseDuration,
} from "../arguments/options.ts";
import { CommandFailed, EXIT_USAGE } from "../command-failed.ts";
import { print, printError, printJson } from "../output.ts";
import { connect } from "../place/server-connection.ts";
import { printPolicyDoubts } from "./policy-doubts.ts";
import { readPolicyFile } from "./policy-file.ts";

interface CreateOptions extends ClientOptions {
  readonly readOnly?: boolean;
  readonly root?: boolean;
  readonly forHost?: string;
  readonly policy?: readonly string[];
  readonly policyFile?: string;
  readonly description?: string;
  readonly expires?: number;
}

export function defineKeyCreate(command: Command): void {
  const create = command
    .command("create")
    .description("create an access key, and print it with its secret, once")
    .argument("[user]", "whose it is: a user with policies; one that is not there yet is made");
  create
    .option(
      "--policy <name>",
      "of a user that is made: a policy that it gets, by name or ARN (repeatable)",
      collectText,
    )
    .option("--policy-file <file>", "of a user that is made: a policy of its own, as JSON; - is standard input")
    .option("--read-only", "a key that may look at everything and change nothing")
    .addOption(new Option("--root", "a key that may do everything").conflicts("readOnly"))
    .addOption(
      new Option(
        "--for-host <name>",
        "the least key for an agent that is not Sluice's: it speaks for this host",
      ).conflicts(["readOnly", "root"]),
    )
    .option("--description <text>", "whose it is, or what for", parseDescription)
    .option("--expires <duration>", "how long it is good, such as 12h or 90d (default: for ever)", parseDuration);
  addJsonOption(addClientOptions(create));
  addExamples(
    create,
    "sluice keys create ci --policy AWSCodeDeployDeployerAccess --expires 90d",
    "sluice keys create shop-team --policy-file shop.json",
    'sluice keys create --read-only --description "Ann, on call"',
    "sluice keys create --for-host db-1",
  );
  create.action(async (userName: string | undefined, options: CreateOptions) => {
    const input = await inputOf(userName, options);
    using connection = connect(options);
    const created = await connection.sluice.call("CreateAccessKey", input);
    if (options.json) {
      const { accessKey, secretAccessKey, hostIdentifier } = created;
      printJson({ ...accessKey, secretAccessKey, hostIdentifier });
    } else {
      printSecret(created.accessKey.accessKeyId, created.secretAccessKey);
      for (const line of notesOn(created)) printError(line);
    }
    if (input.policyDocument !== undefined) {
      await printPolicyDoubts(input.policyDocument, "user", connection.sluice);
    }
  });
}

/** As a credentials file has them, so that they can be pasted into one. */
export function printSecret(accessKeyId: string, secretAccessKey: string): void {
  print(`aws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}`);
}

async function inputOf(userName: string | undefined, options: CreateOptions): Promise<CreateAccessKeyInput> {
  const { root, readOnly, forHost, policy, policyFile, description, expires } = options;
  const expiresAt = expires === undefined ? undefined : new Date(Date.now() + expires * 1000);
  const isRole = root || readOnly || forHost !== undefined;
  if (userName === undefined) {
    if (policy || policyFile !== undefined) {
      throw usage("--policy and --policy-file are for a user: name it, such as sluice keys create ci --policy NAME");
    }
    if (!isRole) {
      throw usage(
        "say what the key may do: name a user with --policy, or give --read-only, --for-host, or --root for everything",
      );
    }
    if (forHost !== undefined) return { role: "host", hostName: forHost, description, expiresAt };
    return { role: root ? "root" : "read-only", description, expiresAt };
  }
  if (isRole) {
    const option = root ? "--root" : readOnly ? "--read-only" : "--for-host";
    throw usage(
      `${option} is for a key without a user: leave out ${userName} (--description says whose it is), or ${option}`,
    );
  }
  const policyDocument = policyFile === undefined ? undefined : await readPolicyFile(policyFile, "user");
  return { role: "user", userName, policyNames: policy, policyDocument, description, expiresAt };
}

function notesOn({ accessKey, isNewUser, isNewHost, hostIdentifier }: CreateAccessKeyOutput): string[] {
  const { accessKeyId, userName, policyNames = [], hostName, expiresAt } = accessKey;
  const rights =
    policyNames.length === 0 ? "no policy yet, and may do nothing" : `the policies ${policyNames.join(", ")}`;
  return [
    ...(isNewUser ? [`The user ${userName} is made, with ${rights}.`] : []),
    ...(isNewUser && policyNames.length === 0 ? [`To give it one: sluice users attach ${userName} POLICY`] : []),
    ...(isNewHost ? [`The host ${hostName} is declared.`] : []),
    ...(hostIdentifier === undefined
      ? []
      : [`Its agent calls itself (iam_user_arn of AWS's agent): ${hostIdentifier}`]),
    ...(expiresAt ? [`It expires at ${expiresAt.toISOString()}.`] : []),
    `The secret is shown this once. To delete the key: sluice keys delete ${accessKeyId}`,
  ];
}

function parseDescription(text: string): string {
  if (text.length <= MAX_KEY_DESCRIPTION_CHARACTERS) return text;
  throw new InvalidArgumentError(
    `It has ${text.length} characters; at most ${MAX_KEY_DESCRIPTION_CHARACTERS} are allowed.`,
  );
}

function usage(message: string): CommandFailed {
  return new CommandFailed(message, { exitStatus: EXIT_USAGE });
}
