// A signature drawn with a finger: its strokes, with their times, go into a hidden input.
export async function watchSignatures(within) {
  if (typeof SignaturePad === "undefined") await comes(document.querySelector("script[src*='/signature_pad']"));
  for (const sheet of within.querySelectorAll("[data-sign][hidden]")) watch(sheet);
}

// Its script is on its way, maybe behind this one; where it never comes, a name is typed.
const comes = (script) => new Promise((done) => script?.addEventListener("load", done, { once: true }));

function watch(sheet) {
  const canvas = sheet.querySelector("canvas");
  const drawn = sheet.parentElement.querySelector("[data-drawn]");
  sheet.hidden = false;
  sheet.parentElement.querySelector(".p-signed")?.remove();
  const ratio = Math.max(devicePixelRatio, 1);
  const { width, height } = canvas.getBoundingClientRect();
  canvas.width = width * ratio;
  canvas.height = height * ratio;
  canvas.getContext("2d").scale(ratio, ratio);
  const pad = new SignaturePad(canvas, { penColor: "#14202e" });
  const across = 600 / width;
  const down = 200 / height;
  const point = ([x, y, time]) => ({ x: x / across, y: y / down, time, pressure: 0.5 });
  try {
    pad.fromData(JSON.parse(drawn.value || "[]").map((stroke) => ({ penColor: "#14202e", points: stroke.map(point) })));
  } catch { /* it is drawn anew */ }
  pad.addEventListener("endStroke", () => {
    const strokes = pad.toData();
    const began = strokes[0].points[0].time;
    const points = ({ x, y, time }) => [Math.round(x * across), Math.round(y * down), time - began];
    put(strokes.map((stroke) => stroke.points.map(points)));
  });
  sheet.querySelector("[data-clear]").addEventListener("click", () => { pad.clear(); put([]); });
  function put(strokes) {
    drawn.value = JSON.stringify(strokes);
    drawn.dispatchEvent(new Event("change", { bubbles: true }));
  }
}
