/* Plain HTTP in the shape of a WebSocket; fetched where none gets through. One request at a time keeps the order. */

export class HttpLine {
  #server;
  #patience;
  #who = {}; // session and page, as the server's welcome names them
  #last = Promise.resolve();
  #closed = false;

  constructor(server, patience) {
    this.#server = server;
    this.#patience = patience;
    queueMicrotask(() => this.onopen());
  }

  send(text) {
    this.#last = this.#last.then(() => this.#closed || this.#post(JSON.parse(text)));
  }

  close() {
    if (this.#closed) return;
    this.#closed = true;
    queueMicrotask(() => this.onclose());
  }

  async #post(frame) {
    const path = frame.type === "hello" ? "hello" : "messages";
    try {
      const response = await fetch(new URL(`/webhooks/webchat/${path}`, this.#server), {
        method: "POST",
        headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ ...frame, ...this.#who }),
        credentials: "omit",
        signal: AbortSignal.timeout(this.#patience),
      });
      const answer = await response.json();
      const { type, session, page } = answer;
      if (type === "welcome") this.#who = { session, page };
      this.onmessage({ data: JSON.stringify(type ? answer : { type: "error", code: answer.error, id: frame.id }) });
    } catch {
      this.close();
    }
  }
}
