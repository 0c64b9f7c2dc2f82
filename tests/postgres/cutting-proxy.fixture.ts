import { type AddressInfo, connect, createServer, type Socket } from "node:net";

/** A way to a PostgreSQL server on which the answer to a COMMIT, or the COMMIT itself, can be lost with the connection. */
export interface CuttingProxy {
  /** The database's URL, by this way. */
  readonly url: string;
  /** The next COMMIT is lost: `before` it reaches the server, or `after` the server has done it. Resolves when it was. */
  cutNextCommit(when: "before" | "after"): Promise<void>;
  close(): void;
}

export async function cuttingProxy(databaseUrl: string): Promise<CuttingProxy> {
  const target = new URL(databaseUrl);
  let armed: { readonly when: "before" | "after"; readonly done: () => void } | undefined;
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect(Number(target.port), target.hostname);
    let isCut = false;
    const cut = (done: () => void) => {
      client.destroy();
      upstream.destroy();
      done();
    };
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => {});
      socket.on("close", () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.on("data", (chunk) => {
      const cutting = armed;
      if (!cutting || !chunk.includes("COMMIT")) {
        upstream.write(chunk);
        return;
      }
      armed = undefined;
      if (cutting.when === "before") {
        cut(cutting.done);
        return;
      }
      isCut = true;
      upstream.once("data", () => cut(cutting.done));
      upstream.write(chunk);
    });
    upstream.on("data", (chunk) => {
      if (!isCut) client.write(chunk);
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = new URL(databaseUrl);
  url.port = String((server.address() as AddressInfo).port);
  return {
    url: url.href,
    cutNextCommit: (when) =>
      new Promise((resolve) => {
        armed = { when, done: resolve };
      }),
    close() {
      server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}
