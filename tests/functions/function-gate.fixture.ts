import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** A place in the test's process where functions say what they do, and wait for leave to go on. */
export interface FunctionGate {
  /** `http://127.0.0.1:PORT`. */
  readonly url: string;
  /** The paths that were asked for, in order: `/hook/d-A1B2C3D4E`. */
  readonly arrivals: readonly string[];
  /** Whoever asks for a path that begins so waits from now on. */
  hold(beginning: string): void;
  /** Whoever waits goes on with this answer, and so does at once whoever comes later. */
  release(beginning: string, answer?: string): void;
  close(): Promise<void>;
}

export async function startFunctionGate(): Promise<FunctionGate> {
  const arrivals: string[] = [];
  const answers = new Map<string, string>();
  const waiting = new Map<string, ServerResponse[]>();
  const server = createServer((request, response) => {
    const path = request.url ?? "/";
    arrivals.push(path);
    const held = [...waiting].find(([beginning]) => path.startsWith(beginning));
    if (held) held[1].push(response);
    else response.end([...answers].find(([beginning]) => path.startsWith(beginning))?.[1] ?? "");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    arrivals,
    hold: (beginning) => void waiting.set(beginning, []),
    release(beginning, answer = "") {
      answers.set(beginning, answer);
      for (const response of waiting.get(beginning) ?? []) response.end(answer);
      waiting.delete(beginning);
    },
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
