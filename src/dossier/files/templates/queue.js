// Sends files piece by piece (tus 1.0, static/tus.min.js): a few at a time, again after a broken line, and on from where they were
// when somebody chooses the same file again, as after the tab was closed.
import { keyOf, storage } from "./kept.js";

const AT_ONCE = 3;
const PIECE = 32 * 1024 * 1024; // bytes: so much is sent again at most
const PAUSES = [500, 1000, 3000, 5000, 10000, 20000, 30000]; // milliseconds before the next try
const waiting = [];
const running = new Set();

export const isAtWork = () => waiting.length + running.size > 0;

// `each`: file, place, to, program (where tus-js-client is), about (what the server is told), word (of the session), and what is called
// as it goes on: sent(done, of), broken(), failed(status, body), kept(id).
export const send = (each) => { waiting.push(each); goOn(); };
const goOn = () => { while (running.size < AT_ONCE && waiting.length) begin(waiting.shift()); };
const end = (each) => { running.delete(each); goOn(); };

const begin = async (each) => {
  running.add(each);
  await import(each.program).then(() => start(each)).catch(() => stop(each));
};
const start = async (each) => {
  each.upload = new tus.Upload(each.file, {
    endpoint: each.to,
    chunkSize: PIECE,
    metadata: { filename: each.file.name, filetype: each.file.type, ...each.about },
    retryDelays: PAUSES,
    urlStorage: storage,
    fingerprint: () => keyOf(each.file, each.place),
    removeFingerprintOnSuccess: true,
    onBeforeRequest: (request) => request.setHeader("X-Form-Token", each.word()),
    onShouldRetry: (error) => { each.broken(); return mayHelp(error); },
    onProgress: (done, of) => each.sent(done, of),
    onError: (error) => stop(each, error),
    onSuccess: () => { end(each); each.kept(each.upload.url.split("/").pop()); },
  });
  const [known] = await each.upload.findPreviousUploads();
  if (known && !isUnderWay(known.uploadUrl)) each.upload.resumeFromPreviousUpload(known);
  if (running.has(each)) each.upload.start();
};
const isUnderWay = (address) => [...running].some((each) => each.upload?.url === address); // the same file, sent twice
const statusOf = (error) => error?.originalResponse?.getStatus() ?? 0;
const mayHelp = (error) => navigator.onLine && (!statusOf(error) || statusOf(error) >= 500 || [408, 409, 423, 429].includes(statusOf(error)));
const stop = (each, error) => { end(each); each.failed(statusOf(error), error?.originalResponse?.getBody()); };

export const again = (each) => send(each);
export const cancel = async (each) => {
  const at = waiting.indexOf(each);
  if (at >= 0) waiting.splice(at, 1);
  await each.upload?.abort(true).catch(() => undefined); // what the server has of it goes by itself, if it cannot be told
  end(each);
};
