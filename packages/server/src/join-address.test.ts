import { expect, it } from "vitest";
import type { ConfiguredName } from "./http/server-names.ts";
import { JoinAddresses } from "./join-address.ts";

const LOOPBACK = { host: "127.0.0.1", port: 7450 };
const ALL = { host: "0.0.0.0", port: 7450 };
const PROXY: ConfiguredName = { name: "deploy.example.org", scheme: "https" };
const lineFor = (configured: readonly ConfiguredName[], listener = LOOPBACK) =>
  new JoinAddresses({
    certificatePem: undefined,
    configured,
    listeners: () => [listener],
    ownAddress: () => "203.0.113.7",
  }).forHosts("http://127.0.0.1:7450");

it("is the proxy's for hosts, where that ends TLS before a server that listens on loopback alone", () => {
  expect(lineFor([{ name: "localhost" }, PROXY])).toEqual({ server: "https://deploy.example.org", pin: undefined });
  expect(lineFor([{ ...PROXY, port: 8443 }]).server).toBe("https://deploy.example.org:8443");
});

it("is loopback where nothing else is heard, whatever name is configured", () => {
  expect(lineFor([]).server).toBe("http://127.0.0.1:7450");
  expect(lineFor([{ name: "deploy.example.org" }]).server).toBe("http://127.0.0.1:7450");
});

it("is a configured name, or else this machine's address, where the server listens on all", () => {
  expect(lineFor([{ name: "deploy.example.org" }], ALL).server).toBe("https://deploy.example.org:7450");
  expect(lineFor([], ALL).server).toBe("https://203.0.113.7:7450");
});
