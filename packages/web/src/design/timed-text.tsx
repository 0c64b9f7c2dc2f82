import { Fragment } from "react";
import { Time } from "./time.tsx";
import { splitAtTimes } from "./times-in-text.ts";

/** A sentence of the server's, with the times in it in the viewer's zone. */
export function TimedText({ text }: { text: string }) {
  return splitAtTimes(text).map((part, index) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: their places are all that they are known by
    <Fragment key={index}>{typeof part === "string" ? part : <Time at={part} look="exact" />}</Fragment>
  ));
}
