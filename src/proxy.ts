import { type Dispatcher, EnvHttpProxyAgent, setGlobalDispatcher } from 'undici';
import { strayQuotesOrComment, type Vars } from './settings.ts';

/** A setting of the surroundings that is no URL; the message holds no value, which may have a password in it. */
export class BadProxy extends Error {
  override readonly name = 'BadProxy';
}

/**
 * Sends every `fetch` of this process (Slack, the database, response URLs) through the proxy that the usual
 * variables name, in either case: HTTPS_PROXY, HTTP_PROXY, NO_PROXY. Without one nothing is changed.
 * @returns what a WebSocket has to go through as well, which asks nobody; undefined without a proxy
 * @throws BadProxy
 */
export function routeThroughProxy(vars: Vars): Dispatcher | undefined {
  const httpProxy = proxyOf(vars, 'HTTP_PROXY');
  const httpsProxy = proxyOf(vars, 'HTTPS_PROXY') ?? httpProxy;
  if (httpProxy === undefined && httpsProxy === undefined) return undefined;
  const proxies = {
    // Empty is none at all; undefined would be read from the environment again.
    httpProxy: httpProxy ?? '',
    httpsProxy: httpsProxy ?? '',
    noProxy: either(vars, 'NO_PROXY') ?? '',
  };
  setGlobalDispatcher(new EnvHttpProxyAgent(proxies));
  // A proxy passes no upgrade on: a WebSocket needs a tunnel, and HTTP/1.1 in it.
  return new EnvHttpProxyAgent({ ...proxies, proxyTunnel: true, allowH2: false });
}

/** What is wrong with the variables that name a proxy; none of the words holds a value. */
export function proxyProblems(vars: Vars): readonly string[] {
  return ['HTTPS_PROXY', 'HTTP_PROXY'].flatMap((name) => {
    try {
      proxyOf(vars, name);
      return [];
    } catch (error) {
      if (error instanceof BadProxy) return [error.message];
      throw error;
    }
  });
}

/** The lower-case name wins, as it does for curl. */
function either(vars: Vars, name: string): string | undefined {
  return vars[name.toLowerCase()]?.trim() || vars[name]?.trim() || undefined;
}

function proxyOf(vars: Vars, name: string): string | undefined {
  const value = either(vars, name);
  if (value === undefined) return undefined;
  const around = strayQuotesOrComment(value);
  if (around !== null) throw new BadProxy(`${name} ${around}`);
  const url = URL.parse(value.includes('://') ? value : `http://${value}`);
  if (url === null || !/^(?:https?|socks5?):$/.test(url.protocol)) {
    throw new BadProxy(`${name} must be the URL of a proxy, such as http://proxy.example:3128`);
  }
  return url.href;
}
