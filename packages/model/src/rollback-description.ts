/** How a deployment describes itself that a person made to go back: by it a second rollback knows that there was a first one. */
export const ROLLBACK_DESCRIPTION_PREFIX = "Rollback to ";
