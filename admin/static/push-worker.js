// Shows pushes, also while no page is open. They carry a level and a link; the words stand in WORDS,
// which the server puts in front of this file. A click opens the link and takes nothing.
"use strict";

function toldBy(event) {
  try {
    return event.data.json();
  } catch {
    return {}; // what cannot be read is shown all the same: somebody has to look
  }
}

self.addEventListener("push", (event) => {
  const told = toldBy(event), isTest = told.urgency === "test";
  event.waitUntil(self.registration.showNotification(WORDS[told.urgency] ?? WORDS.urgent, {
    body: isTest ? WORDS.tested : WORDS.waits,
    icon: "/static/icon.svg",
    tag: told.link ?? "kinline",
    renotify: true,
    requireInteraction: told.urgency === "emergency",
    data: { link: told.link ?? "/" },
  }));
});

self.addEventListener("notificationclick", (event) => {
  const here = self.location.origin, link = new URL(event.notification.data.link, here);
  event.notification.close();
  event.waitUntil(self.clients.openWindow(link.origin === here ? link.href : here));
});

self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
