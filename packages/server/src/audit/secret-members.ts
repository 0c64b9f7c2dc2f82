/**
 * What becomes of a member's value. `secret`: nothing of it is written. `values`: of a map, or a list of names and values, the names stay.
 * `open`: it is written, though its name looks like a secret's.
 */
export type MemberSecrecy = "secret" | "values" | "open";

/**
 * Members whose names look secret, of every operation that is served, by their names alone: a name means the same in all services. A test walks
 * all tables and fails for one that is not here.
 */
export const MEMBER_SECRECY: Readonly<Record<string, MemberSecrecy>> = {
  // Keys, tokens, proofs.
  secretAccessKey: "secret",
  SecretAccessKey: "secret",
  sessionToken: "secret",
  SessionToken: "secret",
  token: "secret",
  secret: "secret",
  clientToken: "secret",
  formerKeyProof: "secret",
  ClientSecret: "secret",
  EventSourceToken: "secret",
  Payload: "secret",
  ZipFile: "secret",
  BundleUrl: "secret",
  url: "secret",
  // What programs are started with.
  environment: "values",
  Variables: "values",
  AuthenticationRequestExtraParams: "values",
  // Names, places and switches.
  Environment: "open",
  environmentFiles: "open",
  secrets: "open",
  secretOptions: "open",
  credentialsParameter: "open",
  repositoryCredentials: "open",
  credentialSpecs: "open",
  authorizationConfig: "open",
  tokenName: "open",
  tokenNameList: "open",
  tokens: "open",
  gitHubTokens: "open",
  tokenId: "open",
  nextToken: "open",
  NextToken: "open",
  iamSessionArn: "open",
  issuerCertificateAuthority: "open",
  AuthenticateOidcConfig: "open",
  AuthorizationEndpoint: "open",
  TokenEndpoint: "open",
  SessionCookieName: "open",
  SessionTimeout: "open",
  OnUnauthenticatedRequest: "open",
  UseExistingClientSecret: "open",
  AuthenticateCognitoConfig: "open",
  Certificates: "open",
  CertificateArn: "open",
  MutualAuthentication: "open",
  IgnoreClientCertificateExpiry: "open",
  FunctionUrlAuthType: "open",
  InvokedViaFunctionUrl: "open",
  PerExecutionEnvironmentMaxConcurrency: "open",
  ExecutionEnvironmentMemoryGiBPerVCpu: "open",
  UrlRewriteConfig: "open",
  signingCertificate: "open",
  endedSessions: "open",
  oldAccessKey: "open",
  endedTemporaryKeys: "open",
  deleteAccessKeys: "open",
  maxSessionSeconds: "open",
  temporaryKeys: "open",
  sessionPolicy: "open",
  Credentials: "open",
  RoleSessionName: "open",
  TokenCode: "secret",
  TransitiveTagKeys: "open",
  AccessKeyMetadata: "open",
  AccessKeyLastUsed: "open",
};

/** Of names that end with Key or KeyId: which key, or a key of a tag or an object. */
export const NAMES_A_KEY: ReadonlySet<string> = new Set([
  "Key",
  "key",
  "S3Key",
  "accessKey",
  "accessKeys",
  "accessKeyId",
  "AccessKey",
  "AccessKeyId",
  "formerAccessKeyId",
  "kmsKey",
]);

export const LOOKS_SECRET =
  /secret|token|passw|credential|key|auth|proof|private|session|certificate|environment|variable|payload|url|zip|cookie/i;

/** Names of keys that are no secret by their ends. */
const OPEN_KEY_NAME = /(KeyId|KeyIds|KeyArn|KeyPrefix|KeyFilter|TagKeys|tagKeys)$/;
/** Of addresses and policies: what is private in them is no secret. */
const OPEN_PRIVATE_NAME =
  /^(privateIpv4Address|PrivateIPv4Address|EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic|awsPcaAuthorityArn)$/;

/** Undefined: nothing in its name looks secret, or nobody has decided yet, which a test tells. */
export function secrecyOf(member: string): MemberSecrecy | undefined {
  if (Object.hasOwn(MEMBER_SECRECY, member)) return MEMBER_SECRECY[member];
  if (NAMES_A_KEY.has(member) || OPEN_KEY_NAME.test(member) || OPEN_PRIVATE_NAME.test(member)) return "open";
  return undefined;
}
