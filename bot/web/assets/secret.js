/* Shows or hides what is typed. Without scripts the page works the same, always masked. */

const input = document.getElementById("secret");
const reveal = document.getElementById("reveal");

const show = (shown) => {
  input.type = shown ? "text" : "password";
  reveal.textContent = shown ? reveal.dataset.hide : reveal.dataset.show;
  reveal.setAttribute("aria-pressed", String(shown));
};

reveal.hidden = false;
reveal.addEventListener("click", () => show(input.type === "password"));
// Never sent as plain text: browsers keep what is typed in text fields.
input.form.addEventListener("submit", () => show(false));
