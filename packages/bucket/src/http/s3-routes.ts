/** The embedded bucket on HTTP: request to typed call, permission, storage, answer. */
import { randomBytes } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import type { HttpRequest } from "@sluice/wire/sigv4/http-request.ts";
import type { RequestHeaders } from "../protocol/object-headers.ts";
import { parseS3Call } from "../protocol/parse-s3-call.ts";
import { headersOf } from "../protocol/request-parameters.ts";
import { parseRequestTarget } from "../protocol/request-target.ts";
import type { S3Call } from "../protocol/s3-call.ts";
import { S3Error } from "../protocol/s3-error.ts";
import { errorXml } from "../protocol/s3-error-xml.ts";
import type { BucketStore } from "../store/bucket-store.ts";
import { type S3Answer, sendAnswer } from "./s3-answer.ts";
import { type Authenticated, openBody } from "./s3-body.ts";
import { answerBucketCall, type BucketCall, isBucketCall } from "./s3-bucket-calls.ts";
import type { PlaceTokens, S3Context } from "./s3-context.ts";
import { toS3Error } from "./s3-faults.ts";
import { deletionNeed, type NamedObject, needsOf, type S3Authorize, type S3Need } from "./s3-needs.ts";
import { answerObjectCall } from "./s3-object-calls.ts";
import { taggingNeeds } from "./s3-tagging-needs.ts";
import { answerUploadCall, isUploadCall } from "./s3-upload-calls.ts";

/** By which name a request came. */
export interface ReachedAs {
  /** `http(s)://NAME[:PORT]`, which leads the same caller here again. */
  readonly endpoint: string;
  /** The bucket that the name has before it (`bucket.localhost`); the endpoint is then without it. */
  readonly bucket: string | undefined;
  /** The whole name, where it could be the server's own as well. */
  readonly mayBeServer?: string;
}

export interface S3RouteDependencies<Principal> {
  store: BucketStore;
  pageTokens: PlaceTokens;
  /** Proves who signed the request; throws a CallerFault (SignatureFault) or S3Error. The body is not read yet. */
  authenticate(request: HttpRequest, message: IncomingMessage): Promise<Authenticated<Principal>>;
  authorize: S3Authorize<Principal>;
  accountId: string;
  region: string;
  /** Throws a CallerFault when the request came by a name that is not ours. */
  reach(request: IncomingMessage): ReachedAs;
  /** Whether the body was broken off: it came in too many pieces for its length. Asked at its end. */
  hasTooManyPieces(request: IncomingMessage): boolean;
  /** What the caller is told of an error in what authenticates and authorises; undefined: as of any other. */
  troubleOf?(error: unknown): S3Error | undefined;
  /** Hears of every error that is not the caller's. */
  onInternalError?(error: unknown, requestId: string): void;
  /** Hears of every call once its outcome is known, and has it wait before it is answered. */
  onDone?(call: DoneS3Call<Principal>): Promise<void> | undefined;
}

/** A call whose outcome is known. */
export interface DoneS3Call<Principal> {
  readonly message: IncomingMessage;
  readonly requestId: string;
  /** Undefined: nobody proved who he is. */
  readonly principal: Principal | undefined;
  /** Undefined: the request is no call that is known. */
  readonly call: S3Call | undefined;
  /** Undefined: it succeeded. */
  readonly fault: { readonly code: string; readonly message: string } | undefined;
}

/** Of the 5xx those that are not the server's trouble. */
const CALLERS_OWN: ReadonlySet<string> = new Set(["NotImplemented", "SlowDown"]);

/** Returns a listener for node's raw requests; it never throws and always ends the response. */
export function s3Handler<Principal>(
  deps: S3RouteDependencies<Principal>,
): (request: IncomingMessage, response: ServerResponse) => Promise<void> {
  return async (request, response) => {
    const requestId = randomBytes(8).toString("hex").toUpperCase();
    const hostId = randomBytes(24).toString("base64");
    response.setHeader("x-amz-request-id", requestId);
    response.setHeader("x-amz-id-2", hostId);
    let answer: S3Answer;
    const progress: Progress<Principal> = { principal: undefined, call: undefined };
    try {
      answer = await answerRequest(deps, request, progress);
      await deps.onDone?.({ message: request, requestId, ...progress, fault: undefined });
    } catch (error) {
      const told = deps.troubleOf?.(error) ?? toS3Error(error);
      const isOurs = told.status >= 500 && !CALLERS_OWN.has(told.code) && !isClientGone(error);
      if (isOurs) deps.onInternalError?.(error, requestId);
      if (!isClientGone(error)) {
        const call = progress.call ?? callOf(deps, request);
        const { code, message } = told;
        await deps.onDone?.({
          message: request,
          requestId,
          principal: progress.principal,
          call,
          fault: { code, message },
        });
      }
      const resource = (request.url ?? "/").split("?", 1)[0]!;
      answer = { status: told.status, headers: told.headers, xml: errorXml(told, { resource, requestId, hostId }) };
    }
    try {
      await sendAnswer(request, response, answer);
    } catch (error) {
      // The status is out: all that can still be said is that the body is not whole.
      response.destroy();
      if (!isClientGone(error)) deps.onInternalError?.(error, requestId);
    }
  };
}

/** What is known of a request, as it goes on. */
interface Progress<Principal> {
  principal: Principal | undefined;
  call: S3Call | undefined;
}

/** What a request that was refused before it was read would have asked for. */
function callOf<Principal>({ reach }: S3RouteDependencies<Principal>, request: IncomingMessage): S3Call | undefined {
  try {
    const target = parseRequestTarget(request.url ?? "/", reach(request).bucket);
    return parseS3Call(request.method ?? "GET", target, headersOf(request.headers, target.query));
  } catch {
    return undefined;
  }
}

async function answerRequest<Principal>(
  deps: S3RouteDependencies<Principal>,
  request: IncomingMessage,
  progress: Progress<Principal>,
): Promise<S3Answer> {
  const method = request.method ?? "GET";
  const path = request.url ?? "/";
  const reached = deps.reach(request);
  if (/[?&]AWSAccessKeyId=/.test(path) || /^AWS\s/.test(request.headers.authorization ?? "")) throw oldSignature();
  const caller = await deps.authenticate({ method, path, headers: request.headers }, request);
  progress.principal = caller.principal;
  try {
    return await answerProved(deps, request, reached, caller, progress);
  } catch (error) {
    throw withHostExplained(error, reached, deps.store);
  }
}

async function answerProved<Principal>(
  deps: S3RouteDependencies<Principal>,
  request: IncomingMessage,
  reached: ReachedAs,
  caller: Authenticated<Principal>,
  progress: Progress<Principal>,
): Promise<S3Answer> {
  const target = parseRequestTarget(request.url ?? "/", reached.bucket);
  const headers = headersOf(request.headers, target.query);
  const call = parseS3Call(request.method ?? "GET", target, headers);
  progress.call = call;
  requireExpectedOwner(headers, deps.accountId);
  const requireAll = async (needs: readonly S3Need[]) => {
    for (const need of needs) {
      const permission = await deps.authorize(caller.principal, need);
      if (permission !== true) throw accessDenied(permission || undefined);
    }
  };
  await requireAll(needsOf(call));
  await requireAll(taggingNeeds(call, headers, (object) => hasTags(deps.store, object)));
  return answerCall(call, {
    store: deps.store,
    pageTokens: deps.pageTokens,
    headers,
    body: openBody(request, headers, caller, deps.hasTooManyPieces),
    owner: { id: ownerId(deps.accountId), displayName: deps.accountId },
    region: deps.region,
    now: new Date(),
    location: (bucket, key) => locationOf(request, reached, bucket, key),
    mayDelete: async (object) => (await deps.authorize(caller.principal, deletionNeed(object))) === true,
  });
}

/** What is not there has none: the call says so itself. */
function hasTags(store: BucketStore, { bucket, key, versionId }: NamedObject): boolean {
  try {
    return store.head(bucket, key, versionId).attributes.tags !== undefined;
  } catch (error) {
    if (error instanceof S3Error) return false;
    throw error;
  }
}

/**
 * Whoever reaches the server by a name that only a wildcard covers meant a path: what was made of it is some other call, and its fault would
 * lead nowhere.
 */
function withHostExplained(
  error: unknown,
  { mayBeServer, bucket }: ReachedAs,
  store: Pick<BucketStore, "headBucket">,
): unknown {
  if (mayBeServer === undefined || bucket === undefined || toS3Error(error).code === "AccessDenied") return error;
  try {
    store.headBucket(bucket);
    return error;
  } catch (missing) {
    const told = toS3Error(missing);
    if (told.code !== "NoSuchBucket") return error;
    const message = `${told.message}. The host ${mayBeServer} was read as the bucket '${bucket}': if it is the server's own name, add it to server.names in sluice.yml.`;
    return new S3Error(told.code, message, told.details, { cause: error });
  }
}

function answerCall(call: S3Call, context: S3Context): Promise<S3Answer> {
  if (isBucketCall(call)) return answerBucketCall(call satisfies BucketCall, context);
  if (isUploadCall(call)) return answerUploadCall(call, context);
  return answerObjectCall(call, context);
}

function requireExpectedOwner(headers: RequestHeaders, accountId: string): void {
  for (const name of ["x-amz-expected-bucket-owner", "x-amz-source-expected-bucket-owner"]) {
    if (headers[name] !== undefined && headers[name] !== accountId) throw accessDenied();
  }
}

/** boto3 and the aws CLI 1 still presign this way in us-east-1 unless they are told not to. */
function oldSignature(): S3Error {
  return new S3Error(
    "InvalidRequest",
    "The authorization mechanism you have provided is not supported. Please use AWS4-HMAC-SHA256: set signature_version = s3v4 under s3 in the client's configuration.",
  );
}

function accessDenied(message = "Access Denied"): S3Error {
  return new S3Error("AccessDenied", message);
}

/** S3 names owners by 64 hex digits; the account's number in that shape is as opaque and always the same. */
function ownerId(accountId: string): string {
  return Buffer.from(accountId).toString("hex").padStart(64, "0");
}

function locationOf(request: IncomingMessage, { endpoint, bucket }: ReachedAs, name: string, key?: string): string {
  if (key === undefined) return `/${name}`;
  const path = (request.url ?? "/").split("?", 1)[0]!;
  return `${bucket === undefined ? endpoint : endpoint.replace("://", `://${bucket}.`)}${path}`;
}

function isClientGone(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  return code === "ERR_STREAM_PREMATURE_CLOSE" || code === "ECONNRESET" || code === "EPIPE";
}
