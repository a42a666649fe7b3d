/** What a browser does with cookies and redirects, as far as a sign-in needs it. */
export class Browser {
  readonly #jar = new Map<string, { host: string; path: string; name: string; value: string }>();
  readonly agent: string;

  constructor(agent = 'Test browser') {
    this.agent = agent;
  }

  cookie(name: string): string | undefined {
    return [...this.#jar.values()].find((one) => one.name === name)?.value;
  }

  setCookie(url: string, name: string, value: string): void {
    const { host } = new URL(url);
    this.#jar.set(`${host} ${name}`, { host, path: '/', name, value });
  }

  async send(url: string | URL, init: RequestInit = {}): Promise<Response> {
    const { host, pathname } = new URL(url);
    const cookies = [...this.#jar.values()]
      .filter((one) => one.host === host && pathname.startsWith(one.path))
      .map(({ name, value }) => `${name}=${value}`);
    const headers = new Headers(init.headers);
    headers.set('user-agent', this.agent);
    if (cookies.length > 0) headers.set('cookie', cookies.join('; '));
    const answer = await fetch(url, { ...init, headers, redirect: 'manual' });
    for (const line of answer.headers.getSetCookie()) this.#take(host, line);
    return answer;
  }

  /** Follows redirects, up to the one that `until` says is the last. */
  async follow(
    url: string | URL,
    until: (location: URL) => boolean = () => false,
  ): Promise<{ url: URL; answer: Response }> {
    let at = new URL(url);
    for (let hops = 0; hops < 20; hops++) {
      const answer = await this.send(at);
      const location = answer.headers.get('location');
      if (location === null) return { url: at, answer };
      at = new URL(location, at);
      if (until(at)) return { url: at, answer };
    }
    throw new Error(`too many redirects, at last to ${at}`);
  }

  #take(host: string, line: string): void {
    const [pair = '', ...attributes] = line.split(/;\s*/);
    const name = pair.slice(0, pair.indexOf('='));
    const value = pair.slice(pair.indexOf('=') + 1);
    const of = (key: string) =>
      attributes.find((one) => one.toLowerCase().startsWith(`${key}=`))?.slice(key.length + 1);
    const isGone = of('max-age') === '0' || new Date(of('expires') ?? '2100-01-01').getTime() < Date.now();
    const key = `${host} ${name}`;
    if (isGone) this.#jar.delete(key);
    else this.#jar.set(key, { host, path: of('path') ?? '/', name, value });
  }
}
