import type { Agent as HttpAgent } from "node:http";
import { JSON_CONTENT_TYPE } from "../json/json-protocol.ts";
import { readStructure } from "../json/value-reader.ts";
import { writeStructure } from "../json/value-writer.ts";
import type { OperationTable } from "../shapes/shape.ts";
import type { Credentials } from "../sigv4/http-request.ts";
import { signRequest } from "../sigv4/sign.ts";
import { agentFor, type TlsTrust } from "./connection-agent.ts";
import type { CorrectedClock } from "./corrected-clock.ts";
import { ServiceError, TransportError } from "./errors.ts";
import { exchange, readAnswer } from "./http-exchange.ts";

/** Above the longest poll that a server holds, and below what proxies allow. */
export const CALL_TIMEOUT_DEFAULT_MILLISECONDS = 60_000;
export const MAX_ANSWER_BYTES = 32 * 1024 * 1024;

export interface ServiceClientOptions {
  /** `http(s)://HOST[:PORT][/PATH]`. */
  readonly endpoint: string;
  readonly region: string;
  /** Absent: calls are not signed (enrolment). */
  readonly credentials?: Credentials | undefined;
  readonly table: OperationTable;
  /** `CodeDeploy_20141006`. */
  readonly targetPrefix: string;
  /** The service in the credential scope. */
  readonly signingName: string;
  readonly userAgent?: string | undefined;
  /** Sent, and signed, with every call. */
  readonly headers?: Readonly<Record<string, string>> | undefined;
  readonly tls?: TlsTrust | undefined;
  /** The URL of an HTTP proxy, for the client's own connections. */
  readonly proxy?: string | undefined;
  /** Dates the signatures; this machine's own when absent. */
  readonly clock?: Pick<CorrectedClock, "now" | "refused"> | undefined;
  /** Connections that several clients of one endpoint share, and their owner closes; the client has its own when absent. */
  readonly connections?: HttpAgent | undefined;
}

export interface CallOptions {
  readonly signal?: AbortSignal | undefined;
  /** For the head of the answer, and again for its body; {@link CALL_TIMEOUT_DEFAULT_MILLISECONDS} when absent. */
  readonly timeoutMs?: number | undefined;
}

type Input<Operation> = Operation extends { input: infer I } ? I : never;
type Output<Operation> = Operation extends { output: infer O } ? O : never;

export interface ServiceClient<Operations> {
  /** Throws `ServiceError` (the service said no) or `TransportError` (no usable answer), or the signal's reason. */
  call<Name extends keyof Operations & string>(
    operation: Name,
    input: Input<Operations[Name]>,
    options?: CallOptions,
  ): Promise<Output<Operations[Name]>>;
  /** Closes the client's own connections. Calls under way fail. */
  close(): void;
}

/** A typed client of one AWS JSON 1.1 service, over keep-alive connections. */
export function createServiceClient<Operations>(options: ServiceClientOptions): ServiceClient<Operations> {
  const endpoint = options.endpoint.replace(/\/+$/, "");
  const url = `${endpoint}/`;
  const agent = options.connections ?? agentFor(endpoint, options.tls, options.proxy);

  async function call(
    operation: string,
    input: object,
    callOptions: CallOptions = {},
    isRetry = false,
  ): Promise<object> {
    const shape = options.table[operation];
    if (shape === undefined) throw new TypeError(`${options.targetPrefix} has no operation "${operation}"`);
    const body = Buffer.from(writeStructure(shape.input, input));
    const plain = {
      "content-type": JSON_CONTENT_TYPE,
      "x-amz-target": `${options.targetPrefix}.${operation}`,
      ...(options.userAgent === undefined ? {} : { "user-agent": options.userAgent }),
      ...options.headers,
    };
    const { region, credentials, signingName: service } = options;
    const signedAt = options.clock?.now() ?? new Date();
    const headers =
      credentials === undefined
        ? plain
        : signRequest({
            method: "POST",
            url,
            headers: plain,
            body,
            credentials,
            region,
            service,
            now: signedAt,
          });
    const timeoutMs = callOptions.timeoutMs ?? CALL_TIMEOUT_DEFAULT_MILLISECONDS;
    const answer = await exchange({
      method: "POST",
      url,
      headers: { ...headers, "content-length": String(body.length) },
      body,
      agent,
      signal: callOptions.signal,
      timeoutMs,
    });
    const bytes = await readAnswer(answer, {
      endpoint,
      maxBytes: MAX_ANSWER_BYTES,
      timeoutMs,
      signal: callOptions.signal,
    });
    const status = answer.statusCode ?? 0;
    if (status !== 200) {
      const error = errorOf(endpoint, status, answer.headers, bytes);
      const isOtherTime =
        error instanceof ServiceError && options.clock?.refused(error.code, signedAt, answer.headers.date) === true;
      if (isOtherTime && !isRetry) return call(operation, input, callOptions, true);
      throw error;
    }
    try {
      return readStructure(shape.output, bytes.length === 0 ? {} : JSON.parse(bytes.toString("utf8")));
    } catch (error) {
      const problem = `the answer to ${operation} is not what the operation returns: ${(error as Error).message}`;
      throw new TransportError(endpoint, problem, { cause: error });
    }
  }

  return {
    call: call as unknown as ServiceClient<Operations>["call"],
    close: () => {
      if (options.connections === undefined) agent.destroy();
    },
  };
}

function errorOf(
  endpoint: string,
  status: number,
  headers: Readonly<Record<string, string | string[] | undefined>>,
  body: Buffer,
): Error {
  const fields = parseObject(body);
  const type = headers["x-amzn-errortype"] ?? fields?.__type ?? fields?.code;
  if (typeof type !== "string") {
    const start = body.subarray(0, 200).toString("utf8").trim();
    return new TransportError(endpoint, `answered HTTP ${status} with no AWS error in it${start && `: ${start}`}`);
  }
  // `namespace#Code:http://…` in the forms that AWS services use.
  const code = type.split(":", 1)[0]!.split("#").at(-1)!;
  const message = fields?.message ?? fields?.Message;
  const requestId = headers["x-amzn-requestid"];
  return new ServiceError(
    code,
    typeof message === "string" ? message : `HTTP ${status}`,
    status,
    typeof requestId === "string" ? requestId : undefined,
  );
}

function parseObject(body: Buffer): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(body.toString("utf8"));
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  } catch {
    return undefined;
  }
}
