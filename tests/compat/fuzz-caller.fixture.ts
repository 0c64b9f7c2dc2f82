import type { SluiceServer } from "../installation/sluice-server.fixture.ts";
import type { FuzzCall } from "./fuzz-calls.fixture.ts";
import { CODE } from "./fuzz-values.fixture.ts";
import { type KeptAnswer, KeptConnection } from "./kept-connection.fixture.ts";
import { isModelled } from "./modelled-errors.fixture.ts";
import { RawCaller } from "./raw-caller.fixture.ts";

/** Of EnrolHost and HostHeartbeat: see docs/reference/limits.md. */
const MAX_SMALLEST_BODY_BYTES = 64 * 1024;
/** Held polls are given up. Whatever else takes so long is slow and no fault of its own. */
const HELD_OPERATION = "PollHostCommand";
const POLL_PATIENCE_MILLISECONDS = 40;
const HTTP_OK = 200;
const HTTP_NO_MORE_SUCCESS = 300;
const HTTP_SERVER_ERROR = 500;
/** What an answer is searched for names. */
const MAX_SEARCHED_CHARACTERS = 20_000;

const LATEST = /LATEST-(\w+)-/g;
const NAMED = /["<](\w+)(?:":\s*\[?"|>)([^"<>\\]{1,400})/g;
/** What later calls may name. */
const LEARNED: ReadonlySet<string> = new Set([
  ...[
    "deploymentId",
    "nextToken",
    "HostCommandIdentifier",
    "DeploymentExecutionId",
    "tokenId",
    "accessKeyId",
    "hostId",
  ],
  ...["hostName", "notificationId", "token", "clusterArn", "serviceArn", "taskDefinitionArn", "taskSetArn", "taskArn"],
  ...["LoadBalancerArn", "TargetGroupArn", "ListenerArn", "RuleArn", "NextMarker"],
]);

/** Sends what was made up, and says what is wrong with what it was answered. */
export class FuzzCaller {
  readonly #raw: RawCaller;
  readonly #connection: KeptConnection;
  readonly #latest = new Map<string, string>();

  constructor(server: Pick<SluiceServer, "data" | "url">) {
    this.#raw = new RawCaller(server);
    this.#connection = new KeptConnection(this.#raw.url);
  }

  /** Whether it was served; throws where the answer is neither a success nor an error that the operation may answer. */
  async try({ service, operation, call }: FuzzCall): Promise<boolean> {
    const text = Buffer.from(call.body ?? "").toString();
    const isJson = call.target !== null;
    const path = call.path === undefined ? {} : { path: this.#filled(call.path, encodeURIComponent) };
    const body = text.includes("LATEST-")
      ? this.#filled(text, isJson ? escaped : encodeURIComponent)
      : (call.body ?? "");
    const request = this.#raw.sign({ ...call, ...path, body });
    const patience = operation === HELD_OPERATION ? POLL_PATIENCE_MILLISECONDS : undefined;
    const answer = await this.#connection.call(request, patience);
    if (!answer) return true;
    const wrong = wrongWith(answer, { service, operation, isLarge: request.body.length > MAX_SMALLEST_BODY_BYTES });
    if (wrong !== undefined) {
      throw new Error(
        `${service} ${operation} ${wrong}\nasked: ${request.method} ${request.path} ${JSON.stringify(Buffer.from(request.body).toString().slice(0, 3000))}\nanswered: ${answer.status} ${answer.text.slice(0, 2000)}`,
      );
    }
    const isServed = answer.status < HTTP_NO_MORE_SUCCESS;
    if (isServed) this.#learn(answer.text);
    return isServed;
  }

  /** So that deployments of it get as far as their hosts. */
  async putRevision(): Promise<void> {
    const s3 = { method: "PUT", service: "s3", target: null };
    for (const call of [
      { path: "/revisions", body: "" },
      { path: "/revisions/app.zip", body: Buffer.from(CODE, "base64") },
    ]) {
      const { status, text } = await this.#raw.call({ ...s3, ...call });
      if (status !== HTTP_OK) throw new Error(`PUT ${call.path} was refused: ${text}`);
    }
  }

  close(): void {
    this.#connection.close();
    this.#raw.close();
  }

  #filled(text: string, encode: (value: string) => string): string {
    return text.replaceAll(LATEST, (mark, member: string) => encode(this.#latest.get(member) ?? mark));
  }

  #learn(text: string): void {
    if (text.length > MAX_SEARCHED_CHARACTERS) return;
    for (const [, member = "", value = ""] of text.matchAll(NAMED)) {
      // Without its own key it could not go on.
      if (LEARNED.has(member) && value !== this.#raw.accessKeyId) this.#latest.set(member, value);
    }
  }
}

function escaped(value: string): string {
  return JSON.stringify(value).slice(1, -1);
}

interface Asked extends Pick<FuzzCall, "service" | "operation"> {
  /** Larger than the smallest limit of any operation's body: it may be refused before it is read. */
  readonly isLarge: boolean;
}

function wrongWith({ status, headers, text }: KeptAnswer, { service, operation, isLarge }: Asked): string | undefined {
  if (status >= HTTP_OK && status < HTTP_NO_MORE_SUCCESS) return undefined;
  // Of a balancer that a busy machine keeps from answering.
  if (status >= HTTP_SERVER_ERROR && !(service === "elbv2" && text.includes("<Code>ServiceUnavailable<"))) {
    return "failed";
  }
  const { code, message } = faultOf(headers, text);
  if (code === undefined) return "was answered without the code of an error";
  if (message === undefined || message.trim() === "") return "was answered an error without a message";
  if (isLarge && /^Request(EntityTooLarge|TooLarge)Exception$/.test(code)) return undefined;
  if (code === "ServiceUnavailable") return undefined;
  return isModelled(service, operation, code) ? undefined : `was answered ${code}, which its model lacks`;
}

function faultOf(headers: KeptAnswer["headers"], text: string): { readonly code?: string; readonly message?: string } {
  const type = headers.get("content-type") ?? "";
  if (/xml/.test(type)) {
    const [, code = ""] = /<Code>(\w+)<\/Code>/.exec(text) ?? [];
    const [, message = ""] = /<Message>([\s\S]+)<\/Message>/.exec(text) ?? [];
    return { code, message };
  }
  const body = JSON.parse(text) as { readonly __type?: string; readonly message?: string };
  const code = body.__type ?? headers.get("x-amzn-errortype");
  return { ...(code !== undefined && { code }), ...(body.message !== undefined && { message: body.message }) };
}
