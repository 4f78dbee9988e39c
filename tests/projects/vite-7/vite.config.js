// One's own backend, in development.
export default { server: { proxy: { "/api": process.env.API_URL } } };
