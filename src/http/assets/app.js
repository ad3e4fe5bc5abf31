/* Countersign: progressive enhancement only. Every page works without this file. */
(() => {
  "use strict";

  // A form that only carries the browser onward (the way back to the buyer's system).
  // It is sent once per page load: the back button must not post a cart a second time.
  const onward = document.querySelector("form[data-auto-submit]");
  if (onward) {
    const nav = performance.getEntriesByType("navigation")[0];
    if (!nav || nav.type !== "back_forward") {
      // submit(), because a control may be called "submit"; the prototype's own is always there.
      HTMLFormElement.prototype.submit.call(onward);
    }
  }

  // "/" puts the cursor into the search field, Escape takes it out again.
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
    const target = event.target;
    const typing = target.closest("input, textarea, select, [contenteditable]");
    const search = document.querySelector("[data-search] input[type=search]");
    if (event.key === "/" && !typing && search) {
      event.preventDefault();
      search.focus();
      search.select();
    } else if (event.key === "Escape" && typing === search && search) {
      search.blur();
    }
  });

  // Suppliers' own shops are asked once the typing has paused, below results that are there already.
  let besideTimer = 0;
  const loadBeside = (wait) => {
    clearTimeout(besideTimer);
    const place = document.querySelector("[data-beside]");
    if (!place) return;
    besideTimer = setTimeout(async () => {
      place.setAttribute("aria-busy", "true");
      try {
        const answer = await fetch(place.dataset.beside, { headers: { Accept: "text/html" } });
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const fresh = page.getElementById("beside");
        // Without an answer the link stays, which shows what is wrong.
        if (fresh && place.isConnected) place.replaceWith(fresh);
      } catch { /* the link stays */ }
      place.removeAttribute("aria-busy");
    }, wait);
  };
  loadBeside(0);

  // Search as you type: the form's own address is fetched and the results are put in place.
  document.querySelectorAll("form[data-search][data-live]").forEach((form) => {
    const results = document.getElementById(form.dataset.live);
    const input = form.querySelector("input[type=search]");
    if (!results || !input || form.method !== "get") return;
    let timer = 0;
    let asked = null;
    const run = async () => {
      if (asked) asked.abort();
      asked = new AbortController();
      const url = new URL(form.action);
      url.search = new URLSearchParams(new FormData(form)).toString();
      results.setAttribute("aria-busy", "true");
      try {
        const answer = await fetch(url, { signal: asked.signal, headers: { Accept: "text/html" } });
        if (!answer.ok) throw new Error(String(answer.status));
        const page = new DOMParser().parseFromString(await answer.text(), "text/html");
        const fresh = page.getElementById(results.id);
        // A sign-in page came instead: follow it openly.
        if (!fresh) { location.assign(url); return; }
        results.replaceChildren(...fresh.childNodes);
        history.replaceState(null, "", url);
        results.removeAttribute("aria-busy");
        loadBeside(700);
      } catch (fault) {
        if (fault.name !== "AbortError") results.removeAttribute("aria-busy");
      }
    };
    input.addEventListener("input", () => {
      clearTimeout(timer);
      timer = setTimeout(run, 180);
    });
  });

  // A select or checkbox that filters a list sends its form at once; the button stays for others.
  document.addEventListener("change", (event) => {
    const form = event.target.closest("form[data-filter]");
    if (form && event.target.matches("select, input[type=checkbox]")) form.requestSubmit();
  });

  // A second click on a button that is already on its way sends nothing twice.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (form.method !== "post") return;
    if (form.dataset.sent) { event.preventDefault(); return; }
    form.dataset.sent = "yes";
    const buttons = form.querySelectorAll("button");
    setTimeout(() => buttons.forEach((button) => button.setAttribute("aria-disabled", "true")), 0);
    // An answer that leaves this page standing (a download, another window) frees the form again.
    setTimeout(() => free(form), 5000);
  });
  const free = (form) => {
    delete form.dataset.sent;
    form.querySelectorAll("[aria-disabled]").forEach((button) => button.removeAttribute("aria-disabled"));
  };
  // Coming back from the browser's page cache, forms must work again.
  addEventListener("pageshow", (event) => {
    if (event.persisted) document.querySelectorAll("form[data-sent]").forEach(free);
  });

  // After a refusal the summary is read first.
  const summary = document.querySelector("[data-error-summary]");
  if (summary) summary.focus();
})();
