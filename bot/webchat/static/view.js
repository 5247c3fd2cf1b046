// What is seen and heard of the chat: bubbles, states, problems, announcements. Words of people
// become text and never markup.
"use strict";
window.familyChatView = (chat, words, numberBegins) => {
  const list = document.getElementById("messages"), problem = document.getElementById("problem");
  const number = document.getElementById("number");
  const regions = chat.querySelectorAll('[role="status"]');
  let side = 0, sayTimer, toSay = [];

  function bubbleOf(words_, who, at, by) {
    const bubble = document.createElement("li");
    bubble.className = by;
    bubble.dataset.by = by;
    const head = part(bubble, "p", "who");
    part(head, "bdi").textContent = who;
    head.append(" · ");
    tell(part(head, "time"), at);
    const body = part(bubble, "p", "text");
    body.dir = "auto";
    body.textContent = words_;
    return bubble;
  }

  function tell(time, at) {
    const moment = at ? new Date(at) : new Date();
    time.dateTime = moment.toISOString();
    time.textContent = moment.toLocaleString(chat.dataset.lang, { dateStyle: "short", timeStyle: "short" });
  }

  function part(parent_, name, className) {
    const element = document.createElement(name);
    if (className) element.className = className;
    parent_.append(element);
    return element;
  }

  function pending(item) {
    item.bubble = bubbleOf(item.text, words.you, null, "visitor");
    item.bubble.classList.add("pending");
    if (item.text.startsWith(numberBegins)) item.bubble.dataset.number = "1";
    part(item.bubble, "p", "state").textContent = words.sending;
    list.append(item.bubble);
    item.bubble.scrollIntoView({ block: "nearest" });
    // Only words and name are kept, never the element.
    Object.defineProperty(item, "bubble", { enumerable: false });
  }

  function mark(state) {
    for (const one of list.querySelectorAll(".pending .state")) one.textContent = state;
  }

  function complain(why) {
    if (problem.textContent === why) return;
    problem.hidden = !why;
    problem.textContent = why;
    if (why) announce(why);
  }

  // Two regions in turn, so that the same words twice are two announcements; what comes close
  // together is said in one piece.
  function announce(words_) {
    toSay.push(words_);
    clearTimeout(sayTimer);
    sayTimer = setTimeout(() => {
      regions[side].textContent = "";
      side = 1 - side;
      regions[side].textContent = toSay.join(" ");
      toSay = [];
    }, 500);
  }

  // Who has gone up to read what was said before is left there.
  function isInView(bubble) {
    const place = bubble?.getBoundingClientRect();
    return !place || (place.bottom > 0 && place.top < innerHeight);
  }

  function askForNumber() {
    const newest = (one) => Math.max(0, ...[...list.querySelectorAll(one)].map((li) => Number(li.dataset.id) || Infinity));
    number.hidden = newest("li.safety") <= newest("li[data-number]");
  }

  return { announce, askForNumber, bubbleOf, complain, isInView, mark, pending, tell };
};
