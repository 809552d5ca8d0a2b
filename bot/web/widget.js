/* One script tag adds the assistant to any page; the rest is fetched when it is opened.
   <script src="https://…/widget.js" data-clinic="…" defer></script>
   data-server, data-title, data-label (the button), data-opening (a first line), data-color (#14596b), data-position
   (left), data-clinic. */
(() => {
  "use strict";
  const script = document.currentScript;
  const settings = { title: "Assistant d’inscription", label: "Ouvrir l’assistant d’inscription", ...script.dataset };
  settings.server ||= new URL(script.src).origin;

  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`
    :host { color-scheme: light dark; --accent: #14596b; --brand: #14596b; --on-brand: #fff; --paper: #fff; --ink: #1c2529; --line: #6b7a80; font: 1rem/1.5 system-ui, sans-serif; color: var(--ink); }
    @media (prefers-color-scheme: dark) { :host { color-scheme: light dark; --accent: #8fd3e3; --paper: #172023; --ink: #edf3f4; --line: #8fa1a7; } }
    [hidden] { display: none !important; }
    .launcher { position: fixed; inset: auto 1rem 1rem auto; z-index: 2147483000; max-width: calc(100vw - 2rem); display: grid; gap: .5rem; }
    :host([data-position="left"]) .launcher { inset: auto auto 1rem 1rem; }
    .launcher button { font: inherit; min-height: 44px; padding: .75rem 1.25rem; border: 2px solid var(--on-brand); border-radius: 2rem; background: var(--brand); color: var(--on-brand); box-shadow: 0 4px 16px #0005; cursor: pointer; }
    .launcher button:focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
    .launcher p:not(:empty) { margin: 0; padding: .5rem 1rem; border: 1px solid var(--line); border-radius: .5rem; background: var(--paper); max-width: 22rem; }`);

  const kept = () => {
    try {
      return sessionStorage.getItem("sofy-open");
    } catch {
      return null; // storage refused by the browser
    }
  };

  /* The link that the patient came by: ?action=signup&clinic=… Taken once: a reload does not begin again. */
  const invitation = () => {
    const query = new URLSearchParams(location.search);
    const action = query.get("action");
    if (action !== "signup" && action !== "login") return null;
    const clinic = query.get("clinic");
    query.delete("action");
    query.delete("clinic");
    history.replaceState(history.state, "", location.pathname + (query.size ? "?" + query : "") + location.hash);
    return { action, ...(clinic && { clinic }) };
  };

  class SofyChat extends HTMLElement {
    #chat = null;

    connectedCallback() {
      if (this.shadowRoot) return;
      for (const [name, value] of Object.entries(settings)) this.dataset[name] ??= value;
      this.setAttribute("role", "complementary");
      this.setAttribute("aria-label", this.dataset.title);
      const root = this.attachShadow({ mode: "open" });
      root.adoptedStyleSheets = [sheet];
      this.launcher = document.createElement("div");
      this.launcher.className = "launcher";
      this.note = document.createElement("p");
      this.note.setAttribute("role", "status");
      this.button = document.createElement("button");
      this.button.type = "button";
      this.button.textContent = this.dataset.label;
      this.button.addEventListener("click", () => this.open());
      this.launcher.append(this.note, this.button);
      root.append(this.launcher);
      this.#paint(this.dataset.color);
      const invited = invitation();
      if (invited) this.open(invited);
      else if (kept()) this.open({ quiet: true }); // the page was loaded again: as it was, and the focus stays
    }

    /* A colour of the clinic's, with black or white on it, whichever is seen better. */
    #paint(color) {
      if (!/^#[0-9a-f]{6}$/i.test(color ?? "")) return;
      const [r, g, b] = [1, 3, 5].map((at) => (parseInt(color.slice(at, at + 2), 16) / 255) ** 2.2);
      this.style.setProperty("--brand", color);
      this.style.setProperty("--on-brand", 0.2126 * r + 0.7152 * g + 0.0722 * b > 0.18 ? "#000" : "#fff");
    }

    async open(how = {}) {
      this.note.textContent = "";
      try {
        this.#chat ??= import(this.dataset.server + "/assets/chat/chat.js").then(({ Chat }) => new Chat(this));
        (await this.#chat).open(how);
      } catch {
        this.#chat = null;
        this.note.textContent = "L’assistant ne répond pas. Réessayez dans un instant, ou appelez votre clinique.";
      }
    }
  }

  if (!customElements.get("sofy-chat")) customElements.define("sofy-chat", SofyChat);
  const add = () => document.querySelector("sofy-chat") ?? document.body.append(document.createElement("sofy-chat"));
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", add);
  else add();
})();
