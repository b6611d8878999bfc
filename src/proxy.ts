import { type Dispatcher, EnvHttpProxyAgent, setGlobalDispatcher } from 'undici';
import { strayQuotesOrComment, type Vars } from './settings.ts';

/** A proxy variable that isn't a URL. The message omits the value, which may contain a password. */
export class BadProxy extends Error {
  override readonly name = 'BadProxy';
}

/**
 * Routes every `fetch` of this process through the proxy in HTTPS_PROXY, HTTP_PROXY and NO_PROXY, upper or lower case.
 * @returns a dispatcher for WebSockets, which ignore the global one; undefined without a proxy
 * @throws BadProxy
 */
export function routeThroughProxy(vars: Vars): Dispatcher | undefined {
  const httpProxy = proxyOf(vars, 'HTTP_PROXY');
  const httpsProxy = proxyOf(vars, 'HTTPS_PROXY') ?? httpProxy;
  if (httpProxy === undefined && httpsProxy === undefined) return undefined;
  const proxies = {
    // Empty means none; undefined would make undici read the environment.
    httpProxy: httpProxy ?? '',
    httpsProxy: httpsProxy ?? '',
    noProxy: inEitherCase(vars, 'NO_PROXY') ?? '',
  };
  setGlobalDispatcher(new EnvHttpProxyAgent(proxies));
  // Proxies don't forward upgrades: a WebSocket needs a tunnel, with HTTP/1.1 inside.
  return new EnvHttpProxyAgent({ ...proxies, proxyTunnel: true, allowH2: false });
}

/** Problems with the proxy variables, without their values. */
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

/** The lower-case name wins, as in curl. */
function inEitherCase(vars: Vars, name: string): string | undefined {
  return vars[name.toLowerCase()]?.trim() || vars[name]?.trim() || undefined;
}

function proxyOf(vars: Vars, name: string): string | undefined {
  const value = inEitherCase(vars, name);
  if (value === undefined) return undefined;
  const stray = strayQuotesOrComment(value);
  if (stray !== null) throw new BadProxy(`${name} ${stray}`);
  const url = URL.parse(value.includes('://') ? value : `http://${value}`);
  if (url === null || !/^(?:https?|socks5?):$/.test(url.protocol)) {
    throw new BadProxy(`${name} must be a proxy URL such as http://proxy.example:3128`);
  }
  return url.href;
}
