/* What is read in place of the conversation: help, the two documents, and the question before everything is erased. */

const HELP = [
  "Répondez dans le champ du bas, une question à la fois. Vous pouvez aussi poser une question en tout temps.",
  "Prenez votre temps : ce que vous entrez est gardé 24 heures, sauf le mot de passe, gardé une heure. Le code reçu par courriel est bon 10 minutes, tant que cette page reste ouverte.",
  "Urgence : 911. Question de santé : Info-Santé, 811.",
];

const SHORTCUTS = {
  "Aide sur la question": "aide",
  "Question d’avant": "retour",
  "Parler à une personne": "parler à une personne",
};

const WORDS = {
  help: "Aide",
  opening: "Ouverture…",
  closed: "Ce texte ne s’ouvre pas. Réessayez dans un instant.",
  erase: "Effacer mes données et terminer",
  sure: "Tout ce que vous avez entré ici sera effacé, et la conversation aussi. Un compte déjà lié à une clinique reste ouvert.",
  yes: "Oui, tout effacer",
  no: "Non, continuer",
};

const TITLES = { "/conditions": "Conditions d’utilisation", "/confidentialite": "Politique de confidentialité" };
const KEPT = new Set(["H1", "H2", "H3", "P", "UL", "OL", "LI", "STRONG", "TIME", "BR"]);


/* A copy of a document's text and structure, without its links, scripts or attributes. */
const copy = (node, typeset) => {
  const inside = [...node.childNodes].map((child) => copy(child, typeset));
  if (node.nodeType === Node.TEXT_NODE) return document.createTextNode(typeset(node.data));
  const made = KEPT.has(node.nodeName) ? document.createElement(node.nodeName) : document.createDocumentFragment();
  made.append(...inside);
  return made;
};

/* Reads a page of the server; XMLHttpRequest parses it apart from this page, where nothing of it runs. */
const fetched = (address, typeset) =>
  new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    request.open("GET", address);
    request.responseType = "document";
    request.timeout = 15000;
    request.onload = () => {
      const main = request.status === 200 && request.response?.querySelector("main");
      if (!main) return reject(new Error("no document"));
      main.querySelector("h1")?.remove();
      main.querySelectorAll("nav").forEach((nav) => nav.remove());
      return resolve(copy(main, typeset));
    };
    request.onerror = request.ontimeout = reject;
    request.send();
  });

const looks = new CSSStyleSheet();
looks.replaceSync(`
  h3 { font-size: 1.125rem; margin: .5rem 0; }
  .sheet > .link { display: block; }
  .sheet h2 { font-size: 1rem; margin: 1rem 0 .25rem; }
`);

/* The sheets of a chat; the second argument is what its modules share (see dom.js). */
export const sheets = (chat, { button, element, linked, typeset }) => {
  chat.host.shadowRoot.adoptedStyleSheets.push(looks);
  const choices = (...buttons) => element("div", { class: "choices" }, ...buttons);

  const say = (text) => {
    chat.back();
    chat.composer.focus();
    chat.say(text);
  };

  const erase = () =>
    chat.read(
      WORDS.erase,
      element("p", {}, WORDS.sure),
      choices(
        button(WORDS.yes, () => {
          chat.back();
          chat.composer.focus();
          chat.erase();
        }),
        button(WORDS.no, () => chat.back()),
      ),
    );

  const show = async (path) => {
    const body = element("div", { role: "status" }, WORDS.opening);
    chat.read(TITLES[path], body);
    try {
      const text = await fetched(new URL(path, chat.server), typeset);
      body.removeAttribute("role");
      body.replaceChildren(text);
    } catch {
      body.textContent = WORDS.closed;
    }
  };

  const help = () =>
    chat.read(
      WORDS.help,
      ...HELP.map((line) => element("p", {}, ...linked(line, chat.server))),
      choices(...Object.entries(SHORTCUTS).map(([title, text]) => button(title, () => say(text)))),
      ...Object.entries(TITLES).map(([path, title]) => button(title, () => show(path), { class: "link" })),
      button(WORDS.erase, erase, { class: "link" }),
    );

  return { help, document: show };
};
