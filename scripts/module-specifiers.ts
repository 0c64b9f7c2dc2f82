import { parseSync, Visitor } from "oxc-parser";

/** One `import`, `export … from` or `import()` of a source file. */
export interface ModuleReference {
  readonly specifier: string;
  /** `type`: erased before the program runs. `dynamic`: `await import()`, loaded when it is reached. */
  readonly kind: "static" | "type" | "dynamic";
  /** Counted from 1. */
  readonly line: number;
}

/** Not `{ type X }` between braces: that still loads the module. */
const ERASED_STATEMENT = /^(import|export)\s+type\b/;

/**
 * Every module that a TypeScript source names, in order. `import X = require("x")` is not part of this project's TypeScript.
 * @throws Error that names the file and the place, of a source that is no TypeScript
 */
export function moduleReferencesOf(file: string, source: string): ModuleReference[] {
  const parsed = parseSync(file, source);
  const { module } = parsed;
  const [error] = parsed.errors;
  if (error !== undefined) throw new Error(`${file}: ${error.message}\n${error.codeframe ?? ""}`);

  const lineOf = (offset: number) => source.slice(0, offset).split("\n").length;
  const references: (ModuleReference & { readonly start: number })[] = [];
  const add = (start: number, specifier: string, kind: ModuleReference["kind"]) =>
    references.push({ specifier, kind, line: lineOf(start), start });

  for (const { start, moduleRequest, entries } of module.staticImports) {
    const isErased = entries.length > 0 && entries.every(({ isType }) => isType);
    add(start, moduleRequest.value, isErased && ERASED_STATEMENT.test(source.slice(start)) ? "type" : "static");
  }
  for (const { start, entries } of module.staticExports) {
    const [first] = entries;
    if (!first?.moduleRequest) continue;
    const isErased = first.isType && ERASED_STATEMENT.test(source.slice(start));
    add(start, first.moduleRequest.value, isErased ? "type" : "static");
  }
  for (const { start, moduleRequest } of module.dynamicImports) {
    const specifier = /^(["'])(.*)\1$/.exec(source.slice(moduleRequest.start, moduleRequest.end))?.[2];
    if (specifier !== undefined) add(start, specifier, "dynamic");
  }
  // What stands in types, `typeof import("x")`, is in the tree alone, which is handed over when it is read: most of the time that this takes.
  if (source.split("import(").length - 1 > module.dynamicImports.length) {
    new Visitor({ TSImportType: ({ start, source: { value } }) => add(start, value, "type") }).visit(parsed.program);
  }
  return references.sort((a, b) => a.start - b.start).map(({ specifier, kind, line }) => ({ specifier, kind, line }));
}
