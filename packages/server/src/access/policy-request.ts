import type { PolicyRequest } from "@sluice/model/policy/policy-document.ts";
import type { Identity } from "./identity.ts";
import type { Need, NeedFacts } from "./need.ts";
import type { CallFacts, Principal } from "./principal.ts";

/** The keys of conditions that one call fills in (docs/reference/policies.md), by IAM's names in lower case. */
export function policyRequest(
  { identity, call }: Pick<Principal, "identity" | "call">,
  action: string,
  { resource, resourceTags, requestTags, takenTagKeys = [], createAction }: Pick<Need, "resource"> & NeedFacts,
): PolicyRequest {
  const keysOfTags = [...Object.keys(requestTags ?? {}), ...takenTagKeys];
  return {
    action,
    resource,
    context: {
      ...(identity ? identityKeys(identity) : {}),
      ...(call ? callKeys(call) : {}),
      ...tagKeys("aws:resourcetag/", resourceTags),
      ...tagKeys("aws:requesttag/", requestTags),
      ...(keysOfTags.length > 0 ? { "aws:tagkeys": keysOfTags } : {}),
      ...(createAction === undefined ? {} : { [`${action.split(":", 1)}:createaction`]: [createAction] }),
    },
  };
}

function identityKeys({ kind, arn, userId, name, tags, role }: Identity): Record<string, readonly string[]> {
  return {
    "aws:userid": [userId],
    "aws:principalarn": [role?.arn ?? arn],
    "aws:principaltype": [kind === "user" ? "User" : "AssumedRole"],
    ...(kind === "user" ? { "aws:username": [name] } : {}),
    ...(role ? { "aws:tokenissuetime": [new Date(role.issuedAt).toISOString()] } : {}),
    ...tagKeys("aws:principaltag/", tags),
  };
}

function callKeys({ sourceAddress, isSecure, userAgent, at, region }: CallFacts): Record<string, readonly string[]> {
  return {
    "aws:currenttime": [new Date(at).toISOString()],
    "aws:epochtime": [String(Math.floor(at / 1000))],
    "aws:securetransport": [String(isSecure)],
    "aws:requestedregion": [region],
    ...(sourceAddress === undefined ? {} : { "aws:sourceip": [sourceAddress] }),
    ...(userAgent === undefined ? {} : { "aws:useragent": [userAgent] }),
  };
}

/**
 * Two tags whose keys differ by case alone: to conditions they are one key, and either value would answer for the other. Whoever's rights hang on
 * tags is refused then. Undefined: there are none.
 */
export function ambiguousTagKeys({ resourceTags, requestTags }: NeedFacts): readonly [string, string] | undefined {
  for (const tags of [resourceTags, requestTags]) {
    const known = new Map<string, string>();
    for (const key of Object.keys(tags ?? {})) {
      const other = known.get(key.toLowerCase());
      if (other !== undefined) return [other, key];
      known.set(key.toLowerCase(), key);
    }
  }
  return undefined;
}

function tagKeys(prefix: string, tags: Readonly<Record<string, string>> = {}): Record<string, readonly string[]> {
  return Object.fromEntries(Object.entries(tags).map(([key, value]) => [`${prefix}${key.toLowerCase()}`, [value]]));
}
