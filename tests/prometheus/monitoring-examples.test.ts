import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { describe, expect, it } from "vitest";
import { type SluiceServer, startSluiceServer } from "../installation/sluice-server.fixture.ts";

const EXAMPLES = resolve("examples/monitoring");
const RULES = join(EXAMPLES, "sluice-alerts.yml");
const DASHBOARD = join(EXAMPLES, "sluice-dashboard.json");
/** A server without functions has none of these. */
const OF_FUNCTIONS = /^sluice_function_/;
const TROUBLE_MINUTES = 120;
/** Old enough for anything that has to last a while; the times of promtool begin at 0. */
const AFTER_MINUTES = 119;

/** What each alert fires for, and what is nothing to worry about. */
const FIRES: Readonly<Record<string, readonly [metric: string, trouble: string, calm: string]>> = {
  SluiceDown: ['up{job="sluice",instance="s"}', "0", "1"],
  SluiceNotReady: ['sluice_ready{instance="s"}', "0", "1"],
  SluiceHostsDark: ['sluice_hosts{state="dark",instance="s"}', "2", "0"],
  SluiceServerHearsNothing: ['sluice_hearing{instance="s"}', "0", "1"],
  SluiceDeploymentFailed: ['sluice_deployments{status="Failed",instance="s"}', "0+1", "3"],
  SluiceGroupRolledBack: ['sluice_rolled_back_groups{instance="s"}', "1", "0"],
  SluiceInternalError: ['sluice_quarantined_deployments{instance="s"}', "1", "0"],
  SluiceTriggerMessagesFailed: ['sluice_trigger_deliveries{status="failed",instance="s"}', "1", "0"],
  SluiceDiskAlmostFull: ['sluice_data_directory_free_bytes{instance="s"}', "1000000000", "5000000000"],
  SluiceBackupMissing: ['sluice_last_backup_timestamp_seconds{instance="s"}', "-200000", "0"],
  SluiceCertificateExpires: ['sluice_tls_certificate_expiry_timestamp_seconds{instance="s"}', "86400", "90000000"],
  SluiceAuditLinesLost: ['sluice_audit_lines_lost_total{instance="s"}', "0+1", "3"],
  SluicePruneFails: ['sluice_prune_failures_total{instance="s"}', "0+1", "3"],
};

function alertsOf(rules: string): string[] {
  return [...rules.matchAll(/^ +- alert: (\w+)$/gm)].map(([, name]) => name ?? "");
}

function metricsIn(text: string): Set<string> {
  return new Set(text.match(/\b(?:sluice|process|nodejs)_[a-z0-9_]+/g));
}

/** `0` or `0+1` for as long as the trouble lasts. */
const series = (values: string) => `${values.includes("+") ? values : `${values}+0`}x${TROUBLE_MINUTES}`;

describe("the examples for monitoring", () => {
  it("use metrics that the server has", async () => {
    const server: SluiceServer = await startSluiceServer();
    try {
      const metrics = await (await fetch(`${server.url()}/metrics`)).text();
      const there = new Set([...metrics.matchAll(/^# TYPE (\w+)/gm)].map(([, name]) => name));
      const expressions = [
        ...readFileSync(RULES, "utf8").matchAll(/^ +expr: (.*)$/gm),
        ...readFileSync(DASHBOARD, "utf8").matchAll(/"expr": (.*)$/gm),
      ].map(([, expression]) => expression ?? "");
      expect(expressions.length).toBeGreaterThan(30);
      const missing = [...metricsIn(expressions.join("\n"))].filter(
        (name) => !OF_FUNCTIONS.test(name) && !there.has(name),
      );
      expect(missing.filter((name) => name !== "sluice_tls_certificate_expiry_timestamp_seconds")).toEqual([]);
      // An alert on growth needs the series from the start: the first failure is one, too.
      expect(metrics).toMatch(/^sluice_deployments\{status="Failed"\} 0$/m);
      expect(metrics).toMatch(/^sluice_ready 1$/m);
      expect(metrics).toMatch(/^sluice_last_backup_timestamp_seconds 0$/m);
      expect(Number(/^sluice_data_directory_free_bytes (.*)$/m.exec(metrics)?.[1])).toBeGreaterThan(0);

      await server.sluice("backup", join(server.data, "one.tar"));
      await expect
        .poll(async () => (await fetch(`${server.url()}/metrics`)).text(), { timeout: 60_000 })
        .toMatch(/^sluice_last_backup_timestamp_seconds [1-9]/m);
    } finally {
      await server.close();
    }
  });

  it("name every alert in this table", () => {
    expect(alertsOf(readFileSync(RULES, "utf8"))).toEqual(Object.keys(FIRES));
  });

  it("fire in trouble, and not without it", (context) => {
    const promtool = spawnSync("promtool", ["--version"], { stdio: "ignore" });
    context.skip(promtool.status !== 0, "promtool is not installed (Debian: prometheus)");
    const folder = mkdtempSync(join(tmpdir(), "sluice-rules-"));
    try {
      copyFileSync(RULES, join(folder, "rules.yml"));
      const rules = readFileSync(RULES, "utf8");
      const file = join(folder, "test.yml");
      const testOf = (
        [alert, [metric, trouble, calm]]: [string, readonly [string, string, string]],
        isTrouble: boolean,
      ) => ({
        interval: "1m",
        input_series: [{ series: metric, values: series(isTrouble ? trouble : calm) }],
        promql_expr_test: [
          {
            // Annotations are not compared: `ALERTS` says what fires.
            expr: `count(ALERTS{alertname="${alert}",alertstate="firing"}) or vector(0)`,
            eval_time: `${AFTER_MINUTES}m`,
            exp_samples: [{ labels: "{}", value: isTrouble ? 1 : 0 }],
          },
        ],
      });
      const tests = Object.entries(FIRES).flatMap((row) => [testOf(row, true), testOf(row, false)]);
      writeFileSync(file, JSON.stringify({ rule_files: ["rules.yml"], evaluation_interval: "1m", tests }));
      const run = spawnSync("promtool", ["test", "rules", file], { encoding: "utf8" });
      expect(`${run.stdout}${run.stderr}`).toContain("SUCCESS");
      // The table above proves nothing unless what it gives makes a difference.
      writeFileSync(join(folder, "rules.yml"), rules.replaceAll(/expr: .*/g, "expr: vector(0) > 1"));
      expect(spawnSync("promtool", ["test", "rules", file]).status).not.toBe(0);
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  });

  it("are a dashboard whose panels do not lie upon each other", () => {
    const { panels } = JSON.parse(readFileSync(DASHBOARD, "utf8")) as {
      panels: { id: number; gridPos: { x: number; y: number; w: number; h: number } }[];
    };
    const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) =>
      Array.from({ length: w * h }, (_, at) => `${x + (at % w)},${y + Math.floor(at / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    expect(Math.max(...panels.map(({ gridPos: { x, w } }) => x + w))).toBeLessThanOrEqual(24);
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
  });
});
