import { request } from "node:http";

/** One request on a connection of its own. Resolves with the body; rejects for a status other than 200 and for a broken connection. */
export function get(port: number, path = "/", headers: Readonly<Record<string, string>> = {}): Promise<string> {
  return new Promise((resolve, reject) => {
    const sent = request({ host: "127.0.0.1", port, path, headers, agent: false }, (response) => {
      let body = "";
      response.setEncoding("utf8");
      response.on("data", (text) => {
        body += text;
      });
      response.on("error", reject);
      response.on("end", () =>
        response.statusCode === 200 ? resolve(body) : reject(new Error(`status ${response.statusCode}`)),
      );
    });
    sent.on("error", reject);
    sent.end();
  });
}
