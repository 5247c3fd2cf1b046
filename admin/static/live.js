// Keeps a staff page fresh: hears that something changed, fetches it, and moves nothing under the
// pointer. One tab of a browser holds the stream (Web Locks) and tells the others.
"use strict";
(() => {
  const SOON = 40, CALM = 300, POLL = 15000, POLL_LOST = 5000, PATIENCE = 10000, LEFT = 1500, SOUND = "kinline-sound";
  const KEPT = /^\/(episodes|families)\/.+\//;
  const $ = (id) => document.getElementById(id);
  const words = document.body.dataset;
  const channel = "BroadcastChannel" in window ? new BroadcastChannel("kinline-live") : null;
  let timer = 0, fetchedAt = 0, isFetching = false, isWanted = false, known = alarmsOf(document), polls = 0;
  let isLeaving = false, isHere = false, again = null;

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
      // A dead network may keep silent for minutes: then nobody must believe the page.
      const signal = AbortSignal.timeout?.(PATIENCE);
      const headers = { "X-Live": isHere ? "here" : "1" };
      isHere = false;
      const answer = await fetch(words.freshFrom ?? location.href, { headers, cache: "no-store", signal });
      const isOut = answer.redirected || answer.status === 401;
      if (isOut && goToTheDoor()) return;
      $("ended").hidden = !isOut;
      if (answer.ok && !isOut) show(new DOMParser().parseFromString(await answer.text(), "text/html"));
      tell(answer.status < 500);
    } catch {
      tell(false);
    }
    isFetching = false;
    if (isWanted) {
      isWanted = false;
      changed();
    }
  }

  // Signed out meanwhile: what somebody is writing to a family comes along to the sign-in page. What
  // is typed elsewhere stays where it is, and the page says how to sign in beside it.
  function goToTheDoor() {
    const forms = [...document.forms].filter((one) => one.method === "post" && [...one.elements].some(isTyped));
    const form = forms.find((one) => KEPT.test(one.getAttribute("action")));
    if (!form && forms.length) return false;
    if (!form) words.freshFrom ? location.assign(words.freshFrom) : location.reload();
    else {
      const next = { type: "hidden", name: "next", value: form.getAttribute("action") };
      form.append(Object.assign(document.createElement("input"), next));
      form.action = "/login/kept";
      form.submit();
    }
    return true;
  }

  function isTyped(field) {
    if (field.matches("textarea")) return !field.readOnly && field.value.trim() !== "";
    return field.matches("input:not([type=hidden], [type=radio], [type=checkbox])") && field.value !== field.defaultValue;
  }

  // Says that the page may be old, until it is known to be fresh; then the stream begins anew.
  function tell(isFresh) {
    const line = $("lost");
    if (isLeaving) return;
    if (!isFresh) timer ||= setTimeout(refresh, POLL_LOST);
    if (line.hidden === isFresh) return;
    line.hidden = isFresh;
    if (isFresh) again?.();
  }

  function show(page) {
    raise(page);
    for (const id of ["counts", "parts", "standing", "taken"]) replace(id, page);
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
    const isHeld = old?.contains(document.activeElement) || old?.matches("#standing:hover");
    if (old && fresh && looks(old) !== looks(fresh) && !isHeld) renew(old, fresh);
  }

  // The key of a form differs each time and changes nothing that anybody sees.
  function looks(part) {
    return part.innerHTML.replace(/ value="[^"]*"/g, "");
  }

  function isInUse(part) {
    return part.matches(":hover") || part.contains(document.activeElement);
  }

  function renew(old, fresh) {
    const open = new Set([...old.querySelectorAll("details[open]")].map(nameOf));
    old.replaceChildren(...fresh.childNodes);
    for (const one of old.querySelectorAll("details")) if (open.has(nameOf(one))) one.open = true;
  }

  function put(old, fresh) {
    renew(old, fresh);
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
    again = () => {
      stream.close();
      follow(release);
    };
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
      changed();
      if (stream.readyState === EventSource.CLOSED) setTimeout(() => again(), POLL);
    });
    addEventListener("pagehide", () => {
      stream.close();
      release();
    }, { once: true });
  }

  channel?.addEventListener("message", changed);
  for (const act of ["input", "keydown", "pointerdown"]) addEventListener(act, () => (isHere = true), { passive: true });
  addEventListener("offline", () => tell(false));
  addEventListener("online", changed);
  addEventListener("pagehide", () => (isLeaving = true));
  document.addEventListener("submit", (event) => {
    if (navigator.onLine) return;
    event.preventDefault(); // the browser's own page would take the place of what was typed
    tell(false);
  });
  document.addEventListener("visibilitychange", () => document.hidden || changed());
  addEventListener("pageshow", (event) => event.persisted && location.reload());
  poll(POLL * 4);
  if (navigator.locks) void navigator.locks.request("kinline-live", () => new Promise(follow));
  else follow(() => {});
})();
