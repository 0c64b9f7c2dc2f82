import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { type AddressInfo, connect, type Socket } from "node:net";

/** A client that announces ten bytes, sends three, and then neither sends nor hangs up. */
export interface SilentClient {
  readonly socket: Socket;
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  close(): Promise<void>;
}

export async function silentClient(): Promise<SilentClient> {
  const server = createServer();
  const received = once(server, "request") as Promise<[IncomingMessage, ServerResponse]>;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
  socket.on("error", () => {});
  socket.write("PUT /bucket/key HTTP/1.1\r\nhost: here\r\ncontent-length: 10\r\n\r\nabc");
  const [request, response] = await received;
  return {
    ...{ socket, request, response },
    close: async () => {
      socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
