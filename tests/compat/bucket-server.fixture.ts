/** A bare node server around the embedded bucket, for the clients that the compatibility tests drive. */
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { s3Handler } from "@sluice/bucket/http/s3-routes.ts";
import { S3Error } from "@sluice/bucket/protocol/s3-error.ts";
import { openBucketStore } from "@sluice/bucket/store/bucket-store.ts";
import { reachBy } from "@sluice/server/http/reached-name.ts";
import { s3Authorize } from "@sluice/server/http/s3-access.ts";
import { ServerNames } from "@sluice/server/http/server-names.ts";
import { pageTokens } from "@sluice/server/operations/page-tokens.ts";
import { createSelfSignedCertificate } from "@sluice/server/signing/self-signed-certificate.ts";
import { parseAuthorization } from "@sluice/wire/sigv4/authorization.ts";
import { verifySignature } from "@sluice/wire/sigv4/verify.ts";

interface TestKey {
  secret: string;
  role: "root" | "read-only" | "host";
}

export const KEYS: Readonly<Record<string, TestKey>> = {
  AKIAROOTROOTROOTROOT: { secret: "root-secret-for-tests", role: "root" },
  AKIAREADREADREADREAD: { secret: "read-secret-for-tests", role: "read-only" },
  AKIAHOSTHOSTHOSTHOST: { secret: "host-secret-for-tests", role: "host" },
};

/** The one object that a host may read. */
export const HOST_OBJECT: { bucket: string; key: string; versionId?: string } = {
  bucket: "revisions",
  key: "for-hosts",
};

export async function startBucketServer(options: { tls?: boolean } = {}) {
  const directory = mkdtempSync(join(tmpdir(), "bucket-compat-"));
  const store = await openBucketStore({ directory, now: () => new Date() });
  const internalErrors: unknown[] = [];
  const reach = reachBy(new ServerNames({ listen: ["127.0.0.1"], configured: [] }));
  const handle = s3Handler({
    store,
    pageTokens: pageTokens("the secret of a test", "111122223333"),
    accountId: "111122223333",
    region: "us-east-1",
    reach: (request) => reach(request, true),
    hasTooManyPieces: () => false,
    authorize: s3Authorize(
      (_, { bucket, key, versionId }) =>
        bucket === HOST_OBJECT.bucket && key === HOST_OBJECT.key && versionId === HOST_OBJECT.versionId,
    ),
    async authenticate(request) {
      const authorization = parseAuthorization(request);
      const key = KEYS[authorization.accessKeyId];
      if (!key)
        throw new S3Error("InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.");
      verifySignature(authorization, request, key.secret, new Date());
      const principal = { role: key.role, accessKeyId: authorization.accessKeyId, hostId: null };
      return { principal, authorization, secretAccessKey: key.secret };
    },
    onInternalError: (error) => internalErrors.push(error),
  });
  let open = 0;
  const payloadForms = new Set<string>();
  const listener = (request: IncomingMessage, response: ServerResponse) => {
    payloadForms.add(String(request.headers["x-amz-content-sha256"]));
    open++;
    void handle(request, response).finally(() => open--);
  };
  const certificate = options.tls
    ? await createSelfSignedCertificate({ commonName: "bucket tests", subjectAltNames: ["localhost", "127.0.0.1"] })
    : undefined;
  const certificateFile = join(directory, "certificate.pem");
  if (certificate) writeFileSync(certificateFile, certificate.certificatePem);
  const server = certificate
    ? createTlsServer({ cert: certificate.certificatePem, key: certificate.privateKeyPem }, listener)
    : createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  return {
    store,
    port,
    endpoint: `${options.tls ? "https" : "http"}://127.0.0.1:${port}`,
    certificateFile,
    /** Every x-amz-content-sha256 that clients have sent. */
    payloadForms,
    internalErrors,
    /** How many requests are being answered. */
    openRequests: () => open,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
      store.close();
      rmSync(directory, { recursive: true });
    },
  };
}

/** The environment of a client with one of our keys, and with nothing of this machine's own AWS configuration. */
export function clientEnvironment(accessKeyId: string, endpoint: string): NodeJS.ProcessEnv {
  const { AWS_PROFILE: _, ...inherited } = process.env;
  return {
    ...inherited,
    AWS_ACCESS_KEY_ID: accessKeyId,
    AWS_SECRET_ACCESS_KEY: KEYS[accessKeyId]!.secret,
    AWS_DEFAULT_REGION: "us-east-1",
    AWS_ENDPOINT_URL: endpoint,
    AWS_CONFIG_FILE: join(import.meta.dirname, "client-config"),
    AWS_SHARED_CREDENTIALS_FILE: "/dev/null",
    AWS_EC2_METADATA_DISABLED: "true",
    AWS_MAX_ATTEMPTS: "1",
    AWS_PAGER: "",
    NO_PROXY: "*",
  };
}
