import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { hooksAppSpec, tgzBundle } from "../installation/bundle.fixture.ts";
import { CodeDeploy } from "../installation/code-deploy.fixture.ts";
import { startSluiceAgent } from "../installation/sluice-agent.fixture.ts";
import { startSluiceServer } from "../installation/sluice-server.fixture.ts";

const KILLERS = ["pkill -f node", "pkill node", "killall node", "kill -9 $(pidof node)", "pkill -f '[n]ode.*agent'"];
const PRIVATE_PROCESSES = ["unshare", "--pid", "--fork", "--mount-proc", "--kill-child"];

const childrenOf = (pid: number) => readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ");

it("hooks that stop the node app stop neither the agent nor the server on their host", async ({ skip }) => {
  skip(
    spawnSync("unshare", [...PRIVATE_PROCESSES.slice(1), "true"]).status !== 0,
    "needs root, and process namespaces",
  );
  const server = await startSluiceServer({ inside: PRIVATE_PROCESSES });
  const [insider] = childrenOf(server.pid());
  const inside = ["nsenter", "--target", String(insider), "--pid", "--mount"];
  const codeDeploy = await CodeDeploy.begin(server);
  const agent = await startSluiceAgent(server, { name: "shared", tags: ["Fleet=shared"], inside });
  try {
    await codeDeploy.createGroup({ group: "prod", fleet: "shared" });
    const lines = KILLERS.map((killer) => `if command -v ${killer.split(" ")[0]} >/dev/null; then ${killer}; fi`);
    const script = `#!/bin/sh
# Nobody's processes but those of this test.
[ "$(ls -d /proc/[0-9]* | wc -l)" -lt 30 ] || exit 9
"${process.execPath}" -e 'setTimeout(() => {}, 60000)' >/dev/null 2>&1 &
application=$!
sleep 0.5
${lines.join("\n")}
wait $application
[ $? -gt 128 ]
`;
    const bundle = await codeDeploy.put(
      tgzBundle(hooksAppSpec({ BeforeInstall: "stop.sh", ValidateService: "stop.sh" }), { "stop.sh": script }),
    );
    const deploymentId = await codeDeploy.deploy("prod", bundle);
    expect(await codeDeploy.end(deploymentId)).toMatchObject({ status: "Succeeded" });
    expect(childrenOf(server.pid())).toEqual([insider]);
    expect(agent.log()).not.toMatch(/agent restart|has stopped/);
  } finally {
    codeDeploy.close();
    await agent.close();
    // unshare ignores SIGTERM; with it go all processes of the namespace.
    await server.kill();
    await server.close();
  }
});
