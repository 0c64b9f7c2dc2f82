import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, renameSync, statSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { chooseProgram } from "@sluice/cli/release/program-choice.ts";
import { pushBundle } from "@sluice/cli/revision/push-bundle.ts";
import type { DeploymentSpecification } from "@sluice/model/deployment-specification.ts";
import { connectionTo } from "@sluice/wire/config/connection.ts";
import { presignUrl } from "@sluice/wire/sigv4/sign.ts";
import type { Figure, Measured } from "./figure.ts";
import { type BundleOrder, LARGE_BUNDLE, makeBundle, SMALL_FILES_BUNDLE } from "./large-bundle.ts";
import { type MeasuringHelper, startHelper } from "./measuring-helper.ts";
import { type RunningServer, startServer } from "./sluice-process.ts";
import { median, worst } from "./statistics.ts";

const run = promisify(execFile);

const REPETITIONS = 7;
const GOAL_TIMES = 1.1;
const BUCKET = "bench-revisions";

/** What the process is told that installs. */
export interface Orders {
  readonly directory: string;
  readonly specification: object;
  readonly bundleUrl: string;
}

interface Round {
  readonly download: number;
  readonly install: number;
  readonly byHand: number;
}

export const install: Figure = {
  name: "install",
  title: "install of 2,000 files, 50 MB, and of 20,000 small ones",
  async measure({ release, folder, repetitions = REPETITIONS, say }) {
    const server = await startServer(release, folder);
    const agent = startHelper("installing-host.ts", chooseProgram(["agent", "run"]).options);
    const measured: Measured[] = [];
    try {
      for (const order of [LARGE_BUNDLE, SMALL_FILES_BUNDLE]) {
        const own = join(folder, order.name);
        mkdirSync(own);
        measured.push(await measureBundle(order, { server, agent, folder: own, repetitions, say }));
      }
      return measured;
    } finally {
      agent.close();
      await server.close();
    }
  },
};

interface Parts {
  readonly server: RunningServer;
  readonly agent: MeasuringHelper;
  readonly folder: string;
  readonly repetitions: number;
  readonly say: (text: string) => void;
}

async function measureBundle(order: BundleOrder, parts: Parts): Promise<Measured> {
  const { server, agent, folder, repetitions, say } = parts;
  const destination = join(folder, "destination");
  const bundle = await makeBundle(order, folder, destination);
  const key = `${order.name}.tgz`;
  await pushBundle(server.connection, { bucket: BUCKET, key, type: "tgz", bytes: readFileSync(bundle) });
  const rounds: Round[] = [];
  // The first round warms code and caches of both, and does not count.
  for (let round = 0; round <= repetitions; round++) {
    const ours = await installOnce(agent, server, { directory: join(folder, `agent-${round}`), key });
    const byHand = await installByHand(bundle, join(folder, `by-hand-${round}`));
    // Nothing is removed before the end: on an ext4 without a journal files take twenty times as long where thousands were removed a minute ago.
    renameSync(destination, join(folder, `installed-${round}`));
    if (round > 0) rounds.push({ ...ours, byHand });
    say(
      `${order.title}: DownloadBundle ${ours.download.toFixed(3)} s + Install ${ours.install.toFixed(3)} s; by hand ${byHand.toFixed(3)} s`,
    );
  }
  const ratios = rounds.map((round) => (round.download + round.install) / round.byHand);
  const medianOf = (part: keyof Round) => median(rounds.map((round) => round[part])).toFixed(3);
  return {
    figure: `install of ${order.title}: DownloadBundle and Install, over the same by hand`,
    unit: "times",
    reached: median(ratios),
    detail:
      `median of ${repetitions} pairs; worst ${worst(ratios).toFixed(2)}; tgz of ${(statSync(bundle).size / 1e6).toFixed(1)} MB, fetched from a server here; ` +
      `DownloadBundle ${medianOf("download")} s, Install ${medianOf("install")} s`,
    goal: { value: GOAL_TIMES },
    reference: `tar -xzf, cp -a, sync -f (no download): median ${medianOf("byHand")} s`,
  };
}

interface Place {
  readonly directory: string;
  readonly key: string;
}

/** Both events of the agent's host code, from nothing, as on a host's first deployment. Seconds. */
async function installOnce(agent: MeasuringHelper, server: RunningServer, { directory, key }: Place) {
  await run("sync", ["-f", "."]);
  mkdirSync(directory);
  const order: Orders = { directory, specification: specificationOf(key), bundleUrl: presignedUrl(server, key) };
  return agent.ask<Pick<Round, "download" | "install">>(order);
}

async function installByHand(bundle: string, folder: string): Promise<number> {
  await run("sync", ["-f", "."]);
  const [archive, destination] = [join(folder, "archive"), join(folder, "destination")];
  mkdirSync(archive, { recursive: true });
  const start = performance.now();
  await run("tar", ["-xzf", bundle, "-C", archive]);
  await run("cp", ["-a", join(archive, "content"), destination]);
  await run("sync", ["-f", destination]);
  return (performance.now() - start) / 1000;
}

function presignedUrl({ connection }: RunningServer, key: string): string {
  const { credentials, region } = connection;
  const { endpoint } = connectionTo(connection, "s3");
  const url = `${endpoint.replace(/\/+$/, "")}/${BUCKET}/${key}`;
  return presignUrl({ method: "GET", url, credentials, region, service: "s3", now: new Date(), expiresSeconds: 900 });
}

function specificationOf(key: string): DeploymentSpecification {
  return {
    DeploymentId: "d-BENCH0001",
    DeploymentGroupId: "bench-group",
    DeploymentGroupName: "bench",
    ApplicationName: "bench",
    DeploymentCreator: "user",
    DeploymentType: "IN_PLACE",
    AppSpecFilename: "appspec.yml",
    Revision: { RevisionType: "S3", S3Revision: { Bucket: BUCKET, Key: key, BundleType: "tgz" } },
  };
}
