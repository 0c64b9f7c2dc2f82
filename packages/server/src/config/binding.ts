/** Which driver serves what, as sluice.yml says it. The first binding that matches counts. */
export interface Binding {
  /** Names or ARNs, with `*` for any text. */
  readonly match: string;
  readonly port: string;
  readonly driver: string;
  /** As the driver's schema checked them. */
  readonly settings: object;
}
