import { type Browser, type BrowserContextOptions, chromium, type Page } from "playwright-core";
import { report } from "../../../scripts/print.ts";

const PATHS = ["/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome"];
const FLAGS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

/** Where Chromium is; undefined, and said, when it is nowhere. */
export function findChromium(): string | undefined {
  const found = [Deno.env.get("CHROMIUM") ?? "", ...PATHS].find((path) => path !== "" && has(path));
  if (found === undefined) {
    report("tests: SKIPPING those in a browser: there is no Chromium. apt-get install -y chromium");
  }
  return found;
}

/** A page of a headless Chromium that keeps what goes wrong in it. */
export interface OpenPage extends AsyncDisposable {
  readonly page: Page;
  /** Errors of the page and of its console, a violation of its security policy among them. */
  readonly errors: string[];
  /** Saves what the page shows, as a numbered picture. */
  picture(name: string): Promise<void>;
}

/** A headless Chromium. */
export interface OpenBrowser extends AsyncDisposable {
  /** Opens a page of 1280 by 800 where nothing moves, unless told otherwise, with storage of its own. */
  open(options?: BrowserContextOptions): Promise<OpenPage>;
}

/** Opens a browser; pictures of its pages go to `SCREENSHOTS`, or to a temporary folder that is told. */
export async function openBrowser(executablePath: string): Promise<OpenBrowser> {
  const folder = Deno.env.get("SCREENSHOTS") ??
    await Deno.makeTempDir({ prefix: "mobility-screenshots-" });
  await Deno.mkdir(folder, { recursive: true });
  report(`tests: screenshots are in ${folder}`);
  const browser: Browser = await chromium.launch({ executablePath, args: FLAGS, timeout: 60_000 });
  let pictures = 0;
  return {
    open: async (options = {}) => {
      const context = await browser.newContext({
        viewport: { width: 1280, height: 800 },
        // Nothing is photographed while it moves.
        reducedMotion: "reduce",
        ...options,
      });
      const page = await context.newPage();
      page.setDefaultTimeout(30_000);
      const errors: string[] = [];
      page.on("pageerror", (error) => errors.push(error.message));
      page.on("console", (message) => {
        if (message.type() === "error") errors.push(message.text());
      });
      return {
        page,
        errors,
        picture: async (name) => {
          const number = String(++pictures).padStart(2, "0");
          await page.screenshot({ path: `${folder}/${number}-${name}.png` });
        },
        [Symbol.asyncDispose]: () => context.close(),
      };
    },
    [Symbol.asyncDispose]: () => browser.close(),
  };
}

/** Opens a page in a browser of its own; see `openBrowser`. */
export async function openPage(executablePath: string): Promise<OpenPage> {
  const browser = await openBrowser(executablePath);
  const page = await browser.open();
  return { ...page, [Symbol.asyncDispose]: () => browser[Symbol.asyncDispose]() };
}

function has(path: string): boolean {
  try {
    return Deno.statSync(path).isFile;
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return false;
    throw error;
  }
}
