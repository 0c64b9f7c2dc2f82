import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { rootCertificates } from "node:tls";
import { writeWhole } from "../store/data-directory.ts";
import type { FunctionTrust } from "./function-variables.ts";

/**
 * Writes what functions need to believe the server: its certificate with its chain, and a bundle of that and the well-known authorities.
 * There is no secret in the folder, and nothing else: functions may read all of it.
 *
 * @param folder whole path; made when it is missing
 */
export function writeFunctionTrust(folder: string, certificatePem: string): FunctionTrust {
  mkdirSync(folder, { recursive: true, mode: 0o755 });
  const certificateFile = join(folder, "server-certificate.pem");
  const bundleFile = join(folder, "certificate-authorities.pem");
  const certificate = `${certificatePem.trim()}\n`;
  writeWhole(certificateFile, certificate, 0o644);
  writeWhole(bundleFile, `${certificate}${rootCertificates.join("\n")}\n`, 0o644);
  return { certificateFile, bundleFile };
}
