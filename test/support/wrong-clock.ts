/*
 * Preloaded into a bot process (`node --import`). Its wall clock is off by WRONG_CLOCK_MS, and SIGUSR2 sets it back by
 * SET_BACK_MS. The monotonic clock and timers stay right, like on a real machine.
 */
const RealDate = Date;
let wrongMs = Number(process.env['WRONG_CLOCK_MS'] ?? 0);
process.on('SIGUSR2', () => {
  wrongMs -= Number(process.env['SET_BACK_MS'] ?? 0);
});

globalThis.Date = new Proxy(RealDate, {
  construct: (target, args, newTarget) =>
    Reflect.construct(target, args.length === 0 ? [RealDate.now() + wrongMs] : args, newTarget),
  apply: () => new RealDate(RealDate.now() + wrongMs).toString(),
  get: (target, name) =>
    name === 'now' ? () => RealDate.now() + wrongMs : Reflect.get(target, name, target),
});
