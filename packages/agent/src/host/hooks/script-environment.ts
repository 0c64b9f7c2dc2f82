import type { DeploymentSpecification } from "@sluice/model/deployment-specification.ts";
import type { UserAccount } from "../install/accounts.ts";
import { bareDeploymentId } from "../layout.ts";
import { revisionEnvironment } from "../revision.ts";

/** What an init system gives every service, and what says how this host reaches the network. */
const INHERITED: readonly string[] = [
  ...["PATH", "HOME", "USER", "LOGNAME", "SHELL", "PWD", "TERM", "HOSTNAME", "TMPDIR"],
  ...["TZ", "LANG", "LANGUAGE", "LC_*"],
  ...["SSL_CERT_FILE", "SSL_CERT_DIR"],
  // By it `sluice up` finds the services that hooks started, and ends them with itself (cli/up/leftovers.ts).
  "RUN_OF_SLUICE_UP",
];
/** In capitals or not, as each program has it. Passed on only without a password in it. */
const PROXIES: ReadonlySet<string> = new Set(["HTTP_PROXY", "HTTPS_PROXY", "FTP_PROXY", "ALL_PROXY", "NO_PROXY"]);
const HAS_USER = /^[^/]*(\/\/)?[^/@]*@/;

/** The agent's own settings and its keys, the control plane's and AWS's. No pattern means them. */
const OWN_PREFIXES = ["AWS_", "SLUICE_"] as const;
const CREDENTIAL_WORDS =
  /(^|_)(SECRETS?|TOKEN|PASSWORD|PASSWD|PASS|PWD|PAT|CREDENTIALS?|PRIVATE_KEY|ACCESS_KEY|SECRET_KEY|API_KEY)(_|$)/i;

/** Working directories. */
const NOT_CREDENTIALS: ReadonlySet<string> = new Set(["PWD", "OLDPWD"]);

/** A name, or the beginning of names and a `*`. */
const SELECTOR = /^(?:[A-Za-z_][A-Za-z0-9_]*\*?|\*)$/;

/** Those that name the event and its revision; nothing on the host overrules them. */
const OF_THE_EVENT =
  /^(LIFECYCLE_EVENT|DEPLOYMENT_(ID|GROUP_NAME|GROUP_ID)|APPLICATION_NAME|BUNDLE_(BUCKET|KEY|VERSION|ETAG|COMMIT)|FAILED_(LIFECYCLE_EVENT|SCRIPT|ERROR_CODE|EXIT_CODE|REASON))$/;

export type Environment = Readonly<Record<string, string | undefined>>;

/** What a script sees: of the agent's environment what every service has and what the host's operator named, and the event's variables. */
export function scriptEnvironment(
  eventName: string,
  specification: DeploymentSpecification,
  agentEnvironment: Environment,
  named: readonly string[],
): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const [name, value] of Object.entries(agentEnvironment)) {
    if (value !== undefined && isPassedOn(name, value, named)) environment[name] = value;
  }
  return {
    ...environment,
    LIFECYCLE_EVENT: eventName,
    DEPLOYMENT_ID: bareDeploymentId(specification),
    APPLICATION_NAME: specification.ApplicationName,
    DEPLOYMENT_GROUP_NAME: specification.DeploymentGroupName,
    DEPLOYMENT_GROUP_ID: specification.DeploymentGroupId,
    ...revisionEnvironment(specification),
  };
}

/** What `su` gives a user without a login: the account's own, over what the host gives every user. */
export function accountEnvironment(
  account: UserAccount,
  ofHost: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const given = Object.entries(ofHost).filter(([name]) => !OF_THE_EVENT.test(name));
  return {
    ...Object.fromEntries(given),
    HOME: account.home,
    SHELL: account.shell,
    USER: account.name,
    LOGNAME: account.name,
  };
}

/** Without a login or `User=` in its unit an agent has no HOME: its scripts get its user's own. */
export function withAccount(
  environment: Record<string, string>,
  account: UserAccount | undefined,
): Record<string, string> {
  return account === undefined ? environment : { ...accountEnvironment(account), ...environment };
}

/** Names of the agent's environment, other than its own settings, that scripts do not see. */
export function withheldNames(agentEnvironment: Environment, named: readonly string[]): readonly string[] {
  const isOwn = (name: string) => OWN_PREFIXES.some((prefix) => name.startsWith(prefix));
  return Object.entries(agentEnvironment)
    .filter(([name, value]) => value !== undefined && !isOwn(name) && !isPassedOn(name, value, named))
    .map(([name]) => name)
    .sort();
}

/** Whether the variable's value is masked where output leaves the host: it is named, or its name is a credential's. A path is none. */
export function isMaskedVariable(name: string, value: string, named: readonly string[]): boolean {
  const isNamed = named.some((entry) => (entry.endsWith("*") ? name.startsWith(entry.slice(0, -1)) : name === entry));
  return isNamed || (CREDENTIAL_WORDS.test(name) && !NOT_CREDENTIALS.has(name) && !value.startsWith("/"));
}

/** Whether it is the name of a variable, or the beginning of names with a `*`. */
export function isEnvironmentSelector(name: unknown): boolean {
  return typeof name === "string" && SELECTOR.test(name);
}

/** @throws RangeError that names what is wrong */
export function checkScriptEnvironment(named: unknown): void {
  if (Array.isArray(named) && named.every(isEnvironmentSelector)) return;
  throw new RangeError(
    `scriptEnvironment is ${JSON.stringify(named)}; give a list of names of variables, such as ["JAVA_HOME", "RAILS_*"].`,
  );
}

function isPassedOn(name: string, value: string, named: readonly string[]): boolean {
  if (named.includes(name) || INHERITED.includes(name)) return true;
  if (PROXIES.has(name.toUpperCase())) return !HAS_USER.test(value);
  if (OWN_PREFIXES.some((prefix) => name.toUpperCase().startsWith(prefix)) || CREDENTIAL_WORDS.test(name)) return false;
  return [...INHERITED, ...named].some((selector) => selector.endsWith("*") && name.startsWith(selector.slice(0, -1)));
}
