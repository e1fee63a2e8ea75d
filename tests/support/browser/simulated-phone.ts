import type { Locator, Page } from "playwright-core";
import { toWireId } from "../../../shared/whatsapp/mod.ts";

const PATIENCE_MS = 30_000;

/** One side of the simulator: what its owner sees and does. Actions are named by the ids of buttons. */
export class SimulatedPhone {
  readonly side: Locator;
  readonly #page: Page;

  constructor(page: Page, side: "passengers" | "drivers") {
    this.#page = page;
    this.side = page.locator(`#${side}`);
  }

  /** Types a message and sends it with the Enter key. */
  async say(text: string): Promise<void> {
    const input = this.side.getByRole("textbox", { name: "Message" });
    await input.fill(text);
    await input.press("Enter");
  }

  /** Taps the newest button whose id begins so. */
  async tap(id: string): Promise<void> {
    await this.#button(id).click();
  }

  /** Waits for a button whose id begins so. */
  async sees(id: string): Promise<void> {
    await this.#button(id).waitFor();
  }

  /** Opens the newest list, until it is one that has a row whose id begins so, and taps that row. */
  async choose(id: string, picture?: (name: string) => Promise<void>): Promise<void> {
    const row = this.side.locator(`.choice[data-id^="${toWireId(id)}"]`).first();
    const deadline = performance.now() + PATIENCE_MS;
    while (true) {
      await this.side.locator(".bubble.in .tap.list").last().click();
      if (await row.isVisible()) break;
      await this.#page.keyboard.press("Escape");
      if (performance.now() > deadline) throw new Error(`No list has a row ${id}`);
      await this.#page.waitForTimeout(100);
    }
    await picture?.(`list-${id.split(":")[0]}`);
    await row.click();
  }

  /** Answers the newest question for the location with where the marker is. */
  async sendLocation(): Promise<void> {
    await this.side.locator(".bubble.in .tap.pin").last().click();
  }

  /** Waits until something with this text was said to the owner; gives the whole of the newest such message. */
  async hears(text: string | RegExp): Promise<string> {
    const bubble = this.side.locator(".bubble.in").filter({ hasText: text }).last();
    await bubble.waitFor();
    return await bubble.innerText();
  }

  /** What the owner said last, as it is shown. */
  lastSaid(): Locator {
    return this.side.locator(".bubble.out").last();
  }

  /** Puts the phone at a place of the menu. */
  async moveTo(place: string): Promise<void> {
    await this.side.getByRole("combobox", { name: /^Move / }).selectOption({ label: place });
  }

  #button(id: string): Locator {
    return this.side.locator(`.bubble.in [data-id^="${toWireId(id)}"]`).last();
  }
}
