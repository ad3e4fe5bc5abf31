// People away and sign-off line by line, as people do it in a browser, with pictures at both widths.

import { check } from "./stage.mjs";
import { signIn, submit } from "./people.mjs";

const day = (ahead) => new Date(Date.now() + ahead * 86_400_000).toISOString().slice(0, 10);

export const tests = {
  "mia hands over to dan, dan decides for her, and it ends again": async (stage) => {
    const base = await stage.url();
    const mia = await signIn(stage, "mia@acme.example");
    await mia.goto(`${base}/approvals`);
    await mia.getByRole("link", { name: "When I am away" }).click();
    await mia.getByRole("button", { name: "Hand over", exact: true }).waitFor();
    await stage.look(mia, "away-empty");
    await mia.getByLabel("Who decides instead").selectOption({ label: "Dan Weber" });
    await mia.getByLabel("Until and with").fill(day(20));
    await mia.getByRole("button", { name: "Hand over", exact: true }).click();
    await mia.getByText("Your deputy will be asked instead of you.").waitFor();
    await stage.look(mia, "away");

    const ed = await signIn(stage, "ed@acme.example");
    await submit(ed, base, ["DESK-01", "DESK-01"]);
    check(/Dan Weber stands in for Mia Berg/.test(await ed.innerText("body")), "the deputy is named");
    await stage.look(ed, "requisition-forecast");

    const dan = await signIn(stage, "dan@acme.example");
    await dan.goto(`${base}/approvals`);
    check(/You stand in for Mia Berg/.test(await dan.innerText("body")), "for whom he decides");
    await stage.look(dan, "approvals-deputy");
    await dan.getByRole("button", { name: "Approve", exact: true }).first().click();
    await dan.getByText(/was recorded/).waitFor();

    await mia.getByRole("button", { name: "End it now" }).first().click();
    await mia.getByText("You are asked yourself again.").waitFor();
    check(mia.faults.concat(ed.faults, dan.faults).length === 0, "no script fails");
  },
  "a day that is none is told beside its field": async (stage) => {
    const base = await stage.url();
    const mia = await signIn(stage, "mia@acme.example");
    await mia.goto(`${base}/approvals/away`);
    await mia.getByRole("button", { name: "Note them" }).click();
    await mia.getByText("Choose a day.").first().waitFor();
    await stage.look(mia, "away-fault");
  },
  "mia refuses one line on a phone, and the rest is ordered": async (stage) => {
    const base = await stage.url();
    const ed = await signIn(stage, "ed@acme.example");
    await submit(ed, base, ["DESK-01", "DESK-01", "DRILL-01"]);
    const mia = await signIn(stage, "mia@acme.example");
    await mia.setViewportSize({ width: 390, height: 844 });
    await mia.goto(`${base}/approvals`);
    await mia.getByRole("link", { name: /REQ-\d/ }).first().click();
    await mia.getByText("Decide line by line").click();
    await mia.getByLabel(/why not/).last().fill("We have drills.");
    await stage.look(mia, "approval-lines");
    await mia.getByRole("button", { name: "Approve", exact: true }).click();
    await mia.getByText(/was recorded/).waitFor();
    await ed.reload();
    await ed.getByText("We have drills.").first().waitFor();
    check(!/Toolworks/.test(await ed.locator("table").first().innerText()), "the line is gone");
    await stage.look(ed, "requisition-line-refused");
    check(ed.faults.concat(mia.faults).length === 0, "no script fails");
  },
};
