import type { FunctionPlan } from "@sluice/engine/ports/function-runner.ts";
import { openRunner, type WorldOptions } from "../function-processes/process-runner.fixture.ts";
import { type MemoryFunction, memoryFunctionRunner } from "../memory/memory-function-runner.ts";
import {
  type FunctionDoing,
  type FunctionRunnerWorld,
  functionRunnerContract,
} from "./function-runner-contract.fixture.ts";

const HANGS_AFTER_SECONDS = 1;

const IN_MEMORY: Readonly<Record<FunctionDoing, MemoryFunction>> = {
  echoes: {
    handle: (event, { requestId, invokedFunctionArn: arn }) => ({
      does: "answers",
      value: { event, requestId, arn },
      writes: [`got ${JSON.stringify(event)}`],
    }),
  },
  throws: {
    handle: () => {
      throw new RangeError("too far");
    },
  },
  exits: { handle: () => ({ does: "exits", exitCode: 7 }) },
  hangs: { handle: () => ({ does: "hangs" }) },
  grows: { handle: () => ({ does: "grows" }) },
  breaks: {
    startFault: { errorType: "Runtime.ImportModuleError", errorMessage: "Error: Cannot find module 'nothing'" },
    handle: () => ({ does: "answers" }),
  },
  leaves: { handle: () => ({ does: "answers", livesMilliseconds: 10 }) },
};

async function memoryWorld(): Promise<FunctionRunnerWorld> {
  const functions = new Map(Object.entries(IN_MEMORY));
  const pause = (milliseconds: number) => new Promise<void>((resolve) => setTimeout(resolve, milliseconds));
  const runner = memoryFunctionRunner.create({}, { functions, now: Date.now, pause });
  const plan = (does: FunctionDoing): FunctionPlan => ({
    functionName: "shop",
    version: "$LATEST",
    codeSha256: does,
    runtime: "nodejs24.x",
    handler: "index.handler",
    timeoutSeconds: HANGS_AFTER_SECONDS,
    memoryMegabytes: 128,
    ephemeralStorageMegabytes: 512,
    variables: {},
    uid: null,
    credentials: null,
  });
  return { runner, plan };
}

const IN_JAVASCRIPT: Readonly<Record<FunctionDoing, string>> = {
  echoes: `exports.handler = async (event, context) => {
    console.log("got " + JSON.stringify(event));
    return { event, requestId: context.awsRequestId, arn: context.invokedFunctionArn };
  };`,
  throws: `exports.handler = async () => { throw new RangeError("too far"); };`,
  exits: "exports.handler = async () => process.exit(7);",
  hangs: "exports.handler = () => { for (;;); };",
  grows: "exports.handler = async () => { const kept = []; for (;;) kept.push(Buffer.alloc(1 << 20, 1)); };",
  breaks: `require("nothing"); exports.handler = async () => 1;`,
  leaves: "exports.handler = async () => { setTimeout(() => process.exit(0), 10); };",
};

const IN_PYTHON: Readonly<Record<FunctionDoing, string>> = {
  echoes: `
import json
def handler(event, context):
    print("got " + json.dumps(event, ensure_ascii=False, separators=(",", ":")))
    return {"event": event, "requestId": context.aws_request_id, "arn": context.invoked_function_arn}
`,
  throws: `
class RangeError(Exception):
    pass
def handler(event, context):
    raise RangeError("too far")
`,
  exits: "import os\ndef handler(event, context):\n    os._exit(7)\n",
  hangs: "def handler(event, context):\n    while True:\n        pass\n",
  grows:
    "def handler(event, context):\n    kept = []\n    while True:\n        kept.append(bytearray(b'1' * (1 << 20)))\n",
  breaks: "import nothing\n",
  leaves: `
import os, threading, time
def leave():
    time.sleep(0.05)
    os._exit(0)
def handler(event, context):
    threading.Thread(target=leave).start()
`,
};

function processWorld(more: Partial<FunctionPlan>, options: WorldOptions) {
  return async (): Promise<FunctionRunnerWorld> => {
    const { runner, plan, close } = openRunner(options);
    const isPython = more.runtime?.startsWith("python") ?? false;
    return {
      runner,
      close,
      plan: (does) => {
        const files = isPython ? { "index.py": IN_PYTHON[does] } : { "index.js": IN_JAVASCRIPT[does] };
        return plan(files, { ...more, ...(does === "hangs" ? { timeoutSeconds: HANGS_AFTER_SECONDS } : {}) });
      },
    };
  };
}

functionRunnerContract("memory", memoryWorld);
functionRunnerContract("functions, in JavaScript", processWorld({}, {}));
functionRunnerContract("functions, in Python", processWorld({ runtime: "python3.12" }, {}));
functionRunnerContract("functions, without control groups", processWorld({}, { machine: { hasCgroups: false } }));
functionRunnerContract(
  "functions, without isolation",
  processWorld({ uid: null }, { settings: { isolation: "none" }, machine: { hasCgroups: false } }),
);
