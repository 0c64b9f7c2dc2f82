/**
 * A question to a port that was answered with a no (nobody is bound to it, the role may not look): asking again is in vain until somebody
 * changes something. Any other rejection is of somebody who cannot be reached, and is asked again.
 */
export class PortRefusal extends Error {
  /** An ErrorCode of CodeDeploy: `IAM_ROLE_PERMISSIONS`. */
  readonly code: string;

  /** @param reason a sentence without a full stop */
  constructor(code: string, reason: string, options?: ErrorOptions) {
    super(reason, options);
    this.name = "PortRefusal";
    this.code = code;
  }
}
