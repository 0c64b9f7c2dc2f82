import { SimulatedHost } from "../../bench/simulated-host.ts";
import type { PlayedFleet, PlayedRequest } from "./played-hosts.fixture.ts";
import { playRevision } from "./played-scripts.ts";

/** The process that plays the stage's hosts; `played-hosts.fixture.ts` starts it and speaks to it. */
const ENROLMENTS_AT_ONCE = 16;

const hosts = new Map<string, SimulatedHost>();

async function enrol({ server, token, hosts: wanted }: PlayedFleet): Promise<void> {
  const waiting = [...wanted];
  const enrolSome = async () => {
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      const host = await SimulatedHost.enrol({ ...next, server, token, play: playRevision });
      hosts.set(next.name, host);
      void host.run().catch((error: unknown) => {
        if (process.connected && !host.isStopped) throw error;
      });
    }
  };
  await Promise.all(Array.from({ length: ENROLMENTS_AT_ONCE }, enrolSome));
}

async function obey(request: PlayedRequest): Promise<void> {
  if ("enrol" in request) await enrol(request.enrol);
  else await Promise.all(request.leave.map((name) => hosts.get(name)?.sayGoodbye()));
}

process.on("message", ({ number, request }: { readonly number: number; readonly request: PlayedRequest }) => {
  void obey(request).then(
    () => process.send?.({ number }),
    (error: Error) => process.send?.({ number, failure: error.message }),
  );
});
process.on("disconnect", () => process.exit(0));
