/** Limits of Lambda, AWS's own where no comment says otherwise. */

export const MAX_FUNCTION_NAME_CHARACTERS = 64;
/** Of a name that is an ARN, with its qualifier. */
export const MAX_FUNCTION_REFERENCE_CHARACTERS = 256;
export const MAX_ALIAS_NAME_CHARACTERS = 128;
export const MAX_HANDLER_CHARACTERS = 128;
export const MAX_FUNCTION_DESCRIPTION_CHARACTERS = 256;
export const MAX_FUNCTION_TIMEOUT_SECONDS = 900;
export const MIN_FUNCTION_MEMORY_MEGABYTES = 128;
export const MAX_FUNCTION_MEMORY_MEGABYTES = 10_240;
export const MIN_EPHEMERAL_STORAGE_MEGABYTES = 512;
export const MAX_EPHEMERAL_STORAGE_MEGABYTES = 10_240;
/** Names and values together, in bytes of UTF-8. */
export const MAX_FUNCTION_VARIABLES_BYTES = 4_096;

/** Of a zip that is in the call itself. */
export const MAX_DIRECT_ZIP_BYTES = 50 * 1024 * 1024;
/** Of all that a zip unpacks to; a zip from the bucket is not larger either. */
export const MAX_UNZIPPED_BYTES = 262_144_000;
/** AWS names none: each costs an inode and time at every unpacking. */
export const MAX_ZIP_ENTRIES = 100_000;
/** Of all functions' zips together; each is counted once, however many versions have it. */
export const MAX_CODE_STORAGE_BYTES = 75 * 1024 * 1024 * 1024;
/** AWS names none: each has a user of its own here. */
export const MAX_FUNCTIONS = 1_000;
/** AWS names none: pages of versions are read with their configurations. */
export const MAX_VERSIONS_PER_FUNCTION = 10_000;
/** AWS names none. */
export const MAX_ALIASES_PER_FUNCTION = 1_000;

/** Of a call of RequestResponse, and of its answer. */
export const MAX_INVOCATION_BYTES = 6 * 1024 * 1024;
/** Of a call of Event: 256 KB once, 1 MB since 2025. */
export const MAX_EVENT_INVOCATION_BYTES = 1024 * 1024;
/** In base64. */
export const MAX_CLIENT_CONTEXT_CHARACTERS = 3_583;

/** In one answer; a call may ask for 10,000, and gets no more. */
export const MAX_LAMBDA_PAGE_ITEMS = 50;
export const MAX_LAMBDA_MAX_ITEMS = 10_000;
/** Of a function, a version or an alias: all statements together, as JSON. */
export const MAX_POLICY_BYTES = 20 * 1024;
export const MAX_STATEMENT_ID_CHARACTERS = 100;
/** What is left for functions that reserve nothing; AWS leaves 100. */
export const MIN_UNRESERVED_CONCURRENCY = 1;
