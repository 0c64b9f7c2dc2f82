import { once } from "node:events";
import { afterEach, describe, expect, it } from "vitest";
import { ENDLESS, ListeningServer } from "./listening-server.fixture.ts";
import { MAX_REQUESTS_PER_CONNECTION } from "./pipelined-requests.ts";

const server = new ListeningServer();
afterEach(() => server.close());

describe("requests that come before earlier ones are answered", () => {
  it("are a few on one connection, and then the connection ends", async () => {
    let served = 0;
    const port = await server.listen({
      patience: ENDLESS,
      signedRoute: async () => {
        served += 1;
      },
    });
    const accepted = server.accepted();
    server.caller(port, "POST / HTTP/1.1\r\nhost: localhost\r\ncontent-length: 2\r\n\r\n{}".repeat(200));
    await accepted;
    await server.untilOpen(0);
    expect(served).toBe(MAX_REQUESTS_PER_CONNECTION);
  });

  it("are all answered when each waits for the answer before it", async () => {
    const port = await server.listen({ patience: ENDLESS });
    const socket = server.caller(port, "");
    for (let index = 0; index < 3 * MAX_REQUESTS_PER_CONNECTION; index += 1) {
      socket.write("GET /bucket HTTP/1.1\r\nhost: localhost\r\n\r\n");
      const [answer] = (await once(socket, "data")) as [Buffer];
      expect(answer.toString()).toMatch(/signed/);
    }
  });
});
