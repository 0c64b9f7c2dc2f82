import { expect, it } from "vitest";
import type { Connection } from "../place/server-connection.ts";
import { addAwsAgent } from "./add-aws-agent.ts";

it("takes the key back when the files cannot be made: nobody has its secret", async () => {
  const calls: string[] = [];
  const answers: Record<string, () => unknown> = {
    CreateAccessKey: () => ({
      accessKey: { accessKeyId: "AKIAMADE" },
      secretAccessKey: "secret",
      hostIdentifier: "arn",
    }),
    TagHost: () => {
      throw new Error("no more tags");
    },
  };
  const call = async (name: string, input: object) => {
    calls.push(`${name} ${JSON.stringify(input)}`);
    return answers[name]?.();
  };
  const server = { endpoints: { codedeploy: "https://192.0.2.1:7450" }, region: "local" };
  const connection = { server, sluice: { call } } as unknown as Connection;
  const options = { s3Endpoint: "https://192.0.2.1:7450", tag: [{ Key: "A", Value: "b" }] };
  await expect(addAwsAgent(connection, "db-1", options)).rejects.toThrow("no more tags");
  expect(calls.at(-1)).toBe('DeleteAccessKey {"accessKeyId":"AKIAMADE"}');
});
