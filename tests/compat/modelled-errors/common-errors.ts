import type { FaultCode } from "@sluice/model/fault-codes.ts";
import type { SignedCall } from "../raw-caller.fixture.ts";

/** An error that comes before an operation is reached, or from none in particular. */
export interface CommonError {
  readonly code: FaultCode;
  readonly status: number;
  readonly when: string;
  /** Of the example; `…` stands for what differs from call to call. */
  readonly message: string;
  readonly cure: string;
  /** What raises it; absent where a test of its own does. */
  readonly call?: CommonCall;
}

/** `by`: a key that may only read. `without`: headers that are taken out after signing. */
export interface CommonCall extends SignedCall {
  readonly by?: "reader";
  readonly without?: readonly string[];
}

const HOUR_SECONDS = 3600;

export const COMMON_ERRORS: readonly CommonError[] = [
  {
    code: "MissingAuthenticationTokenException",
    status: 400,
    when: "the call has no signature",
    message:
      'Missing Authentication Token: every call is signed with Signature V4. To let the AWS CLI and SDKs do so: eval "$(sluice env)"',
    cure: 'Take the profile that the server wrote: `eval "$(sluice env)"`.',
    call: { without: ["authorization"] },
  },
  {
    code: "IncompleteSignatureException",
    status: 400,
    when: "the signature lacks a part, names another scheme, or leaves out a header that has to be under it",
    message: "The header(s) 'x-amz-date' must be in SignedHeaders, which has …",
    cure: "Let an SDK or the AWS CLI sign. A proxy may add no `x-amz-` header on the way.",
  },
  {
    code: "UnrecognizedClientException",
    status: 400,
    when: "the server has no access key of this id",
    message:
      "The security token included in the request is invalid: this server has no access key AKIANOBODY. Use the profile that the server wrote (see sluice env), or enrol the host again.",
    cure: "Take the profile of this server (`sluice env`), or another key: `sluice keys list`.",
    call: { accessKeyId: "AKIANOBODY" },
  },
  {
    code: "InvalidSignatureException",
    status: 400,
    when: "the secret is wrong, the clock is more than 300 seconds off, the region or service of the credential is another, or the request was changed on the way",
    message:
      "Signature expired: the request was signed at … and the server's clock says …: it is … s behind the server, and at most 300 s are allowed. Set the caller's clock.",
    cure: "Do what the message says: set the clock (`timedatectl set-ntp true`), the region (`sluice env`), or the secret.",
    call: { clockAheadSeconds: -HOUR_SECONDS },
  },
  {
    code: "RequestExpired",
    status: 400,
    when: "a presigned URL is used after its time",
    message: "Request has expired: it was signed at … for … s, until …; the server's clock says …. Presign a new URL.",
    cure: "Presign a new URL.",
  },
  {
    code: "AccessDeniedException",
    status: 400,
    when: "the key may not call the operation, or not on this resource",
    message: "User: … is not authorized to perform: codedeploy:CreateApplication…",
    cure: "Call with a key that may: `sluice keys list` shows which there are ([security.md](security.md)).",
    call: { by: "reader", target: "CodeDeploy_20141006.CreateApplication", body: '{"applicationName":"new"}' },
  },
  {
    code: "UnknownOperationException",
    status: 404,
    when: "`X-Amz-Target` is missing, or names an operation or a service that there is not",
    message: "There is no operation LaunchRocket in CodeDeploy_20141006.",
    cure: "Correct the name; a service that is not served is called without this server's `endpoint_url`.",
    call: { target: "CodeDeploy_20141006.LaunchRocket" },
  },
  {
    code: "SerializationException",
    status: 400,
    when: "the body is not JSON, or a member has another type than the model says",
    message: "applicationName: expected String, got Number",
    cure: "Correct the member at the path that the message names.",
    call: { target: "CodeDeploy_20141006.GetApplication", body: '{"applicationName":1}' },
  },
  {
    code: "ValidationException",
    status: 400,
    when: "a member of one of Sluice's own operations is missing or out of range. CodeDeploy's operations have an error for each of theirs",
    message: "host is missing: give the host's id or name.",
    cure: "Correct the member that the message names.",
    call: { target: "Sluice_20261101.RemoveHost", service: "sluice", body: "{}" },
  },
  {
    code: "RequestEntityTooLargeException",
    status: 413,
    when: "the body, the path or the headers are longer than is allowed ([limits.md](limits.md))",
    message: "The request's body is larger than 4194304 bytes.",
    cure: "Send less in one call: split a list, or put an AppSpec into a bucket.",
    call: { body: " ".repeat(4 * 2 ** 20 + 1) },
  },
  {
    code: "ThrottlingException",
    status: 400,
    when: "the key calls or sends more than it may in a time",
    message: "Rate exceeded. The host web-1 calls the server too often: send it again later.",
    cure: "Wait and try again, a little longer each time, as SDKs do by themselves.",
  },
  {
    code: "MisdirectedRequestException",
    status: 421,
    when: "the `Host` header has a name to which the server does not answer",
    message:
      "This server does not answer to … To reach it by another name, add that name to server.names in sluice.yml and restart the server with --config sluice.yml.",
    cure: "Add the name to `server.names` ([sluice.yml](sluice-yml.md#the-servers-names)).",
    call: { headers: { host: "deploy.example.net" } },
  },
  {
    code: "RequestTimeoutException",
    status: 408,
    when: "the body did not arrive in time",
    message: "The request's body did not arrive within … s.",
    cure: "Send it again. A proxy between may not hold bodies back.",
  },
  {
    code: "ServiceUnavailableException",
    status: 503,
    when: "the server cannot reach its database, its disk is full, a revision's store does not answer, or too many bodies arrive at once",
    message: "The server cannot reach its database. Nothing was changed. Try again.",
    cure: "Try again, as SDKs do by themselves; if it stays so, do what the message says.",
  },
  {
    code: "InternalFailure",
    status: 500,
    when: "the server made a mistake",
    message: "Internal error of the server. Its log has the cause under the request id ….",
    cure: "Look for the request id in the server's log: `journalctl -u sluice-server`.",
  },
];
