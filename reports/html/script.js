"use strict";
(() => {
  const root = document.documentElement;
  const dark = window.matchMedia("(prefers-color-scheme: dark)");
  const KEY = "cartfuzz-theme";

  /* Storage is closed to some pages that are opened as files. */
  const stored = () => { try { return localStorage.getItem(KEY); } catch { return null; } };
  const store = (theme) => { try { localStorage.setItem(KEY, theme); } catch { /* not kept */ } };
  const shown = () => root.dataset.theme || (dark.matches ? "dark" : "light");

  root.classList.add("has-script");
  if (stored() === "dark" || stored() === "light") root.dataset.theme = stored();

  const setUp = () => {
    const at = (id) => document.getElementById(id);
    const announce = (text) => { at("announcement").textContent = text; };

    /* Light and dark. */
    const theme = at("theme");
    const name = () => { theme.textContent = shown() === "dark" ? "Light colours" : "Dark colours"; };
    theme.addEventListener("click", () => {
      root.dataset.theme = shown() === "dark" ? "light" : "dark";
      store(root.dataset.theme);
      name();
    });
    dark.addEventListener("change", name);
    name();

    /* The filter. */
    const cards = Array.from(document.querySelectorAll("#cards > [data-card]"));
    const texts = new Map();
    const textOf = (card) => {
      if (!texts.has(card)) texts.set(card, card.textContent.toLowerCase());
      return texts.get(card);
    };
    const filter = () => {
      const words = at("filter-text").value.toLowerCase().split(/\s+/).filter(Boolean);
      const kind = at("filter-kind").value;
      const rule = at("filter-rule").value;
      let count = 0;
      for (const card of cards) {
        const fits = (!kind || card.dataset.kind === kind) && (!rule || card.dataset.rule === rule)
          && words.every((word) => textOf(card).includes(word));
        card.hidden = !fits;
        count += fits ? 1 : 0;
      }
      at("filter-count").textContent = `${count} of ${cards.length}`;
      at("filter-empty").hidden = count > 0;
    };
    /* The address holds the filter, so that it can be sent to somebody. */
    const fields = ["text", "kind", "rule"];
    const keep = () => {
      const address = new URL(location.href);
      for (const name of fields) {
        const value = at(`filter-${name}`).value;
        if (value) address.searchParams.set(name, value);
        else address.searchParams.delete(name);
      }
      history.replaceState(null, "", address);
    };
    const restore = () => {
      const given = new URL(location.href).searchParams;
      for (const name of fields) {
        const field = at(`filter-${name}`);
        if (given.has(name)) field.value = given.get(name);
        /* A select has no value for what it does not offer. */
        if (field.selectedIndex === -1) field.selectedIndex = 0;
      }
    };
    if (cards.length) {
      at("filter-text").form.addEventListener("submit", (event) => event.preventDefault());
      for (const name of fields) {
        at(`filter-${name}`).addEventListener("input", () => { filter(); keep(); });
      }
      const setOpen = (open) => () => {
        for (const card of cards) if (!card.hidden) card.open = open;
      };
      at("open-all").addEventListener("click", setOpen(true));
      at("close-all").addEventListener("click", setOpen(false));
      restore();
      filter();
    }

    /* Copying. A text that many scripts share is in the page once. */
    const json = (id) => JSON.parse(at(id) ? at(id).textContent : "null");
    const common = json("common") || [];
    const exact = json("exact") || {};
    const textToCopy = (name) => {
      if (Object.hasOwn(exact, name)) return exact[name];
      const code = at(name).querySelector("code");
      return Array.from(code.childNodes, (node) =>
        node.dataset && node.dataset.common ? common[Number(node.dataset.common)] : node.textContent,
      ).join("");
    };
    const copy = async (text) => {
      try {
        await navigator.clipboard.writeText(text);
        return true;
      } catch {
        const area = document.createElement("textarea");
        area.value = text;
        document.body.append(area);
        area.select();
        const done = document.execCommand("copy");
        area.remove();
        return done;
      }
    };
    document.addEventListener("click", async (event) => {
      const button = event.target.closest("button[data-copy]");
      if (!button) return;
      const done = await copy(textToCopy(button.dataset.copy));
      announce(done ? "Copied" : "The browser does not allow copying");
      button.classList.add(done ? "is-done" : "is-refused");
      setTimeout(() => button.classList.remove("is-done", "is-refused"), 2000);
    });

    /* A link to what is folded opens it, and one to what the filter hides clears the filter. */
    const named = () => {
      const name = location.hash.slice(1);
      try { return at(decodeURIComponent(name)); } catch { return at(name); }
    };
    const reveal = () => {
      const target = named();
      if (!target) return;
      if (cards.some((card) => card.hidden && card.contains(target))) {
        for (const name of fields) at(`filter-${name}`).value = "";
        filter();
        keep();
      }
      for (let one = target; one; one = one.parentElement) {
        if (one.tagName === "DETAILS") one.open = true;
      }
      target.scrollIntoView();
      (target.querySelector(":scope > summary") || target).focus({ preventScroll: true });
    };
    window.addEventListener("hashchange", reveal);
    /* A second click on the same link changes no address. */
    document.addEventListener("click", (event) => {
      const link = event.target.closest("a[href^='#']");
      if (!link || link.hash !== location.hash || event.ctrlKey || event.metaKey || event.shiftKey) return;
      event.preventDefault();
      reveal();
    });
    if (location.hash) reveal();

    /* Paper cannot unfold: up to a bound, what is shown is printed open. */
    let closed = [];
    window.addEventListener("beforeprint", () => {
      closed = cards.filter((card) => !card.hidden && !card.open).slice(0, 50);
      for (const card of closed) card.open = true;
    });
    window.addEventListener("afterprint", () => {
      for (const card of closed) card.open = false;
    });

    /* Which section is being read. */
    const links = new Map(Array.from(document.querySelectorAll(".contents a"), (link) => [link.hash.slice(1), link]));
    const seen = new IntersectionObserver((entries) => {
      for (const entry of entries) {
        if (!entry.isIntersecting) continue;
        for (const link of links.values()) link.removeAttribute("aria-current");
        const link = links.get(entry.target.getAttribute("aria-labelledby"));
        if (link) link.setAttribute("aria-current", "true");
      }
    }, { rootMargin: "-20% 0px -70% 0px" });
    for (const section of document.querySelectorAll("main > section")) seen.observe(section);
  };

  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", setUp);
  else setUp();
})();
