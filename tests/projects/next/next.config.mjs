// One's own backend.
export default {
  rewrites: () => [{ source: "/api/:path*", destination: `${process.env.API_URL}/:path*` }],
};
