import type { SluiceServer } from "../installation/sluice-server.fixture.ts";
import { RawCaller } from "./raw-caller.fixture.ts";

type Page = Readonly<Record<string, unknown>>;

/** More pages than any list has here: a list that has no end. */
const MAX_PAGES = 10_000;

/** Reads all that CodeDeploy and Sluice list, to the end of each list, and each thing that is listed. Throws where one of them cannot be read. */
export async function readEverything(server: Pick<SluiceServer, "data" | "url">): Promise<void> {
  const raw = new RawCaller(server);
  try {
    const codeDeploy = reader(raw, "CodeDeploy_20141006", "codedeploy");
    const sluice = reader(raw, "Sluice_20261101", "sluice");
    for (const applicationName of await codeDeploy.list("ListApplications", {}, "applications")) {
      await codeDeploy.call("GetApplication", { applicationName });
      const groups = await codeDeploy.list("ListDeploymentGroups", { applicationName }, "deploymentGroups");
      for (const deploymentGroupName of groups) {
        await codeDeploy.call("GetDeploymentGroup", { applicationName, deploymentGroupName });
      }
      for (const revision of await codeDeploy.list("ListApplicationRevisions", { applicationName }, "revisions")) {
        await codeDeploy.call("GetApplicationRevision", { applicationName, revision });
      }
    }
    for (const deploymentConfigName of await codeDeploy.list("ListDeploymentConfigs", {}, "deploymentConfigsList")) {
      await codeDeploy.call("GetDeploymentConfig", { deploymentConfigName });
    }
    for (const instanceName of await codeDeploy.list("ListOnPremisesInstances", {}, "instanceNames")) {
      await codeDeploy.call("GetOnPremisesInstance", { instanceName });
    }
    for (const deploymentId of await codeDeploy.list("ListDeployments", {}, "deployments")) {
      await codeDeploy.call("GetDeployment", { deploymentId });
      await sluice.call("DescribeDeployment", { deploymentId });
      for (const targetId of await codeDeploy.list("ListDeploymentTargets", { deploymentId }, "targetIds")) {
        await codeDeploy.call("GetDeploymentTarget", { deploymentId, targetId });
      }
    }
    await sluice.list("ListHosts", {}, "hosts");
    await sluice.list("ListEnrolmentTokens", {}, "tokens");
    await sluice.list("ListAccessKeys", {}, "accessKeys");
    await sluice.list("ListTriggerDeliveries", {}, "deliveries");
    await sluice.call("GetOverview", {});
  } finally {
    raw.close();
  }
}

function reader(raw: RawCaller, prefix: string, service: string) {
  const call = async (operation: string, input: object): Promise<Page> => {
    const { status, text } = await raw.call({ target: `${prefix}.${operation}`, service, body: JSON.stringify(input) });
    if (status !== 200) throw new Error(`${operation} ${JSON.stringify(input)} was answered ${status} ${text}`);
    return JSON.parse(text) as Page;
  };
  const list = async (operation: string, input: object, member: string): Promise<readonly unknown[]> => {
    const found: unknown[] = [];
    let nextToken: unknown;
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const answer = await call(operation, { ...input, ...(nextToken !== undefined && { nextToken }) });
      found.push(...((answer[member] ?? []) as unknown[]));
      nextToken = answer.nextToken;
      if (nextToken === undefined) return found;
    }
    throw new Error(`${operation} ${JSON.stringify(input)} has more than ${MAX_PAGES} pages`);
  };
  return { call, list };
}
