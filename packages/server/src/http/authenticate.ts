import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingMessage } from "node:http";
import { isTemporaryKeyId } from "@sluice/model/access-key-id.ts";
import { CallerFault } from "@sluice/model/caller-fault.ts";
import { type ParsedAuthorization, parseAuthorization } from "@sluice/wire/sigv4/authorization.ts";
import type { HttpRequest } from "@sluice/wire/sigv4/http-request.ts";
import { SignatureFault } from "@sluice/wire/sigv4/signature-fault.ts";
import { checkSignatureMatches, checkSignatureTime, checkSignedHeaders } from "@sluice/wire/sigv4/verify.ts";
import type { Action } from "../access/action.ts";
import { canonicalAddress } from "../access/canonical-address.ts";
import type { Principal } from "../access/principal.ts";
import type { AccessKey, AccessKeys } from "../store/access-keys.ts";
import type { KeyUse } from "../store/key-usage.ts";
import { isPeopleRole } from "../store/people-keys.ts";

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
  /** A host's signature is right but for its time: its clock is off by this much, ahead of ours when positive. */
  readonly onHostClockOff?: (hostId: string, secondsAhead: number) => void;
  /** Hears of each call of a person's or a pipeline's own key, when its signature is proved. */
  readonly onKeyUsed?: (use: KeyUse) => void;
  /** Absent: no function has more rights than the role. */
  readonly grantsOfFunction?: ((functionName: string) => Promise<ReadonlySet<Action>>) | undefined;
  /** Said after "no access key": why a key may be unknown that was once good; begins with a space. */
  readonly unknownKeyHint?: string;
}

/** What a request says of its signer, as far as that can be checked before its body is read. */
export interface Claim {
  readonly key: AccessKey;
  /** Who it is if the signature is right. */
  readonly principal: Principal;
  readonly authorization: ParsedAuthorization;
  /** Of a host's key only: the signature's time is wrong. Whether it is right otherwise is worth the body, and then this is thrown. */
  readonly timeFault: SignatureFault | undefined;
  /** The address that it came from. */
  readonly from: string | undefined;
  /** The key opens nothing: told to nobody but who can sign with it. */
  readonly keyFault: CallerFault | undefined;
}

const ACCESS_KEY_ID = /^\w{1,128}$/;
const SHOWN_CHARACTERS = 128;

/**
 * The first half: key, clock and signed headers, of which none needs the body. So nobody makes the server read a body
 * without the id of one of its keys. Throws the fault that AWS answers, with what a person needs to mend it.
 */
export async function checkClaim(
  request: Pick<HttpRequest, "headers">,
  { accessKeys, now, region, grantsOfFunction, unknownKeyHint = "" }: Authenticator,
  authorization: ParsedAuthorization,
  message?: IncomingMessage,
): Promise<Claim> {
  // What no key is called is not looked for: a database may refuse its characters.
  const { accessKeyId: claimedId } = authorization;
  const key = ACCESS_KEY_ID.test(claimedId) ? await accessKeys.find(claimedId) : null;
  if (!key && isTemporaryKeyId(claimedId)) {
    throw invalidToken(
      `the temporary key ${printable(claimedId)} has ended, or is another server's: take the role again (AssumeRole)`,
    );
  }
  if (!key) {
    throw new CallerFault(
      "UnrecognizedClientException",
      `The security token included in the request is invalid: this server has no access key ${printable(claimedId)}. Use the profile that the server wrote (see sluice env), or enrol the host again.${unknownKeyHint}`,
    );
  }
  const timeFault = timeFaultOf(authorization, now());
  if (timeFault && key.role !== "host") throw timeFault;
  checkSignedHeaders(authorization, request);
  const keyFault = keyFaultOf(key, authorization, now());
  const principal = await principalOf(key, grantsOfFunction);
  const from = addressOf(message);
  return { key, principal: withCall(principal, message, now(), region), authorization, timeFault, from, keyFault };
}

/** The second half: the signature itself, over the body too (S3 proves its own as it streams). Throws the fault that AWS answers. */
export function proveClaim(
  { key, principal, authorization, timeFault, from, keyFault }: Claim,
  request: HttpRequest,
  { now, region, onHostClockOff, onKeyUsed }: Authenticator,
): AuthenticatedRequest {
  const { secretAccessKey, hostId } = key;
  checkSignatureMatches(authorization, request, secretAccessKey);
  if (timeFault) {
    if (hostId !== null && timeFault.reason === "skewed") {
      onHostClockOff?.(hostId, Math.round((authorization.signedAtMs - now()) / 1000));
    }
    throw timeFault;
  }
  if (keyFault) throw keyFault;
  if (authorization.region !== region) {
    throw new CallerFault(
      "InvalidSignatureException",
      `Credential should be scoped to a valid region: it names '${authorization.region}', this server's region is '${region}'. Set AWS_REGION and AWS_DEFAULT_REGION to it.`,
    );
  }
  if (isPeopleRole(key.role) && key.tokenSha256 === undefined) {
    onKeyUsed?.({ accessKeyId: key.accessKeyId, from, service: authorization.service });
  }
  return { principal, authorization, secretAccessKey };
}

/** Both halves at once, for requests whose body is not part of what is proved here. */
export async function authenticate(
  request: HttpRequest,
  authenticator: Authenticator,
  authorization = parseAuthorization(request),
  message?: IncomingMessage,
): Promise<AuthenticatedRequest> {
  const claim = await checkClaim(request, authenticator, authorization, message);
  return proveClaim(claim, request, authenticator);
}

async function principalOf(
  { accessKeyId, role, hostId, functionName, identity, sourceAccessKeyId }: AccessKey,
  grantsOfFunction: Authenticator["grantsOfFunction"],
): Promise<Principal> {
  if (identity) return { accessKeyId, role, hostId, identity, ...(sourceAccessKeyId && { sourceAccessKeyId }) };
  if (role !== "function" || functionName == null) return { accessKeyId, role, hostId };
  const principal = { accessKeyId, role, hostId, functionName };
  return grantsOfFunction ? { ...principal, grantedActions: await grantsOfFunction(functionName) } : principal;
}

/** Of a key that is known: whether it opens anything now, and whether its session's token came with it. */
function keyFaultOf(key: AccessKey, { sessionToken }: ParsedAuthorization, nowMs: number): CallerFault | undefined {
  const { accessKeyId, expiresAt, isInactive, tokenSha256 } = key;
  if (tokenSha256 === undefined) {
    if (sessionToken !== undefined) return invalidToken("a long-lived access key has no session token: leave it out");
  } else if (sessionToken === undefined) {
    return invalidToken("the key is a temporary one, and its session token is missing");
  } else if (!isTokenOf(sessionToken, tokenSha256)) {
    return invalidToken("the session token is not the one of this key");
  }
  if (isInactive) return invalidToken(`the access key ${accessKeyId} is disabled: sluice keys enable ${accessKeyId}`);
  if (expiresAt === undefined || expiresAt > nowMs) return undefined;
  const cure =
    tokenSha256 === undefined
      ? `make another (sluice keys create --help), or give it more time: sluice keys expire ${accessKeyId} 30d`
      : "take the role again (AssumeRole)";
  return new CallerFault(
    "ExpiredTokenException",
    `The security token included in the request is expired: the access key ${accessKeyId} was good until ${new Date(expiresAt).toISOString()}; ${cure}.`,
  );
}

function isTokenOf(token: string, sha256: string): boolean {
  return timingSafeEqual(createHash("sha256").update(token).digest(), Buffer.from(sha256, "hex"));
}

/** @param what the end of a sentence */
function invalidToken(what: string): CallerFault {
  return new CallerFault(
    "UnrecognizedClientException",
    `The security token included in the request is invalid: ${what}.`,
  );
}

/** With what conditions of policies ask of the call; nobody else's policies do. */
export function withCall(
  principal: Principal,
  message: IncomingMessage | undefined,
  at: number,
  region: string,
): Principal {
  if (!principal.identity || !message) return principal;
  const { socket, headers } = message;
  const call = {
    sourceAddress: addressOf(message),
    isSecure: "encrypted" in socket,
    userAgent: headers["user-agent"],
    ...{ at, region },
  };
  return { ...principal, call };
}

/** Undefined: the connection is gone already. */
function addressOf(message: IncomingMessage | undefined): string | undefined {
  const address = message?.socket.remoteAddress;
  return address === undefined ? undefined : canonicalAddress(address);
}

function timeFaultOf(authorization: ParsedAuthorization, nowMs: number): SignatureFault | undefined {
  try {
    checkSignatureTime(authorization, nowMs);
    return undefined;
  } catch (error) {
    // What is malformed is wrong at any time.
    if (error instanceof SignatureFault && (error.reason === "skewed" || error.reason === "expired")) return error;
    throw error;
  }
}

/** As an answer may show it, in XML too. */
function printable(accessKeyId: string): string {
  return accessKeyId.slice(0, SHOWN_CHARACTERS).replaceAll(/[^\x20-\x7e]/g, "?");
}
