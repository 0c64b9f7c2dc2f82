import { chmodSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { renderAwsConfig, renderAwsCredentials } from "@sluice/wire/config/aws-config.ts";
import type { AccessKey } from "./access-keys.ts";

/** The files that a server keeps in its data directory, beside the database. */
export interface DataDirectory {
  readonly root: string;
  readonly bucket: string;
  readonly logs: string;
  readonly awsConfig: string;
  readonly awsCredentials: string;
  readonly tlsCertificate: string;
  readonly metricsToken: string;
}

export function dataDirectory(root: string): DataDirectory {
  return {
    root,
    bucket: join(root, "bucket"),
    logs: join(root, "logs"),
    awsConfig: join(root, "aws", "config"),
    awsCredentials: join(root, "aws", "credentials"),
    tlsCertificate: join(root, "tls-certificate.pem"),
    metricsToken: join(root, "metrics-token"),
  };
}

export interface ClientFiles {
  readonly rootKey: AccessKey;
  readonly region: string;
  readonly endpoint: string;
  readonly metricsToken: string;
  /** Absent where the endpoint is plain HTTP on loopback. */
  readonly tlsCertificatePem: string | undefined;
}

/** What clients on this machine need: the profile `sluice`, and the certificate to trust. Written anew at each start. */
export function writeClientFiles(directory: DataDirectory, files: ClientFiles): void {
  mkdirSync(join(directory.root, "aws"), { recursive: true, mode: 0o700 });
  const { accessKeyId, secretAccessKey } = files.rootKey;
  writeSecret(directory.awsCredentials, renderAwsCredentials({ accessKeyId, secretAccessKey }));
  writeSecret(directory.metricsToken, `${files.metricsToken}\n`);
  if (files.tlsCertificatePem) writeWhole(directory.tlsCertificate, files.tlsCertificatePem, 0o644);
  const caBundle = files.tlsCertificatePem ? directory.tlsCertificate : undefined;
  writeWhole(
    directory.awsConfig,
    renderAwsConfig({ region: files.region, endpoint: files.endpoint, ...(caBundle ? { caBundle } : {}) }),
    0o644,
  );
}

function writeSecret(path: string, text: string): void {
  writeWhole(path, text, 0o600);
}

/** Old content or new, never half of it; untouched when nothing changed. */
export function writeWhole(path: string, text: string, mode: number): void {
  if (readOrNull(path) === text) {
    chmodSync(path, mode);
    return;
  }
  const temporary = `${path}.${process.pid}`;
  writeFileSync(temporary, text, { mode });
  renameSync(temporary, path);
}

function readOrNull(path: string): string | null {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return null;
  }
}
