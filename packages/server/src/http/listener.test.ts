import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { startServer } from "../start-server.ts";

it("says the address that it was asked to listen on, and gives clients one that reaches it", async () => {
  const directory = mkdtempSync(join(tmpdir(), "sluice-listener-"));
  try {
    const listen = [{ host: "0.0.0.0", port: 0 }];
    const server = await startServer({ dataDirectory: directory, listen, logLevel: "error" });
    const { port } = new URL(server.url);
    expect(server.url).toBe(`https://127.0.0.1:${port}`);
    expect(server.listensOn).toEqual([`https://0.0.0.0:${port}`]);
    await server.close();
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
});
