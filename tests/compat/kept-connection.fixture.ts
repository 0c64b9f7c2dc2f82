import { connect, type Socket } from "node:net";
import type { WireRequest } from "./raw-caller.fixture.ts";

/** What a call was answered; `undefined` in place of it: the server held the call, as it holds polls. */
export interface KeptAnswer {
  readonly status: number;
  /** By their names in lower case. */
  readonly headers: ReadonlyMap<string, string>;
  readonly text: string;
}

const HEAD_END = "\r\n\r\n";

/**
 * One connection that is kept, and a call after the other on it: a fraction of what a client's request costs. It reads what a server of ours writes,
 * with Content-Length. A connection that the server closed is made anew.
 */
export class KeptConnection {
  readonly #url: URL;
  #socket: Socket | undefined;
  #received: Buffer = Buffer.alloc(0);
  #settle: ((error?: Error) => void) | undefined;

  constructor(url: URL) {
    this.#url = url;
  }

  /** Gives a call up after so long without an answer, when a time is named: then it is `undefined`. Rejects when the connection ends instead. */
  async call(request: WireRequest, patienceMilliseconds?: number): Promise<KeptAnswer | undefined> {
    const socket = await this.#open();
    socket.write(headOf(request));
    if (request.body.length > 0) socket.write(request.body);
    return new Promise((resolve, reject) => {
      const timer =
        patienceMilliseconds === undefined
          ? undefined
          : setTimeout(() => {
              this.#settle = undefined;
              this.close();
              resolve(undefined);
            }, patienceMilliseconds);
      const settle = (error?: Error) => {
        const answer = error ? undefined : this.#take();
        if (!error && !answer) return;
        clearTimeout(timer);
        this.#settle = undefined;
        if (error) {
          reject(error);
          return;
        }
        if (answer?.headers.get("connection") === "close") this.close();
        resolve(answer);
      };
      this.#settle = settle;
    });
  }

  close(): void {
    this.#socket?.destroy();
    this.#socket = undefined;
    this.#received = Buffer.alloc(0);
  }

  async #open(): Promise<Socket> {
    if (this.#socket && !this.#socket.destroyed && this.#socket.writable) return this.#socket;
    this.close();
    const socket = connect(Number(this.#url.port), this.#url.hostname);
    this.#socket = socket;
    socket.setNoDelay(true);
    socket.on("data", (bytes: Buffer) => {
      this.#received = this.#received.length === 0 ? bytes : Buffer.concat([this.#received, bytes]);
      this.#settle?.();
    });
    socket.on("error", (error) => this.#settle?.(error));
    socket.on("close", () => {
      if (this.#socket === socket) this.#settle?.(new Error("the server ended the connection without an answer"));
    });
    return socket;
  }

  /** The answer that has come whole. */
  #take(): KeptAnswer | undefined {
    const end = this.#received.indexOf(HEAD_END);
    if (end < 0) return undefined;
    const [statusLine = "", ...lines] = this.#received.toString("latin1", 0, end).split("\r\n");
    const headers = new Map(
      lines.map((line) => {
        const colon = line.indexOf(":");
        return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()] as const;
      }),
    );
    const bodyAt = end + HEAD_END.length;
    const length = Number(headers.get("content-length") ?? 0);
    if (this.#received.length < bodyAt + length) return undefined;
    const text = this.#received.toString("utf8", bodyAt, bodyAt + length);
    this.#received = this.#received.subarray(bodyAt + length);
    return { status: Number(statusLine.split(" ")[1]), headers, text };
  }
}

function headOf({ method, path, headers, body }: WireRequest): string {
  const lines = Object.entries({ ...headers, "content-length": String(body.length) }).map(
    ([name, value]) => `${name}: ${value}`,
  );
  return `${method} ${path} HTTP/1.1\r\n${lines.join("\r\n")}${HEAD_END}`;
}
