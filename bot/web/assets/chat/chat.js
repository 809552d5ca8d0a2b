/* The assistant's window. The server decides who speaks; this only shows and sends. */

import { Composer } from "./composer.js";
import { button, element, linked, typeset } from "./dom.js";
import { Log } from "./log.js";
import { lightStyles, shadowStyles } from "./styles.js";
import { keep, Transport } from "./transport.js";
import { refusal, STEPS, WORDS } from "./words.js";

const TYPING = 300; // ms before the typing indicator shows
const SLOW = 8000; // ms before the patient is told that an answer takes long
const FAR = 4; // failed tries after which the words change

export class Chat {
  #transport = null;
  #invitation = null; // { action, clinic } of the link that the patient came by
  #waiting = 0;
  #timers = [];
  #step = -1;
  #inert = []; // what of the page is set aside while the chat fills the screen
  #opener = null;

  constructor(host) {
    this.host = host;
    this.server = host.dataset.server;
    this.log = new Log(this.server, (title, payload) => this.#choose(title, payload), (path) => this.#more("document", path));
    this.composer = new Composer((frame, shown) => this.#send(frame, shown), (text) => this.#note(text));
    this.#build();
    this.narrow = matchMedia("(max-width: 30rem), (max-height: 30rem)");
    this.narrow.onchange = () => this.#setAside();
    document.addEventListener("keydown", (event) => {
      if (event.key !== "Escape" || event.defaultPrevented || this.panel.hidden) return;
      if (this.sheet.hidden) this.close();
      else this.back();
    });
  }

  #build() {
    const { log } = this;
    const title = this.host.dataset.title;
    this.state = element("p", { class: "state", role: "status", hidden: true });
    this.progress = element("progress", { max: STEPS.length, "aria-hidden": "true" });
    this.step = element("p", { class: "step", hidden: true });
    this.sheet = element("section", { class: "sheet", hidden: true });
    this.talk = element("div", { class: "talk" }, this.step, log.list, log.typing, element("slot", { name: "composer" }));
    this.panel = element(
      "section",
      { class: "panel", role: "dialog", "aria-label": title, hidden: true },
      element(
        "header",
        {},
        element("h2", {}, title),
        button(WORDS.help, () => this.#more("help")),
        button("×", () => this.close(), { "aria-label": WORDS.close, class: "close" }),
      ),
      this.state,
      this.talk,
      this.sheet,
      log.live,
    );
    log.panel = this.panel;
    this.host.shadowRoot.adoptedStyleSheets.push(shadowStyles);
    if (!document.adoptedStyleSheets.includes(lightStyles)) document.adoptedStyleSheets.push(lightStyles);
    this.host.shadowRoot.append(this.panel);
    this.host.append(this.composer.form);
  }

  open({ action, clinic, quiet } = {}) {
    if (action) this.#invitation = { action, clinic };
    this.panel.hidden = false;
    this.host.launcher.hidden = true;
    keep("sofy-open", "1");
    this.#setAside();
    if (!quiet) this.composer.focus();
    if (!this.#transport) this.#connect();
    else if (action) this.#start();
  }

  close() {
    const inside = this.host.contains(document.activeElement);
    this.panel.hidden = true;
    this.host.launcher.hidden = false;
    keep("sofy-open", null);
    this.#setAside();
    if (inside) this.host.button.focus();
  }

  /* Where the chat fills the screen, the page behind can't be reached by accident. */
  #setAside() {
    for (const other of this.#inert) other.inert = false;
    const alone = !this.panel.hidden && this.narrow.matches;
    this.#inert = alone ? [...document.body.children].filter((one) => !one.inert && !one.contains(this.host)) : [];
    for (const other of this.#inert) other.inert = true;
  }

  #connect() {
    this.#transport = new Transport(this.server, {
      welcome: (frame) => this.#welcome(frame),
      reply: (frame) => this.#reply(frame),
      refusal: (frame) => this.#refused(frame),
      state: (failures) => this.#online(failures),
    });
    this.#transport.connect();
  }

  #welcome({ history: lines, asked, resumed, lost }) {
    if (resumed) return;
    if (lost) {
      this.#answered(true);
      this.#ask("");
      if (!this.log.empty && !this.ended) this.#note(WORDS.lost);
    }
    if (lines.length) this.#replay(lines);
    else if (this.host.dataset.opening && this.log.empty) this.#note(this.host.dataset.opening);
    this.#ask(asked);
    this.log.settle(this.log.list.lastElementChild);
    if (this.#invitation || !(lines.length || this.ended)) this.#start();
    this.ended = false;
  }

  #replay(lines) {
    this.log.clear();
    this.log.speak(WORDS.resumed);
    const answered = lines.findLastIndex(({ from }) => from === "user");
    lines.forEach((line, index) => this.log.show(line.from, [line], index > answered));
  }

  #start() {
    const { action = "open", clinic = this.host.dataset.clinic } = this.#invitation ?? {};
    this.#invitation = null;
    this.log.dropChoices();
    this.#transmit({ type: "start", action, clinic: clinic ?? "" });
  }

  say(text) {
    this.#send({ type: "text", text }, text);
  }

  erase() {
    this.#transmit({ type: "start", action: "erase" });
  }

  #send(frame, shown) {
    this.log.dropChoices();
    this.log.settle(this.log.show("user", [{ text: shown }]));
    this.#transmit(frame);
  }

  #choose(title, payload) {
    // The button goes: the focus goes where the next answer is typed, or stays near on a touch screen (no keyboard pops up).
    if (matchMedia("(pointer: coarse)").matches) this.log.list.focus();
    else this.composer.focus();
    this.#send({ type: "button", payload }, title);
  }

  #transmit(frame) {
    this.#answered(true);
    this.#waiting += 1;
    this.#timers = [
      setTimeout(() => this.log.wait(true), TYPING),
      setTimeout(() => this.#tell(WORDS.slow), SLOW),
    ];
    this.#transport.send(frame);
  }

  #answered(started = false) {
    this.#waiting = started ? this.#waiting : Math.max(0, this.#waiting - 1);
    if (this.#waiting && !started) return;
    this.#timers.forEach(clearTimeout);
    this.log.wait(false);
    if (this.state.textContent === WORDS.slow) this.#tell("");
  }

  #reply({ messages, asked, ended }) {
    this.#answered();
    if (ended) {
      this.log.clear();
      this.ended = true;
    }
    const step = this.#step;
    this.#ask(asked);
    if (this.#step !== step && this.#step >= 0) this.log.speak(this.step.textContent);
    this.log.settle(this.log.show("bot", messages));
    if (ended) this.#transport.forget();
  }

  #refused({ code, retry_after: seconds, sent }) {
    this.#answered();
    this.#note(refusal(code, seconds));
    if (sent?.type === "text") this.composer.restore(sent.text);
  }

  #note(text) {
    this.log.settle(this.log.show("note", [{ text }]));
  }

  /* Shows the field and the step of what is being asked for. */
  #ask(asked) {
    if (asked === undefined) return;
    this.composer.ask(asked);
    this.#step = STEPS.findIndex(([, slots]) => slots.test(asked));
    this.step.hidden = this.#step < 0;
    if (this.step.hidden) return;
    const number = this.#step + 1;
    this.progress.value = number;
    this.step.replaceChildren(typeset(`Étape ${number} de ${STEPS.length} : ${STEPS[this.#step][0]}`), this.progress);
  }

  #online(failures) {
    if (!failures && this.state.hidden) return;
    this.#tell(failures ? (failures < FAR ? WORDS.offline : WORDS.unreachable) : WORDS.online);
    if (!failures) setTimeout(() => this.state.textContent === WORDS.online && this.#tell(""), 2500);
  }

  #tell(text) {
    if (this.state.textContent === text) return;
    this.state.textContent = text;
    this.state.hidden = !text;
  }

  /* Help, the documents and erasing: fetched when they are asked for. `what` is one of more.js's sheets. */
  async #more(what, detail) {
    try {
      this.more ??= (await import("./more.js")).sheets(this, { button, element, linked, typeset });
      this.more[what](detail);
    } catch {
      this.#tell(WORDS.unreachable);
    }
  }

  /* Shows something to read in place of the conversation. */
  read(title, ...content) {
    if (this.sheet.hidden) this.#opener = this.host.shadowRoot.activeElement;
    const heading = element("h3", { tabindex: "-1" }, title);
    this.sheet.replaceChildren(button(WORDS.return, () => this.back(), { class: "link" }), heading, ...content);
    this.sheet.hidden = false;
    this.talk.hidden = true;
    this.sheet.scrollTop = 0;
    heading.focus();
  }

  /* The conversation again, and the focus on what had opened the sheet. */
  back() {
    this.sheet.hidden = true;
    this.talk.hidden = false;
    if (this.#opener?.isConnected) this.#opener.focus();
    else this.composer.focus();
  }
}
