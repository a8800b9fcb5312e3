export default {
  input: "openapi.json",
  output: { path: "hey", importFileExtension: ".js" }, // Node finds no module without
  plugins: ["@hey-api/client-fetch", "@hey-api/typescript", "@hey-api/sdk"],
};
