// One's own backend.
export default {
  output: process.env.STANDALONE ? "standalone" : undefined,
  rewrites: () => [{ source: "/api/:path*", destination: `${process.env.API_URL}/:path*` }],
};
