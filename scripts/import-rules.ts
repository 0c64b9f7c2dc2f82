import { dirname, join, normalize } from "node:path";
import { type ModuleReference, moduleReferencesOf } from "./module-specifiers.ts";
import { findRoomViolations, type ImportGraph } from "./room-rules.ts";
import type { RoomTable } from "./rooms.ts";
import type { Violation } from "./violation.ts";

/** What a package may import: of ours, and of others. Its own files are always allowed. */
interface PackageRule {
  /** `name`, or `name/folder` for that folder only. */
  readonly ours: readonly string[];
  /** Packages of ours that may be loaded, but only by `await import()`. */
  readonly lazy?: readonly string[];
  /** Packages of ours that only these rooms (scripts/rooms.ts) and the files beside the folders may import; tests and fixtures aside. */
  readonly onlyFrom?: Readonly<Record<string, readonly string[]>>;
  /** Packages of ours of which only types may be imported, but by tests: their code stays out of what is built. */
  readonly typesOf?: readonly string[];
  /** Pure packages use no `node:` module, and of other people's packages only these. */
  readonly pureExcept?: readonly string[];
}

/** The one-way imports of the house. A new package is added here, with what it may know. */
export const RULES: Readonly<Record<string, PackageRule>> = {
  model: { ours: [], pureExcept: ["yaml"] },
  wire: { ours: ["model"] },
  engine: { ours: ["model"], pureExcept: [] },
  bucket: { ours: ["model", "wire"] },
  drivers: { ours: ["model", "engine/ports", "wire", "bucket/store"] },
  server: {
    ours: ["model", "wire", "engine", "bucket", "drivers"],
    onlyFrom: { drivers: ["bindings", "config", "traffic", "store"] },
  },
  agent: { ours: ["model", "wire"] },
  cli: { ours: ["model", "wire"], lazy: ["server", "agent"] },
  // Runs in a browser.
  web: {
    ours: ["model", "wire"],
    typesOf: ["wire"],
    pureExcept: [
      "@aws-sdk/client-codedeploy",
      "@aws-sdk/client-ecs",
      "@tanstack/react-query",
      "@tanstack/react-router",
      "@tanstack/react-virtual",
      "fflate",
      "react",
      "react-aria-components",
      "react-dom",
      "uplot",
    ],
  },
};

const OF_TESTS = /\.(test|fixture)\.tsx?$/;
const TEST_PACKAGES = ["vitest", "fast-check"];
const AWS_SDK = /^@(aws-sdk|smithy)\//;

/**
 * @param sources file path from the root (`packages/engine/src/plan.ts`) to its text
 * @param dependencies package of ours to the names that its package.json declares
 * @param rooms of the packages whose rooms are held to a table
 */
export function findViolations(
  sources: ReadonlyMap<string, string>,
  dependencies: ReadonlyMap<string, ReadonlySet<string>>,
  rooms: RoomTable = {},
): Violation[] {
  const violations: Violation[] = [];
  const graph = new Map<string, { readonly to: string; readonly line: number }[]>();
  for (const [file, text] of sources) {
    const owner = packageOf(file);
    const edges: { to: string; line: number }[] = [];
    graph.set(file, edges);
    for (const reference of moduleReferencesOf(file, text)) {
      const target = resolve(file, reference.specifier);
      if (target !== undefined) edges.push({ to: target, line: reference.line });
      const message = owner === undefined ? undefined : judge(owner, file, reference, target, dependencies);
      if (message !== undefined) violations.push({ file, line: reference.line, message });
    }
  }
  return [...violations, ...findRoomViolations(graph, rooms), ...findCircles(graph)];
}

function packageOf(path: string): string | undefined {
  return /^packages\/([^/]+)\//.exec(path)?.[1];
}

/** The file of ours that a specifier names, from the root; undefined for other people's packages. */
function resolve(from: string, specifier: string): string | undefined {
  if (specifier.startsWith(".")) return normalize(join(dirname(from), specifier));
  const ours = /^@sluice\/([^/]+)\/(.+)$/.exec(specifier);
  return ours === null ? undefined : `packages/${ours[1]}/src/${ours[2]}`;
}

function judge(
  owner: string,
  file: string,
  reference: ModuleReference,
  target: string | undefined,
  dependencies: ReadonlyMap<string, ReadonlySet<string>>,
): string | undefined {
  const rule = RULES[owner];
  if (rule === undefined) return `packages/${owner} has no rule: add it to RULES in scripts/import-rules.ts`;
  const isTest = OF_TESTS.test(file);
  if (target !== undefined) {
    return (
      judgeOurs(owner, rule, reference, target) ??
      judgeTypes(owner, rule, reference, isTest, target) ??
      judgeRoom(owner, rule, file, target)
    );
  }
  if (reference.specifier.startsWith("node:")) {
    if (rule.pureExcept === undefined || isTest) return undefined;
    return `${owner} is pure and may not import ${reference.specifier}: take what it gives as an argument`;
  }
  return judgeTheirs(owner, rule, reference, isTest, dependencies);
}

function judgeOurs(owner: string, rule: PackageRule, reference: ModuleReference, target: string): string | undefined {
  const targetPackage = packageOf(target);
  if (targetPackage === undefined) return `${owner} may not import ${target}, which lies outside packages/`;
  if (targetPackage === owner) return undefined;
  if (reference.specifier.startsWith(".")) {
    return `${reference.specifier} leaves the package: import "@sluice/${targetPackage}/…" instead`;
  }
  const inner = target.replace(/^packages\/[^/]+\/src\//, "");
  const isAllowed = rule.ours.some((allowed) => `${targetPackage}/${inner}`.startsWith(`${allowed}/`));
  if (isAllowed) return undefined;
  if (rule.lazy?.includes(targetPackage)) {
    if (reference.kind !== "static") return undefined;
    return `${owner} may load ${targetPackage} only when it is needed: use await import("${reference.specifier}")`;
  }
  const allowed = [...rule.ours, ...(rule.lazy ?? [])].join(", ") || "none of ours";
  return `${owner} may not import ${reference.specifier} (allowed: ${allowed})`;
}

function judgeTypes(
  owner: string,
  rule: PackageRule,
  reference: ModuleReference,
  isTest: boolean,
  target: string,
): string | undefined {
  const targetPackage = packageOf(target) ?? "";
  if (reference.kind === "type" || isTest || !rule.typesOf?.includes(targetPackage)) return undefined;
  return `${owner} may import ${reference.specifier} for types only: use import type`;
}

/** Of an import of another package of ours, which the package as a whole may have. */
function judgeRoom(owner: string, rule: PackageRule, file: string, target: string): string | undefined {
  const targetPackage = packageOf(target) ?? "";
  const rooms = rule.onlyFrom?.[targetPackage];
  const inner = file.replace(/^packages\/[^/]+\/src\//, "");
  if (rooms === undefined || targetPackage === owner || OF_TESTS.test(file) || !inner.includes("/")) return undefined;
  if (rooms.some((room) => inner.startsWith(`${room}/`))) return undefined;
  return `of ${owner} only ${rooms.join(", ")} may import ${targetPackage}: take a port of the engine instead`;
}

function judgeTheirs(
  owner: string,
  rule: PackageRule,
  reference: ModuleReference,
  isTest: boolean,
  dependencies: ReadonlyMap<string, ReadonlySet<string>>,
): string | undefined {
  const name = reference.specifier.split("/", reference.specifier.startsWith("@") ? 2 : 1).join("/");
  if (isTest && TEST_PACKAGES.includes(name)) return undefined;
  if (rule.pureExcept !== undefined && !rule.pureExcept.includes(name))
    return `${owner} is pure and may not import ${name}`;
  if (reference.kind === "type") return undefined;
  if (AWS_SDK.test(name) && owner !== "drivers" && !isTest) {
    return `${owner} may import ${name} for types only: loading it costs 30 MB`;
  }
  const isDeclared = dependencies.get(owner)?.has(name) ?? false;
  return isDeclared || isTest
    ? undefined
    : `packages/${owner}/package.json does not name ${name} among its dependencies`;
}

/** Every circle once, reported at the import that closes it. Imports of types count: a type in a circle is in the wrong file. */
function findCircles(graph: ImportGraph): Violation[] {
  const violations: Violation[] = [];
  const done = new Set<string>();
  const path: string[] = [];

  const visit = (file: string): void => {
    path.push(file);
    for (const edge of graph.get(file) ?? []) {
      const start = path.indexOf(edge.to);
      if (start >= 0) {
        const circle = [...path.slice(start), edge.to].join(" -> ");
        violations.push({ file, line: edge.line, message: `these files import each other in a circle: ${circle}` });
      } else if (!done.has(edge.to)) visit(edge.to);
    }
    path.pop();
    done.add(file);
  };

  for (const file of graph.keys()) if (!done.has(file)) visit(file);
  return violations;
}
