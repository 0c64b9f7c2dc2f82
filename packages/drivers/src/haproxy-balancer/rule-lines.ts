import { isIP } from "node:net";
import type { RuleCondition, RulePlan } from "@sluice/engine/ports/balancer.ts";
import { configWord, UnsupportedPlan } from "./config-word.ts";
import { digestOf } from "./configured-names.ts";
import { wildcardPattern, wildcardText } from "./wildcard-pattern.ts";

/** RFC 9110's token. */
const HEADER_NAME = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;
const METHOD = /^[A-Za-z0-9!#$%&'*+.^_`|~-]+$/;
/** Matched without regard to case, as ELBv2 does it for hosts, headers and queries; paths and methods are matched with it. */
const ANY_CASE = "-i ";

/** Lines that define each condition of a rule, a line for each value, and the names under which all have to hold. */
export interface RuleLines {
  readonly lines: readonly string[];
  readonly names: readonly string[];
}

export function ruleLines(frontend: string, { ruleId, conditions }: RulePlan): RuleLines {
  const prefix = `c_${digestOf(`${frontend} ${ruleId}`)}`;
  const lines: string[] = [];
  const names = conditions.map((condition, index) => {
    const name = `${prefix}_${index}`;
    const criteria = criteriaOf(condition);
    if (criteria.length === 0) throw new UnsupportedPlan(`the condition ${condition.field} of ${ruleId} has no value`);
    lines.push(...criteria.map((criterion) => `  acl ${name} ${criterion}`));
    return name;
  });
  return { lines, names };
}

function criteriaOf(condition: RuleCondition): readonly string[] {
  switch (condition.field) {
    case "host-header":
      return condition.values.map((value) =>
        matching("req.hdr(host),host_only", ANY_CASE, value, "a value of host-header"),
      );
    case "path-pattern":
      return condition.values.map((value) => matching("path", "", value, "a value of path-pattern"));
    case "http-header": {
      const { name } = condition;
      if (!HEADER_NAME.test(name)) throw new UnsupportedPlan(`${JSON.stringify(name)} is no name of an HTTP header`);
      const fetch = configWord(`req.fhdr(${JSON.stringify(name)})`, "the name of an HTTP header");
      return condition.values.map((value) => matching(fetch, ANY_CASE, value, `a value of the header ${name}`));
    }
    case "http-request-method":
      return condition.values.map((value) => {
        if (!METHOD.test(value)) throw new UnsupportedPlan(`${JSON.stringify(value)} is no HTTP method`);
        return `method -m str -- ${configWord(value, "an HTTP method")}`;
      });
    case "source-ip":
      return condition.values.map((value) => {
        if (!isAddressRange(value))
          throw new UnsupportedPlan(`${JSON.stringify(value)} is no address range such as 10.0.0.0/8`);
        return `src -m ip -- ${value}`;
      });
    case "query-string":
      return condition.values.map(({ key, value }) => {
        // Up to the next `&`: a wildcard does not run into the next parameter.
        const any = "[^&]";
        const name = key === null ? "([^&=]*=)?" : `${wildcardText(key, "[^&=]")}=`;
        const pattern = `(^|&)${name}${wildcardText(value, any)}(&|$)`;
        return `query -m reg ${ANY_CASE}-- ${configWord(pattern, "a value of query-string")}`;
      });
    default:
      return condition satisfies never;
  }
}

function matching(fetch: string, flags: string, value: string, what: string): string {
  return `${fetch} -m reg ${flags}-- ${configWord(wildcardPattern(value), what)}`;
}

function isAddressRange(value: string): boolean {
  const [address = "", bits, ...more] = value.split("/");
  const family = isIP(address);
  if (family === 0 || address.includes("%") || more.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128));
}
