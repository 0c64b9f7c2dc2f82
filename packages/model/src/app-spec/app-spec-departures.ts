import { MAX_APP_SPEC_DEPTH } from "./yaml-document.ts";
import { MAX_APP_SPEC_BYTES } from "./yaml-text.ts";

/** Every deliberate difference between this grammar and the reference agent's. No file of the corpus comes near one. */
export const APP_SPEC_DEPARTURES: readonly { readonly what: string; readonly reason: string }[] = [
  {
    what: `A file of more than ${MAX_APP_SPEC_BYTES} bytes is refused; the reference has no limit.`,
    reason: "A bundle comes from outside, and parsing must not hold up the process.",
  },
  {
    what: `Lists and mappings nested more than ${MAX_APP_SPEC_DEPTH} deep are refused; the reference runs out of stack later.`,
    reason: "Where a stack ends is chance, and a chance must not decide what is accepted.",
  },
  {
    what: "Tags for objects of the reference's language are refused even where it would build a harmless one.",
    reason: "An AppSpec has no use for them, and the reference refuses all those that matter.",
  },
  {
    what: "A file with very many brackets or quotes that go on at the margin is refused; the reference reads them all.",
    reason: "Each costs a further reading of the file, and the readings are bounded.",
  },
  {
    what: "A destination or an object that begins with ~ is refused; the reference reads it, and its Install fails.",
    reason: "What every host would refuse is refused before the application is stopped.",
  },
  {
    what: "The key directory_link_behavior (KEEP or COPY) is read, and another value refused; the reference ignores the key.",
    reason: "Links to directories are installed as links here. The reference copies, which COPY brings back.",
  },
  {
    what: "Scripts of the hook OnFailure run on a host on which the deployment failed; the reference reads the hook like any other name, and never runs it.",
    reason:
      "A host that failed can clean up, or tell somebody. Given a list of events without it, the grammar refuses the name as the reference's local mode does.",
  },
];
