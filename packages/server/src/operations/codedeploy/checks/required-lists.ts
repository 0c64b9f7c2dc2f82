import { CallerFault } from "@sluice/model/caller-fault.ts";
import type { FaultCode } from "@sluice/model/fault-codes.ts";

export const requireApplicationNames = requiredList(
  "ApplicationNameRequiredException",
  "name at least one application",
);
export const requireDeploymentGroupNames = requiredList(
  "DeploymentGroupNameRequiredException",
  "name at least one deployment group",
);
export const requireDeploymentIds = requiredList("DeploymentIdRequiredException", "name at least one deployment");
export const requireInstanceIds = requiredList("InstanceIdRequiredException", "name at least one instance");
export const requireResourceTags = requiredList("TagRequiredException", "give at least one tag");
export const requireTagKeys = requiredList("TagRequiredException", "give at least one tag's key");
export const requireTargetIds = requiredList("DeploymentTargetIdRequiredException", "name at least one target");
/** The first sentence is the service's own. */
export const requireRevisions = requiredList(
  "RevisionRequiredException",
  "give at least one revision",
  "RevisionLocation must be specified: ",
);

/** Lists that an operation cannot do without, and that hold something. `field` is the input's member. */
function requiredList(code: FaultCode, cure: string, sentence = "") {
  return <Item>(items: readonly Item[] | undefined, field: string): readonly Item[] => {
    if (items && items.length > 0) return items;
    throw new CallerFault(code, `${sentence}${field} is missing or empty: ${cure}.`);
  };
}
