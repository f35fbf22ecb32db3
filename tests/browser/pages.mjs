// What an officer and the province see, in Debian's Chromium. The Rust test starts the programs,
// prepares one conflict, and passes: CHROMIUM, HUB, NODE (addresses of the pages), UNIT (name).
import assert from "node:assert/strict";
import { eventually, forgive, open, run, text } from "./lib.mjs";

const { HUB, NODE, UNIT } = process.env;

/** Teams of the unit as the board shows them. */
async function teams(board) {
  const row = board.locator("#live table.strong tbody tr", { hasText: UNIT });
  return Number((await row.locator("td").nth(1).innerText()).replace(/\D/g, ""));
}

const steps = {
  async "an officer edits a point in the form; the board changes by itself"(board, office) {
    await office.goto(`${NODE}/points`);
    // The board is drawn a moment after a change: begin with what the hub says by then.
    const before = Number(process.env.TEAMS);
    await eventually("the board shows the unit's teams", () => teams(board), (n) => n === before);
    await office.locator("#rows tbody tr", { hasNotText: "↔" }).locator("a[href$='/edit']").first().click();
    const old = Number(await office.locator("#teams").inputValue());
    await office.locator("#teams").fill(String(old + 3));
    await office.getByRole("button", { name: "Lưu", exact: true }).click();
    await office.waitForURL(/\/points(\?.*)?$/);
    await eventually("the board shows three teams more", () => teams(board), (n) => n === before + 3);
  },

  async "a value that is none is refused where it stands"(_, office) {
    await office.locator("#rows a[href$='/edit']").first().click();
    await office.locator("#teams").fill("bảy");
    const answer = office.waitForResponse((r) => r.request().method() === "POST");
    await office.getByRole("button", { name: "Lưu", exact: true }).click();
    assert.equal((await answer).status(), 422);
    assert.equal(await office.locator("#teams").inputValue(), "bảy", "what was typed is kept");
    assert.ok(await office.locator("#teams-error").isVisible());
    // The one answer above 400 that was meant.
    forgive("422");
  },

  async "the province chooses in a conflict, and the district sees it"(board, office) {
    await office.goto(NODE);
    await eventually("the chip asks for a person", text(office, "#chip"), (t) => t.includes("Cần xử lý (1)"));
    await eventually("the district counts one conflict", text(office, "#waiting-contests"), (t) => t === "1");
    await board.goto(`${HUB}/contests`);
    await board.locator("tbody a[href^='/contests/']").first().click();
    const sides = await board.locator(".sides .card button").allInnerTexts();
    assert.equal(sides.length, 2, `two sides: ${sides}`);
    await board.locator("#reason").fill("theo hồ sơ của huyện");
    await board.locator(".sides .card button", { hasText: "7" }).click();
    // Where the choice can be seen beside what was not chosen.
    await board.waitForURL(/\/trace\?/);
    const history = await board.locator("main").innerText();
    assert.match(history, /7 ↔ 9 → 7|9 ↔ 7 → 7/);
    assert.match(history, /theo hồ sơ của huyện/);
    await eventually("the district counts none any more", text(office, "#waiting-contests"), (t) => t === "");
    await eventually("the chip says that all was sent", text(office, "#chip"), (t) => t.includes("Đã gửi hết"));
  },

  async "the board is live though a script comes late"(board) {
    const script = /hx-sse/;
    await board.route(script, async (route) => {
      await new Promise((r) => setTimeout(r, 500));
      await route.continue();
    });
    const stream = board.waitForRequest((r) => new URL(r.url()).pathname === "/events");
    await board.goto(HUB);
    await stream;
    await board.unroute(script);
  },

  async "every place of both menus opens"(board, office) {
    for (const [page, address] of [[board, HUB], [office, NODE]]) {
      await page.goto(address);
      const places = await page.locator("nav.menu a").evaluateAll((links) => links.map((a) => a.getAttribute("href")));
      assert.ok(places.length >= 5, `places: ${places}`);
      for (const place of places) {
        await page.goto(address + place);
        assert.equal(await page.locator("h1").count(), 1, `${place} has one heading`);
      }
    }
  },
};

await run(steps, await open("hub", HUB), await open("node", NODE));
