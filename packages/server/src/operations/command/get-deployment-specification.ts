import { isHost } from "@sluice/engine/host-targets.ts";
import type { TargetState } from "@sluice/engine/state.ts";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { SPECIFICATION_FORMAT } from "@sluice/model/deployment-specification.ts";
import type {
  GetDeploymentSpecificationInput,
  GetDeploymentSpecificationOutput,
} from "@sluice/wire/command/command-api.ts";
import { TARGET_STATE } from "../../store/columns/target-columns.ts";
import type { Operation } from "../operation.ts";
import { type CommandContext, callingHost } from "./command-context.ts";
import { deploymentIdOf } from "./deployment-execution-id.ts";

/** The signed specification, for hosts that the deployment targets and nobody else. */
export const getDeploymentSpecification: Operation<
  GetDeploymentSpecificationInput,
  GetDeploymentSpecificationOutput,
  CommandContext
> = async (input, context) => {
  const { store, specifications, publicEndpoint, signal, agent } = context;
  const host = await callingHost(input.HostIdentifier, context);
  const deploymentId = deploymentIdOf(input.DeploymentExecutionId);
  const target = await store.db
    .selectFrom("targets")
    .select(["deployment_id", "target_id", "state_json"])
    .where("deployment_id", "=", deploymentId)
    .where("target_id", "=", host.hostId)
    .where("type", "=", "host")
    .executeTakeFirst();
  if (!target) {
    throw new CallerFault("ClientException", `Deployment ${deploymentId} has no target ${host.hostId}.`);
  }
  const state = TARGET_STATE.read(target);
  const restart = isHost(state) ? state.restart : undefined;
  const archiveOf = restart && "archiveOf" in restart ? restart.archiveOf : undefined;
  // Before the first event that the host is told of, so that none of its scripts runs where there is nothing to install.
  if (restart === undefined && isStillToFetch(state)) await specifications.ensureBundle(deploymentId, signal);
  const payload = await specifications.envelopeOf(deploymentId, archiveOf, agent);
  return {
    DeploymentSystem: "CodeDeploy",
    DeploymentSpecification: { GenericEnvelope: { Format: SPECIFICATION_FORMAT, Payload: payload } },
    BundleUrl:
      agent === "sluice" && restart === undefined
        ? await specifications.bundleUrlOf(deploymentId, host.hostId, publicEndpoint, signal)
        : undefined,
  };
};

function isStillToFetch({ lifecycleEvents }: TargetState): boolean {
  return lifecycleEvents.some(
    ({ name, status }) => name === "DownloadBundle" && (status === "Pending" || status === "InProgress"),
  );
}
