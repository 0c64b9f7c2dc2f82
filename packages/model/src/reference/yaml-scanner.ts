import { type Mark, ReferenceYamlFault, YamlReader } from "./yaml-reader.ts";
import { scanAnchor, scanBlockScalar, scanDirective, scanQuoted, scanTag } from "./yaml-token-rules.ts";

export type TokenType =
  | "stream-end"
  | "version-directive"
  | "tag-directive"
  | "document-start"
  | "document-end"
  | "block-sequence-start"
  | "block-mapping-start"
  | "block-end"
  | "flow-sequence-start"
  | "flow-sequence-end"
  | "flow-mapping-start"
  | "flow-mapping-end"
  | "block-entry"
  | "flow-entry"
  | "key"
  | "value"
  | "alias"
  | "anchor"
  | "tag"
  | "scalar";

export interface Token {
  readonly type: TokenType;
  readonly mark: Mark;
  /** Of a tag its handle, of a directive what it says. */
  readonly text?: string;
}

/** Where a key may have begun whose colon is still to come. */
interface SimpleKey {
  isPossible: boolean;
  readonly isRequired: boolean;
  readonly tokenNumber: number;
  readonly mark: Mark;
}

const MAX_KEY_CHARACTERS = 1024;
/** What a plain scalar cannot begin with. */
const INDICATORS = "-?:,[]{}#&*!|>'\"%@`";

/** Divides a YAML file into tokens as the reference's YAML reader does, for the sake of its faults. */
export class YamlScanner {
  readonly #reader: YamlReader;
  readonly #tokens: Token[] = [];
  #parsed = 0;
  #isAvailable = false;
  #flowLevel = 0;
  #indent = -1;
  readonly #indents: number[] = [];
  #isKeyAllowed = true;
  readonly #keys: SimpleKey[];

  constructor(text: string) {
    this.#reader = new YamlReader(text);
    this.#keys = [noKey(this.#reader.mark)];
  }

  peek(): Token {
    if (!this.#isAvailable) {
      while (this.#needsMore()) this.#fetch();
      this.#isAvailable = true;
    }
    const [token] = this.#tokens;
    if (token === undefined) throw new Error("there is no token behind the end of the stream");
    return token;
  }

  skip(): void {
    this.#tokens.shift();
    this.#parsed += 1;
    this.#isAvailable = false;
  }

  #needsMore(): boolean {
    if (this.#tokens.length === 0) return true;
    this.#dropStaleKeys();
    return this.#keys.some(({ isPossible, tokenNumber }) => isPossible && tokenNumber === this.#parsed);
  }

  #fetch(): void {
    const reader = this.#reader;
    this.#skipToToken();
    this.#dropStaleKeys();
    this.#unroll(reader.column);
    if (reader.isEnd()) this.#fetchEnd();
    else if (reader.column === 0 && reader.is("%")) this.#fetchDirective();
    else if (reader.isDocumentMark("-")) this.#fetchDocumentMark("document-start");
    else if (reader.isDocumentMark(".")) this.#fetchDocumentMark("document-end");
    else if (reader.is("[")) this.#fetchFlowStart("flow-sequence-start");
    else if (reader.is("{")) this.#fetchFlowStart("flow-mapping-start");
    else if (reader.is("]")) this.#fetchFlowEnd("flow-sequence-end");
    else if (reader.is("}")) this.#fetchFlowEnd("flow-mapping-end");
    else if (reader.is(",")) this.#fetchFlowEntry();
    else if (reader.is("-") && reader.isBlankOrEnd(1)) this.#fetchBlockEntry();
    else if (reader.is("?") && (this.#isInFlow || reader.isBlankOrEnd(1))) this.#fetchKey();
    else if (reader.is(":") && (this.#isInFlow || reader.isBlankOrEnd(1))) this.#fetchValue();
    else if (reader.is("*&")) this.#fetchAnchor(reader.is("*") ? "alias" : "anchor");
    else if (reader.is("!")) this.#fetchTag();
    else if (reader.is("|>") && !this.#isInFlow) this.#fetchBlockScalar();
    else if (reader.is("'\"")) this.#fetchQuoted();
    else if (this.#beginsPlain()) this.#fetchPlain();
    else {
      const context = "while scanning for the next token";
      throw new ReferenceYamlFault("found character that cannot start any token", context, reader.mark);
    }
  }

  #beginsPlain(): boolean {
    const reader = this.#reader;
    return (
      !(reader.isBlankOrEnd() || reader.is(INDICATORS)) ||
      (reader.is("-") && !reader.isBlank(1)) ||
      (!this.#isInFlow && reader.is("?:") && !reader.isBlankOrEnd(1))
    );
  }

  #fetchDirective(): void {
    this.#closeBlocks();
    const { mark } = this.#reader;
    const { type, text } = scanDirective(this.#reader);
    this.#tokens.push({ type, mark, text });
  }

  get #isInFlow(): boolean {
    return this.#flowLevel > 0;
  }

  #skipToToken(): void {
    const reader = this.#reader;
    for (;;) {
      if (reader.column === 0 && reader.is("\ufeff")) reader.skip();
      while (reader.is(" ") || ((this.#isInFlow || !this.#isKeyAllowed) && reader.is("\t"))) reader.skip();
      if (reader.is("#")) reader.skipToLineEnd();
      if (!reader.isBreak()) return;
      reader.skipLine();
      if (!this.#isInFlow) this.#isKeyAllowed = true;
    }
  }

  #dropStaleKeys(): void {
    const { line, index } = this.#reader.mark;
    for (const key of this.#keys) {
      if (!key.isPossible || (key.mark.line >= line && key.mark.index + MAX_KEY_CHARACTERS >= index)) continue;
      if (key.isRequired) throw noColon(key);
      key.isPossible = false;
    }
  }

  #saveKey(): void {
    const { mark } = this.#reader;
    const isRequired = !this.#isInFlow && this.#indent === mark.column;
    if (!this.#isKeyAllowed) return;
    this.#removeKey();
    this.#keys[this.#keys.length - 1] = {
      isPossible: true,
      isRequired,
      tokenNumber: this.#parsed + this.#tokens.length,
      mark,
    };
  }

  #removeKey(): void {
    const key = this.#keys.at(-1);
    if (key === undefined) return;
    if (key.isPossible && key.isRequired) throw noColon(key);
    key.isPossible = false;
  }

  #roll(column: number, tokenNumber: number | null, type: TokenType, mark: Mark): void {
    if (this.#isInFlow || this.#indent >= column) return;
    this.#indents.push(this.#indent);
    this.#indent = column;
    if (tokenNumber === null) this.#tokens.push({ type, mark });
    else this.#tokens.splice(tokenNumber - this.#parsed, 0, { type, mark });
  }

  #unroll(column: number): void {
    if (this.#isInFlow) return;
    while (this.#indent > column) {
      this.#tokens.push({ type: "block-end", mark: this.#reader.mark });
      this.#indent = this.#indents.pop() ?? -1;
    }
  }

  #closeBlocks(): void {
    this.#unroll(-1);
    this.#removeKey();
    this.#isKeyAllowed = false;
  }

  #fetchEnd(): void {
    this.#reader.closeLine();
    this.#closeBlocks();
    this.#push("stream-end");
  }

  #push(type: TokenType, skipped = 0): void {
    this.#tokens.push({ type, mark: this.#reader.mark });
    this.#reader.skip(skipped);
  }

  #fetchDocumentMark(type: TokenType): void {
    this.#closeBlocks();
    this.#push(type, 3);
  }

  #fetchFlowStart(type: TokenType): void {
    this.#saveKey();
    this.#keys.push(noKey(this.#reader.mark));
    this.#flowLevel += 1;
    this.#isKeyAllowed = true;
    this.#push(type, 1);
  }

  #fetchFlowEnd(type: TokenType): void {
    this.#removeKey();
    if (this.#isInFlow) {
      this.#flowLevel -= 1;
      this.#keys.pop();
    }
    this.#isKeyAllowed = false;
    this.#push(type, 1);
  }

  #fetchFlowEntry(): void {
    this.#removeKey();
    this.#isKeyAllowed = true;
    this.#push("flow-entry", 1);
  }

  #fetchBlockEntry(): void {
    this.#rollHere("block-sequence-start", "block sequence entries are not allowed in this context");
    this.#removeKey();
    this.#isKeyAllowed = true;
    this.#push("block-entry", 1);
  }

  #fetchKey(): void {
    this.#rollHere("block-mapping-start", "mapping keys are not allowed in this context");
    this.#removeKey();
    this.#isKeyAllowed = !this.#isInFlow;
    this.#push("key", 1);
  }

  #rollHere(type: TokenType, problem: string): void {
    if (this.#isInFlow) return;
    const { mark } = this.#reader;
    if (!this.#isKeyAllowed) throw new ReferenceYamlFault(problem, null, mark);
    this.#roll(mark.column, null, type, mark);
  }

  #fetchValue(): void {
    const key = this.#keys.at(-1);
    if (key?.isPossible) {
      this.#tokens.splice(key.tokenNumber - this.#parsed, 0, { type: "key", mark: key.mark });
      this.#roll(key.mark.column, key.tokenNumber, "block-mapping-start", key.mark);
      key.isPossible = false;
      this.#isKeyAllowed = false;
    } else {
      this.#rollHere("block-mapping-start", "mapping values are not allowed in this context");
      this.#isKeyAllowed = !this.#isInFlow;
    }
    this.#push("value", 1);
  }

  #fetchAnchor(type: "alias" | "anchor"): void {
    this.#saveKey();
    this.#isKeyAllowed = false;
    const { mark } = this.#reader;
    scanAnchor(this.#reader, type);
    this.#tokens.push({ type, mark });
  }

  #fetchTag(): void {
    this.#saveKey();
    this.#isKeyAllowed = false;
    const { mark } = this.#reader;
    this.#tokens.push({ type: "tag", mark, text: scanTag(this.#reader, this.#isInFlow) });
  }

  #fetchBlockScalar(): void {
    this.#removeKey();
    this.#isKeyAllowed = true;
    const { mark } = this.#reader;
    scanBlockScalar(this.#reader, this.#indent);
    this.#tokens.push({ type: "scalar", mark });
  }

  #fetchQuoted(): void {
    this.#saveKey();
    this.#isKeyAllowed = false;
    const { mark } = this.#reader;
    scanQuoted(this.#reader);
    this.#tokens.push({ type: "scalar", mark });
  }

  #fetchPlain(): void {
    this.#saveKey();
    this.#isKeyAllowed = false;
    const reader = this.#reader;
    const { mark } = reader;
    const indent = this.#indent + 1;
    const context = "while scanning a plain scalar";
    let isAfterBreak = false;
    for (;;) {
      if (reader.isDocumentMark("-") || reader.isDocumentMark(".") || reader.is("#")) break;
      const before = reader.mark.index;
      while (!reader.isBlankOrEnd()) {
        if (this.#isInFlow && reader.is(":") && reader.is(",?[]{}", 1)) {
          throw new ReferenceYamlFault("found unexpected ':'", context, mark);
        }
        if ((reader.is(":") && reader.isBlankOrEnd(1)) || (this.#isInFlow && reader.is(",[]{}"))) break;
        reader.skip();
      }
      if (reader.mark.index > before) isAfterBreak = false;
      if (!(reader.isBlank() || reader.isBreak())) break;
      while (reader.isBlank() || reader.isBreak()) {
        if (reader.isBreak()) {
          reader.skipLine();
          isAfterBreak = true;
        } else if (isAfterBreak && reader.column < indent && reader.is("\t")) {
          throw new ReferenceYamlFault("found a tab character that violates indentation", context, mark);
        } else reader.skip();
      }
      if (!this.#isInFlow && reader.column < indent) break;
    }
    this.#tokens.push({ type: "scalar", mark });
    if (isAfterBreak) this.#isKeyAllowed = true;
  }
}

function noKey(mark: Mark): SimpleKey {
  return { isPossible: false, isRequired: false, tokenNumber: 0, mark };
}

function noColon({ mark }: SimpleKey): ReferenceYamlFault {
  return new ReferenceYamlFault("could not find expected ':'", "while scanning a simple key", mark);
}
