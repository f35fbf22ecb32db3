// Handing in without a link, and a nomination from draft to selection. The Rust test starts the
// programs and cuts the link when this script asks for it: a line on standard output, answered by one.
// It passes: CHROMIUM, HUB, NODE (addresses of the pages), UNIT (name), MODEL (name), FILE (a scan).
import assert from "node:assert/strict";
import { createInterface } from "node:readline";
import { eventually, forgive, open, run, text } from "./lib.mjs";

const { HUB, NODE, UNIT, MODEL, FILE } = process.env;
const REASON = "thiếu số tổ của thôn 3";
const year = new Date(Date.now() + 7 * 3_600_000).getUTCFullYear();
const answers = createInterface({ input: process.stdin })[Symbol.asyncIterator]();

async function link(state) {
  console.log(`link ${state}`);
  assert.equal((await answers.next()).value, "done");
}

const row = (board) => board.locator("#duties tbody tr", { hasText: UNIT });

/** Presses a button that is to be refused on the page. */
async function refused(page, name) {
  const answer = page.waitForResponse((r) => r.request().method() === "POST");
  await page.getByRole("button", { name, exact: true }).click();
  assert.equal((await answer).status(), 422);
  await page.locator("main .faults").first().waitFor();
  forgive("422");
}

const steps = {
  async "a period is handed in while the link is cut"(board, office) {
    await link("close");
    await board.goto(`${HUB}/duties`);
    assert.doesNotMatch(await row(board).innerText(), /Đã trình/);
    await office.goto(`${NODE}/reports?period=${year}-annual`);
    await office.locator("#confirm").check();
    await office.getByRole("button", { name: "Trình báo cáo", exact: true }).click();
    await office.locator(".notice", { hasText: "Đã trình, đã lưu tại máy" }).waitFor();
    assert.match(await office.locator("main").innerText(), /chưa tới tỉnh/);
  },

  async "the province's matrix shows it by itself once the link is back"(board, office) {
    await link("open");
    await office.goto(`${NODE}/sync`);
    await office.getByRole("button", { name: "Gửi ngay", exact: true }).click();
    await eventually("the matrix shows what came", () => row(board).innerText(), (t) => t.includes("Đã trình"));
  },

  async "the province sends it back, with a reason"(board) {
    await row(board).locator("a", { hasText: "Đã trình" }).click();
    await board.waitForURL(/\/submissions\//);
    await refused(board, "Trả lại");
    await board.locator("#reason").fill(REASON);
    await board.getByRole("button", { name: "Trả lại", exact: true }).click();
    await board.locator(".notice", { hasText: "Đã trả lại" }).waitFor();
    assert.match(await board.locator("main").innerText(), new RegExp(REASON));
  },

  async "the unit's work list shows it with the reason"(_, office) {
    const home = async () => {
      await office.goto(NODE);
      return office.locator(".tasks").innerText();
    };
    await eventually("the reason stands in the work list", home, (t) => t.includes(REASON) && t.includes("Trả lại"));
    await office.locator(".task", { hasText: REASON }).getByRole("link").first().click();
    await office.waitForURL(/\/reports\?/);
    assert.match(await office.locator("main").innerText(), new RegExp(`Tỉnh trả lại[^]*${REASON}`));
  },

  async "a unit drafts a nomination, adds a document and hands it in"(_, office) {
    await office.goto(`${NODE}/nominations`);
    await refused(office, "Lập đề xuất");
    await office.locator("#model").selectOption({ label: MODEL });
    await office.locator("#quarter").selectOption(`${year}-Q4`);
    await office.getByLabel("Xếp loại Tốt, đã nhân rộng").check();
    await office.locator("#justification").fill("giảm trộm cắp");
    await office.getByRole("button", { name: "Lập đề xuất", exact: true }).click();
    await office.waitForURL(/\/nominations\/[0-9a-f-]+/);
    await office.getByRole("link", { name: "Thêm Kế hoạch", exact: true }).click();
    assert.equal(await office.locator("#document-kind").inputValue(), "KE_HOACH");
    await office.locator("#document-file").setInputFiles(FILE);
    await office.getByRole("button", { name: "Thêm vào hồ sơ", exact: true }).click();
    await office.locator(".notice", { hasText: "Đã thêm tệp" }).waitFor();
    assert.match(await office.locator("tr", { hasText: "Kế hoạch" }).first().innerText(), /Có/);
    await office.getByRole("button", { name: "Trình đề xuất", exact: true }).click();
    await office.locator(".notice", { hasText: "Đã trình" }).waitFor();
  },

  async "the province selects it, and the unit sees it"(board, office) {
    const list = async () => {
      await board.goto(`${HUB}/nominations`);
      return board.locator("main").innerText();
    };
    await eventually("the nomination has come", list, (t) => t.includes("Đã trình"));
    await board.locator("tbody th a", { hasText: MODEL }).first().click();
    await board.waitForURL(/\/nominations\//);
    // Not eligible by R13: the province needs a reason for what it does all the same.
    await refused(board, "Chọn thông báo toàn tỉnh");
    await board.locator("#reason").fill("cách làm hay, cần nhân rộng");
    await board.getByRole("button", { name: "Chọn thông báo toàn tỉnh", exact: true }).click();
    await board.locator(".notice", { hasText: "Đã chọn thông báo toàn tỉnh" }).waitFor();
    const own = async () => {
      await office.reload();
      return text(office, "main")();
    };
    await eventually("the unit sees the decision", own, (t) => t.includes("Thông báo toàn tỉnh"));
    assert.match(await text(office, "main")(), /cách làm hay, cần nhân rộng/);
  },
};

await run(steps, await open("hub", HUB), await open("node", NODE));
process.exit(0);
