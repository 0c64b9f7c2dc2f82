export {
  checkDescription,
  requireApplicationName,
  requireDeploymentConfigName,
  requireDeploymentGroupName,
  requireDeploymentId,
} from "@sluice/model/input-checks/required-names.ts";
