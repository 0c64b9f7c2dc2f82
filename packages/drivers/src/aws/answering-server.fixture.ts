import { createServer, type IncomingMessage } from "node:http";
import type { AddressInfo } from "node:net";

export interface Question {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingMessage["headers"];
  readonly body: string;
  /** The members of a query protocol's body: `Action`, `Targets.member.1.Id`, …. */
  readonly form: URLSearchParams;
}

/** `hang`: no answer ever. */
export type Answer =
  | { readonly status: number; readonly body: string; readonly headers?: Readonly<Record<string, string>> }
  | "hang";

/** Answers as a test says, on a free loopback port, and keeps what it was asked. */
export interface AnsweringServer {
  readonly url: string;
  readonly questions: readonly Question[];
  answer: (question: Question) => Answer;
  close(): Promise<void>;
}

export async function startAnsweringServer(): Promise<AnsweringServer> {
  const questions: Question[] = [];
  const server = createServer(async (request, response) => {
    let body = "";
    for await (const chunk of request) body += chunk;
    const { method = "", url: path = "", headers } = request;
    const question = { method, path, headers, body, form: new URLSearchParams(body) };
    questions.push(question);
    const answer = answering.answer(question);
    if (answer === "hang") return;
    response.writeHead(answer.status, { "content-type": "text/xml", ...answer.headers });
    response.end(answer.body);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const answering: AnsweringServer = {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    questions,
    answer: () => ({ status: 500, body: "" }),
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return answering;
}

/** An answer of the query protocol that ELBv2 and SNS speak. */
export function queryAnswer(action: string, result: string): Answer {
  const body = `<${action}Response><${action}Result>${result}</${action}Result></${action}Response>`;
  return { status: 200, body };
}

export function queryRefusal(status: number, code: string, message: string): Answer {
  const type = status < 500 ? "Sender" : "Receiver";
  const error = `<Error><Type>${type}</Type><Code>${code}</Code><Message>${message}</Message></Error>`;
  return { status, body: `<ErrorResponse>${error}<RequestId>r-1</RequestId></ErrorResponse>` };
}
