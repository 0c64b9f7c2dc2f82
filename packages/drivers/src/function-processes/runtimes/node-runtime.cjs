"use strict";
/**
 * Runs a handler in JavaScript as Lambda's own runtime does. It loads next to nothing of Node, so that a cold start is short, and sends an answer and
 * its question for the next event in one write.
 */
const { statSync, writeSync } = require("node:fs");
const { Socket } = require("node:net");
const { format } = require("node:util");

const MAX_ANSWER_BYTES = 6_291_556;
const INIT_FAILED = 1;
const UNCAUGHT = 129;
const UNHANDLED_REJECTION = 128;
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

/* What it says to Sluice and hears from there, in frames: runtime-channel.ts has their form. */

const CHANNEL = 3;
const HEAD_BYTES = 9;
const NEXT = 0x4e;
const RESPONSE = 0x52;
const ERROR = 0x45;
const LAST_ERROR = 0x4c;
const INIT_ERROR = 0x49;

let channel;
/** Who takes the next frame. */
let taker;
let pieces = [];
let pieceBytes = 0;
let needed = HEAD_BYTES;

function connect() {
  channel = new Socket({ fd: CHANNEL, readable: true, writable: true });
  channel.on("data", takeBytes);
  // Without Sluice there is no work for it.
  channel.on("error", () => process.exit(INIT_FAILED));
  channel.on("close", () => process.exit(0));
}

/** One frame at a time: the next is asked for. */
function takeBytes(chunk) {
  pieces.push(chunk);
  pieceBytes += chunk.length;
  if (pieceBytes < needed) return;
  const bytes = pieces.length === 1 ? chunk : Buffer.concat(pieces);
  const bodyStart = HEAD_BYTES + bytes.readUInt32LE(1);
  needed = bodyStart + bytes.readUInt32LE(5);
  pieces = [bytes];
  if (bytes.length < needed) return;
  pieces = [];
  pieceBytes = 0;
  needed = HEAD_BYTES;
  taker(bytes.utf8Slice(HEAD_BYTES, bodyStart), bytes, bodyStart);
}

/** @param isNext asks for the next event, too */
function tell(kind, text, body, isNext) {
  const textBytes = text.length;
  let bodyBytes = Buffer.byteLength(body);
  // As Lambda's, which forgets what is too long of an error.
  if (bodyBytes > MAX_ANSWER_BYTES) bodyBytes = 0;
  const end = HEAD_BYTES + textBytes + bodyBytes;
  const bytes = Buffer.allocUnsafe(end + (isNext ? HEAD_BYTES : 0));
  bytes[0] = kind;
  bytes.writeUInt32LE(textBytes, 1);
  bytes.writeUInt32LE(bodyBytes, 5);
  bytes.latin1Write(text, HEAD_BYTES);
  if (bodyBytes > 0) bytes.utf8Write(body, HEAD_BYTES + textBytes);
  if (isNext) bytes.fill(0, end).writeUInt8(NEXT, end);
  channel.write(bytes);
}

const MAX_TYPE_CHARACTERS = 1_000;

function headerText(type) {
  return type.slice(0, MAX_TYPE_CHARACTERS).replace(/[^\x21-\x7e]/g, "_");
}

/** Its process ends once Sluice has it. */
function tellAndExit(kind, text, fault, exitCode) {
  taker = () => process.exit(exitCode);
  tell(kind, text, JSON.stringify(fault), false);
  channel.ref();
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
  const places = [__filename, "/var/sdk/any.js"];
  registerHooks({
    resolve(specifier, context, nextResolve) {
      if (!specifier.startsWith("@aws-sdk/")) return nextResolve(specifier, context);
      try {
        return nextResolve(specifier, context);
      } catch (error) {
        if (context.parentURL === fileUrl(__filename)) throw error;
        for (const place of places) {
          try {
            return { url: fileUrl(createRequire(place).resolve(specifier)), shortCircuit: true };
          } catch {
            // The function is told of its own failure, if it is in none of them.
          }
        }
        throw error;
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

function awaitNext() {
  taker = takeEvent;
  channel.ref();
}

function takeEvent(head, bytes, bodyStart) {
  const [id, deadline, invokedFunctionArn, traceId, clientContext] = JSON.parse(head);
  requestId = id;
  env._X_AMZN_TRACE_ID = traceId;
  let isOpen = true;
  const end = (failure, result) => {
    if (!isOpen) return;
    isOpen = false;
    settle = undefined;
    answer(id, failure, result);
  };
  settle = end;
  // Timers and sockets of the function alone decide whether it still has something to do.
  channel.unref();
  let event;
  let context;
  try {
    context = contextOf({ id, deadline, invokedFunctionArn, clientContext }, end);
    event = JSON.parse(bytes.utf8Slice(bodyStart, bytes.length));
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

function contextOf({ id, deadline, invokedFunctionArn, clientContext }, end) {
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
    clientContext: clientContext === null ? undefined : JSON.parse(clientContext),
    identity: undefined,
    invokedFunctionArn,
    awsRequestId: id,
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
        tell(RESPONSE, id, text, true);
        awaitNext();
        return;
      }
      const message = `Response payload size exceeded maximum allowed payload size (${MAX_ANSWER_BYTES} bytes).`;
      failure = [new Fault("Function.ResponseSizeTooLarge", message)];
    }
  }
  const fault = faultOf(failure[0]);
  logError("Invoke Error", `\t${JSON.stringify({ ...fault, trace: undefined, stack: fault.trace })}`);
  tell(ERROR, `${id} ${headerText(fault.errorType)}`, JSON.stringify(fault), true);
  awaitNext();
}

function dieOf(fault, title, exitCode) {
  logError(title, `\t${JSON.stringify({ ...fault, trace: undefined, stack: fault.trace })}`);
  if (handler === undefined) tellAndExit(INIT_ERROR, headerText(fault.errorType), fault, exitCode);
  else if (settle === undefined) process.exit(exitCode);
  else {
    settle = undefined;
    tellAndExit(LAST_ERROR, `${requestId} ${headerText(fault.errorType)}`, fault, exitCode);
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
    awaitNext();
    tell(NEXT, "", "", false);
  },
  (error) => dieOf(faultOf(error), "Uncaught Exception", INIT_FAILED),
);
