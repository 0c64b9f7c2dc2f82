import { readEcsAppSpec } from "../service-app-spec/ecs-app-spec.ts";
import { readLambdaAppSpec } from "../service-app-spec/lambda-app-spec.ts";
import { readSpecDocument } from "../service-app-spec/spec-document.ts";
import { describeFault } from "../service-app-spec/spec-fault.ts";
import { type SpecMap, type SpecValue, spotOf } from "../service-app-spec/spec-value.ts";
import type { Finding } from "./finding.ts";

export type ServicePlatform = "ECS" | "Lambda";

/** Keys that only AppSpecs for hosts have. */
const OF_HOSTS = ["os", "files", "permissions", "hooks"];
/** Properties that one of the two has. */
const OF_LAMBDA = ["name", "alias", "currentversion", "targetversion"];

/** What is to be said of an AppSpec for ECS or Lambda: each of its faults, for which the deployment would be refused. */
export function lintServiceAppSpec(text: string, platform: ServicePlatform): readonly Finding[] {
  const reading = platform === "ECS" ? readEcsAppSpec(text) : readLambdaAppSpec(text);
  if (reading.outcome === "read") return [];
  return reading.faults.map((fault) => ({
    check: "refused",
    severity: "error",
    ...spotOf(fault),
    // The line has its own place.
    message: `${describeFault({ path: fault.path, line: null, message: fault.message })}.`,
  }));
}

/** For what an AppSpec with Resources is written; undefined for one that is for hosts, or for nothing that could be known. */
export function servicePlatformOf(text: string): ServicePlatform | undefined {
  const document = readSpecDocument(text, []);
  if (document?.kind !== "map") return platformOfUnreadable(text);
  // Names are compared with their case: `Hooks` is of services, `hooks` of hosts.
  if (document.members.some(({ key }) => OF_HOSTS.includes(key))) return undefined;
  const resources = member(document, "resources");
  if (resources === undefined) return undefined;
  const [first] = resources.kind === "list" ? resources.items : [resources];
  const resource = first?.kind === "map" ? first.members[0]?.value : undefined;
  if (resource?.kind !== "map") return "ECS";
  const type = member(resource, "type");
  if (type?.kind === "text" && /lambda/i.test(type.text)) return "Lambda";
  if (type?.kind === "text" && /ecs/i.test(type.text)) return "ECS";
  const properties = member(resource, "properties");
  const names = properties?.kind === "map" ? properties.members.map(({ key }) => key.toLowerCase()) : [];
  return names.some((name) => OF_LAMBDA.includes(name)) ? "Lambda" : "ECS";
}

/** Of a text that is no YAML, by the words in it. */
function platformOfUnreadable(text: string): ServicePlatform | undefined {
  if (!/^\s*["']?Resources["']?\s*:/m.test(text) || /^os\s*:/m.test(text)) return undefined;
  return /AWS::Lambda|CurrentVersion/.test(text) ? "Lambda" : "ECS";
}

function member({ members }: SpecMap, name: string): SpecValue | undefined {
  return members.find(({ key }) => key.toLowerCase() === name)?.value;
}
