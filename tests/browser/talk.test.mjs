// Asking back about a requisition, and what admins set for sign-off, as people do it in a browser,
// with pictures at both widths.

import { check } from "./stage.mjs";
import { signIn, submit } from "./people.mjs";

const PHONE = { width: 390, height: 844 };

export const tests = {
  "ed says a word and attaches a file on a phone, mia reads both": async (stage) => {
    const base = await stage.url();
    const ed = await signIn(stage, "ed@acme.example");
    await submit(ed, base, ["DESK-01", "DESK-01"]);
    await ed.setViewportSize(PHONE);
    await ed.getByLabel("Comment").fill("Does it fit the lift?");
    await ed.getByRole("button", { name: "Add comment" }).click();
    await ed.getByText("Does it fit the lift?").first().waitFor();
    const offer = { name: "offer.txt", mimeType: "text/plain", buffer: Buffer.from("450.00 each") };
    await ed.getByLabel("File", { exact: true }).setInputFiles(offer);
    await ed.getByRole("button", { name: "Attach file" }).click();
    await ed.getByRole("link", { name: "offer.txt" }).waitFor();
    await stage.look(ed, "requisition-talk");

    const mia = await signIn(stage, "mia@acme.example");
    await mia.goto(`${base}/approvals`);
    await mia.getByRole("link", { name: /REQ-\d/ }).first().click();
    await mia.getByText("Does it fit the lift?").first().waitFor();
    const [file] = await Promise.all([
      mia.waitForEvent("download"),
      mia.getByRole("link", { name: "offer.txt" }).click(),
    ]);
    check(file.suggestedFilename() === "offer.txt", "the file is a download, never a page");
    await stage.look(mia, "approval-talk");
    check(ed.faults.concat(mia.faults).length === 0, "no script fails");
  },
  "ada keeps rates, the clock of sign-off and a webhook": async (stage) => {
    const base = await stage.url();
    const ada = await signIn(stage, "ada@acme.example");
    await ada.goto(`${base}/admin/registers/rates`);
    await ada.getByLabel("One line for each").fill("EUR/USD,1.1,2026-01-01");
    await ada.getByRole("button", { name: "Save" }).click();
    await ada.waitForURL(/done=saved/);
    await stage.look(ada, "register-rates");

    await ada.goto(`${base}/admin/sign-off`);
    await ada.getByLabel("Let it expire after").fill("12");
    await ada.getByRole("button", { name: "Save", exact: true }).click();
    await ada.waitForLoadState();
    await ada.goto(`${base}/admin/sign-off`);
    check((await ada.getByLabel("Let it expire after").inputValue()) === "12", "it was kept");
    await stage.look(ada, "sign-off");

    await ada.goto(`${base}/admin/webhooks`);
    await ada.getByLabel("Address").fill("http://127.0.0.1:9/hook");
    await ada.getByLabel("requisition approved").check();
    await ada.getByRole("button", { name: "Add", exact: true }).click();
    await ada.getByText(/once/).first().waitFor();
    await stage.look(ada, "webhook-added");
    check(ada.faults.length === 0, "no script fails");
  },
};
