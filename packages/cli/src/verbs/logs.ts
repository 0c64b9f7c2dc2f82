import { LIFECYCLE_EVENTS } from "@sluice/model/lifecycle-event.ts";
import { visibleLine, visibleText } from "@sluice/model/visible-text.ts";
import type { LogEntry } from "@sluice/wire/sluice/sluice-api.ts";
import type { Command } from "commander";
import {
  addClientOptions,
  addExamples,
  addJsonOption,
  type ClientOptions,
  parsePositiveInteger,
  wordOf,
} from "../arguments/options.ts";
import { CommandFailed, EXIT_USAGE } from "../command-failed.ts";
import { printFunctionLogs } from "../deployment/function-logs.ts";
import {
  ecsTargetOf,
  printTaskLogs,
  replacementTasks,
  type TaskLogOptions,
  tasksAsked,
} from "../deployment/task-logs.ts";
import { print, printError, printJsonLine, printRaw } from "../output.ts";
import { type Connection, connect } from "../place/server-connection.ts";
import { DeploymentReader, readHostNames } from "../progress/deployment-view.ts";
import { eventKey, storedTails } from "../progress/stored-tails.ts";
import { visibleHost } from "../terminal/printing.ts";

/** The longest that the server holds an answer (GetDeploymentLogs). */
const WAIT_SECONDS = 20;
const READ_TIMEOUT_MILLISECONDS = 60_000;

interface LogsOptions extends ClientOptions, TaskLogOptions {
  readonly host?: string;
  readonly event?: string;
  readonly function?: string;
}

export function define(command: Command): void {
  command
    .argument("[deployment]", "the deployment's id, such as d-A1B2C3D4E")
    .option("-f, --follow", "follow until the deployment ends; of tasks and functions, until Ctrl-C")
    .option("--host <host>", "only the output of this host, by name or id")
    .option("--event <event>", "only the output of this lifecycle event, such as ValidateService")
    .option("--service <cluster/service>", "instead of a deployment: what the containers of this ECS service wrote")
    .option("--task <id>", "instead of a deployment: what the containers of this ECS task wrote")
    .option("--function <name>", "instead of a deployment: what this function of the server wrote")
    .option("--container <name>", "only of the container of this name (ECS)")
    .option("--tail <n>", "only the last lines (ECS, functions)", parsePositiveInteger)
    .option("--raw", "only the output itself, byte for byte, to a file or a pipe; not to a terminal");
  addJsonOption(addClientOptions(command));
  addExamples(
    command,
    "sluice logs d-A1B2C3D4E -f --data .sluice/up",
    "sluice logs d-A1B2C3D4E --host host-2 --event ValidateService",
    "sluice logs --service demo/shop --follow --data .sluice/up",
    "sluice logs --function payments --follow --tail 20 --data .sluice/up",
  );
  command.addHelpText(
    "after",
    "\nOf a deployment to hosts, what its scripts wrote; of one to ECS, what the containers of its replacement task set wrote, if the tasks run on this server's Docker Engine. Containers of tasks that stopped are kept for an hour. Of a function that this server runs, the newest 5 to 10 MiB.\n\nAgents that do not stream output (AWS's) send only the end of the log of a failed event: if there is no other output, that is printed. Control characters in the output are shown as \\x1b. With --json, one entry per line.",
  );
  command.action(async (deploymentId: string | undefined, options: LogsOptions) => {
    const event = options.event === undefined ? undefined : wordOf(LIFECYCLE_EVENTS, options.event);
    if (options.event !== undefined && event === undefined) {
      throw usage(`--event ${options.event} is not a valid lifecycle event; use one of ${LIFECYCLE_EVENTS.join(", ")}`);
    }
    if (options.raw && options.json) throw usage("give either --raw or --json");
    if (options.raw && process.stdout.isTTY) {
      throw usage(
        "--raw does not write to a terminal, because control characters in the output could change it. Write to a file or a pipe, or omit --raw",
      );
    }
    const given = [deploymentId, options.service, options.task, options.function].filter((each) => each !== undefined);
    if (given.length !== 1) {
      throw usage("give one of DEPLOYMENT, --service CLUSTER/SERVICE, --task ID, --function NAME");
    }
    using connection = connect(options);
    if (options.function !== undefined) {
      refuse(options, ["host", "event"], "is for deployments to hosts");
      refuse(options, ["container"], "is for ECS");
      await printFunctionLogs(connection, options.function, options);
      return;
    }
    if (deploymentId === undefined) {
      refuse(options, ["host", "event"], "is for deployments to hosts");
      await printTaskLogs(connection, tasksAsked(options), options);
      return;
    }
    const target = await ecsTargetOf(connection, deploymentId);
    if (target === undefined) {
      refuse(options, ["container", "tail"], "is for ECS, and the deployment is to hosts");
      await printLogs(connection, deploymentId, { ...options, ...(event === undefined ? {} : { event }) });
      return;
    }
    refuse(options, ["host", "event"], "is for deployments to hosts, and this one is to an ECS service");
    await printTaskLogs(connection, replacementTasks(deploymentId, target), options);
  });
}

function refuse(options: LogsOptions, names: readonly ("host" | "event" | "container" | "tail")[], why: string): void {
  const given = names.find((name) => options[name] !== undefined);
  if (given !== undefined) throw usage(`--${given} ${why}: leave it out`);
}

function usage(message: string): CommandFailed {
  return new CommandFailed(message, { exitStatus: EXIT_USAGE });
}

async function printLogs(connection: Connection, deploymentId: string, options: LogsOptions): Promise<void> {
  const targetId = options.host === undefined ? undefined : await findHost(connection, options.host);
  const printEntry = options.json ? printJsonLine : options.raw ? printRawText : linePrinter();
  let cursor: string | undefined;
  const printed = new Set<string>();
  while (true) {
    const page = await connection.sluice.call("GetDeploymentLogs", {
      deploymentId,
      targetId,
      lifecycleEvent: options.event,
      cursor,
      waitSeconds: options.follow ? WAIT_SECONDS : 0,
    });
    for (const entry of page.entries) {
      printEntry(entry);
      printed.add(eventKey(entry.targetId, entry.lifecycleEvent));
    }
    cursor = page.cursor;
    if (page.ended || (!options.follow && page.entries.length === 0)) break;
  }
  const reader = new DeploymentReader(connection.codeDeploy, connection.sluice, deploymentId);
  const view = await reader.read(AbortSignal.timeout(READ_TIMEOUT_MILLISECONDS));
  const tails = storedTails(view, { known: printed, targetId, lifecycleEvent: options.event });
  if (tails.length > 0 && !options.json) printError("For these failed events, the agent sent only the end of the log:");
  for (const entry of tails) printEntry(entry);
  if (printed.size === 0 && tails.length === 0) printError(nothingKept(deploymentId, options));
}

/** On standard error: what is printed is what scripts wrote, and nothing else. */
function nothingKept(deploymentId: string, { host, event }: LogsOptions): string {
  const of = [host && ` on ${host}`, event && ` in ${event}`].filter(Boolean).join("");
  return `The server has no output of ${deploymentId}${of}: no script wrote any, or the server was restored from a backup without logs (--no-logs)`;
}

async function findHost(connection: Connection, host: string): Promise<string> {
  const names = await readHostNames(connection.sluice, AbortSignal.timeout(60_000));
  if (names.has(host)) return host;
  const ids = [...names].filter(([, name]) => name === host).map(([id]) => id);
  const [id] = ids;
  if (id === undefined) throw new CommandFailed(`--host ${host}: no such host. See: sluice hosts list --all`);
  if (ids.length > 1)
    throw new CommandFailed(`--host ${host} names several hosts: give the id of one, ${ids.join(" or ")}`);
  return id;
}

function printRawText({ text }: LogEntry): void {
  printRaw(text);
}

/** Heads each run of lines of the same host, event and script with a line that names them. */
function linePrinter(): (entry: LogEntry) => void {
  let heading = "";
  return (entry) => {
    const host = visibleHost(entry.hostName, entry.targetId);
    const next = `${host} ${entry.lifecycleEvent} ${visibleLine(entry.scriptName)}`.trimEnd();
    if (next !== heading) print(`${heading === "" ? "" : "\n"}== ${next}`);
    heading = next;
    const text = visibleText(entry.text);
    const prefix = entry.stream === "stderr" ? "! " : "  ";
    for (const line of text.replace(/\n$/, "").split("\n")) print(`${prefix}${line}`);
  };
}
