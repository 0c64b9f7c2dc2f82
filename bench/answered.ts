import { type Agent, request } from "node:http";

export interface AskedPlace {
  readonly host?: string | undefined;
  readonly port: number;
  /** Absent: a connection for each request. */
  readonly agent?: Agent | undefined;
}

const TIMEOUT_MILLISECONDS = 10_000;

/** The body of `GET /`. Rejects for no connection, no answer in time, a body that is cut, and a status other than 200. */
export function ask({ host = "127.0.0.1", port, agent }: AskedPlace): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = request({ host, port, path: "/", agent: agent ?? false, timeout: TIMEOUT_MILLISECONDS }, (answer) => {
      let body = "";
      answer.setEncoding("utf8");
      answer.on("data", (text: string) => {
        body += text;
      });
      answer.on("error", reject);
      answer.on("end", () => {
        if (answer.statusCode !== 200) reject(new Error(`status ${answer.statusCode}`));
        else if (!answer.complete) reject(new Error("the body is cut"));
        else resolve(body);
      });
    });
    sent.on("timeout", () => sent.destroy(new Error("no answer in time")));
    sent.on("error", reject);
    sent.end();
  });
}
