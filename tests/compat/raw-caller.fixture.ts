import { readFileSync } from "node:fs";
import { Agent, request as httpRequest, type IncomingHttpHeaders } from "node:http";
import { connect } from "node:net";
import { join } from "node:path";
import { signRequest } from "@sluice/wire/sigv4/sign.ts";
import type { SluiceServer } from "../installation/sluice-server.fixture.ts";

/** What came back, unread. */
export interface RawAnswer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

export interface SignedCall {
  /** The whole X-Amz-Target; null leaves it out. */
  readonly target?: string | null;
  readonly body?: string | Uint8Array;
  readonly method?: string;
  readonly path?: string;
  readonly service?: string;
  readonly region?: string;
  readonly secretAccessKey?: string;
  readonly accessKeyId?: string;
  readonly sessionToken?: string;
  /** What the caller's clock is ahead of this machine's; negative when behind. */
  readonly clockAheadSeconds?: number;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface WireRequest {
  readonly method: string;
  readonly path: string;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array;
}

/** Calls a server by the byte: what no SDK would send can be sent, signed as an SDK signs. */
export class RawCaller {
  // As every SDK does. A connection that closes after one answer may take the answer to a refused upload with it.
  readonly #agent = new Agent({ keepAlive: true });
  readonly url: URL;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;

  constructor(server: Pick<SluiceServer, "data" | "url">) {
    const text = readFileSync(join(server.data, "aws/credentials"), "utf8");
    this.url = new URL(server.url());
    this.accessKeyId = /aws_access_key_id = (\S+)/.exec(text)?.[1] ?? "";
    this.secretAccessKey = /aws_secret_access_key = (\S+)/.exec(text)?.[1] ?? "";
  }

  /** Signed and ready; whoever wants to break it does so before `send`. */
  sign(call: SignedCall): WireRequest {
    const { method = "POST", path = "/", service = "codedeploy", region = "us-east-1" } = call;
    const { target = "CodeDeploy_20141006.ListApplications", clockAheadSeconds = 0 } = call;
    const body = typeof call.body === "string" ? Buffer.from(call.body) : (call.body ?? Buffer.from("{}"));
    const headers = signRequest({
      method,
      url: `${this.url.origin}${path}`,
      headers: {
        "content-type": "application/x-amz-json-1.1",
        ...(target === null ? {} : { "x-amz-target": target }),
        ...call.headers,
      },
      body,
      credentials: {
        accessKeyId: call.accessKeyId ?? this.accessKeyId,
        secretAccessKey: call.secretAccessKey ?? this.secretAccessKey,
        ...(call.sessionToken !== undefined && { sessionToken: call.sessionToken }),
      },
      region,
      service,
      now: new Date(Date.now() + clockAheadSeconds * 1000),
    });
    return { method, path, headers, body };
  }

  call(call: SignedCall): Promise<RawAnswer> {
    return this.send(this.sign(call));
  }

  /** An operation of CodeDeploy by its name. */
  operation(operation: string, input: unknown): Promise<RawAnswer> {
    return this.call({ target: `CodeDeploy_20141006.${operation}`, body: JSON.stringify(input) });
  }

  send({ method, path, headers, body }: WireRequest): Promise<RawAnswer> {
    return new Promise((resolve, reject) => {
      const { hostname, port } = this.url;
      const request = httpRequest({ method, path, hostname, port, headers, agent: this.#agent }, (response) => {
        const chunks: Buffer[] = [];
        response.on("data", (chunk: Buffer) => chunks.push(chunk));
        response.on("error", reject);
        response.on("end", () =>
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text: Buffer.concat(chunks).toString(),
          }),
        );
      });
      request.on("error", reject);
      request.end(body);
    });
  }

  close(): void {
    this.#agent.destroy();
  }

  /** Bytes on a connection of their own, and all that came until the server closed it or `isEnough` says so. */
  async bytes(text: string, isEnough: (received: string) => boolean = () => false): Promise<string> {
    return new Promise((resolve, reject) => {
      let received = "";
      const socket = connect(Number(this.url.port), this.url.hostname, () => socket.write(text, "latin1"));
      socket.setEncoding("latin1");
      socket.on("data", (chunk) => {
        received += chunk;
        if (isEnough(received)) socket.destroy();
      });
      socket.on("error", (error: NodeJS.ErrnoException) => (error.code === "ECONNRESET" ? undefined : reject(error)));
      socket.on("close", () => resolve(received));
    });
  }
}

/** The head and body of an HTTP/1.1 answer that came as bytes. */
export function parseAnswer(received: string): RawAnswer {
  const [head = "", ...rest] = received.split("\r\n\r\n");
  const [statusLine = "", ...lines] = head.split("\r\n");
  const headers = Object.fromEntries(
    lines.map((line) => {
      const colon = line.indexOf(":");
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  return { status: Number(statusLine.split(" ")[1] ?? 0), headers, text: rest.join("\r\n\r\n") };
}
