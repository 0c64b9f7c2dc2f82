import { APPLICATION_ERRORS } from "./application-errors.ts";
import { CONFIGURATION_ERRORS } from "./configuration-errors.ts";
import { DEPLOYMENT_ERRORS } from "./deployment-errors.ts";
import { GITHUB_TOKEN_ERRORS } from "./github-token-errors.ts";
import { GROUP_ERRORS } from "./group-errors.ts";
import { GROUP_OPTION_ERRORS } from "./group-option-errors.ts";
import type { RaisedError, UnraisedError } from "./modelled-error.ts";
import { ON_PREMISES_ERRORS } from "./on-premises-errors.ts";
import { REVISION_ERRORS } from "./revision-errors.ts";
import { TARGET_ERRORS } from "./target-errors.ts";

/** The errors that the CodeDeploy API declares, each by the request that raises it here. */
export const RAISED_ERRORS: readonly RaisedError[] = [
  ...APPLICATION_ERRORS,
  ...GROUP_ERRORS,
  ...GROUP_OPTION_ERRORS,
  ...CONFIGURATION_ERRORS,
  ...REVISION_ERRORS,
  ...DEPLOYMENT_ERRORS,
  ...TARGET_ERRORS,
  ...ON_PREMISES_ERRORS,
  ...GITHUB_TOKEN_ERRORS,
];

/** Those that are never answered, and why. */
export const UNRAISED_ERRORS: readonly UnraisedError[] = [
  {
    code: "InvalidGitHubAccountTokenException",
    reason:
      "No request names a token. One that GitHub refuses fails the deployment with `MISSING_GITHUB_TOKEN`, and the message names the token and the repository.",
  },
  {
    code: "OperationNotSupportedException",
    reason: "Only the operations on GitHub tokens declare it, and both are supported.",
  },
  {
    code: "ResourceValidationException",
    reason:
      "Only the operations on GitHub tokens declare it. What is wrong with a name is told by the errors of the name.",
  },
];
