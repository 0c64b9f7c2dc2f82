import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { dataOfUnit } from "./service-unit.ts";

const PACKAGED = join(import.meta.dirname, "../../../../packaging/systemd");

it("reads which directory a service has, from the package's unit or from one that hides it", () => {
  const own = mkdtempSync(join(tmpdir(), "sluice-units-"));
  try {
    expect(dataOfUnit("sluice-server", [own, PACKAGED])).toBe("/var/lib/sluice");
    expect(dataOfUnit("sluice-agent", [own, PACKAGED])).toBe("/var/lib/sluice-agent");
    expect(dataOfUnit("sluice-agent", [own])).toBeUndefined();
    const unit = readFileSync(join(PACKAGED, "sluice-server.service"), "utf8");
    writeFileSync(join(own, "sluice-server.service"), unit.replace("--data /var/lib/sluice", '--data "/srv/sluice"'));
    expect(dataOfUnit("sluice-server", [own, PACKAGED])).toBe("/srv/sluice");
    mkdirSync(join(own, "sluice-agent.service"));
    expect(dataOfUnit("sluice-agent", [own])).toBeUndefined();
  } finally {
    rmSync(own, { recursive: true });
  }
});
