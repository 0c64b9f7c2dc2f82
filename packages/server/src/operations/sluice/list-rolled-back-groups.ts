import { requireApplicationName, requireDeploymentGroupName } from "@sluice/model/input-checks/required-names.ts";
import type {
  AcknowledgeRollbackInput,
  AcknowledgeRollbackOutput,
  ListRolledBackGroupsInput,
  ListRolledBackGroupsOutput,
} from "@sluice/wire/sluice/sluice-api.ts";
import { acknowledgeRollback, listRolledBackGroups } from "../../store/rolled-back-groups.ts";
import { requireApplication, requireDeploymentGroup } from "../codedeploy/checks/known-resources.ts";
import type { Operation } from "../operation.ts";
import type { SluiceContext } from "./sluice-context.ts";

/** Groups that run an older revision than what was deployed last, whatever their newest deployment's status says. */
export const listRolledBack: Operation<ListRolledBackGroupsInput, ListRolledBackGroupsOutput, SluiceContext> = async (
  _input,
  { store },
) => ({ groups: (await listRolledBackGroups(store)).map((group) => ({ ...group, at: new Date(group.at) })) });

/** A person has seen that the group was rolled back. Saying so twice changes nothing. */
export const acknowledge: Operation<AcknowledgeRollbackInput, AcknowledgeRollbackOutput, SluiceContext> = async (
  input,
  { store },
) => {
  const applicationName = requireApplicationName(input.applicationName);
  const groupName = requireDeploymentGroupName(input.deploymentGroupName);
  const application = await requireApplication(store.db, applicationName);
  const group = await requireDeploymentGroup(store.db, application, groupName);
  const acknowledged = await store.write((transaction) => acknowledgeRollback(transaction, group.deployment_group_id));
  return { acknowledged };
};
