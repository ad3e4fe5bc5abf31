// Forms in a browser: what is at fault is open and reached from the summary, what is in hand is
// seen, and nothing that was typed is lost.

import { check, same } from "./stage.mjs";
import { signIn, submit } from "./people.mjs";

// How far two colours are apart, as WCAG counts it.
function contrast(one, other) {
  const light = (text) => {
    const [r, g, b] = text.match(/[\d.]+/g).slice(0, 3).map((part) => {
      const value = Number(part) / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    });
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const [low, high] = [light(one), light(other)].sort((a, b) => a - b);
  return (high + 0.05) / (low + 0.05);
}

export const tests = {
  "a typing error on a single line loses no word and is reached from the summary": async (stage) => {
    const base = await stage.url();
    const ed = await signIn(stage, "ed@acme.example");
    await submit(ed, base, ["DESK-01", "DESK-01", "DRILL-01"]);
    const mia = await signIn(stage, "mia@acme.example");
    await mia.setViewportSize({ width: 390, height: 844 });
    await mia.goto(`${base}/approvals`);
    await mia.getByRole("link", { name: /REQ-\d/ }).first().click();
    await mia.getByText("Decide line by line").click();
    await mia.getByLabel(/: quantity/).first().fill("one");
    await mia.getByLabel(/why not/).last().fill("We have drills.");
    await mia.getByRole("button", { name: "Approve", exact: true }).click();
    await mia.getByText("There is a problem").waitFor();
    await mia.getByRole("link", { name: /This is no quantity/ }).click();
    const focused = await mia.evaluate(() => document.activeElement?.value);
    same(focused, "one", "the field at fault has the cursor");
    same(await mia.getByLabel(/why not/).last().inputValue(), "We have drills.", "the reason");
    await stage.look(mia, "approval-lines-fault");
    await mia.getByLabel(/: quantity/).first().fill("1");
    await mia.getByRole("button", { name: "Approve", exact: true }).click();
    await mia.getByText(/was recorded/).waitFor();
    await ed.reload();
    await ed.getByText("We have drills.").first().waitFor();
    check(mia.faults.length === 0, "no script fails");
  },
  "the ring round what has the cursor and the edge of a field stand out": async (stage) => {
    for (const colorScheme of ["light", "dark"]) {
      const page = await stage.page("plain", { colorScheme });
      await page.goto(`${await stage.url()}/sign-in`);
      await page.keyboard.press("Tab");
      await page.getByLabel("E-mail address").focus();
      await page.keyboard.press("Shift+Tab");
      await page.keyboard.press("Tab");
      const seen = await page.evaluate(() => {
        const own = getComputedStyle(document.activeElement);
        const body = getComputedStyle(document.body).backgroundColor;
        const card = getComputedStyle(document.querySelector(".card")).backgroundColor;
        return { ring: own.outlineColor, wide: own.outlineWidth, edge: own.borderTopColor, body, card };
      });
      same(seen.wide, "3px", `a ring is there in the ${colorScheme}`);
      for (const [what, colour] of [["ring", seen.ring], ["edge", seen.edge]]) {
        for (const ground of [seen.body, seen.card]) {
          const apart = contrast(colour, ground);
          check(apart >= 3, `${what} ${colour} on ${ground}, ${colorScheme}: ${apart.toFixed(2)}`);
        }
      }
      await stage.look(page, `focus-${colorScheme}`);
    }
  },
  "a printed order has no forms": async (stage) => {
    const base = await stage.url();
    const ed = await signIn(stage, "ed@acme.example");
    await ed.goto(`${base}/shop?q=BOLT-M8`);
    await ed.getByRole("button", { name: "Add to cart" }).first().click();
    await ed.goto(`${base}/cart`);
    await ed.getByRole("button", { name: "Submit for sign-off" }).click();
    await ed.locator("a[href*='/orders/']").first().click();
    await ed.getByText("Goods in hand").waitFor();
    await ed.emulateMedia({ media: "print" });
    check(!(await ed.getByText("Goods in hand").isVisible()), "nothing to fill in on paper");
    check(await ed.getByText("Total net").isVisible(), "the order itself is printed");
  },
  "a catalogue opens in a frame by OCI, and the trial's page fits a phone": async (stage) => {
    const base = (await stage.url()).replace("127.0.0.1", "localhost");
    const page = await stage.page();
    await page.goto(`${base}/sim/buyer`);
    const sap = page.locator("section.card", { hasText: "SAP" });
    await sap.getByRole("button", { name: "Punch out in a frame" }).click();
    await page.getByRole("button", { name: "Open the catalogue" }).click();
    await page.frameLocator("iframe").getByRole("button", { name: "Add to cart" }).first().waitFor();
    await page.goto(`${base}/sim/partner`);
    await stage.look(page, "sim-partner");
  },
};
