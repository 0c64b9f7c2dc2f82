import { CallerFault } from "@sluice/model/caller-fault.ts";
import { excerpt } from "@sluice/model/excerpt.ts";

const IAM_USER_ARN = /^arn:aws[a-z-]*:iam::\d{12}:user\/\S+$/;
const IAM_SESSION_ARN = /^arn:aws[a-z-]*:sts::\d{12}:assumed-role\/[^\s/]+\/[^\s/]+$/;

interface Arns {
  readonly iamUserArn?: string | undefined;
  readonly iamSessionArn?: string | undefined;
}

/** An instance is registered under one of them. */
export function requireAnyArn({ iamUserArn, iamSessionArn }: Arns): void {
  if (iamUserArn || iamSessionArn) return;
  if (iamUserArn !== undefined) {
    throw new CallerFault(
      "IamUserArnRequiredException",
      "iamUserArn is empty: give the ARN of the host's IAM user, such as arn:aws:iam::111122223333:user/NAME, or an iamSessionArn instead.",
    );
  }
  throw new CallerFault(
    "IamArnRequiredException",
    "Neither iamUserArn nor iamSessionArn is given: give exactly one of them.",
  );
}

/** The one ARN, whichever it is. */
export function requireOneArn({ iamUserArn, iamSessionArn }: Arns): string {
  requireAnyArn({ iamUserArn, iamSessionArn });
  if (iamUserArn && !IAM_USER_ARN.test(iamUserArn)) {
    throw new CallerFault(
      "InvalidIamUserArnException",
      `Iam User ARN ${excerpt(iamUserArn)} is not in a valid format. It looks like arn:aws:iam::111122223333:user/NAME.`,
    );
  }
  if (iamSessionArn && !IAM_SESSION_ARN.test(iamSessionArn)) {
    throw new CallerFault(
      "InvalidIamSessionArnException",
      `Iam Session ARN ${excerpt(iamSessionArn)} is not in a valid format. It looks like arn:aws:sts::111122223333:assumed-role/ROLE/SESSION.`,
    );
  }
  if (iamUserArn && iamSessionArn) {
    throw new CallerFault(
      "MultipleIamArnsProvidedException",
      "Both iamUserArn and iamSessionArn are given: give exactly one of them.",
    );
  }
  return iamUserArn || iamSessionArn || "";
}
