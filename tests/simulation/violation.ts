/** A rule that was broken. The rule is what a shrunk world has to break again. */
export interface Violation {
  readonly rule: Rule;
  /** Since the world's beginning. */
  readonly atMilliseconds: number;
  readonly deploymentId: string | null;
  readonly message: string;
}

export type Rule = (typeof RULES)[keyof typeof RULES];

export const RULES = {
  terminal: "terminal is terminal",
  state: "a state fits together",
  hookOrder: "a host runs each event once, and in order",
  truth: "nothing is said to have succeeded that did not",
  once: "a command is given once, to its host, in its turn",
  stopEnds: "a stop ends within its grace, and what ended without a report is not said to have ended otherwise",
  stopped: "after a stop nobody is given another event",
  health: "no more hosts are taken out than the health rule allows",
  order: "hosts are admitted in the order of their health",
  zones: "zones follow one another, each after its monitor time",
  meant: "a deployment is of the hosts that its group means",
  oneActive: "a group has one active deployment",
  outcome: "an outcome is what happened, with its reason",
  due: "what is due is decided and done",
  ends: "every deployment ends once the faults have ended",
  calm: "without faults nothing is late or lost",
  rollback: "a rollback starts exactly when one is due, linked both ways",
  marked: "a group that was rolled back says so until it is put right",
  drained: "a host has no traffic while its application is replaced",
  traffic: "traffic moves in its event alone, and is where the deployment says",
  serving: "no traffic is taken away before enough others serve",
  waits: "a wait is over when its time is, or when somebody says so",
  alarm: "an alarm that fires is heeded",
  events: "every event is numbered, without a gap",
  heard: "no host that reported in time fails as silent",
  deadline:
    "no deadline counts time in which the server could not be reached, and no host that reported in time is late",
  trouble: "the server meets no error of its own",
} as const;
