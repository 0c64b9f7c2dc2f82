import type { GetApplicationInput, GetApplicationOutput } from "@aws-sdk/client-codedeploy";
import { applicationInfo } from "./application-info.ts";
import type { CodeDeployOperation } from "./codedeploy-context.ts";
import { requireApplication } from "./known-resources.ts";
import { requireApplicationName } from "./required-names.ts";

export const getApplication: CodeDeployOperation<GetApplicationInput, GetApplicationOutput> = async (
  input,
  { store },
) => {
  const name = requireApplicationName(input.applicationName);
  return { application: applicationInfo(await requireApplication(store.db, name)) };
};
