import { Command, CommanderError } from "commander";
import { expect, test } from "vitest";
import { VERBS } from "../verb-table.ts";
import { checkSpelling } from "./check-spelling.ts";
import { nearestWord } from "./nearest-word.ts";

/** What the command line says of these words; undefined when nothing in them is misspelt. */
async function said(line: string | readonly string[]): Promise<string | undefined> {
  const [name = "", ...args] = typeof line === "string" ? line.split(" ") : line;
  const verb = VERBS.find((candidate) => candidate.name === name);
  if (verb === undefined) throw new Error(`there is no verb ${name}`);
  const program = new Command("sluice");
  const command = program.command(name).exitOverride();
  (await verb.load()).define(command);
  for (const each of [command, ...command.commands]) {
    each.exitOverride((error) => {
      throw error;
    });
    each.configureOutput({ writeErr: () => {}, writeOut: () => {} });
  }
  try {
    checkSpelling(command, args);
    return undefined;
  } catch (error) {
    if (error instanceof CommanderError) return error.message;
    throw error;
  }
}

test.each([
  ["hosts lst", "error: unknown command 'lst' of sluice hosts: did you mean list?"],
  ["hosts rmove web-1", "error: unknown command 'rmove' of sluice hosts: did you mean remove?"],
  [
    "agent start --data x",
    "error: unknown command 'start' of sluice agent: use one of install, uninstall, enroll, run, status, doctor, rotate-key, adopt",
  ],
  [
    "agent zzzzzz",
    "error: unknown command 'zzzzzz' of sluice agent: use one of install, uninstall, enroll, run, status, doctor, rotate-key, adopt",
  ],
  ["server --dta x", "error: unknown option '--dta' of sluice server: did you mean --data?"],
  ["server --dta=x", "error: unknown option '--dta' of sluice server: did you mean --data?"],
  ["token create --tags A=b", "error: unknown option '--tags' of sluice token create: did you mean --tag?"],
  ["deploy . --app web", "error: unknown option '--app' of sluice deploy: did you mean --application?"],
  ["watch d-1 --json --zzzzzzzzzz", "error: unknown option '--zzzzzzzzzz' of sluice watch"],
  ["logs d-1 -x", "error: unknown option '-x' of sluice logs"],
])("%s", async (line, message) => {
  expect(await said(line)).toBe(message);
});

test.each([
  "hosts list --all",
  "hosts --all --data x",
  "hosts help list",
  "server --data --listen",
  "logs d-1 -f --host -x",
  "deploy -- --directory",
  "agent enroll --token-file - --help",
])("nothing is misspelt in %s", async (line) => {
  expect(await said(line)).toBeUndefined();
});

test("an option that takes a value takes no empty one, except a description", async () => {
  const message = "error: option '--database <url>' has an empty value: give it one, or omit the option";
  expect(await said(["server", "--data", "x", "--database", ""])).toBe(message);
  expect(await said("server --data x --database=")).toBe(message);
  expect(await said(["server", "--data", ""])).toBe("error: option '--data <dir>' has an empty value: give it one");
  expect(await said(["deploy", ".", "--description", ""])).toBeUndefined();
});

test("a word that is near none has no nearest", () => {
  expect(nearestWord("xyz", ["list", "add", "remove"])).toBeUndefined();
  expect(nearestWord("lits", ["list", "add"])).toBe("list");
  expect(nearestWord("x", ["ab"])).toBeUndefined();
});
