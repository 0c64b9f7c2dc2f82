import { type ChildProcess, spawn, spawnSync } from "node:child_process";

/** A stand-in for AWS on a free loopback port. It holds what was created in it until it is stopped. */
export interface MotoServer {
  readonly url: string;
  /** For a driver's binding and for the test's own clients: moto takes any key. */
  readonly settings: {
    readonly endpoint: string;
    readonly region: string;
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
  };
  stop(): Promise<void>;
}

// Port 0, and standard input as the leash: moto ends when the test's process does, however that ends.
const PROGRAM = `
import sys
from moto.server import ThreadedMotoServer
server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
server.start()
print(server.get_host_and_port()[1], flush=True)
sys.stdin.read()
`;

/** Why no moto can be had here, or null when one can. */
export function whyNoMoto(): string | null {
  const isThere = spawnSync("python3", ["-c", "import moto.server"], { stdio: "ignore" }).status === 0;
  return isThere ? null : "moto is not installed: pip install 'moto[server]'";
}

export async function startMoto(): Promise<MotoServer> {
  const child: ChildProcess = spawn("python3", ["-c", PROGRAM], { stdio: ["pipe", "pipe", "pipe"] });
  const ended = new Promise<void>((resolve) => child.once("exit", () => resolve()));
  let errors = "";
  child.stderr?.on("data", (chunk: Buffer) => {
    errors = (errors + chunk.toString()).slice(-4_000);
  });
  const port = await new Promise<string>((resolve, reject) => {
    child.stdout?.once("data", (chunk: Buffer) => resolve(chunk.toString().trim()));
    child.once("exit", (code) => reject(new Error(`moto ended with ${code}: ${errors}`)));
    child.once("error", reject);
  });
  const url = `http://127.0.0.1:${port}`;
  return {
    url,
    settings: {
      endpoint: url,
      region: "eu-central-1",
      accessKeyId: "AKIATESTTESTTESTTEST",
      secretAccessKey: "moto-secret",
    },
    async stop() {
      child.stdin?.end();
      await ended;
    },
  };
}
