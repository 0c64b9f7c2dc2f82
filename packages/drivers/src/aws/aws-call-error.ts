import { reasonOf } from "@sluice/model/reason-of.ts";

/**
 * A call to AWS that brought no result. `isRefusal`: the service answered no, and asking again changes nothing until somebody changes
 * something. Otherwise it was not reached, was busy or broke: ask again. The message names the service's address and a cure, and
 * never a secret.
 */
export class AwsCallError extends Error {
  /** The service's code (`TargetGroupNotFound`) or the network's (`ECONNREFUSED`). */
  readonly code: string;
  /** The service's or the network's own words. */
  readonly reason: string;
  readonly isRefusal: boolean;
  /** The ErrorCode of CodeDeploy that says more than the step which it was asked for: `IAM_ROLE_PERMISSIONS`, `THROTTLED`. */
  readonly deploymentCode: string | undefined;

  constructor(message: string, parts: { code: string; reason: string; isRefusal: boolean; deploymentCode?: string }) {
    super(message);
    this.name = "AwsCallError";
    this.code = parts.code;
    this.reason = parts.reason;
    this.isRefusal = parts.isRefusal;
    this.deploymentCode = parts.deploymentCode;
  }
}

export interface AwsCall {
  /** The IAM prefix: `elasticloadbalancing`. */
  readonly service: string;
  /** `DescribeTargetHealth`. */
  readonly action: string;
  readonly endpoint: string;
  /** Values that no message may show, whatever the service answers. */
  readonly secrets: readonly string[];
  /** The role that the call was made with; absent: the binding's own key. */
  readonly roleArn?: string | undefined;
}

const MAX_REASON_CHARACTERS = 500;
const THROTTLED = /throttl|RequestLimitExceeded|TooManyRequests|SlowDown|BandwidthLimitExceeded/i;
const DENIED = /^(AccessDenied|UnauthorizedOperation|AuthorizationError|NotAuthorized)/;
/** As CodeDeploy's messages call them. */
const AWS_SERVICE_NAMES: Readonly<Record<string, string>> = {
  ecs: "AmazonECS",
  elasticloadbalancing: "AmazonElasticLoadBalancing",
  lambda: "AWSLambda",
  sts: "AWSSecurityTokenService",
};
const ROLE_TRUST_CURE =
  "Allow the binding's access key sts:AssumeRole on the role, and name the key's user or account in the role's trust policy";
/** CodeDeploy's ErrorCode of calls that were throttled. */
export const THROTTLED_CODE = "THROTTLED";
const TIMED_OUT = 408;
const TOO_MANY = 429;

/** What the SDK threw, as an {@link AwsCallError}. Its `cause` is left out: AWS's answers may quote the session token. */
export function awsCallError(error: unknown, call: AwsCall): AwsCallError {
  const { service, action, endpoint } = call;
  const status = (error as { $metadata?: { httpStatusCode?: number } })?.$metadata?.httpStatusCode;
  const wasAnswered = status !== undefined && status >= 300;
  // A page of a proxy, or of a service that does not know the call: the SDK tells of its parser.
  const isUnreadable = wasAnswered && error instanceof SyntaxError;
  const code = isUnreadable ? `HTTP ${status}` : codeOf(error);
  const reason = isUnreadable
    ? "the answer is not in the service's format"
    : hideSecrets(firstLineOf(error), call.secrets);
  if (!wasAnswered) {
    const text = reason.includes(code) ? reason : `${code}: ${reason}`;
    const message =
      `${endpoint} did not give a valid answer to ${service}:${action} (${text}): ` +
      "check the binding's endpoint and region, and the network between";
    return new AwsCallError(message, { code, reason: text, isRefusal: false });
  }
  const isThrottled = status === TOO_MANY || THROTTLED.test(code);
  const isBusy = isThrottled || status >= 500 || status === TIMED_OUT;
  const verb = isBusy ? "could not serve" : "refused";
  const isDenied = !isBusy && DENIED.test(code);
  const message = `${endpoint} ${verb} ${service}:${action} with ${code}: ${reason}${cureOf(code, call)}`;
  return new AwsCallError(isDenied ? `${permissionSentence(call)}${message}` : message, {
    code,
    reason: `${code}: ${reason}`,
    isRefusal: !isBusy,
    ...(isDenied ? { deploymentCode: "IAM_ROLE_PERMISSIONS" } : {}),
    ...(isThrottled ? { deploymentCode: THROTTLED_CODE } : {}),
  });
}

/** As CodeDeploy says it of a group's role; nothing of a key. */
function permissionSentence({ service, roleArn }: AwsCall): string {
  if (roleArn === undefined) return "";
  const name = AWS_SERVICE_NAMES[service] ?? service;
  return `The IAM role ${roleArn} does not give you permission to perform operations in the following AWS service: ${name}. `;
}

function codeOf(error: unknown): string {
  const { name, code } = (error ?? {}) as { name?: unknown; code?: unknown };
  if (typeof code === "string" && code !== "") return code;
  return typeof name === "string" && name !== "" ? name : "Error";
}

/** One line: what follows in a SignatureDoesNotMatch is the canonical request, with the session token in it. */
function firstLineOf(error: unknown): string {
  const text = reasonOf(error);
  const inner = text === "" && error instanceof AggregateError ? error.errors.map(String).join("; ") : text;
  return (inner.split("\n", 1)[0] ?? "").slice(0, MAX_REASON_CHARACTERS) || "no reason given";
}

function hideSecrets(text: string, secrets: readonly string[]): string {
  return secrets.reduce((hidden, secret) => (secret === "" ? hidden : hidden.replaceAll(secret, "***")), text);
}

function cureOf(code: string, { service, action, roleArn }: AwsCall): string {
  if (DENIED.test(code)) {
    if (service === "sts") return `. ${ROLE_TRUST_CURE}`;
    return `. Allow ${roleArn === undefined ? "the binding's access key" : `the role ${roleArn}`} ${service}:${action}`;
  }
  if (/^(ExpiredToken|RequestExpired)/.test(code))
    return ". Give the binding new credentials, and check this machine's clock";
  if (/^(RequestTimeTooSkewed|RequestInTheFuture)/.test(code)) return ". Set this machine's clock";
  if (
    /^(InvalidClientTokenId|UnrecognizedClient|SignatureDoesNotMatch|AuthFailure|InvalidAccessKeyId|IncompleteSignature|InvalidToken)/.test(
      code,
    )
  )
    return ". Correct accessKeyId, secretAccessKey and sessionToken of the binding, and check this machine's clock";
  return "";
}
