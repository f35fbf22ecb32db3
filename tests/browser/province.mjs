// What the province does by itself: the matrix and the rows behind it, whom to call, letters, the rule pack and the
// template. The Rust test starts the programs and passes: CHROMIUM, HUB (address of the pages), UNIT (name), CODE,
// PACK (another rule pack), TEMPLATE and LACKING (two templates, the second without a name), YEAR (with ratings).
import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { forgive, open, run, text } from "./lib.mjs";

const { HUB, UNIT, CODE, PACK, TEMPLATE, LACKING, YEAR } = process.env;

/** Saves what a link gives, and tells its name and first bytes. */
async function saved(page, link) {
  const download = page.waitForEvent("download");
  await link.click();
  const file = await download;
  const bytes = await readFile(await file.path());
  return { name: file.suggestedFilename(), head: bytes.subarray(0, 4).toString("latin1") };
}

const row = (board) => board.locator("#duties tbody tr", { hasText: UNIT });
const press = (board, name) => board.getByRole("button", { name, exact: true }).click();

const steps = {
  async "the matrix fits the screen and says what the machines said"(board) {
    await board.goto(`${HUB}/duties?year=${YEAR}`);
    const heads = await board.locator("#duties thead th").allInnerTexts();
    assert.equal(heads.length, 8, `unit, four quarters, half a year, ratings, year: ${heads}`);
    assert.ok(heads.some((h) => h.startsWith("Xếp loại")));
    assert.match(await row(board).locator("th").innerText(), /đã gửi hết|chờ gửi/);
    assert.match(await row(board).locator("th").innerText(), /đồng hồ/);
    const wide = await board.evaluate(() => {
      const box = document.querySelector("#duties .scroll");
      return box.scrollWidth - box.clientWidth;
    });
    assert.ok(wide <= 0, `the table is ${wide} px wider than its card`);
  },

  async "a cell of ratings opens its points and the minutes"(board) {
    await row(board).locator("a[href^='/ratings/']").first().click();
    await board.waitForURL(/\/ratings\//);
    assert.match(await text(board, "h1")(), new RegExp(`Xếp loại năm ${YEAR}`));
    const tabs = await board.locator(".tabs a").allInnerTexts();
    assert.equal(tabs.length, 3, `${tabs}`);
    const minutes = await saved(board, board.locator("a[href$='/docx']"));
    assert.deepEqual(minutes, { name: `rating-${YEAR}-${CODE}.docx`, head: "PK\u0003\u0004" });
  },

  async "whom to call is written and the list says it"(board) {
    await board.goto(`${HUB}/calls?year=${YEAR}`);
    const late = board.locator("tbody tr", { hasText: UNIT });
    await late.getByRole("link", { name: /Ghi liên hệ/ }).click();
    await board.waitForURL(/\/contact$/);
    await board.locator("#phone").fill("không có số");
    await press(board, "Lưu");
    await board.locator("main .faults").waitFor();
    assert.equal(await board.locator("#phone").inputValue(), "không có số", "what was typed is kept");
    forgive("422");
    await board.locator("#officer").fill("A Thanh");
    await board.locator("#phone").fill("0260 3862 123");
    await press(board, "Lưu");
    await board.locator(".notice", { hasText: "Đã lưu liên hệ" }).waitFor();
    await board.goto(`${HUB}/calls?year=${YEAR}`);
    assert.match(await late.innerText(), /A Thanh[^]*0260 3862 123/);
  },

  async "the letters that remind are saved as Word and PDF"(board) {
    const late = board.locator("tbody tr", { hasText: UNIT });
    const of = (format) => saved(board, late.locator(`a[href='/letters/remind/${YEAR}-annual/${CODE}/${format}']`).first());
    assert.deepEqual(await of("docx"), { name: `reminder-${YEAR}-annual-${CODE}.docx`, head: "PK\u0003\u0004" });
    assert.deepEqual(await of("pdf"), { name: `reminder-${YEAR}-annual-${CODE}.pdf`, head: "%PDF" });
  },

  async "another rule pack is looked at, then adopted with a reason"(board) {
    await board.goto(`${HUB}/reports`);
    await board.getByRole("link", { name: /Mẫu & quy tắc/ }).click();
    await board.waitForURL(/\/rules$/);
    assert.ok((await board.locator(".tag", { hasText: "giả định" }).count()) > 5);
    await board.locator("#pack-file").setInputFiles(PACK);
    await press(board, "Xem nếu đặt thì sao");
    await board.locator("#proposed").waitFor();
    assert.match(await board.locator("#proposed").innerText(), /từ 50 %[^]*từ 100 %[^]*kết luận đổi/);
    await board.locator("#reason").fill("theo văn bản mới");
    await press(board, "Đặt bộ này");
    await board.locator(".notice", { hasText: "Đã đặt bộ quy tắc" }).waitFor();
    assert.match(await board.locator("#packs").innerText(), /theo văn bản mới/);
  },

  async "a template that lacks a name is refused by name, another is adopted and fills the report"(board) {
    await board.locator("#template-file").setInputFiles(LACKING);
    await press(board, "Đặt mẫu này");
    await board.locator("main .faults").waitFor();
    assert.match(await board.locator("main .faults").innerText(), /keng_tong_to/);
    forgive("422");
    await board.goto(`${HUB}/rules`);
    await board.locator("#template-file").setInputFiles(TEMPLATE);
    await press(board, "Đặt mẫu này");
    await board.locator(".notice", { hasText: "Đã đặt mẫu thống kê" }).waitFor();
    const file = await saved(board, board.getByRole("link", { name: "Tải mẫu đang dùng" }));
    assert.equal(file.name, TEMPLATE.split("/").pop());
    await board.goto(`${HUB}/reports`);
    assert.match(await board.locator("main").innerText(), new RegExp(file.name));
  },
};

await run(steps, await open("hub", HUB));
process.exit(0);
