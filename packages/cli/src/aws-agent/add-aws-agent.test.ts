import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { Connection } from "../place/server-connection.ts";
import { addAwsAgent } from "./add-aws-agent.ts";

let work: string;
beforeEach(() => {
  work = mkdtempSync(join(tmpdir(), "sluice-aws-agent-"));
});
afterEach(() => rmSync(work, { recursive: true }));

const calls: string[] = [];

/** A server that makes a key of a new host, and does whatever else it is asked. */
function connectionTo(answers: Readonly<Record<string, () => unknown>> = {}): Connection {
  calls.length = 0;
  const made = { accessKey: { accessKeyId: "AKIAMADE" }, secretAccessKey: "secret", hostIdentifier: "arn" };
  const all = { CreateAccessKey: () => ({ ...made, isNewHost: true }), ...answers } as typeof answers;
  const call = async (name: string, input: object) => {
    calls.push(`${name} ${JSON.stringify(input)}`);
    return all[name]?.();
  };
  const server = { endpoints: { codedeploy: "https://192.0.2.1:7450" }, region: "local" };
  return { server, sluice: { call } } as unknown as Connection;
}

const options = { s3Endpoint: "https://192.0.2.1:7450", tag: [{ Key: "A", Value: "b" }] };
const refusing = (message: string) => () => {
  throw new Error(message);
};

it("takes key, host and files back when the last step fails: nobody has the secret", async () => {
  const out = join(work, "agents", "db-1");
  const connection = connectionTo({ TagHost: refusing("no more tags") });
  await expect(addAwsAgent(connection, "db-1", { ...options, out })).rejects.toThrow("no more tags");
  expect(calls.slice(-2)).toEqual(['DeleteAccessKey {"accessKeyId":"AKIAMADE"}', 'RemoveHost {"host":"db-1"}']);
  expect(readdirSync(work)).toEqual([]);
});

it("leaves the host that was there", async () => {
  const made = { accessKey: { accessKeyId: "AKIAMADE" }, secretAccessKey: "secret", isNewHost: false };
  const connection = connectionTo({ CreateAccessKey: () => made });
  await expect(addAwsAgent(connection, "db-1", options)).rejects.toThrow("older than this program");
  expect(calls.at(-1)).toBe('DeleteAccessKey {"accessKeyId":"AKIAMADE"}');
});

it("makes no key where the files cannot be written", async () => {
  const out = join("/proc", "sluice", "db-1");
  await expect(addAwsAgent(connectionTo(), "db-1", { ...options, out })).rejects.toThrow(
    `--out ${out} cannot be written`,
  );
  expect(calls).toEqual([]);
});

it("leaves no directory where there is no key", async () => {
  const out = join(work, "db-1");
  const connection = connectionTo({ CreateAccessKey: refusing("not allowed") });
  await expect(addAwsAgent(connection, "db-1", { ...options, out })).rejects.toThrow("not allowed");
  expect(existsSync(out)).toBe(false);
});
