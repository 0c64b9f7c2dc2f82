import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, it } from "vitest";
import { unitText } from "./unit.ts";

const PAGE = resolve(import.meta.dirname, "../../../../docs/reference/agent.md");
const PLACE = { programs: "/usr/local/lib/sluice/agent", data: "/var/lib/sluice-agent" };

it("is the unit that the documentation shows", () => {
  const shown = /```ini\n([\s\S]*?)```/.exec(readFileSync(PAGE, "utf8"))?.[1];
  expect(
    unitText({ ...PLACE, canNotify: true })
      .split("\n")
      .slice(1)
      .join("\n"),
  ).toBe(shown);
});

it("waits for no word of the supervisor where nobody can say it, and takes paths as they are", () => {
  const text = unitText({ programs: "/opt/a b", data: "/data/100%/$x", canNotify: false });
  expect(text).toContain("\nType=exec\n");
  expect(text).not.toMatch(/Notify|Watchdog/);
  expect(text).toContain('\nExecStart="/opt/a b/supervise" --data /data/100%%/$$x\n');
});
