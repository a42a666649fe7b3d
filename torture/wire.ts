/**
 * A wire between one process and PostgreSQL that knows where a commit begins and where it ends. It can stop there: before
 * PostgreSQL is told to commit, and when it has committed and nobody knows.
 */
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

export interface Commit {
  /** The first table that it wrote to. */
  wrote: string;
  /** PostgreSQL's process behind the connection. */
  backend: number;
}

export interface Trap {
  /** The nth commit from now on, from 1. */
  nth: number;
  at: 'before' | 'after';
  /** @returns whether the wire goes on with it */
  act(commit: Commit): Promise<boolean>;
}

/** Heartbeats and shares come by the clock and not by the work. */
const BY_THE_CLOCK = /afterword_engine|executors|provider_shares|provider_limits/;
/** Not the update of FOR UPDATE, which locks, nor that of ON CONFLICT. */
const WRITE = /(?<!\b(?:for|key|do)\s+)\b(?:insert\s+into|update|delete\s+from)\s+((?:"?\w+"?\.)?"?\w+"?)/i;

export class Wire {
  readonly url: string;
  readonly #server: Server;
  readonly #sockets: Set<Socket>;
  /** Since the trap was set. */
  commits: Commit[] = [];
  #trap: Trap | null = null;

  private constructor(url: string, server: Server, sockets: Set<Socket>) {
    this.url = url;
    this.#server = server;
    this.#sockets = sockets;
  }

  static async open(databaseUrl: string): Promise<Wire> {
    const target = new URL(databaseUrl);
    const sockets = new Set<Socket>();
    const server = createServer();
    await once(server.listen(0, '127.0.0.1'), 'listening');
    const url = new URL(databaseUrl);
    url.hostname = '127.0.0.1';
    url.port = String((server.address() as AddressInfo).port);
    const wire = new Wire(url.href, server, sockets);
    server.on('connection', (client) => {
      const upstream = connect(Number(target.port), target.hostname);
      for (const socket of [client, upstream]) {
        sockets.add(socket);
        socket.on('error', () => {}).once('close', () => sockets.delete(socket));
      }
      client.once('close', () => upstream.destroy());
      upstream.once('close', () => client.destroy());
      new Connection(client, upstream, (commit, at) => wire.#meets(commit, at));
    });
    return wire;
  }

  set(trap: Trap | null): void {
    this.commits = [];
    this.#trap = trap;
  }

  async close(): Promise<void> {
    this.#server.close();
    for (const socket of this.#sockets) socket.destroy();
  }

  async #meets(commit: Commit, at: Trap['at']): Promise<boolean> {
    if (at === 'before') this.commits.push(commit);
    const trap = this.#trap;
    // The one that is reached first springs it: a commit beside it goes on meanwhile.
    if (trap?.at !== at || this.commits[trap.nth - 1] !== commit) return true;
    this.#trap = null;
    return await trap.act(commit);
  }
}

/** Reads the messages of both directions, as far as it takes to see a commit. */
class Connection {
  readonly #client: Socket;
  readonly #upstream: Socket;
  readonly #meets: (commit: Commit, at: Trap['at']) => Promise<boolean>;
  readonly #fromClient = new Messages(false);
  readonly #fromServer = new Messages(true);
  #sending: Promise<void> = Promise.resolve();
  #backend = 0;
  /** `I` outside of a transaction, as PostgreSQL says. */
  #status = 'I';
  #statement = '';
  #wrote: string | null = null;
  /** What PostgreSQL says while it commits; it reaches the client when the commit's end has been looked at. */
  #committing: { commit: Commit; held: Buffer[] } | null = null;

  constructor(client: Socket, upstream: Socket, meets: (commit: Commit, at: Trap['at']) => Promise<boolean>) {
    this.#client = client;
    this.#upstream = upstream;
    this.#meets = meets;
    client.on('data', (chunk) => {
      this.#sending = this.#sending.then(() => this.#forward(chunk));
    });
    upstream.on('data', (chunk) => this.#receive(chunk));
  }

  async #forward(chunk: Buffer): Promise<void> {
    for (const { type, body, bytes } of this.#fromClient.take(chunk)) {
      if (type === 'Q') this.#statement = textAt(body, 0);
      if (type === 'P') this.#statement = textAt(body, body.indexOf(0) + 1);
      if (type === 'Q' || type === 'S') {
        const commit = this.#commitOf(this.#statement);
        if (commit) {
          if (!(await this.#meets(commit, 'before'))) return;
          this.#committing = { commit, held: [] };
        }
        this.#statement = '';
      }
      this.#upstream.write(bytes);
    }
  }

  /** COMMIT of a transaction that wrote, or a statement that writes outside of one. */
  #commitOf(statement: string): Commit | null {
    const table = WRITE.exec(statement)?.[1]?.replaceAll('"', '') ?? null;
    const isCommit = /^\s*commit\b/i.test(statement);
    if (/^\s*(begin|start\s+transaction)\b/i.test(statement)) this.#wrote = null;
    else if (this.#status !== 'I' && !isCommit) this.#wrote ??= table;
    const wrote = isCommit ? this.#wrote : this.#status === 'I' ? table : null;
    return wrote === null || BY_THE_CLOCK.test(wrote) ? null : { wrote, backend: this.#backend };
  }

  #receive(chunk: Buffer): void {
    let isReady = false;
    for (const { type, body } of this.#fromServer.take(chunk)) {
      if (type === 'K') this.#backend = body.readInt32BE(0);
      if (type !== 'Z') continue;
      this.#status = String.fromCharCode(body[0] ?? 0);
      isReady = true;
    }
    const under = this.#committing;
    if (!under) {
      this.#client.write(chunk);
      return;
    }
    under.held.push(chunk);
    if (!isReady) return;
    this.#committing = null;
    void this.#meets(under.commit, 'after').then((goesOn) => {
      if (goesOn) this.#client.write(Buffer.concat(under.held));
    });
  }
}

interface Message {
  type: string;
  body: Buffer;
  bytes: Buffer;
}

/** A stream cut into PostgreSQL's messages. A client's first has no type. */
class Messages {
  #rest = Buffer.alloc(0);
  #typed: boolean;

  constructor(typed: boolean) {
    this.#typed = typed;
  }

  take(chunk: Buffer): Message[] {
    this.#rest = Buffer.concat([this.#rest, chunk]);
    const messages: Message[] = [];
    for (;;) {
      const head = this.#typed ? 1 : 0;
      if (this.#rest.length < head + 4) return messages;
      const end = head + this.#rest.readInt32BE(head);
      if (this.#rest.length < end) return messages;
      messages.push({
        type: this.#typed ? String.fromCharCode(this.#rest[0] ?? 0) : '',
        body: this.#rest.subarray(head + 4, end),
        bytes: this.#rest.subarray(0, end),
      });
      this.#rest = this.#rest.subarray(end);
      this.#typed = true;
    }
  }
}

function textAt(body: Buffer, from: number): string {
  const end = body.indexOf(0, from);
  return body.toString('utf8', from, end < 0 ? body.length : end);
}
