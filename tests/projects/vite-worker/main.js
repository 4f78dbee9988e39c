const worker = new Worker(new URL("worker.js", import.meta.url), { type: "module" });
worker.addEventListener("message", ({ data }) => (document.querySelector("output").value = data));
document.querySelector("button").addEventListener("click", () => worker.postMessage("order"));
