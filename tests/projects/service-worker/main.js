navigator.serviceWorker.register("worker.js", { type: "module" });
navigator.serviceWorker.addEventListener("message", ({ data }) => (document.querySelector("output").value = data));
document.querySelector("button").addEventListener("click", async () => {
  const { active } = await navigator.serviceWorker.ready;
  active.postMessage("order");
});
