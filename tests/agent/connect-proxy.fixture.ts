import { createServer, type Server } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";

/** A forward proxy that asks for a password, and leads every name to one port of this machine. */
export class ConnectProxy {
  /** What it was asked for: `CONNECT sluice.test:7450`, `GET http://bundles.test/x`. */
  readonly asked: string[] = [];
  readonly refused: string[] = [];
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server) {
    this.#server = server;
  }

  static async start(port: () => number): Promise<ConnectProxy> {
    const server = createServer();
    const proxy = new ConnectProxy(server);
    const expected = `Basic ${Buffer.from("host:s3cret").toString("base64")}`;
    const isAllowed = (authorization: string | undefined, what: string) => {
      (authorization === expected ? proxy.asked : proxy.refused).push(what);
      return authorization === expected;
    };
    server.on("connection", (socket) => {
      proxy.#sockets.add(socket);
      socket.on("error", () => {});
    });
    server.on("connect", (request, socket, head) => {
      if (!isAllowed(request.headers["proxy-authorization"], `CONNECT ${request.url}`)) {
        return void socket.end("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n");
      }
      const target = connect(port(), "127.0.0.1", () => {
        socket.write("HTTP/1.1 200 Connection Established\r\n\r\n");
        target.write(head);
        target.pipe(socket).pipe(target);
      });
      proxy.#sockets.add(target);
      target.on("error", () => socket.destroy());
    });
    server.on("request", (request, response) => {
      if (!isAllowed(request.headers["proxy-authorization"], `${request.method} ${request.url}`)) {
        return void response.writeHead(407).end();
      }
      const { pathname, search, host } = new URL(request.url ?? "");
      const target = connect(port(), "127.0.0.1", () => {
        target.write(`${request.method} ${pathname}${search} HTTP/1.1\r\nhost: ${host}\r\nconnection: close\r\n\r\n`);
        target.pipe(request.socket);
      });
      proxy.#sockets.add(target);
      target.on("error", () => response.destroy());
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return proxy;
  }

  url(credentials = "host:s3cret@"): string {
    return `http://${credentials}127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
