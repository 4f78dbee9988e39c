const worker = new Worker("worker.js", { type: "module" });
worker.addEventListener("message", ({ data }) => (document.querySelector("output").value = data));
document.querySelector("button").addEventListener("click", () => worker.postMessage("order"));
