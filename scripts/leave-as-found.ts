import { afterAll, expect, vi } from "vitest";

// Set up before each file of the project `unit`, whose files share processes: whatever one changes there, the next would find. Vitest takes
// back its mocks itself.

const environment = new Map(Object.entries(process.env));
const directory = process.cwd();

vi.mock = () => {
  throw new Error(
    "this file replaces modules, which others in its process may have loaded: name it under APART in vitest.config.ts",
  );
};

afterAll(() => {
  vi.useRealTimers();
  vi.unstubAllEnvs();
  vi.unstubAllGlobals();
  const names = new Set([...environment.keys(), ...Object.keys(process.env)]);
  const changed = [...names].filter((name) => process.env[name] !== environment.get(name));
  expect(changed, "variables of the environment were changed, and not changed back").toEqual([]);
  expect(process.cwd(), "the working directory was changed, and not changed back").toBe(directory);
});
