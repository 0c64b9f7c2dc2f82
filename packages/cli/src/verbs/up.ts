import { relative, resolve } from "node:path";
import { shellWord } from "@sluice/model/shell-word.ts";
import type { Tag } from "@sluice/wire/sluice/sluice-api.ts";
import type { Command } from "commander";
import {
  addExamples,
  collectTag,
  type ListenAddress,
  parseListenAddress,
  parsePositiveInteger,
} from "../arguments/options.ts";
import { CommandFailed, EXIT_USAGE } from "../command-failed.ts";
import { namingDirectoryTrouble, namingUnreadable } from "../files/file-trouble.ts";
import { print, printError } from "../output.ts";
import { refuseOtherOwner, SERVER_MARK } from "../place/other-owner.ts";
import { DATA_VARIABLE, directoryPlace, UP_DIRECTORY, upDirectory } from "../place/server-place.ts";
import { nameProcess } from "../process/process-name.ts";
import { terminationOrTerminalClosed } from "../process/termination.ts";
import { visibleHost } from "../terminal/printing.ts";
import { logFileOf, startDetached } from "../up/detached-up.ts";
import { whyNoNamespaces } from "../up/isolation/namespace.ts";
import { MAX_HOSTS } from "../up/isolation/subnet.ts";
import { keepAgents } from "../up/keep-agents.ts";
import { describeLostServices } from "../up/lost-services.ts";
import { presentHosts } from "../up/present-hosts.ts";
import { isOfServerAlone, runningUp, untilOtherIsReady } from "../up/running-up.ts";
import { startUp, type Up } from "../up/start-up.ts";
import { noteReady, type UpReady, type UpRecord } from "../up/up-record.ts";
import { LISTEN_DEFAULT } from "./server.ts";

const HOSTS_DEFAULT = 3;
const TAGS_DEFAULT: readonly Tag[] = [{ Key: "Environment", Value: "up" }];

interface UpOptions {
  readonly hosts?: number;
  readonly data?: string;
  readonly tag?: readonly Tag[];
  readonly listen?: ListenAddress;
  readonly config?: string;
  readonly detach?: boolean;
}

export function define(command: Command): void {
  command
    .option("--hosts <n>", `how many hosts (default: ${HOSTS_DEFAULT}; without root, 1)`, parsePositiveInteger)
    .option("--data <dir>", `the data directory (default: ${DATA_VARIABLE}, else ${UP_DIRECTORY})`)
    .option(
      "--tag <key=value>",
      "a tag of the hosts, besides Name=HOST (repeatable; default: Environment=up)",
      collectTag,
    )
    .option("--listen <host:port>", "where the server listens (default: 127.0.0.1:7450)", parseListenAddress)
    .option("--config <file>", "sluice.yml, with the drivers for load balancers, alarms and topics")
    .option("--detach", "return when everything is ready, and keep running in the background until sluice down");
  addExamples(
    command,
    "sluice up --detach",
    "sluice up --hosts 10 --data /tmp/try --tag Environment=prod --listen 127.0.0.1:0",
  );
  command.action(async (options: UpOptions) => {
    const directory = await dataDirectory(options);
    if ((options.hosts ?? 1) > MAX_HOSTS)
      throw new CommandFailed(`--hosts ${options.hosts}: at most ${MAX_HOSTS}`, { exitStatus: EXIT_USAGE });
    const running = await runningUp(directory).catch((error: unknown) => {
      throw namingUnreadable(error, directory);
    });
    if (running !== undefined) {
      await sayWhatRuns(directory, running, options);
      return;
    }
    await refuseOtherServer(directory);
    if (options.detach) await goOnInBackground(directory, options);
    else {
      nameProcess("sluice-up", directory);
      await runHere(directory, options);
    }
  });
}

async function dataDirectory({ data }: UpOptions): Promise<string> {
  if (data !== undefined) return resolve(data);
  if (!process.env[DATA_VARIABLE]) {
    // To name it would be no cure.
    await refuseOtherServer(resolve(UP_DIRECTORY));
    return upDirectory();
  }
  const directory = directoryPlace(undefined)?.directory ?? resolve(UP_DIRECTORY);
  // A server's directory is not to become one for trying things out because a variable was still set.
  if (!(await isOfServerAlone(directory))) return directory;
  throw new CommandFailed(
    `${DATA_VARIABLE} is ${directory}, the data directory of a sluice server. Give another with --data DIR, or the same one to use it`,
    { exitStatus: EXIT_USAGE },
  );
}

/** A directory of another user's that no server has used may be named, and is root's from then on. */
function refuseOtherServer(directory: string): Promise<void> {
  return refuseOtherOwner({ directory, mark: SERVER_MARK, isOwnersWhileEmpty: false });
}

async function runHere(directory: string, options: UpOptions): Promise<void> {
  const asked = terminationOrTerminalClosed();
  const obstacle = await whyNoNamespaces();
  if (obstacle !== undefined && (options.hosts ?? 1) > 1) {
    const message = `--hosts ${options.hosts}: several hosts on one machine need namespaces, and ${obstacle}. Omit --hosts to use one host, this machine.`;
    throw new CommandFailed(message, { exitStatus: EXIT_USAGE });
  }
  const tags = options.tag ?? TAGS_DEFAULT;
  await using up = await startUp({
    dataDirectory: directory,
    isolation: obstacle === undefined ? "namespaces" : "none",
    listen: options.listen ?? LISTEN_DEFAULT,
    count: options.hosts ?? (obstacle === undefined ? HOSTS_DEFAULT : 1),
    tags,
    configFile: options.config,
  }).catch((error: unknown) => {
    throw namingDirectoryTrouble(error, directory);
  });
  const agents = keepAgents(up.hosts);
  const ready = readyOf(up, directory, tags, obstacle);
  await noteReady(directory, ready);
  for (const line of [...describe(directory, ready), ...ready.lost]) print(line);
  print("Ready. Ctrl-C stops the server and its hosts; deployments and installed files are kept for the next start.");
  await asked;
  print("Stopping the hosts and the server ...");
  await agents.end();
}

async function goOnInBackground(directory: string, options: UpOptions): Promise<void> {
  const { ready, owner } = await startDetached(directory, argumentsOf(directory, options)).catch((error: unknown) => {
    throw namingDirectoryTrouble(error, directory);
  });
  if (ready === undefined) return;
  for (const line of [...describe(directory, ready), ...ready.lost]) print(line);
  print(
    `Ready, as process ${owner.processId}; its log is ${shown(logFileOf(directory))}. To stop it: sluice down${dataOption(directory)}`,
  );
}

/** A second call. With --detach it is fine, if what runs is what was asked for. */
async function sayWhatRuns(directory: string, running: UpRecord, options: UpOptions): Promise<void> {
  const { processId } = running.owner;
  const down = `sluice down${dataOption(directory)}`;
  if (running.ready === undefined)
    printError(`Process ${processId} is starting; waiting until it is ready. To stop it: ${down}`);
  const other = await untilOtherIsReady(directory, running);
  if (other?.ready === undefined) {
    throw new CommandFailed(`process ${processId} has ended before it was ready. Start it again: sluice up`);
  }
  const { owner, ready } = other;
  for (const line of describe(directory, ready, await presentHosts(directory))) print(line);
  const runs = `Already running, as process ${owner.processId}. To stop it: ${down}`;
  const difference = whatDiffers(options, ready);
  if (difference !== undefined)
    throw new CommandFailed(`${difference}. Stop it first: ${down}`, { exitStatus: EXIT_USAGE });
  if (options.detach) print(runs);
  else throw new CommandFailed(runs);
}

function whatDiffers({ hosts, listen, tag, config }: UpOptions, ready: UpReady): string | undefined {
  if (hosts !== undefined && hosts !== ready.hosts.length)
    return `--hosts ${hosts}: the running sluice up has ${ready.hosts.length}`;
  const { hostname, port } = new URL(ready.url);
  if (listen !== undefined && listen.port !== 0 && String(listen.port) !== port)
    return `--listen ${listen.host}:${listen.port}: the running sluice up listens on ${hostname}:${port}`;
  if (tag !== undefined && formatTags(tag) !== formatTags(ready.tags))
    return `--tag ${formatTags(tag)}: the running hosts have ${formatTags(ready.tags)}`;
  return config === undefined ? undefined : "--config is read only at the start, and a sluice up is already running";
}

function readyOf(up: Up, directory: string, tags: readonly Tag[], obstacle: string | undefined): UpReady {
  return {
    url: up.url,
    hosts: up.hosts.map(({ name, id, address }) => ({ name, id, address })),
    tags,
    obstacle,
    lost: describeLostServices(up.lost, dataOption(directory)),
  };
}

/** @param present the ids of the hosts that have not been removed since; undefined when all have just been started, or it is not known */
function describe(
  directory: string,
  { url, hosts, tags, obstacle }: UpReady,
  present?: ReadonlySet<string> | undefined,
): string[] {
  return [
    ...(obstacle === undefined
      ? []
      : [
          `One host, this machine: several hosts need namespaces, and ${obstacle}.`,
          `Deployments to it can write wherever ${process.getuid?.() === 0 ? "root" : "your user"} can write.`,
        ]),
    `Sluice listens on ${url}, data in ${directory}`,
    ...hosts.map(({ name, id, address }) => {
      const isRemoved = present !== undefined && !present.has(id);
      return `  ${visibleHost(name, id)}  ${isRemoved ? "removed" : `${address}  ${formatTags(tags)}`}`;
    }),
    `For AWS tools: eval "$(sluice env${dataOption(directory)})"`,
    `To watch it in a browser: sluice console${dataOption(directory)}`,
  ];
}

function formatTags(tags: readonly Tag[]): string {
  return tags.map(({ Key, Value }) => `${Key}=${Value}`).join(" ");
}

/** What makes a command find the server from where the user is: nothing, where it finds it by itself. */
function dataOption(directory: string): string {
  try {
    if (directoryPlace(undefined)?.directory === directory) return "";
  } catch {
    // Another directory is the nearest one, and is not to be used.
  }
  return ` --data ${shown(directory)}`;
}

function shown(path: string): string {
  const short = relative(process.cwd(), path);
  return shellWord(short !== "" && !short.startsWith("..") ? short : path);
}

function argumentsOf(directory: string, { hosts, tag, listen, config }: UpOptions): string[] {
  return [
    ...["--data", directory],
    ...(hosts === undefined ? [] : ["--hosts", String(hosts)]),
    ...(tag ?? []).flatMap(({ Key, Value }) => ["--tag", `${Key}=${Value}`]),
    ...(listen === undefined
      ? []
      : ["--listen", `${listen.host.includes(":") ? `[${listen.host}]` : listen.host}:${listen.port}`]),
    ...(config === undefined ? [] : ["--config", resolve(config)]),
  ];
}
