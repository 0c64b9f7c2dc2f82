import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { VERBS } from "../verb-table.ts";
import { bashCompletion } from "./bash-completion.ts";
import { type DescribedCommand, describeCommands } from "./described-commands.ts";
import { fishCompletion } from "./fish-completion.ts";
import { zshCompletion } from "./zsh-completion.ts";

let directory: string;
let commands: DescribedCommand[];

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "sluice-completion-"));
  commands = await describeCommands(VERBS);
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

/** What was typed, with the word that is to be completed last, and what it may become. */
const TYPED: readonly (readonly [words: readonly string[], candidates: readonly string[]])[] = [
  [["ho"], ["hosts"]],
  [["hosts", "ta"], ["tag"]],
  [["hosts", "list", "--al"], ["--all"]],
  [["server", "--log-level", "w"], ["warn"]],
  [
    ["applications", "create", "--platform", ""],
    ["ECS", "Lambda", "Server"],
  ],
  [
    ["completion", ""],
    ["bash", "fish", "zsh"],
  ],
  [["watch", "--d"], ["--data"]],
];

function run(shell: string, ...args: readonly string[]): string {
  const { stdout, stderr } = spawnSync(shell, args, { encoding: "utf8", env: { ...process.env, HOME: directory } });
  expect(stderr).toBe("");
  return stdout;
}

function isInstalled(shell: string): boolean {
  return spawnSync(shell, ["--version"]).status === 0;
}

describe("completion", () => {
  it.each(TYPED)("of bash: %j", (words, candidates) => {
    const file = join(directory, "sluice.bash");
    writeFileSync(file, bashCompletion(commands));
    const typed = ["sluice", ...words].map((word) => `'${word}'`).join(" ");
    const program = `source ${file}; COMP_WORDS=(${typed}); COMP_CWORD=${words.length}; _sluice; printf '%s\\n' "\${COMPREPLY[@]}"`;
    expect(run("bash", "--norc", "-c", program).trim().split("\n").sort()).toEqual(candidates);
  });

  it("of bash leaves files to the shell where a value or an argument may be one", () => {
    const file = join(directory, "sluice.bash");
    writeFileSync(file, bashCompletion(commands));
    for (const words of ["deploy ''", "groups create --from-json ''"]) {
      const count = words.split(" ").length;
      const program = `source ${file}; COMP_WORDS=(sluice ${words}); COMP_CWORD=${count}; _sluice; echo "\${#COMPREPLY[@]}"`;
      expect(run("bash", "--norc", "-c", program)).toBe("0\n");
    }
  });

  it.skipIf(!isInstalled("fish"))("of fish", () => {
    const file = join(directory, "sluice.fish");
    writeFileSync(file, fishCompletion(commands));
    for (const [words, candidates] of TYPED) {
      const printed = run("fish", "--no-config", "-c", `source ${file}; complete -C 'sluice ${words.join(" ")}'`);
      const found = printed
        .trim()
        .split("\n")
        .map((line) => line.split("\t", 1)[0]);
      expect(found.sort(), words.join(" ")).toEqual(candidates);
    }
  });

  it.skipIf(!isInstalled("zsh"))("of zsh", () => {
    const file = join(directory, "sluice.zsh");
    writeFileSync(file, zshCompletion(commands));
    // Stands in for the functions that show candidates: nobody sees a terminal here.
    const program = `compdef() { }; _files() { print -l files; }; compadd() { shift; print -l -- "$@"; }
_describe() { print -l -- \${(P)2%%:*}; }; source ${file}
words=(sluice "$@"); CURRENT=$#words; PREFIX=$words[-1]; _sluice`;
    for (const [words, candidates] of TYPED) {
      const shown = run("zsh", "-f", "-c", program, "zsh", ...words)
        .trim()
        .split("\n");
      expect(shown.filter((word) => word.startsWith(words.at(-1) ?? "")).sort(), words.join(" ")).toEqual(candidates);
    }
    expect(run("zsh", "-f", "-c", program, "zsh", "deploy", "")).toBe("files\n");
  });
});
