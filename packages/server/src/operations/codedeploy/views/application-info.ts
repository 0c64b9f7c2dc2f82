import type { ApplicationInfo } from "@aws-sdk/client-codedeploy";
import type { ApplicationRow } from "../../../store/applications.ts";

export function applicationInfo(row: ApplicationRow): ApplicationInfo {
  return {
    applicationId: row.application_id,
    applicationName: row.application_name,
    createTime: new Date(row.created_at),
    linkedToGitHub: false,
    computePlatform: row.compute_platform,
  };
}
