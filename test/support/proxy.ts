import { createServer, type IncomingMessage, request } from 'node:http';
import { connect } from 'node:net';
import type { Duplex } from 'node:stream';
import { onTestFinished } from 'vitest';
import { listen } from './listen.ts';

export interface Proxy {
  url: string;
  /** The requests in order: `CONNECT host:port`, or method and URL. */
  asked: readonly string[];
}

/**
 * A forward proxy on 127.0.0.1, closed after the test. Only the proxy resolves names under `.test`, to this machine.
 * @param letsThrough false for a proxy that demands a password
 */
export async function startProxy(letsThrough = true): Promise<Proxy> {
  const asked: string[] = [];
  const open = new Set<Duplex>();
  const here = (hostname: string): string => (hostname.endsWith('.test') ? '127.0.0.1' : hostname);

  const server = createServer((incoming: IncomingMessage, response) => {
    asked.push(`${incoming.method} ${incoming.url}`);
    const url = new URL(incoming.url ?? '');
    const onward = request(
      {
        host: here(url.hostname),
        port: url.port,
        path: `${url.pathname}${url.search}`,
        method: incoming.method,
        headers: incoming.headers,
      },
      (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        answer.pipe(response);
      },
    );
    onward.on('error', () => response.destroy());
    incoming.pipe(onward);
  });
  server.on('connect', (incoming, socket, head) => {
    asked.push(`CONNECT ${incoming.url}`);
    if (!letsThrough) {
      socket.end('HTTP/1.1 407 Proxy Authentication Required\r\nconnection: close\r\n\r\n');
      return;
    }
    const { hostname, port } = new URL(`http://${incoming.url}`);
    const onward = connect(Number(port || 80), here(hostname), () => {
      socket.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      onward.write(head);
      onward.pipe(socket);
      socket.pipe(onward);
    });
    for (const end of [socket, onward]) {
      open.add(end);
      end.on('error', () => {
        socket.destroy();
        onward.destroy();
      });
    }
  });
  const port = await listen(server);
  onTestFinished(() => {
    for (const end of open) end.destroy();
    server.closeAllConnections();
    server.close();
  });
  return { url: `http://127.0.0.1:${port}`, asked };
}
