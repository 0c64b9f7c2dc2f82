import type { DeploymentSummary, GetOverviewOutput, GroupOverview } from "@sluice/wire/sluice/console-api.ts";
import { statusLook } from "../../design/status.ts";
import type { Access } from "../access.tsx";
import type { Command } from "../commands.ts";
import type { Go } from "./place-commands.ts";

/** Applications, groups, what is being deployed now, and what can be deployed. */
export function overviewCommands(
  { groups, deployments }: GetOverviewOutput,
  go: Go,
  access: Access,
): Readonly<Record<"active" | "applications" | "groups" | "deploy", readonly Command[]>> {
  const named = groups.filter(({ deploymentGroupName }) => deploymentGroupName !== "");
  const applications = [...new Set(groups.map(({ applicationName }) => applicationName))];
  return {
    active: deployments.map((deployment) => ({ ...deploymentCommand(deployment, go), section: "Deploying now" })),
    applications: applications.map((application) => ({
      id: `application ${application}`,
      title: application,
      subtitle: "Application",
      icon: "layers",
      section: "Applications",
      run: () => void go({ to: "/-/applications/$application", params: { application } }),
    })),
    groups: named.map((group) => groupCommand(group, go)),
    deploy: named.map((group) => deployCommand(group, go, access)),
  };
}

function groupCommand({ applicationName, deploymentGroupName, computePlatform }: GroupOverview, go: Go): Command {
  const params = { application: applicationName, group: deploymentGroupName };
  return {
    id: `group ${applicationName}\n${deploymentGroupName}`,
    title: `${applicationName} / ${deploymentGroupName}`,
    subtitle: computePlatform === "Server" ? "Group of hosts" : `${computePlatform} group`,
    icon: "box",
    section: "Groups",
    run: () => void go({ to: "/-/applications/$application/groups/$group", params }),
  };
}

function deployCommand({ applicationName, deploymentGroupName }: GroupOverview, go: Go, { refusal }: Access): Command {
  const params = { application: applicationName, group: deploymentGroupName };
  return {
    id: `deploy ${applicationName}\n${deploymentGroupName}`,
    title: `Deploy to ${applicationName} / ${deploymentGroupName}`,
    icon: "rocket",
    section: "Actions",
    keywords: ["create deployment", "release"],
    unavailable: refusal("codedeploy:CreateDeployment"),
    run: () => void go({ to: "/-/applications/$application/groups/$group/deploy", params }),
  };
}

export function deploymentCommand(deployment: DeploymentSummary, go: Go): Command {
  const { deploymentId, applicationName, deploymentGroupName, description, status } = deployment;
  const { label, icon } = statusLook(status);
  return {
    id: `deployment ${deploymentId}`,
    title: `${applicationName} / ${deploymentGroupName}`,
    subtitle: [deploymentId, label, description].filter(Boolean).join(" · "),
    icon,
    section: "Deployments",
    run: () => void go({ to: "/-/deployments/$deployment", params: { deployment: deploymentId } }),
  };
}
