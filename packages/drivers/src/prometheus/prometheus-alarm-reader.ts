import type { AlarmReader } from "@sluice/engine/ports/alarm-reader.ts";
import { reasonOf } from "@sluice/model/reason-of.ts";
import * as v from "valibot";
import type { Driver } from "../driver.ts";
import { numberWithin, SettingsError, secretText, settings, text } from "../settings-schema.ts";
import { judgeRules, parseAlertingRules } from "./alerting-rules.ts";
import { getFromPrometheus } from "./prometheus-client.ts";

const TIMEOUT_DEFAULT_SECONDS = 10;
const MAX_TIMEOUT_SECONDS = 60;
/** Longer, and a proxy on the way may refuse the request line. */
const MAX_QUERY_CHARACTERS = 2_000;

export const PROMETHEUS_SETTINGS = settings({
  url: text("the address of Prometheus, such as http://127.0.0.1:9090", urlProblem),
  bearerToken: v.optional(secretText("a token for the Authorization header")),
  username: v.optional(text("the user, where Prometheus asks for one")),
  password: v.optional(secretText("the user's password")),
  timeoutSeconds: v.optional(numberWithin(1, MAX_TIMEOUT_SECONDS, "how long an answer may take")),
});

export type PrometheusSettings = v.InferOutput<typeof PROMETHEUS_SETTINGS>;

/** Alerting rules of a Prometheus by name. Silences live in the Alertmanager, so a silenced alert is an alarm here. */
export const prometheusAlarmReader: Driver<"alarm-reader", PrometheusSettings, object, AlarmReader> = {
  port: "alarm-reader",
  name: "prometheus",
  configSchema: PROMETHEUS_SETTINGS,
  create: (settings) => {
    const connection = {
      url: settings.url.replace(/\/+$/, ""),
      authorization: authorizationOf(settings),
      timeoutMilliseconds: (settings.timeoutSeconds ?? TIMEOUT_DEFAULT_SECONDS) * 1_000,
    };
    return {
      read: async (names, signal) => {
        signal.throwIfAborted();
        if (names.length === 0) return [];
        const answer = await getFromPrometheus(`/api/v1/rules?${rulesQuery(names)}`, connection, signal);
        const rules = readRules(answer, connection.url);
        return names.map((name) =>
          judgeRules(
            name,
            rules.filter((rule) => rule.name === name),
          ),
        );
      },
    };
  },
};

/** Since 2.46 Prometheus answers with the named rules alone; older ones pass over the names and answer with all. */
function rulesQuery(names: readonly string[]): string {
  const query = new URLSearchParams({ type: "alert" });
  for (const name of new Set(names)) query.append("rule_name[]", name);
  return query.toString().length <= MAX_QUERY_CHARACTERS ? query.toString() : "type=alert";
}

function readRules(answer: unknown, url: string) {
  try {
    return parseAlertingRules(answer);
  } catch (error) {
    const reason = reasonOf(error);
    throw new Error(`the alarms cannot be read from Prometheus at ${url}: its answer has no rules (${reason})`, {
      cause: error,
    });
  }
}

function authorizationOf({ bearerToken, username, password }: PrometheusSettings): string | undefined {
  if (bearerToken !== undefined) {
    if (username !== undefined) throw new SettingsError("username", "is given with bearerToken: give one of the two");
    return `Bearer ${bearerToken}`;
  }
  if (username === undefined && password === undefined) return undefined;
  if (username === undefined) throw new SettingsError("username", "is missing: the password is given without it");
  if (password === undefined) throw new SettingsError("password", "is missing: the username is given without it");
  return `Basic ${Buffer.from(`${username}:${password}`).toString("base64")}`;
}

/** The value is not shown: it may hold a password. */
function urlProblem(text: string): string | undefined {
  const url = URL.parse(text);
  if (url === null || !/^https?:$/.test(url.protocol) || url.search !== "" || url.hash !== "")
    return "is not of the form http(s)://HOST[:PORT][/PREFIX]";
  if (url.username === "" && url.password === "") return undefined;
  return "has a user in it, which would be shown in messages: give username and password of their own";
}
