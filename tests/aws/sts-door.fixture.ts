import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { MotoServer } from "./moto-server.fixture.ts";

/** STS of AWS' stand-in behind a door at which it is noted who assumes what. */
export interface StsDoor {
  readonly url: string;
  /** In order. */
  readonly assumed: readonly { readonly roleArn: string | null; readonly sessionName: string | null }[];
  close(): Promise<void>;
}

export async function openStsDoor(moto: MotoServer): Promise<StsDoor> {
  const assumed: StsDoor["assumed"][number][] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const form = new URLSearchParams(body);
    assumed.push({ roleArn: form.get("RoleArn"), sessionName: form.get("RoleSessionName") });
    const { authorization = "", "content-type": type = "" } = request.headers;
    const answer = await fetch(moto.url, { method: "POST", body, headers: { authorization, "content-type": type } });
    response.writeHead(answer.status, { "content-type": answer.headers.get("content-type") ?? "text/xml" });
    response.end(await answer.text());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    assumed,
    close: () =>
      new Promise<void>((resolve) => {
        server.closeAllConnections();
        server.close(() => resolve());
      }),
  };
}
