export default {
  // Else the development server moves the JavaScript away from the .wasm beside it.
  optimizeDeps: { exclude: ["proxy-orders"] },
  // One's own backend, in development.
  server: { proxy: { "/api": process.env.API_URL } },
};
