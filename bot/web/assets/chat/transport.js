/* Frames to the server and back over a line that comes back by itself: a WebSocket, or plain HTTP where none gets
   through. A frame stays in the queue until it is answered; the server runs a frame once however often it is sent. */

const SESSION_KEY = "sofy-session";
const SLOWEST = 15000; // ms between two tries
const PATIENCE = 25000; // ms without an answer before the line is taken for dead
const TRIES_BEFORE_HTTP = 2;

/* Keeps a value for the tab (null: forgets it; none: looks), and gives it. Storage may be refused by the browser: then the chat lives as long as the page. */
export const keep = (key, value) => {
  try {
    if (value) sessionStorage.setItem(key, value);
    if (value === null) sessionStorage.removeItem(key);
    return sessionStorage.getItem(key);
  } catch {
    return null;
  }
};

export class Transport {
  #server;
  #on; // { welcome, reply, refusal, state }: what to do with what comes
  #session = keep(SESSION_KEY);
  #page = null; // in memory only: a page that is loaded again is another page
  #line = null;
  #queue = [];
  #ready = false;
  #failures = 0;
  #opened = false;
  #timer = 0;
  #watch = 0;

  constructor(server, on) {
    this.#server = server;
    this.#on = on;
    addEventListener("online", () => this.#failures && this.connect());
  }

  async connect() {
    clearTimeout(this.#timer);
    let line;
    try {
      const http = !this.#opened && this.#failures >= TRIES_BEFORE_HTTP;
      line = http ? new (await import("./http.js")).HttpLine(this.#server, PATIENCE) : new WebSocket(new URL("/webhooks/webchat/ws", this.#server.replace("http", "ws")));
    } catch {
      this.#failed();
      return;
    }
    this.#line = line;
    line.onopen = () => {
      this.#opened = line instanceof WebSocket;
      line.send(JSON.stringify({ type: "hello", session: this.#session, page: this.#page }));
    };
    line.onmessage = ({ data }) => line === this.#line && this.#receive(JSON.parse(data));
    line.onclose = () => line === this.#line && this.#failed();
  }

  send(frame) {
    const id = crypto.getRandomValues(new Uint32Array(4)).join("-");
    this.#queue.push({ ...frame, id });
    this.#flush();
  }

  /* The conversation has ended: the next message opens another. */
  forget() {
    this.#session = this.#page = keep(SESSION_KEY, null);
    this.#queue = [];
    this.#ready = false;
    this.#line.close();
  }

  #failed() {
    this.#ready = false;
    clearTimeout(this.#watch);
    clearTimeout(this.#timer);
    const wait = Math.min(SLOWEST, 500 * 2 ** this.#failures++) * (0.75 + Math.random() / 2);
    this.#timer = setTimeout(() => this.connect(), wait);
    this.#on.state(this.#failures);
  }

  #receive(frame) {
    if (frame.type === "welcome") {
      this.#welcome(frame);
      return;
    }
    if (!this.#ready || frame.code === "hello_first") {
      this.#line.close(); // no hello was heard: say it again
      return;
    }
    const sent = this.#queue.find(({ id }) => id === frame.id);
    if (frame.id && !sent) return; // answered already: the same frame had been sent twice
    this.#queue = this.#queue.filter((one) => one !== sent);
    this.#expect();
    this.#on[frame.type === "reply" ? "reply" : "refusal"]({ ...frame, sent });
  }

  #welcome(frame) {
    const resumed = frame.page === this.#page;
    const lost = this.#session && frame.session !== this.#session;
    this.#session = frame.session;
    this.#page = frame.page;
    keep(SESSION_KEY, frame.session);
    this.#ready = true;
    this.#failures = 0;
    if (lost) this.#queue = []; // they answered questions of a conversation that is gone
    this.#on.state(0);
    this.#flush(true); // what the dropped line may have lost goes again, before anything new
    this.#on.welcome({ ...frame, resumed, lost });
  }

  /* `again` tells the server that it may know the frame. */
  #flush(again = false) {
    if (!this.#ready) return;
    for (const frame of this.#queue) {
      const { sent, ...body } = frame;
      if (again || !sent) this.#line.send(JSON.stringify({ ...body, again: sent }));
      frame.sent = true;
    }
    this.#expect();
  }

  #expect() {
    clearTimeout(this.#watch);
    if (this.#queue.length) this.#watch = setTimeout(() => this.#line.close(), PATIENCE);
  }
}
