import { existsSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { AgentStatus } from "@sluice/agent/status.ts";
import { whyUnreadable } from "@sluice/model/unreadable-file.ts";
import type { Tag } from "@sluice/wire/sluice/sluice-api.ts";
import { CommandFailed } from "../command-failed.ts";
import { runProgram } from "../process/run-program.ts";
import { awsAgentBeside } from "./aws-agent-beside.ts";
import { installProgram, linkProgram } from "./install-program.ts";
import { oneAtATime } from "./installing-door.ts";
import { LOG_FILE, packageUnit, UNIT_FILE } from "./places.ts";
import { logCommand, type ServiceKind, serviceKind, startCommand, startService, writeUnit } from "./service.ts";
import { Undo } from "./undo.ts";

export interface InstallOptions {
  readonly data: string;
  /** Absent: this host is enrolled already. */
  readonly server?: string | undefined;
  /** Asked for only where the host has to enrol. */
  readonly token: () => Promise<string>;
  /** The program to install; the one that runs when absent. */
  readonly program?: string | undefined;
  readonly name?: string | undefined;
  readonly tags?: readonly Tag[] | undefined;
  readonly onPremises?: boolean | undefined;
  readonly zone?: string | undefined;
  readonly address?: string | undefined;
  readonly certificateAuthority?: string | undefined;
  readonly proxy?: string | undefined;
  /** False: the agent is installed and enrolled, and somebody else starts it. */
  readonly service: boolean;
}

export interface InstalledAgent {
  readonly hostId: string;
  readonly hostName: string;
  readonly server: string;
  readonly isEnrolledNow: boolean;
  /** Absent: it was not started, and this is the command that does. */
  readonly kind?: ServiceKind | undefined;
  readonly startCommand: string;
  readonly processId?: number | undefined;
  /** What is to be known besides. */
  readonly notes: readonly string[];
}

const ANSWER_PATIENCE_MILLISECONDS = 30_000;
const POLL_MILLISECONDS = 50;

/**
 * Installs the agent's program and service on this host, enrols it where it is not yet, and waits until the server has answered it. Whatever of it is there
 * already stays. Until the host is enrolled, a failure undoes everything; after that the same command goes on where it ended.
 */
export async function installAgent(options: InstallOptions): Promise<InstalledAgent> {
  requireRoot();
  return oneAtATime(() => install(options));
}

async function install(options: InstallOptions): Promise<InstalledAgent> {
  const { PROGRAMS_DIRECTORY } = await import("@sluice/agent/supervision/programs.ts");
  const { SUPERVISE_TEXT } = await import("@sluice/agent/supervision/supervise-text.ts");
  const data = resolve(options.data);
  const place = { programs: PROGRAMS_DIRECTORY, data };
  const program = await programToInstall(options.program);
  const kind = serviceKind();
  const notes: string[] = [];
  const undo = new Undo();
  let enrolled: Enrolled;
  let isNew: boolean;
  try {
    isNew = installProgram(program, { programs: PROGRAMS_DIRECTORY, supervise: SUPERVISE_TEXT }, undo);
    // The Debian package has the command already, and would be hidden by ours.
    if (packageUnit() === undefined && !linkProgram(PROGRAMS_DIRECTORY, undo)) {
      notes.push(`another program has the name of the command, which is therefore ${PROGRAMS_DIRECTORY}/current`);
    }
    enrolled = await enrolIfNeeded(options, data);
  } catch (error) {
    undo.run();
    throw error;
  }
  undo.keep();
  const { readAgentStatus } = await import("@sluice/agent/status.ts");
  const { hostId = "", hostName = "", server = "" } = await readAgentStatus(data);
  const { isEnrolledNow } = enrolled;
  const passedOver = isEnrolledNow ? [] : passedOverOptions(options, hostName);
  if (passedOver.length > 0) {
    notes.push(
      `this host is enrolled already, so ${passedOver.join(", ")} had no effect. To enrol it anew: sluice agent enroll --force --data ${data}`,
    );
  }
  const beside = awsAgentBeside();
  if (beside !== undefined) notes.push(beside);
  const installed = { hostId, hostName, server, isEnrolledNow, startCommand: startCommand(place), notes };
  if (!options.service) return installed;
  if (kind === "systemd") {
    const note = packageNote(packageUnit());
    if (note !== undefined) notes.push(note);
    isNew = (await writeUnit(place)) || isNew;
  } else {
    notes.push(
      `this host has no systemd, so the agent runs in the background and writes its log to ${LOG_FILE}. After a reboot nothing starts it: add the command to what starts this host's services: ${startCommand(place)}`,
    );
  }
  await startService(kind, place, isNew || isEnrolledNow || enrolled.isProxyNew);
  const running = await untilAnswered(data, kind);
  return { ...installed, kind, processId: running.processId };
}

/** What is to be known where the Debian package has put a unit of the same name. */
export function packageNote(unit: string | undefined): string | undefined {
  if (unit === undefined) return undefined;
  return `the Debian package has an agent, too (${unit}). ${UNIT_FILE} takes its place: the server upgrades this agent, and not the package. To go back to the package's: sluice agent uninstall, then sluice agent enroll`;
}

/** What a host that is enrolled has no use for. Its server and a token are not meant: the line by which it joined may be run again. */
export function passedOverOptions(options: Partial<InstallOptions>, hostName: string): readonly string[] {
  const { tags: tag, onPremises, zone, address, certificateAuthority } = options;
  const name = options.name === hostName ? undefined : options.name;
  const given = { name, tag, "on-premises": onPremises, zone, address, "ca-file": certificateAuthority };
  return Object.entries(given).flatMap(([option, value]) => (value === undefined ? [] : [`--${option}`]));
}

function requireRoot(): void {
  if (process.getuid?.() === 0) return;
  throw new CommandFailed("installing the agent needs root: run it with sudo");
}

async function programToInstall(given: string | undefined): Promise<string> {
  const { ownProgram } = await import("@sluice/wire/program/own-program.ts");
  const own = ownProgram();
  if (given === undefined && own.isSingleFile) return own.file;
  if (given === undefined) {
    throw new CommandFailed(
      `${own.file} is a checkout, which needs its directory and npm's packages. Make one file of it (npm run release), and give its name: --program release/sluice-${own.version}-${own.platform}`,
    );
  }
  if (!existsSync(given)) throw new CommandFailed(`--program ${given} does not exist. Name a file of the release`);
  if (!(own.isSingleFile && given === own.file)) {
    await runProgram([resolve(given), "version"]).catch((error: unknown) => {
      throw new CommandFailed(
        `--program ${given} does not run here (${(error as Error).message}). Use the file of the release for this processor: ${own.platform}`,
        { cause: error },
      );
    });
  }
  return resolve(given);
}

interface Enrolled {
  readonly isEnrolledNow: boolean;
  /** An agent that runs has to be started again for it. */
  readonly isProxyNew: boolean;
}

/** Spends a use of the token only where this host has no enrolment at that server, or one that the server refuses. */
async function enrolIfNeeded(options: InstallOptions, data: string): Promise<Enrolled> {
  const { readEnrolment, isEnrolled, replaceHostSettings } = await import("@sluice/agent/identity/enrolment-files.ts");
  const { enrolmentTrouble } = await import("@sluice/agent/protocol/host-calls.ts");
  const trouble = isEnrolled(data) ? await enrolmentTrouble(data, options.server) : "this host is not enrolled";
  const isEnrolledNow = trouble !== undefined;
  if (options.proxy !== undefined) process.env.https_proxy = process.env.http_proxy = options.proxy;
  if (isEnrolledNow) {
    const { enrolHost } = await import("@sluice/agent/identity/enrol.ts");
    if (options.server === undefined) {
      throw new CommandFailed(
        `${trouble}. Create a token on the server (sluice token create) and run the line that it prints, or give --server URL --token-file -`,
      );
    }
    const { certificateAuthority, name, tags, onPremises, zone, address } = options;
    const nameTag = name !== undefined;
    const wanted = { name, tags, nameTag, onPremises, zone, address, certificateAuthority };
    await enrolHost({ server: options.server, token: await options.token(), directory: data, ...wanted, force: true });
  }
  // A service has another environment than the shell in which it is installed.
  const { server, host } = readEnrolment(data);
  const proxy = options.proxy ?? (isEnrolledNow ? await proxyOfShell(server) : undefined);
  const isProxyNew = proxy !== undefined && proxy !== host?.proxy;
  if (isProxyNew) {
    const { proxyOfAgent } = await import("@sluice/agent/host/agent-proxy.ts");
    // With one that cannot be used the agent would not start.
    proxyOfAgent(server, { ...host, proxy });
    replaceHostSettings(data, { proxy });
  }
  return { isEnrolledNow, isProxyNew };
}

async function proxyOfShell(server: string): Promise<string | undefined> {
  const { proxyOfAgent } = await import("@sluice/agent/host/agent-proxy.ts");
  return proxyOfAgent(server, undefined)?.url;
}

async function untilAnswered(data: string, kind: ServiceKind): Promise<NonNullable<AgentStatus["running"]>> {
  const { readAgentStatus } = await import("@sluice/agent/status.ts");
  const deadline = performance.now() + ANSWER_PATIENCE_MILLISECONDS;
  let status: AgentStatus;
  do {
    status = await readAgentStatus(data);
    if (status.running?.lastPollAt !== undefined && status.running.lastFailure === undefined) return status.running;
    await sleep(POLL_MILLISECONDS);
  } while (performance.now() < deadline);
  const { running } = status;
  const why =
    running === undefined
      ? `the agent does not start: ${logCommand(kind)}`
      : `the server has not answered the agent: ${running.lastFailure ?? "it said nothing yet"}`;
  throw new CommandFailed(
    `This host is enrolled and the agent installed, but ${why}. See what is wrong: sluice agent doctor. Then run this again`,
  );
}

/** PEM of an authority that a person names. */
export function readAuthority(file: string | undefined): string | undefined {
  if (file === undefined) return undefined;
  const text = textOf(file);
  if (text.includes("-----BEGIN CERTIFICATE-----")) return text;
  throw new CommandFailed(`--ca-file ${file} contains no certificate in PEM form. Name the authority's PEM file`);
}

function textOf(file: string): string {
  try {
    return readFileSync(file, "utf8");
  } catch (cause) {
    throw new CommandFailed(`--ca-file ${file} ${whyUnreadable(cause)}. Name the authority's PEM file`, { cause });
  }
}
