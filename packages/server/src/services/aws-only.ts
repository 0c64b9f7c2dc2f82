/** The cure of every refusal of what only AWS has; the end of a sentence, without a full stop. */
const CURE =
  "leave it out, or add awsOnly: ignore to the settings of the driver docker in sluice.yml and restart the server with --config sluice.yml";

/** Why there is no such thing as AWS' networks here. */
export const NO_AWS_NETWORK = "the Docker Engine's machine has one network for all tasks, and filters nothing in it";

/** A sentence without a full stop. @param member what names it @param why there is nothing that it could mean here */
export function awsOnlyRefusal(member: string, why: string): string {
  return `${member} is AWS' own: ${why}. To go on, ${CURE}`;
}
