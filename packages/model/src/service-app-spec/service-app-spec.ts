import { excerpt } from "../excerpt.ts";
import { readSpecDocument } from "./spec-document.ts";
import { addFault, type SpecFault, type SpecFaults } from "./spec-fault.ts";
import { NO_HOOKS, readHooks, type SpecHooks } from "./spec-hooks.ts";
import { readMap, requireMembers } from "./spec-map.ts";
import { readText } from "./spec-scalar.ts";
import { kindOf, type SpecValue, spotOf } from "./spec-value.ts";

/** What the AppSpecs of ECS and Lambda differ in (codedeploy-semantics.md, sections 8 and 12). */
export interface SpecGrammar<Properties, Event extends string> {
  readonly platform: "ECS" | "Lambda";
  /** `AWS::ECS::Service`. */
  readonly resourceType: string;
  /** What the one resource is mostly called, for messages. Any name is taken. */
  readonly usualName: string;
  readonly hookEvents: readonly Event[];
  /** Events of the platform that have no hook. */
  readonly reservedEvents: readonly string[];
  /** Undefined: they have faults. */
  readonly readProperties: (properties: SpecValue, faults: SpecFaults) => Properties | undefined;
}

export type SpecReading<Properties, Event extends string> =
  | { readonly outcome: "read"; readonly properties: Properties; readonly hooks: SpecHooks<Event> }
  /** At least one. */
  | { readonly outcome: "faulty"; readonly faults: readonly SpecFault[] };

const TOP_KEYS = ["version", "Resources", "Hooks"] as const;
const RESOURCE_KEYS = ["Type", "Properties"] as const;
const VERSIONS: ReadonlySet<string> = new Set(["0", "0.0", "1", "1.0"]);
const OF_HOSTS = "belongs to AppSpecs of the compute platform Server: this one has version, Resources and Hooks";

/** Reads an AppSpec whole, so that all its faults are told at once. Pure. */
export function readServiceAppSpec<Properties, Event extends string>(
  text: string,
  grammar: SpecGrammar<Properties, Event>,
): SpecReading<Properties, Event> {
  const faults: SpecFaults = [];
  const document = readSpecDocument(text, faults);
  const read = document && faults.length === 0 ? readTop(document, grammar, faults) : undefined;
  if (read?.properties !== undefined && faults.length === 0) {
    return { outcome: "read", properties: read.properties, hooks: read.hooks };
  }
  return { outcome: "faulty", faults };
}

function readTop<Properties, Event extends string>(
  document: SpecValue,
  grammar: SpecGrammar<Properties, Event>,
  faults: SpecFaults,
) {
  if (document.kind !== "map") {
    return addFault(faults, document, `is ${kindOf(document)}: write a map of ${TOP_KEYS.join(", ")}`);
  }
  const foreign = { os: OF_HOSTS, files: OF_HOSTS, permissions: OF_HOSTS, file_exists_behavior: OF_HOSTS };
  const top = readMap(document, TOP_KEYS, faults, foreign);
  if (!top) return undefined;
  requireMembers(
    document,
    top,
    { version: "write version: 0.0", Resources: `write a list with one resource of the type ${grammar.resourceType}` },
    faults,
  );
  if (top.version) checkVersion(top.version, faults);
  const properties = top.Resources && readResources(top.Resources, grammar, faults);
  const hooks = top.Hooks ? readHooks(top.Hooks, grammar.hookEvents, grammar.reservedEvents, faults) : NO_HOOKS;
  return { properties, hooks };
}

/** The files in use have it as a number or a text, with and without the point. */
function checkVersion(value: SpecValue, faults: SpecFaults): void {
  const written = value.kind === "text" ? value.text.trim() : value.kind === "number" ? value.written : undefined;
  if (written !== undefined && VERSIONS.has(written)) return;
  const what = value.kind === "text" ? JSON.stringify(excerpt(value.text)) : kindOf(value);
  addFault(faults, value, `is ${what}: write 0.0`);
}

function readResources<Properties, Event extends string>(
  value: SpecValue,
  grammar: SpecGrammar<Properties, Event>,
  faults: SpecFaults,
): Properties | undefined {
  const { usualName, resourceType, platform } = grammar;
  const cure = `write a list with one item, "- ${usualName}:", which has a Type and Properties`;
  if (value.kind !== "list") return addFault(faults, value, `is ${kindOf(value)}: ${cure}`);
  const resources = value.items.flatMap((item) => {
    if (item.kind === "map" && item.members.length > 0) return item.members;
    addFault(faults, item, `is ${item.kind === "map" ? "an empty map" : kindOf(item)}: ${cure}`);
    return [];
  });
  const [resource, second] = resources;
  if (!resource) return value.items.length === 0 ? addFault(faults, value, `is an empty list: ${cure}`) : undefined;
  if (second) {
    const place = { path: second.value.path, ...spotOf(second) };
    return addFault(faults, place, `is a second resource: a deployment to ${platform} has one, so keep one of them`);
  }
  const members = readMap(resource.value, RESOURCE_KEYS, faults);
  if (!members) return undefined;
  requireMembers(
    resource.value,
    members,
    { Type: `write ${resourceType}`, Properties: "write what is to be deployed" },
    faults,
  );
  if (members.Type) checkType(members.Type, grammar, faults);
  return members.Properties && grammar.readProperties(members.Properties, faults);
}

function checkType(
  value: SpecValue,
  { resourceType, platform }: Pick<SpecGrammar<unknown, string>, "resourceType" | "platform">,
  faults: SpecFaults,
): void {
  const type = readText(value, `write ${resourceType}`, faults);
  if (type === undefined || type === resourceType) return;
  addFault(
    faults,
    value,
    `is ${JSON.stringify(excerpt(type))}: the application's compute platform is ${platform}, so write ${resourceType}`,
  );
}
