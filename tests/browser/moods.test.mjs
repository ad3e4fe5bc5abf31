// The browser itself: the moods that other tests rely on really refuse what they say they refuse.

import { same } from "./stage.mjs";

// A site that sets two cookies at its first page and tells, at the second, which came back.
function cookieSite() {
  return (request, response) => {
    response.setHeader("content-type", "text/html");
    if (request.url === "/first") {
      response.setHeader("set-cookie", [
        "control=1; Path=/; Secure; SameSite=None",
        "kept=1; Path=/; Secure; SameSite=None; Partitioned",
      ]);
      response.end('<a href="/second">go on</a>');
    } else {
      response.end(`<p id=said>${request.headers.cookie ?? ""}</p>`);
    }
  };
}

// What comes back to a site in a frame of another site's page.
async function cookiesInFrame(stage, mood) {
  const inner = await stage.site(cookieSite(), "127.0.0.1");
  const outer = await stage.site((_, response) => {
    response.setHeader("content-type", "text/html");
    response.end(`<iframe name=inner src="${inner}/first"></iframe>`);
  }, "localhost");
  const page = await stage.page(mood);
  await page.goto(outer);
  const frame = page.frameLocator("iframe");
  await frame.getByRole("link", { name: "go on" }).click();
  return (await frame.locator("#said").innerText()).split("; ").filter(Boolean).sort();
}

export const tests = {
  "an open browser sends both cookies of a framed site": async (stage) => {
    same(await cookiesInFrame(stage, "open"), ["control=1", "kept=1"], "cookies");
  },
  "with third-party cookies blocked only the partitioned one comes back": async (stage) => {
    same(await cookiesInFrame(stage, "third-party-blocked"), ["kept=1"], "cookies");
  },
  "with all cookies refused none comes back": async (stage) => {
    same(await cookiesInFrame(stage, "all-blocked"), [], "cookies");
  },
};
