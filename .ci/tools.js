import { spawn } from "node:child_process";
export const root = new URL("..", import.meta.url).pathname.replace(/\/$/, "");
export async function need() {}
export function capture(cmd, args) {
  return new Promise((ok, no) => {
    const child = spawn(cmd, args, { cwd: root, stdio: ["ignore", "pipe", "inherit"], env: { ...process.env, PATH: `${root}/node_modules/.bin:${process.env.PATH}` } });
    let text = "";
    child.stdout.on("data", (d) => (text += d));
    child.on("error", no);
    child.on("exit", (code) => (code ? no(new Error(`${cmd} ended with ${code}`)) : ok(text)));
  });
}
export function run(cmd, args) {
  return new Promise((ok, no) => {
    const child = spawn(cmd, args, { cwd: root, stdio: "inherit", env: { ...process.env, PATH: `${root}/node_modules/.bin:${process.env.PATH}` } });
    child.on("error", no);
    child.on("exit", (code) => (code ? no(new Error(`${cmd} ended with ${code}`)) : ok()));
  });
}
