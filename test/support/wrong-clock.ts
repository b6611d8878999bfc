/*
 * Loaded into a bot process before anything else (`node --import`): its wall clock is wrong by
 * WRONG_CLOCK_MS, and is set back by as much as SET_BACK_MS when the process is sent SIGUSR2. The
 * monotonic clock and timers are left as they are, as with the clock of a real machine.
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
