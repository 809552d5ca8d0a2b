/* The two transcripts: the one that is seen, and a hidden live region that speaks each new message once. */

import { button, element, linked, typeset } from "./dom.js";
import { WORDS } from "./words.js";

const SPOKEN = 1000; // ms that an entry stays in the live region

export class Log {
  constructor(server, choose, read) {
    this.server = server;
    this.choose = choose;
    this.read = read;
    this.list = element("div", { role: "log", "aria-live": "off", "aria-label": WORDS.log, class: "log", tabindex: "0" });
    this.live = element("div", { "aria-live": "polite", "aria-relevant": "additions", class: "unseen" });
    this.typing = element("p", { class: "typing", hidden: true, "aria-hidden": "true" }, WORDS.typing);
  }

  clear() {
    this.list.replaceChildren();
  }

  get empty() {
    return !this.list.firstChild;
  }

  /* Shows messages that came together, and gives the first of what is shown. */
  show(from, messages, aloud = true) {
    const last = this.list.lastElementChild;
    const buttons = messages.flatMap((message) => message.buttons ?? []);
    for (const message of messages) this.#bubble(from, message, buttons, aloud);
    const rows = messages.flatMap((message) => message.custom?.summary ?? []);
    if (rows.length) this.#summary(rows, buttons, aloud);
    const changes = new Set(rows.map((row) => row.payload));
    const left = buttons.filter((one) => !changes.has(one.payload));
    if (left.length) this.list.append(this.#choices(left));
    return last ? last.nextElementSibling : this.list.firstElementChild;
  }

  #bubble(from, { text }, buttons, aloud) {
    // A numbered line that repeats a choice's title is for channels without buttons.
    const titles = new Set(buttons.map((one) => one.title));
    const lines = (text ?? "").split("\n").filter((line) => !titles.has(line.replace(/^\d+\. /u, "")));
    if (!lines.join("").trim()) return;
    const speaker = { user: WORDS.you, bot: WORDS.bot }[from] ?? "";
    this.list.append(
      element(
        "div",
        { class: `bubble ${from}` },
        speaker && element("span", { class: "unseen" }, speaker),
        ...lines.map((line) => element("p", {}, ...linked(line, this.server, this.read))),
      ),
    );
    if (aloud && from !== "user") this.speak(speaker + lines.join("\n"));
  }

  #summary(rows, buttons, aloud) {
    const list = element("dl", { class: "summary" });
    for (const { name, value, payload } of rows) {
      const change = buttons.find((one) => one.payload === payload);
      const act = change && button(WORDS.change, () => this.#chosen(change), { class: "link", "aria-label": change.title });
      list.append(element("div", {}, element("dt", {}, name), element("dd", {}, value), act ? element("dd", { class: "choice" }, act) : ""));
    }
    this.list.append(list);
    if (aloud) this.speak(rows.map(({ name, value }) => `${name} : ${value}`).join(", "));
  }

  #choices(buttons) {
    const group = element("div", { class: "choices choice", role: "group", "aria-label": WORDS.choices });
    for (const one of buttons) {
      // A clinic is a card: its name, then where it is.
      const comma = one.payload?.includes('"clinic": "') ? one.title.indexOf(", ") : -1;
      const inside = comma < 0 ? [typeset(one.title)] : [element("strong", {}, one.title.slice(0, comma)), element("span", {}, one.title.slice(comma + 2))];
      group.append(element("button", { type: "button", class: comma < 0 ? "" : "card", onclick: () => this.#chosen(one) }, ...inside));
    }
    return group;
  }

  #chosen({ title, payload }) {
    this.choose(title, payload ?? title);
  }

  /* Old choices go: a button answers the question it was shown with. */
  dropChoices() {
    for (const old of this.list.querySelectorAll(".choice")) old.remove();
  }

  /* Scrolls to what is new: its beginning, when it is taller than the window (the panel scrolls only where it is low). */
  settle(first) {
    const { list, panel } = this;
    list.scrollTop = list.scrollHeight;
    if (!first?.isConnected) return;
    const over = list.getBoundingClientRect().top - first.getBoundingClientRect().top;
    if (over > 0) list.scrollTop -= over + 8;
    panel.scrollTop += first.getBoundingClientRect().top - panel.getBoundingClientRect().top - 8;
  }

  wait(waiting) {
    this.typing.hidden = !waiting;
  }

  speak(text) {
    const entry = element("p", {}, text);
    this.live.append(entry);
    setTimeout(() => entry.remove(), SPOKEN);
  }
}
