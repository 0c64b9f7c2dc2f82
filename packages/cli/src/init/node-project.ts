import { shellWord } from "@sluice/model/shell-word.ts";
import { needs, type ProjectFolder, plainName, portIn, type ServiceProject } from "./project.ts";

const MAINS = [
  "server.js",
  "server.mjs",
  "app.js",
  "app.mjs",
  "index.js",
  "index.mjs",
  "main.js",
  "dist/index.js",
  "build/index.js",
];

interface PackageFile {
  readonly name?: unknown;
  readonly main?: unknown;
  readonly scripts?: { readonly start?: unknown };
  readonly dependencies?: object;
}

/** A package that can be started; one without a program to run is none. */
export function nodeProject({ name, paths, text }: ProjectFolder): ServiceProject | undefined {
  const written = text("package.json");
  if (written === undefined) return undefined;
  const file = parsed(written);
  const start = typeof file.scripts?.start === "string" ? file.scripts.start : undefined;
  const started = /^node\s+(?:--\S+\s+)*(\.?[\w./-]+)$/.exec(start ?? "")?.[1];
  const named = typeof file.main === "string" && paths.has(file.main) ? file.main : undefined;
  const main = started ?? named ?? MAINS.find((each) => paths.has(each));
  if (start === undefined && main === undefined) return undefined;
  const hasDependencies = Object.keys(file.dependencies ?? {}).length > 0;
  const install = paths.has("package-lock.json") ? "npm ci --omit=dev" : "npm install --omit=dev --no-save";
  return {
    kind: "node",
    name: plainName(typeof file.name === "string" ? file.name : name),
    what: "a Node program (package.json)",
    // npm as the parent of a service would swallow the signal that stops it.
    run: start === undefined || started !== undefined ? `exec node ${shellWord(main ?? "")}` : "exec npm start",
    prepare: [
      needs("node", "Node"),
      ...(hasDependencies ? [needs("npm", "npm"), `${install} --no-audit --no-fund`] : []),
    ],
    port: portIn(text(main ?? "")),
  };
}

function parsed(text: string): PackageFile {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null ? value : {};
  } catch {
    return {};
  }
}
