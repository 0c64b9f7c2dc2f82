import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { CreateDeploymentInput, DeploymentInfo } from "@aws-sdk/client-codedeploy";
import {
  type CodeDeployClient,
  codeDeployClient,
  type SluiceClient,
  sluiceClient,
} from "@sluice/wire/client/clients.ts";
import { type Connection, connectionTo, resolveConnection } from "@sluice/wire/config/connection.ts";
import { type SluiceServer, startSluiceServer } from "../installation/sluice-server.fixture.ts";
import { until } from "../installation/until.fixture.ts";
import { consoleLink } from "./console-link.fixture.ts";
import { HOSTILE_STRINGS, SCRIPT_TAG } from "./hostile-strings.ts";
import { type PlayedHosts, startPlayedHosts } from "./played-hosts.fixture.ts";
import { createIdentities } from "./stage-access.fixture.ts";
import { pushRevision, revisionOf } from "./stage-bundles.fixture.ts";
import { enrolFleets, FLEETS, fleetsOf } from "./stage-fleets.fixture.ts";
import { createPricing, pricingRevision } from "./stage-functions.fixture.ts";
import { createGroups } from "./stage-groups.fixture.ts";
import { ALARMS, type Surroundings, startSurroundings } from "./stage-surroundings.fixture.ts";

export interface StageOptions {
  /** Of the largest group; 200 when absent. */
  readonly hosts?: number | undefined;
  /** Names, tags, descriptions and output that would be scripts where a page does not take them for text. */
  readonly isHostile?: boolean | undefined;
  /** Told what is being made. */
  readonly say?: ((text: string) => void) | undefined;
}

/** Deployments that a page or a test asks for. Absent: this machine lacks what it needs. */
export interface StageDeployments {
  /** Of checkout: the last one that succeeded on all its hosts. */
  readonly succeeded: string;
  /** Of checkout: 37 hosts with the same line, two with full disks, one without an answer. */
  readonly failed: string;
  /** Of search/indexer, and the rollback that it led to. */
  readonly rolledBack: string;
  readonly rollback: string;
  /** Of billing/worker: stopped by an alarm that fires since. */
  readonly stopped: string;
  /** Of search/api: host after host, slowly. */
  readonly slow: string;
  /** Of billing/web: waits for `continue`. It needs HAProxy. */
  readonly ready?: string | undefined;
  /** Of pricing/live: paused with a quarter of the traffic on version 3. */
  readonly canary: string;
}

/** A server in which there is something to see, with hosts that are played by another process. */
export interface Stage {
  readonly server: SluiceServer;
  readonly connection: Connection;
  readonly codeDeploy: CodeDeployClient;
  readonly sluice: SluiceClient;
  readonly hosts: PlayedHosts;
  readonly surroundings: Surroundings;
  readonly deployments: StageDeployments;
  /** The root key. */
  readonly key: { readonly accessKeyId: string; readonly secretAccessKey: string };
  /** @returns the URL of a fresh one-time link */
  link(): Promise<string>;
  /** @returns the deployment's id */
  deploy(application: string, group: string, version: string, more?: Partial<CreateDeploymentInput>): Promise<string>;
  /** Waits for the end, which has to be this one, or `any`; Succeeded when absent. */
  end(deploymentId: string, status?: string): Promise<DeploymentInfo>;
}

const HOSTS_DEFAULT = 200;

/** Starts everything, and returns when all has come to where it stays. `undo` gets what has to be put away, also when the start fails. */
export async function startStage(undo: AsyncDisposableStack, options: StageOptions = {}): Promise<Stage> {
  const { hosts: count = HOSTS_DEFAULT, isHostile = false, say = () => {} } = options;
  const directory = mkdtempSync(join(tmpdir(), "sluice-stage-"));
  undo.defer(() => rmSync(directory, { recursive: true, force: true }));
  const fleets = fleetsOf(count);
  const surroundings = await startSurroundings(undo, [...FLEETS.blue, ...FLEETS.green]);
  const config = join(directory, "sluice.yml");
  writeFileSync(config, JSON.stringify({ bindings: surroundings.bindings }));
  const server = await startSluiceServer({ args: ["--config", config] });
  undo.defer(() => server.close());
  say(`the server listens at ${server.url()}`);
  const connection = resolveConnection({ data: server.data });
  const codeDeploy = codeDeployClient(connectionTo(connection, "codedeploy"));
  const sluice = sluiceClient(connectionTo(connection, "sluice"));
  undo.defer(() => {
    codeDeploy.close();
    sluice.close();
  });
  const hosts = startPlayedHosts();
  undo.defer(() => hosts.close());

  const deploy: Stage["deploy"] = async (applicationName, deploymentGroupName, version, more) => {
    const revision = version === "" ? more?.revision : revisionOf(applicationName, version);
    const input = { applicationName, deploymentGroupName, revision, ...more };
    const { deploymentId } = await codeDeploy.call("CreateDeployment", input);
    if (deploymentId === undefined) throw new Error("CreateDeployment answered without an id");
    return deploymentId;
  };
  const look = async (deploymentId: string): Promise<DeploymentInfo> =>
    (await codeDeploy.call("GetDeployment", { deploymentId })).deploymentInfo ?? {};
  const end: Stage["end"] = async (deploymentId, status = "Succeeded") => {
    const info = await until(`the end of ${deploymentId}`, async () => {
      const now = await look(deploymentId);
      return now.completeTime !== undefined && now;
    });
    if (info.status === status || status === "any") return info;
    const { applicationName, deploymentGroupName, errorInformation } = info;
    throw new Error(
      `${applicationName}/${deploymentGroupName}: ${deploymentId} ${info.status}, ${errorInformation?.message}`,
    );
  };
  const key = rootKeyOf(server.data);
  const link = () => consoleLink(server);
  const parts = { server, connection, codeDeploy, sluice, hosts, surroundings, key, link, deploy, end };
  await Promise.all([
    enrolFleets(server.url(), sluice, hosts, fleets),
    ...Object.entries(VERSIONS).flatMap(([application, versions]) =>
      versions.map((version) => pushRevision(connection, application, version)),
    ),
    createGroups(codeDeploy, surroundings),
    createIdentities(sluice, isHostile ? SCRIPT_TAG : ""),
    createPricing({ endpoint: server.url(), region: connection.region, credentials: key }),
  ]);
  say(`${fleets.reduce((sum, fleet) => sum + fleet.hosts.length, 0)} hosts are here`);
  const deployments = await playHistory(parts);
  // Before the alarm that stops deployments to the same hosts.
  if (isHostile) await addHostile(parts);
  surroundings.setAlarm(ALARMS.firing, true);
  const stopped = await deploy("billing", "worker", "5.1.0", { description: "Invoices as PDF/A-3 (#2240)" });
  await end(stopped, "Stopped");
  await hosts.leave(FLEETS.dark);
  await sluice.call("DeclareHost", {
    hostName: "checkout-web-a-new",
    zone: "eu-central-1a",
    tags: [{ Key: "App", Value: "checkout" }],
  });
  return { ...parts, deployments: { ...deployments, stopped } };
}

const VERSIONS: Readonly<Record<string, readonly string[]>> = {
  checkout: ["2.14.0", "2.14.1", "2.15.0", "2.16.0-broken", "2.15.0-steady"],
  search: ["8.3.0", "8.4.0-badindex", "8.4.1-slow", "8.4.2-steady", "8.4.3-steady"],
  billing: ["5.0.2", "5.1.0", "5.1.0-hostile"],
};

/** In the order in which people would have done it: each group on its own, all groups at once. */
async function playHistory(stage: Omit<Stage, "deployments">): Promise<Omit<StageDeployments, "stopped">> {
  const [checkout, indexer, slow, ready, canary] = await Promise.all([
    playCheckout(stage),
    playIndexer(stage),
    playSearch(stage),
    playBilling(stage),
    playPricing(stage),
  ]);
  return { ...checkout, ...indexer, slow, ready, canary };
}

/** The quickest way, for deployments of which nobody needs to see how they went. */
const atOnce = { deploymentConfigName: "CodeDeployDefault.AllAtOnce" };

type Play<T> = (stage: Omit<Stage, "deployments">) => Promise<T>;

interface CheckoutDeployment {
  readonly status?: string;
  readonly deploymentConfigName?: string;
}

const playCheckout: Play<Pick<StageDeployments, "succeeded" | "failed">> = async (stage) => {
  const deploy = async (group: string, version: string, description: string, more: CheckoutDeployment = {}) => {
    const { status, deploymentConfigName } = more;
    const id = await stage.deploy("checkout", group, version, { description, deploymentConfigName });
    await stage.end(id, status);
    return id;
  };
  const staging = async () => {
    await deploy("staging", "2.15.0", "Gift cards at checkout (#4790)");
    await deploy("staging", "2.16.0-broken", "One cart per customer, carts_v2 (#4812)", { status: "Failed" });
  };
  const production = async () => {
    await deploy("production", "2.14.0", "Tax by destination (#4733)", atOnce);
    await deploy("production", "2.14.1", "Fix rounding of tax in JPY (#4741)", atOnce);
    const succeeded = await deploy("production", "2.15.0", "Gift cards at checkout (#4790)", {
      deploymentConfigName: "CodeDeployDefault.HalfAtATime",
    });
    return {
      succeeded,
      failed: await deploy("production", "2.16.0-broken", "One cart per customer, carts_v2 (#4812)", {
        status: "Failed",
      }),
    };
  };
  const [made] = await Promise.all([production(), staging()]);
  return made;
};

const playIndexer: Play<Pick<StageDeployments, "rolledBack" | "rollback">> = async (stage) => {
  await stage.end(
    await stage.deploy("search", "indexer", "8.3.0", { description: "Synonyms from the catalogue (#911)", ...atOnce }),
  );
  const rolledBack = await stage.deploy("search", "indexer", "8.4.0-badindex", { description: "Index v9 (#938)" });
  const rollback = await until(`the rollback of ${rolledBack}`, async () => {
    const { rollbackInfo } = await stage.end(rolledBack, "Failed");
    return rollbackInfo?.rollbackDeploymentId;
  });
  await stage.end(rollback);
  return { rolledBack, rollback };
};

const playSearch: Play<string> = async (stage) => {
  await stage.end(
    await stage.deploy("search", "api", "8.3.0", { description: "Synonyms from the catalogue (#911)", ...atOnce }),
  );
  return stage.deploy("search", "api", "8.4.1-slow", { description: "Rank by margin in DE and AT (#944)" });
};

const playBilling: Play<string | undefined> = async (stage) => {
  await stage.end(
    await stage.deploy("billing", "worker", "5.0.2", { description: "Retry SEPA mandates (#2201)", ...atOnce }),
  );
  if (!stage.surroundings.hasBalancer) return undefined;
  await stage.end(await stage.deploy("billing", "web", "5.0.2", { description: "Retry SEPA mandates (#2201)" }));
  await stage.codeDeploy.call("UpdateDeploymentGroup", {
    applicationName: "billing",
    currentDeploymentGroupName: "web",
    deploymentStyle: { deploymentType: "BLUE_GREEN", deploymentOption: "WITH_TRAFFIC_CONTROL" },
    blueGreenDeploymentConfiguration: {
      deploymentReadyOption: { actionOnTimeout: "STOP_DEPLOYMENT", waitTimeInMinutes: 60 },
      greenFleetProvisioningOption: { action: "DISCOVER_EXISTING" },
      terminateBlueInstancesOnDeploymentSuccess: { action: "TERMINATE", terminationWaitTimeInMinutes: 60 },
    },
  });
  const ready = await stage.deploy("billing", "web", "5.1.0", {
    description: "Invoices as PDF/A-3 (#2240)",
    targetInstances: { tagFilters: [{ Key: "Fleet", Value: "green", Type: "KEY_AND_VALUE" }] },
  });
  await until(`${ready} being ready`, async () => {
    const { deploymentInfo } = await stage.codeDeploy.call("GetDeployment", { deploymentId: ready });
    if (deploymentInfo?.completeTime) throw new Error(`${ready}: ${deploymentInfo.errorInformation?.message}`);
    return deploymentInfo?.status === "Ready";
  });
  return ready;
};

const playPricing: Play<string> = async ({ deploy, end, sluice }) => {
  await end(
    await deploy("pricing", "live", "", {
      revision: pricingRevision("2"),
      deploymentConfigName: "CodeDeployDefault.LambdaAllAtOnce",
      description: "Prices in tenths of a cent (#77)",
    }),
  );
  const description = "Volume discounts (#81)";
  const canary = await deploy("pricing", "live", "", { revision: pricingRevision("3"), description });
  await until(`the shift of ${canary}`, async () => {
    const { shift } = await sluice.call("GetDeploymentWaits", { deploymentId: canary });
    return shift?.isOpen === true && shift.percent > 0;
  });
  await sluice.call("ChangeShift", { deploymentId: canary, action: "pause" });
  return canary;
};

/** An application, groups, hosts and a deployment whose every text would be a script where a page takes it for one. */
async function addHostile({ codeDeploy, sluice, deploy, end }: Omit<Stage, "deployments">): Promise<void> {
  for (const [index, text] of HOSTILE_STRINGS.entries()) {
    await sluice.call("DeclareHost", {
      hostName: `hostile-${index}`,
      tags: [{ Key: text.slice(0, 128), Value: text.slice(0, 256) }],
      zone: text.slice(0, 256),
    });
  }
  const names = [...HOSTILE_STRINGS.slice(0, 4), "a-name-without-any-place-to-break-it-".repeat(3).slice(0, 100)];
  for (const applicationName of names) {
    // Names that the API refuses are no danger.
    await codeDeploy.call("CreateApplication", { applicationName, computePlatform: "Server" }).catch(() => {});
  }
  await end(
    await deploy("billing", "worker", "5.1.0-hostile", {
      description: HOSTILE_STRINGS.join(" ").slice(0, 256),
      // The alarm of the group fires.
      overrideAlarmConfiguration: { enabled: false },
    }),
  );
}

function rootKeyOf(data: string): Stage["key"] {
  const text = readFileSync(join(data, "aws/credentials"), "utf8");
  return {
    accessKeyId: /aws_access_key_id = (\S+)/.exec(text)?.[1] ?? "",
    secretAccessKey: /aws_secret_access_key = (\S+)/.exec(text)?.[1] ?? "",
  };
}
