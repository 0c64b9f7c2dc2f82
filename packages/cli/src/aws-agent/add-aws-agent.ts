import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { shellWord } from "@sluice/model/shell-word.ts";
import type { CreateAccessKeyOutput } from "@sluice/wire/sluice/access-api.ts";
import type { Tag } from "@sluice/wire/sluice/sluice-api.ts";
import { CommandFailed, EXIT_USAGE } from "../command-failed.ts";
import { print, printError, printJson } from "../output.ts";
import type { Connection } from "../place/server-connection.ts";
import { type AgentFile, awsAgentFiles } from "./agent-files.ts";
import { addressOfServer, givenS3Endpoint, serverForHost } from "./reachable-server.ts";

export interface AwsAgentOptions {
  readonly server?: string;
  readonly s3Endpoint?: string;
  readonly out?: string;
  readonly tag?: readonly Tag[];
  readonly json?: boolean;
}

const DIRECTORY_MODE = 0o700;

/**
 * Makes a host for AWS's agent with the least key, and what the agent needs to be driven by this server. Whatever can be wrong is found out
 * before there is a key.
 */
export async function addAwsAgent(connection: Connection, hostName: string, options: AwsAgentOptions): Promise<void> {
  const { server, sluice } = connection;
  const endpoint = serverForHost(options.server, server.endpoints.codedeploy);
  const s3Endpoint =
    options.s3Endpoint === undefined
      ? await addressOfServer(endpoint, server.tls)
      : givenS3Endpoint(options.s3Endpoint);
  if (options.out !== undefined) await makeDirectoryFor(options.out);

  const made = await sluice.call("CreateAccessKey", { role: "host", hostName });
  const { accessKeyId } = made.accessKey;
  try {
    await giveOut(made, { connection, hostName, endpoint, s3Endpoint, options });
  } catch (error) {
    // Nobody has its secret.
    await sluice.call("DeleteAccessKey", { accessKeyId }).catch(() => {
      printError(`The key ${accessKeyId} was made, and is of no use. Take it back: sluice keys delete ${accessKeyId}`);
    });
    throw error;
  }
}

interface GivingOut {
  readonly connection: Connection;
  readonly hostName: string;
  readonly endpoint: string;
  readonly s3Endpoint: string;
  readonly options: AwsAgentOptions;
}

async function giveOut(
  { accessKey, secretAccessKey, hostIdentifier, isNewHost }: CreateAccessKeyOutput,
  { connection: { server, sluice }, hostName, endpoint, s3Endpoint, options }: GivingOut,
): Promise<void> {
  if (options.tag) await sluice.call("TagHost", { host: hostName, tags: options.tag });
  if (hostIdentifier === undefined) {
    throw new CommandFailed(
      `the server did not say by what the agent of ${hostName} calls itself: it is older than this program. Upgrade it`,
    );
  }
  const files = awsAgentFiles({
    hostName,
    accessKeyId: accessKey.accessKeyId,
    secretAccessKey,
    hostIdentifier,
    region: server.region,
    endpoint,
    s3Endpoint,
    certificatePem: server.tls?.ca,
  });
  if (options.out !== undefined) await writeFiles(options.out, files);
  if (options.json) {
    printJson({ hostName, accessKeyId: accessKey.accessKeyId, hostIdentifier, endpoint, s3Endpoint, files });
    return;
  }
  if (options.out === undefined) printFiles(files);
  for (const line of nextSteps(hostName, options.out, { isNewHost, accessKeyId: accessKey.accessKeyId }))
    printError(line);
}

async function makeDirectoryFor(directory: string): Promise<void> {
  const there = ["codedeployagent.yml", "codedeploy.onpremises.yml"].find((name) => existsSync(join(directory, name)));
  if (there !== undefined) {
    throw new CommandFailed(
      `${join(directory, there)} exists already. Name another directory with --out, or remove it`,
      {
        exitStatus: EXIT_USAGE,
      },
    );
  }
  try {
    await mkdir(directory, { recursive: true, mode: DIRECTORY_MODE });
  } catch (error) {
    throw new CommandFailed(`--out ${directory} cannot be made: ${(error as Error).message}`, {
      exitStatus: EXIT_USAGE,
      cause: error,
    });
  }
}

async function writeFiles(directory: string, files: readonly AgentFile[]): Promise<void> {
  for (const { name, content, mode } of files) await writeFile(join(directory, name), content, { mode });
}

/** As `head` and `tail` show several files. */
function printFiles(files: readonly AgentFile[]): void {
  for (const { name, content } of files) print(`==> ${name} <==\n${content}`);
}

function nextSteps(
  hostName: string,
  out: string | undefined,
  { isNewHost, accessKeyId }: { readonly isNewHost: boolean; readonly accessKeyId: string },
): string[] {
  const undo = `To take the key back: sluice keys delete ${accessKeyId}`;
  const made = isNewHost
    ? `${hostName} is registered as an on-premises instance.`
    : `${hostName} was there already, and has one more key now.`;
  if (out === undefined) {
    return [
      made,
      "The secret is shown this once. With --out DIR the files are written, with a script that installs them.",
      undo,
    ];
  }
  const name = shellWord(out);
  return [
    made,
    `On a host where AWS's agent is installed: scp -rp ${name} root@HOST:/root/sluice-agent && ssh root@HOST sh /root/sluice-agent/install.sh`,
    undo,
  ];
}
