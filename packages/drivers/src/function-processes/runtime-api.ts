import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo, createServer, type Socket } from "node:net";
import { GatheredBytes } from "@sluice/wire/body/gathered-bytes.ts";
import { MAX_FUNCTION_ANSWER_BYTES } from "./function-faults.ts";

/** What a runtime says by the Runtime API. Each is called when its request has arrived whole. */
export interface RuntimeListener {
  /** It is ready for an event: `answer` gives it one, now or later. */
  onNext(answer: (event: RuntimeEvent) => void): void;
  isOpen(requestId: string): boolean;
  /** False: no such request is open. */
  onResponse(requestId: string, ending: RuntimeResponse): boolean;
  /** False: no such request is open. `errorType` is empty where it does not say. */
  onError(requestId: string, errorType: string, body: Buffer): boolean;
  onInitError(errorType: string, body: Buffer): void;
}

export type RuntimeResponse =
  | { readonly outcome: "whole"; readonly body: Buffer }
  | { readonly outcome: "too-large" | "streamed" };

export interface RuntimeEvent {
  readonly requestId: string;
  /** Epoch milliseconds. */
  readonly deadline: number;
  readonly invokedFunctionArn: string;
  readonly clientContext: string | undefined;
  readonly payload: Uint8Array;
}

export interface RuntimeApi {
  /** `127.0.0.1:43211` */
  readonly address: string;
  close(): void;
}

/** A runtime needs one. What else comes is closed at once: each takes a file of this process, which all functions share. */
export const MAX_RUNTIME_CONNECTIONS = 32;
/** Of one connection: a runtime that sends more without waiting for answers is cut off. */
export const MAX_UNANSWERED_REQUESTS = 16;

const ROOT = "/2018-06-01/runtime/";
const LOOPBACK = "127.0.0.1";

/**
 * The Runtime API (2018-06-01) of one environment, on a port of this machine's own.
 * @param isAllowed whether the process at the other end of a connection is one of the function's
 */
export async function openRuntimeApi(
  listener: RuntimeListener,
  isAllowed: (socket: Socket) => Promise<boolean>,
): Promise<RuntimeApi> {
  const inTurn = oneAtATime();
  const unanswered = new WeakMap<Socket, number>();
  const http = createHttpServer({ keepAliveTimeout: 0, requestTimeout: 0, headersTimeout: 0 }, (request, response) => {
    const { socket } = request;
    const count = (change: 1 | -1) => {
      const now = (unanswered.get(socket) ?? 0) + change;
      unanswered.set(socket, now);
      return now;
    };
    if (count(1) > MAX_UNANSWERED_REQUESTS) {
      socket.destroy();
      return;
    }
    response.once("finish", () => count(-1));
    serve(request, response, listener, inTurn).catch(() => response.destroy());
  });
  const sockets = new Set<Socket>();
  const server = createServer({ pauseOnConnect: true, noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    socket.on("error", () => socket.destroy());
    isAllowed(socket).then(
      (allowed) => {
        if (!allowed) return socket.destroy();
        http.emit("connection", socket);
        return socket.resume();
      },
      () => socket.destroy(),
    );
  });
  server.maxConnections = MAX_RUNTIME_CONNECTIONS;
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, LOOPBACK, resolve);
  });
  server.unref();
  return {
    address: `${LOOPBACK}:${(server.address() as AddressInfo).port}`,
    close: () => {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

type InTurn = <Value>(work: () => Promise<Value>) => Promise<Value>;

/** What a runtime makes this process hold is one answer, however many it sends at once. */
function oneAtATime(): InTurn {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const mine = last.then(work);
    last = mine.catch(() => undefined);
    return mine;
  };
}

async function serve(
  request: IncomingMessage,
  response: ServerResponse,
  listener: RuntimeListener,
  inTurn: InTurn,
): Promise<void> {
  const { method, url = "" } = request;
  if (method === "GET" && url === `${ROOT}invocation/next`) {
    listener.onNext((event) => sendEvent(response, event));
    return;
  }
  if (method !== "POST" || !url.startsWith(ROOT)) return refuse(response, 404, "InvalidRequest", "no such path");
  const [noun, requestId = "", verb] = url.slice(ROOT.length).split("/");
  const isInit = noun === "init" && requestId === "error" && verb === undefined;
  if (!isInit && (noun !== "invocation" || (verb !== "response" && verb !== "error"))) {
    return refuse(response, 404, "InvalidRequest", "no such path");
  }
  if (!isInit && !listener.isOpen(requestId)) return refuseUnknown(response, requestId);
  const body = await inTurn(() => readBody(request));
  const errorType = String(request.headers["lambda-runtime-function-error-type"] ?? "");
  if (isInit) listener.onInitError(errorType, body ?? Buffer.alloc(0));
  else if (verb === "error") {
    if (!listener.onError(requestId, errorType, body ?? Buffer.alloc(0))) return refuseUnknown(response, requestId);
  } else {
    const isStreamed = request.headers["lambda-runtime-function-response-mode"] === "streaming";
    const ending: RuntimeResponse = isStreamed
      ? { outcome: "streamed" }
      : body === undefined
        ? { outcome: "too-large" }
        : { outcome: "whole", body };
    if (!listener.onResponse(requestId, ending)) return refuseUnknown(response, requestId);
    if (body === undefined) return refuse(response, 413, "RequestEntityTooLarge", "the response is too large");
    if (isStreamed)
      return refuse(response, 403, "InvalidResponseMode", "a response is not streamed here: send it whole");
  }
  send(response, 202, ACCEPTED);
}

const ACCEPTED = Buffer.from('{"status":"OK"}\n');

function sendEvent(response: ServerResponse, event: RuntimeEvent): void {
  const headers: Record<string, string | number> = {
    "Content-Type": "application/json",
    "Content-Length": event.payload.byteLength,
    "Lambda-Runtime-Aws-Request-Id": event.requestId,
    "Lambda-Runtime-Deadline-Ms": event.deadline,
    "Lambda-Runtime-Invoked-Function-Arn": event.invokedFunctionArn,
    "Lambda-Runtime-Trace-Id": traceIdOf(event.requestId),
  };
  if (event.clientContext !== undefined) headers["Lambda-Runtime-Client-Context"] = event.clientContext;
  response.writeHead(200, headers);
  response.end(event.payload);
}

/** In X-Ray's form. Nothing is sampled: there is nobody to send it to. */
export function traceIdOf(requestId: string): string {
  const hex = requestId.replaceAll("-", "").padEnd(32, "0");
  return `Root=1-${hex.slice(0, 8)}-${hex.slice(8, 32)};Sampled=0`;
}

/** Undefined: it is longer than an answer may be; all of it is read all the same, and forgotten. */
async function readBody(request: IncomingMessage): Promise<Buffer | undefined> {
  const gathered = new GatheredBytes();
  let bytes = 0;
  for await (const chunk of request) {
    bytes += (chunk as Buffer).length;
    if (bytes <= MAX_FUNCTION_ANSWER_BYTES) gathered.add(chunk as Buffer);
    else gathered.take();
  }
  return bytes <= MAX_FUNCTION_ANSWER_BYTES ? gathered.take() : undefined;
}

function refuseUnknown(response: ServerResponse, requestId: string): void {
  refuse(response, 400, "InvalidRequestID", `no request ${requestId} is open`);
}

function refuse(response: ServerResponse, status: number, errorType: string, errorMessage: string): void {
  send(response, status, Buffer.from(JSON.stringify({ errorType, errorMessage })));
}

function send(response: ServerResponse, status: number, body: Buffer): void {
  response.writeHead(status, { "Content-Type": "application/json", "Content-Length": body.length });
  response.end(body);
}
