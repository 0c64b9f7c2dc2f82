import { connect } from "node:net";
import { setTimeout as pause } from "node:timers/promises";
import { MAX_PORT } from "@sluice/model/port.ts";

/** Where a balancer takes commands. `name` is how the settings wrote it, for messages. */
export type RuntimeSocket =
  | { readonly name: string; readonly path: string }
  | { readonly name: string; readonly host: string; readonly port: number };

/** The balancer could not be asked, or its answer broke off. Asking again may help. */
export class HaproxyUnreachable extends Error {
  readonly socket: string;

  constructor(socket: string, problem: string, options?: ErrorOptions) {
    super(`the HAProxy socket ${socket} ${problem}`, options);
    this.name = "HaproxyUnreachable";
    this.socket = socket;
  }
}

/** Linux takes 108 bytes for the path of a socket, with its closing zero byte. */
const MAX_SOCKET_PATH_BYTES = 107;
/** HAProxy answers from memory, in milliseconds. */
export const ANSWER_TIMEOUT_MILLISECONDS = 5_000;
/** A line of `show stat` takes about 500 bytes a server. */
export const MAX_ANSWER_BYTES = 64 * 1024 * 1024;

const NOT_RUNNING = ". Is HAProxy running? Compare `stats socket` in haproxy.cfg";
const CURES: ReadonlyMap<string, string> = new Map([
  ["ENOENT", NOT_RUNNING],
  ["ECONNREFUSED", NOT_RUNNING],
  ["EACCES", ". The server's user may not write to it: set `user`, `group` or `mode` of `stats socket` in haproxy.cfg"],
]);

/** `/run/haproxy/admin.sock`, `10.0.0.5:9999`, `[::1]:9999`. Undefined for all else. */
export function parseRuntimeSocket(name: string): RuntimeSocket | undefined {
  if (name.startsWith("/")) return Buffer.byteLength(name) <= MAX_SOCKET_PATH_BYTES ? { name, path: name } : undefined;
  const [, bracketed, plain, digits] = /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9._-]+)):([0-9]{1,5})$/.exec(name) ?? [];
  const host = bracketed ?? plain;
  const port = Number(digits);
  return host !== undefined && port >= 1 && port <= MAX_PORT ? { name, host, port } : undefined;
}

/**
 * HAProxy lets ten connections wait at its socket until it is told otherwise (`stats maxconn`); of Unix sockets the kernel refuses the next
 * one at once, before anything was sent.
 */
const QUEUE_IS_FULL = "EAGAIN";
const QUEUE_RETRY_MILLISECONDS = 10;

/**
 * One command line, one connection: HAProxy answers and closes. The answer ends with an empty line, by which one that broke off is
 * told from a whole one; a command that has nothing to say answers with the empty line alone.
 * Rejects with a {@link HaproxyUnreachable}, or with the signal's reason.
 */
export async function askHaproxy(
  socket: RuntimeSocket,
  command: string,
  signal: AbortSignal,
  timeoutMilliseconds = ANSWER_TIMEOUT_MILLISECONDS,
): Promise<string> {
  return askUntilHeard({ socket, command, signal, timeoutMilliseconds, isMaster: false });
}

/**
 * The same of a master process (`haproxy -S`), which keeps a connection open until its caller has said all; and which may end its answer
 * as it likes: `reload` has none.
 */
export async function askHaproxyMaster(socket: RuntimeSocket, command: string, signal: AbortSignal): Promise<string> {
  return askUntilHeard({
    socket,
    command,
    signal,
    timeoutMilliseconds: ANSWER_TIMEOUT_MILLISECONDS,
    isMaster: true,
  });
}

interface Question {
  readonly socket: RuntimeSocket;
  readonly command: string;
  readonly signal: AbortSignal;
  readonly timeoutMilliseconds: number;
  readonly isMaster: boolean;
}

async function askUntilHeard(question: Question): Promise<string> {
  const { timeoutMilliseconds } = question;
  const endsAt = performance.now() + timeoutMilliseconds;
  for (;;) {
    try {
      return await askOnce(question);
    } catch (error) {
      const cause =
        error instanceof HaproxyUnreachable ? (error.cause as NodeJS.ErrnoException | undefined) : undefined;
      if (cause?.code !== QUEUE_IS_FULL || performance.now() > endsAt) throw error;
      await pause(QUEUE_RETRY_MILLISECONDS);
    }
  }
}

function askOnce({ socket, command, signal, timeoutMilliseconds, isMaster }: Question): Promise<string> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const connection = connect("path" in socket ? { path: socket.path } : { host: socket.host, port: socket.port });
    const settle = (act: () => void) => {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
      connection.destroy();
      act();
    };
    const fail = (problem: string, cause?: Error) =>
      settle(() => reject(new HaproxyUnreachable(socket.name, problem, cause && { cause })));
    const onAbort = () => settle(() => reject(signal.reason));
    // For the whole exchange: a balancer that trickles is as useless as a silent one.
    const timer = setTimeout(
      () => fail(`did not completely answer "${command}" within ${timeoutMilliseconds} ms`),
      timeoutMilliseconds,
    );
    signal.addEventListener("abort", onAbort, { once: true });
    connection.on("connect", () => {
      if (isMaster) connection.end(`${command}\n`);
      else connection.write(`${command}\n`);
    });
    connection.on("data", (chunk) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size > MAX_ANSWER_BYTES) fail(`answered "${command}" with more than ${MAX_ANSWER_BYTES} bytes`);
    });
    connection.on("error", (error: NodeJS.ErrnoException) =>
      fail(`cannot be used: ${error.message}${CURES.get(error.code ?? "") ?? ""}`, error),
    );
    connection.on("end", () => {
      const answer = Buffer.concat(chunks).toString();
      if (isMaster || answer === "\n" || answer.endsWith("\n\n")) settle(() => resolve(answer));
      else fail(`closed the connection before it had answered "${command}"`);
    });
  });
}
