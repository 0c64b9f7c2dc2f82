/** ARNs of IAM and STS. The account's own policies have `ACCOUNT`, AWS's have `aws`. A path begins and ends with a slash. */
export function userArn(accountId: string, path: string, userName: string): string {
  return `arn:aws:iam::${accountId}:user${path}${userName}`;
}

export function roleArn(accountId: string, path: string, roleName: string): string {
  return `arn:aws:iam::${accountId}:role${path}${roleName}`;
}

export function policyArn(accountId: string, path: string, policyName: string): string {
  return `arn:aws:iam::${accountId}:policy${path}${policyName}`;
}

export function sessionArn(accountId: string, roleName: string, sessionName: string): string {
  return `arn:aws:sts::${accountId}:assumed-role/${roleName}/${sessionName}`;
}

const OWN_POLICY = /^arn:aws:iam::\d{12}:policy\/(?:.*\/)?([^/]+)$/;

/** The name of a policy of the account's own; undefined: it is AWS's, or no policy's ARN. */
export function policyNameOfArn(arn: string): string | undefined {
  return OWN_POLICY.exec(arn)?.[1];
}
