import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cleanEnvironment } from "../../installation/sluice-server.fixture.ts";
import { until } from "../../installation/until.fixture.ts";

const SOURCE = process.env.SLUICE_REFERENCE_AGENT;
const START = join(import.meta.dirname, "start-aws-agent.rb");

/** Why AWS's agent cannot run here; null: it can. */
export function whyNoReferenceAgent(): string | null {
  if (!SOURCE) return "SLUICE_REFERENCE_AGENT names no AWS CodeDeploy agent";
  if (!existsSync(join(SOURCE, "lib/instance_agent.rb"))) return `${SOURCE} has no lib/instance_agent.rb`;
  const gems = spawnSync("ruby", [
    "-e",
    "require 'aws-sdk-core'; require 'aws-sdk-s3'; require 'zip'; require 'logging'",
  ]);
  return gems.status === 0
    ? null
    : "Ruby lacks the agent's gems (Debian: ruby-aws-sdk-core ruby-aws-sdk-s3 ruby-zip ruby-logging)";
}

/** AWS's agent, with what `install.sh` has put below `root`, and its own directories there, too. */
export interface ReferenceAgent {
  /** `deployment-root`. */
  readonly directory: string;
  stop(): Promise<void>;
  log(): string;
}

export async function startReferenceAgent(root: string): Promise<ReferenceAgent> {
  const configuration = join(root, "etc/codedeploy-agent/conf");
  const home = join(root, "opt/codedeploy-agent");
  const logs = join(root, "var/log/aws/codedeploy-agent");
  for (const folder of [join(home, "state/.pid"), join(home, "deployment-root"), logs])
    mkdirSync(folder, { recursive: true });
  const file = join(root, "agent.yml");
  const text = readFileSync(join(configuration, "codedeployagent.yml"), "utf8")
    .replaceAll("'/opt/", `'${root}/opt/`)
    .replaceAll("'/var/", `'${root}/var/`);
  writeFileSync(file, `${text}:on_premises_config_file: '${join(configuration, "codedeploy.onpremises.yml")}'\n`);
  const unit = join(root, "etc/systemd/system/codedeploy-agent.service.d/sluice.conf");
  const trusted = [...readFileSync(unit, "utf8").matchAll(/^Environment=(\w+)=(.*)$/gm)].map(([, name, path]) => [
    name,
    join(root, path ?? ""),
  ]);
  const child = spawn("ruby", [START], {
    detached: true,
    stdio: "ignore",
    env: {
      ...cleanEnvironment(),
      ...Object.fromEntries(trusted),
      SLUICE_REFERENCE_AGENT: SOURCE,
      SLUICE_AGENT_CONFIG: file,
    },
  });
  child.unref();
  const pidFile = join(home, "state/.pid/codedeploy-agent.pid");
  await until("AWS's agent runs", async () => existsSync(pidFile));
  return {
    directory: join(home, "deployment-root"),
    log: () => readFileSync(join(logs, "codedeploy-agent.log"), "utf8"),
    async stop() {
      const processId = Number.parseInt(readFileSync(pidFile, "utf8"), 10);
      process.kill(processId, "SIGTERM");
      await until("AWS's agent has stopped", async () => !isAlive(processId));
    },
  };
}

function isAlive(processId: number): boolean {
  try {
    process.kill(processId, 0);
    return true;
  } catch {
    return false;
  }
}
