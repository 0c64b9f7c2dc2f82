import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { InvokeCommand } from "@aws-sdk/client-lambda";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasAwsCli } from "../installation/installed-programs.fixture.ts";
import { until } from "../installation/until.fixture.ts";
import { FunctionShop, whyNoFunctionUsers } from "./function-shop.fixture.ts";
import { HOSTILE } from "./hostile-function.fixture.ts";
import { processesOfUsers } from "./user-processes.fixture.ts";

const NOBODY = "arn:aws:iam::111122223333:role/nobody";
/** So that it is asked all the time, and the machine is not full of it. */
const PAUSE_MILLISECONDS = 20;
/** A gigabyte that is written to it, and a function that takes all the memory that it can get, come nowhere near it. */
const MAX_GROWTH_MEBIBYTES = 300;
/** What a server keeps of each function's log, twice 5 MiB, and some more. */
const MAX_LOG_MEBIBYTES = 12;

/** How each is contained is looked at closely in drivers/src/function-processes/containment.test.ts; here, that the server is none the worse. */
describe("a server with hostile functions", () => {
  const missing = whyNoFunctionUsers();
  if (missing !== null) {
    it.skip(missing, () => {});
    return;
  }
  const undo = new AsyncDisposableStack();
  let shop: FunctionShop;
  let directory: string;
  let answersOfGood = 0;
  let goodEnds: () => Promise<void>;
  let mebibytesAtFirst: number;
  let endlessUser: { readonly first: number; readonly last: number };

  beforeAll(async () => {
    directory = mkdtempSync(join(tmpdir(), "sluice-hostile-"));
    undo.defer(() => rmSync(directory, { recursive: true, force: true }));
    shop = await FunctionShop.bare(undo);
    const good =
      'const { writeFileSync } = require("fs"); writeFileSync("/tmp/secret", "of good"); exports.handler = async ({ n }) => n + 1;';
    await shop.createFunction("good", { "index.js": good });
    await shop.createFunction("hostile", HOSTILE, { Role: NOBODY, MemorySize: 128 });
    await shop.createFunction("endless", HOSTILE, { Role: NOBODY, Timeout: 2 });
    const uid = Number((await invoke("endless", { does: "tells" })).answer);
    endlessUser = { first: uid, last: uid };
    goodEnds = askGood();
    await until("an answer of the good one", () => answersOfGood > 0);
    mebibytesAtFirst = memoryOfServer();
  });
  afterAll(() => undo.disposeAsync());

  /** Asks the good function all the time, until the end of the tests. */
  function askGood(): () => Promise<void> {
    let isOver = false;
    const asking = (async () => {
      while (!isOver) {
        const { answer, failed } = await invoke("good", { n: answersOfGood });
        expect({ answer, failed }).toEqual({ answer: answersOfGood + 1, failed: undefined });
        answersOfGood += 1;
        await wait(PAUSE_MILLISECONDS);
      }
    })();
    asking.catch(() => {});
    return () => {
      isOver = true;
      return asking;
    };
  }

  async function invoke(FunctionName: string, event: object) {
    const {
      Payload,
      FunctionError,
      LogResult = "",
    } = await shop.lambda.send(new InvokeCommand({ FunctionName, Payload: JSON.stringify(event), LogType: "Tail" }));
    const answer: unknown = JSON.parse(Buffer.from(Payload ?? []).toString() || "null");
    return { answer, failed: FunctionError, log: Buffer.from(LogResult, "base64").toString() };
  }

  /** The most that it has taken so far. */
  function memoryOfServer(): number {
    const status = readFileSync(`/proc/${shop.server.pid()}/status`, "utf8");
    return Number(/^VmHWM:\s+([0-9]+) kB$/m.exec(status)?.[1]) / 1024;
  }

  const timedOut = {
    errorType: "Sandbox.Timedout",
    errorMessage: expect.stringMatching(/Task timed out after 2\.00 seconds$/),
  };

  it.each([
    [
      "crashes",
      { errorType: "Runtime.ExitError", errorMessage: expect.stringMatching(/exited with error: exit status 3$/) },
    ],
    ["leaks", { errorType: "Runtime.OutOfMemory" }],
  ])("tells of one that %s", async (does, fault) => {
    const { answer, failed, log } = await invoke("hostile", { does });
    expect({ answer, failed }).toEqual({ answer: expect.objectContaining(fault), failed: "Unhandled" });
    expect(log).toMatch(/REPORT RequestId/);
    expect((await invoke("hostile", { does: "tells" })).answer, "a new process answers").toBeGreaterThan(0);
  });

  it("lets one that opens files without an end have no more, and shows it nothing of the server and the others", async () => {
    const { server } = shop;
    expect((await invoke("hostile", { does: "opens" })).answer).toBe("EMFILE");
    const event = { does: "spies", data: server.data, server: server.pid(), good: "good" };
    expect((await invoke("hostile", event)).answer).toEqual({
      data: "ENOENT",
      environ: "ENOENT",
      secret: "ENOENT",
      processes: 2,
      invoke: "AccessDeniedException",
      read: "AccessDeniedException",
    });
  });

  it.each(["hangs", "writes", "forks", "ignores"])(
    "ends one that %s for ever with its time, and all of it",
    async (does) => {
      const { answer, failed } = await invoke("endless", { does });
      expect({ answer, failed }).toEqual({ answer: expect.objectContaining(timedOut), failed: "Unhandled" });
      await until(`the end of all that ${does}`, () => processesOfUsers(endlessUser).length === 0);
    },
  );

  it("tells of them by aws lambda invoke", async (context) => {
    context.skip(!hasAwsCli(), "the AWS CLI is not installed: pip install awscli");
    const [event, out] = [join(directory, "event.json"), join(directory, "out.json")];
    writeFileSync(event, JSON.stringify({ does: "crashes" }));
    const said = await shop.server.aws(
      ...["lambda", "invoke", "--function-name", "hostile", "--payload", `fileb://${event}`, "--log-type", "Tail", out],
    );
    expect(JSON.parse(said)).toMatchObject({ StatusCode: 200, FunctionError: "Unhandled", ExecutedVersion: "$LATEST" });
    expect(JSON.parse(readFileSync(out, "utf8"))).toMatchObject({ errorType: "Runtime.ExitError" });
  });

  it("tells of them by sluice logs, and has kept a part of the gigabyte", async () => {
    const log = await shop.server.sluice("logs", "--function", "endless", "--raw");
    expect(log).toMatch(/Task timed out after 2\.00 seconds/);
    expect(log).toMatch(/[0-9]+ bytes of the log were dropped/);
    expect(Buffer.byteLength(log)).toBeLessThan(MAX_LOG_MEBIBYTES * 1024 * 1024);
    expect(await shop.server.sluice("logs", "--function", "hostile", "--raw")).toMatch(/exit status 3/);
  });

  it("is ready, has answered for the good one all the time, and has not grown", async () => {
    const before = answersOfGood;
    await until("another answer", () => answersOfGood > before);
    await goodEnds();
    const ready = await fetch(`${shop.server.url()}/readyz`);
    expect(ready.status).toBe(200);
    const grown = memoryOfServer() - mebibytesAtFirst;
    console.log(`${answersOfGood} answers of the good one; the server has grown by ${Math.round(grown)} MiB at most`);
    expect(grown).toBeLessThan(MAX_GROWTH_MEBIBYTES);
  });
});
