import type { GetApplicationInput, GetApplicationOutput } from "@aws-sdk/client-codedeploy";
import { requireApplicationName } from "@sluice/model/input-checks/required-names.ts";
import { requireApplication } from "../checks/known-resources.ts";
import type { CodeDeployOperation } from "../codedeploy-context.ts";
import { applicationInfo } from "../views/application-info.ts";

export const getApplication: CodeDeployOperation<GetApplicationInput, GetApplicationOutput> = async (
  input,
  { store },
) => {
  const name = requireApplicationName(input.applicationName);
  return { application: applicationInfo(await requireApplication(store.db, name)) };
};
