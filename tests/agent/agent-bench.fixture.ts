import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CommandOutcome, LifecycleCommand, OutputSink } from "@sluice/agent/host/lifecycle-command.ts";
import type { LifecycleHost } from "@sluice/agent/host/lifecycle-host.ts";
import { writeEnrolment } from "@sluice/agent/identity/enrolment-files.ts";
import { createAgentLog } from "@sluice/agent/process/agent-log.ts";
import { runAgent } from "@sluice/agent/run-agent.ts";
import { type FakeCommandServer, HOST_IDENTIFIER } from "./fake-command-server.fixture.ts";

export const SUCCEEDED: CommandOutcome = { errorCode: 0, scriptName: "", message: "Succeeded", log: "" };

/** Waits for a condition; the test's own time limit ends a wait that never comes true. */
export async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setTimeout(resolve, 5));
}

export function enrolledDirectory(server: FakeCommandServer): string {
  const directory = mkdtempSync(join(tmpdir(), "sluice-agent-"));
  writeEnrolment(directory, {
    server: server.url,
    region: "us-east-1",
    accountId: "111122223333",
    hostId: "i-0123456789abcdef0",
    hostName: "web-1",
    hostIdentifier: HOST_IDENTIFIER,
    onPremises: false,
    serverFingerprints: [],
    signingCertificate: server.certificate.certificatePem,
    credentials: { accessKeyId: "AKIAHOST", secretAccessKey: "secret-of-the-host" },
  });
  return directory;
}

export function removeDirectory(directory: string): void {
  rmSync(directory, { recursive: true, force: true });
}

/** A host whose events do what the test says, and that counts how often each began. */
export class FakeHost implements LifecycleHost {
  readonly started: string[] = [];
  readonly bundleUrls: (string | undefined)[] = [];
  running = 0;
  runningMost = 0;
  isNoopAnswer: (command: LifecycleCommand) => boolean = () => false;
  act: (command: LifecycleCommand, sink: OutputSink, signal: AbortSignal) => Promise<CommandOutcome> = async () =>
    SUCCEEDED;

  isNoop(command: LifecycleCommand): boolean {
    return this.isNoopAnswer(command);
  }

  async run(command: LifecycleCommand, sink: OutputSink, signal: AbortSignal): Promise<CommandOutcome> {
    this.started.push(`${command.specification.DeploymentId}:${command.commandName}`);
    this.bundleUrls.push(command.bundleUrl);
    this.running += 1;
    this.runningMost = Math.max(this.runningMost, this.running);
    try {
      return await this.act(command, sink, signal);
    } finally {
      this.running -= 1;
    }
  }
}

export interface StartedAgent {
  readonly lines: readonly string[];
  readonly exitCode: Promise<number>;
  stop(): Promise<number>;
}

export function startAgent(directory: string, host: LifecycleHost): StartedAgent {
  const stopping = new AbortController();
  const lines: string[] = [];
  const log = createAgentLog("text", (line) => lines.push(line));
  const exitCode = runAgent({ directory, host, log, stopWhen: stopping.signal });
  exitCode.catch(() => undefined);
  return {
    lines,
    exitCode,
    stop: () => {
      stopping.abort();
      return exitCode;
    },
  };
}
