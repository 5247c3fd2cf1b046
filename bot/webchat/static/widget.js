// Puts the chat of one clinic into any page: a button, and a panel that shows our own page in a
// frame. The page around it sees neither the words of a family nor what opens their chat.
"use strict";
(() => {
  const WORDS = __WORDS__;
  const script = document.currentScript;
  const key = script && script.dataset.clinic;
  if (!key) return console.warn("Chat: the script needs data-clinic.");
  const origin = new URL(script.src).origin;
  const asked = (script.dataset.lang || document.documentElement.lang || "en").toLowerCase();
  const tag = Object.keys(WORDS).find((known) => asked.split("-")[0] === known) || "en";
  const words = WORDS[tag];
  // Pixels and `!important`: the sizes and rules of the page around it must not reach in.
  const STYLE = `
    :host { all: initial !important; position: fixed !important; display: block !important;
      inset-block-end: 16px !important; inset-inline-end: 16px !important;
      z-index: 2147483000 !important; color-scheme: light dark !important;
      font: 16px/1.4 system-ui, -apple-system, "Segoe UI", Roboto, sans-serif !important; }
    button { font: inherit; font-weight: 600; cursor: pointer; border: 0; min-height: 48px;
      border-radius: 99px; padding: 10px 20px; background: #1b5ba8; color: #fff; }
    button:focus-visible { outline: 3px solid #fff; outline-offset: -6px; }
    .open { box-shadow: 0 2px 10px rgb(0 0 0 / 30%); }
    .panel { position: fixed; inset-block: max(16px, 100vh - 720px) 16px;
      inset-inline-end: 16px; width: min(420px, 100vw - 32px); display: flex;
      flex-direction: column; border-radius: 12px; overflow: hidden; background: #fff;
      box-shadow: 0 4px 30px rgb(0 0 0 / 35%); }
    .panel[hidden], .open[hidden] { display: none; }
    .close { border-radius: 0; min-height: 44px; }
    iframe { flex: 1; border: 0; width: 100%; background: #fff; }
    @media (max-width: 480px) { .panel { inset: 0; width: auto; border-radius: 0; } }
    @media (prefers-color-scheme: dark) { .panel, iframe { background: #10151b; } }`;

  class FamilyChat extends HTMLElement {
    connectedCallback() {
      const root = this.shadowRoot || this.attachShadow({ mode: "open" });
      const sheet = new CSSStyleSheet();
      sheet.replaceSync(STYLE);
      root.adoptedStyleSheets = [sheet];
      this.lang = tag;
      this.dir = words.dir;
      this.opener = this.make("button", "open", words.open_button);
      this.panel = this.make("div", "panel", "");
      this.panel.setAttribute("role", "dialog");
      this.panel.setAttribute("aria-label", words.panel);
      this.panel.hidden = true;
      this.closer = this.make("button", "close", words.close);
      this.panel.append(this.closer);
      root.replaceChildren(this.opener, this.panel);
      this.opener.addEventListener("click", () => this.open());
      this.closer.addEventListener("click", () => this.close());
      this.panel.addEventListener("keydown", (event) => {
        if (event.key === "Escape") this.close();
      });
      this.hear = (event) => this.told(event);
      addEventListener("message", this.hear);
    }

    disconnectedCallback() {
      removeEventListener("message", this.hear);
      this.frame = null;
    }

    make(name, className, label) {
      const element = document.createElement(name);
      element.className = className;
      element.textContent = label;
      if (name === "button") element.type = "button";
      return element;
    }

    open() {
      if (!this.frame) {
        this.frame = document.createElement("iframe");
        this.frame.title = words.panel;
        this.frame.referrerPolicy = "no-referrer";
        this.frame.src = `${origin}/chat/panel?clinic=${encodeURIComponent(key)}&lang=${tag}`;
        this.panel.append(this.frame);
      }
      this.opener.textContent = words.open_button;
      this.panel.hidden = false;
      this.opener.hidden = true;
      this.closer.focus();
    }

    close() {
      this.panel.hidden = true;
      this.opener.hidden = false;
      this.opener.focus();
    }

    // Two words without content, and only from our own frame.
    told(event) {
      if (event.origin !== origin || event.source !== this.frame?.contentWindow) return;
      if (event.data?.familyChat === "close") this.close();
      if (event.data?.familyChat === "news" && this.panel.hidden) {
        this.opener.textContent = words.news;
      }
    }
  }

  if (!customElements.get("family-chat")) customElements.define("family-chat", FamilyChat);
  const add = () => {
    if (!document.querySelector("family-chat")) {
      document.body.append(document.createElement("family-chat"));
    }
  };
  if (document.body) add();
  else addEventListener("DOMContentLoaded", add);
})();
