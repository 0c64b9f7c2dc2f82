export const POLICY_VERSIONS = ["2012-10-17", "2008-10-17"] as const;
/** Of the grammar, no date of the policy. Variables such as `${aws:username}` are variables in 2012-10-17 only. */
export type PolicyVersion = (typeof POLICY_VERSIONS)[number];

/** A policy as {@link parsePolicy} has checked it. */
export interface PolicyDocument {
  readonly version: PolicyVersion;
  readonly id: string | undefined;
  readonly statements: readonly PolicyStatement[];
}

export interface PolicyStatement {
  readonly sid: string | undefined;
  readonly effect: "Allow" | "Deny";
  /** `isNot`: NotAction, everything but these. */
  readonly actions: PolicyPatterns;
  /** `isNot`: NotResource. */
  readonly resources: PolicyPatterns;
  /** All of them have to be met. */
  readonly conditions: readonly PolicyCondition[];
}

export interface PolicyPatterns {
  readonly isNot: boolean;
  readonly patterns: readonly string[];
}

export interface PolicyCondition {
  /** As it is written: `ForAnyValue:StringLikeIfExists`. */
  readonly operator: string;
  /** As it is written: `aws:ResourceTag/Team`. Its case does not matter. */
  readonly key: string;
  /** One of them is enough; for a negated operator none may match. Numbers and truth values are text. */
  readonly values: readonly string[];
}

export interface NamedPolicy {
  readonly name: string;
  readonly document: PolicyDocument;
}

/** What a decision is about: one action on one resource. */
export interface PolicyRequest {
  /** `codedeploy:CreateDeployment` */
  readonly action: string;
  /** An ARN, or `*` for an action that is about no resource. */
  readonly resource: string;
  /** Condition keys in lower case, with the names of tags: `aws:resourcetag/env`. A key that is missing, or has no values, is not known. */
  readonly context: Readonly<Record<string, readonly string[]>>;
}
