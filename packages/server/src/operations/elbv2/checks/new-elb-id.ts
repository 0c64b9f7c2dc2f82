import type { Elbv2Context } from "../elbv2-context.ts";

const HEX_DIGITS = "0123456789abcdef";
const ID_CHARACTERS = 16;

/** The last part of an ARN. */
export function newElbId({ randomText }: Pick<Elbv2Context, "randomText">): string {
  return randomText(HEX_DIGITS, ID_CHARACTERS);
}
