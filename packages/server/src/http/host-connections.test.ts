import { Socket } from "node:net";
import { expect, it } from "vitest";
import type { Principal } from "../access/principal.ts";
import { HostConnections, MAX_HOST_CONNECTIONS } from "./host-connections.ts";

const host = (hostId: string): Principal => ({ role: "host", accessKeyId: `key of ${hostId}`, hostId });

it("a host has so many connections and no more: the one used longest ago goes, and no other host's", () => {
  const connections = new HostConnections();
  const others = new Socket();
  connections.prove(others, host("other"));
  const sockets = Array.from({ length: MAX_HOST_CONNECTIONS }, () => new Socket());
  for (const socket of sockets) connections.prove(socket, host("web-1"));
  // The first is used again, so the second is the one that waits longest.
  connections.prove(sockets[0]!, host("web-1"));
  expect(sockets.some(({ destroyed }) => destroyed)).toBe(false);
  const further = new Socket();
  connections.prove(further, host("web-1"));
  expect(sockets.map(({ destroyed }) => destroyed).indexOf(true)).toBe(1);
  expect(sockets.filter(({ destroyed }) => destroyed)).toHaveLength(1);
  expect(further.destroyed).toBe(false);
  expect(others.destroyed).toBe(false);
});

it("people's connections are not counted", () => {
  const connections = new HostConnections();
  const sockets = Array.from({ length: 2 * MAX_HOST_CONNECTIONS }, () => new Socket());
  for (const socket of sockets) connections.prove(socket, { role: "root", accessKeyId: "root", hostId: null });
  expect(sockets.some(({ destroyed }) => destroyed)).toBe(false);
});
