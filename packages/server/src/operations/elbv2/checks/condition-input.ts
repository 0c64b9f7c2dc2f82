import { BlockList, isIP } from "node:net";
import type { RuleCondition as ConditionInput } from "@aws-sdk/client-elastic-load-balancing-v2";
import type { RuleCondition } from "@sluice/engine/ports/balancer.ts";
import {
  MAX_CONDITION_VALUE_CHARACTERS,
  MAX_CONDITION_VALUES,
  MAX_HEADER_NAME_CHARACTERS,
} from "@sluice/model/elb-limits.ts";
import { checkMembers, invalid, refused, requireOneOf } from "./members.ts";

const FIELDS = [
  "host-header",
  "path-pattern",
  "http-header",
  "http-request-method",
  "query-string",
  "source-ip",
] as const;
type Field = (typeof FIELDS)[number];

const REGEX = refused("is not supported: conditions have the wildcards * and ?.");
/** The member of a condition that has a field's values. */
const CONFIGS = {
  "host-header": "HostHeaderConfig",
  "path-pattern": "PathPatternConfig",
  "http-header": "HttpHeaderConfig",
  "http-request-method": "HttpRequestMethodConfig",
  "query-string": "QueryStringConfig",
  "source-ip": "SourceIpConfig",
} as const satisfies Record<Field, keyof ConditionInput>;

/** One condition of each field at most, but for those of headers and the query. */
export function readConditions(input: readonly ConditionInput[] | undefined): readonly RuleCondition[] {
  const conditions = (input ?? []).map((condition, index) =>
    readCondition(condition, `Conditions.member.${index + 1}.`),
  );
  if (conditions.length === 0) throw invalid("Conditions must have at least one condition.");
  const values = conditions.reduce((total, condition) => total + condition.values.length, 0);
  if (values > MAX_CONDITION_VALUES) {
    throw invalid(
      `The conditions of a rule have at most ${MAX_CONDITION_VALUES} values together; these have ${values}.`,
    );
  }
  const single = conditions
    .map(({ field }) => field)
    .filter((field) => field !== "http-header" && field !== "query-string");
  const twice = single.find((field, index) => single.indexOf(field) !== index);
  if (twice) throw invalid(`A rule can have only one '${twice}' condition: give all its values in one.`);
  return conditions;
}

function readCondition(condition: ConditionInput, path: string): RuleCondition {
  checkMembers(
    condition,
    {
      Field: "read",
      Values: "read",
      HostHeaderConfig: "read",
      PathPatternConfig: "read",
      HttpHeaderConfig: "read",
      QueryStringConfig: "read",
      HttpRequestMethodConfig: "read",
      SourceIpConfig: "read",
      RegexValues: REGEX,
    },
    path,
  );
  const field = requireOneOf(condition.Field ?? "", `${path}Field`, FIELDS);
  const foreign = FIELDS.find((other) => other !== field && condition[CONFIGS[other]] !== undefined);
  if (foreign)
    throw invalid(`${path}${CONFIGS[foreign]} is for the field ${foreign}, and this condition is of ${field}.`);
  switch (field) {
    case "query-string":
      return readQueryString(condition, path);
    case "http-header":
      return readHttpHeader(condition, path);
    case "host-header":
    case "path-pattern":
    case "http-request-method":
    case "source-ip":
      return { field, values: readValues(field, condition, path) };
    default:
      return field satisfies never;
  }
}

type ListedField = Exclude<Field, "query-string" | "http-header">;

function readValues(field: ListedField, condition: ConditionInput, path: string): readonly string[] {
  const config = condition[CONFIGS[field]];
  if (config && "RegexValues" in config)
    checkMembers({ RegexValues: config.RegexValues }, { RegexValues: REGEX }, `${path}${CONFIGS[field]}.`);
  if (config && "IpAddressType" in config && config.IpAddressType !== undefined) {
    throw invalid(`${path}SourceIpConfig.IpAddressType is not supported: the addresses themselves say it.`);
  }
  if (config && condition.Values && condition.Values.length > 0) {
    throw invalid(`${path}Values and ${CONFIGS[field]} are both given: give one.`);
  }
  const values = config?.Values ?? condition.Values ?? [];
  if (values.length === 0) throw invalid(`${path}${CONFIGS[field]}.Values must have at least one value.`);
  for (const value of values) VALUE_CHECKS[field](value, path);
  return values;
}

const VALUE_CHECKS: Readonly<Record<ListedField, (value: string, path: string) => void>> = {
  "host-header": (value, path) => requirePattern(value, path, /^[\w.*?:-]+$/, "letters, digits, . - * ?"),
  "path-pattern": (value, path) =>
    requirePattern(value, path, /^[\w.\-$/~"'@:+&()*?!,;=%]+$/, "the characters of a path, * and ?"),
  "http-request-method": (value, path) => requirePattern(value, path, /^[A-Z_-]{1,40}$/, "capital letters, - and _"),
  "source-ip": (value, path) => {
    if (!isCidr(value))
      throw invalid(`${path}SourceIpConfig.Values '${value}' is not a CIDR block, such as 192.0.2.0/24.`);
  },
};

function readHttpHeader({ HttpHeaderConfig, Values }: ConditionInput, path: string): RuleCondition {
  if (Values && Values.length > 0) throw invalid(`${path}Values is not for http-header: give HttpHeaderConfig.Values.`);
  const { HttpHeaderName: name = "", Values: values = [], RegexValues } = HttpHeaderConfig ?? {};
  const place = `${path}HttpHeaderConfig.`;
  checkMembers({ RegexValues }, { RegexValues: REGEX }, place);
  if (name.length > MAX_HEADER_NAME_CHARACTERS || !/^[!#$%&'*+.^_`|~\w-]+$/.test(name)) {
    throw invalid(`${place}HttpHeaderName '${name.slice(0, MAX_HEADER_NAME_CHARACTERS)}' is not the name of a header.`);
  }
  if (name.toLowerCase() === "host")
    throw invalid(`${place}HttpHeaderName cannot be Host: use a host-header condition.`);
  if (values.length === 0) throw invalid(`${place}Values must have at least one value.`);
  for (const value of values) requirePattern(value, path, /^[\x20-\x7e]+$/, "ASCII");
  return { field: "http-header", name, values };
}

function readQueryString({ QueryStringConfig, Values }: ConditionInput, path: string): RuleCondition {
  if (Values && Values.length > 0)
    throw invalid(`${path}Values is not for query-string: give QueryStringConfig.Values.`);
  const pairs = QueryStringConfig?.Values ?? [];
  if (pairs.length === 0) throw invalid(`${path}QueryStringConfig.Values must have at least one value.`);
  return {
    field: "query-string",
    values: pairs.map(({ Key, Value = "" }) => {
      for (const text of [Key ?? "a", Value]) requirePattern(text, path, /^[\x21-\x7e]+$/, "ASCII without spaces");
      return { key: Key ?? null, value: Value };
    }),
  };
}

function requirePattern(value: string, path: string, pattern: RegExp, what: string): void {
  if (value.length <= MAX_CONDITION_VALUE_CHARACTERS && pattern.test(value)) return;
  throw invalid(
    `${path}Values '${value.slice(0, MAX_CONDITION_VALUE_CHARACTERS)}' must have 1 to ${MAX_CONDITION_VALUE_CHARACTERS} characters: ${what}.`,
  );
}

function isCidr(value: string): boolean {
  const [address = "", bits = "", ...rest] = value.split("/");
  const family = isIP(address);
  // The zone of an address (fe80::1%eth0) is no part of a range.
  if (family === 0 || address.includes("%") || rest.length > 0 || !/^\d{1,3}$/.test(bits)) return false;
  try {
    new BlockList().addSubnet(address, Number(bits), family === 6 ? "ipv6" : "ipv4");
    return true;
  } catch {
    return false;
  }
}
