import { type Agent, type IncomingMessage, request as requestHttp } from "node:http";
import { cannotConnect, EngineRefusal, EngineUnreachable } from "./engine-fault.ts";

export interface EngineRequest {
  readonly method: "GET" | "POST" | "DELETE";
  /** Without version. */
  readonly path: string;
  readonly query?: Readonly<Record<string, string>>;
  /** Sent as JSON, or as the bytes of a tar file. */
  readonly body?: object | Buffer;
}

export interface EngineConnection {
  readonly socket: string;
  /** Of the connections for short questions. */
  readonly agent: Agent;
}

/** As long as an engine that is busy may take for what it does at once. */
export const ANSWER_TIMEOUT_MILLISECONDS = 30_000;
/** A thousand containers take 2 MB. */
export const MAX_ANSWER_BYTES = 64 * 1024 * 1024;
const MAX_REFUSAL_BYTES = 65_536;
/** What a connection says that the other side has closed. */
const CLOSED: readonly (string | undefined)[] = ["ECONNRESET", "EPIPE"];

/**
 * One question, and the whole answer. Throws an {@link EngineUnreachable}, an {@link EngineRefusal} for every status from 400, or the
 * signal's reason.
 */
export async function askEngine(
  connection: EngineConnection,
  request: EngineRequest,
  signal: AbortSignal,
  timeoutMilliseconds = ANSWER_TIMEOUT_MILLISECONDS,
): Promise<Buffer> {
  const { socket } = connection;
  const timeout = AbortSignal.timeout(timeoutMilliseconds);
  const either = AbortSignal.any([signal, timeout]);
  try {
    const response = await openAnswer(connection, request, either);
    return await readWhole(response, MAX_ANSWER_BYTES, socket);
  } catch (error) {
    signal.throwIfAborted();
    if (!timeout.aborted) throw error;
    const problem = `did not answer ${request.method} ${request.path} within ${timeoutMilliseconds / 1000} s`;
    throw new EngineUnreachable(socket, problem, { cause: error });
  }
}

/** An answer that goes on: events, or the progress of a pull. It keeps no program running, and ends when nothing comes for so long. */
export function openEngineStream(
  { socket }: EngineConnection,
  request: EngineRequest,
  signal: AbortSignal,
  idleMilliseconds: number,
): Promise<IncomingMessage> {
  return openAnswer({ socket, agent: false }, request, signal, idleMilliseconds);
}

async function openAnswer(
  connection: { readonly socket: string; readonly agent: Agent | false },
  request: EngineRequest,
  signal: AbortSignal,
  idleMilliseconds?: number,
): Promise<IncomingMessage> {
  signal.throwIfAborted();
  const response = await send(connection, request, signal, idleMilliseconds);
  const { statusCode = 0 } = response;
  if (statusCode < 400) return response;
  const text = (await readWhole(response, MAX_REFUSAL_BYTES, connection.socket)).toString("utf8");
  throw new EngineRefusal(statusCode, messageIn(text) || `it answered ${statusCode}`);
}

function send(
  { socket, agent }: { readonly socket: string; readonly agent: Agent | false },
  { method, path, query, body }: EngineRequest,
  signal: AbortSignal,
  idleMilliseconds?: number,
): Promise<IncomingMessage> {
  const parameters = query ? `?${new URLSearchParams(query)}` : "";
  const isTar = Buffer.isBuffer(body);
  const payload = isTar ? body : Buffer.from(body === undefined ? "" : JSON.stringify(body));
  const headers = {
    host: "docker",
    "content-length": String(payload.length),
    ...(body === undefined ? {} : { "content-type": isTar ? "application/x-tar" : "application/json" }),
  };
  const attempt = (isLast: boolean): Promise<IncomingMessage> =>
    new Promise((resolve, reject) => {
      const sent = requestHttp({ socketPath: socket, method, path: path + parameters, headers, agent, signal });
      sent.once("response", resolve);
      sent.on("error", (error: NodeJS.ErrnoException) => {
        // The engine has closed a connection that was kept for later; nothing that we ask does harm when it is asked twice.
        if (sent.reusedSocket && CLOSED.includes(error.code) && !isLast) attempt(true).then(resolve, reject);
        else reject(signal.aborted || error instanceof EngineUnreachable ? error : cannotConnect(socket, error));
      });
      if (idleMilliseconds !== undefined) {
        sent.once("socket", (connection) => connection.unref());
        sent.setTimeout(idleMilliseconds, () =>
          sent.destroy(new EngineUnreachable(socket, `said nothing for ${idleMilliseconds / 1000} s to ${path}`)),
        );
      }
      sent.end(payload);
    });
  return attempt(false);
}

async function readWhole(response: IncomingMessage, maxBytes: number, socket: string): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  try {
    for await (const chunk of response as AsyncIterable<Buffer>) {
      chunks.push(chunk);
      length += chunk.length;
      if (length > maxBytes) break;
    }
  } catch (error) {
    throw new EngineUnreachable(socket, "broke off its answer", { cause: error });
  }
  if (length > maxBytes) throw new EngineUnreachable(socket, `answered with more than ${maxBytes} bytes`);
  return Buffer.concat(chunks);
}

/** `{ "message": "…" }`; of something that is no engine, its first words. */
function messageIn(text: string): string {
  try {
    const { message } = JSON.parse(text) as { readonly message?: unknown };
    return typeof message === "string" ? message.trim() : "";
  } catch {
    return text.trim().slice(0, 300);
  }
}
