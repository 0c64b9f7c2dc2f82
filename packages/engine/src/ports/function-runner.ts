/** One version of a function, as its code is to run. `codeSha256` names the code: the same digest is the same files. */
export interface FunctionPlan {
  readonly functionName: string;
  /** `$LATEST`, or digits. */
  readonly version: string;
  /** Hex, of the zip. */
  readonly codeSha256: string;
  /** `nodejs22.x`, `python3.12`, `provided.al2023`: the driver says which it has. */
  readonly runtime: string;
  /** `index.handler`; a `provided` runtime is told it and may ignore it. */
  readonly handler: string;
  /** Of one invocation, and of the start of an environment. */
  readonly timeoutSeconds: number;
  readonly memoryMegabytes: number;
  /** Of the environment's own /tmp, where the driver can hold it. */
  readonly ephemeralStorageMegabytes: number;
  /** As the caller set them; the driver adds Lambda's own (`AWS_LAMBDA_FUNCTION_NAME`, …), which win. */
  readonly variables: Readonly<Record<string, string>>;
  /** Under which the processes run; null: as whoever runs Sluice, which a setting has accepted. */
  readonly uid: number | null;
  /** With which the function's SDK signs its calls. */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string } | null;
}

/** How to get at the code that a digest names; called when the driver has not unpacked it yet. */
export type ReadCode = (codeSha256: string, signal: AbortSignal) => Promise<NodeJS.ReadableStream>;

/** Where what a function writes goes, line by line, without the line's end. Called often; never throws. */
export interface FunctionLog {
  /** @param at epoch milliseconds */
  write(at: number, line: string): void;
}

/** What went wrong in a function, as Lambda puts it into the payload: `{"errorType":"Error","errorMessage":"no such charge"}`. */
export interface FunctionFault {
  /** `Sandbox.Timedout`, `Runtime.ExitError`, `Runtime.ImportModuleError`, or the handler's own. */
  readonly errorType: string;
  readonly errorMessage: string;
}

/** Of an environment that did not get so far as to ask for work. */
export interface FailedStart {
  readonly outcome: "failed";
  readonly fault: FunctionFault;
  /** What it wrote, at most MAX_LOG_TAIL_BYTES of it. */
  readonly logTail: string;
}

export interface FunctionCall {
  /** A UUID. */
  readonly requestId: string;
  /** JSON, as the caller sent it. */
  readonly payload: Uint8Array;
  /** As the function is told it: that by which it was called, with the alias or version. */
  readonly invokedFunctionArn: string;
  /** JSON text; only of RequestResponse. */
  readonly clientContext?: string | undefined;
}

/**
 * How one invocation ended. `answered`: the handler returned. `failed`: it threw or ran out of time, its process ended, or its answer was
 * refused; `payload` is then the fault as JSON, with its stack where the runtime gave one.
 */
export interface CallEnd {
  readonly outcome: "answered" | "failed";
  readonly payload: Uint8Array;
  /** What was written during the call with START, END and REPORT, at most MAX_LOG_TAIL_BYTES from its end. */
  readonly logTail: string;
  readonly durationMilliseconds: number;
  readonly maxMemoryBytes: number;
}

/** A process with the function's code loaded. It handles one call at a time. */
export interface FunctionEnvironment {
  readonly environmentId: string;
  /** Never rejects: whatever goes wrong is told in the end. The caller waits for one call to end before the next. */
  call(call: FunctionCall): Promise<CallEnd>;
  /** It has ended, and takes no call more. A time-out, a crash and running out of memory end it; a handler's error does not. */
  readonly isOver: boolean;
  /** Called once, as soon as `isOver` is true: also of an environment that ended while it was idle. */
  onOver(listener: () => void): void;
  /** What it holds now, of all its processes; 0: nobody can say. */
  memoryBytes(): Promise<number>;
  /** Ends all of its processes, whatever they think of it, and removes what was its own. Idempotent; done when nothing of it is left. */
  end(): Promise<void>;
}

export type EnvironmentStart =
  | { readonly outcome: "ready"; readonly environment: FunctionEnvironment; readonly initMilliseconds: number }
  | FailedStart;

/** Why the runner does not take a function, as a sentence without a full stop that names the cure; undefined: it does. */
export type PlanTrouble = string | undefined;

/** The port to whatever runs the code of functions on this machine. */
export interface FunctionRunner {
  /** Asked when a function is created or changed, before anything is stored. */
  troubleWith(plan: Pick<FunctionPlan, "runtime" | "handler" | "uid">): Promise<PlanTrouble>;
  /** A failure of the function's own code is an answer; trouble of the machine (no process to be had, a full disk) is a rejection. */
  start(plan: FunctionPlan, log: FunctionLog, signal: AbortSignal): Promise<EnvironmentStart>;
  /** Forgets unpacked code that none of these digests names. */
  keepOnly(codeSha256s: ReadonlySet<string>): Promise<void>;
  /** Ends every environment. */
  close(): Promise<void>;
}

/** As Lambda's LogResult. */
export const MAX_LOG_TAIL_BYTES = 4_096;
