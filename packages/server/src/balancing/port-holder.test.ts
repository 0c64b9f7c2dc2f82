import { once } from "node:events";
import { existsSync } from "node:fs";
import { createServer } from "node:net";
import { expect, it } from "vitest";
import { portHolder } from "./port-holder.ts";

it.skipIf(!existsSync("/proc/net/tcp"))("names who listens on a port, and nobody where nobody does", async () => {
  const server = createServer();
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as { port: number };
  expect(await portHolder(port)).toMatch(new RegExp(`\\(pid ${process.pid}\\)$`));
  server.close();
  await once(server, "close");
  expect(await portHolder(port)).toBeUndefined();
});
