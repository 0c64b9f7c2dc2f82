import { HOOK_TIMEOUT_SECONDS } from "../app-spec/app-spec.ts";
import { ON_FAILURE } from "../app-spec/hook-scripts.ts";
import { isTruthy, isYamlMap, yamlText } from "../app-spec/yaml-value.ts";
import { isLifecycleEventName, LIFECYCLE_EVENTS, RESERVED_EVENTS } from "../lifecycle-event.ts";
import { nearestName } from "../nearest-name.ts";
import type { Finding } from "./finding.ts";
import {
  findingPlace,
  type LintSubject,
  MAX_CHECKED_ENTRIES,
  placeOf,
  quoted,
  scriptsOf,
  type WrittenAppSpec,
} from "./lint-subject.ts";

const SCRIPTABLE_EVENTS = LIFECYCLE_EVENTS.filter((event) => !RESERVED_EVENTS.has(event));
/** Of ECS and Lambda deployments, or of CodeDeploy's own bookkeeping. */
const FOREIGN_EVENTS: readonly string[] = ["AllowTestTraffic", "AfterAllowTestTraffic", "Start", "End"];
const EVENT_ALIASES: Readonly<Record<string, string>> = {
  preinstall: "BeforeInstall",
  beforeinstallation: "BeforeInstall",
  postinstall: "AfterInstall",
  afterinstallation: "AfterInstall",
  appstart: "ApplicationStart",
  startapplication: "ApplicationStart",
  appstop: "ApplicationStop",
  stopapplication: "ApplicationStop",
  validate: "ValidateService",
  validation: "ValidateService",
  servicevalidation: "ValidateService",
  validateapplication: "ValidateService",
};
/** What scripts can be given instead of an event that runs none. */
const INSTEAD: Readonly<Record<string, string>> = {
  DownloadBundle: "BeforeInstall runs after it",
  Install: "BeforeInstall runs before it, AfterInstall after it",
  BlockTraffic: "BeforeBlockTraffic runs before it, AfterBlockTraffic after it",
  AllowTraffic: "BeforeAllowTraffic runs before it, AfterAllowTraffic after it",
};

const FOR_OUR_AGENT =
  "OnFailure runs on hosts with the Sluice agent, when the deployment fails there. Hosts with the AWS agent never run it.";

/** Hooks that run nothing, while the deployment succeeds. */
export function eventsThatRunNothing({ root, places }: WrittenAppSpec): Finding[] {
  const hooks = root.get("hooks") ?? null;
  if (!isYamlMap(hooks)) return [];
  return [...hooks].slice(0, MAX_CHECKED_ENTRIES).flatMap(([key, scripts]): Finding[] => {
    const name = yamlText(key);
    const isRun = isLifecycleEventName(name) && !RESERVED_EVENTS.has(name);
    if (isRun || !isTruthy(scripts)) return [];
    const place = findingPlace(places.member(hooks, key));
    if (name === ON_FAILURE) return [{ check: "unknown-event", severity: "note", ...place, message: FOR_OUR_AGENT }];
    return [{ check: "unknown-event", severity: "warning", ...place, message: whyNotRun(name) }];
  });
}

function whyNotRun(name: string): string {
  const outcome = "its scripts never run, and the deployment succeeds without them";
  if (Object.hasOwn(INSTEAD, name)) return `${name} runs no scripts of an AppSpec, so ${outcome}. ${INSTEAD[name]}.`;
  if (FOREIGN_EVENTS.includes(name))
    return `${name} is not an event of deployments to hosts, so ${outcome}. Events: ${SCRIPTABLE_EVENTS.join(", ")}.`;
  const meant = nearestName(name, [...SCRIPTABLE_EVENTS, ON_FAILURE], EVENT_ALIASES);
  const cure = meant === undefined ? `Events: ${SCRIPTABLE_EVENTS.join(", ")}.` : `Did you mean ${meant}?`;
  return `${quoted(name)} is not a lifecycle event, so ${outcome}. ${cure}`;
}

/** Time-outs that are not what they look like. */
export function misreadTimeouts(subject: LintSubject): Finding[] {
  const { places } = subject;
  const given = scriptsOf(subject).filter(({ map }) => isTruthy(map.get("timeout") ?? null));
  const secondsOf = ({ event, index }: { readonly event: string; readonly index: number }) =>
    subject.appSpec.hooks[event]?.[index]?.timeoutSeconds ?? 0;
  const misread = given.flatMap((script): Finding[] => {
    const value = script.map.get("timeout") ?? null;
    const seconds = secondsOf(script);
    const written = places.member(script.map, "timeout")?.written ?? (typeof value === "string" ? value : null);
    if (written === null || isReadAsMeant(written, seconds)) return [];
    const message = `timeout: ${quoted(written)} in ${quoted(script.field)} is read as ${seconds} seconds. Write the number of seconds, without a unit or leading zeros.`;
    return [{ check: "timeout", severity: "warning", ...placeOf(subject, script, "timeout"), message }];
  });
  const sums = [...Map.groupBy(given, ({ event }) => event)].flatMap(([event, scripts]): Finding[] => {
    const sum = scripts.reduce((total, script) => total + secondsOf(script), 0);
    const first = scripts[0];
    if (sum <= HOOK_TIMEOUT_SECONDS || first === undefined) return [];
    const message = `The timeouts of ${quoted(event)} add up to ${sum} seconds. An event has ${HOOK_TIMEOUT_SECONDS} seconds in total: the host fails when its scripts take much longer, whatever their timeouts are.`;
    return [{ check: "timeout", severity: "warning", ...placeOf(subject, first, "timeout"), message }];
  });
  return [...misread, ...sums];
}

/** `300`, `1_000`, `1,000`, `300s`, `2.5`. */
function isReadAsMeant(written: string, seconds: number): boolean {
  const number = written.replaceAll(/[_,]/g, "").replace(/ *s(ec|econds?)?$/i, "");
  return !/^0\d/.test(number) && Math.trunc(Number(number)) === seconds;
}

const WORDS_FOR_NO = new Set(["false", "no", "off", "n", "0", ""]);

/** A text is true, whatever it says. */
export function misreadSudo(subject: LintSubject): Finding[] {
  return scriptsOf(subject).flatMap((script): Finding[] => {
    const value = script.map.get("sudo") ?? null;
    const isMeantAsNo = typeof value === "string" ? WORDS_FOR_NO.has(value.toLowerCase()) : value === 0n;
    if (!isMeantAsNo) return [];
    const message = `sudo: ${quoted(yamlText(value))} in ${quoted(script.field)} is read as true. Write false without quotes, or omit it.`;
    return [{ check: "sudo", severity: "warning", ...placeOf(subject, script, "sudo"), message }];
  });
}

export function noValidation(subject: LintSubject): Finding[] {
  if (scriptsOf(subject).some(({ event }) => event === "ValidateService")) return [];
  const message =
    "There is no ValidateService hook: a deployment succeeds as soon as the files are installed and the scripts have ended, even if the service does not work.";
  return [{ check: "no-validation", severity: "note", line: null, message }];
}
