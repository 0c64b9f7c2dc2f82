import { isAbsolute, normalize } from "node:path";
import * as v from "valibot";
import { numberWithin, settings, text } from "../settings-schema.ts";

export const DEFAULT_UIDS = "52000-52999";
/** Below are users that a distribution gives out, to its services and to people. */
export const MIN_FUNCTION_UID = 10_000;
/** The last one that every program takes for a user; nobody (65534) is among those below and is refused. */
export const MAX_FUNCTION_UID = 2_000_000_000;
/** As many users as one range may name. */
export const MAX_FUNCTION_UIDS = 100_000;
export const DEFAULT_FUNCTION_CONCURRENCY = 100;
/** As Lambda gives an account in a region at first. */
export const MAX_FUNCTION_CONCURRENCY = 1_000;
export const DEFAULT_FUNCTION_IDLE_SECONDS = 300;
export const MAX_FUNCTION_IDLE_SECONDS = 24 * 60 * 60;
export const MAX_FUNCTION_ROLES = 1_000;
export const MAX_FUNCTION_FOLDERS = 100;

const NOBODY = 65_534;
/** Where something of the function's own is mounted, over whatever the machine has. */
const OWN_PLACES = ["/tmp/", "/proc/", "/var/task/", "/var/runtime/"];
const NO_MAPPING = "is not a mapping: write it as ROLE: [ACTION] lines";

/** As sluice.yml has them; all may be absent. */
export const FUNCTION_SETTINGS = settings({
  /** The first `python3` of the PATH when absent. */
  python: v.optional(text("the program that runs functions in Python, such as /usr/bin/python3", pythonProblem)),
  /** {@link DEFAULT_UIDS} when absent. */
  uids: v.optional(text("the users under which functions run, such as 52000-52999", uidsProblem)),
  /** `required` when absent. */
  isolation: v.optional(
    v.pipe(
      v.picklist(["required", "none"], "is neither required nor none"),
      v.description("whether functions are kept apart from each other and from this machine"),
    ),
  ),
  /** {@link DEFAULT_FUNCTION_CONCURRENCY} when absent. */
  concurrency: v.optional(
    numberWithin(1, MAX_FUNCTION_CONCURRENCY, "how many invocations of all functions run at the same time"),
  ),
  /** {@link DEFAULT_FUNCTION_IDLE_SECONDS} when absent. */
  idleSeconds: v.optional(
    numberWithin(1, MAX_FUNCTION_IDLE_SECONDS, "how many seconds a process without work is kept for the next"),
  ),
  /** What a function with the role may do beside answering its own hooks; nothing when absent. */
  roles: v.optional(
    v.pipe(
      v.custom<object>((value) => typeof value === "object" && value !== null && !Array.isArray(value), NO_MAPPING),
      v.record(
        v.string(),
        v.array(
          text("an action that functions with the role may call, such as lambda:InvokeFunction", actionProblem),
          "is not a list: write [lambda:InvokeFunction]",
        ),
        NO_MAPPING,
      ),
      v.check(
        (roles) => Object.keys(roles).length <= MAX_FUNCTION_ROLES,
        `has more than ${MAX_FUNCTION_ROLES} roles: leave out those that no function has`,
      ),
      v.description("what functions may call, by the role that they are created with"),
    ),
  ),
  /** Functions see nothing else of this machine but its programs and /etc. */
  folders: v.optional(
    v.pipe(
      v.array(
        text("a folder of this machine that functions may read", folderProblem),
        "is not a list: write [/opt/tools]",
      ),
      v.maxLength(MAX_FUNCTION_FOLDERS, `has more than ${MAX_FUNCTION_FOLDERS} folders: name the folders above them`),
      v.description("the folders of this machine that functions may read"),
    ),
  ),
  /** What only AWS has (subnets, layers, file systems) is refused when absent. */
  awsOnly: v.optional(
    v.pipe(
      v.picklist(["refuse", "ignore"], "is neither refuse nor ignore"),
      v.description("whether subnets, layers, tracing and file systems of AWS are refused or ignored"),
    ),
  ),
});

export type FunctionSettings = v.InferOutput<typeof FUNCTION_SETTINGS>;

/** Users by number, both ends included. */
export interface UidRange {
  readonly first: number;
  readonly last: number;
}

/** What the settings mean. */
export interface FunctionRules {
  /** Null: the first of the PATH that runs. */
  readonly python: string | null;
  readonly uids: UidRange;
  readonly isolation: "required" | "none";
  readonly concurrency: number;
  readonly idleMilliseconds: number;
  /** By the name of a role, or its whole ARN. */
  readonly roles: Readonly<Record<string, readonly string[]>>;
  readonly folders: readonly string[];
  readonly ignoresAwsOnly: boolean;
}

/** Of settings that the schema has passed. */
export function readFunctionSettings(settings: FunctionSettings): FunctionRules {
  return {
    python: settings.python ?? null,
    uids: parseUids(settings.uids ?? DEFAULT_UIDS) ?? { first: 0, last: -1 },
    isolation: settings.isolation ?? "required",
    concurrency: settings.concurrency ?? DEFAULT_FUNCTION_CONCURRENCY,
    idleMilliseconds: (settings.idleSeconds ?? DEFAULT_FUNCTION_IDLE_SECONDS) * 1000,
    roles: settings.roles ?? {},
    folders: settings.folders ?? [],
    ignoresAwsOnly: settings.awsOnly === "ignore",
  };
}

function parseUids(text: string): UidRange | undefined {
  const [, first, last] = /^([0-9]{1,10})-([0-9]{1,10})$/.exec(text) ?? [];
  return first === undefined || last === undefined ? undefined : { first: Number(first), last: Number(last) };
}

function uidsProblem(text: string): string | undefined {
  const range = parseUids(text);
  if (range === undefined) return `is "${text}": give the first and the last user, such as ${DEFAULT_UIDS}`;
  const { first, last } = range;
  if (first > last) return `is "${text}", which ends before it begins: give the lower user first`;
  if (first < MIN_FUNCTION_UID || last > MAX_FUNCTION_UID) {
    return `is "${text}": give users from ${MIN_FUNCTION_UID} to ${MAX_FUNCTION_UID}, which nobody else has`;
  }
  if (first <= NOBODY && last >= NOBODY) return `is "${text}", with the user nobody (${NOBODY}): leave that one out`;
  if (last - first >= MAX_FUNCTION_UIDS) return `is "${text}", of more than ${MAX_FUNCTION_UIDS} users: name fewer`;
  return undefined;
}

function pythonProblem(path: string): string | undefined {
  return isAbsolute(path) ? undefined : `is "${path}": give the whole path of a program`;
}

function folderProblem(path: string): string | undefined {
  if (!isAbsolute(path)) return `has "${path}": give the whole path of a folder`;
  const folder = normalize(`${path}/`);
  if (folder === "/") return 'has "/", which is the whole machine: name the folders that are needed';
  const hidden = OWN_PLACES.find((place) => folder.startsWith(place));
  return hidden && `has "${path}", where a function sees only its own ${hidden}: put what it needs elsewhere`;
}

function actionProblem(action: string): string | undefined {
  return /^[a-z][a-z0-9-]*:[A-Za-z0-9]+$/.test(action)
    ? undefined
    : `has "${action}": name an action with its service, such as lambda:InvokeFunction`;
}
