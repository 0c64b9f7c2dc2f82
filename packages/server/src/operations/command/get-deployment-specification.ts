import { CallerFault } from "@sluice/model/caller-fault.ts";
import { SPECIFICATION_FORMAT } from "@sluice/model/deployment-specification.ts";
import type {
  GetDeploymentSpecificationInput,
  GetDeploymentSpecificationOutput,
} from "@sluice/wire/command/command-api.ts";
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
    .select("target_id")
    .where("deployment_id", "=", deploymentId)
    .where("target_id", "=", host.hostId)
    .where("type", "=", "host")
    .executeTakeFirst();
  if (!target) {
    throw new CallerFault("ClientException", `Deployment ${deploymentId} has no target ${host.hostId}.`);
  }
  const payload = await specifications.envelopeOf(deploymentId);
  return {
    DeploymentSystem: "CodeDeploy",
    DeploymentSpecification: { GenericEnvelope: { Format: SPECIFICATION_FORMAT, Payload: payload } },
    BundleUrl:
      agent === "sluice"
        ? await specifications.bundleUrlOf(deploymentId, host.hostId, publicEndpoint, signal)
        : undefined,
  };
};
