/** Why this host does not become the program that it was offered, as the end of a sentence. */
export class OfferRefused extends Error {
  /** That was offered, as far as it could be read. */
  readonly version: string | undefined;

  constructor(reason: string, version: string | undefined, options?: ErrorOptions) {
    super(reason, options);
    this.name = "OfferRefused";
    this.version = version;
  }
}
