// Single keys for everything that can be pressed: `data-key` on the element says which. `?` lists
// them; they can be switched off (WCAG 2.1.4) and never fire while somebody types.
"use strict";
(() => {
  const OFF = "kinline-keys-off", SOUND = "kinline-sound", SEQUENCE = 1200;
  const dialog = document.getElementById("keys");
  let before = "", timer = 0;

  function isTyping(element) {
    return element.matches("input:not([type=checkbox]):not([type=radio]), textarea, select, [contenteditable]");
  }

  function isShown(element) {
    return element.getClientRects().length > 0 || element.closest("details:not([open])");
  }

  function press(element) {
    if (element.matches("summary")) return unfold(element.parentElement);
    const folded = element.closest("details:not([open])");
    if (folded) folded.open = true;
    if (element.dataset.opens) openDialog();
    else if (isTyping(element)) element.focus();
    else element.click();
  }

  function unfold(details) {
    details.open = !details.open;
    if (details.open) details.querySelector("textarea, select, input:not([type=hidden]), button")?.focus();
  }

  function step(by) {
    const links = [...document.querySelectorAll(".rows a.open")];
    if (!links.length) return;
    const at = links.indexOf(document.activeElement);
    links[Math.max(0, Math.min(links.length - 1, at < 0 && by > 0 ? 0 : at + by))].focus();
  }

  function labelOf(element) {
    const label = element.id && document.querySelector(`label[for="${element.id}"]`);
    const said = element.dataset.says ?? element.getAttribute("aria-label") ?? label?.textContent ?? element.textContent;
    return said.replace(/\s+/g, " ").trim().replace(/ \d+$/, "");
  }

  function openDialog() {
    const list = dialog.querySelector("dl");
    const rows = [...document.querySelectorAll("[data-key]")].filter(isShown)
      .map((element) => [element.dataset.key, labelOf(element)]);
    if (document.querySelector(".rows a.open")) rows.unshift(["j k", dialog.dataset.inbox]);
    if (document.querySelector("form textarea")) rows.push(["Ctrl Enter", dialog.dataset.send]);
    list.replaceChildren(...rows.flatMap(([key, label]) => {
      const [term, meaning] = [document.createElement("dt"), document.createElement("dd")];
      for (const one of key.split(" ")) {
        const sign = document.createElement("kbd");
        sign.textContent = one;
        term.append(sign, " ");
      }
      meaning.textContent = label;
      return [term, meaning];
    }));
    dialog.showModal();
  }

  function choose(id, name) {
    const box = document.getElementById(id);
    box.checked = Boolean(localStorage.getItem(name));
    box.addEventListener("change", () => {
      if (box.checked) localStorage.setItem(name, "1");
      else localStorage.removeItem(name);
    });
  }

  document.addEventListener("keydown", (event) => {
    const { key, target } = event;
    if ((event.ctrlKey || event.metaKey) && key === "Enter" && target.matches("textarea") && target.form) {
      return target.form.requestSubmit();
    }
    if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || dialog.open) return;
    if (key === "Escape" && isTyping(target)) return target.blur();
    if (isTyping(target) || (localStorage.getItem(OFF) && key !== "?")) return;
    const wanted = before ? `${before} ${key}` : key;
    const found = [...document.querySelectorAll(`[data-key="${CSS.escape(wanted)}"]`)].find(isShown);
    const isBeginning = document.querySelector(`[data-key^="${CSS.escape(wanted)} "]`);
    clearTimeout(timer);
    before = "";
    if (found) press(found);
    else if (isBeginning) {
      before = wanted;
      timer = setTimeout(() => (before = ""), SEQUENCE);
    } else if (key === "j" || key === "ArrowDown") step(1);
    else if (key === "k" || key === "ArrowUp") step(-1);
    else return;
    if (found || isBeginning || target.matches(".rows a") || key === "j" || key === "k") event.preventDefault();
  });

  for (const button of document.querySelectorAll("[data-opens]")) {
    button.hidden = false;
    button.addEventListener("click", openDialog);
  }
  dialog.querySelector("[data-closes]").addEventListener("click", () => dialog.close());
  choose("keys-off", OFF);
  choose("sound-on", SOUND);
})();
