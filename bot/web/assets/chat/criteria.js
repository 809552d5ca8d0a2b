/* The list beside a new password, ticked as one types; fetched when a password is asked for. */

/* The portal's rules, as far as a page can tell; the server has the last word. */
export const CRITERIA = [
  ["de 10 à 40 caractères", (text) => [...text].length >= 10 && [...text].length <= 40],
  ["une majuscule", (text) => /\p{Uppercase}/u.test(text)],
  ["une minuscule", (text) => /\p{Lowercase}/u.test(text)],
  ["un chiffre", (text) => /\p{Nd}/u.test(text)],
  ["un caractère spécial (! ? $…)", (text) => /[^\p{L}\p{N}\p{Z}\p{C}]/u.test(text)],
  ["aucun espace", (text) => text !== "" && !/\s/u.test(text)],
];

/* Shows in `list` which rules `text` meets. */
export const tick = (list, text) => {
  const log = list.closest("sofy-chat").shadowRoot.querySelector(".log");
  const height = log.clientHeight;
  list.replaceChildren(
    ...CRITERIA.map(([name, met]) => {
      const line = document.createElement("li");
      line.className = met(text) ? "met" : "";
      line.textContent = `${met(text) ? "✓" : "○"} ${name}`;
      return line;
    }),
  );
  // The list takes its place from the conversation: the question stays in sight, from its beginning.
  const lost = height - log.clientHeight;
  if (lost <= 0) return;
  log.scrollTop += lost;
  const over = log.getBoundingClientRect().top - log.lastElementChild.getBoundingClientRect().top;
  if (over > 0) log.scrollTop -= over + 8;
};
