import { Agent, createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { expect, it } from "vitest";
import { downloadProgram } from "./download-program.ts";

const OFFER = {
  kind: "sluice.agent-program" as never,
  upgradeId: "u-1",
  hostIdentifier: "arn:web-1",
  version: "0.3.0",
  platform: "linux-x64",
  sha256: "0".repeat(64),
  bytes: 2,
  isDowngrade: false,
  signedAt: new Date().toISOString(),
};

it("asks again while other hosts take all of the server's downloads, and not after another refusal", async () => {
  const answers = ["ThrottlingException", "ThrottlingException", "", "AgentProgramDoesNotExistException", ""];
  const server = createServer((_, response) => {
    const refusal = answers.shift();
    if (refusal === "") response.end("it");
    else response.writeHead(400).end(JSON.stringify({ __type: refusal, message: "not now" }));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const connections = new Agent();
  const parts = {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    connections,
    clock: { now: () => new Date() },
    credentials: { accessKeyId: "AKID", secretAccessKey: "secret" },
    region: "eu-west-1",
    headers: {},
    userAgent: "sluice-agent",
    signal: new AbortController().signal,
    busyRetryMilliseconds: 1,
  };
  try {
    const pieces: Buffer[] = [];
    for await (const piece of await downloadProgram(OFFER, parts)) pieces.push(piece);
    expect(Buffer.concat(pieces).toString()).toBe("it");
    await expect(downloadProgram(OFFER, parts)).rejects.toThrow("the server gives no program: not now");
    expect(answers).toEqual([""]);
  } finally {
    connections.destroy();
    server.closeAllConnections();
    server.close();
  }
});
