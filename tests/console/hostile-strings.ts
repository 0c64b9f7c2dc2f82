/** What a person or a host could write to make a page do what it should not. None of it may do anything but stand there as text. */
export const SCRIPT_TAG = '<script>globalThis.hasRun = "script"</script>';
export const IMAGE_TAG = '<img src=x onerror="globalThis.hasRun=1">';
/** Ends a string, an attribute and a comment. */
export const BREAKOUT = "\"'`--></style></script><svg onload=globalThis.hasRun=2>";
/** Makes `txt.exe` of `exe.txt` on a screen. */
export const RIGHT_TO_LEFT = "invoice\u202Egpj.sh";
export const LONG_WORD = "Donaudampfschiffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft".repeat(4);
export const TEMPLATE =
  "{{constructor.constructor('globalThis.hasRun=3')()}} $" + "{globalThis.hasRun=4} javascript:globalThis.hasRun=5";

export const HOSTILE_STRINGS: readonly string[] = [SCRIPT_TAG, IMAGE_TAG, BREAKOUT, RIGHT_TO_LEFT, LONG_WORD, TEMPLATE];

const BELL = "\u0007";
const ESCAPE = "\u001b";

/** Of a script: also what would clear, retitle or write over a terminal. */
export const HOSTILE_OUTPUT: readonly string[] = [
  ...HOSTILE_STRINGS,
  `${ESCAPE}[2J${ESCAPE}[H${ESCAPE}]0;owned${BELL}${ESCAPE}[31mred that is never ended`,
  `${ESCAPE}]8;;javascript:globalThis.hasRun=6${ESCAPE}\\a link${ESCAPE}]8;;${ESCAPE}\\ ${ESCAPE}[38;5;196m256${ESCAPE}[0m ${ESCAPE}[48;2;1;2;3mrgb`,
  `over\rwritten ${BELL} \u0000 \ufffe \u2028 \u2029 e${"\u0301".repeat(80)}`,
  `x${" ".repeat(4_000)}y ${"0123456789abcdef".repeat(1_200)}`,
];
