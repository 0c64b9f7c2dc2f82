import { createHash, timingSafeEqual, verify, X509Certificate } from "node:crypto";
import { SPECIFICATION_FORMAT } from "@sluice/model/deployment-specification.ts";
import { DER_TAG, type DerElement, expectTag, MalformedDer, readDerElement, readDerSequence } from "./der.ts";

/** An envelope that the agent does not believe. The message says what is wrong with it, and is shown as the event's failure. */
export class EnvelopeRefused extends Error {
  /** Without what it means for a deployment: other things than specifications are signed, too. */
  readonly reason: string;

  constructor(reason: string, options?: ErrorOptions) {
    super(
      `The deployment specification was refused: ${reason}. This host accepts only specifications that are signed with the certificate that it ` +
        "got when it enrolled. If the server has a new signing certificate, enrol the host again.",
      options,
    );
    this.name = "EnvelopeRefused";
    this.reason = reason;
  }
}

/** What is wrong is not the envelope: the server has another certificate than the one that this host pinned. */
export class OtherCertificate extends EnvelopeRefused {}

/** The certificate that specifications must be signed with, ready to verify. */
export interface PinnedCertificate {
  readonly encoded: Buffer;
  readonly issuer: Buffer;
  readonly serialNumber: Buffer;
  readonly publicKey: X509Certificate["publicKey"];
}

/** Specifications are a few kilobytes; anything near this is an attack on memory. */
export const MAX_ENVELOPE_CHARACTERS = 1024 * 1024;

const OID = {
  data: Buffer.from("2a864886f70d010701", "hex"),
  signedData: Buffer.from("2a864886f70d010702", "hex"),
  contentType: Buffer.from("2a864886f70d010903", "hex"),
  messageDigest: Buffer.from("2a864886f70d010904", "hex"),
  sha256: Buffer.from("608648016503040201", "hex"),
  ecdsaWithSha256: Buffer.from("2a8648ce3d040302", "hex"),
  rsaEncryption: Buffer.from("2a864886f70d010101", "hex"),
  sha256WithRsa: Buffer.from("2a864886f70d01010b", "hex"),
} as const;

const VERSION_1 = Buffer.from([1]);
const PEM_BODY = /^\s*-----BEGIN (PKCS7|CMS)-----([A-Za-z0-9+/=\s]+)-----END \1-----\s*$/;
const BASE64_BODY = /^[A-Za-z0-9+/=\s]+$/;

/**
 * @param pem the signing certificate as pinned at enrolment. Its dates are not looked at: the pin is the trust, and a host whose
 *   clock is wrong must still be deployable.
 */
export function pinCertificate(pem: string): PinnedCertificate {
  const certificate = new X509Certificate(pem);
  const encoded = certificate.raw;
  const body = readDerSequence(readDerElement(encoded, DER_TAG.sequence).content);
  const fields = readDerSequence(expectTag(body[0], DER_TAG.sequence).content);
  // TBSCertificate: [0] version, serialNumber, signature, issuer, …
  return {
    encoded,
    serialNumber: expectTag(fields[1], DER_TAG.integer).content,
    issuer: expectTag(fields[3], DER_TAG.sequence).encoded,
    publicKey: certificate.publicKey,
  };
}

/**
 * The signed content of an envelope. Refuses everything but one signature, by the pinned certificate, over the digest of a content
 * that is inside the envelope.
 * @throws {EnvelopeRefused}
 */
export function openEnvelope(envelope: { Format: string; Payload: string }, pinned: PinnedCertificate): string {
  if (envelope.Format !== SPECIFICATION_FORMAT) {
    throw new EnvelopeRefused(`its format is ${JSON.stringify(envelope.Format)}, not ${SPECIFICATION_FORMAT}`);
  }
  const encoded = decodePayload(envelope.Payload);
  let signed: SignedContent;
  try {
    signed = readSignedData(encoded);
  } catch (error) {
    if (!(error instanceof MalformedDer)) throw error;
    throw new EnvelopeRefused(`its payload is not a well-formed PKCS7 message (${error.message})`, { cause: error });
  }
  checkSigner(signed, pinned);
  checkSignature(signed, pinned);
  return new TextDecoder("utf-8", { fatal: true }).decode(signed.content);
}

interface SignedContent {
  readonly content: Buffer;
  readonly certificate: Buffer;
  readonly issuer: Buffer;
  readonly serialNumber: Buffer;
  readonly signedAttributes: DerElement;
  readonly contentDigest: Buffer;
  readonly signatureAlgorithm: Buffer;
  readonly signature: Buffer;
}

function decodePayload(payload: unknown): Buffer {
  if (typeof payload !== "string" || payload === "") throw new EnvelopeRefused("it has no payload");
  if (payload.length > MAX_ENVELOPE_CHARACTERS) {
    throw new EnvelopeRefused(`its payload has ${payload.length} characters, above ${MAX_ENVELOPE_CHARACTERS}`);
  }
  const body = PEM_BODY.exec(payload)?.[2] ?? (BASE64_BODY.test(payload) ? payload : undefined);
  if (body === undefined) throw new EnvelopeRefused("its payload is neither PEM nor base64");
  return Buffer.from(body, "base64");
}

/** ContentInfo { signedData, [0] SignedData } of RFC 5652, in the one form that we accept. */
function readSignedData(encoded: Buffer): SignedContent {
  const [contentType, wrapped, ...beyond] = sequenceOf(readDerElement(encoded, DER_TAG.sequence));
  expectOid(contentType, OID.signedData, "the content type is not signed data");
  if (beyond.length > 0) throw new MalformedDer("something follows the signed data");
  const signedData = readDerElement(expectTag(wrapped, DER_TAG.context0).content, DER_TAG.sequence);
  const [version, digestAlgorithms, contentInfo, certificates, signers, ...rest] = sequenceOf(signedData);
  if (rest.length > 0)
    throw new MalformedDer("it has other parts, such as revocation lists, where only a certificate is allowed");
  expectVersion(version);
  expectAlgorithm(onlyElement(expectTag(digestAlgorithms, DER_TAG.set), "digest algorithm"), [OID.sha256]);
  const [innerType, innerContent, ...innerRest] = sequenceOf(contentInfo);
  expectOid(innerType, OID.data, "the signed content is not plain data");
  if (innerRest.length > 0) throw new MalformedDer("something follows the content");
  const content = readDerElement(expectTag(innerContent, DER_TAG.context0).content, DER_TAG.octetString).content;
  const certificate = onlyElement(expectTag(certificates, DER_TAG.context0), "certificate").encoded;
  return {
    content,
    certificate,
    ...readSigner(onlyElement(expectTag(signers, DER_TAG.set), "signer")),
  };
}

function readSigner(signer: DerElement): Omit<SignedContent, "content" | "certificate"> {
  const [version, sid, digestAlgorithm, attributes, algorithm, signature, ...rest] = sequenceOf(signer);
  if (rest.length > 0) throw new MalformedDer("the signer has unsigned attributes");
  expectVersion(version);
  const [issuer, serialNumber, ...sidRest] = sequenceOf(sid);
  if (sidRest.length > 0) throw new MalformedDer("the signer's name is too long");
  expectAlgorithm(digestAlgorithm, [OID.sha256]);
  // Signed attributes are required: without them a signature over the content could be read as one over attributes, and back.
  const signedAttributes = expectTag(attributes, DER_TAG.context0);
  const signatureAlgorithm = expectAlgorithm(algorithm, [OID.ecdsaWithSha256, OID.rsaEncryption, OID.sha256WithRsa]);
  return {
    issuer: expectTag(issuer, DER_TAG.sequence).encoded,
    serialNumber: expectTag(serialNumber, DER_TAG.integer).content,
    signedAttributes,
    contentDigest: readContentDigest(signedAttributes),
    signatureAlgorithm,
    signature: expectTag(signature, DER_TAG.octetString).content,
  };
}

function readContentDigest(signedAttributes: DerElement): Buffer {
  const values = new Map<string, DerElement>();
  for (const attribute of readDerSequence(signedAttributes.content)) {
    const [type, set, ...rest] = sequenceOf(attribute);
    if (rest.length > 0) throw new MalformedDer("an attribute has more than a type and values");
    const name = expectTag(type, DER_TAG.objectIdentifier).content.toString("hex");
    if (values.has(name)) throw new MalformedDer("an attribute occurs twice");
    values.set(name, onlyElement(expectTag(set, DER_TAG.set), "attribute value"));
  }
  expectOid(values.get(OID.contentType.toString("hex")), OID.data, "the signed content type is not plain data");
  return expectTag(values.get(OID.messageDigest.toString("hex")), DER_TAG.octetString).content;
}

function checkSigner(signed: SignedContent, pinned: PinnedCertificate): void {
  const isPinned =
    signed.certificate.equals(pinned.encoded) &&
    signed.issuer.equals(pinned.issuer) &&
    signed.serialNumber.equals(pinned.serialNumber);
  if (!isPinned) throw new OtherCertificate("it is signed by another certificate than the pinned one");
}

function checkSignature(signed: SignedContent, pinned: PinnedCertificate): void {
  const digest = createHash("sha256").update(signed.content).digest();
  if (digest.length !== signed.contentDigest.length || !timingSafeEqual(digest, signed.contentDigest)) {
    throw new EnvelopeRefused("its content was altered after it was signed");
  }
  const keyType = pinned.publicKey.asymmetricKeyType;
  if ((keyType === "ec") !== signed.signatureAlgorithm.equals(OID.ecdsaWithSha256)) {
    throw new EnvelopeRefused("its signature algorithm does not belong to the pinned key");
  }
  // RFC 5652, 5.4: the signature covers the attributes encoded as a SET OF, not with their [0] tag.
  const covered = Buffer.from(signed.signedAttributes.encoded);
  covered[0] = DER_TAG.set;
  if (!isSignedBy(covered, pinned, signed.signature)) throw new EnvelopeRefused("its signature does not verify");
}

function isSignedBy(covered: Buffer, pinned: PinnedCertificate, signature: Buffer): boolean {
  try {
    return verify("sha256", covered, pinned.publicKey, signature);
  } catch {
    return false; // OpenSSL throws on a signature that it cannot even decode
  }
}

function sequenceOf(element: DerElement | undefined): readonly DerElement[] {
  return readDerSequence(expectTag(element, DER_TAG.sequence).content);
}

function onlyElement(container: DerElement, what: string): DerElement {
  const elements = readDerSequence(container.content);
  if (elements.length !== 1) throw new MalformedDer(`${elements.length} of ${what}, but exactly one is expected`);
  return elements[0]!;
}

function expectVersion(element: DerElement | undefined): void {
  if (!expectTag(element, DER_TAG.integer).content.equals(VERSION_1)) throw new MalformedDer("an unknown version");
}

function expectOid(element: DerElement | undefined, oid: Buffer, complaint: string): void {
  if (!expectTag(element, DER_TAG.objectIdentifier).content.equals(oid)) throw new MalformedDer(complaint);
}

/** AlgorithmIdentifier with absent or NULL parameters. Returns the identifier. */
function expectAlgorithm(element: DerElement | undefined, allowed: readonly Buffer[]): Buffer {
  const [identifier, parameters, ...rest] = sequenceOf(element);
  const oid = expectTag(identifier, DER_TAG.objectIdentifier).content;
  if (!allowed.some((one) => one.equals(oid))) throw new MalformedDer("an algorithm that is not accepted");
  if (rest.length > 0 || (parameters !== undefined && expectTag(parameters, DER_TAG.null).content.length > 0)) {
    throw new MalformedDer("an algorithm with parameters");
  }
  return oid;
}
