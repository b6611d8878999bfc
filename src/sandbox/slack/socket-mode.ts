import { randomBytes, randomUUID } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import { ACK_TIMEOUT_MS, type Delivered, type Delivery } from './delivery.ts';
import { isObject, parseJson } from './json.ts';

const MAX_CONNECTIONS = 10;
/** Well under the 30 s after which the SDK gives up on a silent server. */
const PING_MS = 10_000;

export type DisconnectReason = 'warning' | 'refresh_requested' | 'link_disabled';

export interface SocketMode {
  /** Path of a URL that opens one connection. */
  newPath(): string;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Delivers to the connections in turn. */
  deliver(delivery: Delivery): Promise<Delivered>;
  connections(): number;
  /** Asks apps to reconnect, as Slack does when it moves a connection. */
  disconnect(reason: DisconnectReason): void;
  /** Cuts every connection without notice. */
  drop(): void;
  close(): void;
}

interface Waiting {
  socket: WebSocket;
  settle(outcome: Delivered): void;
}

export function newSocketMode(appId: string, onChange: () => void): SocketMode {
  const server = new WebSocketServer({ noServer: true });
  const tickets = new Set<string>();
  const waiting = new Map<string, Waiting>();
  let open: WebSocket[] = [];
  const pings = setInterval(() => {
    for (const socket of open) socket.ping();
  }, PING_MS).unref();

  function greet(socket: WebSocket): void {
    if (open.length >= MAX_CONNECTIONS) {
      socket.send(JSON.stringify({ type: 'disconnect', reason: 'too_many_websockets' }));
      socket.close();
      return;
    }
    open.push(socket);
    socket.on('message', (data) => receive(String(data)));
    socket.on('error', () => socket.terminate());
    socket.on('close', () => {
      open = open.filter((one) => one !== socket);
      // Its deliveries can no longer be acknowledged.
      for (const one of [...waiting.values()])
        if (one.socket === socket) one.settle({ ok: false, error: 'operation_timeout' });
      onChange();
    });
    socket.send(
      JSON.stringify({
        type: 'hello',
        num_connections: open.length,
        connection_info: { app_id: appId },
        debug_info: { host: 'local', approximate_connection_time: 3600 },
      }),
    );
    onChange();
  }

  function receive(text: string): void {
    const parsed = parseJson(text);
    if (!parsed.ok || !isObject(parsed.value)) return;
    const { envelope_id: id, payload } = parsed.value;
    if (typeof id !== 'string') return;
    const empty = payload === undefined || (isObject(payload) && Object.keys(payload).length === 0);
    waiting.get(id)?.settle({ ok: true, body: empty ? null : payload });
  }

  return {
    newPath() {
      const ticket = randomBytes(12).toString('hex');
      tickets.add(ticket);
      return `/link/?ticket=${ticket}&app_id=${appId}`;
    },
    upgrade(request, socket, head) {
      const { pathname, searchParams } = new URL(request.url ?? '/', 'http://local');
      if (pathname !== '/link/' || !tickets.delete(searchParams.get('ticket') ?? '')) {
        socket.end('HTTP/1.1 401 Unauthorized\r\nconnection: close\r\n\r\n');
        return;
      }
      server.handleUpgrade(request, socket, head, greet);
    },
    deliver({ kind, payload, retry }) {
      const socket = open.find((one) => one.readyState === WebSocket.OPEN);
      if (!socket) return Promise.resolve({ ok: false, error: 'dispatch_failed' });
      open = [...open.filter((one) => one !== socket), socket];
      const id = randomUUID();
      return new Promise((resolve) => {
        const settle = (outcome: Delivered): void => {
          clearTimeout(timer);
          waiting.delete(id);
          resolve(outcome);
        };
        const timer = setTimeout(
          () => settle({ ok: false, error: 'operation_timeout' }),
          ACK_TIMEOUT_MS,
        );
        waiting.set(id, { socket, settle });
        const accepts = kind !== 'events_api';
        socket.send(
          JSON.stringify({
            envelope_id: id,
            type: kind,
            accepts_response_payload: accepts,
            payload,
            ...(kind === 'events_api' && {
              retry_attempt: retry?.num ?? 0,
              retry_reason: retry === undefined ? '' : 'timeout',
            }),
          }),
        );
      });
    },
    connections: () => open.length,
    disconnect(reason) {
      for (const socket of [...open])
        socket.send(JSON.stringify({ type: 'disconnect', reason, debug_info: { host: 'local' } }));
    },
    drop() {
      for (const socket of [...open]) socket.terminate();
    },
    close() {
      clearInterval(pings);
      for (const socket of [...open]) socket.terminate();
      server.close();
    },
  };
}
