import { AwsCallError } from "./aws-call-error.ts";
import { awsCaller } from "./aws-caller.ts";
import type { AwsClientSettings, AwsCredentials } from "./aws-client-settings.ts";

/** A session that ends sooner than this is not used any more: a call that begins with it may last. */
const RENEWED_BEFORE_MILLISECONDS = 5 * 60_000;
const SESSION_MILLISECONDS = 3_600_000;
/** STS takes no longer name. */
const MAX_SESSION_NAME_CHARACTERS = 64;

interface Session {
  readonly credentials: AwsCredentials;
  readonly expiresAt: number;
}

export interface RoleSessions {
  /**
   * The role's credentials, assumed anew when there are none or they are about to expire. Rejects with an AwsCallError.
   *
   * @param purpose what a new session is named after, as CloudTrail shows it: `sluice-d-A1B2C3111`
   */
  credentialsOf(roleArn: string, purpose: string): Promise<AwsCredentials>;
}

/** Assumes roles by STS with the binding's own key. A role has one session at a time, whoever asks. */
export function roleSessions(settings: AwsClientSettings, now: () => number): RoleSessions {
  const call = awsCaller(settings, "sts", async (config) => (await import("./sts-client.ts")).openSts(config));
  const sessions = new Map<string, Promise<Session>>();
  return {
    async credentialsOf(roleArn, purpose) {
      const known = sessions.get(roleArn);
      // Who was refused before, or could not ask, asks again.
      const session = await known?.catch(() => undefined);
      if (session && now() < session.expiresAt - RENEWED_BEFORE_MILLISECONDS) return session.credentials;
      // Another caller may have begun a new one meanwhile.
      if (sessions.get(roleArn) === known) sessions.set(roleArn, assume(roleArn, purpose));
      return ((await sessions.get(roleArn)) as Session).credentials;
    },
  };

  async function assume(roleArn: string, purpose: string): Promise<Session> {
    const input = { RoleArn: roleArn, RoleSessionName: sessionName(purpose) };
    // Several callers wait for it: none of them ends it.
    const { Credentials } = await call("AssumeRole", new AbortController().signal, (client, options) =>
      client.assumeRole(input, options),
    );
    const { AccessKeyId, SecretAccessKey, SessionToken, Expiration } = Credentials ?? {};
    if (!AccessKeyId || !SecretAccessKey || !SessionToken) {
      const reason = `the answer to sts:AssumeRole of ${roleArn} has no credentials`;
      throw new AwsCallError(reason, { code: "InvalidAnswer", reason, isRefusal: false });
    }
    const expiresAt = Expiration?.getTime() ?? now() + SESSION_MILLISECONDS;
    const credentials = { accessKeyId: AccessKeyId, secretAccessKey: SecretAccessKey, sessionToken: SessionToken };
    return { credentials: { ...credentials, expiration: new Date(expiresAt) }, expiresAt };
  }
}

function sessionName(purpose: string): string {
  return `sluice-${purpose}`.replace(/[^\w+=,.@-]/g, "-").slice(0, MAX_SESSION_NAME_CHARACTERS);
}
