// Switches push on in this browser: asks the person, then hands the form where and with which keys.
"use strict";
(() => {
  const box = document.getElementById("push");
  const form = box?.querySelector("form");
  if (!form || !("serviceWorker" in navigator) || !("PushManager" in window)) return;

  function show(state) {
    for (const one of box.querySelectorAll("[data-state]")) one.hidden = one.dataset.state !== state;
  }

  function bytes(text) {
    const plain = atob(text.replace(/-/g, "+").replace(/_/g, "/"));
    return Uint8Array.from(plain, (sign) => sign.charCodeAt(0));
  }

  function letters(buffer) {
    const plain = btoa(String.fromCharCode(...new Uint8Array(buffer)));
    return plain.replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
  }

  async function digest(text) {
    const hash = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(text));
    return [...new Uint8Array(hash)].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  }

  async function look() {
    if (Notification.permission === "denied") return show("refused");
    const known = await navigator.serviceWorker.getRegistration("/");
    const taken = await known?.pushManager.getSubscription();
    const isOn = taken && box.dataset.digests.split(" ").includes(await digest(taken.endpoint));
    show(isOn ? "on" : "off");
  }

  async function switchOn() {
    if (await Notification.requestPermission() !== "granted") return show("refused");
    await navigator.serviceWorker.register(box.dataset.worker, { scope: "/" });
    const { pushManager } = await navigator.serviceWorker.ready;
    await (await pushManager.getSubscription())?.unsubscribe(); // it may be of an earlier key
    const taken = await pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: bytes(box.dataset.key) });
    form.elements.endpoint.value = taken.endpoint;
    for (const key of ["p256dh", "auth"]) form.elements[key].value = letters(taken.getKey(key));
    form.submit();
  }

  form.addEventListener("submit", (event) => {
    event.preventDefault();
    switchOn().catch(() => show("failed"));
  });
  look().catch(() => show("failed"));
})();
