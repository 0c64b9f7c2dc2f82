import { globSync, readFileSync } from "node:fs";
import { resolve } from "node:path";
import { describe, expect, it } from "vitest";

const ROOT = resolve(import.meta.dirname, "../..");

/** What a limit is called. Names of other constants (modes, magic numbers, exit codes) do not match. */
const LIMIT_NAME = /(^|_)(MAX|TIMEOUT|GRACE|LEASE|HOLD|EXPIRES)(_|$)/;

/** Sizes of our own steps and of programs' own formats: whoever uses Sluice never meets them. */
const INTERNAL = new Set([
  "packages/agent/src/protocol/download-program.ts HEAD_TIMEOUT_MILLISECONDS",
  "packages/agent/src/protocol/download-program.ts MAX_REFUSAL_BYTES",
  "packages/agent/src/upgrade/take-offer.ts MAX_REASON_CHARACTERS",
  "packages/agent/src/upgrade/try-program.ts MAX_SAID_CHARACTERS",
  "packages/server/src/operations/command/poll-host-command.ts MAX_HOLD_SECONDS",
  "packages/model/src/reference/yaml-grammar.ts MAX_REFERENCE_DEPTH",
  "packages/wire/src/archive/read-bundle.ts MAX_READ_SCRIPTS",
  "packages/cli/src/place/other-owner.ts GETENT_TIMEOUT_MILLISECONDS",
  "packages/model/src/lint/left-running.ts MAX_COMMAND_CHARACTERS",
  "packages/model/src/lint/script-checks.ts MAX_TOLD_COMMANDS",
  "packages/cli/src/init/project-folder.ts MAX_READ_BYTES",
  "packages/cli/src/init/project.ts MAX_NAME_CHARACTERS",
  "packages/model/src/reference/yaml-scanner.ts MAX_KEY_CHARACTERS",
  "packages/model/src/reference/yaml-token-rules.ts MAX_VERSION_DIGITS",
  "packages/server/src/operations/iam/iam-context.ts MAX_MAX_ITEMS",
  "packages/server/src/operations/sluice/identities/policies.ts MAX_NAMED_HOLDERS",
  "packages/server/src/access/stored-policy.ts MAX_READ",
  "packages/server/src/needs/needs-context.ts MAX_ASKED",
  "packages/server/src/store/key-usage.ts MAX_REMEMBERED",
  "packages/drivers/src/function-processes/runtime-channel.ts MAX_TEXT_BYTES",
  "packages/drivers/src/function-processes/runtime-channel.ts MAX_COPIED_BYTES",
  "packages/model/src/port.ts MAX_PORT",
  "packages/model/src/policy/compiled-policy.ts MAX_REMEMBERED_ACTIONS",
  "packages/model/src/policy/ip-range.ts MAX_ADDRESS_LENGTH",
  "packages/model/src/policy/nearest-statements.ts MAX_NEAR_STATEMENTS",
  "packages/model/src/policy/explain-decision.ts MAX_NAMED",
  "packages/model/src/log-lines/plain-line.ts MAX_CLASSIFIED_CHARACTERS",
  "packages/model/src/disk-full.ts MAX_CAUSES",
  "packages/cli/src/place/server-connection.ts MAX_CAUSES",
  "packages/cli/src/verbs/failures.ts MAX_NAMED_HOSTS",
  "packages/engine/src/heard-time.ts MAX_PROOF_LAG_MILLISECONDS",
  "packages/server/src/agents/receive-heartbeat.ts MAX_PROOF_AGE_MILLISECONDS",
  "packages/drivers/src/s3/s3-source.ts MAX_DIGESTS",
  "packages/engine/src/ports/balancer-plan-trouble.ts MAX_FORWARD_WEIGHT",
  "packages/drivers/src/haproxy-balancer/command-lines.ts MAX_COMMAND_CHARACTERS",
  "packages/drivers/src/aws/aws-call-error.ts MAX_REASON_CHARACTERS",
  "packages/drivers/src/docker/container-facts.ts MAX_HEALTH_DETAIL_CHARACTERS",
  "packages/drivers/src/docker/docker-settings.ts MAX_SOCKET_PATH_BYTES",
  "packages/drivers/src/docker/engine-events.ts MAX_BACK_OFF_MILLISECONDS",
  "packages/drivers/src/docker/engine-events.ts MAX_EVENT_CHARACTERS",
  "packages/drivers/src/docker/engine-request.ts MAX_REFUSAL_BYTES",
  "packages/drivers/src/aws/role-sessions.ts MAX_SESSION_NAME_CHARACTERS",
  "packages/drivers/src/elbv2/forward-action.ts MAX_WEIGHT",
  "packages/drivers/src/function-processes/function-programs.ts RUN_TIMEOUT_MILLISECONDS",
  "packages/drivers/src/function-processes/environment-process.ts MAX_LAUNCH_TROUBLE_CHARACTERS",
  "packages/drivers/src/function-processes/sandbox.ts PROBE_TIMEOUT_MILLISECONDS",
  "packages/drivers/src/haproxy-runtime/runtime-socket.ts MAX_SOCKET_PATH_BYTES",
  "packages/drivers/src/haproxy/server-lookup.ts MAX_NAME_LENGTH",
  "packages/drivers/src/prometheus/prometheus-alarm-reader.ts MAX_QUERY_CHARACTERS",
  "packages/drivers/src/prometheus/prometheus-client.ts MAX_REASON_CHARACTERS",
  "packages/drivers/src/s3/s3-source.ts OWN_URL_EXPIRES_SECONDS",
  "packages/server/src/audit/audit-recorder.ts MAX_USER_AGENT_CHARACTERS",
  "packages/server/src/audit/audit-recorder.ts MAX_MESSAGE_CHARACTERS",
  "packages/server/src/audit/audit-recorder.ts MAX_OPERATION_CHARACTERS",
  "packages/server/src/audit/audit-recorder.ts MAX_RESOURCES",
  "packages/server/src/audit/audit-recorder.ts MAX_ARN_CHARACTERS",
  "packages/server/src/audit/audit-writer.ts MAX_FILE_AGE_MILLISECONDS",
  "packages/server/src/audit/told-answer.ts MAX_DEPTH",
  "packages/server/src/audit/told-answer.ts MAX_ITEMS",
  "packages/server/src/audit/told-answer.ts MAX_CHARACTERS",
  "packages/server/src/audit/user-identity.ts MAX_CLAIMED_CHARACTERS",
  "packages/server/src/http/call-trail.ts MAX_ARNS",
  "packages/server/src/http/authority.ts MAX_NAME_LENGTH",
  "packages/server/src/preflight/start-check.ts MAX_NAMED_HOSTS",
  "packages/server/src/loops/sparse-errors.ts MAX_KNOWN_ERRORS",
  "packages/server/src/effects/withhold-replacements.ts MAX_QUOTED_HOSTS",
  "packages/server/src/services/service-words.ts MAX_NAMED_TASKS",
  "packages/server/src/services/container-plans.ts SANDBOX_STOP_TIMEOUT_SECONDS",
  "packages/wire/src/client/presigned-object.ts HEAD_TIMEOUT_MILLISECONDS",
  "packages/server/src/store/in-list.ts MAX_IN_LIST",
  "packages/server/src/store/target-counts.ts MAX_KEPT_COUNTS",
  "packages/server/src/operations/sluice/console/deployment-story.ts MAX_CAUSE_CHARACTERS",
  "packages/server/src/operations/sluice/console/get-overview.ts MAX_CAUSE_CHARACTERS",
  "packages/server/src/operations/sluice/console/search-deployments.ts MAX_LOOKED_AT_ONCE",
  "packages/server/src/store/compiled-query.ts MAX_COMPILED_LIST",
  "packages/server/src/store/group-commit.ts MAX_GATHERING_MILLISECONDS",
  "packages/server/src/backup/database-snapshot.ts MAX_REST_MILLISECONDS",
  "packages/server/src/backup/restore-database.ts MAX_PARAMETERS",
  "packages/cli/src/progress/progress-screen.ts MAX_WAITS_SHOWN",
  "packages/agent/src/host/hooks/closed-to-user.ts TEST_TIMEOUT_MILLISECONDS",
  "packages/agent/src/host/hooks/host-environment.ts MAX_HOST_ENVIRONMENT_CHARACTERS",
  "packages/model/src/lint/installed-paths.ts MAX_STEPS",
  "packages/model/src/nearest-name.ts MAX_EDITS",
  "packages/server/src/platforms/kept-looks.ts MAX_KEPT_LOOKS",
  "packages/server/src/functions/event-fate.ts MAX_ERROR_TYPE_CHARACTERS",
  "packages/server/src/functions/event-fate.ts MAX_ERROR_MESSAGE_CHARACTERS",
  "packages/server/src/functions/hook-run.ts MAX_QUOTED_LINES",
  "packages/server/src/functions/hook-run.ts MAX_QUOTED_CHARACTERS",
  "packages/wire/src/archive/sole-app-spec.ts MAX_NAMED_FILES",
  "packages/model/src/lint/permission-checks.ts MAX_MATCHED_CHARACTERS",
  "packages/model/src/lint/similar-path.ts MAX_COMPARED_PATHS",
  "packages/agent/src/identity/server-pins.ts MAX_SERVER_KEYS_BYTES",
  "packages/agent/src/identity/server-pins.ts ASKING_TIMEOUT_MILLISECONDS",
  "packages/agent/src/identity/server-pins.ts MAX_CLOCK_SET_BACK_MILLISECONDS",
  "packages/agent/src/process/start-door.ts MAX_AWAY_MILLISECONDS",
  "packages/agent/src/process/start-door.ts MAX_CONNECT_MILLISECONDS",
  "packages/agent/src/host/install/folders.ts MAX_HELD",
  "packages/server/src/http/console/session-cookie.ts MAX_COOKIES",
  "packages/server/src/store/gathered-query.ts MAX_KEYS",
  "packages/server/src/store/postgres/open-postgres.ts CLOSE_TIMEOUT_MILLISECONDS",
  "packages/server/src/store/postgres/statement-names.ts MAX_NAMES",
  "packages/server/src/store/postgres/statement-names.ts MAX_SEEN",
  "packages/agent/src/identity/der.ts MAX_LENGTH_BYTES",
  "packages/agent/src/protocol/command-outcome.ts MAX_SCRIPT_NAME_CHARACTERS",
  "packages/wire/src/archive/sparse-map.ts MAX_MAP_LINE_BYTES",
  "packages/agent/src/host/archive/unpack-zip.ts MAX_WHOLE_READ_BYTES",
  "packages/agent/src/host/bundle/http-failure.ts MAX_ERROR_BODY_BYTES",
  "packages/agent/src/host/hooks/run-script.ts MAX_TIMER_MILLISECONDS",
  "packages/agent/src/host/install/accounts.ts GETENT_TIMEOUT_MILLISECONDS",
  "packages/agent/src/host/install/security-context.ts SEMANAGE_TIMEOUT_MILLISECONDS",
  "packages/agent/src/host/install/file-copier.ts MAX_COPY_HERE_BYTES",
  "packages/agent/src/process/single-instance.ts MAX_ANSWER_CHARACTERS",
  "packages/cli/src/arguments/nearest-word.ts MAX_EDITS",
  "packages/cli/src/verbs/applications.ts MAX_APPLICATIONS_BATCH",
  "packages/cli/src/deployment/listed-deployments.ts MAX_DEPLOYMENTS_BATCH",
  "packages/cli/src/verbs/deployments.ts READ_TIMEOUT_MILLISECONDS",
  "packages/cli/src/aws-agent/reachable-server.ts ANSWER_TIMEOUT_MILLISECONDS",
  "packages/cli/src/doctor/agent-checks.ts ANSWER_TIMEOUT_MILLISECONDS",
  "packages/cli/src/doctor/client-checks.ts ANSWER_TIMEOUT_MILLISECONDS",
  "packages/cli/src/doctor/client-checks.ts MAX_CLOCK_OFFSET_SECONDS",
  "packages/cli/src/verbs/groups.ts MAX_GROUPS_BATCH",
  "packages/cli/src/verbs/logs.ts READ_TIMEOUT_MILLISECONDS",
  "packages/cli/src/verbs/stop.ts READ_TIMEOUT_MILLISECONDS",
  "packages/cli/src/groups/application-tags.ts ANSWER_TIMEOUT_MILLISECONDS",
  "packages/cli/src/aws/aws-cli.ts VERSION_TIMEOUT_MILLISECONDS",
  "packages/cli/src/verbs/env.ts ANSWER_TIMEOUT_MILLISECONDS",
  "packages/cli/src/progress/deployment-view.ts MAX_TARGETS_BATCH",
  "packages/cli/src/progress/event-stream.ts MAX_BACK_OFF_MILLISECONDS",
  "packages/cli/src/progress/event-stream.ts HEAD_TIMEOUT_MILLISECONDS",
  "packages/cli/src/revision/list-files.ts MAX_NAMED_PROBLEMS",
  "packages/cli/src/revision/push-bundle.ts CREATE_BUCKET_TIMEOUT_MILLISECONDS",
  "packages/cli/src/up/host-process.ts AGENT_GRACE_MILLISECONDS",
  "packages/cli/src/up/running-up.ts END_GRACE_MILLISECONDS",
  "packages/cli/src/process/run-program.ts MAX_OUTPUT_BYTES",
  "packages/model/src/app-spec/file-mode.ts MAX_DIGITS",
  "packages/model/src/app-spec/yaml-continuation.ts MAX_INDENT",
  "packages/model/src/bundle/entry-name.ts MAX_SHOWN_NAME_CHARACTERS",
  "packages/server/src/preflight/bundle-findings.ts MAX_REMEMBERED_BUNDLES",
  "packages/wire/src/archive/read-bundle.ts MAX_LINK_TARGET_BYTES",
  "packages/wire/src/archive/read-bundle.ts MAX_APP_SPECS_BEYOND",
  "packages/wire/src/archive/read-bundle.ts MAX_WRAPPED_APP_SPECS",
  "packages/model/src/lint/similar-path.ts MAX_SUGGESTIONS",
  "packages/model/src/lint/file-checks.ts MAX_TOLD_ENTRIES",
  "packages/model/src/lint/installed-paths.ts MAX_STEPS",
  "packages/model/src/nearest-name.ts MAX_EDITS",
  "packages/model/src/lint/similar-path.ts MAX_COMPARED_PATHS",
  "packages/model/src/app-spec/yaml-document.ts MAX_EXCERPT_CHARACTERS",
  "packages/model/src/app-spec/yaml-document.ts MAX_REPAIR_CANDIDATES",
  "packages/model/src/app-spec/yaml-document.ts MAX_REPAIR_CHARACTERS",
  "packages/model/src/app-spec/yaml-field.ts MAX_EXCERPT_CHARACTERS",
  "packages/server/src/logs/deployment-logs.ts MAX_OPEN_JOURNALS",
  "packages/server/src/hosts/hearing.ts MAX_PROVEN_SPAN_MILLISECONDS",
  "packages/server/src/logs/segment-file.ts MAX_WHOLE_BYTES",
  "packages/server/src/hosts/liveness.ts MAX_FLUSH_ROWS",
  "packages/wire/src/client/connection-agent.ts MAX_FREE_SOCKETS",
  "packages/wire/src/client/connection-agent.ts MAX_IDLE_CONNECTION_MILLISECONDS",
  "packages/wire/src/client/object-client.ts MAX_DOWNLOAD_IDLE_MILLISECONDS",
  "packages/wire/src/client/object-client.ts MAX_ERROR_ANSWER_BYTES",
  "packages/wire/src/client/object-client.ts ERROR_ANSWER_TIMEOUT_MILLISECONDS",
  "packages/wire/src/client/object-client.ts OBJECT_TIMEOUT_DEFAULT_MILLISECONDS",
  "packages/wire/src/shapes/shape.ts MAX_INTEGER",
  "packages/wire/src/json/value-reader.ts MAX_TIMESTAMP_SECONDS",
  "packages/bucket/src/protocol/request-bodies.ts MAX_PARTS",
  "packages/wire/src/sigv4/signing-key.ts MAX_SIGNING_KEY_CACHE_ENTRIES",
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
