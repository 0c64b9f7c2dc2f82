import type { Finding } from "./finding.ts";

const BYTE_ORDER_MARK = "\ufeff";

/** What an editor left in the file, and nobody sees. */
export function unseenInText(content: string | Uint8Array): Finding[] {
  const text = typeof content === "string" ? content : new TextDecoder("utf-8", { ignoreBOM: true }).decode(content);
  const findings: Finding[] = [];
  if (text.startsWith(BYTE_ORDER_MARK)) {
    const message =
      "The file begins with a byte order mark, which agents take for a character before the first key: the keys after the first line are not read with it. Save the file as UTF-8 without a byte order mark.";
    findings.push({ check: "byte-order-mark", severity: "warning", line: 1, column: 1, message });
  }
  if (text.includes("\r\n")) {
    const message =
      "The file has Windows line ends. Agents read it all the same, and Linux does not run scripts that have them: save both with Unix line ends (in .gitattributes: * text=auto eol=lf).";
    findings.push({ check: "line-ends", severity: "note", line: 1, message });
  }
  return findings;
}

const HINTS: readonly (readonly [refusal: RegExp, hint: string])[] = [
  [/wrong kind for hooks\.[^:]*\[\d+\]: \["/, "Is the dash missing? Each script begins with one: - location: SCRIPT"],
  [/wrong kind for hooks\.[^:]*\[\d+\]: "/, "Write - location: SCRIPT"],
  [/wrong kind for hooks: \[/, "Remove the dash before each event: an event is a key in hooks, and below it is a list"],
  [/wrong kind for (?:files|permissions)(?:\[\d+\])?: \["/, "Is the dash missing? Each entry begins with one"],
  [/invalid version value \(0\.0\)/, "Write it without quotes: version: 0.0"],
  [/invalid version value \(\)/, "Add this line at the top: version: 0.0"],
  [/unsupported operating system \(\)/, "Add this line at the top: os: linux"],
  [/Tabs are not allowed|tab is used for indentation/, "Indent with spaces: YAML takes no tabs"],
  [/invalid file_exists_behavior value/, "Write it in capitals, such as file_exists_behavior: OVERWRITE"],
];

/** What was probably meant, where agents refuse a file in words that do not say it: with a space in front; empty where nothing is known. */
export function hintOn(refusal: string): string {
  const hint = HINTS.find(([words]) => words.test(refusal))?.[1];
  return hint === undefined ? "" : ` ${hint}.`;
}
