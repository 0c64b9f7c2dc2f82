import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ownServiceManager } from "./service-manager.ts";

it("tells systemd that it is ready, and that it is alive as often as that asks", async () => {
  const folder = mkdtempSync(join(tmpdir(), "sluice-service-manager-"));
  const heard = join(folder, "heard");
  writeFileSync(heard, "");
  writeFileSync(join(folder, "systemd-notify"), `#!/bin/sh\necho "$NOTIFY_SOCKET $1" >>${heard}\n`);
  chmodSync(join(folder, "systemd-notify"), 0o755);
  const path = `${folder}:${process.env.PATH}`;
  const manager = ownServiceManager({ PATH: path, NOTIFY_SOCKET: "/run/s", WATCHDOG_USEC: "100000" });
  try {
    manager?.tellReady();
    const lines = () => readFileSync(heard, "utf8").split("\n");
    await expect.poll(lines).toContain("/run/s READY=1");
    await expect.poll(lines).toContain("/run/s WATCHDOG=1");
  } finally {
    manager?.close();
    rmSync(folder, { recursive: true });
  }
});

it("tells nobody where nobody listens", () => {
  expect(ownServiceManager({})).toBeUndefined();
});
