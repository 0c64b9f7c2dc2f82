/**
 * Writes packages/wire/src/generated/*-shapes.ts from the schemas that the AWS SDK's clients export, so that the wire package knows
 * every shape without loading the SDK. `--check` writes nothing and exits 1 when a committed file is not what would be written.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import { readCommandLine } from "./command-line.ts";
import { GENERATED_CLIENTS, type GeneratedClient } from "./generated-clients.ts";

const { values: options } = readCommandLine("npm run generate -- [--check]", {
  options: { check: { type: "boolean", default: false } },
});

const GENERATED = new URL("../packages/wire/src/generated/", import.meta.url);

// The SDK's schema encoding (@smithy/types, schema/sentinels and schema/static-schemas).
const KIND = { scalar: 0, list: 1, map: 2, structure: 3, error: -3, operation: 9 } as const;
const SCALARS: Readonly<Record<number, string>> = { 0: "string", 2: "boolean", 4: "timestamp", 21: "blob", 42: "blob" };
const NUMBER = 1;
/** JSON of any form. */
const DOCUMENT = 15;
const LIST_OF = 64;
const MAP_OF = 128;

type Schema = readonly [kind: number, namespace: string, name: string, traits: unknown, ...rest: unknown[]];
/** `[what it is, what else is known of it]`: a member with traits of its own. */
type WithTraits = readonly [reference: Reference, traits: unknown];
type Reference = number | "unit" | Schema | WithTraits | (() => Reference);

/** What a number says of a member's traits, one bit each. */
const TRAIT = { label: 1, payload: 16, statusCode: 32 } as const;

/** What is being written: structures are written out before what refers to them. */
interface Writing {
  readonly client: GeneratedClient;
  /** Structures already written, in the order in which they may refer to each other, with those that are being written. */
  readonly written: Map<string, string | "in progress">;
  readonly used: Set<string>;
}

for (const client of GENERATED_CLIENTS) {
  const output = fileURLToPath(new URL(`${client.fileName}-shapes.ts`, GENERATED));
  const text = render(client);
  if (!options.check) {
    writeFileSync(output, text);
  } else if (text !== readFileSync(output, "utf8")) {
    console.error(
      `${relative(process.cwd(), output)} is not what the SDK's schemas give. Run "npm run generate" and commit the result.`,
    );
    process.exitCode = 1;
  }
}

function render(client: GeneratedClient): string {
  const { packageName, title, constantPrefix, typePrefix } = client;
  const schemas = Object.values(client.sdk as Readonly<Record<string, unknown>>).filter(isSchema);
  const all = schemas.filter((schema) => schema[0] === KIND.operation).sort(byName);
  const errors = schemas.filter((schema) => schema[0] === KIND.error && schema[1] === client.namespace).sort(byName);
  if (all.length === 0 || errors.length === 0)
    throw new Error(`${packageName} exports no schemas any more: its layout changed`);
  const operations = servedOf(client, all);
  const others = all.filter((schema) => !operations.includes(schema));
  const writing: Writing = { client, written: new Map(), used: new Set(["structure"]) };
  const table = operations.map((operation) => {
    const [input, output] = operation.slice(4) as [Reference, Reference];
    return `  ${operation[2]}: { input: ${expression(writing, input, operation[2])}, output: ${expression(writing, output, operation[2])} },`;
  });
  const types = operations.map((operation) => {
    const [input, output] = operation.slice(4) as [Reference, Reference];
    return `  ${operation[2]}: { input: ${typeName(input)}; output: ${typeName(output)} };`;
  });
  const isHttp = operations.some(({ 3: traits }) => isObject(traits) && "http" in traits);
  const every = others.length > 0 ? `Every operation of ${title} that is served` : `Every ${title} operation`;
  return `// Made by scripts/generate-shapes.ts from the schemas of ${packageName}. Do not edit: run "npm run generate".
import type * as sdk from "${packageName}";
${isHttp ? 'import type { HttpBindings } from "../shapes/http-binding.ts";\n' : ""}import { ${[...writing.used].sort().join(", ")}, type TableFor } from "../shapes/shape.ts";

${[...writing.written.values()].join("\n")}

/** ${every}: its input and output, in the SDK's types. */
export interface ${typePrefix}Operations {
${types.join("\n")}
}

/** ${every} on the wire; the compiler holds it to the SDK's types. */
export const ${constantPrefix}_TABLE = {
${table.join("\n")}
} satisfies TableFor<${typePrefix}Operations>;

${isHttp ? httpText(client, operations, errors) : errorsText(client, errors)}${others.length > 0 ? unservedText(client, others, isHttp) : ""}`;
}

function errorsText({ constantPrefix }: GeneratedClient, errors: readonly Schema[]): string {
  return `/** Every fault that the service declares. */
export const ${constantPrefix}_ERRORS = [
${errors.map((error) => `  "${wireCode(error)}",`).join("\n")}
] as const;
`;
}

/** Of a service whose operations have methods, paths and statuses of their own. */
function httpText(
  { constantPrefix }: GeneratedClient,
  operations: readonly Schema[],
  errors: readonly Schema[],
): string {
  const lines = operations.map((operation) => `  ${operation[2]}: ${JSON.stringify(httpBinding(operation))},`);
  const statuses = errors.flatMap(([, , name, traits]) => {
    const status = isObject(traits) ? (traits as { httpError?: number }).httpError : undefined;
    return status === undefined ? [] : [`  ${name}: ${status},`];
  });
  return `/** Where each operation's members are in its call and in its answer; those that are not named are in the body. */
export const ${constantPrefix}_HTTP: HttpBindings<keyof ${typeNameOf(constantPrefix)}> = {
${lines.join("\n")}
};

/** Every fault that the service declares, with its HTTP status. */
export const ${constantPrefix}_ERRORS = {
${statuses.join("\n")}
} as const;
`;
}

function typeNameOf(constantPrefix: string): string {
  return `typeof ${constantPrefix}_TABLE`;
}

function httpBinding(operation: Schema): object {
  const { http } = operation[3] as { http: readonly [method: string, path: string, status: number] };
  const [input, output] = operation.slice(4) as [Reference, Reference];
  return { method: http[0], path: http[1], status: http[2], input: placesOf(input), output: placesOf(output) };
}

/** Members that are not in the body, by where they are. */
function placesOf(reference: Reference): object {
  const schema = resolve(reference);
  if (!Array.isArray(schema)) return {};
  const [members, references] = schema.slice(4) as [string[], Reference[]];
  const labels: string[] = [];
  const query: Record<string, string> = {};
  const headers: Record<string, string> = {};
  const single: { payload?: string; statusCode?: string } = {};
  for (const [index, member] of members.entries()) {
    const traits = hasTraits(references[index]!) ? (references[index] as WithTraits)[1] : 0;
    if (isObject(traits)) {
      const { httpQuery, httpHeader } = traits as { httpQuery?: string; httpHeader?: string };
      if (httpQuery !== undefined) query[member] = httpQuery;
      if (httpHeader !== undefined) headers[member] = httpHeader.toLowerCase();
    } else if (typeof traits === "number") {
      if (traits & TRAIT.label) labels.push(member);
      if (traits & TRAIT.payload) single.payload = member;
      if (traits & TRAIT.statusCode) single.statusCode = member;
    }
  }
  const filled = { labels, query, headers };
  return {
    ...Object.fromEntries(Object.entries(filled).filter(([, value]) => Object.keys(value).length > 0)),
    ...single,
  };
}

/** A service of the query protocol has other codes on the wire than names in its model. */
function wireCode([, , name, traits]: Schema): string {
  const { awsQueryError } = (typeof traits === "object" ? traits : {}) as { awsQueryError?: readonly [string, number] };
  return awsQueryError?.[0] ?? name;
}

function servedOf({ operations, packageName }: GeneratedClient, all: readonly Schema[]): readonly Schema[] {
  if (operations === null) return all;
  const missing = operations.filter((name) => !all.some((schema) => schema[2] === name));
  if (missing.length > 0) throw new Error(`${packageName} has no operation ${missing.join(", ")}`);
  return all.filter((schema) => operations.includes(schema[2]));
}

function unservedText({ constantPrefix }: GeneratedClient, others: readonly Schema[], isHttp: boolean): string {
  if (isHttp) {
    const calls = others.map(({ 2: name, 3: traits }) => {
      const { http } = traits as { http: readonly [method: string, path: string] };
      return `  ${name}: ${JSON.stringify(http.slice(0, 2))},`;
    });
    return `
/** What the service has, and is not served: its method and path. */
export const UNSERVED_${constantPrefix}_OPERATIONS: Readonly<Record<string, readonly [method: string, path: string]>> = {
${calls.join("\n")}
};
`;
  }
  return `
/** What the service has, and is not served. */
export const UNSERVED_${constantPrefix}_OPERATIONS: ReadonlySet<string> = new Set([
${others.map((operation) => `  "${operation[2]}",`).join("\n")}
]);
`;
}

/** The source text that stands for a schema; structures are written out on the way, each before what refers to it. */
function expression(writing: Writing, reference: Reference, path: string): string {
  const schema = resolve(reference);
  if (schema === "unit") return "structure({})";
  if (typeof schema === "number") {
    if (schema >= MAP_OF) return `${use(writing, "map")}(${expression(writing, schema - MAP_OF, path)})`;
    if (schema >= LIST_OF) return `${use(writing, "list")}(${expression(writing, schema - LIST_OF, path)})`;
    const scalar = schema === NUMBER ? (writing.client.numberKinds[path] ?? "integer") : SCALARS[schema];
    if (scalar === undefined) throw new Error(`${path}: schema number ${schema} is not known to this generator`);
    return use(writing, scalar);
  }
  switch (schema[0]) {
    case KIND.scalar:
      return expression(writing, schema[4] as Reference, path);
    case KIND.list:
      return `${use(writing, "list")}(${expression(writing, schema[4] as Reference, path)})`;
    case KIND.map:
      return `${use(writing, "map")}(${expression(writing, schema[5] as Reference, path)})`;
    case KIND.structure:
      return writeStructure(writing, schema);
    default:
      throw new Error(`${path}: schema kind ${schema[0]} is not known to this generator`);
  }
}

function writeStructure(writing: Writing, schema: Schema): string {
  const { written } = writing;
  const name = schema[2];
  if (written.get(name) === "in progress") throw new Error(`${name} holds itself, which shapes cannot say yet`);
  if (written.has(name)) return name;
  written.set(name, "in progress");
  const [members, references, requiredCount = 0] = schema.slice(4) as [string[], Reference[], number?];
  const lines = members.flatMap((member, index) =>
    resolve(references[index]!) === DOCUMENT
      ? []
      : [`  ${member}: ${expression(writing, references[index]!, `${name}.${member}`)},`],
  );
  const required = members.slice(0, requiredCount).map((member) => JSON.stringify(member));
  written.delete(name);
  const second = required.length > 0 ? `, [${required.join(", ")}]` : "";
  const body = lines.length > 0 ? `{\n${lines.join("\n")}\n}` : "{}";
  written.set(name, `const ${name} = structure(${body}${second});`);
  return name;
}

function typeName(reference: Reference): string {
  const schema = resolve(reference);
  if (typeof schema === "object" && schema[0] === KIND.structure) return `sdk.${schema[2]}`;
  return "Record<string, never>";
}

function resolve(reference: Reference): number | "unit" | Schema {
  let schema = reference;
  for (;;) {
    if (typeof schema === "function") schema = schema();
    else if (hasTraits(schema)) schema = schema[0];
    else return schema;
  }
}

function hasTraits(schema: Reference): schema is WithTraits {
  return Array.isArray(schema) && typeof schema[1] !== "string";
}

function use({ used }: Writing, name: string): string {
  used.add(name);
  return name;
}

function isObject(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function isSchema(value: unknown): value is Schema {
  return (
    Array.isArray(value) && typeof value[0] === "number" && typeof value[1] === "string" && typeof value[2] === "string"
  );
}

function byName(a: Schema, b: Schema): number {
  return a[2] < b[2] ? -1 : 1;
}
