import type { CreateDeploymentInput, RevisionLocation } from "@aws-sdk/client-codedeploy";
import type { ComputePlatform } from "@sluice/model/deployment-config.ts";
import type { BundleType } from "@sluice/model/revision-location.ts";
import type { PlanDeploymentInput } from "@sluice/wire/sluice/sluice-api.ts";
import { NO_SELECTION, type TagSelection, writeSelection } from "../../forms/tag-selection.ts";

/** Where the revision is taken from: each has its own fields, which keep what was typed while another is looked at. */
export type RevisionSource = "bundle" | "registered" | "s3" | "github" | "app-spec";

export interface DeployForm {
  readonly source: RevisionSource;
  /** Of this server's bucket: uploaded here, or chosen. */
  readonly bundle?: S3Form | undefined;
  readonly registered?: RevisionLocation | undefined;
  readonly s3: S3Form;
  readonly github: { readonly repository: string; readonly commitId: string };
  readonly appSpec: string;
  /** Empty: the group's own. */
  readonly deploymentConfigName: string;
  readonly description: string;
  readonly fileExists: string;
  readonly ignoresStopFailures: boolean;
  readonly onlyOutdated: boolean;
  /** Of blue/green on hosts. */
  readonly replacements: TagSelection;
  /** Null: as the group says. */
  readonly rollbackEvents: readonly string[] | null;
  readonly ignoresAlarms: boolean;
}

export interface S3Form {
  readonly bucket: string;
  readonly key: string;
  readonly bundleType: BundleType | "";
  readonly version: string;
  readonly eTag: string;
}

export const NO_S3: S3Form = { bucket: "", key: "", bundleType: "", version: "", eTag: "" };

export function newDeployForm(platform: ComputePlatform): DeployForm {
  return {
    source: platform === "Server" ? "bundle" : "app-spec",
    s3: NO_S3,
    github: { repository: "", commitId: "" },
    appSpec: "",
    deploymentConfigName: "",
    description: "",
    fileExists: "DISALLOW",
    ignoresStopFailures: false,
    onlyOutdated: false,
    replacements: NO_SELECTION,
    rollbackEvents: null,
    ignoresAlarms: false,
  };
}

/** Undefined: nothing is chosen yet. What is typed may still be wrong. */
export function revisionOf(form: DeployForm): RevisionLocation | undefined {
  switch (form.source) {
    case "bundle":
      return form.bundle && s3Revision(form.bundle);
    case "registered":
      return form.registered;
    case "s3":
      return s3Revision(form.s3);
    case "github":
      return { revisionType: "GitHub", gitHubLocation: { ...form.github } };
    case "app-spec":
      return { revisionType: "AppSpecContent", appSpecContent: { content: form.appSpec } };
  }
}

function s3Revision({ bucket, key, bundleType, version, eTag }: S3Form): RevisionLocation {
  return {
    revisionType: "S3",
    s3Location: {
      bucket,
      key,
      ...(bundleType !== "" && { bundleType }),
      ...(version !== "" && { version }),
      ...(eTag !== "" && { eTag }),
    },
  };
}

export interface DeployTarget {
  readonly applicationName: string;
  readonly deploymentGroupName: string;
  readonly platform: ComputePlatform;
  readonly isBlueGreen: boolean;
}

/** As CreateDeployment takes it; what is as usual is left out. */
export function createDeploymentInput(form: DeployForm, target: DeployTarget): CreateDeploymentInput {
  const ofHosts = target.platform === "Server";
  return {
    ...commonInput(form, target),
    ...(form.description !== "" && { description: form.description }),
    ...(ofHosts &&
      form.fileExists !== "DISALLOW" && {
        fileExistsBehavior: form.fileExists as NonNullable<CreateDeploymentInput["fileExistsBehavior"]>,
      }),
    ...(ofHosts && form.ignoresStopFailures && { ignoreApplicationStopFailures: true }),
  };
}

/** The same as far as a plan goes by it. */
export function planInput(form: DeployForm, target: DeployTarget): PlanDeploymentInput {
  return commonInput(form, target);
}

function commonInput(form: DeployForm, target: DeployTarget) {
  const { applicationName, deploymentGroupName, platform, isBlueGreen } = target;
  const revision = revisionOf(form);
  const { rollbackEvents } = form;
  return {
    applicationName,
    deploymentGroupName,
    ...(revision !== undefined && { revision }),
    ...(form.deploymentConfigName !== "" && { deploymentConfigName: form.deploymentConfigName }),
    ...(platform === "Server" && form.onlyOutdated && { updateOutdatedInstancesOnly: true }),
    ...(platform === "Server" && isBlueGreen && targetInstancesOf(form.replacements)),
    ...(rollbackEvents !== null && {
      autoRollbackConfiguration: {
        enabled: rollbackEvents.length > 0,
        events: [...rollbackEvents] as NonNullable<
          NonNullable<CreateDeploymentInput["autoRollbackConfiguration"]>["events"]
        >,
      },
    }),
    ...(form.ignoresAlarms && { overrideAlarmConfiguration: { enabled: false, alarms: [] } }),
  };
}

function targetInstancesOf(replacements: TagSelection): Pick<CreateDeploymentInput, "targetInstances"> {
  const { filters, lists } = writeSelection(replacements) as {
    filters: NonNullable<NonNullable<CreateDeploymentInput["targetInstances"]>["tagFilters"]>;
    lists: NonNullable<
      NonNullable<NonNullable<CreateDeploymentInput["targetInstances"]>["ec2TagSet"]>["ec2TagSetList"]
    >;
  };
  if (lists.length > 0) return { targetInstances: { ec2TagSet: { ec2TagSetList: lists } } };
  return filters.length > 0 ? { targetInstances: { tagFilters: filters } } : {};
}
