import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { specification } from "./host/host.fixture.ts";
import type { Enrolment } from "./identity/enrolment-files.ts";
import { createAgentLog } from "./process/agent-log.ts";
import { createRealHost } from "./real-host.ts";

it("tries again to prepare its directory when that failed for an earlier command", async () => {
  const base = mkdtempSync(join(tmpdir(), "sluice-real-host-"));
  const directory = join(base, "agent");
  const host = createRealHost(
    { server: "http://127.0.0.1:1" } as Enrolment,
    {},
    directory,
    createAgentLog("text", () => {}),
  );
  const command = { commandName: "ApplicationStop", specification: specification(), bundleUrl: undefined };
  try {
    writeFileSync(directory, "a file where the directory belongs");
    await expect(host.isNoop(command)).rejects.toMatchObject({ code: "EEXIST" });
    rmSync(directory);
    expect(await host.isNoop(command)).toBe(true);
  } finally {
    rmSync(base, { recursive: true });
  }
});
