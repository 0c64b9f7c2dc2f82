import { globSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { Command } from "commander";
import { beforeAll, describe, expect, it } from "vitest";
import { VERBS } from "../../packages/cli/src/verb-table.ts";

const ROOT = resolve(import.meta.dirname, "../..");
const SOURCES = globSync("packages/*/src/**/*.ts", { cwd: ROOT }).filter((path) => !/\.test\.ts$|fixture/.test(path));
const PAGES = ["README.md", ...globSync("docs/{guides,reference}/*.md", { cwd: ROOT })];

/** `sluice VERB …`, as far as it is words of a command line. */
const COMMAND = /\bsluice ([a-z]+(?:-[a-z]+)*)((?: [^\s`'"();:,…|<>]+)*)/g;
/** Words that follow the product's name in a sentence, a path or a list of users. */
const NO_VERBS = new Set(["made", "runs", "starts", "chooses", "above", "sluice", "level"]);
/** Verbs with commands of which the name is part of sentences, too. */
const IN_SENTENCES = new Set(["hosts"]);

/** By verb, and by sub-verb where it has some: the options. */
const known = new Map<string, Set<string>>();

beforeAll(async () => {
  for (const { name, load } of VERBS) {
    const verb = new Command(name);
    (await load()).define(verb);
    known.set(name, optionsOf(verb));
    for (const part of verb.commands) known.set(`${name} ${part.name()}`, optionsOf(part));
  }
});

function optionsOf(command: Command): Set<string> {
  return new Set(["--help", "-h", ...command.options.flatMap(({ long, short }) => [long ?? "", short ?? ""])]);
}

/** What is wrong with the commands that a text tells a person to run. */
function mistakesIn(text: string): string[] {
  return [...text.matchAll(COMMAND)].flatMap(([command, verb = "", rest = ""]) => {
    if (NO_VERBS.has(verb)) return [];
    if (!known.has(verb)) return [`${command}: no such verb`];
    const words = rest
      .trim()
      .split(" ")
      .filter((word) => word !== "");
    const parts = [...known.keys()].filter((name) => name.startsWith(`${verb} `));
    const [first = ""] = words;
    const named = `${verb} ${first}`;
    if (parts.length > 0 && /^[a-z]+$/.test(first) && !known.has(named) && !IN_SENTENCES.has(verb)) {
      return [`${command}: no such command`];
    }
    const options = known.get(known.has(named) ? named : verb) ?? new Set();
    return words
      .map((word) => word.replace(/[.?]+$|=.*|\$\{.*/, ""))
      .filter((word) => /^--[a-z]/.test(word) && !options.has(word))
      .map((word) => `${command}: no option ${word}`);
  });
}

describe("a command that a message or a page names", () => {
  it.each([...SOURCES, ...PAGES])("exists, in %s", (path) => {
    const text = readFileSync(resolve(ROOT, path), "utf8").replaceAll("\\`", "`");
    expect(mistakesIn(text)).toEqual([]);
  });

  it("is a command, and no operation of the API", () => {
    const operation = /\b(?:see|call) (?:List|Get|Batch|Create|Update|Delete|Register|Deregister|Put)[A-Z]\w+/;
    const sentences = SOURCES.flatMap((path) =>
      readFileSync(resolve(ROOT, path), "utf8")
        .split("\n")
        .filter((line) => operation.test(line) && !/^\s*(?:\/\/|\/?\*)/.test(line))
        .map((line) => `${path}: ${line.trim()}`),
    );
    expect(sentences).toEqual([]);
  });
});
