import { createPrivateKey, X509Certificate } from "node:crypto";
import { readFile } from "node:fs/promises";
import { reasonOf } from "@sluice/model/reason-of.ts";
import { digestOf } from "./configured-names.ts";

const CERTIFICATE = /-----BEGIN CERTIFICATE-----[^-]+-----END CERTIFICATE-----/;
const KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----[^-]+-----END [A-Z ]*PRIVATE KEY-----/;

export type CertificateReading = { readonly digest: string } | { readonly trouble: string };

/** A PEM file with a certificate, its chain and its key. Nothing of its content is in a message. */
export async function readCertificate(name: string, path: string): Promise<CertificateReading> {
  let text: string;
  try {
    text = await readFile(path, "utf8");
  } catch (error) {
    return { trouble: `the certificate ${name} cannot be read: ${reasonOf(error)}` };
  }
  const trouble = pemTrouble(text);
  return trouble === undefined
    ? { digest: digestOf(text) }
    : { trouble: `the certificate ${name} (${path}) ${trouble}` };
}

function pemTrouble(text: string): string | undefined {
  const [certificate] = CERTIFICATE.exec(text) ?? [];
  const [key] = KEY.exec(text) ?? [];
  if (certificate === undefined)
    return "has no certificate in it: put the certificate, its chain and its key into one PEM file";
  if (key === undefined)
    return "has no private key in it: put the certificate, its chain and its key into one PEM file";
  try {
    if (new X509Certificate(certificate).checkPrivateKey(createPrivateKey(key))) return undefined;
    return "has a private key that is not of its first certificate";
  } catch {
    return "has a certificate or a key that cannot be read";
  }
}
