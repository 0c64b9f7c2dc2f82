import type { DeploymentSpecification } from "@sluice/model/deployment-specification.ts";
import { EventFailure } from "../event-failure.ts";

/** Whether the bytes are those that the server signed for, as far as it said. */
export function isBundleSigned({ BundleSha256 }: DeploymentSpecification, actual: string): boolean {
  return BundleSha256 === undefined || BundleSha256 === actual;
}

/** Nobody's revision is at fault: what came is not what was deployed. */
export function notTheSignedBundle({ BundleSha256 }: DeploymentSpecification, actual: string): EventFailure {
  return new EventFailure(
    `The downloaded bundle is not the one that was deployed, and was not unpacked: its SHA-256 is ${actual}, but the server signed ${BundleSha256}.`,
    {
      hint:
        "Either the object was replaced after the deployment started (deploy again, and give the revision an ETag or a version), " +
        "or a proxy or a cache between this host and the bucket changes the data.",
    },
  );
}
