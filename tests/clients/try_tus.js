// tus-js-client against the server: sends a file, is broken off in the middle, and goes on, also from nothing but the address.
import { createHash, randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import { Upload } from "tus-js-client";

const [base, token] = process.argv.slice(2);
const data = randomBytes(6_000_000);
const headers = { Authorization: `Bearer ${token}` };
const metadata = { filename: "Ünï 1.bin", filetype: "application/x-thing" };
const options = { endpoint: `${base}/uploads`, headers, metadata, retryDelays: [0, 100, 500] };

function begun() {
  return new Promise((resolve, reject) => {
    const upload = new Upload(Readable.from([data.subarray(0, 2_500_000), data.subarray(2_500_000)]), {
      ...options,
      uploadSize: data.length,
      chunkSize: 1_000_000,
      onError: reject,
      onChunkComplete: (_size, accepted) => {
        if (accepted >= 2_000_000) upload.abort().then(() => resolve(upload.url));
      },
    });
    upload.start();
  });
}

function finished(uploadUrl) {
  return new Promise((resolve, reject) => {
    const upload = new Upload(data, { ...options, uploadUrl, onError: reject, onSuccess: () => resolve(upload.url) });
    upload.start();
  });
}

function refused(size) {
  return new Promise((resolve, reject) => {
    const upload = new Upload(Readable.from([data]), {
      ...options,
      retryDelays: null,
      uploadSize: size,
      chunkSize: 1_000_000,
      onError: (error) => resolve(error.originalResponse.getStatus()),
      onSuccess: reject,
    });
    upload.start();
  });
}

async function held(url) {
  const answer = await fetch(url.replace("/uploads/", "/attachments/"), { headers: { ...headers, Accept: "application/octet-stream" } });
  const sha256 = createHash("sha256").update(Buffer.from(await answer.arrayBuffer())).digest("hex");
  if (sha256 !== createHash("sha256").update(data).digest("hex")) throw new Error(`another content: ${answer.status}`);
}

const url = await begun();
await finished(url);
await held(url);
await finished(url); // which it is already
await held(await finished(undefined)); // in one go
const status = await refused(100_000_000_000);
if (status !== 413) throw new Error(`100 GB: ${status}`);
const ended = await begun();
await Upload.terminate(ended, options);
console.log("well");
