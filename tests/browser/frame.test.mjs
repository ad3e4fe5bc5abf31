// Show 7: the shop inside another site's frame, with third-party cookies blocked, and with none.

import { check, same } from "./stage.mjs";

const GLOBEX = { identity: "AN01000000002", secret: "globex-secret" };

function setup({ identity, secret }, mail, back) {
  const credential = (inside) =>
    `<Credential domain="NetworkId"><Identity>${identity}</Identity>${inside}</Credential>`;
  const payload = `${Date.now()}.${Math.random()}@browser-test`;
  return `<?xml version="1.0" encoding="UTF-8"?>
<!DOCTYPE cXML SYSTEM "http://xml.cxml.org/schemas/cXML/1.2.071/cXML.dtd">
<cXML payloadID="${payload}" timestamp="2026-11-21T09:00:00+00:00" xml:lang="en-US"><Header>
<From>${credential("")}</From>
<To><Credential domain="DUNS"><Identity>999999999</Identity></Credential></To>
<Sender>${credential(`<SharedSecret>${secret}</SharedSecret>`)}<UserAgent>Test</UserAgent></Sender>
</Header><Request><PunchOutSetupRequest operation="create"><BuyerCookie>c1</BuyerCookie>
<Extrinsic name="UserEmail">${mail}</Extrinsic>
<BrowserFormPost><URL>${back}</URL></BrowserFormPost></PunchOutSetupRequest></Request></cXML>`;
}

// A procurement system of the test's own: a page with the shop in a frame, and a return address.
async function procurement(stage) {
  const state = { frame: "", returned: [], referrers: [] };
  const url = await stage.site((request, response) => {
    state.referrers.push([request.url, request.headers.referer ?? null]);
    let body = "";
    request.on("data", (piece) => (body += piece));
    request.on("end", () => {
      response.setHeader("content-type", "text/html");
      if (request.url.startsWith("/return")) {
        state.returned.push(new URLSearchParams(body));
        response.end("<h1>The cart is back</h1>");
      } else {
        response.end(`<title>Procurement</title><iframe name=shop width=1200 height=800
          src="${state.frame}"></iframe><iframe name=control src="${state.control}"></iframe>`);
      }
    });
  }, "localhost");
  return { url, state };
}

async function startPage(stage, back) {
  const server = await stage.url();
  const answer = await fetch(`${server}/cxml`, {
    method: "POST",
    headers: { "content-type": "text/xml; charset=UTF-8" },
    body: setup(GLOBEX, "ed@globex.example", back),
  });
  const text = await answer.text();
  const found = text.match(/<StartPage>\s*<URL>([^<]+)<\/URL>/);
  check(found, `no start page in ${text}`);
  return found[1].trim().replaceAll("&amp;", "&");
}

function cart(returned) {
  const plain = returned.get("cxml-urlencoded") ?? returned.get("cXML-urlencoded");
  const packed = returned.get("cxml-base64") ?? returned.get("cXML-base64");
  return plain ?? Buffer.from(packed ?? "", "base64").toString("utf8");
}

// Shops in the frame and sends the cart back; gives the paths the frame went through.
async function shopInFrame(stage, mood) {
  const { url, state } = await procurement(stage);
  // A page of a third site in a frame of its own, with a cookie of the ordinary kind.
  state.control = await stage.site((request, response) => {
    response.setHeader("set-cookie", "control=1; Path=/; Secure; SameSite=None");
    response.end("<h1>Control</h1>");
  }, "127.0.0.1");
  state.frame = await startPage(stage, `${url}/return`);
  const page = await stage.page(mood);
  const paths = [];
  page.on("framenavigated", (frame) => frame !== page.mainFrame() && paths.push(frame.url()));
  await page.goto(url);
  const shop = page.frameLocator("iframe[name=shop]");
  await shop.getByRole("searchbox").first().fill("DESK-01");
  await shop.getByRole("searchbox").first().press("Enter");
  await shop.getByRole("button", { name: "Add to cart" }).first().click();
  await shop.getByRole("link", { name: /cart/i }).first().click();
  await shop.getByText("DESK-01").first().waitFor();
  await page.frameLocator("iframe[name=control]").getByText("Control").waitFor();
  const cookies = await page.context().cookies();
  await shop.getByRole("button", { name: "Transfer cart" }).first().click();
  const back = page.getByRole("heading", { name: "The cart is back" });
  const inside = shop.getByRole("heading", { name: "The cart is back" });
  await Promise.any([back.waitFor(), inside.waitFor()]);
  same(state.returned.length, 1, "returns");
  const document = cart(state.returned[0]);
  check(document.includes("DESK-01"), `no line in ${document}`);
  return { paths, cookies, referrers: state.referrers, page };
}

export const tests = {
  "shop, cart and return work in a frame with third-party cookies blocked": async (stage) => {
    const { cookies, paths } = await shopInFrame(stage, "third-party-blocked");
    const ours = cookies.filter((cookie) => cookie.domain === "127.0.0.1");
    check(ours.length > 0, "the session's cookie is kept");
    check(!ours.some((cookie) => cookie.name === "control"), "an ordinary cookie is refused");
    for (const cookie of ours) {
      check(cookie.partitionKey, `${cookie.name} is partitioned`);
      check(cookie.secure && cookie.httpOnly && cookie.sameSite === "None", cookie.name);
    }
    check(paths.some((path) => new URL(path).pathname.startsWith("/shop")), paths.join(" "));
  },
  "with all cookies refused the pages go on under a path of their own": async (stage) => {
    const { cookies, paths, referrers } = await shopInFrame(stage, "all-blocked");
    same(cookies.length, 0, "cookies");
    const inner = paths.map((path) => new URL(path).pathname).filter((p) => p.includes("/shop"));
    check(inner.length > 0 && inner.every((p) => !p.startsWith("/shop")), paths.join(" "));
    const leaked = referrers.filter(([path, from]) => path.startsWith("/return") && from);
    check(
      leaked.every(([, from]) => new URL(from).pathname === "/"),
      `a path with a session in it leaked as referrer: ${JSON.stringify(leaked)}`,
    );
  },
};
