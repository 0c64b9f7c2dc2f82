import { BaseSequencer, type TestSpecification } from "vitest/node";

/**
 * Files that take half a minute or more by themselves, the longest first. One that begins last keeps all the others waiting; without a record of
 * earlier runs, as in CI, Vitest would go by the sizes of files. In seconds on two quiet cores: 115, 110, 110, 100, 65, 60, 60, 55, and then 45 to 25.
 */
const LONGEST = [
  // First of those that come last.
  "tests/hearing/outages.test.ts",
  "tests/hearing/herd.test.ts",
  "tests/e2e/crash.test.ts",
  "tests/containers/shift-under-load.test.ts",
  "tests/containers/failed-deployments.test.ts",
  "tests/rollouts/prometheus-alert.test.ts",
  "tests/rollouts/killed-at-every-transaction.test.ts",
  "tests/e2e/late-hosts.test.ts",
  "tests/e2e/dark-hosts.test.ts",
  "tests/containers/aws-cli.test.ts",
  "tests/containers/rolled-back.test.ts",
  "tests/postgres/postgres-retention.test.ts",
  "tests/postgres/lost-connections.test.ts",
  "tests/e2e/one-server.test.ts",
  "tests/e2e/backup.test.ts",
];

function rankOf({ moduleId }: TestSpecification): number {
  const rank = LONGEST.findIndex((file) => moduleId.endsWith(`/${file}`));
  return rank < 0 ? LONGEST.length : rank;
}

export default class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    return (await super.sort(files)).toSorted((a, b) => rankOf(a) - rankOf(b));
  }
}
