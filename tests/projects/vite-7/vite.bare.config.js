// What a newcomer has, without the setting that is needed.
export default { server: { proxy: { "/api": process.env.API_URL } } };
