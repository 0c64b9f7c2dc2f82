/** A condition key that requests have. `isTag`: a tag's key follows it. */
export interface ConditionKey {
  readonly name: string;
  readonly isTag: boolean;
  /** Whether a request may have several values, so that `ForAnyValue:` or `ForAllValues:` has to say what is meant. */
  readonly isSet: boolean;
}

function key(name: string, kind?: "tag" | "set"): ConditionKey {
  return { name, isTag: kind === "tag", isSet: kind === "set" };
}

/** What Sluice fills in, as IAM writes it. */
export const CONDITION_KEYS: readonly ConditionKey[] = [
  key("aws:SourceIp"),
  key("aws:CurrentTime"),
  key("aws:EpochTime"),
  key("aws:SecureTransport"),
  key("aws:username"),
  key("aws:userid"),
  key("aws:PrincipalArn"),
  key("aws:PrincipalType"),
  key("aws:TokenIssueTime"),
  key("aws:PrincipalTag/", "tag"),
  key("aws:ResourceTag/", "tag"),
  key("aws:RequestTag/", "tag"),
  key("aws:TagKeys", "set"),
  key("aws:UserAgent"),
  key("aws:RequestedRegion"),
  key("ecs:CreateAction"),
  key("elasticloadbalancing:CreateAction"),
];

/** The key that is written so, in whatever case; undefined when Sluice does not fill it in. */
export function conditionKeyOf(written: string): ConditionKey | undefined {
  const lower = written.toLowerCase();
  return CONDITION_KEYS.find(({ name, isTag }) =>
    isTag ? lower.startsWith(name.toLowerCase()) && lower.length > name.length : lower === name.toLowerCase(),
  );
}
