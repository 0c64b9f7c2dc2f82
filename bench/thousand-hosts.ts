import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { startPostgres, whyNoPostgres } from "../tests/postgres/postgres-cluster.fixture.ts";
import type { BenchContext, Figure, Measured } from "./figure.ts";
import { deployAndPoll, joinSimulatedHosts } from "./installation.ts";
import { memoryOf, processorSecondsOf } from "./process-figures.ts";
import { startServer } from "./sluice-process.ts";
import { median, worst } from "./statistics.ts";
import { writeTrivialRevision } from "./trivial-revision.ts";

const HOSTS = 1_000;
const EVENTS = 7;
const REPETITIONS = 3;
const GOAL_SECONDS = 10;
const MEMORY_GOAL_MEGABYTES = 250;
/** PostgreSQL may take so many times as long as SQLite. */
const SQLITE_TIMES_GOAL = 2;

interface Round {
  readonly observed: number;
  readonly told: number;
  readonly requests: number;
  readonly simulators: number;
  readonly server: number;
}

/** 1,000 hosts on one database. */
interface Fleet {
  deploy(): Promise<Round>;
  memoryMegabytes(): number;
  close(): Promise<void>;
}

async function startFleet(
  { release, say }: Pick<BenchContext, "release" | "say">,
  folder: string,
  database: OpenedDatabase,
): Promise<Fleet> {
  const revision = join(folder, "revision");
  writeTrivialRevision(revision, join(folder, "destination"));
  const server = await startServer(release, folder, database.url === undefined ? [] : ["--database", database.url]);
  const start = performance.now();
  const hosts = await joinSimulatedHosts(server, revision, HOSTS).catch(async (error: unknown) => {
    await server.close();
    throw error;
  });
  const close = async () => {
    await hosts.close();
    await server.close();
  };
  say(
    `${database.name}: ${HOSTS} hosts enrolled and polling after ${((performance.now() - start) / 1000).toFixed(1)} s`,
  );
  const spent = async () => ({ ...(await hosts.count()), server: processorSecondsOf(server.processId) });
  return {
    close,
    memoryMegabytes: () => memoryOf(server.processId).rss,
    async deploy() {
      const before = await spent();
      const times = await deployAndPoll(server, HOSTS);
      const after = await spent();
      const completed = after.completed - before.completed;
      if (completed !== HOSTS * EVENTS) throw new Error(`${completed} completions, not ${HOSTS * EVENTS}`);
      if (after.failures > before.failures) {
        say(`${after.failures - before.failures} requests had to be repeated: ${after.lastFailure}`);
      }
      const requests = after.requests - before.requests;
      const simulators = after.processorSeconds - before.processorSeconds;
      const round = { ...times, requests, simulators, server: after.server - before.server };
      say(
        `${database.name}: ${round.observed.toFixed(2)} s (told ${round.told.toFixed(2)}); processor: server ${round.server.toFixed(2)} s, simulators ${simulators.toFixed(2)} s; ${requests} requests`,
      );
      return round;
    },
  };
}

interface OpenedDatabase {
  readonly name: string;
  readonly url?: string;
  close(): Promise<void>;
}

const SQLITE: OpenedDatabase = { name: "SQLite", close: async () => {} };

/** With commits that reach the disk. */
async function openPostgres(): Promise<OpenedDatabase> {
  const cluster = await startPostgres({ isDurable: true });
  return { name: "PostgreSQL", url: await cluster.newDatabase(), close: () => cluster.stop() };
}

function detailOf(rounds: readonly Round[]): string {
  const middle = (of: (round: Round) => number) => median(rounds.map(of));
  return (
    `median of ${rounds.length}; worst ${worst(rounds.map(({ observed }) => observed)).toFixed(2)}; completeTime - createTime: median ${middle(({ told }) => told).toFixed(2)}; ` +
    `${Math.round(middle(({ requests }) => requests))} requests; processor time: server ${middle(({ server }) => server).toFixed(1)} s, ` +
    `simulators ${middle(({ simulators }) => simulators).toFixed(1)} s`
  );
}

export const thousandHosts: Figure = {
  name: "1000-hosts",
  title: "1,000 simulated agents over signed HTTP, AllAtOnce, on SQLite and on PostgreSQL",
  async measure(context) {
    const { folder, repetitions = REPETITIONS, say } = context;
    const sqlite = await measureOn(SQLITE, context, join(folder, "sqlite"), repetitions);
    const seconds = median(sqlite.rounds.map(({ observed }) => observed));
    const measured: Measured[] = [
      {
        figure: "1,000 simulated hosts, AllAtOnce, CreateDeployment to Succeeded, as the client sees it",
        unit: "s",
        reached: seconds,
        detail: detailOf(sqlite.rounds),
        goal: { value: GOAL_SECONDS },
        reference: "none: nothing else here drives 1,000 hosts; ten and fifty real ones are above",
      },
      {
        figure: "server after deployments to 1,000 hosts, RSS",
        unit: "MB",
        reached: sqlite.memoryMegabytes,
        detail: `at the end of the last of ${repetitions}, with all of them connected`,
        goal: { value: MEMORY_GOAL_MEGABYTES },
        reference: "none: there is no other server of this kind",
      },
    ];
    const whyNot = whyNoPostgres();
    if (whyNot !== null) {
      say(`PostgreSQL is not measured: ${whyNot}`);
      return measured;
    }
    const postgres = await measureOn(await openPostgres(), context, join(folder, "postgres"), repetitions);
    return [
      ...measured,
      {
        figure: "the same on PostgreSQL on this machine, with commits flushed",
        unit: "s",
        reached: median(postgres.rounds.map(({ observed }) => observed)),
        detail: detailOf(postgres.rounds),
        goal: { value: SQLITE_TIMES_GOAL * seconds },
        reference: `SQLite in the same minutes: ${seconds.toFixed(1)} s`,
      },
    ];
  },
};

async function measureOn(
  database: OpenedDatabase,
  context: Pick<BenchContext, "release" | "say">,
  folder: string,
  repetitions: number,
): Promise<{ readonly rounds: readonly Round[]; readonly memoryMegabytes: number }> {
  mkdirSync(folder);
  try {
    const fleet = await startFleet(context, folder, database);
    try {
      const rounds: Round[] = [];
      for (let round = 0; round < repetitions; round++) rounds.push(await fleet.deploy());
      return { rounds, memoryMegabytes: fleet.memoryMegabytes() };
    } finally {
      await fleet.close();
    }
  } finally {
    await database.close();
  }
}
