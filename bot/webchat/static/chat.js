// The chat page in a browser with scripts: sends without loading again, keeps what has no
// connection, fetches what is new, and says what it has shown. view.js draws it.
"use strict";
(() => {
  const POLL = 5000, CALM_POLL = 60000, LONGEST_WAIT = 15000, LONGEST_SILENCE = 40000, GIVE_UP = 20000;
  const NUMBER = "Call-back number: "; // staff read it in front of a number (C13)
  const $ = (id) => document.getElementById(id);
  const chat = $("chat"), list = $("messages"), text = $("text");
  const telephone = $("telephone"), standing = $("standing"), numberForm = $("number");
  const words = JSON.parse(chat.dataset.words);
  const { announce, askForNumber, bubbleOf, complain, isInView, mark, pending, tell } =
    window.familyChatView(chat, words, NUMBER);
  const query = `clinic=${chat.dataset.clinic}&lang=${chat.dataset.lang}`;
  const byCookie = chat.dataset.known === "1";
  const credentials = byCookie ? "same-origin" : "omit"; // one thread at a time, never two mixed
  const kept = memory(`family-chat ${chat.dataset.clinic} `);

  let token = byCookie ? null : kept.get("token");
  let queue = read(kept.get("queue"));
  let last = 0, waited = 1000, isSending = false, isAskedFor = false, isStreaming = false;
  let pollTimer, sendTimer, streamTimer;
  const unshown = new Set();

  // Browsers may refuse storage inside a frame of another site: then it lasts as long as the page.
  function memory(prefix) {
    const own = new Map();
    let storage = null;
    try {
      storage = window.sessionStorage;
    } catch { /* refused */ }
    return {
      get: (name) => own.get(name) ?? storage?.getItem(prefix + name) ?? null,
      set(name, value) {
        try {
          storage.setItem(prefix + name, value);
        } catch {
          own.set(name, value);
        }
      },
      forget() {
        for (const name of ["token", "queue", "draft"]) storage?.removeItem(prefix + name);
        own.clear();
      },
    };
  }

  function read(json) {
    try {
      return JSON.parse(json) || [];
    } catch {
      return [];
    }
  }

  function newId() {
    const bytes = crypto.getRandomValues(new Uint8Array(16));
    return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  async function ask(method, path, body) {
    const headers = token ? { "X-Chat-Token": token } : {};
    if (body) headers["Content-Type"] = "application/json";
    return fetch(`/chat/${path}`, {
      method, headers, body: body && JSON.stringify(body), cache: "no-store", credentials,
      signal: AbortSignal.timeout ? AbortSignal.timeout(GIVE_UP) : undefined,
    });
  }

  async function start() {
    const answer = await ask("POST", `start?${query}`);
    if (!answer.ok) return answer;
    token = (await answer.json()).token;
    kept.set("token", token);
    return null;
  }

  // Messages leave one after the other, each under one name for ever, so that it is kept once.
  function say(words_) {
    const item = { id: newId(), text: words_ };
    queue.push(item);
    kept.set("queue", JSON.stringify(queue));
    pending(item);
    void send();
  }

  async function send() {
    if (isSending || !queue.length) return;
    isSending = true;
    clearTimeout(sendTimer);
    try {
      while (queue.length) if (!(await sendFirst())) break;
    } catch {
      later(words.waiting);
    }
    isSending = false;
    if (isAskedFor) void fetchNew();
    else plan();
  }

  async function sendFirst() {
    const item = queue[0];
    if (!token && !byCookie) {
      const refused = await start();
      if (refused) return refusal(refused, item);
    }
    const answer = await ask("POST", `messages?${query}`, { ...item, after: last });
    if (!answer.ok) return refusal(answer, item);
    const told = await answer.json();
    arrived(item, told.id);
    take(told);
    if (waited > 1000) announce(words.back);
    waited = 1000;
    complain("");
    return true;
  }

  async function refusal(answer, item) {
    const told = await answer.json().catch(() => ({ retry: true }));
    if (answer.status === 401 && !byCookie) token = null;
    if (told.retry) {
      later(answer.status === 429 ? words.too_many : words.waiting);
      return false;
    }
    // It will never be taken like this: give it back to who wrote it, before what they write now.
    forget(item);
    item.bubble?.remove();
    text.value = text.value ? `${item.text}\n${text.value}` : item.text;
    kept.set("draft", text.value);
    complain(words[(told.words || "").replace("chat.", "")] || words.not_kept);
    return true;
  }

  function later(why) {
    complain(why);
    mark(words.waiting);
    sendTimer = setTimeout(send, waited);
    waited = Math.min(waited * 2, LONGEST_WAIT);
  }

  function arrived(item, id) {
    forget(item);
    const there = id && list.querySelector(`[data-id="${id}"]`);
    if (there && there !== item.bubble) {
      item.bubble?.remove();
    } else if (item.bubble) {
      item.bubble.dataset.id = id;
      item.bubble.classList.remove("pending");
      item.bubble.querySelector(".state").textContent = words.sent;
    }
  }

  function forget(item) {
    queue = queue.filter((other) => other.id !== item.id);
    kept.set("queue", JSON.stringify(queue));
  }

  async function fetchNew() {
    clearTimeout(pollTimer);
    isAskedFor = isSending; // two answers at once could show one message twice
    if (!isSending) {
      try {
        const answer = await ask("GET", `messages?${query}&after=${last}`);
        if (answer.ok) take(await answer.json());
      } catch { /* looked for again soon */ }
    }
    await reportShown();
    plan();
  }

  function plan() {
    clearTimeout(pollTimer);
    const known = token || byCookie;
    pollTimer = setTimeout(fetchNew, known && !isStreaming ? POLL : CALM_POLL);
    if (known && !isStreaming && !streamTimer) streamTimer = setTimeout(stream, 0);
  }

  // Read by hand, because an EventSource could send the token in the address only (A-12).
  async function stream() {
    const broken = new AbortController();
    let pause = POLL, silence;
    try {
      const answer = await fetch(`/chat/events?${query}`, {
        headers: token ? { "X-Chat-Token": token } : {}, cache: "no-store", credentials,
        signal: broken.signal,
      });
      if (answer.ok) {
        isStreaming = true;
        pause = 500;
        void fetchNew();
        const reader = answer.body.getReader(), decoder = new TextDecoder();
        for (let part = await reader.read(); !part.done; part = await reader.read()) {
          clearTimeout(silence);
          silence = setTimeout(() => broken.abort(), LONGEST_SILENCE);
          if (decoder.decode(part.value).includes("something")) void fetchNew();
        }
      }
    } catch { /* asked for again soon */ }
    clearTimeout(silence);
    isStreaming = false;
    streamTimer = setTimeout(stream, pause);
    plan();
  }

  function take(told) {
    if (told.standing && standing.textContent !== told.standing) standing.textContent = told.standing;
    for (const line of told.messages) {
      last = Math.max(last, line.id);
      if (!isThere(line)) show(line);
    }
    askForNumber();
  }

  function isThere(line) {
    const same = list.querySelector(
      `[data-id="${line.id}"]${line.ref ? `, [data-ref="${CSS.escape(line.ref)}"]` : ""}`);
    if (!same) return false;
    same.dataset.id = line.id;
    tell(same.querySelector("time"), line.at);
    if (line.number) same.dataset.number = "1";
    return true;
  }

  function show(line) {
    const isReading = isInView(list.lastElementChild);
    const isOurs = line.by !== "visitor";
    const bubble = bubbleOf(line.text, isOurs ? words.clinic : words.you, line.at, line.by);
    bubble.dataset.id = line.id;
    if (line.number) bubble.dataset.number = "1";
    const after = [...list.children].find((other) => Number(other.dataset.id) > line.id);
    list.insertBefore(bubble, after || list.querySelector(".pending"));
    if (!isOurs) return;
    if (line.ref) {
      bubble.dataset.ref = line.ref;
      watcher.observe(bubble);
      if (parent !== window) parent.postMessage({ familyChat: "news" }, "*");
    }
    announce(`${words.clinic}: ${line.text}`);
    if (line.by === "safety" || isReading) bubble.scrollIntoView({ block: "nearest" });
  }

  // Shown means on the screen: not in a closed panel, not behind another window (C13).
  const watcher = new IntersectionObserver((entries) => {
    for (const { isIntersecting, target } of entries) {
      if (!isIntersecting || document.visibilityState !== "visible") continue;
      watcher.unobserve(target);
      unshown.add(target.dataset.ref);
      target.dataset.seen = "1";
    }
    void reportShown();
  }, { rootMargin: "-60px 0px -120px" }); // the telephones and the box for the message lie above

  async function reportShown() {
    const refs = [...unshown];
    if (!refs.length) return;
    try {
      const answer = await ask("POST", `shown?${query}`, { refs });
      if (answer.ok || answer.status < 500) refs.forEach((ref) => unshown.delete(ref));
    } catch { /* told again with the next look */ }
  }

  for (const bubble of list.children) last = Math.max(last, Number(bubble.dataset.id));
  text.value ||= kept.get("draft") || "";
  queue.forEach(pending);

  text.addEventListener("input", () => kept.set("draft", text.value));
  text.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) $("write").requestSubmit();
  });
  $("write").addEventListener("submit", (event) => {
    event.preventDefault();
    const words_ = text.value;
    if (!words_.trim()) return complain(words.empty);
    text.value = "";
    kept.set("draft", "");
    complain("");
    say(words_);
    text.focus();
  });
  numberForm.addEventListener("submit", (event) => {
    event.preventDefault();
    const number = telephone.value.trim();
    if (!number) return telephone.focus();
    telephone.value = "";
    say(NUMBER + number);
    askForNumber();
    text.focus();
  });
  $("leave").addEventListener("submit", (event) => {
    event.preventDefault();
    kept.forget();
    fetch(`/chat/leave?${query}`, { method: "POST", redirect: "manual" })
      .catch(() => {})
      .then(() => { text.value = ""; location.reload(); });
  });
  addEventListener("online", () => { waited = 1000; void send(); void fetchNew(); });
  // The box comes into view when a closed panel opens: begin with what nobody has seen.
  new IntersectionObserver(() => {
    list.querySelector("[data-ref]:not([data-seen])")?.scrollIntoView({ block: "nearest" });
  }).observe($("write"));
  addEventListener("pageshow", (event) => { if (event.persisted) location.reload(); });
  addEventListener("keydown", (event) => {
    if (event.key === "Escape" && parent !== window) parent.postMessage({ familyChat: "close" }, "*");
  });
  document.addEventListener("visibilitychange", () => {
    if (document.visibilityState !== "visible") return;
    // Look again at what came while nobody could see it.
    for (const bubble of list.querySelectorAll("[data-ref]")) {
      watcher.unobserve(bubble);
      watcher.observe(bubble);
    }
    void fetchNew();
  });
  void send();
  void fetchNew();
})();
