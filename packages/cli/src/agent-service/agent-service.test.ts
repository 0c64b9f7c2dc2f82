import { readFileSync } from "node:fs";
import { resolve } from "node:path";
import { expect, it } from "vitest";
import { packageNote, passedOverOptions, readAuthority } from "./install-agent.ts";
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

it("treats what hooks have started as the Debian package's unit does", () => {
  const ofPackage = readFileSync(
    resolve(import.meta.dirname, "../../../../packaging/systemd/sluice-agent.service"),
    "utf8",
  );
  const settings = (text: string) => text.match(/^(?!Exec|Condition)\w+=.*$/gm)?.sort();
  expect(settings(unitText({ ...PLACE, canNotify: true }))).toEqual(settings(ofPackage));
});

it("says what of its options has no effect or is wrong, and that a package has a unit of the same name", () => {
  expect(passedOverOptions({ name: "web-1", server: "https://a:7450", service: true }, "web-1")).toEqual([]);
  expect(passedOverOptions({ name: "web-2", tags: [], onPremises: true }, "web-1")).toEqual([
    "--name",
    "--tag",
    "--on-premises",
  ]);
  expect(() => readAuthority("/nowhere.pem")).toThrow("--ca-file /nowhere.pem does not exist. Name");
  expect(packageNote(undefined)).toBeUndefined();
  expect(packageNote("/usr/lib/systemd/system/sluice-agent.service")).toContain("sluice agent uninstall");
});

it("waits for no word of the supervisor where nobody can say it, and takes paths as they are", () => {
  const text = unitText({ programs: "/opt/a b", data: "/data/100%/$x", canNotify: false });
  expect(text).toContain("\nType=exec\n");
  expect(text).not.toMatch(/Notify|Watchdog/);
  expect(text).toContain('\nExecStart="/opt/a b/supervise" --data /data/100%%/$$x\n');
});
