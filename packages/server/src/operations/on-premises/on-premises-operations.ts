import { addTagsToOnPremisesInstances } from "./add-tags-to-on-premises-instances.ts";
import { batchGetOnPremisesInstances } from "./batch-get-on-premises-instances.ts";
import { deregisterOnPremisesInstance } from "./deregister-on-premises-instance.ts";
import { getOnPremisesInstance } from "./get-on-premises-instance.ts";
import { listOnPremisesInstances } from "./list-on-premises-instances.ts";
import { registerOnPremisesInstance } from "./register-on-premises-instance.ts";
import { removeTagsFromOnPremisesInstances } from "./remove-tags-from-on-premises-instances.ts";

/** CodeDeploy's operations on on-premises instances, by their names on the wire. */
export const ON_PREMISES_HANDLERS = {
  AddTagsToOnPremisesInstances: addTagsToOnPremisesInstances,
  BatchGetOnPremisesInstances: batchGetOnPremisesInstances,
  DeregisterOnPremisesInstance: deregisterOnPremisesInstance,
  GetOnPremisesInstance: getOnPremisesInstance,
  ListOnPremisesInstances: listOnPremisesInstances,
  RegisterOnPremisesInstance: registerOnPremisesInstance,
  RemoveTagsFromOnPremisesInstances: removeTagsFromOnPremisesInstances,
};
