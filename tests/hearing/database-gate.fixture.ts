import { connect, createServer, type Socket } from "node:net";

/** A way to the database that can be closed: it then answers nothing, as behind a network that is down, or refuses, as when it is stopped. */
export interface DatabaseGate {
  readonly url: string;
  /** Bytes of open connections stay where they are, and new ones hang. */
  hang(): void;
  /** Open connections break, and new ones with them. */
  cut(): void;
  open(): void;
  close(): void;
}

export async function openGate(databaseUrl: string): Promise<DatabaseGate> {
  const target = new URL(databaseUrl);
  const sockets = new Set<Socket>();
  let state: "open" | "hangs" | "cut" = "open";
  const server = createServer((incoming) => {
    if (state === "cut") return incoming.destroy();
    const outgoing = connect(Number(target.port), target.hostname);
    for (const socket of [incoming, outgoing]) {
      sockets.add(socket);
      socket.on("close", () => sockets.delete(socket));
      socket.on("error", () => {});
      if (state === "hangs") socket.pause();
    }
    incoming.on("data", (bytes) => outgoing.write(bytes));
    outgoing.on("data", (bytes) => incoming.write(bytes));
    incoming.on("close", () => outgoing.destroy());
    outgoing.on("close", () => incoming.destroy());
    if (state === "hangs") for (const socket of [incoming, outgoing]) socket.pause();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const url = new URL(databaseUrl);
  url.host = `127.0.0.1:${typeof address === "object" && address ? address.port : 0}`;
  return {
    url: url.href,
    hang() {
      state = "hangs";
      for (const socket of sockets) socket.pause();
    },
    cut() {
      state = "cut";
      for (const socket of sockets) socket.destroy();
    },
    open() {
      state = "open";
      for (const socket of sockets) socket.resume();
    },
    close() {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
