import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { BenchContext, Figure, Measured } from "./figure.ts";
import type { LoadOrder, LoadResult } from "./load-generator.ts";
import { startHelper } from "./measuring-helper.ts";
import { startMoto } from "./moto.ts";
import { answerTo, callAsText, type SignedCall, signedCall } from "./signed-call.ts";
import { type RunningServer, startServer } from "./sluice-process.ts";
import { median } from "./statistics.ts";

const CONNECTIONS = [1, 16] as const;
const WARM_UP_SECONDS = 1;
const SECONDS = 4;
const REPETITIONS = 3;
const GOAL_SHARE = 0.45;
const BATCH = 25;
const NAMES = { applicationName: "bench", deploymentGroupName: "all" } as const;
const ROLE = "arn:aws:iam::111122223333:role/CodeDeployServiceRole";
const APPLICATION_ARN = "arn:aws:codedeploy:us-east-1:111122223333:application:bench";
/** No call is throttled: what is measured is what the server can do. */
const UNTHROTTLED = "throttle:\n  callsPerSecond: 1000000\n  burst: 1000000\n";

/** Ten statements, of which the last but one allows what is measured. */
const POLICY = JSON.stringify({
  Version: "2012-10-17",
  Statement: [
    ...Array.from({ length: 7 }, (_, index) => ({
      Effect: "Allow",
      Action: ["codedeploy:Get*", "codedeploy:BatchGet*"],
      Resource: `arn:aws:codedeploy:*:*:deploymentgroup:other-${index}/*`,
      Condition: { IpAddress: { "aws:SourceIp": "10.0.0.0/8" } },
    })),
    { Effect: "Deny", Action: "codedeploy:Delete*", Resource: "*" },
    { Effect: "Allow", Action: "codedeploy:*", Resource: "arn:aws:codedeploy:us-east-1:111122223333:*bench*" },
    { Effect: "Allow", Action: "s3:GetObject", Resource: "*" },
  ],
});

export const requestRate: Figure = {
  name: "request-rate",
  title: "signed calls with a key that has a policy: a read, a write, a batch, over 1 and 16 connections",
  async measure(context) {
    const { release, folder } = context;
    const config = join(folder, "sluice.yml");
    writeFileSync(config, UNTHROTTLED);
    const server = await startServer(release, folder, ["--config", config]);
    try {
      return await measureCalls(server, context);
    } finally {
      await server.close();
    }
  },
};

interface Kind {
  readonly name: string;
  readonly operation: string;
  readonly input: object;
}

async function measureCalls(
  server: RunningServer,
  { repetitions = REPETITIONS, say }: BenchContext,
): Promise<readonly Measured[]> {
  const deploymentIds = await makeDeployments(server);
  const { accessKey, secretAccessKey } = await server.sluice.call("CreateAccessKey", {
    role: "user",
    userName: "bench",
    policyDocument: POLICY,
  });
  const credentials = { accessKeyId: accessKey.accessKeyId, secretAccessKey };
  const kinds: readonly Kind[] = [
    { name: "read (GetDeployment)", operation: "GetDeployment", input: { deploymentId: deploymentIds[0] } },
    {
      name: "write (TagResource)",
      operation: "TagResource",
      input: { ResourceArn: APPLICATION_ARN, Tags: [{ Key: "bench", Value: "yes" }] },
    },
    { name: `batch (BatchGetDeployments of ${BATCH})`, operation: "BatchGetDeployments", input: { deploymentIds } },
  ];
  const moto = await startMoto(NAMES, say);
  const generator = startHelper("load-generator.ts");
  const load = (call: SignedCall, port: number, connections: number) =>
    generator.ask<LoadResult>({
      port,
      request: callAsText(call),
      connections,
      warmUpSeconds: WARM_UP_SECONDS,
      seconds: SECONDS,
    } satisfies LoadOrder);
  const measured: Measured[] = [];
  try {
    for (const { name, operation, input } of kinds) {
      // Signed anew for each: a signature is good for five minutes.
      const newCall = () => signedCall(server, operation, input, credentials);
      const bare = startHelper("bare-fastify.ts");
      const barePort = await bare.ask<number>(await answerTo(newCall()));
      for (const connections of CONNECTIONS) {
        const ours: LoadResult[] = [];
        const theirs: LoadResult[] = [];
        for (let round = 0; round < repetitions; round++) {
          ours.push(await load(newCall(), Number(new URL(server.url).port), connections));
          theirs.push(await load(newCall(), barePort, connections));
          say(`${name}, ${connections}: ${words(ours.at(-1)!)}; bare Fastify ${words(theirs.at(-1)!)}`);
        }
        const rate = median(ours.map(({ requestsPerSecond }) => requestsPerSecond));
        const reference = median(theirs.map(({ requestsPerSecond }) => requestsPerSecond));
        const motoRate = operation === "GetDeployment" ? await moto?.rate(connections, SECONDS) : undefined;
        const isRead = operation === "GetDeployment" && connections === 16;
        measured.push({
          figure: `signed ${name} at ${connections} connection${connections === 1 ? "" : "s"}, a key with a policy of ten statements`,
          unit: "requests/s",
          reached: rate,
          detail: `median of ${repetitions}; p99 ${milliseconds(ours)} ms; share of the reference ${(rate / reference).toFixed(2)}`,
          ...(isRead ? { goal: { value: reference * GOAL_SHARE, isAtLeast: true } } : {}),
          reference:
            `a bare Fastify handler that answers the same: ${reference.toFixed(0)} requests/s, p99 ${milliseconds(theirs)} ms` +
            (motoRate === undefined ? "" : `; moto server: ${motoRate.toFixed(0)} requests/s`),
        });
      }
      bare.close();
    }
    return measured;
  } finally {
    generator.close();
    await moto?.close();
  }
}

/** Of a group without hosts, which fail at once and are there to be read. */
async function makeDeployments({ codeDeploy }: RunningServer): Promise<readonly string[]> {
  await codeDeploy.call("CreateApplication", { applicationName: NAMES.applicationName });
  await codeDeploy.call("CreateDeploymentGroup", {
    ...NAMES,
    serviceRoleArn: ROLE,
    ec2TagFilters: [{ Key: "Bench", Value: "none", Type: "KEY_AND_VALUE" }],
  });
  const gitHubLocation = { repository: "octocat/hello", commitId: "ec26c3e57ca3a959ca5aad62de7213c562f8c821" };
  const ids: string[] = [];
  while (ids.length < BATCH) {
    const { deploymentId } = await codeDeploy.call("CreateDeployment", {
      ...NAMES,
      revision: { revisionType: "GitHub", gitHubLocation },
    });
    ids.push(deploymentId!);
    for (;;) {
      const { deploymentInfo } = await codeDeploy.call("GetDeployment", { deploymentId: deploymentId! });
      if (deploymentInfo?.completeTime) break;
    }
  }
  return ids;
}

function words({ requestsPerSecond, latency }: LoadResult): string {
  return `${requestsPerSecond.toFixed(0)}/s, p99 ${(latency.high * 1000).toFixed(1)} ms`;
}

function milliseconds(results: readonly LoadResult[]): string {
  return (median(results.map(({ latency }) => latency.high)) * 1000).toFixed(1);
}
