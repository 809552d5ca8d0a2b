/* The form under the conversation. It lives in the page's light DOM: password managers look nowhere else. */

import { button, element } from "./dom.js";
import { FIELDS, WORDS } from "./words.js";

const LONGEST = 5000;
let count = 0;

export class Composer {
  #slot = ""; // what is being asked for
  #asking = false; // the patient chose the normal box at a secret's question

  /* `send(frame, shown)` takes a message; `refuse(text)` says why one was not taken. */
  constructor(send, refuse) {
    this.send = send;
    this.refuse = refuse;
    const id = `sofy-${(count += 1)}`;
    this.label = element("label", { for: id });
    this.input = element("input", { id, name: "sofy", enterkeyhint: "send", oninput: () => this.#tick() });
    this.reveal = button(WORDS.show, () => this.#reveal(this.input.type === "password"), { "aria-pressed": "false" });
    this.hint = element("p", { id: `${id}-hint` });
    this.criteria = element("ul", { id: `${id}-list` });
    this.other = button(WORDS.ask, () => this.#switch(), { class: "sofy-link" });
    this.form = element(
      "form",
      { slot: "composer", class: "sofy-composer", novalidate: true, onsubmit: (event) => this.#submit(event) },
      this.label,
      element("div", {}, this.input, this.reveal, element("button", { type: "submit" }, WORDS.send)),
      this.hint,
      this.criteria,
      this.other,
    );
    this.#dress();
  }

  focus() {
    this.input.focus();
  }

  /* Shows the field for what is asked for; what is being typed meanwhile stays, unless a secret is on either side. */
  ask(slot) {
    if (slot === undefined) return;
    const [before, after] = [this.#secret, FIELDS[slot]?.[3]];
    if (slot === this.#slot && this.#asking === false && !after) return;
    this.#slot = slot;
    this.#asking = false;
    if (before || after) this.input.value = "";
    this.#dress();
  }

  /* Gives back a message that the server did not take. */
  restore(text) {
    this.input.value ||= text;
  }

  get #secret() {
    return Boolean(FIELDS[this.#slot]?.[3]);
  }

  #dress() {
    const { input, hint, criteria, reveal, other } = this;
    const masked = this.#secret && !this.#asking;
    const plain = [WORDS.message, "off", ""];
    const [label, autocomplete, mode] = this.#asking ? plain : (FIELDS[this.#slot] ?? plain);
    const code = this.#slot === "activation_code";
    this.label.textContent = label;
    input.autocomplete = autocomplete;
    input.inputMode = mode;
    input.spellcheck = autocomplete === "off";
    input.autocapitalize = input.spellcheck ? "sentences" : "off";
    reveal.hidden = !masked || code;
    this.#reveal(reveal.hidden);
    hint.hidden = !masked;
    hint.textContent = code ? WORDS.code : WORDS.masked;
    criteria.hidden = !masked || this.#slot !== "password";
    const described = [hint, criteria].filter((one) => !one.hidden).map((one) => one.id);
    if (described.length) input.setAttribute("aria-describedby", described.join(" "));
    else input.removeAttribute("aria-describedby");
    other.hidden = !this.#secret;
    other.textContent = this.#asking ? WORDS.back : WORDS.ask;
    this.#tick();
  }

  #tick() {
    if (!this.criteria.hidden) import("./criteria.js").then(({ tick }) => tick(this.criteria, this.input.value), () => {});
  }

  #reveal(shown) {
    this.input.type = shown ? "text" : "password";
    this.reveal.textContent = shown ? WORDS.hide : WORDS.show;
    this.reveal.setAttribute("aria-pressed", String(shown));
  }

  #switch() {
    this.#asking = !this.#asking;
    this.input.value = "";
    this.#dress();
    this.focus();
  }

  #submit(event) {
    event.preventDefault();
    const masked = this.#secret && !this.#asking;
    const text = masked ? this.input.value : this.input.value.trim();
    if (!text) return;
    if (text.length > LONGEST) {
      this.refuse(WORDS.long);
      return;
    }
    this.input.value = "";
    if (masked) this.#dress(); // hidden again, criteria too
    // At a secret's question the transcript never repeats what was typed, in whichever field.
    const shown = masked ? WORDS.dots : this.#secret ? WORDS.hidden : text;
    // The code's field is in sight: words without a digit in it are a question, to be understood.
    const words = this.#slot === "activation_code" && !/\p{N}/u.test(text);
    this.send({ type: masked && !words ? "secret" : "text", text }, shown);
  }
}
