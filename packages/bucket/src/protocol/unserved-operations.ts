/**
 * S3's operations that the embedded bucket has not, by the subresource that the query names, so that a refusal can say which one it was.
 * `GET id` is a GET of one of several configurations.
 */
type Operations = Readonly<Record<string, Readonly<Partial<Record<string, string>>>>>;

export const UNSERVED_BUCKET_OPERATIONS: Operations = {
  abac: { GET: "GetBucketAbac", PUT: "PutBucketAbac" },
  accelerate: { PUT: "PutBucketAccelerateConfiguration" },
  acl: { PUT: "PutBucketAcl" },
  analytics: {
    GET: "ListBucketAnalyticsConfigurations",
    "GET id": "GetBucketAnalyticsConfiguration",
    PUT: "PutBucketAnalyticsConfiguration",
    DELETE: "DeleteBucketAnalyticsConfiguration",
  },
  cors: { PUT: "PutBucketCors", DELETE: "DeleteBucketCors" },
  encryption: { PUT: "PutBucketEncryption", DELETE: "DeleteBucketEncryption" },
  "intelligent-tiering": {
    GET: "ListBucketIntelligentTieringConfigurations",
    "GET id": "GetBucketIntelligentTieringConfiguration",
    PUT: "PutBucketIntelligentTieringConfiguration",
    DELETE: "DeleteBucketIntelligentTieringConfiguration",
  },
  inventory: {
    GET: "ListBucketInventoryConfigurations",
    "GET id": "GetBucketInventoryConfiguration",
    PUT: "PutBucketInventoryConfiguration",
    DELETE: "DeleteBucketInventoryConfiguration",
  },
  lifecycle: { PUT: "PutBucketLifecycleConfiguration", DELETE: "DeleteBucketLifecycle" },
  logging: { PUT: "PutBucketLogging" },
  metadataConfiguration: {
    GET: "GetBucketMetadataConfiguration",
    POST: "CreateBucketMetadataConfiguration",
    DELETE: "DeleteBucketMetadataConfiguration",
  },
  metadataInventoryTable: { PUT: "UpdateBucketMetadataInventoryTableConfiguration" },
  metadataJournalTable: { PUT: "UpdateBucketMetadataJournalTableConfiguration" },
  metadataTable: {
    GET: "GetBucketMetadataTableConfiguration",
    POST: "CreateBucketMetadataTableConfiguration",
    DELETE: "DeleteBucketMetadataTableConfiguration",
  },
  metrics: {
    GET: "ListBucketMetricsConfigurations",
    "GET id": "GetBucketMetricsConfiguration",
    PUT: "PutBucketMetricsConfiguration",
    DELETE: "DeleteBucketMetricsConfiguration",
  },
  notification: { PUT: "PutBucketNotificationConfiguration" },
  "object-lock": { PUT: "PutObjectLockConfiguration" },
  ownershipControls: { PUT: "PutBucketOwnershipControls", DELETE: "DeleteBucketOwnershipControls" },
  policy: { PUT: "PutBucketPolicy", DELETE: "DeleteBucketPolicy" },
  publicAccessBlock: { PUT: "PutPublicAccessBlock", DELETE: "DeletePublicAccessBlock" },
  replication: { PUT: "PutBucketReplication", DELETE: "DeleteBucketReplication" },
  requestPayment: { PUT: "PutBucketRequestPayment" },
  session: { GET: "CreateSession" },
  tagging: { PUT: "PutBucketTagging", DELETE: "DeleteBucketTagging" },
  website: { PUT: "PutBucketWebsite", DELETE: "DeleteBucketWebsite" },
};

export const UNSERVED_OBJECT_OPERATIONS: Operations = {
  acl: { PUT: "PutObjectAcl" },
  encryption: { PUT: "UpdateObjectEncryption" },
  "legal-hold": { GET: "GetObjectLegalHold", PUT: "PutObjectLegalHold" },
  renameObject: { PUT: "RenameObject" },
  restore: { POST: "RestoreObject" },
  retention: { GET: "GetObjectRetention", PUT: "PutObjectRetention" },
  select: { POST: "SelectObjectContent" },
  torrent: { GET: "GetObjectTorrent" },
};

/** Undefined: the query names no such subresource, or S3 has no such operation on it. */
export function unservedOperation(
  operations: Operations,
  method: string,
  query: ReadonlyMap<string, string>,
): string | undefined {
  const subresource = Object.keys(operations).find((name) => query.has(name));
  if (subresource === undefined) return undefined;
  const named = operations[subresource]!;
  return (query.has("id") ? named[`${method} id`] : undefined) ?? named[method];
}
