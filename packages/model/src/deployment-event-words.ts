/** What happened to a deployment in words, for people. */
export interface EventWords {
  readonly kind: "start" | "stage" | "shift" | "wait" | "trouble" | "person" | "other" | "end";
  readonly title: string;
  readonly detail?: string | undefined;
}
type Body = Readonly<Record<string, unknown>>;

/**
 * An event of a deployment's own, as the event stream and ListDeploymentEvents give it.
 *
 * @returns undefined for those of single targets and for types of a later version
 */
export function deploymentEventWords(type: string, body: Body): EventWords | undefined {
  return WORDS[type]?.(body);
}

const STAGES: Readonly<Record<string, string>> = {
  withhold: "Replacement hosts are kept without traffic",
  deploy: "Hosts get the revision",
  allow: "Hosts are let into their traffic",
  block: "Hosts are taken out of their traffic",
  terminate: "Original hosts are ended",
};
const CONTINUED: Readonly<Record<string, string>> = {
  ready: "Continued: the traffic moves",
  termination: "The wait before termination was ended",
  baking: "The monitoring of the zone was ended",
};
const SHIFT_CHANGES: Readonly<Record<string, string>> = {
  next: "The wait of this step was ended",
  finish: "The rest of the traffic moves now",
  pause: "The shift was paused",
  resume: "The shift was resumed",
};

const WORDS: Readonly<Record<string, (body: Body) => EventWords>> = {
  deploymentStarted: ({ targets, minimumHealthyHosts }) => {
    const count = Array.isArray(targets) ? targets.length : 0;
    const minimum =
      typeof minimumHealthyHosts === "number" && minimumHealthyHosts > 0
        ? `${minimumHealthyHosts} must stay healthy`
        : undefined;
    return { kind: "start", title: `Started with ${counted(count, "target")}`, detail: minimum };
  },
  statusMessageAdded: ({ message }) => ({ kind: "other", title: textOf(message) ?? "Message" }),
  stopRequested: () => ({ kind: "person", title: "Stopping" }),
  admissionHalted: ({ error }) => ({
    kind: "trouble",

    title: "No further host begins",
    detail: errorWords(error),
  }),
  stageEntered: ({ stage }) => ({
    kind: "stage",

    title: STAGES[textOf(stage) ?? ""] ?? `Stage ${textOf(stage) ?? ""}`,
  }),
  readyWaitStarted: () => ({
    kind: "wait",

    title: "Ready: the traffic waits for somebody to continue",
  }),
  terminationWaitStarted: () => ({ kind: "wait", title: "The original side is kept for a way back" }),
  bakingStarted: ({ zone }) => ({
    kind: "wait",

    title: `${textOf(zone) === undefined ? "The zone" : `Zone ${textOf(zone)}`} is monitored before the next one begins`,
  }),
  continueRequested: ({ wait }) => ({
    kind: "person",

    title: CONTINUED[textOf(wait) ?? ""] ?? "Continued",
  }),
  waitEnded: () => ({ kind: "wait", title: "The wait is over" }),
  deploymentWaiting: ({ reason, about }) => ({
    kind: "wait",

    title: about === "alarms" ? "Alarms cannot be read" : "Waiting",
    detail: textOf(reason),
  }),
  deploymentWaitOver: () => ({ kind: "wait", title: "The alarms can be read again" }),
  originalsTerminated: () => ({ kind: "stage", title: "The original hosts were ended" }),
  taskSetCreated: ({ taskSetId }) => ({
    kind: "stage",

    title: "The replacement task set was made",
    detail: textOf(taskSetId),
  }),
  taskSetRemoved: ({ taskSetId }) => ({
    kind: "stage",

    title: "A task set was removed",
    detail: textOf(taskSetId),
  }),
  trafficShifted: ({ percent }) => ({
    kind: "shift",

    title: `${Number(percent)} % of the traffic is on the new side`,
  }),
  shiftChangeRequested: ({ action }) => ({
    kind: "person",

    title: SHIFT_CHANGES[textOf(action) ?? ""] ?? "The shift was changed",
  }),
  deploymentSucceeded: () => ({ kind: "end", title: "Succeeded" }),
  deploymentFailed: ({ error }) => ({ kind: "end", title: "Failed", detail: errorWords(error) }),
  deploymentStopped: ({ error }) => ({ kind: "end", title: "Stopped", detail: errorWords(error) }),
};

function errorWords(error: unknown): string | undefined {
  if (typeof error !== "object" || error === null) return undefined;
  const { code, message } = error as { readonly code?: unknown; readonly message?: unknown };
  return [textOf(code), textOf(message)].filter(Boolean).join(": ") || undefined;
}

function counted(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
