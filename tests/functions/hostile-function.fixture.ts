import type { FunctionFiles } from "./function-sources.fixture.ts";

/** Does what its event says: \`{"does": "crashes"}\`. */
export const HOSTILE: FunctionFiles = {
  "index.js": `const { closeSync, openSync, readdirSync, readFileSync, writeSync } = require("fs");
const { spawn } = require("child_process");
const forever = () => new Promise(() => setInterval(() => undefined, 1000));
const attempt = async (what) => { try { return await what(); } catch (error) { return error.code || error.name; } };
const does = {
  tells: () => process.getuid(),
  crashes: () => process.exit(3),
  leaks: () => { for (const kept = [];;) kept.push(Buffer.alloc(1 << 20, 1)); },
  opens: async () => {
    const files = [];
    const end = await attempt(() => { for (;;) files.push(openSync("/etc/hostname")); });
    for (const file of files) closeSync(file);
    return end;
  },
  hangs: forever,
  writes: async () => {
    const line = "x".repeat(1023) + "\\n";
    for (let count = 0; count < 1 << 20; count += 1) writeSync(1, line);
    return forever();
  },
  forks: () => {
    spawn("/bin/sh", ["-c", "bomb() { bomb & bomb & wait; }; bomb"], { stdio: "ignore", detached: true }).on("error", () => undefined);
    return forever();
  },
  ignores: () => {
    for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"]) process.on(signal, () => undefined);
    spawn("/bin/sh", ["-c", "trap '' TERM HUP INT; setsid sh -c 'sleep 1000 & sleep 1000' & exit 0"], { stdio: "ignore", detached: true }).unref();
    return forever();
  },
  spies: async ({ data, server, good }) => {
    const { GetFunctionCommand, InvokeCommand, LambdaClient } = require("@aws-sdk/client-lambda");
    const lambda = new LambdaClient({});
    return {
      data: await attempt(() => readdirSync(data)),
      environ: await attempt(() => readFileSync("/proc/" + server + "/environ")),
      secret: await attempt(() => readFileSync("/tmp/secret")),
      processes: readdirSync("/proc").filter((name) => /^[0-9]+$/.test(name)).length,
      invoke: await attempt(() => lambda.send(new InvokeCommand({ FunctionName: good }))),
      read: await attempt(() => lambda.send(new GetFunctionCommand({ FunctionName: good }))),
    };
  },
};
exports.handler = async (event) => does[event.does](event);`,
};
