import { CallerFault } from "@sluice/model/caller-fault.ts";
import { excerpt } from "@sluice/model/excerpt.ts";
import { MAX_HOST_FACT_CHARACTERS } from "@sluice/model/limits.ts";
import { mergeTags, type Tag } from "@sluice/model/tag-filter.ts";
import { hostNameProblem, hostTagsProblem, isInstanceId } from "../../hosts/host-identity.ts";

export function requireHostName(hostName: string | undefined): string {
  if (!hostName) throw new CallerFault("InvalidHostNameException", "hostName is missing: name the host.");
  const problem = hostNameProblem(hostName);
  if (problem === undefined) return hostName;
  throw new CallerFault("InvalidHostNameException", `The host name "${excerpt(hostName)}" ${problem}.`);
}

/** Undefined when none is given. */
export function requireInstanceId(instanceId: string | undefined): string | undefined {
  if (instanceId === undefined || isInstanceId(instanceId)) return instanceId;
  throw new CallerFault(
    "ValidationException",
    `instanceId is "${excerpt(instanceId)}": give it as EC2 does, i- and 17 hex digits, or leave it out for a new one.`,
  );
}

export function requireHostTags(tags: readonly Tag[] | undefined): Tag[] {
  // A value may be left out on the wire, as in CodeDeploy's tags.
  const given = (tags ?? []).map(({ Key, Value }) => ({ Key, Value: Value ?? "" }));
  const problem = hostTagsProblem(given);
  if (problem === undefined) return mergeTags(given, []);
  throw new CallerFault("InvalidTagException", `${problem}.`);
}

/** Null when nothing was said. */
export function hostFact(name: string, value: string | undefined): string | null {
  if (!value) return null;
  if (value.length > MAX_HOST_FACT_CHARACTERS) {
    throw new CallerFault(
      "ValidationException",
      `${name} has ${value.length} characters: at most ${MAX_HOST_FACT_CHARACTERS} are allowed.`,
    );
  }
  // Shown wherever hosts are listed, and nobody means them.
  if (/\p{Cc}/u.test(value)) {
    throw new CallerFault("ValidationException", `${name} holds a control character: leave it out.`);
  }
  return value;
}

export function noSuchHost(host: string): CallerFault {
  return new CallerFault(
    "HostDoesNotExistException",
    `There is no host with the id or name ${excerpt(host)}: \`sluice hosts list\` lists them.`,
  );
}
