// The journeys as people walk them, by the words on the buttons, with pictures at both widths.

import { check } from "./stage.mjs";
import { signIn } from "./people.mjs";

async function add(page, base, sku) {
  await page.goto(`${base}/shop?q=${sku}`);
  await page.getByRole("button", { name: "Add to cart" }).first().click();
}

function pressed(page, name) {
  return page.getByRole("button", { name }).first().click();
}

export const tests = {
  "a newcomer finds every role on the start page": async (stage) => {
    const page = await stage.page();
    await page.goto(await stage.url());
    for (const word of ["Requester", "Manager", "Supplier", "Admin"]) {
      check(await page.getByText(new RegExp(word, "i")).first().isVisible(), word);
    }
    await stage.look(page, "start");
    check(page.faults.length === 0, page.faults.join("; "));
  },
  "ed submits a desk too many, mia approves it, and an order is there": async (stage) => {
    const base = await stage.url();
    const ed = await signIn(stage, "ed@acme.example");
    await add(ed, base, "DESK-01");
    await add(ed, base, "DESK-01");
    await ed.goto(`${base}/cart`);
    check((await ed.innerText("body")).includes("900.00"), "the total is on the cart");
    check(/mia/i.test(await ed.innerText("body")), "the plan is shown before submitting");
    await stage.look(ed, "cart");
    const center = ed.getByLabel(/cost cent/i);
    if (await center.count()) await center.first().selectOption({ index: 0 }).catch(() => {});
    await pressed(ed, "Submit for sign-off");
    await ed.getByText(/pending/i).first().waitFor();
    await stage.look(ed, "requisition-pending");

    const mia = await signIn(stage, "mia@acme.example");
    await mia.goto(`${base}/approvals`);
    await stage.look(mia, "approvals");
    await mia.getByRole("link", { name: /REQ-\d/ }).first().click();
    await stage.look(mia, "approval");
    await pressed(mia, "Approve");

    await ed.goto(`${base}/orders`);
    await ed.getByRole("link", { name: /PO-/ }).first().click();
    await ed.getByText("900.00").first().waitFor();
    await stage.look(ed, "order");
    check(ed.faults.concat(mia.faults).length === 0, ed.faults.concat(mia.faults).join("; "));
  },
  "a quantity that was typed goes along when the cart is handed in": async (stage) => {
    const base = await stage.url();
    const ed = await signIn(stage, "ed@acme.example");
    await add(ed, base, "PEN-01");
    await ed.goto(`${base}/cart`);
    await ed.locator("input.qty").fill("1,5 dozen");
    await pressed(ed, "Submit for sign-off");
    const kept = await ed.locator("input.qty").inputValue();
    check(kept === "1,5 dozen", `what cannot be read stays to be mended, got ${kept}`);
    await ed.locator("input.qty").fill("8");
    await pressed(ed, "Submit for sign-off");
    await ed.waitForURL(/requisitions\/req_/);
    check((await ed.innerText("main")).includes("8 EA"), "eight are handed in, not one");
    check(ed.faults.length === 0, ed.faults.join("; "));
  },
  "sue confirms, ships and invoices on her desk": async (stage) => {
    const base = await stage.url();
    const ed = await signIn(stage, "ed@acme.example");
    await add(ed, base, "BOLT-M8");
    await ed.goto(`${base}/cart`);
    await pressed(ed, "Submit for sign-off");
    const sue = await signIn(stage, "sue@partsdesk.example");
    await sue.goto(`${base}/supplier`);
    await stage.look(sue, "supplier");
    await sue.getByRole("link", { name: /PO-/ }).first().click();
    // "Create invoice" opens the form, and is the button under it.
    for (const word of ["Confirm order", "Ship", "Create invoice", "Create invoice"]) {
      await pressed(sue, word);
      await stage.look(sue, `supplier-${word.toLowerCase().replaceAll(" ", "-")}`);
    }
    await sue.getByText(/INV-/).first().waitFor();
    await ed.goto(`${base}/orders`);
    await ed.getByRole("link", { name: /PO-/ }).first().click();
    await pressed(ed, "Receive");
    await stage.look(ed, "order-received");
  },
  "every page of the house is calm at both widths": async (stage) => {
    const base = await stage.url();
    const ada = await signIn(stage, "ada@acme.example");
    for (const path of ["shop", "cart", "requisitions", "orders", "invoices", "admin", "audit"]) {
      await ada.goto(`${base}/${path}`);
      await stage.look(ada, path);
    }
    for (const path of ["sim/buyer", "sim/supplier", "sim/mail", "api/docs"]) {
      await ada.goto(`${base}/${path}`);
      await stage.look(ada, path.replace("/", "-"));
    }
    check(ada.faults.length === 0, ada.faults.join("; "));
  },
};
