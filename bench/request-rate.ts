import { join } from "node:path";
import { CODEDEPLOY_SIGNING_NAME, CODEDEPLOY_TARGET_PREFIX } from "@sluice/wire/client/clients.ts";
import { connectionAgent } from "@sluice/wire/client/connection-agent.ts";
import { exchange, readAnswer } from "@sluice/wire/client/http-exchange.ts";
import { JSON_CONTENT_TYPE } from "@sluice/wire/json/json-protocol.ts";
import { signRequest } from "@sluice/wire/sigv4/sign.ts";
import type { Figure } from "./figure.ts";
import { createToken, deploy, prepareApplication, untilAlive } from "./installation.ts";
import type { LoadOrder, LoadResult } from "./load-generator.ts";
import { startHelper } from "./measuring-helper.ts";
import { type RunningServer, startAgent, startServer } from "./sluice-process.ts";
import { median, worst } from "./statistics.ts";
import { writeTrivialRevision } from "./trivial-revision.ts";

const CONNECTIONS = 16;
const WARM_UP_SECONDS = 2;
const SECONDS = 5;
const REPETITIONS = 5;
const GOAL_SHARE = 1 / 3;
const MAX_ANSWER_BYTES = 1024 * 1024;

export const requestRate: Figure = {
  name: "request-rate",
  title: "signed GetDeployment at 16 connections",
  async measure({ release, folder, repetitions = REPETITIONS, say }) {
    const server = await startServer(release, folder);
    const deploymentId = await makeDeployment(server, release, folder);
    const answer = await answerOf(server, deploymentId);
    const bare = startHelper("bare-fastify.ts");
    const generator = startHelper("load-generator.ts");
    try {
      const barePort = await bare.ask<number>(answer);
      const load = (request: SignedCall, port: number) =>
        generator.ask<LoadResult>({
          port,
          request: asText(request),
          connections: CONNECTIONS,
          warmUpSeconds: WARM_UP_SECONDS,
          seconds: SECONDS,
        } satisfies LoadOrder);
      const rounds = [];
      for (let round = 0; round < repetitions; round++) {
        // Signed anew for every round: a signature is good for five minutes.
        const call = signedCall(server, deploymentId);
        const ours = await load(call, Number(new URL(server.url).port));
        const theirs = await load(call, barePort);
        const share = ours.requestsPerSecond / theirs.requestsPerSecond;
        rounds.push({ ours: ours.requestsPerSecond, theirs: theirs.requestsPerSecond, share });
        say(
          `${ours.requestsPerSecond.toFixed(0)} requests/s (generator ${ours.processorSeconds.toFixed(1)} s of ${SECONDS}); ` +
            `bare Fastify ${theirs.requestsPerSecond.toFixed(0)} (generator ${theirs.processorSeconds.toFixed(1)} s)`,
        );
      }
      const rate = median(rounds.map(({ ours }) => ours));
      const reference = median(rounds.map(({ theirs }) => theirs));
      return [
        {
          figure: "signed GetDeployment at 16 connections",
          unit: "requests/s",
          reached: rate,
          detail: `median of ${repetitions}; share of the reference: median ${median(rounds.map(({ share }) => share)).toFixed(2)}, worst ${(-worst(rounds.map(({ share }) => -share))).toFixed(2)}`,
          goal: { value: reference * GOAL_SHARE, isAtLeast: true },
          reference: `a bare Fastify handler that answers the same: median ${reference.toFixed(0)} requests/s; the goal is a third of it`,
        },
      ];
    } finally {
      bare.close();
      generator.close();
      await server.close();
    }
  },
};

async function makeDeployment(
  server: RunningServer,
  release: Parameters<typeof startAgent>[0],
  folder: string,
): Promise<string> {
  const revision = join(folder, "revision");
  writeTrivialRevision(revision, join(folder, "destination"));
  const token = await createToken(server, 1);
  const agent = await startAgent({ ...release, profiles: undefined }, server.url, {
    name: "bench-1",
    token,
    data: join(folder, "agent"),
  });
  try {
    await prepareApplication(server, revision);
    await untilAlive(server, 1);
    return (await deploy(server, 1)).deploymentId;
  } finally {
    await agent.close();
  }
}

interface SignedCall {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

function signedCall({ url: server, connection }: RunningServer, deploymentId: string): SignedCall {
  const { credentials, region } = connection;
  const body = JSON.stringify({ deploymentId });
  const url = `${server.replace(/\/+$/, "")}/`;
  const headers = {
    "content-type": JSON_CONTENT_TYPE,
    "x-amz-target": `${CODEDEPLOY_TARGET_PREFIX}.GetDeployment`,
    "content-length": String(Buffer.byteLength(body)),
  };
  const service = CODEDEPLOY_SIGNING_NAME;
  const signed = signRequest({ method: "POST", url, headers, body, credentials, region, service, now: new Date() });
  return { url, headers: signed, body };
}

function asText({ headers, body }: SignedCall): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
  return `POST / HTTP/1.1\r\n${lines.join("")}\r\n${body}`;
}

/** The answer that Sluice gives, for the other to give as well. */
async function answerOf(server: RunningServer, deploymentId: string): Promise<object> {
  const call = signedCall(server, deploymentId);
  const agent = connectionAgent("http:", undefined);
  try {
    const answer = await exchange({ method: "POST", ...call, agent, timeoutMs: 10_000 });
    const limits = { endpoint: server.url, maxBytes: MAX_ANSWER_BYTES, timeoutMs: 10_000 };
    return JSON.parse((await readAnswer(answer, limits)).toString("utf8")) as object;
  } finally {
    agent.destroy();
  }
}
