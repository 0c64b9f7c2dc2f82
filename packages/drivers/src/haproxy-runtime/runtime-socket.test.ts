import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer, type Server, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import { askHaproxy, HaproxyUnreachable, parseRuntimeSocket, type RuntimeSocket } from "./runtime-socket.ts";

const never = new AbortController().signal;

const BUSY_BALANCER = `
  const server = require("node:net").createServer((connection) => {
    connection.once("data", () => connection.end("Pid: 1\\n\\n"));
  });
  server.listen({ path: process.argv[1], backlog: 1 }, () => {
    process.stdout.write("listening");
    require("node:fs").readSync(0, Buffer.alloc(8));
  });
`;

let server: Server | undefined;

afterEach(() => {
  server?.close();
  server = undefined;
});

async function serve(answer: (connection: Socket, command: string) => void): Promise<RuntimeSocket> {
  server = createServer((connection) => {
    connection.on("error", () => {});
    connection.once("data", (data) => answer(connection, data.toString()));
  });
  await new Promise<void>((resolve) => server!.listen(0, "127.0.0.1", resolve));
  return parseRuntimeSocket(`127.0.0.1:${(server.address() as AddressInfo).port}`)!;
}

describe("a runtime socket", () => {
  it("is a whole path, or a host and a port", () => {
    expect(parseRuntimeSocket("/run/haproxy/admin.sock")).toEqual({
      name: "/run/haproxy/admin.sock",
      path: "/run/haproxy/admin.sock",
    });
    expect(parseRuntimeSocket("lb-1.example:9999")).toMatchObject({ host: "lb-1.example", port: 9999 });
    expect(parseRuntimeSocket("[::1]:9999")).toMatchObject({ host: "::1", port: 9999 });
    for (const wrong of ["admin.sock", "lb-1", "lb-1:0", "lb-1:65536", ":9999", "::1:9999", `/${"a".repeat(107)}`]) {
      expect(parseRuntimeSocket(wrong), wrong).toBeUndefined();
    }
  });

  it("is asked one line, and its answer is put together from pieces, also in the midst of a character", async () => {
    const pieces = [
      Buffer.from("first l"),
      Buffer.from("ine ä").subarray(0, 5),
      Buffer.from("ä").subarray(1),
      Buffer.from("\n\n"),
    ];
    const socket = await serve((connection, command) => {
      expect(command).toBe("show info\n");
      const next = () => {
        const piece = pieces.shift();
        if (piece) connection.write(piece, () => setImmediate(next));
        else connection.end();
      };
      next();
    });
    expect(await askHaproxy(socket, "show info", never)).toBe("first line ä\n\n");
  });

  it("whose queue is full is asked again until there is room", async () => {
    const folder = mkdtempSync(join(tmpdir(), "sluice-runtime-socket-"));
    const path = join(folder, "admin.sock");
    // A process of its own: one that is busy lets nobody in, and its queue holds two.
    const busy = spawn(process.execPath, ["-e", BUSY_BALANCER, path], { stdio: ["pipe", "pipe", "inherit"] });
    try {
      await once(busy.stdout, "data");
      const asked = Array.from({ length: 8 }, () => askHaproxy({ name: path, path }, "show info", never));
      // By now the kernel has refused those for whom there was no room.
      for (let index = 0; index < 3; index++) await new Promise(setImmediate);
      busy.stdin.write("go on");
      expect(await Promise.all(asked)).toEqual(asked.map(() => "Pid: 1\n\n"));
    } finally {
      busy.kill("SIGKILL");
      rmSync(folder, { recursive: true });
    }
  });

  it("that breaks off, says nothing or is silent is a rejection that names it", async () => {
    const faults: [answer: (connection: Socket) => void, message: RegExp, timeoutMilliseconds?: number][] = [
      [(connection) => connection.end("# pxname,svname\nweb,s1"), /before it had answered "show stat"/],
      [(connection) => connection.end(), /before it had answered "show stat"/],
      [(connection) => connection.resetAndDestroy(), /cannot be used: .*ECONNRESET/],
      [(connection) => connection.write("half"), /did not completely answer "show stat" within 50 ms/, 50],
    ];
    for (const [answer, message, timeoutMilliseconds] of faults) {
      const socket = await serve(answer);
      const asked = askHaproxy(socket, "show stat", never, timeoutMilliseconds);
      await expect(asked).rejects.toThrow(message);
      await expect(asked).rejects.toThrow(socket.name);
      await expect(asked).rejects.toThrow(HaproxyUnreachable);
      server!.close();
    }
  });

  it("that is not there, or that nobody listens at, is a rejection that names it and the cure", async () => {
    const cure = "Is HAProxy running\\? Compare `stats socket` in haproxy.cfg";
    const path = "/nonexistent/admin.sock";
    await expect(askHaproxy({ name: path, path }, "show info", never)).rejects.toThrow(
      new RegExp(`the HAProxy socket /nonexistent/admin.sock cannot be used: .*ENOENT.*${cure}`),
    );
    const socket = await serve(() => {});
    await new Promise((resolve) => server!.close(resolve));
    await expect(askHaproxy(socket, "show info", never)).rejects.toThrow(new RegExp(`ECONNREFUSED.*${cure}`));
  });

  it("is left when the caller gives up", async () => {
    const aborter = new AbortController();
    const reason = new Error("enough");
    const socket = await serve(() => aborter.abort(reason));
    await expect(askHaproxy(socket, "show info", aborter.signal)).rejects.toBe(reason);
  });
});
