import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, it } from "vitest";
import { VERBS } from "../verb-table.ts";
import { chooseProgram } from "./program-choice.ts";

const LAUNCHER = readFileSync(resolve(import.meta.dirname, "../../../../bin/sluice"), "utf8");

it("a release in one executable runs each verb by the program that bin/sluice runs it by", () => {
  const rules = [...LAUNCHER.matchAll(/^ {2}(\S.*)\) program=(\w+) ;;$/gm)].map(([, verbs = "", program]) => ({
    verbs: verbs.split(" | "),
    program,
  }));
  expect(rules.map(({ program }) => program)).toEqual(["agent", "server", "sluice"]);
  for (const { name } of VERBS) {
    const rule = rules.find(({ verbs }) => verbs.includes(name) || verbs.includes("*"));
    expect([name, chooseProgram([name]).program]).toEqual([name, rule?.program]);
  }
});

it.each([["server"], ["agent", "run"]])("%s %s stays, and has the settings that bin/sluice gives it", (...argv) => {
  const { options, name } = chooseProgram([...argv, "--data", "/var/lib/x"]);
  expect(LAUNCHER).toContain(`take_name ${name}\n      exec "$node" ${options.join(" ")} "$code" "$@"`);
});

it.each([["agent", "status"], ["deploy"], ["up"], []])("%s %s is no second start", (...argv) => {
  expect(chooseProgram(argv).options).toEqual([]);
});
