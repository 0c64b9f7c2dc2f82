import type { GetApplicationInput, GetApplicationOutput } from "@aws-sdk/client-codedeploy";
import { requireApplication } from "../checks/known-resources.ts";
import { requireApplicationName } from "../checks/required-names.ts";
import type { CodeDeployOperation } from "../codedeploy-context.ts";
import { applicationInfo } from "../views/application-info.ts";

export const getApplication: CodeDeployOperation<GetApplicationInput, GetApplicationOutput> = async (
  input,
  { store },
) => {
  const name = requireApplicationName(input.applicationName);
  return { application: applicationInfo(await requireApplication(store.db, name)) };
};
