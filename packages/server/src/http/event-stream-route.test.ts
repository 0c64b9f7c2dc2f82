import { EventEmitter } from "node:events";
import type { IncomingMessage, ServerResponse } from "node:http";
import { expect, it, vi } from "vitest";
import { ChangeFeed } from "../store/change-feed.ts";
import type { Store } from "../store/open-store.ts";
import { streamEvents } from "./event-stream-route.ts";

it("keeps no stream open for a reader who left before it began", async () => {
  const close = vi.fn();
  const unsubscribe = vi.fn();
  const response = Object.assign(new EventEmitter(), {
    destroyed: true,
    writableNeedDrain: false,
    destroy: () => {},
    writeHead: () => {},
    write: () => false,
    end: () => {},
  });
  const request = { url: "/-/events?notices=1", headers: { "last-event-id": "7" } };
  await streamEvents(
    request as unknown as IncomingMessage,
    response as unknown as ServerResponse,
    { role: "root", accessKeyId: "AKIA", hostId: null },
    {
      store: {} as Store,
      feed: new ChangeFeed(),
      notices: { subscribe: () => unsubscribe },
      streams: { open: () => close },
      isStillGood: async () => true,
    },
  );
  expect(close).toHaveBeenCalledOnce();
  expect(unsubscribe).toHaveBeenCalledOnce();
});
