/** IAM's quotas, as long as nobody raised them, and its constraints on names. */
export const MAX_USER_NAME_CHARACTERS = 64;
export const MAX_ROLE_NAME_CHARACTERS = 64;
export const MAX_POLICY_NAME_CHARACTERS = 128;
export const MAX_PATH_CHARACTERS = 512;
export const MAX_IAM_DESCRIPTION_CHARACTERS = 1_000;
export const MAX_IAM_TAGS = 50;
/** Policies that are attached to one user, or to one role. */
export const MAX_ATTACHED_POLICIES = 10;
/** Policies of the installation's own. */
export const MAX_OWN_POLICIES = 1_500;
export const MAX_USERS = 5_000;
export const MAX_ROLES = 1_000;
/** Of one user. IAM has 2; here a key that was replaced stays in the list until somebody deletes it. */
export const MAX_ACCESS_KEYS_PER_USER = 10;
export const MIN_ROLE_SESSION_SECONDS = 3_600;
export const MAX_ROLE_SESSION_SECONDS = 43_200;

/** Keys, users, roles or policies in one page of a listing. */
export const IAM_PAGE = 100;
