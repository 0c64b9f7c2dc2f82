import { randomBytes } from "node:crypto";
import { isIP } from "node:net";
import { addressBytes } from "@sluice/model/address-bytes.ts";

/** ECDSA on P-256: small, fast to sign with, and known to every TLS client and CMS reader in use. */
export const CERTIFICATE_KEY_ALGORITHM = { name: "ECDSA", namedCurve: "P-256" } as const;
export const CERTIFICATE_DIGEST = "SHA-256";
const SERIAL_NUMBER_BYTES = 16;
/** RFC 5280, 4.1.2.5: "no well-defined expiration date". The pin is the trust; an expiry would only stop deployments one day. */
const NO_EXPIRY = new Date("9999-12-31T23:59:59Z");
/** Hosts whose clock is behind would otherwise see a certificate from the future. */
const BACKDATE_MILLISECONDS = 24 * 60 * 60 * 1000;
/** PEM, RFC 7468: 64 characters a line. */
const PEM_LINE = /.{1,64}/g;

const OID = {
  commonName: "2.5.4.3",
  subjectAltName: "2.5.29.17",
  keyUsage: "2.5.29.15",
  basicConstraints: "2.5.29.19",
} as const;

/** GeneralName choices of RFC 5280. */
const GENERAL_NAME = { dns: 2, ip: 7 } as const;

export interface CertificateAndKey {
  readonly certificatePem: string;
  /** PKCS8, unencrypted: keep it where only the server reads it. */
  readonly privateKeyPem: string;
}

export interface CertificateRequest {
  readonly commonName: string;
  /** For TLS: the names and addresses by which clients reach the server. */
  readonly subjectAltNames?: readonly string[] | undefined;
}

/** A new self-signed certificate and its key, trusted because it is pinned and for no other reason. */
export async function createSelfSignedCertificate({
  commonName,
  subjectAltNames = [],
}: CertificateRequest): Promise<CertificateAndKey> {
  const { pkijs, asn1js } = await loadCms();
  const keys = await crypto.subtle.generateKey(CERTIFICATE_KEY_ALGORITHM, true, ["sign", "verify"]);
  const certificate = new pkijs.Certificate();
  certificate.version = 2; // X.509 v3
  certificate.serialNumber = new asn1js.Integer({ valueHex: positiveSerialNumber() });
  for (const name of [certificate.issuer, certificate.subject]) {
    name.typesAndValues.push(
      new pkijs.AttributeTypeAndValue({ type: OID.commonName, value: new asn1js.Utf8String({ value: commonName }) }),
    );
  }
  certificate.notBefore.value = new Date(Date.now() - BACKDATE_MILLISECONDS);
  certificate.notAfter = new pkijs.Time({ type: 1, value: NO_EXPIRY }); // GeneralizedTime: UTCTime ends in 2049
  const digitalSignatureOnly = new asn1js.BitString({ valueHex: new Uint8Array([0x80]).buffer, unusedBits: 7 });
  certificate.extensions = [
    new pkijs.Extension({
      extnID: OID.basicConstraints,
      critical: true,
      extnValue: new pkijs.BasicConstraints({ cA: false }).toSchema().toBER(),
    }),
    new pkijs.Extension({ extnID: OID.keyUsage, critical: true, extnValue: digitalSignatureOnly.toBER() }),
  ];
  if (subjectAltNames.length > 0) {
    const names = subjectAltNames.map((name) => {
      if (isIP(name) === 0) return new pkijs.GeneralName({ type: GENERAL_NAME.dns, value: name });
      const octets = new asn1js.OctetString({ valueHex: new Uint8Array(addressBytes(name)).buffer });
      return new pkijs.GeneralName({ type: GENERAL_NAME.ip, value: octets });
    });
    certificate.extensions.push(
      new pkijs.Extension({
        extnID: OID.subjectAltName,
        critical: false,
        extnValue: new pkijs.GeneralNames({ names }).toSchema().toBER(),
      }),
    );
  }
  await certificate.subjectPublicKeyInfo.importKey(keys.publicKey);
  await certificate.sign(keys.privateKey, CERTIFICATE_DIGEST);
  return {
    certificatePem: toPem("CERTIFICATE", Buffer.from(certificate.toSchema().toBER())),
    privateKeyPem: toPem("PRIVATE KEY", Buffer.from(await crypto.subtle.exportKey("pkcs8", keys.privateKey))),
  };
}

/** Imported at first use: 60 ms and 10 MB that a server without hosts need not pay. */
export async function loadCms() {
  const [pkijs, asn1js] = await Promise.all([import("pkijs"), import("asn1js")]);
  return { pkijs, asn1js };
}

export function toPem(label: string, der: Buffer): string {
  const lines = der.toString("base64").match(PEM_LINE) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}

export function fromPem(label: string, pem: string): Uint8Array<ArrayBuffer> {
  const body = new RegExp(`-----BEGIN ${label}-----([A-Za-z0-9+/=\\s]+)-----END ${label}-----`).exec(pem)?.[1];
  if (body === undefined) throw new Error(`the key or certificate holds no PEM block "${label}"`);
  return new Uint8Array(Buffer.from(body, "base64"));
}

function positiveSerialNumber(): ArrayBuffer {
  const serial = new Uint8Array(randomBytes(SERIAL_NUMBER_BYTES));
  // The first byte decides sign and length: between 0x40 and 0x7f it is positive and minimal (DER).
  serial[0] = (serial[0]! & 0x3f) | 0x40;
  return serial.buffer;
}
