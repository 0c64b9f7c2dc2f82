import { createHash, randomBytes } from "node:crypto";

/**
 * Signs deployment specifications. ECDSA on P-256, because a signature takes 0.05 ms and 71 bytes where RSA-2048 takes 0.7 ms and 256:
 * our agent checks it against the pinned certificate, and the reference agent only parses it (it passes NOVERIFY and drops the answer).
 */
const KEY_ALGORITHM = { name: "ECDSA", namedCurve: "P-256" } as const;
const DIGEST = "SHA-256";
const CERTIFICATE_COMMON_NAME = "Sluice deployment specifications";
const SERIAL_NUMBER_BYTES = 16;
/** RFC 5280, 4.1.2.5: "no well-defined expiration date". The pin is the trust; an expiry would only stop deployments one day. */
const NO_EXPIRY = new Date("9999-12-31T23:59:59Z");
/** Hosts whose clock is behind would otherwise see a certificate from the future. */
const BACKDATE_MS = 24 * 60 * 60 * 1000;
/** PEM, RFC 7468: 64 characters a line. */
const PEM_LINE = /.{1,64}/g;

const OID = {
  commonName: "2.5.4.3",
  keyUsage: "2.5.29.15",
  basicConstraints: "2.5.29.19",
  data: "1.2.840.113549.1.7.1",
  signedData: "1.2.840.113549.1.7.2",
  contentType: "1.2.840.113549.1.9.3",
  messageDigest: "1.2.840.113549.1.9.4",
} as const;

export interface SigningCertificate {
  readonly certificatePem: string;
  /** PKCS8, unencrypted: keep it where only the server reads it. */
  readonly privateKeyPem: string;
}

/** The key in the form that signing needs; make it once with {@link loadSigningKey}, since decoding costs more than signing. */
export interface SpecificationSigningKey {
  readonly certificatePem: string;
  readonly certificateDer: Uint8Array<ArrayBuffer>;
  readonly privateKey: CryptoKey;
}

/** A new self-signed certificate and its key, made at the server's first start. */
export async function createSigningCertificate(): Promise<SigningCertificate> {
  const { pkijs, asn1js } = await loadCms();
  const keys = await crypto.subtle.generateKey(KEY_ALGORITHM, true, ["sign", "verify"]);
  const certificate = new pkijs.Certificate();
  certificate.version = 2; // X.509 v3
  certificate.serialNumber = new asn1js.Integer({ valueHex: positiveSerialNumber() });
  for (const name of [certificate.issuer, certificate.subject]) {
    name.typesAndValues.push(
      new pkijs.AttributeTypeAndValue({
        type: OID.commonName,
        value: new asn1js.Utf8String({ value: CERTIFICATE_COMMON_NAME }),
      }),
    );
  }
  certificate.notBefore.value = new Date(Date.now() - BACKDATE_MS);
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
  await certificate.subjectPublicKeyInfo.importKey(keys.publicKey);
  await certificate.sign(keys.privateKey, DIGEST);
  return {
    certificatePem: toPem("CERTIFICATE", Buffer.from(certificate.toSchema().toBER())),
    privateKeyPem: toPem("PRIVATE KEY", Buffer.from(await crypto.subtle.exportKey("pkcs8", keys.privateKey))),
  };
}

export async function loadSigningKey(certificate: SigningCertificate): Promise<SpecificationSigningKey> {
  const pkcs8 = fromPem("PRIVATE KEY", certificate.privateKeyPem);
  return {
    certificatePem: certificate.certificatePem,
    certificateDer: fromPem("CERTIFICATE", certificate.certificatePem),
    privateKey: await crypto.subtle.importKey("pkcs8", pkcs8, KEY_ALGORITHM, false, ["sign"]),
  };
}

/**
 * A non-detached PKCS7 over `json`, with the signer's certificate inside, as the Payload of a `PKCS7/JSON` envelope. It is PEM with
 * the label PKCS7: the reference agent hands the string to `OpenSSL::PKCS7.new`, which takes PEM or raw DER, never bare base64.
 */
export async function signSpecification(json: string, key: SpecificationSigningKey): Promise<string> {
  const { pkijs, asn1js } = await loadCms();
  const certificate = pkijs.Certificate.fromBER(key.certificateDer);
  const content = Buffer.from(json, "utf8");
  const digest = createHash("sha256").update(content).digest();
  const signed = new pkijs.SignedData({
    encapContentInfo: new pkijs.EncapsulatedContentInfo({ eContentType: OID.data }),
    signerInfos: [
      new pkijs.SignerInfo({
        version: 1,
        sid: new pkijs.IssuerAndSerialNumber({ issuer: certificate.issuer, serialNumber: certificate.serialNumber }),
        signedAttrs: new pkijs.SignedAndUnsignedAttributes({
          type: 0,
          // In DER order of a SET OF, so that every reader signs over the same bytes.
          attributes: [
            new pkijs.Attribute({
              type: OID.contentType,
              values: [new asn1js.ObjectIdentifier({ value: OID.data })],
            }),
            new pkijs.Attribute({
              type: OID.messageDigest,
              values: [new asn1js.OctetString({ valueHex: new Uint8Array(digest).buffer })],
            }),
          ],
        }),
      }),
    ],
    certificates: [certificate],
  });
  // Set after construction: the constructor would cut the content into a constructed (BER) octet string.
  signed.encapContentInfo.eContent = new asn1js.OctetString({ valueHex: new Uint8Array(content).buffer });
  await signed.sign(key.privateKey, 0, DIGEST);
  const cms = new pkijs.ContentInfo({ contentType: OID.signedData, content: signed.toSchema(true) });
  return toPem("PKCS7", Buffer.from(cms.toSchema().toBER()));
}

/** Imported at first use: 60 ms and 10 MB that a server without hosts need not pay. */
async function loadCms() {
  const [pkijs, asn1js] = await Promise.all([import("pkijs"), import("asn1js")]);
  return { pkijs, asn1js };
}

function positiveSerialNumber(): ArrayBuffer {
  const serial = new Uint8Array(randomBytes(SERIAL_NUMBER_BYTES));
  // The first byte decides sign and length: between 0x40 and 0x7f it is positive and minimal (DER).
  serial[0] = (serial[0]! & 0x3f) | 0x40;
  return serial.buffer;
}

function toPem(label: string, der: Buffer): string {
  const lines = der.toString("base64").match(PEM_LINE) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}

function fromPem(label: string, pem: string): Uint8Array<ArrayBuffer> {
  const body = new RegExp(`-----BEGIN ${label}-----([A-Za-z0-9+/=\\s]+)-----END ${label}-----`).exec(pem)?.[1];
  if (body === undefined) throw new Error(`the signing key or certificate holds no PEM block "${label}"`);
  return new Uint8Array(Buffer.from(body, "base64"));
}
