/** Where revisions go that are uploaded from a machine or a browser: a bucket of the server itself, made when it is missing. */
export const REVISIONS_BUCKET_DEFAULT = "sluice-revisions";
