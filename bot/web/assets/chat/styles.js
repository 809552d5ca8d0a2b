/* Constructable style sheets: they work under a CSP that forbids inline styles. */

const sheet = (text) => {
  const made = new CSSStyleSheet();
  made.replaceSync(text);
  return made;
};

export const shadowStyles = sheet(`
  :host { --soft: #eef4f5; }
  @media (prefers-color-scheme: dark) { :host { --soft: #243236; } }
  * { box-sizing: border-box; }
  button { font: inherit; min-height: 44px; min-width: 44px; cursor: pointer; }
  :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
  .panel {
    position: fixed; inset: auto 1rem 1rem auto; z-index: 2147483000; width: min(26rem, calc(100vw - 2rem));
    height: min(42rem, calc(100dvh - 2rem)); display: flex; flex-direction: column; background: var(--paper);
    border: 1px solid var(--line); border-radius: .75rem; box-shadow: 0 8px 32px #0006; overflow: clip;
  }
  :host([data-position="left"]) .panel { inset: auto auto 1rem 1rem; }
  header { display: flex; align-items: center; gap: .25rem; padding: .25rem .25rem .25rem 1rem; background: var(--brand); color: var(--on-brand); }
  h2 { font-size: 1.0625rem; line-height: 1.3; margin: 0; flex: 1; }
  header button { background: none; border: 0; color: inherit; }
  header .close { font-size: 1.5rem; line-height: 1; }
  header button:focus-visible { outline-color: currentColor; outline-offset: -4px; }
  .state { margin: 0; padding: .25rem 1rem; background: #ffe9b8; color: #4d3800; }
  .talk { flex: 1; min-height: 0; }
  .step { margin: 0; padding: .375rem 1rem .5rem; border-bottom: 1px solid var(--line); font-size: .875rem; }
  progress { display: block; width: 100%; height: 4px; margin-top: .25rem; accent-color: var(--accent); }
  .log, .sheet { position: relative; flex: 1; min-height: 0; overflow-y: auto; padding: 1rem; overflow-wrap: anywhere; }
  .log, .talk { display: flex; flex-direction: column; }
  .log { gap: .625rem; }
  .log:focus-visible { outline-offset: -3px; }
  .bubble { position: relative; max-width: 88%; padding: .5rem .875rem; border-radius: .875rem; background: var(--soft); align-self: flex-start; }
  p { margin: .25rem 0; }
  a { color: var(--accent); }
  .bubble.user { align-self: flex-end; background: var(--brand); color: var(--on-brand); }
  .bubble.user a { color: inherit; }
  .bubble.note { align-self: center; background: none; border: 1px dashed var(--line); }
  .link { border: 0; padding: 0; background: none; color: var(--accent); text-decoration: underline; }
  .choices { display: flex; flex-wrap: wrap; gap: .5rem; margin-block: .25rem; }
  .choices button { padding: .375rem 1rem; border: 2px solid var(--accent); border-radius: 1.5rem; background: var(--paper); color: var(--accent); text-align: start; }
  .choices .card { flex: 1 1 100%; border-radius: .75rem; padding: .625rem 1rem; }
  .card strong, .card span { display: block; }
  .card span { color: var(--ink); }
  dl { margin: 0; border: 1px solid var(--line); border-radius: .75rem; }
  dl div { display: grid; grid-template-columns: 1fr auto; align-items: center; padding: .25rem .75rem; }
  dl div + div { border-top: 1px solid var(--line); }
  dt { font-size: .875rem; grid-column: 1; }
  dd { margin: 0; grid-column: 1; font-weight: 600; }
  dd.choice { grid-column: 2; grid-row: 1 / 3; }
  .typing { margin: 0; padding: 0 1rem .5rem; font-style: italic; }
  .unseen { position: absolute; width: 1px; height: 1px; overflow: hidden; clip-path: inset(50%); white-space: nowrap; }
  @media (max-width: 30rem), (max-height: 30rem) {
    .panel, :host([data-position="left"]) .panel { inset: 0; width: 100vw; height: 100dvh; border: 0; border-radius: 0; }
  }
  @media (max-height: 30rem) {
    .panel { display: block; overflow-y: auto; }
    .log { overflow: visible; }
  }
  @media (prefers-reduced-motion: no-preference) {
    .typing { animation: breathe 1.2s ease-in-out infinite alternate; }
    @keyframes breathe { from { opacity: .55; } }
  }
`);

export const lightStyles = sheet(`
  .sofy-composer { all: initial; display: block; padding: .5rem 1rem .75rem; border-top: 1px solid var(--line); background: var(--paper); color: var(--ink); font: 1rem/1.5 system-ui, sans-serif; }
  .sofy-composer * { box-sizing: border-box; font: inherit; color: inherit; letter-spacing: normal; }
  .sofy-composer label { display: block; font-weight: 600; }
  .sofy-composer div { display: flex; flex-wrap: wrap; gap: .5rem; }
  .sofy-composer input { flex: 1 1 9rem; min-width: 0; min-height: 44px; padding: .375rem .75rem; border: 2px solid var(--line); border-radius: .5rem; background: var(--paper); }
  .sofy-composer button { min-height: 44px; min-width: 44px; margin: 0; padding: .375rem 1rem; border: 2px solid var(--accent); border-radius: .5rem; background: var(--paper); color: var(--accent); cursor: pointer; }
  .sofy-composer button[type="submit"] { border-color: var(--line); background: var(--brand); color: var(--on-brand); }
  .sofy-composer button.sofy-link { border: 0; padding: 0; background: none; text-decoration: underline; }
  .sofy-composer p, .sofy-composer ul { margin: .25rem 0; padding: 0; font-size: .875rem; }
  .sofy-composer ul { display: grid; grid-template-columns: repeat(auto-fit, minmax(10rem, 1fr)); list-style: none; }
  .sofy-composer .met { color: var(--accent); font-weight: 600; }
  .sofy-composer [hidden] { display: none !important; }
  .sofy-composer :focus-visible { outline: 3px solid var(--accent); outline-offset: 2px; }
`);
