import { ServiceError } from "@sluice/wire/client/errors.ts";
import type { LogChunk } from "@sluice/wire/sluice/sluice-api.ts";
import type { OutputSink } from "../host/lifecycle-command.ts";
import { BackOff, pause } from "../process/back-off.ts";
import { monotonicMs } from "../process/monotonic-time.ts";
import { type HostServer, ServerRefusal } from "./host-server.ts";

/** Output is collected for this long before it is sent, so that a chatty script costs four requests a second. */
export const LOG_BATCH_MILLISECONDS = 250;
/** What is kept of one event; the whole output is in the host's own scripts.log. */
export const MAX_LOG_EVENT_CHARACTERS = 1024 * 1024;
/** What may wait in memory for all events together while the server is away. */
export const MAX_LOG_WAITING_CHARACTERS = 4 * 1024 * 1024;
/** What goes in one request. */
export const MAX_LOG_REQUEST_CHARACTERS = 256 * 1024;
/** Pieces in one request, which take room beside their text. */
export const MAX_LOG_REQUEST_CHUNKS = 1_000;
/** A server that answers and will not take a batch is asked this long, and then the batch is dropped; one that does not answer is waited for. */
export const MAX_LOG_REFUSED_MILLISECONDS = 10 * 60_000;
/** How long a finished event waits for its output to arrive before its outcome is reported without it. */
export const MAX_LOG_FLUSH_MILLISECONDS = 2_000;

type OutputChunk = Parameters<OutputSink["write"]>[0];

interface WaitingChunk extends LogChunk {
  text: string;
}

/** The output of one command. `end` resolves when all of it has been sent, or after {@link MAX_LOG_FLUSH_MILLISECONDS}. */
export interface CommandLog extends OutputSink {
  end(): Promise<void>;
}

interface CommandCount {
  nextSequence: number;
  characters: number;
  droppedCharacters: number;
  isEnded: boolean;
}

/** What is told of output that the server does not take; the host's own scripts.log has it all the same. */
export type OnRefused = (commandId: string, characters: number, problem: unknown) => void;

/**
 * Sends scripts' output to the server while they run. Writing never waits and never fails: what does not fit is dropped, and one line
 * says how much. One request is under way at a time, so the order within a command is kept.
 */
export class LogShipper {
  readonly #server: Pick<HostServer, "putLogs">;
  readonly #waiting: WaitingChunk[] = [];
  readonly #backOff = new BackOff();
  readonly #abandon = new AbortController();
  readonly #onRefused: OnRefused;
  /** Of commands that run, or whose output waits. */
  readonly #counts = new Map<string, CommandCount>();
  /** Since when the server has answered without taking anything; milliseconds of the process's own clock. */
  #refusedSince: number | undefined;
  #waitingCharacters = 0;
  #sending: Promise<void> | undefined;
  #hurry: AbortController | undefined;

  constructor(server: Pick<HostServer, "putLogs">, onRefused: OnRefused = () => {}) {
    this.#server = server;
    this.#onRefused = onRefused;
  }

  /** @param firstSequence above all that an earlier agent process has used, whose output goes on here: the server drops what it has */
  openCommand(commandId: string, firstSequence = 0): CommandLog {
    const count: CommandCount = { nextSequence: firstSequence, characters: 0, droppedCharacters: 0, isEnded: false };
    this.#counts.set(commandId, count);
    return {
      write: (chunk) => this.#write(commandId, count, chunk),
      end: async () => {
        count.isEnded = true;
        this.#markGap(commandId, count);
        await this.#drain(MAX_LOG_FLUSH_MILLISECONDS);
        this.#forgetEnded();
      },
    };
  }

  /** Drops what could not be sent by now. */
  close(): void {
    this.#abandon.abort();
    this.#waiting.length = 0;
  }

  #write(commandId: string, count: CommandCount, chunk: OutputChunk): void {
    if (chunk.text === "" || this.#abandon.signal.aborted) return;
    const room = Math.min(
      MAX_LOG_EVENT_CHARACTERS - count.characters,
      MAX_LOG_WAITING_CHARACTERS - this.#waitingCharacters,
    );
    const kept = chunk.text.slice(0, Math.max(room, 0));
    const isGapOpen = count.droppedCharacters > 0;
    if (kept !== "" && (!isGapOpen || room >= chunk.text.length)) {
      if (isGapOpen) this.#markGap(commandId, count);
      this.#keep(commandId, count, { ...chunk, text: kept });
      count.droppedCharacters += chunk.text.length - kept.length;
    } else {
      count.droppedCharacters += chunk.text.length;
    }
  }

  #markGap(commandId: string, count: CommandCount): void {
    if (count.droppedCharacters === 0) return;
    const text = `[${count.droppedCharacters} characters of output are missing here; scripts.log on this host has them]\n`;
    count.droppedCharacters = 0;
    this.#keep(commandId, count, { stream: "agent", scriptName: "", text });
  }

  #keep(commandId: string, count: CommandCount, chunk: OutputChunk): void {
    count.characters += chunk.text.length;
    this.#waitingCharacters += chunk.text.length;
    for (let offset = 0; offset < chunk.text.length; offset += MAX_LOG_REQUEST_CHARACTERS) {
      this.#waiting.push({
        hostCommandIdentifier: commandId,
        sequence: count.nextSequence++,
        at: new Date(),
        stream: chunk.stream,
        scriptName: chunk.scriptName,
        text: chunk.text.slice(offset, offset + MAX_LOG_REQUEST_CHARACTERS),
      });
    }
    this.#startSending();
  }

  #startSending(): void {
    this.#sending ??= this.#sendAll().finally(() => {
      this.#sending = undefined;
      // What was written after the last look, and before this line.
      if (this.#waiting.length > 0 && !this.#abandon.signal.aborted) this.#startSending();
    });
  }

  async #drain(maxMs: number): Promise<void> {
    const sending = this.#sending;
    if (sending === undefined) return;
    this.#hurry?.abort();
    const given = new AbortController();
    await Promise.race([sending, pause(maxMs, given.signal)]);
    given.abort();
  }

  async #sendAll(): Promise<void> {
    this.#hurry = new AbortController();
    await pause(LOG_BATCH_MILLISECONDS, AbortSignal.any([this.#hurry.signal, this.#abandon.signal]));
    while (this.#waiting.length > 0 && !this.#abandon.signal.aborted) {
      const batch = this.#nextBatch();
      if (!(await this.#send(batch))) continue;
      this.#waiting.splice(0, batch.length);
      this.#waitingCharacters -= charactersOf(batch);
      this.#backOff.reset();
      this.#refusedSince = undefined;
      this.#forgetEnded();
      if (this.#waiting.length > 0)
        await pause(LOG_BATCH_MILLISECONDS, AbortSignal.any([this.#hurry.signal, this.#abandon.signal]));
    }
  }

  #nextBatch(): readonly WaitingChunk[] {
    let characters = 0;
    const beyond = this.#waiting.findIndex((chunk, index) => {
      characters += chunk.text.length;
      return index > 0 && (characters > MAX_LOG_REQUEST_CHARACTERS || index >= MAX_LOG_REQUEST_CHUNKS);
    });
    return beyond === -1 ? [...this.#waiting] : this.#waiting.slice(0, beyond);
  }

  /** Whether the batch is done with: stored, or refused for good. */
  async #send(batch: readonly WaitingChunk[]): Promise<boolean> {
    try {
      await this.#server.putLogs(batch, this.#abandon.signal);
      return true;
    } catch (error) {
      if (this.#abandon.signal.aborted) return false;
      if (!this.#isForGood(error)) {
        await pause(this.#backOff.next(), this.#abandon.signal);
        return false;
      }
      const commands = Map.groupBy(batch, ({ hostCommandIdentifier }) => hostCommandIdentifier);
      if (commands.size === 1) this.#drop(batch, error);
      // One command's refusal must not cost the output of others; what the server has of them already it stores once.
      else for (const chunks of commands.values()) await this.#sendOrDrop(chunks);
      return true;
    }
  }

  async #sendOrDrop(chunks: readonly WaitingChunk[]): Promise<void> {
    while (!this.#abandon.signal.aborted && !(await this.#send(chunks)));
  }

  #isForGood(error: unknown): boolean {
    if (error instanceof ServerRefusal && !error.isIdentityRefused) return true;
    // Without an answer the server is away, and what waits is bounded.
    if (!(error instanceof ServerRefusal) && !(error instanceof ServiceError)) return false;
    this.#refusedSince ??= monotonicMs();
    return monotonicMs() - this.#refusedSince > MAX_LOG_REFUSED_MILLISECONDS;
  }

  /** Gives up output of one command. The gap is marked where its output goes on, or at its end. */
  #drop(chunks: readonly WaitingChunk[], problem: unknown): void {
    const commandId = chunks[0]?.hostCommandIdentifier ?? "";
    // Marks that are refused are not marked again.
    const characters = charactersOf(chunks.filter(({ stream }) => stream !== "agent"));
    if (characters === 0) return;
    this.#onRefused(commandId, characters, problem);
    const count = this.#counts.get(commandId);
    if (count === undefined) return;
    count.droppedCharacters += characters;
    if (count.isEnded) this.#markGap(commandId, count);
  }

  #forgetEnded(): void {
    const waiting = new Set(this.#waiting.map(({ hostCommandIdentifier }) => hostCommandIdentifier));
    for (const [commandId, { isEnded }] of this.#counts) {
      if (isEnded && !waiting.has(commandId)) this.#counts.delete(commandId);
    }
  }
}

function charactersOf(chunks: readonly LogChunk[]): number {
  return chunks.reduce((sum, chunk) => sum + chunk.text.length, 0);
}
