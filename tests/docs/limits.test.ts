import { globSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = resolve(import.meta.dirname, "../..");

/** What a limit is called. Names of other constants (modes, magic numbers, exit codes) do not match. */
const LIMIT_NAME = /(^|_)(MAX|TIMEOUT|GRACE|LEASE|HOLD|EXPIRES)(_|$)/;

/** Sizes of our own steps and of programs' own formats: whoever uses Sluice never meets them. */
const INTERNAL = new Set([
  "packages/model/src/disk-full.ts CAUSES_MAX",
  "packages/engine/src/heard-time.ts PROOF_LAG_MAX_MILLISECONDS",
  "packages/server/src/runner/receive-heartbeat.ts PROOF_AGE_MAX_MILLISECONDS",
  "packages/drivers/src/s3/s3-source.ts DIGESTS_MAX",
  "packages/drivers/src/aws/aws-call-error.ts REASON_MAX_CHARACTERS",
  "packages/drivers/src/elbv2/elbv2-router.ts PORT_MAX",
  "packages/drivers/src/haproxy/runtime-socket.ts MAX_PORT",
  "packages/drivers/src/haproxy/runtime-socket.ts MAX_SOCKET_PATH_BYTES",
  "packages/drivers/src/haproxy/server-lookup.ts MAX_NAME_LENGTH",
  "packages/drivers/src/prometheus/prometheus-alarm-reader.ts QUERY_MAX_CHARACTERS",
  "packages/drivers/src/prometheus/prometheus-client.ts REASON_MAX_CHARACTERS",
  "packages/drivers/src/s3/s3-source.ts OWN_URL_EXPIRES_SECONDS",
  "packages/server/src/http/authority.ts NAME_MAX_LENGTH",
  "packages/server/src/runner/start-check.ts NAMED_HOSTS_MAX",
  "packages/server/src/runner/unfinishable.ts NAMED_HOSTS_MAX",
  "packages/server/src/runner/sparse-errors.ts KNOWN_ERRORS_MAX",
  "packages/server/src/runner/withhold-replacements.ts QUOTED_HOSTS_MAX",
  "packages/wire/src/client/presigned-object.ts HEAD_TIMEOUT_MS",
  "packages/server/src/store/in-list.ts IN_LIST_MAX",
  "packages/server/src/store/compiled-query.ts COMPILED_LIST_MAX",
  "packages/server/src/store/group-commit.ts GATHERING_MAX_MILLISECONDS",
  "packages/server/src/backup/database-snapshot.ts REST_MAX_MILLISECONDS",
  "packages/server/src/backup/restore-database.ts PARAMETERS_MAX",
  "packages/cli/src/progress/progress-screen.ts WAITS_SHOWN_MAX",
  "packages/agent/src/host/hooks/closed-to-user.ts TEST_TIMEOUT_MILLISECONDS",
  "packages/agent/src/host/hooks/host-environment.ts HOST_ENVIRONMENT_MAX_CHARACTERS",
  "packages/model/src/lint/installed-paths.ts MAX_STEPS",
  "packages/model/src/lint/nearest-name.ts MAX_EDITS",
  "packages/model/src/lint/permission-checks.ts MAX_MATCHED_CHARACTERS",
  "packages/model/src/lint/similar-path.ts MAX_COMPARED_PATHS",
  "packages/agent/src/server-pins.ts SERVER_KEYS_MAX_BYTES",
  "packages/agent/src/server-pins.ts ASKING_TIMEOUT_MILLISECONDS",
  "packages/agent/src/server-pins.ts CLOCK_SET_BACK_MAX_MILLISECONDS",
  "packages/agent/src/start-door.ts AWAY_MAX_MS",
  "packages/agent/src/start-door.ts CONNECT_MAX_MS",
  "packages/agent/src/host/install/folders.ts HELD_MAX",
  "packages/server/src/store/gathered-query.ts KEYS_MAX",
  "packages/server/src/store/postgres/open-postgres.ts CLOSE_TIMEOUT_MILLISECONDS",
  "packages/server/src/store/postgres/statement-names.ts NAMES_MAX",
  "packages/server/src/store/postgres/statement-names.ts SEEN_MAX",
  "packages/agent/src/der.ts LENGTH_MAX_BYTES",
  "packages/agent/src/diagnostics.ts SCRIPT_NAME_MAX_CHARACTERS",
  "packages/wire/src/archive/sparse-map.ts MAX_MAP_LINE_BYTES",
  "packages/agent/src/host/archive/unpack-zip.ts WHOLE_READ_MAX_BYTES",
  "packages/agent/src/host/bundle/download.ts ERROR_BODY_MAX_BYTES",
  "packages/agent/src/host/hooks/run-script.ts TIMER_MAX_MS",
  "packages/agent/src/host/install/accounts.ts GETENT_TIMEOUT_MS",
  "packages/agent/src/host/install/cleanup.ts SEMANAGE_TIMEOUT_MS",
  "packages/agent/src/host/install/file-copier.ts COPY_HERE_MAX_BYTES",
  "packages/agent/src/single-instance.ts ANSWER_MAX_CHARACTERS",
  "packages/cli/src/nearest-word.ts MAX_EDITS",
  "packages/cli/src/verbs/applications.ts MAX_APPLICATIONS_BATCH",
  "packages/cli/src/verbs/deployments.ts MAX_DEPLOYMENTS_BATCH",
  "packages/cli/src/verbs/deployments.ts READ_TIMEOUT_MILLISECONDS",
  "packages/cli/src/doctor/agent-checks.ts ANSWER_TIMEOUT_MILLISECONDS",
  "packages/cli/src/doctor/client-checks.ts ANSWER_TIMEOUT_MILLISECONDS",
  "packages/cli/src/doctor/client-checks.ts MAX_CLOCK_OFFSET_SECONDS",
  "packages/cli/src/verbs/groups.ts MAX_GROUPS_BATCH",
  "packages/cli/src/verbs/logs.ts READ_TIMEOUT_MILLISECONDS",
  "packages/cli/src/options.ts MAX_PORT",
  "packages/cli/src/aws-cli.ts VERSION_TIMEOUT_MILLISECONDS",
  "packages/cli/src/verbs/env.ts ANSWER_TIMEOUT_MILLISECONDS",
  "packages/cli/src/progress/deployment-view.ts TARGETS_BATCH_MAX",
  "packages/cli/src/progress/event-stream.ts BACK_OFF_MAX_MILLISECONDS",
  "packages/cli/src/progress/event-stream.ts HEAD_TIMEOUT_MILLISECONDS",
  "packages/cli/src/revision/list-files.ts MAX_NAMED_PROBLEMS",
  "packages/cli/src/revision/push-bundle.ts CREATE_BUCKET_TIMEOUT_MILLISECONDS",
  "packages/cli/src/up/host-process.ts AGENT_GRACE_MILLISECONDS",
  "packages/cli/src/up/running-up.ts END_GRACE_MILLISECONDS",
  "packages/cli/src/up/run-program.ts OUTPUT_MAX_BYTES",
  "packages/model/src/app-spec/file-mode.ts MAX_DIGITS",
  "packages/model/src/app-spec/yaml-continuation.ts INDENT_MAX",
  "packages/model/src/bundle/entry-name.ts MAX_SHOWN_NAME_CHARACTERS",
  "packages/server/src/preflight/bundle-findings.ts MAX_REMEMBERED_BUNDLES",
  "packages/wire/src/archive/read-bundle.ts MAX_LINK_TARGET_BYTES",
  "packages/wire/src/archive/read-bundle.ts MAX_APP_SPECS_BEYOND",
  "packages/wire/src/archive/read-bundle.ts MAX_WRAPPED_APP_SPECS",
  "packages/model/src/lint/similar-path.ts MAX_SUGGESTIONS",
  "packages/model/src/lint/file-checks.ts MAX_TOLD_ENTRIES",
  "packages/model/src/lint/installed-paths.ts MAX_STEPS",
  "packages/model/src/lint/nearest-name.ts MAX_EDITS",
  "packages/model/src/lint/similar-path.ts MAX_COMPARED_PATHS",
  "packages/model/src/app-spec/yaml-document.ts EXCERPT_MAX_CHARACTERS",
  "packages/model/src/app-spec/yaml-document.ts REPAIR_CANDIDATES_MAX",
  "packages/model/src/app-spec/yaml-document.ts REPAIR_MAX_CHARACTERS",
  "packages/model/src/app-spec/yaml-field.ts EXCERPT_MAX_CHARACTERS",
  "packages/server/src/logs/deployment-logs.ts OPEN_JOURNALS_MAX",
  "packages/server/src/hosts/hearing.ts PROVEN_SPAN_MAX_MILLISECONDS",
  "packages/server/src/logs/segment-file.ts WHOLE_MAX_BYTES",
  "packages/server/src/hosts/liveness.ts FLUSH_ROWS_MAX",
  "packages/wire/src/client/connection-agent.ts FREE_SOCKETS_MAX",
  "packages/wire/src/client/connection-agent.ts IDLE_CONNECTION_MAX_MS",
  "packages/wire/src/client/object-client.ts DOWNLOAD_IDLE_MAX_MS",
  "packages/wire/src/client/object-client.ts ERROR_ANSWER_MAX_BYTES",
  "packages/wire/src/client/object-client.ts ERROR_ANSWER_TIMEOUT_MS",
  "packages/wire/src/client/object-client.ts OBJECT_TIMEOUT_DEFAULT_MS",
  "packages/wire/src/json/value-reader.ts INTEGER_MAX",
  "packages/wire/src/json/value-reader.ts TIMESTAMP_MAX_SECONDS",
  "packages/wire/src/s3/request-bodies.ts MAX_PARTS",
  "packages/wire/src/sigv4/signing-key.ts SIGNING_KEY_CACHE_MAX_ENTRIES",
]);

interface Row {
  readonly name: string;
  readonly value: string;
  readonly path: string;
}

const rows: readonly Row[] = readFileSync(resolve(ROOT, "docs/reference/limits.md"), "utf8")
  .split("\n")
  .flatMap((line) => {
    const [, name, value, path] = /^\| .+ \| `(.+)` \| `(.+)` \| `(.+)` \|$/.exec(line) ?? [];
    return name && value && path ? [{ name, value, path }] : [];
  });

function sourceOf(path: string): string {
  return readFileSync(resolve(ROOT, path), "utf8");
}

/** As a constant, or as a member of an object of limits. */
function isIn(source: string, { name, value }: Row): boolean {
  return source.includes(`const ${name} = ${value};`) || source.includes(`  ${name}: ${value},`);
}

function limitsIn(path: string): string[] {
  return [...sourceOf(path).matchAll(/^(?:export )?const ([A-Z][A-Z0-9_]*) = (?=[-\d]|[A-Z])[^;"'`]*;$/gm)]
    .map(([, name = ""]) => name)
    .filter((name) => LIMIT_NAME.test(name))
    .map((name) => `${path} ${name}`);
}

describe("docs/reference/limits.md", () => {
  it("gives each limit the value that the code has", () => {
    expect(rows.length).toBeGreaterThan(100);
    expect(rows.filter((row) => !isIn(sourceOf(row.path), row))).toEqual([]);
  });

  it("leaves no limit of the code out", () => {
    const listed = new Set(rows.map(({ path, name }) => `${path} ${name}`));
    const found = globSync("packages/*/src/**/*.ts", { cwd: ROOT })
      .filter((path) => !/\.test\.ts$|fixture/.test(path))
      .flatMap(limitsIn);
    expect(found.filter((limit) => !listed.has(limit) && !INTERNAL.has(limit))).toEqual([]);
    expect([...INTERNAL].filter((limit) => !found.includes(limit))).toEqual([]);
  });
});
