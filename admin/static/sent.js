// The browser's Back button fills the boxes of a page as they were left. Words that have been taken
// since must not stand there as if they were still to be sent; words that were not stay. Kept of
// them is a number, in this tab alone: never the words.
"use strict";
(() => {
  const GOING = "kinline-going", TAKEN = "kinline-taken", MOST = 40;

  // FNV-1a: tells the same words from others, and says nothing about them.
  function mark(form, box) {
    let sum = 0x811c9dc5;
    for (const sign of `${form.getAttribute("action").replace(/\/[a-z]+$/, "")} ${box.name} ${box.value.trim()}`) {
      sum = Math.imul(sum ^ sign.codePointAt(0), 0x01000193) >>> 0;
    }
    return sum;
  }

  const read = (name) => JSON.parse(sessionStorage.getItem(name) ?? "[]");
  const keep = (name, marks) => sessionStorage.setItem(name, JSON.stringify(marks.slice(-MOST)));
  const boxes = (form) => [...form.elements].filter((one) => one.matches("textarea:not([readonly])"));

  function emptied() {
    const taken = new Set(read(TAKEN));
    for (const form of document.querySelectorAll("form[method=post]")) {
      for (const box of boxes(form)) {
        if (box.value === box.defaultValue || !taken.has(mark(form, box))) continue;
        box.value = box.defaultValue;
        box.dispatchEvent(new Event("input", { bubbles: true }));
      }
    }
  }

  // A page that says what was done has taken what was going; any other answer has not, nor has one
  // that was gone back to because there was no answer.
  const isAnswer = performance.getEntriesByType("navigation")[0]?.type === "navigate";
  if (isAnswer && new URLSearchParams(location.search).has("done")) keep(TAKEN, [...read(TAKEN), ...read(GOING)]);
  sessionStorage.removeItem(GOING);

  addEventListener("submit", ({ target }) => {
    if (target.getAttribute("method") !== "post") return;
    keep(GOING, boxes(target).filter((one) => one.value.trim()).map((one) => mark(target, one)));
  });

  addEventListener("pageshow", (event) => {
    // A page out of the browser's memory has the key of a form that was sent: other words sent with
    // it would be taken for the same once more, and be lost.
    if (event.persisted && read(TAKEN).length) location.reload();
    else emptied();
  });
})();
