import { expect, it } from "vitest";
import { compareVersions, isVersion } from "./compare-versions.ts";

const IN_ORDER = ["0.1.99", "0.2.0-1", "0.2.0-rc.1", "0.2.0-rc.2", "0.2.0-rc.10", "0.2.0", "0.10.0", "1.0.0"];

it("orders versions as semver.org does", () => {
  expect([...IN_ORDER].reverse().sort(compareVersions)).toEqual(IN_ORDER);
  expect(compareVersions("0.2.0", "0.2.0")).toBe(0);
});

it.each(["", "0.2", "v0.2.0", "0.2.0-", "0.2.0-a..b", "OFFICIAL_1.8.1", `0.2.0-${"a".repeat(64)}`])(
  "takes %s for no version, and for earlier than any",
  (text) => {
    expect(isVersion(text)).toBe(false);
    expect(compareVersions(text, "0.0.0")).toBeLessThan(0);
    expect(compareVersions("0.0.0", text)).toBeGreaterThan(0);
  },
);
