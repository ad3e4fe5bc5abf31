// What people of the demo do again and again.

export async function signIn(stage, mail) {
  const page = await stage.page();
  await page.goto(`${await stage.url()}/sign-in`);
  await page.getByLabel(/e-?mail/i).fill(mail);
  await page.getByLabel(/password/i).fill("demo");
  await page.getByRole("button", { name: /sign in/i }).click();
  await page.waitForURL((url) => !url.pathname.startsWith("/sign-in"));
  return page;
}

export async function submit(page, base, skus) {
  for (const sku of skus) {
    await page.goto(`${base}/shop?q=${sku}`);
    await page.getByRole("button", { name: "Add to cart" }).first().click();
    await page.waitForLoadState();
  }
  await page.goto(`${base}/cart`);
  await page.getByRole("button", { name: "Submit for sign-off" }).click();
  await page.getByText(/pending/i).first().waitFor();
}
