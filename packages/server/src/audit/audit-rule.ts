/** How the audit is kept, as sluice.yml says it. */
export interface AuditRule {
  /** A file that is larger is followed by another. */
  readonly maxFileBytes: number;
  /** Files whose last line is older are removed. */
  readonly keepDays: number;
  /** Absolute; null: `audit` in the data directory. */
  readonly directory: string | null;
}

const MEBIBYTE = 1024 * 1024;

export const MIN_AUDIT_FILE_BYTES = 1_048_576;
export const MAX_AUDIT_FILE_BYTES = 1_073_741_824;
export const MAX_AUDIT_KEEP_DAYS = 36_500;

export const DEFAULT_AUDIT: AuditRule = { maxFileBytes: 64 * MEBIBYTE, keepDays: 365, directory: null };
