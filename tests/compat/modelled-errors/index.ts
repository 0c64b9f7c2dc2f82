import { APPLICATION_ERRORS } from "./application-errors.ts";
import { CONFIGURATION_ERRORS } from "./configuration-errors.ts";
import { DEPLOYMENT_ERRORS } from "./deployment-errors.ts";
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
];

/** `DeleteGitHubAccountToken` alone has them. */
const NO_TOKENS =
  "The server stores no GitHub tokens yet: `DeleteGitHubAccountToken` answers `NotImplementedException` ([api.md](api.md#not-implemented-yet)).";

/** Those that are never answered, and why. */
export const UNRAISED_ERRORS: readonly UnraisedError[] = [
  { code: "GitHubAccountTokenDoesNotExistException", reason: NO_TOKENS },
  { code: "GitHubAccountTokenNameRequiredException", reason: NO_TOKENS },
  { code: "InvalidGitHubAccountTokenException", reason: NO_TOKENS },
  { code: "InvalidGitHubAccountTokenNameException", reason: NO_TOKENS },
  { code: "OperationNotSupportedException", reason: NO_TOKENS },
  { code: "ResourceValidationException", reason: NO_TOKENS },
];
