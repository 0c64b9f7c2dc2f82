import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { Command } from "commander";
import { describe, expect, it } from "vitest";
import { VERBS } from "../../packages/cli/src/verb-table.ts";

const lines = readFileSync(resolve(import.meta.dirname, "../../docs/reference/cli.md"), "utf8").split("\n");

interface Described {
  readonly name: string;
  readonly options: readonly string[];
}

/** The verb itself, or its commands where it has some. */
async function commandsOf(name: string): Promise<readonly Described[]> {
  const verb = VERBS.find((candidate) => candidate.name === name);
  if (verb === undefined) throw new Error(`there is no verb ${name}`);
  const command = new Command(name);
  (await verb.load()).define(command);
  const leaves = command.commands.length > 0 ? command.commands : [command];
  return leaves.map((leaf) => ({
    name: leaf === command ? name : `${name} ${leaf.name()}`,
    options: leaf.options.map((option) => option.long ?? option.flags),
  }));
}

describe("docs/reference/cli.md", () => {
  it.each(VERBS.map(({ name }) => name))("has an example and every option of %s", async (name) => {
    for (const command of await commandsOf(name)) {
      const [example, options] = lines.filter((line) => line.startsWith(`| \`${command.name}\` |`));
      expect(example, command.name).toContain(`sluice ${command.name}`);
      const written = [...(options ?? "").matchAll(/`(--[a-z0-9-]+)/g)].map(([, option]) => option);
      expect(new Set(written), command.name).toEqual(new Set(command.options));
    }
  });
});
