import { createHash } from "node:crypto";
import { createServer } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";
import type { Duplex } from "node:stream";

/** RFC 6455, section 1.3. */
const ACCEPT_KEY = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

/** Speaks a protocol of its own after an upgrade, as WebSockets do: whatever comes is sent back behind the host's name. */
export class EchoHost {
  readonly name: string;
  readonly #server = createServer((_request, response) => response.end());
  readonly #open = new Set<Duplex>();

  constructor(name: string) {
    this.name = name;
    this.#server.on("upgrade", (request, socket) => {
      this.#open.add(socket);
      socket.on("close", () => this.#open.delete(socket)).on("error", () => {});
      socket.on("end", () => socket.end());
      // HAProxy compares it.
      const accept = createHash("sha1").update(`${request.headers["sec-websocket-key"]}${ACCEPT_KEY}`).digest("base64");
      const head = ["HTTP/1.1 101 Switching Protocols", "Connection: Upgrade", "Upgrade: websocket"];
      socket.write(`${[...head, `Sec-WebSocket-Accept: ${accept}`].join("\r\n")}\r\n\r\n`);
      socket.on("data", (data) => socket.write(`${this.name}:${data}\n`));
    });
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  async start(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
  }

  async stop(): Promise<void> {
    for (const socket of this.#open) socket.destroy();
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

/** A connection that was upgraded. */
export class EchoClient {
  readonly #socket: Socket;
  #heard = "";
  #isClosed = false;
  #wake = () => {};

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.setEncoding("utf8");
    socket.on("data", (text) => {
      this.#heard += text;
      this.#wake();
    });
    socket.on("error", () => {});
    socket.on("close", () => {
      this.#isClosed = true;
      this.#wake();
    });
  }

  static async open(port: number): Promise<EchoClient> {
    const client = new EchoClient(connect(port, "127.0.0.1"));
    client.#socket.write(
      "GET /ws HTTP/1.1\r\nHost: here\r\nConnection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n",
    );
    const answer = await client.#take("\r\n\r\n");
    if (!answer.startsWith("HTTP/1.1 101 ")) throw new Error(answer);
    return client;
  }

  /** Rejects when the connection was cut. */
  async say(text: string): Promise<string> {
    this.#socket.write(text);
    return this.#take("\n");
  }

  close(): void {
    this.#socket.destroy();
  }

  async #take(end: string): Promise<string> {
    for (;;) {
      const at = this.#heard.indexOf(end);
      if (at >= 0) {
        const text = this.#heard.slice(0, at);
        this.#heard = this.#heard.slice(at + end.length);
        return text;
      }
      if (this.#isClosed) throw new Error("the connection was cut");
      await new Promise<void>((resolve) => {
        this.#wake = resolve;
      });
    }
  }
}
