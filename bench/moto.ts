import { spawn } from "node:child_process";
import { Agent as HttpAgent, request } from "node:http";
import { setTimeout as sleep } from "node:timers/promises";

/** A moto server with one deployment, as a reference of another kind. */
export interface Moto {
  /** GetDeployment a second, over so many connections. */
  rate(connections: number, seconds: number): Promise<number>;
  close(): Promise<void>;
}

const START_MILLISECONDS = 20_000;
/** Moto wants the service in a signature's scope, and proves nothing. */
const AUTHORIZATION =
  "AWS4-HMAC-SHA256 Credential=AKIAMOTO/20260101/us-east-1/codedeploy/aws4_request, SignedHeaders=host, Signature=0";

/** Undefined, with a word why: this machine has none. */
export async function startMoto(
  names: { readonly applicationName: string; readonly deploymentGroupName: string },
  say: (text: string) => void,
): Promise<Moto | undefined> {
  const port = 20_000 + Math.floor(Math.random() * 20_000);
  const child = spawn("moto_server", ["-H", "127.0.0.1", "-p", String(port)], { stdio: "ignore" });
  const ended = new Promise<void>((resolve) => {
    child.once("error", () => resolve());
    child.once("exit", () => resolve());
  });
  const agent = new HttpAgent({ keepAlive: true, maxSockets: 64 });
  const call = (operation: string, input: object) => callMoto(port, agent, operation, input);
  const isUp = await Promise.race([ended.then(() => false), untilUp(call)]);
  if (!isUp) {
    say("no moto server to compare with: pip install 'moto[server]'");
    child.kill();
    return undefined;
  }
  await call("CreateApplication", { applicationName: names.applicationName, computePlatform: "Server" });
  await call("CreateDeploymentGroup", { ...names, serviceRoleArn: "arn:aws:iam::111122223333:role/R" });
  const s3Location = { bucket: "b", key: "k", bundleType: "zip" };
  const created = await call("CreateDeployment", { ...names, revision: { revisionType: "S3", s3Location } });
  const { deploymentId } = JSON.parse(created) as { deploymentId: string };
  return {
    async rate(connections, seconds) {
      const end = performance.now() + seconds * 1000;
      let answers = 0;
      const loop = async () => {
        for (; performance.now() < end; answers++) await call("GetDeployment", { deploymentId });
      };
      await Promise.all(Array.from({ length: connections }, loop));
      return answers / seconds;
    },
    async close() {
      agent.destroy();
      child.kill();
      await ended;
    },
  };
}

async function untilUp(call: (operation: string, input: object) => Promise<string>): Promise<boolean> {
  for (const end = performance.now() + START_MILLISECONDS; performance.now() < end; await sleep(100)) {
    const isUp = await call("ListApplications", {}).then(
      () => true,
      () => false,
    );
    if (isUp) return true;
  }
  return false;
}

function callMoto(port: number, agent: HttpAgent, operation: string, input: object): Promise<string> {
  const body = JSON.stringify(input);
  return new Promise((resolve, reject) => {
    const headers = {
      authorization: AUTHORIZATION,
      "content-type": "application/x-amz-json-1.1",
      "content-length": Buffer.byteLength(body),
      "x-amz-target": `CodeDeploy_20141006.${operation}`,
    };
    const asked = request({ host: "127.0.0.1", port, method: "POST", path: "/", agent, headers }, (answer) => {
      const chunks: Buffer[] = [];
      answer.on("data", (chunk: Buffer) => chunks.push(chunk));
      answer.on("end", () => {
        const text = Buffer.concat(chunks).toString("utf8");
        if (answer.statusCode === 200) resolve(text);
        else reject(new Error(`moto answers ${answer.statusCode}: ${text.slice(0, 300)}`));
      });
      answer.on("error", reject);
    });
    asked.on("error", reject);
    asked.end(body);
  });
}
