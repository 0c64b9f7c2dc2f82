import { request } from "node:http";

export const DOCKER_SOCKET = "/var/run/docker.sock";
const ANSWER_TIMEOUT_MILLISECONDS = 10_000;

/** One call of the Docker Engine API. Rejects where the engine does not answer; a status from 400 is an answer. */
export function askDocker(method: string, path: string): Promise<{ readonly status: number; readonly body: string }> {
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath: DOCKER_SOCKET, method, path, agent: false }, (answer) => {
      let body = "";
      answer.setEncoding("utf8");
      answer.on("data", (chunk: string) => {
        body += chunk;
      });
      answer.on("error", reject);
      answer.on("end", () => resolve({ status: answer.statusCode ?? 0, body }));
    });
    sent.setTimeout(ANSWER_TIMEOUT_MILLISECONDS, () => sent.destroy(new Error("it does not answer")));
    sent.on("error", reject);
    sent.end();
  });
}

/** Everything that an installation has made in the engine: containers, their volumes, and its network. */
export async function removeInstallation(installation: string): Promise<void> {
  const filters = JSON.stringify({ label: [`sluice.installation=${installation}`] });
  const list = async (path: string) => {
    const { body } = await askDocker("GET", `${path}?${new URLSearchParams({ all: "1", filters })}`);
    return JSON.parse(body) as readonly { readonly Id: string }[];
  };
  const containers = await list("/containers/json");
  await Promise.all(containers.map(({ Id }) => askDocker("DELETE", `/containers/${Id}?force=1&v=1`)));
  for (const { Id } of await list("/networks")) await askDocker("DELETE", `/networks/${Id}`);
}
