import { existsSync } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { SLUICE_VERSION } from "@sluice/model/version.ts";

/** A package of npm of which something is in a release. */
export interface UsedPackage {
  readonly name: string;
  readonly version: string;
  /** An expression of SPDX. */
  readonly licence: string;
  readonly folder: string;
}

/** Libraries that are in Node itself, by the names that `process.versions` has; the others there are numbers of interfaces. */
const IN_NODE = ["acorn", "ada", "amaro", "ares", "brotli", "cjs_module_lexer", "icu", "llhttp", "nbytes", "ncrypto"];
const ALSO_IN_NODE = ["nghttp2", "openssl", "simdjson", "simdutf", "sqlite", "undici", "uv", "v8", "zlib", "zstd"];

/** @param sources paths from here, as scripts/build.ts lists what it has put into programs and console */
export async function usedPackages(sources: readonly string[]): Promise<readonly UsedPackage[]> {
  const folders = new Set<string>();
  for (const source of sources) if (source.startsWith("node_modules/")) folders.add(packageFolder(source));
  const found = await Promise.all([...folders].map(readPackage));
  return found.sort((one, other) => (`${one.name}@${one.version}` < `${other.name}@${other.version}` ? -1 : 1));
}

/** `node_modules/a/node_modules/@b/c` of a file in it. */
function packageFolder(source: string): string {
  const at = source.lastIndexOf("node_modules/") + "node_modules/".length;
  const [first = "", second = ""] = source.slice(at).split("/");
  return source.slice(0, at) + (first.startsWith("@") ? `${first}/${second}` : first);
}

async function readPackage(folder: string): Promise<UsedPackage> {
  const { name, version, license } = JSON.parse(await readFile(join(folder, "package.json"), "utf8"));
  if (typeof license !== "string") throw new Error(`${folder}/package.json says no licence`);
  return { name, version, licence: license, folder };
}

/** CycloneDX 1.6, without a time and a serial number: the same for the same commit. */
export function billOfMaterials(packages: readonly UsedPackage[], nodeVersion: string, commit: string): string {
  const libraries = packages.map(({ name, version, licence }) => ({
    ...component("library", name, version, `pkg:npm/${name.replace("@", "%40")}@${version}`),
    licenses: [{ expression: licence }],
  }));
  const versions: Record<string, string | undefined> = process.versions;
  const inNode = [...IN_NODE, ...ALSO_IN_NODE].flatMap((name) => {
    const version = versions[name];
    return version === undefined ? [] : [component("library", name, version, `pkg:generic/${name}@${version}`)];
  });
  const node = {
    ...component("platform", "node", nodeVersion, `pkg:generic/node@${nodeVersion}`),
    licenses: [{ expression: "MIT" }],
    components: inNode,
  };
  const sluice = {
    ...component("application", "sluice", SLUICE_VERSION, `pkg:generic/sluice@${SLUICE_VERSION}`),
    licenses: [{ expression: "Apache-2.0" }],
    properties: [{ name: "commit", value: commit }],
  };
  const bill = {
    bomFormat: "CycloneDX",
    specVersion: "1.6",
    version: 1,
    metadata: { component: sluice },
    components: [node, ...libraries],
    dependencies: [{ ref: sluice["bom-ref"], dependsOn: [node, ...libraries].map((each) => each["bom-ref"]) }],
  };
  return `${JSON.stringify(bill, undefined, 2)}\n`;
}

function component(type: string, name: string, version: string, purl: string) {
  return { type, "bom-ref": purl, name, version, purl };
}

/** The licences' own texts, which go with every copy. */
export async function licenceTexts(packages: readonly UsedPackage[]): Promise<string> {
  const texts = await Promise.all(
    packages.map(async ({ name, version, licence, folder }) => {
      const names = existsSync(folder) ? await readdir(folder) : [];
      const files = names.filter((each) => /^(licen[cs]e|copying|notice)/i.test(each)).sort();
      const contents = await Promise.all(files.map((each) => readFile(join(folder, each), "utf8")));
      return [`${name} ${version} (${licence})`, ...contents.map((text) => text.trim())].join("\n\n");
    }),
  );
  return `${texts.join(`\n\n${"-".repeat(80)}\n\n`)}\n`;
}
