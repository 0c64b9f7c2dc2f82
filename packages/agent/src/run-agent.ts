import { join, resolve } from "node:path";
import { ownServiceManager } from "@sluice/wire/program/service-manager.ts";
import { checkHostSettings } from "./host/host-settings.ts";
import type { LifecycleHost } from "./host/lifecycle-host.ts";
import { whoElseMayChange } from "./host/who-else-may-change.ts";
import { AGENT_VERSION } from "./identity/agent-version.ts";
import { ENROLMENT_FILE_NAMES, type Enrolment, readEnrolment } from "./identity/enrolment-files.ts";
import { EnrolmentWatch } from "./identity/enrolment-watch.ts";
import { trustIn } from "./identity/server-pins.ts";
import { type AgentLog, type AgentLogFormat, createAgentLog, describeFailure } from "./process/agent-log.ts";
import { pause } from "./process/back-off.ts";
import { monotonicMs } from "./process/monotonic-time.ts";
import { ScriptWatch } from "./process/script-watch.ts";
import { becomeOnlyInstance } from "./process/single-instance.ts";
import { StopSwitch } from "./process/stop-switch.ts";
import { type CommandParts, recover } from "./protocol/command-execution.ts";
import { connectToServer } from "./protocol/connect-to-server.ts";
import { beatUntilStopped, sayGoodbye } from "./protocol/heartbeat.ts";
import { HeldCommands } from "./protocol/held-commands.ts";
import { Journal } from "./protocol/journal.ts";
import { LogShipper } from "./protocol/log-shipper.ts";
import { type PollReport, pollUntilStopped } from "./protocol/poll-loop.ts";
import { SpecificationSource } from "./protocol/specification-source.ts";
import { createRealHost } from "./real-host.ts";
import type { RunningAgent } from "./status.ts";
import { type OwnSupervisor, ownSupervisor, renewSupervisor } from "./supervision/own-supervisor.ts";
import { SWITCH_EXIT_CODE } from "./supervision/programs.ts";
import { AgentUpgrade } from "./upgrade/agent-upgrade.ts";

export interface RunAgentOptions {
  /** Where the host was enrolled; deployments are kept below it. */
  readonly directory: string;
  readonly logFormat?: AgentLogFormat | undefined;
  readonly log?: AgentLog | undefined;
  /** What runs lifecycle events; the real host when absent. */
  readonly host?: LifecycleHost | undefined;
  /** Stops the agent as the first SIGTERM does. */
  readonly stopWhen?: AbortSignal | undefined;
}

export const EXIT_STOPPED = 0;
/** A second signal: scripts that run are left, and reported as failed at the next start. */
export const EXIT_FORCED = 1;
/** The reference agent's `kill_agent_max_wait_time_seconds`. */
export const MAX_SCRIPTS_ON_STOP_MILLISECONDS = 7_200_000;
/** How long an agent that stops goes on trying to report what has ended; then the journal keeps it for the next start. */
export const MAX_REPORTS_ON_STOP_MILLISECONDS = 10_000;
/** For scripts that were told to end after all: the host's own TERM, KILL and report. */
const MAX_KILLED_SCRIPTS_MILLISECONDS = 30_000;
const MAX_LEAVE_MILLISECONDS = 1_000;

/**
 * Runs the agent of a directory until SIGTERM or SIGINT, or until it is to be replaced: what runs then is finished and reported first. Resolves with the exit code; ends
 * the process on a second signal; rejects with `NotEnrolled`, `WrongHostSetting` or `AlreadyRunning` when it cannot begin.
 */
export async function runAgent(options: RunAgentOptions): Promise<number> {
  // Scripts run elsewhere, and the pointers to deployments are read elsewhere.
  const directory = resolve(options.directory);
  const log = options.log ?? createAgentLog(options.logFormat);
  const enrolment = readEnrolment(directory);
  checkHostSettings(enrolment.host ?? {}, join(directory, ENROLMENT_FILE_NAMES.agent));
  const problem = whoElseMayChange(directory);
  if (problem !== undefined) {
    log.warn(`users of this host can make the agent, which runs as root, run their scripts: ${problem}`, { directory });
  }
  const held = new HeldCommands();
  const supervisor = ownSupervisor();
  if (supervisor) renewSupervisor(supervisor.programs, log);
  // A supervisor speaks to it by itself.
  const manager = ownServiceManager();
  const polls: PollReport = { lastPollAt: undefined, lastFailure: undefined };
  const stop = new StopSwitch(log);
  const startedAt = new Date();
  const lock = await becomeOnlyInstance(directory, () => describe(held, polls, stop, startedAt));
  try {
    stop.listen(options.stopWhen);
    manager?.tellReady();
    const finished = serve(enrolment, directory, options.host, { held, polls, stop, log, supervisor });
    const exitCode = await Promise.race([finished, stop.forced.then(() => EXIT_FORCED)]);
    // Scripts and requests that are under way would keep the process for as long as they take.
    if (exitCode === EXIT_FORCED) process.exit(EXIT_FORCED);
    return exitCode;
  } finally {
    stop.close();
    supervisor?.close();
    manager?.close();
    await lock.release();
  }
}

interface Service {
  readonly held: HeldCommands;
  readonly polls: PollReport;
  readonly stop: StopSwitch;
  readonly log: AgentLog;
  readonly supervisor: OwnSupervisor | undefined;
}

async function serve(
  enrolment: Enrolment,
  directory: string,
  host: LifecycleHost | undefined,
  { held, polls, stop, log, supervisor }: Service,
): Promise<number> {
  const tls = trustIn(enrolment, directory, log);
  const server = connectToServer(enrolment, tls, log);
  const watch = new EnrolmentWatch({ directory, enrolment, connections: () => [server.connections], log });
  watch.start();
  const journal = Journal.open(directory);
  const leaving = new AbortController();
  const ending = new AbortController();
  const silent = new AbortController();
  const parts: CommandParts = {
    server,
    journal,
    held,
    log,
    host: host ?? createRealHost(enrolment, tls, directory, log),
    specifications: new SpecificationSource(enrolment.signingCertificate),
    logs: new LogShipper(server, (command, characters, error) =>
      log.warn("the server does not store some of a command's output", {
        command,
        characters,
        problem: describeFailure(error),
      }),
    ),
    scripts: new ScriptWatch(),
    stopping: stop.signal,
    leaving: leaving.signal,
    ending: ending.signal,
  };
  log.info("the agent runs", { host: enrolment.hostId, server: enrolment.server, version: AGENT_VERSION });

  let isSwitching = false;
  const upgrade = new AgentUpgrade({
    directory,
    programs: supervisor?.programs,
    hostIdentifier: enrolment.hostIdentifier,
    signingCertificate: enrolment.signingCertificate,
    source: (offer, signal) => server.downloadProgram(offer, signal),
    now: () => server.now(),
    onSwitch: () => {
      isSwitching = true;
      stop.ask("the next program is here");
    },
    stopping: stop.signal,
    log,
  });
  polls.onFirstAnswer = () => {
    upgrade.confirm();
    supervisor?.tellAnswered();
  };

  const recovering = journal.unreported().map((entry) => recover(entry, parts));
  const beating = beatUntilStopped(server, held, upgrade, log, silent.signal);
  const polling = pollUntilStopped(enrolment.hostIdentifier, parts, polls);
  await stop.requested;
  await letHeldCommandsEnd(held, leaving, ending, log);
  // A script that cannot even be killed must not keep the agent: the journal knows it.
  await Promise.race([
    Promise.all([polling, ...recovering]),
    ...(leaving.signal.aborted ? [pause(MAX_LEAVE_MILLISECONDS)] : []),
  ]);

  silent.abort();
  await beating;
  // The new program speaks for the host in a moment: it is not away.
  if (!isSwitching) await sayGoodbye(server, held, upgrade, log);
  parts.logs.close();
  parts.scripts.close();
  await journal.close();
  watch.close();
  server.close();
  log.info("the agent has stopped");
  return isSwitching ? SWITCH_EXIT_CODE : EXIT_STOPPED;
}

/** Scripts get {@link MAX_SCRIPTS_ON_STOP_MILLISECONDS} to end by themselves, reports {@link MAX_REPORTS_ON_STOP_MILLISECONDS} to arrive. */
async function letHeldCommandsEnd(
  held: HeldCommands,
  leaving: AbortController,
  ending: AbortController,
  log: AgentLog,
): Promise<void> {
  let scriptsDeadline = monotonicMs() + MAX_SCRIPTS_ON_STOP_MILLISECONDS;
  let reportsDeadline: number | undefined;
  while (held.list().length > 0) {
    const running = held.list().filter((command) => command.state === "running");
    if (running.length > 0) log.info("waiting for scripts to end before stopping", { running: running.length });
    reportsDeadline =
      running.length > 0 ? undefined : (reportsDeadline ?? monotonicMs() + MAX_REPORTS_ON_STOP_MILLISECONDS);
    await pause(Math.max((reportsDeadline ?? scriptsDeadline) - monotonicMs(), 0), held.changed);
    const isOver = monotonicMs() >= (reportsDeadline ?? scriptsDeadline);
    if (isOver && reportsDeadline === undefined && !ending.signal.aborted) {
      ending.abort();
      scriptsDeadline = monotonicMs() + MAX_KILLED_SCRIPTS_MILLISECONDS;
    } else if (isOver) {
      leaving.abort();
      return;
    }
  }
}

function describe(held: HeldCommands, polls: PollReport, stop: StopSwitch, startedAt: Date): RunningAgent {
  return {
    processId: process.pid,
    agentVersion: AGENT_VERSION,
    startedAt: startedAt.toISOString(),
    lastPollAt: polls.lastPollAt?.toISOString(),
    lastFailure: polls.lastFailure,
    isStopping: stop.signal.aborted,
    heldCommands: held.list().map(({ commandId, commandName, deploymentId, state, since }) => ({
      commandId,
      event: commandName,
      deploymentId,
      state,
      since: since.toISOString(),
    })),
  };
}
