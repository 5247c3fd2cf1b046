// On the page of one episode: counts texts as the carrier does, copies for the chart, and lets the
// offer to take a reply back go when its time is over.
"use strict";
(() => {
  const GSM = "@£$¥èéùìòÇ\nØø\rÅåΔ_ΦΓΛΩΠΨΣΘΞÆæßÉ !\"#¤%&'()*+,-./0123456789:;<=>?¡ABCDEFGHIJKLMNOPQRSTUVWXYZÄÖÑÜ§¿abcdefghijklmnopqrstuvwxyzäöñüà";
  const TWICE = "\f^{}\\[~]|€";
  const box = document.getElementById("text"), shown = document.getElementById("parts-of-text");

  function parts(text) {
    const signs = [...text];
    const isGsm = signs.every((sign) => GSM.includes(sign) || TWICE.includes(sign));
    const [single, part] = isGsm ? [160, 153] : [70, 67];
    const units = signs.map((sign) => (isGsm ? 1 + TWICE.includes(sign) : sign.length));
    if (units.reduce((sum, unit) => sum + unit, 0) <= single) return 1;
    let count = 1, room = part;
    for (const unit of units) {
      if (unit > room) [count, room] = [count + 1, part];
      room -= unit;
    }
    return count;
  }

  function count() {
    const text = box.value.trim();
    const number = text ? parts(`${text}\n- ${shown.dataset.signature}`) : 0;
    shown.textContent = number === 0 ? "" : number === 1 ? shown.dataset.one : shown.dataset.many.replace("#", number);
  }

  if (box && shown) {
    box.addEventListener("input", count);
    count();
  }
  for (const offer of document.querySelectorAll("[data-vanishes]")) {
    setTimeout(() => offer.contains(document.activeElement) || offer.remove(), 1000 * offer.dataset.vanishes);
  }
  for (const button of document.querySelectorAll("[data-copies]")) {
    if (!navigator.clipboard) continue;
    button.hidden = false;
    button.addEventListener("click", async () => {
      const answer = await fetch(button.dataset.copies, { headers: { "X-Live": "1" } });
      await navigator.clipboard.writeText(await answer.text());
      document.getElementById("said").textContent = button.dataset.done;
      button.textContent = button.dataset.done;
    });
  }
})();
