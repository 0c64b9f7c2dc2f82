import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type BucketStore, openBucketStore } from "@sluice/bucket/store/bucket-store.ts";
import { zipOf } from "@sluice/drivers/function-processes/zipped-code.fixture.ts";
import type { FunctionPlan } from "@sluice/engine/ports/function-runner.ts";
import type { LambdaOperations } from "@sluice/wire/generated/lambda-shapes.ts";
import { codeStore } from "../../functions/code-store.ts";
import type { FunctionPlace, LambdaPlatform } from "../../functions/lambda-platform.ts";
import type { FunctionInvocation, Invoked, LocalFunctions } from "../../functions/local-functions.ts";
import { WakeFeed } from "../../store/wake-feed.ts";
import { testContext } from "../operation-context.fixture.ts";
import { invoke } from "./invocations/invoke.ts";
import type { LambdaContext } from "./lambda-context.ts";
import { LAMBDA_HANDLERS } from "./lambda-operations.ts";

type Inputs = { [Name in keyof LambdaOperations]: LambdaOperations[Name]["input"] };
type Outputs = { [Name in keyof LambdaOperations]: LambdaOperations[Name]["output"] };

export const ROLE = "arn:aws:iam::111122223333:role/payments";
export const ARN = "arn:aws:lambda:us-east-1:111122223333:function:payments";
export const PLACE: FunctionPlace = { uids: { first: 52_000, last: 52_009 }, concurrency: 10, ignoresAwsOnly: false };

/** Functions whose answers a test gives, in the place of processes. */
export class PlayedFunctions implements LocalFunctions {
  readonly invocations: FunctionInvocation[] = [];
  readonly events: FunctionInvocation[] = [];
  answer: Partial<Invoked> = {};

  async invoke(invocation: FunctionInvocation): Promise<Invoked> {
    this.invocations.push(invocation);
    const executedVersion = invocation.qualifier ?? "$LATEST";
    const payload = Buffer.from('{"ok":true}');
    return { requestId: "request-1", executedVersion, outcome: "answered", payload, logTail: "END\n", ...this.answer };
  }

  async check(): Promise<void> {}

  async invokeLater(invocation: FunctionInvocation): Promise<{ requestId: string }> {
    this.events.push(invocation);
    return { requestId: "request-2" };
  }

  async hookState(): Promise<undefined> {
    return undefined;
  }
}

/** Lambda's operations over a store in memory and a bucket on the disk. */
export class LambdaWorld {
  readonly context: LambdaContext;
  readonly functions: PlayedFunctions;
  readonly bucket: BucketStore;
  readonly clock: { now: number };
  /** How often whoever routes invocations was told. */
  changes = 0;
  /** Of which functions' processes are there. */
  uidsInUse: ReadonlySet<number> = new Set();
  /** What the runner says of a function. */
  trouble: (plan: Pick<FunctionPlan, "runtime" | "handler" | "uid">) => string | undefined = () => undefined;
  readonly #directory: string;

  private constructor(parts: Pick<LambdaWorld, "bucket" | "clock"> & { context: LambdaContext; directory: string }) {
    this.bucket = parts.bucket;
    this.clock = parts.clock;
    this.#directory = parts.directory;
    this.functions = new PlayedFunctions();
    const platform: LambdaPlatform = {
      ...parts.context.platform,
      functions: this.functions,
      runner: { troubleWith: async (plan) => this.trouble(plan) },
      uidsInUse: () => this.uidsInUse,
    };
    this.context = { ...parts.context, platform };
    platform.changes.subscribe(() => {
      this.changes += 1;
    });
  }

  static async begin(place: Partial<FunctionPlace> = {}): Promise<LambdaWorld> {
    const clock = { now: 1_793_491_200_000 };
    const directory = mkdtempSync(join(tmpdir(), "sluice-lambda-"));
    const bucket = await openBucketStore({ directory, now: () => new Date(clock.now) });
    const platform: LambdaPlatform = {
      place: { ...PLACE, ...place },
      code: codeStore(bucket),
      buckets: bucket,
      changes: new WakeFeed(),
      functions: new PlayedFunctions(),
      runner: { troubleWith: async () => undefined },
      uidsInUse: () => new Set(),
    };
    const codeUrl = async (sha256: string) => `http://127.0.0.1/${sha256}`;
    const signal = new AbortController().signal;
    const context = { ...(await testContext(clock)), platform, codeUrl, signal };
    return new LambdaWorld({ bucket, clock, context, directory });
  }

  call<Name extends Exclude<keyof LambdaOperations, "Invoke">>(
    name: Name,
    input: Inputs[Name],
  ): Promise<Outputs[Name]> {
    const handler = LAMBDA_HANDLERS[name] as unknown as (input: unknown, context: LambdaContext) => Promise<never>;
    return handler(input, this.context);
  }

  invoke(input: Inputs["Invoke"]) {
    return invoke(input, this.context);
  }

  /** The code and the message of the fault that the call answers. */
  async fault<Name extends keyof LambdaOperations>(name: Name, input: Inputs[Name]): Promise<string> {
    try {
      if (name === "Invoke") await this.invoke(input as Inputs["Invoke"]);
      else await this.call(name as never, input as never);
    } catch (error) {
      const { code, message } = error as { code?: string; message: string };
      return `${code}: ${message}`;
    }
    throw new Error(`${name} was not refused`);
  }

  create(change: Partial<Inputs["CreateFunction"]> = {}) {
    return this.call("CreateFunction", {
      FunctionName: "payments",
      Role: ROLE,
      Runtime: "nodejs22.x",
      Handler: "index.handler",
      Code: { ZipFile: zipOf({ "index.js": "exports.handler = async () => ({ ok: true });" }) },
      ...change,
    });
  }

  update(text: string, change: Partial<Inputs["UpdateFunctionCode"]> = {}) {
    return this.call("UpdateFunctionCode", {
      FunctionName: "payments",
      ZipFile: zipOf({ "index.js": text }),
      ...change,
    });
  }

  /** Digests of the zips that are stored. */
  storedCode(): string[] {
    const listing = { prefix: "", delimiter: "", after: "", limit: 1_000 };
    return this.bucket.list("sluice-function-code", listing).rows.map(({ key }) => key);
  }

  async close(): Promise<void> {
    await this.context.store.close();
    this.bucket.close();
    rmSync(this.#directory, { recursive: true });
  }
}
