// Whether a picture is blurred or dark, as far as a phone can tell: the variance of a Laplacian, the mean of brightness. It stays on the device.
const SIZE = 320; // pixels across
const DARK = 40, BLURRED = 30;

export async function look(file) {
  if (!file.type.startsWith("image/")) return "";
  try {
    const picture = await createImageBitmap(file, { resizeWidth: SIZE, resizeQuality: "medium" });
    const { width, height } = picture;
    const canvas = Object.assign(document.createElement("canvas"), { width, height }).getContext("2d", { willReadFrequently: true });
    canvas.drawImage(picture, 0, 0);
    picture.close();
    return judged(canvas.getImageData(0, 0, width, height));
  } catch { return ""; }
}

function judged({ data, width, height }) {
  const grey = Float32Array.from({ length: width * height }, (_, at) => (data[at * 4] + data[at * 4 + 1] + data[at * 4 + 2]) / 3);
  let sum = 0, squares = 0, light = 0, count = 0;
  for (let row = 1; row < height - 1; row++) {
    for (let at = row * width + 1; at < (row + 1) * width - 1; at++) {
      const edge = grey[at - 1] + grey[at + 1] + grey[at - width] + grey[at + width] - 4 * grey[at];
      sum += edge; squares += edge * edge; light += grey[at]; count++;
    }
  }
  if (light / count < DARK) return "dark";
  return squares / count - (sum / count) ** 2 < BLURRED ? "blurred" : "";
}
