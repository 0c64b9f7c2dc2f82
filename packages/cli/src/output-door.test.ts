import { globSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, it } from "vitest";

/** Ways to a person's terminal. Asking a stream what it is, or how wide, is none; nor is the file of the verb `console`. */
const WAYS_OUT = /\bconsole\.(?!ts")|process\.std(?:out|err)(?!\.(?:isTTY|columns|rows)\b)/;
const INHERITED = /stdio: *(?:"inherit"|\[[^\]]*"inherit")/;

/** What a host or another person wrote may be in any text, so all text leaves by one door, which makes it harmless. */
it("nothing in the command line writes to the terminal but output.ts", () => {
  const files = globSync("**/*.ts", { cwd: import.meta.dirname }).filter((path) => !path.endsWith(".test.ts"));
  expect(files.length).toBeGreaterThan(40);
  const others = files.filter((path) => {
    const source = readFileSync(resolve(import.meta.dirname, path), "utf8");
    return WAYS_OUT.test(source) || INHERITED.test(source);
  });
  expect(others).toEqual(["output.ts"]);
});
