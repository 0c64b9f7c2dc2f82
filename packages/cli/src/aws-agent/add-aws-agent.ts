import { shellWord } from "@sluice/model/shell-word.ts";
import type { CreateAccessKeyOutput } from "@sluice/wire/sluice/access-api.ts";
import type { Tag } from "@sluice/wire/sluice/sluice-api.ts";
import { CommandFailed } from "../command-failed.ts";
import { print, printError, printJson } from "../output.ts";
import type { Connection } from "../place/server-connection.ts";
import { type AgentFile, awsAgentFiles } from "./agent-files.ts";
import { type OutDirectory, openOutDirectory } from "./out-directory.ts";
import { addressOfServer, givenS3Endpoint, serverForHost } from "./reachable-server.ts";

export interface AwsAgentOptions {
  readonly server?: string;
  readonly s3Endpoint?: string;
  readonly out?: string;
  readonly tag?: readonly Tag[];
  readonly json?: boolean;
}

/**
 * Makes a host for AWS's agent with the least key, and what the agent needs to be driven by this server. Whatever can be wrong is found out
 * before there is a key; what fails after that takes back the key, the host if it is new, and the files.
 */
export async function addAwsAgent(connection: Connection, hostName: string, options: AwsAgentOptions): Promise<void> {
  const { server, sluice } = connection;
  const endpoint = serverForHost(options.server, server.endpoints.codedeploy);
  const s3Endpoint =
    options.s3Endpoint === undefined
      ? await addressOfServer(endpoint, server.tls)
      : givenS3Endpoint(options.s3Endpoint);
  const out = options.out === undefined ? undefined : await openOutDirectory(options.out);
  let made: CreateAccessKeyOutput;
  try {
    made = await sluice.call("CreateAccessKey", { role: "host", hostName });
  } catch (error) {
    await out?.remove();
    throw error;
  }
  try {
    await giveOut(made, { connection, hostName, endpoint, s3Endpoint, options, out });
  } catch (error) {
    await out?.remove();
    await takeBack(made, connection, hostName);
    throw error;
  }
}

/** Nobody has its secret. A host that is new has nothing else. */
async function takeBack(
  { accessKey: { accessKeyId }, isNewHost }: CreateAccessKeyOutput,
  { sluice }: Connection,
  hostName: string,
): Promise<void> {
  try {
    await sluice.call("DeleteAccessKey", { accessKeyId });
    if (isNewHost) await sluice.call("RemoveHost", { host: hostName });
  } catch {
    const cure = isNewHost ? `sluice hosts remove ${shellWord(hostName)}` : `sluice keys delete ${accessKeyId}`;
    printError(`The key ${accessKeyId} of ${hostName} was made, and is of no use. Take it back: ${cure}`);
  }
}

interface GivingOut {
  readonly connection: Connection;
  readonly hostName: string;
  readonly endpoint: string;
  readonly s3Endpoint: string;
  readonly options: AwsAgentOptions;
  readonly out: OutDirectory | undefined;
}

async function giveOut(
  { accessKey, secretAccessKey, hostIdentifier, isNewHost }: CreateAccessKeyOutput,
  { connection: { server, sluice }, hostName, endpoint, s3Endpoint, options, out }: GivingOut,
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
  await out?.write(files);
  if (options.json) {
    printJson({ hostName, accessKeyId: accessKey.accessKeyId, hostIdentifier, endpoint, s3Endpoint, files });
    return;
  }
  if (options.out === undefined) printFiles(files);
  for (const line of nextSteps(hostName, options.out, { isNewHost, accessKeyId: accessKey.accessKeyId }))
    printError(line);
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
