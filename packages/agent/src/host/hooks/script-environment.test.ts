import { expect, test } from "vitest";
import { specification } from "../host.fixture.ts";
import { completeHostConfig } from "../host-config.ts";
import { accountEnvironment, scriptEnvironment, withheldNames } from "./script-environment.ts";

const SYSTEM = {
  PATH: "/usr/bin:/bin",
  HOME: "/root",
  LANG: "C.UTF-8",
  LC_TIME: "de_CH.UTF-8",
  TZ: "Europe/Zurich",
  HTTPS_PROXY: "http://proxy.example:3128",
  no_proxy: "localhost,.example",
};
const SECRETS = {
  PGPASSWORD: "x",
  MYSQL_PWD: "x",
  DATABASE_URL: "postgres://shop:x@db/shop",
  GITHUB_PAT: "x",
  SSH_AUTH_SOCK: "/run/user/0/agent",
  AWS_ACCESS_KEY_ID: "x",
  SLUICE_TOKEN: "x",
  http_proxy: "http://shop:x@proxy.example:3128",
  NOTIFY_SOCKET: "/run/systemd/notify",
  CREDENTIALS_DIRECTORY: "/run/credentials/sluice-agent.service",
};
const APPLICATION = { JAVA_HOME: "/opt/java", RAILS_ENV: "production", RAILS_MASTER_KEY: "x", RAILS_API_TOKEN: "x" };
const agent = { ...SYSTEM, ...SECRETS, ...APPLICATION };

/** What a script sees of the agent's environment. */
function seen(named: readonly string[]): Record<string, string> {
  const variables = scriptEnvironment("ApplicationStart", specification(), agent, named);
  return Object.fromEntries(Object.entries(variables).filter(([name]) => name in agent));
}

test("a script sees what every service has, and nothing that only the agent was given", () => {
  expect(seen([])).toEqual(SYSTEM);
});

test("what the operator names, it sees too; a pattern means no credential and none of the agent's own", () => {
  expect(seen(["JAVA_HOME", "RAILS_*"])).toEqual({
    ...SYSTEM,
    JAVA_HOME: "/opt/java",
    RAILS_ENV: "production",
    RAILS_MASTER_KEY: "x",
  });
  expect(seen(["*"])).not.toHaveProperty("MYSQL_PWD");
  expect(seen(["*"])).not.toHaveProperty("AWS_ACCESS_KEY_ID");
  expect(seen(["PGPASSWORD", "http_proxy"])).toEqual({ ...SYSTEM, PGPASSWORD: "x", http_proxy: SECRETS.http_proxy });
});

test("the names that scripts do not see can be listed, without their values", () => {
  expect(withheldNames(agent, ["RAILS_*"])).toEqual(
    [
      "CREDENTIALS_DIRECTORY",
      "DATABASE_URL",
      "GITHUB_PAT",
      "JAVA_HOME",
      "MYSQL_PWD",
      "NOTIFY_SOCKET",
      "PGPASSWORD",
    ].concat(["RAILS_API_TOKEN", "SSH_AUTH_SOCK", "http_proxy"]),
  );
});

test("a setting that is no list of names is refused", () => {
  for (const scriptEnvironment of ["JAVA_HOME", ["A=B"], [1], ["*A"]]) {
    expect(() => completeHostConfig({ scriptEnvironment: scriptEnvironment as never })).toThrow(/scriptEnvironment is/);
  }
});

test("the host's variables for every user are below the account's own, and never name another event", () => {
  const account = { name: "web", uid: 1, gid: 1, home: "/srv/web", shell: "/bin/sh" };
  const ofHost = {
    PATH: "/opt/bin",
    HOME: "/elsewhere",
    DEPLOYMENT_ID: "d-FORGED",
    BUNDLE_ETAG: "x",
    SHOP_URL: "https://shop",
  };
  expect(accountEnvironment(account, ofHost)).toEqual({
    PATH: "/opt/bin",
    SHOP_URL: "https://shop",
    HOME: "/srv/web",
    SHELL: "/bin/sh",
    USER: "web",
    LOGNAME: "web",
  });
});
