import type { TargetInstances } from "@aws-sdk/client-codedeploy";

/** What a caller asks of one deployment that its group and configuration do not say. */
export interface AskedOfRollout {
  /** The replacement hosts of a blue/green deployment. */
  readonly targetInstances?: TargetInstances | undefined;
  readonly ignoreApplicationStopFailures?: boolean | undefined;
  readonly updateOutdatedInstancesOnly?: boolean | undefined;
  /** Undefined where nothing was asked: what hosts do then is not said here. */
  readonly fileExistsBehavior?: string | undefined;
  /** STANDARD or RESTART; undefined: STANDARD. */
  readonly deploymentMode?: string | undefined;
}
