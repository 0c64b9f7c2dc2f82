import type { Locator, Page } from "playwright-core";

/** What somebody does to a page, by mouse or by keyboard. */
export interface Hand {
  /** A button or a link. */
  press(what: Locator): Promise<void>;
  openTab(name: string): Promise<void>;
  type(field: Locator, text: string): Promise<void>;
  /** A field that can be typed into, and has a list of what fits. */
  pick(field: Locator, text: string): Promise<void>;
}

export function mouse(page: Page): Hand {
  return {
    press: (what) => what.click(),
    openTab: (name) => page.getByRole("tab", { name }).click(),
    async type(field, text) {
      await field.click();
      await field.pressSequentially(text);
    },
    async pick(field, text) {
      await field.click();
      await field.pressSequentially(text);
      await page.getByRole("option", { name: text, exact: true }).click();
    },
  };
}

/** More than any page has to step over. */
const MAX_STEPS = 150;

/** Tab to what is meant, and then Enter or the text: what cannot be reached like that is a fault of the page. */
export function keyboard(page: Page): Hand {
  const reach = async (what: Locator) => {
    await what.waitFor();
    for (let step = 0; step < MAX_STEPS; step += 1) {
      if (await hasFocus(what)) return;
      await page.keyboard.press("Tab");
    }
    throw new Error(`${what} is not reached by ${MAX_STEPS} presses of Tab`);
  };
  return {
    async press(what) {
      await reach(what);
      await page.keyboard.press("Enter");
    },
    async openTab(name) {
      await reach(page.getByRole("tab", { selected: true }));
      const wanted = page.getByRole("tab", { name });
      for (let tabs = await page.getByRole("tab").count(); tabs > 0; tabs -= 1) {
        if (await hasFocus(wanted)) return;
        await page.keyboard.press("ArrowRight");
      }
      throw new Error(`the tab ${name} is not reached by arrows`);
    },
    async type(field, text) {
      await reach(field);
      await page.keyboard.type(text);
    },
    async pick(field, text) {
      await reach(field);
      await page.keyboard.type(text);
      await page.getByRole("option", { name: text, exact: true }).waitFor();
      await page.keyboard.press("ArrowDown");
      await page.keyboard.press("Enter");
    },
  };
}

function hasFocus(what: Locator): Promise<boolean> {
  // A function: of a text that is one, this browser's driver runs nothing.
  return what.evaluate((element) => {
    const { document } = globalThis as unknown as { readonly document: { readonly activeElement: unknown } };
    return element === document.activeElement;
  });
}
