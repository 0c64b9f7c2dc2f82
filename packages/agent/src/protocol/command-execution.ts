import { AGENT_ERROR_CODES } from "@sluice/model/diagnostics.ts";
import { isLifecycleEventName, type LifecycleEventName } from "@sluice/model/lifecycle-event.ts";
import type { HostCommand, NextCommand } from "@sluice/wire/command/command-api.ts";
import type { CommandOutcome, FailedEvent, LifecycleCommand, OutputSink } from "../host/lifecycle-command.ts";
import type { LifecycleHost } from "../host/lifecycle-host.ts";
import { type AgentLog, describeFailure } from "../process/agent-log.ts";
import { endLeftGroup, findScriptGroup, identifyProcessGroup, type ProcessGroup } from "../process/process-group.ts";
import type { ScriptListener, ScriptWatch } from "../process/script-watch.ts";
import { completionOf, failedAfterRestart, failedByAgent, NOOP_COMPLETED } from "./command-outcome.ts";
import type { HeldCommand, HeldCommands } from "./held-commands.ts";
import { type HostServer, ServerRefusal } from "./host-server.ts";
import type { Journal, JournalEntry } from "./journal.ts";
import type { LogShipper } from "./log-shipper.ts";
import { deploymentIdOfExecution } from "./specification.ts";
import type { SpecificationSource } from "./specification-source.ts";
import { Stopped, untilAnswered } from "./until-answered.ts";

/** Everything that carrying out a command needs. */
export interface CommandParts {
  readonly server: HostServer;
  readonly host: LifecycleHost;
  readonly journal: Journal;
  readonly specifications: SpecificationSource;
  readonly logs: LogShipper;
  readonly held: HeldCommands;
  readonly scripts: ScriptWatch;
  readonly log: AgentLog;
  /** Aborts when no new command may begin. */
  readonly stopping: AbortSignal;
  /** Aborts when the agent must leave: reports that the server has not answered stay in the journal. */
  readonly leaving: AbortSignal;
  /** Aborts to make running scripts end. */
  readonly ending: AbortSignal;
}

/** Carried out by the server or the load balancer, and never by a host. */
const NEVER_ON_A_HOST: ReadonlySet<LifecycleEventName> = new Set(["BlockTraffic", "AllowTraffic"]);

/** A command that came with the answer to the report of the one before it: the server takes it that it runs. */
interface TakenCommand {
  readonly command: NextCommand;
  readonly held: HeldCommand;
  readonly deploymentGroupId: string;
  /** Settles when it is on the disk. */
  readonly written: Promise<void>;
  /** The same event, which has begun here before: to a server that has forgotten it. */
  readonly earlier: JournalEntry | undefined;
}

/**
 * Carries out one offered command, and those that come with the answers to its report and to theirs: specification, acknowledgement, run, report.
 * Never rejects: whatever goes wrong is reported, or stays in the journal for the next start. Offers of a command that is held already must not come here.
 */
export async function carryOut(command: HostCommand, parts: CommandParts): Promise<void> {
  const held = hold(command, parts);
  await carryOutTaken(await untilLetGo(held, parts, () => prepareAndRun(command, held, parts)), parts);
}

async function carryOutTaken(first: TakenCommand | undefined, parts: CommandParts): Promise<void> {
  let taken = first;
  while (taken !== undefined) {
    const next: TakenCommand = taken;
    taken = await untilLetGo(next.held, parts, () => prepareAndRunTaken(next, parts));
  }
}

function hold(command: NextCommand, { held }: CommandParts): HeldCommand {
  return held.hold({
    commandId: command.HostCommandIdentifier,
    commandName: command.CommandName,
    deploymentId: command.DeploymentExecutionId.split("/").at(-1) ?? "",
  });
}

async function untilLetGo(
  held: HeldCommand,
  parts: CommandParts,
  work: () => Promise<TakenCommand | undefined>,
): Promise<TakenCommand | undefined> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof Stopped)
      parts.log.info("a command is deferred to the next start", { command: held.commandId });
    else parts.log.error("a command failed with an internal error of the agent", { problem: describeFailure(error) });
    return undefined;
  } finally {
    parts.held.letGo(held);
  }
}

async function prepareAndRun(
  command: HostCommand,
  held: HeldCommand,
  parts: CommandParts,
): Promise<TakenCommand | undefined> {
  const known = parts.journal.find(held.commandId);
  if (known !== undefined) return answerAgain(known, held, parts);
  let prepared: LifecycleCommand;
  try {
    prepared = await prepare(command, parts.stopping, parts);
  } catch (error) {
    if (error instanceof Stopped) throw error;
    return failUnacknowledged(error, held, parts);
  }
  return parts.held.inTurn(prepared.specification.DeploymentGroupId, () => acknowledgeAndRun(prepared, held, parts));
}

/** Also while the agent stops: the server waits for its outcome, as for that of every command that was acknowledged. */
async function prepareAndRunTaken(
  { command, held, deploymentGroupId, written, earlier }: TakenCommand,
  parts: CommandParts,
): Promise<TakenCommand | undefined> {
  if (earlier !== undefined) return answerAgain(earlier, held, parts);
  let prepared: LifecycleCommand;
  try {
    prepared = await prepare(command, parts.leaving, parts);
  } catch (error) {
    if (error instanceof Stopped) throw error;
    return end(failedByAgent(error), held, parts);
  }
  return parts.held.inTurn(deploymentGroupId, async () => {
    try {
      await written;
    } catch (error) {
      return end(failedByAgent(journalProblem(error)), held, parts);
    }
    return run(prepared, held, parts);
  });
}

/** The checks before anything is run, and before anything is acknowledged that was not acknowledged with a report. */
async function prepare(command: NextCommand, signal: AbortSignal, parts: CommandParts): Promise<LifecycleCommand> {
  const { CommandName: commandName, DeploymentExecutionId: executionId } = command;
  if (!isLifecycleEventName(commandName) || NEVER_ON_A_HOST.has(commandName)) {
    throw new Error(`This agent does not know the command ${JSON.stringify(commandName)}. Update the agent.`);
  }
  deploymentIdOfExecution(executionId);
  const { server, log } = parts;
  const ask = () => server.getDeploymentSpecification(executionId, signal);
  const { specification, bundleUrl } = await parts.specifications.obtain(command, () =>
    untilAnswered("GetDeploymentSpecification", ask, signal, log),
  );
  return { commandName, specification, bundleUrl };
}

async function acknowledgeAndRun(
  command: LifecycleCommand,
  held: HeldCommand,
  parts: CommandParts,
): Promise<TakenCommand | undefined> {
  const { journal, host, stopping } = parts;
  const { DeploymentId: deploymentId, DeploymentGroupId: deploymentGroupId } = command.specification;
  const earlier = journal.findEvent(deploymentId, command.commandName);
  if (earlier !== undefined) return answerAgain(earlier, held, parts);
  if (stopping.aborted) throw new Stopped();
  let isNoop: boolean;
  try {
    isNoop = await host.isNoop(command);
  } catch (error) {
    return failUnacknowledged(error, held, parts);
  }
  if (stopping.aborted) throw new Stopped();
  parts.held.advance(held, "acknowledged");
  const { commandId } = held;
  // On disk while the acknowledgement is under way: after a crash from here on, it is reported and never run.
  const taken = journal.take({ commandId, deploymentId, deploymentGroupId, event: command.commandName });
  const [status, written] = await Promise.allSettled([acknowledge(commandId, isNoop, parts), taken]);
  if (status.status === "rejected") {
    if (status.reason instanceof Stopped) throw status.reason;
    return end(failedByAgent(status.reason), held, parts);
  }
  if (status.value === "Failed" && isNoop) return end(NOOP_COMPLETED, held, parts);
  if (status.value === "Succeeded" || status.value === "Failed") {
    journal.release(commandId);
    return undefined;
  }
  if (written.status === "rejected") return end(failedByAgent(journalProblem(written.reason)), held, parts);
  return run(command, held, parts);
}

function acknowledge(commandId: string, isNoop: boolean, parts: CommandParts) {
  const { server, leaving, log } = parts;
  const ask = () => server.acknowledge(commandId, isNoop, leaving);
  return untilAnswered("PutHostCommandAcknowledgement", ask, leaving, log);
}

async function run(
  command: LifecycleCommand,
  held: HeldCommand,
  parts: CommandParts,
): Promise<TakenCommand | undefined> {
  const { host, logs, log, ending } = parts;
  const { commandId, commandName } = held;
  const output = logs.openCommand(commandId);
  const scriptListener = scriptListenerOf(commandId, parts);
  log.info(`${commandName} begins`, { deployment: held.deploymentId });
  parts.held.advance(held, "running");
  const outcome = await parts.scripts.watch(scriptListener, () => runOnHost(() => host.run(command, output, ending)));
  log.info(`${commandName} ended`, { deployment: held.deploymentId, errorCode: outcome.errorCode });
  if (outcome.errorCode !== AGENT_ERROR_CODES.success) {
    const { DeploymentId: deploymentId, DeploymentGroupId: deploymentGroupId } = command.specification;
    const failed = {
      deploymentId,
      deploymentGroupId,
      event: commandName,
      outcome,
      specification: command.specification,
    };
    await afterFailure(commandId, failed, output, parts);
  }
  return end(outcome, held, parts, output.end());
}

/** What the event came to is on the disk first: whatever happens to the hook, that is what is reported. */
async function afterFailure(
  commandId: string,
  failed: FailedEvent,
  output: OutputSink,
  parts: CommandParts,
): Promise<void> {
  const { host, journal, scripts, ending, log } = parts;
  if (host.afterFailure === undefined) return;
  await journal.end(commandId, failed.outcome).catch((error: unknown) => {
    log.error("the journal cannot be written", { problem: describeFailure(error) });
  });
  try {
    await scripts.watch(scriptListenerOf(commandId, parts), async () => host.afterFailure?.(failed, output, ending));
  } catch (error) {
    log.warn("the OnFailure hook could not run", { deployment: failed.deploymentId, problem: describeFailure(error) });
  }
}

function scriptListenerOf(commandId: string, { journal, log }: CommandParts): ScriptListener {
  const record = (what: string, write: () => void) => {
    try {
      write();
    } catch (error) {
      // Thrown in the child's own event, it would end the agent. The script may be the one that frees the disk.
      log.warn(`a script's ${what} could not be stored`, { problem: describeFailure(error) });
    }
  };
  return {
    onMark: (mark: string) => record("mark", () => journal.recordMark(commandId, mark)),
    onStart: (processId: number) => {
      const processGroup = identifyProcessGroup(processId);
      if (processGroup) record("number", () => journal.recordScript(commandId, processGroup));
    },
  };
}

/** A host that throws has failed the event; code 5 says that it was not a script's doing. */
async function runOnHost(start: () => Promise<CommandOutcome>): Promise<CommandOutcome> {
  try {
    return await start();
  } catch (error) {
    return failedByAgent(error);
  }
}

/** Records how it ended and reports it, both at once: either is enough to keep the outcome. */
async function end(
  outcome: CommandOutcome,
  held: HeldCommand,
  parts: CommandParts,
  outputSent: Promise<void> = Promise.resolve(),
): Promise<TakenCommand | undefined> {
  const { journal, log } = parts;
  parts.held.advance(held, "reporting");
  const recorded = journal.end(held.commandId, outcome).catch((error: unknown) => {
    log.error("the journal cannot be written", { problem: describeFailure(error) });
  });
  await outputSent;
  const [, taken] = await Promise.all([recorded, report(held.commandId, outcome, parts)]);
  return taken;
}

async function report(
  commandId: string,
  outcome: CommandOutcome,
  parts: CommandParts,
): Promise<TakenCommand | undefined> {
  const { server, journal, stopping, leaving, log } = parts;
  // Of what is not in the journal no other agent process would ask again, and so hear what came with the answer.
  const entry = journal.find(commandId);
  const takesNext = entry !== undefined && entry.deploymentGroupId !== "" && !stopping.aborted;
  const completion = { ...completionOf(commandId, outcome), ...(takesNext && { TakesNextCommand: true }) };
  let taken: TakenCommand | undefined;
  try {
    const ask = () => server.complete(completion, leaving);
    const next = await untilAnswered("PutHostCommandComplete", ask, leaving, log);
    if (next !== undefined && entry !== undefined) taken = takeNext(next, entry, parts);
  } catch (error) {
    if (!(error instanceof ServerRefusal)) throw error;
    log.warn("the server does not accept a command's result", { command: commandId, problem: describeFailure(error) });
  }
  journal.report(commandId);
  return taken;
}

/**
 * In the journal and on the heartbeats' list before the command ahead of it is off them: an agent that dies here reports that one again, and so learns of this
 * one, or knows that it has taken it.
 */
function takeNext(command: NextCommand, before: JournalEntry, parts: CommandParts): TakenCommand | undefined {
  const { held: commands, journal } = parts;
  const { HostCommandIdentifier: commandId, CommandName: event } = command;
  const { deploymentId, deploymentGroupId } = before;
  // Said again of what is under way here already. One that is being reported is reported again: its report may have been answered before the server forgot it.
  if (commands.isAhead(commandId)) return undefined;
  const held = hold(command, parts);
  commands.advance(held, "acknowledged");
  const earlier = journal.find(commandId) ?? journal.findEvent(deploymentId, event);
  const written =
    earlier === undefined ? journal.take({ commandId, deploymentId, deploymentGroupId, event }) : Promise.resolve();
  // Looked at when its turn comes; until then it must not end the agent.
  written.catch(() => {});
  return { command, held, deploymentGroupId, written, earlier };
}

/** Nothing ran and nothing was acknowledged: the failure is all there is to say (reference agent: `acknowledge_and_process_command`). */
async function failUnacknowledged(
  error: unknown,
  held: HeldCommand,
  parts: CommandParts,
): Promise<TakenCommand | undefined> {
  const { commandId, commandName } = held;
  parts.log.error(`${commandName} was refused`, { command: commandId, problem: describeFailure(error) });
  return report(commandId, failedByAgent(error), parts);
}

/** The event has begun before, by this command or another: it never begins again, and what came of it is said again. */
async function answerAgain(
  entry: JournalEntry,
  held: HeldCommand,
  parts: CommandParts,
): Promise<TakenCommand | undefined> {
  parts.log.warn("the server offered an event that has already run; its result is reported again", {
    command: held.commandId,
    event: entry.event,
  });
  return report(held.commandId, entry.outcome ?? failedAfterRestart("gone"), parts);
}

/**
 * What an earlier agent process left behind. Outcomes that it had are reported as they are; what was in progress has failed: a script
 * that still runs is ended first, in its group's turn, so that nothing of the group runs beside it. What comes with the answers to these reports is carried out.
 */
export async function recover(entry: JournalEntry, parts: CommandParts): Promise<void> {
  const { commandId, deploymentId, event } = entry;
  const held = parts.held.hold({ commandId, commandName: event, deploymentId });
  parts.held.advance(held, "acknowledged");
  const recovering = () =>
    parts.held.inTurn(entry.deploymentGroupId, async () => {
      const group = entry.processGroup ?? unrecordedGroup(entry);
      const ending = group === undefined ? "gone" : await endLeftGroup(group);
      // The agent died while it reported, or in the OnFailure hook.
      if (entry.outcome !== undefined) return answerRecovered(entry, entry.outcome, held, parts);
      parts.log.warn("a lifecycle event was in progress when the agent stopped; it is reported as failed", {
        deployment: deploymentId,
        event,
        script: ending,
      });
      return answerRecovered(entry, failedAfterRestart(ending), held, parts);
    });
  await carryOutTaken(await untilLetGo(held, parts, recovering), parts);
}

async function answerRecovered(
  { deploymentId, deploymentGroupId, event, commandId }: JournalEntry,
  outcome: CommandOutcome,
  held: HeldCommand,
  parts: CommandParts,
): Promise<TakenCommand | undefined> {
  if (outcome.errorCode === AGENT_ERROR_CODES.success) return report(commandId, outcome, parts);
  const output = parts.logs.openCommand(commandId, FIRST_SEQUENCE_AFTER_RESTART);
  await afterFailure(commandId, { deploymentId, deploymentGroupId, event, outcome }, output, parts);
  return end(outcome, held, parts, output.end());
}

/** Above all that an event can come to, and within the 32 bits of the call. */
const FIRST_SEQUENCE_AFTER_RESTART = 2 ** 30;

/** A script runs a moment before its number is in the journal, and an agent may be killed in that moment. */
function unrecordedGroup({ scriptMark }: JournalEntry): ProcessGroup | undefined {
  return scriptMark === undefined ? undefined : findScriptGroup(scriptMark);
}

function journalProblem(cause: unknown): Error {
  return new Error("The agent's journal cannot be written, so nothing was run. Check the free disk space: df -h", {
    cause,
  });
}
