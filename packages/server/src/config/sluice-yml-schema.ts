import { isAbsolute } from "node:path";
import type { Driver } from "@sluice/drivers/driver.ts";
import {
  descriptionOfMissing,
  isOfUnknownName,
  NO_SETTINGS,
  type SettingsSchema,
} from "@sluice/drivers/settings-schema.ts";
import { DEFAULT_SERVICE_LIMITS, HIGHEST_SERVICE_LIMITS, type ServiceLimits } from "@sluice/model/service-limits.ts";
import * as v from "valibot";
import { DEFAULT_THROTTLE, MAX_THROTTLE } from "../access/key-budgets.ts";
import { DEFAULT_AUDIT, MAX_AUDIT_FILE_BYTES, MAX_AUDIT_KEEP_DAYS, MIN_AUDIT_FILE_BYTES } from "../audit/audit-rule.ts";
import { parseAuthority } from "../http/authority.ts";
import type { ConfiguredName } from "../http/server-names.ts";
import {
  DEFAULT_RETENTION,
  MAX_DEPLOYMENTS_PER_GROUP,
  MAX_EVERY_MINUTES,
  MAX_RETENTION_DAYS,
} from "../retention/retention-rule.ts";

/** Any driver, as far as reading a configuration has to know it. */
export type ConfigurableDriver = Pick<Driver<string, object, never, unknown>, "port" | "name"> & {
  readonly configSchema?: SettingsSchema<object>;
};

/** What sluice.yml may say. A message is the end of a sentence that begins with the path of what is wrong. */
export function sluiceYmlSchema(drivers: readonly ConfigurableDriver[]) {
  return mapping({
    server: v.optional(SERVER, {}),
    bindings: v.optional(listOf(bindingSchema(drivers), "write each binding as an item (- match: …)"), []),
    retention: v.optional(RETENTION, {}),
    throttle: v.optional(THROTTLE, {}),
    limits: v.optional(LIMITS, {}),
    audit: v.optional(AUDIT, {}),
  });
}

/** Which settings a binding may have depends on the driver that it names. */
function bindingSchema(drivers: readonly ConfigurableDriver[]) {
  return v.lazy((binding) => {
    const { port, driver: name } = v.is(MAPPING, binding) ? binding : {};
    const ofPort = drivers.filter((driver) => driver.port === port);
    const settings: SettingsSchema<object> = ofPort.find((driver) => driver.name === name)?.configSchema ?? NO_SETTINGS;
    return mapping({
      match: textThatIs("the name or ARN that the binding is for, with * for any text"),
      port: oneOf(
        drivers.map((each) => each.port),
        "a valid port",
      ),
      driver: oneOf(
        ofPort.map((each) => each.name),
        `a driver of ${port}`,
      ),
      settings: v.nullish(v.pipe(MAPPING, v.transform(withoutNullsOf(settings)), settings), {}),
    });
  });
}

const MAPPING = v.custom<Readonly<Record<string, unknown>>>(
  (value) => typeof value === "object" && value !== null && !Array.isArray(value),
  "is not a mapping: write it as NAME: VALUE lines",
);

/** A setting without a value is as one that is left out; one that the driver does not have is refused all the same. */
function withoutNullsOf({ entries }: SettingsSchema<object>): (given: Readonly<Record<string, unknown>>) => unknown {
  return (given) =>
    Object.fromEntries(
      Object.entries(given).filter(([name, value]) => value !== null || !Object.hasOwn(entries, name)),
    );
}

const SERVER_NAME = v.pipe(
  v.unknown(),
  v.rawTransform(({ dataset: { value }, addIssue, NEVER }): ConfiguredName => {
    const name = typeof value === "string" ? readServerName(value) : null;
    if (name !== null) return name;
    addIssue({
      message:
        `is ${JSON.stringify(value)}: give a host name or an address as callers write it, such as sluice.example.com, ` +
        "10.0.0.5:9450 or https://sluice.example.com, without a path",
    });
    return NEVER;
  }),
);

const SERVER = mapping({ names: v.optional(listOf(SERVER_NAME, "write each name as an item (- NAME)"), []) });

/** What is left out is as without the section. */
const RETENTION = mapping({
  days: v.nullish(
    wholeNumber(MAX_RETENTION_DAYS, "the days after its end for which a deployment is kept"),
    DEFAULT_RETENTION.days,
  ),
  deploymentsPerGroup: v.nullish(
    wholeNumber(MAX_DEPLOYMENTS_PER_GROUP, "how many of a group's newest deployments are kept"),
    DEFAULT_RETENTION.deploymentsPerGroup,
  ),
  everyMinutes: v.nullish(
    wholeNumber(MAX_EVERY_MINUTES, "the minutes from one look to the next"),
    DEFAULT_RETENTION.everyMinutes,
  ),
});

/** What is left out is as without the section. */
const THROTTLE = mapping({
  callsPerSecond: v.nullish(
    wholeNumber(MAX_THROTTLE, "how many calls a second one access key may make for long"),
    DEFAULT_THROTTLE.callsPerSecond,
  ),
  burst: v.nullish(wholeNumber(MAX_THROTTLE, "how many calls one access key may make at once"), DEFAULT_THROTTLE.burst),
});

/** What is left out is as without the section. */
const LIMITS = mapping({
  applications: limit("applications", "how many applications there may be"),
  groupsPerApplication: limit("groupsPerApplication", "how many deployment groups an application may have"),
  deploymentConfigs: limit("deploymentConfigs", "how many deployment configurations of your own there may be"),
  alarmsPerGroup: limit("alarmsPerGroup", "how many alarms a deployment group may have"),
  triggersPerGroup: limit("triggersPerGroup", "how many triggers a deployment group may have"),
  autoScalingGroupsPerGroup: limit(
    "autoScalingGroupsPerGroup",
    "how many Auto Scaling groups a deployment group may name",
  ),
  tagSetsPerGroup: limit("tagSetsPerGroup", "how many lists the tag set of a deployment group may have"),
  tagsPerResource: limit("tagsPerResource", "how many tags an application or a deployment group may have"),
  gitHubTokens: limit("gitHubTokens", "how many GitHub tokens there may be"),
});

function limit(name: keyof ServiceLimits, meaning: string) {
  return v.nullish(wholeNumber(HIGHEST_SERVICE_LIMITS[name], meaning), DEFAULT_SERVICE_LIMITS[name]);
}

/** What is left out is as without the section. */
const AUDIT = mapping({
  maxFileBytes: v.nullish(
    wholeNumber(MAX_AUDIT_FILE_BYTES, "the bytes after which another file is begun", MIN_AUDIT_FILE_BYTES),
    DEFAULT_AUDIT.maxFileBytes,
  ),
  keepDays: v.nullish(wholeNumber(MAX_AUDIT_KEEP_DAYS, "the days for which a file is kept"), DEFAULT_AUDIT.keepDays),
  directory: v.nullish(absolutePath("the directory of the audit's files"), DEFAULT_AUDIT.directory),
});

function absolutePath(meaning: string) {
  return v.pipe(
    textThatIs(meaning),
    v.check(
      (path) => isAbsolute(path) && !path.includes("\0"),
      ({ input }) => `is ${JSON.stringify(input)}: give ${meaning}, as a path that begins with /`,
    ),
  );
}

function mapping<const Entries extends v.ObjectEntries>(entries: Entries) {
  const known = Object.keys(entries).join(", ");
  return v.pipe(
    MAPPING,
    v.strictObject(entries, (issue) =>
      isOfUnknownName(issue)
        ? `is not known here: use ${known}`
        : `is missing: give ${descriptionOfMissing(issue, entries)}`,
    ),
  );
}

function listOf<const Item extends v.GenericSchema>(item: Item, cure: string) {
  return v.array(item, `is not a list: ${cure}`);
}

function textThatIs(meaning: string) {
  const wrong = ({ input }: { readonly input: unknown }) =>
    input === null ? `is missing: give ${meaning}` : `is ${JSON.stringify(input)}: give ${meaning}, as text`;
  return v.pipe(v.string(wrong), v.nonEmpty(wrong), v.description(meaning));
}

function oneOf(names: readonly string[], what: string) {
  const known = [...new Set(names)];
  return v.pipe(
    textThatIs(`one of ${known.join(", ")}`),
    v.picklist(known, ({ input }) => `is "${input}", which is not ${what}: use one of ${known.join(", ")}`),
    v.description(`one of ${known.join(", ")}`),
  );
}

function wholeNumber(most: number, meaning: string, least = 1) {
  const wrong = ({ input }: { readonly input: unknown }) =>
    `is ${JSON.stringify(input)}: give ${meaning}, a whole number from ${least} to ${most}`;
  return v.pipe(v.number(wrong), v.integer(wrong), v.minValue(least, wrong), v.maxValue(most, wrong));
}

/** `NAME`, `NAME:PORT` or `http(s)://NAME[:PORT]`, whose port is then its scheme's own. */
function readServerName(text: string): ConfiguredName | null {
  const [, scheme, rest = ""] = /^(?:(https?):\/\/)?(.*?)\/?$/i.exec(text.trim().toLowerCase()) ?? [];
  const authority = parseAuthority(rest);
  if (authority === null) return null;
  if (scheme !== "http" && scheme !== "https") return authority;
  return { name: authority.name, port: authority.port ?? (scheme === "https" ? 443 : 80), scheme };
}
