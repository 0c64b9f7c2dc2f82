import { CallerFault } from "@sluice/model/caller-fault.ts";
import { type ParsedAuthorization, parseAuthorization } from "@sluice/wire/sigv4/authorization.ts";
import type { HttpRequest } from "@sluice/wire/sigv4/http-request.ts";
import { verifySignature } from "@sluice/wire/sigv4/verify.ts";
import type { Principal } from "../operations/operation.ts";
import type { AccessKeys } from "../store/access-keys.ts";

export interface AuthenticatedRequest {
  readonly principal: Principal;
  readonly authorization: ParsedAuthorization;
  readonly secretAccessKey: string;
}

export interface Authenticator {
  readonly accessKeys: AccessKeys;
  /** Epoch milliseconds. */
  readonly now: () => number;
  readonly region: string;
}

const ACCESS_KEY_ID = /^\w{1,128}$/;
const SHOWN_CHARACTERS = 128;

/** Proves who signed a request. Throws the fault that AWS answers, with what a person needs to mend it. */
export async function authenticate(
  request: HttpRequest,
  { accessKeys, now, region }: Authenticator,
  authorization = parseAuthorization(request),
): Promise<AuthenticatedRequest> {
  // What no key is called is not looked for: a database may refuse its characters.
  const { accessKeyId: claimedId } = authorization;
  const key = ACCESS_KEY_ID.test(claimedId) ? await accessKeys.find(claimedId) : null;
  if (!key) {
    throw new CallerFault(
      "UnrecognizedClientException",
      `The security token included in the request is invalid: this server has no access key ${printable(claimedId)}. Use the profile that the server wrote (see sluice env), or enrol the host again.`,
    );
  }
  verifySignature(authorization, request, key.secretAccessKey, new Date(now()));
  if (authorization.region !== region) {
    throw new CallerFault(
      "InvalidSignatureException",
      `Credential should be scoped to a valid region: it names '${authorization.region}', this server's region is '${region}'.`,
    );
  }
  const { accessKeyId, role, hostId } = key;
  return { principal: { accessKeyId, role, hostId }, authorization, secretAccessKey: key.secretAccessKey };
}

/** As an answer may show it, in XML too. */
function printable(accessKeyId: string): string {
  return accessKeyId.slice(0, SHOWN_CHARACTERS).replaceAll(/[^\x20-\x7e]/g, "?");
}
