import { execFile } from "node:child_process";
import { mkdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { promisify } from "node:util";
import { createHost } from "@sluice/agent/host/host.ts";
import { pushBundle } from "@sluice/cli/revision/push-bundle.ts";
import type { DeploymentSpecification } from "@sluice/model/deployment-specification.ts";
import { connectionTo } from "@sluice/wire/config/connection.ts";
import { presignUrl } from "@sluice/wire/sigv4/sign.ts";
import type { Figure } from "./figure.ts";
import { makeLargeBundle } from "./large-bundle.ts";
import { type RunningServer, startServer } from "./sluice-process.ts";
import { median, worst } from "./statistics.ts";

const run = promisify(execFile);

const REPETITIONS = 7;
const GOAL_TIMES = 1.2;
const OBJECT = { bucket: "bench-revisions", key: "large.tgz" } as const;

export const install: Figure = {
  name: "install",
  title: "install of a 2,000-file, 50 MB tgz",
  async measure({ release, folder, repetitions = REPETITIONS, say }) {
    const destination = join(folder, "destination");
    const bundle = await makeLargeBundle(folder, destination);
    const megabytes = statSync(bundle).size / 1e6;
    const server = await startServer(release, folder);
    try {
      await pushBundle(server.connection, { ...OBJECT, type: "tgz", bytes: readFileSync(bundle) });
      const rounds: { readonly download: number; readonly install: number; readonly byHand: number }[] = [];
      // The first round warms code and caches of both, and does not count.
      for (let round = 0; round <= repetitions; round++) {
        const ours = await installOnce(server, join(folder, "agent"), destination);
        const byHand = await installByHand(bundle, join(folder, "by-hand"));
        if (round > 0) rounds.push({ ...ours, byHand });
        say(
          `DownloadBundle ${ours.download.toFixed(3)} s + Install ${ours.install.toFixed(3)} s; by hand ${byHand.toFixed(3)} s`,
        );
      }
      const ratios = rounds.map((round) => (round.download + round.install) / round.byHand);
      return [
        {
          figure: "install of a 2,000-file, 50 MB tgz: DownloadBundle and Install, over the same by hand",
          unit: "times",
          reached: median(ratios),
          detail:
            `median of ${repetitions} pairs; worst ${worst(ratios).toFixed(2)}; tgz of ${megabytes.toFixed(1)} MB, fetched from a server here; ` +
            `DownloadBundle ${median(rounds.map((round) => round.download)).toFixed(3)} s, Install ${median(rounds.map((round) => round.install)).toFixed(3)} s`,
          goal: { value: GOAL_TIMES },
          reference: `tar -xzf, cp -a, sync -f (no download): median ${median(rounds.map((round) => round.byHand)).toFixed(3)} s`,
        },
      ];
    } finally {
      await server.close();
    }
  },
};

/** Both events of the agent's host code, from nothing, as on a host's first deployment. Seconds. */
async function installOnce(server: RunningServer, directory: string, destination: string) {
  rmSync(directory, { recursive: true, force: true });
  rmSync(destination, { recursive: true, force: true });
  await run("sync", ["-f", "."]);
  mkdirSync(directory);
  // As an enrolled agent's is: else it fetches nothing from this machine.
  const host = createHost({ directory, config: { trustedOrigins: [new URL(server.url).origin] } });
  host.sweepOnStart();
  const command = { specification: SPECIFICATION, bundleUrl: presignedUrl(server) };
  const time = async (commandName: string) => {
    const start = performance.now();
    const outcome = await host.run({ ...command, commandName }, { write: () => {} }, new AbortController().signal);
    if (outcome.errorCode !== 0) throw new Error(`${commandName}: ${outcome.message}`);
    return (performance.now() - start) / 1000;
  };
  const times = { download: await time("DownloadBundle"), install: await time("Install") };
  host.close();
  return times;
}

async function installByHand(bundle: string, folder: string): Promise<number> {
  rmSync(folder, { recursive: true, force: true });
  await run("sync", ["-f", "."]);
  const [archive, destination] = [join(folder, "archive"), join(folder, "destination")];
  mkdirSync(archive, { recursive: true });
  const start = performance.now();
  await run("tar", ["-xzf", bundle, "-C", archive]);
  await run("cp", ["-a", join(archive, "content"), destination]);
  await run("sync", ["-f", destination]);
  return (performance.now() - start) / 1000;
}

function presignedUrl({ connection }: RunningServer): string {
  const { credentials, region } = connection;
  const { endpoint } = connectionTo(connection, "s3");
  const url = `${endpoint.replace(/\/+$/, "")}/${OBJECT.bucket}/${OBJECT.key}`;
  return presignUrl({ method: "GET", url, credentials, region, service: "s3", now: new Date(), expiresSeconds: 900 });
}

const SPECIFICATION: DeploymentSpecification = {
  DeploymentId: "d-BENCH0001",
  DeploymentGroupId: "bench-group",
  DeploymentGroupName: "bench",
  ApplicationName: "bench",
  DeploymentCreator: "user",
  DeploymentType: "IN_PLACE",
  AppSpecFilename: "appspec.yml",
  Revision: { RevisionType: "S3", S3Revision: { Bucket: OBJECT.bucket, Key: OBJECT.key, BundleType: "tgz" } },
};
