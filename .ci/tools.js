import { spawn } from "node:child_process";
export const root = new URL("..", import.meta.url).pathname.replace(/\/$/, "");
export async function need() {}
export function run(cmd, args) {
  return new Promise((ok, no) => {
    const child = spawn(cmd, args, { cwd: root, stdio: "inherit", env: { ...process.env, PATH: `${root}/node_modules/.bin:${process.env.PATH}` } });
    child.on("error", no);
    child.on("exit", (code) => (code ? no(new Error(`${cmd} ended with ${code}`)) : ok()));
  });
}
