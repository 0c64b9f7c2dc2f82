import { type CodeDeployClient, codeDeployClient, sluiceClient } from "@sluice/wire/client/clients.ts";
import { connectionTo, resolveConnection } from "@sluice/wire/config/connection.ts";
import { runProgram, SLUICE } from "../installation/sluice-server.fixture.ts";
import type { Stage, StageDeployments } from "./stage.fixture.ts";

/** What a reader of a stage needs of it, who does not make it. */
export type SeenStage = Pick<Stage, "codeDeploy" | "sluice" | "link" | "deployments"> & { readonly url: string };

export function seenStage({ server, codeDeploy, sluice, link, deployments }: Stage): SeenStage {
  return { url: server.url(), codeDeploy, sluice, link, deployments };
}

/** A stage that run-stage.ts keeps running, known by its server's data directory. */
export async function knownStage(undo: AsyncDisposableStack, data: string): Promise<SeenStage> {
  const connection = resolveConnection({ data });
  const codeDeploy = codeDeployClient(connectionTo(connection, "codedeploy"));
  const sluice = sluiceClient(connectionTo(connection, "sluice"));
  undo.defer(() => {
    codeDeploy.close();
    sluice.close();
  });
  const link = async () => {
    const { stdout, stderr } = await runProgram(SLUICE, ["console", "--no-open", "--json", "--data", data]);
    if (stdout === "") throw new Error(`sluice console: ${stderr}`);
    return (JSON.parse(stdout) as { readonly url: string }).url;
  };
  const url = new URL(await link()).origin;
  return { url, codeDeploy, sluice, link, deployments: await deploymentsOf(codeDeploy) };
}

/** The newest ones, wherever `keepMoving` has come to. */
async function deploymentsOf(codeDeploy: CodeDeployClient): Promise<StageDeployments> {
  const newest = async (applicationName: string, deploymentGroupName: string, ...includeOnlyStatuses: Status[]) => {
    const input = { applicationName, deploymentGroupName, includeOnlyStatuses };
    return (await codeDeploy.call("ListDeployments", input)).deployments?.[0];
  };
  const needed = async (...place: Parameters<typeof newest>) => {
    const id = await newest(...place);
    if (id === undefined) throw new Error(`this is no stage: it has no deployment ${place.join(" ")}`);
    return id;
  };
  const rolledBack = await needed("search", "indexer", "Failed");
  const { deploymentInfo } = await codeDeploy.call("GetDeployment", { deploymentId: rolledBack });
  return {
    succeeded: await needed("checkout", "production", "Succeeded"),
    failed: await needed("checkout", "production", "Failed"),
    rolledBack,
    rollback: deploymentInfo?.rollbackInfo?.rollbackDeploymentId ?? rolledBack,
    stopped: await needed("billing", "worker", "Stopped"),
    slow: await needed("search", "api"),
    ready: await newest("billing", "web", "Ready"),
    canary: await needed("pricing", "live"),
  };
}

type Status = "Failed" | "Succeeded" | "Stopped" | "Ready";
