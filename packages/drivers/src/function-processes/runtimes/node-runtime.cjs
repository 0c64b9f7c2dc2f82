"use strict";
/**
 * Runs a handler in JavaScript by the Lambda Runtime API (2018-06-01). It loads next to nothing of Node, so that a cold start is short, and sends
 * an answer and its question for the next event in one write.
 */
const { statSync, writeSync } = require("node:fs");
const { createConnection } = require("node:net");
const { format } = require("node:util");

const MAX_ANSWER_BYTES = 6_291_556;
const INIT_FAILED = 1;
const UNCAUGHT = 129;
const UNHANDLED_REJECTION = 128;
const API = "/2018-06-01/runtime";
const { env } = process;
const taskRoot = env.LAMBDA_TASK_ROOT;

/* What the function writes. */

let requestId = "undefined";

function writeOut(text) {
  const bytes = Buffer.from(text);
  for (let at = 0; at < bytes.length; ) {
    try {
      at += writeSync(1, bytes, at);
    } catch (error) {
      // The pipe is full, and the function has made it one that does not wait.
      if (error.code !== "EAGAIN") return;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1);
    }
  }
}

function logAs(level) {
  return (...values) => writeOut(`${new Date().toISOString()}\t${requestId}\t${level}\t${format(...values)}\n`);
}

const logError = logAs("ERROR");
Object.assign(console, {
  log: logAs("INFO"),
  info: logAs("INFO"),
  debug: logAs("DEBUG"),
  warn: logAs("WARN"),
  error: logError,
  trace: (...values) => {
    const trace = { name: "Trace", message: format(...values) };
    Error.captureStackTrace(trace, console.trace);
    logAs("TRACE")(trace.stack);
  },
});

/* Faults, as Lambda tells them. */

class Fault extends Error {
  constructor(errorType, message) {
    super(message);
    this.name = errorType;
  }
}

function faultOf(thrown) {
  if (
    thrown instanceof Error ||
    (thrown !== null && typeof thrown === "object" && "message" in thrown && "stack" in thrown)
  ) {
    return {
      errorType: String(thrown.name ?? "Error"),
      errorMessage: String(thrown.message),
      trace: String(thrown.stack ?? "").split("\n"),
    };
  }
  return { errorType: typeof thrown, errorMessage: String(thrown), trace: [] };
}

/* As much of HTTP as our own server speaks: each answer has its length. */

let api;
/** @type {((answer: { headers: Map<string, string>, body: Buffer }) => void)[]} */
const waiting = [];
let received = Buffer.alloc(0);

function connect() {
  const [host, port] = env.AWS_LAMBDA_RUNTIME_API.split(":");
  api = createConnection({ host, port: Number(port), noDelay: true });
  api.on("data", (chunk) => {
    received = received.length === 0 ? chunk : Buffer.concat([received, chunk]);
    takeAnswers();
  });
  // Without its server there is no work for it.
  api.on("error", () => process.exit(INIT_FAILED));
  api.on("close", () => process.exit(0));
}

function takeAnswers() {
  for (;;) {
    const headEnd = received.indexOf("\r\n\r\n");
    if (headEnd < 0) return;
    const [, ...lines] = received.latin1Slice(0, headEnd).split("\r\n");
    const headers = new Map();
    for (const line of lines) {
      const colon = line.indexOf(":");
      headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
    }
    const end = headEnd + 4 + Number(headers.get("content-length") ?? 0);
    if (received.length < end) return;
    const body = received.subarray(headEnd + 4, end);
    received = received.subarray(end);
    waiting.shift()?.({ headers, body });
  }
}

const NEXT = `GET ${API}/invocation/next HTTP/1.1\r\nHost: runtime\r\n\r\n`;

function post(path, type, body, more) {
  const bytes = Buffer.from(body);
  const head = `POST ${API}${path} HTTP/1.1\r\nHost: runtime\r\nContent-Type: application/json\r\n${
    type === undefined ? "" : `Lambda-Runtime-Function-Error-Type: ${type.replace(/[^\x21-\x7e]/g, "_")}\r\n`
  }Content-Length: ${bytes.length}\r\n\r\n`;
  api.cork();
  api.write(head);
  api.write(bytes);
  if (more !== undefined) api.write(more);
  api.uncork();
}

/** Its process ends once the server has it. */
function postAndExit(path, fault, exitCode) {
  waiting.push(() => process.exit(exitCode));
  post(path, fault.errorType, JSON.stringify(fault));
  api.ref();
}

/* The handler. */

function parseHandler(text) {
  const slash = text.lastIndexOf("/") + 1;
  const dot = text.indexOf(".", slash);
  if (dot <= slash || dot === text.length - 1 || text.includes(".."))
    throw new Fault("Runtime.MalformedHandlerName", "Bad handler");
  return { path: text.slice(0, dot), module: text.slice(slash, dot), names: text.slice(dot + 1).split(".") };
}

async function loadModule(path) {
  const base = `${taskRoot}/${path}`;
  const { createRequire, registerHooks } = require("node:module");
  // As AWS brings its SDK: for a function that has none in its own code.
  const own = createRequire(__filename);
  registerHooks({
    resolve(specifier, context, nextResolve) {
      if (!specifier.startsWith("@aws-sdk/")) return nextResolve(specifier, context);
      try {
        return nextResolve(specifier, context);
      } catch (error) {
        if (context.parentURL === fileUrl(__filename)) throw error;
        try {
          return { url: fileUrl(own.resolve(specifier)), shortCircuit: true };
        } catch {
          throw error;
        }
      }
    },
  });
  const file = [".js", ".mjs", ".cjs"].map((end) => base + end).find(isFile);
  if (file === undefined) {
    throw Object.assign(new Error(`Cannot find module '${path}'\nRequire stack:\n- ${__filename}`), {
      code: "MODULE_NOT_FOUND",
    });
  }
  const importFile = () => import(fileUrl(file));
  if (file.endsWith(".mjs")) return importFile();
  try {
    return createRequire(file)(file);
  } catch (error) {
    // An ES module that awaits while it loads.
    if (error?.code === "ERR_REQUIRE_ASYNC_MODULE") return importFile();
    throw error;
  }
}

function fileUrl(path) {
  return `file://${path.split("/").map(encodeURIComponent).join("/")}`;
}

function isFile(path) {
  return statSync(path, { throwIfNoEntry: false })?.isFile() ?? false;
}

async function loadHandler(text) {
  const { path, names } = parseHandler(text);
  let found;
  try {
    found = await loadModule(path);
  } catch (error) {
    if (error instanceof SyntaxError) {
      throw Object.assign(new Fault("Runtime.UserCodeSyntaxError", String(error)), { stack: error.stack });
    }
    if (error?.code === "MODULE_NOT_FOUND" || error?.code === "ERR_MODULE_NOT_FOUND") {
      throw Object.assign(new Fault("Runtime.ImportModuleError", String(error)), { stack: error.stack });
    }
    throw error;
  }
  let handler = found;
  for (const name of names) handler = handler?.[name];
  // What a CommonJS module exports is also the default of its ES module.
  if (handler === undefined) {
    handler = found?.default;
    for (const name of names) handler = handler?.[name];
  }
  if (handler === undefined || handler === null) {
    throw new Fault("Runtime.HandlerNotFound", `${text} is undefined or not exported`);
  }
  if (typeof handler !== "function") throw new Fault("Runtime.HandlerNotFound", `${text} is not a function`);
  if (handler[STREAMED] !== undefined) {
    throw new Fault(
      "Runtime.StreamingUnsupported",
      `${text} streams its response, which is not supported: return it whole`,
    );
  }
  return handler;
}

const STREAMED = Symbol.for("aws.lambda.runtime.handler.streaming");
globalThis.awslambda = {
  streamifyResponse(handler) {
    handler[STREAMED] = "response";
    return handler;
  },
};

/* One event after the other. */

let handler;
/** Ends the invocation that is under way; undefined: there is none. */
let settle;

function askNext() {
  waiting.push(takeEvent);
  api.ref();
}

function takeEvent({ headers, body }) {
  requestId = headers.get("lambda-runtime-aws-request-id") ?? "undefined";
  const traceId = headers.get("lambda-runtime-trace-id");
  if (traceId === undefined) delete env._X_AMZN_TRACE_ID;
  else env._X_AMZN_TRACE_ID = traceId;
  const id = requestId;
  let isOpen = true;
  const end = (failure, result) => {
    if (!isOpen) return;
    isOpen = false;
    settle = undefined;
    answer(id, failure, result);
  };
  settle = end;
  // Timers and sockets of the function alone decide whether it still has something to do.
  api.unref();
  let event;
  let context;
  try {
    context = contextOf(headers, end);
    event = JSON.parse(body.toString("utf8"));
  } catch (error) {
    end([error]);
    return;
  }
  try {
    const result = handler(event, context.shown, context.callback);
    if (typeof result?.then === "function")
      result.then(
        (value) => end(undefined, value),
        (error) => end([error]),
      );
    // Not asynchronous, and it takes no callback: what it returns is nothing, as on AWS, unless it called one.
    else if (!context.isCalled()) context.waitForCallback();
  } catch (error) {
    end([error]);
  }
}

function contextOf(headers, end) {
  const deadline = Number(headers.get("lambda-runtime-deadline-ms"));
  const clientContext = headers.get("lambda-runtime-client-context");
  let waitsForEmptyEventLoop = true;
  let called;
  const callback = (failure, result) => {
    if (called !== undefined) return;
    called = failure === undefined || failure === null ? [undefined, result] : [[failure], undefined];
    if (waitsForEmptyEventLoop) whenIdle(() => end(...called));
    else setImmediate(() => end(...called));
  };
  const shown = {
    get callbackWaitsForEmptyEventLoop() {
      return waitsForEmptyEventLoop;
    },
    set callbackWaitsForEmptyEventLoop(value) {
      waitsForEmptyEventLoop = value;
    },
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
    clientContext: clientContext === undefined ? undefined : JSON.parse(clientContext),
    identity: undefined,
    invokedFunctionArn: headers.get("lambda-runtime-invoked-function-arn"),
    awsRequestId: requestId,
    getRemainingTimeInMillis: () => deadline - Date.now(),
    done: (failure, result) => callback(failure, result),
    fail: (failure) => callback(failure ?? "handled"),
    succeed: (result) => callback(null, result),
  };
  return {
    shown,
    callback,
    isCalled: () => called !== undefined,
    waitForCallback: () => whenIdle(() => end(...(called ?? []))),
  };
}

/** Called as soon as nothing is left to do; one at a time, since there is one event at a time. */
let idle;
function whenIdle(listener) {
  idle = listener;
}
process.on("beforeExit", () => {
  const listener = idle;
  idle = undefined;
  if (listener) listener();
  // The promise of the handler can never be settled.
  else settle?.(undefined, null);
});

function answer(id, failure, result) {
  idle = undefined;
  if (failure === undefined) {
    let text;
    try {
      text = JSON.stringify(result === undefined ? null : result) ?? "null";
    } catch {
      failure = [new Fault("Runtime.UnserializableReturnValue", "Unable to stringify response body")];
    }
    if (text !== undefined) {
      if (Buffer.byteLength(text) <= MAX_ANSWER_BYTES) {
        waiting.push(ignore);
        post(`/invocation/${id}/response`, undefined, text, NEXT);
        askNext();
        return;
      }
      const message = `Response payload size exceeded maximum allowed payload size (${MAX_ANSWER_BYTES} bytes).`;
      failure = [new Fault("Function.ResponseSizeTooLarge", message)];
    }
  }
  const fault = faultOf(failure[0]);
  logError("Invoke Error", `\t${JSON.stringify({ ...fault, trace: undefined, stack: fault.trace })}`);
  waiting.push(ignore);
  post(`/invocation/${id}/error`, fault.errorType, JSON.stringify(fault), NEXT);
  askNext();
}

function ignore() {}

function dieOf(fault, title, exitCode) {
  logError(title, `\t${JSON.stringify({ ...fault, trace: undefined, stack: fault.trace })}`);
  if (handler === undefined) postAndExit("/init/error", fault, exitCode);
  else if (settle === undefined) process.exit(exitCode);
  else {
    settle = undefined;
    postAndExit(`/invocation/${requestId}/error`, fault, exitCode);
  }
}

process.on("uncaughtException", (error) => dieOf(faultOf(error), "Uncaught Exception", UNCAUGHT));
process.on("unhandledRejection", (reason, promise) => {
  const fault = Object.assign(new Fault("Runtime.UnhandledPromiseRejection", String(reason)), { reason, promise });
  if (reason instanceof Error) fault.stack = `Runtime.UnhandledPromiseRejection: ${reason.stack}`;
  dieOf(faultOf(fault), "Unhandled Promise Rejection", UNHANDLED_REJECTION);
});

connect();
loadHandler(env._HANDLER).then(
  (loaded) => {
    handler = loaded;
    api.write(NEXT);
    askNext();
  },
  (error) => dieOf(faultOf(error), "Uncaught Exception", INIT_FAILED),
);
