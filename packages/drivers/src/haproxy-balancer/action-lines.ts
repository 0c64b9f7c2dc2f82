import type { ListenerAction, ListenerPlan } from "@sluice/engine/ports/balancer.ts";
import { configWord, logFormatText, UnsupportedPlan } from "./config-word.ts";
import { digestOf } from "./configured-names.ts";
import { namedActions } from "./weights-map.ts";

type FixedResponse = Extract<ListenerAction, { readonly kind: "fixed-response" }>;
type Redirect = Extract<ListenerAction, { readonly kind: "redirect" }>;

/** The body is sent from HAProxy's buffer of 16 KiB, with its headers. */
export const MAX_FIXED_BODY_BYTES = 8192;
/** As ELBv2 has it. */
export const MAX_FORWARD_GROUPS = 5;

/** A response's body stands in a file of its own, named by its content: nothing in it is configuration. */
export function bodyFileName(body: string): string {
  return `body-${digestOf(body)}`;
}

/** File name to content, of all fixed responses. */
export function bodiesOf(listeners: readonly ListenerPlan[]): ReadonlyMap<string, string> {
  const bodies = listeners
    .flatMap(namedActions)
    .flatMap(([, action]) => (action.kind === "fixed-response" ? [action.body] : []));
  return new Map(bodies.filter((body) => body !== "").map((body) => [bodyFileName(body), body]));
}

/** Lines that answer by themselves, for the action whose name is in `txn.action`. */
export function answerLines(
  listener: ListenerPlan,
  name: string,
  action: FixedResponse | Redirect,
  pathOf: (fileName: string) => string,
): readonly string[] {
  const condition = `if { var(txn.action) -m str ${name} }`;
  if (action.kind === "redirect") return redirectLines(listener, action, condition);
  const { status, contentType, body } = action;
  if (!Number.isInteger(status) || status < 200 || status > 599) {
    throw new UnsupportedPlan(
      `the listener ${listener.listenerId} answers with the status ${status}: use one from 200 to 599`,
    );
  }
  const size = Buffer.byteLength(body);
  if (size > MAX_FIXED_BODY_BYTES) {
    throw new UnsupportedPlan(
      `the listener ${listener.listenerId} answers with ${size} bytes: use at most ${MAX_FIXED_BODY_BYTES}`,
    );
  }
  const type = configWord(contentType === "" ? "text/plain" : contentType, "the content type of a fixed response");
  const content =
    body === "" ? "" : ` content-type ${type} file ${configWord(pathOf(bodyFileName(body)), "the data directory")}`;
  return [`  http-request return status ${status}${content} ${condition}`];
}

/** `#{path}` has no slash at its front, as ELBv2 has it. */
const PLACEHOLDERS = {
  host: "%[req.hdr(host),host_only]",
  path: "%[path,bytes(1)]",
  query: "%[query]",
} as const;

function redirectLines(listener: ListenerPlan, redirect: Redirect, condition: string): readonly string[] {
  const filled = (template: string) =>
    template
      .split(/(#\{(?:protocol|host|port|path|query)\})/)
      .map((part, index) => (index % 2 === 0 ? logFormatText(part) : placeholder(listener, part.slice(2, -1))))
      .join("");
  const protocol = redirect.protocol === "#{protocol}" ? listener.protocol : redirect.protocol.toLowerCase();
  if (protocol !== "http" && protocol !== "https") {
    throw new UnsupportedPlan(
      `the listener ${listener.listenerId} redirects to the protocol ${redirect.protocol}: use HTTP, HTTPS or #{protocol}`,
    );
  }
  if (!/^(#\{port\}|\d{1,5})$/.test(redirect.port)) {
    throw new UnsupportedPlan(
      `the listener ${listener.listenerId} redirects to the port ${redirect.port}: use a number or #{port}`,
    );
  }
  if (!redirect.path.startsWith("/")) {
    throw new UnsupportedPlan(
      `the listener ${listener.listenerId} redirects to the path ${JSON.stringify(redirect.path)}: begin it with /`,
    );
  }
  const base = `${protocol}://${filled(redirect.host)}:${filled(redirect.port)}${filled(redirect.path)}`;
  const to = (location: string, more = "") =>
    `  http-request redirect location ${configWord(location, "a redirect")} code ${redirect.status} ${condition}${more}`;
  if (redirect.query === "") return [to(base)];
  const withQuery = `${base}?${filled(redirect.query)}`;
  if (redirect.query !== "#{query}") return [to(withQuery)];
  return [to(withQuery, " { query -m len gt 0 }"), to(base)];
}

function placeholder({ protocol, port }: ListenerPlan, name: string): string {
  if (name === "protocol") return protocol;
  if (name === "port") return String(port);
  return PLACEHOLDERS[name as keyof typeof PLACEHOLDERS];
}
