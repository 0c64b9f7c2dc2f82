import type { PortOutcome } from "./port-outcome.ts";

/** A name by which callers reach one version of a function, or two of them by weight. */
export interface LambdaAlias {
  /** Its name, or its ARN without a version or an alias: as the AppSpec has it. */
  readonly functionName: string;
  readonly aliasName: string;
  /** That of the deployment group. Drivers of AWS assume it where their binding says so; others have no use for it. It does not tell aliases apart. */
  readonly serviceRoleArn?: string | undefined;
}

export interface AliasRouting {
  readonly version: string;
  /** What a second version gets of the traffic, in percent; null: all goes to `version`. */
  readonly second: { readonly version: string; readonly percent: number } | null;
}

export interface VersionFacts {
  /** It can be invoked now. */
  readonly isActive: boolean;
  /** Both versions of a weighted alias must have the same of these two. */
  readonly role: string;
  readonly deadLetterTarget: string | null;
  /** Why it is not active, in the provider's words; empty otherwise. */
  readonly detail: string;
  /**
   * Nobody can say whether it is published, nor any of the above, for this reason: a sentence without a full stop (AWS' managed role for
   * CodeDeploy may not look). Absent: it was looked at.
   */
  readonly unchecked?: string | undefined;
}

/** What share of the alias' traffic the second version is to get. 0: all is as it was; 100: the alias is the target's alone. */
export interface AliasShift {
  readonly currentVersion: string;
  readonly targetVersion: string;
  readonly percent: number;
}

/**
 * The port to whoever runs functions. Every method may be called again at any time with the same arguments: the wish is the state. A
 * provider that cannot be reached is a rejection, which the caller retries; an answer that says no is a `failed`, and of a question a
 * {@link PortRefusal}.
 */
export interface FunctionAlias {
  /** Undefined: there is no such function or alias. */
  describe(alias: LambdaAlias, signal: AbortSignal): Promise<AliasRouting | undefined>;
  /** Of the alias' function. Undefined: the version is not published. */
  inspectVersion(alias: LambdaAlias, version: string, signal: AbortSignal): Promise<VersionFacts | undefined>;
  /**
   * Done when the alias routes so (a `detail` is a clause without a full stop); pending while the target version is got ready (provisioned
   * concurrency). An alias that points to, or weighs, any other version than the two was changed by somebody else: `failed`, and it stays
   * as it is.
   */
  shift(alias: LambdaAlias, shift: AliasShift, signal: AbortSignal): Promise<PortOutcome>;
}

/** The alias' routing when the shift is in force. */
export function routingOf({ currentVersion, targetVersion, percent }: AliasShift): AliasRouting {
  if (percent === 100) return { version: targetVersion, second: null };
  return { version: currentVersion, second: percent === 0 ? null : { version: targetVersion, percent } };
}

/** Why an alias is not to be shifted so, as a sentence without a full stop; undefined: it may be. Asked by every driver. */
export function shiftTrouble(
  { aliasName }: LambdaAlias,
  { version, second }: AliasRouting,
  { currentVersion, targetVersion, percent }: AliasShift,
): string | undefined {
  if (!Number.isInteger(percent) || percent < 0 || percent > 100) return `${percent} is not a whole percentage`;
  const ours = [currentVersion, targetVersion];
  const foreign = [version, ...(second ? [second.version] : [])].find((one) => !ours.includes(one));
  if (foreign === undefined) return undefined;
  return `the alias ${aliasName} sends traffic to version ${foreign}, and the deployment is from ${currentVersion} to ${targetVersion}: somebody else has changed it`;
}
