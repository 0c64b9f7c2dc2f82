import { referenceText } from "./yaml-bytes.ts";
import { ReferenceYamlFault, START } from "./yaml-reader.ts";
import { type Token, type TokenType, YamlScanner } from "./yaml-scanner.ts";

/** What is deeper is not gone through: the reference's own stack has an end, too. */
const MAX_REFERENCE_DEPTH = 1000;
const STANDARD_HANDLES = ["!", "!!"];

class TooDeep extends Error {}

/** The first fault that the reference's YAML reader finds in the first document; null where it finds none, or the text is too deep to tell. */
export function referenceYamlFault(input: string | Uint8Array): ReferenceYamlFault | null {
  try {
    new YamlGrammar(referenceText(input)).readDocument();
    return null;
  } catch (error) {
    if (error instanceof ReferenceYamlFault) return error;
    if (error instanceof TooDeep) return null;
    throw error;
  }
}

/** What may come in which order. */
class YamlGrammar {
  readonly #scanner: YamlScanner;
  readonly #handles = new Set(STANDARD_HANDLES);
  #depth = 0;

  constructor(text: string) {
    this.#scanner = new YamlScanner(text);
  }

  readDocument(): void {
    if (this.#is("version-directive", "tag-directive", "document-start")) {
      this.#readDirectives();
      if (!this.#is("document-start"))
        throw new ReferenceYamlFault("did not find expected <document start>", null, START);
      this.#scanner.skip();
      if (this.#is("version-directive", "tag-directive", "document-start", "document-end", "stream-end")) return;
    } else if (this.#is("stream-end")) return;
    this.#readNode(true, false);
    this.#scanner.peek();
  }

  #readDirectives(): void {
    let hasVersion = false;
    const given = new Set<string>();
    while (this.#is("version-directive", "tag-directive")) {
      const { type, text = "" } = this.#scanner.peek();
      if (type === "version-directive") {
        if (hasVersion) throw new ReferenceYamlFault("found duplicate %YAML directive", null, START);
        hasVersion = true;
        if (!/^1\.[12]$/.test(text)) throw new ReferenceYamlFault("found incompatible YAML document", null, START);
      } else {
        if (given.has(text)) throw new ReferenceYamlFault("found duplicate %TAG directive", null, START);
        given.add(text);
        this.#handles.add(text);
      }
      this.#scanner.skip();
    }
  }

  #is(...types: readonly TokenType[]): boolean {
    return types.includes(this.#scanner.peek().type);
  }

  #take(): Token {
    const token = this.#scanner.peek();
    this.#scanner.skip();
    return token;
  }

  #readNode(isBlock: boolean, mayBeIndentless: boolean): void {
    if (this.#depth === MAX_REFERENCE_DEPTH) throw new TooDeep();
    this.#depth += 1;
    this.#readNodeHere(isBlock, mayBeIndentless);
    this.#depth -= 1;
  }

  #readNodeHere(isBlock: boolean, mayBeIndentless: boolean): void {
    const { mark, type } = this.#scanner.peek();
    if (type === "alias") {
      this.#scanner.skip();
      return;
    }
    const properties = new Set<TokenType>();
    while (this.#is("anchor", "tag") && !properties.has(this.#scanner.peek().type)) {
      const { type: property, text = "" } = this.#take();
      properties.add(property);
      if (property === "tag" && text !== "" && !this.#handles.has(text)) {
        throw new ReferenceYamlFault("found undefined tag handle", "while parsing a node", mark);
      }
    }
    const token = this.#scanner.peek();
    if (mayBeIndentless && token.type === "block-entry") this.#readIndentless();
    else if (token.type === "scalar") this.#scanner.skip();
    else if (token.type === "flow-sequence-start") this.#readFlowSequence();
    else if (token.type === "flow-mapping-start") this.#readFlowMapping();
    else if (isBlock && token.type === "block-sequence-start") this.#readBlockSequence();
    else if (isBlock && token.type === "block-mapping-start") this.#readBlockMapping();
    else if (properties.size === 0) {
      const context = isBlock ? "while parsing a block node" : "while parsing a flow node";
      throw new ReferenceYamlFault("did not find expected node content", context, mark);
    }
  }

  #readBlockSequence(): void {
    const { mark } = this.#take();
    while (this.#is("block-entry")) {
      this.#scanner.skip();
      if (!this.#is("block-entry", "block-end")) this.#readNode(true, false);
    }
    if (!this.#is("block-end")) {
      throw new ReferenceYamlFault("did not find expected '-' indicator", "while parsing a block collection", mark);
    }
    this.#scanner.skip();
  }

  #readIndentless(): void {
    while (this.#is("block-entry")) {
      this.#scanner.skip();
      if (!this.#is("block-entry", "key", "value", "block-end")) this.#readNode(true, false);
    }
  }

  #readBlockMapping(): void {
    const { mark } = this.#take();
    const readPart = () => {
      this.#scanner.skip();
      if (!this.#is("key", "value", "block-end")) this.#readNode(true, true);
    };
    while (this.#is("key")) {
      readPart();
      if (this.#is("value")) readPart();
    }
    if (!this.#is("block-end")) {
      throw new ReferenceYamlFault("did not find expected key", "while parsing a block mapping", mark);
    }
    this.#scanner.skip();
  }

  #readFlowSequence(): void {
    this.#readFlow("flow-sequence-end", "did not find expected ',' or ']'", "while parsing a flow sequence");
  }

  #readFlowMapping(): void {
    this.#readFlow("flow-mapping-end", "did not find expected ',' or '}'", "while parsing a flow mapping");
  }

  #readFlow(end: TokenType, problem: string, context: string): void {
    const { mark } = this.#take();
    for (let isFirst = true; !this.#is(end); isFirst = false) {
      if (!isFirst) {
        if (!this.#is("flow-entry")) throw new ReferenceYamlFault(problem, context, mark);
        this.#scanner.skip();
      }
      if (this.#is("key")) {
        this.#scanner.skip();
        if (!this.#is("value", "flow-entry", end)) this.#readNode(false, false);
        this.#readFlowValue(end);
      } else if (!this.#is(end)) this.#readNode(false, false);
    }
    this.#scanner.skip();
  }

  #readFlowValue(end: TokenType): void {
    if (!this.#is("value")) return;
    this.#scanner.skip();
    if (!this.#is("flow-entry", end)) this.#readNode(false, false);
  }
}
