// What the scripts of this folder share: pages that tell their faults, and patience.
import { chromium } from "playwright-core";

export const faults = [];
const browser = await chromium.launch({ executablePath: process.env.CHROMIUM, args: ["--no-sandbox"] });

export async function open(name, address) {
  const page = await (await browser.newContext({ locale: "vi-VN", viewport: { width: 1366, height: 768 } })).newPage();
  page.setDefaultTimeout(15_000);
  page.on("console", (m) => m.type() === "error" && faults.push(`${name}: ${m.text()} ${m.location().url}`));
  page.on("pageerror", (e) => faults.push(`${name}: ${e.message}`));
  page.on("response", (r) => r.status() >= 400 && faults.push(`${name}: ${r.status()} ${r.url()}`));
  await page.goto(address);
  return page;
}

/** Looks until what is read is what is expected; fails with what it saw last. */
export async function eventually(what, read, fits) {
  const until = Date.now() + 20_000;
  for (;;) {
    const seen = await read();
    if (fits(seen)) return;
    if (Date.now() > until) throw new Error(`in vain: ${what}; seen: ${JSON.stringify(seen)}`);
    await new Promise((r) => setTimeout(r, 100));
  }
}

export const text = (page, selector) => async () => (await page.locator(selector).innerText()).trim();

/** Forgets the refusals that a step meant to bring about. */
export function forgive(status) {
  for (let i = faults.length - 1; i >= 0; i--) if (faults[i].includes(status)) faults.splice(i, 1);
}

/** Leaves pictures of what the pages show after a step, where somebody wants to look: KENG_PAGES. */
async function picture(step, pages) {
  const folder = process.env.KENG_PAGES;
  if (!folder) return;
  for (const [n, page] of pages.entries()) await page.screenshot({ path: `${folder}/step-${step}-${n}.png` });
}

/** Runs the steps one after the other; the first fault ends all. */
export async function run(steps, ...pages) {
  try {
    for (const [n, [name, step]] of Object.entries(steps).entries()) {
      await step(...pages);
      await picture(n, pages);
      if (faults.length > 0) throw new Error(`${name}: ${faults.join("\n")}`);
      console.log(`ok  ${name}`);
    }
  } finally {
    await browser.close();
  }
}
