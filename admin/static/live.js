// Keeps a staff page fresh: hears that something changed, fetches it, and moves nothing under the
// pointer. One tab of a browser holds the stream (Web Locks) and tells the others.
"use strict";
(() => {
  const SOON = 40, CALM = 300, POLL = 15000, POLL_LOST = 5000, LEFT = 1500, SOUND = "kinline-sound";
  const $ = (id) => document.getElementById(id);
  const words = document.body.dataset;
  const channel = "BroadcastChannel" in window ? new BroadcastChannel("kinline-live") : null;
  let timer = 0, fetchedAt = 0, isFetching = false, isWanted = false, known = alarmsOf(document), polls = 0;

  function alarmsOf(page) {
    const strip = page.querySelector("[data-alarms]");
    return new Set(strip ? strip.dataset.alarms.trim().split(" ").slice(0, -1) : []);
  }

  function say(where, what) {
    const region = $(where);
    region.textContent = "";
    setTimeout(() => (region.textContent = what), 50); // read again even when the words repeat
  }

  // The first change shows at once; in a busy minute the others share a fetch, and none waits long.
  function changed() {
    timer ||= setTimeout(refresh, Math.max(SOON, fetchedAt + CALM - performance.now()));
  }

  async function refresh() {
    timer = 0;
    if (isFetching) return void (isWanted = true);
    isFetching = true;
    fetchedAt = performance.now();
    try {
      const answer = await fetch(location.href, { headers: { "X-Live": "1" }, cache: "no-store" });
      if (answer.redirected || answer.status === 401) location.reload(); // signed out meanwhile
      else if (answer.ok) show(new DOMParser().parseFromString(await answer.text(), "text/html"));
    } catch { /* the next change or poll tries again */ }
    isFetching = false;
    if (isWanted) {
      isWanted = false;
      changed();
    }
  }

  function show(page) {
    raise(page);
    for (const id of ["counts", "parts"]) replace(id, page);
    for (const old of document.querySelectorAll("[data-fresh]")) {
      const fresh = page.getElementById(old.id);
      if (!fresh || fresh.innerHTML === old.innerHTML) continue;
      if (isInUse(old)) offer(old, fresh);
      else put(old, fresh);
    }
  }

  // An emergency is never kept back, whatever somebody is doing.
  function raise(page) {
    const now = alarmsOf(page);
    replace("alarm", page);
    if ([...now].some((id) => !known.has(id))) {
      say("called", words.emergency);
      if (localStorage.getItem(SOUND)) beep();
    }
    known = now;
  }

  function replace(id, page) {
    const [old, fresh] = [$(id), page.getElementById(id)];
    if (old && fresh && old.innerHTML !== fresh.innerHTML && !old.contains(document.activeElement)) {
      old.innerHTML = fresh.innerHTML;
    }
  }

  function isInUse(part) {
    return part.matches(":hover") || part.contains(document.activeElement);
  }

  function put(old, fresh) {
    const open = new Set([...old.querySelectorAll("details[open]")].map(nameOf));
    old.replaceChildren(...fresh.childNodes);
    for (const one of old.querySelectorAll("details")) if (open.has(nameOf(one))) one.open = true;
    if (old.id === "thread") say("said", words.live);
  }

  function nameOf(details) {
    return details.closest("[id]").id + details.querySelector("summary")?.textContent;
  }

  function offer(old, fresh) {
    $(`${old.id}-news`)?.remove();
    const button = document.createElement("button");
    Object.assign(button, { id: `${old.id}-news`, type: "button", className: "second news" });
    button.textContent = words.live;
    button.dataset.key = ".";
    button.addEventListener("click", () => {
      put(old, fresh);
      button.remove();
      (old.querySelector("a.open, a, button") ?? $("main")).focus();
    });
    old.before(button);
    say("said", words.live);
    old.addEventListener("mouseleave", () => setTimeout(() => {
      if (button.isConnected && !isInUse(old) && !isInUse(button)) {
        put(old, fresh);
        button.remove();
      }
    }, LEFT), { once: true });
  }

  function beep() {
    const context = new AudioContext(), tone = context.createOscillator();
    tone.frequency.value = 880;
    tone.connect(context.destination);
    tone.start();
    tone.stop(context.currentTime + 0.4);
  }

  function poll(every) {
    clearInterval(polls);
    polls = setInterval(changed, every);
  }

  function follow(release) {
    const stream = new EventSource("/live");
    stream.addEventListener("open", () => {
      poll(POLL * 8);
      changed(); // what happened between the page and the stream was told to nobody
    });
    stream.addEventListener("changed", () => {
      channel?.postMessage("changed");
      changed();
    });
    stream.addEventListener("error", () => {
      poll(POLL_LOST);
      if (stream.readyState === EventSource.CLOSED) setTimeout(() => {
        stream.close();
        follow(release);
      }, POLL);
    });
    addEventListener("pagehide", () => {
      stream.close();
      release();
    }, { once: true });
  }

  channel?.addEventListener("message", changed);
  document.addEventListener("visibilitychange", () => document.hidden || changed());
  addEventListener("pageshow", (event) => event.persisted && location.reload());
  poll(POLL * 4);
  if (navigator.locks) void navigator.locks.request("kinline-live", () => new Promise(follow));
  else follow(() => {});
})();
