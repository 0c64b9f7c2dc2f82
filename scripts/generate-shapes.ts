/**
 * Writes packages/wire/src/generated/codedeploy-shapes.ts from the schemas that the AWS SDK exports, so that the wire package knows
 * every shape without loading the SDK. `--check` writes nothing and exits 1 when the committed file is not what would be written.
 */
import { readFileSync, writeFileSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";
import * as sdk from "@aws-sdk/client-codedeploy";
import { NUMBER_KINDS } from "../packages/wire/src/shapes/codedeploy-constraints.ts";
import { readCommandLine } from "./command-line.ts";

const { values: options } = readCommandLine("npm run generate -- [--check]", {
  options: { check: { type: "boolean", default: false } },
});

const OUTPUT = fileURLToPath(new URL("../packages/wire/src/generated/codedeploy-shapes.ts", import.meta.url));
const NAMESPACE = "com.amazonaws.codedeploy";

// The SDK's schema encoding (@smithy/types, schema/sentinels and schema/static-schemas).
const KIND = { list: 1, map: 2, structure: 3, error: -3, operation: 9 } as const;
const SCALARS: Readonly<Record<number, string>> = { 0: "string", 2: "boolean", 4: "timestamp" };
const NUMBER = 1;
const LIST_OF = 64;

type Schema = readonly [kind: number, namespace: string, name: string, traits: unknown, ...rest: unknown[]];
type Reference = number | "unit" | Schema | (() => Reference);

/** Structures already written, in the order in which they may refer to each other, with those that are being written. */
const written = new Map<string, string | "in progress">();
const used = new Set<string>(["structure"]);

const schemas = Object.values(sdk as Readonly<Record<string, unknown>>).filter(isSchema);
const operations = schemas.filter((schema) => schema[0] === KIND.operation).sort(byName);
const errors = schemas.filter((schema) => schema[0] === KIND.error && schema[1] === NAMESPACE).sort(byName);
if (operations.length === 0 || errors.length === 0)
  throw new Error("the SDK exports no schemas any more: its layout changed");

const text = render();
if (!options.check) {
  writeFileSync(OUTPUT, text);
} else if (text !== readFileSync(OUTPUT, "utf8")) {
  console.error(
    `${relative(process.cwd(), OUTPUT)} is not what the SDK's schemas give. Run "npm run generate" and commit the result.`,
  );
  process.exit(1);
}

function render(): string {
  const table = operations.map((operation) => {
    const [input, output] = operation.slice(4) as [Reference, Reference];
    return `  ${operation[2]}: { input: ${expression(input, operation[2])}, output: ${expression(output, operation[2])} },`;
  });
  const types = operations.map((operation) => {
    const [input, output] = operation.slice(4) as [Reference, Reference];
    return `  ${operation[2]}: { input: ${typeName(input)}; output: ${typeName(output)} };`;
  });
  return `// Made by scripts/generate-shapes.ts from the schemas of @aws-sdk/client-codedeploy. Do not edit: run "npm run generate".
import type * as sdk from "@aws-sdk/client-codedeploy";
import { ${[...used].sort().join(", ")}, type TableFor } from "../shapes/shape.ts";

${[...written.values()].join("\n")}

/** Every CodeDeploy operation's input and output, in the SDK's types. */
export interface CodeDeployOperations {
${types.join("\n")}
}

/** Every CodeDeploy operation on the wire; the compiler holds it to the SDK's types. */
export const CODEDEPLOY_TABLE = {
${table.join("\n")}
} satisfies TableFor<CodeDeployOperations>;

/** Every fault that the service declares. */
export const CODEDEPLOY_ERRORS = [
${errors.map((error) => `  "${error[2]}",`).join("\n")}
] as const;
`;
}

/** The source text that stands for a schema; structures are written out on the way, each before what refers to it. */
function expression(reference: Reference, path: string): string {
  const schema = resolve(reference);
  if (schema === "unit") return "structure({})";
  if (typeof schema === "number") {
    if (schema >= LIST_OF) return `${use("list")}(${expression(schema - LIST_OF, path)})`;
    const scalar = schema === NUMBER ? (NUMBER_KINDS[path] ?? "integer") : SCALARS[schema];
    if (scalar === undefined) throw new Error(`${path}: schema number ${schema} is not known to this generator`);
    return use(scalar);
  }
  switch (schema[0]) {
    case KIND.list:
      return `${use("list")}(${expression(schema[4] as Reference, path)})`;
    case KIND.map:
      return `${use("map")}(${expression(schema[5] as Reference, path)})`;
    case KIND.structure:
      return writeStructure(schema);
    default:
      throw new Error(`${path}: schema kind ${schema[0]} is not known to this generator`);
  }
}

function writeStructure(schema: Schema): string {
  const name = schema[2];
  if (written.get(name) === "in progress") throw new Error(`${name} holds itself, which shapes cannot say yet`);
  if (written.has(name)) return name;
  written.set(name, "in progress");
  const [members, references, requiredCount = 0] = schema.slice(4) as [string[], Reference[], number?];
  const lines = members.map((member, index) => `  ${member}: ${expression(references[index]!, `${name}.${member}`)},`);
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
  while (typeof schema === "function") schema = schema();
  return schema;
}

function use(name: string): string {
  used.add(name);
  return name;
}

function isSchema(value: unknown): value is Schema {
  return (
    Array.isArray(value) && typeof value[0] === "number" && typeof value[1] === "string" && typeof value[2] === "string"
  );
}

function byName(a: Schema, b: Schema): number {
  return a[2] < b[2] ? -1 : 1;
}
