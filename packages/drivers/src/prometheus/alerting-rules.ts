import type { AlarmReading } from "@sluice/engine/ports/alarm-reader.ts";

/** One alerting rule as `/api/v1/rules` gives it, with what we read of it. Rules of one name may stand in several groups. */
export interface AlertingRule {
  readonly name: string;
  readonly group: string;
  /** `firing`, `pending` or `inactive`. */
  readonly state: string;
  /** `ok`, `err`, or `unknown` before the first evaluation. */
  readonly health: string;
  readonly lastError: string;
  /** Of the alerts that fire: since when, epoch milliseconds. */
  readonly firingSince: readonly number[];
  /** How many alerts fire. */
  readonly firing: number;
}

/** Checks the answer as far as it is read. Throws a TypeError that says what is not there. */
export function parseAlertingRules(body: unknown): AlertingRule[] {
  const answer = record(body);
  if (answer.status !== "success") throw new TypeError(`status is ${JSON.stringify(answer.status)}: ${answer.error}`);
  const groups = record(answer.data).groups;
  if (!Array.isArray(groups)) throw new TypeError("data.groups is not a list");
  return groups.flatMap((value: unknown) => {
    const group = record(value);
    const rules = Array.isArray(group.rules) ? group.rules.map(record) : [];
    return rules.filter((rule) => rule.type === "alerting").map((rule) => alertingRule(text(group.name), rule));
  });
}

function alertingRule(group: string, rule: Readonly<Record<string, unknown>>): AlertingRule {
  const alerts = Array.isArray(rule.alerts) ? rule.alerts.map(record) : [];
  const firing = alerts.filter((alert) => alert.state === "firing");
  // activeAt is when the condition began to hold; the alert fires once it has held for as long as the rule's `for`.
  const held = typeof rule.duration === "number" ? rule.duration * 1_000 : 0;
  return {
    name: text(rule.name),
    group,
    state: text(rule.state),
    health: text(rule.health),
    lastError: text(rule.lastError),
    firingSince: firing.map((alert) => Date.parse(text(alert.activeAt)) + held).filter((since) => !Number.isNaN(since)),
    firing: firing.length,
  };
}

function record(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : {};
}

function text(value: unknown): string {
  return typeof value === "string" ? value : "";
}

/**
 * What the rules of one name say together: one that fires is an alarm, whatever the others say. `ok` needs every one of them to have been
 * evaluated without an error.
 */
export function judgeRules(name: string, rules: readonly AlertingRule[]): AlarmReading {
  const [first] = rules;
  if (first === undefined)
    return { name, state: "unknown", since: null, detail: "Prometheus has no such alerting rule" };

  const firing = rules.filter((rule) => rule.state === "firing");
  if (firing.length > 0) {
    const since = firing.flatMap((rule) => rule.firingSince);
    const count = firing.reduce((sum, rule) => sum + rule.firing, 0);
    const detail = `${count} ${count === 1 ? "alert fires" : "alerts fire"} by the rules of ${groupNames(firing)}`;
    return { name, state: "alarm", since: since.length === 0 ? null : Math.min(...since), detail };
  }

  const unsure = rules.find((rule) => !isSettled(rule));
  if (unsure) return { name, state: "insufficient-data", since: null, detail: whyUnsure(unsure) };
  const pending = rules.filter((rule) => rule.state === "pending");
  if (pending.length === 0) return { name, state: "ok", since: null, detail: `inactive in ${groupNames(rules)}` };
  return {
    name,
    state: "ok",
    since: null,
    detail: `pending in ${groupNames(pending)}: not firing for as long as the rule asks (for)`,
  };
}

/** A state that is new to us is no reason to believe that all is well. */
function isSettled(rule: AlertingRule): boolean {
  return rule.health === "ok" && (rule.state === "inactive" || rule.state === "pending");
}

function whyUnsure(rule: AlertingRule): string {
  const where = `the rule in the group ${rule.group}`;
  if (rule.health === "err") return `${where} cannot be evaluated: ${rule.lastError || "no reason given"}`;
  if (rule.health === "ok") return `${where} has the state "${rule.state}"`;
  return `${where} has not been evaluated yet`;
}

function groupNames(rules: readonly AlertingRule[]): string {
  const names = [...new Set(rules.map((rule) => rule.group))];
  return `${names.length === 1 ? "the group" : "the groups"} ${names.join(", ")}`;
}
