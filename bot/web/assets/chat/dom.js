/* Builds elements without ever parsing HTML: what a message says stays text. */

import { DOCUMENTS } from "./words.js";

export const element = (tag, attributes = {}, ...children) => {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
    else if (value === true) made.setAttribute(name, "");
    else if (value !== false && value != null) made.setAttribute(name, value);
  }
  made.append(...children);
  return made;
};

export const button = (text, onclick, attributes = {}) => element("button", { type: "button", onclick, ...attributes }, text);

/* Canadian French: no line ends before a colon or inside guillemets. */
export const typeset = (text) => text.replace(/\s(?=[:»])|(?<=«)\s/gu, "\u00a0");

const LINK = /https?:\/\/[^\s<>"'«»]+[^\s<>"'«».,;:!?)\]]|(?<![\w/])\/(?:conditions|confidentialite)\b/gu;

/* Text with its addresses made links; the two documents of this server open in the window (`read`). */
export const linked = (text, server, read) => {
  const parts = [];
  let from = 0;
  for (const found of text.matchAll(LINK)) {
    parts.push(typeset(text.slice(from, found.index)));
    const address = new URL(found[0], server);
    const title = address.origin === new URL(server).origin && DOCUMENTS[address.pathname];
    parts.push(
      title
        ? button(title, () => read(address.pathname), { class: "link" })
        : element("a", { href: address.href, target: "_blank", rel: "noopener noreferrer" }, found[0]),
    );
    from = found.index + found[0].length;
  }
  parts.push(typeset(text.slice(from)));
  return parts;
};
